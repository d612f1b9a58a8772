/** Functions on cookies: those the request brought and those the response sets, plain, signed or encrypted. */
import type { Conn, RespCookie, WithCookies } from '../conn.js'
import * as sealedTerm from '../crypto/sealed-term.js'
import type { Term } from '../crypto/term-format.js'
import { isFetched, type Dict, type Fetched } from '../fetched.js'
import { isRight } from '../fp.js'
import { decodeCookies, isCookieName, isCookieText } from '../http/cookies.js'
import {
  checkOptions,
  flag,
  integer,
  mustBe,
  oneOf,
  pattern,
  shown,
  type Rule,
  type Rules,
} from '../options.js'
import { isConn } from './is-conn.js'
import { isDeletion, maxCookieBytes, putCookie, setCookies } from './put-cookie.js'
import { ConnRecord } from './record.js'

export { maxCookieBytes, setCookies }

/** Which cookies are signed or encrypted: a name or several. */
export interface FetchCookiesOptions<Names extends string = string> {
  /** Cookies that `putRespCookie` signed. */
  readonly signed?: Names | readonly Names[]
  /** Cookies that `putRespCookie` encrypted. */
  readonly encrypted?: Names | readonly Names[]
  /**
   * By how many seconds the clock of the server that signed or encrypted a cookie may be ahead. It does not lengthen
   * the cookie's age. Default 60.
   */
  readonly clockSkew?: number
}

interface FetchCookies {
  /**
   * The plug that also verifies the named cookies: a valid one's value is the term it was made of, an invalid or
   * expired one is absent.
   */
  <const Names extends string>(
    options: FetchCookiesOptions<Names>,
  ): <C extends Conn>(conn: C) => C & WithCookies<Fetched & { readonly [N in Names]?: Term } & Dict<unknown>>
  /** Parses the request's cookies into `conn.cookies`, and lays the response's over them. */
  <C extends Conn>(conn: C): C & WithCookies
}

/** The cookies that the request brought: a record of one's own, without a prototype. */
const sentCookies = (conn: Conn): Record<string, unknown> => decodeCookies(conn.reqHeaders.getAll('cookie'))

/** The request's cookies, those of the response laid over them. */
const parsed = (conn: Conn): Record<string, unknown> => {
  const cookies = sentCookies(conn)
  for (const [name, cookie] of Object.entries(conn.respCookies))
    if (isDeletion(cookie)) delete cookies[name]
    else cookies[name] = cookie.value
  return cookies
}

/** The salt of a signed or encrypted cookie: its name and `_cookie`, as in Plug. */
const saltOf = (name: string): string => `${name}_cookie`

const secretOf = (conn: Conn): string => {
  if (conn.secretKeyBase === undefined)
    throw new TypeError('a signed or encrypted cookie needs a secretKeyBase: give one to endpoint()')
  return conn.secretKeyBase
}

/** Cookies that are signed or encrypted, and what opens them. */
interface Sealed {
  readonly names: readonly string[]
  readonly read: typeof sealedTerm.verify
  readonly clockSkew: number | undefined
}

/** Puts the terms of the named cookies in place of their tokens. */
const open = (conn: Conn, cookies: Record<string, unknown>, { names, read, clockSkew }: Sealed): void => {
  const sent = sentCookies(conn)
  for (const name of names) {
    const token = sent[name]
    if (token === undefined) continue
    const opened = read(secretOf(conn), saltOf(name), token as string, {
      now: conn.now,
      ...(clockSkew !== undefined && { clockSkew }),
    })
    if (isRight(opened)) cookies[name] = opened.right
    else delete cookies[name]
  }
}

const fetchAll = (conn: Conn, sealed: readonly Sealed[]): Conn => {
  const had = isFetched(conn.cookies)
  if (had && sealed.length === 0) return conn
  const cookies: Record<string, unknown> = had
    ? Object.assign(Object.create(null), conn.cookies)
    : parsed(conn)
  for (const each of sealed) open(conn, cookies, each)
  return ConnRecord.with(conn, { cookies: cookies as Dict<unknown> })
}

const none: readonly Sealed[] = []

const namesOf = (names: string | readonly string[] = []): readonly string[] => [names].flat()

const cookieNames: Rule = {
  must: 'the name of a cookie or an array of names',
  ok: names =>
    typeof names === 'string' || (Array.isArray(names) && names.every(name => typeof name === 'string')),
}
const notNegative: Rule = {
  must: 'a non-negative number (seconds)',
  ok: value => typeof value === 'number' && value >= 0,
}
const fetchRules: Rules = { signed: cookieNames, encrypted: cookieNames, clockSkew: notNegative }

