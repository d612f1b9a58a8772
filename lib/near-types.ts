/** The name that was probably meant where another was written: a misspelling of few letters at one place. For messages alone. */

type Reversed<A extends string, R extends string = ''> = A extends `${infer C}${infer Rest}`
  ? Reversed<Rest, `${C}${R}`>
  : R

/** Two strings without the beginning that they share. */
type Cut<A extends string, B extends string> = A extends `${infer C}${infer RestA}`
  ? B extends `${C}${infer RestB}`
    ? Cut<RestA, RestB>
    : readonly [A, B]
  : readonly [A, B]
/** Whether a string has at most two characters. */
type Short<A> = A extends `${string}${infer B}`
  ? B extends `${string}${infer C}`
    ? C extends ''
      ? true
      : false
    : true
  : true
type Close<P> = P extends readonly [infer A extends string, infer B extends string]
  ? Cut<Reversed<A>, Reversed<B>> extends readonly [infer C, infer D]
    ? false extends Short<C> | Short<D>
      ? false
      : // names that are told apart by numbers are meant
        C extends `${number}`
        ? false
        : true
    : false
  : false

/** Of the names `N` those near to `A`. */
export type Near<A extends string, N> = N extends string ? (Close<Cut<A, N>> extends true ? N : never) : never
