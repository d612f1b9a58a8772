/**
 * The time at which a cookie was written, among the entries of its session: a key of its own, in seconds since the epoch. So
 * a cookie ends on the server too, and not only in the browser that was asked to forget it.
 */
import { decodeTerm, rawEntry, type RawEntry } from '../../../lib/crypto/term-format.js'
import { isRight } from '../../../lib/fp.js'

/** The key, which belongs to the store: what an app puts there is written over. */
export const issuedAtKey = 'plugboard_issued_at'

/** Seconds by which the clocks of an app's machines may differ. */
const skew = 60

const others = (entries: readonly RawEntry[]): readonly RawEntry[] =>
  entries.filter(({ key }) => key !== issuedAtKey)

const secondsOf = (entries: readonly RawEntry[]): number | undefined => {
  const entry = entries.find(({ key }) => key === issuedAtKey)
  const term = entry && decodeTerm(entry.rawValue)
  // A serializer of one's own may read every integer as a bigint.
  return term && isRight(term) && (typeof term.right === 'number' || typeof term.right === 'bigint')
    ? Number(term.right)
    : undefined
}

/**
 * The entries of the session alone, and their age in seconds; undefined if they were not written within the last `ttl`
 * seconds, or if nothing says when.
 *
 * @param now Milliseconds since the epoch.
 */
export const unexpired = (
  entries: readonly RawEntry[],
  ttl: number | undefined,
  now: number,
): { readonly entries: readonly RawEntry[]; readonly age: number } | undefined => {
  const age = now / 1000 - (secondsOf(entries) ?? NaN)
  return ttl !== undefined && age <= ttl && age >= -skew ? { entries: others(entries), age } : undefined
}

/** The entries with the time at which they are written, in milliseconds since the epoch. */
export const stamped = (entries: readonly RawEntry[], now: number): readonly RawEntry[] => [
  ...others(entries),
  rawEntry(issuedAtKey, Math.floor(now / 1000)),
]
