// The store in PostgreSQL, over a pool of ten connections.
import { setTimeout as sleep } from 'node:timers/promises'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { Client, Pool } from 'pg'
import t from 'tap'
import { conn, recycle, runAsync } from '../../../../lib/testing/index.js'
import { putSession, updateSession } from '../../../../plugs/session/index.js'
import { sqlMigration, sqlStore, type PostgresClient } from '../../../../plugs/session/stores/sql.js'
import { postgresAnswers, postgresMissing } from '../../../examples/snippetbox/data/postgres.js'
import { app, cookieOf, dataOf } from '../kit.js'
import { skipUnless } from '../../../support/skip.js'
import { freshTable, outcome, put, sqlContract, value, write } from './sql-contract.js'
import { databaseOf, poolOf, postgresRig } from './sql-rigs.js'

const key = '_my_app_session'
const place = { name: 'session', ttl: undefined }
const needsPostgres = skipUnless(await postgresAnswers(), postgresMissing)

t.test('all that a store does', needsPostgres, async t => {
  const url = await databaseOf(t)
  sqlContract(t, postgresRig(poolOf(t, url)))
})

t.test('an isolation that is stricter by default', needsPostgres, async t => {
  const url = await databaseOf(t)
  const pool = poolOf(t, url, { options: '-c default_transaction_isolation=serializable' })
  const store = sqlStore(pool, { timeout: 60_000 })
  await value(store.migrate)
  const of = { store, key }
  const first = await runAsync(app(of, putSession('n', 0)))(conn('GET', '/'))
  const count = app(
    of,
    updateSession('n', n => Number(n) + 1),
  )
  const done = await Promise.all(
    Array.from({ length: 40 }, () => runAsync(count)(recycle(first)('GET', '/'))),
  )
  t.ok(done.every(({ status }) => status === 200))
  t.strictSame({ ...dataOf(await runAsync(app(of))(recycle(first)('GET', '/'))) }, { n: 40 })
})

t.test('a single client, and anything else with query(text, values), will do', needsPostgres, async t => {
  const url = await databaseOf(t)
  const client = new Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  const asked: (readonly [string, readonly unknown[]])[] = []
  const counting: PostgresClient = {
    query: (text, values) => {
      asked.push([text, values])
      return client.query(text, values)
    },
  }
  const store = sqlStore(counting)
  await value(store.migrate)
  asked.length = 0
  const id = (await value(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))) as string
  await value(store.deleteExpired(0))
  asked.length = 0
  await value(store.get(id, place, conn('GET', '/')))
  await value(store.apply(id, write(put('b', 1)), place, conn('GET', '/')))
  await value(store.delete(id, place, conn('GET', '/')))
  t.equal(asked.length, 3, 'one statement for each operation')
  t.notOk(JSON.stringify(asked).includes(id), 'and none holds an id')
})

t.test('reading a session again and again writes nothing', needsPostgres, async t => {
  const url = await databaseOf(t)
  const pool = poolOf(t, url)
  const store = sqlStore(pool, { ttl: 100 })
  await value(store.migrate)
  const id = (await value(
    store.apply(undefined, write(put('a', 1)), place, conn('GET', '/', { now: 0 })),
  )) as string
  const version = async () => (await pool.query('select xmin, ctid from plugboard_sessions')).rows
  const before = await version()
  for (const now of [1, 5_000, 10_000]) await value(store.get(id, place, conn('GET', '/', { now })))
  t.strictSame(await version(), before)
  await value(store.get(id, place, conn('GET', '/', { now: 10_001 })))
  t.notSame(await version(), before)
})

