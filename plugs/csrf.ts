/**
 * Protection from cross-site request forgery (Plug.CSRFProtection): a request that may change something must bring a token
 * that only a page of this site could know. Nothing is kept outside of the conn and its session.
 */
import type { Conn, Csrf, Halted, WithBodyParams, WithCsrf, WithSession } from '../lib/conn.js'
import { assign } from '../lib/conn/assigns.js'
import { isConn } from '../lib/conn/is-conn.js'
import { ConnRecord } from '../lib/conn/record.js'
import { invalidCrossOriginRequest, invalidCsrfToken } from '../lib/error.js'
import { isFetched } from '../lib/fetched.js'
import type { Assign } from '../lib/fold.js'
import { fail } from '../lib/plug.js'
import {
  bareHost,
  dumpStateFromSession,
  hostOfToken,
  hostOfUrl,
  hostToken,
  maskedToken,
  stateEntropy,
  stateOf,
  validStateAndCsrfToken,
} from './csrf-token.js'
import { checkOptions, isListOf, isText, type Rules } from './options.js'
import { clearSession, configureSession, deleteSession, putSession } from './session/functions.js'
import { sessionName } from './session/options.js'
import { sessionOf } from './session/record.js'

export { dumpStateFromSession, validStateAndCsrfToken }

/** Options of {@link protectFromForgery}. */
export interface ProtectFromForgeryOptions<Name extends string = string> {
  /** The session's key for the state behind the tokens. Default `'_csrf_token'`, as in Plug. */
  readonly sessionKey?: string
  /**
   * What a request without a valid token meets: a failure with 403, or an empty session, for this request only.
   * Default `'exception'`.
   */
  readonly with?: 'exception' | 'clearSession'
  /**
   * Hosts besides the conn's own whose tokens are accepted: `'admin.example.com'`, or `'.example.com'` for all whose names
   * end so. Default none.
   */
  readonly allowHosts?: readonly string[]
  /** The name of the session that holds the state. Default `'session'`. */
  readonly sessionName?: Name
}

interface Config {
  readonly csrf: Csrf
  readonly allowHosts: readonly string[]
  /** What is done with a request that is refused. */
  readonly refuse: (conn: Conn) => Conn
}

const refused = invalidCsrfToken(
  'Invalid CSRF (cross-site request forgery) token: load the page again, and send the form from there',
)
const foreignScript = invalidCrossOriginRequest(
  'A script on another site asked for protected JavaScript: this response is for pages of this site only',
)

const rules: Rules = {
  sessionKey: { must: 'a string that is not empty', ok: isText },
  with: {
    must: "'exception' or 'clearSession'",
    ok: value => value === 'exception' || value === 'clearSession',
  },
  allowHosts: { must: 'a list of hosts, or of suffixes that begin with a dot', ok: isListOf(isText) },
  sessionName,
}

const configOf = (options: ProtectFromForgeryOptions): Config => {
  checkOptions('protectFromForgery', options, rules)
  const {
    sessionKey: key = '_csrf_token',
    with: answer,
    allowHosts = [],
    sessionName: session = 'session',
  } = options
  const ignore = configureSession('ignore', session)
  const clear = clearSession.named(session)
  type Fetched = Conn & WithSession<unknown, string>
  return {
    csrf: { session, key, round: 0 } as Csrf,
    allowHosts: allowHosts.map(host => host.toLowerCase()),
    refuse: answer === 'clearSession' ? conn => clear(ignore(conn as Fetched)) : conn => fail(conn, refused),
  }
}

const stateIn = (conn: Conn, { session, key }: Csrf): string | undefined =>
  dumpStateFromSession(sessionOf(conn, session).get(key))

const isSkipped = (conn: Conn): boolean => conn.private['plugboardSkipCsrfProtection'] === true

const isHere = (conn: Conn, allowed: readonly string[], host: string | undefined): boolean =>
  host !== undefined &&
  (host === bareHost(conn.host) ||
    allowed.some(each => each === host || (each.startsWith('.') && host.endsWith(each))))

const isValid = (conn: Conn, config: Config, state: string, token: unknown): boolean =>
  typeof token === 'string' &&
  (validStateAndCsrfToken(state, token) ||
    isHere(conn, config.allowHosts, hostOfToken(conn.secretKeyBase, state, token)))

const isVerified = (conn: Conn & WithBodyParams, config: Config): boolean => {
  const { method } = conn
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || isSkipped(conn)) return true
  const state = stateIn(conn, config.csrf)
  return (
    state !== undefined &&
    (isValid(conn, config, state, conn.bodyParams['_csrf_token']) ||
      isValid(conn, config, state, conn.reqHeaders.get('x-csrf-token')))
  )
}

const script = /^(?:text|application)\/javascript/

/** Refuses to send JavaScript to a page of another site, which could read from it what is meant for the user. */
const refuseForeignScripts = (conn: Conn): Conn =>
  conn.method === 'GET' &&
  !isSkipped(conn) &&
  script.test(conn.respHeaders.get('content-type') ?? '') &&
  !conn.reqHeaders.getAll('x-requested-with').includes('XMLHttpRequest')
    ? fail(conn, foreignScript)
    : conn

const protect = (conn: Conn & WithBodyParams, config: Config): Conn => {
  // A session that was not fetched is a mistake in the program, whatever the method.
  sessionOf(conn, config.csrf.session)
  const checked = isVerified(conn, config) ? conn : config.refuse(conn)
  return checked.halted || isFetched(conn.csrf)
    ? checked
    : ConnRecord.with(checked, {
        csrf: config.csrf,
        beforeSend: [...checked.beforeSend, refuseForeignScripts],
      })
}

