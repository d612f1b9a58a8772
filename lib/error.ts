/**
 * Expected failures, as values. Each is a plain record with a tag, the HTTP status it answers with and a
 * message that may be shown to the client; what must not be shown (a cause, a stack) is kept apart.
 * Nothing here imports anything, so every other module may speak of failures.
 */

/** What a failure may carry beside its message. */
export interface ErrorParts {
  /** Response headers that belong to the failure: `allow` of a 405, `retry-after` of a 429. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * What may be shown beside the message, as data: which fields are wrong, for example. The JSON of `errorResponse` has it
   * as `errors.details`; a 5xx never shows it.
   */
  readonly details?: unknown
  /** What lay beneath, for the log only; never rendered outside development. */
  readonly cause?: unknown
}

/** What every failure carries: its tag, its status, and what may be shown of it. */
export interface ErrorRecord<Tag extends string, Status extends number = number> extends ErrorParts {
  readonly _tag: Tag
  /** The HTTP status that answers it, 400 to 599. */
  readonly status: Status
  /** One sentence, safe to show to the client: it never holds a secret or what the client sent in full. */
  readonly message: string
}

/** Malformed request: 400. */
export type BadRequest = ErrorRecord<'BadRequest'>
/** Bytes that are not UTF-8 where text is expected: 400. */
export type BadEncoding = ErrorRecord<'BadEncoding'>
/** A query string that cannot be read (400) or is too long (414). */
export type InvalidQuery = ErrorRecord<'InvalidQuery'>
/** A body that its parser cannot read: 400. */
export type ParseError = ErrorRecord<'ParseError'>
/** A path that may not be served: 400. */
export type InvalidPath = ErrorRecord<'InvalidPath'>
/** A parameter that is missing or does not decode: 400, or 404 for a path parameter. */
export type InvalidParams = ErrorRecord<'InvalidParams'>
/** A POST, PUT, PATCH or DELETE without a valid CSRF token: 403. */
export type InvalidCsrfToken = ErrorRecord<'InvalidCsrfToken'>
/** A script that another origin asked for: 403. */
export type InvalidCrossOriginRequest = ErrorRecord<'InvalidCrossOriginRequest'>
/** No route for the request: 404. */
export type NoRoute = ErrorRecord<'NoRoute'>
/** The path is there, the method is not: 405; `headers.allow` lists what is. */
export type MethodNotAllowed = ErrorRecord<'MethodNotAllowed'>
/** None of the offered formats is acceptable: 406. */
export type NotAcceptable = ErrorRecord<'NotAcceptable'>
/** The client took too long to send: 408. */
export type RequestTimeout = ErrorRecord<'RequestTimeout'>
/** The body is larger than allowed: 413. */
export type RequestTooLarge = ErrorRecord<'RequestTooLarge'>
/** No parser for the body's media type: 415. */
export type UnsupportedMediaType = ErrorRecord<'UnsupportedMediaType'>
/** Another server that was asked for the answer cannot be reached, or does not speak HTTP: 502. */
export type BadGateway = ErrorRecord<'BadGateway'>
/** Another server that was asked for the answer took too long: 504. */
export type GatewayTimeout = ErrorRecord<'GatewayTimeout'>
/** The store of sessions does not answer, or cannot do what it is asked: 503, with `retry-after`. */
export type SessionUnavailable = ErrorRecord<'SessionUnavailable'>
/** A stored session that its codec refuses, where the app asked to fail: 500. */
export type InvalidSession = ErrorRecord<'InvalidSession'>
/** A header name or value that HTTP forbids: 500, for only the app's own code can write one. */
export type InvalidHeader = ErrorRecord<'InvalidHeader'>
/** A Set-Cookie text over 4,096 bytes: 500. */
export type CookieOverflow = ErrorRecord<'CookieOverflow'>
/** The app ended without a response: 500. */
export type NotSent = ErrorRecord<'NotSent'>
/** Something was thrown: a bug. 500, with what was thrown as `cause`. */
export type Exception = ErrorRecord<'Exception'>
/** An app's own expected failure, told apart by `name`; made by {@link plugError}. */
export interface AppError<Name extends string = string> extends ErrorRecord<'AppError'> {
  readonly name: Name
}

/** The tagged union of expected failures. A `switch` on `_tag` is exhaustive. */
// prettier-ignore
export type PlugError =
  | BadRequest | BadEncoding | InvalidQuery | ParseError | InvalidPath | InvalidParams | InvalidCsrfToken
  | InvalidCrossOriginRequest | NoRoute | MethodNotAllowed | NotAcceptable | RequestTimeout | RequestTooLarge
  | UnsupportedMediaType | BadGateway | GatewayTimeout | SessionUnavailable | InvalidSession | InvalidHeader
  | CookieOverflow | NotSent | Exception | AppError

const isErrorStatus = (status: unknown): status is number =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599

/** Makes failures of one tag, and is a kind of them as `failure` makes kinds: `fails(badRequest)`. */
export interface ErrorMaker<Tag extends string, Status extends number> {
  <const S extends number = Status>(
    message: string,
    more?: ErrorParts & { readonly status?: S },
  ): ErrorRecord<Tag, S>
  /** The status of those that are given no other. */
  readonly status: Status
  /** Their tag. */
  readonly name: Tag
}

