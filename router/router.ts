/**
 * The router: routes declared in scopes, as one plug that also makes the paths to them and lists them. A path it does
 * not have is refused by the compiler.
 */
import type { Conn, Halted, Responded } from '../lib/conn.js'
import { encodeQuery } from '../lib/http/query.js'
import { checkAtBoot, checkedAtBoot, plugName, steps } from '../lib/plug.js'
import type { Result } from '../lib/effect.js'
import { dispatcher } from './dispatch.js'
import { nodesOf, type Owner } from './node.js'
import { pathMaker } from './paths.js'
import type { Names, ParamsFor } from './pattern-types.js'
import { join, namesOf } from './pattern.js'
import { tableOf, type TableRoute } from './table.js'
import type { NeedsOf, PatternsOf, Route, ScopeFn } from './types.js'
import { scopeAt } from './verbs.js'

/** What the query of a path may hold: see `encodeQuery`. */
export type PathQuery = Parameters<typeof encodeQuery>[0]

/** One route as data: for listings, documentation and telemetry. */
export interface RouteInfo<P extends string = string> {
  /** The method in upper case; `'*'` for any. */
  readonly method: string
  /** The whole pattern, scopes and mounts included. */
  readonly pattern: P
  /** The names of its path parameters, in order. */
  readonly params: readonly string[]
  /** The hosts it is for; any when there are none. */
  readonly hosts: readonly string[]
  /** The names of the plugs that run before the handler, pipelines opened. */
  readonly pipeline: readonly string[]
  /** The name of the handler. */
  readonly handler: string
  /** Whether it is a plug mounted by `forward`, which is given all requests under its path. */
  readonly mount: boolean
}

type KnownPath<Q extends string, P extends string> = Q extends P ? Q : `no route has the path '${Q}'`
type NoParams = Readonly<Record<string, 'this path has no parameters: the query is the third argument'>>

/** A plug that answers requests by its routes. `P` is the patterns of its routes, `S` the conn it needs. */
export interface Router<P extends string = string, S = Conn> {
  (conn: S): Result<Responded | Halted>
  /**
   * The path to a route: its pattern with parameters filled in and percent-encoded, and a query. The compiler checks
   * that a route has the pattern, and that each parameter is given. A glob takes a list of segments.
   *
   * A function that links to a route of the router it stands in must write its return type (`Responded`,
   * `C | Halted`, `Handler<…>`), or the compiler meets a cycle (TS7022).
   *
   * @param pattern as declared, with the scopes' and mounts' paths before it
   * @throws TypeError for a parameter that is missing or empty, and for a pattern that no route has
   * @example
   * import { text } from 'plugboard'
   * import { router, scope } from 'plugboard/router'
   * const app = router(scope('/posts', ({ get }) => [get('/:id', text('a post')), get('/files/*path', text('a file'))]))
   * app.path('/posts/:id', { id: 'a/b' }) // => '/posts/a%2Fb'
   * app.path('/posts/:id', { id: 7 }, { page: 2 }) // => '/posts/7?page=2'
   * app.path('/posts/files/*path', { path: ['2026', 'report.pdf'] }) // => '/posts/files/2026/report.pdf'
   */
  path<const Q extends P | (string & {})>(
    pattern: KnownPath<Q, P>,
    ...rest: [Names<Q>] extends [never]
      ? [params?: NoParams, query?: PathQuery]
      : [params: ParamsFor<Q>, query?: PathQuery]
  ): string
  /** Its routes in the order of declaration, those of routers mounted in it included. Frozen. */
  readonly routes: readonly RouteInfo<P>[]
}

const top: Owner = Symbol('router')

const namesOfPlugs = (route: TableRoute): readonly string[] => route.plugs.flatMap(steps).map(plugName)

const frozen = (info: RouteInfo): RouteInfo => {
  for (const list of [info.params, info.hosts, info.pipeline]) Object.freeze(list)
  return Object.freeze(info)
}

