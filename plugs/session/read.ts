/** The reading half of a session: from the cookie that a request brought to a session value. */
import type { Conn, RespCookie, Session } from '../../lib/conn.js'
import { isDeletion } from '../../lib/conn/put-cookie.js'
import { isFetched } from '../../lib/fetched.js'
import { decodeCookies } from '../../lib/http/cookies.js'
import type { Result } from '../../lib/effect.js'
import type { SessionConfig } from './options.js'
import { SessionRecord } from './record.js'
import { andThen } from './result.js'
import type { Stored } from './store.js'
import { Terms } from './terms.js'

/** What the request's cookies say, those of the response laid over them. */
const cookieOf = (conn: Conn, name: string): unknown => {
  if (isFetched(conn.cookies)) return conn.cookies[name]
  if (!Object.hasOwn(conn.respCookies, name)) return decodeCookies(conn.reqHeaders.getAll('cookie'))[name]
  const set = conn.respCookies[name] as RespCookie
  return isDeletion(set) ? undefined : set.value
}

const opened = (stored: Stored | undefined): SessionRecord =>
  stored === undefined
    ? new SessionRecord(undefined)
    : new SessionRecord(stored.id, new Terms(stored.entries))

/** What a conn's cookie stands for. */
export const read = (config: SessionConfig, conn: Conn): Result<SessionRecord> => {
  const cookie = cookieOf(conn, config.key)
  return typeof cookie === 'string'
    ? andThen(config.store.get(cookie, config.session, conn), opened)
    : new SessionRecord(undefined)
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
export const readSession =
  (config: SessionConfig): ((conn: Conn) => Result<Session>) =>
  conn =>
    read(config, conn)
