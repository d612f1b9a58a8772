/**
 * What the functions of a scope make: plain data that only describes routes. Nothing happens before `router` folds it
 * into one flat table.
 */
import type { AnyPlug } from '../lib/fold.js'
import type { Codec } from './codec.js'
import { mistake, type Segment, type Single } from './pattern.js'

export interface NamedCodec {
  readonly name: string
  readonly codec: Codec<unknown>
}

/** Tells the functions of one scope's callback from those of another. */
export type Owner = symbol

/** One route. */
export interface RouteNode {
  readonly kind: 'route'
  readonly owner: Owner
  readonly method: string
  /** The whole pattern, the scopes' included. */
  readonly pattern: string
  readonly segments: readonly Segment[]
  readonly codecs: readonly NamedCodec[]
  readonly handler: AnyPlug
}

/** A plug that is given all requests under a path. */
export interface MountNode {
  readonly kind: 'mount'
  readonly owner: Owner
  readonly pattern: string
  readonly segments: readonly Single[]
  readonly handler: AnyPlug
}

/** What answers requests under the scope that match no route. */
export interface FallbackNode {
  readonly kind: 'fallback'
  readonly owner: Owner
  readonly handler: AnyPlug
  readonly methodNotAllowed: boolean
}

/** A scope and what it declares. */
export interface ScopeNode {
  readonly kind: 'scope'
  readonly owner: Owner
  readonly pattern: string
  readonly segments: readonly Single[]
  /** The hosts it is for, or undefined for those of the scope around it. */
  readonly hosts: readonly string[] | undefined
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly codecs: readonly NamedCodec[]
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

/** The codecs of a record, checked against the names that a path has. */
export const codecsOf = (record: unknown, names: readonly string[], where: string): readonly NamedCodec[] => {
  if (typeof record !== 'object' || record === null)
    throw mistake(where, 'the codecs must be a record by the name of the parameter')
  return Object.entries(record).map(([name, codec]: [string, Partial<Codec<unknown>> | undefined]) => {
    if (!names.includes(name))
      throw mistake(where, `there is a codec for "${name}", and its own path has no such parameter`)
    if (typeof codec?.decode !== 'function')
      throw mistake(where, `the codec of "${name}" must have a function decode`)
    return { name, codec: codec as Codec<unknown> }
  })
}