/** What a table's route says of itself; a mounted router says what its routes say, seen from outside. */
const infosOf = (route: TableRoute): readonly RouteInfo[] => {
  const { method, pattern, hosts, handler, mount } = route
  const params = namesOf(route.segments.slice(0, mount))
  const pipeline = namesOfPlugs(route)
  const inner = (handler as Partial<Router>).routes
  if (mount === undefined || inner === undefined)
    return [
      frozen({
        method,
        pattern,
        params,
        hosts: [...hosts],
        pipeline,
        handler: plugName(handler),
        mount: mount !== undefined,
      }),
    ]
  return inner.map(one =>
    frozen({
      ...one,
      pattern: join(pattern, one.pattern),
      params: [...params, ...one.params],
      hosts: one.hosts.length > 0 ? one.hosts : [...hosts],
      pipeline: [...pipeline, ...one.pipeline],
    }),
  )
}

/**
 * Makes a plug of routes. The first route declared that takes method, host and path answers; its path parameters are on
 * the conn before the pipelines of its scopes run, outermost first. A request without a route goes to the fallback of
 * the longest path it is under, or else fails with `NoRoute` (404).
 *
 * Segments are percent-decoded one by one, so that `%2F` never splits one; a path that is not percent-encoded UTF-8 is
 * a `BadRequest` (400). HEAD is a method like any other: put `head` before the router to have it answered as GET.
 *
 * @throws TypeError for a mistake in the routes, in one sentence that names the route
 * @example
 * import { assign, pipeline, text } from 'plugboard'
 * import { router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const browser = pipeline(assign('site', 'Plugboard'))
 * const app = router(
 *   scope('/', browser, ({ get }) => [get('/hello/:name', c => text(`${c.params.name}, this is ${c.assigns.site}`)(c))]),
 * )
 * run(app)(conn('GET', '/hello/Ada')).respBody // => 'Ada, this is Plugboard'
 * run(app)(conn('GET', '/nowhere')).status // => 404
 */
export const router = <const R extends readonly Route[]>(...scopes: R): Router<PatternsOf<R>, NeedsOf<R>> => {
  const table = tableOf(nodesOf(scopes, top, 'router'))
  const routes = Object.freeze(table.routes.flatMap(infosOf))
  const pathTo = pathMaker(routes.map(({ pattern }) => pattern))
  const path = (pattern: string, params?: Readonly<Record<string, unknown>>, query?: PathQuery): string => {
    const made = pathTo(pattern, params)
    const encoded = query === undefined ? '' : encodeQuery(query)
    return encoded === '' ? made : `${made}?${encoded}`
  }
  const behind = new Set(
    [...table.routes, ...table.fallbacks].flatMap(({ plugs, handler }) => [...plugs, handler]),
  )
  const dispatch = checkedAtBoot(dispatcher(table), given => {
    for (const plug of behind) checkAtBoot(plug, given)
  })
  return Object.assign(dispatch, { path, routes }) as unknown as Router<PatternsOf<R>, NeedsOf<R>>
}

interface TopScope extends ScopeFn<Conn, '/', Conn> {
  /**
   * A scope whose pipelines begin where those before the router ended: `scope.from<Endpoint>()('/', …)`. The router
   * then needs that conn.
   */
  from<S extends Conn>(): ScopeFn<S, '/', S>
}

/**
 * Declares routes under a path, behind a plug or pipeline (or a list of them) that all of them go through. Its function
 * is given what declares routes there: `get post put patch delete head options match resources scope forward
 * fallback`; it returns their list. The compiler gives each handler the conn that the pipelines pass on, with the
 * parameters of its path.
 *
 * In place of a path it takes `{ path, host, assigns, private, params }`: a host that requests must be for, data to put
 * on the conn, codecs for the parameters in its own path.
 *
 * @example
 * import { json, text } from 'plugboard'
 * import { int, router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const app = router(
 *   scope({ path: '/users/:userId', params: { userId: int } }, ({ get, fallback }) => [
 *     get('/next', c => json(c.params.userId + 1)(c)),
 *     fallback(text('no such page of this user')),
 *   ]),
 *   scope({ path: '/', host: 'api.' }, ({ get }) => [get('/status', json({ ok: true }))]),
 * )
 * run(app)(conn('GET', '/users/7/next')).respBody // => '8'
 * run(app)(conn('GET', '/users/7/other')).status // => 404
 * run(app)(conn('GET', 'http://api.example.com/status')).status // => 200
 */
export const scope = Object.assign(scopeAt(top, '/'), {
  from: () => scopeAt(top, '/'),
}) as unknown as TopScope
