/**
 * The types of routes: what a handler is given, and the functions that declare routes inside a scope. A scope's type
 * carries two things inwards, the conn that its pipelines pass on and its path, so that every handler is checked where
 * it stands; outwards it carries the patterns alone, which `path` is checked against.
 */
import type { Assigned, Conn, ConnFields, Halted, Metadata, Params, Responded } from '../lib/conn.js'
import type { AnyPlug, At, Check, In, Next, Norm, Out, One, Unmet } from '../lib/pipeline-types.js'
import type { IterableEffect, Work } from '../lib/effect.js'
import type { EffectGenerator } from '../lib/iterable-effect.js'
import type { Codec, Decoded } from './codec.js'
import type { Distinct, Key, Unasked } from './duplicate-types.js'
import type { Join, Names, PathParams, ResourceName } from './pattern-types.js'

export declare const patterns: unique symbol
declare const needs: unique symbol
declare const keys: unique symbol

/**
 * Routes as a scope's list holds them: one, or all those of a scope. `P` is their patterns, `S` the conn they need, `K`
 * what tells one from another: method and pattern without the names of parameters.
 */
export interface Route<P extends string = string, S = never, K extends string = string> {
  readonly [patterns]: P
  readonly [needs]: (conn: S) => void
  readonly [keys]: K
}

