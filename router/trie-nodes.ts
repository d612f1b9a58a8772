/**
 * How a trie of routes is built: nodes with texts and parameters between them, one trie for each method, and then packed into
 * numbers that lie side by side. A lookup touches memory that the requests before it have not: in a large table what counts is
 * how many places it reads.
 */
import { noParams, type Found, type Matchable } from './matcher.js'
import type { Segment, Shape } from './pattern.js'

/** A route at the node where its pattern ends. */
export interface Entry<R> {
  /** The place of the route in the order of declaration. */
  readonly order: number
  /** What is found if it has no parameters. */
  readonly bare: Found<R>
  /** The hosts it is for, if not any. */
  readonly hosts: readonly string[] | undefined
  /** The names of its parameters, in order, but for a glob's. */
  readonly names: readonly string[]
  readonly glob: { readonly name: string; readonly prefix: string } | undefined
}

/** A parameter with something that its text must fulfil; the node behind it is one, or where one was packed. */
interface Special<N> {
  readonly suffix: string
  readonly shape: Shape | undefined
  /** Whether nothing of the segment stands before it, nor behind it: it then takes no empty text. */
  readonly alone: boolean
  readonly node: N
}

/** A node while the trie grows. */
interface Node<R> {
  /** The order of the first route at or below this node. */
  readonly first: number
  /**
   * What stands in the path before this node and behind its parent, slashes included but for the path's first; empty
   * behind a parameter.
   */
  text: string
  /** Nodes behind a text; no two texts begin with the same character. */
  readonly texts: Node<R>[]
  /** Behind a segment of any text. */
  param: Node<R> | undefined
  readonly params: Special<Node<R>>[]
  readonly globs: Entry<R>[]
  /** Routes that end here. */
  readonly ends: Entry<R>[]
}

/** What few nodes have. */
export interface Rare {
  readonly params: readonly Special<number>[]
  /** Where in {@link Packed.entries} its globs begin, and how many they are. */
  readonly globs: number
  readonly globCount: number
}

/**
 * Tries as numbers. Each node begins at an index of `cells`:
 *
 * | cell     | what it holds                                                                                |
 * | -------- | -------------------------------------------------------------------------------------------- |
 * | `+ 0`    | the order of the first route at or below it                                                  |
 * | `+ 1, 2` | its text in `texts`, and how long that is                                                     |
 * | `+ 3`    | the node behind a segment of any text; 0 if there is none                                     |
 * | `+ 4, 5` | the first of the routes that end here in `entries`, and how many they are                     |
 * | `+ 6`    | its place in `rare`, from 1 on; 0 if it has none                                             |
 * | `+ 7`    | the cell behind its last                                                                     |
 * | `+ 8 …`  | in turns, the first character of a text and the node behind it                               |
 */
export interface Packed<R> {
  readonly cells: Int32Array
  readonly texts: readonly string[]
  readonly entries: readonly Entry<R>[]
  readonly rare: readonly Rare[]
  /** The first node of each method, and of the methods that no route names. */
  readonly roots: ReadonlyMap<string, number>
  readonly others: number
  /** How many nodes there are, routes included. */
  readonly count: number
}

const sharedLength = (a: string, b: string): number => {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}

const node = <R>(text: string, first: number): Node<R> => ({
  first,
  text,
  texts: [],
  param: undefined,
  params: [],
  globs: [],
  ends: [],
})

/** The node behind a text, made where it is missing; a node whose text is shared in part is parted there. */
const behindText = <R>(parent: Node<R>, text: string, order: number): Node<R> => {
  if (text === '') return parent
  const at = parent.texts.findIndex(one => one.text[0] === text[0])
  if (at < 0) {
    const made = node<R>(text, order)
    parent.texts.push(made)
    return made
  }
  const known = parent.texts[at] as Node<R>
  const shared = sharedLength(known.text, text)
  if (shared === known.text.length) return behindText(known, text.slice(shared), order)
  const parted = node<R>(text.slice(0, shared), known.first)
  known.text = known.text.slice(shared)
  parted.texts.push(known)
  parent.texts[at] = parted
  return behindText(parted, text.slice(shared), order)
}

