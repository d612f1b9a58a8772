/** Entropy of a seed: the same seed gives the same bytes for the same label, so that a test can be replayed. */
import { createHmac } from 'node:crypto'

/**
 * A source of entropy made of a seed. Bytes are HMAC-SHA256 of label and counter under the seed: any length, and a
 * shorter request is the beginning of a longer one.
 *
 * @example
 * import { seededEntropy } from 'plugboard/testing'
 * const entropy = seededEntropy('seed')
 * entropy('a', 2).length // => 2
 */
export const seededEntropy =
  (seed: string) =>
  (label: string, length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    for (let at = 0, block = 0; at < length; at += 32, block++) {
      const digest = createHmac('sha256', seed).update(`${block}:${label}`).digest()
      bytes.set(digest.subarray(0, length - at), at)
    }
    return bytes
  }
