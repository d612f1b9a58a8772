/** What a plug may fail with, to the compiler: by the type of what it returns, held against what is declared of it. */
import { describe } from './blame.js'
import type { AnswerIn, Failed, FailureIn } from './answers.js'
import type { Conn, Going, HaltedFields, Unhalted } from './conn.js'
import type { Result } from './effect.js'
import { declare } from './declared.js'
import type { ErrorMaker, ErrorRecord } from './error.js'
import type { FailureKind } from './failure.js'
import type { AnyPlug, In, Next, One, Out, Value } from './pipeline-types.js'

/** The failures that the compiler sees a plug return: those of a literal status, failed with or on the left of an effect. */
export type FailuresOf<F> = Known<FailureIn<Value<Out<F>>>>
type Known<E> = E extends { readonly status: infer S } ? (number extends S ? never : E) : never

/** The answers that the compiler sees a plug end with: those of a literal status, whether it halts or ends the app. */
export type AnswersOf<F> = AnswerIn<Value<Out<F>>>

/** The failures of a kind. */
type Made<K> =
  K extends ErrorMaker<infer Tag, infer S>
    ? ErrorRecord<Tag, S>
    : K extends { readonly status: infer S; readonly name: infer N }
      ? K extends (...args: never) => infer E
        ? E
        : { readonly status: S; readonly name: N }
      : never
type NameOf<E> = E extends { readonly _tag: 'AppError'; readonly name: infer N }
  ? N
  : E extends { readonly _tag: infer Tag }
    ? Tag
    : never

/** The failures that none of the kinds stands for: none has their status and name. */
type Undeclared<E, K> = E extends { readonly status: infer S }
  ? [Extract<K, { readonly status: S; readonly name: NameOf<E> }>] extends [never]
    ? E
    : never
  : never
type Sentence<E> = E extends { readonly status: infer S }
  ? `it may fail with '${NameOf<E> & string}' (${S & number}), which is not declared`
  : never
/** `unknown` for a plug that is seen to fail with the kinds alone, else the hint. */
type Covers<F, K> = [Undeclared<FailuresOf<F>, K>] extends [never]
  ? unknown
  : One<Sentence<Undeclared<FailuresOf<F>, K>>>

/** What a plug ends with, with the failures that cannot be seen in its type. */
type Ends<V, E> = Unhalted<V> | Extract<V, HaltedFields> | ([E] extends [never] ? never : Failed<E>)
type Returned<R, V, C, E> = [Extract<R, (hint: never) => unknown>] extends [never]
  ? (C & Going<Next<R>>) | Ends<V, E>
  : Result<(C & Going<Next<R>>) | Ends<V, E>>
/**
 * The plug, whose type has the failures that are declared. One that passes on a conn is generic again: inference has taken
 * from it what it was generic in.
 */
type Failing<F, E> = [Going<Next<Out<F>>>, Exclude<E, FailuresOf<F>>] extends [never, never]
  ? F
  : <C extends Conn & In<F>>(conn: C) => Returned<Out<F>, Value<Out<F>>, C, Exclude<E, FailuresOf<F>>>

const isKind = (value: unknown): value is FailureKind => {
  const { status, name } = Object(value) as { readonly [K in 'status' | 'name']?: unknown }
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599 && typeof name === 'string' && name !== '' // prettier-ignore
}

/**
 * Declares what a plug may fail with: the kinds that `failure` has made, or Plugboard's own (`notAcceptable`). As data,
 * `failuresOf` lists them; as types, the plug may fail with them, and one that is seen to fail with another kind does not
 * compile. It costs nothing when requests are served: what it returns is the plug itself.
 *
 * @throws TypeError for what is not a kind, and for a plug that is not a function
 * @example
 * import { assign, fail, failure, fails, failuresOf, type Conn } from 'plugboard'
 * const unauthorized = failure(401, 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
 * const requireToken = fails(unauthorized)(<C extends Conn>(c: C) =>
 *   c.reqHeaders.has('authorization') ? assign('token', c.reqHeaders.get('authorization'))(c) : fail(c, unauthorized()),
 * )
 * failuresOf(requireToken).map(({ status, name }) => `${status} ${name}`) // => ['401 Unauthorized']
 */
export const fails = <const K extends readonly FailureKind[]>(
  ...kinds: K
): (<F extends AnyPlug>(plug: F & Covers<F, K[number]>) => Failing<F, Made<K[number]>>) => {
  kinds.forEach((kind: unknown, i) => {
    if (!isKind(kind))
      throw new TypeError(`fails: kind ${i + 1} must be made by failure, and is ${describe(kind)}`)
  })
  return plug => {
    if (typeof plug !== 'function')
      throw new TypeError(`fails: the plug must be a function from a conn, and is ${describe(plug)}`)
    return declare(plug, () => kinds) as never
  }
}
