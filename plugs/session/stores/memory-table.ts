/**
 * A table of sessions in memory: bounded, expiring, and without the least recently used when it is full. Each operation
 * takes the same time however many there are: a map finds a row, and a list through all rows knows the oldest.
 */
import { checkOptions, type Rules } from '../../options.js'

declare const table: unique symbol

/** A table for {@link memoryStore}. The app makes it, and sessions live as long as it does. */
export interface MemoryTable {
  readonly [table]: true
  /** How many sessions it holds, expired ones included as long as nobody came upon them. */
  readonly size: number
}

interface Row {
  readonly key: string
  /** The terms, as a map in term format; a text of Latin-1, which costs a fraction of a Buffer. */
  readonly terms: string
  /** Milliseconds since the epoch. */
  expires: number
  older: Row | undefined
  newer: Row | undefined
}

export class Table implements MemoryTable {
  declare readonly [table]: true
  readonly #rows = new Map<string, Row>()
  readonly #maxEntries: number
  #oldest: Row | undefined
  #newest: Row | undefined

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#rows.size
  }

  /** The row of a key, unless it has expired. It counts as used. */
  get(key: string, now: number): Row | undefined {
    const row = this.#rows.get(key)
    if (row === undefined) return undefined
    this.#unlink(row)
    if (row.expires <= now) {
      this.#rows.delete(key)
      return undefined
    }
    this.#link(row)
    return row
  }

  set(key: string, terms: string, expires: number, now: number): void {
    this.delete(key)
    const row: Row = { key, terms, expires, older: undefined, newer: undefined }
    this.#rows.set(key, row)
    this.#link(row)
    // The new row is none of these: it is the newest, and it has not expired.
    for (let oldest = this.#oldest as Row; this.#isOver(oldest, now); oldest = this.#oldest as Row)
      this.delete(oldest.key)
  }

  delete(key: string): void {
    const row = this.#rows.get(key)
    if (row === undefined) return
    this.#rows.delete(key)
    this.#unlink(row)
  }

  #isOver(oldest: Row, now: number): boolean {
    return this.#rows.size > this.#maxEntries || oldest.expires <= now
  }

  #link(row: Row): void {
    row.older = this.#newest
    row.newer = undefined
    if (this.#newest === undefined) this.#oldest = row
    else this.#newest.newer = row
    this.#newest = row
  }

  #unlink(row: Row): void {
    if (row.older === undefined) this.#oldest = row.newer
    else row.older.newer = row.newer
    if (row.newer === undefined) this.#newest = row.older
    else row.newer.older = row.older
  }
}

const rules: Rules = {
  maxEntries: {
    must: 'an integer of at least 1',
    ok: value => Number.isSafeInteger(value) && (value as number) > 0,
  },
}

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
