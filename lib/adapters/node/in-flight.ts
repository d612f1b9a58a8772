/** The response that a connection is sending, or waits to send. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * The response that a socket is attached to, if a request is in flight on it. Node has no public name for it; this one
 * is what Node's own handlers read, and has been the same since its first releases.
 */
export const inFlight = (socket: Duplex): ServerResponse | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
