/**
 * Encrypted and authenticated messages: Plug.Crypto.MessageEncryptor. A token is `XCP.` and, in base64url
 * without padding, nonce, tag and ciphertext of XChaCha20-Poly1305. Tokens of Plug.Crypto 1 are read too.
 * Encrypting is pure: the nonce, or the entropy that it is derived from, is given by the caller.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import { none, some } from '../fp.js'
import { checkOptions, named } from '../options.js'
import { decode, encode } from './base64url.js'
import { sizeOf, toBuffer, viewOf, type Bytes } from './bytes.js'
import { open, seal } from './cipher.js'
import { decryptLegacy, legacyPrefix } from './legacy-decrypt.js'
import { sealNonce } from './seal-nonce.js'
import { keyLength, nonceLength } from './xchacha.js'

export { sealNonce }

const encryptNames = named('entropy', 'nonce', 'aad')
const decryptNames = named('aad')
const prefix = 'XCP.'
const defaultAad = Buffer.from('A128GCM', 'latin1')

/**
 * What makes the nonce of a message: `entropy`, at least 24 bytes that cannot be guessed, from which
 * {@link sealNonce} derives it; or `nonce`, exactly 24 bytes, which the caller must never use for two
 * different messages under one key.
 */
export type Sealing =
  | { readonly entropy: Uint8Array; readonly nonce?: never }
  | { readonly nonce: Uint8Array; readonly entropy?: never }

/** Data that is authenticated with the message but is not in it; decrypting needs the same. */
export interface AdditionalData {
  /** Default `A128GCM`, which is Plug's. */
  readonly aad?: Bytes
}

/**
 * Encrypts a message.
 *
 * @param secret Exactly 32 bytes, as from `keyGenerator.generate`.
 * @param signSecret Not used by this format; taken because Plug takes it, for tokens of its first version.
 * @throws TypeError or RangeError when secret, nonce or entropy has not its length. No message shows a secret.
 * @example
 * import { messageEncryptor } from 'plugboard/crypto'
 * const secret = 'abcdefgh'.repeat(4)
 * const nonce = Uint8Array.from({ length: 24 }, (_, i) => i)
 * messageEncryptor.encrypt('hello world', secret, '', { nonce })
 * // 'XCP.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXplMWz1MPWixQ-TJd3cK6A2auFkjB5eZFPimQ'
 */
export const encrypt = (
  message: Bytes,
  secret: Bytes,
  signSecret: Bytes,
  options: Sealing & AdditionalData,
): string => {
  checkOptions('messageEncryptor', options, encryptNames)
  const key = keyOf(secret, signSecret)
  if (key.length !== keyLength)
    throw new RangeError(
      `messageEncryptor: secret must be exactly ${keyLength} bytes to encrypt, got ${key.length}`,
    )
  const plaintext = toBuffer(message, 'messageEncryptor: message')
  const aad = aadOf(options)
  return prefix + seal(plaintext, aad, key, nonceOf(options, key, aad, plaintext))
}

/**
 * Gives the message of a token that was encrypted with this secret and additional data; none for everything
 * else.
 *
 * @param secret 32 bytes; tokens of Plug.Crypto 1 may also have been made with 16 or 24.
 * @param signSecret Used by tokens of Plug.Crypto 1 alone.
 * @throws RangeError when the secret is not 16, 24 or 32 bytes long.
 * @example
 * import { messageEncryptor } from 'plugboard/crypto'
 * const token = 'XCP.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXplMWz1MPWixQ-TJd3cK6A2auFkjB5eZFPimQ'
 * messageEncryptor.decrypt(token, 'abcdefgh'.repeat(4), '') // some(the bytes of 'hello world')
 */
export const decrypt = (
  token: string,
  secret: Bytes,
  signSecret: Bytes,
  options?: AdditionalData,
): Option<Uint8Array> => {
  if (options !== undefined) checkOptions('messageEncryptor', options, decryptNames)
  const key = keyOf(secret, signSecret)
  if (key.length !== 16 && key.length !== 24 && key.length !== keyLength)
    throw new RangeError(`messageEncryptor: secret must be 16, 24 or 32 bytes, got ${key.length}`)
  const message = token.startsWith(prefix)
    ? openToken(token, aadOf(options), key)
    : token.startsWith(legacyPrefix)
      ? decryptLegacy(token, aadOf(options), key, toBuffer(signSecret, 'messageEncryptor: signSecret'))
      : undefined
  return message === undefined ? none : some(message)
}

const openToken = (token: string, aad: Buffer, key: Buffer): Buffer | undefined => {
  if (key.length !== keyLength) return undefined
  const sealed = token.slice(prefix.length)
  return open(sealed, aad, key) ?? openRespelled(sealed, aad, key)
}

// Plug writes one spelling and reads others of the same bytes too: padding, and unused bits that are set.
const openRespelled = (sealed: string, aad: Buffer, key: Buffer): Buffer | undefined => {
  const bytes = decode(sealed)
  const spelled = bytes && encode(bytes)
  return spelled === undefined || spelled === sealed ? undefined : open(spelled, aad, key)
}

const keyOf = (secret: Bytes, signSecret: Bytes): Buffer => {
  if (typeof signSecret !== 'string') toBuffer(signSecret, 'messageEncryptor: signSecret')
  return toBuffer(secret, 'messageEncryptor: secret')
}

const aadOf = (options: AdditionalData | undefined): Buffer =>
  options?.aad === undefined ? defaultAad : toBuffer(options.aad, 'messageEncryptor: aad')

const nonceOf = (sealing: Sealing, key: Buffer, aad: Buffer, plaintext: Buffer): Buffer => {
  if (sealing.nonce === undefined) return viewOf(sealNonce(sealing.entropy, key, aad, plaintext))
  if (!(sealing.nonce instanceof Uint8Array) || sealing.nonce.length !== nonceLength)
    throw new RangeError(
      `messageEncryptor: nonce must be exactly ${nonceLength} bytes, got ${sizeOf(sealing.nonce)}`,
    )
  return viewOf(sealing.nonce)
}
