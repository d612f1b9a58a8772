/** What a step returned, and what its effect came to, read: a conn, an effect, or a mistake in the plug. */
import { noOutcome, noResult, notHalted } from './blame.js'
import type { Conn } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { halt } from './conn/response.js'
import type { PlugError } from './error.js'
import { left } from './fp.js'
import { drive, forgotten, isGenerator } from './gen.js'
import { isPromise } from './later.js'
import type { Step } from './steps.js'

/** A step has returned an effect, which is yet to be executed; the steps after it continue with what it comes to. */
export interface Paused {
  readonly list: readonly Step[]
  readonly at: number
  /** What the step was given. */
  readonly conn: ConnRecord
  readonly effect: () => unknown
}

/** Where a walk has stopped: at a conn, or at an effect. */
export type Reached = Conn | Paused

/** Whether a step is followed by another that is not `halt`. */
export const goesOn = (list: readonly Step[], at: number): boolean =>
  at + 1 < list.length && list[at + 1] !== halt

/** A step returned something that is not a conn: an effect, a generator, which is one, or a mistake. */
export const paused = (list: readonly Step[], at: number, conn: ConnRecord, result: unknown): Reached => {
  if (typeof result === 'function' && result.length === 0)
    return { list, at, conn, effect: result as () => unknown }
  return isGenerator(result)
    ? { list, at, conn, effect: () => driven(result, conn) }
    : noResult(list, at, conn, result)
}

/** A check that a generator made and did not execute is its failure, so that nothing behind it runs. */
const closed = (conn: Conn, before: number, outcome: unknown): unknown =>
  (ConnRecord.state(conn).checks?.size ?? 0) > before &&
  (outcome as { _tag?: unknown } | undefined)?._tag === 'Right'
    ? left(forgotten(conn))
    : outcome

/** Runs the generator of a plug. */
const driven = (generator: Parameters<typeof drive>[0], conn: Conn): unknown => {
  const before = ConnRecord.state(conn).checks?.size ?? 0
  const came = drive(generator, conn)
  return isPromise(came) ? came.then(outcome => closed(conn, before, outcome)) : closed(conn, before, came)
}

/** What a step passes on to the next: the conn, or a failure where it has responded and not halted. */
export const passedOn = (list: readonly Step[], at: number, before: Conn, made: Conn): Conn =>
  (made as ConnRecord).answered && !(before as ConnRecord).responded && goesOn(list, at)
    ? notHalted(list, at, before)
    : made

/** The conn that the effect of a step came to. */
export const cameTo = ({ list, at, conn }: Paused, outcome: unknown): Conn => {
  try {
    const {
      _tag,
      left,
      right: made,
    } = Object(outcome) as { readonly [K in '_tag' | 'left' | 'right']?: unknown }
    if (_tag === 'Left') return ConnRecord.fail(conn, left as PlugError)
    if (_tag === 'Right' && ConnRecord.is(made)) return passedOn(list, at, conn, made)
  } catch {}
  return noOutcome(list, at, conn, outcome)
}
