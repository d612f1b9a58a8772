/**
 * Takes the client's address, the scheme, the host and the port from what trusted proxies say of them (Plug.RewriteOn,
 * with the trust that it leaves to others).
 */
import type { Conn } from '../lib/conn.js'
import { putRequest, type RequestParts } from '../lib/conn/rewrite.js'
import { parseHost } from '../lib/http/uri.js'
import { checkOptions, isListOf, type Rules } from '../lib/options.js'
import { nodeAddress, parseForwarded } from './rewrite-on/forwarded.js'
import { isTrustable, parseAddress, truster, type Address } from './rewrite-on/trust.js'

/** A header that proxies write. */
export type ForwardedHeader =
  'forwarded' | 'x-forwarded-for' | 'x-forwarded-host' | 'x-forwarded-port' | 'x-forwarded-proto'

/** Options of {@link rewriteOn}. */
export interface RewriteOnOptions {
  /** The proxies: `'loopback'`, `'private'` (RFC 1918 and 4193), addresses, networks such as `'203.0.113.0/24'`. */
  readonly trust: readonly string[]
  /**
   * The headers to go by. Name those that the proxy sets on every request: any other it may pass on as a client made it
   * up. Default: the four that begin with `x-forwarded-`.
   */
  readonly headers?: readonly ForwardedHeader[]
}

const xForwarded: readonly ForwardedHeader[] = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]
const known: readonly unknown[] = ['forwarded', ...xForwarded]
const rules: Rules = {
  trust: {
    must: "an array of 'loopback', 'private', addresses and networks such as '10.0.0.0/8'",
    ok: isListOf(isTrustable),
    required: true,
  },
  headers: {
    must: `an array of ${known.join(', ')}`,
    ok: isListOf(name => known.includes(name)),
  },
}

type Changes = {
  -readonly [K in 'remoteIp' | 'scheme' | 'host' | 'port']?: Exclude<RequestParts[K], undefined>
}

/** The value of a header that was sent exactly once: of two, nobody knows whose is whose. */
const single = (conn: Conn, name: ForwardedHeader): string | undefined => {
  const values = conn.reqHeaders.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

const putScheme = (changes: Changes, conn: Conn, proto: string | undefined): void => {
  const secure = proto === 'https' || proto === 'wss'
  if (!secure && proto !== 'http') return
  changes.scheme = secure ? 'https' : 'http'
  if (conn.port === (conn.scheme === 'https' ? 443 : 80)) changes.port = secure ? 443 : 80
}

const putHost = (changes: Changes, text: string | undefined): void => {
  const parsed = text === undefined ? undefined : parseHost(text)
  if (parsed === undefined) return
  changes.host = parsed.host
  if (parsed.port !== undefined) changes.port = parsed.port
}

const putPort = (changes: Changes, text: string | undefined): void => {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port > 0 && port <= 65_535) changes.port = port
}

/**
 * Rewrites `remoteIp`, `scheme`, `host` and `port` of requests that come from a trusted proxy; others pass unchanged.
 *
 * - `x-forwarded-for`: read from the right, where the nearest proxy wrote; the first address that is not trusted is the
 *   client's, or the leftmost where all are. If anything on the way there is no address, nothing changes.
 * - `x-forwarded-proto` (`https`, `wss`, `http`), `x-forwarded-host`, `x-forwarded-port`: where there is exactly one, and
 *   it is valid. With the scheme the default port changes, too.
 * - `forwarded` (RFC 7239): the same walk by `for`; scheme and host are those that the proxy named which the client spoke
 *   to. A malformed header changes nothing.
 *
 * Put it first, so that whatever follows sees the client's request.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 * @example
 * import { rewriteOn } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * const behind = rewriteOn({ trust: ['loopback', '10.0.0.0/8'] })
 * const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2', 'x-forwarded-proto': 'https' }
 * behind(conn('GET', '/', { headers })).remoteIp // => '203.0.113.9'
 */
export const rewriteOn = (options: RewriteOnOptions) => {
  checkOptions('rewriteOn', options, rules)
  const { trust, headers = xForwarded } = options
  const trusts = truster(trust)
  const [byForwarded, byFor, byHost, byPort, byProto] = known.map(name =>
    headers.includes(name as ForwardedHeader),
  )

  // A server behind a proxy hears from one peer all the time.
  let lastPeer = ''
  let lastTrusted = false
  const isTrusted = (peer: string): boolean => {
    if (peer !== lastPeer) {
      const address = parseAddress(peer)
      lastTrusted = address !== undefined && trusts(address)
      lastPeer = peer
    }
    return lastTrusted
  }

  /** Where a chain of proxies stops being trusted: the place of the client, and its address if it is one. */
  const client = (
    chain: readonly (string | undefined)[],
  ): readonly [at: number, address: Address | undefined] => {
    for (let at = chain.length - 1; ; at--) {
      const text = chain[at]
      const address = text === undefined ? undefined : parseAddress(text)
      if (at <= 0 || address === undefined || !trusts(address)) return [at, address]
    }
  }

  const putForwarded = (changes: Changes, conn: Conn): void => {
    const proxies = parseForwarded(conn.reqHeaders.getAll('forwarded').join(',')) ?? []
    const [at, address] = client(proxies.map(proxy => nodeAddress(proxy['for'] ?? '')))
    if (address !== undefined) changes.remoteIp = address.toString()
    putScheme(changes, conn, proxies[at]?.['proto']?.toLowerCase())
    putHost(changes, proxies[at]?.['host'])
  }

  const putFor = (changes: Changes, conn: Conn): void => {
    const values = conn.reqHeaders.getAll('x-forwarded-for')
    if (values.length === 0) return
    const chain = values.join(',').split(',')
    const [, address] = client(chain.map(text => text.trim()))
    if (address !== undefined) changes.remoteIp = address.toString()
  }

  return function rewriteOn<C extends Conn>(conn: C): C {
    if (!isTrusted(conn.remoteIp)) return conn
    const changes: Changes = {}
    if (byForwarded) putForwarded(changes, conn)
    if (byFor) putFor(changes, conn)
    if (byProto) putScheme(changes, conn, single(conn, 'x-forwarded-proto'))
    if (byHost) putHost(changes, single(conn, 'x-forwarded-host'))
    if (byPort) putPort(changes, single(conn, 'x-forwarded-port'))
    return Object.keys(changes).length === 0 ? conn : putRequest(changes)(conn)
  }
}
