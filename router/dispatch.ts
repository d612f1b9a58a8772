/**
 * Executes what a router decides: puts the route and its parameters on the conn, and runs one composed pipeline. All that does not
 * depend on the request is made when the app starts.
 */
import type { Conn, MatchedRoute } from '../lib/conn.js'
import { putRespHeader } from '../lib/conn/resp-headers.js'
import { putStatus, sendResp } from '../lib/conn/response.js'
import { shiftPath } from '../lib/conn/rewrite.js'
import { putPathParams, putRoute } from '../lib/conn/route.js'
import { telemetryPort } from '../lib/conn/telemetry-port.js'
import { andThen, type Result } from '../lib/effect.js'
import { badRequest, invalidParams, noRoute } from '../lib/error.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { fail, pipeline } from '../lib/plug.js'
import { nameAs, plugName } from '../lib/steps.js'
import { decider, type Decidable, type DecidableFallback, type Decider, type Missed } from './decide.js'
import { noParams, type Found } from './matcher.js'
import { noteMounts, routersIn } from './mounts.js'
import { join } from './pattern.js'
import type { Table, TableFallback, TableRoute } from './table.js'
import { observed, type Observed } from './telemetry.js'

type Run = (conn: Conn) => Result<Conn>

/** The routes, as `conn.route` has them, under which a router or another plug is mounted. */
const mounts = new WeakSet<MatchedRoute>()

/** The route under which the running router is mounted; undefined if it is not mounted. */
const mountOf = ({ route }: Conn): MatchedRoute | undefined =>
  route !== undefined && mounts.has(route) ? route : undefined

/** One pipeline of plugs that the compiler has checked where they were declared. */
const compose = (plugs: readonly AnyPlug[]): Run => pipeline(...(plugs as readonly never[])) as unknown as Run

/** Moves the path of a mount to the script name, and notes the mounted routers. */
const shift = (count: number, to: AnyPlug): AnyPlug => {
  const routers = routersIn(to)
  const into = shiftPath(count)
  return function forward(conn: Conn): Conn {
    return noteMounts(into(conn), routers)
  }
}

/** A mounted plug. What runs after the router, such as a hook, sees the path as it was before. */
const mounted = (count: number, handler: AnyPlug): AnyPlug => {
  const run = compose([shift(count, handler), handler])
  return function forward(conn: Conn): Result<Conn> {
    const depth = conn.scriptName.length
    const back = (done: Conn): Conn => shiftPath(depth - done.scriptName.length)(done)
    return andThen(back)(run(conn))
  }
}

/** A route ready to run. */
export interface Runnable extends Decidable {
  readonly declared: TableRoute
  readonly run: Run
  /** The same, with telemetry. */
  readonly observed: Observed
  /** What `conn.route` becomes. */
  readonly matched: MatchedRoute
  /** The same, under a mount. */
  readonly matchedUnder: (mount: MatchedRoute) => MatchedRoute
}

const runnable = (declared: TableRoute): Runnable => {
  const { method, hosts, segments, codecs, mount, metadata, pattern } = declared
  const describe = (under: MatchedRoute | undefined): MatchedRoute => {
    const made = Object.freeze(
      under === undefined
        ? { method, pattern, metadata }
        : {
            method,
            pattern: join(under.pattern, pattern),
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
  let runObserved: Observed | undefined
  const handler = mount === undefined ? declared.handler : mounted(mount, declared.handler)
  return {
    method,
    hosts,
    segments,
    codecs,
    declared,
    run: compose([...declared.plugs, handler]),
    // Made at the first request with telemetry: most apps have none.
    observed: (port, conn, found) => (runObserved ??= observed(declared, handler))(port, conn, found),
    matched: describe(undefined),
    matchedUnder,
  }
}

/** A fallback ready to run. */
export interface RunnableFallback extends DecidableFallback {
  readonly declared: TableFallback
  /** By the status that the decision has put on the conn. */
  readonly run: { readonly 404: Run; readonly 405: Run; readonly 204: Run }
}

/** A conn whose 404 becomes 405: a status that the handler has put, or that of its failure. Other statuses stay. */
const hold405 = (done: Conn): Conn => {
  const { error, status } = done
  if (error !== undefined)
    return error.status === 404 ? (fail(done, Object.freeze({ ...error, status: 405 })) as Conn) : done
  return status === 404 ? putStatus(405)(done) : done
}

/** The handler of a fallback for a 405. A handler for missing pages puts 404, which would contradict the `allow` header. */
const holding405 = (handler: AnyPlug): AnyPlug => {
  const run = compose([handler])
  return nameAs(plugName(handler), (conn: Conn): Result<Conn> => andThen(hold405)(run(conn)))
}

/** Responds to OPTIONS without a body; status and `allow` are on the conn. */
const automaticOptions = (conn: Conn): Conn => sendResp(conn.status ?? 204, '')(conn) as Conn

const runnableFallback = (declared: TableFallback): RunnableFallback => {
  const { hosts, segments, codecs, methodNotAllowed, plugs, handler } = declared
  return {
    hosts,
    segments,
    codecs,
    methodNotAllowed,
    automaticOptions: declared.automaticOptions,
    declared,
    run: {
      404: compose([...plugs, handler]),
      405: compose([...plugs, holding405(handler)]),
      204: compose([...plugs, automaticOptions]),
    },
  }
}

/** A router's plug, and the decisions that it executes. */
export interface Dispatcher extends Decider<Runnable, RunnableFallback> {
  readonly dispatch: Run
}

/** Makes the dispatcher of a table. */
export const dispatcher = (table: Table): Dispatcher => {
  const { decide, allowed } = decider(table.routes.map(runnable), table.fallbacks.map(runnableFallback))

  /** Puts the route and its parameters on the conn, and runs the route's pipeline. */
  const enter = (conn: Conn, found: Found<Runnable>): Result<Conn> => {
    const { route, pathParams, params } = found
    const mount = mountOf(conn)
    const matched = mount === undefined ? route.matched : route.matchedUnder(mount)
    // Without parameters, `conn.params` stays the same object.
    const put = putRoute(matched, pathParams, pathParams === noParams ? conn.params : params)
    const entered = put(conn)
    const port = telemetryPort(entered)
    return port === undefined ? route.run(entered) : route.observed(port, entered, found)
  }

  /** Runs the fallback of the decision; fails without one. */
  const miss = (conn: Conn, decision: Missed<Runnable, RunnableFallback>): Result<Conn> => {
    const { status, allow, rejection, fallback } = decision
    if (fallback === undefined)
      return fail(
        conn,
        rejection ? invalidParams('Not Found', { status: 404 }) : noRoute('Not Found'),
      ) as Conn
    const entered = putStatus(status)(putPathParams(fallback.pathParams, fallback.params)(conn))
    return fallback.to.run[status](
      allow.length === 0 ? entered : putRespHeader('allow', allow.join(', '))(entered),
    )
  }

  const dispatch = function router(conn: Conn): Result<Conn> {
    const decision = decide(conn)
    switch (decision.kind) {
      case 'route':
        return enter(conn, decision)
      case 'missed':
        return miss(conn, decision)
      case 'malformed':
        return fail(conn, badRequest('the path is not percent-encoded UTF-8')) as Conn
      case 'rejected':
        return fail(conn, invalidParams(`the path parameter "${decision.param}" is not valid`)) as Conn
    }
  }
  return { dispatch, decide, allowed }
}
