/**
 * How a response ends while its request is still being sent. Closing a connection on unread bytes resets it, and the
 * client may then lose the response (RFC 9112 §9.6); keeping it open without reading wedges it. So what is left of the
 * request is thrown away for a while, and only then the response ends.
 */
import type { NodeRequest } from './request.js'

/** Milliseconds for which the rest of a request is read and thrown away. */
export const lingering = 2_000

/** Ends a response whose bytes have all been written. */
export const finish = (request: NodeRequest): void => {
  const { message, response } = request
  request.answered = true
  if (request.unread === 'nothing') {
    response.end()
    return
  }
  const end = (): void => {
    clearTimeout(late)
    message.off('close', end)
    if (!response.destroyed) response.end()
  }
  const late = setTimeout(end, lingering)
  message.on('close', end)
  request.discard()
}
