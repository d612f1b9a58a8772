/**
 * Nested parameters and their text: `a=1&user[name]=x&tags[]=y` (Plug.Conn.Query). Records have no prototype,
 * so a key such as `__proto__` is a key like any other. The work grows with the length of the text and no faster; the
 * limits bound the memory.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { invalidQuery, type PlugError } from '../error.js'
import { left, right } from '../fp.js'
import { isRecord } from '../is-record.js'
import { checkOptions, flag, integer, type Rules } from '../options.js'
import { addParam, emptyParams, paramsDone, type ParamsOf, type ParamValueOf } from './params.js'
import { decodeLossy, decodeUtf8, encodeWwwForm, firstInvalidByte, hexByte } from './utf8.js'

/** Nested parameters as a query or a form gives them: text, lists and records. */
export type Params = ParamsOf<string>

/** One value among {@link Params}. */
export type ParamValue = ParamValueOf<string>

/** Limits on what {@link decodeQuery} reads. */
export interface QueryOptions {
  /** The most characters; more is a 414. Default 1,000,000. */
  readonly length?: number
  /** The most levels of nesting: `a[b][c]` has two. More is a 400. Default 100. */
  readonly depth?: number
  /** The most arrays and objects in all, whatever their level: `a[b][c]` opens two. More is a 400. Default 20,000. */
  readonly branches?: number
  /** The most pairs; more is a 400. Default 10,000. */
  readonly pairs?: number
  /** Whether bytes that are not UTF-8 are an error (the default), or are read as U+FFFD. */
  readonly validateUtf8?: boolean
}

const limit = integer(0)

/** What {@link QueryOptions} must be. */
export const queryRules: Rules = {
  length: limit,
  depth: limit,
  branches: limit,
  pairs: limit,
  validateUtf8: flag,
}

const noOptions: QueryOptions = Object.freeze({})

/** Bytes undone of their percent-encoding, where there are not many: one place for all, as it is used up at once. */
const shared = Buffer.allocUnsafeSlow(16_384)
/** Where keys and values begin and end in it. */
const sharedMarks: number[] = []

const ampersand = 0x26
const equalsSign = 0x3d
const plus = 0x2b
const space = 0x20
const percent = 0x25
const bracket = 0x5d

/** The text of a key or a value, or what is wrong with it. */
const textOf = (bytes: Uint8Array, validateUtf8: boolean): string | PlugError =>
  (validateUtf8 ? decodeUtf8(bytes) : decodeLossy(bytes)) ??
  invalidQuery(`invalid UTF-8 on urlencoded params, got byte ${firstInvalidByte(bytes)}`)

const notAscii = invalidQuery('bytes beyond ASCII')

/**
 * The parameters in the first bytes of `source`, which are undone of their percent-encoding into another array, or into
 * the very same one: they never become more.
 */
const decodePairs = (
  source: Uint8Array,
  size: number,
  into: Buffer,
  { depth = 100, branches = 20_000, pairs = 10_000, validateUtf8 = true }: QueryOptions,
): Either<PlugError, Params> => {
  const marks = into === shared ? sharedMarks : []
  // One pass undoes the encoding and finds the pairs: three marks each, where its key begins and ends, and its value ends.
  let count = 0
  let nests = false
  let given = 0
  let decoded = 0
  for (let at = 0, to = 0; at < size; at++) {
    const start = to
    let equals = -1
    for (; at < size; at++) {
      let byte = source[at] as number
      given |= byte
      if (byte === ampersand) break
      if (byte === equalsSign && equals < 0) {
        equals = to
        continue
      }
      if (byte === plus) byte = space
      else if (byte === percent) {
        const escaped = at + 2 < size ? hexByte(source[at + 1] as number, source[at + 2] as number) : -1
        if (escaped >= 0) {
          byte = escaped
          at += 2
        }
      }
      decoded |= byte
      into[to++] = byte
    }
    if (to === start && equals < 0) continue
    if (count === pairs) return left(invalidQuery(`a query may have ${pairs} parameters, not more`))
    const end = equals < 0 ? to : equals
    // Only a key that ends in "]" nests: without one, the pairs go straight into a record.
    if (end > start && into[end - 1] === bracket) nests = true
    marks[3 * count] = start
    marks[3 * count + 1] = end
    marks[3 * count + 2] = to
    count += 1
  }
  if (source !== into && given >= 0x80) return left(notAscii)
  const end = count === 0 ? 0 : (marks[3 * count - 1] as number)
  const ascii = decoded < 0x80 ? into.toString('latin1', 0, end) : undefined
  const nested = nests ? emptyParams(depth, branches) : undefined
  const flat: Record<string, string> = Object.create(null)
  for (let i = 0; i < 3 * count; i += 3) {
    const start = marks[i] as number
    const middle = marks[i + 1] as number
    const stop = marks[i + 2] as number
    const key =
      ascii === undefined ? textOf(into.subarray(start, middle), validateUtf8) : ascii.slice(start, middle)
    const value =
      ascii === undefined ? textOf(into.subarray(middle, stop), validateUtf8) : ascii.slice(middle, stop)
    if (typeof key !== 'string') return left(key)
    if (typeof value !== 'string') return left(value)
    if (nested === undefined) flat[key] = value
    else addParam(nested, key, value)
  }
  return nested === undefined ? right(flat) : paramsDone(nested)
}

