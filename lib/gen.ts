/**
 * Generators as effects: code that reads from top to bottom, in which each `yield*` executes an effect and a failure ends it.
 * Synchronous until an effect really is asynchronous, and what may fail with what adds up in the generator's type.
 */
import { describe } from './blame.js'
import type { Conn } from './conn.js'
import { caught } from './conn/raise.js'
import { ConnRecord } from './conn/record.js'
import { exception, type PlugError } from './error.js'
import { left, right } from './fp.js'
import {
  makeEffect,
  type EffectGenerator,
  type Hint,
  type IterableEffect,
  type Outcome,
} from './iterable-effect.js'
import { handled, isPromise, type Later } from './later.js'

type Running = Iterator<unknown, unknown, unknown>
type Came = Later<Outcome<unknown>>

const failedBy = (thrown: unknown): Outcome<never> => left(caught(thrown))

/** What an effect came to, if it is an Either; anything else would pass as a success without a value. */
const checked = (came: unknown): Outcome<unknown> => {
  try {
    const _tag = (came as { readonly _tag?: unknown } | null | undefined)?._tag
    if (_tag === 'Left' || _tag === 'Right') return came as Outcome<unknown>
  } catch {}
  return failedBy(new TypeError(`an effect must come to an Either, and came to ${describe(came)}`))
}

/** Executes a yielded effect; what it throws is a failure, so that the generator ends and its `finally` runs. */
const execute = (effect: unknown, conn: Conn | undefined): Came => {
  try {
    if (typeof effect !== 'function' || effect.length > 0) {
      handled(effect)
      throw new TypeError(
        'a generator must yield effects: yield* an effect, and wrap a promise in attempt(() => promise)',
      )
    }
    const { within } = effect as { readonly within?: (conn: Conn | undefined) => Came }
    const came = within === undefined ? (effect() as Came) : within(conn)
    return isPromise(came) ? Promise.resolve(came).then(checked, failedBy) : checked(came)
  } catch (thrown) {
    return failedBy(thrown)
  }
}

/** Runs a generator to its end, as a request's observer sees it if it has one. */
export const drive = (running: Running, conn: Conn | undefined): Came => {
  const observer = conn && ConnRecord.observer(conn)
  const seen: { readonly name: string }[] = []

  const resume = (start: IteratorResult<unknown, unknown>, before: Outcome<never> | undefined): Came => {
    let next = start
    let failed = before
    while (!next.done) {
      const effect = next.value
      if (observer !== undefined) {
        seen.push(effect as { readonly name: string })
        observer.before(seen, seen.length - 1, conn as Conn)
        observer.effect(seen, seen.length - 1, conn as Conn)
      }
      const came = execute(effect, conn)
      if (isPromise(came)) return came.then(outcome => proceed(outcome as Outcome<unknown>, failed))
      const outcome = ended(came as Outcome<unknown>)
      failed = failed ?? failureOf(outcome)
      next = following(outcome)
    }
    return failed ?? settled(next.value)
  }

  const ended = (outcome: Outcome<unknown>): Outcome<unknown> => {
    if (observer !== undefined) {
      const made = outcome._tag === 'Left' ? ConnRecord.fail(conn as Conn, outcome.left) : (conn as Conn)
      observer.after(seen, seen.length - 1, conn as Conn, made)
    }
    return outcome
  }
  const failureOf = (outcome: Outcome<unknown>): Outcome<never> | undefined =>
    outcome._tag === 'Left' ? outcome : undefined
  /** A failure ends the generator: its `finally` runs, and may yield. */
  const following = (outcome: Outcome<unknown>): IteratorResult<unknown, unknown> =>
    outcome._tag === 'Left'
      ? (running.return?.(undefined) ?? { done: true, value: undefined })
      : running.next(outcome.right)
  const proceed = (came: Outcome<unknown>, before: Outcome<never> | undefined): Came => {
    const outcome = ended(came)
    return resume(following(outcome), before ?? failureOf(outcome))
  }
  /** A generator may return an effect: it is the last that is executed. */
  const settled = (value: unknown): Came =>
    typeof value === 'function' && value.length === 0 ? (value() as Came) : right(value)

  return resume(running.next(), undefined)
}

/** Whether a value is a generator that `function*` made. A value that cannot be read is not. */
export const isGenerator = (value: unknown): value is Running => {
  try {
    return Object.prototype.toString.call(value) === '[object Generator]'
  } catch {
    return false
  }
}

