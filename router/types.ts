/**
 * The types of routes: what a handler is given, and the functions that declare routes inside a scope. A scope's type
 * carries two things inwards, the conn that its pipelines pass on and its path, so that every handler is checked where
 * it stands; outwards it carries the patterns alone, which `path` is checked against.
 */
import type { Assigned, Conn, Halted, Params, Responded } from '../lib/conn.js'
import type { AnyPlug, At, Check, In, Next, Norm, Out, One } from '../lib/fold.js'
import type { Effect } from '../lib/effect.js'
import type { Codec, Codecs, Decoded } from './codec.js'
import type { Join, Names, PathParams, ResourceName } from './pattern-types.js'

declare const patterns: unique symbol
declare const needs: unique symbol

/** Routes as a scope's list holds them: one, or all those of a scope. `P` is their patterns, `S` the conn they need. */
export interface Route<P extends string = string, S = never> {
  readonly [patterns]: P
  readonly [needs]?: (conn: S) => void
}

/** The patterns of a list of routes. */
export type PatternsOf<R extends readonly Route[]> = R[number][typeof patterns]
/** The conn that a list of scopes needs. */
export type NeedsOf<R extends readonly Route[]> = [R[number]] extends [
  { readonly [needs]?: (conn: infer S) => void },
]
  ? S
  : Conn

// --- handlers

/** The conn that the handler of a path is given, with the path's parameters and what codecs made of them. */
export type RouteConn<S, P extends string, K = {}> = [Names<P>] extends [never]
  ? S
  : S & Params<{ readonly [N in keyof PathParams<P>]: N extends keyof K ? Decoded<K[N]> : PathParams<P>[N] }>

/**
 * A handler in a file of its own: it is given the conn of a scope and the path parameters that it names, and responds.
 * `P` is their names, or a record of their types where codecs decode them.
 *
 * @example
 * import { text } from 'plugboard'
 * import { int, router, scope, type Handler } from 'plugboard/router'
 * import type { Conn } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const show: Handler<Conn, 'id'> = c => text(c.params.id)(c)
 * const page: Handler<Conn, { readonly number: number }> = c => text(String(c.params.number + 1))(c)
 * const app = router(scope('/', ({ get }) => [get('/posts/:id', show), get('/page/:number', { number: int }, page)]))
 * run(app)(conn('GET', '/page/7')).respBody // => '8'
 */
export type Handler<S = Conn, P = never> = (
  conn: S & Params<[P] extends [string] ? { readonly [N in P]: string } : P>,
) => Must<'end with text, json, render, redirect or halt'>

/** What a handler returns. The words are what the compiler prints when it returns something else. */
export type Must<Words extends string> =
  | Responded
  | Halted
  | Effect<Responded | Halted>
  // Nothing, but the words must be used to be printed.
  | (Words extends '' ? Responded : never)

/** What a route takes: a handler. The promise is never meant: it is there for the message that an async one gets. */
type Handles<S, P extends string, K = {}> = (
  conn: RouteConn<S, P, K>,
) => Must<'end with text, json, render, redirect or halt'> | Async
type Async = Promise<'a handler must not be async: wrap the work in attempt(() => promise)'>

/** Codecs for the parameters of a path; for any other name, the hint. */
type CodecsOf<P extends string, K> = {
  readonly [N in keyof K]: N extends Names<P> ? K[N] : `the path has no parameter '${N & string}'`
}

// --- scopes

/** Where a scope is and what it puts on the conn, where a path does not say it all. */
export interface ScopeOptions<P extends string, K = {}, A = {}> {
  readonly path: P
  /**
   * The host that requests must be for: exact, or a prefix that ends in `.` (`'api.'`); or a list of such. It takes the
   * place of an outer scope's host.
   */
  readonly host?: string | readonly string[]
  /** Assigns that are put on the conn before the pipelines run; an inner scope's win. */
  readonly assigns?: A
  /** Library data that is put under `conn.private` before the pipelines run; an inner scope's wins. */
  readonly private?: Readonly<Record<string, unknown>>
  /** Codecs for the parameters in the scope's path. */
  readonly params?: CodecsOf<P, K>
}

/** The conn of a scope before its pipelines run. */
type Entered<S, P extends string, K, A> = [Names<P> | keyof A] extends [never]
  ? S
  : Norm<RouteConn<S, P, K> & Assigned<A & {}>>

/** For what a scope goes through: `unknown` where it fits, else the hint. */
type Hint<S, F> = F extends readonly unknown[]
  ? { readonly [I in keyof F]: One<At<Check<F, S>, I>> }
  : One<At<Check<readonly [F], S>, '0'>>
