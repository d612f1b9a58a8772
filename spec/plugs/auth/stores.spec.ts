// What every store of tokens promises: the one in memory, and the one on SQL with each database. And what only SQL can do:
// fail, be slow, be shared.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import Libsql from 'libsql'
import { Pool } from 'pg'
import t, { type Test } from 'tap'
import type { Effect } from '../../../lib/index.js'
import {
  memoryTokenStore,
  sqlTokenStore,
  tokenMigration,
  type SqlTokenStore,
  type SqlTokenStoreOptions,
  type StoreFailure,
  type TokenStore,
} from '../../../plugs/auth/index.js'
import { makePostgres, postgresAnswers, postgresMissing } from '../../examples/snippetbox/data/postgres.js'
import { skipUnless } from '../../support/skip.js'

interface User {
  readonly id: number
  readonly name: string
}
const [ada, bob]: readonly [User, User] = [
  { id: 1, name: "ada'; drop table users; --" },
  { id: 9007199254740991, name: 'bob' },
]
const now = Date.UTC(2026, 0, 1)
const hash = (byte: number): Buffer => Buffer.alloc(32, byte)
const times = (insertedAt: number, authenticatedAt = insertedAt) => ({ insertedAt, authenticatedAt })

const value = async <A>(effect: Effect<A>): Promise<A> => {
  const outcome = await effect()
  if (isLeft(outcome)) throw outcome.left.cause ?? outcome.left
  return outcome.right
}

const contract = async (t: Test, empty: () => Promise<TokenStore<User>>): Promise<void> => {
  const test = (name: string, body: (t: Test, store: TokenStore<User>) => Promise<void>) =>
    t.test(name, async t => body(t, await empty()))

  await test('a token finds its user and its times until it is deleted', async (t, store) => {
    await value(store.insert(ada, hash(1), times(now, now - 5)))
    await value(store.insert(bob, hash(2), times(now + 1)))
    t.strictSame(await value(store.find(hash(1))), { user: ada, ...times(now, now - 5) })
    t.strictSame(await value(store.find(hash(2))), { user: bob, ...times(now + 1) })
    for (const none of [hash(3), Buffer.alloc(0), Buffer.alloc(31, 1), Buffer.alloc(1000)])
      t.equal(await value(store.find(none)), undefined)
    await value(store.delete(hash(1)))
    await value(store.delete(hash(3)))
    t.equal(await value(store.find(hash(1))), undefined)
    t.match(await value(store.find(hash(2))), { user: bob })
  })

  await test('all tokens of one user can be deleted, or all but one', async (t, store) => {
    for (const byte of [1, 2, 3]) await value(store.insert(ada, hash(byte), times(now)))
    await value(store.insert(bob, hash(4), times(now)))
    const left = async (): Promise<readonly number[]> => {
      const found = await Promise.all(
        [1, 2, 3, 4].map(async byte => [byte, await value(store.find(hash(byte)))] as const),
      )
      return found.filter(([, token]) => token !== undefined).map(([byte]) => byte)
    }
    await value(store.deleteAll(ada, hash(2)))
    t.strictSame(await left(), [2, 4])
    await value(store.deleteAll(ada, hash(4)))
    t.strictSame(await left(), [4], 'the token of somebody else is nothing to be excepted')
    await value(store.deleteAll(ada))
    t.strictSame(await left(), [4])
  })

  await test('a token takes the place of another only while that is there', async (t, store) => {
    await value(store.insert(ada, hash(1), times(now)))
    await value(store.insert(ada, hash(2), times(now + 5, now), hash(1)))
    t.strictSame(await value(store.find(hash(2))), { user: ada, ...times(now + 5, now) })
    t.ok(await value(store.find(hash(1))), 'which is not deleted')
    await value(store.deleteAll(ada))
    await value(store.insert(ada, hash(3), times(now), hash(1)))
    t.equal(await value(store.find(hash(3))), undefined)
  })

  await test('tokens that are replaced while all are deleted do not outlive it', async (t, store) => {
    for (let round = 0; round < 10; round++) {
      await value(store.insert(ada, hash(0), times(now)))
      const replacing = Array.from({ length: 8 }, (_, i) =>
        value(store.insert(ada, hash(i + 1), times(now), hash(i % 2 === 0 ? 0 : i))),
      )
      await Promise.all([...replacing.slice(0, 4), value(store.deleteAll(ada)), ...replacing.slice(4)])
      for (let i = 0; i < 9; i++) t.equal(await value(store.find(hash(i))), undefined)
    }
  })

  await test('old tokens are deleted in batches', async (t, store) => {
    for (let i = 0; i < 7; i++) await value(store.insert(ada, hash(i), times(now + i, now - 1)))
    const clear = () => value(store.deleteExpired(now + 4, 2))
    t.strictSame([await clear(), await clear(), await clear(), await clear()], [2, 2, 1, 0])
    t.equal(await value(store.find(hash(4))), undefined)
    t.ok(await value(store.find(hash(5))))
  })

  await test('nothing is performed before an effect is called', async (t, store) => {
    await value(store.insert(ada, hash(1), times(now)))
    store.insert(ada, hash(2), times(now))
    store.delete(hash(1))
    store.deleteAll(ada)
    store.deleteExpired(now, 10)
    t.ok(await value(store.find(hash(1))))
    t.equal(await value(store.find(hash(2))), undefined)
  })
}

