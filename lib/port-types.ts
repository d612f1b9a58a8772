/**
 * Ports: what plugs ask of the world, as interfaces. A plug takes a port as an option and never does what it describes
 * itself; the ports of Node are in `plugboard/node`, a test passes its own.
 */
import type { Conn, MatchedRoute } from './conn.js'
import type { Effect } from './effect.js'
import type { PlugError } from './error.js'
import type { HeaderList } from './http/headers.js'

/** A regular file, as a {@link Directory} finds it. */
export interface FileInfo {
  /** The path by which the adapter opens it: what `sendFile` is given. */
  readonly file: string
  /** Its size in bytes. */
  readonly size: number
  /** When it was last changed: milliseconds since the epoch. */
  readonly mtimeMs: number
}

/** A folder that files are served from. */
export interface Directory {
  /**
   * The regular file at a path of decoded segments, or undefined if there is none that may be served. It never leaves
   * the folder, whatever the segments say.
   */
  stat(path: readonly string[]): Effect<FileInfo | undefined>
}

/** How much a log line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** One answered request, as `logger` describes it: no headers, cookies, bodies or session. */
export interface LogRecord {
  readonly level: LogLevel
  /** When the request arrived: milliseconds since the epoch. The port knows when it is written, and so how long it took. */
  readonly startedAt: number
  readonly method: string
  /** The path without its query; path parameters that are filtered are blanked out. */
  readonly path: string
  readonly status: number
  readonly remoteIp: string
  /** The request id on the response, if there is one. */
  readonly requestId?: string
  /** The pattern of the route that matched: `/snippets/:id`. */
  readonly route?: string
  /** The parameters, filtered and shortened; absent if there are none. */
  readonly params?: Readonly<Record<string, unknown>>
  /** What the request failed with: the failure's tag, or the name of an app's own. */
  readonly error?: string
}

/** Where log records go. */
export interface LogPort {
  /** The effect (an fp-ts `IO`) that writes a record. It must not throw. */
  write(record: LogRecord): () => void
}

/** A request to another server, as a value. */
export interface ClientRequest {
  /** In upper case. */
  readonly method: string
  /** Where it goes: scheme, host and port, such as `'http://127.0.0.1:4001'`. */
  readonly origin: string
  /** The path and the query as they are sent: `'/posts?page=2'`. */
  readonly target: string
  /** The headers, `host` among them if it is not the origin's; none that frames the body or speaks of the connection. */
  readonly headers: HeaderList
  /** The body, read as fast as the server takes it; undefined for none. */
  readonly body: AsyncIterable<Uint8Array> | undefined
  /** The bytes of the body; undefined where nobody knows. */
  readonly length: number | undefined
  /** Ends the request when it fires, and the response too. */
  readonly signal: AbortSignal
}

/** The body of a response: read once, as fast as it is asked for. It throws if it ends before its time. */
export interface ClientBody extends AsyncIterable<Uint8Array> {
  /** Gives up what has not been read. */
  destroy?(): unknown
}

/** A response of another server, whose body is still to come. */
export interface ClientResponse {
  readonly status: number
  /** As they came, names in lower case. */
  readonly headers: HeaderList
  /** Undefined where HTTP allows none: for HEAD, 204 and 304. */
  readonly body: ClientBody | undefined
}

/** What sends requests to other servers. */
export interface HttpClient {
  /**
   * The effect that sends a request, and gives the response once its headers are there: whatever its status, it is no
   * failure. A server that cannot be reached is a `BadGateway`, one that takes too long a `GatewayTimeout`; what the
   * request's body fails with is passed on.
   */
  send(request: ClientRequest): Effect<ClientResponse>
}

/** What is known of a dispatch: a request for which a router has found a route. */
export interface RouterDispatch {
  /** The conn at this point. Its `route` has the method and the metadata that the route was declared with. */
  readonly conn: Conn & { readonly route: MatchedRoute }
  /** The route's pattern, mounts included: `'/snippets/:id'`; of a mount, the path it is at. */
  readonly route: string
  /** The name of what the request is dispatched to: the route's handler, or what is mounted there. */
  readonly plug: string
  /** The text of the path parameters of this router's route. */
  readonly pathParams: Conn['pathParams']
  /** The names of what the route's scopes go through, the outermost's first; a mounted router has its own alone. */
  readonly pipeThrough: readonly string[]
  /** One object for each dispatch, the same at its start and at its end: a key for what a handler keeps between them. */
  readonly span: object
}

