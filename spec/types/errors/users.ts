/** The mistakes a user will meet with log-ins, each with what the compiler must say. */
import { pipeline, type Assigned, type Conn } from '../../../lib/index.js'
import { authentication, memoryTokenStore, type TokenStore } from '../../../plugs/auth/index.js'
import { fetchFlash } from '../../../plugs/flash.js'
import { fetchSession } from '../../../plugs/session/index.js'

interface User {
  readonly id: number
}
const auth = authentication({ tokens: memoryTokenStore<User>() })
const elsewhere = authentication({
  tokens: (conn: Conn & Assigned<{ readonly tokens: TokenStore<User> }>) => conn.assigns.tokens,
})

export const e1 = pipeline(
  fetchSession,
  fetchFlash,
  auth.requireAuthenticatedUser, // error: nothing earlier assigns 'currentUser'
)
export const e2 = pipeline.from<Conn>()(
  auth.fetchCurrentUser, // error: put fetchSession earlier in the pipeline
)
export const e3 = pipeline(
  fetchSession,
  auth.fetchCurrentUser,
  auth.requireAuthenticatedUser, // error: put fetchFlash (after fetchSession) earlier in the pipeline
)
export const e4 = pipeline(
  fetchSession,
  fetchFlash,
  auth.fetchCurrentUser,
  auth.requireSudoMode, // error: assigns.currentUser may be null here: put a plug that requires it earlier
)
export const e5 = pipeline(
  fetchSession,
  auth.redirectIfAuthenticated, // error: nothing earlier assigns 'currentUser'
)
export const e6 = pipeline(
  fetchSession,
  elsewhere.fetchCurrentUser, // error: nothing earlier assigns 'tokens'
)
export const e7 = pipeline(
  fetchSession,
  fetchFlash,
  auth.logInUser({ id: 7 }), // error: put protectFromForgery earlier in the pipeline
)
