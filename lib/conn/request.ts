/** Functions on the request half of a conn: its headers, its query and its addresses. */
import type { Conn, Halted, WithQueryParams } from '../conn.js'
import { isFetched, type Dict } from '../fetched.js'
import { declare } from '../declared.js'
import { invalidHeader, invalidQuery } from '../error.js'
import { withStatus } from '../failure.js'
import { isLeft } from '../fp.js'
import type { Conditions } from '../http/etag.js'
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
import { encodeQuery, queryRules, readQuery, type ParamValue, type QueryOptions } from '../http/query.js'
import { encodeUri } from '../http/uri.js'
import { checkOptions } from '../options.js'
import { isConn } from './is-conn.js'
import { raise } from './raise.js'
import { ConnRecord } from './record.js'
import { nothing } from './rest.js'

/**
 * Every value of a request header, in order; `[]` when there is none. The name is in lower case.
 *
 * @example
 * import { getReqHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getReqHeader('accept')(conn('GET', '/', { headers: { accept: 'text/html' } })) // => ['text/html']
 */
export const getReqHeader =
  (name: string) =>
  (conn: Conn): readonly string[] =>
    conn.reqHeaders.getAll(name)

const joined = (conn: Conn, name: string): string | undefined => {
  const values = conn.reqHeaders.getAll(name)
  return values.length < 2 ? values[0] : values.join(', ')
}

/**
 * The conditions of a request, for `precondition`: `If-Match`, `If-Unmodified-Since`, `If-None-Match`, `If-Modified-Since`.
 *
 * @example
 * import { conditionsOf, precondition } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('PUT', '/posts/7', { headers: { 'if-match': '"1"' } })
 * precondition(c.method, conditionsOf(c), { etag: '"2"' }) // => 412
 */
export const conditionsOf = (conn: Conn): Conditions => ({
  ifMatch: joined(conn, 'if-match'),
  ifUnmodifiedSince: conn.reqHeaders.get('if-unmodified-since'),
  ifNoneMatch: joined(conn, 'if-none-match'),
  ifModifiedSince: conn.reqHeaders.get('if-modified-since'),
})

const check = (name: string, value: string): void => {
  const problem =
    headerProblem(name, value) ??
    (name === 'host'
      ? invalidHeader('the host is set by rewriting the request (rewriteOn), not as a header')
      : undefined)
  if (problem) raise(problem)
}

const withHeaders = <C extends Conn>(conn: C, reqHeaders: HeaderList): C =>
  ConnRecord.request(conn, { reqHeaders }) as Conn as C

/**
 * Replaces the first request header of a name, or appends one. An invalid name or value fails with `InvalidHeader`, and
 * so does `host`: see `rewriteOn`.
 *
 * @example
 * import { getReqHeader, putReqHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getReqHeader('accept')(putReqHeader('accept', 'text/html')(conn('GET', '/'))) // => ['text/html']
 */
export const putReqHeader = (name: string, value: string) => {
  check(name, value)
  return function putReqHeader<C extends Conn>(conn: C): C {
    return withHeaders(conn, putHeader(conn.reqHeaders, name, value))
  }
}

/**
 * Appends a request header, whatever is there under its name. It fails as {@link putReqHeader} does.
 *
 * @example
 * import { appendReqHeader, getReqHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/', { headers: { via: '1.1 a' } })
 * getReqHeader('via')(appendReqHeader('via', '1.1 b')(c)) // => ['1.1 a', '1.1 b']
 */
export const appendReqHeader = (name: string, value: string) => {
  check(name, value)
  return function appendReqHeader<C extends Conn>(conn: C): C {
    return withHeaders(conn, appendHeader(conn.reqHeaders, name, value))
  }
}

/**
 * Puts request headers before all others, whatever is there under their names. It fails as {@link putReqHeader} does.
 *
 * @example
 * import { getReqHeader, prependReqHeaders } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/', { headers: { via: '1.1 b' } })
 * getReqHeader('via')(prependReqHeaders({ via: '1.1 a' })(c)) // => ['1.1 a', '1.1 b']
 */
export const prependReqHeaders = (headers: HeaderFields) => {
  const flat = headerPairs(headers, check).flat()
  return function prependReqHeaders<C extends Conn>(conn: C): C {
    return withHeaders(conn, prependHeaders(conn.reqHeaders, flat))
  }
}

/**
 * Puts each request header as {@link putReqHeader} does.
 *
 * @example
 * import { getReqHeader, mergeReqHeaders } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/', { headers: { accept: 'text/html' } })
 * getReqHeader('accept')(mergeReqHeaders({ accept: 'text/css', via: '1.1 a' })(c)) // => ['text/css']
 */
export const mergeReqHeaders = (headers: HeaderFields) => {
  const pairs = headerPairs(headers, check)
  return function mergeReqHeaders<C extends Conn>(conn: C): C {
    return withHeaders(conn, putHeaders(conn.reqHeaders, pairs))
  }
}

/**
 * Replaces the first value of a request header by a function of it, or puts `initial` when there is none. It fails as
 * {@link putReqHeader} does.
 *
 * @example
 * import { getReqHeader, updateReqHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/', { headers: { accept: 'text/html' } })
 * getReqHeader('accept')(updateReqHeader('accept', '*' + '/*', value => `${value};q=0.9`)(c)) // => ['text/html;q=0.9']
 */
export const updateReqHeader = (name: string, initial: string, update: (value: string) => string) => {
  check(name, initial)
  return function updateReqHeader<C extends Conn>(conn: C): C {
    const value = conn.reqHeaders.get(name)
    const updated = value === undefined ? initial : update(value)
    check(name, updated)
    return withHeaders(conn, putHeader(conn.reqHeaders, name, updated))
  }
}

