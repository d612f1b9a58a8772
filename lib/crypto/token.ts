/**
 * Tokens for a user's id, an address to confirm, an invitation: Phoenix.Token, which is Plug.Crypto's signed and
 * encrypted terms with a check that the key base is a real secret. A Phoenix app that has the same key base
 * reads these tokens, and the other way round.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { toBuffer, type Bytes } from './bytes.js'
import * as sealedTerm from './sealed-term.js'
import type { EncryptOptions, SignOptions, TokenError, VerifyOptions } from './sealed-term.js'
import type { Term } from './term/term.js'

const minKeyBase = 20

/**
 * Signs a term. Anyone can read it, nobody can change it.
 *
 * @param keyBase The app's secret key base, at least 20 bytes.
 * @param salt What the token is for, such as `user auth`; a token of one salt is of no use for another.
 * @param data What it carries; short, as it goes into addresses and headers.
 * @throws TypeError or RangeError for a short key base, a value that is no term, and options out of range.
 * @example
 * import { token } from 'plugboard/crypto'
 * const secret = 'a secret key base of many bytes'
 * const now = 1_700_000_000_000
 * const signed = token.sign(secret, 'user auth', 7, { signedAt: now / 1000 })
 * token.verify(secret, 'user auth', signed, { now, maxAge: 3600 }) // right(7)
 */
export const sign = (keyBase: Bytes, salt: Bytes, data: Term, options: SignOptions): string =>
  sealedTerm.sign(checked(keyBase), salt, data, options)

/**
 * Gives the term of a token that {@link sign} made with this key base and salt, unless it has expired.
 *
 * A token is valid up to and including its age. One that was signed after `now` is invalid, unless its age
 * is infinite. `maxAge` here takes the place of what the token carries.
 *
 * @returns The term, or `missing` without a token, `invalid`, or `expired`. No token makes this throw.
 * @throws TypeError or RangeError for a short key base and options out of range.
 * @example
 * import { token } from 'plugboard/crypto'
 * token.verify('a secret key base of many bytes', 'user auth', 'garbage', { now: 0 }) // left('invalid')
 */
export const verify = (
  keyBase: Bytes,
  salt: Bytes,
  token: string | null | undefined,
  options: VerifyOptions,
): Either<TokenError, Term> => sealedTerm.verify(checked(keyBase), salt, token, options)

/**
 * Encrypts a term: nobody without the key base can read it.
 *
 * @param options As of {@link sign}, and `entropy`, such as `conn.entropy('confirm:' + email, 24)`.
 * @throws TypeError or RangeError for a short key base, a value that is no term, and options out of range.
 * @example
 * import { token } from 'plugboard/crypto'
 * const secret = 'a secret key base of many bytes'
 * const entropy = new Uint8Array(24) // such as conn.entropy('confirm', 24)
 * const sealed = token.encrypt(secret, 'confirm', 'ann@example.com', { signedAt: 0, entropy })
 * token.decrypt(secret, 'confirm', sealed, { now: 1000 }) // right('ann@example.com')
 */
export const encrypt = (keyBase: Bytes, salt: Bytes, data: Term, options: EncryptOptions): string =>
  sealedTerm.encrypt(checked(keyBase), salt, data, options)

/**
 * Gives the term of a token that {@link encrypt} made with this key base and salt, unless it has expired;
 * ages and errors are those of {@link verify}.
 *
 * @example
 * import { token } from 'plugboard/crypto'
 * token.decrypt('a secret key base of many bytes', 'confirm', undefined, { now: 0 }) // left('missing')
 */
export const decrypt = (
  keyBase: Bytes,
  salt: Bytes,
  token: string | null | undefined,
  options: VerifyOptions,
): Either<TokenError, Term> => sealedTerm.decrypt(checked(keyBase), salt, token, options)

const checked = (keyBase: Bytes): Bytes => {
  const { length } = toBuffer(keyBase, 'token: keyBase')
  if (length < minKeyBase)
    throw new RangeError(`token: keyBase must be at least ${minKeyBase} bytes, got ${length}`)
  return keyBase
}
