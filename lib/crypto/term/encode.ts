/**
 * Writes terms in Erlang's external term format, with the tags that OTP 26 and later write.
 */
import { isRecord } from '../../is-record.js'
import { fromDate } from './date-time.js'
import { compareText, sortedUnique } from './order.js'
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

/** How deep terms may be nested, when written and, by default, when read. */
export const maxDepth = 512

/**
 * Encodes a term, version byte first: `:erlang.term_to_binary/1`. The keys of a record are written in Erlang's
 * order, lists of bytes as Erlang writes charlists. Halves of surrogate pairs become U+FFFD, as always when
 * text becomes UTF-8. Whole numbers within 2^53 become integers, other numbers floats.
 *
 * @throws TypeError for what is no {@link Term} (`undefined`, a function, an instance of a class, NaN, an
 * infinity, a date outside of the years -9999 to 9999) or nested deeper than 512 levels. The message names
 * the path of keys, never a value.
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.encode({ foo: 'bar' }) // 8374000000016d00000003666f6f6d00000003626172
 */
export const encode = (term: Term): Uint8Array => {
  const writer = new Writer()
  writer.byte(tag.VERSION)
  writer.term(term)
  return writer.result()
}

/**
 * Encodes a term without the version byte: what stands inside of another term, such as a value of
 * {@link encodeMapRaw}.
 *
 * @throws TypeError as {@link encode} does.
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.encodeTerm(1) // 61 01
 */
export const encodeTerm = (term: Term): Uint8Array => {
  const writer = new Writer()
  writer.term(term)
  return writer.result()
}

/** The buffer that the next writer fills: what it wrote is copied out, in one piece of the right size. */
let spare: Buffer | undefined
const spareSize = 1024
// Text up to this length gets room for the longest UTF-8 it can become; longer text is measured first.
const shortText = 48

/** Writes terms one behind the other. */
export class Writer {
  #buffer: Buffer
  #at = 0
  // Where in the term the writer is: keys of records, indexes of lists and the like. For errors and depth.
  readonly #path: (string | number)[] = []

  constructor() {
    this.#buffer = spare ?? Buffer.allocUnsafeSlow(spareSize)
    // A record with a getter may lead back here before this one is done.
    spare = undefined
  }

  /** How many bytes have been written. */
  get size(): number {
    return this.#at
  }

  /** What has been written; nothing can be added. */
  result(): Buffer {
    const buffer = this.#buffer
    if (buffer.length !== spareSize) return buffer.subarray(0, this.#at)
    spare = buffer
    return Buffer.from(buffer.subarray(0, this.#at))
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#at++] = value
  }

  term(value: Term): void {
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return this.#atom(value ? 'true' : 'false')
      case 'bigint':
        return this.#bigint(value)
      case 'object':
        return this.#object(value)
      default:
        return this.#refuse(`${typeof value === 'undefined' ? '' : 'a '}${typeof value}, which is no term`)
    }
  }

  #object(value: Exclude<Term, string | number | boolean | bigint>): void {
    if (value === null) return this.#atom('nil')
    if (Array.isArray(value)) return this.#list(value as readonly Term[])
    if (isRecord(value)) return this.#record(value as { readonly [key: string]: Term })
    if (value instanceof Uint8Array) return this.#bytes(tag.BINARY, value)
    if (value instanceof Date) return this.#date(value)
    if (value instanceof AtomTerm) return this.#atom(value.name)
    if (value instanceof TupleTerm) return this.#tuple(value.elements)
    if (value instanceof MapTerm) return this.#map(value.entries)
    if (value instanceof FloatTerm) return this.#float(value.value)
    if (value instanceof ImproperListTerm) return this.#improper(value.elements, value.tail)
    if (value instanceof BitStringTerm) return this.#bitString(value.bytes, value.bits)
    if (value instanceof OpaqueTerm) return this.#raw(value.bytes)
    return this.#refuse('an instance of a class, which is no term')
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) return this.#integer(value)
    if (Number.isFinite(value)) return this.#float(value)
    return this.#refuse(`${value}, which is no term`)
  }

  #integer(value: number): void {
    this.#reserve(11)
    const buffer = this.#buffer
    if (value >= 0 && value <= 255) {
      buffer[this.#at++] = tag.SMALL_INTEGER
      buffer[this.#at++] = value
      return
    }
    if ((value | 0) === value) {
      buffer[this.#at] = tag.INTEGER
      this.#at = buffer.writeInt32BE(value, this.#at + 1)
      return
    }
    const start = this.#at + 3
    let at = start
    for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / 256)) buffer[at++] = rest % 256
    buffer[this.#at] = tag.SMALL_BIG
    buffer[this.#at + 1] = at - start
    buffer[this.#at + 2] = value < 0 ? 1 : 0
    this.#at = at
  }

  #bigint(value: bigint): void {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return this.#integer(number)
    const hex = (value < 0n ? -value : value).toString(16)
    const magnitude = Buffer.from(hex.length % 2 === 0 ? hex : '0' + hex, 'hex').reverse()
    this.#reserve(6 + magnitude.length)
    const small = magnitude.length <= 255
    this.byte(small ? tag.SMALL_BIG : tag.LARGE_BIG)
    if (small) this.byte(magnitude.length)
    else this.#uint32(magnitude.length)
    this.byte(value < 0n ? 1 : 0)
    this.#raw(magnitude)
  }

  #float(value: number): void {
    this.#reserve(9)
    this.#buffer[this.#at] = tag.NEW_FLOAT
    this.#at = this.#buffer.writeDoubleBE(value, this.#at + 1)
  }

  #atom(name: string): void {
    const length = Buffer.byteLength(name)
    this.#reserve(3 + length)
    if (length <= 255) {
      this.byte(tag.SMALL_ATOM_UTF8)
      this.byte(length)
    } else {
      this.byte(tag.ATOM_UTF8)
      this.byte(length >> 8)
      this.byte(length & 255)
    }
    this.#at += this.#buffer.write(name, this.#at)
  }

