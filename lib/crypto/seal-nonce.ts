/**
 * Nonces that cannot be used twice for different messages. Randomness is data here, so the same entropy may
 * well be given twice: when one conn is run twice, or two values are sealed under one label. A nonce that
 * also depends on everything that is sealed differs whenever anything differs (as in RFC 8452's SIV modes).
 */
import { toBuffer, viewOf, type Bytes } from './bytes.js'
import { hmac } from './hmac.js'
import { nonceLength } from './xchacha.js'

/**
 * The first 24 bytes of HMAC-SHA256, keyed by `key`, over entropy, additional data and plaintext, each
 * preceded by its length. Same input, same nonce; when any of the four differs, so does the nonce.
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
    throw new RangeError(`sealNonce: entropy must be at least ${nonceLength} bytes`)
  return derive(
    viewOf(entropy),
    toBuffer(key, 'sealNonce: key'),
    toBuffer(aad, 'sealNonce: aad'),
    toBuffer(plaintext, 'sealNonce: plaintext'),
  )
}

const derive = (entropy: Buffer, key: Buffer, aad: Buffer, plaintext: Buffer): Buffer => {
  const input = Buffer.allocUnsafe(12 + entropy.length + aad.length + plaintext.length)
  let at = append(input, 0, entropy)
  at = append(input, at, aad)
  append(input, at, plaintext)
  return hmac('sha256', key, input).subarray(0, nonceLength)
}

const append = (input: Buffer, at: number, part: Buffer): number => {
  input.set(part, input.writeUInt32BE(part.length, at))
  return at + 4 + part.length
}
