/**
 * The router: routes declared in scopes, as one plug that also makes the paths to them. A path it does
 * not have is refused by the compiler.
 */
import type { Conn, Halted, Responded } from '../lib/conn.js'
import { origin } from '../lib/conn/request.js'
import type { Href, Path } from '../lib/http/uri.js'
import { checkAtBoot, checkedAtBoot } from '../lib/boot.js'
import { badRequest, invalidParams, noRoute } from '../lib/error.js'
import { declare, declareAll } from '../lib/declared.js'
import { withStatus, type FailureKind } from '../lib/failure.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import type { Result } from '../lib/effect.js'
import { dispatcher } from './dispatch.js'
import { declarationsOf, type Owner } from './declarations.js'
import { markRouter, mountPath } from './mounts.js'
import { fragmentOf, pathMaker, queryOf } from './paths.js'
import type { KnownPath, LinkRest, LinkTo } from './links.js'
import { namedPipelines, type NamedPipelines } from './pipelines.js'
import { withCallSite } from './call-site.js'
import { keepTable, patternsOf } from './route-table.js'
import { tableOf, type Table } from './table.js'
import type { NeedsOf, NoneTwice, patterns, PatternsOf, Route, ScopeFn } from './types.js'
import { refuseUnreachable } from './unreachable.js'
import { scopeAt } from './verbs.js'

/** A plug that answers requests by its routes. `P` is the patterns of its routes, `S` the conn it needs. */
export interface Router<P extends string = string, S = Conn> {
  (conn: S): Result<Responded | Halted>
  /**
   * The path to a route: its pattern with parameters filled in and percent-encoded, a query in Plug's nested form, and a
   * fragment without its `#`. The compiler checks that a route has the pattern, and that each parameter is given and no
   * other. A parameter takes text, a number, a bigint or a record with such an `id`, whatever a codec makes of it when
   * it is read; a glob takes a list of such. Values of the query that are undefined are left out.
   *
   * The path is that of the declaration. In a router that is mounted in another, take the outer one's `path`, which has
   * the mounted routes, too; or `url`, which is given the conn.
   *
   * A function that links to a route of the router it stands in must write its return type (`Responded`,
   * `C | Halted`, `Handler<…>`), or the compiler meets a cycle (TS7022).
   *
   * @param pattern as declared, with the scopes' and mounts' paths before it
   * @throws TypeError for a parameter that is missing, empty or not of the text that its route asks for, and for a pattern
   * that no route has
   * @example
   * import { text } from 'plugboard'
   * import { router, scope } from 'plugboard/router'
   * const app = router(scope('/posts', ({ get }) => [get('/:id', text('a post')), get('/files/*path', text('a file'))]))
   * app.path('/posts/:id', { id: 'a/b' }) // => '/posts/a%2Fb'
   * app.path('/posts/:id', { id: 7 }, { page: 2, q: undefined }) // => '/posts/7?page=2'
   * app.path('/posts/files/*path', { path: ['2026', 'report.pdf'] }, {}, 'page-3') // => '/posts/files/2026/report.pdf#page-3'
   */
  path<const Q extends P | (string & {})>(pattern: KnownPath<Q, P>, ...rest: LinkRest<Q>): Path
  /**
   * The absolute URL of a route, for e-mails, feeds and redirects to another host: {@link Router.path} behind the
   * endpoint's `url`, or without one behind the scheme, host and port of the request. In a router that is mounted in
   * another, the path it is mounted at stands before.
   *
   * @throws TypeError as `path` does
   * @example
   * import { text } from 'plugboard'
   * import { router, scope } from 'plugboard/router'
   * import { conn } from 'plugboard/testing'
   * const app = router(scope('/posts', ({ get }) => [get('/:id', text('a post'))]))
   * const c = conn('GET', 'https://example.com/')
   * app.url(c, '/posts/:id', { id: 7 }, {}, 'end') // => 'https://example.com/posts/7#end'
   */
  url<const Q extends P | (string & {})>(conn: Conn, pattern: KnownPath<Q, P>, ...rest: LinkRest<Q>): Href
  /** Its patterns, for the compiler alone: at run time, `routes` lists them. */
  readonly [patterns]: P
}

