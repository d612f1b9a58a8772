/**
 * An endpoint is one app: configuration, and the plug that answers every request. It is itself a plug, so that it can
 * be tested as a pure function; adapters take the configuration from it.
 */
import type { Conn, Halted, Responded } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { CookieMemo } from './crypto/cookie-memo.js'
import { errorResponse } from './error-response.js'
import type { AnyPlug } from './pipeline-types.js'
import { origin } from './http/origin.js'
import {
  anything,
  checkOptions,
  checkValue,
  func,
  having,
  integer,
  object,
  required,
  shown,
  type Rules,
} from './options.js'
import { checkAtBoot, checkedAtBoot } from './boot.js'
import type { Exceptions } from './exceptions.js'
import { pipeline } from './plug.js'
import { declareAll } from './declared.js'
import type { TelemetryPort } from './port-types.js'
import type { Result } from './effect.js'
import { runner, type RenderErrors } from './run.js'
import { steps } from './steps.js'
import { observedRun } from './telemetry.js'

/** What an endpoint is configured with. */
export interface EndpointOptions {
  /**
   * The secret that the keys of cookies, sessions and tokens are derived from: at least 64 bytes. Without it, whatever
   * needs a key fails with a message that says so. One that is given and undefined is refused: it is a variable that
   * was not set.
   */
  readonly secretKeyBase?: string | undefined
  /**
   * Where people reach the app, as an origin: scheme, host, and port where it is not the scheme's own, such as
   * `'https://example.com'`. The URLs that the app makes (a router's `url`, `currentUrl`) begin with it. Default: what
   * each request was sent to. Like the secret, one that is given and undefined is refused.
   */
  readonly url?: string | undefined
  /**
   * A memo of the session cookies that were opened lately, so that one that comes again need not be decrypted or verified
   * again: `{ maxBytes: 10_000_000 }`. It holds at most so many bytes in each process, of opened sessions. Default: none.
   */
  readonly cookieMemo?: { readonly maxBytes: number } | undefined
  /**
   * Who is told of each request that is run, of each failure that is rendered and of each dispatch of the app's routers:
   * `telemetryTo` of `plugboard/node`. Dispatches are effects then, since clocks are read. Of an endpoint that is a plug
   * inside another, its routers alone tell this port. Default: nobody.
   */
  readonly telemetry?: TelemetryPort | undefined
  /**
   * Says which failure an exception stands for, where an error of a library or of the app's own means something to the
   * client: `thrown => thrown instanceof NoSuchRow ? plugError(404, 'NoSuchRow', 'Not found') : undefined`. It is asked once
   * for each exception that no `rescue` has handled, hooks included, and the failure takes its place for `renderErrors`,
   * telemetry and log, with what was thrown as its `cause`. A function that throws, or returns something else, leaves a
   * 500. Of an endpoint that is a plug inside another, the outer one's is asked. Default: each exception is a bug (500).
   */
  readonly exceptions?: Exceptions
  /** Makes the response of a failure; by default a short page, JSON or text. */
  readonly renderErrors?: RenderErrors
}

/** A whole app as one plug. */
export interface Endpoint {
  (conn: Conn): Result<Responded | Halted>
  readonly options: EndpointOptions
  /** Executes the app on a conn: the final conn, or a promise of it. */
  readonly run: (conn: Conn) => Conn | Promise<Conn>
}

/** How to make a secret: 64 characters of base64. */
const hint = `make one with: node -e "console.log(require('crypto').randomBytes(48).toString('base64'))"`

/**
 * Throws unless a secret is long enough for the keys of cookies and sessions. The secret is never in the message.
 *
 * @param place What the message begins with, such as `'cookieStore: '`. Default nothing: the endpoint's secret.
 *
 * @throws TypeError if it is not a string of at least 64 bytes
 */
export const checkSecretKeyBase = (secret: unknown, place = ''): void => {
  const length = typeof secret === 'string' ? Buffer.byteLength(secret) : 0
  if (length < 64)
    throw new TypeError(
      `${place}secretKeyBase must be a string of at least 64 bytes, got ${typeof secret === 'string' ? `one of ${length} bytes` : shown(secret)}; ${hint}`,
    )
}

