// Opens the database: SQLite in one file, or PostgreSQL if there is a DATABASE_URL. Kysely supports both, so all other
// files are the same for either.
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isLeft } from 'fp-ts/lib/Either.js'
import { Kysely, PostgresDialect, SqliteDialect, sql, type Dialect } from 'kysely'
import { Pool, types } from 'pg'
import { attempt, type PlugError } from 'plugboard'
import type { PostgresClient, SqliteDatabase } from 'plugboard/auth'
import { databaseError } from './database-error.js'
import type { Database, Tables } from './schema.js'
import { openPlainSqlite, openSqlite } from './sqlite.js'

export type DatabaseOptions =
  | {
      /** The URL of PostgreSQL: `postgres://user:password@host:5432/name`. */
      readonly url: string
    }
  | {
      /** The file of the SQLite database, relative to the working directory. It is created, with its folder, if it is missing. */
      readonly file: string
      /** How long to wait for another process that writes, in milliseconds. Default: 5,000 ms. */
      readonly busyTimeout?: number
    }

/** The database as Plugboard's stores use it. */
export type StoreDatabase = PostgresClient | SqliteDatabase

/** One database, for Kysely and for Plugboard's stores. It is opened when one of them first needs it. */
export interface Connection {
  /** For Kysely, which closes what it opened. */
  readonly dialect: Dialect
  /** For Plugboard's stores: the same pool or, with SQLite, their own connection to the same file. */
  readonly plain: () => StoreDatabase
  /** Closes the connections that Kysely does not close. */
  readonly close: () => void
}

const sqlite = (file: string, busyTimeout = 5_000): Connection => {
  let plain: ReturnType<typeof openPlainSqlite> | undefined
  return {
    dialect: new SqliteDialect({ database: async () => openSqlite(file, busyTimeout) }),
    plain: () => (plain ??= openPlainSqlite(file, busyTimeout)),
    close: () => plain?.close(),
  }
}

/** PostgreSQL's type id of bigint, which arrives as a string. All of the app's are safe integers. */
const bigint = 20

const openPool = (connectionString: string): Pool => {
  const pool = new Pool({
    connectionString,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    keepAlive: true,
    types: {
      getTypeParser: (type, format) => (type === bigint ? Number : types.getTypeParser(type, format)),
    },
  })
  // A connection that breaks between two queries emits an error event, on the pool or, if it is checked out, on the client.
  // Without a listener it would end the process. The pool replaces the connection, and a pending query fails.
  pool.on('error', () => undefined)
  pool.on('connect', client => client.on('error', () => undefined))
  return pool
}

const postgres = (connectionString: string): Connection => {
  let opened: Pool | undefined
  const pool = (): Pool => (opened ??= openPool(connectionString))
  return {
    dialect: new PostgresDialect({ pool: async () => pool() }),
    plain: pool,
    close: () => undefined,
  }
}

/** Returns the connection of the database. Throws a TypeError if the URL is not PostgreSQL's. */
export const connectionTo = (options: DatabaseOptions): Connection => {
  if ('file' in options) return sqlite(options.file, options.busyTimeout)
  if (!/^postgres(ql)?:\/\//i.test(options.url))
    throw new TypeError('DATABASE_URL must begin with postgres:// or postgresql://')
  return postgres(options.url)
}

/**
 * Opens the database and runs a query as a check. Fails with `DatabaseUnavailable`, with the cause. Throws a TypeError if
 * the URL is not PostgreSQL's. `migrate` in migrations.ts creates the tables.
 */
export const openDatabase =
  (
    options: DatabaseOptions,
    { dialect }: Pick<Connection, 'dialect'> = connectionTo(options),
  ): TaskEither<PlugError, Database> =>
  async () => {
    const database: Database = new Kysely<Tables>({ dialect })
    const opened = await attempt(async () => {
      await sql`select 1`.execute(database)
      return database
    }, databaseError)()
    if (isLeft(opened)) await closeDatabase(database)()
    return opened
  }

/** Closes the database after its running queries have ended. Later queries fail with `DatabaseUnavailable`. */
export const closeDatabase = (database: Database): TaskEither<PlugError, void> =>
  attempt(() => database.destroy(), databaseError)
