/** Notices that a request is over (its response has been sent, or its client has left), or that the server stops before. */
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

/** A server that may stop. */
export interface Stopping {
  /** Whether the server is stopping. */
  readonly stopping: () => boolean
  /** Calls a listener when the server begins to stop. Returns what takes the listener back. */
  readonly onStop: (listener: () => void) => () => void
}

/** Calls a listener when the server begins to stop, unless the request is over before. Returns what takes the listener back. */
export const whenStopping = (
  server: Stopping,
  message: IncomingMessage,
  response: ServerResponse,
  listener: () => void,
): (() => void) => {
  const forget = server.onStop(listener)
  const forgetEnd = whenOver(message, response, forget)
  return () => {
    forget()
    forgetEnd()
  }
}

/** Why a signal fires or a stream ends when the server stops. */
export const stopReason = (): DOMException => new DOMException('the server is stopping', 'AbortError')

/** A signal that fires when the server begins to stop, while a request is not over. */
export const drainingSignal = (
  server: Stopping,
  message: IncomingMessage,
  response: ServerResponse,
): AbortSignal => {
  if (server.stopping()) return AbortSignal.abort(stopReason())
  const controller = new AbortController()
  whenStopping(server, message, response, () => controller.abort(stopReason()))
  return controller.signal
}
