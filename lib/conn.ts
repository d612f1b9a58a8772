/**
 * The Conn: one immutable record that holds the request, what has been fetched from it, the response so far and the
 * app's own data. This file is its type, with the type states that plugs ask for and give.
 */
import type { Dict, NotFetched, NotFetchedOr } from './fetched.js'
import type { PlugError } from './error.js'
import type { HeaderList } from './http/headers.js'
import type { ParamValue } from './http/query.js'
import type { Effect } from './effect.js'
import type { Body, RespBody } from './body.js'
import type { MatchedRoute } from './matched-route.js'
import type { RespCookie } from './resp-cookie.js'
import type { Csrf } from './type-states.js'

export type * from './body.js'
export type * from './matched-route.js'
export type * from './resp-cookie.js'
export type * from './session.js'
export type * from './type-states.js'

declare const halted: unique symbol
/** Optional and of Conn alone: what has responded is a conn, and no subtype of one, so that a union keeps both. */
declare const open: unique symbol
/** Optional as well: a conn of which more is known is assignable to one of which less is, and a union keeps both. */
declare const unknown: unique symbol

/** A method of a class, which a spread leaves out: what is made by `{...conn}` is no conn. */
declare abstract class Whole {
  /** For the compiler alone. */
  'change a conn by functions, as in assign(…)(conn): {...conn} is none'(): void
}

/**
 * The immutable record that threads through every plug. A function that "changes" it returns a new one.
 *
 * Who may write what: the adapter fills the request; `fetch…` plugs fill the fetched fields; plugs and handlers write
 * the response and `assigns`; libraries write `private`; the router writes `params`, `pathParams` and `route`.
 */
export interface ConnFields extends Whole {
  // --- the request, as the adapter read it
  /** The request method in upper case: `'GET'`. */
  readonly method: string
  /** `'http'` or `'https'`: the connection's, or what `rewriteOn` was told to trust. */
  readonly scheme: 'http' | 'https'
  /** The requested host without its port: `'www.example.com'`. */
  readonly host: string
  /** The requested port. */
  readonly port: number
  /** The request path as it was sent, neither decoded nor normalised, without the query: `'/foo//bar/'`. */
  readonly path: string
  /** The path's segments still to be matched: split at `/`, empty ones dropped, not decoded. */
  readonly segments: readonly string[]
  /** The segments that routers have consumed to mount what runs now (Plug's `script_name`). */
  readonly scriptName: readonly string[]
  /** The query as it was sent, without the `?`; `''` when there is none. */
  readonly queryString: string
  /** The request headers, names in lower case. */
  readonly reqHeaders: HeaderList
  /** The address of the peer, or of the client when `rewriteOn` was told to trust the proxy. */
  readonly remoteIp: string
  /** The protocol's version: `'1.1'`. */
  readonly httpVersion: string
  /** The request body: effects that read it. */
  readonly body: Body

  // --- fetched
  /** The request's cookies, overlaid by the response's. */
  readonly cookies: NotFetched<'put fetchCookies earlier in the pipeline'> | Dict<unknown>
  /** The decoded query. */
  readonly queryParams: NotFetched<'put fetchQueryParams earlier in the pipeline'> | Dict<ParamValue>
  /** The decoded body. */
  readonly bodyParams:
    | NotFetchedOr<'put parsers() earlier in the pipeline', 'scope.from<…>(), if it is before the router'>
    | Dict<unknown>
  /** Path parameters over body parameters over query parameters; path parameters are typed by the route. */
  readonly params: {}
  /** The path parameters as the route matched them, decoded from percent-encoding but by no codec. */
  readonly pathParams: Readonly<Record<string, string | readonly string[]>>
  /** The fetched sessions by name; the one without a name of its own is `session`. */
  readonly sessions: NoSession<'put fetchSession earlier in the pipeline'>
  /** The flash: messages for this request and, after a redirect, for the next. */
  readonly flash: NotFetched<'put fetchFlash (after fetchSession) earlier in the pipeline'> | Dict<string>
  /** Where the state behind CSRF tokens is kept. */
  readonly csrf: NotFetched<'put protectFromForgery earlier in the pipeline'> | Csrf

  // --- the response
  /** The status, or undefined until one is set. */
  readonly status: number | undefined
  /** The response headers. */
  readonly respHeaders: HeaderList
  /** The response cookies by name. */
  readonly respCookies: Readonly<Record<string, RespCookie>>
  /** The response body, as data; undefined until there is one. */
  readonly respBody: RespBody | undefined

  // --- the app
  /** The app's own data. */
  readonly assigns: {}
  /** Data of libraries; keys carry the library's name. */
  readonly private: Readonly<Record<string, unknown>>
  /** Whether the rest of the pipeline is skipped. */
  readonly halted: boolean
  /** The plugs that run before the response is written, in the order they were registered; they run last to first. */
  readonly beforeSend: readonly BeforeSend[]
  /** When the request arrived: milliseconds since the epoch. The only clock a plug may read. */
  readonly now: number
  /**
   * Random bytes: the same for the same label on the same request, and never to be guessed from outside.
   * A label names its one purpose and its subject, such as `'invite:' + email`. The only randomness a plug may use.
   */
  entropy(label: string, length: number): Uint8Array
  /** Fires once: when the client has left, the deadline has passed, the rest of the request is malformed, or a stop ends the stream. */
  readonly signal: AbortSignal
  /** Fires once: when the server begins to stop. What has no end of its own, such as an event stream, should end then. */
  readonly draining: AbortSignal
  /** Where people reach the app, as the endpoint's `url` says (`'https://example.com'`); undefined if it does not. */
  readonly endpointUrl: string | undefined
  /** The secret that keys are derived from, or undefined if the endpoint has none. */
  readonly secretKeyBase: string | undefined
  /** The route that matched. */
  readonly route: MatchedRoute | undefined
  /** The failure that stopped the pipeline, if one did. */
  readonly error: PlugError | undefined
}

/** No session has been fetched: the hint is what the compiler prints where one is read. */
export interface NoSession<Hint extends string> extends Readonly<Record<never, Hint>> {}

/** The immutable record that threads through every plug: {@link ConnFields}. */
export interface Conn extends ConnFields {
  readonly [open]?: true | undefined
}

/** Whether what a plug returns has responded, and lets the rest of the pipeline go on: `never`, or the conn. */
export type Unhalted<R> = R extends WithResponse ? (typeof open extends keyof R ? never : R) : never

/** The rest: what a plug passes on. */
export type Going<R> = R extends WithResponse ? (typeof open extends keyof R ? R : never) : R

/** A plug that runs before the response is written; registered by `registerBeforeSend`. */
export type BeforeSend = (conn: Conn) => Conn | Effect<Conn>

/** A conn whose pipeline has stopped, with what is known of why. */
export interface HaltedFields extends ConnFields {
  readonly [halted]: true
}
/** A conn whose pipeline has stopped: made by {@link halt} and `fail`. */
export interface Halted extends HaltedFields {
  readonly [unknown]?: true | undefined
}
/** A conn that holds a response. The name of its mark is what the compiler prints when a handler forgets one. */
export interface WithResponse {
  readonly 'end with text, json, render, redirect or halt': true
}
/** A conn to which a plug has responded, with what is known of the response. */
export interface RespondedFields extends ConnFields, WithResponse {}
/** A conn to which a plug has responded: what a handler ends with. No other plug may follow but hooks. */
export interface Responded extends RespondedFields {
  readonly [unknown]?: true | undefined
}
