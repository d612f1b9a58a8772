/**
 * Sends a streamed body chunk by chunk, as fast as the client reads it. When the client leaves, the source is closed
 * immediately: its iterator returns, a Node stream is destroyed, a web stream is canceled.
 */
import type { Conn } from '../../../conn.js'
import type { NodeRequest } from '../request/node-request.js'
import { stopReason, whenStopping } from '../request/when-over.js'
import { closing, destroy, release, type Chunks } from './release.js'
import { finish, watchUnsent } from './finish.js'
import type { ServerContext } from './server-context.js'

const toBytes = (chunk: unknown): Uint8Array => {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError(
    `stream: each chunk must be a string or a Uint8Array, got ${chunk === null ? 'null' : typeof chunk}`,
  )
}

/** A stream that is being read. */
export interface Source {
  /** The next chunk as bytes, undefined at the end. Rejects with the stream's failure, or if its length is not as declared. */
  readonly next: () => Promise<Uint8Array | undefined>
  /** Closes the stream before its end. */
  readonly close: () => void
  /** Whether it was closed before its end. */
  readonly closed: () => boolean
}

/** The iterator of a stream. A stream that has none after all is closed. */
const iteratorOf = (chunks: Chunks, report: (cause: unknown) => void): AsyncIterator<unknown> => {
  try {
    return chunks[Symbol.asyncIterator]()
  } catch (cause) {
    release(chunks, report)
    throw cause
  }
}

/**
 * Starts to read a stream, which it then closes.
 *
 * @param length the declared content-length; undefined if there is none
 * @param report receives what the stream throws or rejects with while it is closed
 */
export const openSource = (
  chunks: Chunks,
  length: number | undefined,
  report: (cause: unknown) => void,
): Source => {
  const iterator = iteratorOf(chunks, report)
  let read = 0
  let isOver = false
  let isClosed = false
  /** As in `for await`, an iterator that ends or fails by itself is not closed. */
  const nextOf = async (): Promise<IteratorResult<unknown>> => {
    try {
      const result = await iterator.next()
      isOver = result.done === true
      return result
    } catch (cause) {
      isOver = true
      throw cause
    }
  }
  return {
    next: async () => {
      const { done, value } = await nextOf()
      if (isClosed) return undefined
      if (done) {
        if (length !== undefined && read < length)
          throw new RangeError(
            `stream: the content-length is ${length} bytes, and the stream ended after ${read}`,
          )
        return undefined
      }
      const bytes = toBytes(value)
      read += bytes.length
      if (length !== undefined && read > length)
        throw new RangeError(`stream: the stream is longer than its content-length of ${length} bytes`)
      return bytes
    },
    close: () => {
      if (isClosed) return
      isClosed = true
      if (isOver) return
      destroy(chunks, report)
      closing(() => iterator.return?.(), report)
    },
    closed: () => isClosed,
  }
}

/** Resolves when the client has read what was written, or has left. */
const drained = (request: NodeRequest): Promise<void> =>
  new Promise(resolve => {
    const { response } = request
    const { socket } = request.message
    const done = (): void => {
      response.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    response.on('drain', done)
    socket.on('close', done)
  })

/** Aborts a connection so that the client notices the missing part, even if only the end of the connection ends the body. */
const abort = ({ message }: NodeRequest): void => {
  const { socket } = message
  if (message.httpVersion === '1.0' && !('encrypted' in socket)) socket.resetAndDestroy()
  else socket.destroy()
}

/** Ends a response and closes its source, because the server stops: what waits for `conn.signal` ends, too. */
const endEarly = (server: ServerContext, request: NodeRequest, source: Source): void => {
  source.close()
  request.abort(stopReason())
  finish(server, request)
}

/**
 * Sends the chunks of a body whose head is written. Never rejects: a failure aborts the connection.
 *
 * @param ends whether the body ends when the server stops
 * @param first the first chunk, if it was read before the head was written
 */
export const sendChunks = async (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  source: Source,
  ends: boolean,
  first?: Uint8Array,
): Promise<void> => {
  const { message, response } = request
  const { socket } = message
  socket.on('close', source.close)
  const forget = ends
    ? whenStopping(server, message, response, () => endEarly(server, request, source))
    : undefined
  try {
    let chunk = first ?? (await source.next())
    while (chunk !== undefined) {
      if (chunk.length > 0) {
        const isSent = response.write(chunk)
        watchUnsent(server, request)
        if (!isSent) await drained(request)
      }
      if (source.closed()) return
      chunk = await source.next()
    }
    if (!source.closed()) finish(server, request)
  } catch (cause) {
    if (source.closed()) return
    server.report(cause, conn)
    abort(request)
    source.close()
  } finally {
    socket.off('close', source.close)
    forget?.()
  }
}
