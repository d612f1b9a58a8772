/**
 * Which implementation of XChaCha20-Poly1305 is in use. All give the same text, so nobody can tell but by the time it
 * takes: the one that is there from the start needs nothing but Node, and an adapter may bring a faster one before it serves.
 */
import { createHash } from 'node:crypto'
import * as xchacha from './xchacha.js'

/** XChaCha20-Poly1305 in the order of Plug.Crypto's messages, as the text that stands in a token, and what makes nonces for it. */
export interface Cipher {
  /**
   * Seals a message with a key of 32 bytes and a nonce of 24: `nonce || tag || ciphertext` in base64url without padding.
   */
  readonly seal: (message: Buffer, aad: Buffer, key: Buffer, nonce: Buffer) => string
  /**
   * Opens what `seal` sealed, or gives undefined: another key, other additional data, a changed character, the same bytes
   * spelled in another way.
   */
  readonly open: (sealed: string, aad: Buffer, key: Buffer) => Buffer | undefined
  /** The first 24 bytes of BLAKE2b-512 (RFC 7693). */
  readonly hash: (input: Buffer) => Buffer
}

/** The one that is always there. */
export const nodeCipher: Cipher = {
  seal: (message, aad, key, nonce) => xchacha.seal(message, aad, key, nonce).toString('base64url'),
  open: (sealed, aad, key) => {
    const bytes = Buffer.from(sealed, 'base64url')
    return bytes.toString('base64url') === sealed ? xchacha.open(bytes, aad, key) : undefined
  },
  hash: input => createHash('blake2b512').update(input).digest().subarray(0, xchacha.nonceLength),
}

let cipher = nodeCipher

/** Replaces the implementation, for the whole process. */
export const useCipher = (other: Cipher): void => {
  cipher = other
}

/** Seals a message. */
export const seal: Cipher['seal'] = (message, aad, key, nonce) => cipher.seal(message, aad, key, nonce)

/** Opens a message. */
export const open: Cipher['open'] = (sealed, aad, key) => cipher.open(sealed, aad, key)

/** Hashes to the length of a nonce. */
export const hash: Cipher['hash'] = input => cipher.hash(input)
