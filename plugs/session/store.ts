/**
 * Where sessions live: three functions, each of which may give an effect. A store on a server applies the changes of a
 * request, so that two requests at once do not lose each other's; the cookie store writes the whole.
 */
import type { Conn } from '../../lib/conn.js'
import type { RawEntry } from '../../lib/crypto/term-format.js'
import type { IterableEffect, Result } from '../../lib/effect.js'
import type { AtBoot } from '../../lib/boot.js'

/** What a store may use of a request: the clock, randomness and the app's secret. Every conn is one. */
export type StoreContext = Pick<Conn, 'now' | 'entropy' | 'secretKeyBase'>

/** The session that a store is asked for. */
export interface StoreSession {
  readonly name: string
  /** For how many seconds it is kept, if the app says so. */
  readonly ttl: number | undefined
  /**
   * Seconds after which its cookie is set again. If it is given, `get` returns the {@link Stored.age} and does not prolong
   * the session: `apply` does, also without changes.
   */
  readonly refreshAfter?: number
}

/** What a store holds: the id to apply changes to, and the terms, each key and value as bytes in term format. */
export interface Stored {
  readonly id: string
  readonly entries: readonly RawEntry[]
  /** Seconds since the session was last written: its whole time without the rest of it. Needed with `refreshAfter`. */
  readonly age?: number
}

/**
 * One change. Of all that are applied together, `clear` comes first and each key comes once. A `swap` comes alone: it puts
 * its entry if what is stored under the key has still the expected bytes (undefined: if there still is nothing).
 */
export type StoreChange =
  | { readonly op: 'put'; readonly entry: RawEntry }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'clear' }
  | { readonly op: 'swap'; readonly entry: RawEntry; readonly expected: Uint8Array | undefined }

/** The id that a new one takes the place of, and what was changed since it was read. */
export type Renewal = { readonly id: string; readonly changes: readonly StoreChange[] }

/** What is to be written. */
export interface SessionWrite {
  /** The changes since the session was read: what a store on a server applies to what it holds by now. */
  readonly changes: readonly StoreChange[]
  /** The whole that they give of what was read: what a store writes that holds nothing itself. */
  readonly entries: readonly RawEntry[]
  /**
   * For a new id that takes the place of another. `changes` are the whole then, as it was read; a store that can does
   * better, and applies these changes to what it holds under the old id by now, so that nothing is lost that another
   * request wrote meanwhile. The old id is deleted afterwards.
   */
  readonly renews?: Renewal | undefined
}

/** Where sessions are kept. Nothing that a client sends makes it throw. */
export interface Store {
  /** Throws, when the app is put together, if the store cannot keep such a session: if it needs a `ttl`, say. */
  readonly checkSession?: (session: StoreSession) => void
  /** Throws, before the app is served, unless it is given what the store needs: the endpoint's secret, say. */
  readonly checkAtBoot?: (given: AtBoot) => void
  /**
   * Whether `get` is a plain function of what it is given, and never an effect: it is then called when somebody first asks
   * for the session, and never for a session that nobody looks at. Default false.
   */
  readonly pure?: boolean
  /**
   * Whether `get` returns the {@link Stored.age} and `apply` prolongs a session, which `session({ refreshAfter })` needs.
   * Default false: such an app does not start.
   */
  readonly tellsAge?: boolean
  /** What is kept for a cookie's value; undefined for a value it never gave: an unknown id becomes no session. */
  readonly get: (cookie: string, session: StoreSession, context: StoreContext) => Result<Stored | undefined>
  /**
   * Writes under an id that `get` returned, or without one under a new id; all changes or, if it fails, none. Returns the
   * cookie's value. Returns undefined, and changes nothing, if the id is gone (another request has renewed or dropped the
   * session, or it has expired), or if a swap finds other bytes than expected. This is one atomic operation: an id that is
   * gone must not come back.
   */
  readonly apply: (
    id: string | undefined,
    write: SessionWrite,
    session: StoreSession,
    context: StoreContext,
  ) => Result<string | undefined>
  /** Forgets an id. */
  readonly delete: (id: string, session: StoreSession, context: StoreContext) => Result<void>
}

/** A store whose functions always return effects, which `yield*` executes in a generator. */
export interface EffectStore extends Store {
  readonly get: (
    cookie: string,
    session: StoreSession,
    context: StoreContext,
  ) => IterableEffect<Stored | undefined>
  readonly apply: (
    id: string | undefined,
    write: SessionWrite,
    session: StoreSession,
    context: StoreContext,
  ) => IterableEffect<string | undefined>
  readonly delete: (id: string, session: StoreSession, context: StoreContext) => IterableEffect<void>
}
