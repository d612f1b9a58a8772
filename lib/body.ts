/** Bodies: how a request's is read, and what a response's may be. */
import type { Effect } from './effect.js'

/** How much of a body is read, and how long is waited for it. */
export interface BodyLimits {
  /** Bytes at most; more is a `RequestTooLarge` (413). Default 8,000,000. */
  readonly length?: number
  /** Milliseconds at most between two pieces; longer is a `RequestTimeout` (408). Default 15,000. */
  readonly readTimeout?: number
}

/** The request body, as effects: nothing is read before the runner executes one. */
export interface Body {
  /** The whole body. Reading it again gives the same bytes. */
  bytes(limits?: BodyLimits): Effect<Uint8Array>
  /**
   * The body piece by piece, with back-pressure. It takes the body: nothing can be read after it. After `bytes` it gives
   * the same bytes.
   */
  chunks(limits?: BodyLimits): AsyncIterable<Uint8Array>
}

/** A part of a file that the adapter sends from disk. */
export interface FileBody {
  readonly kind: 'file'
  /** The file's path. */
  readonly file: string
  /** The first byte. */
  readonly offset: number
  /** How many bytes, or all from `offset` on. */
  readonly length: number | 'all'
}

/** A body that is sent chunk by chunk, as fast as the client reads it. */
export interface StreamBody {
  readonly kind: 'stream'
  readonly chunks: AsyncIterable<string | Uint8Array>
  /** Whether status and headers are sent immediately; otherwise with the first chunk. */
  readonly flushHeaders?: boolean
  /** What becomes of the stream when the server stops: it is sent to its end, or ended. Default `'finish'`. */
  readonly onDrain?: 'finish' | 'end'
}

/** A response body is data: text (sent as UTF-8), bytes, a range of a file, or a stream. */
export type RespBody = string | Uint8Array | FileBody | StreamBody
