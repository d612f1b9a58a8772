/**
 * The route that somebody may have meant who wrote a path that no route has: for the message, so that nothing of it is
 * worked out while paths are right.
 */
import type { Ident } from './pattern-types.js'

/** Those of `P` that share the longest beginning with `Q`; never when nothing but the first `/` is shared. */
type ByStart<
  Q extends string,
  P extends string,
  Begun extends string = '',
> = Q extends `${infer C}${infer Rest}`
  ? [Extract<P, `${Begun}${C}${string}`>] extends [never]
    ? Shared<P, Begun>
    : ByStart<Rest, Extract<P, `${Begun}${C}${string}`>, `${Begun}${C}`>
  : Shared<P, Begun>
type Shared<P extends string, Begun extends string> = Begun extends '' | '/' ? never : P

type Reversed<Q extends string, R extends string = ''> = Q extends `${infer C}${infer Rest}`
  ? Reversed<Rest, `${C}${R}`>
  : R

/** Those of `P` that share the longest end with a text, which is given from its last character on. */
type ByEnd<
  Q extends string,
  P extends string,
  Ended extends string = '',
> = Q extends `${infer C}${infer Rest}`
  ? [Extract<P, `${string}${C}${Ended}`>] extends [never]
    ? P
    : ByEnd<Rest, Extract<P, `${string}${C}${Ended}`>, `${C}${Ended}`>
  : P

/** A pattern with any text in place of its parameters. */
type Filled<P extends string> = P extends `${infer A}:${infer B}`
  ? B extends `${Ident<B>}${infer Rest}`
    ? `${A}${string}${Filled<Rest>}`
    : P
  : P extends `${infer A}*${string}`
    ? `${A}${string}`
    : P
/** Those of `P` that take a path; all of them when none does. */
type ByFit<Q extends string, P extends string> = [Taking<Q, P>] extends [never] ? P : Taking<Q, P>
type Taking<Q extends string, P extends string> = P extends unknown
  ? Q extends Filled<P>
    ? P
    : never
  : never

/** One of a union, so that the compiler prints one sentence. */
type OneOf<P> = (P extends unknown ? (one: () => P) => void : never) extends (one: infer F) => void
  ? F extends () => infer L
    ? L
    : never
  : never

/** Of the patterns `P` the nearest to `Q`: the longest beginning counts, then what takes it, then the longest end. */
export type Nearest<Q extends string, P extends string> = OneOf<ByEnd<Reversed<Q>, ByFit<Q, ByStart<Q, P>>>>
