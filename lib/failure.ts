/**
 * Kinds of failures: each is declared once, with its status, its name and the schema of its public details. A kind makes
 * failures whose type says which they are, and is data for whoever describes an app.
 */
import type { AppError, ErrorParts, PlugError } from './error.js'
import { plugError } from './error.js'
import { checkOptions, checkValue, integer, isObject, string, type Rules } from './options.js'

/** A failure whose status, name and public details the compiler knows. */
export interface Failure<
  out S extends number = number,
  out N extends string = string,
  out D = unknown,
> extends AppError<N> {
  readonly status: S
  readonly details: D
}

/** What is read of a Standard Schema (zod, valibot, arktype): the types of what it takes and gives. */
export interface StandardSchema {
  readonly '~standard': {
    readonly types?: { readonly input: unknown; readonly output: unknown } | undefined
  }
}
/** What is read of an io-ts codec: the type of what it decodes to. */
export interface IoTsType {
  readonly _A: unknown
  readonly decode: (value: never) => unknown
}
/** A schema as a value: any Standard Schema, or an io-ts codec. Plugboard depends on neither. */
export type Schema = StandardSchema | IoTsType

/** The type of what a schema gives. */
export type Output<X> = X extends { readonly '~standard': { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : unknown
  : X extends { readonly _A: infer A }
    ? A
    : never

/** What is known of a kind of failures. */
export interface FailureKind {
  /** The status of its failures: 400 to 599. */
  readonly status: number
  /** What tells them apart: the `name` of an app's failures, the tag of Plugboard's own. */
  readonly name: string
  /** The schema of their `details`; undefined where they have none. */
  readonly details?: Schema | undefined
}

/** What makes failures of one kind, and says what they are. */
export interface Kind<
  S extends number,
  N extends string,
  X extends Schema | undefined = undefined,
> extends FailureKind {
  (...args: KindArguments<X>): Failure<S, N, DetailsOf<X>>
  readonly status: S
  readonly name: N
  readonly details: X
}

type DetailsOf<X> = X extends Schema ? Output<X> : undefined
/** Headers of one failure, over those of its kind, and what lay beneath, for the log. */
type Parts = Omit<ErrorParts, 'details'>
type KindArguments<X> = X extends Schema
  ? [details: Output<X>, message?: string, parts?: Parts]
  : [message?: string, parts?: Parts]

/** What a kind of failures has besides status and name. */
export interface FailureOptions<X extends Schema | undefined = undefined> {
  /** The schema of `details`, the data that the client may see. It is not validated: it gives the type, and describes it. */
  readonly details?: X
  /** What the client reads unless a failure says otherwise. Default: the name. */
  readonly message?: string
  /** Response headers of every failure of this kind. */
  readonly headers?: Readonly<Record<string, string>>
}

const isSchema = (value: unknown): boolean =>
  value !== null &&
  (typeof value === 'object' || typeof value === 'function') &&
  ('~standard' in value || typeof (value as { readonly decode?: unknown }).decode === 'function')

const rules: Rules = {
  details: { must: 'a Standard Schema or an io-ts codec', ok: isSchema },
  message: string,
  headers: {
    must: 'an object with string values',
    ok: value => isObject(value) && Object.values(value).every(each => typeof each === 'string'),
  },
}
const errorStatus = integer(400, 599)

/**
 * Declares a kind of failures. It is a function that makes them, their type being `Failure<404, 'NoSuchItem', D>`, and has
 * `status`, `name` and `details`, the schema of their public data. Without a schema, a failure takes a message at most.
 *
 * @param status 400 to 599
 * @throws TypeError for another status, an empty name and unknown or wrong options
 * @example
 * import * as t from 'io-ts'
 * import { errorResponse, fail, failure, type Conn } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const soldOut = failure(409, 'SoldOut', { message: 'This item is sold out', details: t.type({ until: t.string }) })
 * const buy = (c: Conn) => fail(c, soldOut({ until: 'Monday' }))
 * run(buy)(conn('POST', '/', { headers: { accept: 'application/json' } })).respBody // => '{"errors":{"detail":"This item is sold out","details":{"until":"Monday"}}}'
 */
export const failure = <
  const S extends number,
  const N extends string,
  const X extends Schema | undefined = undefined,
>(
  status: S,
  name: N,
  options: FailureOptions<X> = {},
): Kind<S, N, X> => {
  checkValue('failure', 'status', status, errorStatus)
  checkValue('failure', 'name', name, string)
  checkOptions('failure', options, rules)
  const { details: schema, message: said = name, headers } = options
  const of = (details: unknown, message = said, parts: Parts = {}): PlugError =>
    plugError(status, name, message, {
      ...parts,
      ...((headers ?? parts.headers) && { headers: { ...headers, ...parts.headers } }),
      ...(details !== undefined && { details }),
    })
  const kind =
    schema === undefined ? (message?: string, parts?: Parts): PlugError => of(undefined, message, parts) : of
  return Object.freeze(
    Object.defineProperties(kind, {
      name: { value: name },
      status: { value: status, enumerable: true },
      details: { value: schema, enumerable: true },
    }),
  ) as unknown as Kind<S, N, X>
}

/** A kind of Plugboard's own failures under another status: those of `invalidQuery` are 400, or 414. */
export const withStatus = <S extends number>(kind: FailureKind, status: S): FailureKind =>
  Object.freeze({ status, name: kind.name })
