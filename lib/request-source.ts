/** A request as an adapter reads it: what an adapter of one's own passes to `connOf`. */
import type { Body, Conn, StreamBody } from './conn.js'
import type { CookieMemo } from './crypto/cookie-memo.js'
import type { HeaderList } from './http/headers.js'
import type { Observer } from './observer.js'
import type { TelemetryPort } from './port-types.js'

/** What an adapter knows of a request. It may compute the parts when they are first read. */
export interface RequestSource {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly segments: readonly string[]
  readonly scriptName: readonly string[]
  readonly queryString: string
  readonly reqHeaders: HeaderList
  readonly remoteIp: string
  readonly httpVersion: string
  readonly body: Body
  readonly now: number
  entropy(label: string, length: number): Uint8Array
  readonly signal: AbortSignal
  /** Fires when the server begins to stop. Default: a signal that never fires. */
  readonly draining?: AbortSignal
  readonly endpointUrl: string | undefined
  readonly secretKeyBase: string | undefined
  /** The endpoint's memo of cookies, if it has one. No conn shows it. */
  readonly cookieMemo?: CookieMemo | undefined
  /** The endpoint's port for telemetry, if it has one. No conn shows it. */
  readonly telemetry?: TelemetryPort | undefined
  /** Looks on while the request runs: for a trace or a recording. */
  readonly observer?: Observer | undefined
  /**
   * Called with each stream that a plug puts on a conn of this request, before the plug returns. The adapter owns the stream
   * from then on: it listens for its errors, and closes it once, however the request ends.
   */
  own?(body: StreamBody, conn: Conn): void
  /** Called with every conn of this request as it is made; undefined outside of tests. */
  readonly watch?: ((conn: Conn) => void) | undefined
}
