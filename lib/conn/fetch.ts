/**
 * What a plug fetches and puts on a conn for others to read: the cookies, the flash, the sessions, the state behind CSRF
 * tokens, and fields that a plug declares itself, such as `conn.input`.
 */
import type {
  BeforeSend,
  Conn,
  Csrf,
  Session,
  WithCookies,
  WithCsrf,
  WithFlash,
  WithSession,
} from '../conn.js'
import type { CookieMemo } from '../crypto/cookie-memo.js'
import { notFetched, type Dict, type fetched, type Fetched, type Hinted } from '../fetched.js'
import { appended, putEntry } from './entries.js'
import { fetchedPrefix } from './print.js'
import { ConnRecord } from './record.js'

/** The conn with a session under a name. */
const withSession = (conn: Conn, name: string, session: Session): Conn =>
  ConnRecord.with(conn, { sessions: putEntry((conn as ConnRecord).sessions, name, session) })

/** A field that a plug of your own fetches: its name on the conn, and how a pipeline gets it. */
export interface FetchedField<Name extends string = string, Hint extends string = string> {
  readonly name: Name
  readonly hint: Hint
}

/**
 * The part of a conn that holds a fetched field: what a plug that puts it adds, and what a handler that reads it needs. The
 * compiler prints the hint where the field is missing.
 */
export type Holding<Name extends string, Hint extends string, T> = {
  readonly [N in Name]: Fetched & Hinted<Hint> & T
}

/**
 * A conn with a fetched field, as a handler needs it: `Conn & WithFetched<typeof input, { readonly body: NewPost }>`.
 */
export type WithFetched<F extends FetchedField, T> = Holding<F['name'], F['hint'], T>

const keyOf = (name: string): string => fetchedPrefix + name

/** What reads a declared field; it knows its hint, so that a second declaration can be compared. */
type Getter = { (this: Conn): unknown; readonly hint: string }

const getterOf = (name: string, hint: string): Getter => {
  const key = keyOf(name)
  const standIn = notFetched(name, hint)
  const get = function (this: Conn): unknown {
    return this.private[key] ?? standIn
  }
  return Object.assign(get, { hint })
}

const isName = /^[A-Za-z]\w*$/
/** Fields that a conn has of its own, and what would make it a promise. */
const taken: ReadonlySet<string> = new Set(['status', 'respHeaders', 'respBody', 'then'])

/**
 * Declares a field of the conn that a plug of your own fetches. Do it once, at the top level of a module. From then on
 * `conn.<name>` can be read on every conn: until {@link putFetched} puts it, reading anything from it throws a
 * `NotFetchedError` with the hint. Printing a conn masks it.
 *
 * The name is one for the whole process. Declaring it again with the same hint returns an equal field.
 *
 * @param name letters, digits and `_`, a letter first; none of a conn's own
 * @param hint what to do to have it, as an imperative: `'put input({ … }) earlier in the pipeline'`
 * @throws TypeError if the name is taken, or if name or hint is not such a string.
 * @example
 * import { fetchedField, putFetched, text, type Conn, type WithFetched } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const locale = fetchedField('locale', 'put fetchLocale earlier in the pipeline')
 * const fetchLocale = putFetched(locale, { language: 'de' })
 * const greet = (c: Conn & WithFetched<typeof locale, { language: string }>) => text(c.locale.language)(c)
 * greet(fetchLocale(conn('GET', '/'))).respBody // => 'de'
 */
export const fetchedField = <const Name extends string, const Hint extends string>(
  name: Name,
  hint: Hint,
): FetchedField<Name, Hint> => {
  if (typeof name !== 'string' || !isName.test(name))
    throw new TypeError('fetchedField: name must be letters, digits and "_", a letter first')
  if (typeof hint !== 'string' || hint === '')
    throw new TypeError('fetchedField: hint must be a non-empty string')
  const known = Object.getOwnPropertyDescriptor(ConnRecord.prototype, name)?.get as Getter | undefined
  if (known?.hint !== hint) {
    if (taken.has(name) || name in ConnRecord.prototype)
      throw new TypeError(
        known?.hint === undefined
          ? `fetchedField: name must not be that of a field of every conn, got "${name}"`
          : `fetchedField: "${name}" is already declared, with the hint "${known.hint}"`,
      )
    Object.defineProperty(ConnRecord.prototype, name, { get: getterOf(name, hint), configurable: true })
  }
  return Object.freeze({ name, hint })
}

