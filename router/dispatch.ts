/**
 * What happens to a request: a route is found, its parameters are put on the conn, and one composed pipeline runs. All
 * that can be made beforehand is made when the app starts.
 */
import type { Conn, MatchedRoute } from '../lib/conn.js'
import { ConnRecord } from '../lib/conn/record.js'
import { shiftPath } from '../lib/conn/rewrite.js'
import { badRequest, invalidParams, noRoute } from '../lib/error.js'
import type { AnyPlug } from '../lib/fold.js'
import { putHeader } from '../lib/http/headers.js'
import { fail, pipeline } from '../lib/plug.js'
import { map, type Effect } from '../lib/effect.js'
import { decider, type Decision } from './decide.js'
import { noParams, type Captured, type Matchable } from './matcher.js'
import { noteMounts, routersIn } from './mounts.js'
import type { NamedCodec } from './node.js'
import { join } from './pattern.js'
import type { Table, TableFallback, TableRoute } from './table.js'
import { observed, type Observed } from './telemetry.js'

const isEmpty = (record: object): boolean => {
  // oxlint-disable-next-line guard-for-in
  for (const _ in record) return false
  return true
}

/**
 * Parameters laid over those that are there, keys of which the client chose: not with `newParams`, whose objects V8 makes
 * a class for by their keys.
 */
const overlay = (existing: {}, params: {}): {} =>
  isEmpty(existing) ? params : Object.assign(Object.create(null) as {}, existing, params)

/** The path that is to be matched: what is left of it behind a mount. */
const pathOf = (conn: Conn): string =>
  // Segments are split from the path when they are first read.
  conn.scriptName.length === 0 ? conn.path : `/${conn.segments.join('/')}`

/** The routes, as `conn.route` has them, under which a router or another plug is mounted. */
const mounts = new WeakSet<MatchedRoute>()

/** The route under which what runs is mounted; undefined when it is not. */
const mountOf = ({ route }: Conn): MatchedRoute | undefined =>
  route !== undefined && mounts.has(route) ? route : undefined

type Run = (conn: Conn) => Conn | Effect<Conn>

/** One pipeline of plugs that the compiler has checked where they were declared. */
const compose = (plugs: readonly AnyPlug[]): Run => pipeline(...(plugs as readonly never[])) as unknown as Run

/** What a mounted plug sees: the segments behind its path; those of its path are the script name's. */
const shift = (count: number, to: AnyPlug): AnyPlug => {
  const routers = routersIn(to)
  const into = shiftPath(count)
  return function forward(conn: Conn): Conn {
    return noteMounts(into(conn), routers)
  }
}

/** A mounted plug: what is behind the router sees the path as it was before. */
const mounted = (count: number, handler: AnyPlug): AnyPlug => {
  const run = compose([shift(count, handler), handler])
  const back = ({ segments, scriptName }: Conn, done: Conn): Conn =>
    ConnRecord.request(done, { segments, scriptName })
  return function forward(conn: Conn): Conn | Effect<Conn> {
    const done = run(conn)
    return done instanceof ConnRecord
      ? back(conn, done)
      : map((made: Conn) => back(conn, made))(done as Effect<Conn>)
  }
}

/** A route ready to run. */
interface Compiled extends Matchable {
  readonly codecs: readonly NamedCodec[]
  readonly run: Run
  /** The same, with telemetry. */
  readonly observed: Observed
  /** What the conn says of it. */
  readonly matched: MatchedRoute
  /** The same, under a mount. */
  readonly matchedUnder: (mount: MatchedRoute) => MatchedRoute
}