/** What a router itself may fail with: a path that is malformed, has no route or whose parameter its codec refuses. */
const ownFailures = ({ routes, fallbacks }: Table): readonly FailureKind[] => {
  const decodes = [...routes, ...fallbacks].some(({ codecs }) => codecs.length > 0)
  return [badRequest, noRoute, ...(decodes ? [invalidParams, withStatus(invalidParams, 404)] : [])]
}

const top: Owner = Symbol('router')

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
export const router = withCallSite((_, ...scopes: readonly unknown[]): unknown => {
  const table = tableOf(declarationsOf(scopes, top, 'router'))
  refuseUnreachable(table)
  const pathTo = pathMaker(patternsOf(table))
  const path: LinkTo = (pattern, params, query, fragment) =>
    pathTo(pattern, params) + queryOf(query) + fragmentOf(fragment)
  const url = (conn: Conn, ...link: Parameters<LinkTo>): string => {
    const made = path(...link)
    const before = mountPath(conn, dispatch)
    return origin(conn) + before + (before !== '' && /^\/(?![^?#])/.test(made) ? made.slice(1) : made)
  }
  const all = new Set(
    [...table.routes, ...table.fallbacks].flatMap(({ plugs, handler }) => [...plugs, handler]),
  )
  const { dispatch, decide, allowed } = dispatcher(table)
  checkedAtBoot(dispatch, given => {
    for (const plug of all) checkAtBoot(plug, given)
  })
  declareAll(dispatch, () => [...all])
  declare(dispatch, () => ownFailures(table))
  keepTable(dispatch, { table, decide, allowed })
  markRouter(dispatch)
  return Object.assign(dispatch, { path, url })
}) as unknown as <const R extends readonly Route[]>(
  ...scopes: R & NoneTwice<R>
) => Router<PatternsOf<R>, NeedsOf<R>>

/** The `scope` that a router's routes begin with. `L` is the pipelines that can be gone through by name. */
export interface TopScope<L = {}> extends ScopeFn<Conn, '/', Conn, L, Conn> {
  /**
   * A scope whose pipelines begin where those before the router ended: `scope.from<Endpoint>()('/', …)`. The router
   * then needs that conn.
   */
  from<S extends Conn>(): ScopeFn<S, '/', S, L, S>
}

const topScope = (named?: NamedPipelines): TopScope =>
  Object.assign(scopeAt(top, '/', named), { from: () => scopeAt(top, '/', named) }) as unknown as TopScope

/**
 * Declares routes under a path, behind a plug or pipeline (or a list of them) that all of them go through. Its function
 * is given what declares routes there: `get post put patch delete head options connect trace match resources scope
 * forward fallback`; it returns their list. The compiler gives each handler the conn that the pipelines pass on, with the
 * parameters of its path.
 *
 * In place of a path it takes `{ path, host, assigns, private, params }`: a host that requests must be for, data to put
 * on the conn, codecs and patterns for the parameters in its own path.
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
export const scope = topScope()

/**
 * Names pipelines, and gives the `scope` whose scopes, at any depth, go through them by name: Phoenix's `pipeline` and
 * `pipe_through`. A name that there is not is refused by the compiler, and when the app starts. What has no name can be
 * gone through as a value, too.
 *
 * @throws TypeError unless it is a record of plugs
 * @example
 * import { assign, text } from 'plugboard'
 * import { pipelines, router, routes } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const { scope } = pipelines({ browser: assign('site', 'Plugboard'), admin: assign('role', 'admin') })
 * const app = router(
 *   scope('/', 'browser', ({ get, scope }) => [
 *     get('/', c => text(c.assigns.site)(c)),
 *     scope('/admin', 'admin', ({ get }) => [get('/', c => text(`${c.assigns.role} of ${c.assigns.site}`)(c))]),
 *   ]),
 * )
 * run(app)(conn('GET', '/admin')).respBody // => 'admin of Plugboard'
 * routes(app).map(({ pipelines }) => pipelines) // => [['browser'], ['browser', 'admin']]
 */
export const pipelines = <const L extends Readonly<Record<string, AnyPlug>>>(
  named: L,
): { readonly scope: TopScope<L> } => ({ scope: topScope(namedPipelines(named)) as unknown as TopScope<L> })
