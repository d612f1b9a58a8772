/**
 * Who is asking. A session holds a random token whose hash is in the database, so that a session can be ended from
 * there; the functions here read it, ask for it, begin it and end it. (The pattern of `mix phx.gen.auth`.)
 */
import {
  assign,
  effect,
  halt,
  isLocalPath,
  pipe,
  redirect,
  type Assigned,
  type Conn,
  type Effect,
  type Halted,
  type Responded,
  type Result,
  type WithCsrf,
  type WithFlash,
  type WithSession,
} from 'plugboard'
import {
  clearSession,
  configureSession,
  deleteCsrfToken,
  getSession,
  putFlash,
  putSession,
} from 'plugboard/plugs'
import type { User } from './data/repository.js'
import { readTheme } from './forms.js'
import type { WithServices } from './services.js'

const days = 24 * 60 * 60 * 1000

/** How long a log-in lasts, in milliseconds; after it one must log in again. */
export const sessionAge = 7 * days

/** A conn of which it is known who is asking, be it nobody. */
export type WithUser = Assigned<{ readonly currentUser: User | null }>
/** A conn of somebody. */
export type SignedIn = Assigned<{ readonly currentUser: User }>

const userToken = (conn: Conn & WithSession): string | undefined => {
  const token = getSession('user_token')(conn)
  return typeof token === 'string' ? token : undefined
}

/** Assigns `currentUser`: the user of the session's token, or null. */
export const fetchCurrentUser = <C extends Conn & WithSession & WithServices>(
  conn: C,
): Result<C & WithUser> => {
  const put = (user: User | null): C & WithUser => assign('currentUser', user)(conn)
  const token = userToken(conn)
  return token === undefined
    ? put(null)
    : pipe(conn.assigns.services.repository.userOfSessionToken(token, conn.now), effect.map(put))
}

/** Ends a session that is seven days old, and asks to log in again. */
export const validateSessionAge = <C extends Conn & WithSession & WithFlash>(conn: C): C | Halted => {
  const loggedInAt = getSession('logged_in_at')(conn)
  if (typeof loggedInAt !== 'number' || conn.now - loggedInAt * 1000 <= sessionAge) return conn
  return pipe(
    conn,
    clearSession,
    configureSession('renew'),
    putFlash('error', 'Your session has expired. Please log in again.'),
    redirect('/login'),
    halt,
  )
}

const requestedPath = ({ path, queryString }: Conn): string =>
  queryString === '' ? path : `${path}?${queryString}`

/** Lets only those through who are logged in; others log in first, and then come back to the page they asked for. */
export const requireAuthenticatedUser = <C extends Conn & WithSession & WithFlash & WithUser>(
  conn: C,
): (C & SignedIn) | Halted => {
  const { currentUser } = conn.assigns
  if (currentUser !== null) return assign('currentUser', currentUser)(conn)
  return pipe(
    conn.method === 'GET' ? putSession('returnTo', requestedPath(conn))(conn) : conn,
    putFlash('error', 'You must log in to access this page.'),
    redirect('/login'),
    halt,
  )
}

/** Sends those who are logged in to the front page: they need no log-in form. */
export const redirectIfAuthenticated = <C extends Conn & WithUser>(conn: C): C | Halted =>
  conn.assigns.currentUser === null ? conn : pipe(conn, redirect('/'), halt)

/** Where to go after the log-in: the page that was asked for, unless it could lead elsewhere (`//x`, `/\x`). */
const pathAfterLogin = (returnTo: unknown): string =>
  typeof returnTo === 'string' && isLocalPath(returnTo) ? returnTo : '/'

/**
 * Logs a user in: with a session that is new in every part (its id, its terms, its CSRF state), so that nothing known
 * before the log-in is worth anything after it. The theme is kept, and the page to return to is where this leads.
 */
export const logInUser =
  (user: User, welcome: string) =>
  (conn: Conn & WithSession & WithFlash & WithCsrf & WithServices): Effect<Conn & Responded> => {
    const token = Buffer.from(conn.entropy('session token', 32)).toString('base64url')
    const theme = readTheme(getSession('theme')(conn))
    const returnTo = pathAfterLogin(getSession('returnTo')(conn))
    const fresh = pipe(
      conn,
      clearSession,
      deleteCsrfToken,
      configureSession('renew'),
      putSession('user_token', token),
      putSession('logged_in_at', Math.floor(conn.now / 1000)),
    )
    const loggedIn = pipe(
      theme === '' ? fresh : putSession('theme', theme)(fresh),
      putFlash('info', welcome),
      redirect(returnTo),
    )
    return pipe(
      conn.assigns.services.repository.insertSessionToken(user.id, token, conn.now),
      effect.map(() => loggedIn),
    )
  }

const forget = (conn: Conn & WithSession & WithFlash, message: string): Conn & Responded =>
  pipe(conn, clearSession, configureSession('renew'), putFlash('info', message), redirect('/'))

/** Logs out. The token is deleted where it counts, so that a copy of the cookie is of no use. */
export const logOutUser = (conn: Conn & WithSession & WithFlash & WithServices): Result<Conn & Responded> => {
  const loggedOut = forget(conn, 'Logged out successfully.')
  const token = userToken(conn)
  return token === undefined
    ? loggedOut
    : pipe(
        conn.assigns.services.repository.deleteSessionToken(token),
        effect.map(() => loggedOut),
      )
}

/** Ends every session of the current user. */
export const logOutEverywhere = (
  conn: Conn & WithSession & WithFlash & WithServices & SignedIn,
): Effect<Conn & Responded> =>
  pipe(
    conn.assigns.services.repository.deleteSessionTokens(conn.assigns.currentUser.id),
    effect.map(() => forget(conn, 'You are logged out everywhere.')),
  )
