/**
 * The route table as data: what a router's routes are, what runs for each and where they stand, and which of them a
 * request would find. For listings, documentation and telemetry; nothing here answers requests.
 */
import type { Metadata } from '../lib/conn.js'
import type { AnyPlug } from '../lib/fold.js'
import { splitPath } from '../lib/http/uri.js'
import { plugName, steps } from '../lib/steps.js'
import { decider } from './decide.js'
import type { Captured } from './matcher.js'
import { join, namesOf, parsePattern, type Segment } from './pattern.js'
import type { PathPattern } from './paths.js'
import { handlerName, throughNames, type Table, type TableFallback, type TableRoute } from './table.js'

/** One route as data. */
export interface RouteInfo {
  /** The method in upper case; `'*'` for any. */
  readonly method: string
  /** The hosts it is for: exact, or a prefix that ends in `.`; any when there are none. */
  readonly hosts: readonly string[]
  /** The whole pattern, scopes and mounts included. */
  readonly pattern: string
  /** The names of its path parameters, in order. */
  readonly params: readonly string[]
  /** The names of what its scopes go through, the outermost's first; of a pipeline, what `named` has called it. */
  readonly pipelines: readonly string[]
  /** The names of the plugs that run before the handler: those pipelines, opened. */
  readonly plugs: readonly string[]
  /** The name of the handler; of one without a name, the resource's action that it is. */
  readonly handler: string
  /** Whether it is a plug mounted by `forward`, which is given all requests under its path. */
  readonly mount: boolean
  /** What was declared with it as `metadata`, over that of the mounts it is under. */
  readonly metadata: Metadata
  /** The file that declares it: a path or a `file:` URL, as V8 gives it; undefined elsewhere than on V8. */
  readonly file: string | undefined
  /** The line of that file, from 1. */
  readonly line: number | undefined
}

/** The route that a request finds, and what the path gives it. */
export interface FoundRoute {
  readonly route: RouteInfo
  /** The text of its path parameters, as `conn.pathParams` has it; those of the mounts it is under, too. */
  readonly pathParams: Readonly<Record<string, string | readonly string[]>>
}

const tables = new WeakMap<object, Table>()

/** Remembers the table that a router is made of. */
export const keepTable = (router: object, table: Table): void => {
  tables.set(router, table)
}

/** A router among the steps of a plug, and what runs before it. */
interface Opened {
  readonly table: Table
  readonly before: readonly AnyPlug[]
}

const open = (plug: AnyPlug): Opened | undefined => {
  const list = steps(plug)
  for (const [i, step] of list.entries()) {
    const table = tables.get(step)
    if (table !== undefined) return { table, before: list.slice(0, i) }
  }
  return undefined
}

/** Whether a value is a router, or a pipeline that holds one. */
export const holdsRouter = (value: unknown): value is AnyPlug =>
  typeof value === 'function' && open(value as AnyPlug) !== undefined

const opened = (app: AnyPlug, asked: string): Opened => {
  const found = typeof app === 'function' ? open(app) : undefined
  if (found === undefined)
    throw new TypeError(`${asked}: the app must be a router, or a pipeline that holds one`)
  return found
}

/** What is around a table: the mounts that lead to it. */
interface Around {
  readonly pattern: string
  readonly params: readonly string[]
  readonly hosts: readonly string[]
  readonly pipelines: readonly string[]
  readonly plugs: readonly string[]
  readonly metadata: Metadata
}

const nothing: Around = { pattern: '/', params: [], hosts: [], pipelines: [], plugs: [], metadata: {} }

const opening = (plugs: readonly AnyPlug[]): readonly string[] => plugs.flatMap(steps).map(plugName)

/** What is around a router that a route mounts, or that stands behind other plugs. */
const inside = (around: Around, route: TableRoute, before: readonly AnyPlug[]): Around => ({
  pattern: join(around.pattern, route.pattern),
  params: [...around.params, ...namesOf(route.segments.slice(0, route.mount))],
  hosts: route.hosts.length > 0 ? route.hosts : around.hosts,
  pipelines: [...around.pipelines, ...throughNames(route)],
  plugs: [...around.plugs, ...opening(route.plugs), ...opening(before)],
  metadata: { ...around.metadata, ...route.metadata },
})

const infoOf = (route: TableRoute, around: Around): RouteInfo => {
  const { pattern, params, hosts, pipelines, plugs, metadata } = inside(
    around,
    route,
    route.mount === undefined ? steps(route.handler).slice(0, -1) : [],
  )
  return Object.freeze({
    method: route.method,
    hosts: Object.freeze([...hosts]),
    pattern,
    params: Object.freeze([...params]),
    pipelines: Object.freeze([...pipelines]),
    plugs: Object.freeze([...plugs]),
    handler: handlerName(route),
    mount: route.mount !== undefined,
    metadata: Object.freeze(metadata),
    file: route.place?.file,
    line: route.place?.line,
  })
}

/** What a route mounts, if that is a router. */
const mounted = (route: TableRoute): Opened | undefined =>
  route.mount === undefined ? undefined : open(route.handler)

const infosOf = (table: Table, around: Around): readonly RouteInfo[] =>
  table.routes.flatMap(route => {
    const inner = mounted(route)
    return inner === undefined
      ? [infoOf(route, around)]
      : infosOf(inner.table, inside(around, route, inner.before))
  })

/**
 * The patterns that paths can be made of, those of mounted routers included. A router behind other plugs is for the
 * compiler no more than a mount.
 *
 * @throws TypeError for a parameter that both a mount and a route in it name
 */