/** What is known of a request when an endpoint begins to answer it. */
export interface EndpointRequest {
  /** The conn that the app's first plug is given. */
  readonly conn: Conn
  /** One object for each request, the same at its start and at its end: a key for what a handler keeps between them. */
  readonly span: object
}

/** What is known of a request that an endpoint has answered. */
export interface EndpointResponse {
  /** The final conn: with its response, of a failure too (`conn.error`), and all hooks run. */
  readonly conn: Conn & { readonly status: number }
  /** The same object as at the start. */
  readonly span: object
}

/** What is known of a failure for which a response was made. */
export interface RenderedError {
  /** The conn with that response; no hook has seen it yet. */
  readonly conn: Conn
  /** The status of that response. */
  readonly status: number
  readonly error: PlugError
}

/** What is known of an endpoint that is served. */
export interface ServedEndpoint {
  /** Its address: `http://127.0.0.1:4000`. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
}

/** What is known of a write that a session did not get, because another request has renewed or dropped it meanwhile. */
export interface DroppedWrite {
  /** The conn whose changes are not stored. */
  readonly conn: Conn
  /** The session's name. */
  readonly session: string
}

/** The name of an event, what was measured (in milliseconds), and what it is about. */
interface Event<Name extends string, Measured extends string, About> {
  readonly name: Name
  readonly measurements: { readonly [M in Measured]: number }
  readonly metadata: About
}

/**
 * What an app tells of itself, in the form of Erlang's `:telemetry`, told apart by `name`. Every start has one end.
 *
 * - The endpoint that is served tells of each request that reaches the app, as it is run.
 * - Whatever makes the response of a failure tells of that: the endpoint, and the adapter where no app is in the way.
 * - A session tells of changes that it does not store.
 * - A router tells of each dispatch: it starts once the route is found and its parameters are on the conn, before any
 *   pipeline runs. The end is an exception where the dispatched plug itself fails, expectedly or by a throw, and else a
 *   stop: also behind a pipeline that halts or fails (`conn.error` says so).
 */
export type TelemetryEvent =
  /** A server listens; told once by each, and with workers in each of their processes. `systemTime`: ms since the epoch. */
  | Event<'plugboard.endpoint.init', 'systemTime', ServedEndpoint>
  /** `systemTime`: milliseconds since the epoch. */
  | Event<'plugboard.endpoint.start', 'systemTime', EndpointRequest>
  /** `duration`: milliseconds since the start, hooks included; the response is yet to be sent. */
  | Event<'plugboard.endpoint.stop', 'duration', EndpointResponse>
  /** `duration`: milliseconds that the response took to make. */
  | Event<'plugboard.error_rendered', 'duration', RenderedError>
  /** `systemTime`: milliseconds since the epoch. */
  | Event<'plugboard.session.write_dropped', 'systemTime', DroppedWrite>
  /** `systemTime`: milliseconds since the epoch. */
  | Event<'plugboard.router_dispatch.start', 'systemTime', RouterDispatch>
  /** `duration`: milliseconds since the start, pipelines included. */
  | Event<'plugboard.router_dispatch.stop', 'duration', RouterDispatch>
  /** The failure is `conn.error`, too; what was thrown is its `cause`. */
  | Event<'plugboard.router_dispatch.exception', 'duration', RouterDispatch & { readonly error: PlugError }>

/** Where telemetry events go, and the clocks that they are measured by. None of its functions may throw. */
export interface TelemetryPort {
  /** The effect (an fp-ts `IO`) that reads the time: milliseconds since the epoch. */
  systemTime(): number
  /** The effect that reads a clock which never goes back: milliseconds, of which only differences mean anything. */
  monotonicTime(): number
  /** The effect that tells whom it concerns of an event; the request goes on when it is done. */
  execute(event: TelemetryEvent): () => void
}
