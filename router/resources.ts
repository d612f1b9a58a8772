/**
 * The routes of a resource: Phoenix's seven actions in Phoenix's order, with the routes nested under one of its members
 * behind them.
 */
import type { AnyPlug } from '../lib/fold.js'
import {
  checkPlug,
  codecsOf,
  nodesOf,
  type Asked,
  type Node,
  type Owner,
  type RouteNode,
  type ScopeNode,
} from './node.js'
import { checkRecord, dataKeys, dataOf, knownOptions } from './options.js'
import { checkPath, join, mistake, parsePattern, parsePrefix, placeOf } from './pattern.js'
import { declaring } from './place.js'
import type { ActionName, ResourceOptions, Verbs } from './types.js'

/** The methods and, behind the resource's path or a member's, the path of each action, in Phoenix's order. */
const actions: readonly (readonly [
  name: ActionName,
  methods: readonly string[],
  of: 'all' | 'one',
  path: string,
])[] = [
  ['index', ['GET'], 'all', '/'],
  ['edit', ['GET'], 'one', '/edit'],
  ['new', ['GET'], 'all', '/new'],
  ['show', ['GET'], 'one', '/'],
  ['create', ['POST'], 'all', '/'],
  ['update', ['PATCH', 'PUT'], 'one', '/'],
  ['delete', ['DELETE'], 'one', '/'],
]

const identifier = /^[a-z_]\w*$/

/** `blog-posts` as `blogPosts`. */
const camel = (text: string): string => text.replace(/[-_]([^]?)/g, (_, next: string) => next.toUpperCase())

/** `categories` as `category`, `boxes` as `box`, `posts` as `post`. */
const singular = (text: string): string =>
  text.endsWith('ies')
    ? `${text.slice(0, -3)}y`
    : /(?:ss|sh|ch|x)es$/.test(text)
      ? text.slice(0, -2)
      : /(?<!s)s$/.test(text)
        ? text.slice(0, -1)
        : text

/** The name of one of the things at a path; `ResourceName` is the same for the compiler. */
export const resourceName = (path: string): string => camel(singular(path.slice(path.lastIndexOf('/') + 1)))

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const resourceKeys = ['only', 'except', 'param', 'codec', 'name', 'singleton', ...dataKeys]

/** The actions that options and record choose between them. */
const chosen = (
  record: Readonly<Record<string, unknown>>,
  options: ResourceOptions,
  where: string,
): ReadonlySet<string> => {
  const { only, except, singleton = false } = options
  const known = actions.map(([name]) => name).filter(name => !(singleton && name === 'index'))
  const check = (what: string, names: readonly string[], more = ''): void => {
    if (!Array.isArray(names)) throw mistake(where, `${what} must be a list of actions`)
    for (const name of names)
      if (!(known as readonly string[]).includes(name))
        throw mistake(
          where,
          `${what} holds ${JSON.stringify(name)}, which is none of ${known.join(', ')}${more}`,
        )
  }
  if (only !== undefined && except !== undefined) throw mistake(where, 'give only or except, not both')
  if (only !== undefined) {
    check('only', only)
    for (const name of only)
      if (record[name] === undefined)
        throw mistake(where, `only lists "${name}", and the actions hold no such handler`)
    return new Set(only)
  }
  check(
    'the record of handlers',
    Object.keys(record),
    ' (where it holds other functions, list the actions under only)',
  )
  if (except !== undefined) check('except', except)
  return new Set(
    Object.keys(record).filter(name => !(except as readonly string[] | undefined)?.includes(name)),
  )
}

/** The `resources` of a base path. `verbsAt` makes the functions for the routes nested in it. */
export const resourcesAt = (
  owner: Owner,
  base: string,
  verbsAt: (owner: Owner, base: string) => Verbs<never, '/'>,
): ((path: unknown, record: unknown, options?: ResourceOptions, nested?: unknown) => Node) =>
  declaring((place, path, record, options = {}, nested) => {
    const where = placeOf('resources', base, path)
    checkPath(path, where)
    const handlers = checkRecord(record, 'the handlers', where)
    knownOptions(options, resourceKeys, where)
    const { param = 'id', name = resourceName(join('/', path)), singleton = false } = options
    if (!identifier.test(param)) throw mistake(where, 'param must be a name that begins with a to z or "_"')
    const codecs = (name: string): readonly Asked[] =>
      options.codec === undefined || singleton
        ? []
        : codecsOf({ [name]: options.codec }, [{ kind: 'param', name, prefix: '', suffix: '' }], where)
    const all = join(base, path)
    const one = singleton ? all : join(all, `/:${param}`)
    const wanted = chosen(handlers, options, where)
    const data = dataOf(options, where)
    const routes = actions.flatMap(([action, methods, of, tail]) => {
      if (!wanted.has(action)) return []
      const handler = handlers[action]
      checkPlug(handler, `the action ${action}`, where)
      const pattern = join(of === 'all' ? all : one, tail)
      const segments = parsePattern(pattern, where)
      const decoded = of === 'all' ? [] : codecs(param)
      return methods.map((method): RouteNode => ({
        kind: 'route',
        owner,
        place,
        method,
        pattern,
        segments,
        codecs: decoded,
        handler: handler as AnyPlug,
        action,
        ...data,
      }))
    })
    if (nested === undefined) return { kind: 'group', owner, nodes: routes }
    if (typeof nested !== 'function')
      throw mistake(where, 'the fourth argument must be a function that returns routes')
    if (!singleton && !identifier.test(name))
      throw mistake(
        where,
        `the routes nested in it need a name for one, and "${name}" is none: give it as name`,
      )
    const parent = `${name}${capitalize(param)}`
    const pattern = singleton ? all : join(all, `/:${parent}`)
    const inside: Owner = Symbol(where)
    /** A scope of the resource, which says nothing but its path and its parameter. */
    const scopeOf = (
      made: Owner,
      pattern: string,
      codecs: readonly Asked[],
      nodes: readonly Node[],
    ): ScopeNode => ({
      kind: 'scope',
      owner: made,
      place,
      pattern,
      segments: parsePrefix(pattern, where),
      hosts: undefined,
      assigns: {},
      private: {},
      codecs,
      through: [],
      nodes,
    })
    // What stands beside the actions is declared before them, so that "/:id" does not take it.
    const beside = new Set<Node>()
    const add = (pattern: string, codecs: readonly Asked[], routes: unknown): Node => {
      if (typeof routes !== 'function')
        throw mistake(where, 'collection and member take a function that returns routes')
      const inner: Owner = Symbol(where)
      const nodes = nodesOf(routes(verbsAt(inner, pattern)), inner, where)
      const scope = scopeOf(inside, pattern, codecs, nodes)
      beside.add(scope)
      return scope
    }
    const nest = (verbs: object): unknown =>
      nested({
        ...verbs,
        collection: (routes: unknown) => add(all, [], routes),
        member: (routes: unknown) => add(one, codecs(param), routes),
      })
    const nodes = nodesOf(nest(verbsAt(inside, pattern)), inside, where)
    const under = nodes.filter(node => !beside.has(node))
    const scope = scopeOf(owner, pattern, codecs(parent), under)
    return { kind: 'group', owner, nodes: [...nodes.filter(node => beside.has(node)), ...routes, scope] }
  })
