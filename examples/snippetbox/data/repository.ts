// What Snippetbox asks of its database: a port, so that the app is a pure function of it. Every operation is an effect:
// calling one performs nothing. A database answers later, the repository in memory at once; effects.ts joins either kind.
import type { Either } from 'fp-ts/lib/Either.js'
import type { Effect } from 'plugboard'

export interface User {
  readonly id: number
  readonly email: string
}

export interface Snippet {
  readonly id: number
  readonly userId: number
  /** The e-mail address of who wrote it. */
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
  /** How many entries all pages hold. */
  readonly total: number
}

/**
 * A question to the database. Left with an AppError: `DatabaseUnavailable` (503) when the database does not answer,
 * `DatabaseError` (500) when it refuses the statement, `Busy` (503) when too many passwords wait to be hashed.
 */
export type Query<A> = Effect<A>

/**
 * Times are milliseconds since the epoch. Texts come back as they were given, except that NUL and halves of surrogate
 * pairs, which no database keeps, become U+FFFD. An id that is no safe integer belongs to nothing.
 */
export interface Repository {
  /** Registers a user; left when the e-mail address is taken. E-mail addresses are compared without case. */
  readonly register: (credentials: Credentials, now: number) => Query<Either<'emailTaken', User>>
  /** The user of an address and password, or null; an unknown address takes the time of a wrong password. */
  readonly authenticate: (credentials: Credentials) => Query<User | null>
  /** The newest snippets first. */
  readonly latestSnippets: (limit: number) => Query<readonly Snippet[]>
  /** A page of the newest snippets; a page number below or beyond the list gives the first or the last page. */
  readonly pageOfSnippets: (page: number, perPage: number) => Query<Page<Snippet>>
  readonly snippet: (id: number) => Query<Snippet | null>
  readonly createSnippet: (userId: number, input: SnippetInput, now: number) => Query<Snippet>
  /** Changes a snippet of a user; null when it is not theirs or gone. */
  readonly updateSnippet: (
    id: number,
    userId: number,
    input: SnippetInput,
    now: number,
  ) => Query<Snippet | null>
  /** Deletes a snippet of a user; whether there was one. */
  readonly deleteSnippet: (id: number, userId: number) => Query<boolean>
  /** Whether the database answers. */
  readonly ping: Query<void>
}
