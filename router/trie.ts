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
  noParams,
  takesHost,
  type Found,
  type Matchable,
  type Matcher,
} from './matcher.js'
import type { Segment, Shape } from './pattern.js'

/** A route at the node where its pattern ends. */
interface Entry<R> {
  /** The place of the route in the order of declaration. */
  readonly order: number
  /** What is found if nothing is captured. */
  readonly bare: Found<R>
  /** The hosts it is for, if not any. */
  readonly hosts: readonly string[] | undefined
  /** The names of its parameters, in order, but for a glob's. */
  readonly names: readonly string[]
  readonly glob: { readonly name: string; readonly prefix: string } | undefined
}

/** A parameter with something that its text must fulfil. */
interface Special<R> {
  readonly suffix: string
  readonly shape: Shape | undefined
  /** Whether nothing of the segment stands before it, nor behind it: it then takes no empty text. */
  readonly alone: boolean
  readonly node: Node<R>
}

/** What few nodes have. */
interface Rare<R> {
  readonly params: Special<R>[]
  readonly globs: Entry<R>[]
}

interface Node<R> {
  /** The order of the first route at or below this node. */
  readonly first: number
  /**
   * What stands in the path before this node and behind its parent, slashes included but for the path's first; empty
   * behind a parameter.
   */
  text: string
  /** Nodes behind a text, and the first character of each text, by which one is told from the others. */
  readonly codes: number[]
  readonly texts: Node<R>[]
  /** Behind a segment of any text. */
  param: Node<R> | undefined
  rare: Rare<R> | undefined
  /** Routes that end here. */
  readonly ends: Entry<R>[]
}

/** Counts the nodes of a trie, routes included, and how many of them were looked at. */
export interface Counter {
  nodes: number
  steps: number
}

const slash = 47
/** The order of a route that is behind all others. */
const last = 2 ** 30

const sharedLength = (a: string, b: string): number => {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}

