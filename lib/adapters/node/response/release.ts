/** Closes streams that are not read to their end. Never throws. */
import { isPromise } from '../../../later.js'

/** The chunks of a stream. */
export type Chunks = AsyncIterable<string | Uint8Array>

type Report = (cause: unknown) => void

export const ignore = (): void => {}

/** Calls what closes something, and reports what it throws or rejects with. */
export const closing = (close: () => unknown, report: Report): void => {
  try {
    const closed = close()
    if (isPromise(closed)) Promise.resolve(closed).then(ignore, report)
  } catch (cause) {
    report(cause)
  }
}

/**
 * Destroys a Node stream, or cancels a web stream. Returns whether it is either. An iterator closes what it reads by itself.
 *
 * @param report receives what `destroy` or `cancel` throws or rejects with
 */
export const destroy = (chunks: Chunks, report: Report): boolean => {
  let isStream = false
  closing(() => {
    const stream = Object(chunks) as {
      readonly destroy?: unknown
      readonly on?: unknown
      readonly cancel?: unknown
      /** A web stream that is being iterated rejects `cancel`; its iterator cancels it. */
      readonly locked?: boolean
    }
    if (typeof stream.destroy === 'function') {
      isStream = true
      // an 'error' event without a listener would end the process
      if (typeof stream.on === 'function') stream.on('error', ignore)
      return stream.destroy() as unknown
    }
    if (typeof stream.cancel === 'function') {
      isStream = true
      if (stream.locked !== true) return stream.cancel() as unknown
    }
    return undefined
  }, report)
  return isStream
}

/** Closes a stream that was never read. A generator, or another iterator, returns. Other iterables hold nothing yet. */
export const release = (chunks: Chunks, report: Report): void => {
  if (destroy(chunks, report)) return
  closing(() => {
    const iterator = Object(chunks) as { readonly next?: unknown; readonly return?: unknown }
    return typeof iterator.next === 'function' && typeof iterator.return === 'function'
      ? (iterator.return() as unknown)
      : undefined
  }, report)
}
