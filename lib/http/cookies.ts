/**
 * Cookies as headers carry them: `Cookie` read, `Set-Cookie` written (Plug.Conn.Cookies; RFC 6265). Values
 * are neither percent-decoded nor unquoted.
 */
import { httpDate } from './date.js'
import { fromByteString, isAscii, toByteString } from './utf8.js'

/** Cookies by name. A record without a prototype. */
export type Cookies = Readonly<Record<string, string>>

/** Whether there is white space that no value may hold; a space may stand in one. Faster than an expression. */
const hasForbidden = (text: string): boolean =>
  text.includes('\t') ||
  text.includes('\r') ||
  text.includes('\n') ||
  text.includes('\v') ||
  text.includes('\f')

const isSpace = (c: number): boolean => c === 0x20 || (c >= 0x09 && c <= 0x0d)

/** A pair of a header by the places of its parts: the name, and the value behind its `=`. `next` is where to go on. */
interface Pair {
  from: number
  equals: number
  to: number
  next: number
}

/**
 * Finds the first pair from a place on; false if there is none. However a header is made, all its pairs together read each
 * character a bounded number of times.
 */
const findPair = (header: string, suspect: boolean, pair: Pair): boolean => {
  let equals = pair.equals
  for (let start = pair.next, end = 0; start < header.length; start = end + 1) {
    // Looked for only when the last one found lies behind: a header without "=" must not be searched for each
    // pair.
    if (equals < start) equals = header.indexOf('=', start)
    if (equals < 0) return false
    end = header.indexOf(';', start)
    if (end < 0) end = header.length
    if (equals > end) continue
    let from = start
    for (let c = header.charCodeAt(from); c === 0x20 || c === 0x09;) c = header.charCodeAt(++from)
    let at = from
    while (at < equals && !isSpace(header.charCodeAt(at))) at++
    if (at < equals || from === equals) continue
    if (suspect && hasForbidden(header.slice(equals + 1, end))) continue
    let to = end
    while (header.charCodeAt(to - 1) === 0x20) to--
    pair.from = from
    pair.equals = equals
    pair.to = to
    pair.next = end + 1
    return true
  }
  return false
}

const start = (): Pair => ({ from: 0, equals: -1, to: 0, next: 0 })

const same = (text: string): string => text

/** Adds the pairs of one header; the first of a name wins. */
const read = (header: string, into: Record<string, string>): Record<string, string> => {
  const suspect = hasForbidden(header)
  const textOf = isAscii(header) ? same : fromByteString
  const pair = start()
  while (findPair(header, suspect, pair)) {
    const name = textOf(header.slice(pair.from, pair.equals))
    if (!(name in into)) into[name] = textOf(header.slice(pair.equals + 1, pair.to))
  }
  return into
}

/**
 * Reads `Cookie` headers. Pairs are split at `;` only; spaces and tabs before a name and spaces after a value
 * are dropped; so are pairs without `=`, without a name, with white space in the name or other white space
 * than spaces in the value. Of one name's values the first in a header wins, and the last header wins over
 * those before.
 *
 * Names and values are UTF-8. In a header, each character is a byte; a value whose bytes are not UTF-8 stays as it is.
 *
 * @param headers One header's value, or that of each header in order.
 * @example
 * import { decodeCookies } from 'plugboard'
 * decodeCookies('theme=dark; _key=SFMyNTY.g2g') // => { theme: 'dark', _key: 'SFMyNTY.g2g' }
 */
export const decodeCookies = (headers: readonly string[] | string): Cookies => {
  if (typeof headers === 'string') return read(headers, Object.create(null))
  const cookies: Record<string, string> = Object.create(null)
  // Backwards, so that a name that a later header has is never taken from an earlier one.
  for (let i = headers.length - 1; i >= 0; i--) read(headers[i] as string, cookies)
  return cookies
}

/**
 * Gives what {@link decodeCookies} reads under one name.
 *
 * @example
 * import { decodeCookie } from './cookies.js'
 * decodeCookie(['theme=dark; _key=SFMyNTY.g2g'], '_key') // => 'SFMyNTY.g2g'
 * decodeCookie(['theme=dark'], 'them') // => undefined
 */
