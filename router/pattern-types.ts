/**
 * What the compiler reads in a path pattern: the names of its parameters, their types, and how a scope's path and a
 * route's make one. The run-time counterpart is pattern.ts; both follow Plug.Router's patterns.
 */

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type Lower =
  | ('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm')
  | ('n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z')
type NameChar = Lower | Uppercase<Lower> | Digit | '_'

/** The name at the beginning of a text: what follows it in the segment is a literal suffix. */
export type Ident<S extends string, Name extends string = ''> = S extends `${infer C}${infer Rest}`
  ? C extends NameChar
    ? Ident<Rest, `${Name}${C}`>
    : Name
  : Name

/** A pattern with its escaped characters (`\:`, `\*`) replaced, so that they begin no parameter and end a name. */
type Plain<P extends string> = P extends `${infer A}\\${infer B}`
  ? B extends `${string}${infer C}`
    ? Plain<`${A}~${C}`>
    : A
  : P

type Singles<P extends string> = P extends `${string}:${infer N}/${infer Rest}`
  ? Ident<N> | Singles<Rest>
  : P extends `${string}:${infer N}`
    ? Ident<N>
    : never
type Globs<P extends string> = P extends `${string}*${infer N}` ? Ident<N> : never

/**
 * The names of a pattern's parameters: `Names<'/posts/:postId/files/*path'>` is `'postId' | 'path'`.
 */
export type Names<P extends string> = Singles<Plain<P>> | Globs<Plain<P>>

/** The parameters of a pattern as a handler sees them: text, and a list of segments for a glob. */
export type PathParams<P extends string> = {
  readonly [N in Names<P>]: N extends Globs<Plain<P>> ? readonly string[] : string
}

/** What may fill a path parameter: text, a number, or a record with an `id`, as Phoenix.Param has it. */
export type Param = string | number | bigint | { readonly id: string | number | bigint }

/** What fills the parameters of a pattern when a path is made of it. */
export type ParamsFor<P extends string> = {
  readonly [N in Names<P>]: N extends Globs<Plain<P>> ? readonly Param[] : Param
}

type TrimEnd<P extends string> = P extends `${infer A}/` ? (A extends '' ? '/' : A) : P

/** The pattern of a path inside a scope: `Join<'/admin', '/users'>` is `'/admin/users'`. */
export type Join<A extends string, B extends string> = A extends '/'
  ? TrimEnd<B>
  : B extends `${infer C}/`
    ? `${A}${C}`
    : `${A}${B}`

type Camel<S extends string> = S extends `${infer A}-${infer B}`
  ? `${A}${Capitalize<Camel<B>>}`
  : S extends `${infer A}_${infer B}`
    ? `${A}${Capitalize<Camel<B>>}`
    : S

type Singular<S extends string> = S extends `${infer A}ies`
  ? `${A}y`
  : S extends `${infer A}${'ss' | 'sh' | 'ch' | 'x'}es`
    ? S extends `${infer B}es`
      ? B
      : A
    : S extends `${string}ss`
      ? S
      : S extends `${infer A}s`
        ? A
        : S

type Last<P extends string> = P extends `${string}/${infer Rest}` ? Last<Rest> : P

/** The name of one of the things at a path, which names the parent's parameter: `'post'` for `'/blog/posts'`. */
export type ResourceName<P extends string> = Camel<Singular<Last<TrimEnd<P>>>>
