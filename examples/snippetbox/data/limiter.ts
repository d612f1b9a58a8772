// Limits expensive work: how many tasks run concurrently, and how many wait. Further tasks fail immediately with `Busy`.
import { left, right } from 'fp-ts/lib/Either.js'
import { effect, exception, plugError, type AppError, type IterableEffect } from 'plugboard'

export interface LimiterOptions {
  /** How many tasks run concurrently: at least 1. */
  readonly atOnce: number
  /** How many more may wait, in order of arrival: at least 0. */
  readonly waiting: number
}

/** Turns a task into an effect that waits its turn. Fails with `Busy` (503) if the queue is full, with an `Exception` if the task fails. */
export type Limiter = <A>(work: () => Promise<A>) => IterableEffect<A>

const busy: AppError<'Busy'> = plugError(503, 'Busy', 'The server is busy. Please try again in a moment.', {
  headers: { 'retry-after': '2' },
})

/** Creates a limiter. */
export const makeLimiter = ({ atOnce, waiting }: LimiterOptions): Limiter => {
  if (!Number.isSafeInteger(atOnce) || atOnce < 1)
    throw new RangeError(`makeLimiter: atOnce must be an integer of at least 1, got ${atOnce}`)
  if (!Number.isSafeInteger(waiting) || waiting < 0)
    throw new RangeError(`makeLimiter: waiting must be an integer of at least 0, got ${waiting}`)
  const queue: (() => void)[] = []
  let running = 0
  return <A>(work: () => Promise<A>): IterableEffect<A> =>
    effect.from(async () => {
      if (running < atOnce) running += 1
      else if (queue.length < waiting) await new Promise<void>(resolve => void queue.push(resolve))
      else return left(busy)
      try {
        return right(await work())
      } catch (cause) {
        return left(exception(cause))
      } finally {
        // The next in the queue takes the slot, or it becomes free.
        const next = queue.shift()
        if (next) next()
        else running -= 1
      }
    })
}
