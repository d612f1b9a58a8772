/** The package root: what an app imports to write plugs. It loads no store, no parser and nothing that touches the world. */
export { flow, pipe } from './fp.js'
export type * from './answers.js'
export type * from './conn.js'
export { fetched, isFetched, type Dict, type Fetched, type NotFetched, type NotFetchedOr } from './fetched.js'
export * from './error.js'
export {
  failure,
  type Failure,
  type FailureKind,
  type FailureOptions,
  type IoTsType,
  type Kind,
  type Output,
  type Schema,
  type StandardSchema,
} from './failure.js'
export { failuresOf } from './declared.js'
export { fails, type AnswersOf, type FailuresOf } from './fails.js'
export type { Exceptions } from './exceptions.js'
export { raise } from './conn/raise.js'
export { errorResponse } from './error-response.js'
export * as effect from './effect.js'
export type { Effect, IterableEffect, Outcome, Result } from './effect.js'
export type { AsyncEffect, EffectGenerator } from './iterable-effect.js'
export { ensure, gen, orFail } from './gen.js'
export type { ObservedStep, Observer } from './observer.js'
export { attempt, fail, named, pipeline, rescue, when, type Plug, type Rescued } from './plug.js'
export type { After, AnyPlug, In, Next, Out, Pipeline } from './pipeline-types.js'
export { runner, type RenderErrors } from './run.js'
export {
  checkSecretKeyBase,
  endpoint,
  endpointOf,
  type App,
  type Endpoint,
  type EndpointOptions,
} from './endpoint.js'
export type {
  EndpointRequest,
  EndpointResponse,
  DroppedWrite,
  RenderedError,
  RouterDispatch,
  ServedEndpoint,
  TelemetryEvent,
  TelemetryPort,
} from './port-types.js'
export * from './conn/assigns.js'
export { portOf, ports } from './ports.js'
export { connOf, responseOf, type FinalResponse } from './conn/adapter.js'
export type { RequestSource } from './conn/source.js'
export { checkAtBoot, checkedAtBoot, type AtBoot } from './boot.js'
export * from './conn/request.js'
export * from './conn/response.js'
export {
  deleteRespHeader,
  getRespHeader,
  mergeRespHeaders,
  prependRespHeaders,
  putRespContentType,
  putRespHeader,
  putRespHeaders,
  updateRespHeader,
} from './conn/resp-headers.js'
export * from './conn/rewrite.js'
export * from './conn/fetch.js'
export * from './conn/route.js'
export { telemetryPort } from './conn/telemetry-port.js'
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
export {
  appendHeader,
  deleteHeader,
  headerList,
  headerProblem,
  putHeader,
  type HeaderFields,
  type HeaderList,
} from './http/headers.js'
export { decodeCookies, encodeCookie, isCookieName, isCookieText, type SetCookie } from './http/cookies.js'
export { httpDate, parseHttpDate } from './http/date.js'
export {
  fileEtag,
  ifRange,
  matchesEtag,
  notModified,
  precondition,
  strongEtag,
  weakEtag,
  type Conditions,
  type Validators,
} from './http/etag.js'
export { htmlEscape } from './http/html.js'
export { contentType, headerParams, mediaType, type MediaType } from './http/media-type.js'
export { addParam, emptyParams, paramsDone } from './http/params.js'
export {
  decodeQuery,
  encodeQuery,
  type Params as QueryParams,
  type ParamValue,
  type QueryOptions,
  type QueryValue,
} from './http/query.js'
export { parseRange, type ByteRange } from './http/range.js'
export { reasonPhrase, statusCode, statusName, type StatusName } from './http/status.js'
export { isLocalPath, parseHost, splitPath, type HostPort, type Href, type Path } from './http/uri.js'
export { decodeSegment, decodeWwwForm, encodeSegment, encodeWwwForm } from './http/utf8.js'