export const patternsOf = (
  table: Table,
  base = '/',
  outer: readonly Segment[] = [],
): readonly PathPattern[] =>
  table.routes.flatMap(route => {
    const pattern = join(base, route.pattern)
    if (outer.length > 0) parsePattern(pattern, `path ${pattern}`)
    const segments = [...outer, ...route.segments.slice(0, route.mount)]
    const inner = mounted(route)
    const own =
      inner === undefined || inner.table !== tables.get(route.handler) ? [{ pattern, segments }] : []
    return inner === undefined ? own : [...own, ...patternsOf(inner.table, pattern, segments)]
  })

/**
 * The routes of a router in the order of declaration, as Phoenix.Router.routes lists them; in place of a mounted router
 * its own routes, seen from outside. Of a pipeline that holds a router, that router's, behind the plugs before it.
 *
 * @returns a frozen list of frozen records
 * @throws TypeError for a plug that holds no router
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { accepts } from 'plugboard/plugs'
 * import { router, routes, scope } from 'plugboard/router'
 * const home = text('home')
 * const app = router(scope('/blog', accepts(['html']), ({ get }) => [get('/:year/*rest', home)]))
 * const [first] = routes(app)
 * first?.pattern // => '/blog/:year/*rest'
 * first?.params // => ['year', 'rest']
 * first?.plugs // => ['accepts']
 */
export const routes = (app: AnyPlug): readonly RouteInfo[] => {
  const { table, before } = opened(app, 'routes')
  return Object.freeze(infosOf(table, { ...nothing, plugs: opening(before) }))
}

// --- what a request finds

/** What becomes of a request. */
export type Answer =
  | (FoundRoute & { readonly kind: 'route' })
  /** A route takes it, whose codec refuses a parameter: 404, which a fallback may answer, or 400. */
  | (FoundRoute & {
      readonly kind: 'refused'
      readonly param: string
      readonly status: 404 | 400
      readonly fallback: RouteInfo | undefined
    })
  /** No route takes it: the methods that routes of its path are for, and the fallback that answers, if any. */
  | { readonly kind: 'none'; readonly allowed: readonly string[]; readonly fallback: RouteInfo | undefined }
  /** The path is not percent-encoded UTF-8: 400. */
  | { readonly kind: 'malformed' }

type Decide = ReturnType<typeof decider<TableRoute, TableFallback>>
const deciders = new WeakMap<Table, Decide>()

const deciderOf = (table: Table): Decide => {
  const made = deciders.get(table) ?? decider(table.routes, table.fallbacks)
  deciders.set(table, made)
  return made
}

const answerOf = (
  table: Table,
  around: Around,
  outer: FoundRoute['pathParams'],
  method: string,
  host: string,
  path: string,
): Answer => {
  const { decide, allowed } = deciderOf(table)
  const asked = { method, host, path, server: path === '*' }
  const decision = decide(asked)
  if (decision.kind === 'malformed') return { kind: 'malformed' }
  if (decision.kind === 'missed' || decision.kind === 'refused') {
    const { fallback, refused } =
      decision.kind === 'missed' ? decision : { refused: decision.route, fallback: undefined }
    const shown =
      fallback &&
      infoOf({ ...fallback.to, method: '*', action: undefined, metadata: {}, mount: undefined }, around)
    if (refused === undefined) {
      const options = fallback?.to.automaticOptions === true
      return { kind: 'none', allowed: allowed(asked, options), fallback: shown }
    }
    const { captured, param } = decision as { readonly captured: Captured; readonly param: string }
    return {
      kind: 'refused',
      route: infoOf(refused, around),
      pathParams: Object.freeze({ ...outer, ...captured }),
      param,
      status: decision.status === 400 ? 400 : 404,
      fallback: shown,
    }
  }
  const { route, captured } = decision
  const pathParams = Object.freeze({ ...outer, ...captured })
  const inner = mounted(route)
  return inner === undefined
    ? { kind: 'route', route: infoOf(route, around), pathParams }
    : answerOf(
        inner.table,
        inside(around, route, inner.before),
        pathParams,
        method,
        host,
        `/${splitPath(path).slice(route.mount).join('/')}`,
      )
}

/** What becomes of a request, as {@link routeInfo} has it, with the reason where it finds no route. */
export const answerFor = (app: AnyPlug, method: string, path: string, host = ''): Answer => {
  const { table, before } = opened(app, 'routeInfo')
  return answerOf(table, { ...nothing, plugs: opening(before) }, {}, method, host.toLowerCase(), path)
}

/**
 * The route that a request would find, as Phoenix.Router.route_info has it, and the text of its path parameters;
 * undefined if no route takes the request, or if a codec refuses one of its parameters. Nothing runs but codecs.
 *
 * @param method in upper case
 * @param path as requests have it: percent-encoded, without a query
 * @param host the request's host; without one, only routes for any host are found
 * @throws TypeError for a plug that holds no router
 * @example
 * import { text } from 'plugboard'
 * import { int, routeInfo, router, scope } from 'plugboard/router'
 * const app = router(scope('/posts', ({ get }) => [get('/:id', { id: int }, text('a post'))]))
 * const found = routeInfo(app, 'GET', '/posts/7')
 * found?.route.pattern // => '/posts/:id'
 * found?.pathParams // => { id: '7' }
 * routeInfo(app, 'GET', '/posts/seven') // => undefined
 */
export const routeInfo = (
  app: AnyPlug,
  method: string,
  path: string,
  host?: string,
): FoundRoute | undefined => {
  const answer = answerFor(app, method, path, host)
  if (answer.kind !== 'route') return undefined
  const { route, pathParams } = answer
  return Object.freeze({ route, pathParams })
}
