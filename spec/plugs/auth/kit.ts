// A small site that people log in to, for the specs of the authentication kit; and browsers that visit it.
import {
  decodeCookies,
  effect,
  pipe,
  pipeline,
  text,
  type After,
  type App,
  type Conn,
  type Responded,
} from '../../../lib/index.js'
import { conn, recycle, run, type ConnOptions } from '../../../lib/testing/index.js'
import {
  authentication,
  memoryTokenStore,
  type AuthOptions,
  type LogInOptions,
  type TokenStore,
  type WithCurrentUser,
} from '../../../plugs/auth/index.js'
import { accepts } from '../../../plugs/accepts.js'
import { protectFromForgery, withCsrfToken } from '../../../plugs/csrf.js'
import { fetchFlash, getFlash } from '../../../plugs/flash.js'
import { parsers } from '../../../plugs/parsers.js'
import {
  cookieStore,
  fetchSession,
  memoryStore,
  memoryTable,
  mergeSession,
  session,
  type SessionOptions,
  type Store,
} from '../../../plugs/session/index.js'
import { router, scope } from '../../../router/index.js'

export interface User {
  readonly id: number
  readonly name: string
}
export const ada: User = { id: 1, name: 'ada' }
export const bob: User = { id: 2, name: 'bob' }

export const secretKeyBase = 'a secret of at least sixty-four bytes, as every endpoint asks for one, is here'
export const day = 86_400_000
export const minute = 60_000
/** When the first request arrives. */
export const start = Date.UTC(2026, 0, 1)
export const remembering = '_user_remember_me'

export const stores: Readonly<Record<string, () => Store>> = {
  cookie: () => cookieStore({ signingSalt: 'a salt' }),
  memory: () => memoryStore(memoryTable(), { ttl: 400 * 86_400 }),
}

/** What a site is made of; all of it has a default. */
export interface Making {
  readonly options?: Partial<AuthOptions<User, unknown>>
  readonly logIn?: LogInOptions
  readonly store?: () => Store
  readonly cookie?: Partial<SessionOptions>
}

/**
 * The site. `/` says who is asking, `/private` and `/sudo` ask who it is, `/anonymous` is for nobody else, `/form` shows a
 * token, `/flash` the flash; `/ada` and `/bob` log in, `/remember` logs ada in to be remembered; `/out`, `/out/everywhere`
 * and `/out/elsewhere` log out. It is all got, so that no form is needed.
 */
export const makeSite = ({
  options = {},
  logIn = {},
  store = stores['cookie'],
  cookie = {},
}: Making = {}) => {
  const tokens: TokenStore<User> = memoryTokenStore<User>()
  const auth = authentication({ tokens, ...options })
  const browser = pipeline(
    parsers(),
    accepts(['html', 'json']),
    session({ store: (store as () => Store)(), key: '_key', ...cookie }),
    fetchSession,
    fetchFlash,
    protectFromForgery,
    auth.validateSessionAge,
    auth.fetchCurrentUser,
  )
  const required = pipeline.from<After<typeof browser>>()(auth.requireAuthenticatedUser)
  const sudo = pipeline.from<After<typeof required>>()(auth.requireSudoMode)
  const anonymous = pipeline.from<After<typeof browser>>()(auth.redirectIfAuthenticated)

  const who = (c: Conn & WithCurrentUser<User>): Conn & Responded =>
    text(`${c.assigns.currentUser?.name ?? 'nobody'} ${auth.authenticatedAt(c) ?? ''}`.trim())(c)

  const app = router(
    scope('/', browser, ({ get, post, scope: inside }) => [
      get('/', who),
      get('/flash', c => text(JSON.stringify(getFlash()(c)))(c)),
      get('/form', c => {
        const formed = withCsrfToken(c)
        return text(formed.assigns.csrfToken)(formed)
      }),
      post('/form', text('thank you')),
      get('/put', c => pipe(c, mergeSession({ theme: 'dark', cart: 3 }), text('put'))),
      get('/session', c => text(JSON.stringify(c.sessions.session.data))(c)),
      get('/ada', auth.logInUser(ada, logIn)),
      get('/bob', auth.logInUser(bob, logIn)),
      get('/remember', auth.logInUser(ada, { ...logIn, rememberMe: true })),
      get('/out', auth.logOutUser),
      inside('/', anonymous, ({ get: page }) => [page('/anonymous', text('a form'))]),
      inside('/', required, ({ get: page, post: send, scope: within }) => [
        page('/private', who),
        page('/private/*rest', who),
        send('/private', who),
        page('/log-in', who),
        page('/out/everywhere', auth.logOutEverywhere),
        page('/out/elsewhere', c => pipe(auth.logOutElsewhere(c), effect.map(text('done')))),
        within('/', sudo, ({ get: guarded }) => [guarded('/sudo', who)]),
      ]),
    ]),
  )
  return { app, tokens, auth }
}

/** Somebody with a browser. */
export interface Visitor {
  readonly last: Conn
  readonly get: (path: string, options?: ConnOptions) => Conn
  readonly post: (path: string, options?: ConnOptions) => Conn
  /** What a page says. */
  readonly read: (path: string, options?: ConnOptions) => string
  /** Lets time pass. */
  readonly wait: (milliseconds: number) => void
  /** Its cookies by name. */
  readonly cookies: () => Readonly<Record<string, string>>
  /** Closes the browser: cookies without an age are gone. */
  readonly reopen: () => Visitor
  /** Another browser with the same cookies. */
  readonly copy: () => Visitor
}

let visitors = 0

/** Visits a site. Every answer is there at once: nothing of it is asynchronous. */
export const visitor = (site: { readonly app: App }, options: ConnOptions = {}): Visitor => {
  let now = options.now ?? start
  const plain = { secretKeyBase, headers: { accept: 'text/html' } }
  let last = conn('GET', '/', { seed: `visitor ${(visitors += 1)}`, ...plain, ...options, now })
  const send = (method: string, path: string, more: ConnOptions = {}): Conn =>
    (last = run(site.app)(recycle(last)(method, path, { now, ...more })))
  const cookies = (): Readonly<Record<string, string>> =>
    decodeCookies(recycle(last)('GET', '/').reqHeaders.getAll('cookie'))
  return {
    get last() {
      return last
    },
    get: (path, more) => send('GET', path, more),
    post: (path, more) => send('POST', path, more),
    read: (path, more) => String(send('GET', path, more).respBody),
    wait: milliseconds => void (now += milliseconds),
    cookies,
    reopen: () => {
      const { [remembering]: kept } = cookies()
      return visitor(site, { now, ...(kept !== undefined && { cookies: { [remembering]: kept } }) })
    },
    copy: () => visitor(site, { now, cookies: cookies() }),
  }
}

/** Where a response leads. */
export const locationOf = (done: Conn): string | undefined => done.respHeaders.get('location')
