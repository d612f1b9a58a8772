/** Finds out what a connection is doing: the response that it sends or is about to send, and the newest request on it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * The response that is attached to a socket, if a request is in flight on it. Node has no public name for it. Its own handlers
 * read this property, which has been the same since its first releases.
 */
export const inFlight = (socket: Duplex): ServerResponse | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined

/**
 * Whether no other request has arrived on the connection of a message after it. Node has no public name for it, either: its
 * parser keeps the message that it has read last.
 */
export const isNewest = (message: IncomingMessage): boolean => {
  const { parser } = message.socket as {
    readonly parser?: { readonly incoming?: IncomingMessage | null } | null
  }
  return (parser?.incoming ?? message) === message
}
