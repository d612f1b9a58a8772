/**
 * Ports: what plugs ask of the world, as interfaces. A plug takes a port as an option and never does what it describes
 * itself; the ports of Node are in `plugboard/node`, a test passes its own.
 */
import type { Effect } from './effect.js'
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
