/**
 * The types behind `pipeline`: a fold over the tuple of its plugs that gives what the pipeline needs, what it adds to
 * the conn, whether it may halt and whether it is an effect. Where a plug's need is unmet, the hint is the expected type.
 */
import type { Assigned, Conn, Halted } from './conn.js'
import type { NotFetched } from './fetched.js'
import type { Result } from './effect.js'

/** Any plug, whatever it needs: bivariant on purpose, for a plug may need more than a plain Conn. */
export type AnyPlug = { plug(conn: Conn): unknown }['plug']

/** The conn that a plug needs. */
export type In<F> = F extends (conn: infer I) => unknown ? I : never
/** What a plug returns. */
export type Out<F> = F extends (conn: never) => infer R ? R : never

type Right<E> = E extends { readonly _tag: 'Right'; readonly right: infer A } ? A : never
/** What a result passes on or halts with, effect or not. */
type Value<R> = R extends () => infer E ? Right<Awaited<E>> : R
/** The conn that a plug passes on. */
export type Next<R> = Exclude<Value<R>, Halted>
type MayHalt<R> = Extract<Value<R>, Halted>
type IsEffect<R> = R extends () => unknown ? true : never

type Flat<A> = A extends unknown ? { readonly [K in keyof A]: A[K] } : never
type Open = 'assigns' | 'params' | 'sessions'
type Kept<S> = { [K in keyof S]: K extends keyof Conn ? (Conn[K] extends S[K] ? never : K) : K }[keyof S]
type Pick1<S, K extends keyof S> = [K] extends [never]
  ? Conn
  : Show<Conn & { readonly [P in K]: P extends Open ? Flat<S[P]> : S[P] }>
type Show<T> = T extends infer O ? O : never
/** A conn type as one readable record: the fields that differ from Conn's, its open records flattened. */
export type Norm<S> = [S] extends [Conn] ? Pick1<S, Kept<S>> : S
type Step<S, F> = Norm<S & Next<Out<F>>>

/** The fold: [conn passed on, conns halted with, true if any plug is an effect]. */
export type Walk<Fs extends readonly unknown[], S, H = never, E = never> = Fs extends readonly [
  infer F,
  ...infer R,
]
  ? Walk<R, Step<S, F>, H | MayHalt<Out<F>>, E | IsEffect<Out<F>>>
  : [S, H, E]

type SessionHint<N> = N extends 'session'
  ? 'put fetchSession earlier in the pipeline'
  : `put fetchSession for '${N & string}' earlier in the pipeline`

/** Which field is unmet, in the hint's words. */
export type Unmet<S, N> = {
  [K in keyof N & keyof S]: S[K] extends N[K]
    ? never
    : K extends 'assigns'
      ? {
          [A in keyof N[K]]-?: A extends keyof S[K]
            ? S[K][A] extends N[K][A]
              ? never
              : S[K][A] extends N[K][A] | null | undefined
                ? `assigns.${A & string} may be null here: put a plug that requires it earlier`
                : `assigns.${A & string} has another type here`
            : {} extends Pick<N[K], A>
              ? never
              : `nothing earlier assigns '${A & string}'`
        }[keyof N[K]]
      : K extends 'params'
        ? {
            [A in keyof N[K]]-?: A extends keyof S[K]
              ? S[K][A] extends N[K][A]
                ? never
                : `the parameter '${A & string}' has another type here`
              : {} extends Pick<N[K], A>
                ? never
                : `the path has no parameter '${A & string}'`
          }[keyof N[K]]
        : K extends 'sessions'
          ? {
              [A in keyof N[K]]: A extends keyof S[K]
                ? S[K][A] extends N[K][A]
                  ? never
                  : `the session '${A & string}' has another type here`
                : SessionHint<A>
            }[keyof N[K]]
          : Extract<S[K], NotFetched<string>> extends NotFetched<infer M>
            ? M
            : `${K & string} does not fit`
}[keyof N & keyof S]

/** One of several hints, so that the compiler prints its words and not the name of their union. */
export type One<H> = unknown extends H
  ? unknown
  : (H extends unknown ? (one: () => H) => void : never) extends (one: infer A) => void
    ? A extends () => infer L
      ? L
      : never
    : never

/** For each plug what it must be: `unknown` where it fits, else the hint. */
export type Check<Fs extends readonly unknown[], S> = Fs extends readonly [infer F, ...infer R]
  ? Out<F> extends Promise<unknown>
    ? ['a plug must not be async: wrap the work in attempt(() => promise)', ...unknown[]]
    : [S] extends [In<F>]
      ? [Clash<Step<S, F>>] extends [never]
        ? [unknown, ...Check<R, Step<S, F>>]
        : [Clash<Step<S, F>>, ...unknown[]]
      : [One<Unmet<S, In<F>>>, ...unknown[]]
  : Fs extends readonly []
    ? []
    : readonly unknown[]

/** A name assigned twice with types that exclude each other would be never, and never fits everything. */
type Clash<S> = [S] extends [never]
  ? 'assigned twice with different types'
  : S extends { readonly assigns: infer A }
    ? [A] extends [never]
      ? 'a name is assigned twice with different types: use another name, or assign a union'
      : {
          [K in keyof A]-?: [A[K]] extends [never]
            ? `'${K & string}' is assigned twice with different types: use another name, or assign a union`
            : never
        }[keyof A]
    : never

/** What a pipeline needs: what its first plug needs. */
export type Start<Fs> = Fs extends readonly [infer F, ...unknown[]] ? In<F> & Conn : Conn
/** The type at a place of a tuple, or unknown behind its end. */
export type At<T, K> = K extends keyof T ? T[K] : unknown

/** A plug made of plugs: it needs `Needs`, adds `Gives`, may halt with `H`, and is an effect unless `E` is never. */
export interface Pipeline<Needs extends Conn, Gives, H, E> {
  <C extends Needs>(conn: C): [E] extends [never] ? (C & Gives) | H : Result<(C & Gives) | H>
}
/** The pipeline of a walk. */
export type Made<N extends Conn, W> = W extends [infer S, infer H, infer E] ? Pipeline<N, S, H, E> : never

/** The conn after a plug or pipeline: what a handler behind it is given. */
export type After<P> = Next<Out<P>>

/** The conn with one more assign. */
export type Assign<C, K extends string, V> = C & Assigned<{ readonly [P in K]: V }>
