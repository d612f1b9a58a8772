/** Checks of the options that declarations take; each throws a TypeError whose sentence names the option. */
import type { Metadata } from '../lib/conn.js'
import { mistake } from './pattern.js'

/** Throws for a key that is no option. */
export const knownOptions = (options: object, known: readonly string[], where: string): void => {
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw mistake(where, `there is no option "${key}": it takes ${known.join(', ')}`)
}

/** A record, or an empty one when there is none. */
export const checkRecord = (
  value: unknown,
  option: string,
  where: string,
): Readonly<Record<string, unknown>> => {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw mistake(where, `${option} must be a record`)
  return value as Readonly<Record<string, unknown>>
}

/** The hosts of a scope: a host, a prefix of hosts that ends in `.`, or a list of such; in lower case, as conns have them. */
export const checkHosts = (value: unknown, where: string): readonly string[] => {
  const hosts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (hosts.length === 0 || !hosts.every(host => typeof host === 'string' && host !== ''))
    throw mistake(where, 'host must be a host name, a prefix of one that ends in ".", or a list of such')
  return (hosts as readonly string[]).map(host => host.toLowerCase())
}

/** What is declared with a route, beside where it is and what answers. */
export interface RouteData {
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly metadata: Metadata
}

export const dataKeys = ['assigns', 'private', 'metadata']

/** What options say of a route. */
export const dataOf = (
  options: { readonly assigns?: unknown; readonly private?: unknown; readonly metadata?: unknown },
  where: string,
): RouteData => ({
  assigns: checkRecord(options.assigns, 'assigns', where),
  private: checkRecord(options.private, 'private', where),
  metadata: Object.freeze({ ...checkRecord(options.metadata, 'metadata', where) }),
})

/** Where a route is: options, or those of a path alone. */
export const optionsOf = (at: unknown): { readonly [option: string]: unknown } =>
  typeof at === 'object' && at !== null ? (at as { readonly [option: string]: unknown }) : { path: at }
