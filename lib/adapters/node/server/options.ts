/** The options of `serve`: their meaning, their defaults, and their check before anything starts. */
import { availableParallelism, constants } from 'node:os'
import type { ServerOptions as SecureOptions } from 'node:https'
import { checkOptions, func, integer, milliseconds, object, string, type Rules } from '../../../options.js'
import { toStderr, type OnError } from '../report.js'

/** How an app is served. */
export interface ServeOptions {
  /** The port; 0 for any free one. Default: 4000, unless there is `path` or `fd`. */
  readonly port?: number
  /** The address or host name to listen on. Default: all addresses of the machine. */
  readonly host?: string
  /**
   * The path of a Unix domain socket to listen on, instead of a port. A socket file on which no process listens is replaced.
   * `conn.remoteIp` is then `'127.0.0.1'`.
   */
  readonly path?: string
  /** The file mode of that socket, such as `0o660`. Default: as the umask of the process says. */
  readonly socketMode?: number
  /** The descriptor of a socket that listens already, instead of a port: systemd passes 3. */
  readonly fd?: number
  /**
   * TLS: the options of `node:tls`, at least `key` and `cert`, or `pfx`, or `SNICallback`; `conn.scheme` is then `'https'`.
   * Default: plain HTTP.
   */
  readonly tls?: Pick<
    SecureOptions,
    'key' | 'cert' | 'ca' | 'pfx' | 'passphrase' | 'minVersion' | 'SNICallback'
  >
  /** The most bytes of the request line and headers; more is a 431. Default: 16,384. */
  readonly maxHeaderSize?: number
  /** The most bytes of the request target; more is a 414. Default: 8,192. */
  readonly maxTargetSize?: number
  /** Milliseconds within which the head of a request must arrive; later is a 408. Default: 10,000; 0 for no limit. */
  readonly headersTimeout?: number
  /** Milliseconds within which the whole request must arrive; later is a 408. Default: 300,000; 0 for no limit. */
  readonly requestTimeout?: number
  /** Milliseconds for which an idle connection stays open. Default: 5,000; 0 for no limit. */
  readonly keepAliveTimeout?: number
  /**
   * The connection is closed if bytes wait to be sent and the client reads nothing for this many milliseconds. The time in which
   * the app prepares a response does not count. Default: 60,000; 0 for no limit.
   */
  readonly sendTimeout?: number
  /**
   * The fewest bytes of a request body that must arrive in a second, on average, while the app reads it; a slower body is a 408.
   * Default: 240; 0 for no limit.
   */
  readonly minRequestRate?: number
  /**
   * The fewest bytes of responses that the client must read in a second, on average, while bytes wait to be sent; the connection
   * of a slower one is closed. Default: 240; 0 for no limit.
   */
  readonly minResponseRate?: number
  /** Milliseconds for which a body or a client may be slower than these rates. Default: 5,000. */
  readonly rateGrace?: number
  /**
   * How many requests of one connection may be pending: they run, or their responses are not sent yet. If a client sends more
   * (pipelining), the server stops reading the connection until fewer are pending. Default: 8.
   */
  readonly maxPendingRequests?: number
  /**
   * With this many bytes of unsent responses on one connection, no further request of it runs, and the server stops reading it.
   * Default: 1,048,576.
   */
  readonly maxPendingBytes?: number
  /**
   * Milliseconds within which the app must respond. Then `conn.signal` fires, the client gets a 503 with the headers that plugs
   * have put so far, and `onError` is called. The time until the first chunk of a stream counts, unless the stream has
   * `flushHeaders`. Default: 0 (no limit).
   */
  readonly deadline?: number
  /**
   * If the event loop is delayed by more than this many milliseconds, requests get a 503 with `retry-after: 1` and the app does not
   * run. Default: 0 (no limit).
   */
  readonly maxEventLoopDelay?: number
  /** Milliseconds within which requests in flight must finish when the server stops; then they are cut off. Default: 10,000. */
  readonly drainTimeout?: number
  /**
   * Signals of the process that stop the server. Default: SIGTERM and SIGINT; `[]` for none. A second signal ends the process
   * immediately, as it would without a server.
   */
  readonly stopOn?: readonly NodeJS.Signals[]
  /**
   * The number of processes that serve, or `'cores'` for as many as the machine runs in parallel. The program runs again in each
   * of them. They share the port, one that ends is replaced, and all stop together. Default: this process alone.
   */
  readonly workers?: number | 'cores'
  /**
   * Called with every failure that is a bug: a value that was thrown, the cause of a 5xx, a failure while a body was sent.
   * Called without a conn if a worker ended by itself. Default: its stack goes to stderr.
   */
  readonly onError?: OnError
}

