/**
 * What a plug is: a pure function from a conn to the next conn, to a halted conn, or to an effect that only the runner
 * executes. Here are its types and the functions that make and join plugs: pipeline, when, attempt, fail, rescue.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Conn, Halted, Responded } from './conn.js'
import type { Effect, Result } from './effect.js'
import { ConnRecord } from './conn/record.js'
import { caught } from './conn/raise.js'
import { exception, type PlugError } from './error.js'
import type { AnyPlug, At, Check, In, Made, Norm, Out, Start, Walk } from './fold.js'
import { left, right } from './fp.js'

/**
 * A plug: it needs an `In` and passes an `Out` on, or halts.
 *
 * @example
 * import { putRespHeader, type Plug } from 'plugboard'
 * const noSniff: Plug = conn => putRespHeader('x-content-type-options', 'nosniff')(conn)
 */
export type Plug<In extends Conn = Conn, Out extends Conn = In> = (conn: In) => Result<Out | Halted>

interface PipelineFn {
  /**
   * Joins plugs into one. Each is given the conn that the one before it passed on; a halted conn skips the rest.
   * The compiler folds over the plugs: one whose need is unmet is refused with the hint as the expected type.
   *
   * @example
   * import { assign, pipeline, putStatus, text } from 'plugboard'
   * import { conn, run } from 'plugboard/testing'
   * const hello = pipeline(assign('name', 'Ada'), putStatus(201), text('hello'))
   * run(hello)(conn('GET', '/')).status // => 201
   */
  <const Fs extends readonly AnyPlug[]>(
    ...plugs: { [K in keyof Fs]: At<Check<Fs, Start<Fs>>, K> & Fs[K] }
  ): Made<Start<Fs>, Walk<Fs, Norm<Start<Fs>>>>
  /** A pipeline that begins where another left off: `pipeline.from<Browser>()(requireUser, …)`. */
  from<S extends Conn>(): <const Fs extends readonly AnyPlug[]>(
    ...plugs: { [K in keyof Fs]: At<Check<Fs, S>, K> & Fs[K] }
  ) => Made<S, Walk<Fs, Norm<S>>>
}

type Step = (conn: Conn) => unknown

/** The steps of every pipeline, so that a pipeline inside another is one list and not a call in a call. */
const stepsOf = new WeakMap<object, readonly Step[]>()

/** The plugs that a pipeline is made of, pipelines inside it opened; a plug that is no pipeline is its own only step. */
export const steps = (plug: AnyPlug): readonly AnyPlug[] => stepsOf.get(plug) ?? [plug]

/** What an app has, for plugs to look at before it is served. */
export interface AtBoot {
  readonly secretKeyBase: string | undefined
  /** What a plug calls that encrypts: a faster cipher is worth its loading then. */
  readonly encrypts?: () => void
  /** How many processes will serve the app, where `serve` was told; what one keeps in memory the others do not see. */
  readonly workers?: number | undefined
}

/** What plugs look at before they are served. */
const bootChecks = new WeakMap<object, (given: AtBoot) => void>()

/** The plug, which throws before it is served unless it is given what it needs. */
export const checkedAtBoot = <F extends AnyPlug>(plug: F, check: (given: AtBoot) => void): F => {
  bootChecks.set(plug, check)
  return plug
}

/** Throws unless a plug, and every one that it is made of, is given what it needs. */
export const checkAtBoot = (plug: AnyPlug, given: AtBoot): void => {
  for (const step of steps(plug)) bootChecks.get(step)?.(given)
}

const describe = (value: unknown): string => {
  if (value instanceof Promise) return 'a promise'
  if (value instanceof ConnRecord) return 'a conn'
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object that is no conn' : `a ${typeof value}`
}

/** The name to show for a plug. */
export const plugName = (plug: unknown): string =>
  (typeof plug === 'function' && plug.name) || 'an anonymous plug'

/** Fails with a mistake of the plug at a place: the sentence begins with the plug's name. */
const blame = (list: readonly Step[], at: number, conn: Conn, sentence: string): Halted =>
  fail(conn, exception(new TypeError(`${plugName(list[at])} ${sentence}`)))

const ignore = (): void => {}

/** What a step returned is neither a conn nor an effect. */
const noResult = (list: readonly Step[], at: number, conn: Conn, value: unknown): Halted => {
  if (!(value instanceof Promise))
    return blame(list, at, conn, `must return a conn or an effect, and returned ${describe(value)}`)
  // nobody waits for it: were it to reject, the process would end
  value.catch(ignore)
  return blame(list, at, conn, 'returned a promise: wrap the work in attempt(() => promise)')
}

/** A step has returned an effect, which is yet to be executed; the steps behind it go on from what it gives. */
interface Waiting {
  readonly list: readonly Step[]
  readonly at: number
  /** What the step was given. */
  readonly conn: Conn
  readonly effect: () => unknown
}

type Reached = Conn | Waiting

