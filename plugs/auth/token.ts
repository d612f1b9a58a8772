/** The tokens of log-ins: 32 random bytes, written in base64url so that every kind of session can hold them. */
import type { Conn } from '../../lib/conn.js'
import { encode } from '../../lib/crypto/base64url.js'
import type { Identified } from './token-store.js'

/** A token, as text or, where Phoenix made it, as bytes. */
export type Token = string | Uint8Array

/** A new token for a user: 43 characters. */
export const freshToken = (conn: Conn, purpose: 'logIn' | 'reissue', { id }: Identified): Token =>
  encode(conn.entropy(`plugboardAuth:${purpose}:${id}`, 32))

/** The token that a session or cookie holds, if it is one. */
export const tokenOf = (term: unknown): Token | undefined =>
  typeof term === 'string' || term instanceof Uint8Array ? term : undefined
