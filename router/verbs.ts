/**
 * The functions that declare routes, which a scope's callback receives. They check their arguments and return them as data. Every
 * mistake throws here, when the app starts, in one sentence that names the route.
 */
import type { AnyPlug } from '../lib/pipeline-types.js'
import {
  checkPlug,
  rulesOf,
  declarationsOf,
  type DeclaredFallback,
  type Declaration,
  type Owner,
  type DeclaredRoute,
} from './declarations.js'
import { checkPath, join, mistake, parsePattern, parsePrefix, labelOf } from './pattern.js'
import { withCallSite, type CallSite } from './call-site.js'
import { resourcesAt } from './resources.js'
import { flag } from '../lib/options.js'
import { checkDeclared, dataOf, hostsOf, optionsOf, routeRules, scopeRules } from './options.js'
import { plugsOf, type NamedPipelines } from './pipelines.js'
import type { FallbackOptions, ScopeOptions, Verbs } from './types.js'

const fallbackRules = { methodNotAllowed: flag, automaticOptions: flag }

/** Where a function declares: a scope. */
interface Inside {
  readonly owner: Owner
  readonly base: string
  readonly named: NamedPipelines | undefined
}

/** What stands between the path of a route and its handler: codecs, or plugs for this route alone. */
interface Between {
  readonly params: unknown
  readonly plugs: readonly AnyPlug[]
}

const isCodecs = (value: unknown): boolean =>
  typeof value !== 'function' && typeof value !== 'string' && !Array.isArray(value)

/** Reads the arguments after the path: the last one is the handler or mount, `what`. */
const readRest = (
  rest: readonly unknown[],
  optionParams: unknown,
  what: string,
  named: NamedPipelines | undefined,
  where: string,
): Between & { readonly handler: AnyPlug } => {
  const handler = rest.at(-1)
  if (rest.length > 2)
    throw mistake(
      where,
      `codecs and plugs together are { path, params } and plugs, as in get({ path, params }, [plug], handler)`,
    )
  checkPlug(handler, what, where)
  if (rest.length < 2) return { handler, params: optionParams, plugs: [] }
  const [between] = rest
  if (!isCodecs(between)) return { handler, params: optionParams, plugs: plugsOf(between, named, where) }
  if (optionParams !== undefined)
    throw mistake(where, 'its codecs stand in params or before the handler, not in both')
  return { handler, params: between ?? null, plugs: [] }
}

/** A route for each method. */
const routesFor = (
  { owner, base, named }: Inside,
  methods: readonly string[],
  at: unknown,
  rest: readonly unknown[],
  callSite: CallSite | undefined,
): Declaration => {
  const options = optionsOf(at)
  const { path } = options
  const where = labelOf(methods.join(' '), base, path)
  checkDeclared(options, routeRules, where)
  checkPath(path, where)
  const pattern = join(base, path)
  const segments = parsePattern(pattern, where)
  const { handler, params, plugs } = readRest(rest, options['params'], 'the handler', named, where)
  const rules = params === undefined ? [] : rulesOf(params, parsePattern(path, where), where)
  const data = dataOf(options)
  const routes = methods.map((method): DeclaredRoute => ({
    kind: 'route',
    owner,
    callSite,
    method,
    pattern,
    segments,
    rules,
    plugs,
    handler,
    ...data,
  }))
  return { kind: 'group', owner, declarations: routes }
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Z]+$/

const methodsOf = (methods: unknown): readonly string[] => {
  const list: readonly unknown[] = Array.isArray(methods) ? methods : [methods]
  if (list.length === 0 || !list.every(method => typeof method === 'string' && token.test(method)))
    throw mistake('match', `the methods must be '*', a method in upper case or a list of such`)
  return list as readonly string[]
}

/** The `scope` of a base path. */
export const scopeAt = (
  owner: Owner,
  base: string,
  named?: NamedPipelines,
): ((at: string | ScopeOptions<string, object, object>, ...rest: readonly unknown[]) => Declaration) =>
  withCallSite((callSite, at, ...rest) => {
    const options = optionsOf(at) as Partial<ScopeOptions<string, object, object>>
    const where = labelOf('scope', base, options.path)
    checkDeclared(options, scopeRules, where)
    checkPath(options.path, where)
    const pattern = join(base, options.path)
    const segments = parsePrefix(pattern, where)
    const routes = rest.at(-1)
    if (typeof routes !== 'function')
      throw mistake(where, 'its last argument must be a function that returns its routes')
    const plugs = rest.length === 1 ? [] : plugsOf(rest[0], named, where)
    const inside: Owner = Symbol(where)
    return {
      kind: 'scope',
      owner,
      callSite,
      pattern,
      segments,
      hosts: options.host === undefined ? undefined : hostsOf(options.host),
      assigns: options.assigns ?? {},
      private: options.private ?? {},
      rules:
        options.params === undefined ? [] : rulesOf(options.params, parsePattern(options.path, where), where),
      through: plugs,
      declarations: declarationsOf(routes(verbsAt(inside, pattern, named)), inside, where),
    }
  })

/** The functions of the scope at a base path. */
export const verbsAt = (owner: Owner, base: string, named?: NamedPipelines): Verbs<never, '/'> => {
  const place: Inside = { owner, base, named }
  const verb = (method: string) =>
    withCallSite((callSite, at: unknown, ...rest: readonly unknown[]) =>
      routesFor(place, [method], at, rest, callSite),
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
    match: withCallSite((callSite, methods: unknown, at: unknown, ...rest: readonly unknown[]) =>
      routesFor(place, methodsOf(methods), at, rest, callSite),
    ),
    scope: scopeAt(owner, base, named),
    resources: resourcesAt(owner, base, named, (inside, path) => verbsAt(inside, path, named)),
    forward: withCallSite((callSite, at: unknown, ...rest: readonly unknown[]): Declaration => {
      const options = optionsOf(at)
      const { path } = options
      const where = labelOf('forward', base, path)
      checkDeclared(options, routeRules, where)
      checkPath(path, where)
      const { handler, params, plugs } = readRest(
        rest,
        options['params'],
        'what it forwards to',
        named,
        where,
      )
      const pattern = join(base, path)
      const segments = parsePrefix(pattern, where)
      const rules = params === undefined ? [] : rulesOf(params, parsePattern(path, where), where)
      return {
        kind: 'mount',
        owner,
        callSite,
        pattern,
        segments,
        rules,
        plugs,
        handler,
        ...dataOf(options),
      }
    }),
    fallback: withCallSite((callSite, handler: unknown, options: FallbackOptions = {}): DeclaredFallback => {
      const where = `fallback in ${base}`
      checkPlug(handler, 'the handler', where)
      checkDeclared(options, fallbackRules, where)
      return {
        kind: 'fallback',
        owner,
        callSite,
        handler,
        methodNotAllowed: options.methodNotAllowed === true,
        automaticOptions: options.automaticOptions === true,
      }
    }),
  }
  return Object.freeze(made) as unknown as Verbs<never, '/'>
}
