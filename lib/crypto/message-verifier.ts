/**
 * Signed messages: Plug.Crypto.MessageVerifier. A token is `HEADER.MESSAGE.SIGNATURE`, the last two in
 * base64url without padding; the signature is an HMAC (RFC 2104) over the text of the first two.
 * Anyone can read a signed message; nobody without the secret can make or change one.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Option } from 'fp-ts/lib/Option.js'
import { none, some } from '../fp.js'
import { decode } from './base64url.js'
import { toBuffer, type Bytes } from './bytes.js'
import { hmac } from './hmac.js'
import { mustBe } from '../options.js'

/** The hash functions a message may be signed with. */
export type SignatureDigest = 'sha256' | 'sha384' | 'sha512'

// The headers are `HS256`, `HS384` and `HS512` in base64url; all are seven characters long.
const headers: ReadonlyMap<string, string> = new Map([
  ['sha256', 'SFMyNTY.'],
  ['sha384', 'SFMzODQ.'],
  ['sha512', 'SFM1MTI.'],
])
const digestOf: ReadonlyMap<string, SignatureDigest> = new Map([
  ['SFMyNTY.', 'sha256'],
  ['SFMzODQ.', 'sha384'],
  ['SFM1MTI.', 'sha512'],
])
const headerLength = 8

/**
 * Signs a message.
 *
 * @param secret Not empty; 32 bytes from `keyGenerator.generate` are right for `sha256`.
 * @throws TypeError when the secret is empty or the digest unknown. The message never shows the secret.
 * @example
 * import { messageVerifier } from 'plugboard/crypto'
 * messageVerifier.sign('hello world', 'secret')
 * // 'SFMyNTY.aGVsbG8gd29ybGQ.k_zLAG_uMdIoLoQlm7legV0eIm0J2LmyIU4MH-J6at4'
 */
export const sign = (message: Bytes, secret: Bytes, digest: SignatureDigest = 'sha256'): string => {
  const header = headers.get(digest)
  if (header === undefined)
    throw new TypeError(`messageVerifier: ${mustBe('digest', 'sha256, sha384 or sha512', digest)}`)
  const text = header + toBuffer(message, 'messageVerifier: message').toString('base64url')
  return text + '.' + hmac(digest, keyOf(secret), text).toString('base64url')
}

/**
 * Gives the message of a token that was signed with this secret, by any of the three digests; none for
 * everything else. A token is no unique name of its message: the unused bits of its last character may be
 * set, and the token still verifies.
 *
 * @throws TypeError when the secret is empty.
 * @example
 * import { messageVerifier } from 'plugboard/crypto'
 * messageVerifier.verify(messageVerifier.sign('hello', 'secret'), 'secret') // some(the bytes of 'hello')
 * messageVerifier.verify('SFMyNTY.aGVsbG8.AAAA', 'secret') // none
 */
export const verify = (token: string, secret: Bytes): Option<Uint8Array> => {
  const key = keyOf(secret)
  const digest = digestOf.get(token.slice(0, headerLength))
  if (digest === undefined) return none
  const dot = token.indexOf('.', headerLength)
  if (dot === -1) return none
  const message = decode(token.slice(headerLength, dot))
  const signature = decode(token.slice(dot + 1))
  if (message === undefined || signature === undefined) return none
  const expected = hmac(digest, key, token.slice(0, dot))
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? some(message) : none
}

const keyOf = (secret: Bytes): Buffer => {
  const key = toBuffer(secret, 'messageVerifier: secret')
  if (key.length === 0) throw new TypeError('messageVerifier: secret must not be empty')
  return key
}
