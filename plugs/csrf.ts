/**
 * Protection from cross-site request forgery (Plug.CSRFProtection): a request that may change something must bring a token
 * that only a page of this site could know, or come from such a page by what the browser says. Nothing is kept outside of
 * the conn and its session.
 */
import type { Conn, Csrf, Halted, WithBodyParams, WithCsrf, WithSession } from '../lib/conn.js'
import { assign } from '../lib/conn/assigns.js'
import { isConn } from '../lib/conn/is-conn.js'
import { fetchedWriter } from '../lib/conn/fetch.js'
import { registerBeforeSend } from '../lib/conn/response.js'
import { declare } from '../lib/declared.js'
import { invalidCrossOriginRequest, invalidCsrfToken } from '../lib/error.js'
import { isFetched } from '../lib/fetched.js'
import type { Assign } from '../lib/pipeline-types.js'
import { fail } from '../lib/plug.js'
import {
  asciiHost,
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
import { isAllowedHost, isOfThisSite } from './fetch-metadata.js'
import { checkOptions, oneOf, string, strings, type Rules } from '../lib/options.js'
import { clearSession, configureSession, deleteSession, putSession } from './session/functions.js'
import { sessionName } from './session/options.js'
import { sessionOf } from './session/record.js'

export { dumpStateFromSession, validStateAndCsrfToken }

/** Options of {@link protectFromForgery}, for requests that bring a token. */
export interface ProtectFromForgeryOptions<Name extends string = string> {
  /** What a request must show: a token. Default `'token'`. */
  readonly mode?: 'token'
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

/** Options of {@link protectFromForgery}, for requests that are judged by what the browser says of them. */
export interface FetchMetadataOptions {
  /** What a request must show: headers that no page of another site can make a browser send. */
  readonly mode: 'fetchMetadata'
  /** What a request of another site meets: a failure with 403. Default `'exception'`. */
  readonly with?: 'exception'
  /**
   * Hosts besides the conn's own whose pages may send requests, whatever their port: `'admin.example.com'`, or
   * `'.example.com'` for all whose names end so. Default none.
   */
  readonly allowHosts?: readonly string[]
}

/** The same, where a request of another site meets an empty session, for this request only. */
export interface FetchMetadataClearOptions<Name extends string = string> extends Omit<
  FetchMetadataOptions,
  'with'
> {
  readonly with: 'clearSession'
  /** The name of the session that is empty then. Default `'session'`. */
  readonly sessionName?: Name
}

type Options = ProtectFromForgeryOptions | FetchMetadataOptions | FetchMetadataClearOptions

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

const foreignPage = invalidCrossOriginRequest(
  'A page of another site sent this request: open the page of this site, and send it from there',
)

const metadataRules: Rules = {
  mode: oneOf('token', 'fetchMetadata'),
  with: oneOf('exception', 'clearSession'),
  allowHosts: { ...strings, must: 'an array of hosts, or of suffixes that begin with a dot' },
  sessionName,
}
const rules: Rules = { ...metadataRules, sessionKey: string }

const lowered = (hosts: readonly string[] = []): readonly string[] => hosts.map(host => host.toLowerCase())

/** Empties the session of a name, for this request only. */
const clearing = (session: string): ((conn: Conn) => Conn) => {
  const ignore = configureSession('ignore', session)
  const clear = clearSession.named(session)
  return conn => clear(ignore(conn as Conn & WithSession<unknown, string>))
}

const configOf = (options: ProtectFromForgeryOptions): Config => {
  checkOptions('protectFromForgery', options, rules)
  const { sessionKey: key = '_csrf_token', with: answer, sessionName: session = 'session' } = options
  return {
    csrf: { session, key, round: 0 } as Csrf,
    allowHosts: lowered(options.allowHosts),
    refuse: answer === 'clearSession' ? clearing(session) : conn => fail(conn, refused),
  }
}

const stateIn = (conn: Conn, { session, key }: Csrf): string | undefined =>
  dumpStateFromSession(sessionOf(conn, session).get(key))

const isSkipped = (conn: Conn): boolean => conn.private['plugboardSkipCsrfProtection'] === true

const isSafe = ({ method }: Conn): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

const isHere = (conn: Conn, allowed: readonly string[], host: string | undefined): boolean => {
  if (host === undefined) return false
  if (host === bareHost(conn.host) || isAllowedHost(allowed, host)) return true
  // A token names a host beyond ASCII as the URL did, as in Plug; the request has its ASCII form.
  const ascii = asciiHost(host)
  return ascii !== host && isHere(conn, allowed, ascii)
}

const isValid = (conn: Conn, config: Config, state: string, token: unknown): boolean =>
  typeof token === 'string' &&
  (validStateAndCsrfToken(state, token) ||
    isHere(conn, config.allowHosts, hostOfToken(conn.secretKeyBase, state, token)))

const isVerified = (conn: Conn & WithBodyParams, config: Config): boolean => {
  if (isSafe(conn) || isSkipped(conn)) return true
  const state = stateIn(conn, config.csrf)
  return (
    state !== undefined &&
    (isValid(conn, config, state, conn.bodyParams['_csrf_token']) ||
      isValid(conn, config, state, conn.reqHeaders.get('x-csrf-token')))
  )
}

const script = /^(?:text|application)\/javascript/

/** Whether a response is JavaScript that a page of another site may have asked for. */
const isForeignScript = (conn: Conn): boolean =>
  conn.method === 'GET' &&
  !isSkipped(conn) &&
  script.test(conn.respHeaders.get('content-type') ?? '') &&
  !conn.reqHeaders.getAll('x-requested-with').includes('XMLHttpRequest')

/** Refuses to send JavaScript to a page of another site, which could read from it what is meant for the user. */
const refuseForeignScripts = (conn: Conn): Conn => (isForeignScript(conn) ? fail(conn, foreignScript) : conn)

const fetched = fetchedWriter('csrf', refuseForeignScripts)
const withState = fetchedWriter('csrf')

const protect = (conn: Conn & WithBodyParams, config: Config): Conn => {
  // A session that was not fetched is a mistake in the program, whatever the method.
  sessionOf(conn, config.csrf.session)
  const checked = isVerified(conn, config) ? conn : config.refuse(conn)
  return checked.halted || isFetched(conn.csrf) ? checked : fetched(checked, config.csrf)
}

/** The plug that asks for no token. */
const protectByMetadata = (options: FetchMetadataOptions | FetchMetadataClearOptions) => {
  checkOptions("protectFromForgery with mode 'fetchMetadata'", options, metadataRules)
  const allowed = lowered(options.allowHosts)
  const { with: answer, sessionName: session = 'session' } = options as Partial<FetchMetadataClearOptions>
  const clear = answer === 'clearSession' ? clearing(session) : undefined

  /** As without Fetch Metadata; but what a browser says a page of this site asked for is sent. */
  const refuseScripts = (conn: Conn): Conn =>
    isForeignScript(conn) && !(conn.reqHeaders.has('sec-fetch-site') && isOfThisSite(conn, allowed))
      ? fail(conn, foreignScript)
      : conn
  const refuseLater = registerBeforeSend(refuseScripts)

  return function protectFromForgery(conn: Conn): Conn {
    if (clear !== undefined) sessionOf(conn, session)
    const fine = isSafe(conn) || isSkipped(conn) || isOfThisSite(conn, allowed)
    const checked = fine ? conn : clear === undefined ? fail(conn, foreignPage) : clear(conn)
    return checked.halted ? checked : refuseLater(checked)
  }
}

interface ProtectFromForgery {
  /** The plug that judges requests by what the browser says of them. It needs neither a session nor a body. */
  (options: FetchMetadataOptions): <C extends Conn>(conn: C) => C | Halted
  /** The same, for apps in which a request of another site meets an empty session. */
  <const Name extends string = 'session'>(
    options: FetchMetadataClearOptions<Name>,
  ): <C extends Conn & WithSession<unknown, Name>>(conn: C) => C
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
 * With `mode: 'fetchMetadata'` there are no tokens, and neither a session nor a decoded body is needed. Such a request
 * passes if the browser says in `Sec-Fetch-Site` that a page of this origin made it, or the user (`same-origin`, `none`).
 * Where it says nothing, as browsers did before 2023 and do on plain http, its `Origin` must be this host and port. A page
 * on one of `allowHosts` passes too, over https if this is. A request with neither header comes from no browser that was led here
 * from another site, and passes. Any other fails with `InvalidCrossOriginRequest` (403).
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
 *
 * const modern = pipeline(protectFromForgery({ mode: 'fetchMetadata' }), text('hello'))
 * run(modern)(conn('POST', '/', { headers: { 'sec-fetch-site': 'same-origin' } })).status // => 200
 * run(modern)(conn('POST', '/', { headers: { 'sec-fetch-site': 'cross-site' } })).status // => 403
 */
export const protectFromForgery = declare(
  ((first: Conn | Options) => {
    if (isConn(first)) return protect(first as Conn & WithBodyParams, standard)
    const options = first as Options
    if (options?.mode === 'fetchMetadata')
      return declare(protectByMetadata(options), () => [invalidCrossOriginRequest])
    const config = configOf(options)
    return declare(
      function protectFromForgery(conn: Conn & WithBodyParams) {
        return protect(conn, config)
      },
      options.with === 'clearSession' ? () => [invalidCrossOriginRequest] : tokenFailures,
    )
  }) as ProtectFromForgery,
  () => tokenFailures(),
)

const tokenFailures = () => [invalidCsrfToken, invalidCrossOriginRequest]

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
 * @throws TypeError when the URL has a scheme and no host (`mailto:`, `javascript:`), or when it names a host and the app has no
 * `secretKeyBase`.
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
  return withState(next, { ...csrf, round: csrf.round + 1 })
}
