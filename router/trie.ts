/**
 * The matcher: a trie of texts and parameters that keeps the order of declaration, one for each method. A path follows
 * every branch it fits, but enters none whose first route was declared after one already found. Where a node begins in
 * a path follows from the path alone, so that each is entered at most once: the work is bounded by the size of the table,
 * whatever the path.
 *
 * It reads the path as it was sent, and nothing is split or copied but what is captured; slashes that are doubled are passed
 * over on the way. Only a path with a `%` or a slash at its end is written anew first, decoded.
 */
import {
  decodedSegments,
  newParams,
  matchesHost,
  type Found,
  type Matchable,
  type Matcher,
} from './matcher.js'
import { packed, type Entry, type Rare } from './trie-nodes.js'

/** Counts the nodes of a trie, routes included, and how many of them were looked at. */
export interface Counter {
  nodes: number
  steps: number
}

const slash = 47
/** The order of a route that is behind all others. */
const last = 2 ** 30

/** The matcher of routes, in the order they were declared. With a counter it counts what it does. */
export const trie = <R extends Matchable>(routes: readonly R[], counter?: Counter): Matcher<R> => {
  const { cells, texts, entries, rare, roots, others, count } = packed(routes)
  if (counter !== undefined) counter.nodes = count

  // --- finding: what is known of the path at hand, and of the best route so far

  let text = ''
  /** Where a slash in the text is part of a segment, because it was sent as `%2F`. */
  let inner: ReadonlySet<number> | undefined
  let host = ''
  let best = last
  let found: Found<R> | undefined
  /** Where the first segment begins. */
  let first = 1
  /** Where the parameters on the way to the node at hand begin and end. */
  const starts: number[] = []
  const ends: number[] = []

  const isInner = (from: number, to: number): boolean => {
    for (let i = from; i < to; i++) if (inner?.has(i)) return true
    return false
  }

  /** Where the segment ends that holds a position. */
  const endOf = (from: number): number => {
    let end = text.indexOf('/', from)
    while (inner?.has(end)) end = text.indexOf('/', end + 1)
    return end < 0 ? text.length : end
  }

  /** Where the segment begins that a glob takes first, or undefined if none begins at a position or behind it. */
  const startOf = (from: number, prefix: string): number | undefined => {
    if (prefix !== '') return from - prefix.length
    if (from === first || from === text.length) return from
    return text.charCodeAt(from) === slash && !inner?.has(from) ? from + 1 : undefined
  }

  /** The segments from a position on. */
  const restFrom = (from: number): string[] => {
    const segments: string[] = []
    for (let start = from, end = 0; start < text.length; start = end + 1) {
      end = endOf(start)
      if (end > start) segments.push(text.slice(start, end))
    }
    return segments
  }

  /** Takes the first of some entries that is for the host, if it was declared before the best so far. */
  const settle = (begin: number, behind: number, from: number): void => {
    for (let i = begin; i < behind; i++) {
      const { order, bare, hosts, names, glob } = entries[i] as Entry<R>
      if (order >= best) return
      if (counter !== undefined) counter.steps += 1
      const start = glob === undefined ? from : startOf(from, glob.prefix)
      if (start === undefined || (hosts !== undefined && !matchesHost(hosts, host))) continue
      best = order
      found = bare
      if (names.length === 0 && glob === undefined) return
      const params = newParams()
      // One place in the code for each parameter: V8 stores faster where it has seen few names.
      const count = names.length
      if (count > 0) {
        const name = names[0] as string
        // So most parameters are called, and what is named here is stored faster.
        if (name === 'id') params['id'] = text.slice(starts[0], ends[0])
        else params[name] = text.slice(starts[0], ends[0])
      }
      if (count > 1) params[names[1] as string] = text.slice(starts[1], ends[1])
      if (count > 2) params[names[2] as string] = text.slice(starts[2], ends[2])
      if (count > 3) params[names[3] as string] = text.slice(starts[3], ends[3])
      for (let k = 4; k < count; k++) params[names[k] as string] = text.slice(starts[k], ends[k])
      if (glob !== undefined && glob.name !== '') params[glob.name] = restFrom(start)
      found = { kind: 'route', route: bare.route, pathParams: params, params }
      return
    }
  }

  /** Where a text ends that stands at a position but for slashes that are doubled; -1 if it does not. */
  const looseEnd = (wanted: string, from: number): number => {
    let at = from
    for (let i = 0; i < wanted.length; i++) {
      const code = wanted.charCodeAt(i)
      if (text.charCodeAt(at++) !== code) return -1
      if (code === slash) while (text.charCodeAt(at) === slash) at++
    }
    return at
  }

  /** Goes on behind the parameters that ask something of their text, and to globs. */
  const special = ({ params, globs, globCount }: Rare, from: number, depth: number): void => {
    const end = endOf(from)
    for (let i = 0; i < params.length; i++) {
      const { suffix, shape, alone, node } = params[i] as Rare['params'][number]
      if ((cells[node] as number) >= best) continue
      const until = end - suffix.length
      const fits =
        (alone ? until > from : until >= from) &&
        (suffix === '' || text.slice(until, end) === suffix) &&
        (shape === undefined || shape.whole.test(text.slice(from, until)))
      if (fits) {
        starts[depth] = from
        ends[depth] = until
        search(node, end, depth + 1)
      } else if (counter !== undefined) counter.steps += 1
    }
    settle(globs, globs + globCount, from)
  }

  /** Looks for a better route at a node and below it. The last branch is followed without a call. */
  const search = (from: number, position: number, parameters: number): void => {
    const path = text
    const table = cells
    const { length } = path
    let at = from
    let pos = position
    let depth = parameters
    while ((table[at] as number) < best) {
      if (counter !== undefined) counter.steps += 1
      const rareAt = table[at + 6] as number
      if (pos === length) {
        const begin = table[at + 4] as number
        settle(begin, begin + (table[at + 5] as number), pos)
      } else {
        let code = path.charCodeAt(pos)
        if (code === slash && inner === undefined)
          while (code === slash && path.charCodeAt(pos - 1) === slash) code = path.charCodeAt(++pos)
        const param = table[at + 3] as number
        const behind = table[at + 7] as number
        let i = at + 8
        while (i < behind && table[i] !== code) i += 2
        if (i < behind) {
          const next = table[i + 1] as number
          const size = table[next + 2] as number
          let end = pos + size
          // The first character is known.
          if (size > 1) {
            const wanted = texts[table[next + 1] as number] as string
            if (path.slice(pos, end) !== wanted) end = inner === undefined ? looseEnd(wanted, pos) : -1
          }
          if (inner !== undefined && isInner(pos, end)) end = -1
          if (end >= 0) {
            if (param === 0 && rareAt === 0) {
              at = next
              pos = end
              continue
            }
            search(next, end, depth)
          } else if (counter !== undefined) counter.steps += 1
        }
        if (param !== 0) {
          const end = inner === undefined ? path.indexOf('/', pos) : endOf(pos)
          const until = end < 0 ? length : end
          if (until > pos) {
            starts[depth] = pos
            ends[depth] = until
            if (rareAt === 0) {
              at = param
              pos = until
              depth += 1
              continue
            }
            search(param, until, depth + 1)
          }
        }
      }
      if (rareAt !== 0) special(rare[rareAt - 1] as Rare, pos, depth)
      return
    }
  }

  /** What is found for a path without its encoding that does not end with a slash. */
  const findIn = (root: number, forHost: string, path: string): Found<R> | 'none' => {
    text = path
    host = forHost
    best = last
    found = undefined
    first = 1
    if (inner === undefined) while (path.charCodeAt(first) === slash) first++
    search(root, first, 0)
    return found ?? 'none'
  }

  /** Finds behind a path written anew: decoded, without empty segments. */
  const findDecoded = (root: number, forHost: string, path: string): Found<R> | 'none' | 'malformed' => {
    const segments = decodedSegments(path)
    if (segments === undefined) return 'malformed'
    let written = ''
    let slashes: Set<number> | undefined
    for (const segment of segments) {
      written += '/'
      for (let i = segment.indexOf('/'); i >= 0; i = segment.indexOf('/', i + 1))
        (slashes ??= new Set()).add(written.length + i)
      written += segment
    }
    inner = slashes
    const answer = findIn(root, forHost, written === '' ? '/' : written)
    inner = undefined
    return answer
  }

  /** That of GET, which most requests ask for. */
  const forGet = roots.get('GET') ?? others
  return {
    find(method, forHost, path) {
      const root = method === 'GET' ? forGet : (roots.get(method) ?? others)
      if (
        path.charCodeAt(path.length - 1) === slash ||
        path.charCodeAt(0) !== slash ||
        path.indexOf('%') >= 0
      )
        return path === '/' ? findIn(root, forHost, path) : findDecoded(root, forHost, path)
      return findIn(root, forHost, path)
    },
  }
}