  #text(value: string): void {
    const length = value.length
    if (length > shortText) {
      const size = Buffer.byteLength(value)
      this.#header(tag.BINARY, size)
      this.#reserve(size)
      this.#at += this.#buffer.write(value, this.#at)
      return
    }
    this.#reserve(5 + 3 * length)
    const start = this.#at + 5
    let i = 0
    for (; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) break
      this.#buffer[start + i] = code
    }
    const size = i === length ? length : this.#buffer.write(value, start)
    this.#header(tag.BINARY, size)
    this.#at += size
  }

  #bytes(kind: number, value: Uint8Array): void {
    this.#header(kind, value.length)
    this.#raw(value)
  }

  #bitString(bytes: Uint8Array, bits: number): void {
    this.#header(tag.BIT_BINARY, bytes.length)
    this.byte(bits)
    this.#raw(bytes)
  }

  #list(items: readonly Term[]): void {
    const length = items.length
    if (length === 0) return this.byte(tag.NIL)
    if (length <= 0xffff && areBytes(items)) {
      this.#reserve(3 + length)
      this.byte(tag.STRING)
      this.byte(length >> 8)
      this.byte(length & 255)
      for (let i = 0; i < length; i++) this.#buffer[this.#at++] = items[i] as number
      return
    }
    this.#header(tag.LIST, length)
    this.#items(items)
    this.byte(tag.NIL)
  }

  #improper(elements: readonly Term[], tail: Term): void {
    this.#header(tag.LIST, elements.length)
    this.#items(elements)
    this.#inside(elements.length, tail)
  }

  #tuple(elements: readonly Term[]): void {
    if (elements.length <= 255) {
      this.byte(tag.SMALL_TUPLE)
      this.byte(elements.length)
    } else {
      this.#header(tag.LARGE_TUPLE, elements.length)
    }
    this.#items(elements)
  }

  #items(items: readonly Term[]): void {
    this.#enter()
    for (let i = 0; i < items.length; i++) this.#inside(i, items[i] as Term)
  }

  #record(record: { readonly [key: string]: Term }): void {
    this.#enter()
    const keys = sortedUnique(Object.keys(record), compareText)
    this.#header(tag.MAP, keys.length)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string
      this.#text(key)
      this.#inside(key, record[key] as Term)
    }
  }

  #map(entries: readonly (readonly [Term, Term])[]): void {
    this.#enter()
    this.#header(tag.MAP, entries.length)
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as readonly [Term, Term]
      this.#inside(i, entry[0])
      this.#inside(i, entry[1])
    }
  }

  #date(date: Date): void {
    const struct = fromDate(date)
    if (struct === undefined) return this.#refuse('no date from the years -9999 to 9999')
    this.#map(struct.entries)
  }

  #enter(): void {
    if (this.#path.length >= maxDepth) this.#refuse(`nested deeper than ${maxDepth} levels`)
  }

  #inside(step: string | number, value: Term): void {
    this.#path.push(step)
    this.term(value)
    this.#path.pop()
  }

  #header(kind: number, length: number): void {
    this.#reserve(5)
    this.#buffer[this.#at++] = kind
    this.#uint32(length)
  }

  #uint32(value: number): void {
    this.#at = this.#buffer.writeUInt32BE(value, this.#at)
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #reserve(count: number): void {
    const needed = this.#at + count
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, needed))
    larger.set(this.#buffer.subarray(0, this.#at))
    this.#buffer = larger
  }

  #refuse(what: string): never {
    throw new TypeError(`termFormat.encode: ${describe(this.#path)} is ${what}`)
  }
}

const areBytes = (items: readonly Term[]): boolean => {
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'number' || (item & 255) !== item) return false
  }
  return true
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const describe = (path: readonly (string | number)[]): string => {
  // A path of hundreds of steps helps nobody.
  const steps = path.slice(0, 16).map(step => (typeof step === 'number' ? `[${step}]` : property(step)))
  const text = steps.join('') + (path.length > steps.length ? '…' : '')
  return text === '' ? 'the value' : `the value at ${text.replace(/^\./, '')}`
}

const property = (key: string): string => (identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)
