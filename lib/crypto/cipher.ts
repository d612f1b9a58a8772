/**
 * Which implementation of XChaCha20-Poly1305 is in use. All give the same bytes, so nobody can tell but by the time it
 * takes: the one that is there from the start needs nothing but Node, and an adapter may bring a faster one before it serves.
 */
import * as xchacha from './xchacha.js'

/** XChaCha20-Poly1305 in the order of Plug.Crypto's messages. */
export interface Cipher {
  /** Seals a message with a key of 32 bytes and a nonce of 24: `nonce || tag || ciphertext`. */
  readonly seal: (message: Buffer, aad: Buffer, key: Buffer, nonce: Buffer) => Buffer
  /** Opens what `seal` sealed, or gives undefined: another key, other additional data, changed bytes. */
  readonly open: (sealed: Buffer, aad: Buffer, key: Buffer) => Buffer | undefined
}

let cipher: Cipher = xchacha

/** Replaces the implementation, for the whole process. */
export const useCipher = (other: Cipher): void => {
  cipher = other
}

/** Seals a message. */
export const seal: Cipher['seal'] = (message, aad, key, nonce) => cipher.seal(message, aad, key, nonce)

/** Opens a message. */
export const open: Cipher['open'] = (sealed, aad, key) => cipher.open(sealed, aad, key)
