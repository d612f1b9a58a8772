/** The router's matcher for a table of the benchmarks, for what measures lookups alone. No contender imports it. */
import type { Matchable, Matcher } from '../router/matcher.js'
import { parsePattern } from '../router/pattern.js'
import { trie } from '../router/trie.js'
import type { Declared } from './routes.js'

/** A route with its place in its table. */
interface Indexed extends Matchable {
  readonly index: number
}

export const matcherOf = (table: readonly Declared[]): Matcher<Indexed> =>
  trie(
    table.map(({ method, pattern }, index) => ({
      method,
      hosts: [],
      segments: parsePattern(pattern, pattern),
      index,
    })),
  )
