/**
 * Base64 with the URL-safe alphabet (RFC 4648, section 5), as Elixir's `Base.url_encode64(_, padding: false)`
 * writes it and `Base.url_decode64(_, padding: false)` reads it. `Buffer` decodes leniently, so the text is
 * checked before it is decoded.
 */
import { toBuffer, type Bytes } from './bytes.js'

const alphabet = /^[\w-]*={0,2}$/

/**
 * Encodes text or bytes, without padding.
 *
 * @example
 * import { base64url } from 'plugboard/crypto'
 * base64url.encode('hello world') // 'aGVsbG8gd29ybGQ'
 */
export const encode = (value: Bytes): string =>
  value instanceof Uint8Array && !Buffer.isBuffer(value) && value.length <= scratch.length
    ? encodeShort(value)
    : toBuffer(value, 'base64url.encode: value').toString('base64url')

/** Room for short bytes that are no Buffer: to make one of them costs more than to copy them. Wiped after use. */
const scratch = Buffer.alloc(64)

const encodeShort = (bytes: Uint8Array): string => {
  const { length } = bytes
  scratch.set(bytes)
  const text = scratch.toString('base64url', 0, length)
  scratch.fill(0, 0, length)
  return text
}

/**
 * Decodes, or gives undefined: for a character outside `A-Z a-z 0-9 - _`, an impossible length, or padding
 * that is not exactly what the length asks for. Padding may be absent. Unused bits of the last character are
 * ignored, as Elixir ignores them, so two texts can decode to the same bytes.
 *
 * @example
 * import { base64url } from 'plugboard/crypto'
 * base64url.decode('aGVsbG8gd29ybGQ') // the bytes of 'hello world'
 * base64url.decode('aGVs+G8') // undefined
 */
export const decode = (text: string): Uint8Array | undefined => {
  if (!alphabet.test(text)) return undefined
  const padded = text.endsWith('=')
  if (padded ? text.length % 4 !== 0 : text.length % 4 === 1) return undefined
  return Buffer.from(text, 'base64url')
}

/** The last characters that leave no unused bit set, by how many characters stand over a multiple of four. */
const lastOf = ['', '', 'AQgw', 'AEIMQUYcgkosw048']

/**
 * Whether the parts of a token behind its header, which are base64url between dots, are spelled as {@link encode} spells
 * them: no padding, no unused bit set. Two tokens of this spelling never hold the same bytes. It does not look at the
 * other characters: `decode` does.
 */
export const isCanonical = (token: string): boolean => {
  let start = token.indexOf('.') + 1
  while (start <= token.length) {
    const dot = token.indexOf('.', start)
    const end = dot === -1 ? token.length : dot
    const over = (end - start) % 4
    const last = token.charAt(end - 1)
    if (last === '=' || (over > 1 && !(lastOf[over] as string).includes(last))) return false
    start = end + 1
  }
  return true
}
