/**
 * Response cookies whose name and attributes have been checked: put on a conn within the size that browsers keep, and
 * written for an adapter to send.
 */
import type { Conn, RespCookie } from '../conn.js'
import { cookieOverflow } from '../error.js'
import { isFetched, type Dict } from '../fetched.js'
import { encodeCookie } from '../http/cookies.js'
import { isAscii } from '../http/utf8.js'
import { raise } from './raise.js'
import { putEntry } from './entries.js'
import { ConnRecord } from './record.js'
import { nothing } from './rest.js'

/** A Set-Cookie text over this many bytes is refused: browsers keep no larger cookie (RFC 6265 §6.1). */
export const maxCookieBytes = 4096

/** Whether a response cookie deletes: it is empty and of no age. */
export const isDeletion = (cookie: RespCookie): boolean => cookie.maxAge === 0 && cookie.value === ''

/** The Set-Cookie text of a response cookie; one that is deleted expired in 1970. */
const setCookie = (conn: Conn, name: string, cookie: RespCookie): string =>
  encodeCookie(name, cookie, isDeletion(cookie) ? 0 : conn.now)

/** More than all attributes take whose length is not the app's: their names, a date, a number and flags. */
const restOfCookie = 256

/**
 * How long the Set-Cookie text of a cookie is, if it may be too long; 0 if it certainly is not. A cookie is written once,
 * when it is sent: only one that is near the limit is also written to be measured.
 */
const excess = (conn: Conn, name: string, cookie: RespCookie): number => {
  const { value = '', path = '', domain = '', sameSite = '', extra = '' } = cookie
  const most = name.length + value.length + path.length + domain.length + sameSite.length + extra.length
  // A character takes three bytes at most, for each unit of UTF-16.
  if (3 * most + restOfCookie <= maxCookieBytes) return 0
  const attributes = path + domain + extra
  if (most + restOfCookie <= maxCookieBytes && isAscii(value) && isAscii(attributes)) return 0
  const size = setCookie(conn, name, cookie).length
  return size > maxCookieBytes ? size : 0
}

const noTexts: readonly string[] = Object.freeze([])

/**
 * The Set-Cookie texts of a conn's response cookies, for an adapter to send. They are UTF-8, each character a byte: `é` is written `Ã©`.
 *
 * @example
 * import { putRespCookie, setCookies } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * setCookies(putRespCookie('theme', 'dark')(conn('GET', '/'))) // => ['theme=dark; path=/; HttpOnly']
 */
export const setCookies = (conn: Conn): readonly string[] => {
  const { respCookies } = conn
  if (respCookies === nothing) return noTexts
  return Object.keys(respCookies).map(name => setCookie(conn, name, respCookies[name] as RespCookie))
}

/**
 * Puts a cookie that has been checked; `secure` is by the conn's scheme unless given. `seen` is what `conn.cookies`
 * holds from then on. Over 4,096 bytes in all it fails with `CookieOverflow`.
 */
export const putCookie = (conn: Conn, name: string, cookie: RespCookie, seen: unknown): Conn => {
  const made =
    cookie.secure === undefined && conn.scheme === 'https'
      ? Object.assign({}, cookie, { secure: true })
      : cookie
  const size = excess(conn, name, made)
  if (size > 0)
    raise(
      cookieOverflow(
        `the cookie "${name}" takes ${size} bytes and may take ${maxCookieBytes}, attributes included`,
      ),
    )
  const respCookies = putEntry(conn.respCookies, name, made)
  if (!isFetched(conn.cookies)) return ConnRecord.with(conn, { respCookies })
  const cookies: Record<string, unknown> = Object.assign(Object.create(null), conn.cookies)
  if (isDeletion(made)) delete cookies[name]
  else cookies[name] = seen
  return ConnRecord.with(conn, { respCookies, cookies: cookies as Dict<unknown> })
}