/**
 * Decodes a query or an urlencoded form (Plug.Conn.Query.decode). Pairs are split at `&`, then at the first
 * `=`; `+` is a space; a malformed percent sequence is kept as it is. `a[b]=1` nests, `a[]=1` is an item of a
 * list.
 *
 * @param text The query without its `?`. A byte of 0x80 or more stands in it percent-encoded, or decoded as
 * UTF-8.
 * 20,000 arrays and objects take 12 MB at most while they are decoded, and 5 MB afterwards.
 *
 * @returns The parameters, or an `InvalidQuery`: 414 if the text is too long, 400 for bytes that are not
 * UTF-8, too many pairs, too deep nesting or too many arrays and objects.
 * @throws TypeError if an option is unknown or wrong
 * @example
 * import { decodeQuery } from 'plugboard'
 * decodeQuery('a=1&user[name]=Ann&tags[]=x&tags[]=y')
 * // => right({ a: '1', user: { name: 'Ann' }, tags: ['x', 'y'] })
 */
export const decodeQuery = (text: string, options: QueryOptions = noOptions): Either<PlugError, Params> => {
  if (options !== noOptions) checkOptions('decodeQuery', options, queryRules)
  return readQuery(text, options)
}

/** {@link decodeQuery} with options that were checked when a plug was built. */
export const readQuery = (text: string, options: QueryOptions = noOptions): Either<PlugError, Params> => {
  const { length = 1_000_000 } = options
  if (text.length > length)
    return left(
      invalidQuery(`maximum query string length is ${length}, got a query with ${text.length} characters`, {
        status: 414,
      }),
    )
  if (text === '') return right(Object.create(null) as Params)
  // A character takes three bytes at most.
  const into = 3 * text.length <= shared.length ? shared : Buffer.from(text)
  return decodePairs(into, into === shared ? shared.write(text) : into.length, into, options)
}

/**
 * Decodes the bytes of a form as {@link decodeQuery} does its text, which takes longer. Undefined where they are not all
 * ASCII, and where they are refused: that text says why.
 *
 * @example
 * import { decodeAscii } from './query.js'
 * decodeAscii(Buffer.from('a=1&b=%C3%A9')) // => { a: '1', b: 'é' }
 * decodeAscii(Buffer.from('a=é')) // => undefined
 */
export const decodeAscii = (bytes: Uint8Array, options: QueryOptions = {}): Params | undefined => {
  const into = bytes.length <= shared.length ? shared : Buffer.allocUnsafe(bytes.length)
  const read = decodePairs(bytes, bytes.length, into, options)
  return read._tag === 'Left' ? undefined : read.right
}

/** What {@link encodeQuery} can write; a date is written as ISO 8601, an undefined entry of a record is left out. */
export type QueryValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | readonly QueryValue[]
  | { readonly [name: string]: QueryValue | undefined }

const scalars: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean'])

type QueryRecord = { readonly [name: string]: QueryValue | undefined }

/** The names of a record whose values are there. */
const namesOf = (record: QueryRecord): readonly string[] =>
  Object.keys(record).filter(name => record[name] !== undefined)

const append = (pairs: string[], field: string, value: QueryValue): void => {
  if (Array.isArray(value)) {
    for (const item of value as readonly QueryValue[]) {
      if (isRecord(item) && namesOf(item).length !== 1)
        throw new TypeError(`encodeQuery: an object inside an array must have exactly one key, at ${field}[]`)
      append(pairs, `${field}[]`, item)
    }
  } else if (isRecord(value)) {
    for (const name of namesOf(value as QueryRecord))
      append(pairs, `${field}[${encodeWwwForm(name)}]`, value[name] as QueryValue)
  } else if (value === null) pairs.push(`${field}=`)
  else if (value instanceof Date) pairs.push(`${field}=${encodeWwwForm(value.toISOString())}`)
  else if (scalars.has(typeof value)) pairs.push(`${field}=${encodeWwwForm(String(value))}`)
  else
    throw new TypeError(
      `encodeQuery: a value must be a string, number, bigint, boolean, null, date, array or object, at ${field}`,
    )
}

/**
 * Encodes parameters as a query (Plug.Conn.Query.encode), keys in the record's own order: null is written as
 * nothing after the `=`, what is undefined and an empty list or record is left out, the brackets of nesting stay bare.
 *
 * @throws TypeError for a record inside a list that has not exactly one key (it could not be read back), and
 * for values that are none of {@link QueryValue}.
 * @example
 * import { encodeQuery } from 'plugboard'
 * encodeQuery({ q: 'a b', page: 2, tags: ['x', 'y'], user: { name: 'Ann' } })
 * // => 'q=a+b&page=2&tags[]=x&tags[]=y&user[name]=Ann'
 */
export const encodeQuery = (params: { readonly [name: string]: QueryValue | undefined }): string => {
  const pairs: string[] = []
  for (const name of namesOf(params)) append(pairs, encodeWwwForm(name), params[name] as QueryValue)
  return pairs.join('&')
}
