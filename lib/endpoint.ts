/**
 * An endpoint is one app: configuration, and the plug that answers every request. It is itself a plug, so that it can
 * be tested as a pure function; adapters take the configuration from it.
 */
import type { Conn, Halted, Responded } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { CookieMemo } from './crypto/cookie-memo.js'
import { errorResponse } from './error-response.js'
import type { AnyPlug } from './fold.js'
import { originProblem } from './http/origin.js'
import { checkAtBoot, checkedAtBoot } from './boot.js'
import { pipeline } from './plug.js'
import type { TelemetryPort } from './port.js'
import type { Result } from './effect.js'
import { runner, type RenderErrors } from './run.js'
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
 */
export const checkSecretKeyBase = (secret: unknown, place = ''): void => {
  const length = typeof secret === 'string' ? Buffer.byteLength(secret) : 0
  if (length < 64)
    throw new TypeError(
      `${place}secretKeyBase must be a string of at least 64 bytes, and ${typeof secret === 'string' ? `has ${length}` : 'is no string'}; ${hint}`,
    )
}

/** The memo that an option asks for. */
const memoOf = (option: EndpointOptions['cookieMemo']): CookieMemo | undefined => {
  if (option === undefined) return undefined
  const maxBytes: unknown = Object(option).maxBytes
  if (!Number.isSafeInteger(maxBytes) || (maxBytes as number) < 1)
    throw new TypeError('endpoint: cookieMemo must be { maxBytes }, a whole number of bytes, at least 1')
  return new CookieMemo(maxBytes as number)
}

/** Throws unless a value can be a port for telemetry. */
const checkTelemetry = (port: unknown): void => {
  const { systemTime, monotonicTime, execute } = Object(port) as {
    readonly [K in keyof TelemetryPort]?: unknown
  }
  if (![systemTime, monotonicTime, execute].every(part => typeof part === 'function'))
    throw new TypeError(
      'endpoint: telemetry must be a telemetry port, such as telemetryTo(…) of plugboard/node: functions systemTime, monotonicTime and execute',
    )
}

const memos = new WeakMap<object, CookieMemo>()

/** The memo of cookies that an endpoint has made, for the adapter, which makes its conns with it. */
export const cookieMemoOf = (app: Endpoint): CookieMemo | undefined => memos.get(app)

/**
 * Makes an app of its configuration and the plug that answers every request: usually a pipeline that ends in a router.
 *
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
  // one that is given and undefined is a variable that was not set
  if ('secretKeyBase' in options) checkSecretKeyBase(options.secretKeyBase)
  const problem =
    'url' in options
      ? originProblem(options.url, 'an app that lives under one is mounted there by forward')
      : undefined
  if (problem !== undefined) throw new TypeError(`endpoint: url ${problem}`)
  const { secretKeyBase, url, telemetry, renderErrors = errorResponse } = options
  if (typeof renderErrors !== 'function')
    throw new TypeError('endpoint: renderErrors must be a function from a failure to a plug')
  const cookieMemo = memoOf(options.cookieMemo)
  if (telemetry !== undefined) checkTelemetry(telemetry)
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
  const runInner = runner(inner, renderErrors, telemetry)
  const runOne = telemetry === undefined ? runInner : observedRun(telemetry, runInner)
  const endpoint = (conn: Conn): unknown => inner(ready(conn))
  if (cookieMemo !== undefined) memos.set(endpoint, cookieMemo)
  checkedAtBoot(endpoint, given => checkAtBoot(inner, { ...given, secretKeyBase }))
  // not enumerable: whoever prints an endpoint must not print its secret
  return Object.defineProperties(endpoint, {
    options: { value: options },
    run: { value: (conn: Conn) => runOne(ready(conn)) },
  }) as Endpoint
}

/** An app as an adapter takes it: an endpoint, or any plug, which is an endpoint without configuration. */
export type App = Endpoint | ((conn: Conn) => unknown)

/** The endpoint of an app. */
export const endpointOf = (app: App): Endpoint => ('run' in app ? app : endpoint({}, app as Endpoint))
