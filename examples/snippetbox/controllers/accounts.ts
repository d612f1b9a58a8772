/** Signing up, logging in and out, and the account's own page. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { effect, pipe, putRespHeader, putStatus, type Conn, type Effect, type Responded } from 'plugboard'
import { getSession, render, withCsrfToken } from 'plugboard/plugs'
import type { Handler } from 'plugboard/router'
import { logInUser, logOutEverywhere, logOutUser } from '../auth.js'
import type { User } from '../data/repository.js'
import { normalEmail } from '../data/values.js'
import { emptySignup, readCredentials, readSignup, type SignupForm } from '../forms.js'
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

export const newSignup: Handler<Browser> = signupPage(emptySignup)

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
        : logInUser(user.right, 'Your account has been created.')(conn),
    ),
  )
}

// --- logging in

const loginPage =
  (email = '', problem = '') =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.login, { title: 'Log in', email, problem }))

export const newLogin: Handler<Browser> = loginPage()

const wrongPassword =
  (email: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putStatus('unprocessableEntity'), loginPage(email, 'Invalid email or password'))

const tooManyAttempts =
  (email: string, wait: number) =>
  (conn: Browser): Conn & Responded =>
    pipe(
      conn,
      putStatus('tooManyRequests'),
      putRespHeader('retry-after', String(wait)),
      loginPage(email, `Too many attempts. Try again in ${wait === 1 ? 'a second' : `${wait} seconds`}.`),
    )

export const createLogin: Handler<Browser> = conn => {
  const { repository, attempts } = conn.assigns.services
  const credentials = readCredentials(conn.bodyParams)
  const { email } = credentials
  const attempt = { account: normalEmail(email), address: conn.remoteIp }

  const enter = (user: User | null): Effect<Conn & Responded> =>
    user === null
      ? effect.of(wrongPassword(email)(conn))
      : pipe(
          attempts.succeed(attempt),
          effect.chain(() => logInUser(user, 'Welcome back!')(conn)),
        )

  return pipe(
    attempts.begin(attempt, conn.now),
    effect.chain(wait =>
      wait > 0
        ? effect.of(tooManyAttempts(email, wait)(conn))
        : pipe(repository.authenticate(credentials), effect.chain(enter)),
    ),
  )
}

// --- being logged in

export const account: Handler<Authenticated> = conn => {
  const seconds = getSession('logged_in_at')(conn)
  const loggedInAt = typeof seconds === 'number' ? seconds * 1000 : undefined
  return pipe(conn, withCsrfToken, render(views.account, { title: 'Your account', loggedInAt }))
}

export const logout: Handler<Browser> = logOutUser

export const logoutEverywhere: Handler<Authenticated> = logOutEverywhere
