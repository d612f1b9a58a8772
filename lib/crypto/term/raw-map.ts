/**
 * Maps whose values stay encoded. A session is such a map: a value that nobody asks for is never decoded, and
 * is written back byte for byte, with all that JavaScript could not have told apart.
 */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import { encodeTerm } from './encode.js'
import { sortedUnique } from './order.js'
import { open, reasonOf, type DecodeError, type DecodeOptions } from './reader.js'
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

const ignoring: DecodeOptions = { trailing: 'ignore' }

/**
 * Splits an encoded map into its entries, in the order in which they stand, without decoding the values. They
 * are checked though: where this gives entries, `decode` would have given a term. What follows the map is
 * ignored, as Plug ignores it. The slices share the memory of `bytes`, or of what it inflated to.
 *
 * @returns The entries, or the reason why there are none; `not a map` for any other term.
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * const bytes = termFormat.encode({ theme: 'dark', cart: [1, 2] })
 * termFormat.decodeMapRaw(bytes) // right: [{ key: 'cart', … }, { key: 'theme', … }]
 */
export const decodeMapRaw = (
  bytes: Uint8Array,
  options?: Omit<DecodeOptions, 'trailing'>,
): Either<DecodeError, readonly RawEntry[]> => {
  try {
    const reader = open(bytes, options === undefined ? ignoring : { ...options, trailing: 'ignore' })
    const entries: RawEntry[] = []
    const add: OnEntry = ({ buffer }, keyStart, valueStart, end) => {
      const text = buffer[keyStart] === tag.BINARY ? reader.utf8(keyStart + 5, valueStart) : undefined
      const rawKey = buffer.subarray(keyStart, valueStart)
      entries.push({ key: text ?? null, rawKey, rawValue: buffer.subarray(valueStart, end) })
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
export const rawEntry = (key: string, value: Term): RawEntry => ({
  key,
  rawKey: encodeTerm(key),
  rawValue: encodeTerm(value),
})

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
  const written = entries.every(isText) ? sortedUnique(entries, compareRawKeys) : entries
  let size = 6
  for (let i = 0; i < written.length; i++) {
    const entry = written[i] as RawEntry
    size += entry.rawKey.length + entry.rawValue.length
  }
  const buffer = Buffer.allocUnsafe(size)
  buffer[0] = tag.VERSION
  buffer[1] = tag.MAP
  let at = buffer.writeUInt32BE(written.length, 2)
  for (let i = 0; i < written.length; i++) {
    const entry = written[i] as RawEntry
    buffer.set(entry.rawKey, at)
    at += entry.rawKey.length
    buffer.set(entry.rawValue, at)
    at += entry.rawValue.length
  }
  return buffer
}

const isText = (entry: RawEntry): boolean => entry.key !== null

// Compares the bytes of two strings, which stand behind a tag and a length.
const compareRawKeys = (a: RawEntry, b: RawEntry): number => {
  const length = Math.min(a.rawKey.length, b.rawKey.length)
  for (let i = 5; i < length; i++) {
    const difference = (a.rawKey[i] as number) - (b.rawKey[i] as number)
    if (difference !== 0) return difference
  }
  return a.rawKey.length - b.rawKey.length
}
