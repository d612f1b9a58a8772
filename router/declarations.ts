/**
 * Declarations: what the functions of a scope return. They are plain data that describes routes; `router` folds them into one flat
 * table.
 */
import type { AnyPlug } from '../lib/pipeline-types.js'
import type { Codec } from './codec.js'
import type { RouteData } from './options.js'
import { mistake, shapeOf, type Segment, type Shape, type Single } from './pattern.js'
import type { CallSite } from './call-site.js'

export interface NamedCodec {
  readonly name: string
  readonly codec: Codec<unknown>
}

export interface NamedShape {
  readonly name: string
  readonly shape: Shape
}

/** What a route or a scope requires of a parameter in its path: a codec, or a pattern. */
export type ParamRule = NamedCodec | NamedShape

/** Tells the functions of one scope's callback from those of another. */
export type Owner = symbol

/** One route. */
export interface DeclaredRoute extends RouteData {
  readonly kind: 'route'
  readonly owner: Owner
  readonly callSite: CallSite | undefined
  readonly method: string
  /** The whole pattern, the scopes' included. */
  readonly pattern: string
  readonly segments: readonly Segment[]
  readonly rules: readonly ParamRule[]
  /** Its own plugs, which run after those of its scopes. */
  readonly plugs: readonly AnyPlug[]
  readonly handler: AnyPlug
  /** The resource's action that it is. */
  readonly action?: string
}

/** A plug that receives all requests under a path. */
export interface DeclaredMount extends RouteData {
  readonly kind: 'mount'
  readonly owner: Owner
  readonly callSite: CallSite | undefined
  readonly pattern: string
  readonly segments: readonly Single[]
  readonly rules: readonly ParamRule[]
  /** Its own plugs, which run after those of its scopes. */
  readonly plugs: readonly AnyPlug[]
  readonly handler: AnyPlug
}

/** Responds to requests under the scope that match no route. */
export interface DeclaredFallback {
  readonly kind: 'fallback'
  readonly owner: Owner
  readonly callSite: CallSite | undefined
  readonly handler: AnyPlug
  readonly methodNotAllowed: boolean
  readonly automaticOptions: boolean
}

/** A scope and what it declares. */
export interface DeclaredScope {
  readonly kind: 'scope'
  readonly owner: Owner
  readonly callSite: CallSite | undefined
  readonly pattern: string
  readonly segments: readonly Single[]
  /** The hosts it is for, or undefined for those of the scope around it. */
  readonly hosts: readonly string[] | undefined
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly rules: readonly ParamRule[]
  readonly through: readonly AnyPlug[]
  readonly declarations: readonly Declaration[]
}

/** Several routes that one call made. */
export interface DeclaredGroup {
  readonly kind: 'group'
  readonly owner: Owner
  readonly declarations: readonly Declaration[]
}

export type Declaration = DeclaredRoute | DeclaredMount | DeclaredFallback | DeclaredScope | DeclaredGroup

const isDeclaration = (value: unknown): value is Declaration =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { readonly owner?: unknown }).owner === 'symbol'

const called = (declaration: Declaration): string =>
  declaration.kind === 'fallback' || declaration.kind === 'group' ? 'routes' : `"${declaration.pattern}"`

/** The routes of a list that a scope's callback returned, each made by the functions which that callback was given. */
export const declarationsOf = (list: unknown, owner: Owner, where: string): readonly Declaration[] => {
  if (!Array.isArray(list)) throw mistake(where, 'its function must return a list of routes')
  return list.map((item: unknown, i) => {
    if (!isDeclaration(item))
      throw mistake(
        where,
        `what stands at place ${i + 1} of its list is no route: use get, post, scope and their like`,
      )
    if (item.owner !== owner)
      throw mistake(
        where,
        `its list holds ${called(item)}, which a function of another scope made: take get, post, scope and their like from this scope's own argument`,
      )
    return item
  })
}

/** Throws unless a value can be a plug. */
export const checkPlug: (value: unknown, what: string, where: string) => asserts value is AnyPlug = (
  value,
  what,
  where,
) => {
  if (typeof value !== 'function')
    throw mistake(
      where,
      `${what} must be a function from a conn, and is ${value === null ? 'null' : typeof value}`,
    )
}

const aCodec =
  'a codec has a function decode: (input: unknown) => Either<unknown, A>, as int, uuid and the codecs of io-ts have'

/** What a value is, as far as it is no codec; undefined for a codec. */
const notCodec = (value: unknown, isGlob: boolean): string | undefined => {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object' && typeof value !== 'function') return `a ${typeof value}`
  const kind = typeof value === 'object' ? 'an object' : 'a function'
  const { decode } = value as { readonly decode?: unknown }
  if (typeof decode !== 'function') return `${kind} without decode`
  // Schemas of other libraries have a function of this name too, which returns the value or throws.
  let decoded: unknown
  try {
    decoded = (value as Codec<unknown>).decode(isGlob ? [''] : '')
  } catch {
    return `${kind} whose decode throws`
  }
  const { _tag } = Object(decoded) as { readonly _tag?: unknown }
  return _tag === 'Left' || _tag === 'Right' ? undefined : `${kind} whose decode returns no Either`
}

/** A rule for each parameter of an object of codecs and patterns, checked against the parameters of a path. */
export const rulesOf = (
  record: unknown,
  segments: readonly Segment[],
  where: string,
): readonly ParamRule[] => {
  if (typeof record !== 'object' || record === null)
    throw mistake(where, 'the codecs must be a record by the name of the parameter')
  return Object.entries(record).map(([name, codec]: [string, unknown]) => {
    const segment = segments.find(one => one.kind !== 'literal' && one.name === name)
    if (segment === undefined)
      throw mistake(where, `there is a codec for "${name}", and its own path has no such parameter`)
    if (codec instanceof RegExp) {
      if (segment.kind === 'glob')
        throw mistake(
          where,
          `there is a pattern for "${name}", and a glob takes any segments: give it a codec, which is given their list`,
        )
      return { name, shape: shapeOf(codec, name, where) }
    }
    const problem = notCodec(codec, segment.kind === 'glob')
    if (problem !== undefined)
      throw mistake(
        where,
        `the parameter "${name}" needs a codec or a regular expression, got ${problem}: ${aCodec}`,
      )
    return { name, codec: codec as Codec<unknown> }
  })
}
