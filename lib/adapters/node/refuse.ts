/**
 * What Node's parser refuses, before there is a request: garbage, heads that are too large or too slow, bodies framed
 * wrongly, CONNECT. It is answered on the bare socket.
 */
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { inFlight } from './in-flight.js'
import { lingering } from './linger.js'

/** What Node tells of a connection that failed. */
export interface ParserError {
  readonly code?: string | undefined
  /** The bytes in which the failure was met. */
  readonly rawPacket?: Uint8Array | undefined
  /** How many of them had been read. */
  readonly bytesParsed?: number | undefined
}

/**
 * Whether a head that is too large is so for its request line. It is judged by the packet in which the limit was met:
 * by the request line if that begins there, or else by whether the line in which reading stopped ends as one does.
 */
const isLongTarget = ({ rawPacket, bytesParsed = 0 }: ParserError, targetLimit: number): boolean => {
  if (rawPacket === undefined) return false
  const text = Buffer.from(rawPacket.buffer, rawPacket.byteOffset, rawPacket.byteLength).toString('latin1')
  const head = text.slice(text.lastIndexOf('\r\n\r\n', bytesParsed - 1) + 1).trimStart()
  const target = /^[A-Z-]+ (\S*)/.exec(head)?.[1]
  if (target !== undefined) return target.length > targetLimit
  const stopped = text.slice(text.lastIndexOf('\n', bytesParsed - 1) + 1)
  return /^\S* HTTP\/1\.[01]\r\n/.test(stopped)
}

/**
 * The status that answers what the parser refuses; undefined when the connection itself has failed and nothing can be
 * answered.
 */
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
      return cause.code?.startsWith('HPE_') ? 400 : undefined
  }
}

/** A whole response that ends its connection; that of a 405 says that nothing is allowed (RFC 9110 §10.2.1). */
export const refusalText = (status: number): string => {
  const body = `${STATUS_CODES[status]}\n`
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: text/plain; charset=utf-8\r\n` +
    `content-length: ${body.length}\r\n${status === 405 ? 'allow: \r\n' : ''}connection: close\r\n\r\n${body}`
  )
}

/**
 * Ends a connection with a status, or without. A request that has arrived whole before is answered first; a response
 * that is half sent ends where it is, for nothing can be said in its midst.
 */
export const refuse = (socket: Duplex, status: number | undefined): void => {
  const response = inFlight(socket)
  if (response !== undefined && response.req.complete && !socket.destroyed)
    response.once('close', () => refuse(socket, status))
  else if (status === undefined || !socket.writable) socket.destroy()
  else {
    socket.end(response?.headersSent ? '' : refusalText(status))
    const late = setTimeout(() => socket.destroy(), lingering)
    socket.once('close', () => clearTimeout(late))
  }
}
