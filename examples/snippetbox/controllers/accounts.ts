/** Signing up, logging in and out, and the account's own page. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { effect, pipe, putRespHeader, putStatus, type Conn, type Effect, type Responded } from 'plugboard'
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

const refuseSignup =
  (form: SignupForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putStatus('unprocessableEntity'), signupPage(form))

export const newSignup: Handler<Browser> = conn => signupPage(emptySignup)(conn)

export const createSignup: Handler<Browser> = conn => {
  const credentials = readSignup(conn.bodyParams)
  if (isLeft(credentials)) return refuseSignup(credentials.left)(conn)
  const { email } = credentials.right
  const taken: SignupForm = { values: { email, password: '' }, errors: { email: 'has already been taken' } }
  return pipe(
    conn.assigns.services.repository.register(credentials.right, conn.now),
    effect.chain(user =>
      isLeft(user)
        ? effect.of(refuseSignup(taken)(conn))
        : auth.logInUser(user.right, { message: 'Your account has been created.' })(conn),
    ),
  )
}

// --- who one is

/** The user of credentials, or why they are not looked at: too many were tried lately. Seconds to wait. */
const check = (
  { assigns, remoteIp, now }: Browser,
  credentials: Credentials,
): Effect<User | null | number> => {
  const { repository, attempts } = assigns.services
  const attempt = { account: normalEmail(credentials.email), address: remoteIp }
  return pipe(
    attempts.begin(attempt, now),
    effect.chain((wait): Effect<User | null | number> =>
      wait > 0
        ? effect.of(wait)
        : pipe(
            repository.authenticate(credentials),
            effect.chain(user =>
              user === null
                ? effect.of(null)
                : pipe(
                    attempts.succeed(attempt),
                    effect.map(() => user),
                  ),
            ),
          ),
    ),
  )
}

/** What somebody is told who is not let in: the wrong password, or the seconds to wait. */
const refuse =
  (why: null | number, problem: string, page: (problem: string) => (conn: Browser) => Conn & Responded) =>
  (conn: Browser): Conn & Responded =>
    why === null
      ? pipe(conn, putStatus('unprocessableEntity'), page(problem))
      : pipe(
          conn,
          putStatus('tooManyRequests'),
          putRespHeader('retry-after', String(why)),
          page(`Too many attempts. Try again in ${why === 1 ? 'a second' : `${why} seconds`}.`),
        )

const isUser = (found: User | null | number): found is User => typeof found === 'object' && found !== null

// --- logging in

const loginPage =
  (email: string) =>
  (problem: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.login, { title: 'Log in', email, problem }))

export const newLogin: Handler<Browser> = conn => loginPage('')('')(conn)

export const createLogin: Handler<Browser> = conn => {
  const credentials = readCredentials(conn.bodyParams)
  const rememberMe = readRememberMe(conn.bodyParams)
  return pipe(
    check(conn, credentials),
    effect.chain(found =>
      isUser(found)
        ? auth.logInUser(found, { rememberMe, message: 'Welcome back!' })(conn)
        : effect.of(refuse(found, 'Invalid email or password', loginPage(credentials.email))(conn)),
    ),
  )
}

// --- being logged in

export const account: Handler<Authenticated> = conn =>
  pipe(
    conn,
    withCsrfToken,
    render(views.account, { title: 'Your account', loggedInAt: auth.authenticatedAt(conn) }),
  )

const confirmationPage =
  (problem: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.confirmation, { title: 'Is it you?', problem }))

export const newConfirmation: Handler<Authenticated> = conn => confirmationPage('')(conn)

export const createConfirmation: Handler<Authenticated> = conn => {
  const { email } = conn.assigns.currentUser
  return pipe(
    check(conn, { email, password: readPassword(conn.bodyParams) }),
    effect.chain(found =>
      isUser(found)
        ? auth.logInUser(found, { returnTo: '/account' })(conn)
        : effect.of(refuse(found, 'Invalid password', confirmationPage)(conn)),
    ),
  )
}

export const logout: Handler<Browser> = auth.logOutUser

export const logoutEverywhere: Handler<Authenticated> = auth.logOutEverywhere
