/**
 * The response of a failure where the app says nothing better: a short page, JSON or a line of text, as the client
 * accepts. What is not the client's to know (a cause, the message of a 5xx) is never in it.
 */
import type { Conn, Responded } from './conn.js'
import { ConnRecord } from './conn/record.js'
import type { PlugError } from './error.js'
import { negotiateBy, type Formats } from './http/negotiation.js'
import { deleteHeader, headerProblem, putHeader, type HeaderList } from './http/headers.js'
import { htmlEscape } from './http/html.js'
import { reasonPhraseOr } from './http/status.js'

const phraseOf = (status: number): string => reasonPhraseOr('Error', status)

const formats = ['text', 'html', 'json'] as const
type Format = (typeof formats)[number]

const isFormat = (value: unknown): value is Format => formats.some(format => format === value)

/** What an error response can be, by media type or by the format that a type stands for; the first where anything will do. */
const offered: Readonly<Record<string, Format>> = {
  'text/plain': 'text',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/json': 'json',
  json: 'json',
}
/** Without the table of media types, which the package root does not load. */
const jsonFormats: Formats = {
  typeOf: () => 'application/json',
  formatsOf: type => (type.endsWith('+json') ? ['json'] : []),
}
const offers = Object.keys(offered)

/** The format that the Accept headers ask for, by the rules of `accepts`; text if they name none. */
const asked = (headers: readonly string[]): Format =>
  headers.length === 0
    ? 'text'
    : (offered[negotiateBy(jsonFormats, headers.join(', '), offers) ?? ''] ?? 'text')

/** The format that `accepts` chose, or else the one that the Accept header asks for. */
const formatOf = (conn: Conn): Format => {
  const chosen = conn.private['plugboardFormat']
  return isFormat(chosen) ? chosen : asked(conn.reqHeaders.getAll('accept'))
}

/** The JSON of a failure. Details that JSON cannot hold are left out: the client has the message all the same. */
const jsonOf = (detail: string, details: unknown): string => {
  if (details !== undefined)
    try {
      return JSON.stringify({ errors: { detail, details } })
    } catch {}
  return JSON.stringify({ errors: { detail } })
}

const body = (format: Format, status: number, detail: string, details: unknown): string => {
  const phrase = phraseOf(status)
  switch (format) {
    case 'json':
      return jsonOf(detail, details)
    case 'html':
      return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${htmlEscape(phrase)}</title></head><body><h1>${status} ${htmlEscape(phrase)}</h1>${detail === phrase ? '' : `<p>${htmlEscape(detail)}</p>`}</body></html>\n`
    case 'text':
      return `${detail}\n`
  }
}

const contentType = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const

/** Headers that speak of one body, and go with it when another takes its place. */
export const bodyHeaders: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'transfer-encoding',
])

/** What the response is without its body; what caches were told of that body goes too, unless it was to keep none. */
const withoutBody = (headers: HeaderList): HeaderList => {
  let kept = headers
  for (const [name, value] of headers)
    if (bodyHeaders.has(name)) kept = deleteHeader(kept, name)
    else if (name === 'cache-control' && !value.includes('no-store')) kept = putHeader(kept, name, uncached)
  return kept
}
const uncached = 'max-age=0, private, must-revalidate'

/** The headers of a failure; none where they cannot be read. */
const headersOf = (error: PlugError): readonly (readonly [name: string, value: string])[] => {
  try {
    return Object.entries(error.headers ?? {})
  } catch {
    return []
  }
}

/**
 * The conn as the response to a failure begins: it has the failure's status and headers and no body; the headers that
 * spoke of the body there was are gone, all others (CORS, request id) are kept. A header that HTTP forbids is left out.
 */
export const beginErrorResponse =
  (error: PlugError) =>
  (conn: Conn): Conn => {
    let headers = withoutBody(conn.respHeaders)
    for (const [given, value] of headersOf(error)) {
      const name = given.toLowerCase()
      if (headerProblem(name, value) === undefined) headers = putHeader(headers, name, value)
    }
    return ConnRecord.unsent(conn, error.status, headers)
  }

/**
 * Responds to a failure with its status and headers. The message of a 4xx is shown, and in JSON its `details`; a 5xx
 * shows only its reason phrase. The format is what `accepts` chose, or what the Accept header asks for: HTML, JSON or text.
 *
 * @example
 * import { errorResponse, noRoute } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/nowhere', { headers: { accept: 'application/json' } })
 * errorResponse(noRoute('no such page'))(c).respBody // => '{"errors":{"detail":"no such page"}}'
 */
export const errorResponse =
  (error: PlugError) =>
  (conn: Conn): Responded => {
    const { status } = error
    const begun = beginErrorResponse(error)(conn)
    const format = formatOf(conn)
    const headers = putHeader(begun.respHeaders, 'content-type', contentType[format])
    const [detail, details] = status >= 500 ? [phraseOf(status)] : [error.message, error.details]
    return ConnRecord.respond(
      begun,
      status,
      headers,
      body(format, status, detail, details),
    ) as Conn as Responded
  }

/** Why `renderErrors` made no response to a failure. */
const unrendered = (error: PlugError, made: Conn): unknown =>
  made.error === undefined || made.error === error
    ? new TypeError(`renderErrors: the response of ${error._tag} (${error.status}) must have a body`)
    : (made.error.cause ?? new Error(made.error.message))

/** The response where `renderErrors` made none; why is noted on the request, for the adapter to report. */
export const plainResponse = (error: PlugError, ready: Conn, made: Conn): Responded => {
  ConnRecord.state(ready).unrendered = unrendered(error, made)
  return errorResponse(error)(ready)
}
