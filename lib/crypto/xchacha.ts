/**
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) in the order of Plug.Crypto's messages: nonce, tag,
 * ciphertext. HChaCha20 turns the key and 16 bytes of the nonce into a key for this message alone; with that
 * key, Node's own ChaCha20-Poly1305 (RFC 8439) does the work. All of it is synchronous.
 *
 * Node has no HChaCha20, but its ChaCha20 holds it. A block of that (RFC 8439 §2.3) is what the rounds make of sixteen words, four of
 * them a constant, eight the key and four counter and nonce, plus those words themselves; HChaCha20 (draft §2.2) is the first and
 * the last four words of what the rounds make. So a block with the nonce in its last four words is taken, and the words are
 * taken off again.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'

/** Length of a key in bytes. */
export const keyLength = 32
/** Length of a nonce in bytes. */
export const nonceLength = 24
const tagLength = 16
const overhead = nonceLength + tagLength
const options = { authTagLength: tagLength } as const

/** The constant of ChaCha20, as bytes: its first four words. */
const sigma = Buffer.from('expand 32-byte k', 'latin1')
const noBytes = Buffer.alloc(64)

// Filled anew for each message, and wiped after it.
const subkey = Buffer.alloc(keyLength)
const iv = Buffer.alloc(12)

/** Puts into the subkey what is left of four words of a block when four others are taken off. */
const takeOff = (block: Buffer, from: number, words: Buffer, to: number): void => {
  for (let i = 0; i < 16; i += 4)
    subkey.writeInt32LE((block.readInt32LE(from + i) - words.readInt32LE(i)) | 0, to + i)
}

const prepare = (key: Uint8Array, nonce: Buffer): void => {
  const block = createCipheriv('chacha20', key, nonce.subarray(0, 16)).update(noBytes)
  takeOff(block, 0, sigma, 0)
  takeOff(block, 48, nonce, 16)
  block.fill(0)
  nonce.copy(iv, 4, 16, nonceLength)
}

/** Seals a message with a key of 32 bytes and a nonce of 24: `nonce || tag || ciphertext`. */
export const seal = (message: Buffer, aad: Buffer, key: Buffer, nonce: Buffer): Buffer => {
  prepare(key, nonce)
  const cipher = createCipheriv('chacha20-poly1305', subkey, iv, options)
  subkey.fill(0)
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
  subkey.fill(0)
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
