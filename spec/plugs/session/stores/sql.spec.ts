// The store in SQLite, on the one library that is installed with the project, and on Node's own where it has one.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js'
import Database from 'libsql'
import t, { type Test } from 'tap'
import { conn, recycle, run } from '../../../../lib/testing/index.js'
import { putSession, updateSession } from '../../../../plugs/session/index.js'
import { sqlMigration, sqlStore, type SqliteDatabase } from '../../../../plugs/session/stores/sql.js'
import { app, cookieOf, read } from '../kit.js'
import { outcome, put, sqlContract, value, write } from './sql-contract.js'
import { sqliteRig } from './sql-rigs.js'

const key = '_my_app_session'
const place = { name: 'session', ttl: undefined }

/** A folder that is gone when the test ends. */
const folderOf = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-sql-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('libsql, in memory', async t => sqlContract(t, sqliteRig(new Database(':memory:'))))

t.test('libsql, on a file', async t => {
  const database = new Database(join(folderOf(t), 'sessions.db'), { timeout: 1000 })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  t.teardown(() => database.close())
  sqlContract(t, sqliteRig(database))
})

type DatabaseSync = new (path: string) => SqliteDatabase & { close: () => void }
const nodeSqlite = (): DatabaseSync | undefined => {
  try {
    return (createRequire(import.meta.url)('node:sqlite') as { readonly DatabaseSync: DatabaseSync })
      .DatabaseSync
  } catch {
    return undefined
  }
}
const Native = nodeSqlite()
// Before Node 22 there is nothing to promise.
if (Native !== undefined)
  t.test("Node's own", async t => {
    const database = new Native(':memory:')
    t.teardown(() => database.close())
    sqlContract(t, sqliteRig(database))
  })

t.test('a schema is that of an attached database', async t => {
  const database = new Database(':memory:')
  database.exec("attach ':memory:' as other")
  const store = sqlStore(database, { table: 'other.sessions' })
  t.strictSame(store.migrate(), right(undefined))
  t.strictSame(store.migrate(), right(undefined))
  const id = await value(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))
  t.ok(await value(store.get(id as string, place, conn('GET', '/'))))
  t.equal(database.prepare('select 1 from other.sessions').all().length, 1)
})

t.test('the effects are synchronous: an app with it answers at once', async t => {
  const store = sqlStore(new Database(':memory:'))
  store.migrate()
  const done = run(app({ store, key }, putSession('a', 1)))(conn('GET', '/'))
  t.equal(done.status, 200)
  t.strictSame({ ...read({ store, key }, recycle(done)('GET', '/')) }, { a: 1 })
  t.strictSame(store.deleteExpired(0)(), right(0))
})

t.test('another process holds the lock: a 503, and all is well when it lets go', async t => {
  for (const mode of ['wal', 'delete']) {
    const file = join(folderOf(t), 'sessions.db')
    const [ours, theirs] = [new Database(file), new Database(file)]
    t.teardown(() => (ours.close(), theirs.close()))
    ours.pragma(`journal_mode = ${mode}`)
    const failures: unknown[] = []
    const store = sqlStore(ours, { onFailure: failure => () => void failures.push(failure) })
    store.migrate()
    const of = { store, key }
    const first = run(app(of, putSession('a', 1)))(conn('GET', '/'))
    const request = recycle(first)('GET', '/')
    theirs.exec('begin exclusive')
    t.equal(run(app(of, putSession('a', 2)))(request).status, 503, `${mode}: writing`)
    t.match(failures, [{ reason: 'error', cause: { code: 'SQLITE_BUSY' } }])
    const reading = run(app(of))(request)
    t.equal(reading.status, mode === 'wal' ? 200 : 503, `${mode}: reading`)
    t.ok(isLeft(await outcome(store.delete(cookieOf(first), place, request))))
    t.ok(isLeft(await outcome(store.migrate)))
    theirs.exec('commit')
    t.equal(run(app(of, putSession('b', 2)))(request).status, 200)

    // A reader keeps a writer from ending its transaction, unless there is a log.
    theirs.exec('begin; select 1 from plugboard_sessions limit 1')
    const blocked = run(app(of, putSession('c', 3)))(request)
    t.equal(blocked.status, mode === 'wal' ? 200 : 503)
    theirs.exec('commit')
    run(app(of, putSession('d', 4)))(request)
    const seen = sqlStore(theirs)
    t.strictSame(
      { ...read({ store: seen, key }, request) },
      { a: 1, b: 2, d: 4, ...(mode === 'wal' ? { c: 3 } : {}) },
      'what was answered with 200 is there for others to see',
    )
  }
})

t.test("a transaction of the app's own is not touched", async t => {
  for (const told of [true, false]) {
    const database = new Database(':memory:')
    const shape: SqliteDatabase = told
      ? database
      : { prepare: sql => database.prepare(sql), exec: sql => database.exec(sql) }
    const store = sqlStore(shape)
    store.migrate()
    database.exec('create table notes (n)')
    database.exec('begin; insert into notes values (1)')
    const failed = await outcome(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))
    if (isRight(failed)) throw new Error('it was written')
    t.match(failed.left.cause, {
      message: told ? /give the store a connection of its own/ : /within a transaction/,
    })
    database.exec('commit')
    t.equal(database.prepare('select * from notes').all().length, 1)
    t.ok(isRight(await outcome(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))))
  }
})