/** The patterns of a list of routes. */
export type PatternsOf<R extends readonly Route[]> = R[number][typeof patterns]
/** The keys of a list of routes. */
type KeysOf<R extends readonly Route[]> = R[number][typeof keys]
/** For a list of routes: `unknown` for each, or a sentence about the route that another of the list is, too. */
export type NoneTwice<R extends readonly Route[]> = Distinct<R, typeof keys, typeof patterns>
/** The conn that a list of scopes needs. */
export type NeedsOf<R extends readonly Route[]> = [R[number]] extends [
  { readonly [needs]: (conn: infer S) => void },
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

/** What a handler ends with. */
type Ended = Responded | Halted
/** What a handler returns. The words are what the compiler prints when it returns something else. */
export type Must<Words extends string> =
  | Ended
  | Work<Ended>
  | EffectGenerator<Ended | Work<Ended>>
  // Nothing, but the words must be used to be printed.
  | (Words extends '' ? Responded : never)

/** What a route takes: a handler. */
type Handles<S, P extends string, K = {}> = Takes<RouteConn<S, P, K>>
type Takes<S> = (conn: S) => Must<'end with text, json, render, redirect or halt'> | Async

/** In a router that begins with a plain conn, a hint says how what is before the router is declared, too. */
type Begun<T, H> = [Conn] extends [T]
  ? H extends `put ${infer A}`
    ? `put ${A}; or scope.from<…>(), if it is before the router`
    : H
  : H

/**
 * What a handler must be besides what it is: `unknown` where it fits the conn of its route, else the hint. Before its type
 * is known it is a handler, from which an inline one has its conn's type. It stands in `NoInfer`, or the compiler looks for
 * the handler's type in the hints.
 */
type Fit<S, F, T> = F extends (conn: S) => Ended | Work<Ended> | EffectGenerator<Ended | Work<Ended>>
  ? unknown
  : Misfit<S, F, T>
type Misfit<S, F, T> = F extends (conn: infer I) => infer R
  ? [S] extends [I]
    ? Or<One<NoResponse<R>>, Takes<S>>
    : Or<Begun<T, One<Unmet<S, I>>>, Takes<S>>
  : Takes<S>
/** A hint or, where there is none, something else. */
type Or<H, A> = [H] extends [never] ? A : H

/** For each thing that a handler returns and that is no response, what to do. */
type NoResponse<R> = R extends Ended | Work<Ended> | EffectGenerator<Ended | Work<Ended>>
  ? never
  : R extends Promise<unknown>
    ? 'a handler must not be async: make it a generator (function*) and yield* attempt(() => promise)'
    : R extends Generator<infer Y, infer A>
      ? [Y] extends [IterableEffect<unknown>]
        ? NoResponse<A>
        : 'a generator must yield effects: yield* an effect, and wrap a promise in attempt(() => promise)'
      : R extends (conn: infer I) => infer E
        ? [I] extends [ConnFields]
          ? 'give the plug its conn, as in text(…)(conn)'
          : NoResponse<Come<Awaited<E>>>
        : R extends { readonly _tag: 'Left' | 'Right' }
          ? 'for a left, return fail(conn, error)'
          : R extends { readonly respHeaders: unknown }
            ? Whole<R>
            : 'end with text, json, render, redirect or halt'
/** What is a conn has not responded; what is none is a copy. */
type Whole<R> = R extends ConnFields
  ? 'end with text, json, render, redirect or halt'
  : 'change a conn by functions, as in assign(…)(conn): {...conn} is none'
/** What an effect comes to. */
type Come<E> = E extends { readonly _tag: 'Right'; readonly right: infer A } ? A : never
/** What an async function returns: it is never meant, and only there to be printed. */
export type Async =
  Promise<'a handler must not be async: make it a generator (function*) and yield* attempt(() => promise)'>

/** Codecs and patterns for the parameters of a path; for any other name, for what is neither and for the pattern of a glob, the hint. */
type CodecsOf<P extends string, K> = {
  readonly [N in keyof K]: N extends Names<P>
    ? K[N] extends RegExp
      ? string extends PathParams<P>[N]
        ? K[N]
        : `a glob takes no pattern: give '${N & string}' a codec`
      : K[N] extends Codec<unknown>
        ? K[N]
        : `'${N & string}' needs a codec, such as int, uuid or io-ts's, or a regular expression`
    : `the path has no parameter '${N & string}'`
}

/** Where a route is, what it puts on the conn and what it says of itself, where a path does not say it all. */
export interface RouteOptions<P extends string, K = {}, A = {}> {
  readonly path: P
  /** Assigns that are put on the conn before the pipelines run, over those of the scopes. */
  readonly assigns?: A
  /** Library data that is put under `conn.private` before the pipelines run, over that of the scopes. */
  readonly private?: Readonly<Record<string, unknown>>
  /** What is to be known of the route: it is in the route table and, for a request, at `conn.route.metadata`. */
  readonly metadata?: Metadata
  /** Codecs for the parameters in the route's path. */
  readonly params?: CodecsOf<P, K>
}

/** The conn of a route that puts assigns on it. */
type WithAssigns<S, A> = [keyof A] extends [never] ? S : Norm<S & Assigned<A & {}>>

// --- scopes

/** Where a scope is and what it puts on the conn, where a path does not say it all. */
export interface ScopeOptions<P extends string, K = {}, A = {}, H = string | readonly string[]> {
  readonly path: P
  /**
   * The host that requests must be for: exact, or a prefix that ends in `.` (`'api.'`); or a list of such. It takes the
   * place of an outer scope's host.
   */
  readonly host?: H
  /** Assigns that are put on the conn before the pipelines run; an inner scope's win. */
  readonly assigns?: A
  /** Library data that is put under `conn.private` before the pipelines run; an inner scope's wins. */
  readonly private?: Readonly<Record<string, unknown>>
  /** Codecs and patterns for the parameters in the scope's path. */
  readonly params?: CodecsOf<P, K>
}

/** The conn of a scope before its pipelines run. */
type Entered<S, P extends string, K, A> = [Names<P> | keyof A] extends [never]
  ? S
  : Norm<RouteConn<S, P, K> & Assigned<A & {}>>

/** What a scope can go through: a plug, or one of the names of its router's pipelines. */
type PlugOr<Names extends string> = AnyPlug | Names
/** A plug or a name, or a list. What a list holds is an object: plugs would lose what they are generic in. */
type Through<Names extends string> = PlugOr<Names> | readonly (object | Names)[]
/** The plugs that names stand for, in the place of the names. */
type Open<F, L> = F extends keyof L ? L[F] : F
type OpenAll<F, L> = { [I in keyof F]: Open<F[I], L> }

/** What a named pipeline does not fit for. The words are what the compiler prints. */
export interface Unfit<Words extends string> {
  readonly words: Words
}
/** A hint, in a form that the compiler prints beside a plug, or beside a name. */
type Worded<F, H> = F extends string ? (unknown extends H ? unknown : Unfit<H & string>) : H

/** For what a scope goes through: `unknown` where it fits, else the hint. */
type Hint<S, F, L, T> = F extends readonly unknown[]
  ? {
      // what is no plug yet is one whose conn has a type
      readonly [I in keyof F]: F[I] extends PlugOr<keyof L & string>
        ? Worded<F[I], Begun<T, One<At<Check<readonly [...OpenAll<F, L>, AnyPlug], S>, I>>>>
        : PlugOr<keyof L & string>
    }
  : Worded<F, Begun<T, One<At<Check<readonly [Open<F, L>, AnyPlug], S>, '0'>>>>
/** What a scope goes through: itself where it fits, else the hint. Before its type is known, whatever a scope may go through. */
type Passing<S, F, L, T> = [Through<keyof L & string>] extends [F]
  ? PlugOr<keyof L & string> | readonly PlugOr<keyof L & string>[]
  : NoInfer<Hint<S, F, L, T>> & F

/** The conn behind what a scope goes through; past a mistake anything, so that only the mistake is reported. */
type Behind<S, F, L> = F extends readonly [infer G, ...infer R]
  ? [S] extends [In<Open<G, L>>]
    ? Behind<Norm<S & Next<Out<Open<G, L>>>>, R, L>
    : // oxlint-disable-next-line typescript/no-explicit-any
      any
  : F extends readonly unknown[]
    ? S
    : Behind<S, readonly [F], L>

/** The keys that a scope hands on: none for one of certain hosts, whose routes are told from others by them. */
type Outward<H, C, K extends string> = [H] extends [never] ? Unasked<C, K> : never

/**
 * Declares a scope: a path (or {@link ScopeOptions}), perhaps a plug, pipeline or list of them to go through, and a
 * function that is given what declares routes there and returns their list. A plug whose need is unmet is refused with
 * the hint as the expected type. `L` is the pipelines that can be gone through by name.
 */
export interface ScopeFn<S, B extends string, N = never, L = {}, T = never> {
  <
    P extends string,
    const R extends readonly Route[],
    K extends object = {},
    A extends object = {},
    H extends string | readonly string[] = never,
  >(
    at: P | ScopeOptions<P, K, A, H>,
    routes: (verbs: Verbs<Entered<S, P, K, A>, Join<B, P>, L, T>) => R & NoneTwice<R>,
  ): Route<PatternsOf<R>, N, Outward<H, K, KeysOf<R>>>
  <
    P extends string,
    const F extends Through<keyof L & string>,
    const R extends readonly Route[],
    K extends object = {},
    A extends object = {},
    H extends string | readonly string[] = never,
  >(
    at: P | ScopeOptions<P, K, A, H>,
    through: Passing<Entered<S, P, K, A>, F, L, T>,
    routes: (verbs: Verbs<Behind<Entered<S, P, K, A>, F, L>, Join<B, P>, L, T>) => R & NoneTwice<R>,
  ): Route<PatternsOf<R>, N, Outward<H, K, KeysOf<R>>>
}

// --- verbs

/**
 * Declares a route for one method: its path inside the scope (or {@link RouteOptions}), codecs and patterns for the
 * parameters of that path where some are wanted, and its handler. Patterns of paths are Plug's: `:name`, `v:name`,
 * `:name.json`, `*name` last, `\\:` for a colon.
 */
export interface Verb<S, B extends string, M extends string = string, T = never> {
  <const P extends string, F, K extends object = {}, A extends object = {}>(
    at: P | RouteOptions<P, K, A>,
    handler: NoInfer<Fit<RouteConn<WithAssigns<S, A>, P, K>, F, T>> & F,
  ): Route<Join<B, P>, never, Key<M, Join<B, P>, K>>
  <const P extends string, const X extends Between, F, K extends object = {}, A extends object = {}>(
    at: P | RouteOptions<P, K, A>,
    between: Fitting<WithAssigns<S, A>, P, K, X, T>,
    handler: NoInfer<Fit<Reaches<WithAssigns<S, A>, P, K, X>, F, T>> & F,
  ): Route<Join<B, P>, never, Key<M, Join<B, P>, CodecsAmong<X, K>>>
}

/** What stands between a path and its handler: a plug for this route alone, a list of them, or codecs. */
type Between = AnyPlug | readonly object[] | object
type Plugs = AnyPlug | readonly unknown[]
/** For what stands between: itself where it fits, else the hint. Before its type is known, whatever may stand there. */
type Fitting<S, P extends string, K, X, T> = [X] extends [Plugs]
  ? NoInfer<Hint<RouteConn<S, P, K>, X, {}, T>> & X
  : [object] extends [X]
    ? AnyPlug | readonly AnyPlug[] | object
    : CodecsOf<P, X>
/** The conn that the handler behind it is given. */
type Reaches<S, P extends string, K, X> = [X] extends [Plugs]
  ? Behind<RouteConn<S, P, K>, X, {}>
  : RouteConn<S, P, X>
type CodecsAmong<X, K> = [X] extends [Plugs] ? K : X

/** One method in upper case, a list of them, or `'*'` for any. */
export type Methods = '*' | (string & {}) | readonly string[]

/** Declares a route for any methods, as {@link Verb} does for one: `match(['GET', 'POST'], '/rpc', handler)`. */
export interface Match<S, B extends string, T = never> {
  <const P extends string, const M extends Methods, F, K extends object = {}, A extends object = {}>(
    methods: M,
    at: P | RouteOptions<P, K, A>,
    handler: NoInfer<Fit<RouteConn<WithAssigns<S, A>, P, K>, F, T>> & F,
  ): Route<Join<B, P>, never, Key<MethodOf<M>, Join<B, P>, K>>
  <
    const P extends string,
    const X extends Between,
    const M extends Methods,
    F,
    K extends object = {},
    A extends object = {},
  >(
    methods: M,
    at: P | RouteOptions<P, K, A>,
    between: Fitting<WithAssigns<S, A>, P, K, X, T>,
    handler: NoInfer<Fit<Reaches<WithAssigns<S, A>, P, K, X>, F, T>> & F,
  ): Route<Join<B, P>, never, Key<MethodOf<M>, Join<B, P>, CodecsAmong<X, K>>>
}
type MethodOf<M extends Methods> = M extends readonly string[] ? M[number] : M & string

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
  /**
   * Decodes that parameter, for the handlers and, under its name, for nested routes; or the pattern that it must fit for
   * the routes of one member to match.
   */
  readonly codec?: Codec<unknown> | RegExp
  /** The name of one, for the parameter under which nested routes see it. Default: the path's last part in the singular. */
  readonly name?: string
  /** Whether there is only one: no `index`, and no parameter. Default false. */
  readonly singleton?: boolean
  /** Assigns that are put on the conn of the actions before the pipelines run; nested routes do not have them. */
  readonly assigns?: object
  /** Library data that is put under `conn.private` for the actions before the pipelines run. */
  readonly private?: Readonly<Record<string, unknown>>
  /** What is to be known of each of the actions' routes: see {@link RouteOptions}. */
  readonly metadata?: Metadata
}

