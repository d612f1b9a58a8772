/**
 * The routes of a resource: Phoenix's seven actions in Phoenix's order, with the routes nested under one of its members
 * behind them.
 */
import type { AnyPlug } from '../lib/pipeline-types.js'
import {
  checkPlug,
  rulesOf,
  declarationsOf,
  type ParamRule,
  type Declaration,
  type Owner,
  type DeclaredRoute,
  type DeclaredScope,
} from './declarations.js'
import { mustBe } from '../lib/options.js'
import { checkDeclared, checkRecord, dataOf, resourceRules } from './options.js'
import { checkPath, join, mistake, parsePattern, parsePrefix, labelOf } from './pattern.js'
import { plugsOf, type NamedPipelines } from './pipelines.js'
import { withCallSite } from './call-site.js'
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

/** The actions that options and record choose between them. */
const chosen = (
  record: Readonly<Record<string, unknown>>,
  options: ResourceOptions,
  where: string,
): ReadonlySet<string> => {
  const { only, except, singleton = false } = options
  const known = actions.map(([name]) => name).filter(name => !(singleton && name === 'index'))
  const check = (what: string, names: readonly string[], more = ''): void => {
    if (!Array.isArray(names)) throw mistake(where, mustBe(what, 'an array of actions', names))
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
  named: NamedPipelines | undefined,
  verbsAt: (owner: Owner, base: string) => Verbs<never, '/'>,
): ((path: unknown, record: unknown, options?: ResourceOptions, nested?: unknown) => Declaration) =>
  withCallSite((callSite, path, record, options = {}, nested) => {
    const where = labelOf('resources', base, path)
    checkPath(path, where)
    const handlers = checkRecord(record, 'handlers', where)
    checkDeclared(options, resourceRules, where)
    const { param = 'id', name = resourceName(join('/', path)), singleton = false } = options
    if (!identifier.test(param))
      throw mistake(where, mustBe('param', 'a name that begins with a to z or "_"', param))
    const rules = (name: string): readonly ParamRule[] =>
      options.codec === undefined || singleton
        ? []
        : rulesOf({ [name]: options.codec }, [{ kind: 'param', name, prefix: '', suffix: '' }], where)
    const all = join(base, path)
    const one = singleton ? all : join(all, `/:${param}`)
    const wanted = chosen(handlers, options, where)
    const data = dataOf(options)
    const through = (options as { readonly plugs?: unknown }).plugs
    const plugs = through === undefined ? [] : plugsOf(through, named, where)
    const routes = actions.flatMap(([action, methods, of, tail]) => {
      if (!wanted.has(action)) return []
      const handler = handlers[action]
      checkPlug(handler, `the action ${action}`, where)
      const pattern = join(of === 'all' ? all : one, tail)
      const segments = parsePattern(pattern, where)
      const own = of === 'all' ? [] : rules(param)
      return methods.map((method): DeclaredRoute => ({
        kind: 'route',
        owner,
        callSite,
        method,
        pattern,
        segments,
        rules: own,
        plugs,
        handler: handler as AnyPlug,
        action,
        ...data,
      }))
    })
    if (nested === undefined) return { kind: 'group', owner, declarations: routes }
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
      rules: readonly ParamRule[],
      declarations: readonly Declaration[],
    ): DeclaredScope => ({
      kind: 'scope',
      owner: made,
      callSite,
      pattern,
      segments: parsePrefix(pattern, where),
      hosts: undefined,
      assigns: {},
      private: {},
      rules,
      through: [],
      declarations,
    })
    // What stands beside the actions is declared before them, so that "/:id" does not take it.
    const beside = new Set<Declaration>()
    const add = (pattern: string, rules: readonly ParamRule[], routes: unknown): Declaration => {
      if (typeof routes !== 'function')
        throw mistake(where, 'collection and member take a function that returns routes')
      const inner: Owner = Symbol(where)
      const declarations = declarationsOf(routes(verbsAt(inner, pattern)), inner, where)
      const scope = scopeOf(inside, pattern, rules, declarations)
      beside.add(scope)
      return scope
    }
    const nest = (verbs: object): unknown =>
      nested({
        ...verbs,
        collection: (routes: unknown) => add(all, [], routes),
        member: (routes: unknown) => add(one, rules(param), routes),
      })
    const declarations = declarationsOf(nest(verbsAt(inside, pattern)), inside, where)
    const under = declarations.filter(declaration => !beside.has(declaration))
    const scope = scopeOf(owner, pattern, rules(parent), under)
    return {
      kind: 'group',
      owner,
      declarations: [...declarations.filter(declaration => beside.has(declaration)), ...routes, scope],
    }
  })
