/**
 * Tokens in a table of PostgreSQL or SQLite, beside the table of users. What touches the database is an effect, and ends
 * within the time-out or, with SQLite, at once.
 */
import { map, type IterableEffect, type IterablePort } from '../../lib/effect.js'
import { checkOptions, checkValue, count, func, mustBe, required, type Rules } from '../../lib/options.js'
import { guard, serverRules, type ServerStoreOptions } from '../stores/server.js'
import { databaseMust, isPostgresClient, isSqliteDatabase } from '../sql/dialect.js'
import type { PostgresClient } from '../sql/postgres-client.js'
import type { SqliteDatabase } from '../sql/sqlite-database.js'
import { tableOf } from '../sql/table.js'
import type { Driver, Names, TokenRow } from './sql/driver.js'
import { defaultTable, defaultUsers, tableRules, tokenMigration, type UserIdType } from './sql/migration.js'
import { postgres } from './sql/postgres.js'
import { sqlite } from './sql/sqlite.js'
import type { FoundToken, Identified, TokenStore } from './token-store.js'

/** Options of {@link sqlTokenStore}. */
export interface SqlTokenStoreOptions<User, Column extends string> extends Pick<
  ServerStoreOptions,
  'timeout' | 'onFailure'
> {
  /** The columns of the table of users that make a user, such as `['id', 'email']`. */
  readonly columns: readonly Column[]
  /** Makes a user of them, as the database client gives them. */
  readonly user: (row: { readonly [C in Column]: unknown }) => User
  /**
   * The table of tokens: letters, digits and `_`, with its schema if need be (`'app.users_tokens'`). It is quoted: capitals
   * count. Default `'users_tokens'`.
   */
  readonly table?: string
  /** The table of users, whose key is `id`. Default `'users'`. */
  readonly users?: string
  /** The type of that key, for `migrate`: `'integer'` stands for PostgreSQL's `bigint`. Default `'integer'`. */
  readonly userId?: UserIdType
}

/** A store of tokens in a database, and what makes its table. */
export interface SqlTokenStore<User> extends IterablePort<TokenStore<User>> {
  /** Makes the table and its indexes, where they are not there: the SQL of `tokenMigration`. The table of users must be there. */
  readonly migrate: IterableEffect<void>
}

const column = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

const rules: Rules = {
  ...tableRules,
  timeout: serverRules['timeout'] as Rules[string],
  onFailure: serverRules['onFailure'] as Rules[string],
  columns: {
    must: 'an array of columns, each of letters, digits and "_"',
    ok: names =>
      Array.isArray(names) &&
      names.length > 0 &&
      names.every(name => typeof name === 'string' && column.test(name)),
    required: true,
  },
  user: required(func('from a row to a user')),
}

const driverOf = (database: PostgresClient | SqliteDatabase, names: Names, timeout: number): Driver => {
  if (isSqliteDatabase(database)) return sqlite(database, names)
  if (isPostgresClient(database)) return postgres(database, names, timeout)
  throw new TypeError(`sqlTokenStore: ${mustBe('database', databaseMust, database)}`)
}

/**
 * Keeps tokens in a table of PostgreSQL or SQLite: their SHA-256 and times. One statement finds the user of a token, as the
 * table of users has them by then. A failure, or no answer in time, answers 503.
 *
 * With SQLite the effects are synchronous. It needs a connection that no transaction of the app's keeps open; the one of the
 * store of sessions will do.
 *
 * @param database A `Pool` of `pg`, or another client with `query(text, values)`; or a database of better-sqlite3, libsql or
 * `node:sqlite`.
 * @throws TypeError that names the option.
 * @example
 * import Database from 'libsql'
 * import { authentication, sqlTokenStore } from 'plugboard/auth'
 * const database = new Database(':memory:')
 * database.exec('create table users (id integer primary key, email text not null)')
 * const tokens = sqlTokenStore(database, {
 *   columns: ['id', 'email'],
 *   user: ({ id, email }) => ({ id: Number(id), email: String(email) }),
 * })
 * tokens.migrate() // => right(undefined)
 * const auth = authentication({ tokens })
 */
export const sqlTokenStore = <User extends Identified, const Column extends string>(
  database: PostgresClient | SqliteDatabase,
  options: SqlTokenStoreOptions<User, Column>,
): SqlTokenStore<User> => {
  checkOptions('sqlTokenStore', options, rules)
  const { table = defaultTable, users = defaultUsers, userId = 'integer', columns, timeout = 2000 } = options
  const names = { tokens: tableOf(table).name, users: tableOf(users).name, columns }
  const driver = driverOf(database, names, timeout)
  const guarded = guard('tokens', options)
  const dialect = isSqliteDatabase(database) ? 'sqlite' : 'postgres'
  const migration = tokenMigration({ dialect, table, users, userId })

  const foundOf = (row: TokenRow | undefined): FoundToken<User> | undefined =>
    row === undefined
      ? undefined
      : {
          user: options.user(row as TokenRow & { readonly [C in Column]: unknown }),
          insertedAt: Number(row.token_inserted_at),
          authenticatedAt: Number(row.token_authenticated_at),
        }

  return {
    insert: ({ id }, hash, { insertedAt, authenticatedAt }, replaces) => {
      const times = [Math.floor(insertedAt), Math.floor(authenticatedAt)] as const
      return guarded('insert', () =>
        replaces === undefined ? driver.insert(id, hash, ...times) : driver.replace(replaces, hash, ...times),
      )
    },
    find: hash => map(foundOf)(guarded('find', () => driver.find(hash))),
    delete: hash => guarded('delete', () => driver.delete(hash)),
    deleteAll: ({ id }, except) => guarded('deleteAll', () => driver.deleteAll(id, except)),
    deleteExpired: (insertedUntil, limit) => {
      checkValue('deleteExpired', 'limit', limit, count)
      return guarded('deleteExpired', () => driver.deleteExpired(Math.floor(insertedUntil), limit))
    },
    migrate: guarded('migrate', () => driver.migrate(migration)),
  }
}
