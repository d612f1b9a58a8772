/** The writing half of a session: from a conn that is to be sent to its cookie, and to what the store is to do. */
import type { Conn } from '../../lib/conn.js'
import { putCookie } from '../../lib/conn/put-cookie.js'
import type { RawEntry } from '../../lib/crypto/term-format.js'
import type { Result } from '../../lib/effect.js'
import type { SessionConfig } from './options.js'
import { sessionOf } from './record.js'
import { andThen } from './result.js'
import type { SessionWrite, StoreChange } from './store.js'

/** All entries as changes: what makes a session under a new id hold them. */
const anew = (entries: readonly RawEntry[]): SessionWrite => ({
  entries,
  changes: entries.map((entry): StoreChange => ({ op: 'put', entry })),
})

const sent = (config: SessionConfig, conn: Conn, value: string): Conn =>
  putCookie(conn, config.key, { ...config.cookie, value }, value)

const written = (config: SessionConfig, conn: Conn): Result<Conn> => {
  const { store, session } = config
  const record = sessionOf(conn, session.name)
  const { id, info } = record
  switch (conn.error === undefined ? info : 'ignore') {
    case 'write':
      return andThen(store.apply(id, record, session, conn), value => sent(config, conn, value))
    case 'renew':
      return andThen(store.apply(undefined, anew(record.entries), session, conn), value =>
        id === undefined
          ? sent(config, conn, value)
          : andThen(store.delete(id, session, conn), () => sent(config, conn, value)),
      )
    case 'drop':
      return id === undefined
        ? conn
        : andThen(store.delete(id, session, conn), () =>
            putCookie(conn, config.key, config.deletion, undefined),
          )
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
 * | `renew` | writes the whole under a new id, then forgets the old one | set |
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
