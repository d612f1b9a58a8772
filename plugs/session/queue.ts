/**
 * Updates of one session in this process take turns: those that compete for a store's compare-and-set would ask it as often
 * as the square of their number.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Effect } from '../../lib/effect.js'
import type { PlugError } from '../../lib/error.js'
import { isLeft } from '../../lib/fp.js'
import { isPromise } from '../../lib/later.js'

type Outcome<A> = Either<PlugError, A>

/** Returns the effect as one that waits for those before it. */
export type InTurn = <A>(id: string, effect: Effect<A>) => Effect<A>

/**
 * Creates the queues of the sessions of one configuration. An effect begins when those before it in the queue of its session
 * have ended; at once if there are none. If the store did not answer the one before, it is not called again: no request
 * waits longer than the store's timeout.
 */
export const sessionQueue = (): InTurn => {
  /** The last in the queue of each session. */
  const queue = new Map<string, Promise<Outcome<unknown>>>()
  return (id, effect) => () => {
    const last = queue.get(id)
    const outcome =
      last === undefined
        ? effect()
        : last.then(
            before => (isLeft(before) && before.left._tag === 'SessionUnavailable' ? before : effect()),
            () => effect(),
          )
    if (!isPromise(outcome)) return outcome
    const leave = (): void => {
      if (queue.get(id) === outcome) queue.delete(id)
    }
    queue.set(id, outcome)
    outcome.then(leave, leave)
    return outcome
  }
}