/**
 * The value of a field that a plug has declared; undefined if it has not been fetched: for a plug that fetches once, or adds
 * to what another has put.
 *
 * @example
 * import { fetchedField, getFetched, putFetched } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const tenant = fetchedField('tenant', 'put fetchTenant earlier in the pipeline')
 * getFetched(tenant)(conn('GET', '/')) // => undefined
 * getFetched(tenant)(putFetched(tenant, { id: 7 })(conn('GET', '/'))) // => { id: 7 }
 */
export const getFetched = (field: FetchedField): ((conn: Conn) => object | undefined) => {
  const key = keyOf(field.name)
  return conn => conn.private[key] as object | undefined
}

/** The value of `conn.csrf`, without the mark that only the compiler sees. */
export type CsrfState = Omit<Csrf, typeof fetched>
/** A session of your own making, without the mark that only the compiler sees. */
export type SessionValue = Omit<Session, typeof fetched>

type Write = (conn: Conn, value: never) => Conn

interface FetchedWriter {
  /** Of a field that a plug has declared. */
  <Name extends string, Hint extends string>(
    field: FetchedField<Name, Hint>,
    hook?: BeforeSend,
  ): <C extends Conn, T extends object>(conn: C, value: T) => C & Holding<Name, Hint, T>
  /** Of the cookies. */
  (
    field: 'cookies',
    hook?: BeforeSend,
  ): <C extends Conn, T extends object>(conn: C, value: T) => C & WithCookies<Fetched & T>
  /** Of the flash. */
  (
    field: 'flash',
    hook?: BeforeSend,
  ): <C extends Conn>(conn: C, value: Readonly<Record<string, string>>) => C & WithFlash
  /** Of the state behind CSRF tokens. */
  (field: 'csrf', hook?: BeforeSend): <C extends Conn>(conn: C, value: CsrfState) => C & WithCsrf
}

const checkHook = (caller: string, hook: unknown): void => {
  if (hook !== undefined && typeof hook !== 'function')
    throw new TypeError(`${caller}: hook must be a plug, or undefined for none`)
}

const withHook = (conn: Conn, hook: BeforeSend | undefined): readonly BeforeSend[] =>
  hook === undefined ? conn.beforeSend : appended(conn.beforeSend, hook)

/**
 * Builds a function that puts a fetched value and, in the same update, registers a plug to run before the response is sent:
 * for a plug that runs on every request. {@link putFetched} is the plug for a value that is known already.
 *
 * @param hook runs before the response is sent, as by `registerBeforeSend`
 * @throws TypeError if the field is unknown, or the hook is not a function.
 * @example
 * import { fetchedField, fetchedWriter, putRespHeader, type Conn } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const trip = fetchedField('trip', 'put fetchTrip earlier in the pipeline')
 * const write = fetchedWriter(trip, putRespHeader('x-trip', 'seen'))
 * const fetchTrip = <C extends Conn>(c: C) => write(c, { host: c.host })
 * fetchTrip(conn('GET', '/')).trip.host // => 'www.example.com'
 */
export const fetchedWriter: FetchedWriter = ((
  field: FetchedField | 'cookies' | 'flash' | 'csrf',
  hook?: BeforeSend,
): Write => {
  checkHook('fetchedWriter', hook)
  switch (field) {
    case 'cookies':
      return (conn, cookies) => ConnRecord.with(conn, { cookies, beforeSend: withHook(conn, hook) })
    case 'flash':
      return (conn, flash) => ConnRecord.with(conn, { flash, beforeSend: withHook(conn, hook) })
    case 'csrf':
      return (conn, csrf) => ConnRecord.with(conn, { csrf, beforeSend: withHook(conn, hook) })
  }
  const key = keyOf(checkedField('fetchedWriter', field).name)
  return (conn, value) =>
    ConnRecord.with(conn, {
      private: putEntry(conn.private, key, value),
      beforeSend: withHook(conn, hook),
    })
}) as FetchedWriter

const checkedField = (caller: string, field: unknown): FetchedField => {
  const { name, hint } = Object(field) as { readonly [K in keyof FetchedField]?: unknown }
  const known =
    typeof name === 'string' &&
    (Object.getOwnPropertyDescriptor(ConnRecord.prototype, name)?.get as Getter | undefined)
  if (!known || known.hint === undefined || known.hint !== hint)
    throw new TypeError(
      `${caller}: field must be 'cookies', 'flash', 'csrf', 'sessions' or what fetchedField returned`,
    )
  return field as FetchedField
}

