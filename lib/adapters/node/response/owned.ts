/**
 * Owns the streams that plugs put on the conns of a request. A stream may hold a descriptor or a connection, and may fail, long
 * before its response is sent, and it may never be sent: another response replaces it, or the client leaves. From the moment
 * it is on a conn, it has one owner, which listens for its errors and closes it once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Conn } from '../../../conn.js'
import { whenOver } from '../request/when-over.js'
import { ignore, release, type Chunks } from './release.js'

/** Receives what a stream throws or rejects with while it is closed. */
export type ReportOf = (cause: unknown, conn: Conn) => void

/** The streams of one request. */
export class OwnedStreams {
  /** Each stream with the conn that it was put on; undefined once it was closed or taken. */
  readonly #streams = new Map<Chunks, Conn | undefined>()
  readonly #report: ReportOf
  #isOver = false

  constructor(message: IncomingMessage, response: ServerResponse, report: ReportOf) {
    this.#report = report
    whenOver(message, response, () => {
      this.#isOver = true
      for (const chunks of this.#streams.keys()) this.close(chunks)
    })
  }

  /** Owns a stream. If the request is over, it is closed immediately. */
  add(chunks: Chunks, conn: Conn): void {
    if (this.#streams.has(chunks)) return
    this.#streams.set(chunks, conn)
    const { on } = chunks as { readonly on?: unknown }
    try {
      // an 'error' event without a listener ends the process
      if (typeof on === 'function') on.call(chunks, 'error', ignore)
    } catch (cause) {
      this.#report(cause, conn)
    }
    if (this.#isOver) this.close(chunks)
  }

  /** Passes a stream to what reads it, which closes it. */
  take(chunks: Chunks): void {
    this.#streams.set(chunks, undefined)
  }

  /** Closes a stream that is not sent, unless it is closed or taken. */
  close(chunks: Chunks): void {
    const conn = this.#streams.get(chunks)
    if (conn === undefined) return
    this.#streams.set(chunks, undefined)
    release(chunks, cause => this.#report(cause, conn))
  }
}
