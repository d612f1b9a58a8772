/** The request body of node:http, as effects with limits on size and on the time between two pieces. */
import type { IncomingMessage } from 'node:http'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Body, BodyLimits } from '../../conn.js'
import { raise } from '../../conn/raise.js'
import type { Effect } from '../../effect.js'
import { badRequest, exception, requestTimeout, requestTooLarge, type PlugError } from '../../error.js'
import { left, right } from '../../fp.js'

const defaultLength = 8_000_000
const defaultTimeout = 15_000

const noBytes = new Uint8Array(0)

/** The body of a request without one. */
export const noBody: Body = {
  bytes: () => () => right(noBytes),
  chunks: () => ({
    // oxlint-disable-next-line require-yield
    async *[Symbol.asyncIterator]() {
      return
    },
  }),
}

const tooLarge = (length: number): PlugError => requestTooLarge(`the body is larger than ${length} bytes`)
const tooSlow = requestTimeout('the body came too slowly')
const cutOff = badRequest('the body ended before its time')
const unwanted = badRequest('the request was answered before its body had been read')
const readTwice = (): TypeError =>
  new TypeError('conn.body.chunks() gives the body once, and leaves nothing for conn.body.bytes()')

/** What was read, unless it is larger than is allowed now. */
const within =
  (length: number) =>
  (read: Either<PlugError, Uint8Array>): Either<PlugError, Uint8Array> =>
    read._tag === 'Right' && read.right.length > length ? left(tooLarge(length)) : read

/** A body, and what the adapter asks of it. */
export interface MessageBody {
  readonly body: Body
  /** Whether somebody has begun to read it. */
  readonly taken: () => boolean
  /** Whether all of its bytes have been taken at once. */
  readonly drained: () => boolean
  /** Whether reading failed, so that nobody knows what is left. */
  readonly failed: () => boolean
  /** Throws away what is left. */
  readonly discard: () => void
}

/**
 * The body of a message. What has been read whole is kept, so that reading it again gives the same bytes.
 *
 * @param declared the declared length, or undefined when it comes in chunks
 * @param proceed called before the first byte is read, to tell a client that waits to be told (`100 Continue`)
 */
export const messageBody = (
  message: IncomingMessage,
  declared: number | undefined,
  proceed: () => void,
): MessageBody => {
  let whole: Either<PlugError, Uint8Array> | Promise<Either<PlugError, Uint8Array>> | undefined
  let taken = false
  let drained = false
  let failed = false
  let closed = false
  /** Ends the read that is under way. */
  let interrupt: ((error: PlugError) => void) | undefined

  const begin = (): void => {
    taken = true
    if (!closed) proceed()
  }
  const fail = (error: PlugError): PlugError => {
    failed = true
    return error
  }

  /** Whether nothing can be read any more, and why. */
  const isOver = (): boolean => closed || message.destroyed
  const over = (): PlugError => (closed ? unwanted : cutOff)

  /** Whether all of the bytes are here. Node's parser tells of the last ones before it tells of the end. */
  const isHere = (): boolean => (message.complete || message.readableLength === declared) && !isOver()

  /** Takes what is here, at once and without an event. Newer versions of Node give it piece by piece. */
  const takeAll = (length: number): Either<PlugError, Uint8Array> => {
    const first = (message.read() as Uint8Array | null) ?? noBytes
    const rest: Uint8Array[] = []
    if (message.readableLength > 0)
      for (let next = message.read(); next !== null; next = message.read()) rest.push(next as Uint8Array)
    drained = true
    const bytes = rest.length === 0 ? first : Buffer.concat([first, ...rest])
    return bytes.length > length ? left(tooLarge(length)) : right(bytes)
  }

  /** Reads the message to its end. */
  const readAll = (length: number, timeout: number): Promise<Either<PlugError, Uint8Array>> =>
    new Promise(resolve => {
      const chunks: Uint8Array[] = []
      let size = 0
      const end = (outcome: Either<PlugError, Uint8Array>): void => {
        clearTimeout(timer)
        interrupt = undefined
        message.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
        resolve(outcome)
      }
      const stop = (error: PlugError): void => {
        message.pause()
        end(left(fail(error)))
      }
      const onData = (chunk: Uint8Array): void => {
        size += chunk.length
        if (size > length) return stop(tooLarge(length))
        chunks.push(chunk)
        timer.refresh()
      }
      const onEnd = (): void =>
        end(right(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size)))
      const onClose = (): void => stop(cutOff)
      const timer = setTimeout(() => stop(tooSlow), timeout)
      if (isOver()) return stop(over())
      interrupt = stop
      message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
    })

  /** The next piece, taken from the socket now; undefined at the end. */
  const nextPiece = (timeout: number): Promise<Uint8Array | PlugError | undefined> =>
    new Promise(resolve => {
      const end = (outcome: Uint8Array | PlugError | undefined): void => {
        clearTimeout(timer)
        interrupt = undefined
        message.off('readable', onReadable).off('end', onEnd).off('close', onClose).off('error', onClose)
        resolve(outcome)
      }
      const onReadable = (): void => {
        const piece = message.read() as Uint8Array | null
        if (piece !== null) end(piece)
      }
      const onEnd = (): void => end(undefined)
      const onClose = (): void => end(cutOff)
      const timer = setTimeout(() => end(tooSlow), timeout)
      // with its last piece a message ends, whether or not the next one has been asked for
      if (!closed && message.readableEnded) return end(undefined)
      if (isOver()) return end(over())
      interrupt = end
      message.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onClose)
    })

  async function* pieces(length: number, timeout: number): AsyncGenerator<Uint8Array> {
    if (whole !== undefined) {
      const read = await whole
      if (read._tag === 'Left') return raise(read.left)
      if (read.right.length > length) raise(tooLarge(length))
      yield read.right
      return
    }
    if (taken) throw readTwice()
    if (declared !== undefined && declared > length) raise(tooLarge(length))
    begin()
    let size = 0
    for (;;) {
      const piece = await nextPiece(timeout)
      if (piece === undefined) return
      if ('_tag' in piece) raise(fail(piece))
      else {
        size += piece.length
        if (size > length) raise(fail(tooLarge(length)))
        yield piece
      }
    }
  }

  const body: Body = {
    bytes: (limits: BodyLimits = {}): Effect<Uint8Array> => {
      const { length = defaultLength, readTimeout = defaultTimeout } = limits
      return () => {
        if (declared !== undefined && declared > length) return left(tooLarge(length))
        if (whole !== undefined) return 'then' in whole ? whole.then(within(length)) : within(length)(whole)
        if (taken) return left(exception(readTwice()))
        begin()
        whole = isHere() ? takeAll(length) : readAll(length, readTimeout)
        return whole
      }
    },
    chunks: (limits: BodyLimits = {}): AsyncIterable<Uint8Array> => {
      const { length = defaultLength, readTimeout = defaultTimeout } = limits
      return { [Symbol.asyncIterator]: () => pieces(length, readTimeout) }
    },
  }

  return {
    body,
    taken: () => taken,
    drained: () => drained,
    failed: () => failed,
    discard: () => {
      closed = true
      interrupt?.(unwanted)
      message.resume()
    },
  }
}
