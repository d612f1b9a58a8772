/** Functions on the headers of a response. */
import type { Conn } from '../conn.js'
import {
  deleteHeader,
  headerPairs,
  headerProblem,
  isHeaderList,
  prependHeaders,
  putHeader,
  putHeaders,
  type HeaderFields,
  type HeaderList,
} from '../http/headers.js'
import { raise } from './raise.js'
import { ConnRecord } from './record.js'
import { mustBe } from '../options.js'

/** Raises an `InvalidHeader` for a response header that HTTP forbids. */
export const checkRespHeader = (name: string, value: string): void => {
  const problem = headerProblem(name, value)
  if (problem) raise(problem)
}

const withHeaders = <C extends Conn>(conn: C, headers: HeaderList): C =>
  ConnRecord.resp(conn, conn.status, headers, conn.respBody) as Conn as C

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
  checkRespHeader(name, value)
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
  const flat = headerPairs(headers, checkRespHeader).flat()
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
  const pairs = headerPairs(headers, checkRespHeader)
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
  checkRespHeader(name, initial)
  return function updateRespHeader<C extends Conn>(conn: C): C {
    const value = conn.respHeaders.get(name)
    const updated = value === undefined ? initial : update(value)
    checkRespHeader(name, updated)
    return withHeaders(conn, putHeader(conn.respHeaders, name, updated))
  }
}

/**
 * Replaces all response headers: for a plug that changes several at once, by `putHeader`, `appendHeader` and `deleteHeader`
 * on `conn.respHeaders`. These check no names and values: check those of your own by {@link headerProblem}.
 *
 * @throws TypeError if the headers are not what those functions return.
 * @example
 * import { deleteHeader, pipe, putHeader, putRespHeaders, type Conn } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const forget = (c: Conn) =>
 *   putRespHeaders(putHeader(deleteHeader(c.respHeaders, 'cache-control'), 'clear-site-data', '"*"'))(c)
 * forget(conn('GET', '/')).respHeaders.toJSON() // => [['clear-site-data', '"*"']]
 */
export const putRespHeaders = (headers: HeaderList) => {
  if (!isHeaderList(headers))
    throw new TypeError(
      `putRespHeaders: ${mustBe('headers', 'a HeaderList, such as conn.respHeaders', headers)}`,
    )
  return function putRespHeaders<C extends Conn>(conn: C): C {
    return withHeaders(conn, headers)
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