t.test('two processes on one file lose nothing', async t => {
  const file = join(folderOf(t), 'sessions.db')
  const database = new Database(file, { timeout: 10_000 })
  t.teardown(() => database.close())
  database.pragma('journal_mode = WAL')
  const store = sqlStore(database)
  store.migrate()
  const of = { store, key }
  const first = run(app(of, putSession('n', 0)))(conn('GET', '/'))
  const child = new URL('./sql-counter.js', import.meta.url)
  const ended = [0, 1].map(
    i =>
      new Promise(resolve =>
        fork(child, [file, cookieOf(first), String(i), '100']).once('exit', code => resolve(code)),
      ),
  )
  t.strictSame(await Promise.all(ended), [0, 0])
  const { n, ...others } = read(of, recycle(first)('GET', '/'))
  t.equal(n, 200)
  t.equal(Object.keys(others).length, 200)
})

t.test('a transaction that a failure has ended already is as good as rolled back', async t => {
  const database = new Database(':memory:')
  let broken = false
  const store = sqlStore({
    prepare: sql => database.prepare(sql),
    exec: sql => {
      database.exec(sql)
      if (!broken || sql !== 'commit') return
      database.exec('begin; rollback')
      throw new Error('the disk is full')
    },
  })
  store.migrate()
  broken = true
  const failed = await outcome(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))
  t.match(failed, { left: { cause: { message: 'the disk is full' } } })
  broken = false
  t.ok(isRight(await outcome(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))))
})

t.test('a row that somebody else has spoilt is a failure, and no session', async t => {
  const database = new Database(':memory:')
  const store = sqlStore(database)
  store.migrate()
  const id = (await value(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))) as string
  database.exec("update plugboard_sessions set terms = x'00'")
  t.match(await outcome(store.get(id, place, conn('GET', '/'))), {
    left: { status: 503, cause: { message: /the terms of a session are no map of terms/ } },
  })
})

t.test('integers that come as bigints, and blobs as byte arrays, are as good', async t => {
  const database = new Database(':memory:')
  database.defaultSafeIntegers(true)
  const bytes = (row: object): object =>
    Object.fromEntries(
      Object.entries(row).map(([column, each]) => [
        column,
        each instanceof ArrayBuffer ? new Uint8Array(each) : (each as unknown),
      ]),
    )
  const store = sqlStore({
    exec: sql => database.exec(sql),
    prepare: sql => {
      const statement = database.prepare(sql)
      return {
        all: (...values) => statement.all(...values).map(row => bytes(row as object)),
        run: (...values) => statement.run(...values),
      }
    },
  })
  store.migrate()
  const of = { store, key }
  const first = run(app(of, putSession('n', 0)))(conn('GET', '/'))
  const count = updateSession('n', n => Number(n) + 1)
  run(app(of, count))(recycle(first)('GET', '/'))
  t.strictSame({ ...read(of, recycle(first)('GET', '/')) }, { n: 1 })
})

t.test('options and the database are checked at boot', async t => {
  const database = new Database(':memory:')
  const wrong = (options: object, message: RegExp) =>
    t.throws(() => sqlStore(database, options), { name: 'TypeError', message })
  for (const table of [
    '',
    'a b',
    '1a',
    'a.b.c',
    'a.',
    '.a',
    'a"b',
    'a;b',
    'é',
    'a'.repeat(51),
    7,
    'a-b',
    'a\n',
  ])
    wrong({ table }, /sqlStore: table must be a name of at most 50 letters, digits and "_"/)
  for (const ttl of [0, -1, 0.5, '10']) wrong({ ttl }, /sqlStore: ttl must be a positive integer \(seconds\)/)
  wrong({ sliding: 1 }, /sqlStore: sliding must be a boolean/)
  wrong({ timeout: 0 }, /sqlStore: timeout must be a positive integer \(milliseconds\)/)
  wrong({ onFailure: 1 }, /sqlStore: onFailure must be a function/)
  wrong({ schema: 'a' }, /sqlStore: unknown option schema/)
  for (const other of [undefined, null, 'postgres://', {}, { query: 1 }, { prepare: () => 1 }, () => 1])
    t.throws(() => sqlStore(other as never), {
      name: 'TypeError',
      message: /sqlStore: database must be a Pool of pg or the like, with query\(text, values\), or a SQLite/,
    })
  for (const options of [undefined, {}, { dialect: 'mysql' }])
    t.throws(
      () => sqlMigration(options as never),
      /sqlMigration: (options must|dialect must be 'postgres' or)/,
    )
  t.throws(() => sqlMigration({ dialect: 'sqlite', table: 'a b' }), /sqlMigration: table must be/)
})

t.test('the migration in either dialect', async t => {
  t.match(sqlMigration({ dialect: 'sqlite' }), /^create table if not exists "plugboard_sessions" \(/)
  t.match(
    sqlMigration({ dialect: 'sqlite', table: 'a.b' }),
    /create index if not exists "a"\."b_expires_at" on "b" \(expires_at\)/,
  )
  const postgres = sqlMigration({ dialect: 'postgres', table: 'a.b' })
  t.match(postgres, /create table if not exists "a"\."b" \(/)
  t.match(postgres, /create index if not exists "b_expires_at" on "a"\."b" \(expires_at\)/)
  t.match(postgres, 'pg_advisory_xact_lock')
})
