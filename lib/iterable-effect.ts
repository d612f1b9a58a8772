/**
 * What an effect is, and the one function that makes effects: those of ours can be executed by `yield*` in a generator, and in
 * development it is noted which of them were made and not executed.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { PlugError } from './error.js'
import type { Later } from './later.js'

/** What an effect comes to: a value, or an expected failure. */
export type Outcome<A, E = PlugError> = Either<E, A>

/**
 * An effect as a value: fp-ts's `IOEither<PlugError, A>` or `TaskEither<PlugError, A>`. Nothing happens until the
 * runner calls it; one that needs no promise runs synchronously.
 */
export type Effect<A> = () => Later<Outcome<A>>

/** What a plug returns: a value at once, or the effect that returns it. */
export type Result<A> = A | Effect<A>

/** Words for the compiler to print. */
export interface Hint<Words extends string> {
  readonly words: Words
}

/** An effect where a plug returns one: the words are what the compiler prints where a plug is returned without its conn. */
export type Work<A> = (hint: Hint<'give the plug its conn, as in text(…)(conn)'>) => Later<Outcome<A>>

/**
 * An effect that `yield*` executes in a generator: `const user = yield* find(id)`. It is an {@link Effect}, too. `E` is what
 * it may fail with; the failures of all that a generator yields add up in its type.
 */
export interface IterableEffect<A, E = PlugError> {
  (): Later<Outcome<A, E>>
  [Symbol.iterator](): Iterator<IterableEffect<unknown, E>, A, unknown>
  /** An effect is a function, and functions have names: not the one that was meant. */
  readonly name: Hint<'put yield* before the effect'>
}

/** An {@link IterableEffect} that is always a promise: also fp-ts's `TaskEither`. */
export interface AsyncEffect<A, E = PlugError> extends IterableEffect<A, E> {
  (): Promise<Outcome<A, E>>
}

/** A generator that yields effects and returns an `A`: what `function*` returns. */
export type EffectGenerator<A, E = PlugError> = Generator<
  IterableEffect<unknown, E>,
  A,
  Hint<'put a star behind yield, as in yield* effect'>
>

function* yieldSelf(this: unknown): Generator<unknown, unknown, unknown> {
  return yield this
}

/** The function as one that `yield*` hands to whatever runs the generator. */
export const iterable = <F extends object>(effect: F): F =>
  Object.assign(effect, { [Symbol.iterator]: yieldSelf })

/** Where effects are noted as they are made: see {@link noting}. */
const notes: { made: Set<object> | undefined } = { made: undefined }

/**
 * Calls a function, and adds the effects that are made by it to a set, from which each removes itself when it is executed.
 * What is left was forgotten. For `lint`: in production effects are not noted.
 */
export const noting = <A>(made: Set<object>, work: () => A): A => {
  const before = notes.made
  notes.made = made
  try {
    return work()
  } finally {
    notes.made = before
  }
}

/**
 * Makes an effect of a function: iterable, and under the name that messages show.
 *
 * @param within executes it for a generator, which passes the conn of its request, if that differs from `run`
 */
export const makeEffect = <A, E>(
  name: string,
  run: () => Later<Outcome<A, E>>,
  within?: (conn: never) => Later<Outcome<A, E>>,
): IterableEffect<A, E> => {
  const { made } = notes
  let effect = run
  let execute = within
  if (made !== undefined) {
    effect = () => {
      made.delete(effect)
      return run()
    }
    if (within !== undefined)
      execute = conn => {
        made.delete(effect)
        return within(conn)
      }
    Object.defineProperty(effect, 'name', { value: name })
    made.add(effect)
  }
  const parts = effect as { [Symbol.iterator]?: unknown; within?: unknown }
  parts[Symbol.iterator] = yieldSelf
  if (execute !== undefined) parts.within = execute
  return effect as unknown as IterableEffect<A, E>
}
