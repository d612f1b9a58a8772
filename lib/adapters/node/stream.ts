/** Sends a body piece by piece, as fast as the client takes it, and gives its source back when the client leaves. */
import type { Conn } from '../../conn.js'
import { finish } from './linger.js'
import type { NodeRequest } from './request.js'
import type { Sender } from './sender.js'

/** The pieces of a stream. */
export type Pieces = AsyncIterable<string | Uint8Array>

const noIterator = (thrown: unknown): void => void thrown

/**
 * Gives up a source: a Node stream is destroyed, a web stream cancelled. Anything else that has not been started holds
 * nothing.
 */
export const abandon = (chunks: Pieces): void => {
  const source = chunks as { destroy?: () => unknown; cancel?: () => Promise<unknown> }
  if (typeof source.destroy === 'function') source.destroy()
  else if (typeof source.cancel === 'function') source.cancel().catch(noIterator)
}

const toBytes = (piece: unknown): Uint8Array => {
  if (typeof piece === 'string') return Buffer.from(piece)
  if (piece instanceof Uint8Array) return piece
  throw new TypeError(`a piece of a stream must be a string or a Uint8Array, and is of type ${typeof piece}`)
}

/** Resolves when the client has taken what was written, or has gone; one that takes nothing for too long is cut off. */
const drained = (request: NodeRequest, sendTimeout: number): Promise<void> =>
  new Promise(resolve => {
    const { response } = request
    const { socket } = request.message
    const done = (): void => {
      response.off('drain', done)
      socket.off('close', done).setTimeout(0)
      resolve()
    }
    response.on('drain', done)
    socket.on('close', done).setTimeout(sendTimeout)
  })

/** Cuts a connection so that the client sees that something is missing, even where only its end marks the body's. */
const cut = ({ message }: NodeRequest): void => {
  const { socket } = message
  if (message.httpVersion === '1.0' && !('encrypted' in socket)) socket.resetAndDestroy()
  else socket.destroy()
}

/**
 * Sends the pieces of a body whose head is written, and never rejects. If they fail, or are not as long as was said, the
 * connection is cut. When the client leaves, the source is given back at once: its iterator returns, a Node stream is
 * destroyed.
 *
 * @param length the content-length that was sent; undefined if none was
 */
export const sendPieces = async (
  sender: Sender,
  request: NodeRequest,
  conn: Conn,
  chunks: Pieces,
  iterator: AsyncIterator<string | Uint8Array>,
  length: number | undefined,
): Promise<void> => {
  const { response } = request
  const { socket } = request.message
  let left = false
  const giveBack = async (): Promise<void> => {
    try {
      abandon(chunks)
      await iterator.return?.()
    } catch (cause) {
      sender.report(cause, conn)
    }
  }
  const leave = (): void => {
    left = true
    void giveBack()
  }
  socket.on('close', leave)
  try {
    let sent = 0
    for (;;) {
      const next = await iterator.next()
      if (left) return
      if (next.done) break
      const piece = toBytes(next.value)
      sent += piece.length
      if (length !== undefined && sent > length)
        throw new RangeError(`the stream is longer than its content-length of ${length} bytes`)
      if (piece.length > 0 && !response.write(piece)) await drained(request, sender.sendTimeout)
      if (left) return
    }
    if (length !== undefined && sent < length)
      throw new RangeError(`the stream gave ${sent} bytes, and its content-length is ${length}`)
    finish(request)
  } catch (cause) {
    if (left) return
    sender.report(cause, conn)
    cut(request)
    await giveBack()
  } finally {
    socket.off('close', leave)
  }
}
