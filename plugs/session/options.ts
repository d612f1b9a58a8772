/** The options of a session: checked when the app is put together, and made into what each request needs. */
import type { RespCookie, SessionInfo } from '../../lib/conn.js'
import { checkCookie } from '../../lib/conn/cookies.js'
import { checkOptions, flag, isText, type Rule, type Rules } from '../options.js'
import type { Store, StoreSession } from './store.js'

/** Where a session lives, and the attributes of its cookie. */
export interface SessionOptions {
  /** Where it is kept: `cookieStore({ … })`, `memoryStore(…)` or any other {@link Store}. */
  readonly store: Store
  /** The name of its cookie. */
  readonly key: string
  /**
   * Its own name, for an app with several: letters, digits, `_` and `-`, a letter first. Default `'session'`, which is
   * the one that all functions mean unless they are told another.
   */
  readonly name?: string
  /** Seconds that a store on the server keeps it. Default: `maxAge`, or else what the store says. */
  readonly ttl?: number
  /** Seconds that the browser keeps the cookie. Default: until it is closed. */
  readonly maxAge?: number
  /** The path below which the browser sends the cookie. Default `'/'`. */
  readonly path?: string
  /** The domain whose hosts get the cookie. Default: this host only. */
  readonly domain?: string
  /**
   * Whether the cookie is sent over https only. Default: if it is set over https, or if browsers refuse it otherwise: with
   * `partitioned`, and with a key that begins with `__Host-` or `__Secure-`.
   */
  readonly secure?: boolean
  /** Whether scripts of the page cannot read the cookie. Default true. */
  readonly httpOnly?: boolean
  /** On which requests from other sites the cookie is sent; false leaves the attribute out. Default `'Lax'`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | false
  /** Whether the cookie is kept apart for each site that embeds this one (CHIPS). Default false. */
  readonly partitioned?: boolean
  /** Raw text for the end of the cookie's attributes, such as `'Priority=High'`. */
  readonly extra?: string
}

/** Options that have been checked. Made by {@link sessionConfig}. */
export interface SessionConfig {
  readonly store: Store
  /** The cookie's name. */
  readonly key: string
  readonly session: StoreSession
  /** The cookie's attributes. */
  readonly cookie: Omit<RespCookie, 'value'>
  /** The cookie that deletes it in the browser. */
  readonly deletion: RespCookie
}

/** What may become of a session, besides being written. */
export type Configure = Exclude<SessionInfo, 'write' | undefined>

const isStore = (store: unknown): boolean => {
  const { get, apply, delete: forget } = (store ?? {}) as Partial<Record<keyof Store, unknown>>
  return typeof get === 'function' && typeof apply === 'function' && typeof forget === 'function'
}

const isName = (name: unknown): boolean => typeof name === 'string' && /^[A-Za-z][\w-]*$/.test(name)

/** A session's name. */
export const sessionName: Rule = { must: 'letters, digits, "_" and "-", a letter first', ok: isName }

/** How long a session lives. */
export const seconds: Rule = {
  must: 'a whole number of seconds, at least 1',
  ok: value => Number.isSafeInteger(value) && (value as number) > 0,
}

const text: Rule = { must: 'a string that is not empty', ok: isText }

const rules: Rules = {
  store: { must: 'a store, such as cookieStore({ … })', ok: isStore, required: true },
  key: { ...text, required: true },
  name: sessionName,
  ttl: seconds,
  maxAge: seconds,
  path: text,
  domain: text,
  secure: flag,
  httpOnly: flag,
  sameSite: {
    must: "'Strict', 'Lax', 'None' or false",
    ok: value => value === 'Strict' || value === 'Lax' || value === 'None' || value === false,
  },
  partitioned: flag,
  extra: text,
}

/** What browsers take only from a cookie that is Secure, if it has such a thing (RFC 6265bis §4.1.3; CHIPS). */
const demandOfSecure = ({ key, partitioned }: SessionOptions): string | undefined =>
  partitioned === true
    ? 'partitioned'
    : /^__(?:host|secure)-/i.test(key)
      ? `the prefix of the key ${key}`
      : undefined

/** Throws for a cookie that every browser refuses. */
const checkAccepted = (options: SessionOptions, demand: string | undefined): void => {
  const { key, secure, path = '/', domain } = options
  if (demand !== undefined && secure === false)
    throw new TypeError(`session: secure must not be false with ${demand}: browsers refuse such a cookie`)
  if (/^__host-/i.test(key) && (path !== '/' || domain !== undefined))
    throw new TypeError(
      `session: ${domain === undefined ? "path must be '/'" : 'domain must be absent'} with the prefix of the key ${key}: browsers refuse such a cookie`,
    )
}

/** Throws unless a function's argument may name a session. */
export const checkName = (caller: string, name: string): void => {
  if (!isName(name)) throw new TypeError(`${caller}: name must be ${sessionName.must}`)
}

/**
 * Checks the options of a session, for `readSession` and `writeSession`; `session` does it by itself.
 *
 * @throws TypeError that names the option.
 * @example
 * import { memoryStore, memoryTable, sessionConfig } from 'plugboard/plugs'
 * sessionConfig({ store: memoryStore(memoryTable()), key: '_app_key', maxAge: 60 }).session // => { name: 'session', ttl: 60 }
 */
export const sessionConfig = (options: SessionOptions): SessionConfig => {
  checkOptions('session', options, rules)
  const { store, key, name = 'session', ttl, sameSite = 'Lax', ...attributes } = options
  const demand = demandOfSecure(options)
  // Each request copies it, and what spread has made is slow to copy and to read.
  const cookie = Object.assign(
    {},
    attributes,
    sameSite !== false && { sameSite },
    demand !== undefined && { secure: true },
  )
  checkCookie('session', key, cookie)
  checkAccepted(options, demand)
  const session: StoreSession = { name, ttl: ttl ?? attributes.maxAge }
  store.checkSession?.(session)
  return {
    store,
    key,
    session,
    cookie,
    deletion: { ...cookie, value: '', maxAge: 0 },
  }
}
