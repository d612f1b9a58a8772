/**
 * The functions that declare routes: what a scope's callback is given. They check what they are given, and make data of
 * it; every mistake is thrown here, when the app starts, in one sentence that names the route.
 */
import type { AnyPlug } from '../lib/fold.js'
import {
  checkPlug,
  codecsOf,
  nodesOf,
  type FallbackNode,
  type Node,
  type Owner,
  type RouteNode,
} from './node.js'
import { checkPath, join, mistake, namesOf, parsePattern, parsePrefix, placeOf } from './pattern.js'
import { resourcesAt } from './resources.js'
import { checkHosts, checkRecord, knownOptions } from './options.js'
import type { FallbackOptions, ScopeOptions, Verbs } from './types.js'

/** A route for each method. */
const routesFor = (
  owner: Owner,
  methods: readonly string[],
  base: string,
  path: unknown,
  rest: readonly unknown[],
): Node => {
  const where = placeOf(methods.join(' '), base, path)
  checkPath(path, where)
  const pattern = join(base, path)
  const segments = parsePattern(pattern, where)
  const handler = rest.at(-1)
  checkPlug(handler, 'the handler', where)
  const codecs = rest.length > 1 ? codecsOf(rest[0], namesOf(parsePattern(path, where)), where) : []
  const routes = methods.map((method): RouteNode => ({
    kind: 'route',
    owner,
    method,
    pattern,
    segments,
    codecs,
    handler,
  }))
  return { kind: 'group', owner, nodes: routes }
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Z]+$/

const methodsOf = (methods: unknown): readonly string[] => {
  const list: readonly unknown[] = Array.isArray(methods) ? methods : [methods]
  if (list.length === 0 || !list.every(method => typeof method === 'string' && token.test(method)))
    throw mistake('match', `the methods must be '*', a method in upper case or a list of such`)
  return list as readonly string[]
}

const scopeKeys = ['path', 'host', 'assigns', 'private', 'params']

/** The `scope` of a base path. */
export const scopeAt =
  (owner: Owner, base: string) =>
  (at: string | ScopeOptions<string, object, object>, ...rest: readonly unknown[]): Node => {
    const options = typeof at === 'object' && at !== null ? at : { path: at }
    const where = placeOf('scope', base, options.path)
    knownOptions(options, scopeKeys, where)
    checkPath(options.path, where)
    const pattern = join(base, options.path)
    const segments = parsePrefix(pattern, where)
    const routes = rest.at(-1)
    if (typeof routes !== 'function')
      throw mistake(where, 'its last argument must be a function that returns its routes')
    const through: readonly unknown[] = rest.length === 1 ? [] : Array.isArray(rest[0]) ? rest[0] : [rest[0]]
    for (const plug of through) checkPlug(plug, 'what it goes through', where)
    const inside: Owner = Symbol(where)
    return {
      kind: 'scope',
      owner,
      pattern,
      segments,
      hosts: options.host === undefined ? undefined : checkHosts(options.host, where),
      assigns: checkRecord(options.assigns, 'assigns', where),
      private: checkRecord(options.private, 'private', where),
      codecs:
        options.params === undefined
          ? []
          : codecsOf(options.params, namesOf(parsePattern(options.path, where)), where),
      through: through as readonly AnyPlug[],
      nodes: nodesOf(routes(verbsAt(inside, pattern)), inside, where),
    }
  }

/** The functions of the scope at a base path. */
export const verbsAt = (owner: Owner, base: string): Verbs<never, '/'> => {
  const verb =
    (method: string) =>
    (path: unknown, ...rest: readonly unknown[]): Node =>
      routesFor(owner, [method], base, path, rest)
  const made = {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    head: verb('HEAD'),
    options: verb('OPTIONS'),
    match: (methods: unknown, path: unknown, ...rest: readonly unknown[]): Node =>
      routesFor(owner, methodsOf(methods), base, path, rest),
    scope: scopeAt(owner, base),
    resources: resourcesAt(owner, base, verbsAt),
    forward: (path: unknown, to: unknown): Node => {
      const where = placeOf('forward', base, path)
      checkPath(path, where)
      checkPlug(to, 'what it forwards to', where)
      const pattern = join(base, path)
      return { kind: 'mount', owner, pattern, segments: parsePrefix(pattern, where), handler: to }
    },
    fallback: (handler: unknown, options: FallbackOptions = {}): FallbackNode => {
      const where = `fallback in ${base}`
      checkPlug(handler, 'the handler', where)
      knownOptions(options, ['methodNotAllowed'], where)
      return { kind: 'fallback', owner, handler, methodNotAllowed: options.methodNotAllowed === true }
    },
  }
  return Object.freeze(made) as unknown as Verbs<never, '/'>
}
