/**
 * What a router does with a request, decided once and as data: the dispatcher executes a decision, and the route table, the
 * command line and telemetry show the same one. It is pure: nothing runs but codecs.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from '../lib/fp.js'
import {
  decodedSegments,
  newParams,
  takesHost,
  type Captured,
  type Matchable,
  type Matcher,
} from './matcher.js'
import type { NamedCodec } from './node.js'
import { paramsUnder, type Single } from './pattern.js'
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

/** What of a request a router looks at. */
export interface Asked {
  readonly method: string
  readonly host: string
  /** What is left of the path behind the mounts, as it was sent. */
  readonly path: string
  /** Whether the request is for the server as a whole, `OPTIONS *` (RFC 9110 §9.3.7). */
  readonly server: boolean
}

export interface Decidable extends Matchable {
  readonly codecs: readonly NamedCodec[]
}
export interface DecidableFallback {
  readonly hosts: readonly string[]
  readonly segments: readonly Single[]
  readonly codecs: readonly NamedCodec[]
  readonly methodNotAllowed: boolean
  readonly automaticOptions: boolean
}

/** What becomes of a request. `allow` is what the response says, HEAD and OPTIONS included. */
export type Decision<R, F> =
  | { readonly kind: 'route'; readonly route: R; readonly captured: Captured; readonly params: {} }
  | { readonly kind: 'malformed'; readonly status: 400 }
  | {
      readonly kind: 'refused'
      readonly status: 400
      readonly route: R
      readonly captured: Captured
      readonly param: string
    }
  | {
      readonly kind: 'missed'
      /** 404; 405 with `allow`, where the fallback asks for it; 204 for an automatic answer to OPTIONS. */
      readonly status: 404 | 405 | 204
      readonly allow: readonly string[]
      /** The route of which a codec refused a parameter, and which. */
      readonly refused: R | undefined
      readonly captured: Captured | undefined
      readonly param: string | undefined
      readonly fallback: { readonly to: F; readonly captured: Captured; readonly params: {} } | undefined
    }

/** Decides what becomes of requests, by the routes and fallbacks of a table. */
export interface Decider<R, F> {
  readonly decide: (asked: Asked) => Decision<R, F>
  /** The methods that routes of a path are for, as an `allow` header lists them; `options` adds OPTIONS. */
  readonly allowed: (asked: Asked, options: boolean) => readonly string[]
}

const nothing: readonly string[] = Object.freeze([])

/** What decides by the routes and fallbacks of a table, the longest path of a fallback first. */
export const decider = <R extends Decidable, F extends DecidableFallback>(
  routes: readonly R[],
  fallbacks: readonly F[],
): Decider<R, F> => {
  const matcher: Matcher<R> = trie(routes)
  const methods = [...new Set(routes.map(route => route.method))].filter(method => method !== '*')

  const takes = (method: string, { host, path }: Asked): boolean => {
    const found = matcher.find(method, host, path)
    return typeof found === 'object' && !isLeft(decode(found.route.codecs, found.params))
  }
  const allowed = (asked: Asked, options: boolean): readonly string[] => {
    const all = options && asked.method === 'OPTIONS' && asked.server
    const found = methods.filter(method => all || takes(method, asked))
    const head = asked.method !== 'HEAD' && !found.includes('HEAD')
    const both = found.flatMap(method => (method === 'GET' && head ? ['GET', 'HEAD'] : method))
    return options && found.length > 0 && !found.includes('OPTIONS') ? [...both, 'OPTIONS'] : both
  }
  const missed = (asked: Asked, refused?: R, captured?: Captured, param?: string): Decision<R, F> => {
    // Written out twice: V8 is slow to spread.
    const kind = 'missed'
    const none = { kind, refused, captured, param, status: 404, allow: nothing, fallback: undefined } as const
    if (fallbacks.length === 0) return none
    const segments = decodedSegments(asked.path) as readonly string[]
    for (const to of fallbacks) {
      const under = takesHost(to.hosts, asked.host) ? paramsUnder(segments, to.segments) : undefined
      const decoded = under && decode(to.codecs, under)
      if (under === undefined || decoded === undefined || isLeft(decoded)) continue
      const options = to.automaticOptions && asked.method === 'OPTIONS'
      const asks = refused === undefined && (to.methodNotAllowed || options)
      const allow = asks ? allowed(asked, to.automaticOptions) : nothing
      const status = allow.length === 0 ? 404 : options ? 204 : 405
      const fallback = { to, captured: under, params: decoded.right }
      return { kind, refused, captured, param, status, allow, fallback }
    }
    return none
  }

  const decide = (asked: Asked): Decision<R, F> => {
    const found = matcher.find(asked.method, asked.host, asked.path)
    if (found === 'malformed') return { kind: 'malformed', status: 400 }
    if (found === 'none') return missed(asked)
    const { route, params: captured } = found
    const decoded = decode(route.codecs, captured)
    if (!isLeft(decoded)) return { kind: 'route', route, captured, params: decoded.right }
    const { name, codec } = decoded.left
    return codec.status === 400
      ? { kind: 'refused', status: 400, route, captured, param: name }
      : missed(asked, route, captured, name)
  }
  return { decide, allowed }
}
