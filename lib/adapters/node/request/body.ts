/** The request body of node:http, as effects with limits on its size, on the time between two chunks, and on its rate. */
import type { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
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

/** How slowly a body may arrive while the app reads it. */
export interface BodyRate {
  /** The fewest bytes a second, on average; 0 for no limit. */
  readonly minRequestRate: number
  /** Milliseconds for which it may be slower. */
  readonly rateGrace: number
}

/** What the body of a message needs to know about its request. */
export interface MessageFacts {
  /** The declared length in bytes; undefined if the body comes in chunks. */
  readonly declared: number | undefined
  readonly rate: BodyRate
  /** Called before the first byte is read: sends `100 Continue` to a client that waits for it. */
  readonly proceed: () => void
  /** Whether the whole response has been written, so that Node discards what has not been read. */
  readonly ended: () => boolean
}

/** The body of a message. A body that was read whole is kept, so that reading it again returns the same bytes. */
export const messageBody = (
  message: IncomingMessage,
  { declared, rate: { minRequestRate, rateGrace }, proceed, ended }: MessageFacts,
): MessageBody => {
  let whole: Either<PlugError, Uint8Array> | Promise<Either<PlugError, Uint8Array>> | undefined
  let taken = false
  let drained = false
  let failed = false
  /** Why nothing can be read any more; undefined while it can. */
  let closed: PlugError | undefined
  /** Ends the read that is pending. */
  let interrupt: ((error: PlugError) => void) | undefined

  /** The bytes that have been read, and the milliseconds for which the app has waited for them. */
  let received = 0
  let waited = 0

  const begin = (): void => {
    taken = true
    if (closed === undefined && ended()) closed = unwanted
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

  /** The milliseconds after which the rate is too low if no more bytes arrive. */
  const patience = (): number =>
    minRequestRate === 0 ? Infinity : Math.max(rateGrace, (received / minRequestRate) * 1_000) - waited

  /** Reads the message to its end. */
  const readAll = (length: number, timeout: number): Promise<Either<PlugError, Uint8Array>> => {
    // what is discarded must not be paused
    if (isOver()) return Promise.resolve(left(fail(over())))
    return new Promise(resolve => {
      const chunks: Uint8Array[] = []
      const since = performance.now()
      let arrivedAt = since
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
        received = size
        arrivedAt = performance.now()
      }
      const onEnd = (): void =>
        end(right(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size)))
      const onClose = (): void => stop(incomplete)
      const check = (): void => {
        const now = performance.now()
        const rest = Math.min(arrivedAt + timeout, since + patience()) - now
        if (rest <= 0) stop(tooSlow)
        else timer = setTimeout(check, Math.ceil(rest))
      }
      let timer = setTimeout(check, Math.min(timeout, patience()))
      interrupt = stop
      message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
    })
  }

  /** The next chunk, read from the socket now; undefined at the end. */
  const nextChunk = (timeout: number): Promise<Uint8Array | PlugError | undefined> => {
    // a message ends with its last chunk, whether or not the next one was requested
    if (closed === undefined && message.readableEnded) return Promise.resolve(undefined)
    if (isOver()) return Promise.resolve(over())
    return new Promise(resolve => {
      const since = performance.now()
      const end = (outcome: Uint8Array | PlugError | undefined): void => {
        clearTimeout(timer)
        waited += performance.now() - since
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
      const timer = setTimeout(() => end(tooSlow), Math.min(timeout, Math.max(1, patience())))
      interrupt = end
      message.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onClose)
    })
  }

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
    for (;;) {
      const chunk = await nextChunk(timeout)
      if (chunk === undefined) return
      if ('_tag' in chunk) raise(fail(chunk))
      else {
        received += chunk.length
        if (received > length) raise(fail(tooLarge(length)))
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
