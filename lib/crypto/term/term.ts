/**
 * The terms of Elixir as values of TypeScript. What JavaScript has is used as it is; what it lacks (atoms,
 * tuples, maps with other keys than strings) has a wrapper, so that whatever Elixir wrote can be written back.
 */

declare const brand: unique symbol

/**
 * A term: whatever Elixir can store and Plugboard can carry.
 *
 * | Elixir | here |
 * |---|---|
 * | `nil`, `true`, `false` | `null`, `true`, `false` |
 * | integer | `number`, or `bigint` beyond 2^53 |
 * | float | `number`; {@link Float} to write one that is a whole number |
 * | binary | `string` if it is UTF-8, else `Uint8Array` |
 * | list | array; {@link ImproperList} |
 * | map with string keys | record, without a prototype |
 * | any other map, any struct | {@link TermMap} |
 * | `DateTime` in UTC | `Date`, in milliseconds |
 * | atom, tuple, bitstring, pid, reference | {@link Atom}, {@link Tuple}, {@link BitString}, {@link Opaque} |
 *
 * Functions, `undefined`, symbols and instances of classes are no terms: the types refuse them, and so does
 * `termFormat.encode`. A record must be declared as a type alias, for an interface has no index signature.
 */
export type Term =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly Term[]
  | { readonly [key: string]: Term }
  | Atom
  | Tuple
  | Float
  | TermMap
  | ImproperList
  | BitString
  | Opaque

/** An atom other than `nil`, `true` and `false`. Made by {@link atom}. */
export interface Atom {
  readonly [brand]: 'Atom'
  /** Its name without the colon; an Elixir module is `Elixir.Name`. */
  readonly name: string
}

/** A tuple. Made by {@link tuple}. */
export interface Tuple {
  readonly [brand]: 'Tuple'
  readonly elements: readonly Term[]
}

/** A number that Elixir shall see as a float, even if it is whole. Made by {@link float}. */
export interface Float {
  readonly [brand]: 'Float'
  readonly value: number
}

/** A map whose keys are not all strings, in the order in which it was written. Made by {@link termMap}. */
export interface TermMap {
  readonly [brand]: 'TermMap'
  readonly entries: readonly (readonly [key: Term, value: Term])[]
}

/** A list whose last tail is no list. Made by {@link improperList}. */
export interface ImproperList {
  readonly [brand]: 'ImproperList'
  readonly elements: readonly Term[]
  readonly tail: Term
}

/** A bitstring whose length is no multiple of eight. Only decoding makes one. */
export interface BitString {
  readonly [brand]: 'BitString'
  readonly bytes: Uint8Array
  /** How many bits of the last byte count, from the highest: 1 to 7. The others are zero. */
  readonly bits: number
}

/** A pid or a reference of an Erlang node: of no use here, but kept. Only decoding makes one. */
export interface Opaque {
  readonly [brand]: 'Opaque'
  readonly kind: 'pid' | 'reference'
  /** Its external format, without the version byte. */
  readonly bytes: Uint8Array
}

export class AtomTerm {
  declare readonly [brand]: 'Atom'
  constructor(readonly name: string) {}
}
export class TupleTerm {
  declare readonly [brand]: 'Tuple'
  constructor(readonly elements: readonly Term[]) {}
}
export class FloatTerm {
  declare readonly [brand]: 'Float'
  constructor(readonly value: number) {}
}
export class MapTerm {
  declare readonly [brand]: 'TermMap'
  constructor(readonly entries: readonly (readonly [Term, Term])[]) {}
}
export class ImproperListTerm {
  declare readonly [brand]: 'ImproperList'
  constructor(
    readonly elements: readonly Term[],
    readonly tail: Term,
  ) {}
}
export class BitStringTerm {
  declare readonly [brand]: 'BitString'
  constructor(
    readonly bytes: Uint8Array,
    readonly bits: number,
  ) {}
}
export class OpaqueTerm {
  declare readonly [brand]: 'Opaque'
  constructor(
    readonly kind: 'pid' | 'reference',
    readonly bytes: Uint8Array,
  ) {}
}

/** The greatest length of an atom's name, in characters (code points). */
export const maxAtomLength = 255

