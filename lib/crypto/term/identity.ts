/** Tells the keys of a map apart as Erlang does, in time linear in their size, however deeply they are nested. */
import { hash } from 'node:crypto'
import { isRecord } from '../../is-record.js'
import { encodeTerm } from './encode.js'
import { ImproperListTerm, MapTerm, TupleTerm, type Term } from './term.js'

/** Identities that are already computed, by list, tuple or map. */
export type Identities = Map<object, string>

/** A longer identity is replaced by its digest. */
const longest = 64

/** What one list, tuple or map holds, each part by its identity; undefined for a term without parts. */
const partsOf = (term: Term, known: Identities): readonly string[] | undefined => {
  const all = (terms: readonly Term[]): readonly string[] => terms.map(each => identityOf(each, known))
  if (Array.isArray(term)) return areNumbers(term) ? undefined : ['list', ...all(term as readonly Term[])]
  if (term instanceof TupleTerm) return ['tuple', ...all(term.elements)]
  if (term instanceof ImproperListTerm)
    return ['improper', ...all(term.elements), identityOf(term.tail, known)]
  const entries = term instanceof MapTerm ? term.entries : isRecord(term) ? Object.entries(term) : undefined
  if (entries === undefined) return undefined
  const pairs = entries.map(([key, value]) => joined(all([key as Term, value as Term])))
  return ['map', ...pairs.sort()]
}

/** Lists of numbers, as Erlang writes charlists, are compared as a whole. */
const areNumbers = (terms: readonly unknown[]): boolean => terms.every(each => typeof each === 'number')

const joined = (parts: readonly string[]): string => parts.map(part => `${part.length}:${part}`).join('')

/**
 * A string that is the same for two keys exactly if Erlang takes them for the same key. Each list, tuple and map is
 * visited once for all keys that share `known`.
 *
 * @param key a term that was read as a key, which tells floats from integers
 */
export const identityOf = (key: Term, known: Identities): string => {
  const isObject = typeof key === 'object' && key !== null
  const found = isObject ? known.get(key) : undefined
  if (found !== undefined) return found
  const parts = partsOf(key, known)
  const whole = parts === undefined ? (encodeTerm(key) as Buffer).toString('latin1') : joined(parts)
  // The first character keeps a digest from being taken for a short identity.
  const identity = whole.length > longest ? `#${hash('sha256', whole, 'base64')}` : `=${whole}`
  if (isObject && parts !== undefined) known.set(key, identity)
  return identity
}
