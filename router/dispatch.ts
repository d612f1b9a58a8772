/**
 * What happens to a request: its segments are decoded, a route is found, its parameters are put on the conn, and one
 * composed pipeline runs. All that can be made beforehand is made when the app starts.
 */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import type { Conn, MatchedRoute } from '../lib/conn.js'
import { ConnRecord } from '../lib/conn/record.js'
import { badRequest, invalidParams, noRoute, type PlugError } from '../lib/error.js'
import type { AnyPlug } from '../lib/fold.js'
import { putHeader } from '../lib/http/headers.js'
import { decodeSegment } from '../lib/http/utf8.js'
import { fail, pipeline } from '../lib/plug.js'
import type { Effect } from '../lib/effect.js'
import { exactRoutes } from './exact.js'
import { takesHost, type Matchable, type Matcher } from './matcher.js'
import type { NamedCodec } from './node.js'
import { beginsWith, join, type Segment } from './pattern.js'
import type { Table, TableFallback, TableRoute } from './table.js'
import { trie } from './trie.js'

type PathParams = Conn['pathParams']

/** A parameter and where in a path it is. */
interface Capture {
  readonly name: string
  readonly at: number
  readonly glob: boolean
  /** How many characters of the segment stand before and behind it. */
  readonly before: number
  readonly behind: number
}

const capturesOf = (segments: readonly Segment[]): readonly Capture[] =>
  segments.flatMap((segment, at): Capture[] => {
    switch (segment.kind) {
      case 'literal':
        return []
      case 'param':
        return [
          {
            name: segment.name,
            at,
            glob: false,
            before: segment.prefix.length,
            behind: segment.suffix.length,
          },
        ]
      case 'glob':
        return [{ name: segment.name, at, glob: true, before: 0, behind: 0 }]
    }
  })

const capture = (captures: readonly Capture[], segments: readonly string[]): PathParams => {
  const params = Object.create(null) as Record<string, string | readonly string[]>
  for (let i = 0; i < captures.length; i++) {
    const { name, at, glob, before, behind } = captures[i] as Capture
    const text = segments[at] as string
    params[name] = glob
      ? segments.slice(at)
      : before + behind === 0
        ? text
        : text.slice(before, text.length - behind)
  }
  return params
}

/** What was captured, with the values of codecs in place of text; or the codec that refused. */
const decode = (codecs: readonly NamedCodec[], captured: PathParams): Either<NamedCodec, {}> => {
  const params: Record<string, unknown> = Object.assign(Object.create(null), captured)
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

/** Parameters laid over those that are there, keys of which the client chose. */
const overlay = (existing: {}, params: {}): {} =>
  isEmpty(existing) ? params : Object.assign(Object.create(null) as {}, existing, params)

const none: PathParams = Object.freeze(Object.create(null) as {})

/** A request's segments without their percent-encoding, or undefined if one is not encoded UTF-8. */
const decodeAll = (segments: readonly string[]): readonly string[] | undefined => {
  let decoded: string[] | undefined
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string
    if (!segment.includes('%')) continue
    const text = decodeSegment(segment)
    if (text === undefined) return undefined
    decoded ??= segments.slice()
    decoded[i] = text
  }
  return decoded ?? segments
}

/** The routes, as `conn.route` has them, under which a router or another plug is mounted. */
const mounts = new WeakSet<MatchedRoute>()

/** The pattern under which what runs is mounted; `''` when it is not. */
const mountOf = ({ scriptName, route }: Conn): string =>
  scriptName.length > 0 && route !== undefined && mounts.has(route) ? route.pattern : ''

/** What a mounted plug sees: the segments behind its path; those of its path are the script name's. */
const shift = (count: number): AnyPlug =>
  function forward(conn: Conn): Conn {
    return ConnRecord.request(conn, {
      segments: conn.segments.slice(count),
      scriptName: conn.scriptName.concat(conn.segments.slice(0, count)),
    })
  }

type Run = (conn: Conn) => Conn | Effect<Conn>

/** One pipeline of plugs that the compiler has checked where they were declared. */
const compose = (plugs: readonly AnyPlug[]): Run => pipeline(...(plugs as readonly never[])) as unknown as Run

/** A route ready to run. */
interface Compiled extends Matchable {
  readonly captures: readonly Capture[]
  readonly codecs: readonly NamedCodec[]
  readonly run: Run
  /** What the conn says of it, under a mount. */
  readonly matched: (mount: string) => MatchedRoute
}