/** Runs the steps from one place on, until the end, a halted conn or an effect. It performs nothing. */
const walk = (list: readonly Step[], from: number, start: Conn): Reached => {
  let conn = start
  try {
    for (let at = from; at < list.length; at++) {
      if (conn.halted) return conn
      const result = (list[at] as Step)(conn)
      if (result instanceof ConnRecord) conn = result
      else if (typeof result !== 'function') return noResult(list, at, conn, result)
      else if (result.length > 0)
        return blame(list, at, conn, 'returned a function of a conn: give a plug its conn, as in plug(conn)')
      else return { list, at, conn, effect: result as () => unknown }
    }
  } catch (thrown) {
    return fail(conn, caught(thrown))
  }
  return conn
}

/** Goes on from what an effect gave. */
const settle = ({ list, at, conn }: Waiting, outcome: unknown): Reached => {
  const { _tag, left, right } = Object(outcome) as { readonly [K in '_tag' | 'left' | 'right']?: unknown }
  if (_tag === 'Left') return fail(conn, left as PlugError)
  if (_tag !== 'Right')
    return blame(list, at, conn, `returned an effect that must give an Either, and gave ${describe(outcome)}`)
  return right instanceof ConnRecord
    ? walk(list, at + 1, right)
    : blame(list, at, conn, `returned an effect that must give a conn, and gave ${describe(right)}`)
}

/** Executes effects until there is a conn: at once, or in a promise from the first asynchronous one on. */
const perform = (reached: Reached): Conn | Promise<Conn> => {
  let to = reached
  while (!(to instanceof ConnRecord)) {
    const waiting = to as Waiting
    const failed = (thrown: unknown): Conn => fail(waiting.conn, caught(thrown))
    try {
      const outcome = waiting.effect()
      if (typeof (outcome as { readonly then?: unknown } | undefined)?.then === 'function')
        return Promise.resolve(outcome)
          .then(given => settle(waiting, given))
          .then(perform, failed)
      to = settle(waiting, outcome)
    } catch (thrown) {
      return failed(thrown)
    }
  }
  return to
}

/** A conn, or a promise of one, as an effect gives it. */
export const given = (
  done: Conn | Promise<Conn>,
): Either<PlugError, Conn> | Promise<Either<PlugError, Conn>> =>
  done instanceof ConnRecord ? right(done) : (done as Promise<Conn>).then(right)

/** As a plug returns it: the conn, or the effect that gives it. That effect never fails: a failure is on the conn. */
const resultOf = (reached: Reached): Conn | Effect<Conn> =>
  reached instanceof ConnRecord ? reached : () => given(perform(reached))

/** Applies a function to a conn, at once or when the promise of it is kept. */
export const andThen = (
  conn: Conn | Promise<Conn>,
  next: (conn: Conn) => Conn | Promise<Conn>,
): Conn | Promise<Conn> => (conn instanceof ConnRecord ? next(conn) : (conn as Promise<Conn>).then(next))

/** Throws unless an argument is a function. */
const checkFunction = (value: unknown, what: string): void => {
  if (typeof value !== 'function') throw new TypeError(`${what}, and is ${describe(value)}`)
}

const nameAs = <F extends object>(name: string, f: F): F => Object.defineProperty(f, 'name', { value: name })

const join = (plugs: readonly AnyPlug[]): AnyPlug => {
  const list = plugs.flatMap((plug, i) => {
    checkFunction(plug, `pipeline: plug ${i + 1} must be a function from a conn`)
    return steps(plug)
  }) as readonly Step[]
  const pipeline = (conn: Conn): Conn | Effect<Conn> => resultOf(walk(list, 0, conn))
  stepsOf.set(pipeline, list)
  return pipeline
}

export const pipeline = Object.assign((...plugs: readonly AnyPlug[]) => join(plugs), {
  from:
    () =>
    (...plugs: readonly AnyPlug[]) =>
      join(plugs),
}) as unknown as PipelineFn

/**
 * A pipeline under a name, as Phoenix's `pipeline :browser` has one: the route table and messages show it.
 *
 * @throws TypeError for what is no pipeline, and for an empty name
 * @example
 * import { assign, named, pipeline, text } from 'plugboard'
 * import { router, routes, scope } from 'plugboard/router'
 * const browser = named('browser', pipeline(assign('site', 'Plugboard')))
 * const app = router(scope('/', browser, ({ get }) => [get('/', text('home'))]))
 * routes(app).map(route => route.pipelines) // => [['browser']]
 */
export const named = <F extends AnyPlug>(name: string, pipeline: F): F => {
  if (typeof name !== 'string' || name === '') throw new TypeError('named: the name must be a text')
  if (!stepsOf.has(pipeline)) throw new TypeError(`named: "${name}" must be a pipeline, made by pipeline(…)`)
  return nameAs(name, join([pipeline])) as F
}

/**
 * Executes a plug on a conn: the final conn, or a promise of it if an effect on the way really is asynchronous.
 * It never throws and never rejects: a failure is on the conn, as `conn.error`, with all that was set before it.
 */
