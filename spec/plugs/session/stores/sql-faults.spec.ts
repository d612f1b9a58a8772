// The store against a PostgreSQL that is killed, stands still or loses its table, and over a wire that is cut.
import { isLeft } from 'fp-ts/lib/Either.js'
import { Pool } from 'pg'
import t from 'tap'
import { conn, recycle, runAsync } from '../../../../lib/testing/index.js'
import { putSession } from '../../../../plugs/session/index.js'
import { sqlStore } from '../../../../plugs/session/stores/sql.js'
import {
  postgresServer,
  postgresServerAvailable,
  postgresServerMissing,
} from '../../../support/postgres-server.js'
import { skipUnless } from '../../../support/skip.js'
import { app, dataOf } from '../kit.js'
import { faults } from './faults.js'
import { outcome, value } from './sql-contract.js'

const key = '_my_app_session'

/** A pool as an app has it. */
const poolAt = (port: number): Pool => {
  const pool = new Pool({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 1_000,
  })
  // Without this a connection that is lost while nobody uses it would end the process.
  pool.on('error', () => undefined)
  return pool
}

t.test('a PostgreSQL that fails', skipUnless(postgresServerAvailable(), postgresServerMissing), async t => {
  const server = await postgresServer()
  t.teardown(server.stop)
  const owner = poolAt(server.port)
  await value(sqlStore(owner).migrate)
  await owner.end()

  faults(t, server, (port, options) => {
    const pool = poolAt(port)
    return { store: sqlStore(pool, options), close: () => pool.end() }
  })

  t.test('a table that is dropped, and made again', async t => {
    const pool = poolAt(server.port)
    t.teardown(() => pool.end())
    const store = sqlStore(pool)
    const of = { store, key }
    const first = await runAsync(app(of, putSession('user', 'ada')))(conn('GET', '/'))
    const request = recycle(first)('GET', '/')
    await pool.query('drop table plugboard_sessions')
    t.equal((await runAsync(app(of))(request)).status, 503)
    t.equal((await runAsync(app(of, putSession('a', 1)))(request)).status, 503)
    t.ok(isLeft(await outcome(store.deleteExpired(0))))
    await value(store.migrate)
    const answered = await runAsync(app(of, putSession('a', 1)))(request)
    t.equal(answered.status, 200)
    t.strictSame({ ...dataOf(await runAsync(app(of))(recycle(answered)('GET', '/'))) }, { a: 1 })
  })

  t.test('a database that can only be read', async t => {
    const pool = poolAt(server.port)
    t.teardown(() => pool.end())
    const of = { store: sqlStore(pool), key }
    const first = await runAsync(app(of, putSession('user', 'ada')))(conn('GET', '/'))
    const request = recycle(first)('GET', '/')
    const reset = 'alter system reset default_transaction_read_only'
    const writer = poolAt(server.port)
    t.teardown(() => writer.end())
    await writer.query('alter system set default_transaction_read_only = on')
    await writer.query('select pg_reload_conf()')
    for (let i = 0; i < 200; i++)
      if ((await runAsync(app(of, putSession('a', 1)))(request)).status === 503) break
    const failed = await runAsync(app(of, putSession('a', 1)))(request)
    t.equal(failed.status, 503)
    t.match(failed.error?.cause, { code: '25006' })
    await writer.query(reset)
    await writer.query('select pg_reload_conf()')
    for (let i = 0; i < 200; i++)
      if ((await runAsync(app(of, putSession('a', 2)))(request)).status === 200) break
    t.strictSame({ ...dataOf(await runAsync(app(of))(request)) }, { user: 'ada', a: 2 })
  })
})
