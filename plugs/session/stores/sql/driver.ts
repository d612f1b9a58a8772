/** What the store needs of a database, in either dialect: a few operations, each of which is all or nothing. */
import type { RawEntry } from '../../../../lib/crypto/term-format.js'
import type { StoreChange } from '../../store.js'

/** At once with SQLite, later with PostgreSQL. */
export type Answer<A> = A | Promise<A>

/** When something is done, and until when a session is kept. In milliseconds since the epoch. */
export interface Times {
  readonly now: number
  readonly expires: number
  /** A session that ends between these two keeps its end: a row is not written for the sake of a few seconds. */
  readonly least: number
  readonly most: number
}

/** The row of an id: the id itself is not stored. */
export interface Place {
  readonly name: string
  /** The SHA-256 of the id. */
  readonly hash: Buffer
}

/** What is to be applied. */
export interface Application {
  readonly name: string
  /** The row to change; undefined for none. */
  readonly hash: Buffer | undefined
  /** The row to make if there is none to change. */
  readonly fresh: Buffer
  /** The row whose terms the new one begins with. */
  readonly renews: Buffer | undefined
  readonly changes: readonly StoreChange[]
}

/** A session that is stored. */
export interface Held {
  readonly entries: readonly RawEntry[]
  /** When it ends, in milliseconds since the epoch; undefined if it was not asked for. */
  readonly expires: number | undefined
}

/** A database of one dialect. What fails throws, or rejects, and has changed nothing. */
export interface Driver {
  /**
   * A session; undefined if there is none, or if it has ended. With `aged` it says when it ends, and does not prolong it.
   */
  readonly get: (place: Place, times: Times, aged: boolean) => Answer<Held | undefined>
  /**
   * Which row has the changes now: the known one or the new one, or undefined if the known one is gone or a swap found
   * other bytes.
   */
  readonly apply: (application: Application, times: Times) => Answer<'known' | 'made' | undefined>
  readonly delete: (place: Place) => Answer<void>
  /** Deletes sessions that have ended, the oldest first; gives their number. */
  readonly deleteExpired: (now: number, limit: number) => Answer<number>
  readonly migrate: () => Answer<void>
}