const columns = ['id', 'name'] as const
const user = ({ id, name }: { readonly id: unknown; readonly name: unknown }): User => ({
  id: Number(id),
  name: String(name),
})

type More = Partial<SqlTokenStoreOptions<User, 'id' | 'name'>>
interface Rig {
  readonly open: (more?: More) => SqlTokenStore<User>
  readonly execute: (sql: string) => Promise<readonly unknown[]>
}

const users = `create table users (id bigint primary key, name text not null);
  insert into users values (${ada.id}, '${ada.name.replace("'", "''")}'), (${bob.id}, '${bob.name}')`

const sqlContract = async (t: Test, { open, execute }: Rig): Promise<void> => {
  await execute(users)
  const store = open()
  await contract(t, async () => {
    await value(store.migrate)
    await execute('delete from users_tokens')
    return store
  })

  await t.test('the table can be made any number of times, at once too', async t => {
    await execute('drop table users_tokens')
    await Promise.all(Array.from({ length: 5 }, () => value(open().migrate)))
    t.strictSame(await execute('select * from users_tokens'), [])
  })

  await t.test(
    'a user is found as they are by now, and one who is deleted takes their tokens along',
    async t => {
      await value(store.insert(bob, hash(1), times(now)))
      await execute(`update users set name = 'Robert' where id = ${bob.id}`)
      t.match(await value(store.find(hash(1))), { user: { name: 'Robert' } })
      await execute(`delete from users where id = ${bob.id}`)
      t.equal(await value(store.find(hash(1))), undefined)
      t.strictSame(await execute('select * from users_tokens'), [])
      await execute(`insert into users values (${bob.id}, 'bob')`)
    },
  )

  await t.test('what is stored is the hash, and tokens for other purposes are left alone', async t => {
    await value(store.insert(ada, hash(1), times(now, now - 1)))
    const rows = await execute('select context, user_id, inserted_at, authenticated_at from users_tokens')
    t.strictSame(
      rows.map(row => Object.values(row as object).map(each => (each === 'session' ? each : Number(each)))),
      [['session', 1, now, now - 1]],
    )
    await execute(`update users_tokens set context = 'reset_password'`)
    t.equal(await value(store.find(hash(1))), undefined)
    await value(store.delete(hash(1)))
    await value(store.deleteAll(ada))
    t.equal(await value(store.deleteExpired(now * 2, 10)), 0)
    t.equal((await execute('select context from users_tokens')).length, 1)
    await execute('delete from users_tokens')
  })

  await t.test('names may be others, and are quoted', async t => {
    await execute('create table "Order" (id bigint primary key, name text, "group" text)')
    await execute(`insert into "Order" values (1, 'ada', 'admins')`)
    const other = open({ users: 'Order', table: 'Group' })
    await value(other.migrate)
    await value(other.insert(ada, hash(1), times(now)))
    t.match(await value(other.find(hash(1))), { user: { id: 1, name: 'ada' } })
  })

  await t.test('a failure is a 503 that an operator hears of, without a token', async t => {
    const failures: StoreFailure[] = []
    const broken = open({ table: 'nowhere', onFailure: failure => () => void failures.push(failure) })
    for (const effect of [
      broken.insert(ada, hash(1), times(now)),
      broken.find(hash(1)),
      broken.delete(hash(1)),
      broken.deleteAll(ada),
      broken.deleteExpired(now, 1),
    ] as const) {
      const outcome = (await effect()) as unknown
      t.match(
        outcome,
        left({
          _tag: 'SessionUnavailable',
          status: 503,
          headers: { 'retry-after': '2' },
          cause: { message: /./ },
        }),
      )
    }
    t.strictSame(
      failures.map(({ store, operation, reason }) => [store, operation, reason]),
      ['insert', 'find', 'delete', 'deleteAll', 'deleteExpired'].map(operation => [
        'tokens',
        operation,
        'error',
      ]),
    )
    t.match(
      await store.insert({ id: 404, name: '' }, hash(9), times(now))(),
      left({ status: 503 }),
      'a token of nobody',
    )
  })
}

t.test('in memory', async t => {
  await contract(t, async () => memoryTokenStore<User>())
  t.test('it answers at once', async t => {
    t.match(memoryTokenStore<User>().find(hash(1))(), { _tag: 'Right' })
  })
})

t.test('SQLite', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-'))
  const database = new Libsql(join(folder, 'x.db'))
  t.teardown(() => {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  })
  database.pragma('foreign_keys = on')
  await sqlContract(t, {
    open: more => sqlTokenStore(database, { columns, user, ...more }),
    execute: async sql => {
      if (/^\s*select/.test(sql)) return database.prepare(sql).all() as readonly unknown[]
      database.exec(sql)
      return []
    },
  })
  t.test('it answers at once', async t => {
    t.match(sqlTokenStore(database, { columns, user }).find(hash(1))(), { _tag: 'Right' })
  })
})

