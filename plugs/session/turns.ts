/**
 * Updates of one session in this process take turns: those that compete for a store's compare-and-set would ask it as often
 * as the square of their number.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Effect } from '../../lib/effect.js'
import type { PlugError } from '../../lib/error.js'
import { isLeft } from '../../lib/fp.js'
import { isPromise } from '../../lib/later.js'
import type { Store } from './store.js'

type Outcome<A> = Either<PlugError, A>

/** The last in the queue of each session. */
const queues = new WeakMap<Store, Map<string, Promise<Outcome<unknown>>>>()

const queueOf = (store: Store): Map<string, Promise<Outcome<unknown>>> => {
  const known = queues.get(store)
  if (known !== undefined) return known
  const made = new Map<string, Promise<Outcome<unknown>>>()
  queues.set(store, made)
  return made
}

/**
 * The effect, which begins when those before it in the queue of a session have come to an end; at once if there are none. If
 * the store did not answer the one before, it is not asked again: nobody waits longer than the store's time-out.
 */
export const inTurn =
  <A>(store: Store, place: string, effect: Effect<A>): Effect<A> =>
  () => {
    const queue = queueOf(store)
    const last = queue.get(place)
    const outcome =
      last === undefined
        ? effect()
        : last.then(
            before => (isLeft(before) && before.left._tag === 'SessionUnavailable' ? before : effect()),
            () => effect(),
          )
    if (!isPromise(outcome)) return outcome
    const leave = (): void => {
      if (queue.get(place) === outcome) queue.delete(place)
    }
    queue.set(place, outcome)
    outcome.then(leave, leave)
    return outcome
  }
