// Snippetbox as a function, and visitors who use it as a browser would: they keep cookies, read the token in a page's
// form and follow redirects. There is no socket, and the repository is in memory.
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { Conn, Endpoint } from 'plugboard'
import { memoryTokenStore, type TokenStore } from 'plugboard/auth'
import type { LogRecord, Store } from 'plugboard/plugs'
import { conn, recycle, run, type ConnOptions } from 'plugboard/testing'
import { makeAttempts } from '../../../examples/snippetbox/attempts.js'
import { readConfig, type Config, type Env } from '../../../examples/snippetbox/config.js'
import { makeMemoryRepository } from '../../../examples/snippetbox/data/memory-repository.js'
import type { Repository, User } from '../../../examples/snippetbox/data/repository.js'
import { openSessionStore } from '../../../examples/snippetbox/data/session-store.js'
import { makeEndpoint, type Ports } from '../../../examples/snippetbox/endpoint.js'

export const secret = 'a secret for the specs of Snippetbox, long enough for the keys of its cookies'
export const password = 'correct horse battery'
export const minute = 60_000
export const day = 24 * 60 * minute
/** When the first request of each visitor arrives. */
export const start = Date.UTC(2026, 0, 1)

export interface Site {
  readonly app: Endpoint
  readonly repository: Repository
  readonly tokens: TokenStore<User>
  readonly log: readonly LogRecord[]
}

/** The configuration of an environment; in development unless that says otherwise. */
export const configOf = (env: Env): Config => {
  const config = readConfig({ NODE_ENV: 'development', SECRET_KEY_BASE: secret, ...env })
  if (isLeft(config)) throw new TypeError(config.left.join('\n'))
  return config.right
}

/** A store of sessions that needs nothing to be opened. */
const storeOf = ({ session }: Config): Store => {
  const opened = openSessionStore(session, () => {
    throw new TypeError('there is no database here')
  })()
  if (opened instanceof Promise || isLeft(opened)) throw new TypeError('this store must be given')
  return opened.right.store
}

/** The site on a repository of its own, configured by an environment; in development unless that says otherwise. */
export const makeSite = (env: Env = {}, over: Partial<Repository> = {}, sessions?: Store): Site => {
  const config = configOf(env)
  const log: LogRecord[] = []
  const ports: Ports = {
    assets: { stat: () => () => right(undefined) },
    log: { write: record => () => void log.push(record) },
    sessions: sessions ?? storeOf(config),
  }
  const repository = { ...makeMemoryRepository(), ...over }
  const tokens = memoryTokenStore<User>()
  const services = { repository, tokens, attempts: makeAttempts(), mode: config.mode }
  return { app: makeEndpoint(config, services, ports), repository, tokens, log }
}

/** The page of a response. */
export const pageOf = (done: Conn): string => (typeof done.respBody === 'string' ? done.respBody : '')

/** Where a response leads. */
export const locationOf = (done: Conn): string | undefined => done.respHeaders.get('location')

/** The token in a page's forms. */
export const tokenOf = (done: Conn): string | undefined =>
  /name="_csrf_token" value="([^"]+)"/.exec(pageOf(done))?.[1]

export type Form = Readonly<Record<string, string>>

/** Somebody with a browser. */
export interface Visitor {
  /** What the last response was. */
  readonly last: Conn
  readonly get: (path: string, options?: ConnOptions) => Conn
  /** Opens a page and sends a form with that page's token. */
  readonly submit: (page: string, method: 'post' | 'put' | 'delete', action: string, form?: Form) => Conn
  /** Sends a request as it is. */
  readonly send: (method: string, path: string, options?: ConnOptions) => Conn
  /** Goes where the last response leads. */
  readonly follow: () => Conn
  /** Lets time pass. */
  readonly wait: (milliseconds: number) => void
  /** The value of the session's cookie. */
  readonly cookie: () => string | undefined
}

let visitors = 0

export const visitor = ({ app }: Site, options: ConnOptions = {}): Visitor => {
  let now = options.now ?? start
  let last = conn('GET', '/', { seed: `visitor ${(visitors += 1)}`, ...options, now })
  const send: Visitor['send'] = (method, path, more = {}) =>
    (last = run(app)(recycle(last)(method, path, { now, ...more })))
  const get: Visitor['get'] = (path, more) => send('GET', path, more)
  return {
    get last() {
      return last
    },
    get,
    send,
    submit: (page, method, action, form = {}) => {
      const _csrf_token = tokenOf(get(page)) ?? ''
      return send('POST', action, {
        form: { ...form, _csrf_token, ...(method !== 'post' && { _method: method }) },
      })
    },
    follow: () => get(locationOf(last) ?? 'nowhere'),
    wait: milliseconds => void (now += milliseconds),
    cookie: () =>
      /_snippetbox_key=([^;]+)/.exec(recycle(last)('GET', '/').reqHeaders.get('cookie') ?? '')?.[1],
  }
}

export const signUp = (who: Visitor, email: string): Conn =>
  who.submit('/signup', 'post', '/signup', { email, password })

export const logIn = (who: Visitor, email: string, secret = password): Conn =>
  who.submit('/login', 'post', '/login', { email, password: secret })

export const logOut = (who: Visitor): Conn => who.submit('/', 'delete', '/logout')

/** A visitor who has signed up. */
export const member = (site: Site, email: string): Visitor => {
  const who = visitor(site)
  signUp(who, email)
  return who
}

/** Writes a snippet; its path. */
export const write = (who: Visitor, title: string, content = 'text'): string =>
  locationOf(who.submit('/snippets/new', 'post', '/snippets', { title, content })) ?? 'nowhere'

export const isLoggedIn = (who: Visitor): boolean => who.get('/account').status === 200