/**
 * An atom. `atom('nil')`, `atom('true')` and `atom('false')` are written as what `null`, `true` and `false`
 * are written as, and read back as those.
 *
 * @throws RangeError when the name is longer than 255 characters; TypeError when it holds half a surrogate
 * pair, which UTF-8 cannot write.
 * @example
 * import { atom } from 'plugboard/crypto'
 * atom('admin') // :admin
 */
export const atom = (name: string): Atom => {
  let length = 0
  for (const character of name) {
    const code = character.codePointAt(0) as number
    if (code >= 0xd800 && code <= 0xdfff) throw new TypeError('atom: name must be well-formed text')
    length++
  }
  if (length > maxAtomLength) throw new RangeError(`atom: name must be at most ${maxAtomLength} characters`)
  return new AtomTerm(name)
}

/**
 * A tuple.
 *
 * @example
 * import { atom, tuple } from 'plugboard/crypto'
 * tuple(atom('ok'), 1) // {:ok, 1}
 */
export const tuple = (...elements: readonly Term[]): Tuple => new TupleTerm(elements)

/**
 * A float: what to write where Elixir expects one and the number may be whole. It is read back as a number.
 *
 * @throws RangeError when the value is not finite.
 * @example
 * import { float } from 'plugboard/crypto'
 * float(1) // 1.0
 */
export const float = (value: number): Float => {
  if (!Number.isFinite(value)) throw new RangeError('float: value must be a finite number')
  return new FloatTerm(value)
}

/**
 * A map with any terms as keys; each key once, or Elixir will refuse the map. One whose keys are all strings
 * is read back as a record.
 *
 * @example
 * import { atom, termMap } from 'plugboard/crypto'
 * termMap([[atom('id'), 7]]) // %{id: 7}
 */
export const termMap = (entries: readonly (readonly [key: Term, value: Term])[]): TermMap =>
  new MapTerm(entries)

/**
 * An improper list.
 *
 * @throws RangeError when there is no element before the tail.
 * @example
 * import { improperList } from 'plugboard/crypto'
 * improperList([1], 2) // [1 | 2]
 */
export const improperList = (
  elements: readonly Term[],
  tail: Exclude<Term, readonly Term[]>,
): ImproperList => {
  if (elements.length === 0) throw new RangeError('improperList: elements must not be empty')
  return new ImproperListTerm(elements, tail)
}

/** Whether a value is an {@link Atom}; with a name, whether it is that one. */
export const isAtom = (value: unknown, name?: string): value is Atom =>
  value instanceof AtomTerm && (name === undefined || value.name === name)
/** Whether a value is a {@link Tuple}. */
export const isTuple = (value: unknown): value is Tuple => value instanceof TupleTerm
/** Whether a value is a {@link Float}. */
export const isFloat = (value: unknown): value is Float => value instanceof FloatTerm
/** Whether a value is a {@link TermMap}. */
export const isTermMap = (value: unknown): value is TermMap => value instanceof MapTerm
/** Whether a value is an {@link ImproperList}. */
export const isImproperList = (value: unknown): value is ImproperList => value instanceof ImproperListTerm
/** Whether a value is a {@link BitString}. */
export const isBitString = (value: unknown): value is BitString => value instanceof BitStringTerm
/** Whether a value is an {@link Opaque}. */
export const isOpaque = (value: unknown): value is Opaque => value instanceof OpaqueTerm

/**
 * What a map holds under the atom of this name: a field of an Elixir struct or atom-keyed map.
 * Undefined when it has none.
 *
 * @example
 * import { atom, atomField, termMap } from 'plugboard/crypto'
 * atomField('id', termMap([[atom('id'), 7]])) // 7
 */
export const atomField = (name: string, map: TermMap): Term | undefined => {
  for (const [key, value] of map.entries) if (isAtom(key, name)) return value
  return undefined
}

/**
 * The bytes of a binary that was decoded: as a term, it is a string if the bytes happen to be UTF-8.
 *
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * termFormat.toBytes('abc') // 61 62 63
 */
export const toBytes = (binary: string | Uint8Array): Uint8Array =>
  typeof binary === 'string' ? new Uint8Array(Buffer.from(binary)) : binary
