/**
 * Routes that no request can reach, because one that was declared before takes all of theirs. They are refused when the
 * app starts: what a reader sees declared there would never run. A route that could answer anything is never refused.
 */
import { matchesHost, type Matchable } from './matcher.js'
import { textIn, type Segment, type Shape } from './pattern.js'
import { at } from './call-site.js'
import type { Table, TableFallback, TableRoute } from './table.js'

/** What a parameter's text must look like besides, if anything. */
const shapeOf = (segment: Segment): Shape | undefined =>
  segment.kind === 'param' ? segment.shape : undefined

/** Whether every text that one segment fits is one that another fits; neither is a glob. */
const coversSegment = (wide: Segment, narrow: Segment): boolean => {
  if (wide.kind === 'literal') return narrow.kind === 'literal' && narrow.text === wide.text
  if (wide.kind === 'glob' || narrow.kind === 'glob') return false
  const { shape } = wide
  if (narrow.kind === 'param') {
    const { prefix, suffix } = narrow
    // What a shape takes is not known, but that it is the same for the same text.
    return shape === undefined
      ? prefix.startsWith(wide.prefix) && suffix.endsWith(wide.suffix)
      : shape.written === narrow.shape?.written && prefix === wide.prefix && suffix === wide.suffix
  }
  return textIn(narrow.text, wide) !== undefined
}

/** A pattern whose glob has no prefix: `a*rest` fits what a segment that begins with `a` and a glob behind it fit. */
const plain = (segments: readonly Segment[]): readonly Segment[] =>
  segments.flatMap((segment): readonly Segment[] =>
    segment.kind === 'glob' && segment.prefix !== ''
      ? [
          { kind: 'param', name: '', prefix: segment.prefix, suffix: '' },
          { ...segment, prefix: '' },
        ]
      : [segment],
  )

/** Whether every host of one list is one of another; an empty list is every host. */
const coversHosts = (wide: readonly string[], narrow: readonly string[]): boolean =>
  wide.length === 0 ||
  // a prefix of hosts is covered by a shorter one, as each of its hosts is
  (narrow.length > 0 && narrow.every(host => matchesHost(wide, host)))

/** Patterns by their segments, so that a route is held against those alone that begin as it does. */
interface Node<R> {
  readonly literals: Map<string, Node<R>>
  readonly params: { readonly segment: Segment; readonly node: Node<R> }[]
  /** What ends here. */
  readonly ends: R[]
  /** What takes all that is left. */
  readonly globs: R[]
}

const node = <R>(): Node<R> => ({ literals: new Map(), params: [], ends: [], globs: [] })

const child = <R>(parent: Node<R>, segment: Segment): Node<R> => {
  if (segment.kind === 'literal') {
    const made = parent.literals.get(segment.text) ?? node<R>()
    parent.literals.set(segment.text, made)
    return made
  }
  const known = parent.params.find(
    one => coversSegment(one.segment, segment) && coversSegment(segment, one.segment),
  )
  if (known !== undefined) return known.node
  const made = node<R>()
  parent.params.push({ segment, node: made })
  return made
}

const add = <R>(root: Node<R>, segments: readonly Segment[], one: R): void => {
  let at = root
  for (const segment of plain(segments)) {
    if (segment.kind === 'glob') {
      if (shapeOf(segment) === undefined) at.globs.push(one)
      return
    }
    at = child(at, segment)
  }
  at.ends.push(one)
}

/** All whose pattern fits every path that a pattern fits; that one is {@link plain}. */
const covering = <R>(at: Node<R>, segments: readonly Segment[], depth = 0): readonly R[] => {
  const segment = segments[depth]
  if (segment === undefined) return [...at.globs, ...at.ends]
  const below = segment.kind === 'literal' ? at.literals.get(segment.text) : undefined
  return [
    ...at.globs,
    ...(below === undefined ? [] : covering(below, segments, depth + 1)),
    ...at.params.flatMap(one =>
      coversSegment(one.segment, segment) ? covering(one.node, segments, depth + 1) : [],
    ),
  ]
}

interface Placed<R> {
  readonly order: number
  readonly route: R
}

/** Answers for each route of a list in its order: the first before it that takes every request that it takes. */
const hiders = <R extends Matchable>(): ((route: R) => R | undefined) => {
  const root = node<Placed<R>>()
  let order = 0
  return route => {
    const found = covering(root, plain(route.segments)).filter(
      ({ route: { method, hosts } }) =>
        (method === '*' || method === route.method) && coversHosts(hosts, route.hosts),
    )
    add(root, route.segments, { order: order++, route })
    return found.sort((a, b) => a.order - b.order)[0]?.route
  }
}

/** Whether one route takes every request that another takes, so that behind it the other never runs. */
export const covers = (wide: Matchable, narrow: Matchable): boolean => {
  const hider = hiders()
  hider(wide)
  return hider(narrow) !== undefined
}

/** ` for api.`, behind the name of what is for some hosts only. */
const forHosts = ({ hosts }: Pick<Matchable, 'hosts'>): string =>
  hosts.length === 0 ? '' : ` for ${hosts.join(', ')}`

/** How messages name a route, with its callSite. */
const named = (route: TableRoute): string =>
  `${route.mount === undefined ? route.method : 'forward'} ${route.pattern}${forHosts(route)}${at(route.callSite)}`

const hidden = (route: TableRoute, before: TableRoute): TypeError => {
  const first = named(before)
  const why =
    before.mount !== undefined
      ? `${first} is declared before it and takes every request under its path: declare it before that`
      : covers(route, before)
        ? `it is declared twice, for ${first} takes the very same requests: leave one of them out`
        : `${first} is declared before it and takes all its requests: declare it before that, or leave it out`
  return new TypeError(`${named(route)}: ${why}`)
}

/**
 * Whether a fallback whose path covers another's, and which is asked first, leaves nothing to it. One whose codecs refuse
 * a parameter is passed over, so each of its codecs must be the other's too, for the same text.
 */
const leavesNothing = (first: TableFallback, other: TableFallback): boolean =>
  coversHosts(first.hosts, other.hosts) &&
  first.codecs.every(({ name, codec }) => {
    const i = first.segments.findIndex(segment => segment.kind === 'param' && segment.name === name)
    const [a, b] = [first.segments[i], other.segments[i]]
    return (
      a?.kind === 'param' &&
      b?.kind === 'param' &&
      b.name === name &&
      a.prefix === b.prefix &&
      a.suffix === b.suffix &&
      other.codecs.some(one => one.name === name && one.codec === codec)
    )
  })

const fallbackIn = (fallback: TableFallback): string =>
  `fallback in ${fallback.pattern}${forHosts(fallback)}${at(fallback.callSite)}`

/**
 * Throws for the first route, and for the first fallback, that can never run.
 *
 * @throws TypeError in one sentence that names it and what stands before it, with the places of both
 */
export const refuseUnreachable = ({ routes, fallbacks }: Table): void => {
  const hider = hiders<TableRoute>()
  for (const route of routes) {
    const before = hider(route)
    if (before !== undefined) throw hidden(route, before)
  }
  const root = node<TableFallback>()
  for (const fallback of fallbacks) {
    const before = covering(root, fallback.segments).find(one => leavesNothing(one, fallback))
    if (before !== undefined)
      throw new TypeError(
        `${fallbackIn(fallback)}: it can never run, for the ${fallbackIn(before)} answers first: leave one of them out`,
      )
    add(root, fallback.segments, fallback)
  }
}
