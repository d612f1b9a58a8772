/** The parser for what forms send: application/x-www-form-urlencoded (Plug.Parsers.URLENCODED). */
import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js'
import { chain } from '../../lib/effect.js'
import { badEncoding, parseError, type PlugError } from '../../lib/error.js'
import { decodeQuery } from '../../lib/http/query.js'
import { decodeUtf8, firstInvalidByte } from '../../lib/http/utf8.js'
import { bytes, checkOptions, flag, milliseconds, type Rule, type Rules } from '../options.js'
import type { BodyParser, Parsed, ParserOptions } from './parser.js'

export interface UrlencodedOptions extends ParserOptions {
  /** Levels that names may nest: `a[b][c]` has two. More is a 400. Default 100. */
  readonly depth?: number
  /** Pairs that a body may hold. More is a 400. Default 10,000. */
  readonly pairs?: number
}

const count: Rule = {
  must: 'a whole number, 1 or more',
  ok: n => Number.isSafeInteger(n) && (n as number) > 0,
}
const rules: Rules = {
  length: bytes,
  readTimeout: milliseconds,
  validateUtf8: flag,
  depth: count,
  pairs: count,
}

const lossy = new TextDecoder('utf-8', { ignoreBOM: true })

/** Only the encoding is at fault where the text can be read once that is forgiven. */
const problem = (text: string, limits: UrlencodedOptions, message: string): PlugError =>
  isRight(decodeQuery(text, { ...limits, length: Infinity, validateUtf8: false }))
    ? badEncoding(message)
    : parseError(message)

const decode = (
  body: Uint8Array,
  limits: UrlencodedOptions,
  validateUtf8: boolean,
): Either<PlugError, Parsed> => {
  const text = validateUtf8 ? decodeUtf8(body) : lossy.decode(body)
  if (text === undefined)
    return left(badEncoding(`invalid UTF-8 on urlencoded params, got byte ${firstInvalidByte(body)}`))
  const decoded = decodeQuery(text, { ...limits, length: Infinity, validateUtf8 })
  return isRight(decoded)
    ? right({ params: decoded.right })
    : left(problem(text, limits, decoded.left.message))
}

/**
 * Decodes `application/x-www-form-urlencoded`, with nested names as in queries. `length` is 1,000,000 bytes unless said
 * otherwise here or for all parsers. Bytes that are not UTF-8 fail with `BadEncoding` (400), too many pairs or too deep
 * nesting with `ParseError` (400), too long a body with `RequestTooLarge` (413).
 */
export const urlencoded = (own: UrlencodedOptions = {}): BodyParser => {
  checkOptions('urlencoded', own, rules)
  const limits = {
    ...(own.depth !== undefined && { depth: own.depth }),
    ...(own.pairs !== undefined && { pairs: own.pairs }),
  }
  return {
    reads: ({ type, subtype }) => type === 'application' && subtype === 'x-www-form-urlencoded',
    parse: (conn, _type, all) => {
      const length = own.length ?? all.length ?? 1_000_000
      const readTimeout = own.readTimeout ?? all.readTimeout
      const validateUtf8 = own.validateUtf8 ?? all.validateUtf8 ?? true
      const read = conn.body.bytes(readTimeout === undefined ? { length } : { length, readTimeout })
      return chain((body: Uint8Array) => () => decode(body, limits, validateUtf8))(read)
    },
  }
}
