/**
 * Text and its bytes: strict UTF-8, and percent-encoding of path segments (RFC 3986) and of forms
 * (application/x-www-form-urlencoded, as Elixir's URI module reads and writes it).
 */

// A byte order mark is a character like any other here; WHATWG's default would drop it.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The text of UTF-8 bytes, or undefined if they are not well-formed (RFC 3629: no overlong forms, no
 * surrogates).
 *
 * @example
 * import { decodeUtf8 } from './utf8.js'
 * decodeUtf8(new Uint8Array([0xc3, 0xa9])) // => 'é'
 * decodeUtf8(new Uint8Array([0xc3])) // => undefined
 */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** The text of UTF-8 bytes, with U+FFFD in place of those that are not well-formed. */
export const decodeLossy = (bytes: Uint8Array): string => lossy.decode(bytes)

/** Bytes without a byte order mark at their start, which says nothing in UTF-8. */
export const withoutBom = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

/**
 * The scalar value of a sequence that starts with a byte of 0x80 or more, or -1; a byte that is absent is -1.
 */
const scalar = (b0: number, b1: number, b2: number, b3: number): number => {
  if (b0 < 0xc2 || b0 > 0xf4 || (b1 & 0xc0) !== 0x80) return -1
  if (b0 < 0xe0) return ((b0 & 0x1f) << 6) | (b1 & 0x3f)
  if ((b2 & 0xc0) !== 0x80) return -1
  if (b0 < 0xf0) {
    const code = ((b0 & 0x0f) << 12) | ((b1 & 0x3f) << 6) | (b2 & 0x3f)
    return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? -1 : code
  }
  if ((b3 & 0xc0) !== 0x80) return -1
  const code = ((b0 & 0x07) << 18) | ((b1 & 0x3f) << 12) | ((b2 & 0x3f) << 6) | (b3 & 0x3f)
  return code < 0x10000 || code > 0x10ffff ? -1 : code
}

/** How many bytes a scalar value of 0x80 or more takes. */
const width = (code: number): number => (code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)

/**
 * The first byte at which bytes stop being UTF-8, or undefined if they are well-formed: what Plug names in
 * its messages ("invalid UTF-8 on urlencoded params, got byte 255").
 *
 * @example
 * import { firstInvalidByte } from './utf8.js'
 * firstInvalidByte(new Uint8Array([0x61, 0xff])) // => 255
 */
export const firstInvalidByte = (bytes: Uint8Array): number | undefined => {
  for (let i = 0; i < bytes.length;) {
    const b0 = bytes[i] as number
    if (b0 < 0x80) i += 1
    else {
      const code = scalar(b0, bytes[i + 1] ?? -1, bytes[i + 2] ?? -1, bytes[i + 3] ?? -1)
      if (code < 0) return b0
      i += width(code)
    }
  }
  return undefined
}

// The value of each hexadecimal digit by its character code, -1 for every other character up to 'f'.
const digits = Int8Array.from({ length: 103 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
)
const digit = (code: number): number => (code < 103 ? (digits[code] as number) : -1)

/** The byte that two hexadecimal digits stand for, given by their character codes; -1 if one is no such digit. */
export const hexByte = (high: number, low: number): number => {
  const value = (digit(high) << 4) | digit(low)
  return value < 0 ? -1 : value
}

/** The byte that a `%XX` at the index stands for, or -1 if there is none. */
const escaped = (text: string, at: number): number =>
  text.charCodeAt(at) === 0x25 ? hexByte(text.charCodeAt(at + 1), text.charCodeAt(at + 2)) : -1

/**
 * Undoes percent-encoding in one pass; undefined for invalid UTF-8 and, where `whole`, for a malformed `%`.
 */
const unpercent = (text: string, plus: boolean, whole: boolean): string | undefined => {
  let out = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x2b && plus) {
      out += text.slice(from, i) + ' '
      from = i + 1
    } else if (c === 0x25) {
      const b0 = escaped(text, i)
      if (b0 < 0) {
        if (whole) return undefined
        continue
      }
      const code =
        b0 < 0x80 ? b0 : scalar(b0, escaped(text, i + 3), escaped(text, i + 6), escaped(text, i + 9))
      if (code < 0) return undefined
      out += text.slice(from, i) + String.fromCodePoint(code)
      i += (b0 < 0x80 ? 3 : 3 * width(code)) - 1
      from = i + 1
    }
  }
  return from === 0 ? text : out + text.slice(from)
}

/**
 * Decodes one segment of a path: percent sequences become UTF-8 text, `+` stays. Undefined for a malformed
 * percent sequence and for bytes that are not UTF-8: the router answers such a path with 400.
 *
 * @example
 * import { decodeSegment } from 'plugboard'
 * decodeSegment('caf%C3%A9+1') // => 'café+1'
 * decodeSegment('100%') // => undefined
 */
export const decodeSegment = (text: string): string | undefined => unpercent(text, false, true)

/**
 * Decodes a key or a value of a form or query (Elixir's `URI.decode_www_form`): `+` is a space, percent
 * sequences become UTF-8 text, a malformed one is kept as it is. Undefined for bytes that are not UTF-8.
 *
 * @example
 * import { decodeWwwForm } from 'plugboard'
 * decodeWwwForm('a+b%21') // => 'a b!'
 * decodeWwwForm('100%') // => '100%'
 * decodeWwwForm('%ff') // => undefined
 */
export const decodeWwwForm = (text: string): string | undefined => unpercent(text, true, false)

const unreserved = /^[\w.~-]*$/
const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/**
 * Percent-encodes all but the unreserved characters `A-Z a-z 0-9 - _ . ~` (RFC 3986 §2.3), as UTF-8; a lone
 * surrogate, which has no UTF-8, is written as U+FFFD.
 *
 * @example
 * import { encodeSegment } from 'plugboard'
 * encodeSegment('a/b c') // => 'a%2Fb%20c'
 */
export const encodeSegment = (text: string): string =>
  unreserved.test(text)
    ? text
    : encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[!'()*]/g, hex)

/**
 * Encodes a key or a value of a form or query (Elixir's `URI.encode_www_form`): as {@link encodeSegment},
 * with `+` for a space.
 *
 * @example
 * import { encodeWwwForm } from 'plugboard'
 * encodeWwwForm('a b/c') // => 'a+b%2Fc'
 */
export const encodeWwwForm = (text: string): string => encodeSegment(text).replaceAll('%20', '+')

/** Whether text is ASCII: every other character takes more bytes than units. Counting them is faster than an expression. */
export const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

/**
 * Text as a header carries it: its bytes in UTF-8, each as one character (U+0000 to U+00FF), which `node:http` and others write as
 * one byte.
 *
 * @example
 * import { toByteString } from './utf8.js'
 * toByteString('é') // => 'Ã©'
 */
export const toByteString = (text: string): string =>
  isAscii(text) ? text : Buffer.from(text).toString('latin1')

/**
 * The text whose UTF-8 bytes the characters of a header are, as {@link toByteString} writes it. What is not UTF-8 stays as it is: each
 * byte a character of Latin-1.
 *
 * @example
 * import { fromByteString } from './utf8.js'
 * fromByteString('Ã©') // => 'é'
 * fromByteString('é') // => 'é'
 */
export const fromByteString = (bytes: string): string =>
  isAscii(bytes) || /[^\x00-\xff]/.test(bytes) ? bytes : (decodeUtf8(Buffer.from(bytes, 'latin1')) ?? bytes)
