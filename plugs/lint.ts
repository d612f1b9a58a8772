/**
 * Checks at run time, in development and in tests, that plugs keep to the contract (docs/spec.md): for plugs that no
 * compiler has checked, and for what no compiler can.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Conn } from '../lib/conn.js'
import { isConn } from '../lib/conn/is-conn.js'
import type { Effect } from '../lib/effect.js'
import { isPlugError, type PlugError } from '../lib/error.js'
import type { AnyPlug } from '../lib/fold.js'
import { checkAtBoot, checkedAtBoot } from '../lib/boot.js'
import { pipeline } from '../lib/plug.js'
import { plugName, steps } from '../lib/steps.js'
import { soon } from '../lib/later.js'
import { broken } from './lint/contract.js'
import { likeness, notice } from './lint/snapshot.js'

type Outcome = Either<PlugError, unknown>

const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'object' &&
  value !== null &&
  '_tag' in value &&
  (value._tag === 'Left' || value._tag === 'Right')

const lintStep = (plug: AnyPlug): AnyPlug => {
  const name = plugName(plug)
  const complain = (sentence: string): never => {
    throw new TypeError(`lint: ${name} ${sentence}`)
  }
  const check = (sentence: string | undefined): void => {
    if (sentence !== undefined) complain(sentence)
  }
  const checkUnchanged = (changed: string | undefined): void =>
    check(changed && `changed ${changed} in place: give a new conn instead`)

  /** What an effect came to. */
  const settle = (conn: Conn, changed: () => string | undefined, outcome: unknown): Outcome => {
    checkUnchanged(changed())
    if (!isOutcome(outcome)) return complain('gave an effect that comes to something else than an Either')
    if (outcome._tag === 'Right')
      check(isConn(outcome.right) ? broken(conn, outcome.right) : 'gave an effect that comes to no conn')
    else if (!isPlugError(outcome.left))
      complain('gave an effect that fails with something else than a PlugError')
    return outcome
  }
  const watched = (conn: Conn, effect: () => unknown): Effect<unknown> => {
    // What effects do to the world may well be seen in the assigns: a store among them has changed.
    const changed = notice(conn, false)
    return () => soon(effect(), outcome => settle(conn, changed, outcome))
  }

  const linted = (conn: Conn): unknown => {
    if (!isConn(conn)) complain('was given something that is no conn')
    const changed = notice(conn, true)
    const result = plug(conn)
    const again = plug(conn)
    checkUnchanged(changed())
    if (isConn(result)) {
      check(broken(conn, result))
      if (!isConn(again) || likeness(again) !== likeness(result))
        complain(
          'gave another result when it was called again: time and randomness are conn.now and conn.entropy',
        )
      return result
    }
    if (typeof result === 'function' && result.length === 0) return watched(conn, result as () => unknown)
    // The runner says what is wrong with it.
    return result
  }
  checkedAtBoot(linted as AnyPlug, given => checkAtBoot(plug, given))
  return Object.defineProperty(linted, 'name', { value: name })
}

/**
 * Wraps a plug, or each plug of a pipeline, so that it fails with a sentence that names the plug and what it did wrong:
 * changed the conn it was given, passed on a conn of another request, un-halted it, dropped what others put on it, set a
 * status, header, cookie or body that cannot be sent, gave an effect that comes to no conn, or gave another result when
 * it was called a second time, as only a plug that is not pure does.
 *
 * Every plug is called twice and everything is looked through: this is for development and tests.
 *
 * @example
 * import { fail, pipeline, text } from 'plugboard'
 * import { lint } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * let visits = 0
 * const count = lint(c => text(`visit ${++visits}`)(c))
 * run(count)(conn('GET', '/')).status // => 500
 */
export const lint = <F extends AnyPlug>(plug: F): F => {
  if (typeof plug !== 'function') throw new TypeError('lint: the plug must be a function from a conn')
  const list = steps(plug)
  const linted =
    list.length === 1 && list[0] === plug
      ? lintStep(plug)
      : pipeline(...(list.map(lintStep) as readonly unknown[] as readonly never[]))
  return linted as F
}
