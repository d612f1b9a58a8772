/**
 * The terms of a session as they were read: bytes that are decoded one by one, when they are first asked for, and that
 * go back as they came when nobody changed them.
 */
import { decodeTerm, type RawEntry, type Term } from '../../lib/crypto/term-format.js'
import { isLeft } from '../../lib/fp.js'
import type { StoreChange } from './store.js'

/** Terms by key. A key that is no string, as Elixir may write one, is kept and never found. */
export class Terms {
  readonly entries: readonly RawEntry[]
  readonly #decoded: (Term | undefined)[] = []

  constructor(entries: readonly RawEntry[]) {
    this.entries = entries
  }

  /** The term under a key; undefined if there is none, or if its bytes are no term. */
  get(key: string): Term | undefined {
    const { entries } = this
    for (let i = 0; i < entries.length; i++) if ((entries[i] as RawEntry).key === key) return this.#at(i)
    return undefined
  }

  /** The bytes of the term under a key; undefined if there is none. */
  rawOf(key: string): Uint8Array | undefined {
    return this.entries.find(entry => entry.key === key)?.rawValue
  }

  #at(i: number): Term | undefined {
    const known = this.#decoded[i]
    if (known !== undefined) return known
    const decoded = decodeTerm((this.entries[i] as RawEntry).rawValue)
    return isLeft(decoded) ? undefined : (this.#decoded[i] = decoded.right)
  }
}

const names = (change: StoreChange, key: string): boolean => {
  switch (change.op) {
    case 'put':
    case 'swap':
      return change.entry.key === key
    case 'delete':
      return change.key === key
    case 'clear':
      return false
  }
}

/**
 * The entries after changes: what a store of one's own makes of what it holds. Those that no change names are the very
 * same.
 *
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * import { applyChanges } from 'plugboard/plugs'
 * const [a, b] = [termFormat.rawEntry('a', 1), termFormat.rawEntry('b', 2)]
 * applyChanges([a, b], [{ op: 'delete', key: 'a' }]).length // => 1
 */
export const applyChanges = (
  entries: readonly RawEntry[],
  changes: readonly StoreChange[],
): readonly RawEntry[] => {
  const made: RawEntry[] = []
  if (changes[0]?.op !== 'clear')
    for (const entry of entries) {
      const { key } = entry
      if (key === null || !changes.some(change => names(change, key))) made.push(entry)
    }
  for (const change of changes) if (change.op === 'put' || change.op === 'swap') made.push(change.entry)
  return made
}

/** Whether two terms have the same bytes; undefined is no term. */
export const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0

/**
 * Whether entries are such that changes may be applied: those of a swap have the bytes that it expects.
 *
 * @example
 * import { termFormat } from 'plugboard/crypto'
 * import { swapHolds } from 'plugboard/plugs'
 * const [one, two] = [termFormat.rawEntry('n', 1), termFormat.rawEntry('n', 2)]
 * swapHolds([one], [{ op: 'swap', entry: two, expected: one.rawValue }]) // => true
 * swapHolds([two], [{ op: 'swap', entry: two, expected: one.rawValue }]) // => false
 */
export const swapHolds = (entries: readonly RawEntry[], changes: readonly StoreChange[]): boolean =>
  changes.every(
    change =>
      change.op !== 'swap' ||
      sameBytes(entries.find(({ key }) => key === change.entry.key)?.rawValue, change.expected),
  )
