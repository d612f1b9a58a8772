/** The writing half of a session: from a conn that is to be sent to its cookie, and to what the store is to do. */
import type { Conn } from '../../lib/conn.js'
import { putCookie } from '../../lib/conn/put-cookie.js'
import type { Result } from '../../lib/effect.js'
import type { SessionConfig } from './options.js'
import { sessionOf } from './record.js'
import { andThen } from './result.js'

const sent = (config: SessionConfig, conn: Conn, value: string | undefined): Conn =>
  value === undefined ? conn : putCookie(conn, config.key, Object.assign({ value }, config.cookie), value)

const written = (config: SessionConfig, conn: Conn): Result<Conn> => {
  const { storeOf, session } = config
  const record = sessionOf(conn, session.name)
  switch (conn.error === undefined ? record.info : 'ignore') {
    case 'write':
      return andThen(storeOf(conn).apply(record.id, record, session, conn), value =>
        sent(config, conn, value),
      )
    case 'renew': {
      const { id, renewing } = record
      return andThen(storeOf(conn).apply(undefined, renewing, session, conn), value =>
        id === undefined
          ? sent(config, conn, value)
          : andThen(storeOf(conn).delete(id, session, conn), () => sent(config, conn, value)),
      )
    }
    case 'drop': {
      const { id } = record
      return id === undefined
        ? conn
        : andThen(storeOf(conn).delete(id, session, conn), () =>
            putCookie(conn, config.key, config.deletion, undefined),
          )
    }
    default:
      return conn
  }
}

/**
 * Writes a conn's session, as far as it was touched, and puts its cookie. It is an effect if the store's is one.
 *
 * | what was done | the store | the cookie |
 * |---|---|---|
 * | nothing, or `ignore` | | none |
 * | a put, a delete, a clear | writes | set, even if the id stays |
 * | `renew` | writes under a new id what the old one holds by now, with the changes; then forgets the old one | set |
 * | `drop` | forgets the id, if there was one | deleted, if there was a session |
 *
 * The session of a request that failed is not written. A cookie that becomes too long fails with `CookieOverflow`.
 *
 * @example
 * import type { Conn, WithSession } from 'plugboard'
 * import { cookieStore, putSession, sessionConfig, writeSession } from 'plugboard/plugs'
 * const config = sessionConfig({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key' })
 * const keep = (conn: Conn & WithSession) => writeSession(config)(putSession('theme', 'dark')(conn))
 */
export const writeSession =
  (config: SessionConfig) =>
  <C extends Conn>(conn: C): Result<C> =>
    written(config, conn) as Result<C>