/** The conn behind what a scope goes through; past a mistake anything, so that only the mistake is reported. */
type Through<S, F> = F extends readonly [infer G, ...infer R]
  ? [S] extends [In<G>]
    ? Through<Norm<S & Next<Out<G>>>, R>
    : // oxlint-disable-next-line typescript/no-explicit-any
      any
  : F extends readonly unknown[]
    ? S
    : Through<S, readonly [F]>

/**
 * Declares a scope: a path (or {@link ScopeOptions}), perhaps a plug, pipeline or list of them to go through, and a
 * function that is given what declares routes there and returns their list. A plug whose need is unmet is refused with
 * the hint as the expected type.
 */
export interface ScopeFn<S, B extends string, N = never> {
  <P extends string, const R extends readonly Route[], K extends Codecs = {}, A extends object = {}>(
    at: P | ScopeOptions<P, K, A>,
    routes: (verbs: Verbs<Entered<S, P, K, A>, Join<B, P>>) => R,
  ): Route<PatternsOf<R>, N>
  <
    P extends string,
    const F extends AnyPlug | readonly AnyPlug[],
    const R extends readonly Route[],
    K extends Codecs = {},
    A extends object = {},
  >(
    at: P | ScopeOptions<P, K, A>,
    through: Hint<Entered<S, P, K, A>, F> & F,
    routes: (verbs: Verbs<Through<Entered<S, P, K, A>, F>, Join<B, P>>) => R,
  ): Route<PatternsOf<R>, N>
}

// --- verbs

/**
 * Declares a route for one method: its path inside the scope, codecs for the parameters of that path where some are
 * wanted, and its handler. Patterns are Plug's: `:name`, `v:name`, `:name.json`, `*name` last, `\\:` for a colon.
 */
export interface Verb<S, B extends string> {
  <P extends string>(path: P, handler: Handles<S, P>): Route<Join<B, P>>
  <P extends string, K extends Codecs>(
    path: P,
    params: CodecsOf<P, K>,
    handler: Handles<S, P, K>,
  ): Route<Join<B, P>>
}

/** One method in upper case, a list of them, or `'*'` for any. */
export type Methods = '*' | (string & {}) | readonly string[]

/** Declares a route for any methods, as {@link Verb} does for one: `match(['GET', 'POST'], '/rpc', handler)`. */
export interface Match<S, B extends string> {
  <P extends string>(methods: Methods, path: P, handler: Handles<S, P>): Route<Join<B, P>>
  <P extends string, K extends Codecs>(
    methods: Methods,
    path: P,
    params: CodecsOf<P, K>,
    handler: Handles<S, P, K>,
  ): Route<Join<B, P>>
}

// --- resources

/** The seven actions of a resource. */
export type ActionName = 'index' | 'edit' | 'new' | 'show' | 'create' | 'update' | 'delete'

/** What of a resource is declared, and what its parameter is called. */
export interface ResourceOptions {
  /** Only these actions. */
  readonly only?: readonly ActionName[]
  /** All actions but these. */
  readonly except?: readonly ActionName[]
  /** The name of the parameter that tells one from another. Default `'id'`. */
  readonly param?: string
  /** Decodes that parameter, for the handlers and, under its name, for nested routes. */
  readonly codec?: Codec<unknown>
  /** The name of one, for the parameter under which nested routes see it. Default: the path's last part in the singular. */
  readonly name?: string
  /** Whether there is only one: no `index`, and no parameter. Default false. */
  readonly singleton?: boolean
}

type ParamOf<O> = O extends { readonly param: infer N extends string } ? N : 'id'
type NameOf<P extends string, O> = O extends { readonly name: infer N extends string } ? N : ResourceName<P>
type Member<P extends string, O> = O extends { readonly singleton: true }
  ? P
  : Join<Join<'/', P>, `/:${ParamOf<O>}`>
type MemberCodecs<O> = O extends { readonly codec: infer C } ? { readonly [N in ParamOf<O>]: C } : {}
type ParentParam<P extends string, O> = `${NameOf<P, O>}${Capitalize<ParamOf<O>>}`
type ParentCodecs<P extends string, O> = O extends { readonly codec: infer C }
  ? { readonly [N in ParentParam<P, O>]: C }
  : {}
type Parent<P extends string, O> = O extends { readonly singleton: true }
  ? P
  : Join<Join<'/', P>, `/:${ParentParam<P, O>}`>

