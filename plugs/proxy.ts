/**
 * Passes requests on to another server and its answers back, as an HTTP gateway does (RFC 9110 §7.6): for what has not
 * moved to this app yet, or is never going to.
 */
import type { Conn, Halted } from '../lib/conn.js'
import { halt } from '../lib/conn/response.js'
import { chain, type Effect } from '../lib/effect.js'
import { declare } from '../lib/declared.js'
import {
  badGateway,
  badRequest,
  gatewayTimeout,
  isPlugError,
  requestTimeout,
  requestTooLarge,
} from '../lib/error.js'
import { left, right } from '../lib/fp.js'
import { fail } from '../lib/plug.js'
import type { ClientResponse, HttpClient } from '../lib/port-types.js'
import { portOf } from '../lib/ports.js'
import { bytes, checkOptions, flag, having, milliseconds, required, type Rules } from '../lib/options.js'
import { requestOf, type Passing } from './proxy/request.js'
import { respond } from './proxy/response.js'

export type { ClientBody, ClientRequest, ClientResponse, HttpClient } from '../lib/port-types.js'

/** Options of {@link proxy}. */
export interface ProxyOptions {
  /** The other server: its scheme, host and port, such as `'http://127.0.0.1:4001'`. */
  readonly to: string
  /** What sends the requests: `httpClient()` of `plugboard/node`. Time-outs are its options. */
  readonly via: HttpClient
  /**
   * Whether the other server sees the Host that the client asked for, which its links, cookies and checks of the origin
   * go by. Default true; else it sees its own.
   */
  readonly preserveHost?: boolean
  /**
   * Whether the path that this plug is mounted at (`forward`) is left out of the path. Default false: the other server
   * sees the path as it was sent.
   */
  readonly stripScriptName?: boolean
  /** Bytes of a request's body at most; more is a 413. Default: no limit of its own, for the other server has one. */
  readonly length?: number
  /** Milliseconds at most between two pieces of a request's body; longer is a 408. Default 15,000. */
  readonly readTimeout?: number
}

const isOrigin = (value: unknown): boolean => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, origin, href } = new URL(value)
  return (protocol === 'http:' || protocol === 'https:') && href === `${origin}/`
}

const rules: Rules = {
  to: {
    must: "the scheme, host and port of a server, such as 'http://127.0.0.1:4001'",
    ok: isOrigin,
    required: true,
  },
  via: required(having('an HTTP client, such as httpClient()', 'send')),
  preserveHost: flag,
  stripScriptName: flag,
  length: bytes,
  readTimeout: milliseconds,
}

/**
 * Passes a request on, and halts with the answer of the other server, whatever its status. Bodies are streamed both ways,
 * as fast as the receiver takes them; a body that was read before, as `parsers` does, is sent all the same.
 *
 * The request: method, path and query go as they came. Fields that belong to the connection (those of RFC 9110 §7.6.1 and
 * those that Connection names), `expect`, and all that a client says of forwarding (`forwarded`, `x-forwarded-…`) stay
 * behind. What is so on the conn is set: `x-forwarded-for`, `-proto`, `-host` and `-port` from `remoteIp`, `scheme`,
 * `host` and `port`, one value each, so that nothing a client made up arrives, whichever end of a list is read; behind
 * another proxy, `rewriteOn` says whom to believe. `via` gets an entry, and `x-request-id` what `requestId` has put on the
 * response.
 *
 * The answer: its fields replace those of the same name that earlier plugs put on the response, others stay; `vary` and
 * cookies of both are sent, and a request id stays this app's. An answer that breaks off is cut off at the client, too.
 *
 * A server that cannot be reached, or sends no sound answer, fails with `BadGateway` (502), one that takes too long with
 * `GatewayTimeout` (504), a client's body as it does elsewhere (400, 408, 413). Nothing is sent twice. A request whose
 * length is given in two ways is refused with 400; WebSockets, CONNECT and `OPTIONS *` are refused with 501, and other
 * upgrades ignored.
 *
 * @throws TypeError for options that make no sense; the message names the option.
 * @example
 * import { effect } from 'plugboard'
 * import { proxy, type HttpClient } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const echo: HttpClient = {
 *   send: ({ headers }) => effect.of({ status: 200, headers, body: undefined }),
 * }
 * const old = proxy({ to: 'http://127.0.0.1:4001', via: echo })
 * const done = run(old)(conn('GET', 'https://example.com/', { headers: { 'x-forwarded-for': '6.6.6.6' } }))
 * done.respHeaders.get('x-forwarded-proto') // => 'https'
 * done.respHeaders.get('x-forwarded-for') // => '127.0.0.1'
 */
export const proxy = (options: ProxyOptions) => {
  checkOptions('proxy', options, rules)
  const { to, via, preserveHost = true, stripScriptName = false, readTimeout = 15_000 } = options
  const { length = Number.MAX_SAFE_INTEGER } = options
  const passing: Passing = { origin: new URL(to).origin, preserveHost, stripScriptName, length, readTimeout }
  const client = portOf('proxy', via)
  const tooLarge = requestTooLarge(`the body is larger than ${length} bytes`)

  const passOn = function proxy(conn: Conn): Effect<Halted> | Halted {
    const request = requestOf(conn, passing)
    if (isPlugError(request)) return fail(conn, request)
    if (request.length !== undefined && request.length > length) return fail(conn, tooLarge)
    return chain((answer: ClientResponse) => () => {
      const responded = respond(conn, answer)
      return isPlugError(responded) ? left(responded) : right(halt(responded))
    })(client(conn).send(request))
  }
  return declare(passOn, () => [
    badRequest,
    requestTimeout,
    requestTooLarge,
    notProxied,
    badGateway,
    gatewayTimeout,
  ])
}

const notProxied = { status: 501, name: 'NotProxied' } as const
