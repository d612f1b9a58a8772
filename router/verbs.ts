/**
 * The functions that declare routes: what a scope's callback is given. They check what they are given, and make data of
 * it; every mistake is thrown here, when the app starts, in one sentence that names the route.
 */
import {
  checkPlug,
  codecsOf,
  nodesOf,
  type FallbackNode,
  type Node,
  type Owner,
  type RouteNode,
} from './node.js'
import { checkPath, join, mistake, parsePattern, parsePrefix, placeOf } from './pattern.js'
import { declaring, type Place } from './place.js'
import { resourcesAt } from './resources.js'
import { checkHosts, checkRecord, dataKeys, dataOf, knownOptions, optionsOf } from './options.js'
import { resolve, type NamedPipelines } from './pipelines.js'
import type { FallbackOptions, ScopeOptions, Verbs } from './types.js'

const routeKeys = ['path', ...dataKeys, 'params']

/** A route for each method. */
const routesFor = (
  owner: Owner,
  methods: readonly string[],
  base: string,
  at: unknown,
  rest: readonly unknown[],
  place: Place | undefined,
): Node => {
  const options = optionsOf(at)
  const { path } = options
  const where = placeOf(methods.join(' '), base, path)
  knownOptions(options, routeKeys, where)
  checkPath(path, where)
  const pattern = join(base, path)
  const segments = parsePattern(pattern, where)
  const handler = rest.at(-1)
  checkPlug(handler, 'the handler', where)
  if (rest.length > 1 && options['params'] !== undefined)
    throw mistake(where, 'its codecs stand in params or before the handler, not in both')
  const params = rest.length > 1 ? rest[0] : options['params']
  const codecs =
    rest.length < 2 && params === undefined ? [] : codecsOf(params, parsePattern(path, where), where)
  const data = dataOf(options, where)
  const routes = methods.map((method): RouteNode => ({
    kind: 'route',
    owner,
    place,
    method,
    pattern,
    segments,
    codecs,
    handler,
    ...data,
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
export const scopeAt = (
  owner: Owner,
  base: string,
  named?: NamedPipelines,
): ((at: string | ScopeOptions<string, object, object>, ...rest: readonly unknown[]) => Node) =>
  declaring((place, at, ...rest) => {
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
    const plugs = through.map(one => resolve(one, named, where))
    const inside: Owner = Symbol(where)
    return {
      kind: 'scope',
      owner,
      place,
      pattern,
      segments,
      hosts: options.host === undefined ? undefined : checkHosts(options.host, where),
      assigns: checkRecord(options.assigns, 'assigns', where),
      private: checkRecord(options.private, 'private', where),
      codecs:
        options.params === undefined
          ? []
          : codecsOf(options.params, parsePattern(options.path, where), where),
      through: plugs,
      nodes: nodesOf(routes(verbsAt(inside, pattern, named)), inside, where),
    }
  })

/** The functions of the scope at a base path. */
export const verbsAt = (owner: Owner, base: string, named?: NamedPipelines): Verbs<never, '/'> => {
  const verb = (method: string) =>
    declaring((place, at: unknown, ...rest: readonly unknown[]) =>
      routesFor(owner, [method], base, at, rest, place),
    )
  const made = {
    get: verb('GET'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    head: verb('HEAD'),
    options: verb('OPTIONS'),
    connect: verb('CONNECT'),
    trace: verb('TRACE'),
    match: declaring((place, methods: unknown, at: unknown, ...rest: readonly unknown[]) =>
      routesFor(owner, methodsOf(methods), base, at, rest, place),
    ),
    scope: scopeAt(owner, base, named),
    resources: resourcesAt(owner, base, (inside, path) => verbsAt(inside, path, named)),
    forward: declaring((place, at: unknown, to: unknown): Node => {
      const options = optionsOf(at)
      const { path, params } = options
      const where = placeOf('forward', base, path)
      knownOptions(options, routeKeys, where)
      checkPath(path, where)
      checkPlug(to, 'what it forwards to', where)
      const pattern = join(base, path)
      const segments = parsePrefix(pattern, where)
      const codecs = params === undefined ? [] : codecsOf(params, parsePattern(path, where), where)
      return {
        kind: 'mount',
        owner,
        place,
        pattern,
        segments,
        codecs,
        handler: to,
        ...dataOf(options, where),
      }
    }),
    fallback: declaring((place, handler: unknown, options: FallbackOptions = {}): FallbackNode => {
      const where = `fallback in ${base}`
      checkPlug(handler, 'the handler', where)
      knownOptions(options, ['methodNotAllowed', 'automaticOptions'], where)
      return {
        kind: 'fallback',
        owner,
        place,
        handler,
        methodNotAllowed: options.methodNotAllowed === true,
        automaticOptions: options.automaticOptions === true,
      }
    }),
  }
  return Object.freeze(made) as unknown as Verbs<never, '/'>
}
