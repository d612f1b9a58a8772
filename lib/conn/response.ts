/** Functions on the response half of a conn: status, headers, body, redirects, hooks and halting. */
import type { Halting, Responding, SentBy, StatusMark } from '../answers.js'
import type { BeforeSend, Conn, ConnFields, WithResponse } from '../conn.js'
import type { Effect } from '../effect.js'
import type { EffectGenerator } from '../iterable-effect.js'
import { appendHeader, putHeader, type HeaderList } from '../http/headers.js'
import { htmlEscape } from '../http/html.js'
import { statusCode, type StatusName } from '../http/status.js'
import { encodeUri, encodeUrl, isLocalPath } from '../http/uri.js'
import { bytes, checkOptions, checkValue, flag, mustBe, oneOf, shown, type Rules } from '../options.js'
import { appended } from './entries.js'
import { ConnRecord } from './record.js'
import { checkRespHeader } from './resp-headers.js'

/**
 * Sets the status, by number (100 to 999) or by name; anything else throws.
 *
 * @example
 * import { putStatus } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putStatus('notFound')(conn('GET', '/')).status // => 404
 */
export const putStatus = <const S extends number | StatusName>(status: S) => {
  const code = statusCode(status)
  return function putStatus<C extends Conn>(conn: C): C & StatusMark<S> {
    return ConnRecord.resp(conn, code, conn.respHeaders, conn.respBody) as Conn as C & StatusMark<S>
  }
}

/**
 * Sets status and body, without a content type. As in Plug, plugs behind it may replace them: {@link sendResp} responds.
 *
 * @example
 * import { resp } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * resp(201, 'made')(conn('GET', '/')).respBody // => 'made'
 */
export const resp = <const S extends number | StatusName>(status: S, body: string | Uint8Array) => {
  const code = statusCode(status)
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError(`resp: ${mustBe('body', 'a string or a Uint8Array', body)}`)
  return function resp<C extends Conn>(conn: C): C & WithResponse & StatusMark<S> {
    return ConnRecord.resp(conn, code, conn.respHeaders, body) as Conn as C & WithResponse & StatusMark<S>
  }
}

/**
 * Responds with a status and a body, without a content type.
 *
 * @example
 * import { sendResp } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * sendResp(204, '')(conn('DELETE', '/')).status // => 204
 */
export const sendResp = <const S extends number | StatusName>(status: S, body: string | Uint8Array) => {
  const set = resp(status, body)
  return function sendResp(conn: Conn): SentBy<S> {
    const { status: code, respHeaders } = set(conn)
    return ConnRecord.respond(conn, code as number, respHeaders, body) as Conn as SentBy<S>
  }
}

/** The headers with a content type, unless they have one. */
const typed = (headers: HeaderList, contentType: string): HeaderList =>
  headers.has('content-type') ? headers : appendHeader(headers, 'content-type', contentType)

const respond = <C extends Conn>(conn: C, contentType: string, body: string): Responding<C> =>
  ConnRecord.respond(
    conn,
    conn.status ?? 200,
    typed(conn.respHeaders, contentType),
    body,
  ) as Conn as Responding<C>

/**
 * Responds with plain text. Status 200 and the content type `text/plain; charset=utf-8`, unless set before.
 *
 * @example
 * import { text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * text('hello')(conn('GET', '/')).status // => 200
 */
export const text = (body: string) => {
  if (typeof body !== 'string') throw new TypeError(`text: ${mustBe('body', 'a string', body)}`)
  return function text<C extends Conn>(conn: C): Responding<C> {
    return respond(conn, 'text/plain; charset=utf-8', body)
  }
}

/**
 * Responds with HTML, which the caller has escaped: text, or what a template made, whose `toString` gives it. Status 200
 * and `text/html; charset=utf-8`, unless set before.
 *
 * @example
 * import { html } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * html('<h1>Hello</h1>')(conn('GET', '/')).respBody // => '<h1>Hello</h1>'
 */
export const html = (body: string | { toString(): string }) => {
  if (typeof body !== 'string' && (typeof body !== 'object' || body === null))
    throw new TypeError(`html: ${mustBe('body', 'a string, or an object whose toString returns one', body)}`)
  const markup = String(body)
  return function html<C extends Conn>(conn: C): Responding<C> {
    return respond(conn, 'text/html; charset=utf-8', markup)
  }
}

