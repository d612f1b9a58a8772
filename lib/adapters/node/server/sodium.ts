/**
 * XChaCha20-Poly1305 by libsodium, compiled to WebAssembly: a call is some five times as fast as two of Node's own, which make
 * an object of OpenSSL's for each message. Loading it takes about 30 ms and 9 MB, so only an app that encrypts loads it.
 */
import { randomBytes } from 'node:crypto'
import { nodeCipher, useCipher, type Cipher } from '../../../crypto/cipher.js'
import * as xchacha from '../../../crypto/xchacha.js'

/** What is used of libsodium's module: its memory, and functions on addresses in it. Lengths are pairs of 32 bits. */
interface Sodium {
  readonly HEAPU8: Uint8Array
  readonly _sodium_init: () => number
  readonly _malloc: (size: number) => number
  readonly _crypto_aead_xchacha20poly1305_ietf_encrypt_detached: (...addressesAndLengths: number[]) => number
  readonly _crypto_aead_xchacha20poly1305_ietf_decrypt_detached: (...addressesAndLengths: number[]) => number
  readonly _crypto_generichash: (...addressesAndLengths: number[]) => number
}

type Load = (options: { readonly getRandomValue: () => number }) => Promise<Sodium>

const tagLength = 16
const overhead = xchacha.nonceLength + tagLength
/** The longest message and additional data that find room; a longer message goes the other way, where its length decides. */
const most = 16_384
const mostAad = 256

/** The longest text that finds room when it is decoded. */
const mostText = Math.floor(((overhead + most) * 4) / 3)

/** The cipher of a loaded module, whose memory holds keys and messages while a call lasts. */
const cipherOf = (sodium: Sodium): Cipher => {
  const room = xchacha.keyLength + mostAad + overhead + most
  const key = sodium._malloc(room)
  const aad = key + xchacha.keyLength
  const nonce = aad + mostAad
  const tag = nonce + xchacha.nonceLength
  const text = tag + tagLength
  // Nothing else allocates in this memory, so that it never grows, and moves.
  const bytes = sodium.HEAPU8.subarray(key, key + room)
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, room)
  const aadAt = aad - key
  const nonceAt = nonce - key
  const textAt = text - key
  const encrypt = sodium._crypto_aead_xchacha20poly1305_ietf_encrypt_detached
  const decrypt = sodium._crypto_aead_xchacha20poly1305_ietf_decrypt_detached
  const blake2b = sodium._crypto_generichash

  return {
    seal: (message, additional, secret, salt) => {
      const { length } = message
      if (length > most || additional.length > mostAad)
        return nodeCipher.seal(message, additional, secret, salt)
      bytes.set(secret)
      bytes.set(additional, aadAt)
      bytes.set(salt, nonceAt)
      bytes.set(message, textAt)
      encrypt(text, tag, 0, text, length, 0, aad, additional.length, 0, 0, nonce, key)
      bytes.fill(0, 0, xchacha.keyLength)
      return memory.toString('base64url', nonceAt, textAt + length)
    },
    open: (sealed, additional, secret) => {
      if (sealed.length > mostText || additional.length > mostAad)
        return nodeCipher.open(sealed, additional, secret)
      const end = nonceAt + memory.write(sealed, nonceAt, 'base64url')
      const length = end - textAt
      if (length < 0 || memory.toString('base64url', nonceAt, end) !== sealed) return undefined
      bytes.set(secret)
      bytes.set(additional, aadAt)
      const failed = decrypt(text, 0, text, length, 0, tag, aad, additional.length, 0, nonce, key)
      bytes.fill(0, 0, xchacha.keyLength)
      if (failed !== 0) return undefined
      const message = Buffer.from(bytes.subarray(textAt, end))
      bytes.fill(0, textAt, end)
      return message
    },
    hash: input => {
      const { length } = input
      if (length > most) return nodeCipher.hash(input)
      bytes.set(input, textAt)
      blake2b(nonce, 64, text, length, 0, 0, 0)
      bytes.fill(0, textAt, textAt + length)
      return Buffer.from(bytes.subarray(nonceAt, nonceAt + xchacha.nonceLength))
    },
  }
}

/** Whether a cipher does what the one that is always there does. */
const isAlike = ({ seal, open }: Cipher): boolean => {
  const key = Buffer.alloc(xchacha.keyLength, 1)
  const message = Buffer.from('the same message')
  const aad = Buffer.from('the same data')
  const nonce = Buffer.alloc(xchacha.nonceLength, 2)
  const sealed = nodeCipher.seal(message, aad, key, nonce)
  return (
    seal(message, aad, key, nonce) === sealed &&
    open(sealed, aad, key)?.equals(message) === true &&
    open(nodeCipher.seal(message, aad, Buffer.alloc(xchacha.keyLength, 3), nonce), aad, key) === undefined
  )
}

// The package brings no types.
const loadSodium: Load = async options =>
  ((await import('libsodium' as string)) as { readonly default: Load }).default(options)

/** Loads the cipher; rejects where there is no WebAssembly, or a libsodium that is not as this one. */
export const sodiumCipher = async (load: Load = loadSodium): Promise<Cipher> => {
  const sodium = await load({ getRandomValue: () => randomBytes(4).readUInt32LE() })
  if (sodium._sodium_init() < 0) throw new Error('libsodium does not start')
  const cipher = cipherOf(sodium)
  if (!isAlike(cipher)) throw new Error('libsodium does not seal as XChaCha20-Poly1305 does')
  return cipher
}

let loading: Promise<void> | undefined

/** Brings the faster cipher into use, once for the process. Where it cannot be had, the one that is there stays. */
export const useSodium = (): Promise<void> => (loading ??= sodiumCipher().then(useCipher, () => undefined))
