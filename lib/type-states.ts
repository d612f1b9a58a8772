/** Type states: what a plug adds to the type of a conn, and what a later plug asks for. */
import type { Dict, Fetched } from './fetched.js'
import type { ParamValue } from './http/query.js'
import type { Session, SessionData } from './session.js'

/** A conn whose session has been fetched. */
export interface WithSession<Data = SessionData, Name extends string = 'session'> {
  readonly sessions: { readonly [N in Name]: Session<Data> }
}

/** A conn whose cookies have been fetched. */
export interface WithCookies<Cookies = Dict<string>> {
  readonly cookies: Cookies
}

/** A conn whose query has been decoded. */
export interface WithQueryParams {
  readonly queryParams: Dict<ParamValue>
}

/** A conn whose body has been decoded. */
export interface WithBodyParams {
  readonly bodyParams: Dict<unknown>
}

/** A conn whose flash has been fetched. */
export interface WithFlash {
  readonly flash: Dict<string>
}

/** What `protectFromForgery` leaves for the functions that make tokens. */
export interface Csrf extends Fetched {
  /** The name of the session that holds the state. */
  readonly session: string
  /** The key of the state in that session. */
  readonly key: string
  /** How often the state was deleted in this request: each time the next one is another. */
  readonly round: number
}

/** A conn whose requests have been checked for forgery. */
export interface WithCsrf {
  readonly csrf: Csrf
}

/** A conn with these assigns. */
export interface Assigned<A extends object> {
  readonly assigns: A
}

/** A conn with these path parameters. */
export interface Params<P> {
  readonly params: P
}
