/**
 * Checks at run time, in development and in tests, that plugs keep the contract (docs/spec.md): for plugs that the
 * compiler has not checked, and for what it cannot check.
 */
import type { Conn } from '../lib/conn.js'
import { isConn } from '../lib/conn/is-conn.js'
import { rehearse } from '../lib/conn/rehearse.js'
import { halt } from '../lib/conn/response.js'
import type { Effect, Outcome } from '../lib/effect.js'
import { isPlugError } from '../lib/error.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { isGenerator } from '../lib/gen.js'
import { noting } from '../lib/iterable-effect.js'
import { checkAtBoot, checkedAtBoot } from '../lib/boot.js'
import { pipeline } from '../lib/plug.js'
import { nameAs, plugName, steps } from '../lib/steps.js'
import { isPromise, soon } from '../lib/later.js'
import { broken } from './lint/contract.js'
import { forgottenBy } from './lint/forgotten.js'
import { watchGenerator } from './lint/generator.js'
import { likeness, notice } from './lint/snapshot.js'

const isOutcome = (value: unknown): value is Outcome<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  '_tag' in value &&
  (value._tag === 'Left' || value._tag === 'Right')

const isEffect = (value: unknown): value is () => unknown => typeof value === 'function' && value.length === 0

/** What a plug returned, by kind. */
const kindOf = (result: unknown): string => {
  if (isConn(result)) return 'conn'
  if (isEffect(result)) return 'effect'
  return isGenerator(result) ? 'generator' : 'other'
}

const ignore = (): void => {}

const lintStep = (plug: AnyPlug): AnyPlug => {
  // the interpreter knows it by identity: a plug that responds may be followed by it
  if (plug === halt) return plug
  const name = plugName(plug)
  const complain = (sentence: string): never => {
    throw new TypeError(`lint: ${name} ${sentence}`)
  }
  const check = (sentence: string | undefined): void => {
    if (sentence !== undefined) complain(sentence)
  }
  const checkUnchanged = (changed: string | undefined): void =>
    check(changed && `changed ${changed} in place: return a new conn instead`)

  /** Checks the conn that a plug passes on, and that it executed the effects that it made. */
  const checkPassedOn = (before: Conn, after: Conn, made: ReadonlySet<object>): void => {
    check(broken(before, after))
    const effect = forgottenBy(made, before, after)
    check(effect && `made an effect (${effect}) and did not execute it: yield* it, return it, or remove it`)
  }

  const linted = (conn: Conn): unknown => {
    if (!isConn(conn)) complain('was called with a value that is not a conn')
    const made = new Set<object>()
    const changedDeeply = notice(conn, true)
    const result = noting(made, () => plug(conn) as unknown)
    const again = rehearse(conn, () => plug(conn) as unknown)
    // nothing waits for it: were it to reject, the process would end
    if (isPromise(again)) again.then(ignore, ignore)
    checkUnchanged(changedDeeply())
    // Effects may change the world, and so a store that is among the assigns.
    const changed = notice(conn, false)

    const settle = (outcome: unknown): Outcome<unknown> => {
      checkUnchanged(changed())
      if (!isOutcome(outcome)) return complain('returned an effect that does not come to an Either')
      if (outcome._tag === 'Left') {
        if (!isPlugError(outcome.left))
          complain('returned an effect that fails with a value that is not a PlugError')
      } else if (isConn(outcome.right)) checkPassedOn(conn, outcome.right, made)
      else complain('returned an effect that does not come to a conn')
      return outcome
    }
    const watched =
      (effect: () => unknown): Effect<unknown> =>
      () =>
        soon(noting(made, effect), settle)
    const returned = (value: unknown): unknown => {
      checkUnchanged(changed())
      if (isEffect(value)) return watched(value)
      if (isConn(value)) checkPassedOn(conn, value, made)
      return value
    }

    const kind = kindOf(result)
    // The runner says what is wrong with it.
    if (kind === 'other') return result
    if (kind !== kindOf(again) || (isConn(again) && likeness(again) !== likeness(result as Conn)))
      complain(
        'returned another result when it was called again: use conn.now and conn.entropy for time and randomness',
      )
    // A call of a generator function performs nothing. The first generator runs, the second never does.
    return isGenerator(result)
      ? watchGenerator(result, work => noting(made, work), returned)
      : returned(result)
  }
  checkedAtBoot(linted as AnyPlug, given => checkAtBoot(plug, given))
  return nameAs(name, linted)
}

/**
 * Wraps a plug, or each plug of a pipeline, so that the request fails when the plug breaks the contract: the sentence names
 * the plug and what it did. It must not
 *
 * - change the conn that it received, or return another result when it is called a second time with the same conn;
 * - pass on a conn of another request, un-halt it, or drop what other plugs put on it;
 * - set a status, header, cookie or body that cannot be sent;
 * - return an effect that does not come to a conn or a `PlugError`;
 * - make an effect (`attempt`, `effect.map`, a store's) and not execute it. Make an effect that only a function executes
 *   that runs later, such as one of `registerBeforeSend`, inside that function.
 *
 * For development and tests only, because it calls every plug twice and compares everything that the conn holds. Effects and
 * generators are executed once, and the checks (`ensure`) of the second call do not count.
 *
 * @throws TypeError unless it is called with a function
 * @example
 * import { text } from 'plugboard'
 * import { lint } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * let visits = 0
 * const count = lint(c => text(`visit ${++visits}`)(c))
 * run(count)(conn('GET', '/')).status // => 500
 */
export const lint = <F extends AnyPlug>(plug: F): F => {
  if (typeof plug !== 'function') throw new TypeError('lint: plug must be a function from a conn')
  const list = steps(plug)
  if (list.length === 1 && list[0] === plug) return Object.assign(lintStep(plug), plug) as F
  const linted = pipeline(...(list.map(lintStep) as readonly unknown[] as readonly never[]))
  return nameAs(plugName(plug), linted) as unknown as F
}
