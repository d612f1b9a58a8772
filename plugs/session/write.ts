/** The writing half of a session: from a conn that is to be sent to its cookie, and to what the store is to do. */
import type { Conn } from '../../lib/conn.js'
import { putCookie } from '../../lib/conn/put-cookie.js'
import { telemetryPort } from '../../lib/conn/telemetry-port.js'
import type { Result } from '../../lib/effect.js'
import { tellDroppedWrite } from '../../lib/telemetry.js'
import type { SessionConfig } from './options.js'
import { isBrought } from './read.js'
import { sessionOf, type SessionRecord } from './record.js'
import { andThen } from './result.js'

const sent = (config: SessionConfig, conn: Conn, value: string): Conn =>
  putCookie(conn, config.key, Object.assign({ value }, config.cookie), value)

/** The session is gone: another request has renewed or dropped it meanwhile. Nothing is written, and no cookie is set. */
const dropped = (conn: Conn, name: string, { changes }: SessionRecord): Conn => {
  const port = telemetryPort(conn)
  if (port !== undefined && changes.length > 0) tellDroppedWrite(port, conn, name)
  return conn
}

/** Whether it is time to set the cookie again, although nothing has changed. */
const isDue = ({ session: { refreshAfter } }: SessionConfig, { id, age }: SessionRecord): boolean =>
  id !== undefined && age !== undefined && age >= (refreshAfter as number)

const written = (config: SessionConfig, conn: Conn): Result<Conn> => {
  const { storeOf, session } = config
  const record = sessionOf(conn, session.name)
  switch (conn.error === undefined ? record.info : 'ignore') {
    case 'write':
      return andThen(storeOf(conn).apply(record.id, record, session, conn), value =>
        value === undefined ? dropped(conn, session.name, record) : sent(config, conn, value),
      )
    case 'renew': {
      const { id, renewing } = record
      return andThen(storeOf(conn).apply(undefined, renewing, session, conn), value => {
        if (value === undefined) return dropped(conn, session.name, record)
        return id === undefined
          ? sent(config, conn, value)
          : andThen(storeOf(conn).delete(id, session, conn), () => sent(config, conn, value))
      })
    }
    case 'drop': {
      const { id } = record
      const forget = (): Conn => putCookie(conn, config.key, config.deletion, undefined)
      if (id !== undefined) return andThen(storeOf(conn).delete(id, session, conn), forget)
      return isBrought(conn, config.key) ? forget() : conn
    }
    case undefined:
      return session.refreshAfter !== undefined && isDue(config, record)
        ? andThen(storeOf(conn).apply(record.id, record, session, conn), value =>
            value === undefined ? conn : sent(config, conn, value),
          )
        : conn
    default:
      return conn
  }
}

/**
 * Writes a conn's session, as far as it was touched, and puts its cookie. It is an effect if the store's is one.
 *
 * | what was done | the store | the cookie |
 * |---|---|---|
 * | nothing | prolongs it, if `refreshAfter` has passed | set, if `refreshAfter` has passed |
 * | a put, a delete, a clear | writes | set, even if the id stays |
 * | `renew` | writes under a new id what the old one holds at that moment, with the changes; then forgets the old one | set |
 * | `drop` | forgets the id, if there was one | deleted, if the request brought one |
 * | `ignore` | | none |
 *
 * If another request has renewed or dropped the session meanwhile, a put, a delete and a clear write nothing and set no
 * cookie; the event `plugboard.session.write_dropped` says so. A `renew` then starts a session of its own changes.
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
