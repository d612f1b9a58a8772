/**
 * The ids of sessions on a server: 256 bits that cannot be guessed. A store keeps only their hashes, so that a table that
 * leaks gives nobody a session.
 */
import { hash } from 'node:crypto'
import { encode } from '../../lib/crypto/base64url.js'
import type { StoreContext, StoreSession } from './store.js'

/** A new id: 43 characters. The same request makes one id for each of its sessions. */
export const freshId = ({ name }: StoreSession, context: StoreContext): string =>
  encode(context.entropy(`plugboardSession:${name}`, 32))

/** What a store keeps in place of an id, or of a token: its SHA-256, as text. Node makes text of it faster than bytes. */
export const hashText = (id: string | Uint8Array, encoding: 'hex' | 'binary'): string =>
  hash('sha256', id, encoding)

/** The same as 32 bytes. */
export const hashOf = (id: string | Uint8Array): Buffer => Buffer.from(hashText(id, 'binary'), 'binary')
