/** What the session holds of a log-in, and of the page that was asked for before it. */
import type { Conn, WithCsrf, WithSession } from '../../lib/conn.js'
import type { Term } from '../../lib/crypto/term-format.js'
import { isFetched } from '../../lib/fetched.js'
import { isLocalPath } from '../../lib/http/uri.js'
import { deleteCsrfToken } from '../csrf.js'
import { clearSession, configureSession, getSession, mergeSession, putSession } from '../session/functions.js'
import { tokenOf, type Token } from './token.js'

/** A conn with a session. */
export type Open = Conn & WithSession<unknown>

// Phoenix's names, where it has one.
const tokenKey = 'user_token'
const rememberKey = 'user_remember_me'
const timeKey = 'logged_in_at'
const returnKey = 'returnTo'

const termOf = getSession(tokenKey)
const flagOf = getSession(rememberKey)
const timeOf = getSession(timeKey)
const pathOf = getSession(returnKey)
const renew = configureSession('renew')

/** The token of a session. */
export const sessionToken = (conn: Open): Token | undefined => tokenOf(termOf(conn))

/** Whether its log-in is to be remembered. */
export const isRemembered = (conn: Open): boolean => flagOf(conn) === true

/** When it was logged in, in milliseconds; undefined if it does not say. */
export const sessionTime = (conn: Open): number | undefined => {
  const seconds = timeOf(conn)
  return typeof seconds === 'number' ? seconds * 1000 : undefined
}

/** Makes the session new in every part: its id, its terms and its CSRF state. */
export const beginAnew = (conn: Open): Open =>
  renew(clearSession(isFetched(conn.csrf) ? deleteCsrfToken(conn as Open & WithCsrf) : conn))

/** A new session that holds a token, and of the one before it what stood under the keys that are kept. */
export const beginWith = (
  conn: Open,
  token: Token,
  authenticatedAt: number,
  remembered: boolean,
  keep: readonly string[],
): Open => {
  const terms: Record<string, Term> = { [tokenKey]: token, [timeKey]: Math.floor(authenticatedAt / 1000) }
  if (remembered) terms[rememberKey] = true
  for (const key of keep) {
    const term = getSession(key)(conn)
    if (term !== undefined && !Object.hasOwn(terms, key)) terms[key] = term
  }
  return mergeSession(terms)(beginAnew(conn))
}

/** The session with another token in it. */
export const withToken = (conn: Open, token: Token): Open => putSession(tokenKey, token)(conn)

/** A path of this site, with which nobody can be led elsewhere (`//x`, `/\x`); undefined for anything else. */
export const localPath = (path: unknown): string | undefined =>
  typeof path === 'string' && isLocalPath(path) ? path : undefined

/** The page that was asked for before the log-in. */
export const returnTo = (conn: Open): string | undefined => localPath(pathOf(conn))

/** A longer path is not kept: it travels in a cookie. */
const longest = 1000

/** Keeps the page that is asked for, if it is one that can be got, and none of those where one logs in. */
export const storeReturnTo = (conn: Open, except: readonly string[]): Open => {
  const { method, path, queryString } = conn
  const asked = queryString === '' ? path : `${path}?${queryString}`
  return method === 'GET' && isLocalPath(asked) && asked.length <= longest && !except.includes(path)
    ? putSession(returnKey, asked)(conn)
    : conn
}
