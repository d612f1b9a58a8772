/**
 * Responds to what Node's parser rejects: malformed requests, heads that are too large or too slow, malformed bodies, CONNECT.
 * If no head could be read, there is no request for the app, and the response is written to the socket.
 */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { httpDate } from '../../../http/date.js'
import { inFlight } from './in-flight.js'
import { halfClose } from '../response/finish.js'

/** What Node's `clientError` event says about a connection that failed. */
export interface ParserError {
  readonly code?: string | undefined
  readonly reason?: string | undefined
  /** The packet in which the parser failed. */
  readonly rawPacket?: Uint8Array | undefined
  /** How many of its bytes had been read. */
  readonly bytesParsed?: number | undefined
}

/**
 * Whether a head is too large because of its request line. This is guessed from the packet that exceeds the limit: from the
 * request line if the packet holds its beginning, otherwise from whether the line in which reading stopped ends as one does.
 */
const isLongTarget = ({ rawPacket, bytesParsed = 0 }: ParserError, targetLimit: number): boolean => {
  if (rawPacket === undefined) return false
  const text = textOf(rawPacket)
  const head = text.slice(text.lastIndexOf('\r\n\r\n', bytesParsed - 1) + 1).trimStart()
  const target = /^[A-Z-]+ (\S*)/.exec(head)?.[1]
  if (target !== undefined) return target.length > targetLimit
  const stopped = text.slice(text.lastIndexOf('\n', bytesParsed - 1) + 1)
  return /^\S* HTTP\/1\.[01]\r\n/.test(stopped)
}

const textOf = (packet: Uint8Array): string =>
  Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength).toString('latin1')

/** A request line, or its beginning if no more has arrived, whose method is in upper case. */
const requestLine = /^[A-Z][\w!#$%&'*+.^`|~-]*(?: \S+ HTTP\/1\.[01]\r?\n| \S+ [HTP/\d.]*$| \S*$|$)/

/** Whether the parser failed because it does not know the method of a request line, and not because of garbage. */
const isUnknownMethod = ({ code, reason, rawPacket, bytesParsed = 0 }: ParserError): boolean => {
  // a method of other protocols with the version of HTTP
  if (code === 'HPE_INVALID_CONSTANT') return reason?.startsWith('Invalid method') === true
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined) return false
  const text = textOf(rawPacket)
  const begun = /[A-Z-]*$/.exec(text.slice(Math.max(0, bytesParsed - 32), bytesParsed))?.[0] as string
  return requestLine.test(begun + text.slice(bytesParsed))
}

/** The status of the response to a parser's error; undefined if the connection itself has failed, so that there is none. */
export const refusalStatus = (cause: ParserError, targetLimit: number): number | undefined => {
  switch (cause.code) {
    case 'HPE_HEADER_OVERFLOW':
      return isLongTarget(cause, targetLimit) ? 414 : 431
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 413
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408
    case 'HPE_CLOSED_CONNECTION': // more bytes after a request that was to be the last
      return undefined
    default:
      if (cause.code?.startsWith('HPE_') !== true) return undefined
      return isUnknownMethod(cause) ? 501 : 400
  }
}

/**
 * A whole response that ends its connection. A 405 says that no method is allowed (RFC 9110 §10.2.1).
 *
 * @param now milliseconds since the epoch, for the date that such a response must have (§6.6.1)
 */
export const refusalText = (status: number, now = Date.now()): string => {
  const body = `${STATUS_CODES[status]}\n`
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\n${status === 405 ? 'allow: \r\n' : ''}date: ${httpDate(now)}\r\n` +
    `connection: close\r\n\r\n${body}`
  )
}

/**
 * Ends a connection with a status, or without one. A request that has arrived whole before is answered first. A response that
 * is partly sent ends where it is, since nothing can be said in its middle.
 *
 * @param interrupt responds to the request in flight, whose head was read before the failure; returns whether it does
 */
export const refuse = (
  socket: Duplex,
  status: number | undefined,
  interrupt: (response: ServerResponse, status: number) => boolean = () => false,
): void => {
  const response = inFlight(socket)
  if (response !== undefined && response.req.complete && !socket.destroyed)
    response.once('close', () => refuse(socket, status, interrupt))
  else if (status === undefined || !socket.writable) socket.destroy()
  else if (response === undefined || response.headersSent || !interrupt(response, status))
    halfClose(socket, response?.headersSent ? '' : refusalText(status))
}
