/**
 * Who is asking: the pattern that `mix phx.gen.auth` generates, as plugs. A session holds a random token whose hash is in a
 * store, so that a log-in can be ended from there, at once and wherever it is used.
 */
import type { Assigned, Conn, Halted, Responded, WithCsrf, WithFlash, WithSession } from '../../lib/conn.js'
import { assign, mergePrivate } from '../../lib/conn/assigns.js'
import { halt, redirect } from '../../lib/conn/response.js'
import { chain, map, of, type Effect, type IterableEffect, type Result } from '../../lib/effect.js'
import { plugError } from '../../lib/error.js'
import { isFetched } from '../../lib/fetched.js'
import { checkOptions, flag, string, type Rules } from '../../lib/options.js'
import { fail } from '../../lib/plug.js'
import { portOf } from '../../lib/ports.js'
import { getFormat } from '../accepts.js'
import { putFlash } from '../flash.js'
import { checkAuthOptions, defaultMessages, type AuthMessages, type AuthOptions } from './options.js'
import { rememberMe as rememberMeCookieOf } from './remember-me.js'
import {
  beginAnew,
  beginWith,
  isRemembered,
  localPath,
  returnTo,
  sessionTime,
  sessionToken,
  storeReturnTo,
  withToken,
  type Open,
} from './session.js'
import type { FoundToken, Identified, TokenStore, TokenTimes } from './token-store.js'
import { hashOf } from '../stores/hash.js'
import { freshToken, type Token } from './token.js'

/** A conn of which it is known who is asking, be it nobody. */
export type WithCurrentUser<User> = Assigned<{ readonly currentUser: User | null }>
/** A conn of somebody. */
export type SignedIn<User> = Assigned<{ readonly currentUser: User }>

/** How to log in. */
export interface LogInOptions {
  /**
   * Whether the browser is to remember the log-in when it is closed. Default: as before, if the user was logged in already;
   * else it is not.
   */
  readonly rememberMe?: boolean
  /** What the flash says on the next page, as `info`. Default: nothing. */
  readonly message?: string
  /** Where it leads if no other page was asked for. What is no path of this site is not gone to. Default `signedInPath`. */
  readonly returnTo?: string
}

/** The plugs of {@link authentication}. `Needs` is what they need to find the store, `Flash` what they need for messages. */
export interface Authentication<User, Needs, Flash> {
  /**
   * Assigns `currentUser`: the user of the session's token or else, with a new session, of the cookie that remembers one;
   * null if there is none. A token older than `reissueAge` is replaced. Who is nobody gets neither session nor cookie.
   */
  readonly fetchCurrentUser: <C extends Conn & Needs & WithSession<unknown>>(
    conn: C,
  ) => Result<C & WithCurrentUser<User>>
  /**
   * Ends a session whose log-in is older than `sessionAge` or, if it is remembered, `rememberedAge`, and asks to log in
   * again. It stands before `fetchCurrentUser`, so that no database is asked about a session that is over.
   */
  readonly validateSessionAge: <C extends Conn & Needs & WithSession<unknown> & Flash>(
    conn: C,
  ) => Result<C | Halted>
  /**
   * Lets only those through who are logged in: behind it `currentUser` is a user. Others are sent to `logInPath`, and back
   * to the page they asked for. Where the format of the response is not HTML they get a 401.
   */
  readonly requireAuthenticatedUser: <C extends Conn & WithSession<unknown> & Flash & WithCurrentUser<User>>(
    conn: C,
  ) => (C & SignedIn<User>) | Halted
  /** Lets only those through who logged in within the last `sudoAge` seconds; others are sent to `sudoPath`, and back. */
  readonly requireSudoMode: <C extends Conn & WithSession<unknown> & Flash & SignedIn<User>>(
    conn: C,
  ) => C | Halted
  /** Sends those who are logged in to `signedInPath`: they need no log-in form. */
  readonly redirectIfAuthenticated: <C extends Conn & WithCurrentUser<User>>(conn: C) => C | Halted
  /**
   * Logs a user in, and redirects to the page that was asked for. The session is new in every part (its id, its terms, its
   * CSRF state), so that nothing known before is worth anything afterwards.
   *
   * @throws TypeError if an option is unknown or wrong
   */
  readonly logInUser: (
    user: User,
    options?: LogInOptions,
  ) => <C extends Conn & Needs & WithSession<unknown> & WithCsrf & Flash>(
    conn: C,
  ) => IterableEffect<Responded>
  /** Logs out, and redirects. The token is deleted where it counts: a copy of the cookies is of no use. */
  readonly logOutUser: <C extends Conn & Needs & WithSession<unknown> & Flash>(conn: C) => Result<Responded>
  /** Ends all log-ins of the current user, this one too, and redirects. The next request of each is nobody's. */
  readonly logOutEverywhere: <C extends Conn & Needs & WithSession<unknown> & Flash & SignedIn<User>>(
    conn: C,
  ) => IterableEffect<Responded>
  /** Ends all log-ins of the current user but this one, as after a change of the password, and goes on. */
  readonly logOutElsewhere: <C extends Conn & Needs & WithSession<unknown> & SignedIn<User>>(
    conn: C,
  ) => IterableEffect<C>
  /** When the current user last proved who they are, in milliseconds since the epoch; undefined if nobody has. */
  readonly authenticatedAt: (conn: Conn) => number | undefined
}