const rules = {
  // It has a check of its own, which says how to make one.
  secretKeyBase: anything,
  url: origin('mount an app that lives under a path with forward'),
  cookieMemo: object,
  telemetry: having(
    'a telemetry port, such as telemetryTo(…) of plugboard/node, with the functions systemTime, monotonicTime and execute',
    'systemTime',
    'monotonicTime',
    'execute',
  ),
  exceptions: func('from what was thrown to a PlugError or undefined'),
  renderErrors: func('from a failure to a plug'),
} satisfies Rules

const memoRules: Rules = { maxBytes: required(integer(1, undefined, 'bytes')) }

/** The cache that an option describes. */
const memoOf = (option: EndpointOptions['cookieMemo']): CookieMemo | undefined => {
  if (option === undefined) return undefined
  checkOptions('endpoint: cookieMemo', option, memoRules)
  return new CookieMemo(option.maxBytes)
}

const memos = new WeakMap<object, CookieMemo>()

/** The memo of cookies that an endpoint has made, for the adapter, which makes its conns with it. */
export const cookieMemoOf = (app: Endpoint): CookieMemo | undefined => memos.get(app)

const plugsByEndpoint = new WeakMap<object, readonly AnyPlug[]>()

/** The plugs that an endpoint is made of, for the adapter: the last one is its router or handler. */
export const plugsOf = (app: Endpoint): readonly AnyPlug[] => plugsByEndpoint.get(app) ?? []

/**
 * Makes an app of its configuration and the plug that answers every request: usually a pipeline that ends in a router.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it and shows no secret
 * @example
 * import { endpoint, text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const app = endpoint({}, text('hello'))
 * const { status } = await app.run(conn('GET', '/'))
 * status // => 200
 */
export const endpoint = (
  options: EndpointOptions,
  plug: (conn: Conn) => Result<Responded | Halted>,
): Endpoint => {
  checkOptions('endpoint', options, rules)
  // one that is given and undefined is a variable that was not set
  if ('secretKeyBase' in options) checkSecretKeyBase(options.secretKeyBase, 'endpoint: ')
  if ('url' in options) checkValue('endpoint', 'url', options.url, rules.url)
  const { secretKeyBase, url, telemetry, exceptions, renderErrors = errorResponse } = options
  const cookieMemo = memoOf(options.cookieMemo)
  const inner: AnyPlug = pipeline(plug)
  const config = {
    ...(secretKeyBase !== undefined && { secretKeyBase }),
    ...(url !== undefined && { endpointUrl: url }),
    ...(cookieMemo !== undefined && { cookieMemo }),
    ...(telemetry !== undefined && { telemetry }),
  }
  const ready = (conn: Conn): Conn =>
    (secretKeyBase === undefined || conn.secretKeyBase === secretKeyBase) &&
    (url === undefined || conn.endpointUrl === url) &&
    (cookieMemo === undefined || ConnRecord.cookieMemo(conn) === cookieMemo) &&
    (telemetry === undefined || ConnRecord.telemetry(conn) === telemetry)
      ? conn
      : ConnRecord.request(conn, config)
  const runInner = runner(inner, renderErrors, telemetry, exceptions)
  const runOne = telemetry === undefined ? runInner : observedRun(telemetry, runInner)
  const endpoint = (conn: Conn): unknown => inner(ready(conn))
  if (cookieMemo !== undefined) memos.set(endpoint, cookieMemo)
  declareAll(endpoint, () => [inner])
  plugsByEndpoint.set(endpoint, steps(inner))
  checkedAtBoot(endpoint, given => checkAtBoot(inner, { ...given, secretKeyBase }))
  // not enumerable: whoever prints an endpoint must not print its secret
  return Object.defineProperties(endpoint, {
    options: { value: options },
    run: { value: (conn: Conn) => runOne(ready(conn)) },
  }) as Endpoint
}

/** An app as an adapter takes it: an endpoint, or any plug, which is an endpoint without configuration. */
export type App = Endpoint | ((conn: Conn) => unknown)

/**
 * The endpoint of an app: the app itself if it is one, else one without configuration. For an adapter, which takes either.
 *
 * @example
 * import { endpointOf, text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const { status } = await endpointOf(text('hello')).run(conn('GET', '/'))
 * status // => 200
 */
export const endpointOf = (app: App): Endpoint => ('run' in app ? app : endpoint({}, app as Endpoint))
