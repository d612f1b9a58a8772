/**
 * The matcher: a trie of segments that keeps the order of declaration. A request follows every branch its segments fit,
 * but enters none whose first route was declared after one already found; each node is entered at most once, so that
 * the work is bounded by the size of the table, whatever the path.
 */
import { takes, type Matchable, type Matcher } from './matcher.js'
import { hasAffixes, type Single } from './pattern.js'

interface Entry<R> {
  readonly order: number
  readonly route: R
}

interface Affixed<R> {
  readonly prefix: string
  readonly suffix: string
  readonly node: Node<R>
}

interface Node<R> {
  /** The order of the first route at or below this node. */
  readonly first: number
  readonly literals: Map<string, Node<R>>
  /** Behind a segment of any text. */
  param: Node<R> | undefined
  /** Behind a segment that has a prefix or a suffix around its parameter. */
  readonly affixed: Affixed<R>[]
  /** Routes that end here. */
  readonly ends: Entry<R>[]
  /** Routes that end here with a glob, with the prefix of its first segment. */
  readonly globs: (Entry<R> & { readonly prefix: string })[]
}

const node = <R>(first: number): Node<R> => ({
  first,
  literals: new Map(),
  param: undefined,
  affixed: [],
  ends: [],
  globs: [],
})

/** The child of a node behind a segment, made if it is missing. */
const child = <R>(parent: Node<R>, segment: Single, order: number): Node<R> => {
  if (segment.kind === 'literal') {
    const made = parent.literals.get(segment.text) ?? node<R>(order)
    parent.literals.set(segment.text, made)
    return made
  }
  const { prefix, suffix } = segment
  if (prefix === '' && suffix === '') return (parent.param ??= node<R>(order))
  const known = parent.affixed.find(one => one.prefix === prefix && one.suffix === suffix)
  if (known) return known.node
  const made = node<R>(order)
  parent.affixed.push({ prefix, suffix, node: made })
  return made
}

/** The first entry that takes a method and a host, if it was declared before `best`; or else `best`. */
const earliest = <R extends Matchable>(
  entries: readonly Entry<R>[],
  method: string,
  host: string,
  best: Entry<R> | undefined,
): Entry<R> | undefined => {
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry<R>
    if (best !== undefined && entry.order > best.order) return best
    if (takes(entry.route, method, host)) return entry
  }
  return best
}

const search = <R extends Matchable>(
  at: Node<R>,
  depth: number,
  method: string,
  host: string,
  segments: readonly string[],
  found: Entry<R> | undefined,
): Entry<R> | undefined => {
  if (found !== undefined && at.first > found.order) return found
  let best = found
  if (depth === segments.length) best = earliest(at.ends, method, host, best)
  else {
    const text = segments[depth] as string
    const literal = at.literals.get(text)
    if (literal !== undefined) best = search(literal, depth + 1, method, host, segments, best)
    if (at.param !== undefined) best = search(at.param, depth + 1, method, host, segments, best)
    for (let i = 0; i < at.affixed.length; i++) {
      const { prefix, suffix, node } = at.affixed[i] as Affixed<R>
      if (hasAffixes(text, prefix, suffix)) best = search(node, depth + 1, method, host, segments, best)
    }
  }
  for (let i = 0; i < at.globs.length; i++) {
    const glob = at.globs[i] as Node<R>['globs'][number]
    if (best !== undefined && glob.order > best.order) return best
    const { prefix } = glob
    if ((prefix === '' || segments[depth]?.startsWith(prefix)) && takes(glob.route, method, host)) return glob
  }
  return best
}

/** An empty {@link Matcher}. */
export const trie = <R extends Matchable>(): Matcher<R> => {
  const root = node<R>(0)
  let count = 0
  return {
    add(route) {
      const order = count++
      let at = root
      for (const segment of route.segments)
        if (segment.kind === 'glob') {
          at.globs.push({ order, route, prefix: segment.prefix })
          return
        } else at = child(at, segment, order)
      at.ends.push({ order, route })
    },
    find: (method, host, segments) => search(root, 0, method, host, segments, undefined)?.route,
  }
}
