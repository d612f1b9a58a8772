/** The request body of node:http, as effects with limits on its size and on the time between two chunks. */
import type { IncomingMessage } from 'node:http'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Body, BodyLimits } from '../../../conn.js'
import { raise } from '../../../conn/raise.js'
import type { Effect } from '../../../effect.js'
import { badRequest, exception, requestTimeout, requestTooLarge, type PlugError } from '../../../error.js'
import { left, right } from '../../../fp.js'

const defaultLength = 8_000_000
const defaultTimeout = 15_000

const noBytes = new Uint8Array(0)

/** The empty body of a request that has none. */
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
const tooSlow = requestTimeout('the body arrived too slowly')
const incomplete = badRequest('the body is incomplete')
const unwanted = badRequest('the response was sent before the body was read')
const readTwice = (): TypeError =>
  new TypeError('the body was already read by conn.body.chunks(), which can be read only once')

/** What was read, unless it exceeds this limit. */
const within =
  (length: number) =>
  (read: Either<PlugError, Uint8Array>): Either<PlugError, Uint8Array> =>
    read._tag === 'Right' && read.right.length > length ? left(tooLarge(length)) : read

/** A body, with what the adapter must know about it. */
export interface MessageBody {
  readonly body: Body
  /** Whether the app has begun to read it. */
  readonly taken: () => boolean
  /** Whether all of its bytes were read in one go. */
  readonly drained: () => boolean
  /** Whether reading failed, so that the rest is unknown. */
  readonly failed: () => boolean
  /** Reads the rest and discards it: the app cannot read it any more, by default because the response was sent. */
  readonly discard: (reason?: PlugError) => void
  /** Whether the app waits for bytes at the moment. */
  readonly waiting: () => boolean
}

/**
 * The body of a message. A body that was read whole is kept, so that reading it again returns the same bytes.
 *
 * @param declared the declared length in bytes; undefined if the body comes in chunks
 * @param proceed called before the first byte is read: sends `100 Continue` to a client that waits for it
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
  /** Why nothing can be read any more; undefined while it can. */
  let closed: PlugError | undefined
  /** Ends the read that is pending. */
  let interrupt: ((error: PlugError) => void) | undefined

  const begin = (): void => {
    taken = true
    if (closed === undefined) proceed()
  }
  const fail = (error: PlugError): PlugError => {
    failed = true
    return error
  }

  /** Whether nothing can be read any more, and why. */
  const isOver = (): boolean => closed !== undefined || message.destroyed
  const over = (): PlugError => closed ?? incomplete

  /** Whether all of the bytes have arrived. Node's parser emits the last ones before the end. */
  const isHere = (): boolean => (message.complete || message.readableLength === declared) && !isOver()

  /** Reads what has arrived, synchronously. Newer versions of Node return it chunk by chunk. */
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
      const onClose = (): void => stop(incomplete)
      const timer = setTimeout(() => stop(tooSlow), timeout)
      if (isOver()) return stop(over())
      interrupt = stop
      message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
    })

  /** The next chunk, read from the socket now; undefined at the end. */
  const nextChunk = (timeout: number): Promise<Uint8Array | PlugError | undefined> =>
    new Promise(resolve => {
      const end = (outcome: Uint8Array | PlugError | undefined): void => {
        clearTimeout(timer)
        interrupt = undefined
        message.off('readable', onReadable).off('end', onEnd).off('close', onClose).off('error', onClose)
        resolve(outcome)
      }
      const onReadable = (): void => {
        const chunk = message.read() as Uint8Array | null
        if (chunk !== null) end(chunk)
      }
      const onEnd = (): void => end(undefined)
      const onClose = (): void => end(incomplete)
      const timer = setTimeout(() => end(tooSlow), timeout)
      // a message ends with its last chunk, whether or not the next one was requested
      if (closed === undefined && message.readableEnded) return end(undefined)
      if (isOver()) return end(over())
      interrupt = end
      message.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onClose)
    })

  async function* chunksOf(length: number, timeout: number): AsyncGenerator<Uint8Array> {
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
      const chunk = await nextChunk(timeout)
      if (chunk === undefined) return
      if ('_tag' in chunk) raise(fail(chunk))
      else {
        size += chunk.length
        if (size > length) raise(fail(tooLarge(length)))
        yield chunk
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
      return { [Symbol.asyncIterator]: () => chunksOf(length, readTimeout) }
    },
  }

  return {
    body,
    taken: () => taken,
    drained: () => drained,
    waiting: () => interrupt !== undefined,
    failed: () => failed,
    discard: (reason = unwanted) => {
      closed = reason
      interrupt?.(reason)
      message.resume()
    },
  }
}
