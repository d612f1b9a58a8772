/** Writes responses that need nothing more of the app to node:http: a head alone, or a head and a body in memory. */
import { validateHeaderValue, type ServerResponse } from 'node:http'
import type { Conn } from '../../../conn.js'
import { toBuffer } from '../../../crypto/bytes.js'
import type { NodeRequest } from '../request/node-request.js'
import { isNewest } from '../server/in-flight.js'
import { finish, watchUnsent } from './finish.js'
import { headText, isBodiless, presetLength, responseHead } from './head.js'
import type { ServerContext } from './server-context.js'

/** The most bytes that are passed to a socket without checking for back-pressure. */
export const maxUncheckedBytes = 16_384

/**
 * Whether the connection ends with this response, whatever the app says: because of the client, the server or the request. A
 * server that is stopping responds to all requests that have arrived on a connection before it ends it.
 */
const isLast = (server: ServerContext, request: NodeRequest): boolean =>
  !request.response.shouldKeepAlive ||
  (server.stopping() && isNewest(request.message)) ||
  request.problem !== undefined

/**
 * Writes the head. The connection ends if the client requires that, whatever the app says (RFC 9112 §9.6), if the server is
 * stopping, or if too much of the request is unread.
 *
 * @throws Error if a header holds characters that HTTP forbids
 */
export const writeHead = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  length: number | undefined,
): void => {
  const close = isLast(server, request) || request.unread === 'much'
  const status = conn.status as number
  const head = responseHead(conn, length, close)
  // Node decides that this response has no body before it checks the headers, so that its replacement could not have one
  if (isBodiless(status))
    for (let i = 0; i < head.length; i += 2) validateHeaderValue(head[i] as string, head[i + 1] as string)
  request.response.writeHead(status, head)
}

/** Ends a response that is nothing but a head. */
export const endHead = (server: ServerContext, request: NodeRequest): void => {
  if (request.unread !== 'nothing') request.response.flushHeaders()
  finish(server, request)
}

/**
 * Sends a short response in one write: head and body as one string in which each character is a byte. Returns false if
 * node:http must write the head. Node would write head and body separately and let the system join them, which costs a sixth
 * of a short request. `_header` is where Node stores a head that is not sent yet; its types do not declare it.
 */
const sendAsText = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  body: string,
  length: number | undefined,
): boolean => {
  const response = request.response as ServerResponse & { _header: string | null }
  if (
    response._header !== null ||
    request.httpVersion !== '1.1' ||
    request.unread !== 'nothing' ||
    isLast(server, request)
  )
    return false
  const head = headText(conn, length, server.keepAlive, Date.now())
  if (head === undefined) return false
  response.statusCode = conn.status as number
  response._header = head + body
  response.end()
  watchUnsent(server, request)
  return true
}

/**
 * Sends a body in memory. A long one ends only when the socket has taken all of it: until then the request is in flight, and
 * a server that is stopping waits for it.
 */
const sendWhole = (
  server: ServerContext,
  request: NodeRequest,
  body: string | Uint8Array,
  encoding: 'latin1' | 'utf8',
): void => {
  const { response } = request
  if (body.length <= maxUncheckedBytes && request.unread === 'nothing') {
    response.end(body, encoding)
    watchUnsent(server, request)
    return
  }
  const isSent = response.write(body, encoding)
  watchUnsent(server, request)
  if (isSent) return finish(server, request)
  const { socket } = request.message
  const end = (): void => finish(server, request)
  // when it is the turn of a queued response, Node emits 'drain' before the socket has taken it
  response.once('drain', () => (socket.writableNeedDrain ? void socket.once('drain', end) : end()))
}

/** Sends a response that is nothing but a head. */
export const sendHead = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  length: number | undefined,
): void => {
  if (sendAsText(server, request, conn, '', length)) return
  writeHead(server, request, conn, length)
  endHead(server, request)
}

/** The bytes of a body as a string in which each character is a byte. `size` is their number. */
const asLatin1 = (body: string | Uint8Array, size: number): string =>
  body.length === size && typeof body === 'string' ? body : toBuffer(body, 'body').toString('latin1')

/** Sends a body in memory, with its head. */
export const sendInMemory = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  body: string | Uint8Array,
): void => {
  const size = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  if (request.message.method === 'HEAD') {
    return sendHead(server, request, conn, presetLength(conn) ?? size)
  }
  if (size <= maxUncheckedBytes && sendAsText(server, request, conn, asLatin1(body, size), size)) return
  writeHead(server, request, conn, size)
  // Node writes the head in the encoding of the body: Latin-1 keeps header values as they are
  if (typeof body === 'string' && size === body.length) sendWhole(server, request, body, 'latin1')
  else sendWhole(server, request, toBuffer(body, 'body'), 'utf8')
}
