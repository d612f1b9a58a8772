/**
 * Terms that are signed or encrypted together with when that was and how long they may be used: Plug.Crypto's
 * `sign`, `verify`, `encrypt` and `decrypt`. The payload is the tuple `{data, signed_at_ms, max_age_s}` in
 * external term format. Time is data: the caller gives the time of signing and the time of checking.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Option } from 'fp-ts/lib/Option.js'
import { isLeft, left, right, isNone } from '../fp.js'
import { checkOptions, mustBe, named } from '../options.js'
import type { Bytes } from './bytes.js'
import { generateCached, type KeyDigest } from './key-generator.js'
import * as messageEncryptor from './message-encryptor.js'
import type { Sealing } from './message-encryptor.js'
import * as messageVerifier from './message-verifier.js'
import { decode } from './term/decode.js'
import { encode } from './term/encode.js'
import type { DecodeOptions } from './term/reader.js'
import { atom, atomField, isAtom, isTermMap, isTuple, tuple, type Term } from './term/term.js'

/**
 * Why there is no term: no token was given (`missing`); it was not made with this secret and salt, is broken,
 * or was signed in the future, by more than `clockSkew` (`invalid`); or it is older than it may be (`expired`).
 */
export type TokenError = 'missing' | 'invalid' | 'expired'

/** How the key is derived from key base and salt. Both sides must agree on all three. */
export interface TokenKeyOptions {
  /** Default 1000. */
  readonly keyIterations?: number
  /** In bytes. Default 32, which is what encrypting needs. */
  readonly keyLength?: number
  /** Default `sha256`. */
  readonly keyDigest?: KeyDigest
}

/** An age in seconds; fractions are allowed, down to the millisecond. */
export type MaxAge = number | 'infinity'

/** What signing and encrypting need to know. */
export interface SignOptions extends TokenKeyOptions {
  /** The time of signing in seconds since 1970, such as `conn.now / 1000`; kept in whole milliseconds. */
  readonly signedAt: number
  /** How long the token may be used, unless the one who verifies says otherwise. Default 86400: a day. */
  readonly maxAge?: MaxAge
}

/** What encrypting needs to know: see {@link Sealing} for `entropy` and `nonce`. */
export type EncryptOptions = SignOptions & Sealing

/** What verifying and decrypting need to know. */
export interface VerifyOptions extends TokenKeyOptions {
  /** The time of checking in milliseconds since 1970, such as `conn.now`. */
  readonly now: number
  /** Used instead of the age that the token carries. Zero and less: every token has expired. */
  readonly maxAge?: MaxAge
  /**
   * By how many seconds the clock of the server that signed may be ahead: a token that was signed further in the
   * future is `invalid`. It does not lengthen the age. Default 60; `Infinity` accepts any, as Plug 2.1 does.
   */
  readonly clockSkew?: number
}

const keyNames = ['keyIterations', 'keyLength', 'keyDigest'] as const
const signNames = named('signedAt', 'maxAge', ...keyNames)
const encryptNames = named('signedAt', 'maxAge', 'entropy', 'nonce', ...keyNames)
const verifyNames = named('now', 'maxAge', 'clockSkew', ...keyNames)

const defaultMaxAge = 86400
const defaultClockSkew = 60
const infinity = atom('infinity')
// Plug ignores what follows a term.
const decoding: DecodeOptions = { trailing: 'ignore' }

/**
 * Signs a term. Anyone can read it.
 *
 * @param keyBase The secret that all keys are derived from.
 * @param salt What the token is for: a token of one salt is of no use for another.
 * @throws TypeError or RangeError for a value that is no term and for options out of range.
 * @example
 * import { sign } from 'plugboard/crypto'
 * sign('abc123', 'id', 1, { signedAt: 0 })
 * // 'SFMyNTY.g2gDYQFhAGIAAVGA.KXdBHt_mqSOGliRNUFeDbTg4AIlwgDAyz6NZFjYMFDQ'
 */
export const sign = (keyBase: Bytes, salt: Bytes, data: Term, options: SignOptions): string => {
  checkOptions('token', options, signNames)
  return messageVerifier.sign(payloadOf(data, options), keyOf(keyBase, salt, options))
}

/**
 * Gives the term of a token that {@link sign} made, unless it has expired.
 *
 * @returns The term, or why there is none. Nothing that a token holds makes this throw.
 * @throws TypeError or RangeError for options out of range.
 * @example
 * import { sign, verify } from 'plugboard/crypto'
 * const token = sign('abc123', 'id', 1, { signedAt: 0, maxAge: 60 })
 * verify('abc123', 'id', token, { now: 60_000 }) // right(1)
 * verify('abc123', 'id', token, { now: 60_001 }) // left('expired')
 */
export const verify = (
  keyBase: Bytes,
  salt: Bytes,
  token: string | null | undefined,
  options: VerifyOptions,
): Either<TokenError, Term> =>
  check(token, options, text => messageVerifier.verify(text, keyOf(keyBase, salt, options)))

/**
 * Encrypts a term. Nobody without the key base can read it.
 *
 * @param options Needs `entropy` or a `nonce`: encrypting is pure.
 * @throws TypeError or RangeError for a value that is no term and for options out of range.
 * @example
 * import { encrypt } from 'plugboard/crypto'
 * const entropy = new Uint8Array(24) // such as conn.entropy('token', 24)
 * encrypt('a secret key base', 'id', 1, { signedAt: 0, entropy }) // 'XCP.…'
 */