interface AuthenticationFn {
  <User extends Identified, Needs = unknown>(
    options: AuthOptions<User, Needs> & { readonly messages: false },
  ): Authentication<User, Needs, unknown>
  <User extends Identified, Needs = unknown>(
    options: AuthOptions<User, Needs>,
  ): Authentication<User, Needs, WithFlash>
}

const logInRules: Rules = {
  rememberMe: flag,
  message: string,
  returnTo: { must: 'a string', ok: to => typeof to === 'string' },
}

/** Where the times of the current token are kept. */
const timesKey = 'plugboardAuth'
const day = 86_400

const authenticatedAt = (conn: Conn): number | undefined =>
  (conn.private[timesKey] as TokenTimes | undefined)?.authenticatedAt

const currentUser = (conn: Conn): Identified | null | undefined =>
  (conn.assigns as { readonly currentUser?: Identified | null }).currentUser

/** False if the user was never fetched: fail closed. */
const hasUser = (conn: Conn): boolean => (currentUser(conn) ?? null) !== null

const known = (conn: Open, { user, insertedAt, authenticatedAt: at }: FoundToken<Identified>): Open =>
  assign('currentUser', user)(mergePrivate({ [timesKey]: { insertedAt, authenticatedAt: at } })(conn))

const assignNoUser: (conn: Open) => Open = assign('currentUser', null)

/**
 * Makes the plugs of a log-in, once, when the app is put together. They are pure: tokens come from `conn.entropy`, ages are
 * counted by `conn.now`, and what the store does are effects.
 *
 * @throws TypeError that names the option.
 * @example
 * import { pipeline } from 'plugboard'
 * import { authentication, memoryTokenStore } from 'plugboard/auth'
 * import { cookieStore, fetchFlash, fetchSession, session } from 'plugboard/plugs'
 * const auth = authentication({ tokens: memoryTokenStore<{ readonly id: number }>(), logInPath: '/login' })
 * const browser = pipeline(
 *   session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key' }),
 *   fetchSession,
 *   fetchFlash,
 *   auth.fetchCurrentUser,
 * )
 * const signedIn = pipeline(browser, auth.requireAuthenticatedUser)
 */