const compile = (route: TableRoute): Compiled => {
  const { method, hosts, segments, codecs, mount } = route
  const known = new Map<string, MatchedRoute>()
  const matched = (under: string): MatchedRoute => {
    const before = known.get(under)
    if (before !== undefined) return before
    const made = Object.freeze({ method, pattern: join(under, route.pattern) })
    if (mount !== undefined) mounts.add(made)
    known.set(under, made)
    return made
  }
  return {
    method,
    hosts,
    segments,
    codecs,
    captures: capturesOf(segments.slice(0, mount)),
    run: compose([...route.plugs, ...(mount === undefined ? [] : [shift(mount)]), route.handler]),
    matched,
  }
}

/** A fallback ready to run. */
interface CompiledFallback extends Pick<TableFallback, 'hosts' | 'segments' | 'codecs' | 'methodNotAllowed'> {
  readonly captures: readonly Capture[]
  readonly run: Run
}

const compileFallback = (fallback: TableFallback): CompiledFallback => {
  const { hosts, segments, codecs, methodNotAllowed, plugs, handler } = fallback
  return {
    hosts,
    segments,
    codecs,
    methodNotAllowed,
    captures: capturesOf(segments),
    run: compose([...plugs, handler]),
  }
}

/** The plug that dispatches requests to the routes of a table. */
export const dispatcher = (table: Table): Run => {
  const routes = table.routes.map(compile)
  const fallbacks = table.fallbacks.map(compileFallback)
  const matcher: Matcher<Compiled> = trie()
  for (const route of routes) matcher.add(route)
  const exact = exactRoutes(routes, matcher, route => route.captures.length === 0)
  const methods = [...new Set(routes.map(route => route.method))]

  /** Puts what the path says on the conn, and runs the route's pipeline. */
  const enter = (route: Compiled, conn: Conn, segments: readonly string[]): Conn | Effect<Conn> => {
    const matched = route.matched(mountOf(conn))
    if (route.captures.length === 0) return route.run(ConnRecord.route(conn, matched, none, conn.params))
    const captured = capture(route.captures, segments)
    if (route.codecs.length === 0)
      return route.run(ConnRecord.route(conn, matched, captured, overlay(conn.params, captured)))
    const decoded = decode(route.codecs, captured)
    return isLeft(decoded)
      ? refuse(conn, segments, decoded.left)
      : route.run(ConnRecord.route(conn, matched, captured, overlay(conn.params, decoded.right)))
  }

  const refuse = (
    conn: Conn,
    segments: readonly string[],
    { name, codec }: NamedCodec,
  ): Conn | Effect<Conn> =>
    codec.status === 400
      ? fail(conn, invalidParams(`the path parameter "${name}" is not valid`))
      : miss(conn, segments, invalidParams('Not Found', { status: 404 }), [])

  /** Runs the fallback of the longest path that a request is under; without one, fails. */
  const miss = (
    conn: Conn,
    segments: readonly string[],
    error: PlugError,
    allowed: readonly string[],
  ): Conn | Effect<Conn> => {
    for (const fallback of fallbacks) {
      if (!takesHost(fallback.hosts, conn.host) || !beginsWith(segments, fallback.segments)) continue
      const captured = capture(fallback.captures, segments)
      const decoded = decode(fallback.codecs, captured)
      if (isLeft(decoded)) continue
      const other = fallback.methodNotAllowed && allowed.length > 0
      return fallback.run(
        ConnRecord.with(conn, {
          status: other ? 405 : 404,
          respHeaders: other ? putHeader(conn.respHeaders, 'allow', allowed.join(', ')) : conn.respHeaders,
          pathParams: captured,
          params: overlay(conn.params, decoded.right),
        }),
      )
    }
    return fail(conn, error)
  }

  return function router(conn) {
    if (conn.scriptName.length === 0) {
      const route = exact.get(conn.method)?.get(conn.path)
      if (route !== undefined) return enter(route, conn, [])
    }
    const segments = decodeAll(conn.segments)
    if (segments === undefined) return fail(conn, badRequest('the path is not percent-encoded UTF-8'))
    const { method, host } = conn
    const route = matcher.find(method, host, segments)
    if (route !== undefined) return enter(route, conn, segments)
    const allowed = methods.filter(other => matcher.find(other, host, segments) !== undefined)
    return miss(conn, segments, noRoute('Not Found'), allowed)
  }
}
