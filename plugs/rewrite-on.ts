/**
 * Takes the client's address, the scheme, the host and the port from what trusted proxies say of them (Plug.RewriteOn,
 * with the trust that it leaves to others).
 */
import type { Conn } from '../lib/conn.js'
import { putRequest } from '../lib/conn/rewrite.js'
import { headerProblem } from '../lib/http/headers.js'
import { parseHost } from '../lib/http/uri.js'
import { isRecord } from '../lib/is-record.js'
import { checkOptions, isListOf, type Rules } from '../lib/options.js'
import { bareAddress, nodeAddress, parseForwarded } from './rewrite-on/forwarded.js'
import { isTrustable, parseAddress, truster, type Address } from './rewrite-on/trust.js'

/** A header that proxies write. */
export type ForwardedHeader =
  'forwarded' | 'x-forwarded-for' | 'x-forwarded-host' | 'x-forwarded-port' | 'x-forwarded-proto'

/** Any other header, by what it says: the client's address, the scheme, the host or the port. */
export type NamedHeader =
  | { readonly for: string }
  | { readonly proto: string }
  | { readonly host: string }
  | { readonly port: string }

/** Options of {@link rewriteOn}. */
export interface RewriteOnOptions {
  /** The proxies: `'loopback'`, `'private'` (RFC 1918 and 4193), addresses, networks such as `'203.0.113.0/24'`. */
  readonly trust: readonly string[]
  /**
   * The headers to go by. Name those that the proxy sets on every request: any other it may pass on as a client made it
   * up. Others are named by what they say: `{ for: 'cf-connecting-ip' }`, `{ proto: 'x-scheme' }`. Default: the four that begin with
   * `x-forwarded-`.
   */
  readonly headers?: readonly (ForwardedHeader | NamedHeader)[]
}

const xForwarded: readonly ForwardedHeader[] = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
]
const known: readonly unknown[] = ['forwarded', ...xForwarded]

const roles = ['for', 'proto', 'host', 'port'] as const
type Role = (typeof roles)[number]

/** What a header of the options says, and its name. */
const sourceOf = (header: ForwardedHeader | NamedHeader): readonly [role: string, name: string] =>
  typeof header === 'string'
    ? [header.replace('x-forwarded-', ''), header]
    : (Object.entries(header)[0] as [Role, string])

const isHeader = (value: unknown): boolean => {
  if (!isRecord(value)) return known.includes(value)
  const entries = Object.entries(value)
  const [role, name] = entries[0] ?? []
  return (
    entries.length === 1 && roles.includes(role as Role) && headerProblem(name as string, '') === undefined
  )
}

const rules: Rules = {
  trust: {
    must: "an array of 'loopback', 'private', addresses and networks such as '10.0.0.0/8'",
    ok: isListOf(isTrustable),
    required: true,
  },
  headers: {
    must: `an array of ${known.join(', ')}, and of others by what they say, such as { for: 'cf-connecting-ip' }`,
    ok: isListOf(isHeader),
  },
}

/** What trusted proxies say of a request. */
interface Said {
  remoteIp?: string
  scheme?: 'http' | 'https'
  host?: string
  /** The port of the host, or 0 if it has none. */
  hostPort?: number
  port?: number
  /** How many proxies stand between the server's and the one that the client spoke to. */
  hops: number
}

const sayScheme = (said: Said, proto: string | undefined): void => {
  const lower = proto?.toLowerCase()
  if (lower === 'https' || lower === 'wss') said.scheme = 'https'
  else if (lower === 'http') said.scheme = 'http'
}

const sayHost = (said: Said, text: string | undefined): void => {
  const parsed = text === undefined ? undefined : parseHost(text)
  if (parsed === undefined) return
  said.host = parsed.host
  said.hostPort = parsed.port ?? 0
}

const sayPort = (said: Said, text: string | undefined): void => {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port > 0 && port <= 65_535) said.port = port
}

const says = { proto: sayScheme, host: sayHost, port: sayPort } as const

const defaultPort = (scheme: 'http' | 'https'): number => (scheme === 'https' ? 443 : 80)

/** The port that the client spoke to: the one that was said, that of the host, or the scheme's own. */
const portOf = (conn: Conn, { scheme = conn.scheme, hostPort, port }: Said): number => {
  if (port !== undefined) return port
  if (hostPort !== undefined) return hostPort === 0 ? defaultPort(scheme) : hostPort
  return conn.port === defaultPort(conn.scheme) ? defaultPort(scheme) : conn.port
}