interface PutFetched {
  /** Puts a field that a plug has declared. */
  <Name extends string, Hint extends string, T extends object>(
    field: FetchedField<Name, Hint>,
    value: T,
  ): <C extends Conn>(conn: C) => C & Holding<Name, Hint, T>
  /** Puts `conn.cookies`. */
  <T extends object>(field: 'cookies', value: T): <C extends Conn>(conn: C) => C & WithCookies<Fetched & T>
  /** Puts `conn.flash`. */
  (field: 'flash', value: Readonly<Record<string, string>>): <C extends Conn>(conn: C) => C & WithFlash
  /** Puts `conn.csrf`. */
  (field: 'csrf', value: CsrfState): <C extends Conn>(conn: C) => C & WithCsrf
  /** Puts sessions by name into `conn.sessions`; those of other names stay. */
  <S extends { readonly [N in keyof S]: SessionValue }>(
    field: 'sessions',
    value: S,
  ): <C extends Conn>(conn: C) => C & { readonly sessions: { readonly [N in keyof S]: Fetched & S[N] } }
}

/** The same without a prototype, for what a client names. */
const bare = (value: object): Dict<unknown> =>
  (Object.getPrototypeOf(value) === null ? value : Object.assign(Object.create(null), value)) as Dict<unknown>

/**
 * Puts what a plug has fetched: `conn.cookies`, `conn.flash`, `conn.csrf`, sessions by name, or a field that the plug has
 * declared by {@link fetchedField}. From then on the compiler and {@link isFetched} know that it is fetched. It replaces
 * what was fetched before.
 *
 * @throws TypeError if the field is unknown, or the value is not an object.
 * @example
 * import { putFetched } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putFetched('cookies', { theme: 'dark' })(conn('GET', '/')).cookies.theme // => 'dark'
 */
export const putFetched: PutFetched = ((field: FetchedField | 'cookies', value: object) => {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(
      `putFetched: the value must be an object, got ${value === null ? 'null' : typeof value}`,
    )
  const name = field as string
  if (name === 'sessions') {
    const sessions = Object.entries(value) as readonly (readonly [string, Session])[]
    return function putFetched(conn: Conn): Conn {
      let next = conn
      for (const [name, session] of sessions) next = withSession(next, name, session)
      return next
    }
  }
  const write = fetchedWriter(field as 'cookies')
  const put: object = name === 'cookies' || name === 'flash' ? bare(value) : value
  return function putFetched(conn: Conn): Conn {
    return write(conn, put)
  }
}) as PutFetched

/**
 * Builds a function that puts a session and, in the same update, registers a plug to run before the response is sent: the
 * one that writes the session. `fetchSession` and `putSession` are made of it.
 *
 * @param name the session's name: `'session'` is the one that all functions mean unless they are told another
 * @param hook runs before the response is sent, as by `registerBeforeSend`
 * @throws TypeError if the name is not a non-empty string, or the hook is not a function.
 * @example
 * import { sessionWriter } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const write = sessionWriter('cart')
 * write(conn('GET', '/'), { id: '7', data: { items: 1 }, changes: [], info: undefined }).sessions.cart.data // => { items: 1 }
 */
export const sessionWriter = <const Name extends string>(
  name: Name,
  hook?: BeforeSend,
): (<C extends Conn, S extends SessionValue>(conn: C, session: S) => C & WithSession<S['data'], Name>) => {
  if (typeof name !== 'string' || name === '')
    throw new TypeError('sessionWriter: name must be a non-empty string')
  checkHook('sessionWriter', hook)
  const alone = hook === undefined ? undefined : Object.freeze([hook])
  const write = (conn: Conn, session: Session): Conn =>
    alone === undefined ? withSession(conn, name, session) : ConnRecord.fetched(conn, name, session, alone)
  return write as unknown as ReturnType<typeof sessionWriter<Name>>
}

/**
 * The endpoint's cache of opened cookies, where its option `cookieMemo` asks for one: for a session store of your own, which
 * need not verify or decrypt again a cookie that it has opened.
 *
 * @param context a conn, or what a store is given of it
 * @example
 * import { getCookieMemo } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getCookieMemo(conn('GET', '/')) // => undefined
 */
export const getCookieMemo = (context: object): CookieMemo | undefined => ConnRecord.cookieMemo(context)
