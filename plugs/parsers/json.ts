/** The parser for JSON bodies (Plug.Parsers.JSON). */
import type { Either } from 'fp-ts/lib/Either.js'
import type { BodyLimits } from '../../lib/conn.js'
import { chain } from '../../lib/effect.js'
import { parseError, type PlugError } from '../../lib/error.js'
import { left, right } from '../../lib/fp.js'
import { decodeUtf8, withoutBom } from '../../lib/http/utf8.js'
import { bytes, checkOptions, count, flag, milliseconds, oneOf, type Rules } from '../../lib/options.js'
import type { BodyParser, Parsed } from './parser.js'

/** Options of {@link parseJson}. */
export interface JsonOptions extends BodyLimits {
  /** Whether objects, too, go under the parameter `_json`, as all other values do. Default false. */
  readonly nestAllJson?: boolean
  /** Levels of lists and objects, one in the other. More is a 400. Default 100. */
  readonly depth?: number
  /**
   * What becomes of integers beyond ±9,007,199,254,740,991 (2^53 − 1) and of numbers such as `1e999`, which a number of JavaScript
   * cannot hold: `'round'` takes the nearest number, as `JSON.parse` does, and digits are lost; `'string'` makes a string of their
   * digits, for `BigInt`; `'reject'` fails with `ParseError` (400). Default `'round'`.
   */
  readonly largeIntegers?: 'round' | 'string' | 'reject'
}

const rules: Rules = {
  length: bytes,
  readTimeout: milliseconds,
  nestAllJson: flag,
  depth: count,
  largeIntegers: oneOf('round', 'string', 'reject'),
}

const quote = 0x22
const backslash = 0x5c

/** The code of the UTF-16 unit that the escape `\uXXXX` at the index stands for; NaN if there is none. */
const escape = (text: string, at: number): number =>
  text.startsWith('\\u', at) ? Number.parseInt(text.slice(at + 2, at + 6), 16) : Number.NaN

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

/** Where the string that starts at the index ends; undefined if it holds half of a surrogate pair. */
const endOfString = (text: string, start: number): number | undefined => {
  let i = start + 1
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === quote) break
    if (c !== backslash) continue
    const code = escape(text, i)
    if (isHigh(code) && isLow(escape(text, i + 6))) i += 11
    else if (isHigh(code) || isLow(code)) return undefined
    else i++
  }
  return i
}

/** What JSON's grammar allows and a body may not hold: too many levels, and escapes that are no characters. */
const flaw = (text: string, depth: number): string | undefined => {
  let level = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === quote) {
      const end = endOfString(text, i)
      if (end === undefined) return 'malformed JSON: an escape stands for half of a character'
      i = end
    } else if (c === 0x5b || c === 0x7b) {
      if (++level > depth) return `JSON may be nested ${depth} levels deep, not deeper`
    } else if (c === 0x5d || c === 0x7d) level--
  }
  return undefined
}

/** Whether a character may be part of a number: a digit, or one of `+-.eE`. */
const inNumber = (c: number): boolean =>
  (c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e || c === 0x45 || c === 0x65

const isLarge = (token: string): boolean => {
  const number = Number(token)
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(number) : !Number.isFinite(number)
}

/** Well-formed JSON in which the numbers that a number cannot hold are strings; the very same text if there are none. */
const quoteLarge = (text: string): string => {
  let out = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === quote) i = endOfString(text, i) ?? text.length
    else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
      const start = i
      while (inNumber(text.charCodeAt(i + 1))) i++
      const token = text.slice(start, i + 1)
      if (!isLarge(token)) continue
      out += `${text.slice(from, start)}"${token}"`
      from = i + 1
    }
  }
  return from === 0 ? text : out + text.slice(from)
}

type Large = NonNullable<JsonOptions['largeIntegers']>

/** The value of JSON text, or a failure that says what is wrong with it. */
const valueOf = (text: string, large: Large): Either<PlugError, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // What was thrown quotes the body, which may hold a password: it is not kept.
    return left(parseError('malformed JSON'))
  }
  if (large === 'round') return right(value)
  const quoted = quoteLarge(text)
  if (quoted === text) return right(value)
  return large === 'string'
    ? right(JSON.parse(quoted))
    : left(parseError('JSON holds a number that is too large: integers may be up to 9007199254740991'))
}

const nested = (value: unknown): Parsed => ({ params: Object.assign(Object.create(null), { _json: value }) })

const decode = (
  given: Uint8Array,
  depth: number,
  nestAll: boolean,
  large: Large,
): Either<PlugError, Parsed> => {
  const body = withoutBom(given)
  if (body.length === 0) return right({ params: Object.create(null) })
  const text = decodeUtf8(body)
  if (text === undefined) return left(parseError('malformed JSON: not UTF-8'))
  // Text that is short has no room for so many levels; most bodies end here.
  const found = text.length > depth || text.includes('\\u') ? flaw(text, depth) : undefined
  if (found !== undefined) return left(parseError(found))
  const read = valueOf(text, large)
  if (read._tag === 'Left') return read
  const value = read.right
  return right(
    nestAll || typeof value !== 'object' || value === null || Array.isArray(value)
      ? nested(value)
      : { params: Object.assign(Object.create(null), value) },
  )
}

/**
 * Decodes `application/json` and `application/*+json`. An object's entries are the parameters; any other value goes
 * under `_json`; an empty body gives none. Of two equal names the last counts. `length` is 8,000,000 bytes unless said
 * otherwise here or for all parsers. A byte order mark at the start is skipped.
 *
 * Warning: integers beyond ±(2^53 − 1), such as ids of 64 bits, lose their last digits, as with `JSON.parse`. The option
 * `largeIntegers` makes strings of them, or rejects them.
 *
 * Malformed JSON, bytes that are not UTF-8, escapes that stand for half of a surrogate pair and too deep nesting fail
 * with `ParseError` (400). Names such as `__proto__` are names like any other: copy what a client sent entry by entry,
 * not with `Object.assign` onto an ordinary object.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 */
export const parseJson = (own: JsonOptions = {}): BodyParser => {
  checkOptions('parseJson', own, rules)
  const { nestAllJson = false, depth = 100, largeIntegers = 'round' } = own
  return {
    reads: ({ type, subtype }) => type === 'application' && (subtype === 'json' || subtype.endsWith('+json')),
    parse: (conn, _type, all) => {
      const length = own.length ?? all.length ?? 8_000_000
      const readTimeout = own.readTimeout ?? all.readTimeout
      const read = conn.body.bytes(readTimeout === undefined ? { length } : { length, readTimeout })
      return chain((body: Uint8Array) => () => decode(body, depth, nestAllJson, largeIntegers))(read)
    },
  }
}
