/**
 * The entry point `plugboard/crypto`: signing, encrypting and encoding in Plug's own formats, so that an app in
 * Phoenix and one in Plugboard that share a secret read each other's cookies and tokens. All of it is pure and
 * synchronous; time and randomness are arguments.
 */
export * as base64url from './base64url.js'
export type { Bytes } from './bytes.js'
export { mask, maskedCompare, secureCompare } from './compare.js'
export * as keyGenerator from './key-generator.js'
export type { KeyDigest, KeyOptions } from './key-generator.js'
export * as messageEncryptor from './message-encryptor.js'
export type { AdditionalData, Sealing } from './message-encryptor.js'
export * as messageVerifier from './message-verifier.js'
export type { SignatureDigest } from './message-verifier.js'
export { decrypt, encrypt, sign, verify } from './sealed-term.js'
export type {
  EncryptOptions,
  MaxAge,
  SignOptions,
  TokenError,
  TokenKeyOptions,
  VerifyOptions,
} from './sealed-term.js'
export * as termFormat from './term-format.js'
export {
  atom,
  atomField,
  float,
  improperList,
  isAtom,
  isBitString,
  isFloat,
  isImproperList,
  isOpaque,
  isTermMap,
  isTuple,
  termMap,
  tuple,
} from './term-format.js'
export type {
  Atom,
  BitString,
  DecodeError,
  DecodeOptions,
  Float,
  ImproperList,
  Opaque,
  RawEntry,
  Term,
  TermMap,
  Tuple,
} from './term-format.js'
export * as token from './token.js'
