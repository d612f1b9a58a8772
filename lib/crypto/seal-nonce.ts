/**
 * Nonces that cannot be used twice for different messages. Randomness is data here, so the same entropy may
 * well be given twice: when one conn is run twice, or two values are sealed under one label. A nonce that
 * also depends on everything that is sealed differs whenever anything differs (as in RFC 8452's SIV modes).
 */
import { sizeOf, toBuffer, type Bytes } from './bytes.js'
import { hash } from './cipher.js'
import { nonceLength } from './xchacha.js'

/**
 * The first 24 bytes of a BLAKE2b-512 (RFC 7693) of key, entropy, additional data and plaintext, the lengths of all four
 * before them. Same input, same nonce; when any of the four differs, so does the nonce.
 *
 * For two nonces to be the same, 192 bits of two hashes must be. BLAKE2b is made so that a plain hash which begins with a
 * secret is a pseudo-random function, without HMAC (Luykx, Mennink and Neves, Security Analysis of BLAKE2's Modes of
 * Operation, 2016). So the nonce, which everybody sees, tells nothing of key, entropy and plaintext, though entropy were
 * known.
 *
 * @param entropy At least 24 bytes that cannot be guessed, such as `conn.entropy('seal', 24)`.
 * @param key The key the message will be sealed with.
 * @throws RangeError when there is less entropy.
 * @example
 * import { messageEncryptor } from 'plugboard/crypto'
 * const entropy = new Uint8Array(24) // from a random source, of course
 * messageEncryptor.sealNonce(entropy, 'a key of exactly thirty-two bytes', '', 'hello') // 24 bytes
 */
export const sealNonce = (entropy: Uint8Array, key: Bytes, aad: Bytes, plaintext: Bytes): Uint8Array => {
  if (!(entropy instanceof Uint8Array) || entropy.length < nonceLength)
    throw new RangeError(`sealNonce: entropy must be at least ${nonceLength} bytes, got ${sizeOf(entropy)}`)
  return derive(
    toBuffer(key, 'sealNonce: key'),
    entropy,
    toBuffer(aad, 'sealNonce: aad'),
    toBuffer(plaintext, 'sealNonce: plaintext'),
  )
}

/** Where the input of a hash is put together, so that none is allocated for it; wiped after use. */
const scratch = Buffer.alloc(2048)

const derive = (key: Buffer, entropy: Uint8Array, aad: Buffer, plaintext: Buffer): Buffer => {
  const entropyAt = 16 + key.length
  const aadAt = entropyAt + entropy.length
  const plaintextAt = aadAt + aad.length
  const size = plaintextAt + plaintext.length
  const input = size > scratch.length ? Buffer.allocUnsafeSlow(size) : scratch
  input.writeUInt32BE(key.length, 0)
  input.writeUInt32BE(entropy.length, 4)
  input.writeUInt32BE(aad.length, 8)
  input.writeUInt32BE(plaintext.length, 12)
  input.set(key, 16)
  input.set(entropy, entropyAt)
  input.set(aad, aadAt)
  input.set(plaintext, plaintextAt)
  const nonce = hash(input.subarray(0, size))
  input.fill(0, 0, size)
  return nonce
}
