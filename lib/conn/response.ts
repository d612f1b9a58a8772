/** Functions on the response half of a conn: status, headers, body, redirects, hooks and halting. */
import type { Answered, BeforeSend, Conn, Halted, Responded } from '../conn.js'
import type { Effect } from '../effect.js'
import {
  appendHeader,
  deleteHeader,
  headerPairs,
  headerProblem,
  prependHeaders,
  putHeader,
  putHeaders,
  type HeaderFields,
  type HeaderList,
} from '../http/headers.js'
import { htmlEscape } from '../http/html.js'
import { statusCode, type StatusName } from '../http/status.js'
import { isLocalPath } from '../http/uri.js'
import { raise } from './raise.js'
import { appended } from './entries.js'
import { ConnRecord } from './record.js'

/**
 * Sets the status, by number (100 to 999) or by name; anything else throws.
 *
 * @example
 * import { putStatus } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putStatus('notFound')(conn('GET', '/')).status // => 404
 */
export const putStatus = (status: number | StatusName) => {
  const code = statusCode(status)
  return function putStatus<C extends Conn>(conn: C): C {
    return ConnRecord.status(conn, code) as Conn as C
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
export const resp = (status: number | StatusName, body: string | Uint8Array) => {
  const code = statusCode(status)
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('resp: the body must be a string or a Uint8Array')
  return function resp<C extends Conn>(conn: C): C & Answered {
    return ConnRecord.resp(conn, code, conn.respHeaders, body) as Conn as C & Answered
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
export const sendResp = (status: number | StatusName, body: string | Uint8Array) => {
  const set = resp(status, body)
  return function sendResp(conn: Conn): Responded {
    const { status: code, respHeaders } = set(conn)
    return ConnRecord.respond(conn, code as number, respHeaders, body) as Conn as Responded
  }
}

/** The headers with a content type, unless they have one. */
const typed = (headers: HeaderList, contentType: string): HeaderList =>
  headers.has('content-type') ? headers : appendHeader(headers, 'content-type', contentType)

const respond = <C extends Conn>(conn: C, contentType: string, body: string): Responded =>
  ConnRecord.respond(
    conn,
    conn.status ?? 200,
    typed(conn.respHeaders, contentType),
    body,
  ) as Conn as Responded

/**
 * Responds with plain text. Status 200 and the content type `text/plain; charset=utf-8`, unless set before.
 *
 * @example
 * import { text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * text('hello')(conn('GET', '/')).status // => 200
 */
export const text = (body: string) => {
  if (typeof body !== 'string') throw new TypeError('text: the body must be a string')
  return function text<C extends Conn>(conn: C): Responded {
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
    throw new TypeError('html: the body must be a string or an object whose toString gives one')
  const markup = String(body)
  return function html<C extends Conn>(conn: C): Responded {
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
  if (body === undefined) throw new TypeError('json: the data must be something that JSON can hold')
  return function json<C extends Conn>(conn: C): Responded {
    return respond(conn, 'application/json; charset=utf-8', body)
  }
}

/** Where to redirect: a path of this site, or any URL, said so explicitly. */
export type RedirectTo = string | { readonly to: string } | { readonly external: string }

/**
 * Redirects, with 302 unless a status was set. A path must be local: it starts with one `/` and holds no backslash or
 * control character, so that no request can send a visitor elsewhere; any other URL goes under `external`.
 * A target that breaks these rules throws.
 *
 * @example
 * import { getRespHeader, redirect } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('location')(redirect('/login')(conn('GET', '/'))) // => ['/login']
 */
export const redirect = (target: RedirectTo) => {
  const { to, external } = (typeof target === 'string' ? { to: target } : (target ?? {})) as {
    readonly to?: unknown
    readonly external?: unknown
  }
  const url = external ?? to
  if (typeof url !== 'string')
    throw new TypeError('redirect: the target must be a path, { to } or { external }')
  if (external === undefined && !isLocalPath(url))
    throw new TypeError(
      `redirect: ${JSON.stringify(url)} must be a path of this site: it starts with one "/", without backslash or control character (use { external: url } for another site)`,
    )
  check('location', url)
  const body = `<html><body>You are being <a href="${htmlEscape(url)}">redirected</a>.</body></html>`
  return function redirect<C extends Conn>(conn: C): Responded {
    const headers = typed(putHeader(conn.respHeaders, 'location', url), 'text/html; charset=utf-8')
    return ConnRecord.respond(conn, conn.status ?? 302, headers, body) as Conn as Responded
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
export const sendFile = (
  status: number | StatusName,
  file: string,
  offset = 0,
  length: number | 'all' = 'all',
) => {
  const code = statusCode(status)
  if (typeof file !== 'string' || file.includes('\0'))
    throw new TypeError('sendFile: the file must be a path without NUL')
  const count = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0
  if (!count(offset)) throw new TypeError('sendFile: offset must be a whole number of bytes')
  if (length !== 'all' && !count(length))
    throw new TypeError("sendFile: length must be a whole number of bytes or 'all'")
  const body = Object.freeze({ kind: 'file', file, offset, length } as const)
  return function sendFile<C extends Conn>(conn: C): Responded {
    return ConnRecord.respond(conn, code, conn.respHeaders, body) as Conn as Responded
  }
}

/**
 * Responds piece by piece (Plug's chunked response); the adapter waits for the client between pieces.
 *
 * @example
 * import { stream } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const pieces = async function* () {
 *   yield 'one, '
 *   yield 'two'
 * }
 * stream(200, pieces())(conn('GET', '/')).status // => 200
 */
export const stream = (status: number | StatusName, chunks: AsyncIterable<string | Uint8Array>) => {
  const code = statusCode(status)
  const iterable = chunks as { [Symbol.asyncIterator]?: unknown } | null | undefined
  if (typeof iterable?.[Symbol.asyncIterator] !== 'function')
    throw new TypeError('stream: the chunks must be an async iterable')
  const body = Object.freeze({ kind: 'stream', chunks } as const)
  return function stream<C extends Conn>(conn: C): Responded {
    return ConnRecord.respond(conn, code, conn.respHeaders, body) as Conn as Responded
  }
}

// --- headers

const check = (name: string, value: string): void => {
  const problem = headerProblem(name, value)
  if (problem) raise(problem)
}

const withHeaders = <C extends Conn>(conn: C, headers: HeaderList): C =>
  ConnRecord.respHeaders(conn, headers) as Conn as C

/**
 * Every value of a response header, in order; `[]` when there is none.
 *
 * @example
 * import { getRespHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('cache-control')(conn('GET', '/')) // => ['max-age=0, private, must-revalidate']
 */
export const getRespHeader =
  (name: string) =>
  (conn: Conn): readonly string[] =>
    conn.respHeaders.getAll(name)

/**
 * Replaces the first response header of a name, or appends one. The name must be a lower-case token and the value text
 * in Latin-1 without control characters; anything else fails with `InvalidHeader`.
 *
 * @example
 * import { getRespHeader, putRespHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('vary')(putRespHeader('vary', 'accept')(conn('GET', '/'))) // => ['accept']
 */
export const putRespHeader = (name: string, value: string) => {
  check(name, value)
  return function putRespHeader<C extends Conn>(conn: C): C {
    return withHeaders(conn, putHeader(conn.respHeaders, name, value))
  }
}

/**
 * Puts response headers before all others, whatever is there under their names. They fail as in {@link putRespHeader}.
 *
 * @example
 * import { getRespHeader, prependRespHeaders } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = prependRespHeaders([['link', '</a>'], ['link', '</b>']])(conn('GET', '/'))
 * getRespHeader('link')(c) // => ['</a>', '</b>']
 */
export const prependRespHeaders = (headers: HeaderFields) => {
  const flat = headerPairs(headers, check).flat()
  return function prependRespHeaders<C extends Conn>(conn: C): C {
    return withHeaders(conn, prependHeaders(conn.respHeaders, flat))
  }
}

/**
 * Puts each response header as {@link putRespHeader} does.
 *
 * @example
 * import { getRespHeader, mergeRespHeaders } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = mergeRespHeaders({ 'cache-control': 'no-store', vary: 'accept' })(conn('GET', '/'))
 * getRespHeader('cache-control')(c) // => ['no-store']
 */
export const mergeRespHeaders = (headers: HeaderFields) => {
  const pairs = headerPairs(headers, check)
  return function mergeRespHeaders<C extends Conn>(conn: C): C {
    return withHeaders(conn, putHeaders(conn.respHeaders, pairs))
  }
}

/**
 * Replaces the first value of a response header by a function of it, or puts `initial` when there is none. It fails as
 * {@link putRespHeader} does.
 *
 * @example
 * import { getRespHeader, updateRespHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const vary = updateRespHeader('vary', 'accept', value => `${value}, accept`)
 * getRespHeader('vary')(vary(vary(conn('GET', '/')))) // => ['accept, accept']
 */
export const updateRespHeader = (name: string, initial: string, update: (value: string) => string) => {
  check(name, initial)
  return function updateRespHeader<C extends Conn>(conn: C): C {
    const value = conn.respHeaders.get(name)
    const updated = value === undefined ? initial : update(value)
    check(name, updated)
    return withHeaders(conn, putHeader(conn.respHeaders, name, updated))
  }
}

/**
 * Removes the first response header of a name.
 *
 * @example
 * import { deleteRespHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * deleteRespHeader('cache-control')(conn('GET', '/')).respHeaders.length // => 0
 */
export const deleteRespHeader = (name: string) =>
  function deleteRespHeader<C extends Conn>(conn: C): C {
    return withHeaders(conn, deleteHeader(conn.respHeaders, name))
  }

/**
 * Sets the content type, with a charset unless that is null.
 *
 * @example
 * import { getRespHeader, putRespContentType } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('content-type')(putRespContentType('text/csv')(conn('GET', '/'))) // => ['text/csv; charset=utf-8']
 * getRespHeader('content-type')(putRespContentType('image/png', null)(conn('GET', '/'))) // => ['image/png']
 */
export const putRespContentType = (type: string, charset: string | null = 'utf-8') =>
  putRespHeader('content-type', charset === null ? type : `${type}; charset=${charset}`)

// --- the pipeline

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
export const registerBeforeSend = <In extends Conn>(plug: (conn: In) => Conn | Effect<Conn>) => {
  if (typeof plug !== 'function')
    throw new TypeError('registerBeforeSend: the plug must be a function from a conn')
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
export const halt = (conn: Conn): Halted => ConnRecord.halt(conn)
