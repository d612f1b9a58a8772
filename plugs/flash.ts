/**
 * The flash: messages for the page that this request answers with or, when it redirects, for the next one
 * (Phoenix.Controller's). They travel in the session, under the key that Phoenix uses.
 */
import type { Conn, WithFlash, WithSession } from '../lib/conn.js'
import { putPrivate } from '../lib/conn/assigns.js'
import { fetchedWriter } from '../lib/conn/fetch.js'
import { isFetched, NotFetchedError } from '../lib/fetched.js'
import { isRecord } from '../lib/is-record.js'
import { deleteSession, getSession, putSession } from './session/functions.js'

const key = 'phoenix_flash'
const stored = getSession(key)
const consume = deleteSession(key)

type Messages = Readonly<Record<string, string>>
type Open = Record<string, string>

const copy = (messages: Messages): Open => Object.assign(Object.create(null), messages) as Open

const withFlash = fetchedWriter('flash')

/** The messages of a stored flash: what is no text, or no map at all, is none. */
const messagesOf = (value: unknown): Messages => {
  const messages: Open = Object.create(null)
  if (isRecord(value))
    for (const [name, message] of Object.entries(value))
      if (typeof message === 'string') messages[name] = message
  return messages
}

/** Where `keepFlash` notes which messages are kept. */
const keeping = 'plugboardKeepFlash'

/** Which messages are kept: all, or those under some keys. */
type Kept = 'all' | readonly string[] | undefined

const keptOf = (conn: Conn): Kept => conn.private[keeping] as Kept

/** The messages that the next request is to see. */
const keptMessages = (conn: Conn & WithFlash): Messages => {
  const { flash } = conn
  const status = conn.status as number
  const kept = status >= 300 && status <= 308 ? 'all' : keptOf(conn)
  if (kept === 'all') return copy(flash)
  const messages: Open = Object.create(null)
  for (const name of kept ?? []) if (flash[name] !== undefined) messages[name] = flash[name]
  return messages
}

const isEmpty = (messages: Messages): boolean => Object.keys(messages).length === 0

/** What becomes of the flash when the response is sent; `had`: whether the session held one when it was fetched. */
const settle =
  (had: boolean) =>
  (conn: Conn & WithSession<unknown> & WithFlash): Conn => {
    if (!had && isEmpty(conn.flash)) return conn
    const messages = keptMessages(conn)
    return isEmpty(messages) ? consume(conn) : putSession(key, messages)(conn)
  }
type Hook = (conn: Conn) => Conn
const fetchedHad = fetchedWriter('flash', settle(true) as unknown as Hook)
const fetchedNew = fetchedWriter('flash', settle(false) as unknown as Hook)

/**
 * Reads the flash of the session into `conn.flash`. Messages of this request and older ones live on while the response
 * is a redirect (300 to 308), and are used up by any other. A second time it does nothing.
 *
 * @example
 * import { pipeline, redirect } from 'plugboard'
 * import { fetchFlash, fetchSession, getFlash, putFlash } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const saved = pipeline(fetchSession, fetchFlash, putFlash('info', 'Saved.'), redirect('/'))
 * run(saved)(conn('POST', '/', { session: {} })).status // => 302
 */
export const fetchFlash = <C extends Conn & WithSession<unknown>>(conn: C): C & WithFlash => {
  if (isFetched(conn.flash)) return conn as C & WithFlash
  const value = stored(conn)
  const write = value === undefined || value === null ? fetchedNew : fetchedHad
  return write(conn, messagesOf(value))
}

const checked = (caller: string, name: string, message: string): void => {
  if (typeof name !== 'string') throw new TypeError(`${caller}: key must be a string`)
  if (typeof message !== 'string')
    throw new TypeError(`${caller}: the message under ${JSON.stringify(name)} must be a string`)
}

const fetchedOf = (conn: Conn): Messages => {
  if (isFetched(conn.flash)) return conn.flash
  throw new NotFetchedError(`conn.flash is not fetched: ${conn.flash.notFetched}`)
}

/**
 * Puts a message under a key, such as `'info'` or `'error'`.
 *
 * @throws TypeError when key or message is no text.
 * @example
 * import { putFlash } from 'plugboard/plugs'
 * const welcome = putFlash('info', 'Welcome back!')
 */
export const putFlash = (name: string, message: string) => {
  checked('putFlash', name, message)
  return function putFlash<C extends Conn & WithFlash>(conn: C): C {
    const flash = copy(fetchedOf(conn))
    flash[name] = message
    return withFlash(conn, flash) as C
  }
}

/**
 * Puts every message of a record. Before `fetchFlash` it starts with no message, and nothing is kept.
 *
 * @throws TypeError when a message is no text.
 * @example
 * import { mergeFlash } from 'plugboard/plugs'
 * const both = mergeFlash({ info: 'Saved.', error: 'The picture was too large.' })
 */
export const mergeFlash = (messages: Messages) => {
  for (const [name, message] of Object.entries(messages)) checked('mergeFlash', name, message)
  return function mergeFlash<C extends Conn>(conn: C): C & WithFlash {
    const flash = isFetched(conn.flash) ? copy(conn.flash) : Object.create(null)
    return withFlash(conn, Object.assign(flash as Open, messages)) as C & WithFlash
  }
}

interface GetFlash {
  /** All messages. */
  (): (conn: WithFlash) => Messages
  /** The message under a key; undefined if there is none. */
  (key: string): (conn: WithFlash) => string | undefined
}

/**
 * Gives a message, or all of them. They are under `conn.flash` too.
 *
 * @example
 * import { fetchFlash, fetchSession, getFlash } from 'plugboard/plugs'
 * import { pipeline, text, type Conn, type WithFlash } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const show = <C extends Conn & WithFlash>(c: C) => text(getFlash('info')(c) ?? 'nothing new')(c)
 * const page = pipeline(fetchSession, fetchFlash, show)
 * run(page)(conn('GET', '/', { session: { phoenix_flash: { info: 'Saved.' } } })).respBody // => 'Saved.'
 */
export const getFlash: GetFlash = ((name?: string) => (conn: Conn) => {
  const flash = fetchedOf(conn)
  return name === undefined ? flash : flash[name]
}) as GetFlash

/**
 * Removes every message, stored ones too.
 *
 * @example
 * import { clearFlash } from 'plugboard/plugs'
 * import type { Conn, WithFlash } from 'plugboard'
 * const quiet = (conn: Conn & WithFlash) => clearFlash(conn)
 */
export const clearFlash = <C extends Conn & WithFlash>(conn: C): C =>
  withFlash(conn, Object.create(null)) as C

/**
 * Keeps messages for the next request although this response is no redirect: all that are there when it is sent, or with
 * keys those under them and no others (Rails' `flash.keep`). A redirect keeps all of them anyway.
 *
 * @throws TypeError when a key is no text.
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { fetchFlash, fetchSession, keepFlash } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const polled = pipeline(fetchSession, fetchFlash, keepFlash(), text('nothing new'))
 * run(polled)(conn('GET', '/', { session: { phoenix_flash: { info: 'Saved.' } } })).flash // => { info: 'Saved.' }
 */
export const keepFlash = (...keys: readonly string[]) => {
  if (!keys.every(name => typeof name === 'string'))
    throw new TypeError('keepFlash: every key must be a string')
  const all = keys.length === 0
  return function keepFlash<C extends Conn & WithFlash>(conn: C): C {
    fetchedOf(conn)
    const kept: Kept = all || keptOf(conn) === 'all' ? 'all' : [...(keptOf(conn) ?? []), ...keys]
    return putPrivate(keeping, kept)(conn)
  }
}
