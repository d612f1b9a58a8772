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

// --- signing up

const signupPage =
  (form: SignupForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.signup, { title: 'Sign up', form }))

const rejectSignup =
  (form: SignupForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putStatus('unprocessableEntity'), signupPage(form))

export const newSignup: Handler<Browser> = conn => signupPage(emptySignup)(conn)

export const createSignup: Handler<Browser> = function* (conn) {
  const credentials = readSignup(conn.bodyParams)
  if (isLeft(credentials)) return rejectSignup(credentials.left)(conn)
  const { email } = credentials.right
  const user = yield* conn.assigns.repository.register(credentials.right, conn.now)
  return isLeft(user)
    ? rejectSignup({ values: { email, password: '' }, errors: { email: 'has already been taken' } })(conn)
    : auth.logInUser(user.right, { message: 'Your account has been created.' })(conn)
}

// --- checking credentials

/** Why credentials are rejected: they are wrong, or there were too many attempts. Then: how many seconds to wait. */
type Rejection = 'invalid' | number

/** The user of credentials. After too many attempts the password is not checked. */
const authenticate = (
  { assigns, remoteIp, now }: Browser,
  credentials: Credentials,
): IterableEffect<Either<Rejection, User>> =>
  gen(function* authenticate() {
    const { repository, attempts } = assigns
    const attempt = { account: normalEmail(credentials.email), address: remoteIp }
    const wait = yield* attempts.begin(attempt, now)
    if (wait > 0) return left(wait)
    const user = yield* repository.authenticate(credentials)
    if (user === null) return left('invalid')
    yield* attempts.succeed(attempt)
    return right(user)
  })

/** Shows the form again, with the reason. */
const reject =
  (why: Rejection, invalid: string, page: (problem: string) => (conn: Browser) => Conn & Responded) =>
  (conn: Browser): Conn & Responded =>
    why === 'invalid'
      ? pipe(conn, putStatus('unprocessableEntity'), page(invalid))
      : pipe(
          conn,
          putStatus('tooManyRequests'),
          putRespHeader('retry-after', String(why)),
          page(`Too many attempts. Try again in ${why === 1 ? 'a second' : `${why} seconds`}.`),
        )

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
