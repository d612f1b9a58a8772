/**
 * Paths and hosts: the segments of a path, which paths a redirect may be sent to and how they are written, and the Host header.
 */

declare const local: unique symbol

/**
 * Text that may stand in an `href`: no address that would run as code, such as `javascript:`. A string like any other,
 * made by a router's `path` and `url`, or by `href` of plugboard/plugs. The name of its mark is what the compiler prints.
 */
export type Href = string & { readonly 'made by app.path or app.url, or checked by href()': true }

/** A path of this site, which begins with one `/`: made by a router's `path`, and what {@link isLocalPath} has found. */
export type Path = Href & { readonly [local]: true }

/**
 * The segments of a path as Plug's `path_info` has them: split at `/`, empty ones dropped, not decoded.
 *
 * @example
 * import { splitPath } from 'plugboard'
 * splitPath('/foo//bar%20baz/') // => ['foo', 'bar%20baz']
 */
export const splitPath = (path: string): string[] => {
  const segments: string[] = []
  for (let start = 0, end = 0; start < path.length; start = end + 1) {
    end = path.indexOf('/', start)
    if (end < 0) end = path.length
    if (end > start) segments.push(path.slice(start, end))
  }
  return segments
}

// One "/" that no other follows, then no backslash (browsers read it as "/") and no control character (they
// drop some).
const localPath = /^\/(?!\/)[^\\\x00-\x1f\x7f]*$/

/**
 * Whether a redirect may go to this text as a path of the same site (the rules of Phoenix's `redirect(to:)`):
 * it starts with one `/`, and holds no backslash, no `/%09` and no control character, with which a browser
 * could be led to another host.
 *
 * @example
 * import { isLocalPath } from 'plugboard'
 * isLocalPath('/account?tab=1') // => true
 * isLocalPath('//evil.example') // => false
 */
export const isLocalPath = (to: string): to is Path => localPath.test(to) && !to.includes('/%09')

/** A host, in lower case and without its port, and the port where one is given. */
export interface HostPort {
  readonly host: string
  readonly port?: number
}

// RFC 3986 §3.2.2: a name (unreserved, percent-encoded, sub-delims) or an address in brackets; then perhaps a
// port.
const authority = /^((?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})+|\[[\dA-Fa-f:.]+\])(?::(\d*))?$/

/**
 * Reads a Host header (RFC 9110 §7.2). Undefined for anything but a name or address with, perhaps, a port
 * from 0 to 65535: an empty host, user information, a path, characters that RFC 3986 forbids, a malformed
 * IPv6 address.
 *
 * @returns The host as it is compared, in lower case; an IPv6 address keeps its brackets. An empty port
 * counts as none.
 * @example
 * import { parseHost } from 'plugboard'
 * parseHost('Example.com:8080') // => { host: 'example.com', port: 8080 }
 * parseHost('user@example.com') // => undefined
 */
export const parseHost = (text: string): HostPort | undefined => {
  const match = authority.exec(text)
  if (match === null) return undefined
  const host = (match[1] as string).toLowerCase()
  if (host.startsWith('[') && !URL.canParse(`http://${host}`)) return undefined
  if (!match[2]) return { host }
  const port = Number(match[2])
  return port <= 65_535 ? { host, port } : undefined
}

// What RFC 3986 lets stand in a URI, escapes included. Control characters stay, for a header's check to reject, but for the
// tab, which a header may hold.
const notOfUri = /%(?![\dA-Fa-f]{2})|[^\x00-\x08\x0a-\x1f\x7f\w\-.~:/?#[\]@!$&'()*+,;=%]+/g

/**
 * A path or URL as a header may carry it: whatever RFC 3986 does not let stand in one is percent-encoded as UTF-8. Escapes stay;
 * a `%` that begins none becomes `%25`. A lone surrogate, which has no UTF-8, is written as U+FFFD.
 *
 * @example
 * import { encodeUri } from './uri.js'
 * encodeUri('/café?q="a b"&r=%20') // => '/caf%C3%A9?q=%22a%20b%22&r=%20'
 */
export const encodeUri = (text: string): string =>
  text.replace(notOfUri, part => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))

/** Where the URL of a scheme that browsers know has its host: they read a backslash as a slash there. */
const specialAuthority = /^((?:https?|wss?|ftp):)?[/\\]{2}([^/\\?#]*)/i
const userAndHost = /^(.*@)?(\[[^\]]*\]|[^:]*)(:\d*)?$/s

/**
 * A URL as a header may carry it: as {@link encodeUri} writes it, without white space around it, and a host beyond ASCII in its
 * ASCII form. Undefined for a host that no URL can have.
 *
 * @example
 * import { encodeUrl } from './uri.js'
 * encodeUrl('https://bücher.example/ü') // => 'https://xn--bcher-kva.example/%C3%BC'
 * encodeUrl('https://a b/') // => undefined
 */
export const encodeUrl = (given: string): string | undefined => {
  const url = given.trim()
  const special = specialAuthority.exec(url)
  if (special === null) return encodeUri(url)
  const [begin, scheme = '', authorityText = ''] = special
  const [, user = '', host = '', port = ''] = userAndHost.exec(authorityText) ?? []
  if (host === '') return undefined
  const plain = !host.includes('%') && parseHost(host) !== undefined
  if (!plain && !URL.canParse(`http://${host}`)) return undefined
  const ascii = plain ? host : new URL(`http://${host}`).hostname
  // Encoded, a backslash after the host would be part of the user name before another host.
  const rest = url.slice(begin.length).replace(/^[^?#]+/, path => path.replaceAll('\\', '/'))
  return `${scheme}//${encodeUri(user)}${ascii}${port}${encodeUri(rest)}`
}