/** The items of a list in a header, those of several lines joined. */
const itemsOf = (conn: Conn, name: string): readonly string[] => {
  const values = conn.reqHeaders.getAll(name)
  return values.length === 0 ? [] : values.join(',').split(',').map(trimmed)
}

/** Without the white space around it. */
const trimmed = (text: string): string => text.trim()

/**
 * Rewrites `remoteIp`, `scheme`, `host` and `port` of requests that come from a trusted proxy; others pass unchanged.
 *
 * - `x-forwarded-for`: read from the right, where the nearest proxy wrote; the first address that is not trusted is the
 *   client's, or the leftmost where all are. An address may have a port (`1.2.3.4:61598`, `"[2001:db8::9]:443"`). If anything on the
 *   way there is no address, nothing changes.
 * - `x-forwarded-proto` (`https`, `wss`, `http`, in any case), `x-forwarded-host`, `x-forwarded-port`: an invalid value changes
 *   nothing. Of a list, as proxies make that append, the item counts that stands as far from the right as the client in
 *   `x-forwarded-for`, or else the leftmost; without a list of addresses it is the rightmost, which the nearest proxy wrote.
 * - `forwarded` (RFC 7239): the same walk by `for`; scheme and host are those that the proxy named which the client spoke
 *   to. A malformed header changes nothing.
 * - Other headers by what they say, such as `{ for: 'cf-connecting-ip' }`: read as the `x-forwarded-` header of that kind. Of two of
 *   one kind, the first in `headers` that says something counts; `forwarded` counts last.
 *
 * The port is the one that a header names, or that of the host that one names. A host without a port has that of the scheme.
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
 *
 * const cloudflare = rewriteOn({ trust: ['loopback'], headers: [{ for: 'cf-connecting-ip' }, 'x-forwarded-proto'] })
 * cloudflare(conn('GET', '/', { headers: { 'cf-connecting-ip': '203.0.113.9' } })).remoteIp // => '203.0.113.9'
 */
export const rewriteOn = (options: RewriteOnOptions) => {
  checkOptions('rewriteOn', options, rules)
  const { trust, headers = xForwarded } = options
  const trusts = truster(trust)
  const sources = headers.map(sourceOf)
  const namesOf = (role: Role | 'forwarded'): readonly string[] =>
    sources.filter(([each]) => each === role).map(([, name]) => name)
  const byForwarded = namesOf('forwarded').length > 0
  const byFor = namesOf('for')
  const others = (['proto', 'host', 'port'] as const).map(role => [says[role], namesOf(role)] as const)

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

  const sayForwarded = (said: Said, conn: Conn): void => {
    const proxies = parseForwarded(conn.reqHeaders.getAll('forwarded').join(',')) ?? []
    const [at, address] = client(proxies.map(proxy => nodeAddress(proxy['for'] ?? '')))
    if (proxies.length > 0) said.hops = proxies.length - 1 - at
    if (address !== undefined) said.remoteIp = address.toString()
    sayScheme(said, proxies[at]?.['proto'])
    sayHost(said, proxies[at]?.['host'])
  }

  /** Whether a list of addresses says whose the request is. */
  const sayFor = (said: Said, conn: Conn, name: string): boolean => {
    const chain = itemsOf(conn, name)
    if (chain.length === 0) return false
    const [at, address] = client(chain.map(bareAddress))
    said.hops = chain.length - 1 - at
    if (address === undefined) return false
    said.remoteIp = address.toString()
    return true
  }

  /** The item of a list that the proxy wrote which the client spoke to. */
  const itemOf = (conn: Conn, name: string, hops: number): string | undefined => {
    const items = itemsOf(conn, name)
    return items[Math.max(0, items.length - 1 - hops)]
  }

  return function rewriteOn<C extends Conn>(conn: C): C {
    if (!isTrusted(conn.remoteIp)) return conn
    const said: Said = { hops: 0 }
    if (byForwarded) sayForwarded(said, conn)
    for (const name of byFor) if (sayFor(said, conn, name)) break
    for (const [say, names] of others)
      // the first is the last to speak
      for (let i = names.length - 1; i >= 0; i--) say(said, itemOf(conn, names[i] as string, said.hops))
    const { remoteIp, scheme, host, port } = said
    if (remoteIp === undefined && scheme === undefined && host === undefined && port === undefined)
      return conn
    return putRequest({ remoteIp, scheme, host, port: portOf(conn, said) })(conn)
  }
}