/**
 * Removes the first request header of a name.
 *
 * @example
 * import { deleteReqHeader, getReqHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = conn('GET', '/', { headers: { range: 'bytes=0-9' } })
 * getReqHeader('range')(deleteReqHeader('range')(c)) // => []
 */
export const deleteReqHeader = (name: string) =>
  function deleteReqHeader<C extends Conn>(conn: C): C {
    return withHeaders(conn, deleteHeader(conn.reqHeaders, name))
  }

interface FetchQueryParams {
  /** The plug with other limits. */
  (options: QueryOptions): <C extends Conn>(conn: C) => (C & WithQueryParams) | Halted
  /** Decodes the query into `conn.queryParams`, and lays `conn.params` over it. */
  <C extends Conn>(conn: C): (C & WithQueryParams) | Halted
}

/** The parameters of a query that is empty: without a prototype, as all that a client names. */
const noParams = Object.freeze(Object.create(null)) as Dict<ParamValue>

const queryFailures = () => [invalidQuery, withStatus(invalidQuery, 414)]

const fetchQuery = (conn: Conn, options?: QueryOptions): Conn => {
  if (isFetched(conn.queryParams)) return conn
  if (conn.queryString === '')
    return ConnRecord.with(conn, {
      queryParams: noParams,
      params: conn.params === nothing ? noParams : conn.params,
    })
  const decoded = readQuery(conn.queryString, options)
  if (isLeft(decoded)) return ConnRecord.fail(conn, decoded.left)
  return ConnRecord.with(conn, {
    queryParams: decoded.right as Dict<ParamValue>,
    params: Object.assign(Object.create(null) as object, decoded.right, conn.params),
  })
}

/**
 * Decodes the query string into `conn.queryParams` (nested keys as in Plug: `a[b]=1`, `a[]=1`) and puts it beneath
 * `conn.params`. A query that is too long fails with 414; one that is not UTF-8, nests too deeply, or has too many
 * parameters or too many arrays and objects with 400.
 *
 * @throws TypeError if an option is unknown or wrong, when it is built
 * @example
 * import { fetchQueryParams, json, pipeline } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const show = pipeline(fetchQueryParams, conn => json(conn.queryParams)(conn))
 * run(show)(conn('GET', '/?page=2')).respBody // => '{"page":"2"}'
 */
export const fetchQueryParams = declare(
  ((first: Conn | QueryOptions) => {
    if (isConn(first)) return fetchQuery(first)
    checkOptions('fetchQueryParams', first, queryRules)
    return declare(function fetchQueryParams(conn: Conn) {
      return fetchQuery(conn, first)
    }, queryFailures)
  }) as FetchQueryParams,
  queryFailures,
)

const defaultPort = (scheme: 'http' | 'https'): number => (scheme === 'https' ? 443 : 80)

const requestOrigin = (conn: Conn): string => {
  const host = conn.host.includes(':') && !conn.host.startsWith('[') ? `[${conn.host}]` : conn.host
  return `${conn.scheme}://${host}${conn.port === defaultPort(conn.scheme) ? '' : `:${conn.port}`}`
}

/**
 * Where people reach the app: the endpoint's `url`, or without one the scheme and host of the request, with its port
 * when it is not the scheme's own.
 *
 * @example
 * import { origin } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * origin(conn('GET', 'http://10.0.0.7:4000/')) // => 'http://10.0.0.7:4000'
 * origin(conn('GET', 'http://10.0.0.7:4000/', { endpointUrl: 'https://example.com' })) // => 'https://example.com'
 */
export const origin = (conn: Conn): string => conn.endpointUrl ?? requestOrigin(conn)

/**
 * The URL that was requested: scheme, host, port when it is not the scheme's own, path and query as they were sent.
 *
 * @example
 * import { requestUrl } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * requestUrl(conn('GET', 'https://example.com//a/?b=c')) // => 'https://example.com//a/?b=c'
 */
export const requestUrl = (conn: Conn): string =>
  `${requestOrigin(conn)}${conn.path}${conn.queryString === '' ? '' : `?${conn.queryString}`}`

/** Query parameters to put in place of a URL's query; `{}` removes it. */
export type QueryOf = Parameters<typeof encodeQuery>[0]

interface CurrentUrl {
  /** The same with another query. */
  (params: QueryOf): (conn: Conn) => string
  /** With the request's own query. */
  (conn: Conn): string
}

const pathOf = (conn: Conn, query: string): string => {
  const path = [...conn.scriptName, ...conn.segments].join('/')
  return encodeUri(`/${path}${query === '' ? '' : `?${query}`}`)
}

/**
 * The current path, normalised (no empty segments), with its query: for links back to this page. Characters that a client may
 * not send in one, such as a backslash, are percent-encoded, so that it never leads to another site.
 *
 * @example
 * import { currentPath } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * currentPath({ page: 2 })(conn('GET', '/snippets?page=1')) // => '/snippets?page=2'
 */
export const currentPath: CurrentUrl = ((first: Conn | QueryOf) =>
  isConn(first)
    ? pathOf(first, first.queryString)
    : (conn: Conn) => pathOf(conn, encodeQuery(first))) as CurrentUrl

/**
 * The current URL: {@link currentPath} behind the {@link origin} of the app.
 *
 * @example
 * import { currentUrl } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * currentUrl(conn('GET', 'http://example.com:4000/a//b?c=d')) // => 'http://example.com:4000/a/b?c=d'
 */
export const currentUrl: CurrentUrl = ((first: Conn | QueryOf) =>
  isConn(first)
    ? origin(first) + currentPath(first)
    : (conn: Conn) => origin(conn) + currentPath(first)(conn)) as CurrentUrl