const behindParam = <R>(
  parent: Node<R>,
  { prefix, suffix, shape }: Extract<Segment, { readonly kind: 'param' }>,
  order: number,
): Node<R> => {
  const alone = prefix === '' && suffix === ''
  if (alone && shape === undefined) return (parent.param ??= node('', order))
  const known = parent.params.find(one => one.suffix === suffix && one.shape?.written === shape?.written)
  if (known !== undefined) return known.node
  const made = node<R>('', order)
  parent.params.push({ suffix, shape, alone, node: made })
  return made
}

const insert = <R extends Matchable>(root: Node<R>, order: number, route: R): void => {
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
  const hosts = route.hosts.length === 0 ? undefined : route.hosts
  const entries = glob === undefined ? at.ends : at.globs
  entries.push({
    order,
    bare: { kind: 'route', route, pathParams: noParams, params: noParams },
    hosts,
    names,
    glob,
  })
}

/** The tries of routes, in their order, by method; a route for any method is in each. */
const grown = <R extends Matchable>(
  routes: readonly R[],
): { roots: Map<string, Node<R>>; others: Node<R> } => {
  const roots = new Map<string, Node<R>>()
  const others = node<R>('', 0)
  for (const { method } of routes) if (method !== '*') roots.set(method, node('', 0))
  for (const [order, route] of routes.entries()) {
    if (route.method !== '*') insert(roots.get(route.method) as Node<R>, order, route)
    else for (const root of [...roots.values(), others]) insert(root, order, route)
  }
  return { roots, others }
}

/** Builds the tries of routes, in the order they were declared. */
export const packed = <R extends Matchable>(routes: readonly R[]): Packed<R> => {
  const cells: number[] = []
  const texts: string[] = []
  const entries: Entry<R>[] = []
  const rare: Rare[] = []
  let count = 0

  // What is the same is kept once.
  const places = new Map<string, number>()
  const placeOf = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, texts.length)
    return texts.push(text) - 1
  }
  const lists = new Map<string, readonly string[]>()
  const listOf = (names: readonly string[]): readonly string[] => {
    const key = JSON.stringify(names)
    const known = lists.get(key) ?? names
    lists.set(key, known)
    return known
  }

  const addEntries = (added: readonly Entry<R>[]): number => {
    const start = entries.length
    count += added.length
    for (const { order, bare, hosts, names, glob } of added)
      entries.push({ order, bare, hosts, names: listOf(names), glob })
    return start
  }

  /** Packs a node and all that is below it, one branch after the other: what a path needs stands close together. */
  const add = ({ first, text, texts: behind, param, params, globs, ends }: Node<R>): number => {
    count += 1
    const at = cells.length
    cells.push(first, placeOf(text), text.length, 0)
    cells.push(addEntries(ends), ends.length, 0, at + 8 + 2 * behind.length)
    for (const one of behind) cells.push(one.text.charCodeAt(0), 0)
    for (const [i, one] of behind.entries()) cells[at + 9 + 2 * i] = add(one)
    if (param !== undefined) cells[at + 3] = add(param)
    if (params.length > 0 || globs.length > 0) {
      const specials = params.map(one => ({ ...one, node: add(one.node) }))
      cells[at + 6] = rare.push({ params: specials, globs: addEntries(globs), globCount: globs.length })
    }
    return at
  }

  const { roots, others } = grown(routes)
  const starts = new Map([...roots].map(([method, root]) => [method, add(root)]))
  const start = add(others)
  return {
    cells: Int32Array.from(cells),
    texts,
    entries,
    rare,
    roots: starts,
    others: start,
    count,
  }
}
