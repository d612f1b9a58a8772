/**
 * Functions that put a route and its path parameters on a conn: what a router does once it has decided. An app needs them for a
 * router of its own, and in tests of what reads `conn.route`.
 */
import type { Conn, MatchedRoute } from '../conn.js'
import { ConnRecord } from './record.js'
import { nothing } from './rest.js'

type PathParams = Conn['pathParams']

const isEmpty = (record: object): boolean => {
  // oxlint-disable-next-line guard-for-in
  for (const _ in record) return false
  return true
}

/**
 * Parameters over those that are there already. The client chose the names of the latter, so that the copy has no prototype; V8
 * would make a class for each set of names.
 */
const over = (params: {}, existing: {}): {} => {
  if (params === existing || isEmpty(existing)) return params
  return Object.assign(Object.create(null) as {}, existing, params)
}

/**
 * Puts the route that matched on the conn, as `conn.route`, with its path parameters: as strings in `conn.pathParams`, and over
 * the query and the body in `conn.params`.
 *
 * @param pathParams as the path has them, percent-decoded. Default: none.
 * @param params what codecs made of them. Default: `pathParams`.
 * @example
 * import { pipe, putRoute } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const route = { method: 'GET', pattern: '/posts/:id', metadata: {} }
 * const c = pipe(conn('GET', '/posts/7'), putRoute(route, { id: '7' }, { id: 7 }))
 * c.route?.pattern // => '/posts/:id'
 * c.pathParams // => { id: '7' }
 * c.params // => { id: 7 }
 */
export const putRoute = (route: MatchedRoute, pathParams: PathParams = nothing, params: {} = pathParams) =>
  function putRoute<C extends Conn>(conn: C): C {
    return ConnRecord.route(conn, route, pathParams, over(params, conn.params)) as Conn as C
  }

/**
 * Puts path parameters on the conn, as {@link putRoute} does, for a request that has no route: for a router's fallback.
 *
 * @param pathParams as the path has them, percent-decoded
 * @param params what codecs made of them. Default: `pathParams`.
 * @example
 * import { putPathParams } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putPathParams({ locale: 'de' })(conn('GET', '/de/nowhere')).pathParams // => { locale: 'de' }
 */
export const putPathParams = (pathParams: PathParams, params: {} = pathParams) =>
  function putPathParams<C extends Conn>(conn: C): C {
    return ConnRecord.with(conn, { pathParams, params: over(params, conn.params) }) as Conn as C
  }
