/**
 * The flat table: scopes folded into one list of routes, each with all that the scopes around it say: hosts, assigns,
 * codecs and the plugs to run. What can only be seen from here, such as a plug gone through twice, is checked here.
 */
import { mergeAssigns, mergePrivate } from '../lib/conn/assigns.js'
import type { AnyPlug } from '../lib/fold.js'
import { plugName } from '../lib/plug.js'
import type { Matchable } from './matcher.js'
import type { NamedCodec, Node, ScopeNode } from './node.js'
import { mistake, type Single } from './pattern.js'

interface Described {
  /** The whole pattern. */
  readonly pattern: string
  /** What is decoded, and by which codec. */
  readonly codecs: readonly NamedCodec[]
  /** The plugs to run before the handler, the outermost scope's first. */
  readonly plugs: readonly AnyPlug[]
  readonly handler: AnyPlug
}

/** A route with all that its scopes say. */
export interface TableRoute extends Described, Matchable {
  /** For a mount, how many segments it takes off the path; undefined for any other route. */
  readonly mount: number | undefined
}

/** A fallback with all that its scopes say. */
export interface TableFallback extends Described {
  readonly hosts: readonly string[]
  /** The path that requests are under. */
  readonly segments: readonly Single[]
  readonly methodNotAllowed: boolean
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
  readonly codecs: readonly NamedCodec[]
  readonly through: readonly { readonly plug: AnyPlug; readonly where: string }[]
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
  const where = `scope ${scope.pattern}`
  const through = [...outer.through]
  for (const plug of scope.through) {
    const before = through.find(one => one.plug === plug)
    if (before)
      throw mistake(
        where,
        `it goes through ${plugName(plug)}, and so does already ${before.where}: name it in one of them`,
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

/** The plugs that a context runs before a handler. */
const plugsOf = (context: Context): readonly AnyPlug[] => [
  ...(Object.keys(context.assigns).length > 0 ? [mergeAssigns(context.assigns)] : []),
  ...(Object.keys(context.private).length > 0 ? [mergePrivate(context.private)] : []),
  ...context.through.map(({ plug }) => plug),
]

/** Folds what was declared into one table. */
export const tableOf = (nodes: readonly Node[]): Table => {
  const routes: TableRoute[] = []
  const fallbacks: TableFallback[] = []
  const fold = (node: Node, context: Context, plugs: readonly AnyPlug[]): void => {
    const { hosts, codecs } = context
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
        const { method, pattern, segments, handler } = node
        routes.push({
          method,
          hosts,
          pattern,
          segments,
          codecs: [...codecs, ...node.codecs],
          plugs,
          handler,
          mount: undefined,
        })
        return
      }
      case 'mount': {
        const { pattern, handler } = node
        const segments = [...node.segments, { kind: 'glob', name: '', prefix: '' } as const]
        routes.push({
          method: '*',
          hosts,
          pattern,
          segments,
          codecs,
          plugs,
          handler,
          mount: node.segments.length,
        })
        return
      }
      case 'fallback': {
        const { handler, methodNotAllowed } = node
        const { pattern, segments } = context
        fallbacks.push({ hosts, pattern, segments, codecs, plugs, handler, methodNotAllowed })
      }
    }
  }
  for (const node of nodes) fold(node, outermost, [])
  return { routes, fallbacks: fallbacks.sort((a, b) => b.segments.length - a.segments.length) }
}
