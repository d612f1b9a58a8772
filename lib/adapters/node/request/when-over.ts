/** Notices that a request is over: its response has been sent, or its client has left. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Calls a listener once, when a request is over; immediately if it is over already. Returns what takes the listener back. */
export const whenOver = (
  { socket }: IncomingMessage,
  response: ServerResponse,
  listener: () => void,
): (() => void) => {
  const forget = (): void => {
    socket.off('close', over)
    response.off('close', over)
  }
  const over = (): void => {
    forget()
    listener()
  }
  if (socket.destroyed || response.destroyed) listener()
  // the socket's event, too: a response that is queued after another one has no event of its own
  else {
    socket.on('close', over)
    response.on('close', over)
  }
  return forget
}
