/**
 * Where the tokens of log-ins are kept, so that a log-in can be ended from there: a few functions, each of which gives an
 * effect. A store is given SHA-256 hashes: it never sees a token, and who reads it can log in with nothing of it.
 */
import type { Effect } from '../../lib/effect.js'

/** What the kit must know of a user: an id that nobody else has. */
export interface Identified {
  readonly id: string | number
}

/** The times of a token, in milliseconds since the epoch. */
export interface TokenTimes {
  /** When it was made. A token that takes the place of an older one has a time of its own. */
  readonly insertedAt: number
  /** When its user last gave their password, or whatever else it is that proves who they are. */
  readonly authenticatedAt: number
}

/** A token that is kept: whose it is, and its times. */
export interface FoundToken<User> extends TokenTimes {
  readonly user: User
}

/**
 * Keeps the hashes of tokens. Made by `sqlTokenStore` or `memoryTokenStore`, or one of your own. It checks no ages: that is
 * done by the clock of the request.
 */
export interface TokenStore<User> {
  /**
   * Keeps the hash of a user's token. Of one that takes the place of another, only if that other is there by then: it must
   * not outlive a log-out at the same moment.
   */
  readonly insert: (user: User, hash: Uint8Array, times: TokenTimes, replaces?: Uint8Array) => Effect<void>
  /** The user of a token, as they are now; undefined for a hash that is not kept. */
  readonly find: (hash: Uint8Array) => Effect<FoundToken<User> | undefined>
  /** Forgets a token, if it is there. */
  readonly delete: (hash: Uint8Array) => Effect<void>
  /** Forgets all tokens of a user, but the one that is excepted. */
  readonly deleteAll: (user: User, except?: Uint8Array) => Effect<void>
  /** Forgets tokens that were made at a time or before it, at most `limit` of them; gives their number. */
  readonly deleteExpired: (insertedUntil: number, limit: number) => Effect<number>
}