/**
 * Responds with JSON. Status 200 and `application/json; charset=utf-8`, unless set before.
 * What JSON cannot hold (a bigint, a cycle, undefined) throws a TypeError.
 *
 * @example
 * import { json } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * json({ ok: true })(conn('GET', '/')).respBody // => '{"ok":true}'
 */
export const json = (data: unknown) => {
  const body = JSON.stringify(data) as string | undefined
  if (body === undefined) throw new TypeError(`json: ${mustBe('data', 'a value that JSON can hold', data)}`)
  return function json<C extends Conn>(conn: C): Responding<C> {
    return respond(conn, 'application/json; charset=utf-8', body)
  }
}

/** Where to redirect: a path of this site, or any URL, said so explicitly. */
export type RedirectTo = string | { readonly to: string } | { readonly external: string }

/** The target of a redirect as the header `location` carries it. */
const locationOf = (url: string, external: boolean): string => {
  if (external) {
    const encoded = encodeUrl(url)
    if (encoded !== undefined) return encoded
    throw new TypeError(`redirect: external must be a URL with a valid host, got ${shown(url, 'external')}`)
  }
  if (isLocalPath(url)) return encodeUri(url)
  throw new TypeError(
    `redirect: ${JSON.stringify(url)} must be a path of this site: it starts with one "/", without backslash or control character (use { external: url } for another site)`,
  )
}

/**
 * Redirects, with 302 unless a status was set. A path must be local: it starts with one `/` and holds no backslash or
 * control character, so that no request can send a visitor elsewhere; any other URL goes under `external`.
 *
 * What a URL cannot hold (spaces, double quotes, characters beyond ASCII) is percent-encoded as UTF-8; escapes stay. The host of
 * an `external` URL is written in its ASCII form. (Phoenix's `redirect` sends the target as it is.)
 *
 * @throws TypeError if the target is neither a local path nor an `external` URL whose host is valid.
 * @example
 * import { getRespHeader, redirect } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('location')(redirect('/login')(conn('GET', '/'))) // => ['/login']
 * getRespHeader('location')(redirect('/café')(conn('GET', '/'))) // => ['/caf%C3%A9']
 */
export const redirect = (target: RedirectTo) => {
  const { to, external } = (typeof target === 'string' ? { to: target } : (target ?? {})) as {
    readonly to?: unknown
    readonly external?: unknown
  }
  const given = external ?? to
  if (typeof given !== 'string')
    throw new TypeError(`redirect: ${mustBe('target', 'a path, { to } or { external }', target)}`)
  const url = locationOf(given, external !== undefined)
  checkRespHeader('location', url)
  const body = `<html><body>You are being <a href="${htmlEscape(url)}">redirected</a>.</body></html>`
  return function redirect<C extends Conn>(conn: C): Responding<C> {
    const headers = typed(putHeader(conn.respHeaders, 'location', url), 'text/html; charset=utf-8')
    return ConnRecord.respond(conn, conn.status ?? 302, headers, body) as Conn as Responding<C>
  }
}

/**
 * Sends a file, or `length` bytes of it from `offset` on; the adapter streams it from disk.
 *
 * @example
 * import { sendFile } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * sendFile(200, 'public/logo.svg')(conn('GET', '/')).status // => 200
 */
export const sendFile = <const S extends number | StatusName>(
  status: S,
  file: string,
  offset = 0,
  length: number | 'all' = 'all',
) => {
  const code = statusCode(status)
  if (typeof file !== 'string' || file.includes('\0'))
    throw new TypeError(`sendFile: ${mustBe('file', 'a path without NUL', file)}`)
  checkValue('sendFile', 'offset', offset, bytes)
  if (length !== 'all')
    checkValue('sendFile', 'length', length, { ...bytes, must: `${bytes.must as string}, or 'all'` })
  const body = Object.freeze({ kind: 'file', file, offset, length } as const)
  return function sendFile(conn: Conn): SentBy<S> {
    return ConnRecord.respond(conn, code, conn.respHeaders, body) as Conn as SentBy<S>
  }
}

