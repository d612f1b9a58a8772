/** The parser for what forms send: application/x-www-form-urlencoded (Plug.Parsers.URLENCODED). */
import type { Either } from 'fp-ts/lib/Either.js'
import { badEncoding, parseError, type PlugError } from '../../lib/error.js'
import { soon } from '../../lib/later.js'
import { isRight, left, right } from '../../lib/fp.js'
import { decodeAscii, readQuery, type QueryOptions } from '../../lib/http/query.js'
import { decodeLossy, decodeUtf8, firstInvalidByte, withoutBom } from '../../lib/http/utf8.js'
import { bytes, checkOptions, count, flag, milliseconds, type Rules } from '../../lib/options.js'
import type { BodyParser, Parsed, ParserOptions } from './parser.js'

/** Options of {@link parseUrlencoded}. */
export interface UrlencodedOptions extends ParserOptions {
  /** Levels that names may nest: `a[b][c]` has two. More is a 400. Default 100. */
  readonly depth?: number
  /** Arrays and objects in all, whatever their level: `a[b][c]` opens two. More is a 400. Default 20,000. */
  readonly branches?: number
  /** Pairs that a body may hold. More is a 400. Default 10,000. */
  readonly pairs?: number
}

const rules: Rules = {
  length: bytes,
  readTimeout: milliseconds,
  validateUtf8: flag,
  depth: count,
  branches: count,
  pairs: count,
}

/** Only the encoding is at fault where the text can be read once that is forgiven. */
const problem = (text: string, limits: QueryOptions, message: string): PlugError =>
  isRight(readQuery(text, { ...limits, validateUtf8: false })) ? badEncoding(message) : parseError(message)

const decode = (body: Uint8Array, limits: QueryOptions): Either<PlugError, Parsed> => {
  const params = decodeAscii(body, limits)
  if (params !== undefined) return right({ params })
  const text = limits.validateUtf8 === true ? decodeUtf8(body) : decodeLossy(body)
  if (text === undefined)
    return left(badEncoding(`invalid UTF-8 on urlencoded params, got byte ${firstInvalidByte(body)}`))
  const decoded = readQuery(text, limits)
  return isRight(decoded)
    ? right({ params: decoded.right })
    : left(problem(text, limits, decoded.left.message))
}

/**
 * Decodes `application/x-www-form-urlencoded`, with nested names as in queries. `length` is 1,000,000 bytes unless said
 * otherwise here or for all parsers. A byte order mark at the start is skipped. Bytes that are not UTF-8 fail with `BadEncoding` (400), too many pairs, too
 * deep nesting and too many arrays and objects with `ParseError` (400), too long a body with `RequestTooLarge` (413).
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 */
export const parseUrlencoded = (own: UrlencodedOptions = {}): BodyParser => {
  checkOptions('parseUrlencoded', own, rules)
  const limits = (validateUtf8: boolean): QueryOptions => ({
    ...(own.depth !== undefined && { depth: own.depth }),
    ...(own.branches !== undefined && { branches: own.branches }),
    ...(own.pairs !== undefined && { pairs: own.pairs }),
    // the length has been limited in bytes
    length: Infinity,
    validateUtf8,
  })
  const decoder = (given: QueryOptions) => (read: Either<PlugError, Uint8Array>) =>
    read._tag === 'Left' ? read : decode(withoutBom(read.right), given)
  const strictly = decoder(limits(true))
  const leniently = decoder(limits(false))
  return {
    reads: ({ type, subtype }) => type === 'application' && subtype === 'x-www-form-urlencoded',
    parse: (conn, _type, all) => {
      const length = own.length ?? all.length ?? 1_000_000
      const readTimeout = own.readTimeout ?? all.readTimeout
      const decoded = (own.validateUtf8 ?? all.validateUtf8 ?? true) ? strictly : leniently
      const read = conn.body.bytes(readTimeout === undefined ? { length } : { length, readTimeout })
      return () => soon(read(), decoded)
    },
  }
}
