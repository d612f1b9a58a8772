// Streams that count how often they are closed.
import type { Readable } from 'node:stream'

type Chunks = AsyncIterable<string | Uint8Array>

/** What holds something, and how often it was released. */
export class ReleaseProbe {
  /** How often something was opened. */
  #opened = 0
  /** How often it was closed, by itself or from outside. */
  times = 0

  get isReleased(): boolean {
    return this.times >= this.#opened
  }

  toString(): string {
    return `opened ${this.#opened}, closed ${this.times}`
  }

  /** A Node stream holds something from the start, until it is destroyed. */
  node<S extends Readable>(stream: S): S {
    this.#opened = 1
    if (stream.destroyed) {
      this.times = 1
      return stream
    }
    const destroy = stream._destroy.bind(stream)
    stream._destroy = (cause, done) => {
      destroy(cause, failed => {
        this.times++
        done(failed)
      })
    }
    return stream
  }

  /** A web stream holds something until it has ended, has failed or is canceled. */
  web(
    start: () => unknown,
    chunks: AsyncIterator<Uint8Array>,
    onCancel: () => unknown,
  ): ReadableStream<Uint8Array> {
    this.#opened = 1
    let isCanceled = false
    let hasFailed = false
    const watched = async (work: () => unknown): Promise<void> => {
      try {
        await work()
      } catch (cause) {
        // of a stream that was canceled before, nothing is left to release
        if (!isCanceled) this.times++
        hasFailed = true
        throw cause
      }
    }
    return new ReadableStream<Uint8Array>({
      start: () => watched(start),
      pull: controller =>
        watched(async () => {
          const { done, value } = await chunks.next()
          if (done) {
            this.times++
            controller.close()
          } else controller.enqueue(value)
        }),
      cancel: () => {
        if (!hasFailed) this.times++
        isCanceled = true
        return onCancel() as undefined
      },
    })
  }

  /** A generator holds something once it runs. */
  generator(chunks: () => Chunks): Chunks {
    const running = async function* (this: ReleaseProbe) {
      this.#opened++
      try {
        yield* chunks()
      } finally {
        this.times++
      }
    }
    return running.call(this)
  }

  /** An iterator that holds something until it has ended, has failed or returns. */
  #iterator(
    chunks: AsyncIterator<string | Uint8Array>,
    onReturn: () => void,
  ): AsyncIterator<string | Uint8Array> {
    this.#opened++
    let hasEnded = false
    const close = (): void => {
      hasEnded = true
      this.times++
    }
    return {
      next: async () => {
        try {
          const result = await chunks.next()
          if (result.done) close()
          return result
        } catch (cause) {
          close()
          throw cause
        }
      },
      return: async () => {
        // like a generator, one that has ended ignores it
        if (!hasEnded) {
          this.times++
          onReturn()
        }
        return { done: true, value: undefined }
      },
    }
  }

  /** An iterable opens something for each iterator. */
  iterable(chunks: () => AsyncIterator<string | Uint8Array>, onReturn: () => void = () => undefined): Chunks {
    return { [Symbol.asyncIterator]: () => this.#iterator(chunks(), onReturn) }
  }

  /** An iterator that is its own iterable holds something from the start. */
  iterator(chunks: AsyncIterator<string | Uint8Array>, onReturn: () => void = () => undefined): Chunks {
    const iterator = this.#iterator(chunks, onReturn)
    return Object.assign(iterator, { [Symbol.asyncIterator]: () => iterator }) as Chunks
  }
}
