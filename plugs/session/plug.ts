/** The two plugs of a session: `session` says where it lives, `fetchSession` reads it and sees that it is written. */
import type { Conn, SessionData, WithSession } from '../../lib/conn.js'
import { mergePrivate } from '../../lib/conn/assigns.js'
import { isConn } from '../../lib/conn/is-conn.js'
import { sessionWriter } from '../../lib/conn/fetch.js'
import { declare } from '../../lib/declared.js'
import type { Term } from '../../lib/crypto/term-format.js'
import type { Result } from '../../lib/effect.js'
import { sessionUnavailable } from '../../lib/error.js'
import { checkedAtBoot } from '../../lib/boot.js'
import { checkName, sessionConfig, type SessionConfig, type SessionOptions } from './options.js'
import { reader } from './read.js'
import { noOrigin, putChange, SessionRecord } from './record.js'
import { andThen } from './result.js'
import { writeSession } from './write.js'

/** What `session` leaves on the conn for `fetchSession`. */
interface Mounted {
  readonly config: SessionConfig
  readonly read: ReturnType<typeof reader>
  /** Puts it, and registers the hook that writes it. */
  readonly write: (conn: Conn, session: SessionRecord) => Conn
}

const placeOf = (name: string): string => `plugboardSession:${name}`

/**
 * Says where a session lives (Plug.Session). Nothing is read before `fetchSession`, and nothing is sent for a session
 * that nobody touches.
 *
 * @throws TypeError when an option is missing, unknown or wrong; the message names it.
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { cookieStore, fetchSession, putSession, session } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const app = pipeline(
 *   session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key', maxAge: 3600 }),
 *   fetchSession,
 *   putSession('theme', 'dark'),
 *   text('hello'),
 * )
 * run(app)(conn('GET', '/')).respCookies._app_key?.maxAge // => 3600
 */
export const session = (options: SessionOptions) => {
  const config = sessionConfig(options)
  const mounted: Mounted = {
    config,
    read: reader(config),
    write: sessionWriter(config.session.name, writeSession(config)),
  }
  const plug = mergePrivate({ [placeOf(config.session.name)]: mounted })
  // a store that needs no effect cannot be unavailable
  if (config.store.pure !== true) declare(plug, () => [sessionUnavailable])
  return checkedAtBoot(plug, given => config.store.checkAtBoot?.(given))
}

/** Where a conn's session of a name lives; undefined if it has a test's data alone. */
export const configOf = (conn: Conn, name: string): SessionConfig | undefined =>
  (conn.private[placeOf(name)] as Mounted | undefined)?.config

interface FetchSession {
  /** The plug for the session of another name. */
  <const N extends string>(name: N): <C extends Conn>(conn: C) => Result<C & WithSession<SessionData, N>>
  /** Reads the session into `conn.sessions.session`. */
  <C extends Conn>(conn: C): Result<C & WithSession>
}

const missing = (name: string): TypeError =>
  new TypeError(
    name === 'session'
      ? 'cannot fetch session without a configured session plug: put session({…}) earlier'
      : `cannot fetch session '${name}' without a configured session plug: put session({ name: '${name}', … }) earlier`,
  )

type TestSessions = Readonly<Record<string, Readonly<Record<string, Term>>>>

/** The data that a test wants a session to hold. */
const testData = (conn: Conn, name: string): Readonly<Record<string, Term>> | undefined => {
  const sessions = conn.private['plugboardTestSessions'] as TestSessions | undefined
  return sessions !== undefined && Object.hasOwn(sessions, name) ? sessions[name] : undefined
}

/** Lays test data on a session as changes that do not count as such: they are written once something else is. */
const laid = (record: SessionRecord, data: Readonly<Record<string, Term>>): SessionRecord => {
  let made = record
  for (const [key, value] of Object.entries(data))
    made = made.changed(putChange('a test session', key, value))
  return made.configured(undefined)
}

/** Two sessions in one cookie would each write over the other. */
const checkOwnCookie = (conn: Conn, { key, session: { name } }: SessionConfig): void => {
  for (const other in conn.sessions)
    if (configOf(conn, other)?.key === key)
      throw new TypeError(
        `session: '${other}' and '${name}' have the same cookie, ${key}: give each session a key of its own`,
      )
}

const fetch = (conn: Conn, name: string, place: string): Result<Conn> => {
  if (Object.hasOwn(conn.sessions, name)) return conn
  const mounted = conn.private[place] as Mounted | undefined
  const data = testData(conn, name)
  if (mounted === undefined) {
    if (data === undefined) throw missing(name)
    return sessionWriter(name)(conn, laid(new SessionRecord(noOrigin), data))
  }
  checkOwnCookie(conn, mounted.config)
  return andThen(mounted.read(conn), record =>
    mounted.write(conn, data === undefined ? record : laid(record, data)),
  )
}

const fetchNamed = (name: string) => {
  checkName('fetchSession', name)
  const place = placeOf(name)
  return function fetchSession(conn: Conn) {
    return fetch(conn, name, place)
  }
}
const fetchDefault = fetchNamed('session')

/**
 * Reads the session that `session({ … })` configured, and writes it before the response is sent, if it was touched. A
 * second time it does nothing. With a store that needs no effect, such as the cookie store, it gives the conn at once.
 *
 * @throws TypeError when no session of that name is configured.
 * @example
 * import { pipeline, text, type Conn, type WithSession } from 'plugboard'
 * import { cookieStore, fetchSession, getSession, session } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const theme = <C extends Conn & WithSession>(c: C) => text(String(getSession('theme', 'light')(c)))(c)
 * const app = pipeline(
 *   session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key' }),
 *   fetchSession,
 *   theme,
 * )
 * run(app)(conn('GET', '/', { session: { theme: 'dark' } })).respBody // => 'dark'
 */
export const fetchSession: FetchSession = ((first: Conn | string) =>
  isConn(first) ? fetchDefault(first) : fetchNamed(first)) as FetchSession