t.test('PostgreSQL', skipUnless(await postgresAnswers(), postgresMissing), async t => {
  const { url, drop } = await makePostgres()
  const pool = new Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  t.teardown(async () => {
    await pool.end()
    await drop()
  })
  const execute = async (sql: string) => (await pool.query(sql)).rows as readonly unknown[]
  await sqlContract(t, { open: more => sqlTokenStore(pool, { columns, user, ...more }), execute })

  await t.test('a database that does not answer in time is a 503', async t => {
    const failures: StoreFailure[] = []
    const store = sqlTokenStore(pool, {
      columns,
      user,
      timeout: 200,
      onFailure: failure => () => void failures.push(failure),
    })
    const blocker = await pool.connect()
    await blocker.query('begin')
    await blocker.query('lock table users_tokens in access exclusive mode')
    t.match(await store.find(hash(1))(), left({ status: 503, headers: { 'retry-after': '1' } }))
    t.match(failures, [{ store: 'tokens', operation: 'find', reason: 'timeout' }])
    await blocker.query('rollback')
    blocker.release()
  })

  await t.test('who deletes all waits for a replacement that is under way, and deletes it too', async t => {
    const store = sqlTokenStore(pool, { columns, user, timeout: 20_000 })
    await value(store.insert(ada, hash(1), times(now)))
    const other = await pool.connect()
    await other.query('begin')
    await other.query(`insert into users_tokens (context, user_id, token, inserted_at, authenticated_at)
      select context, user_id, decode('${hash(2).toString('hex')}', 'hex'), ${now}, ${now}
      from users_tokens where token = decode('${hash(1).toString('hex')}', 'hex') for share`)
    const deleting = value(store.deleteAll(ada))
    await sleep(100)
    await other.query('commit')
    other.release()
    await deleting
    t.equal(await value(store.find(hash(1))), undefined)
    t.equal(await value(store.find(hash(2))), undefined)
  })

  await t.test('users with a uuid, in a schema', async t => {
    await execute('create schema app')
    await execute('create table app.users (id uuid primary key)')
    const id = '6a5f9a3e-8a4c-4f3e-9d5e-0c8b6a1f2d3c'
    await execute(`insert into app.users values ('${id}')`)
    const store = sqlTokenStore(pool, {
      table: 'app.users_tokens',
      users: 'app.users',
      userId: 'uuid',
      columns: ['id'],
      user: row => ({ id: String(row.id) }),
    })
    await value(store.migrate)
    await value(store.insert({ id }, hash(1), times(now)))
    t.match(await value(store.find(hash(1))), { user: { id } })
    await value(store.deleteAll({ id }))
    t.equal(await value(store.find(hash(1))), undefined)
  })
})

t.test('the migration can be printed', async t => {
  t.match(tokenMigration({ dialect: 'sqlite' }), /^create table if not exists "users_tokens" \(/)
  t.match(
    tokenMigration({ dialect: 'sqlite', table: 'main.t', users: 'people', userId: 'uuid' }),
    /"main"\."t" \([^]*user_id text not null references "people" \(id\)[^]*"main"\."t_user_id" on "t"/,
  )
  t.match(
    tokenMigration({ dialect: 'postgres', table: 'app.t', userId: 'text' }),
    /"app"\."t" \([^]*user_id text not null references "users" \(id\)[^]*exists "t_user_id" on "app"\."t"/,
  )
  t.match(tokenMigration({ dialect: 'postgres' }), 'user_id bigint')
  t.throws(() => tokenMigration({ dialect: 'mysql' as 'sqlite' }), /tokenMigration: dialect must be/)
  t.throws(
    () => tokenMigration({ dialect: 'sqlite', userId: 'x' as 'uuid' }),
    /tokenMigration: userId must be/,
  )
})

t.test('options are checked when the store is made, and named', async t => {
  const database = { query: async () => ({ rows: [] }) }
  const refused = (options: unknown, words: RegExp, over: unknown = database) =>
    t.throws(() => sqlTokenStore(over as never, options as never), { name: 'TypeError', message: words })
  refused({ user }, /^sqlTokenStore: columns must be an array of columns/)
  refused({ user, columns: [] }, /^sqlTokenStore: columns must be/)
  refused({ user, columns: ['a"b'] }, /^sqlTokenStore: columns must be/)
  refused({ columns }, /^sqlTokenStore: user must be a function from a row to a user/)
  refused({ columns, user, table: 'a b' }, /^sqlTokenStore: table must be a name/)
  refused({ columns, user, users: '1' }, /^sqlTokenStore: users must be a name/)
  refused(
    { columns, user, timeout: 0 },
    /^sqlTokenStore: timeout must be a positive integer \(milliseconds\)/,
  )
  refused({ columns, user, ttl: 1 }, /^sqlTokenStore: unknown option ttl/)
  refused({ columns, user }, /^sqlTokenStore: database must be a Pool of pg/, {})
  const store = sqlTokenStore(database, { columns, user })
  for (const limit of [0, 1.5, NaN])
    t.throws(() => store.deleteExpired(now, limit), /limit must be a positive integer/)
})
