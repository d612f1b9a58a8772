/**
 * Response cookies whose name and attributes have been checked: put on a conn within the size that browsers keep, and
 * written for an adapter to send.
 */
import type { Conn, RespCookie } from '../conn.js'
import { cookieOverflow } from '../error.js'
import { isFetched, type Dict } from '../fetched.js'
import { encodeCookie } from '../http/cookies.js'
import { raise } from './raise.js'
import { putEntry } from './entries.js'
import { ConnRecord } from './record.js'
import { nothing } from './rest.js'

/** A Set-Cookie text over this many bytes is refused: browsers keep no larger cookie (RFC 6265 §6.1). */
export const maxCookieBytes = 4096

/** Whether a response cookie deletes: it is empty and of no age. */
export const isDeletion = (cookie: RespCookie): boolean => cookie.maxAge === 0 && cookie.value === ''

/** What was written last, and of what: a cookie is written when it is put, to see its size, and again when it is sent. */
let last:
  | { readonly name: string; readonly cookie: RespCookie; readonly now: number; readonly text: string }
  | undefined

/** The Set-Cookie text of a response cookie; one that is deleted expired in 1970. */
const setCookie = (conn: Conn, name: string, cookie: RespCookie): string => {
  const now = isDeletion(cookie) ? 0 : conn.now
  if (last !== undefined && last.cookie === cookie && last.name === name && last.now === now) return last.text
  const text = encodeCookie(name, cookie, now)
  last = { name, cookie, now, text }
  return text
}

const noTexts: readonly string[] = Object.freeze([])

/**
 * The Set-Cookie texts of a conn's response cookies, for an adapter to send.
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
  const size = setCookie(conn, name, made).length
  if (size > maxCookieBytes)
    raise(
      cookieOverflow(
        `the cookie "${name}" takes ${size} bytes and may take ${maxCookieBytes}, attributes included`,
      ),
    )
  const respCookies = putEntry(conn.respCookies, name, made)
  if (!isFetched(conn.cookies)) return ConnRecord.respCookies(conn, respCookies)
  const cookies: Record<string, unknown> = Object.assign(Object.create(null), conn.cookies)
  if (isDeletion(made)) delete cookies[name]
  else cookies[name] = seen
  return ConnRecord.with(conn, { respCookies, cookies: cookies as Dict<unknown> })
}
