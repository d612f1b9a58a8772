/**
 * Where sessions live: three functions, each of which may give an effect. A store on a server applies the changes of a
 * request, so that two requests at once do not lose each other's; the cookie store writes the whole.
 */
import type { Conn } from '../../lib/conn.js'
import type { RawEntry } from '../../lib/crypto/term-format.js'
import type { Result } from '../../lib/effect.js'

/** What a store may use of a request: the clock, randomness and the app's secret. Every conn is one. */
export type StoreContext = Pick<Conn, 'now' | 'entropy' | 'secretKeyBase'>

/** The session that is kept: its name, and for how many seconds it is kept, if the app says so. */
export type StoreSession = { readonly name: string; readonly ttl: number | undefined }

/** What a store holds: the id to apply changes to, and the terms, each key and value as bytes in term format. */
export type Stored = { readonly id: string; readonly entries: readonly RawEntry[] }

/** One change. Of all that are applied together, `clear` comes first and each key comes once. */
export type StoreChange =
  | { readonly op: 'put'; readonly entry: RawEntry }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'clear' }
/** What is to be written: the changes since the session was read, and the whole that they give. */
export type SessionWrite = { readonly changes: readonly StoreChange[]; readonly entries: readonly RawEntry[] }

/** Where sessions are kept. Nothing that a client sends makes it throw. */
export interface Store {
  /** What is kept for a cookie's value; undefined for a value it never gave: an unknown id becomes no session. */
  readonly get: (cookie: string, session: StoreSession, context: StoreContext) => Result<Stored | undefined>
  /** Writes under an id, or under a new one if there is none or it is not known. Gives the cookie's value. */
  readonly apply: (
    id: string | undefined,
    write: SessionWrite,
    session: StoreSession,
    context: StoreContext,
  ) => Result<string>
  /** Forgets an id. */
  readonly delete: (id: string, session: StoreSession, context: StoreContext) => Result<void>
}
