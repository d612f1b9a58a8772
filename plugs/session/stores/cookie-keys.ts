/** The keys of session cookies: derived of a secret and salts, once for each secret. */
import * as keyGenerator from '../../../lib/crypto/key-generator.js'
import { boundedMemo } from '../../../lib/crypto/memo.js'
import { checkSecretKeyBase } from '../../../lib/endpoint.js'
import { integer, listed, mustBe, oneOf, required, string, type Rules } from '../../../lib/options.js'

/** What keys are made of. Reader and writer of a cookie must agree on all of it. */
export interface CookieKeyOptions {
  /** What the signing key is derived with, besides the secret. Each session of an app has its own. */
  readonly signingSalt: string
  /** What the encryption key is derived with. Given, sessions are encrypted; else they are signed, and can be read. */
  readonly encryptionSalt?: string
  /** At least 64 bytes. Default: the endpoint's. */
  readonly secretKeyBase?: string
  /** Rounds of PBKDF2. Default 1000. */
  readonly keyIterations?: number
  /** Bytes of each key; 32 for encryption. Default 32. */
  readonly keyLength?: number
  /** The hash of PBKDF2. Default `'sha256'`. */
  readonly keyDigest?: keyGenerator.KeyDigest
}

/** The keys of one secret. */
export interface CookieKeys {
  readonly sign: Uint8Array
  /** Undefined where sessions are only signed. */
  readonly seal: Uint8Array | undefined
}

const count = integer(1, 2 ** 31 - 1)

/** What the options of a set must be. */
export const keyRules: Rules = {
  signingSalt: required(string),
  encryptionSalt: string,
  secretKeyBase: { must: 'a string of at least 64 bytes', ok: value => typeof value === 'string' },
  keyIterations: count,
  keyLength: count,
  keyDigest: oneOf('sha', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'),
}

/** How many secrets an app may reasonably have at once. */
const secrets = 8

/**
 * The function from the conn's secret to the keys. A set that has a secret of its own does not look at the conn's, and
 * its keys are derived here and now.
 *
 * @param set Options that are as {@link keyRules} say.
 * @param place What an error calls the set: `cookieStore`, or `cookieStore: rotatingOptions[0]`.
 * @param sealLengths The key lengths that encryption takes.
 * @throws TypeError that names the option; later, when a secret is missing or too short, one that says so.
 */
export const cookieKeys = (
  set: CookieKeyOptions,
  place: string,
  sealLengths: readonly number[],
): ((secretKeyBase: string | undefined) => CookieKeys) => {
  const {
    signingSalt,
    encryptionSalt,
    keyIterations: iterations,
    keyLength: length = 32,
    keyDigest: digest,
  } = set
  if (encryptionSalt !== undefined && !sealLengths.includes(length))
    throw new TypeError(
      `${place}: ${mustBe('keyLength', `${listed(sealLengths.map(String))} for encryption`, length)}`,
    )
  const derive = (secret: string | undefined, whose?: string): CookieKeys => {
    checkSecretKeyBase(secret, whose)
    const key = (salt: string): Uint8Array =>
      keyGenerator.generate(secret as string, salt, { iterations, length, digest })
    return { sign: key(signingSalt), seal: encryptionSalt === undefined ? undefined : key(encryptionSalt) }
  }
  if (set.secretKeyBase !== undefined) {
    const keys = derive(set.secretKeyBase, `${place}: `)
    return () => keys
  }
  const remembered = boundedMemo<CookieKeys>(secrets)
  return secret => remembered(secret ?? '', () => derive(secret))
}
