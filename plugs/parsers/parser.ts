/** What a body parser is; `parsers` chooses one by the media type of the body. */
import type { BodyLimits, Conn } from '../../lib/conn.js'
import type { MediaType } from '../../lib/http/media-type.js'
import type { Effect } from '../../lib/effect.js'

/** What `parsers` is told for all its parsers; a parser's own options stand above these. */
export interface ParserOptions extends BodyLimits {
  /** Whether text must be UTF-8, which makes anything else a 400; or is read with U+FFFD in its place. Default true. */
  readonly validateUtf8?: boolean
}

/** A decoded body. */
export interface Parsed {
  /** The body's parameters. */
  readonly params: Readonly<Record<string, unknown>>
  /** The conn to go on with, where the parser has put something on it. */
  readonly conn?: Conn
}

/**
 * Decodes bodies of some media types.
 *
 * @example
 * import { right } from 'fp-ts/lib/Either.js'
 * import { parsers, type BodyParser } from 'plugboard/plugs'
 * const csv: BodyParser = {
 *   reads: ({ type, subtype }) => type === 'text' && subtype === 'csv',
 *   parse: (conn, _type, limits) => async () => {
 *     const read = await conn.body.bytes(limits)()
 *     return read._tag === 'Left' ? read : right({ params: { csv: Buffer.from(read.right).toString() } })
 *   },
 * }
 * const plug = parsers({ parsers: [csv] })
 */
export interface BodyParser {
  /** Whether it decodes bodies of this media type. */
  readonly reads: (type: MediaType) => boolean
  /** Reads and decodes the body of a request; `options` are those of `parsers`. */
  readonly parse: (conn: Conn, type: MediaType, options: ParserOptions) => Effect<Parsed>
}