t.test('a batch passes over what a request holds, and waits for nobody', needsPostgres, async t => {
  const url = await databaseOf(t)
  const pool = poolOf(t, url)
  const store = sqlStore(pool, { ttl: 10 })
  await value(store.migrate)
  for (const seed of ['a', 'b', 'c'])
    await value(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/', { now: 0, seed })))
  const holder = await pool.connect()
  await holder.query('begin')
  await holder.query('select 1 from plugboard_sessions limit 1 for update')
  t.equal(await value(store.deleteExpired(10_000)), 2)
  await holder.query('commit')
  holder.release()
  t.equal(await value(store.deleteExpired(10_000)), 1)
})

t.test('the app needs no more than to select, insert, update and delete', needsPostgres, async t => {
  const url = await databaseOf(t)
  const owner = poolOf(t, url)
  const role = `plugboard_app_${process.pid}_${Date.now()}`
  await owner.query(`create role ${role} login`)
  await owner.query('create schema app')
  const table = 'app.sessions'
  await value(sqlStore(owner, { table }).migrate)
  await owner.query(sqlMigration({ dialect: 'postgres', table }))
  const grant = async (): Promise<void> => {
    await owner.query(`grant usage on schema app to ${role}`)
    await owner.query(`grant select, insert, update, delete on app.sessions to ${role}`)
  }
  await grant()
  const theirs = new URL(url)
  theirs.username = role
  const pool = new Pool({ connectionString: theirs.href })
  try {
    const store = sqlStore(pool, { table })
    const of = { store, key }
    const first = await runAsync(app(of, putSession('user', 'ada')))(conn('GET', '/'))
    t.equal(first.status, 200)
    t.equal(await value(store.deleteExpired(0)), 0)
    const request = recycle(first)('GET', '/')
    for (const revoked of ['select', 'update', 'all', 'usage']) {
      await owner.query(
        revoked === 'usage'
          ? `revoke usage on schema app from ${role}`
          : `revoke ${revoked} on app.sessions from ${role}`,
      )
      const failed = await runAsync(app(of))(request)
      t.equal(failed.status, 503, `without ${revoked}`)
      t.match(failed.error?.cause, { code: '42501' })
      t.equal((await runAsync(app(of, putSession('a', 1)))(request)).status, 503)
      await grant()
      t.strictSame({ ...dataOf(await runAsync(app(of))(request)) }, { user: 'ada' }, 'and all is well again')
    }
    t.ok(isLeft(await outcome(store.migrate)), 'tables are made by who may')
  } finally {
    await pool.end()
    await owner.query('drop schema app cascade')
    await owner.query(`drop role ${role}`)
  }
})

t.test('a query that does not come back leaves the pool its connections', needsPostgres, async t => {
  const url = await databaseOf(t)
  const pool = poolOf(t, url, { max: 2 })
  const store = sqlStore(pool, { timeout: 300 })
  await value(store.migrate)
  const of = { store, key }
  const first = await runAsync(app(of, putSession('a', 1)))(conn('GET', '/'))
  const blocker = new Client({ connectionString: url })
  await blocker.connect()
  try {
    await blocker.query('begin')
    await blocker.query('lock table plugboard_sessions in access exclusive mode')
    const blocked = await Promise.all(
      Array.from({ length: 4 }, () => runAsync(app(of))(recycle(first)('GET', '/'))),
    )
    t.strictSame(
      blocked.map(({ status, error }) => [status, error?._tag]),
      blocked.map(() => [503, 'SessionUnavailable']),
    )
    await sleep(500)
    const { rows } = await pool.query('select 1 as one')
    t.strictSame(rows, [{ one: 1 }], 'the app goes on, though the table is still locked')
  } finally {
    await blocker.end()
  }
  t.strictSame({ ...dataOf(await runAsync(app(of))(recycle(first)('GET', '/'))) }, { a: 1 })
})

t.test('a failure of another kind is not tried again', async t => {
  let asked = 0
  const store = sqlStore({
    query: () => {
      asked++
      return Promise.reject(asked === 1 ? Object.assign(new Error('deadlock'), { code: '40P01' }) : null)
    },
  })
  const failed = await outcome(store.get('x', place, conn('GET', '/')))
  if (isRight(failed)) throw new Error('it did not fail')
  t.equal(failed.left._tag, 'SessionUnavailable')
  t.equal(asked, 2)
  asked = -1000
  const conflict = sqlStore({
    query: () => {
      asked++
      return Promise.reject(Object.assign(new Error('conflict'), { code: '40001' }))
    },
  })
  asked = 0
  t.ok(isLeft(await outcome(conflict.delete('x', place, conn('GET', '/')))))
  t.equal(asked, 51)
})

t.test('two sessions share a table', needsPostgres, async t => {
  const url = await databaseOf(t)
  const table = freshTable()
  const store = sqlStore(poolOf(t, url), { table })
  await value(store.migrate)
  const request = conn('GET', '/')
  const [a, b] = [place, { name: 'cart', ttl: undefined }]
  const one = (await value(store.apply(undefined, write(put('a', 1)), a, request))) as string
  const two = (await value(store.apply(undefined, write(put('a', 2)), b, request))) as string
  t.not(one, two)
  t.equal(await value(store.get(one, b, request)), undefined)
  await value(store.delete(one, b, request))
  t.ok(await value(store.get(one, a, request)))
  t.equal(cookieOf(await runAsync(app({ store, key }, putSession('a', 1)))(request)), one)
})
