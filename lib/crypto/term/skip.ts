/**
 * Moves a reader past a term without building it. What is skipped has been checked: it decodes, and what does
 * not decode is not skipped.
 */
import { identityOf } from './identity.js'
import { bitLength, passIdentifier, readFloat, readKey } from './read.js'
import { Reader } from './reader.js'
import * as tag from './tags.js'
import type { Term } from './term.js'

/** Moves past one term at this level of nesting. */
export const skipTerm = (reader: Reader, depth: number): void => {
  const kind = reader.uint8()
  switch (kind) {
    case tag.SMALL_INTEGER:
      reader.take(1)
      return
    case tag.INTEGER:
      reader.take(4)
      return
    case tag.SMALL_BIG:
      reader.take(reader.uint8() + 1)
      return
    case tag.LARGE_BIG:
      reader.take(reader.uint32() + 1)
      return
    case tag.NEW_FLOAT:
    case tag.FLOAT:
      readFloat(reader, kind)
      return
    case tag.BINARY:
      reader.take(reader.uint32())
      return
    case tag.BIT_BINARY:
      reader.take(bitLength(reader)[0])
      return
    case tag.NIL:
      return
    case tag.STRING:
      reader.take(reader.uint16())
      return
    case tag.LIST:
      skipList(reader, depth + 1)
      return
    case tag.SMALL_TUPLE:
      skipItems(reader, reader.uint8(), depth + 1)
      return
    case tag.LARGE_TUPLE:
      skipItems(reader, reader.uint32(), depth + 1)
      return
    case tag.MAP:
      skipMap(reader, reader.uint32(), depth + 1, ignore)
      return
    case tag.PID:
    case tag.NEW_PID:
    case tag.REFERENCE:
    case tag.NEW_REFERENCE:
    case tag.NEWER_REFERENCE:
      passIdentifier(reader, kind)
      return
    case tag.NEW_FUN:
    case tag.EXPORT:
    case tag.FUN:
    case tag.PORT:
    case tag.NEW_PORT:
    case tag.V4_PORT:
      reader.refuse()
    default:
      reader.atomName(kind)
  }
}

/** Told of each entry of a map that is skipped: where its key starts, where its value starts and ends. */
export type OnEntry = (reader: Reader, keyStart: number, valueStart: number, end: number) => void

/** Moves past a map after its tag and arity, and fails if a key stands in it twice. */
export const skipMap = (reader: Reader, count: number, depth: number, onEntry: OnEntry): void => {
  reader.enter(depth)
  reader.need(2 * count)
  const keys: number[] = []
  let nested: Map<number, Term> | undefined
  let ascending = true
  for (let i = 0; i < count; i++) {
    const keyStart = reader.at
    // A key that holds terms is read, once, because they may be needed to compare it.
    if (holdsTerms(reader.buffer[keyStart])) (nested ??= new Map()).set(keyStart, readKey(reader, depth))
    else skipTerm(reader, depth)
    const valueStart = reader.at
    ascending = ascending && isBefore(reader.buffer, keys, keyStart)
    keys.push(keyStart)
    skipTerm(reader, depth)
    onEntry(reader, keyStart, valueStart, reader.at)
  }
  if (!ascending && count > 1 && hasDuplicates(reader, keys, nested)) reader.fail()
}

const holdsTerms = (kind: number | undefined): boolean =>
  kind === tag.MAP || kind === tag.LIST || kind === tag.SMALL_TUPLE || kind === tag.LARGE_TUPLE

const ignore: OnEntry = () => {}

const skipItems = (reader: Reader, count: number, depth: number): void => {
  reader.enter(depth)
  reader.need(count)
  for (let i = 0; i < count; i++) skipTerm(reader, depth)
}

const skipList = (reader: Reader, depth: number): void => {
  let kind: number = tag.LIST
  while (kind === tag.LIST) {
    skipItems(reader, reader.uint32(), depth)
    reader.need(1)
    kind = reader.buffer[reader.at] as number
    if (kind === tag.LIST) reader.at++
  }
  skipTerm(reader, depth)
}

// Whether the key is a binary that comes after the last of the keys before it: then none of them is the same.
const isBefore = (buffer: Buffer, keys: readonly number[], key: number): boolean => {
  if (buffer[key] !== tag.BINARY) return false
  const previous = keys[keys.length - 1]
  if (previous === undefined) return true
  const length = buffer.readUInt32BE(previous + 1)
  const ownLength = buffer.readUInt32BE(key + 1)
  for (let i = 5; i < 5 + Math.min(length, ownLength); i++) {
    const difference = (buffer[previous + i] as number) - (buffer[key + i] as number)
    if (difference !== 0) return difference < 0
  }
  return length < ownLength
}

const hasDuplicates = (
  { buffer, identities }: Reader,
  keys: readonly number[],
  nested: ReadonlyMap<number, Term> | undefined,
): boolean => {
  const seen = new Set<string>()
  for (const start of keys) {
    let key = nested?.get(start)
    if (key === undefined) {
      const reader = new Reader(buffer)
      reader.at = start
      key = readKey(reader, 0)
    }
    seen.add(identityOf(key, identities))
  }
  return seen.size !== keys.length
}
