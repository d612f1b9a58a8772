/**
 * The cases that the real Plug answered, for the specs of lib/http: the file, and its Elixir terms as JavaScript values.
 */
import { readFileSync } from 'node:fs'

/** An Elixir term as the fixture writes it. */
export type Term = unknown

/** A case of the fixture. */
export type Case = { readonly [field: string]: Term }

const file = new URL('../../../../spec/fixtures/query.json', import.meta.url)

/** Every list of cases, by name. */
export const vectors: { readonly [name: string]: readonly Case[] } = JSON.parse(readFileSync(file, 'utf8'))

/** The cases of one list. */
export const cases = (name: string): readonly Case[] => vectors[name] as readonly Case[]

/** The bytes of a `$bin` term, or undefined for any other. */
export const bytesOf = (term: Term): Buffer | undefined =>
  typeof term === 'object' && term !== null && '$bin' in term
    ? Buffer.from(String(term.$bin), 'hex')
    : undefined

const pairsOf = (list: readonly Term[]): readonly (readonly [Term, Term])[] | undefined => {
  const pairs = list.map(item =>
    typeof item === 'object' && item !== null && '$tuple' in item ? item.$tuple : undefined,
  )
  return list.length > 0 && pairs.every(Array.isArray) ? (pairs as unknown as [Term, Term][]) : undefined
}

const recordOf = (pairs: readonly (readonly [Term, Term])[], binary: (bytes: Buffer) => string): object => {
  const record: Record<string, unknown> = Object.create(null)
  for (const [key, value] of pairs) {
    const name = String(toValue(key, binary))
    if (!(name in record)) record[name] = toValue(value, binary)
  }
  return record
}

/**
 * The JavaScript value of a term: atoms are text, maps and keyword lists are records (of a keyword list's duplicates the
 * first is kept, as Plug does), bytes that are not UTF-8 are what `binary` makes of them.
 */
export const toValue = (
  term: Term,
  binary: (bytes: Buffer) => string = bytes => bytes.toString(),
): unknown => {
  if (typeof term !== 'object' || term === null) return term
  if (Array.isArray(term)) {
    const pairs = pairsOf(term)
    return pairs === undefined ? term.map(item => toValue(item, binary)) : recordOf(pairs, binary)
  }
  if ('$atom' in term) return term.$atom
  if ('$float' in term) return Number(term.$float)
  if ('$int' in term) return BigInt(String(term.$int))
  if ('$bin' in term) return binary(bytesOf(term) as Buffer)
  if ('$map' in term) return recordOf(term.$map as [Term, Term][], binary)
  return recordOf(Object.entries(term), binary)
}

/** A value as JSON with its keys sorted, so that records compare whatever their order or prototype. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))
      : inner,
  )
