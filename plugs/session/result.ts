/** Goes on with a result: at once if it is there, and as an effect if it is one. */
import { andThen as later, type Result } from '../../lib/effect.js'

/** The result of `next` for the value of a result. A failed effect stays as it failed. */
export const andThen = <A, B>(result: Result<A>, next: (value: A) => Result<B>): Result<B> =>
  later(next)(result)