export const encrypt = (keyBase: Bytes, salt: Bytes, data: Term, options: EncryptOptions): string => {
  checkOptions('token', options, encryptNames)
  const payload = payloadOf(data, options)
  return messageEncryptor.encrypt(payload, keyOf(keyBase, salt, options), '', sealingOf(options))
}

/**
 * Gives the term of a token that {@link encrypt} made, unless it has expired.
 *
 * @returns The term, or why there is none. Nothing that a token holds makes this throw.
 * @throws TypeError or RangeError for options out of range.
 * @example
 * import { decrypt, encrypt } from 'plugboard/crypto'
 * const entropy = new Uint8Array(24) // such as conn.entropy('token', 24)
 * const token = encrypt('a secret key base', 'id', 1, { signedAt: 0, entropy })
 * decrypt('a secret key base', 'id', token, { now: 60_000 }) // right(1)
 */
export const decrypt = (
  keyBase: Bytes,
  salt: Bytes,
  token: string | null | undefined,
  options: VerifyOptions,
): Either<TokenError, Term> =>
  check(token, options, text => messageEncryptor.decrypt(text, keyOf(keyBase, salt, options), ''))

const keyOf = (keyBase: Bytes, salt: Bytes, options: TokenKeyOptions): Uint8Array =>
  generateCached(keyBase, salt, {
    iterations: options.keyIterations,
    length: options.keyLength,
    digest: options.keyDigest,
  })

// Only these: the additional data of a token is always Plug's.
const sealingOf = (sealing: Sealing): Sealing =>
  sealing.nonce === undefined ? { entropy: sealing.entropy } : { nonce: sealing.nonce }

const payloadOf = (data: Term, { signedAt, maxAge = defaultMaxAge }: SignOptions): Uint8Array => {
  const signed = Math.trunc(signedAt * 1000)
  if (!Number.isSafeInteger(signed))
    throw new RangeError(`token: ${mustBe('signedAt', 'a time in seconds', signedAt)}`)
  const age = seconds(maxAge)
  return encode(tuple(data, signed, age === Infinity ? infinity : age))
}

const seconds = (maxAge: MaxAge): number => {
  if (maxAge === 'infinity') return Infinity
  if (typeof maxAge !== 'number' || Number.isNaN(maxAge))
    throw new TypeError(`token: ${mustBe('maxAge', "a number of seconds or 'infinity'", maxAge)}`)
  return maxAge
}

const missing = left('missing' as const)
const invalid = left('invalid' as const)
const expired = left('expired' as const)

const check = (
  token: string | null | undefined,
  options: VerifyOptions,
  open: (token: string) => Option<Uint8Array>,
): Either<TokenError, Term> => {
  checkOptions('token', options, verifyNames)
  const { now, maxAge, clockSkew = defaultClockSkew } = options
  if (!Number.isFinite(now)) throw new TypeError(`token: ${mustBe('now', 'a time in milliseconds', now)}`)
  if (typeof clockSkew !== 'number' || !(clockSkew >= 0))
    throw new TypeError(`token: ${mustBe('clockSkew', 'a non-negative number (seconds)', clockSkew)}`)
  const allowed = maxAge === undefined ? undefined : seconds(maxAge)
  if (token === null || token === undefined) return missing
  const payload = open(token)
  if (isNone(payload)) return invalid
  const term = decode(payload.value, decoding)
  if (isLeft(term)) return invalid
  const stamped = stampedOf(term.right)
  const signed = numberOf(stamped?.signed)
  const age = allowed ?? ageOf(stamped?.maxAge)
  if (stamped === undefined || signed === undefined || age === undefined) return invalid
  // The order is Plug's: a token without an age may come from the future, one that is too old is just that.
  if (age === Infinity) return right(stamped.data)
  if (age <= 0) return expired
  if (signed > now + clockSkew * 1000) return invalid
  return signed + Math.trunc(age * 1000) < now ? expired : right(stamped.data)
}

interface Stamped {
  readonly data: Term
  readonly signed: Term | undefined
  readonly maxAge: Term | undefined
}

// Besides the tuple of three, the payloads of Plug.Crypto 1.1, `{data, signed}`, and of Phoenix before it,
// `%{data: data, signed: signed}`, are read.
const stampedOf = (term: Term): Stamped | undefined => {
  if (isTuple(term)) {
    const { elements } = term
    if (elements.length !== 2 && elements.length !== 3) return undefined
    const [data, signed, maxAge = defaultMaxAge] = elements as readonly [Term, Term, Term?]
    return { data, signed, maxAge }
  }
  if (!isTermMap(term)) return undefined
  const data = atomField('data', term)
  return data === undefined ? undefined : { data, signed: atomField('signed', term), maxAge: defaultMaxAge }
}

const numberOf = (term: Term | undefined): number | undefined =>
  typeof term === 'number' || typeof term === 'bigint' ? Number(term) : undefined

const ageOf = (term: Term | undefined): number | undefined =>
  isAtom(term, 'infinity') ? Infinity : numberOf(term)
