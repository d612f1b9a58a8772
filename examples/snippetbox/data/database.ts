// Opens the database: SQLite embedded in one file, or PostgreSQL when there is a DATABASE_URL. Kysely speaks to both,
// so everything after this file is the same for either.
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
      /** Where PostgreSQL is: `postgres://user:password@host:5432/name`. */
      readonly url: string
    }
  | {
      /** The file of the SQLite database, from the current folder; it is made, with its folder, when it is not there. */
      readonly file: string
      /** How long to wait for another process that writes, in milliseconds. Default 5,000. */
      readonly busyTimeout?: number
    }

/** The database as Plugboard's own stores use it. */
export type StoreDatabase = PostgresClient | SqliteDatabase

/** One database, for two kinds of users. Nothing is opened before one of them needs it. */
export interface Connection {
  /** For Kysely, which closes what it opened. */
  readonly dialect: Dialect
  /** For Plugboard's stores: the same pool or, with SQLite, a connection of their own to the same file. */
  readonly plain: () => StoreDatabase
  /** Closes what Kysely does not. */
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

/** PostgreSQL's number for its type bigint, which arrives as text; all of ours are safe integers. */
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
  // A connection that breaks between two queries is an event, on the pool or, once it is taken from there, on the
  // client; unheard it would end the process. The pool replaces the connection, and a query that was lost fails.
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

/** How to reach the database. A url for anything but PostgreSQL throws a TypeError. */
export const connectionTo = (options: DatabaseOptions): Connection => {
  if ('file' in options) return sqlite(options.file, options.busyTimeout)
  if (!/^postgres(ql)?:\/\//i.test(options.url))
    throw new TypeError('DATABASE_URL must begin with postgres:// or postgresql://')
  return postgres(options.url)
}

/**
 * Opens the database and asks it for an answer. Left: `DatabaseUnavailable`, with the cause. A url for anything but
 * PostgreSQL throws a TypeError. The tables are made by `migrate` in migrations.ts.
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

/** Closes the database once its running queries have ended. Queries made afterwards are left as `DatabaseUnavailable`. */
export const closeDatabase = (database: Database): TaskEither<PlugError, void> =>
  attempt(() => database.destroy(), databaseError)
