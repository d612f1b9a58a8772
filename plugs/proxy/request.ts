/** A conn as the request that another server is sent. */
import type { Conn } from '../../lib/conn.js'
import { badRequest, plugError, type PlugError } from '../../lib/error.js'
import { headerList, headerProblem, type HeaderList } from '../../lib/http/headers.js'
import type { ClientRequest } from '../../lib/port-types.js'
import { framing, hopByHop, tokens } from './hop-by-hop.js'

/** How requests are passed on: the options of `proxy`, with their defaults. */
export interface Passing {
  /** Scheme, host and port of the other server. */
  readonly origin: string
  readonly preserveHost: boolean
  readonly stripScriptName: boolean
  readonly length: number
  readonly readTimeout: number
}

const notPassed = plugError(501, 'NotProxied', 'WebSockets and tunnels are not passed on')
const wholeServer = plugError(501, 'NotProxied', 'requests about the server as a whole are not passed on')
const wrongFraming = badRequest('the length of the body must be given once and as a number')
const wrongHeader = badRequest('a header holds what HTTP forbids')
const wrongTarget = badRequest('the path or the query holds what HTTP forbids')

/** The path without the segments by which this plug is mounted; what is left stays as it was sent. */
const below = (path: string, scriptName: readonly string[]): string => {
  let at = 0
  for (const segment of scriptName) at = path.indexOf(segment, at) + segment.length
  return path.charCodeAt(at) === 47 ? path.slice(at) : `/${path.slice(at)}`
}

const defaultPort = (scheme: 'http' | 'https'): number => (scheme === 'https' ? 443 : 80)

/** The host as the client names it, with its port where that is not the scheme's own. */
const authority = ({ scheme, host, port }: Conn): string =>
  port === defaultPort(scheme) ? host : `${host}:${port}`

/** What is said of the client by the one who passes its request on: a client's own words about that are not. */
const ofForwarding = (name: string): boolean => name === 'forwarded' || name.startsWith('x-forwarded-')

/** Set here, or by what frames the message. A client that expects `100 Continue` is told when its body is first read. */
const replaced: ReadonlySet<string> = new Set(['content-length', 'expect', 'host'])

const headersOf = (conn: Conn, preserveHost: boolean): HeaderList | undefined => {
  const { reqHeaders, host, remoteIp } = conn
  const staysBehind = hopByHop(reqHeaders)
  const named = authority(conn)
  const requestId = conn.respHeaders.get('x-request-id')
  const fields: (readonly [string, string])[] = []
  if (preserveHost && host !== '') fields.push(['host', named])
  for (const field of reqHeaders) {
    const [name] = field
    if (replaced.has(name) || ofForwarding(name) || staysBehind(name)) continue
    if (requestId === undefined || name !== 'x-request-id') fields.push(field)
  }
  if (requestId !== undefined) fields.push(['x-request-id', requestId])
  fields.push(['via', `${conn.httpVersion} plugboard`])
  if (remoteIp !== '') fields.push(['x-forwarded-for', remoteIp])
  fields.push(['x-forwarded-proto', conn.scheme])
  if (host !== '') fields.push(['x-forwarded-host', named])
  fields.push(['x-forwarded-port', String(conn.port)])
  return fields.some(([name, value]) => headerProblem(name, value) !== undefined)
    ? undefined
    : headerList(fields)
}

/** Methods whose requests have no body unless a header frames one. */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Whether there is a body, where no length is declared: it comes in chunks, or by a protocol that need not say. */
const hasBody = ({ method, reqHeaders }: Conn): boolean =>
  reqHeaders.has('transfer-encoding') || (!bodiless.has(method) && reqHeaders.has('content-type'))

/** The request that passes a conn on, or why it is not passed on. */
export const requestOf = (conn: Conn, passing: Passing): ClientRequest | PlugError => {
  const { origin, preserveHost, stripScriptName, length: most, readTimeout } = passing
  const { method, path, queryString, reqHeaders } = conn
  if (method === 'CONNECT' || tokens(reqHeaders, 'upgrade').includes('websocket')) return notPassed
  if (path === '*') return wholeServer
  const framed = framing(reqHeaders)
  if (framed === 'wrong') return wrongFraming
  const headers = headersOf(conn, preserveHost)
  if (headers === undefined) return wrongHeader
  const target = `${stripScriptName ? below(path, conn.scriptName) : path}${queryString === '' ? '' : `?${queryString}`}`
  if (!/^\/[\x21-\xff]*$/.test(target)) return wrongTarget
  const none = framed === 0 || (framed === 'unknown' && !hasBody(conn))
  return {
    method,
    origin,
    target,
    headers,
    body: none ? undefined : conn.body.chunks({ length: most, readTimeout }),
    length: none ? 0 : framed === 'unknown' ? undefined : framed,
    signal: conn.signal,
  }
}
