/**
 * Ports: what plugs ask of the world, as interfaces. A plug takes a port as an option and never does what it describes
 * itself; the ports of Node are in `plugboard/node`, a test passes its own.
 */
import type { Effect } from './effect.js'

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