export const interpret = (plug: AnyPlug): ((conn: Conn) => Conn | Promise<Conn>) => {
  const list = steps(plug) as readonly Step[]
  return conn => perform(walk(list, 0, conn))
}

/** Executes a plug on a conn, as {@link interpret} does: for one that is known only when a request is there. */
export const execute = (plug: AnyPlug, conn: Conn): Conn | Promise<Conn> =>
  perform(walk(steps(plug) as readonly Step[], 0, conn))

/**
 * Stops the pipeline with an expected failure. The conn, with all that was set on it, reaches the error handler.
 *
 * @example
 * import { fail, plugError, type Plug } from 'plugboard'
 * const closed: Plug = conn => fail(conn, plugError(503, 'Closed', 'Back at nine'))
 */
export const fail = (conn: Conn, error: PlugError): Halted => ConnRecord.fail(conn, error)

/**
 * Makes an effect of work that needs a promise. What the promise rejects with becomes a failure: what `onError` says,
 * or else an `Exception` (500).
 *
 * @example
 * import { attempt, plugError } from 'plugboard'
 * const load = attempt(
 *   () => Promise.resolve(42),
 *   () => plugError(503, 'Unreachable', 'Try again later'),
 * )
 */
export const attempt = <A>(
  work: () => Promise<A>,
  onError: (cause: unknown) => PlugError = caught,
): (() => Promise<Either<PlugError, A>>) => {
  checkFunction(work, 'attempt: the work must be a function that gives a promise')
  checkFunction(onError, 'attempt: onError must be a function from what was thrown to a failure')
  return async () => {
    try {
      return right(await work())
    } catch (cause) {
      return left(onError(cause))
    }
  }
}

/**
 * Applies a plug only to conns that meet a condition; others pass unchanged. A condition that asks for more than a plain
 * conn says so: `when((conn: Conn & WithFlash) => …, plug)`.
 *
 * @example
 * import { putRespHeader, when } from 'plugboard'
 * const hsts = when(conn => conn.scheme === 'https', putRespHeader('strict-transport-security', 'max-age=31536000'))
 */
export const when = <N extends Conn, F extends AnyPlug>(
  condition: (conn: N) => boolean,
  plug: F,
): (<C extends N & In<F>>(conn: C) => C | Out<F>) => {
  checkFunction(condition, 'when: the condition must be a function from a conn')
  checkFunction(plug, 'when: the plug must be a function from a conn')
  const conditional = <C extends N & In<F>>(conn: C) => (condition(conn) ? (plug(conn) as Out<F>) : conn)
  return checkedAtBoot(nameAs(`when(${plugName(plug)})`, conditional), given => checkAtBoot(plug, given))
}

/**
 * Turns the failures of a plug into responses: expected ones and thrown ones. The handler is given the failure and
 * then the newest conn: the one that the failing plug was given, with all that was set before. What it makes ends the
 * pipeline, and counts as a response, so that session changes made before the failure are kept.
 *
 * @example
 * import { fail, json, pipeline, plugError, putStatus, rescue } from 'plugboard'
 * import { pipe } from 'plugboard'
 * const api = pipe(
 *   pipeline(conn => fail(conn, plugError(409, 'Taken', 'That name is taken'))),
 *   rescue(error => conn => pipe(conn, putStatus(error.status), json({ error: error.message }))),
 * )
 */
export const rescue = <R extends Result<Responded | Halted>>(
  handler: (error: PlugError) => (conn: Conn) => R,
): (<F extends AnyPlug>(plug: F) => <C extends Conn & In<F>>(conn: C) => Out<F> | Rescued<Out<F> | R>) => {
  checkFunction(handler, 'rescue: the handler must be a function from a failure to a plug')

  /** Leaves a conn that has not failed since; of one that has, the handler makes a response. */
  const mend = (before: PlugError | undefined, conn: Conn): Reached => {
    const { error } = conn
    if (error === undefined || error === before) return conn
    const respond = nameAs('the handler of rescue', (failed: Conn) => handler(error)(failed))
    return walk([respond, ConnRecord.halt], 0, ConnRecord.recover(conn, before))
  }

  return <F extends AnyPlug>(plug: F) => {
    checkFunction(plug, 'rescue: the plug must be a function from a conn')
    const list = steps(plug) as readonly Step[]
    const rescued = (conn: Conn): Conn | Effect<Conn> => {
      const before = conn.error
      const reached = walk(list, 0, conn)
      return reached instanceof ConnRecord
        ? resultOf(mend(before, reached))
        : () => given(andThen(perform(reached), made => perform(mend(before, made))))
    }
    checkedAtBoot(rescued, given => checkAtBoot(plug, given))
    return nameAs(`rescue(${plugName(plug)})`, rescued) as <C extends Conn & In<F>>(
      conn: C,
    ) => Out<F> | Rescued<Out<F> | R>
  }
}

/** A rescued plug may halt: at once or, if the plug or the handler is an effect, as an effect. */
export type Rescued<R> = Extract<R, () => unknown> extends never ? Halted : Halted | Effect<Halted>
