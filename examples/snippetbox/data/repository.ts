// The port to the database, so that the app is a pure function of it. Each operation returns an effect, and calling it
// performs nothing. The effects of a database are asynchronous, those of the repository in memory synchronous.
import type { Either } from 'fp-ts/lib/Either.js'
import type { IterableEffect } from 'plugboard'

export interface User {
  readonly id: number
  readonly email: string
}

export interface Snippet {
  readonly id: number
  readonly userId: number
  /** The author's email address. */
  readonly author: string
  readonly title: string
  readonly content: string
  /** Milliseconds since the epoch. */
  readonly insertedAt: number
  readonly updatedAt: number
}

export interface SnippetInput {
  readonly title: string
  readonly content: string
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** One page of a list. */
export interface Page<A> {
  readonly entries: readonly A[]
  /** From 1. */
  readonly page: number
  /** At least 1: an empty list is one empty page. */
  readonly pages: number
  /** The number of entries on all pages. */
  readonly total: number
}

/**
 * A query. It fails with `DatabaseUnavailable` (503) if the database does not respond, `DatabaseError` (500) if it rejects
 * the statement, and `Busy` (503) if too many passwords wait to be hashed.
 */
export type Query<A> = IterableEffect<A>

/**
 * Times are milliseconds since the epoch. Strings are returned as they were stored, except that NUL and lone surrogates,
 * which databases do not store, become U+FFFD. An id that is not a safe integer is not found.
 */
export interface Repository {
  /** Registers a user; a `Left` if the email address is taken. Email addresses are case-insensitive. */
  readonly register: (credentials: Credentials, now: number) => Query<Either<'emailTaken', User>>
  /** The user of an address and password, or null. An unknown address takes as long as a wrong password. */
  readonly authenticate: (credentials: Credentials) => Query<User | null>
  /** The newest snippets, newest first. */
  readonly latestSnippets: (limit: number) => Query<readonly Snippet[]>
  /** A page of the snippets, newest first. A page number outside the list returns the first or the last page. */
  readonly pageOfSnippets: (page: number, perPage: number) => Query<Page<Snippet>>
  readonly snippet: (id: number) => Query<Snippet | null>
  readonly createSnippet: (userId: number, input: SnippetInput, now: number) => Query<Snippet>
  /** Updates a snippet of a user; null if it is missing or not theirs. */
  readonly updateSnippet: (
    id: number,
    userId: number,
    input: SnippetInput,
    now: number,
  ) => Query<Snippet | null>
  /** Deletes a snippet of a user; false if it is missing or not theirs. */
  readonly deleteSnippet: (id: number, userId: number) => Query<boolean>
  /** Fails if the database does not respond. */
  readonly ping: () => Query<void>
}
