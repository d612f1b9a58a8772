/**
 * The flat table: scopes folded into one list of routes, each with everything that applies to it: hosts, assigns, codecs and the
 * plugs to run. It checks what only the whole shows, such as a plug that a route goes through twice.
 */
import { mergeAssigns, mergePrivate } from '../lib/conn/assigns.js'
import type { Metadata } from '../lib/conn.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { isPipeline, plugName, steps } from '../lib/steps.js'
import type { Matchable } from './matcher.js'
import type {
  ParamRule,
  DeclaredMount,
  NamedCodec,
  Declaration,
  DeclaredRoute,
  DeclaredScope,
} from './declarations.js'
import { withShapes, type Segment, type Shape, type Single } from './pattern.js'
import { at, type CallSite } from './call-site.js'

/** What routes and fallbacks share. */
export interface Described {
  /** Where it was declared. */
  readonly callSite: CallSite | undefined
  /** The whole pattern. */
  readonly pattern: string
  /** The codecs of its parameters. */
  readonly codecs: readonly NamedCodec[]
  /** What it goes through: the pipelines of its scopes, the outermost first, then its own plugs. */
  readonly through: readonly Through[]
  /** The plugs to run before the handler, the outermost scope's first. */
  readonly plugs: readonly AnyPlug[]
  readonly handler: AnyPlug
}

/** A route with everything that applies to it. */
export interface TableRoute extends Described, Matchable {
  /** The resource's action that it is, if it is one. */
  readonly action: string | undefined
  /** Declared with it, for the route table and `conn.route`. */
  readonly metadata: Metadata
  /** For a mount, how many segments it takes off the path; undefined for any other route. */
  readonly mount: number | undefined
}

/**
 * The name to show for the handler of a route. A pipeline without a name of its own has that of its last plug; what has no name at
 * all has that of the resource's action.
 */
export const handlerName = ({ handler, action }: TableRoute): string => {
  const last = isUnnamedPipeline(handler) ? (steps(handler).at(-1) as AnyPlug | undefined) : handler
  return (last ?? handler).name || action || plugName(undefined)
}

/** `pipeline` calls each pipeline so; `named` and controllers give another name. */
const isUnnamedPipeline = (plug: AnyPlug): boolean => isPipeline(plug) && plug.name === 'pipeline'

/** The names of what a route or fallback goes through, the outermost scope's first. */
export const throughNames = ({ through }: Described): readonly string[] =>
  through.map(({ plug }) => plugName(plug))

/** A fallback with everything that applies to it. */
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

/** What the scopes around a declaration say, and the declaration itself. */
interface Context {
  readonly pattern: string
  readonly segments: readonly Single[]
  readonly hosts: readonly string[]
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly rules: readonly ParamRule[]
  readonly through: readonly Through[]
}

/** A plug that a declaration goes through, and the declaration that names it. */
export interface Through {
  readonly plug: AnyPlug
  readonly where: string
}

const outermost: Context = {
  pattern: '/',
  segments: [],
  hosts: [],
  assigns: {},
  private: {},
  rules: [],
  through: [],
}

/** What a declaration goes through: its own plugs after those around it, none of them twice. */
const extended = (
  outer: readonly Through[],
  plugs: readonly AnyPlug[],
  where: string,
): readonly Through[] => {
  const through = [...outer]
  for (const plug of plugs) {
    const before = through.find(one => one.plug === plug)
    if (before)
      throw new TypeError(
        `${where}: it goes through ${plugName(plug)}, and so does already ${before.where}: name it in one of them`,
      )
    through.push({ plug, where })
  }
  return through
}

/** The context inside a scope. */
const enter = (outer: Context, scope: DeclaredScope): Context => {
  const through = extended(outer.through, scope.through, `scope ${scope.pattern}${at(scope.callSite)}`)
  return {
    pattern: scope.pattern,
    segments: scope.segments,
    hosts: scope.hosts ?? outer.hosts,
    assigns: { ...outer.assigns, ...scope.assigns },
    private: { ...outer.private, ...scope.private },
    rules: [...outer.rules, ...scope.rules],
    through,
  }
}