const make = <Tag extends string, Status extends number>(
  _tag: Tag,
  status: Status,
): ErrorMaker<Tag, Status> => {
  const error = (message: string, more?: ErrorParts & { readonly status?: number }): ErrorRecord<Tag> =>
    Object.freeze({ _tag, status, message, ...more })
  return Object.defineProperties(error, {
    name: { value: _tag },
    status: { value: status, enumerable: true },
  }) as ErrorMaker<Tag, Status>
}

/** Makes a {@link BadRequest} (400). */
export const badRequest = make('BadRequest', 400)
/** Makes a {@link BadEncoding} (400). */
export const badEncoding = make('BadEncoding', 400)
/** Makes an {@link InvalidQuery} (400; pass `{ status: 414 }` when it is too long). */
export const invalidQuery = make('InvalidQuery', 400)
/** Makes a {@link ParseError} (400). */
export const parseError = make('ParseError', 400)
/** Makes an {@link InvalidPath} (400). */
export const invalidPath = make('InvalidPath', 400)
/** Makes an {@link InvalidParams} (400; pass `{ status: 404 }` for a path parameter). */
export const invalidParams = make('InvalidParams', 400)
/** Makes an {@link InvalidCsrfToken} (403). */
export const invalidCsrfToken = make('InvalidCsrfToken', 403)
/** Makes an {@link InvalidCrossOriginRequest} (403). */
export const invalidCrossOriginRequest = make('InvalidCrossOriginRequest', 403)
/** Makes a {@link NoRoute} (404). */
export const noRoute = make('NoRoute', 404)
/** Makes a {@link MethodNotAllowed} (405); pass `{ headers: { allow } }`. */
export const methodNotAllowed = make('MethodNotAllowed', 405)
/** Makes a {@link NotAcceptable} (406). */
export const notAcceptable = make('NotAcceptable', 406)
/** Makes a {@link RequestTimeout} (408). */
export const requestTimeout = make('RequestTimeout', 408)
/** Makes a {@link RequestTooLarge} (413). */
export const requestTooLarge = make('RequestTooLarge', 413)
/** Makes an {@link UnsupportedMediaType} (415). */
export const unsupportedMediaType = make('UnsupportedMediaType', 415)
/** Makes a {@link BadGateway} (502); pass what lay beneath as `cause`. */
export const badGateway = make('BadGateway', 502)
/** Makes a {@link GatewayTimeout} (504). */
export const gatewayTimeout = make('GatewayTimeout', 504)
/** Makes a {@link SessionUnavailable} (503); pass `{ headers: { 'retry-after': seconds } }`. */
export const sessionUnavailable = make('SessionUnavailable', 503)
/** Makes an {@link InvalidSession} (500). */
export const invalidSession = make('InvalidSession', 500)
/** Makes an {@link InvalidHeader} (500). */
export const invalidHeader = make('InvalidHeader', 500)
/** Makes a {@link CookieOverflow} (500). */
export const cookieOverflow = make('CookieOverflow', 500)
/** Makes a {@link NotSent} (500). */
export const notSent = make('NotSent', 500)
/** Makes an {@link Exception} (500) of whatever was thrown. */
export const exception = (cause: unknown): Exception =>
  Object.freeze({ _tag: 'Exception', status: 500, message: 'Internal Server Error', cause })

/**
 * An app's own expected failure. `headers` are those of its response, `details` is public data beside the message, and
 * `cause` is for the log alone. To declare a kind of failures once, with its details typed, use `failure`.
 *
 * @param status 400 to 599
 * @throws RangeError for any other status
 * @example
 * import { errorResponse, plugError } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const invalid = plugError(422, 'Invalid', 'The form has errors', { details: { email: 'is taken' } })
 * const c = conn('POST', '/', { headers: { accept: 'application/json' } })
 * errorResponse(invalid)(c).respBody // => '{"errors":{"detail":"The form has errors","details":{"email":"is taken"}}}'
 */
export const plugError = <const Name extends string>(
  status: number,
  name: Name,
  message: string,
  more?: ErrorParts,
): AppError<Name> => {
  if (!isErrorStatus(status))
    throw new RangeError(`plugError: status must be an integer from 400 to 599, got ${status}`)
  return Object.freeze({ ...more, _tag: 'AppError', name, status, message })
}

/**
 * Whether a value is a failure: a tag, a message and a status from 400 to 599.
 *
 * @example
 * import { badRequest, isPlugError } from 'plugboard'
 * isPlugError(badRequest('no such page number')) // => true
 * isPlugError(new Error('no such page number')) // => false
 */
export const isPlugError = (value: unknown): value is PlugError => {
  if (typeof value !== 'object' || value === null) return false
  try {
    const { _tag, status, message } = value as { readonly [K in keyof PlugError]?: unknown }
    return typeof _tag === 'string' && typeof message === 'string' && isErrorStatus(status)
  } catch {
    return false // a getter or a Proxy
  }
}
