/**
 * The route table as data: the routes of a router, what runs for each and where they are declared, and what the router decides for
 * a request. For listings, documentation and telemetry; nothing here runs a plug.
 */
import type { Metadata } from '../lib/conn.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { splitPath } from '../lib/http/uri.js'
import { plugName, steps } from '../lib/steps.js'
import type { Decider, RouterRequest } from './decide.js'
import type { Runnable, RunnableFallback } from './dispatch.js'
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
  /** The names of its pipelines: those of its scopes, the outermost first, then its own. A pipeline's name is given by `named`. */
  readonly pipelines: readonly string[]
  /** The names of the plugs that run before the handler: those pipelines, opened, and the plugs of a controller. */
  readonly plugs: readonly string[]
  /** The name of the handler; of a pipeline, its last plug. Without a name, the resource's action. */
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

/** What the table of a router is shown from: its declarations, and what decides for its requests. */
export interface Known extends Decider<Runnable, RunnableFallback> {
  readonly table: Table
}

const routers = new WeakMap<object, Known>()

/** Remembers what a router is made of. */
export const keepTable = (router: object, known: Known): void => {
  routers.set(router, known)
}

/** A router among the steps of a plug, and what runs before it. */
interface Opened {
  readonly known: Known
  readonly before: readonly AnyPlug[]
}

const open = (plug: AnyPlug): Opened | undefined => {
  const list = steps(plug)
  for (const [i, step] of list.entries()) {
    const known = routers.get(step)
    if (known !== undefined) return { known, before: list.slice(0, i) }
  }
  return undefined
}

/** Whether a value is a router, or a pipeline that holds one. */
export const holdsRouter = (value: unknown): value is AnyPlug =>
  typeof value === 'function' && open(value as AnyPlug) !== undefined

const opened = (app: AnyPlug, caller: string): Opened => {
  const found = typeof app === 'function' ? open(app) : undefined
  if (found === undefined)
    throw new TypeError(`${caller}: the app must be a router, or a pipeline that holds one`)
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
    mounted(route)?.before ?? steps(route.handler).slice(0, -1),
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
    file: route.callSite?.file,
    line: route.callSite?.line,
  })
}

/** A fallback as the table shows it. */
const fallbackInfo = (fallback: TableFallback, around: Around): RouteInfo =>
  infoOf({ ...fallback, method: '*', action: undefined, metadata: {}, mount: undefined }, around)

/** What a route mounts, if that is a router. */
const mounted = (route: TableRoute): Opened | undefined =>
  route.mount === undefined ? undefined : open(route.handler)

const infosOf = (table: Table, around: Around): readonly RouteInfo[] =>
  table.routes.flatMap(route => {
    const inner = mounted(route)
    return inner === undefined
      ? [infoOf(route, around)]
      : infosOf(inner.known.table, inside(around, route, inner.before))
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
      inner === undefined || inner.known !== routers.get(route.handler) ? [{ pattern, segments }] : []
    return inner === undefined ? own : [...own, ...patternsOf(inner.known.table, pattern, segments)]
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
  const { known, before } = opened(app, 'routes')
  return Object.freeze(infosOf(known.table, { ...nothing, plugs: opening(before) }))
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
  /** No route matches it: the methods that have a route for its path, and the fallback that responds with the status, if any. */
  | {
      readonly kind: 'none'
      readonly status: 404 | 405 | 204
      readonly allowed: readonly string[]
      readonly fallback: RouteInfo | undefined
    }
  /** The path is not percent-encoded UTF-8: 400. */
  | { readonly kind: 'malformed' }

/** A request behind a mount: the segments of its path are the script name's. */
const shifted = (request: RouterRequest, count: number): RouterRequest => ({
  ...request,
  scriptName: [...request.scriptName, ...request.segments.slice(0, count)],
  segments: request.segments.slice(count),
})

const answerOf = (
  { decide, allowed }: Known,
  around: Around,
  outer: FoundRoute['pathParams'],
  request: RouterRequest,
): Answer => {
  const decision = decide(request)
  const found = (route: TableRoute, pathParams: FoundRoute['pathParams']): FoundRoute => ({
    route: infoOf(route, around),
    pathParams: Object.freeze({ ...outer, ...pathParams }),
  })
  switch (decision.kind) {
    case 'malformed':
      return { kind: 'malformed' }
    case 'rejected': {
      const { route, pathParams, param, status } = decision
      return { kind: 'refused', ...found(route.declared, pathParams), param, status, fallback: undefined }
    }
    case 'missed': {
      const { status, rejection, fallback: to } = decision
      const fallback = to && fallbackInfo(to.to.declared, around)
      if (rejection !== undefined) {
        const { route, pathParams, param } = rejection
        return { kind: 'refused', ...found(route.declared, pathParams), param, status: 404, fallback }
      }
      return { kind: 'none', status, allowed: allowed(request, to?.to.automaticOptions === true), fallback }
    }
    case 'route': {
      const { declared } = decision.route
      const inner = mounted(declared)
      if (inner === undefined) return { kind: 'route', ...found(declared, decision.pathParams) }
      return answerOf(
        inner.known,
        inside(around, declared, inner.before),
        { ...outer, ...decision.pathParams },
        shifted(request, declared.mount as number),
      )
    }
  }
}

/** What becomes of a request, as {@link routeInfo} has it, with the reason if it finds no route. */
export const answerFor = (app: AnyPlug, method: string, path: string, host = ''): Answer => {
  const { known, before } = opened(app, 'routeInfo')
  return answerOf(
    known,
    { ...nothing, plugs: opening(before) },
    {},
    {
      method,
      host: host.toLowerCase(),
      path,
      scriptName: [],
      segments: splitPath(path),
    },
  )
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