const compile = (route: TableRoute): Compiled => {
  const { method, hosts, segments, codecs, mount, metadata } = route
  const describe = (under: MatchedRoute | undefined): MatchedRoute => {
    const made = Object.freeze(
      under === undefined
        ? { method, pattern: route.pattern, metadata }
        : {
            method,
            pattern: join(under.pattern, route.pattern),
            metadata: Object.freeze({ ...under.metadata, ...metadata }),
          },
    )
    if (mount !== undefined) mounts.add(made)
    return made
  }
  const known = new WeakMap<MatchedRoute, MatchedRoute>()
  const matchedUnder = (under: MatchedRoute): MatchedRoute => {
    const before = known.get(under)
    if (before !== undefined) return before
    const made = describe(under)
    known.set(under, made)
    return made
  }
  let seen: Observed | undefined
  const handler = mount === undefined ? route.handler : mounted(mount, route.handler)
  return {
    method,
    hosts,
    segments,
    codecs,
    run: compose([...route.plugs, handler]),
    // made when it is first asked for: most apps have no port
    observed: (port, conn) => (seen ??= observed(route, handler))(port, conn),
    matched: describe(undefined),
    matchedUnder,
  }
}

/** A fallback ready to run. */
interface CompiledFallback extends Pick<
  TableFallback,
  'hosts' | 'segments' | 'codecs' | 'methodNotAllowed' | 'automaticOptions'
> {
  readonly run: Run
  /** Answers OPTIONS, with status and `allow` there already, through the scope's pipelines. */
  readonly runOptions: Run
}

/** What answers OPTIONS where no route does: no body. */
const automaticOptions = (conn: Conn): Conn => ConnRecord.resp(conn, conn.status, conn.respHeaders, '')

const compileFallback = (fallback: TableFallback): CompiledFallback => {
  const { hosts, segments, codecs, methodNotAllowed, plugs, handler } = fallback
  return {
    hosts,
    segments,
    codecs,
    methodNotAllowed,
    automaticOptions: fallback.automaticOptions,
    run: compose([...plugs, handler]),
    runOptions: compose([...plugs, automaticOptions]),
  }
}

/** The plug that dispatches requests to the routes of a table. */
export const dispatcher = (table: Table): Run => {
  const routes = table.routes.map(compile)
  const fallbacks = table.fallbacks.map(compileFallback)
  const { decide } = decider(routes, fallbacks)

  /** Runs a route's pipeline on a conn that has all of it. */
  const runOn = (route: Compiled, conn: Conn): Conn | Effect<Conn> => {
    const port = ConnRecord.telemetry(conn)
    return port === undefined ? route.run(conn) : route.observed(port, conn)
  }

  /** Puts what the path says on the conn, and runs the route's pipeline. */
  const enter = (route: Compiled, conn: Conn, captured: Captured, params: {}): Conn | Effect<Conn> => {
    const mount = mountOf(conn)
    const matched = mount === undefined ? route.matched : route.matchedUnder(mount)
    const laid = captured === noParams ? conn.params : overlay(conn.params, params)
    return runOn(route, ConnRecord.route(conn, matched, captured, laid))
  }

  /** Runs the fallback of the longest path that a request is under; without one, fails. */
  const miss = (conn: Conn, { status, allow, refused, fallback }: Missed): Conn | Effect<Conn> => {
    if (fallback === undefined)
      return fail(conn, refused ? invalidParams('Not Found', { status: 404 }) : noRoute('Not Found'))
    const { to, captured, params } = fallback
    const headers =
      allow.length === 0 ? conn.respHeaders : putHeader(conn.respHeaders, 'allow', allow.join(', '))
    const entered = ConnRecord.with(conn, { pathParams: captured, params: overlay(conn.params, params) })
    const run = status === 204 ? to.runOptions : to.run
    return run(ConnRecord.resp(entered, status, headers, conn.respBody))
  }

  return function router(conn) {
    const decision = decide({
      method: conn.method,
      host: conn.host,
      path: pathOf(conn),
      server: conn.path === '*',
    })
    switch (decision.kind) {
      case 'route':
        return enter(decision.route, conn, decision.captured, decision.params)
      case 'malformed':
        return fail(conn, badRequest('the path is not percent-encoded UTF-8'))
      case 'refused':
        return fail(conn, invalidParams(`the path parameter "${decision.param}" is not valid`))
      case 'missed':
        return miss(conn, decision)
    }
  }
}

type Missed = Extract<Decision<Compiled, CompiledFallback>, { readonly kind: 'missed' }>
