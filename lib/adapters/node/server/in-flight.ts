/** Finds the response that a connection is sending, or is about to send. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * The response that is attached to a socket, if a request is in flight on it. Node has no public name for it. Its own handlers
 * read this property, which has been the same since its first releases.
 */
export const inFlight = (socket: Duplex): ServerResponse | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