/**
 * An effect of a generator function, for what several handlers do: it runs anew each time it is executed.
 *
 * @throws TypeError unless it is given a generator function
 * @example
 * import { effect, gen, orFail, plugError } from 'plugboard'
 * const noPost = plugError(404, 'NoPost', 'No such post')
 * const titleOf = (posts: ReadonlyMap<number, string>, id: number) =>
 *   gen(function* () {
 *     const title = yield* orFail(posts.get(id), noPost)
 *     return title.toUpperCase()
 *   })
 * titleOf(new Map([[7, 'hello']]), 7)() // => right('HELLO')
 * titleOf(new Map(), 7)() // => left(noPost)
 */
export const gen = <A, E = never>(work: () => EffectGenerator<A, E>): IterableEffect<A, E> => {
  if (typeof work !== 'function') throw new TypeError('gen: pass a generator function, function* () { … }')
  const within = (conn: Conn | undefined): Came => {
    const running: unknown = work()
    if (!isGenerator(running)) throw new TypeError('gen: pass a generator function, function* () { … }')
    return drive(running, conn)
  }
  return makeEffect(work.name || 'gen', () => within(undefined), within) as unknown as IterableEffect<A, E>
}

/** A value, or the hint for one that is yet to be executed. */
type NoEffect<A> = A extends Promise<unknown> | { readonly name: Hint<string> }
  ? 'put yield* before the effect'
  : unknown

/** Whether a value is an effect, a generator or a promise, and so says nothing yet. */
const isPending = (value: unknown): boolean =>
  isPromise(value) || isGenerator(value) || (typeof value === 'function' && Symbol.iterator in value)

const made = <E>(error: E | (() => E)): E => (typeof error === 'function' ? (error as () => E)() : error)

/**
 * The effect that returns a value, or fails where it is null or undefined.
 *
 * @param error the failure, or a function that makes it
 * @throws TypeError if the value is an effect or a promise: it would never be null
 * @example
 * import { orFail, plugError } from 'plugboard'
 * const noPost = plugError(404, 'NoPost', 'No such post')
 * orFail('a title', noPost)() // => right('a title')
 * orFail(undefined, noPost)() // => left(noPost)
 */
export const orFail = <A, E extends PlugError>(
  value: A & NoEffect<A>,
  error: E | (() => E),
): IterableEffect<NonNullable<A>, E> => {
  if (isPending(value)) throw new TypeError('orFail: the value must not be an effect: put yield* before it')
  return makeEffect('orFail', () =>
    value === null || value === undefined ? left(made(error)) : right(value as NonNullable<A>),
  )
}

/**
 * The effect that fails unless something holds. A check that is forgotten fails closed: if it was made and not executed when
 * the app has ended, the request is a 500.
 *
 * @param conn the conn of the request that the check is for
 * @param error the failure, or a function that makes it
 * @throws TypeError if `holds` is not a boolean
 * @example
 * import { assign, ensure, pipeline, plugError, text, type Assigned, type Conn } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const forbidden = plugError(403, 'Forbidden', 'Only the author may do this')
 * const draft = function* (c: Conn & Assigned<{ readonly isAuthor: boolean }>) {
 *   yield* ensure(c, c.assigns.isAuthor, forbidden)
 *   return text('the draft')(c)
 * }
 * const page = pipeline(assign('isAuthor', false), draft)
 * run(page)(conn('GET', '/')).status // => 403
 */
export const ensure = <E extends PlugError>(
  conn: Conn,
  holds: boolean,
  error: E | (() => E),
): IterableEffect<void, E> => {
  // a promise would hold, whatever becomes of it
  if (typeof holds !== 'boolean') {
    handled(holds)
    throw new TypeError(`ensure: holds must be a boolean, got ${describe(holds)}`)
  }
  const state = ConnRecord.state(conn)
  const check = { name: nameOf(error) }
  const checks = (state.checks ??= new Set())
  checks.add(check)
  return makeEffect('ensure', () => {
    checks.delete(check)
    return holds ? right(undefined) : left(made(error))
  })
}

/** The name of a failure; of a function that makes one, its own: a kind has the name of its failures. */
const nameOf = (error: PlugError | (() => PlugError)): string =>
  typeof error === 'function' ? error.name || 'ensure' : error._tag === 'AppError' ? error.name : error._tag

/** The failure of a request whose app has made a check and not executed it; undefined where there is none. */
export const forgotten = (conn: Conn): PlugError | undefined => {
  const { checks } = ConnRecord.state(conn)
  if (checks === undefined || checks.size === 0) return undefined
  const names = [...checks].map(({ name }) => name).join(', ')
  checks.clear()
  return exception(
    new TypeError(
      `a check was made and not executed (${names}): put yield* before ensure(…), or return it as an effect`,
    ),
  )
}
