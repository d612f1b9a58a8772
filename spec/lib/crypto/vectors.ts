/**
 * The cases that the real Plug answered, for the specs of lib/crypto: the file, and its Elixir terms as terms of ours.
 */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import {
  atom,
  float,
  improperList,
  isAtom,
  isBitString,
  isFloat,
  isImproperList,
  isOpaque,
  isTermMap,
  isTuple,
  termMap,
  tuple,
  type Term,
} from '../../../lib/crypto/term-format.js'

/** A term as the fixture writes it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A case of the fixture. */
export type Case = { readonly [field: string]: Json }

const read = (name: string): { readonly [list: string]: readonly Case[] } =>
  JSON.parse(readFileSync(new URL(`../../../../spec/fixtures/${name}`, import.meta.url), 'utf8'))

const vectors = read('crypto.json')

/** The cases of one list. */
export const cases = (name: string): readonly Case[] => vectors[name] as readonly Case[]

/** What Erlang itself makes of encoded terms: `written` is null where it refuses them. */
export const erlang = read('term-format.json')['cases'] as readonly {
  readonly name: string
  readonly hex: string
  readonly written: string | null
}[]

/** The term that the fixture means; its floats are floats. */
export const toTerm = (json: Json): Term => {
  if (typeof json !== 'object' || json === null) return json
  if (isArray(json)) return json.map(toTerm)
  if ('$atom' in json) return atom(String(json['$atom']))
  if ('$float' in json) return float(Number(json['$float']))
  if ('$int' in json) return BigInt(String(json['$int']))
  if ('$bin' in json) return Uint8Array.from(Buffer.from(String(json['$bin']), 'hex'))
  if ('$tuple' in json) return tuple(...(json['$tuple'] as readonly Json[]).map(toTerm))
  if ('$map' in json)
    return termMap(
      (json['$map'] as readonly (readonly [Json, Json])[]).map(([k, v]) => [toTerm(k), toTerm(v)]),
    )
  if ('$improper' in json)
    return improperList(
      (json['$improper'] as readonly Json[]).map(toTerm),
      toTerm(json['tail'] ?? null) as string,
    )
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, toTerm(value)]))
}

const isArray = (json: Json): json is readonly Json[] => Array.isArray(json)

/** Text or bytes, where a case has a term that stands for them. */
export const toBytes = (json: Json | undefined): string | Uint8Array =>
  toTerm(json as Json) as string | Uint8Array

/**
 * A term as data that compares well: wrappers tagged, records as lists of entries in order of their keys, so
 * that neither prototypes nor the order of keys matter. Floats are numbers, as decoding gives them.
 */
export const shown = (term: Term): unknown => {
  if (typeof term === 'bigint') return { bigint: String(term) }
  if (typeof term === 'number') return Object.is(term, -0) ? { number: '-0' } : term
  if (typeof term !== 'object' || term === null) return term
  if (Array.isArray(term)) return term.map(shown)
  if (term instanceof Uint8Array) return { bytes: Buffer.from(term).toString('hex') }
  if (term instanceof Date) return { date: term.getTime() }
  if (isAtom(term)) return { atom: term.name }
  if (isTuple(term)) return { tuple: term.elements.map(shown) }
  if (isFloat(term)) return shown(term.value)
  if (isTermMap(term)) return { map: term.entries.map(([key, value]) => [shown(key), shown(value)]) }
  if (isImproperList(term)) return { list: term.elements.map(shown), tail: shown(term.tail) }
  if (isBitString(term)) return { bits: Buffer.from(term.bytes).toString('hex'), last: term.bits }
  if (isOpaque(term)) return { [term.kind]: Buffer.from(term.bytes).toString('hex') }
  const entries = Object.entries(term as { readonly [key: string]: Term })
  return { record: entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, shown(value)]) }
}

export const fromHex = (hex: Json | undefined): Uint8Array => Uint8Array.from(Buffer.from(String(hex), 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** When the cases were made: after all that is not expired was signed. */
export const now = Date.UTC(2026, 10, 23, 13, 5, 55)

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('__proto__', 'constructor', ''),
)
const notText = fc.uint8Array({ maxLength: 20 }).map(bytes => Uint8Array.of(0xff, ...bytes))
const atoms = fc.string({ maxLength: 60 }).map(atom)

/** Terms that decode to what was encoded: no atoms that have values of their own, no bytes that are text. */
export const { term: anyTerm } = fc.letrec<{ term: Term; key: Term }>(tie => ({
  key: fc.oneof(
    { withCrossShrink: true },
    fc.integer(),
    atoms.filter(({ name }) => !['nil', 'true', 'false'].includes(name)),
    notText,
    fc.tuple(fc.integer(), text).map(items => tuple(...items)),
  ),
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map(n => (n === 0 ? 0 : n)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => (n === 0 ? 0 : n)),
    fc.bigInt().filter(n => !Number.isSafeInteger(Number(n))),
    text,
    notText,
    fc.date({ noInvalidDate: true, min: new Date(-3e14), max: new Date(Date.UTC(9999, 0)) }),
    atoms.filter(({ name }) => !['nil', 'true', 'false'].includes(name)),
    fc.array(tie('term')),
    fc.array(fc.nat(255)),
    fc.array(tie('term'), { maxLength: 5 }).map(items => tuple(...items)),
    fc.dictionary(text, tie('term')),
    fc
      .uniqueArray(fc.tuple(tie('key'), tie('term')), {
        minLength: 1,
        selector: ([key]) => JSON.stringify(shown(key)),
      })
      .map(entries => termMap(entries)),
    fc
      .tuple(fc.array(tie('term'), { minLength: 1 }), fc.constantFrom(null, 1, 'tail'))
      .map(([items, tail]) => improperList(items, tail)),
  ),
}))
