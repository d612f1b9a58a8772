/** What stores keep instead of an id of a session or a token: its hash, so that a leaked table does not let anyone log in. */
import { hash } from 'node:crypto'

/** The SHA-256 of an id or a token, as a string, which Node creates faster than bytes. */
export const hashText = (id: string | Uint8Array, encoding: 'hex' | 'binary'): string =>
  hash('sha256', id, encoding)

/** The same as 32 bytes. */
export const hashOf = (id: string | Uint8Array): Buffer => Buffer.from(hashText(id, 'binary'), 'binary')
