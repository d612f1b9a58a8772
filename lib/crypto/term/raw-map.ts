/**
 * Maps whose values stay encoded. A session is such a map: a value that nobody asks for is never decoded, and
 * is written back byte for byte, with all that JavaScript could not have told apart.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../../fp.js'
import { checkOptions } from '../../options.js'
import { Writer } from './encode.js'
import { compareText, sortedUnique } from './order.js'
import { decodeNames, open, reasonOf, type DecodeError, type DecodeOptions, type Reader } from './reader.js'
import { skipMap, type OnEntry } from './skip.js'
import * as tag from './tags.js'
import type { Term } from './term.js'

/** One entry of a map. The bytes are in external term format, without the version byte. */
export interface RawEntry {
  /** The key if it is a string; null for an atom, a number and everything else. */
  readonly key: string | null
  readonly rawKey: Uint8Array
  /** Decode it with {@link decodeTerm}: what {@link decodeMapRaw} gives does decode. */
  readonly rawValue: Uint8Array
}

/** An entry that knows where in some bytes it stands: most entries are never looked at, and are copied as they are. */
class Slice implements RawEntry {
  readonly key: string | null
  readonly #buffer: Buffer
  readonly #start: number
  readonly #middle: number
  readonly #end: number

  constructor(key: string | null, buffer: Buffer, start: number, middle: number, end: number) {
    this.key = key
    this.#buffer = buffer
    this.#start = start
    this.#middle = middle
    this.#end = end
  }

  get rawKey(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#middle)
  }

  get rawValue(): Uint8Array {
    return this.#buffer.subarray(this.#middle, this.#end)
  }

  static size(entry: RawEntry): number {
    return entry instanceof Slice ? entry.#end - entry.#start : entry.rawKey.length + entry.rawValue.length
  }

  /** Writes key and value at a place; gives the place behind them. */
  static write(entry: RawEntry, target: Buffer, at: number): number {
    if (!(entry instanceof Slice)) {
      target.set(entry.rawKey, at)
      target.set(entry.rawValue, at + entry.rawKey.length)
      return at + entry.rawKey.length + entry.rawValue.length
    }
    const source = entry.#buffer
    const end = entry.#end
    let to = at
    for (let from = entry.#start; from < end; from++) target[to++] = source[from] as number
    return to
  }
}

/** Texts that were lately read as keys, by a hash of their bytes: sessions have the same few keys again and again. */
const lately: (string | undefined)[] = Array.from({ length: 128 }, () => undefined)
const longest = 32

/** The text of a range, or null if it is not UTF-8. */
const textOf = (reader: Reader, start: number, end: number): string | null => {
  const { buffer } = reader
  const length = end - start
  if (length > longest) return reader.utf8(start, end) ?? null
  let place = length
  for (let i = start; i < end; i++) place = (place * 31 + (buffer[i] as number)) & 0xffff
  const known = lately[place & 127]
  if (known !== undefined && known.length === length) {
    let i = 0
    while (i < length && known.charCodeAt(i) === buffer[start + i]) i++
    if (i === length) return known
  }
  const text = reader.utf8(start, end) ?? null
  // A longer text has other bytes than its characters.
  if (text !== null && text.length === length) lately[place & 127] = text
  return text
}

const ignoring: DecodeOptions = { trailing: 'ignore' }

/**
 * Splits an encoded map into its entries, in the order in which they stand, without decoding the values. They
 * are checked though: where this gives entries, `decode` would have given a term. What follows the map is
 * ignored, as Plug ignores it. The slices share the memory of `bytes`, or of what it inflated to.
 *
 * @returns The entries, or the reason why there are none; `not a map` for any other term.
 * @throws TypeError if an option is unknown
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * const bytes = termFormat.encode({ theme: 'dark', cart: [1, 2] })
 * termFormat.decodeMapRaw(bytes) // right: [{ key: 'cart', … }, { key: 'theme', … }]
 */
export const decodeMapRaw = (
  bytes: Uint8Array,
  options?: Omit<DecodeOptions, 'trailing'>,
): Either<DecodeError, readonly RawEntry[]> => {
  if (options !== undefined) checkOptions('termFormat', options, decodeNames)
  try {
    const reader = open(bytes, options === undefined ? ignoring : { ...options, trailing: 'ignore' })
    const entries: RawEntry[] = []
    const add: OnEntry = (reader, keyStart, valueStart, end) => {
      const text = reader.buffer[keyStart] === tag.BINARY ? textOf(reader, keyStart + 5, valueStart) : null
      entries.push(new Slice(text, reader.buffer, keyStart, valueStart, end))
    }
    if (reader.uint8() !== tag.MAP) return left('not a map')
    skipMap(reader, reader.uint32(), 0, add)
    return right(entries)
  } catch (stop) {
    return left(reasonOf(stop))
  }
}

/**
 * An entry of one's own, to stand among those of {@link decodeMapRaw}.
 *
 * @throws TypeError as `encode` does, when the value is no term.
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.encodeMapRaw([termFormat.rawEntry('theme', 'dark')]) // what encode({ theme: 'dark' }) gives
 */
export const rawEntry = (key: string, value: Term): RawEntry => {
  const writer = new Writer()
  writer.term(key)
  const middle = writer.size
  writer.term(value)
  const bytes = writer.result()
  return new Slice(key, bytes, 0, middle, bytes.length)
}

/**
 * Writes entries as a map, version byte first. Entries whose keys are all strings are put in Erlang's order,
 * and of those with the same key the last is written; other maps are written as they come, and then it is the
 * caller who sees to it that no key comes twice.
 *
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.encodeMapRaw([termFormat.rawEntry('b', 1), termFormat.rawEntry('a', 2)])
 */
export const encodeMapRaw = (entries: readonly RawEntry[]): Uint8Array => {
  const written = areTexts(entries) ? sortedUnique(entries, compareKeys) : entries
  let size = 6
  for (let i = 0; i < written.length; i++) size += Slice.size(written[i] as RawEntry)
  const buffer = Buffer.allocUnsafe(size)
  buffer[0] = tag.VERSION
  buffer[1] = tag.MAP
  let at = buffer.writeUInt32BE(written.length, 2)
  for (let i = 0; i < written.length; i++) at = Slice.write(written[i] as RawEntry, buffer, at)
  return buffer
}

const areTexts = (entries: readonly RawEntry[]): boolean => {
  for (let i = 0; i < entries.length; i++) if ((entries[i] as RawEntry).key === null) return false
  return true
}

const compareKeys = (a: RawEntry, b: RawEntry): number => compareText(a.key as string, b.key as string)
