/** Goes on with a result: at once if it is there, and as an effect if it is one. */
import { chain, of, type Effect, type Result } from '../../lib/effect.js'

const isEffect = <A>(result: Result<A>): result is Effect<A> => typeof result === 'function'

/** The result of `next` for the value of a result. A failed effect stays as it failed. */
export const andThen = <A, B>(result: Result<A>, next: (value: A) => Result<B>): Result<B> => {
  if (!isEffect(result)) return next(result)
  return chain((value: A): Effect<B> => {
    const made = next(value)
    return isEffect(made) ? made : of(made)
  })(result)
}
