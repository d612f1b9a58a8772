/** The databases that the store's suites run on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type PoolConfig } from 'pg'
import type { Test } from 'tap'
import { sqlStore, type SqliteDatabase } from '../../../../plugs/session/stores/sql.js'
import { makePostgres } from '../../../examples/snippetbox/data/postgres.js'
import type { Rig } from './sql-contract.js'

/** A SQLite database: nothing of it happens at once. */
export const sqliteRig = (database: SqliteDatabase): Rig => ({
  dialect: 'sqlite',
  open: options => sqlStore(database, options),
  rows: async text => {
    if (/^\s*select/.test(text))
      return database.prepare(text).all() as readonly Readonly<Record<string, unknown>>[]
    database.exec(text)
    return []
  },
  contended: (_, work) => work(),
})

/** A pool of ten connections, closed when the test ends. */
export const poolOf = (t: Test, url: string, more: PoolConfig = {}): Pool => {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 30_000, ...more })
  pool.on('error', () => undefined)
  t.teardown(() => pool.end())
  return pool
}

/** An empty database of PostgreSQL, dropped when the test ends. */
export const databaseOf = async (t: Test): Promise<string> => {
  const { url, drop } = await makePostgres()
  t.teardown(drop)
  return url
}

/** A PostgreSQL, over a pool. */
export const postgresRig = (pool: Pool): Rig => ({
  dialect: 'postgres',
  open: options => sqlStore(pool, options),
  rows: async text => (await pool.query<Record<string, unknown>>(text)).rows,
  contended: async (table, work) => {
    const blocker = await pool.connect()
    try {
      await blocker.query('begin')
      await blocker.query(`select 1 from ${table} for update`)
      const working = work()
      await sleep(15)
      await blocker.query('commit')
      return await working
    } finally {
      blocker.release()
    }
  },
})
