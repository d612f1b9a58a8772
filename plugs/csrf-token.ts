/**
 * The tokens of CSRF protection, in Plug's own formats (Plug.CSRFProtection). A state of 24 characters stays in the
 * session; a token is that state masked, new for each request, or bound to a host by a signature.
 */
import { decode, encode, isCanonical } from '../lib/crypto/base64url.js'
import { maskedCompare } from '../lib/crypto/compare.js'
import { generateCached } from '../lib/crypto/key-generator.js'
import * as messageVerifier from '../lib/crypto/message-verifier.js'
import { isNone } from '../lib/fp.js'
import { isAscii } from '../lib/http/utf8.js'
import { mustBe } from '../lib/options.js'

/** Bytes of a state, of a mask and of a nonce, all of them text. */
const stateBytes = 24
const tokenBytes = 56

/** The entropy that a state, a mask or a nonce takes, in bytes. */
export const stateEntropy = 18

/** Text of 24 characters from 18 bytes of entropy: a state, a mask or a nonce. */
export const stateOf = (entropy: Uint8Array): string => encode(entropy)

/**
 * The state in what a session holds: text of 24 bytes, or else undefined, as if there were none.
 *
 * @example
 * import { dumpStateFromSession } from 'plugboard/plugs'
 * dumpStateFromSession('Y3JM_tufoF2-zY7lvFVRNngX') // => 'Y3JM_tufoF2-zY7lvFVRNngX'
 * dumpStateFromSession(5) // => undefined
 */
export const dumpStateFromSession = (value: unknown): string | undefined =>
  typeof value === 'string' && Buffer.byteLength(value) === stateBytes ? value : undefined

/** Where a state is masked, so that nothing is allocated for it; wiped after use. */
const scratch = Buffer.alloc(stateBytes)

/**
 * A token for this site: state and mask in one, which differs with the mask.
 *
 * @param state 24 bytes of text, as {@link dumpStateFromSession} gives it
 * @param masking 24 characters of ASCII, as {@link stateOf} makes them
 */
export const maskedToken = (state: string, masking: string): string => {
  scratch.write(state)
  for (let i = 0; i < stateBytes; i++) scratch[i] = (scratch[i] as number) ^ masking.charCodeAt(i)
  const masked = scratch.toString('base64url')
  scratch.fill(0)
  return masked + masking
}

/** A token for one host, and of no use to any other. */
export const hostToken = (secretKeyBase: string, state: string, nonce: string, host: string): string =>
  messageVerifier.sign(nonce + host, generateCached(secretKeyBase, state))

/**
 * Whether a masked token belongs to a state. False for whatever is malformed, host-bound tokens included.
 *
 * @example
 * import { validStateAndCsrfToken } from 'plugboard/plugs'
 * const state = 'Y3JM_tufoF2-zY7lvFVRNngX'
 * validStateAndCsrfToken(state, 'NAMjIS0fEh4DJEh5TTp6XSYCeyo7CyYum0ilrkgxlbzT7cM1PD-xueAv') // => true
 * validStateAndCsrfToken(state, 'anything else') // => false
 */
export const validStateAndCsrfToken = (state: unknown, token: unknown): boolean => {
  const known = dumpStateFromSession(state)
  if (known === undefined || typeof token !== 'string') return false
  const bytes = Buffer.from(token)
  if (bytes.length !== tokenBytes) return false
  const masked = decode(bytes.toString('latin1', 0, tokenBytes - stateBytes))
  return masked !== undefined && maskedCompare(known, bytes.subarray(tokenBytes - stateBytes), masked)
}

/** The host that a host-bound token was made for, in lower case, if it belongs to this state. */
export const hostOfToken = (
  secretKeyBase: string | undefined,
  state: string,
  token: string,
): string | undefined => {
  if (secretKeyBase === undefined || !token.startsWith('SFMyNTY.') || !isCanonical(token)) return undefined
  const message = messageVerifier.verify(token, generateCached(secretKeyBase, state))
  if (isNone(message) || message.value.length < stateBytes) return undefined
  // A URL may name its host in capitals; a conn's host has none.
  return Buffer.from(message.value).toString('utf8', stateBytes).toLowerCase()
}

const authority = /^(?:[^:/?#]*:)?\/\/([^/?#]*)/
const hostPart = /^(?:.*@)?(\[[^\]]*\]|[^:]*)/

/** A host without the brackets of an IPv6 address. */
export const bareHost = (host: string): string => host.replace(/^\[|\]$/g, '')

/** A host as browsers name it in a request: of one beyond ASCII, the ASCII form. */
export const asciiHost = (host: string): string =>
  !isAscii(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host

/**
 * The host of a URL as Elixir's URI.parse gives it: undefined for a path. Before that the URL is taken as browsers take it, who drop
 * line breaks and tabs, read a backslash as a slash, and find the host of `http:evil.example` although it has no slashes.
 *
 * @throws TypeError for a URL that has a scheme and no host: a form that is sent there must not hold a token for this site
 */
export const hostOfUrl = (url: string): string | undefined => {
  const refuse = (): never => {
    throw new TypeError(`getCsrfTokenFor: ${mustBe('url', 'a path of this site, or a URL with a host', url)}`)
  }
  if (typeof url !== 'string') return refuse()
  // oxlint-disable-next-line no-control-regex
  const seen = url.replace(/^[\0-\x20]+|[\t\n\r]/g, '').replaceAll('\\', '/')
  const found = authority.exec(seen)
  if (found !== null) return bareHost((hostPart.exec(found[1] as string) as RegExpExecArray)[1] as string)
  if (!/^[a-z][a-z\d+.-]*:/i.test(seen)) return undefined
  const host = URL.canParse(seen) ? new URL(seen).hostname : ''
  return host === '' ? refuse() : bareHost(host)
}
