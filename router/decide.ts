/**
 * What a router does with a request, decided once and as data: the dispatcher executes a decision, and the route table, the
 * command line and telemetry show it. Deciding is pure: it runs nothing but codecs.
 */
import type { Conn } from '../lib/conn.js'
import type { NamedCodec } from './declarations.js'
import {
  decodedSegments,
  matchesHost,
  newParams,
  type Found,
  type Matchable,
  type Matcher,
  type PathStrings,
} from './matcher.js'
import { paramsUnder, type Single } from './pattern.js'
import { trie } from './trie.js'

/** What a router reads of a request; a conn has it. */
export type RouterRequest = Pick<Conn, 'method' | 'host' | 'path' | 'scriptName' | 'segments'>

/** What a decision needs to know of a route. */
export interface Decidable extends Matchable {
  readonly codecs: readonly NamedCodec[]
}

/** What a decision needs to know of a fallback. */
export interface DecidableFallback {
  readonly hosts: readonly string[]
  /** The path that its requests are under. */
  readonly segments: readonly Single[]
  readonly codecs: readonly NamedCodec[]
  readonly methodNotAllowed: boolean
  readonly automaticOptions: boolean
}

/** A route that matches, and the parameter that one of its codecs rejects. */
export interface Rejection<R> {
  readonly route: R
  readonly pathParams: PathStrings
  readonly param: string
}

/** A request without a route. */
export interface Missed<R, F> {
  readonly kind: 'missed'
  /** 404; 405 where the fallback asks for it and other methods have routes; 204 for an automatic response to OPTIONS. */
  readonly status: 404 | 405 | 204
  /** The `allow` header of a 405 or 204: with HEAD if GET has a route, and with OPTIONS if it is automatic. */
  readonly allow: readonly string[]
  /** Set if a route matches, but a codec rejects a parameter. */
  readonly rejection: Rejection<R> | undefined
  /** The fallback that responds, with the parameters of its path. */
  readonly fallback: { readonly to: F; readonly pathParams: PathStrings; readonly params: {} } | undefined
}

/** What a router does with a request. */
export type Decision<R, F> =
  /** It runs the route. */
  | Found<R>
  /** The path is not percent-encoded UTF-8: it responds with 400. */
  | { readonly kind: 'malformed'; readonly status: 400 }
  /** A codec that asks for 400 rejects a parameter. */
  | (Rejection<R> & { readonly kind: 'rejected'; readonly status: 400 })
  | Missed<R, F>

/** Decides by the routes and fallbacks of a table. */
export interface Decider<R, F> {
  readonly decide: (request: RouterRequest) => Decision<R, F>
  /** The methods that have a route for a request's path, as an `allow` header lists them; `options` adds OPTIONS. */
  readonly allowed: (request: RouterRequest, options: boolean) => readonly string[]
}

const noMethods: readonly string[] = Object.freeze([])

/** The path to match: without the segments of the mounts. */
const pathOf = (request: RouterRequest): string =>
  // A conn splits its segments from the path when they are first read.
  request.scriptName.length === 0 ? request.path : `/${request.segments.join('/')}`

/** Decodes path parameters into a copy of them; returns the codec that rejects one, if one does. */
const decode = (
  codecs: readonly NamedCodec[],
  pathParams: PathStrings,
  into: Record<string, unknown>,
): NamedCodec | undefined => {
  for (let i = 0; i < codecs.length; i++) {
    const named = codecs[i] as NamedCodec
    const { name } = named
    const decoded = named.codec.decode(pathParams[name])
    if (decoded._tag !== 'Right') return named
    into[name] = decoded.right
  }
  return undefined
}

const copy = (pathParams: PathStrings): Record<string, unknown> => Object.assign(newParams(), pathParams)

/** The decider of a table. Of several fallbacks, the first that a request is under responds. */
export const decider = <R extends Decidable, F extends DecidableFallback>(
  routes: readonly R[],
  fallbacks: readonly F[],
): Decider<R, F> => {
  const matcher: Matcher<R> = trie(routes)
  const methods = [...new Set(routes.map(route => route.method))].filter(method => method !== '*')

  const matches = (method: string, host: string, path: string): boolean => {
    const found = matcher.find(method, host, path)
    if (typeof found !== 'object') return false
    const { route, pathParams } = found
    return decode(route.codecs, pathParams, copy(pathParams)) === undefined
  }

  const allowed = (request: RouterRequest, options: boolean): readonly string[] => {
    const { method, host } = request
    // `OPTIONS *` is for the server as a whole (RFC 9110 §9.3.7).
    const all = options && method === 'OPTIONS' && request.path === '*'
    const path = pathOf(request)
    const found = methods.filter(one => all || matches(one, host, path))
    const head = method !== 'HEAD' && !found.includes('HEAD')
    const both = found.flatMap(one => (one === 'GET' && head ? ['GET', 'HEAD'] : one))
    return options && found.length > 0 && !found.includes('OPTIONS') ? [...both, 'OPTIONS'] : both
  }

  // Written out twice: V8 is slow to spread.
  const missed = (request: RouterRequest, rejection?: Rejection<R>): Missed<R, F> => {
    if (fallbacks.length > 0) {
      const segments = decodedSegments(pathOf(request)) as readonly string[]
      for (const to of fallbacks) {
        const pathParams = matchesHost(to.hosts, request.host)
          ? paramsUnder(segments, to.segments)
          : undefined
        if (pathParams === undefined) continue
        const params = to.codecs.length === 0 ? pathParams : copy(pathParams)
        if (decode(to.codecs, pathParams, params) !== undefined) continue
        const options = to.automaticOptions && request.method === 'OPTIONS'
        const asks = rejection === undefined && (to.methodNotAllowed || options)
        const allow = asks ? allowed(request, to.automaticOptions) : noMethods
        const status = allow.length === 0 ? 404 : options ? 204 : 405
        return { kind: 'missed', status, allow, rejection, fallback: { to, pathParams, params } }
      }
    }
    return { kind: 'missed', status: 404, allow: noMethods, rejection, fallback: undefined }
  }

  const decide = (request: RouterRequest): Decision<R, F> => {
    const found = matcher.find(request.method, request.host, pathOf(request))
    if (found === 'none') return missed(request)
    if (found === 'malformed') return { kind: 'malformed', status: 400 }
    const { route, pathParams } = found
    const { codecs } = route
    if (codecs.length === 0) return found
    const params = copy(pathParams)
    const rejecting = decode(codecs, pathParams, params)
    if (rejecting === undefined) return { kind: 'route', route, pathParams, params }
    const { name: param, codec } = rejecting
    return codec.status === 400
      ? { kind: 'rejected', status: 400, route, pathParams, param }
      : missed(request, { route, pathParams, param })
  }
  return { decide, allowed }
}
