/** Which databases the SQL store takes, as their own types describe them. */
import Libsql from 'libsql'
import { Client, Pool, type PoolClient } from 'pg'
import type { Effect } from '../../lib/index.js'
import type { Store } from '../../plugs/session/index.js'
import { sqlMigration, sqlStore, type SqlStore } from '../../plugs/session/stores/sql.js'

export const overPool: SqlStore = sqlStore(new Pool(), { table: 'app.sessions', ttl: 60 })
export const overClient: Store = sqlStore(new Client())
export const overPoolClient = (client: PoolClient) => sqlStore(client)
export const overLibsql = sqlStore(new Libsql('app.db'))

// As @types/better-sqlite3 has it.
interface Statement<Parameters extends unknown[], Row = unknown> {
  run(...params: Parameters): { changes: number; lastInsertRowid: number | bigint }
  all(...params: Parameters): Row[]
}
interface BetterSqlite {
  prepare<Parameters extends unknown[] | {} = unknown[], Row = unknown>(
    source: string,
  ): Parameters extends unknown[] ? Statement<Parameters, Row> : Statement<[Parameters], Row>
  exec(source: string): this
}
export const overBetterSqlite = (database: BetterSqlite) => sqlStore(database)

// As @types/node of Node 22 and later has node:sqlite.
type Value = null | number | bigint | string | NodeJS.ArrayBufferView
interface StatementSync {
  all(namedParameters: Record<string, Value>, ...anonymousParameters: Value[]): Record<string, unknown>[]
  all(...anonymousParameters: Value[]): Record<string, unknown>[]
  run(
    namedParameters: Record<string, Value>,
    ...anonymousParameters: Value[]
  ): { changes: number | bigint; lastInsertRowid: number | bigint }
  run(...anonymousParameters: Value[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}
interface DatabaseSync {
  prepare(sql: string): StatementSync
  exec(sql: string): void
}
export const overNode = (database: DatabaseSync) => sqlStore(database)

export const migrated: Effect<void> = overPool.migrate
export const deleted: Effect<number> = overPool.deleteExpired(0, 100)
export const printed: string = sqlMigration({ dialect: 'postgres' })

// @ts-expect-error an address is no client
sqlStore('postgres://localhost')
// @ts-expect-error nor is what answers with something else
sqlStore({ query: (text: string) => Promise.resolve(text) })
// @ts-expect-error the table's name is text
sqlStore(new Pool(), { table: 1 })
// @ts-expect-error another dialect
sqlMigration({ dialect: 'mysql' })
