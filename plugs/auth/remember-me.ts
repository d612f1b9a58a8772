/**
 * The cookie that remembers a log-in when the browser has been closed (phx.gen.auth's `_app_web_user_remember_me`). It holds
 * the token of the log-in, signed, and has the attributes of the session's cookie.
 */
import type { Conn } from '../../lib/conn.js'
import { deleteRespCookie, fetchCookies, putRespCookie, type CookieOptions } from '../../lib/conn/cookies.js'
import { configOf } from '../session/plug.js'
import { tokenOf, type Token } from './token.js'

/** What is done with the cookie. */
export interface RememberMe {
  /** The token that a request's cookie holds; undefined for none, and for one that was tampered with. */
  readonly token: (conn: Conn) => Token | undefined
  readonly put: (token: Token) => <C extends Conn>(conn: C) => C
  /** Deletes the cookie in a browser that has sent it. */
  readonly forget: <C extends Conn>(conn: C) => C
}

/** Both cookies go the same ways; this one is never a script's. */
const attributesOf = (conn: Conn): CookieOptions => ({
  sameSite: 'Lax',
  ...configOf(conn, 'session')?.cookie,
  httpOnly: true,
})

/** The cookie of a name. `maxAge` is in seconds. */
export const rememberMe = (name: string, maxAge: number): RememberMe => {
  const fetchSigned = fetchCookies({ signed: name })
  return {
    // Without a secret there is nothing that was signed with it.
    token: conn => (conn.secretKeyBase === undefined ? undefined : tokenOf(fetchSigned(conn).cookies[name])),
    put: token => conn => putRespCookie(name, token, { ...attributesOf(conn), maxAge, sign: true })(conn),
    forget: conn =>
      fetchCookies(conn as Conn).cookies[name] === undefined
        ? conn
        : deleteRespCookie(name, attributesOf(conn))(conn),
  }
}