type AssignsOf<O> = O extends { readonly assigns: infer A extends object } ? A : {}
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

/** What is given to the function that nests routes in a resource: `S` and `B` are a parent's, `C` the collection's. */
export interface Nested<
  S,
  B extends string,
  L,
  CS,
  CB extends string,
  MS,
  MB extends string,
  T,
> extends Verbs<S, B, L, T> {
  /**
   * More routes of the whole collection, beside the actions: `/posts/search`. They are declared before the actions, so
   * that `/posts/:id` does not take them.
   */
  collection<const R extends readonly Route[]>(
    routes: (verbs: Verbs<CS, CB, L, T>) => R & NoneTwice<R>,
  ): Route<PatternsOf<R>, never, KeysOf<R>>
  /** More routes of one member, under the actions' own parameter: `/posts/:id/publish`. */
  member<const R extends readonly Route[]>(
    routes: (verbs: Verbs<MS, MB, L, T>) => R & NoneTwice<R>,
  ): Route<PatternsOf<R>, never, KeysOf<R>>
}

/** The functions for the routes nested in a resource. */
type NestedIn<S, B extends string, L, P extends string, O, T> = Nested<
  RouteConn<S, Parent<P, O>, ParentCodecs<P, O>>,
  Join<B, Parent<P, O>>,
  L,
  RouteConn<S, P>,
  Join<B, P>,
  RouteConn<S, Member<P, O>, MemberCodecs<O>>,
  Join<B, Member<P, O>>,
  T
