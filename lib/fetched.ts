/**
 * The type state of what a plug must fetch first. A field that has not been fetched has the type `NotFetched<hint>`;
 * the compiler prints the hint, and untyped code that reads the field at run time gets an error with the same words.
 */

/** Tells a fetched value from one that is not; the compiler narrows by it. */
export const fetched: unique symbol = Symbol('plugboard.fetched')

/** The mark of a value that has been fetched. Only the compiler sees it: the value itself carries nothing extra. */
export interface Fetched {
  readonly [fetched]: true
}

/** Stands where a value has not been fetched; the hint says what to put in the pipeline. */
export interface NotFetched<Hint extends string> {
  readonly [fetched]: false
  readonly notFetched: Hint
}

/** The same, with what else may be the matter, for the compiler to print. */
export interface NotFetchedOr<Hint extends string, Else extends string>
  extends NotFetched<Hint>, Readonly<Record<never, Else>> {}
declare const hint: unique symbol
/** The hint of a field that a plug has declared: what the compiler prints where a conn lacks it. The value carries nothing. */
export interface Hinted<Hint extends string> {
  readonly [hint]?: Hint
}
/** The hint of what a conn lacks; never for a field without one. */
export type HintOf<V> = typeof hint extends keyof V ? (V extends Hinted<infer Hint> ? Hint : never) : never

/** A fetched record: any key, each value perhaps absent. */
export type Dict<T> = Fetched & { readonly [key: string]: T }

/** The error of reading what has not been fetched: a mistake in the program, thrown. */
export class NotFetchedError extends TypeError {
  override readonly name = 'NotFetchedError'
}

const silent = new Set<PropertyKey>([
  'toJSON',
  'then',
  'constructor',
  'nodeType',
  'asymmetricMatch',
  '$$typeof',
])

/** All stand-ins: to ask one whether it is one takes some ten times as long as to look it up. */
const standIns = new WeakSet<object>()

/**
 * The stand-in for a field that has not been fetched. Reading anything from it throws a {@link NotFetchedError} with the
 * hint; symbols and the few names that printers probe are answered, so that a conn can always be printed.
 */
export const notFetched = <const Hint extends string>(field: string, hint: Hint): NotFetched<Hint> => {
  const refuse = (): never => {
    throw new NotFetchedError(`conn.${field} is not fetched: ${hint}`)
  }
  const standIn = new Proxy(Object.freeze({ [fetched]: false as const, notFetched: hint }), {
    get: (target, key) =>
      key === 'notFetched' || typeof key === 'symbol'
        ? Reflect.get(target, key)
        : silent.has(key)
          ? undefined
          : refuse(),
    has: (target, key) => (typeof key === 'symbol' ? Reflect.has(target, key) : refuse()),
  })
  standIns.add(standIn)
  return standIn
}

/** Whether a field of a conn has been fetched. */
export const isFetched = <T>(value: T): value is Exclude<T, NotFetched<string>> =>
  !standIns.has(value as object)
