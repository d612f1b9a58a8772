/** The package root: what an app imports to write plugs. It loads no store, no parser and nothing that touches the world. */
export { flow, pipe } from './fp.js'
export type * from './conn.js'
export { fetched, isFetched, type Dict, type Fetched, type NotFetched } from './fetched.js'
export * from './error.js'
export { raise } from './conn/raise.js'
export { errorResponse } from './error-response.js'
export * as effect from './effect.js'
export type { Effect, IterableEffect, Outcome, Result } from './effect.js'
export { ensure, gen, orFail, type EffectGenerator } from './gen.js'
export type { ObservedStep, Observer } from './observer.js'
export {
  attempt,
  fail,
  named,
  pipeline,
  rescue,
  when,
  type AsyncEffect,
  type Plug,
  type Rescued,
} from './plug.js'
export type { After, AnyPlug, In, Next, Out, Pipeline } from './fold.js'
export { runner, type RenderErrors } from './run.js'
export { checkSecretKeyBase, endpoint, type App, type Endpoint, type EndpointOptions } from './endpoint.js'
export type {
  EndpointRequest,
  EndpointResponse,
  RenderedError,
  RouterDispatch,
  ServedEndpoint,
  TelemetryEvent,
  TelemetryPort,
} from './port.js'
export * from './conn/assigns.js'
export * from './conn/request.js'
export * from './conn/response.js'
export * from './conn/rewrite.js'
export {
  deleteRespCookie,
  fetchCookies,
  getCookies,
  getRespCookies,
  maxCookieBytes,
  putRespCookie,
  setCookies,
  type CookieOptions,
  type FetchCookiesOptions,
} from './conn/cookies.js'
export { isConn } from './conn/is-conn.js'
export type { HeaderFields, HeaderList } from './http/headers.js'
export { decodeCookies, encodeCookie, isCookieName, isCookieText, type SetCookie } from './http/cookies.js'
export { httpDate, parseHttpDate } from './http/date.js'
export {
  fileEtag,
  ifRange,
  matchesEtag,
  notModified,
  strongEtag,
  weakEtag,
  type Conditions,
  type Validators,
} from './http/etag.js'
export { htmlEscape } from './http/html.js'
export { contentType, headerParams, mediaType, type MediaType } from './http/media-type.js'
export {
  addParam,
  decodeQuery,
  emptyParams,
  encodeQuery,
  paramsDone,
  type Params as QueryParams,
  type ParamValue,
  type QueryOptions,
  type QueryValue,
} from './http/query.js'
export { parseRange, type ByteRange } from './http/range.js'
export { reasonPhrase, statusCode, statusName, type StatusName } from './http/status.js'
export { isLocalPath, parseHost, splitPath, type HostPort, type Href, type Path } from './http/uri.js'
export { decodeSegment, decodeWwwForm, encodeSegment, encodeWwwForm } from './http/utf8.js'
