/**
 * A bounded memo of a pure function's results: the entry used least lately makes room for a new one.
 * From outside it cannot be told from the function itself, except by the time it takes.
 */

/** Gives the remembered result for `key`, or computes, remembers and gives it. */
export type Memo<A extends object> = (key: string, compute: () => A) => A

/** Makes a memo that holds at most `size` results. */
export const boundedMemo = <A extends object>(size: number): Memo<A> => {
  // A Map iterates in the order of insertion, so its first key is the one used least lately.
  const entries = new Map<string, A>()
  let last: string | undefined
  return (key, compute) => {
    const known = entries.get(key)
    if (known !== undefined && key === last) return known
    const value = known ?? compute()
    if (known !== undefined) entries.delete(key)
    else if (entries.size >= size) entries.delete(entries.keys().next().value as string)
    entries.set(key, value)
    last = key
    return value
  }
}