interface ProtectFromForgery {
  /** The plug with other options. */
  <const Name extends string = 'session'>(
    options: ProtectFromForgeryOptions<Name>,
  ): <C extends Conn & WithSession<unknown, Name> & WithBodyParams>(conn: C) => (C & WithCsrf) | Halted
  /** Checks every request but GET, HEAD and OPTIONS. */
  <C extends Conn & WithSession<unknown> & WithBodyParams>(conn: C): (C & WithCsrf) | Halted
}

const standard = configOf({})

/**
 * Refuses requests that another site may have forged: any but GET, HEAD and OPTIONS without a valid token in the body's
 * `_csrf_token` or in the header `x-csrf-token` fails with `InvalidCsrfToken` (403). A JavaScript response to a GET that
 * was not made by a script of this site (`x-requested-with: XMLHttpRequest`) fails with `InvalidCrossOriginRequest` (403).
 *
 * A conn whose `private.plugboardSkipCsrfProtection` is `true` is let through: for tests.
 *
 * @throws TypeError when an option is wrong; the message names it.
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { fetchSession, parsers, protectFromForgery } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const browser = pipeline(fetchSession, parsers(), protectFromForgery, text('hello'))
 * run(browser)(conn('GET', '/', { session: {} })).status // => 200
 * run(browser)(conn('POST', '/', { session: {} })).status // => 403
 */
export const protectFromForgery: ProtectFromForgery = ((first: Conn | ProtectFromForgeryOptions) => {
  if (isConn(first)) return protect(first as Conn & WithBodyParams, standard)
  const config = configOf(first as ProtectFromForgeryOptions)
  return function protectFromForgery(conn: Conn & WithBodyParams) {
    return protect(conn, config)
  }
}) as ProtectFromForgery

const drawn = (conn: Conn, { session, key, round }: Csrf, purpose: string): string =>
  stateOf(conn.entropy(`plugboardCsrf:${session}:${key}:${round}:${purpose}`, stateEntropy))

/** The state that the session holds, or the one that it would get. */
const stateFor = (conn: Conn, csrf: Csrf): string => stateIn(conn, csrf) ?? drawn(conn, csrf, 'state')

/**
 * The token for a form of this site, to be sent back as `_csrf_token` or as the header `x-csrf-token`. The same conn gives
 * the same token. It is of use only if the session holds its state, which {@link withCsrfToken} sees to.
 *
 * @example
 * import type { Conn, WithCsrf } from 'plugboard'
 * import { getCsrfToken } from 'plugboard/plugs'
 * const field = (conn: Conn & WithCsrf) => `<input type="hidden" name="_csrf_token" value="${getCsrfToken(conn)}">`
 */
export const getCsrfToken = (conn: Conn & WithCsrf): string => {
  const { csrf } = conn
  return maskedToken(stateFor(conn, csrf), drawn(conn, csrf, 'mask'))
}

/**
 * The token for a form that is sent to a URL: the one of {@link getCsrfToken} for a path, and else one that is bound to the
 * URL's host, so that no other host can make use of it.
 *
 * @throws TypeError when the URL names a host and the app has no `secretKeyBase`.
 * @example
 * import type { Conn, WithCsrf } from 'plugboard'
 * import { getCsrfTokenFor } from 'plugboard/plugs'
 * const token = (conn: Conn & WithCsrf) => getCsrfTokenFor('https://pay.example.com/checkout')(conn)
 */
export const getCsrfTokenFor = (url: string) => {
  const host = hostOfUrl(url)
  return (conn: Conn & WithCsrf): string => {
    if (host === undefined) return getCsrfToken(conn)
    const { csrf } = conn
    if (conn.secretKeyBase === undefined)
      throw new TypeError('getCsrfTokenFor: a token for a host needs a secretKeyBase: give one to endpoint()')
    return hostToken(conn.secretKeyBase, stateFor(conn, csrf), drawn(conn, csrf, `nonce:${host}`), host)
  }
}

/**
 * Assigns `csrfToken` for a view that holds a form, and sees that the session holds the state behind it. Only pages that
 * ask for a token set a cookie.
 *
 * @example
 * import { pipeline, text, type Assigned, type Conn } from 'plugboard'
 * import { fetchSession, parsers, protectFromForgery, withCsrfToken } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const show = <C extends Conn & Assigned<{ readonly csrfToken: string }>>(c: C) => text(c.assigns.csrfToken)(c)
 * const form = pipeline(fetchSession, parsers(), protectFromForgery, withCsrfToken, show)
 * run(form)(conn('GET', '/', { session: {} })).status // => 200
 */
export const withCsrfToken = <C extends Conn & WithCsrf>(conn: C): Assign<C, 'csrfToken', string> => {
  const csrf: Csrf = conn.csrf
  const kept: Conn =
    stateIn(conn, csrf) === undefined
      ? putSession(
          csrf.key,
          drawn(conn, csrf, 'state'),
          csrf.session,
        )(conn as C & WithSession<unknown, string>)
      : conn
  return assign('csrfToken', getCsrfToken(kept as C))(kept as C)
}

/**
 * Deletes the state, so that all tokens made of it are invalid, as is done at log-in. A later token gets a new one.
 *
 * @example
 * import { pipe, type Conn, type WithCsrf, type WithSession } from 'plugboard'
 * import { configureSession, deleteCsrfToken } from 'plugboard/plugs'
 * const logIn = (conn: Conn & WithSession & WithCsrf) => pipe(conn, deleteCsrfToken, configureSession('renew'))
 */
export const deleteCsrfToken = <C extends Conn & WithCsrf>(conn: C): C => {
  const csrf: Csrf = conn.csrf
  const next = deleteSession(csrf.key, csrf.session)(conn as C & WithSession<unknown, string>)
  return ConnRecord.with(next, { csrf: { ...csrf, round: csrf.round + 1 } }) as Conn as C
}
