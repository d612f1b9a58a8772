/**
 * An ordered list of header fields, as a persistent value: an update gives a new list and never changes an older one.
 * Names are lower case (RFC 9110 §5.1 makes them case-insensitive; HTTP/2 and Plug write them so); duplicates are kept.
 */
import { isSecretName } from '../secret-names.js'
import { invalidHeader, type InvalidHeader } from '../error.js'
import { shown } from '../options.js'

/**
 * Header fields in the order they were added or received.
 *
 * @example
 * import { getRespHeader, putRespHeader } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const c = putRespHeader('x-frame-options', 'DENY')(conn('GET', '/'))
 * getRespHeader('x-frame-options')(c) // => ['DENY']
 */
export interface HeaderList extends Iterable<readonly [name: string, value: string]> {
  /** How many fields there are, duplicates counted. */
  readonly length: number
  /** The first value under a lower-case name. */
  get(name: string): string | undefined
  /** Every value under a lower-case name, in order. */
  getAll(name: string): readonly string[]
  /** Whether there is a field of this lower-case name. */
  has(name: string): boolean
  /** The fields as pairs, as they are printed: the values of cookies and credentials are masked. */
  toJSON(): readonly (readonly [name: string, value: string])[]
}

/** Headers whose values are never printed: they hold cookies, credentials and tokens. */
const isSecret = (name: string): boolean => name === 'cookie' || name === 'set-cookie' || isSecretName(name)

/** RFC 9110 §5.6.2: the characters of a token, upper-case letters left out. */
const lowerToken = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
/** RFC 9110 §5.5: visible characters, space, tab and obs-text; no other control character, nothing beyond Latin-1. */
// oxlint-disable-next-line no-control-regex
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Whether a text may be the value of a header field. */
export const isFieldValue = (value: string): boolean => fieldValue.test(value)

/** Fields by which a message says what becomes of its connection, how it is framed and when it was made. */
const connectionFields = new Set([
  'connection',
  'date',
  'expect',
  'keep-alive',
  'trailer',
  'transfer-encoding',
])

/**
 * Names and values in one flat array that successive lists share while each only appends: a list sees its own first
 * `length` entries, so an append behind them is invisible to it, and a list that is not at the array's end copies first.
 */
class Fields implements HeaderList {
  readonly #items: string[]
  readonly #size: number

  constructor(items: string[], size: number) {
    this.#items = items
    this.#size = size
  }

  get length(): number {
    return this.#size >> 1
  }

  get(name: string): string | undefined {
    const at = Fields.find(this, name)
    return at < 0 ? undefined : this.#items[at + 1]
  }

