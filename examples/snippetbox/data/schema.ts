// The types of the tables for Kysely, the same for SQLite and PostgreSQL. All numbers arrive as numbers (database.ts
// converts PostgreSQL's bigint), and times are milliseconds since the epoch.
import type { Generated, Kysely } from 'kysely'

interface UsersTable {
  readonly id: Generated<number>
  /** As `normalEmail` returns it, so that uniqueness ignores case. */
  readonly email: string
  /** argon2id, in the PHC string format. */
  readonly password_hash: string
  readonly inserted_at: number
}

interface SnippetsTable {
  readonly id: Generated<number>
  readonly user_id: number
  readonly title: string
  readonly content: string
  readonly inserted_at: number
  readonly updated_at: number
}

export interface Tables {
  readonly users: UsersTable
  readonly snippets: SnippetsTable
}

export type Database = Kysely<Tables>
