/** The options of a session: checked when the app is put together, and made into what each request needs. */
import type { RespCookie, SessionInfo } from '../../lib/conn.js'
import { acceptedCookie, checkCookie } from '../../lib/conn/cookies.js'
import { portOf } from '../../lib/ports.js'
import {
  checkOptions,
  checkValue,
  flag,
  having,
  oneOf,
  pattern,
  required,
  seconds,
  string,
  type Rules,
} from '../../lib/options.js'
import { sessionQueue, type InTurn } from './queue.js'
import type { Store, StoreContext, StoreSession } from './store.js'

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
  /**
   * Seconds after which a request that only reads the session sets its cookie again and prolongs it in the store. It must be
   * less than `maxAge` and `ttl`, of which one is given. Default: only a write does.
   */
  readonly refreshAfter?: number
  /** The path below which the browser sends the cookie. Default `'/'`. */
  readonly path?: string
  /** The domain whose hosts get the cookie. Default: this host only. */
  readonly domain?: string
  /**
   * Whether the cookie is sent over https only. Default: if it is set over https, or if browsers refuse it otherwise: with
   * `partitioned`, with `sameSite: 'None'`, and with a key that begins with `__Host-` or `__Secure-`.
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
  /** The store as a request sees it: `portOf`. */
  readonly storeOf: (context: StoreContext) => Store
  /** The cookie's name. */
  readonly key: string
  readonly session: StoreSession
  /** The cookie's attributes. */
  readonly cookie: Omit<RespCookie, 'value'>
  /** The cookie that deletes it in the browser. */
  readonly deletion: RespCookie
  /** Makes updates of one session wait for each other. */
  readonly inTurn: InTurn
}

/** What may become of a session, besides being written. */
export type Configure = Exclude<SessionInfo, 'write' | undefined>

/** A session's name. */
export const sessionName = pattern(
  /^[A-Za-z][\w-]*$/,
  'a name of letters, digits, "_" and "-" that begins with a letter',
)

const rules: Rules = {
  store: required(having('a store, such as cookieStore({ … })', 'get', 'apply', 'delete')),
  key: required(string),
  name: sessionName,
  ttl: seconds,
  maxAge: seconds,
  refreshAfter: seconds,
  path: string,
  domain: string,
  secure: flag,
  httpOnly: flag,
  sameSite: oneOf('Strict', 'Lax', 'None', false),
  partitioned: flag,
  extra: string,
}

/** Throws unless cookies can be set again after so many seconds. */
const checkRefresh = ({ store, ttl, maxAge, refreshAfter }: SessionOptions): void => {
  if (refreshAfter === undefined) return
  const ends = [maxAge, ttl].filter(each => each !== undefined)
  if (ends.length === 0)
    throw new TypeError(
      'session: refreshAfter needs maxAge or ttl: without them nothing ends that it prolongs',
    )
  for (const [name, end] of [
    ['maxAge', maxAge],
    ['ttl', ttl],
  ] as const)
    if (end !== undefined && refreshAfter >= end)
      throw new TypeError(`session: refreshAfter must be less than ${name}, ${end}, got ${refreshAfter}`)
  if (store.tellsAge !== true)
    throw new TypeError(
      'session: refreshAfter needs a store that prolongs sessions: cookieStore with issuedAt, or another without sliding: false',
    )
}

/** Throws unless a function's argument may name a session. */
export const checkName = (caller: string, name: string): void => {
  checkValue(caller, 'name', name, sessionName)
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
  const { store, key, name = 'session', ttl, refreshAfter, sameSite = 'Lax', ...attributes } = options
  // Each request copies it, and what spread has made is slow to copy and to read.
  const given = Object.assign({}, attributes, sameSite !== false && { sameSite })
  checkCookie('session', key, given)
  const cookie = acceptedCookie(key, given)
  const lasts = { name, ttl: ttl ?? attributes.maxAge }
  const session: StoreSession = refreshAfter === undefined ? lasts : { ...lasts, refreshAfter }
  store.checkSession?.(session)
  checkRefresh(options)
  // a store that is pure only computes: there is nothing to see
  const storeOf =
    store.pure === true ? () => store : portOf(name === 'session' ? name : `session.${name}`, store)
  return {
    store,
    storeOf,
    key,
    session,
    cookie,
    deletion: { ...cookie, value: '', maxAge: 0 },
    inTurn: sessionQueue(),
  }
}