export const authentication = ((options: AuthOptions<Identified, Conn>) => {
  checkAuthOptions(options)
  const {
    tokens,
    logInPath = '/log-in',
    sudoPath = logInPath,
    signedInPath = '/',
    loggedOutPath = '/',
    maxAge = 14 * day,
    reissueAge = 7 * day,
    sessionAge = 7 * day,
    rememberedAge = 60 * day,
    sudoAge = 600,
    rememberMeCookie = '_user_remember_me',
    keep = [],
    messages = {},
  } = options
  const texts: AuthMessages = { ...defaultMessages, ...(messages === false ? {} : messages) }
  const remember = rememberMeCookieOf(rememberMeCookie, maxAge)
  const [toSignedIn, toLoggedOut] = [redirect(signedInPath), redirect(loggedOutPath)]

  // what is found on the conn was put there by `ports`
  const storeOf: (conn: Conn) => TokenStore<Identified> =
    typeof tokens === 'function' ? tokens : portOf('tokens', tokens)
  const isYounger = (conn: Conn, at: number, age: number): boolean => conn.now - at < age * 1000
  const isOver = (conn: Conn, at: number, age: number): boolean => conn.now - at > age * 1000

  const say = (kind: 'info' | 'error', text: string) => {
    const put = putFlash(kind, text)
    return <C extends Conn>(conn: C): C =>
      messages === false || !isFetched(conn.flash) ? conn : put(conn as C & WithFlash)
  }

  /** Sends somebody to where one says who one is, and back to the page that was asked for. */
  const ask = (path: string, text: string) => {
    const [go, explain] = [redirect(path), say('error', text)]
    const refused = plugError(401, 'Unauthenticated', text, { headers: { 'www-authenticate': 'Session' } })
    return (conn: Open): Halted => {
      const format = getFormat(conn)
      return format === undefined || format === 'html'
        ? halt(go(explain(storeReturnTo(conn, [logInPath, sudoPath]))))
        : fail(conn, refused)
    }
  }
  const askWhoItIs = ask(logInPath, texts.unauthenticated)
  const askAgain = ask(logInPath, texts.expired)
  const askForProof = ask(sudoPath, texts.sudo)

  /** Replaces a token that has come of age. The session goes on, and the old token is good until it expires by itself. */
  const reissue = (
    conn: Open,
    old: Token,
    { user, authenticatedAt: at }: FoundToken<Identified>,
  ): Effect<Open> => {
    const token = freshToken(conn, 'reissue', user)
    const times = { insertedAt: Math.floor(conn.now), authenticatedAt: at }
    return map(() => {
      const renewed = withToken(conn, token)
      return isRemembered(conn) ? remember.put(token)(renewed) : renewed
    })(storeOf(conn).insert(user, hashOf(token), times, hashOf(old)))
  }

  /** Assigns the user of a token: of the session's or, if `restored`, of the cookie's. */
  const fetchUser = (conn: Open, token: Token, restored: boolean): Effect<Open> =>
    chain((found: FoundToken<Identified> | undefined): Effect<Open> => {
      if (
        found === undefined ||
        !isYounger(conn, found.insertedAt, maxAge) ||
        (restored && isOver(conn, found.authenticatedAt, rememberedAge))
      )
        return of(assignNoUser(conn))
      const opened = restored ? beginWith(conn, token, found.authenticatedAt, true, keep) : conn
      const fetched = known(opened, found)
      return isYounger(conn, found.insertedAt, reissueAge) ? of(fetched) : reissue(fetched, token, found)
    })(storeOf(conn).find(hashOf(token)))

  /** Whether it is the current user who logs in again, and was remembered so far. */
  const wasRemembered = (conn: Open, { id }: Identified): boolean =>
    currentUser(conn)?.id === id && isRemembered(conn)

  const ended = (message: 'loggedOut' | 'loggedOutEverywhere') => {
    const explain = say('info', texts[message])
    return (conn: Open): Responded => toLoggedOut(explain(remember.forget(beginAnew(conn))))
  }
  const [loggedOut, loggedOutEverywhere] = [ended('loggedOut'), ended('loggedOutEverywhere')]

  const deleteToken = (conn: Open): Effect<void> => {
    const token = sessionToken(conn)
    return token === undefined ? of(undefined) : storeOf(conn).delete(hashOf(token))
  }

  return {
    fetchCurrentUser: function fetchCurrentUser(conn: Open): Result<Open> {
      const token = sessionToken(conn)
      if (token !== undefined) return fetchUser(conn, token, false)
      const remembered = remember.token(conn)
      return remembered === undefined ? assignNoUser(conn) : fetchUser(conn, remembered, true)
    },

    validateSessionAge: function validateSessionAge(conn: Open): Result<Open | Halted> {
      const at = authenticatedAt(conn) ?? sessionTime(conn)
      const age = isRemembered(conn) ? rememberedAge : sessionAge
      return at !== undefined && isOver(conn, at, age)
        ? map(() => askAgain(remember.forget(beginAnew(conn))))(deleteToken(conn))
        : conn
    },

    requireAuthenticatedUser: function requireAuthenticatedUser(conn: Open): Open | Halted {
      return hasUser(conn) ? conn : askWhoItIs(conn)
    },

    requireSudoMode: function requireSudoMode(conn: Open): Open | Halted {
      const at = authenticatedAt(conn)
      return at !== undefined && isYounger(conn, at, sudoAge) ? conn : askForProof(conn)
    },

    redirectIfAuthenticated: function redirectIfAuthenticated(conn: Open): Open | Halted {
      return hasUser(conn) ? halt(toSignedIn(conn)) : conn
    },

    logInUser: (user: Identified, logIn: LogInOptions = {}) => {
      checkOptions('logInUser', logIn, logInRules)
      return function logInUser(conn: Open): Effect<Responded> {
        const { rememberMe = wasRemembered(conn, user), message } = logIn
        const now = Math.floor(conn.now)
        const token = freshToken(conn, 'logIn', user)
        const begun = beginWith(conn, token, now, rememberMe, keep)
        const explained = message === undefined ? begun : say('info', message)(begun)
        const done = rememberMe ? remember.put(token)(explained) : remember.forget(explained)
        const to = returnTo(conn) ?? localPath(logIn.returnTo) ?? signedInPath
        const times = { insertedAt: now, authenticatedAt: now }
        return map(() => redirect(to)(done))(
          chain(() => storeOf(conn).insert(user, hashOf(token), times))(deleteToken(conn)),
        )
      }
    },

    logOutUser: function logOutUser(conn: Open): Effect<Responded> {
      return map(() => loggedOut(conn))(deleteToken(conn))
    },

    logOutEverywhere: function logOutEverywhere(conn: Open): Effect<Responded> {
      return map(() => loggedOutEverywhere(conn))(storeOf(conn).deleteAll(currentUser(conn) as Identified))
    },

    logOutElsewhere: function logOutElsewhere(conn: Open): Effect<Open> {
      const token = sessionToken(conn)
      const except = token === undefined ? undefined : hashOf(token)
      return map(() => conn)(storeOf(conn).deleteAll(currentUser(conn) as Identified, except))
    },

    authenticatedAt,
  } as unknown
}) as AuthenticationFn
