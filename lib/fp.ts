/**
 * What is used of fp-ts when a program runs: the constructors and guards of `Either` and `Option`, and `pipe` and `flow`.
 * The types are fp-ts's own and the values are what its functions take and give, but none of its files is loaded: its `Either`
 * brings eighteen others along, which take longer to load than all of the root.
 */
import type { Either, Left, Right } from 'fp-ts/lib/Either.js'
import type { flow as Flow, pipe as Pipe } from 'fp-ts/lib/function.js'
import type { None, Option, Some } from 'fp-ts/lib/Option.js'

/** What failed, as fp-ts's `left`. */
export const left = <E = never, A = never>(value: E): Either<E, A> => ({ _tag: 'Left', left: value })

/** What succeeded, as fp-ts's `right`. */
export const right = <E = never, A = never>(value: A): Either<E, A> => ({ _tag: 'Right', right: value })

/** Whether it failed. */
export const isLeft = <E>(either: Either<E, unknown>): either is Left<E> => either._tag === 'Left'

/** Whether it succeeded. */
export const isRight = <A>(either: Either<unknown, A>): either is Right<A> => either._tag === 'Right'

/** What is there, as fp-ts's `some`. */
export const some = <A>(value: A): Option<A> => ({ _tag: 'Some', value })

/** What is not there, as fp-ts's `none`. */
export const none: Option<never> = { _tag: 'None' }

/** Whether it is there. */
export const isSome = <A>(option: Option<A>): option is Some<A> => option._tag === 'Some'

/** Whether it is not there. */
export const isNone = (option: Option<unknown>): option is None => option._tag === 'None'

type Step = (...values: readonly unknown[]) => unknown

/**
 * A value through functions, from left to right; fp-ts's `pipe`.
 *
 * @example
 * import { pipe } from 'plugboard'
 * pipe(20, n => n + 1, n => n * 2) // => 42
 */
export const pipe = ((value: unknown, ...steps: readonly Step[]): unknown => {
  let at = value
  for (let i = 0; i < steps.length; i++) at = (steps[i] as Step)(at)
  return at
}) as typeof Pipe

/**
 * One function of several, from left to right, of which the first may take several arguments; fp-ts's `flow`.
 *
 * @example
 * import { flow } from 'plugboard'
 * const half = flow((n: number) => n / 2, String)
 * half(84) // => '42'
 */
export const flow = ((first: Step, ...steps: readonly Step[]): unknown =>
  steps.length === 0
    ? first
    : function (this: unknown, ...values: readonly unknown[]): unknown {
        let at = first.apply(this, values as unknown[])
        for (let i = 0; i < steps.length; i++) at = (steps[i] as Step)(at)
        return at
      }) as unknown as typeof Flow
