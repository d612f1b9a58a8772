/** A session as a conn holds it: what was stored, and the changes made since. */
import type { Fetched } from './fetched.js'

/** Terms as a session holds them, each decoded when it is read. */
export type SessionData = Readonly<Record<string, unknown>>

/** What is to become of a session when the response is sent. */
export type SessionInfo = 'write' | 'renew' | 'drop' | 'ignore' | undefined

/** One change of a session, in the order they were made. */
export type SessionChange =
  | { readonly op: 'put'; readonly key: string; readonly value: unknown }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'clear' }

/**
 * A fetched session: what was stored and the changes made since. A value: `putSession` and its like give a new one.
 * The data type is that of `data`, for a session typed by a codec.
 */
export interface Session<out Data = SessionData> extends Fetched {
  /** The stored id, or undefined when there was no valid session. */
  readonly id: string | undefined
  /** The terms as they are now, changes included. */
  readonly data: Data
  /** What has been changed since it was fetched. */
  readonly changes: readonly SessionChange[]
  /** What will become of it when the response is sent. */
  readonly info: SessionInfo
}
