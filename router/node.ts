/**
 * What the functions of a scope make: plain data that only describes routes. Nothing happens before `router` folds it
 * into one flat table.
 */
import type { AnyPlug } from '../lib/fold.js'
import type { Codec } from './codec.js'
import type { RouteData } from './options.js'
import { mistake, shapeOf, type Segment, type Shape, type Single } from './pattern.js'
import type { Place } from './place.js'

export interface NamedCodec {
  readonly name: string
  readonly codec: Codec<unknown>
}

export interface NamedShape {
  readonly name: string
  readonly shape: Shape
}

/** What a route or a scope asks of a parameter in its path. */
export type Asked = NamedCodec | NamedShape

/** Tells the functions of one scope's callback from those of another. */
export type Owner = symbol

/** One route. */
export interface RouteNode extends RouteData {
  readonly kind: 'route'
  readonly owner: Owner
  readonly place: Place | undefined
  readonly method: string
  /** The whole pattern, the scopes' included. */
  readonly pattern: string
  readonly segments: readonly Segment[]
  readonly codecs: readonly Asked[]
  readonly handler: AnyPlug
  /** The resource's action that it is. */
  readonly action?: string
}

/** A plug that is given all requests under a path. */
export interface MountNode extends RouteData {
  readonly kind: 'mount'
  readonly owner: Owner
  readonly place: Place | undefined
  readonly pattern: string
  readonly segments: readonly Single[]
  readonly codecs: readonly Asked[]
  readonly handler: AnyPlug
}

/** What answers requests under the scope that match no route. */
export interface FallbackNode {
  readonly kind: 'fallback'
  readonly owner: Owner
  readonly place: Place | undefined
  readonly handler: AnyPlug
  readonly methodNotAllowed: boolean
  readonly automaticOptions: boolean
}

/** A scope and what it declares. */
export interface ScopeNode {
  readonly kind: 'scope'
  readonly owner: Owner
  readonly place: Place | undefined
  readonly pattern: string
  readonly segments: readonly Single[]
  /** The hosts it is for, or undefined for those of the scope around it. */
  readonly hosts: readonly string[] | undefined
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly codecs: readonly Asked[]
  readonly through: readonly AnyPlug[]
  readonly nodes: readonly Node[]
}

/** Several routes that one call made. */
export interface GroupNode {
  readonly kind: 'group'
  readonly owner: Owner
  readonly nodes: readonly Node[]
}

export type Node = RouteNode | MountNode | FallbackNode | ScopeNode | GroupNode

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { readonly owner?: unknown }).owner === 'symbol'

const called = (node: Node): string =>
  node.kind === 'fallback' || node.kind === 'group' ? 'routes' : `"${node.pattern}"`

/** The routes of a list that a scope's callback returned, each made by the functions which that callback was given. */
export const nodesOf = (list: unknown, owner: Owner, where: string): readonly Node[] => {
  if (!Array.isArray(list)) throw mistake(where, 'its function must return a list of routes')
  return list.map((item: unknown, i) => {
    if (!isNode(item))
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

/** The codecs and patterns of a record, checked against the parameters that a path has. */
export const codecsOf = (record: unknown, segments: readonly Segment[], where: string): readonly Asked[] => {
  if (typeof record !== 'object' || record === null)
    throw mistake(where, 'the codecs must be a record by the name of the parameter')
  return Object.entries(record).map(
    ([name, codec]: [string, Partial<Codec<unknown>> | RegExp | undefined]) => {
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
      if (typeof codec?.decode !== 'function')
        throw mistake(where, `the codec of "${name}" must have a function decode, or be a regular expression`)
      return { name, codec: codec as Codec<unknown> }
    },
  )
}
