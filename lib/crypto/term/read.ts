/**
 * Builds the term that a reader stands before.
 */
import { toDate } from './date-time.js'
import { identityOf } from './identity.js'
import type { Reader } from './reader.js'
import * as tag from './tags.js'
import {
  AtomTerm,
  BitStringTerm,
  FloatTerm,
  ImproperListTerm,
  MapTerm,
  OpaqueTerm,
  TupleTerm,
  type Term,
} from './term.js'

/** Reads one term at this level of nesting. */
export const readTerm = (reader: Reader, depth: number): Term => {
  const start = reader.at
  const kind = reader.uint8()
  switch (kind) {
    case tag.SMALL_INTEGER:
      return reader.uint8()
    case tag.INTEGER:
      return reader.buffer.readInt32BE(reader.take(4))
    case tag.SMALL_BIG:
      return readBig(reader, reader.uint8())
    case tag.LARGE_BIG:
      return readBig(reader, reader.uint32())
    case tag.NEW_FLOAT:
    case tag.FLOAT: {
      const value = readFloat(reader, kind)
      return reader.inKey && Number.isInteger(value) ? new FloatTerm(value) : value
    }
    case tag.BINARY:
      return readBinary(reader, reader.uint32())
    case tag.BIT_BINARY:
      return readBitBinary(reader)
    case tag.NIL:
      return []
    case tag.STRING:
      return Array.from(slice(reader, reader.uint16()))
    case tag.LIST:
      return readList(reader, depth + 1)
    case tag.SMALL_TUPLE:
      return new TupleTerm(readItems(reader, reader.uint8(), depth + 1, []))
    case tag.LARGE_TUPLE:
      return new TupleTerm(readItems(reader, reader.uint32(), depth + 1, []))
    case tag.MAP:
      return readMap(reader, reader.uint32(), depth + 1)
    case tag.PID:
    case tag.NEW_PID:
      passIdentifier(reader, kind)
      return new OpaqueTerm('pid', copy(reader, start))
    case tag.REFERENCE:
    case tag.NEW_REFERENCE:
    case tag.NEWER_REFERENCE:
      passIdentifier(reader, kind)
      return new OpaqueTerm('reference', copy(reader, start))
    case tag.NEW_FUN:
    case tag.EXPORT:
    case tag.FUN:
    case tag.PORT:
    case tag.NEW_PORT:
    case tag.V4_PORT:
      return reader.refuse()
    default:
      return atomOf(reader.atomName(kind))
  }
}

/** Reads the key of a map. */
export const readKey = (reader: Reader, depth: number): Term => {
  const outer = reader.inKey
  reader.inKey = true
  const key = readTerm(reader, depth)
  reader.inKey = outer
  return key
}

/** Reads a float after its tag. */
export const readFloat = (reader: Reader, kind: number): number => {
  const value =
    kind === tag.NEW_FLOAT ? reader.buffer.readDoubleBE(reader.take(8)) : parseFloatText(slice(reader, 31))
  return Number.isFinite(value) ? value : reader.fail()
}

/** Checks the length and the count of used bits of a bitstring after its tag, and gives both. */
export const bitLength = (reader: Reader): readonly [size: number, bits: number] => {
  const size = reader.uint32()
  const bits = reader.uint8()
  if (bits > 8 || (size === 0) !== (bits === 0)) reader.fail()
  reader.need(size)
  return [size, bits]
}

/**
 * Moves past a pid or reference after its tag. A pid is a node, an id, a serial number and a creation; a
 * reference a node, a creation and up to five ids, or none. In the older forms the creation is one byte, of which two
 * bits count, and 18 bits count of a reference's first id.
 */
export const passIdentifier = (reader: Reader, kind: number): void => {
  const words = kind === tag.NEW_REFERENCE || kind === tag.NEWER_REFERENCE ? reader.uint16() : 1
  if (words > 5) reader.fail()
  reader.atomName(reader.uint8())
  switch (kind) {
    case tag.NEW_PID:
      reader.take(12)
      return
    case tag.NEWER_REFERENCE:
      reader.take(4 + 4 * words)
      return
    case tag.PID:
      reader.take(8)
      return passOldCreation(reader)
    case tag.REFERENCE:
      passOldId(reader)
      return passOldCreation(reader)
    default:
      passOldCreation(reader)
      if (words === 0) return
      passOldId(reader)
      reader.take(4 * (words - 1))
  }
}