/** How a stream is sent. */
export interface StreamOptions {
  /**
   * `true`: status and headers are sent immediately, before the first chunk. For server-sent events and other streams whose
   * first chunk may take long. Default `false`: they are sent with the first chunk.
   */
  readonly flushHeaders?: boolean
  /**
   * What happens to the stream when the server stops. `'finish'`: it is sent to its end, at most until `drainTimeout`. `'end'`:
   * the adapter ends it after the current chunk and closes the source, so that the client has a whole response and can
   * reconnect elsewhere. A stream with a content-length is always finished. Default `'finish'`.
   */
  readonly onDrain?: 'finish' | 'end'
}

const streamRules: Rules = { flushHeaders: flag, onDrain: oneOf('finish', 'end') }
const defaultStreamOptions: StreamOptions = Object.freeze({})

/**
 * Responds chunk by chunk (Plug's `send_chunked`). The adapter waits for the client between chunks.
 *
 * Status and headers are sent with the first chunk; an empty one sends them, too. If the stream fails before that, the client
 * gets an error response: a thrown `PlugError` keeps its status, anything else is a 500. After that, a failure closes the
 * connection, so that the client notices it. With `flushHeaders`, status and headers are sent immediately.
 *
 * @throws TypeError if `chunks` is not an async iterable, or if an option is unknown or invalid
 * @example
 * import { stream } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const chunks = async function* () {
 *   yield 'one, '
 *   yield 'two'
 * }
 * stream(200, chunks())(conn('GET', '/')).status // => 200
 * @example
 * import { pipeline, putRespHeader, stream } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const events = async function* () {
 *   yield 'data: hello\n\n'
 * }
 * const feed = pipeline(
 *   putRespHeader('content-type', 'text/event-stream'),
 *   c => stream(200, events(), { flushHeaders: true, onDrain: 'end' })(c),
 * )
 * run(feed)(conn('GET', '/feed')).status // => 200
 */
export const stream = <const S extends number | StatusName>(
  status: S,
  chunks: AsyncIterable<string | Uint8Array>,
  options: StreamOptions = defaultStreamOptions,
) => {
  const code = statusCode(status)
  const iterable = chunks as { [Symbol.asyncIterator]?: unknown } | null | undefined
  if (typeof iterable?.[Symbol.asyncIterator] !== 'function')
    throw new TypeError(`stream: ${mustBe('chunks', 'an async iterable', chunks)}`)
  if (options !== defaultStreamOptions) checkOptions('stream', options, streamRules)
  const { flushHeaders = false, onDrain = 'finish' } = options
  const body = Object.freeze({ kind: 'stream', chunks, flushHeaders, onDrain } as const)
  return function stream(conn: Conn): SentBy<S> {
    const made = ConnRecord.respond(conn, code, conn.respHeaders, body)
    ConnRecord.own(made, body)
    return made as Conn as SentBy<S>
  }
}

// --- headers

/**
 * Registers a plug that runs before the response is written, for error responses too. They run last to first, each
 * exactly once, on a conn that is not halted, and may change the response; nothing can be sent from one. One that fails
 * has the response replaced by that of its failure.
 *
 * @example
 * import { pipeline, putRespHeader, registerBeforeSend, text } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const stamped = registerBeforeSend(conn => putRespHeader('x-status', `${conn.status}`)(conn))
 * run(pipeline(stamped, text('hello')))(conn('GET', '/')).respHeaders.get('x-status') // => '200'
 */
export const registerBeforeSend = <In extends Conn>(
  plug: (conn: In) => Conn | Effect<Conn> | EffectGenerator<Conn>,
) => {
  if (typeof plug !== 'function')
    throw new TypeError(`registerBeforeSend: ${mustBe('plug', 'a function from a conn', plug)}`)
  return function registerBeforeSend<C extends In>(conn: C): C {
    return ConnRecord.with(conn, {
      beforeSend: appended(conn.beforeSend, plug as unknown as BeforeSend),
    }) as Conn as C
  }
}

/**
 * Stops the pipeline here: what follows is skipped, and the response so far is sent.
 *
 * @example
 * import { halt, pipe, putStatus, text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * pipe(conn('GET', '/'), putStatus('forbidden'), text('no'), halt).halted // => true
 */
export const halt = <C extends ConnFields>(conn: C): Halting<C> => ConnRecord.halt(conn) as Halting<C>