/**
 * The actions of a resource, for a record of handlers in a file of its own: `satisfies Partial<Actions<Browser,
 * '/posts'>>`. `O` is the resource's options where they change the parameter: `{ param: 'slug' }`, `{ codec: Codec<number> }`.
 */
export interface Actions<S, P extends string, O = {}> {
  readonly index: Handles<S, P>
  readonly edit: Handles<S, Member<P, O>, MemberCodecs<O>>
  readonly new: Handles<S, P>
  readonly show: Handles<S, Member<P, O>, MemberCodecs<O>>
  readonly create: Handles<S, P>
  readonly update: Handles<S, Member<P, O>, MemberCodecs<O>>
  readonly delete: Handles<S, Member<P, O>, MemberCodecs<O>>
}

type Chosen<A, O> = O extends { readonly only: readonly (infer N)[] }
  ? N
  : O extends { readonly except: readonly (infer N)[] }
    ? Exclude<keyof A, N>
    : keyof A
type ActionPath<B extends string, O, N> = N extends 'index' | 'create'
  ? B
  : N extends 'new'
    ? Join<B, '/new'>
    : N extends 'edit'
      ? Join<Member<B, O>, '/edit'>
      : N extends 'show' | 'update' | 'delete'
        ? Member<B, O>
        : never

/**
 * Declares the routes of a resource, as Phoenix does: for each handler of the record `index` GET /, `edit` GET
 * /:id/edit, `new` GET /new, `show` GET /:id, `create` POST /, `update` PATCH and PUT /:id, `delete` DELETE /:id, in
 * this order. Routes nested under one member see its parameter under the member's name: `:postId`.
 *
 * @example
 * import { text } from 'plugboard'
 * import { router, scope } from 'plugboard/router'
 * const app = router(
 *   scope('/', ({ resources }) => [
 *     resources('/posts', { index: text('all'), show: c => text(c.params.id)(c) }, { only: ['show'] }, ({ get }) => [
 *       get('/likes', c => text(`likes of ${c.params.postId}`)(c)),
 *     ]),
 *   ]),
 * )
 * app.routes.map(route => route.pattern) // => ['/posts/:id', '/posts/:postId/likes']
 */
export interface Resources<S, B extends string> {
  <
    P extends string,
    A extends Partial<Actions<S, P, O>>,
    const O extends ResourceOptions = {},
    const R extends readonly Route[] = [],
  >(
    path: P,
    actions: A,
    options?: O,
    nested?: (verbs: Verbs<RouteConn<S, Parent<P, O>, ParentCodecs<P, O>>, Join<B, Parent<P, O>>>) => R,
  ): Route<ActionPath<Join<B, P>, O, Chosen<A, O>> | PatternsOf<R>>
}

// --- mounts and fallbacks

type Mounted<B extends string, F> = F extends {
  readonly routes: readonly { readonly pattern: infer Q extends string }[]
}
  ? Q extends unknown
    ? Join<B, Q>
    : never
  : B

/** How a fallback answers. */
export interface FallbackOptions {
  /**
   * Whether a request whose path has routes for other methods only is a 405, with an `allow` header that lists them.
   * Default false: it is a 404.
   */
  readonly methodNotAllowed?: boolean
}

// --- all of it

/** The functions that declare routes, as a scope's callback is given them. */
export interface Verbs<S, B extends string> {
  readonly get: Verb<S, B>
  readonly post: Verb<S, B>
  readonly put: Verb<S, B>
  readonly patch: Verb<S, B>
  readonly delete: Verb<S, B>
  readonly head: Verb<S, B>
  readonly options: Verb<S, B>
  /** A route for several methods, for any, or for one that has no function of its own. */
  readonly match: Match<S, B>
  /** The routes of a resource. */
  readonly resources: Resources<S, B>
  /** A scope inside this one: it goes through this one's pipelines first. */
  readonly scope: ScopeFn<S, B>
  /**
   * Mounts a plug, often another router: it is given every request under the path, whatever the method. It sees what is
   * left of the path as `conn.segments`; what is before it is in `conn.scriptName`.
   */
  forward<P extends string, F extends Handles<S, P>>(path: P, to: F): Route<Mounted<Join<B, P>, F>>
  /**
   * Answers requests under the scope's path that no route takes, through the scope's pipelines. The status is 404
   * unless the handler sets another. Of several fallbacks, the one of the longest path answers.
   */
  fallback(handler: Handles<S, '/'>, options?: FallbackOptions): Route<never>
}