>
type ActionMethod<N> = N extends 'create'
  ? 'POST'
  : N extends 'update'
    ? 'PATCH' | 'PUT'
    : N extends 'delete'
      ? 'DELETE'
      : 'GET'
/** The keys of the actions that a record has for certain. */
type ActionKeys<B extends string, O, A, N> = N extends keyof A
  ? {} extends Pick<A, N>
    ? never
    : Key<ActionMethod<N>, ActionPath<B, O, N>, N extends 'index' | 'create' | 'new' ? {} : MemberCodecs<O>>
  : never

/**
 * Declares the routes of a resource, as Phoenix does: for each handler of the record `index` GET /, `edit` GET
 * /:id/edit, `new` GET /new, `show` GET /:id, `create` POST /, `update` PATCH and PUT /:id, `delete` DELETE /:id, in
 * this order. Routes nested under one member see its parameter under the member's name: `:postId`. The function that
 * nests them is also given Rails' `collection` and `member`, for more routes beside the actions.
 *
 * @example
 * import { text } from 'plugboard'
 * import { router, routes, scope } from 'plugboard/router'
 * const app = router(
 *   scope('/', ({ resources }) => [
 *     resources(
 *       '/posts',
 *       { index: text('all'), show: c => text(c.params.id)(c) },
 *       { only: ['show'] },
 *       ({ get, collection, member }) => [
 *         get('/likes', c => text(`likes of ${c.params.postId}`)(c)),
 *         collection(({ get }) => [get('/search', text('found'))]),
 *         member(({ post }) => [post('/publish', c => text(`published ${c.params.id}`)(c))]),
 *       ],
 *     ),
 *   ]),
 * )
 * routes(app).map(route => route.pattern)
 * // => ['/posts/search', '/posts/:id/publish', '/posts/:id', '/posts/:postId/likes']
 */
