/**
 * The flash: messages for the page that this request answers with or, when it redirects, for the next one
 * (Phoenix.Controller's). They travel in the session, under the key that Phoenix uses.
 */
import type { Conn, WithFlash, WithSession } from '../lib/conn.js'
import { putPrivate } from '../lib/conn/assigns.js'
import { fetchedWriter } from '../lib/conn/fetch.js'
import { isAtom, type Term } from '../lib/crypto/term-format.js'
import { isFetched, NotFetchedError } from '../lib/fetched.js'
import { isRecord } from '../lib/is-record.js'
import { deleteSession, getSession, putSession } from './session/functions.js'

const key = 'phoenix_flash'
const stored = getSession(key)
const consume = deleteSession(key)

type Messages = Readonly<Record<string, string>>
type Open = Record<string, string>

const none: Messages = Object.freeze(Object.create(null) as Open)

const copy = (messages: Messages): Open => Object.assign(Object.create(null), messages) as Open

const withFlash = fetchedWriter('flash')

type Terms = Readonly<Record<string, Term>>

/** A term as a page of Phoenix would show it; undefined if it has no such form. */
const textOf = (term: Term | undefined): string | undefined => {
  if (typeof term === 'string') return term
  if (typeof term === 'number' || typeof term === 'bigint' || typeof term === 'boolean') return String(term)
  return isAtom(term) ? term.name : undefined
}

/** The messages of a stored flash. One that is not a map has none. */
const messagesOf = (terms: Terms): Messages => {
  const messages: Open = Object.create(null)
  for (const name of Object.keys(terms)) {
    const text = textOf(terms[name])
    if (text !== undefined) messages[name] = text
  }
  return messages
}

/** Where `fetchFlash` notes stored terms that are not strings, as Phoenix may put them: they are kept as they are. */
const others = 'plugboardFlashTerms'

const othersOf = (conn: Conn): Terms | undefined => conn.private[others] as Terms | undefined

/** The terms that are not strings; undefined if there are none. */
const othersIn = (terms: Terms): Terms | undefined => {
  const found = Object.entries(terms).filter(([, term]) => typeof term !== 'string')
  return found.length === 0 ? undefined : Object.assign(Object.create(null), Object.fromEntries(found))
}

/** Where `keepFlash` notes which messages are kept. */
const keeping = 'plugboardKeepFlash'

/** Which messages are kept: all, or those under some keys. */
type Kept = 'all' | readonly string[] | undefined

const keptOf = (conn: Conn): Kept => conn.private[keeping] as Kept

/** The flash as it is stored: terms that are not strings are as they were, unless another message took their key. */
const termsOf = (conn: Conn & WithFlash): Terms => {
  const { flash } = conn
  const held = othersOf(conn)
  if (held === undefined) return copy(flash)
  const terms: Record<string, Term> = copy(flash)
  for (const name of Object.keys(held))
    if (flash[name] === textOf(held[name])) terms[name] = held[name] as Term
  return terms
}

/** What the next request is to see. */
const keptTerms = (conn: Conn & WithFlash): Terms => {
  const status = conn.status as number
  const kept = status >= 300 && status <= 308 ? 'all' : keptOf(conn)
  const terms = termsOf(conn)
  if (kept === 'all') return terms
  const some: Record<string, Term> = Object.create(null)
  for (const name of kept ?? []) if (terms[name] !== undefined) some[name] = terms[name]
  return some
}

const isEmpty = (messages: Terms): boolean => Object.keys(messages).length === 0

/** What becomes of the flash when the response is sent; `had`: whether the session held one when it was fetched. */
const settle =
  (had: boolean) =>
  (conn: Conn & WithSession<unknown> & WithFlash): Conn => {
    if (!had && isEmpty(conn.flash)) return conn
    const terms = keptTerms(conn)
    return isEmpty(terms) ? consume(conn) : putSession(key, terms)(conn)
  }
type Hook = (conn: Conn) => Conn
const fetchedHad = fetchedWriter('flash', settle(true) as unknown as Hook)
const fetchedNew = fetchedWriter('flash', settle(false) as unknown as Hook)

/**
 * Reads the flash of the session into `conn.flash`. Messages of this request and older ones live on while the response
 * is a redirect (300 to 308), and are used up by any other. A second time it does nothing.
 *
 * Phoenix may store terms that are not strings. Numbers, booleans and atoms are read as strings, as Phoenix shows them.
 * Terms without such a form, such as maps, are not in `conn.flash`. Both are kept for the next request as they are.
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
  if (value === undefined || value === null) return fetchedNew(conn, none)
  const terms = (isRecord(value) ? value : none) as Terms
  const held = othersIn(terms)
  return fetchedHad(held === undefined ? conn : putPrivate(others, held)(conn), messagesOf(terms))
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
  withFlash(
    othersOf(conn) === undefined ? conn : putPrivate(others, undefined)(conn),
    Object.create(null),
  ) as C

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
