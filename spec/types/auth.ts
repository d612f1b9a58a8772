/** What the compiler knows of a log-in. Every `@ts-expect-error` is a promise kept, as is every other line. */
import { Pool } from 'pg'
import {
  assign,
  pipe,
  pipeline,
  text,
  type After,
  type Assigned,
  type Conn,
  type Effect,
  type Halted,
  type Responded,
  type Result,
  type WithCsrf,
  type WithFlash,
  type WithSession,
} from '../../lib/index.js'
import {
  authentication,
  memoryTokenStore,
  sqlTokenStore,
  type Authentication,
  type TokenStore,
} from '../../plugs/auth/index.js'
import { protectFromForgery } from '../../plugs/csrf.js'
import { fetchFlash } from '../../plugs/flash.js'
import { fetchSession } from '../../plugs/session/index.js'
import { parsers } from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

interface User {
  readonly id: number
  readonly email: string
}
declare const ada: User

// the user is that of the store
const auth = authentication({ tokens: memoryTokenStore<User>() })
is<Equal<typeof auth, Authentication<User, unknown, WithFlash>>>()

// who is asking may be nobody, until it is required that it is somebody
export const browser = pipeline(
  fetchSession,
  fetchFlash,
  parsers,
  protectFromForgery,
  auth.validateSessionAge,
  auth.fetchCurrentUser,
)
type Browser = After<typeof browser>
is<Equal<Browser['assigns'], { readonly currentUser: User | null }>>()
const required = pipeline(browser, auth.requireAuthenticatedUser, auth.requireSudoMode)
is<Equal<After<typeof required>['assigns'], { readonly currentUser: User }>>()
export const anonymous = pipeline.from<Browser>()(auth.redirectIfAuthenticated)
declare const plain: Conn
export const result: Result<After<typeof required> | Halted> = required(plain)
declare const browsed: Browser
// @ts-expect-error there may be none
export const email: string = browsed.assigns.currentUser.email

// what logging in and out give
export const entered: Effect<Conn & Responded> = auth.logInUser(ada, { rememberMe: true, message: 'Hi' })(
  browsed,
)
export const left: Result<Conn & Responded> = auth.logOutUser(browsed)
declare const signedIn: Browser & Assigned<{ readonly currentUser: User }>
export const gone: Effect<Conn & Responded> = auth.logOutEverywhere(signedIn)
export const others: Effect<typeof signedIn> = auth.logOutElsewhere(signedIn)
export const since: number | undefined = auth.authenticatedAt(browsed)
// @ts-expect-error somebody must be logged in
export const goneNobody = auth.logOutEverywhere(browsed)
// @ts-expect-error this is no user
export const noUser = auth.logInUser({ id: 1 })
// @ts-expect-error unknown option
export const noOption = auth.logInUser(ada, { remember: true })
declare const unprotected: Conn & WithSession & WithFlash
// @ts-expect-error a log-in is protected from forgery
export const noCsrf = auth.logInUser(ada)(unprotected)
// @ts-expect-error who asks is not fetched
export const early = auth.requireAuthenticatedUser(unprotected)
// @ts-expect-error sudo mode is for those who are known
export const noSudo = auth.requireSudoMode(browsed)

// a store that is found on the conn: the plugs need what it needs
type WithTokens = Assigned<{ readonly tokens: TokenStore<User> }>
const found = authentication({ tokens: (conn: Conn & WithTokens) => conn.assigns.tokens })
declare const ready: Conn & WithSession & WithTokens
export const fetched: Result<typeof ready & Assigned<{ readonly currentUser: User | null }>> =
  found.fetchCurrentUser(ready)
export const assigned = pipeline(
  fetchSession,
  assign('tokens', memoryTokenStore<User>()),
  found.fetchCurrentUser,
)
// @ts-expect-error nobody assigned the store
export const unassigned = pipeline(fetchSession, found.fetchCurrentUser)

// without messages no flash is needed
const silent = authentication({ tokens: memoryTokenStore<User>(), messages: false })
export const noFlash = pipeline(fetchSession, silent.fetchCurrentUser, silent.requireAuthenticatedUser)
declare const guarded: Conn & WithSession & WithCsrf
export const quiet = silent.logInUser(ada)(guarded)
// @ts-expect-error with messages it is
export const flash = pipeline(fetchSession, auth.fetchCurrentUser, auth.requireAuthenticatedUser)

// stores
const overPool = sqlTokenStore(new Pool(), {
  columns: ['id', 'email'],
  user: row => ({ id: Number(row.id), email: String(row.email) }),
})
is<Equal<Parameters<typeof overPool.insert>[0], { id: number; email: string }>>()
export const tokens: TokenStore<User> = overPool
export const noColumn = sqlTokenStore(new Pool(), {
  columns: ['id'],
  // @ts-expect-error this column is not asked for
  user: row => ({ id: Number(row.id), email: String(row.email) }),
})
export const noId = sqlTokenStore(new Pool(), {
  columns: ['email'],
  // @ts-expect-error a user has an id
  user: row => ({ email: String(row.email) }),
})
// @ts-expect-error an age is a number of seconds
export const noAge = authentication({ tokens, maxAge: '14 days' })
// @ts-expect-error without a store
export const noStore = authentication({})
export const piped: Responded = pipe(browsed, text('hello'))
