/** Signing up, logging in and out, and the account page. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import {
  gen,
  pipe,
  putRespHeader,
  putStatus,
  type Conn,
  type IterableEffect,
  type Responded,
} from 'plugboard'
import { render, withCsrfToken } from 'plugboard/plugs'
import type { Handler } from 'plugboard/router'
import type { Attempt } from '../attempts.js'
import { auth } from '../auth.js'
import type { Credentials, User } from '../data/repository.js'
import { normalEmail } from '../data/values.js'
import {
  emptySignup,
  readCredentials,
  readPassword,
  readRememberMe,
  readSignup,
  type SignupForm,
} from '../forms.js'
import type { Authenticated, Browser } from '../pipelines.js'
import * as views from '../views/accounts.js'

// --- limits

/** The sentence for a client that must wait. */
const tooManyAttempts = (seconds: number): string =>
  `Too many attempts. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`

/** The status and header of a response to a client that must wait. */
const mustWait = (seconds: number) => (conn: Browser) =>
  pipe(conn, putStatus('tooManyRequests'), putRespHeader('retry-after', String(seconds)))

/**
 * Executes work that counts as an attempt. After too many attempts it returns the seconds to wait instead. Work that
 * fails does not count: a server that is busy has not looked at the password.
 */
const limited = <A>(
  { assigns: { attempts }, now }: Browser,
  attempt: Attempt,
  work: () => IterableEffect<A>,
): IterableEffect<Either<number, A>> =>
  gen(function* limited() {
    const wait = yield* attempts.begin(attempt, now)
    if (wait > 0) return left(wait)
    let isDone = false
    try {
      const done = yield* work()
      isDone = true
      return right(done)
    } finally {
      if (!isDone) yield* attempts.withdraw(attempt, now)
    }
  })

// --- signing up

const signupPage =
  (form: SignupForm, problem = '') =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.signup, { title: 'Sign up', form, problem }))

const rejectSignup =
  (form: SignupForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putStatus('unprocessableEntity'), signupPage(form))

export const newSignup: Handler<Browser> = conn => signupPage(emptySignup)(conn)

export const createSignup: Handler<Browser> = function* (conn) {
  const credentials = readSignup(conn.bodyParams)
  if (isLeft(credentials)) return rejectSignup(credentials.left)(conn)
  const values = { email: credentials.right.email, password: '' }
  const user = yield* limited(conn, { address: conn.remoteIp }, () =>
    conn.assigns.repository.register(credentials.right, conn.now),
  )
  if (isLeft(user))
    return pipe(conn, mustWait(user.left), signupPage({ values, errors: {} }, tooManyAttempts(user.left)))
  return isLeft(user.right)
    ? rejectSignup({ values, errors: { email: 'has already been taken' } })(conn)
    : auth.logInUser(user.right.right, { message: 'Your account has been created.' })(conn)
}

// --- checking credentials

/** Why credentials are rejected: they are wrong, or there were too many attempts. Then: how many seconds to wait. */
type Rejection = 'invalid' | number

/** The user of credentials. After too many attempts the password is not checked. */
const authenticate = (conn: Browser, credentials: Credentials): IterableEffect<Either<Rejection, User>> =>
  gen(function* authenticate() {
    const { repository, attempts } = conn.assigns
    const account = normalEmail(credentials.email)
    const attempt = { account, address: conn.remoteIp }
    const user = yield* limited(conn, attempt, () => repository.authenticate(credentials))
    if (isLeft(user)) return user
    if (user.right === null) return left('invalid')
    yield* attempts.succeed(attempt)
    return right(user.right)
  })

/** Shows the form again, with the reason. */
const reject =
  (why: Rejection, invalid: string, page: (problem: string) => (conn: Browser) => Conn & Responded) =>
  (conn: Browser): Conn & Responded =>
    why === 'invalid'
      ? pipe(conn, putStatus('unprocessableEntity'), page(invalid))
      : pipe(conn, mustWait(why), page(tooManyAttempts(why)))

// --- logging in

const loginPage =
  (email: string) =>
  (problem: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.login, { title: 'Log in', email, problem }))

export const newLogin: Handler<Browser> = conn => loginPage('')('')(conn)

export const createLogin: Handler<Browser> = function* (conn) {
  const credentials = readCredentials(conn.bodyParams)
  const rememberMe = readRememberMe(conn.bodyParams)
  const user = yield* authenticate(conn, credentials)
  return isLeft(user)
    ? reject(user.left, 'Invalid email or password', loginPage(credentials.email))(conn)
    : auth.logInUser(user.right, { rememberMe, message: 'Welcome back!' })(conn)
}

// --- for logged-in users

export const account: Handler<Authenticated> = conn =>
  pipe(
    conn,
    withCsrfToken,
    render(views.account, { title: 'Your account', loggedInAt: auth.authenticatedAt(conn) }),
  )

const confirmationPage =
  (problem: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.confirmation, { title: 'Confirm your password', problem }))

export const newConfirmation: Handler<Authenticated> = conn => confirmationPage('')(conn)

export const createConfirmation: Handler<Authenticated> = function* (conn) {
  const { email } = conn.assigns.currentUser
  const user = yield* authenticate(conn, { email, password: readPassword(conn.bodyParams) })
  return isLeft(user)
    ? reject(user.left, 'Invalid password', confirmationPage)(conn)
    : auth.logInUser(user.right, { returnTo: '/account' })(conn)
}

export const logout: Handler<Browser> = auth.logOutUser

export const logoutEverywhere: Handler<Authenticated> = auth.logOutEverywhere
