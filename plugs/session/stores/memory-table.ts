/** A table of sessions in memory: a bounded LRU cache whose rows expire. */
import { Lru, type LruEntry } from '../../../lib/lru.js'
import { checkOptions, count, type Rules } from '../../../lib/options.js'

declare const table: unique symbol

/** A table for {@link memoryStore}. The app makes it, and sessions live as long as it does. */
export interface MemoryTable {
  readonly [table]: true
  /** How many sessions it holds, expired ones included as long as nobody came upon them. */
  readonly size: number
}

interface Row extends LruEntry<Row> {
  /** The terms, as a map in term format; a string of Latin-1, which costs a fraction of a Buffer. */
  readonly terms: string
  /** Milliseconds since the epoch. */
  expires: number
}

export class Table implements MemoryTable {
  declare readonly [table]: true
  readonly #rows: Lru<Row>

  constructor(maxEntries: number) {
    this.#rows = new Lru(maxEntries)
  }

  get size(): number {
    return this.#rows.size
  }

  /** The row of a key, unless it has expired. It counts as used. */
  get(key: string, now: number): Row | undefined {
    const row = this.#rows.get(key)
    if (row === undefined || row.expires > now) return row
    this.#rows.remove(row)
    return undefined
  }

  set(key: string, terms: string, expires: number, now: number): void {
    this.#rows.put({ key, terms, expires, older: undefined, newer: undefined })
    // The new row ends the loop: it is the newest, and it has not expired.
    for (let row = this.#rows.oldest as Row; row.expires <= now; row = this.#rows.oldest as Row)
      this.#rows.remove(row)
  }

  delete(key: string): void {
    this.#rows.delete(key)
  }
}

const rules: Rules = { maxEntries: count }

/**
 * Makes a table for {@link memoryStore}.
 *
 * @param options `maxEntries`: how many sessions it holds at most; default 100,000. A session of a few terms takes about
 * half a kilobyte.
 * @throws TypeError when `maxEntries` is no positive integer.
 * @example
 * import { memoryTable } from 'plugboard/plugs'
 * memoryTable({ maxEntries: 1_000_000 }).size // => 0
 */
export const memoryTable = (options: { readonly maxEntries?: number } = {}): MemoryTable => {
  checkOptions('memoryTable', options, rules)
  return new Table(options.maxEntries ?? 100_000)
}
