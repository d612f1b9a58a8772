/**
 * A bounded LRU cache: when it is full, the least recently used entry makes room. The bound is a number of entries, or of
 * whatever else an entry weighs, such as bytes. Each operation takes the same time, however many entries there are: a map
 * finds an entry, and a list through all entries knows the least recently used. (Insertion order of a Map is not enough:
 * the search for its first key passes all keys that were deleted before.)
 */

/** An entry, which is itself a link of the list: one object each. Create it with `older` and `newer` undefined. */
export interface LruEntry<Self> {
  readonly key: string
  older: Self | undefined
  newer: Self | undefined
}

const one = (): number => 1

export class Lru<E extends LruEntry<E>> {
  readonly #max: number
  readonly #weigh: (entry: E) => number
  readonly #entries = new Map<string, E>()
  #weight = 0
  #oldest: E | undefined
  #newest: E | undefined

  /**
   * @param max what all entries weigh at most
   * @param weigh what an entry weighs: always the same for one entry. Default 1, so that entries are counted.
   */
  constructor(max: number, weigh: (entry: E) => number = one) {
    this.#max = max
    this.#weigh = weigh
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size
  }

  /** What all entries weigh. */
  get weight(): number {
    return this.#weight
  }

  /** The least recently used entry. */
  get oldest(): E | undefined {
    return this.#oldest
  }

  /** The entry of a key. This does not count as use. */
  peek(key: string): E | undefined {
    return this.#entries.get(key)
  }

  /** The entry of a key, which counts as use. */
  get(key: string): E | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.use(entry)
    return entry
  }

  /** Counts an entry of this cache as used. */
  use(entry: E): void {
    if (entry === this.#newest) return
    this.#unlink(entry)
    this.#link(entry)
  }

  /** Puts an entry, instead of the one of its key. One that weighs more than all may is not kept, and replaces nothing. */
  put(entry: E): void {
    const weight = this.#weigh(entry)
    if (weight > this.#max) return
    this.delete(entry.key)
    this.#entries.set(entry.key, entry)
    this.#link(entry)
    this.#weight += weight
    // The new entry is the last in the list, and by itself not too heavy.
    while (this.#weight > this.#max) this.remove(this.#oldest as E)
  }

  /** Removes the entry of a key, if there is one. */
  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.remove(entry)
  }

  /** Removes an entry of this cache. */
  remove(entry: E): void {
    this.#entries.delete(entry.key)
    this.#unlink(entry)
    this.#weight -= this.#weigh(entry)
  }

  #link(entry: E): void {
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink(entry: E): void {
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
  }
}
