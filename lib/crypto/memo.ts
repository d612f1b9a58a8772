/**
 * A bounded LRU cache of a pure function's results. From outside it cannot be told from the function itself, except by the
 * time it takes.
 */
import { Lru, type LruEntry } from '../lru.js'

/** Returns the cached result for `key`, or computes it and caches it. */
export type Memo<A extends object> = (key: string, compute: () => A) => A

interface Result<A> extends LruEntry<Result<A>> {
  readonly value: A
}

/** Creates a cache of at most `size` results. */
export const boundedMemo = <A extends object>(size: number): Memo<A> => {
  const results = new Lru<Result<A>>(size)
  return (key, compute) => {
    const known = results.get(key)
    if (known !== undefined) return known.value
    const value = compute()
    results.put({ key, value, older: undefined, newer: undefined })
    return value
  }
}
