/** `plugboard/plugs`: the plugs that come with Plugboard, one file each. */
export { accepts, getFormat, putFormat } from './accepts.js'
export {
  deleteCsrfToken,
  dumpStateFromSession,
  getCsrfToken,
  getCsrfTokenFor,
  protectFromForgery,
  validStateAndCsrfToken,
  withCsrfToken,
  type FetchMetadataClearOptions,
  type FetchMetadataOptions,
  type ProtectFromForgeryOptions,
} from './csrf.js'
export { clearFlash, fetchFlash, getFlash, keepFlash, mergeFlash, putFlash } from './flash.js'
export { head } from './head.js'
export { href, link, type Attributes } from './link.js'
export { lint } from './lint.js'
export {
  logger,
  type FilterParameters,
  type LoggerOptions,
  type LogLevel,
  type LogPort,
  type LogRecord,
} from './logger.js'
export { isHtml, markup, type Html } from './markup.js'
export { methodOverride } from './method-override.js'
export { parseJson, type JsonOptions } from './parsers/json.js'
export type { BodyParser, Parsed, ParserOptions } from './parsers/parser.js'
export { parseUrlencoded, type UrlencodedOptions } from './parsers/urlencoded.js'
export { parsers, type ParsersOptions } from './parsers.js'
export {
  proxy,
  type ClientBody,
  type ClientRequest,
  type ClientResponse,
  type HttpClient,
  type ProxyOptions,
} from './proxy.js'
export { putLayout, putRootLayout, render, type Layout, type View } from './render.js'
export { requestId, type RequestIdOptions } from './request-id.js'
export { rewriteOn, type ForwardedHeader, type NamedHeader, type RewriteOnOptions } from './rewrite-on.js'
export { putSecureBrowserHeaders } from './secure-browser-headers.js'
export * from './session/index.js'
export { staticFiles, type Directory, type FileInfo, type StaticFilesOptions } from './static-files.js'
export { staticPaths, type StaticPaths, type StaticPathsOptions } from './static-paths.js'
export { acceptsEncoding, negotiate } from '../lib/http/accept.js'
export { formatsOf, mimeFromPath, mimeType } from '../lib/http/mime.js'
