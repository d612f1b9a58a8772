/**
 * Status codes, their names and their reason phrases. The table and the phrases are Plug's
 * (Plug.Conn.Status): the names are its atoms in camelCase, so `:not_found` is `'notFound'` and
 * `:im_a_teapot` is `'imATeapot'`.
 */

const codes = {
  continue: 100,
  switchingProtocols: 101,
  processing: 102,
  earlyHints: 103,
  ok: 200,
  created: 201,
  accepted: 202,
  nonAuthoritativeInformation: 203,
  noContent: 204,
  resetContent: 205,
  partialContent: 206,
  multiStatus: 207,
  alreadyReported: 208,
  imUsed: 226,
  multipleChoices: 300,
  movedPermanently: 301,
  found: 302,
  seeOther: 303,
  notModified: 304,
  useProxy: 305,
  switchProxy: 306,
  temporaryRedirect: 307,
  permanentRedirect: 308,
  badRequest: 400,
  unauthorized: 401,
  paymentRequired: 402,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  notAcceptable: 406,
  proxyAuthenticationRequired: 407,
  requestTimeout: 408,
  conflict: 409,
  gone: 410,
  lengthRequired: 411,
  preconditionFailed: 412,
  requestEntityTooLarge: 413,
  requestUriTooLong: 414,
  unsupportedMediaType: 415,
  requestedRangeNotSatisfiable: 416,
  expectationFailed: 417,
  imATeapot: 418,
  misdirectedRequest: 421,
  unprocessableContent: 422,
  /** The name that RFC 9110 replaced by `unprocessableContent`; both are 422. */
  unprocessableEntity: 422,
  locked: 423,
  failedDependency: 424,
  tooEarly: 425,
  upgradeRequired: 426,
  preconditionRequired: 428,
  tooManyRequests: 429,
  requestHeaderFieldsTooLarge: 431,
  unavailableForLegalReasons: 451,
  internalServerError: 500,
  notImplemented: 501,
  badGateway: 502,
  serviceUnavailable: 503,
  gatewayTimeout: 504,
  httpVersionNotSupported: 505,
  variantAlsoNegotiates: 506,
  insufficientStorage: 507,
  loopDetected: 508,
  notExtended: 510,
  networkAuthenticationRequired: 511,
} as const

/** A status by its name: `'ok'`, `'notFound'`, `'unprocessableContent'`. */
export type StatusName = keyof typeof codes

/** The code of a status: `number` where the compiler knows no literal. */
export type CodeOf<S extends number | StatusName> = StatusName extends S
  ? number
  : S extends StatusName
    ? (typeof codes)[S]
    : S & number

// Phrases that are not simply the words of the name, each with a capital.
const irregular: { readonly [name in StatusName]?: string } = {
  ok: 'OK',
  nonAuthoritativeInformation: 'Non-Authoritative Information',
  multiStatus: 'Multi-Status',
  imUsed: 'IM Used',
  requestUriTooLong: 'Request-URI Too Long',
  imATeapot: "I'm a teapot",
  httpVersionNotSupported: 'HTTP Version Not Supported',
}

const words = (name: string): string =>
  name.replace(/[A-Z]/g, capital => ` ${capital}`).replace(/^./, first => first.toUpperCase())

const byName = new Map<string, number>(Object.entries(codes))
const byCode: ReadonlyMap<number, { readonly name: StatusName; readonly phrase: string }> = new Map(
  (Object.keys(codes) as StatusName[])
    .filter(name => name !== 'unprocessableEntity')
    .map(name => [codes[name], { name, phrase: irregular[name] ?? words(name) }]),
)

const known = (code: number) => {
  const status = byCode.get(code)
  if (status === undefined)
    throw new RangeError(`status must be a code with a known reason phrase, got ${code}`)
  return status
}

/**
 * The code of a status given by number (100 to 999) or by name (Plug.Conn.Status.code).
 *
 * @throws RangeError for a number that is no integer from 100 to 999, TypeError for an unknown name.
 * @example
 * import { statusCode } from 'plugboard'
 * statusCode('notFound') // => 404
 * statusCode(299) // => 299
 */
export const statusCode = (status: number | StatusName): number => {
  if (typeof status === 'number') {
    if (Number.isInteger(status) && status >= 100 && status <= 999) return status
    throw new RangeError(`status must be an integer from 100 to 999, got ${status}`)
  }
  const code = byName.get(status)
  if (code !== undefined) return code
  throw new TypeError(
    `status must be a number or a known status name, got ${typeof status === 'string' ? JSON.stringify(status) : `a value of type ${typeof status}`}`,
  )
}

/**
 * The reason phrase of a code (Plug.Conn.Status.reason_phrase).
 *
 * @throws RangeError for a code that has none; see {@link reasonPhraseOr}.
 * @example
 * import { reasonPhrase } from 'plugboard'
 * reasonPhrase(404) // => 'Not Found'
 */
export const reasonPhrase = (code: number): string => known(code).phrase

/**
 * The reason phrase of a code, or the fallback where there is none: for an error page, whose code is the
 * app's own.
 *
 * @example
 * import { reasonPhraseOr } from './status.js'
 * reasonPhraseOr('Error', 499) // => 'Error'
 */
export const reasonPhraseOr = (fallback: string, code: number): string => byCode.get(code)?.phrase ?? fallback

/**
 * The name of a code (Plug.Conn.Status.reason_atom); 422 is `'unprocessableContent'`.
 *
 * @throws RangeError for a code that has none.
 * @example
 * import { statusName } from 'plugboard'
 * statusName(404) // => 'notFound'
 */
export const statusName = (code: number): StatusName => known(code).name
