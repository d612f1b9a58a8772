/**
 * What the compiler knows of routes that would take the same requests: each route carries a key outwards, its method
 * and its pattern without the names of parameters. In one list a key belongs to one place, so that comparing costs as
 * much as there are routes; scopes hand the keys of their lists on, which compares the whole router.
 */
import type { Ident } from './pattern-types.js'

/** A pattern without the names of its parameters: `/posts/:/files/*`. From an escape on it stays as it is. */
type Shape<P extends string> = P extends `${infer A}:${infer B}`
  ? A extends `${string}\\`
    ? P
    : `${A}:${Shape<After<B>>}`
  : P extends `${infer A}*${string}`
    ? A extends `${string}\\`
      ? P
      : `${A}*`
    : P
/** What follows the name at the beginning of a text. */
type After<S extends string> = S extends `${Ident<S>}${infer Rest}` ? Rest : S

/**
 * The key of a route: `'GET /posts/:'`. One that asks more of its parameters than that they are there, by a regular
 * expression among its codecs `C`, has none.
 */
export type Key<M extends string, P extends string, C = {}> = Unasked<C, `${M} ${Shape<P>}`>

/** Keys, where no regular expression among codecs decides with them which requests a route takes. */
export type Unasked<C, K extends string> = [Extract<C[keyof C], RegExp>] extends [never] ? K : never

/**
 * For each key of a list the places that have it. It is an intersection because the compiler goes over all the names of
 * a bare mapped type whenever one of them is read.
 */
type Places<R extends List<K>, K extends symbol> = { readonly '': '' } & {
  readonly [I in keyof R & `${number}` as R[I][K] & string]: I
}
type List<K extends symbol> = readonly { readonly [_ in K]: string }[]
/** For each place the places that have its keys, */
type Sharing<R extends List<K>, K extends symbol, M extends Named> = { readonly [I in keyof R]: M[R[I][K]] }
type Named = { readonly [key: string]: unknown }
/** and what that is when no other has one. */
type Alone<R extends readonly unknown[]> = { readonly [I in keyof R]: I }

/** The keys of a place that another has, too, without those that the compiler does not know to the end. */
type Twice<K extends string, I, M extends Named> = K extends unknown
  ? [M[K]] extends [I]
    ? never
    : {} extends { readonly [_ in K]: unknown }
      ? never
      : K
  : never

/** A key with its pattern as it was declared, where that is among the patterns of a place. */
type Declared<K, P extends string> = K extends `${infer M} ${infer F}`
  ? P extends unknown
    ? Shape<P> extends F
      ? `${M} ${P}`
      : never
    : never
  : never

/** For each place of a list `unknown`, or a sentence about the routes that another place of the list has, too. */
type Report<R extends List<K | P>, K extends symbol, P extends symbol, M extends Named> = {
  readonly [I in keyof R]: [Twice<R[I][K], I, M>] extends [never]
    ? unknown
    : `${Declared<Twice<R[I][K], I, M>, R[I][P]>} is declared twice: only the first is ever reached`
}

/**
 * `unknown` for a list in which no route is declared twice; else for each place that has one of two the sentence that
 * says so. `K` is the name under which a route carries its keys, `P` its patterns.
 */
export type Distinct<
  R extends List<K | P>,
  K extends symbol,
  P extends symbol,
  M extends Named = Places<R, K>,
> = number extends R['length'] ? unknown : Sharing<R, K, M> extends Alone<R> ? unknown : Report<R, K, P, M>
