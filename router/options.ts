/** Checks of the options that declarations take; each throws a TypeError whose sentence names the option. */
import type { Metadata } from '../lib/conn.js'
import { isObject, mustBe, named, object, optionsProblem, type Rules } from '../lib/options.js'
import { mistake } from './pattern.js'

/** Throws for options that are unknown or wrong. */
export const checkDeclared = (options: unknown, rules: Rules, where: string): void => {
  const problem = optionsProblem(options, rules)
  if (problem !== undefined) throw mistake(where, problem)
}

/** An object, or an empty one when there is none. */
export const checkRecord = (
  value: unknown,
  name: string,
  where: string,
): Readonly<Record<string, unknown>> => {
  if (value === undefined) return {}
  if (!isObject(value)) throw mistake(where, mustBe(name, 'an object', value))
  return value
}

const isHost = (host: unknown): boolean => typeof host === 'string' && host !== ''

const host: Rules[string] = {
  must: 'a host name, a prefix of one that ends in ".", or a non-empty array of these',
  ok: value => isHost(value) || (Array.isArray(value) && value.length > 0 && value.every(isHost)),
}

/** The hosts of a scope: a host, a prefix of hosts that ends in `.`, or an array of these; in lower case, as conns have them. */
export const hostsOf = (value: string | readonly string[]): readonly string[] =>
  [value].flat().map(each => each.toLowerCase())

/** What is declared with a route, in addition to where it is and what handles it. */
export interface RouteData {
  readonly assigns: object
  readonly private: Readonly<Record<string, unknown>>
  readonly metadata: Metadata
}

const dataRules: Rules = { assigns: object, private: object, metadata: object }

// Paths, codecs and plugs have checks of their own.
export const routeRules: Rules = { ...named('path', 'params'), ...dataRules }
export const scopeRules: Rules = { ...named('path', 'params'), host, assigns: object, private: object }
export const resourceRules: Rules = {
  ...named('only', 'except', 'param', 'codec', 'name', 'singleton', 'plugs'),
  ...dataRules,
}

/** What options say of a route, once they are checked. */
export const dataOf = (options: {
  readonly assigns?: unknown
  readonly private?: unknown
  readonly metadata?: unknown
}): RouteData => ({
  assigns: (options.assigns ?? {}) as object,
  private: (options.private ?? {}) as RouteData['private'],
  metadata: Object.freeze({ ...(options.metadata as Metadata | undefined) }),
})

/** Where a route is: options, or those of a path alone. */
export const optionsOf = (at: unknown): { readonly [option: string]: unknown } =>
  isObject(at) ? at : { path: at }
