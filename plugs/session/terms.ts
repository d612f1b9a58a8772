/**
 * The terms of a session as they were read: bytes that are decoded one by one, when they are first asked for, and that
 * go back as they came when nobody changed them.
 */
import { isLeft } from 'fp-ts/lib/Either.js'
import { decodeTerm, type RawEntry, type Term } from '../../lib/crypto/term-format.js'
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

  #at(i: number): Term | undefined {
    const known = this.#decoded[i]
    if (known !== undefined) return known
    const decoded = decodeTerm((this.entries[i] as RawEntry).rawValue)
    return isLeft(decoded) ? undefined : (this.#decoded[i] = decoded.right)
  }
}

const names = (change: StoreChange, key: string): boolean =>
  change.op === 'put' ? change.entry.key === key : change.op === 'delete' && change.key === key

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
  for (const change of changes) if (change.op === 'put') made.push(change.entry)
  return made
}