export interface Resources<S, B extends string, L = {}, T = never> {
  <
    P extends string,
    A extends Partial<Actions<WithAssigns<S, AssignsOf<O>>, P, O>>,
    const O extends ResourceOptions = {},
    const R extends readonly Route[] = [],
  >(
    path: P,
    actions: A,
    options?: O,
    nested?: (verbs: NestedIn<S, B, L, P, O, T>) => R & NoneTwice<R>,
  ): Route<
    ActionPath<Join<B, P>, O, Chosen<A, O>> | PatternsOf<R>,
    never,
    ActionKeys<Join<B, P>, O, A, Chosen<A, O>> | Unasked<ParentCodecs<P, O>, KeysOf<R>>
  >
}

// --- mounts and fallbacks

type Mounted<B extends string, F> = F extends { readonly [patterns]: infer Q extends string }
  ? Q extends unknown
    ? Join<B, Q>
    : never
  : B

/** How a fallback answers. */
export interface FallbackOptions {
  /**
   * Whether a request whose path has routes for other methods only is a 405, with an `allow` header that lists them,
   * and HEAD beside GET. The handler then runs with status 405, and a 404 that it puts or fails with becomes 405; any
   * other status of its own stays. Default false: it is a 404.
   */
  readonly methodNotAllowed?: boolean
  /**
   * Whether an OPTIONS request whose path has routes, for OPTIONS none, is a 204 with an `allow` header that lists
   * their methods; so is `OPTIONS *` at the fallback of the whole site. It is answered through the scope's pipelines.
   * Default false: as any other request without a route.
   */
  readonly automaticOptions?: boolean
}

// --- all of it

/** The functions that declare routes, as a scope's callback is given them. `L` is its router's named pipelines. */
export interface Verbs<S, B extends string, L = {}, T = never> {
  readonly get: Verb<S, B, 'GET', T>
  readonly post: Verb<S, B, 'POST', T>
  readonly put: Verb<S, B, 'PUT', T>
  readonly patch: Verb<S, B, 'PATCH', T>
  readonly delete: Verb<S, B, 'DELETE', T>
  readonly head: Verb<S, B, 'HEAD', T>
  readonly options: Verb<S, B, 'OPTIONS', T>
  readonly connect: Verb<S, B, 'CONNECT', T>
  readonly trace: Verb<S, B, 'TRACE', T>
  /** A route for several methods, for any, or for one that has no function of its own. */
  readonly match: Match<S, B, T>
  /** The routes of a resource. */
  readonly resources: Resources<S, B, L, T>
  /** A scope inside this one: it goes through this one's pipelines first. */
  readonly scope: ScopeFn<S, B, never, L, T>
  /**
   * Mounts a plug, often another router: it is given every request under the path, whatever the method. It sees what is
   * left of the path as `conn.segments`; what is before it is in `conn.scriptName`.
   */
  forward<const P extends string, F, K extends object = {}, A extends object = {}>(
    at: P | RouteOptions<P, K, A>,
    to: NoInfer<Fit<RouteConn<WithAssigns<S, A>, P, K>, F, T>> & F,
  ): Route<Mounted<Join<B, P>, F>, never, never>
  /**
   * Answers requests under the scope's path that no route takes, through the scope's pipelines. The status is 404
   * unless the handler sets another. Of several fallbacks, the one of the longest path answers.
   */
  fallback<F = unknown>(
    handler: NoInfer<Fit<S, F, T>> & F,
    options?: FallbackOptions,
  ): Route<never, never, never>
}
