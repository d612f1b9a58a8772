// Cookies that are set again on a read, so that the browser keeps what the store prolongs.
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'libsql'
import t from 'tap'
import { conn, recycle, runAsync } from '../../../lib/testing/index.js'
import {
  cookieStore,
  memoryStore,
  memoryTable,
  putSession,
  session,
  type Store,
} from '../../../plugs/session/index.js'
import { redisStore } from '../../../plugs/session/stores/redis.js'
import { sqlStore } from '../../../plugs/session/stores/sql.js'
import { postgresAnswers, postgresMissing } from '../../examples/snippetbox/data/postgres.js'
import { skipUnless } from '../../support/skip.js'
import { app, dataOf, nothing } from './kit.js'
import { refreshContract } from './stores/refresh.js'
import { anyServer, available, libraries, missing, prefix } from './stores/redis-kit.js'
import { freshTable, value } from './stores/sql-contract.js'
import { databaseOf, poolOf } from './stores/sql-rigs.js'

const key = '_my_app_session'

t.test('in memory', async t => {
  refreshContract(t, () => memoryStore(memoryTable()), { keepsId: true })
})

t.test('in SQLite', async t => {
  const fresh = () => {
    const store = sqlStore(new Database(':memory:'))
    store.migrate()
    return store
  }
  refreshContract(t, fresh, { keepsId: true })
})

t.test('in PostgreSQL', skipUnless(await postgresAnswers(), postgresMissing), async t => {
  const pool = poolOf(t, await databaseOf(t))
  const tables = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const store = sqlStore(pool, { table: freshTable() })
      await value(store.migrate)
      return store
    }),
  )
  refreshContract(t, () => tables.pop() as Store, { keepsId: true })
})

t.test('in the cookie', async t => {
  for (const more of [{}, { encryptionSalt: 'another' }, { serializer: 'json' as const }])
    refreshContract(t, () => cookieStore({ signingSalt: 'a salt', issuedAt: true, ...more }), {
      keepsId: false,
    })
})

// The server's clock cannot be set.
for (const [name, open] of libraries)
  t.test(`in Redis (${name})`, skipUnless(available, missing), async t => {
    const server = await anyServer()
    t.teardown(() => server.stop())
    const { client, close } = await open(server.port)
    t.teardown(close)
    const of = { store: redisStore(client, { prefix: prefix() }), key, maxAge: 3, refreshAfter: 1 }
    let last = await runAsync(app(of, putSession('user', 'ada')))(conn('GET', '/'))
    const visit = async () => {
      const done = await runAsync(app(of, nothing))(recycle(last)('GET', '/'))
      last = done
      return [done.respCookies[key] !== undefined, { ...dataOf(done) }]
    }
    const expected = { user: 'ada' }
    t.strictSame(await visit(), [false, expected])
    for (let i = 0; i < 4; i++) {
      await sleep(1050)
      t.strictSame(await visit(), [true, expected], 'after a second')
      t.strictSame(await visit(), [false, expected], 'and not again')
    }
    await sleep(3100)
    t.strictSame(await visit(), [false, {}], 'it ends')
  })

t.test('options are checked at startup', async t => {
  const store = memoryStore(memoryTable())
  const refused: readonly (readonly [object, string])[] = [
    [{ maxAge: 60, refreshAfter: 0 }, 'refreshAfter must be a positive integer (seconds), got 0'],
    [{ maxAge: 60, refreshAfter: 1.5 }, 'refreshAfter must be a positive integer (seconds), got 1.5'],
    [{ maxAge: 60, refreshAfter: '9' }, 'refreshAfter must be a positive integer (seconds), got "9"'],
    [{ maxAge: 60, refreshAfter: 60 }, 'refreshAfter must be less than maxAge, 60, got 60'],
    [{ maxAge: 600, ttl: 60, refreshAfter: 60 }, 'refreshAfter must be less than ttl, 60, got 60'],
    [{ ttl: 60, refreshAfter: 61 }, 'refreshAfter must be less than ttl, 60, got 61'],
    [{ refreshAfter: 10 }, 'refreshAfter needs maxAge or ttl'],
    ...[
      cookieStore({ signingSalt: 'a salt' }),
      memoryStore(memoryTable(), { sliding: false }),
      sqlStore(new Database(':memory:'), { sliding: false }),
      { get: () => undefined, apply: () => 'x', delete: () => undefined } satisfies Store,
    ].map(
      store => [{ store, maxAge: 60, refreshAfter: 10 }, 'refreshAfter needs a store that prolongs'] as const,
    ),
  ]
  for (const [options, message] of refused)
    t.throws(() => session({ store, key, ...options }), {
      name: 'TypeError',
      message: new RegExp(`^session: ${message.replace(/[()]/g, '\\$&')}`),
    })
  session({ store, key, maxAge: 60, refreshAfter: 59 })
  session({ store, key, ttl: 60, refreshAfter: 59 })
})
