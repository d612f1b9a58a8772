/**
 * Parts of a request's head, as pure functions: the forms of a request target (RFC 9112 §3.2), the headers that frame the
 * request, and IP addresses.
 */
import type { HostPort } from '../../../http/uri.js'

/** The parts of a request target. */
export interface RequestTarget {
  /** The authority of a target in absolute form, which replaces the Host header; undefined in the other forms. */
  readonly authority: string | undefined
  /** The path as it was sent; `'*'` if an OPTIONS request concerns the server as a whole. */
  readonly path: string
  /** The query as it was sent, without the `?`; `''` if there is none. */
  readonly query: string
}

const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)/i

/**
 * Parses a request target: origin form (`/path?query`), absolute form (`http://host/path?query`) or, for OPTIONS,
 * `*`. A fragment, which no target should have, is dropped. Undefined for anything else.
 */
export const requestTarget = (method: string, target: string): RequestTarget | undefined => {
  if (target === '*' && method === 'OPTIONS') return { authority: undefined, path: '*', query: '' }
  const absolute = absoluteForm.exec(target)
  let rest = absolute === null ? target.replace(/#.*$/s, '') : (absolute[2] as string)
  if (rest.charCodeAt(0) !== 47) {
    if (absolute === null) return undefined
    rest = `/${rest}`
  }
  const query = rest.indexOf('?')
  return {
    authority: absolute?.[1],
    path: query < 0 ? rest : rest.slice(0, query),
    query: query < 0 ? '' : rest.slice(query + 1),
  }
}

/** The header fields that name the host of a request, frame its body, and end its connection. */
export interface Framing {
  /** The Host header; undefined if there is none. */
  readonly host: string | undefined
  /** Whether there are several Host headers, which RFC 9112 §3.2 forbids. */
  readonly hosts: boolean
  /** The transfer codings, those of several headers joined; undefined if there are none. */
  readonly coding: string | undefined
  /** The Content-Length; undefined if there is none. The parser rejects a second one. */
  readonly length: string | undefined
  /** Whether a Connection header has the option `close`. Node's parser overlooks it if a tab is next to it. */
  readonly closes: boolean
}

const closeOption = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i

/**
 * Finds these fields among alternating names and values. One pass over them costs less than the object of all headers that
 * Node would make.
 */
export const framingOf = (raw: readonly string[]): Framing => {
  let host: string | undefined
  let hosts = false
  let coding: string | undefined
  let length: string | undefined
  let closes = false
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    switch (name.length) {
      case 4:
        if (name === 'Host' || name.toLowerCase() === 'host') {
          hosts = host !== undefined
          host ??= value
          if (hosts) return { host, hosts, coding, length, closes }
        }
        break
      case 10: // also User-Agent
        if ((name.charCodeAt(0) | 32) === 99 && name.toLowerCase() === 'connection' && value !== 'keep-alive')
          closes ||= closeOption.test(value)
        break
      case 14:
        if (name.toLowerCase() === 'content-length') length = value
        break
      case 17:
        if (name.toLowerCase() === 'transfer-encoding')
          coding = coding === undefined ? value : `${coding}, ${value}`
        break
    }
  }
  return { host, hosts, coding, length, closes }
}

/** An IP address as `conn.remoteIp` has it: an IPv4 address on an IPv6 socket (`::ffff:…`) becomes plain IPv4. */
export const plainAddress = (address: string | undefined): string =>
  address === undefined ? '' : /^::ffff:\d+\./i.test(address) ? address.slice(7) : address

/**
 * The host and port of a local address, for a request of HTTP/1.0 without a Host header. A Unix domain socket has no address.
 */
export const localHost = (address: string | undefined, port: number | undefined): HostPort => {
  if (address === undefined) return { host: 'localhost' }
  const plain = plainAddress(address)
  const host = plain.includes(':') ? `[${plain}]` : plain
  return port === undefined ? { host } : { host, port }
}