/** An empty {@link Matcher}. With a counter it counts what it does. */
export const trie = <R extends Matchable>(counter?: Counter): Matcher<R> => {
  const node = (text: string, first: number): Node<R> => {
    if (counter !== undefined) counter.nodes += 1
    return { first, text, codes: [], texts: [], param: undefined, rare: undefined, ends: [] }
  }

  // --- adding

  /** The node behind a text, made where it is missing; a node whose text is shared in part is parted there. */
  const behindText = (parent: Node<R>, text: string, order: number): Node<R> => {
    if (text === '') return parent
    const at = parent.codes.indexOf(text.charCodeAt(0))
    if (at < 0) {
      const made = node(text, order)
      parent.codes.push(text.charCodeAt(0))
      parent.texts.push(made)
      return made
    }
    const known = parent.texts[at] as Node<R>
    const shared = sharedLength(known.text, text)
    if (shared === known.text.length) return behindText(known, text.slice(shared), order)
    const parted = node(text.slice(0, shared), known.first)
    known.text = known.text.slice(shared)
    parted.codes.push(known.text.charCodeAt(0))
    parted.texts.push(known)
    parent.texts[at] = parted
    return behindText(parted, text.slice(shared), order)
  }

  const rareOf = (at: Node<R>): Rare<R> => (at.rare ??= { params: [], globs: [] })

  const behindParam = (
    parent: Node<R>,
    { prefix, suffix, shape }: Extract<Segment, { readonly kind: 'param' }>,
    order: number,
  ): Node<R> => {
    const alone = prefix === '' && suffix === ''
    if (alone && shape === undefined) return (parent.param ??= node('', order))
    const { params } = rareOf(parent)
    const known = params.find(one => one.suffix === suffix && one.shape?.written === shape?.written)
    if (known !== undefined) return known.node
    const made = node('', order)
    params.push({ suffix, shape, alone, node: made })
    return made
  }

  const insert = (root: Node<R>, order: number, route: R): void => {
    const names: string[] = []
    let glob: Entry<R>['glob']
    let at = root
    let text = ''
    let between = ''
    for (const segment of route.segments) {
      if (segment.kind === 'literal') text += between + segment.text
      else if (segment.kind === 'param') {
        at = behindParam(behindText(at, text + between + segment.prefix, order), segment, order)
        text = ''
        names.push(segment.name)
      } else {
        if (segment.prefix !== '') text += between + segment.prefix
        glob = segment
      }
      between = '/'
    }
    at = behindText(at, text, order)
    if (counter !== undefined) counter.nodes += 1
    const entries = glob === undefined ? at.ends : rareOf(at).globs
    const hosts = route.hosts.length === 0 ? undefined : route.hosts
    entries.push({ order, bare: { route, params: noParams }, hosts, names, glob })
  }

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

  /** Takes the first of the entries that is for the host, if it was declared before the best so far. */
  const settle = (entries: readonly Entry<R>[], from: number): void => {
    for (let i = 0; i < entries.length; i++) {
      const { order, bare, hosts, names, glob } = entries[i] as Entry<R>
      if (order >= best) return
      if (counter !== undefined) counter.steps += 1
      const start = glob === undefined ? from : startOf(from, glob.prefix)
      if (start === undefined || (hosts !== undefined && !takesHost(hosts, host))) continue
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
      found = { route: bare.route, params }
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
  const special = ({ params, globs }: Rare<R>, from: number, depth: number): void => {
    const end = endOf(from)
    for (let i = 0; i < params.length; i++) {
      const { suffix, shape, alone, node } = params[i] as Special<R>
      if (node.first >= best) continue
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
    settle(globs, from)
  }

  /** Looks for a better route at a node and below it. The last branch is followed without a call. */
  const search = (from: Node<R>, position: number, parameters: number): void => {
    const path = text
    const { length } = path
    let at = from
    let pos = position
    let depth = parameters
    while (at.first < best) {
      if (counter !== undefined) counter.steps += 1
      const { rare } = at
      if (pos === length) settle(at.ends, pos)
      else {
        let code = path.charCodeAt(pos)
        if (code === slash && inner === undefined)
          while (code === slash && path.charCodeAt(pos - 1) === slash) code = path.charCodeAt(++pos)
        const { codes, param } = at
        let i = codes.length - 1
        while (i >= 0 && codes[i] !== code) i--
        if (i >= 0) {
          const next = at.texts[i] as Node<R>
          const wanted = next.text
          let behind = pos + wanted.length
          if (wanted.length > 1 && path.slice(pos, behind) !== wanted)
            behind = inner === undefined ? looseEnd(wanted, pos) : -1
          else if (inner !== undefined && isInner(pos, behind)) behind = -1
          if (behind >= 0) {
            if (param === undefined && rare === undefined) {
              at = next
              pos = behind
              continue
            }
            search(next, behind, depth)
          } else if (counter !== undefined) counter.steps += 1
        }
        if (param !== undefined) {
          const end = inner === undefined ? path.indexOf('/', pos) : endOf(pos)
          const until = end < 0 ? length : end
          if (until > pos) {
            starts[depth] = pos
            ends[depth] = until
            if (rare === undefined) {
              at = param
              pos = until
              depth += 1
              continue
            }
            search(param, until, depth + 1)
          }
        }
      }
      if (rare !== undefined) special(rare, pos, depth)
      return
    }
  }

  /** What is found for a path without its encoding that does not end with a slash. */
  const findIn = (root: Node<R>, forHost: string, path: string): Found<R> | 'none' => {
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
  const findDecoded = (root: Node<R>, forHost: string, path: string): Found<R> | 'none' | 'malformed' => {
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

  const roots = new Map<string, Node<R>>()
  /** For methods that no route names. */
  const rest = node('', 0)
  /** That of GET, which most requests ask for. */
  let forGet = rest
  const forAny: { readonly order: number; readonly route: R }[] = []
  let count = 0
  return {
    add(route) {
      const order = count++
      const { method } = route
      if (method === '*') {
        forAny.push({ order, route })
        for (const root of roots.values()) insert(root, order, route)
        insert(rest, order, route)
        return
      }
      let root = roots.get(method)
      if (root === undefined) {
        root = node('', 0)
        roots.set(method, root)
        if (method === 'GET') forGet = root
        for (const before of forAny) insert(root, before.order, before.route)
      }
      insert(root, order, route)
    },
    find(method, forHost, path) {
      const root = method === 'GET' ? forGet : (roots.get(method) ?? rest)
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