const isEmpty = (object: object): boolean => Object.keys(object).length === 0

/** The context of a route with what it says itself; the same object if it says nothing. */
const ofRoute = (context: Context, route: DeclaredRoute | DeclaredMount): Context => {
  if (isEmpty(route.assigns) && isEmpty(route.private) && route.plugs.length === 0) return context
  const what = route.kind === 'mount' ? 'forward' : route.method
  return {
    ...context,
    assigns: { ...context.assigns, ...route.assigns },
    private: { ...context.private, ...route.private },
    through: extended(context.through, route.plugs, `${what} ${route.pattern}${at(route.callSite)}`),
  }
}

/** The plugs that a context runs before a handler. */
const plugsOf = (context: Context): readonly AnyPlug[] => [
  ...(isEmpty(context.assigns) ? [] : [mergeAssigns(context.assigns)]),
  ...(isEmpty(context.private) ? [] : [mergePrivate(context.private)]),
  ...context.through.map(({ plug }) => plug),
]

/** The segments of a pattern with the shapes of its parameters, and the codecs. */
const split = <S extends Segment>(
  segments: readonly S[],
  rules: readonly ParamRule[],
): { readonly segments: readonly S[]; readonly codecs: readonly NamedCodec[] } => {
  const shapes = new Map<string, Shape>()
  const codecs: NamedCodec[] = []
  for (const one of rules)
    if ('shape' in one) shapes.set(one.name, one.shape)
    else codecs.push(one)
  return { segments: withShapes(segments, shapes), codecs }
}

/** Folds what was declared into one table. */
export const tableOf = (declarations: readonly Declaration[]): Table => {
  const routes: TableRoute[] = []
  const fallbacks: TableFallback[] = []
  const fold = (declaration: Declaration, context: Context, plugs: readonly AnyPlug[]): void => {
    switch (declaration.kind) {
      case 'group':
        for (const one of declaration.declarations) fold(one, context, plugs)
        return
      case 'scope': {
        const inside = enter(context, declaration)
        const shared = plugsOf(inside)
        for (const one of declaration.declarations) fold(one, inside, shared)
        return
      }
      case 'route': {
        const { callSite, method, pattern, segments, handler, action, metadata } = declaration
        const own = ofRoute(context, declaration)
        routes.push({
          callSite,
          method,
          hosts: own.hosts,
          through: own.through,
          pattern,
          ...split(segments, [...context.rules, ...declaration.rules]),
          plugs: own === context ? plugs : plugsOf(own),
          handler,
          action,
          metadata,
          mount: undefined,
        })
        return
      }
      case 'mount': {
        const { callSite, pattern, handler, metadata } = declaration
        const own = ofRoute(context, declaration)
        const segments = [...declaration.segments, { kind: 'glob', name: '', prefix: '' } as const]
        routes.push({
          callSite,
          method: '*',
          hosts: own.hosts,
          through: own.through,
          pattern,
          ...split(segments, [...context.rules, ...declaration.rules]),
          plugs: own === context ? plugs : plugsOf(own),
          handler,
          action: undefined,
          metadata,
          mount: declaration.segments.length,
        })
        return
      }
      case 'fallback': {
        const { callSite, handler, methodNotAllowed, automaticOptions } = declaration
        const { pattern, segments, hosts, rules, through } = context
        fallbacks.push({
          callSite,
          hosts,
          pattern,
          ...split(segments, rules),
          through,
          plugs,
          handler,
          methodNotAllowed,
          automaticOptions,
        })
      }
    }
  }
  for (const declaration of declarations) fold(declaration, outermost, [])
  return { routes, fallbacks: fallbacks.sort((a, b) => b.segments.length - a.segments.length) }
}
