/**
 * What happens to a request: a route is found, its parameters are put on the conn, and one composed pipeline runs. All
 * that can be made beforehand is made when the app starts.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Conn, MatchedRoute } from '../lib/conn.js'
import { ConnRecord } from '../lib/conn/record.js'
import { badRequest, invalidParams, noRoute, type PlugError } from '../lib/error.js'
import type { AnyPlug } from '../lib/fold.js'
import { isLeft, left, right } from '../lib/fp.js'
import { putHeader } from '../lib/http/headers.js'
import { fail, pipeline } from '../lib/plug.js'
import { map, type Effect } from '../lib/effect.js'
import {
  decodedSegments,
  newParams,
  noParams,
  takesHost,
  type Captured,
  type Matchable,
  type Matcher,
} from './matcher.js'
import { noteMounts, routersIn } from './mounts.js'
import type { NamedCodec } from './node.js'
import { join, paramsUnder } from './pattern.js'
import type { Table, TableFallback, TableRoute } from './table.js'
import { observed, type Observed } from './telemetry.js'
import { trie } from './trie.js'

/** What was captured, with the values of codecs in place of text; or the codec that refused. */
export const decode = (codecs: readonly NamedCodec[], captured: Captured): Either<NamedCodec, {}> => {
  if (codecs.length === 0) return right(captured)
  const params: Record<string, unknown> = Object.assign(newParams(), captured)
  for (let i = 0; i < codecs.length; i++) {
    const one = codecs[i] as NamedCodec
    const decoded = one.codec.decode(captured[one.name])
    if (isLeft(decoded)) return left(one)
    params[one.name] = decoded.right
  }
  return right(params)
}

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
  return function forward(conn: Conn): Conn {
    const shifted = ConnRecord.request(conn, {
      segments: conn.segments.slice(count),
      scriptName: conn.scriptName.concat(conn.segments.slice(0, count)),
    })
    return noteMounts(shifted, routers)
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
  const matcher: Matcher<Compiled> = trie(routes)
  const methods = [...new Set(routes.map(route => route.method))]

  /** Runs a route's pipeline on a conn that has all of it. */
  const runOn = (route: Compiled, conn: Conn): Conn | Effect<Conn> => {
    const port = ConnRecord.telemetry(conn)
    return port === undefined ? route.run(conn) : route.observed(port, conn)
  }

  /** Puts what the path says on the conn, and runs the route's pipeline. */
  const enter = (route: Compiled, conn: Conn, captured: Captured): Conn | Effect<Conn> => {
    const mount = mountOf(conn)
    const matched = mount === undefined ? route.matched : route.matchedUnder(mount)
    if (captured === noParams) return runOn(route, ConnRecord.route(conn, matched, noParams, conn.params))
    if (route.codecs.length === 0)
      return runOn(route, ConnRecord.route(conn, matched, captured, overlay(conn.params, captured)))
    const decoded = decode(route.codecs, captured)
    return isLeft(decoded)
      ? refuse(conn, decoded.left)
      : runOn(route, ConnRecord.route(conn, matched, captured, overlay(conn.params, decoded.right)))
  }

  const refuse = (conn: Conn, { name, codec }: NamedCodec): Conn | Effect<Conn> =>
    codec.status === 400
      ? fail(conn, invalidParams(`the path parameter "${name}" is not valid`))
      : miss(conn, invalidParams('Not Found', { status: 404 }), false)

  /** Whether a route takes a path with another method, and its codecs what they read from it. */
  const takesPath = (method: string, host: string, path: string): boolean => {
    const found = matcher.find(method, host, path)
    return typeof found === 'object' && !isLeft(decode(found.route.codecs, found.params))
  }

  /**
   * The methods that a request's path can be asked with, for an `allow` header; none when it has no routes. HEAD is
   * beside GET, since `head` stands before a router (RFC 9110 §9.1 asks every server for both), unless this very
   * request shows that it does not.
   */
  const allowedFor = (conn: Conn, options: boolean): readonly string[] => {
    const { method, host } = conn
    const path = pathOf(conn)
    // The server as a whole (RFC 9110 §9.3.7).
    const all = options && method === 'OPTIONS' && conn.path === '*'
    const found = methods.filter(other => other !== '*' && (all || takesPath(other, host, path)))
    const head = method !== 'HEAD' && !found.includes('HEAD')
    const allowed = found.flatMap(other => (other === 'GET' && head ? ['GET', 'HEAD'] : other))
    return options && found.length > 0 && !found.includes('OPTIONS') ? [...allowed, 'OPTIONS'] : allowed
  }

  /** Runs the fallback of the longest path that a request is under; without one, fails. */
  const miss = (conn: Conn, error: PlugError, otherMethods: boolean): Conn | Effect<Conn> => {
    if (fallbacks.length === 0) return fail(conn, error)
    const segments = decodedSegments(pathOf(conn)) as readonly string[]
    for (const fallback of fallbacks) {
      if (!takesHost(fallback.hosts, conn.host)) continue
      const captured = paramsUnder(segments, fallback.segments)
      if (captured === undefined) continue
      const decoded = decode(fallback.codecs, captured)
      if (isLeft(decoded)) continue
      const { methodNotAllowed, automaticOptions } = fallback
      const options = automaticOptions && conn.method === 'OPTIONS'
      const allowed = otherMethods && (methodNotAllowed || options) ? allowedFor(conn, automaticOptions) : []
      const other = allowed.length > 0
      const run = other && options ? fallback.runOptions : fallback.run
      const status = !other ? 404 : options ? 204 : 405
      const headers = other ? putHeader(conn.respHeaders, 'allow', allowed.join(', ')) : conn.respHeaders
      const params = overlay(conn.params, decoded.right)
      const entered = ConnRecord.with(conn, { pathParams: captured, params })
      return run(ConnRecord.resp(entered, status, headers, conn.respBody))
    }
    return fail(conn, error)
  }

  return function router(conn) {
    const { method, host } = conn
    const found = matcher.find(method, host, pathOf(conn))
    if (found === 'malformed') return fail(conn, badRequest('the path is not percent-encoded UTF-8'))
    return found === 'none' ? miss(conn, noRoute('Not Found'), true) : enter(found.route, conn, found.params)
  }
}
