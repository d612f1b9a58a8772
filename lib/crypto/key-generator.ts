/**
 * Derives keys from a secret and a salt: Plug.Crypto.KeyGenerator, which is PBKDF2 with HMAC (RFC 8018,
 * section 5.2). One secret thus serves many purposes, each with a salt of its own.
 */
import { createHash, pbkdf2Sync } from 'node:crypto'
import { toBuffer, type Bytes } from './bytes.js'
import { checkOptions, mustBe, named } from '../options.js'
import { boundedMemo } from './memo.js'

/** The hash functions a key may be derived with. `sha` is Erlang's name of SHA-1. */
export type KeyDigest = 'sha' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** How a key is derived. Reader and writer of a message must agree on all three. */
export interface KeyOptions {
  /** How often the hash is applied; an integer of at least 1. Default 1000. */
  readonly iterations?: number | undefined
  /** Length of the key in bytes, from 1 to 2,147,483,647. Default 32. */
  readonly length?: number | undefined
  /** Default `sha256`. */
  readonly digest?: KeyDigest | undefined
}

const digests: ReadonlyMap<string, string> = new Map([
  ['sha', 'sha1'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
])

const known = named('iterations', 'length', 'digest')
const maxInt = 2 ** 31 - 1
const remembered = boundedMemo<Buffer>(1000)

/**
 * Derives a key. It takes about half a millisecond with the defaults, by design: derive at boot, or use
 * {@link generateCached}.
 *
 * @param secret The secret key base.
 * @param salt What the key is for; no secret.
 * @throws TypeError or RangeError when an option is out of its range. The message never shows the secret.
 * @example
 * import { keyGenerator } from 'plugboard/crypto'
 * keyGenerator.generate('a long secret key base', 'signed cookie') // 32 bytes
 */
export const generate = (secret: Bytes, salt: Bytes, options?: KeyOptions): Uint8Array => {
  const { iterations, length, digest } = checked(options)
  return pbkdf2Sync(
    toBuffer(secret, 'keyGenerator: secret'),
    toBuffer(salt, 'keyGenerator: salt'),
    iterations,
    length,
    digest,
  )
}

/**
 * Gives what {@link generate} gives, remembering the 1,000 keys used most lately. For salts that are only
 * known at run time, such as one per visitor. The memo holds derived keys under a hash of what they derive
 * from: neither secrets nor salts.
 *
 * @throws TypeError or RangeError as {@link generate} does.
 * @example
 * import { keyGenerator } from 'plugboard/crypto'
 * keyGenerator.generateCached('a long secret key base', 'visitor 7') // 32 bytes, a copy of one's own
 */
export const generateCached = (secret: Bytes, salt: Bytes, options?: KeyOptions): Uint8Array => {
  const { iterations, length, digest } = checked(options)
  const key = toBuffer(secret, 'keyGenerator: secret')
  const salted = toBuffer(salt, 'keyGenerator: salt')
  const name = createHash('sha256')
    .update(`${digest}:${iterations}:${length}:${salted.length}:`)
    .update(salted)
    .update(key)
    .digest('binary')
  return Buffer.from(remembered(name, () => pbkdf2Sync(key, salted, iterations, length, digest)))
}

const checked = (options: KeyOptions = {}) => {
  checkOptions('keyGenerator', options, known)
  const { iterations = 1000, length = 32, digest = 'sha256' } = options
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > maxInt)
    throw new RangeError(
      `keyGenerator: ${mustBe('iterations', `an integer from 1 to ${maxInt}`, iterations)}`,
    )
  if (!Number.isInteger(length) || length < 1 || length > maxInt)
    throw new RangeError(`keyGenerator: ${mustBe('length', `an integer from 1 to ${maxInt}`, length)}`)
  const name = digests.get(digest)
  if (name === undefined)
    throw new TypeError(
      `keyGenerator: ${mustBe('digest', 'sha, sha1, sha224, sha256, sha384 or sha512', digest)}`,
    )
  return { iterations, length, digest: name }
}