/** The options with their defaults. */
export type Settings = Required<
  Omit<ServeOptions, 'host' | 'path' | 'socketMode' | 'fd' | 'tls' | 'workers'>
> &
  Pick<ServeOptions, 'host' | 'path' | 'socketMode' | 'fd' | 'tls'> & { readonly workers?: number }

const defaults: Settings = {
  port: 4000,
  maxHeaderSize: 16_384,
  maxTargetSize: 8_192,
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 5_000,
  sendTimeout: 60_000,
  minRequestRate: 240,
  minResponseRate: 240,
  rateGrace: 5_000,
  maxPendingRequests: 8,
  maxPendingBytes: 1_048_576,
  deadline: 0,
  maxEventLoopDelay: 0,
  drainTimeout: 10_000,
  stopOn: ['SIGTERM', 'SIGINT'],
  onError: toStderr,
}

/** What Node counts in 32 bits. */
const size = { ...integer(1, 2_147_483_647), must: 'a positive integer (bytes)' }
const rate = integer(0, 2_147_483_647, 'bytes a second')
const workerCount = integer(1, 1_024)

/** A system cuts a longer path of a socket, without a word; some allow no more than this. */
const longestPath = 103

/** Signals that a process cannot catch. */
const uncatchable: readonly unknown[] = ['SIGKILL', 'SIGSTOP']

const rules: Rules = {
  port: integer(0, 65_535),
  host: { ...string, must: 'an address or a host name' },
  path: {
    must: `a non-empty string of at most ${longestPath} bytes`,
    ok: value => string.ok(value) && Buffer.byteLength(value as string) <= longestPath,
  },
  socketMode: { ...integer(0, 0o777), must: 'a file mode from 0 to 0o777' },
  fd: integer(0, 2_147_483_647),
  tls: object,
  maxHeaderSize: size,
  maxTargetSize: size,
  headersTimeout: milliseconds,
  requestTimeout: milliseconds,
  keepAliveTimeout: milliseconds,
  sendTimeout: milliseconds,
  minRequestRate: rate,
  minResponseRate: rate,
  rateGrace: milliseconds,
  maxPendingRequests: integer(1, 1_024),
  maxPendingBytes: size,
  deadline: milliseconds,
  maxEventLoopDelay: milliseconds,
  drainTimeout: milliseconds,
  stopOn: {
    must: 'an array of names of signals that can be caught',
    ok: value =>
      Array.isArray(value) &&
      value.every(name => Object.hasOwn(constants.signals, String(name)) && !uncatchable.includes(name)),
  },
  workers: {
    must: `${workerCount.must as string}, or 'cores'`,
    ok: value => value === 'cores' || workerCount.ok(value),
  },
  onError: func(),
}

/** Checks that the options name one place to listen. */
const checkPlace = ({ port, host, path, socketMode, fd }: ServeOptions): void => {
  const places = [port, path, fd].filter(place => place !== undefined)
  if (places.length > 1) throw new TypeError('serve: give only one of port, path and fd')
  if (host !== undefined && (path !== undefined || fd !== undefined))
    throw new TypeError('serve: host requires a port, not path or fd')
  if (socketMode !== undefined && path === undefined) throw new TypeError('serve: socketMode requires path')
}

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
 * @throws TypeError if an option is unknown or invalid; the message names it
 */
export const settingsOf = (options: ServeOptions): Settings => {
  const settings: Record<string, unknown> = { ...defaults }
  checkOptions('serve', options, rules)
  checkPlace(options)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    settings[name] = value === 'cores' && name === 'workers' ? availableParallelism() : value
  }
  const made = settings as unknown as Settings
  if (made.tls !== undefined) checkTls(made.tls)
  if (made.requestTimeout === 0 || made.headersTimeout <= made.requestTimeout) return made
  if (options.headersTimeout === undefined) return { ...made, headersTimeout: made.requestTimeout }
  throw new TypeError('serve: headersTimeout must not be longer than requestTimeout')
}