const sealedOf = ({ signed, encrypted, clockSkew }: FetchCookiesOptions): readonly Sealed[] =>
  [
    { names: namesOf(signed), read: sealedTerm.verify, clockSkew },
    { names: namesOf(encrypted), read: sealedTerm.decrypt, clockSkew },
  ].filter(({ names }) => names.length > 0)

/**
 * Parses the request's cookies into `conn.cookies`: UTF-8, neither percent-decoded nor unquoted. Cookies that
 * were signed or encrypted are named in the options, and give the terms they were made of.
 *
 * @throws TypeError if an option is unknown or wrong, when it is built
 * @example
 * import { fetchCookies } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * fetchCookies(conn('GET', '/', { cookies: { theme: 'dark' } })).cookies.theme // => 'dark'
 * fetchCookies({ signed: 'user' })(conn('GET', '/', { cookies: { user: 'forged' } })).cookies.user // => undefined
 */
export const fetchCookies: FetchCookies = ((first: Conn | FetchCookiesOptions) => {
  if (isConn(first)) return fetchAll(first, none)
  checkOptions('fetchCookies', first, fetchRules)
  const sealed = sealedOf(first)
  return function fetchCookies(conn: Conn) {
    return fetchAll(conn, sealed)
  }
}) as FetchCookies

/**
 * The fetched cookies (Plug's `get_cookies`): the request's, overlaid by the response's. Before `fetchCookies` there are
 * none to read, as the compiler says; untyped code that reads from them gets a TypeError with the same hint.
 *
 * @example
 * import { fetchCookies, getCookies } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getCookies(fetchCookies(conn('GET', '/', { cookies: { theme: 'dark' } }))).theme // => 'dark'
 */
export const getCookies = <Cookies>(conn: WithCookies<Cookies>): Cookies => conn.cookies

/**
 * The response cookies by name (Plug's `get_resp_cookies`).
 *
 * @example
 * import { getRespCookies, putRespCookie } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * getRespCookies(putRespCookie('theme', 'dark')(conn('GET', '/'))).theme?.value // => 'dark'
 */
export const getRespCookies = (conn: Conn): Readonly<Record<string, RespCookie>> => conn.respCookies

/** The attributes of a response cookie; see RFC 6265 §5.2 and, for `partitioned`, CHIPS. */
export interface CookieOptions extends Omit<RespCookie, 'value'> {
  /** Signs the value, which may be any term: the client can read it and cannot change it. */
  readonly sign?: boolean
  /** Encrypts the value, which may be any term. */
  readonly encrypt?: boolean
}

/** RFC 6265 §4.1.1; a lone surrogate has no UTF-8. */
const attribute: Rule = {
  must: 'a string without ";" and control characters, and without lone surrogates',
  ok: value => typeof value === 'string' && isCookieText(value) && !/\p{Surrogate}/u.test(value),
}
const printable = /^[^\x00-\x1f\x7f\p{Surrogate}]*$/u
const rules: Readonly<Record<keyof CookieOptions, Rule>> = {
  path: attribute,
  domain: attribute,
  maxAge: integer(0, undefined, 'seconds'),
  secure: flag,
  httpOnly: flag,
  sameSite: oneOf('Strict', 'Lax', 'None'),
  partitioned: flag,
  extra: pattern(printable, 'a string without control characters, and without lone surrogates'),
  sign: flag,
  encrypt: flag,
}

/** Throws unless a cookie's name and attributes are sound, and such that browsers keep it; the message names the option. */
export const checkCookie = (caller: string, name: string, given: CookieOptions): void => {
  if (typeof name !== 'string' || !isCookieName(name))
    throw new TypeError(`${caller}: ${mustBe('the cookie name', 'a token (RFC 6265)', name)}`)
  checkOptions(caller, given, rules)
  if (given.sign && given.encrypt) throw new TypeError(`${caller}: give sign or encrypt, not both`)
  checkAccepted(caller, name, given)
}

/** A prefix of a name is one in any case of letters. */
const hostPrefix = /^__host-/i
const securePrefix = /^__(?:host|secure)-/i

