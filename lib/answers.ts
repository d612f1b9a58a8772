/**
 * What the compiler knows of how a request ends: the failure of a conn that has failed, and the status of one that has
 * responded. `pipeline` carries both outwards, and `FailuresOf` and `AnswersOf` read them.
 */
import type { Halted, HaltedFields, Responded, RespondedFields, WithResponse } from './conn.js'
import type { CodeOf, StatusName } from './http/status.js'

declare const failure: unique symbol
declare const answer: unique symbol
declare const set: unique symbol

/** A conn that has failed with a known failure, made by `fail`: a {@link Halted} that pipelines carry outwards. */
export interface Failed<out E> extends HaltedFields {
  readonly [failure]: E
}
/** A conn that has responded with a known answer and was halted: a {@link Halted} that pipelines carry outwards. */
export interface Answered<out A> extends HaltedFields {
  readonly [answer]: A
}

/** A conn to which a plug has responded with a known status, and perhaps a known body: a {@link Responded}. */
export interface Sent<out S extends number, out B = unknown> extends RespondedFields {
  readonly [answer]: Answer<S, B>
}

/** What the compiler knows of a response: its status, and the type of its body. */
export interface Answer<out S extends number = number, out B = unknown> {
  readonly status: S
  readonly body: B
}

/** A conn whose status was set by a number or a name that the compiler knows. If it was set twice, the last one counts. */
export interface WithStatus<out S extends number> {
  readonly [set]: () => S
}
/** What a status adds to a conn's type: nothing where the compiler knows no more than `number`. */
export type StatusMark<S extends number | StatusName> =
  number extends CodeOf<S> ? unknown : WithStatus<CodeOf<S>>
/** The status that was set last. */
type StatusIn<C> = C extends { readonly [set]: infer F } ? (F extends () => infer S ? S : never) : never

/** What a responder makes of a conn: it responds with the status that was set before, where the compiler knows it. */
export type Responding<C> = C extends { readonly [set]: unknown } ? Sent<StatusIn<C> & number> : Responded
/** What a responder makes that is given its status. */
export type SentBy<S extends number | StatusName> = number extends CodeOf<S> ? Responded : Sent<CodeOf<S>>

/** What {@link halt} makes of a conn: it keeps what is known of its response. */
export type Halting<C> = C extends { readonly [set]: unknown }
  ? Answered<Answer<StatusIn<C> & number>>
  : C extends { readonly [answer]: infer A }
    ? Answered<A>
    : Halted

/** The failures that a conn is known to have failed with; `never` for any other conn. */
export type FailureIn<C> = C extends { readonly [failure]: infer E } ? E : never
/** The answers that a conn is known to hold; `never` for any other conn. */
export type AnswerIn<C> = C extends { readonly [set]: unknown }
  ? C extends WithResponse
    ? Answer<StatusIn<C> & number>
    : never
  : C extends { readonly [answer]: infer A }
    ? A
    : never
