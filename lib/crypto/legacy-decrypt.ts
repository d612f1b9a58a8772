/**
 * Reads the encrypted messages of Plug.Crypto 1: AES-GCM, under a key that is itself wrapped by AES-GCM.
 * A token is `A128GCM.WRAPPED_KEY.IV.CIPHERTEXT.TAG` in base64url. Nothing writes this format any more.
 */
import { createDecipheriv, type CipherGCMTypes } from 'node:crypto'
import { decode } from './base64url.js'

/** What such a token starts with: `A128GCM` in base64url, and a dot. */
export const legacyPrefix = 'QTEyOEdDTQ.'

const ivLength = 12
const tagLength = 16

/** Decrypts a token that starts with {@link legacyPrefix}, or gives undefined. */
export const decryptLegacy = (
  token: string,
  aad: Buffer,
  secret: Buffer,
  signSecret: Buffer,
): Buffer | undefined => {
  const parts = token.slice(legacyPrefix.length).split('.').map(decode)
  const [wrapped, iv, ciphertext, tag] = parts
  if (parts.length !== 4 || !wrapped || !iv || !ciphertext || !tag) return undefined
  const key = unwrap(wrapped, secret, signSecret)
  return key && decryptGcm(key, iv, aad, ciphertext, tag)
}

// A wrapped key is ciphertext || tag || iv: the IV comes last.
const unwrap = (wrapped: Uint8Array, secret: Buffer, signSecret: Buffer): Buffer | undefined => {
  const length = wrapped.length - tagLength - ivLength
  if (length !== 16 && length !== 24 && length !== 32) return undefined
  const ciphertext = wrapped.subarray(0, length)
  const tag = wrapped.subarray(length, length + tagLength)
  return decryptGcm(secret, wrapped.subarray(length + tagLength), signSecret, ciphertext, tag)
}

const decryptGcm = (
  key: Buffer,
  iv: Uint8Array,
  aad: Buffer,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Buffer | undefined => {
  if (iv.length !== ivLength || tag.length !== tagLength) return undefined
  const algorithm = `aes-${key.length * 8}-gcm` as CipherGCMTypes
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const message = decipher.update(ciphertext)
  try {
    decipher.final()
    return message
  } catch {
    return undefined
  }
}
