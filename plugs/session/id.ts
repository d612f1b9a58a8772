/**
 * The ids of sessions on a server: 256 bits that cannot be guessed. A store keeps only their hashes, so that a table that
 * leaks gives nobody a session.
 */
import { encode } from '../../lib/crypto/base64url.js'
import type { StoreContext, StoreSession } from './store.js'

/** A new id: 43 characters. The same request makes one id for each of its sessions. */
export const freshId = ({ name }: StoreSession, context: StoreContext): string =>
  encode(context.entropy(`plugboardSession:${name}`, 32))
