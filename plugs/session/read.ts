/** The reading half of a session: from the cookie that a request brought to a session value. */
import type { Conn, RespCookie, Session } from '../../lib/conn.js'
import { isDeletion } from '../../lib/conn/put-cookie.js'
import { isFetched } from '../../lib/fetched.js'
import { decodeCookie } from '../../lib/http/cookies.js'
import type { Result } from '../../lib/effect.js'
import type { SessionConfig } from './options.js'
import { LateOrigin, noOrigin, SessionRecord, type Origin } from './record.js'
import { andThen } from './result.js'
import type { Stored } from './store.js'
import { Terms } from './terms.js'

/** What the request's cookies say, those of the response laid over them. */
const cookieOf = (conn: Conn, name: string): unknown => {
  if (isFetched(conn.cookies)) return conn.cookies[name]
  if (!Object.hasOwn(conn.respCookies, name)) return decodeCookie(conn.reqHeaders.getAll('cookie'), name)
  const set = conn.respCookies[name] as RespCookie
  return isDeletion(set) ? undefined : set.value
}

/** Whether the request brought a cookie of a name, valid or not. */
export const isBrought = (conn: Conn, name: string): boolean =>
  decodeCookie(conn.reqHeaders.getAll('cookie'), name) !== undefined

const originOf = (stored: Stored | undefined): Origin =>
  stored === undefined ? noOrigin : { id: stored.id, terms: new Terms(stored.entries), age: stored.age }

const find = ({ storeOf, session, key }: SessionConfig, conn: Conn): Result<Origin> => {
  const cookie = cookieOf(conn, key)
  return typeof cookie === 'string' ? andThen(storeOf(conn).get(cookie, session, conn), originOf) : noOrigin
}

const findNow = (config: SessionConfig, conn: Conn): Origin => {
  const found = find(config, conn)
  if (typeof found === 'function')
    throw new TypeError('session: the get of a store that says it is pure gave an effect')
  return found
}

/**
 * Reads what a conn's cookie stands for. With a pure store not even the cookie is looked for before somebody asks.
 */
export const reader = (config: SessionConfig): ((conn: Conn) => Result<SessionRecord>) => {
  if (config.store.pure !== true)
    return conn => andThen(find(config, conn), origin => new SessionRecord(origin))
  const late = (conn: Conn): Origin => findNow(config, conn)
  return conn => new SessionRecord(new LateOrigin(late, conn))
}

/**
 * The session that a request's cookie stands for: an empty one if there is no cookie, or if the store does not know it.
 * It is an effect if the store's is one. `fetchSession` joins it with {@link writeSession}.
 *
 * @example
 * import { cookieStore, readSession, sessionConfig } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * const config = sessionConfig({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key' })
 * readSession(config)(conn('GET', '/')) // a session without an id
 */
export const readSession: (config: SessionConfig) => (conn: Conn) => Result<Session> = reader
