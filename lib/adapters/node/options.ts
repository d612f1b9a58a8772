/** The options of `serve`: what they mean, their defaults, and the check that is made before anything starts. */
import { availableParallelism, constants } from 'node:os'
import type { ServerOptions as SecureOptions } from 'node:https'
import { toStderr, type OnError } from './report.js'

/** How an app is served. */
export interface ServeOptions {
  /** The port; 0 takes a free one. Default 4000. */
  readonly port?: number
  /** The address or host name to listen on. Default: all addresses of the machine. */
  readonly host?: string
  /**
   * TLS: what `node:tls` takes, at least `key` and `cert`, or `pfx`, or `SNICallback`. Without it, plain HTTP.
   * `conn.scheme` is then `'https'`.
   */
  readonly tls?: Pick<
    SecureOptions,
    'key' | 'cert' | 'ca' | 'pfx' | 'passphrase' | 'minVersion' | 'SNICallback'
  >
  /** Bytes of the request line and headers at most; more is a 431. Default 16,384. */
  readonly maxHeaderSize?: number
  /** Bytes of the request target at most; more is a 414. Default 8,192. */
  readonly maxTargetSize?: number
  /** Milliseconds in which the request's head must arrive; later is a 408. Default 10,000; 0 for no limit. */
  readonly headersTimeout?: number
  /** Milliseconds in which the whole request must arrive; later is a 408. Default 300,000; 0 for no limit. */
  readonly requestTimeout?: number
  /** Milliseconds that an idle connection is kept open. Default 5,000; 0 for no limit. */
  readonly keepAliveTimeout?: number
  /**
   * Milliseconds in which a client that is sent a long response must take something of it; one that does not is cut
   * off. Default 60,000; 0 for no limit.
   */
  readonly sendTimeout?: number
  /**
   * Milliseconds that an app may take to answer; then `conn.signal` fires, the client gets a 503 and `onError` is told.
   * Default 0: no limit.
   */
  readonly deadline?: number
  /** Milliseconds that requests in flight are given when the server stops. Default 10,000. */
  readonly drainTimeout?: number
  /**
   * Signals of the process that stop the server. Default SIGTERM and SIGINT; `[]` for none. A second signal ends the
   * process at once, as it would without a server.
   */
  readonly stopOn?: readonly NodeJS.Signals[]
  /**
   * How many processes serve, or `'cores'` for as many as the machine runs at once. The program runs once more in each of
   * them; they share the port, one that ends is replaced, and all stop together. Default: this process alone.
   */
  readonly workers?: number | 'cores'
  /**
   * Told of every failure that is a bug: what was thrown, what lay beneath a 5xx, what failed while a body was sent; and,
   * without a conn, of a worker that ended by itself. Default: its stack goes to stderr.
   */
  readonly onError?: OnError
}

/** The options with their defaults. */
export type Settings = Required<Omit<ServeOptions, 'host' | 'tls' | 'workers'>> &
  Pick<ServeOptions, 'host' | 'tls'> & { readonly workers?: number }

const defaults: Settings = {
  port: 4000,
  maxHeaderSize: 16_384,
  maxTargetSize: 8_192,
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 5_000,
  sendTimeout: 60_000,
  deadline: 0,
  drainTimeout: 10_000,
  stopOn: ['SIGTERM', 'SIGINT'],
  onError: toStderr,
}

const whole = (least: number, most: number) => ({
  check: (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  must: `be a whole number from ${least} to ${most}`,
})
/** Node's timers count no further than this. */
const milliseconds = whole(0, 2_147_483_647)
const workerCount = whole(1, 1_024)

/** Signals that a process cannot catch. */
const uncatchable: readonly unknown[] = ['SIGKILL', 'SIGSTOP']

const rules = new Map<string, { readonly check: (value: unknown) => boolean; readonly must: string }>([
  ['port', whole(0, 65_535)],
  ['host', { check: value => typeof value === 'string' && value !== '', must: 'be an address or a name' }],
  ['tls', { check: value => typeof value === 'object' && value !== null, must: 'be an object' }],
  ['maxHeaderSize', whole(1, 2_147_483_647)],
  ['maxTargetSize', whole(1, 2_147_483_647)],
  ['headersTimeout', milliseconds],
  ['requestTimeout', milliseconds],
  ['keepAliveTimeout', milliseconds],
  ['sendTimeout', milliseconds],
  ['deadline', milliseconds],
  ['drainTimeout', milliseconds],
  [
    'stopOn',
    {
      check: value =>
        Array.isArray(value) &&
        value.every(name => Object.hasOwn(constants.signals, String(name)) && !uncatchable.includes(name)),
      must: 'be a list of names of signals that can be caught',
    },
  ],
  [
    'workers',
    {
      check: value => value === 'cores' || workerCount.check(value),
      must: `${workerCount.must}, or 'cores'`,
    },
  ],
  ['onError', { check: value => typeof value === 'function', must: 'be a function' }],
])

const checkTls = (tls: NonNullable<ServeOptions['tls']>): void => {
  if (!(tls.key && tls.cert) && !tls.pfx && !tls.SNICallback)
    throw new TypeError('serve: tls must have key and cert, or pfx, or SNICallback')
  try {
    process.getBuiltinModule('node:tls').createSecureContext(tls)
  } catch (cause) {
    throw new TypeError(
      `serve: tls must have a key and a certificate that fit: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/**
 * The options with their defaults.
 *
 * @throws TypeError for an unknown option or one that makes no sense; the message names it.
 */
export const settingsOf = (options: ServeOptions): Settings => {
  const settings: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(options)) {
    const rule = rules.get(name)
    if (rule === undefined) throw new TypeError(`serve: unknown option ${name}`)
    if (value === undefined) continue
    if (!rule.check(value)) throw new TypeError(`serve: ${name} must ${rule.must}`)
    settings[name] = value === 'cores' && name === 'workers' ? availableParallelism() : value
  }
  const made = settings as unknown as Settings
  if (made.tls !== undefined) checkTls(made.tls)
  if (made.requestTimeout === 0 || made.headersTimeout <= made.requestTimeout) return made
  if (options.headersTimeout === undefined) return { ...made, headersTimeout: made.requestTimeout }
  throw new TypeError('serve: headersTimeout must not be longer than requestTimeout')
}
