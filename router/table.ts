/**
 * The flat table: scopes folded into one list of routes, each with all that the scopes around it say: hosts, assigns,
 * codecs and the plugs to run. What can only be seen from here, such as a plug gone through twice, is checked here.
 */
import { mergeAssigns, mergePrivate } from '../lib/conn/assigns.js'
import type { Metadata } from '../lib/conn.js'
import type { AnyPlug } from '../lib/fold.js'
import { plugName } from '../lib/steps.js'
import type { Matchable } from './matcher.js'
import type { Asked, MountNode, NamedCodec, Node, RouteNode, ScopeNode } from './node.js'
import { withShapes, type Segment, type Shape, type Single } from './pattern.js'
import { at, type Place } from './place.js'

/** What routes and fallbacks have in common. */
export interface Described {
  /** Where it was declared. */
  readonly place: Place | undefined
  /** The whole pattern. */
  readonly pattern: string
  /** What is decoded, and by which codec. */
  readonly codecs: readonly NamedCodec[]
  /** What its scopes go through, the outermost's first. */
  readonly through: readonly Gone[]
  /** The plugs to run before the handler, the outermost scope's first. */
  readonly plugs: readonly AnyPlug[]
  readonly handler: AnyPlug
}

/** A route with all that its scopes say. */
export interface TableRoute extends Described, Matchable {
  /** The resource's action that it is, if it is one. */
  readonly action: string | undefined
  /** What was declared with it to be known. */
  readonly metadata: Metadata
  /** For a mount, how many segments it takes off the path; undefined for any other route. */
  readonly mount: number | undefined
}

/** The name to show for what a route dispatches to; of one without a name, the resource's action that it is. */
export const handlerName = ({ handler, action }: TableRoute): string =>
  handler.name === '' ? (action ?? plugName(handler)) : plugName(handler)

/** The names of what the scopes around a declaration go through, the outermost's first. */
export const throughNames = ({ through }: Described): readonly string[] =>
  through.map(({ plug }) => plugName(plug))

/** A fallback with all that its scopes say. */
export interface TableFallback extends Described {
  readonly hosts: readonly string[]
  /** The path that requests are under. */
  readonly segments: readonly Single[]
  readonly methodNotAllowed: boolean
  readonly automaticOptions: boolean
}

export interface Table {
  /** In the order of declaration. */
  readonly routes: readonly TableRoute[]
  /** Those of longer paths first; among equals, in the order of declaration. */
  readonly fallbacks: readonly TableFallback[]
}

/** What the scopes around a declaration say. */
interface Context {
  readonly pattern: string
  readonly segments: readonly Single[]
  readonly hosts: readonly string[]
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly codecs: readonly Asked[]
  readonly through: readonly Gone[]
}

/** What a scope goes through, and which scope says so. */
export interface Gone {
  readonly plug: AnyPlug
  readonly where: string
}

const outermost: Context = {
  pattern: '/',
  segments: [],
  hosts: [],
  assigns: {},
  private: {},
  codecs: [],
  through: [],
}

/** The context inside a scope. */
const enter = (outer: Context, scope: ScopeNode): Context => {
  const where = `scope ${scope.pattern}${at(scope.place)}`
  const through = [...outer.through]
  for (const plug of scope.through) {
    const before = through.find(one => one.plug === plug)
    if (before)
      throw new TypeError(
        `${where}: it goes through ${plugName(plug)}, and so does already ${before.where}: name it in one of them`,
      )
    through.push({ plug, where })
  }
  return {
    pattern: scope.pattern,
    segments: scope.segments,
    hosts: scope.hosts ?? outer.hosts,
    assigns: { ...outer.assigns, ...scope.assigns },
    private: { ...outer.private, ...scope.private },
    codecs: [...outer.codecs, ...scope.codecs],
    through,
  }
}

/** The plugs to run before the handler of a route that puts something on the conn itself, over what its scopes put. */
const plugsWith = (
  context: Context,
  plugs: readonly AnyPlug[],
  route: RouteNode | MountNode,
): readonly AnyPlug[] =>
  Object.keys(route.assigns).length + Object.keys(route.private).length === 0
    ? plugs
    : plugsOf({
        ...context,
        assigns: { ...context.assigns, ...route.assigns },
        private: { ...context.private, ...route.private },
      })

/** The plugs that a context runs before a handler. */
const plugsOf = (context: Context): readonly AnyPlug[] => [
  ...(Object.keys(context.assigns).length > 0 ? [mergeAssigns(context.assigns)] : []),
  ...(Object.keys(context.private).length > 0 ? [mergePrivate(context.private)] : []),
  ...context.through.map(({ plug }) => plug),
]

/** What a pattern's parameters must look like to match, and what decodes them then. */
const split = <S extends Segment>(
  segments: readonly S[],
  asked: readonly Asked[],
): { readonly segments: readonly S[]; readonly codecs: readonly NamedCodec[] } => {
  const shapes = new Map<string, Shape>()
  const codecs: NamedCodec[] = []
  for (const one of asked)
    if ('shape' in one) shapes.set(one.name, one.shape)
    else codecs.push(one)
  return { segments: withShapes(segments, shapes), codecs }
}

/** Folds what was declared into one table. */
export const tableOf = (nodes: readonly Node[]): Table => {
  const routes: TableRoute[] = []
  const fallbacks: TableFallback[] = []
  const fold = (node: Node, context: Context, plugs: readonly AnyPlug[]): void => {
    const { hosts, codecs, through } = context
    switch (node.kind) {
      case 'group':
        for (const one of node.nodes) fold(one, context, plugs)
        return
      case 'scope': {
        const inside = enter(context, node)
        const before = plugsOf(inside)
        for (const one of node.nodes) fold(one, inside, before)
        return
      }
      case 'route': {
        const { place, method, pattern, segments, handler, action, metadata } = node
        routes.push({
          place,
          method,
          hosts,
          through,
          pattern,
          ...split(segments, [...codecs, ...node.codecs]),
          plugs: plugsWith(context, plugs, node),
          handler,
          action,
          metadata,
          mount: undefined,
        })
        return
      }
      case 'mount': {
        const { place, pattern, handler, metadata } = node
        const segments = [...node.segments, { kind: 'glob', name: '', prefix: '' } as const]
        routes.push({
          place,
          method: '*',
          hosts,
          through,
          pattern,
          ...split(segments, [...codecs, ...node.codecs]),
          plugs: plugsWith(context, plugs, node),
          handler,
          action: undefined,
          metadata,
          mount: node.segments.length,
        })
        return
      }
      case 'fallback': {
        const { place, handler, methodNotAllowed, automaticOptions } = node
        const { pattern, segments } = context
        fallbacks.push({
          place,
          hosts,
          pattern,
          ...split(segments, codecs),
          through,
          plugs,
          handler,
          methodNotAllowed,
          automaticOptions,
        })
      }
    }
  }
  for (const node of nodes) fold(node, outermost, [])
  return { routes, fallbacks: fallbacks.sort((a, b) => b.segments.length - a.segments.length) }
}
