/**
 * Comparing and masking of secrets: Plug.Crypto's `secure_compare`, `mask` and `masked_compare`.
 * The time a comparison takes depends on lengths alone, never on what the bytes are.
 */
import { timingSafeEqual } from 'node:crypto'
import { toBuffer, type Bytes } from './bytes.js'

/**
 * Whether two secrets are equal, in time that does not depend on where they differ. Different lengths are
 * unequal at once: a length is no secret.
 *
 * @example
 * import { secureCompare } from 'plugboard/crypto'
 * secureCompare('a token', 'a token') // true
 */
export const secureCompare = (left: Bytes, right: Bytes): boolean => {
  const a = toBuffer(left, 'secureCompare: left')
  const b = toBuffer(right, 'secureCompare: right')
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * The bitwise exclusive or of two values of the same length in bytes. Masking twice with the same mask gives
 * the first value again.
 *
 * @throws RangeError when the lengths differ.
 * @example
 * import { mask } from 'plugboard/crypto'
 * mask('abc', 'xyz') // the bytes 19 1b 19
 */
export const mask = (left: Bytes, right: Bytes): Uint8Array => {
  const a = toBuffer(left, 'mask: left')
  const b = toBuffer(right, 'mask: right')
  if (a.length !== b.length) throw new RangeError('mask: left and right must have the same number of bytes')
  return xor(a, b)
}

/**
 * Whether `left` and `right`, masked with each other, give `masked`: the check of a value that was masked with
 * {@link mask}, in time that does not depend on the bytes. Different lengths are false at once.
 *
 * @example
 * import { mask, maskedCompare } from 'plugboard/crypto'
 * maskedCompare('abc', 'xyz', mask('abc', 'xyz')) // true
 */
export const maskedCompare = (left: Bytes, right: Bytes, masked: Bytes): boolean => {
  const a = toBuffer(left, 'maskedCompare: left')
  const b = toBuffer(right, 'maskedCompare: right')
  const m = toBuffer(masked, 'maskedCompare: mask')
  return a.length === b.length && a.length === m.length && timingSafeEqual(xor(a, b), m)
}

const xor = (a: Buffer, b: Buffer): Uint8Array => {
  const out = new Uint8Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = a[i]! ^ b[i]!
  return out
}
