/**
 * Finishes a response whose request is still arriving (a lingering close, RFC 9112 §9.6). If the server closes a connection
 * that has unread bytes, the system resets it, and the client may lose the response. If the server keeps it open and does not
 * read, the client blocks. So the rest of the request is read and discarded for some time, and only then the response ends.
 */
import type { Duplex } from 'node:stream'
import type { NodeRequest } from '../request/node-request.js'
import type { ServerContext } from './server-context.js'

/** The milliseconds for which the rest of a request is read and discarded. */
const discardTimeout = 2_000

/** Ends the server's half of a connection, and closes it when the client has closed its own, or after some time. */
export const halfClose = (socket: Duplex, bytes = ''): void => {
  socket.end(bytes)
  const timer = setTimeout(() => socket.destroy(), discardTimeout)
  socket.once('close', () => clearTimeout(timer))
}

/** Watches the connection of a response if some of its bytes wait to be sent. */
export const watchUnsent = (server: ServerContext, { message: { socket }, response }: NodeRequest): void => {
  // newer versions of Node hold a chunk in the response until the end of the tick
  if (socket.writableLength > 0 || response.writableLength > 0) server.watch(socket)
}

/** Ends a response whose bytes have all been written. */
export const finish = (server: ServerContext, request: NodeRequest): void => {
  const { message, response } = request
  request.answered = true
  if (request.unread === 'nothing') {
    response.end()
    return watchUnsent(server, request)
  }
  const end = (): void => {
    clearTimeout(timer)
    message.off('close', end)
    if (response.destroyed) return
    response.end()
    watchUnsent(server, request)
  }
  const timer = setTimeout(end, discardTimeout)
  message.on('close', end)
  request.discard()
}
