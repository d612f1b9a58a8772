/**
 * The order in which Erlang writes the keys of a map of up to 32 entries: bytewise, a prefix before what it
 * begins. Records are written in that order, so what Plug signs and what is signed here are the same bytes.
 */

/** Compares two texts by their UTF-8 bytes. Zero for texts that are written alike. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    // UTF-16 and UTF-8 agree on the order below the surrogates; above, the bytes decide.
    return left < 0xd800 || right < 0xd800 ? left - right : Buffer.compare(Buffer.from(a), Buffer.from(b))
  }
  return a.length - b.length
}

/**
 * The items in ascending order, each once: of items that compare as equal, the last. Gives the same array
 * when it is so already.
 */
export const sortedUnique = <A>(items: readonly A[], compare: (a: A, b: A) => number): readonly A[] => {
  let ascending = true
  for (let i = 1; i < items.length && ascending; i++) ascending = compare(items[i - 1]!, items[i]!) < 0
  if (ascending) return items
  const sorted = [...items].sort(compare)
  return sorted.filter((item, i) => i + 1 === sorted.length || compare(item, sorted[i + 1]!) !== 0)
}
