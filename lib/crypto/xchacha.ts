/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) in the order of Plug.Crypto's messages: nonce, tag,
 * ciphertext. HChaCha20 turns the key and 16 bytes of the nonce into a key for this message alone; with that
 * key, Node's own ChaCha20-Poly1305 (RFC 8439) does the work. All of it is synchronous.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { hchacha } from '@noble/ciphers/chacha.js'

/** Length of a key in bytes. */
export const keyLength = 32
/** Length of a nonce in bytes. */
export const nonceLength = 24
const tagLength = 16
const overhead = nonceLength + tagLength
const options = { authTagLength: tagLength } as const

// Words and bytes over the same memory, filled anew for each message and wiped after it.
const sigma = new Uint32Array(new Uint8Array(Buffer.from('expand 32-byte k', 'latin1')).buffer)
const keyWords = new Uint32Array(8)
const keyBytes = new Uint8Array(keyWords.buffer)
const nonceWords = new Uint32Array(4)
const nonceBytes = new Uint8Array(nonceWords.buffer)
const subkeyWords = new Uint32Array(8)
const subkey = new Uint8Array(subkeyWords.buffer)
const iv = new Uint8Array(12)

const prepare = (key: Uint8Array, nonce: Buffer): void => {
  keyBytes.set(key)
  nonceBytes.set(nonce.subarray(0, 16))
  hchacha(sigma, keyWords, nonceWords, subkeyWords)
  iv.set(nonce.subarray(16, nonceLength), 4)
  keyWords.fill(0)
}

/** Seals a message with a key of 32 bytes and a nonce of 24: `nonce || tag || ciphertext`. */
export const seal = (message: Buffer, aad: Buffer, key: Buffer, nonce: Buffer): Buffer => {
  prepare(key, nonce)
  const cipher = createCipheriv('chacha20-poly1305', subkey, iv, options)
  subkeyWords.fill(0)
  cipher.setAAD(aad, { plaintextLength: message.length })
  const ciphertext = cipher.update(message)
  cipher.final()
  const sealed = Buffer.allocUnsafe(overhead + ciphertext.length)
  sealed.set(nonce)
  sealed.set(cipher.getAuthTag(), nonceLength)
  sealed.set(ciphertext, overhead)
  return sealed
}

/** Opens what {@link seal} sealed, or gives undefined: another key, other additional data, changed bytes. */
export const open = (sealed: Buffer, aad: Buffer, key: Buffer): Buffer | undefined => {
  if (sealed.length < overhead) return undefined
  prepare(key, sealed)
  const decipher = createDecipheriv('chacha20-poly1305', subkey, iv, options)
  subkeyWords.fill(0)
  const ciphertext = sealed.subarray(overhead)
  decipher.setAAD(aad, { plaintextLength: ciphertext.length })
  decipher.setAuthTag(sealed.subarray(nonceLength, overhead))
  const message = decipher.update(ciphertext)
  try {
    decipher.final()
    return message
  } catch {
    return undefined
  }
}
