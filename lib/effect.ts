/** Effects as values: what a plug returns when its result must be fetched from the world. Nothing runs before the runner. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { PlugError } from './error.js'
import { right } from './fp.js'

/**
 * An effect as a value: fp-ts's `IOEither<PlugError, A>` or `TaskEither<PlugError, A>`. Nothing happens until the
 * runner calls it; one that needs no promise runs synchronously.
 */
export type Effect<A> = () => Either<PlugError, A> | Promise<Either<PlugError, A>>

/** What a plug returns: a value at once, or the effect that gives it. */
export type Result<A> = A | Effect<A>

/**
 * The effect that gives a value that is already there.
 *
 * @example
 * import { effect } from 'plugboard'
 * effect.of(7)() // => right(7)
 */
export const of =
  <A>(value: A): Effect<A> =>
  () =>
    right(value)

/** Goes on with the outcome of an effect, at once or when its promise is kept. */
const following =
  <A, B>(
    follow: (outcome: Either<PlugError, A>) => ReturnType<Effect<B>>,
  ): ((effect: Effect<A>) => Effect<B>) =>
  effect =>
  () => {
    const outcome = effect()
    return 'then' in outcome ? outcome.then(follow) : follow(outcome)
  }

/**
 * Goes on with what an effect gives; a failure goes past. Both may answer at once or later, and what answers at once
 * meets no promise: so one function serves a store in memory and one behind a network.
 *
 * @example
 * import { effect, pipe } from 'plugboard'
 * const twice = pipe(effect.of(7), effect.chain(n => effect.of(n * 2)))
 * twice() // => right(14)
 */
export const chain = <A, B>(next: (value: A) => Effect<B>): ((effect: Effect<A>) => Effect<B>) =>
  following(outcome => (outcome._tag === 'Left' ? outcome : next(outcome.right)()))

/**
 * Changes what an effect gives.
 *
 * @example
 * import { effect, pipe } from 'plugboard'
 * pipe(effect.of(7), effect.map(n => n + 1))() // => right(8)
 */
export const map = <A, B>(change: (value: A) => B): ((effect: Effect<A>) => Effect<B>) =>
  following(outcome => (outcome._tag === 'Left' ? outcome : right(change(outcome.right))))