export const decodeCookie = (headers: readonly string[], name: string): string | undefined => {
  const ascii = isAscii(name)
  for (let i = headers.length - 1; i >= 0; i--) {
    const header = headers[i] as string
    const suspect = hasForbidden(header)
    const pair = start()
    while (findPair(header, suspect, pair))
      if (
        ascii
          ? pair.equals - pair.from === name.length && header.startsWith(name, pair.from)
          : fromByteString(header.slice(pair.from, pair.equals)) === name
      )
        return fromByteString(header.slice(pair.equals + 1, pair.to))
  }
  return undefined
}

/** A cookie to set: its value and attributes. */
export interface SetCookie {
  /** The value. Default `''`. */
  readonly value?: string
  /** Default `'/'`. */
  readonly path?: string
  readonly domain?: string
  /**
   * Seconds, a whole number; written as `expires` and as `max-age`. Absent for a cookie of the browser's
   * session.
   */
  readonly maxAge?: number
  /** Default false. */
  readonly secure?: boolean
  /** Default true. */
  readonly httpOnly?: boolean
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | (string & {})
  /** Default false. */
  readonly partitioned?: boolean
  /** Raw text to append after a `; `. */
  readonly extra?: string
}

/**
 * Writes the text of a `Set-Cookie` header, attributes in Plug's order and case. Nothing is escaped and only
 * `maxAge` is checked: see {@link isCookieName} and {@link isCookieText}. It is UTF-8, in which each character stands for a byte, as
 * headers are written: `é` becomes `Ã©`.
 *
 * @param now What `expires` counts from, in milliseconds since the epoch; 0 for a cookie that is being
 * deleted.
 * @throws TypeError if `maxAge` is no whole number.
 * @example
 * import { encodeCookie } from 'plugboard'
 * encodeCookie('theme', { value: 'dark', maxAge: 60, sameSite: 'Lax' }, 784111777000)
 * // => 'theme=dark; path=/; expires=Sun, 06 Nov 1994 08:50:37 GMT; max-age=60; HttpOnly; SameSite=Lax'
 */
export const encodeCookie = (name: string, cookie: SetCookie, now: number): string => {
  const { value = '', path = '/', domain, maxAge, sameSite, extra } = cookie
  let text = `${toByteString(name)}=${toByteString(String(value))}; path=${path === '/' ? path : toByteString(path)}`
  if (domain !== undefined) text += `; domain=${toByteString(domain)}`
  if (maxAge !== undefined) {
    if (!Number.isSafeInteger(maxAge))
      throw new TypeError(`maxAge must be a whole number of seconds, got ${String(maxAge)}`)
    text += `; expires=${httpDate(now + maxAge * 1000)}; max-age=${maxAge}`
  }
  if (cookie.secure === true) text += '; secure'
  if (cookie.httpOnly !== false) text += '; HttpOnly'
  if (sameSite !== undefined) text += `; SameSite=${sameSite}`
  if (cookie.partitioned === true) text += '; Partitioned'
  if (extra !== undefined) text += `; ${toByteString(extra)}`
  return text
}

const token = /^[\w!#$%&'*+.^`|~-]+$/
const attributeText = /^[^\x00-\x1f\x7f;]*$/

/**
 * Whether text may name a cookie: a token (RFC 6265 §4.1.1, RFC 9110 §5.6.2).
 *
 * @example
 * import { isCookieName } from 'plugboard'
 * isCookieName('__Host-id') // => true
 * isCookieName('a=b') // => false
 */
export const isCookieName = (text: string): boolean => token.test(text)

/**
 * Whether text may be a cookie's value or an attribute's without ending it early or smuggling in a header: it
 * holds no `;` and no control character. (RFC 6265 also forbids spaces, quotes, commas and backslashes in a
 * value, all of which browsers and Plug take.)
 *
 * @example
 * import { isCookieText } from 'plugboard'
 * isCookieText('a b') // => true
 * isCookieText('a; domain=evil.example') // => false
 */
export const isCookieText = (text: string): boolean => attributeText.test(text)
