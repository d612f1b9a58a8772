/** What the store of tokens needs of a database, in either dialect. */

/** At once with SQLite, later with PostgreSQL. */
export type Answer<A> = A | Promise<A>

/** A row of the table of users, as far as it was asked for, with the times of a token. */
export type TokenRow = Readonly<Record<string, unknown>> & {
  readonly token_inserted_at: unknown
  readonly token_authenticated_at: unknown
}

/** The SQL names of the tables, quoted, and the columns of users that are asked for. */
export interface Names {
  readonly tokens: string
  readonly users: string
  readonly columns: readonly string[]
}

/** What the tokens of the kit are for: the table may hold others, for other purposes. */
export const context = 'session'

/** A database of one dialect. What fails throws, or rejects, and has changed nothing. Times are whole milliseconds. */
export interface Driver {
  readonly insert: (
    userId: string | number,
    hash: Uint8Array,
    insertedAt: number,
    authenticatedAt: number,
  ) => Answer<void>
  /** Keeps a token with the user of another, if that other is there. */
  readonly replace: (
    replaced: Uint8Array,
    hash: Uint8Array,
    insertedAt: number,
    authenticatedAt: number,
  ) => Answer<void>
  readonly find: (hash: Uint8Array) => Answer<TokenRow | undefined>
  readonly delete: (hash: Uint8Array) => Answer<void>
  readonly deleteAll: (userId: string | number, except: Uint8Array | undefined) => Answer<void>
  readonly deleteExpired: (insertedUntil: number, limit: number) => Answer<number>
  readonly migrate: (sql: string) => Answer<void>
}

/** The columns of users and the times of the token, as `select` names them. */
export const selected = (columns: readonly string[]): string =>
  columns
    .map(column => `users."${column}"`)
    .concat('held.inserted_at as token_inserted_at', 'held.authenticated_at as token_authenticated_at')
    .join(', ')
