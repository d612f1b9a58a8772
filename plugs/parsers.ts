/**
 * Decodes the query and the body of a request into parameters (Plug.Parsers). The body's media type chooses the parser;
 * nothing is read where there is nothing to decode.
 */
import type { Conn, Halted, WithBodyParams, WithQueryParams } from '../lib/conn.js'
import { fetchQueryParams } from '../lib/conn/request.js'
import { putBodyParams } from '../lib/conn/rewrite.js'
import { declare, failuresOf } from '../lib/declared.js'
import {
  badEncoding,
  badRequest,
  parseError,
  requestTimeout,
  requestTooLarge,
  unsupportedMediaType,
} from '../lib/error.js'
import { isFetched, type Dict } from '../lib/fetched.js'
import { contentType, list as itemsOf, type MediaType } from '../lib/http/media-type.js'
import { fail } from '../lib/plug.js'
import { map, type Effect, type Result } from '../lib/effect.js'
import { bytes, checkOptions, flag, isListOf, isObject, milliseconds, type Rules } from '../lib/options.js'
import { parseJson } from './parsers/json.js'
import type { BodyParser, Parsed, ParserOptions } from './parsers/parser.js'
import { parseUrlencoded } from './parsers/urlencoded.js'

/** Options of {@link parsers}. */
export interface ParsersOptions extends ParserOptions {
  /** The parsers, the first that reads the body's media type being taken. Default `[parseUrlencoded(), parseJson()]`. */
  readonly parsers?: readonly BodyParser[]
  /**
   * Media types that are let through undecoded: `'text/csv'`, `'text/*'`; the range for any type (`*` on both sides of
   * the slash) lets everything through where it is the only one. Other bodies fail with `UnsupportedMediaType` (415).
   */
  readonly pass?: readonly string[]
  /** Bytes of the query at most; more is a 414. Default 1,000,000. */
  readonly queryStringLength?: number
}

const isParser = (value: unknown): boolean =>
  isObject(value) && typeof value['reads'] === 'function' && typeof value['parse'] === 'function'

const isMediaRange = (value: unknown): boolean =>
  typeof value === 'string' && /^[^\s/]+\/[^\s/]+$/.test(value)

const rules: Rules = {
  parsers: { must: 'an array of parsers, such as [parseUrlencoded(), parseJson()]', ok: isListOf(isParser) },
  pass: { must: "an array of media types, such as ['text/*']", ok: isListOf(isMediaRange) },
  length: bytes,
  readTimeout: milliseconds,
  queryStringLength: bytes,
  validateUtf8: flag,
}

const methods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** The parameters of a body that was let through: parsers further on may still decode it. */
const undecoded = Object.freeze(Object.create(null)) as Dict<never>
const putNone = putBodyParams(Object.freeze(Object.create(null)) as object)
const putUndecoded = putBodyParams(undecoded)

/** Whether the body was compressed or otherwise encoded: no parser could read it. */
const isEncoded = ({ reqHeaders }: Conn): boolean =>
  reqHeaders.has('content-encoding') &&
  reqHeaders
    .getAll('content-encoding')
    .some(codings => itemsOf(codings).some(coding => coding.toLowerCase() !== 'identity'))

// RFC 9110 §12.5.3: what may be sent instead.
const encoded = unsupportedMediaType(
  'bodies with a content coding are not read here: send the body without one',
  {
    headers: { 'accept-encoding': 'identity' },
  },
)

/** Reads media types. It keeps the last one, as most requests of an app repeat its header. */
const typeReader = (): ((header: string) => MediaType) => {
  let lastHeader = ''
  let lastType: MediaType = { type: '', subtype: '', params: {} }
  return header => {
    if (header !== lastHeader) {
      // One that cannot be read is a type of its own, which only a pass for all lets through.
      lastType = contentType(header) ?? { type: header, subtype: '', params: {} }
      lastHeader = header
    }
    return lastType
  }
}

/**
 * Decodes the query into `conn.queryParams`, the body of a POST, PUT, PATCH or DELETE into `conn.bodyParams`, and both
 * into `conn.params`: path parameters over the body's over the query's. Without a body, or a content type, or for a media
 * type in `pass`, `bodyParams` is empty and nothing is read. A body with a `Content-Encoding` (gzip) is a 415, since no parser decodes it.
 *
 * A body that is too long fails with `RequestTooLarge` (413), one that comes too slowly with `RequestTimeout` (408), one
 * that ends too early with `BadRequest` (400), one that no parser reads with `UnsupportedMediaType` (415), one that its
 * parser cannot read with `ParseError` or `BadEncoding` (400); the query with `InvalidQuery` (400, or 414).
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 * @example
 * import { json, pipeline, type Conn, type WithBodyParams } from 'plugboard'
 * import { parsers } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const show = <C extends Conn & WithBodyParams>(c: C) => json(c.bodyParams)(c)
 * const done = run(pipeline(parsers(), show))(conn('POST', '/?page=1', { form: { user: { name: 'Ada' } } }))
 * done.respBody // => '{"user":{"name":"Ada"}}'
 * done.params // => { page: '1', user: { name: 'Ada' } }
 */
export const parsers = (options: ParsersOptions = {}) => {
  checkOptions('parsers', options, rules)
  const { parsers: list = [parseUrlencoded(), parseJson()], pass = [], queryStringLength, ...given } = options
  const { validateUtf8 = true } = given
  const fetchQuery = fetchQueryParams(
    queryStringLength === undefined ? { validateUtf8 } : { validateUtf8, length: queryStringLength },
  )
  const typeOf = typeReader()
  const passed = new Set(pass.map(range => range.toLowerCase()))
  const passesAll = pass.length === 1 && pass[0] === '*/*'
  const passes = ({ type, subtype }: MediaType): boolean =>
    passesAll || passed.has(`${type}/${subtype}`) || passed.has(`${type}/*`)

  const parse = (conn: Conn): Conn | Effect<Conn> => {
    const queried = fetchQuery(conn) as Conn
    if (queried.halted) return queried
    if (isFetched(queried.bodyParams) && queried.bodyParams !== undecoded) return queried
    const header = methods.has(conn.method) ? conn.reqHeaders.get('content-type') : undefined
    if (header === undefined) return putNone(queried)
    const type = typeOf(header)
    const parser = list.find(each => each.reads(type))
    if (parser !== undefined && isEncoded(conn)) return fail(queried, encoded)
    if (parser !== undefined)
      return map(({ conn: next = queried, params }: Parsed) => putBodyParams(params)(next))(
        parser.parse(queried, type, given),
      )
    return passes(type)
      ? putUndecoded(queried)
      : fail(queried, unsupportedMediaType('no parser reads bodies of this media type'))
  }
  return declare(function parsers<C extends Conn>(
    conn: C,
  ): Result<(C & WithQueryParams & WithBodyParams) | Halted> {
    return parse(conn) as Result<(C & WithQueryParams & WithBodyParams) | Halted>
  }, failures)
}

/** What it may fail with, with the parsers that are shipped. */
const failures = () => [
  ...failuresOf(fetchQueryParams),
  badRequest,
  badEncoding,
  parseError,
  requestTimeout,
  requestTooLarge,
  unsupportedMediaType,
]