/** Why browsers keep a cookie only if it is Secure (RFC 6265bis §4.1.2.7 and §4.1.3; CHIPS); undefined if they do not ask. */
const demandOfSecure = (
  name: string,
  { partitioned, sameSite, extra = '' }: CookieOptions,
): string | undefined =>
  securePrefix.test(name)
    ? `the name ${name}`
    : partitioned === true || /(?:^|;)\s*partitioned\s*(?:;|$)/i.test(extra)
      ? 'partitioned'
      : sameSite === 'None' || /(?:^|;)\s*samesite\s*=\s*none\s*(?:;|$)/i.test(extra)
        ? "sameSite 'None'"
        : undefined

/** Throws for a cookie that every browser rejects. */
const checkAccepted = (caller: string, name: string, given: CookieOptions): void => {
  const refuse = (option: string, must: string, demand: string): never => {
    const value = shown((given as Readonly<Record<string, unknown>>)[option], option)
    throw new TypeError(
      `${caller}: ${option} must be ${must} with ${demand}: browsers reject the cookie otherwise, got ${value}`,
    )
  }
  const demand = given.secure === false ? demandOfSecure(name, given) : undefined
  if (demand !== undefined) refuse('secure', 'true', demand)
  if (!hostPrefix.test(name)) return
  if (given.path !== undefined && given.path !== '/') refuse('path', "'/'", `the name ${name}`)
  if (given.domain !== undefined) refuse('domain', 'absent', `the name ${name}`)
  if (/(?:^|;)\s*(?:domain|path)\s*=/i.test(given.extra ?? ''))
    refuse('extra', 'without domain and path', `the name ${name}`)
}

/** The attributes of a cookie, Secure if browsers reject it otherwise. */
export const acceptedCookie = <A extends CookieOptions>(name: string, attributes: A): A =>
  attributes.secure === undefined && demandOfSecure(name, attributes) !== undefined
    ? Object.assign({}, attributes, { secure: true })
    : attributes

/**
 * Sets a response cookie. The value is text, or any term when it is signed or encrypted. HttpOnly and path `/` unless
 * said otherwise. Over 4,096 bytes in all it fails with `CookieOverflow`. The text is sent as UTF-8, as in Plug.
 *
 * `secure` is by the conn's scheme, and true if browsers reject the cookie otherwise: with `partitioned`, with `sameSite: 'None'`, and
 * with a name that begins with `__Host-` or `__Secure-`.
 *
 * @throws TypeError if the name or the value is not one of a cookie, if an option is unknown or wrong, or if every browser rejects such
 * a cookie; the message names the option
 * @example
 * import { putRespCookie } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putRespCookie('theme', 'dark', { maxAge: 3600 })(conn('GET', '/')).respCookies.theme?.value // => 'dark'
 */
export const putRespCookie = (name: string, value: Term, given: CookieOptions = {}) => {
  checkCookie('putRespCookie', name, given)
  const { sign = false, encrypt = false, ...other } = given
  const attributes = acceptedCookie(name, other)
  if (sign || encrypt)
    return function putRespCookie<C extends Conn>(conn: C): C {
      const stamp = { signedAt: conn.now / 1000, maxAge: given.maxAge ?? 86400 }
      const token = sign
        ? sealedTerm.sign(secretOf(conn), saltOf(name), value, stamp)
        : sealedTerm.encrypt(secretOf(conn), saltOf(name), value, {
            ...stamp,
            entropy: conn.entropy(`cookie:${name}`, 24),
          })
      return putCookie(conn, name, Object.assign({ value: token }, attributes), value) as C
    }
  if (!attribute.ok(value))
    throw new TypeError(
      `putRespCookie: the value of "${name}" must be ${attribute.must as string}, unless it is signed or encrypted, got ${shown(value)}`,
    )
  const cookie: RespCookie = Object.freeze({ ...attributes, value: value as string })
  return function putRespCookie<C extends Conn>(conn: C): C {
    return putCookie(conn, name, cookie, value) as C
  }
}

/**
 * Deletes a cookie in the browser. `path` and `domain` must be those that it was set with.
 *
 * @throws TypeError if the name is not one of a cookie, or an option is unknown or wrong
 * @example
 * import { deleteRespCookie, setCookies } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * setCookies(deleteRespCookie('theme')(conn('GET', '/')))
 * // => ['theme=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0; HttpOnly']
 */
export const deleteRespCookie = (name: string, given: CookieOptions = {}) => {
  checkCookie('deleteRespCookie', name, given)
  const { sign: _sign, encrypt: _encrypt, ...other } = given
  const attributes = acceptedCookie(name, other)
  const cookie: RespCookie = Object.freeze({ ...attributes, value: '', maxAge: 0 })
  return function deleteRespCookie<C extends Conn>(conn: C): C {
    return putCookie(conn, name, cookie, undefined) as C
  }
}
