/**
 * Whether a request comes from a page of this site, by headers that browsers set and pages cannot: `Sec-Fetch-Site` (Fetch
 * Metadata) and, where a browser sends none, `Origin` (RFC 6454). The rules are those of CrossOriginProtection in Go's net/http.
 */
import type { Conn } from '../lib/conn.js'
import { parseHost } from '../lib/http/uri.js'
import { bareHost } from './csrf-token.js'

/** Whether a host is among those that are allowed by name or, where that begins with a dot, by the end of their names. */
export const isAllowedHost = (allowed: readonly string[], host: string): boolean =>
  allowed.some(each => each === host || (each.startsWith('.') && host.endsWith(each)))

const originOf = /^(https?):\/\/([^]+)$/

/** The port as a proxy that ends TLS leaves it: the two that need not be written are one. */
const written = (port: number): number => (port === 443 ? 80 : port)

/**
 * Whether what a browser says of a request, if a browser made it, makes it one of this site.
 *
 * | `Sec-Fetch-Site` | `Origin` | |
 * |---|---|---|
 * | `same-origin`, `none` | | yes |
 * | anything else | of a host that is allowed | yes |
 * | anything else | | no |
 * | absent | of the conn's host and port, or of a host that is allowed | yes |
 * | absent | any other | no |
 * | absent | absent | yes: no browser sends this to another site |
 *
 * Over https an origin on http is another's, even if its host is this one: whoever is in between can write such a page.
 *
 * @param allowed Hosts in lower case.
 */
export const isOfThisSite = (
  { reqHeaders, scheme, host, port }: Conn,
  allowed: readonly string[],
): boolean => {
  const site = reqHeaders.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return true
  const origin = reqHeaders.get('origin')
  if (origin === undefined) return site === undefined
  const [, originScheme, authority] = originOf.exec(origin) ?? []
  const from = authority === undefined ? undefined : parseHost(authority)
  if (from === undefined || (scheme === 'https' && originScheme === 'http')) return false
  return (
    isAllowedHost(allowed, bareHost(from.host)) ||
    (site === undefined &&
      bareHost(from.host) === bareHost(host) &&
      written(from.port ?? 80) === written(port))
  )
}
