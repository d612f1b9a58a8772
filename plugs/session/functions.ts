/** The functions on a fetched session, under the names of Plug.Conn. Each that changes it gives a new conn. */
import type { Conn, SessionData, WithSession } from '../../lib/conn.js'
import { sessionWriter } from '../../lib/conn/fetch.js'
import type { Term } from '../../lib/crypto/term-format.js'
import { checkName, type Configure } from './options.js'
import { checkKey, putChange, sessionOf, type Change, type SessionRecord } from './record.js'

/** A plug that needs the session of a name. */
type Changing<Name extends string> = <C extends Conn & WithSession<unknown, Name>>(conn: C) => C
/** A function of a conn that has the session of a name. */
type Reading<Name extends string, A> = (conn: WithSession<unknown, Name>) => A

type Write = <C extends Conn>(conn: C, session: SessionRecord) => C
const writeDefault: Write = sessionWriter('session')

/** What puts the session of a name. */
const writerOf = (name: string): Write => (name === 'session' ? writeDefault : sessionWriter(name))

interface GetSession {
  /** The whole session: every term that is stored under a text. */
  (): Reading<'session', SessionData>
  /** The term under a key; undefined if there is none. */
  <const N extends string = 'session'>(
    key: string,
    fallback?: undefined,
    name?: N,
  ): Reading<N, Term | undefined>
  /** The term under a key, or another if there is none. A stored `null` is a term. */
  <const N extends string = 'session'>(key: string, fallback: Term, name?: N): Reading<N, Term>
}

/**
 * Gives a term of the session, or the whole.
 *
 * @throws TypeError if the key is not a string or the name is not one of a session
 * @example
 * import { pipe } from 'plugboard'
 * import { fetchSession, getSession, putSession } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * const opened = fetchSession(conn('GET', '/', { session: { theme: 'dark' } }))
 * if (typeof opened === 'function') throw new Error('a test session needs no effect')
 * getSession('theme')(opened) // => 'dark'
 * getSession('size', 12)(opened) // => 12
 * getSession('theme')(pipe(opened, putSession('theme', 'light'))) // => 'light'
 */
export const getSession: GetSession = ((key?: string, fallback?: Term, name = 'session') => {
  checkName('getSession', name)
  if (key === undefined) return (conn: Conn) => sessionOf(conn, name).data
  checkKey('getSession', key)
  return (conn: Conn) => {
    const value = sessionOf(conn, name).get(key)
    return value === undefined ? fallback : value
  }
}) as unknown as GetSession

const changed = <C extends Conn>(conn: C, name: string, changes: readonly Change[]): C => {
  let session = sessionOf(conn, name)
  for (let i = 0; i < changes.length; i++) session = session.changed(changes[i] as Change)
  return writerOf(name)(conn, session)
}

/**
 * Puts a term under a key. It is written before the response is sent, unless {@link configureSession} said otherwise.
 *
 * @param value What Elixir can store too: text, numbers, bigints, booleans, null, dates, bytes, lists, records, and what
 * `plugboard/crypto` makes of atoms and tuples.
 * @param name The session's name, if it is not `'session'`.
 * @throws TypeError when the value is no term; the message says where in it the fault is.
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { fetchSession, putSession } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const visit = pipeline(fetchSession, putSession('visits', 1), text('hello'))
 * run(visit)(conn('GET', '/', { session: {} })).status // => 200
 */
export const putSession = <const N extends string = 'session'>(
  key: string,
  value: Term,
  name = 'session' as N,
): Changing<N> => {
  checkName('putSession', name)
  const changes = [putChange('putSession', key, value)]
  return function putSession(conn) {
    return changed(conn, name, changes)
  }
}

/**
 * Puts every entry of a record, as {@link putSession} does.
 *
 * @throws TypeError when one of the values is no term; the message says which.
 * @example
 * import { mergeSession } from 'plugboard/plugs'
 * const signedIn = mergeSession({ user_id: 7, signed_in_at: new Date(0) })
 */
export const mergeSession = <const N extends string = 'session'>(
  entries: Readonly<Record<string, Term>>,
  name = 'session' as N,
): Changing<N> => {
  checkName('mergeSession', name)
  const changes = Object.entries(entries).map(([key, value]) => putChange('mergeSession', key, value))
  return function mergeSession(conn) {
    return changed(conn, name, changes)
  }
}

/**
 * Removes a key. The session is written, even if it had none.
 *
 * @example
 * import { deleteSession } from 'plugboard/plugs'
 * const forgetTheme = deleteSession('theme')
 * const emptyCart = deleteSession('items', 'cart')
 */
export const deleteSession = <const N extends string = 'session'>(
  key: string,
  name = 'session' as N,
): Changing<N> => {
  checkName('deleteSession', name)
  const changes: readonly Change[] = [{ op: 'delete', key: checkKey('deleteSession', key) }]
  return function deleteSession(conn) {
    return changed(conn, name, changes)
  }
}

interface ClearSession {
  <C extends Conn & WithSession<unknown>>(conn: C): C
  /** The plug for the session of another name. */
  readonly named: <const N extends string>(name: N) => Changing<N>
}

const clear: readonly Change[] = [{ op: 'clear' }]

const named = <const N extends string>(name: N): Changing<N> => {
  checkName('clearSession', name)
  return function clearSession(conn) {
    return changed(conn, name, clear)
  }
}

/**
 * Removes every key. The empty session is written, and its cookie stays: `configureSession('drop')` removes that.
 * `clearSession.named('cart')` is the plug for the session of another name.
 *
 * @example
 * import { pipe } from 'plugboard'
 * import { clearSession, configureSession } from 'plugboard/plugs'
 * import type { Conn, WithSession } from 'plugboard'
 * const beginAnew = (conn: Conn & WithSession) => pipe(conn, clearSession, configureSession('renew'))
 */
export const clearSession: ClearSession = Object.assign(named('session'), { named })

/**
 * Says what is to become of the session when the response is sent: `'renew'` gives it a new id, which is what log-in
 * does; `'drop'` forgets it and deletes its cookie; `'ignore'` leaves it as it was before this request. The last one
 * said counts, and puts that follow change nothing about it.
 *
 * @throws TypeError for anything else.
 * @example
 * import { pipe, redirect, type Conn, type WithSession } from 'plugboard'
 * import { configureSession } from 'plugboard/plugs'
 * const logOut = (conn: Conn & WithSession) => pipe(conn, configureSession('drop'), redirect('/'))
 */
export const configureSession = <const N extends string = 'session'>(
  info: Configure,
  name = 'session' as N,
): Changing<N> => {
  checkName('configureSession', name)
  if (info !== 'renew' && info !== 'drop' && info !== 'ignore')
    throw new TypeError("configureSession: give 'renew', 'drop' or 'ignore'")
  const write = writerOf(name)
  return function configureSession(conn) {
    return write(conn, sessionOf(conn, name).configured(info))
  }
}