const passOldCreation = (reader: Reader): void => {
  if (reader.uint8() > 3) reader.fail()
}

const passOldId = (reader: Reader): void => {
  if (reader.uint32() >= 2 ** 18) reader.fail()
}

const atomOf = (name: string): Term => {
  if (name === 'nil') return null
  if (name === 'true') return true
  if (name === 'false') return false
  return new AtomTerm(name)
}

const readBig = (reader: Reader, size: number): number | bigint => {
  const negative = reader.uint8() !== 0
  const start = reader.take(size)
  const { buffer } = reader
  if (size <= 6) {
    let value = 0
    for (let i = start + size - 1; i >= start; i--) value = value * 256 + (buffer[i] as number)
    return negative && value !== 0 ? -value : value
  }
  const magnitude = BigInt(
    '0x' +
      Buffer.from(buffer.subarray(start, start + size))
        .reverse()
        .toString('hex'),
  )
  const value = negative ? -magnitude : magnitude
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

// The text that OTP up to R11 wrote: `%.20e`, filled with zero bytes.
const floatText = /^[-+]?\d+\.\d+(?:e[-+]?\d+)?$/i

const parseFloatText = (bytes: Uint8Array): number => {
  const text = String.fromCharCode(...bytes).replace(/\0.*$/s, '')
  return floatText.test(text) ? Number(text) : NaN
}

const readBinary = (reader: Reader, size: number): string | Uint8Array => {
  const start = reader.take(size)
  return reader.utf8(start, reader.at) ?? copy(reader, start)
}

const readBitBinary = (reader: Reader): Term => {
  const [size, bits] = bitLength(reader)
  if (bits === 0 || bits === 8) return readBinary(reader, size)
  const bytes = slice(reader, size)
  bytes[size - 1]! &= 0xff << (8 - bits)
  return new BitStringTerm(bytes, bits)
}

const readItems = (reader: Reader, count: number, depth: number, items: Term[]): Term[] => {
  reader.enter(depth)
  // Each item takes a byte at least: a count that lies is found out before anything is allocated.
  reader.need(count)
  for (let i = 0; i < count; i++) items.push(readTerm(reader, depth))
  return items
}

// A list is elements and a tail, which is mostly NIL. Where the tail is a list again, the two are one list.
const readList = (reader: Reader, depth: number): Term => {
  const items: Term[] = []
  let kind: number = tag.LIST
  while (kind === tag.LIST) {
    readItems(reader, reader.uint32(), depth, items)
    reader.need(1)
    kind = reader.buffer[reader.at] as number
    if (kind === tag.LIST) reader.at++
  }
  const tail = readTerm(reader, depth)
  if (Array.isArray(tail)) {
    for (const item of tail) items.push(item)
    return items
  }
  return items.length === 0 ? tail : new ImproperListTerm(items, tail)
}

const readMap = (reader: Reader, count: number, depth: number): Term => {
  reader.enter(depth)
  reader.need(2 * count)
  const entries: (readonly [Term, Term])[] = []
  let onlyText = true
  for (let i = 0; i < count; i++) {
    const key = readKey(reader, depth)
    if (typeof key !== 'string') onlyText = false
    entries.push([key, readTerm(reader, depth)])
  }
  if (onlyText) return recordOf(reader, entries as (readonly [string, Term])[])
  if (count > 1 && new Set(entries.map(([key]) => identityOf(key, reader.identities))).size !== count)
    reader.fail()
  return (!reader.inKey && toDate(entries)) || new MapTerm(entries)
}

const recordOf = (reader: Reader, entries: readonly (readonly [string, Term])[]): Term => {
  const record: { [key: string]: Term } = Object.create(null)
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as readonly [string, Term]
    if (record[entry[0]] !== undefined) reader.fail()
    record[entry[0]] = entry[1]
  }
  return record
}

/** Bytes of one's own, so that no term keeps or changes the memory it was read from. */
const copy = (reader: Reader, start: number): Uint8Array =>
  new Uint8Array(reader.buffer.subarray(start, reader.at))

const slice = (reader: Reader, size: number): Uint8Array => copy(reader, reader.take(size))
