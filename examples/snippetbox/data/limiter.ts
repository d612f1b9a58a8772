// Bounds costly work: so many at once, so many waiting in a line, and the next one is told at once to come back later.
import { left, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { exception, plugError, type AppError, type PlugError } from 'plugboard'

export interface LimiterOptions {
  /** How much work is done at once: at least 1. */
  readonly atOnce: number
  /** How much more may wait, first come first served: at least 0. */
  readonly waiting: number
}

/** Makes work an effect that waits for its place. Left: `Busy` (503) when the line is full, an `Exception` when the work fails. */
export type Limiter = <A>(work: () => Promise<A>) => TaskEither<PlugError, A>

const busy: AppError<'Busy'> = plugError(503, 'Busy', 'The server is busy. Please try again in a moment.', {
  headers: { 'retry-after': '2' },
})

/** Makes a limiter; all work that goes through the same one shares its places. */
export const makeLimiter = ({ atOnce, waiting }: LimiterOptions): Limiter => {
  if (!Number.isSafeInteger(atOnce) || atOnce < 1)
    throw new RangeError(`makeLimiter: atOnce must be an integer of at least 1, got ${atOnce}`)
  if (!Number.isSafeInteger(waiting) || waiting < 0)
    throw new RangeError(`makeLimiter: waiting must be an integer of at least 0, got ${waiting}`)
  const line: (() => void)[] = []
  let running = 0
  return work => async () => {
    if (running < atOnce) running += 1
    else if (line.length < waiting) await new Promise<void>(resolve => void line.push(resolve))
    else return left(busy)
    try {
      return right(await work())
    } catch (cause) {
      return left(exception(cause))
    } finally {
      // The place goes to who waited longest, or becomes free.
      const next = line.shift()
      if (next) next()
      else running -= 1
    }
  }
}
