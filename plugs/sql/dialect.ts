/** Which of the databases that stores take an object is: known by what it can do. */
import type { PostgresClient } from './postgres-client.js'
import type { SqliteDatabase } from './sqlite-database.js'

const has = (database: unknown, ...methods: readonly string[]): boolean =>
  typeof database === 'object' &&
  database !== null &&
  methods.every(method => typeof (database as Readonly<Record<string, unknown>>)[method] === 'function')

/** What a database must be, in words that complete "must be …". */
export const databaseMust =
  'a Pool of pg or the like, with query(text, values), or a SQLite database with prepare(sql) and exec(sql)'

/** Whether it is a SQLite database. */
export const isSqliteDatabase = (database: unknown): database is SqliteDatabase =>
  has(database, 'prepare', 'exec')

/** Whether it is a client of PostgreSQL; of what may be either, ask for SQLite first. */
export const isPostgresClient = (database: unknown): database is PostgresClient => has(database, 'query')