  getAll(name: string): readonly string[] {
    const values: string[] = []
    const items = this.#items
    for (let i = 0; i < this.#size; i += 2) if (items[i] === name) values.push(items[i + 1] as string)
    return values
  }

  has(name: string): boolean {
    return Fields.find(this, name) >= 0
  }

  toJSON(): readonly (readonly [name: string, value: string])[] {
    return Array.from(this, ([name, value]) => [name, isSecret(name) ? '[MASKED]' : value] as const)
  }

  /** What `console.log` shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON().map(field => field.join(': '))
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    const items = this.#items
    for (let i = 0; i < this.#size; i += 2) yield [items[i] as string, items[i + 1] as string]
  }

  static find(list: Fields, name: string): number {
    const items = list.#items
    for (let i = 0; i < list.#size; i += 2) if (items[i] === name) return i
    return -1
  }

  static append(list: Fields, name: string, value: string): Fields {
    const items = list.#items.length === list.#size ? list.#items : list.#items.slice(0, list.#size)
    items.push(name, value)
    return new Fields(items, items.length)
  }

  static replace(list: Fields, at: number, value: string): Fields {
    if (list.#items[at + 1] === value) return list
    const items = list.#items.slice(0, list.#size)
    items[at + 1] = value
    return new Fields(items, items.length)
  }

  static remove(list: Fields, at: number): Fields {
    const items = list.#items.slice(0, list.#size)
    items.splice(at, 2)
    return new Fields(items, items.length)
  }

  static prepend(list: Fields, pairs: readonly string[]): Fields {
    const items = [...pairs, ...list.#items.slice(0, list.#size)]
    return new Fields(items, items.length)
  }

  static flat(list: Fields): string[] {
    return list.#items.slice(0, list.#size)
  }

  static lines(list: Fields): string | undefined {
    const items = list.#items
    let lines = ''
    for (let i = 0; i < list.#size; i += 2) {
      const name = items[i] as string
      const value = items[i + 1] as string
      if (name === 'content-length') continue
      if (connectionFields.has(name) || !isFieldValue(value)) return undefined
      lines += `${name}: ${value}\r\n`
    }
    return lines
  }
}

/** Whether a value is a header list. */
export const isHeaderList = (value: unknown): value is HeaderList => value instanceof Fields

/**
 * A list from pairs; names are lowered. An append to it copies it: such a list may outlive the request, and must not
 * hold on to what was appended for one. Names and values are not checked: {@link headerProblem} does that.
 *
 * @example
 * import { headerList } from 'plugboard'
 * headerList([['Accept', 'text/html']]).get('accept') // => 'text/html'
 */
export const headerList = (pairs: Iterable<readonly [string, string]>): HeaderList => {
  const items: string[] = []
  for (const [name, value] of pairs) items.push(name.toLowerCase(), value)
  const size = items.length
  items.push('') // behind the list's end, so that no append finds it at the array's end
  return new Fields(items, size)
}

/** The list without fields. */
export const noHeaders: HeaderList = headerList([])

/** A list from alternating names and values, as `node:http` gives them (`rawHeaders`); names are lowered. */
export const fromRawHeaders = (raw: readonly string[]): HeaderList => {
  const items = raw.slice()
  for (let i = 0; i < items.length; i += 2) items[i] = (items[i] as string).toLowerCase()
  return new Fields(items, items.length)
}

/** The fields of a list as alternating names and values, as `writeHead` takes them: a new array, for the caller to change. */
export const toRawHeaders = (list: HeaderList): string[] => Fields.flat(list as Fields)

/**
 * The fields of a list as lines of a message without `content-length`, which only who frames the message knows;
 * undefined where one says something of the connection or of the date, and where a value may not be sent.
 */
export const headerLines = (list: HeaderList): string | undefined => Fields.lines(list as Fields)

/**
 * Replaces the first field of this name, or appends one.
 *
 * @example
 * import { headerList, putHeader } from 'plugboard'
 * putHeader(headerList([['vary', '*']]), 'vary', 'cookie').getAll('vary') // => ['cookie']
 */
export const putHeader = (list: HeaderList, name: string, value: string): HeaderList => {
  const at = Fields.find(list as Fields, name)
  return at < 0 ? Fields.append(list as Fields, name, value) : Fields.replace(list as Fields, at, value)
}

/** Puts each field as {@link putHeader} does. */
export const putHeaders = (list: HeaderList, pairs: readonly (readonly [string, string])[]): HeaderList => {
  let next = list
  for (let i = 0; i < pairs.length; i++) {
    const [name, value] = pairs[i] as readonly [string, string]
    next = putHeader(next, name, value)
  }
  return next
}

/**
 * Appends a field, whatever is there under its name.
 *
 * @example
 * import { appendHeader, headerList } from 'plugboard'
 * appendHeader(headerList([['via', 'a']]), 'via', 'b').getAll('via') // => ['a', 'b']
 */
export const appendHeader = (list: HeaderList, name: string, value: string): HeaderList =>
  Fields.append(list as Fields, name, value)

/** Puts fields, given as alternating names and values, before all others. */
export const prependHeaders = (list: HeaderList, flat: readonly string[]): HeaderList =>
  Fields.prepend(list as Fields, flat)

/**
 * Removes the first field of this name.
 *
 * @example
 * import { deleteHeader, headerList } from 'plugboard'
 * deleteHeader(headerList([['via', 'a']]), 'via').length // => 0
 */
export const deleteHeader = (list: HeaderList, name: string): HeaderList => {
  const at = Fields.find(list as Fields, name)
  return at < 0 ? list : Fields.remove(list as Fields, at)
}

/**
 * What is wrong with a header field, or undefined if nothing is.
 * A name is a lower-case token; a value holds no control character but tab and nothing beyond Latin-1 (RFC 9110 §5.5).
 *
 * @example
 * import { headerProblem } from 'plugboard'
 * headerProblem('x-a', 'b\r\nset-cookie: c')?._tag // => 'InvalidHeader'
 */
export const headerProblem = (name: string, value: string): InvalidHeader | undefined => {
  if (typeof name !== 'string' || !lowerToken.test(name))
    return invalidHeader(
      `header name ${typeof name === 'string' ? JSON.stringify(name) : shown(name)} must be a lower-case token (letters, digits and !#$%&'*+-.^_\`|~)`,
    )
  if (typeof value !== 'string' || !isFieldValue(value))
    return invalidHeader(
      `the value of header "${name}" must be a string in Latin-1 without line breaks, NUL or other control characters, got ${shown(value)}`,
    )
  return undefined
}

/** Header fields as functions take them: a record, or pairs where a name may come twice. */
export type HeaderFields = Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string>>

/** Fields as pairs, each of which `check` was given. */
export const headerPairs = (
  fields: HeaderFields,
  check: (name: string, value: string) => void,
): readonly (readonly [name: string, value: string])[] => {
  const pairs = Symbol.iterator in fields ? [...fields] : Object.entries(fields)
  for (const [name, value] of pairs) check(name, value)
  return pairs
}
