/**
 * A cursor over encoded bytes, the bounds on what is read, and why reading stopped. Whatever reads with a
 * reader throws a Stop at the first fault; the functions that are exported to users turn it into a value.
 */
import { isUtf8 } from 'node:buffer'
import { inflateSync, type ZlibOptions } from 'node:zlib'
import { named } from '../../options.js'
import { viewOf } from '../bytes.js'
import { maxDepth } from './encode.js'
import type { Identities } from './identity.js'
import * as tag from './tags.js'
import { maxAtomLength } from './term.js'

/**
 * Why bytes were not decoded: they are no term, or not only one (`malformed`); they hold a function or a port
 * (`unsafe`); they are nested deeper (`too deep`) or inflate to more (`too large`) than is allowed; or they
 * are another term where a map is expected (`not a map`).
 */
export type DecodeError = 'malformed' | 'unsafe' | 'too deep' | 'too large' | 'not a map'

/** Bounds on decoding. */
export interface DecodeOptions {
  /** The size in bytes that a compressed term may inflate to. Default 1,048,576. */
  readonly maxInflated?: number
  /** How many levels of lists, tuples and maps may lie inside each other. Default 512. */
  readonly maxDepth?: number
  /**
   * What to do with bytes after the term: `refuse` them, which is the default, or `ignore` them, as
   * `:erlang.binary_to_term/1` does and so all of Plug.
   */
  readonly trailing?: 'refuse' | 'ignore'
}

export const decodeNames = named('maxInflated', 'maxDepth', 'trailing')

const maxInflated = 1024 * 1024

class Stop {
  constructor(readonly reason: DecodeError) {}
}
const malformed = new Stop('malformed')
const unsafe = new Stop('unsafe')
const tooDeep = new Stop('too deep')
const tooLarge = new Stop('too large')

/** The reason of what was thrown while reading. Only zlib throws anything but a Stop: for a broken stream. */
export const reasonOf = (thrown: unknown): DecodeError =>
  thrown instanceof Stop ? thrown.reason : 'malformed'

export class Reader {
  readonly buffer: Buffer
  at = 0
  /** Set while a key of a map is read: keys keep what values may lose, so that they stay different. */
  inKey = false
  #identities: Identities | undefined
  readonly #maxDepth: number
  readonly #ignoreTrailing: boolean

  constructor(bytes: Uint8Array, options: DecodeOptions = {}) {
    this.buffer = viewOf(bytes)
    this.#maxDepth = options.maxDepth ?? maxDepth
    this.#ignoreTrailing = options.trailing === 'ignore'
  }

  /** The identities of keys that have been read. */
  get identities(): Identities {
    return (this.#identities ??= new Map())
  }

  fail(): never {
    throw malformed
  }

  refuse(): never {
    throw unsafe
  }

  /** Fails unless this level of nesting is allowed. */
  enter(depth: number): void {
    if (!(depth <= this.#maxDepth)) throw tooDeep
  }

  /** Fails unless so many bytes are left. */
  need(count: number): void {
    if (count > this.buffer.length - this.at) throw malformed
  }

  /** Moves past so many bytes and says where they started. */
  take(count: number): number {
    this.need(count)
    const start = this.at
    this.at += count
    return start
  }

  uint8(): number {
    return this.buffer[this.take(1)] as number
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.take(2))
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.take(4))
  }

  /** Reads the name of an atom after its tag; fails for every other tag. */
  atomName(kind: number): string {
    const long = kind === tag.ATOM || kind === tag.ATOM_UTF8
    if (!long && kind !== tag.SMALL_ATOM && kind !== tag.SMALL_ATOM_UTF8) throw malformed
    const size = long ? this.uint16() : this.uint8()
    const start = this.take(size)
    if (kind === tag.ATOM || kind === tag.SMALL_ATOM) {
      if (size > maxAtomLength) throw malformed
      return this.buffer.toString('latin1', start, this.at)
    }
    const name = this.utf8(start, this.at)
    if (name === undefined || (size > maxAtomLength && Array.from(name).length > maxAtomLength))
      throw malformed
    return name
  }

  /** The text of a range, or undefined if it is not UTF-8. */
  utf8(start: number, end: number): string | undefined {
    const { buffer } = this
    let i = start
    while (i < end && (buffer[i] as number) < 128) i++
    if (i === end) return buffer.toString('latin1', start, end)
    return isUtf8(buffer.subarray(i, end)) ? buffer.toString('utf8', start, end) : undefined
  }

  /** Fails if there is more to read, and that matters. */
  finish(): void {
    if (!this.#ignoreTrailing && this.at !== this.buffer.length) throw malformed
  }
}

/** A reader of the term behind the version byte, inflated if it is compressed. */
export const open = (bytes: Uint8Array, options: DecodeOptions = {}): Reader => {
  const reader = new Reader(bytes, options)
  if (reader.uint8() !== tag.VERSION) reader.fail()
  reader.need(1)
  if (reader.buffer[reader.at] !== tag.COMPRESSED) return reader
  reader.at++
  const size = reader.uint32()
  if (!(size <= (options.maxInflated ?? maxInflated))) throw tooLarge
  const inflated = inflate(reader, size)
  reader.finish()
  return new Reader(inflated, options)
}

// Inflates to exactly `size` bytes and moves the reader to the end of the stream.
const inflate = (reader: Reader, size: number): Buffer => {
  // With `info`, zlib also gives the engine, which knows how much it has read; the types do not say so.
  const options: ZlibOptions = { maxOutputLength: Math.max(size, 1), info: true }
  const { buffer, engine } = inflateSync(reader.buffer.subarray(reader.at), options) as unknown as {
    readonly buffer: Buffer
    readonly engine: { readonly bytesWritten: number }
  }
  if (buffer.length !== size) reader.fail()
  reader.at += engine.bytesWritten
  return buffer
}
