import t, { type Test } from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { Redis } from 'ioredis'
import { atom, termFormat } from '../../../../lib/crypto/index.js'
import { attempt } from '../../../../lib/index.js'
import { conn, runAsync } from '../../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  deleteSession,
  mergeSession,
  putSession,
  updateSession,
  type Stored,
} from '../../../../plugs/session/index.js'
import {
  redisStore,
  type NodeRedisClient,
  type RedisClient,
  type StoreFailure,
} from '../../../../plugs/session/stores/redis.js'
import { redisServer } from '../../../support/redis-server.js'
import { skipUnless } from '../../../support/skip.js'
import { app, cookieOf, dataOf, type Change } from '../kit.js'
import {
  anyServer,
  available,
  canStart,
  count,
  held,
  key,
  libraries,
  live,
  missing,
  next,
  optionsOf,
  outcome,
  placeOf,
  prefix,
  type OpenClient,
} from './redis-kit.js'
import { contract } from './contract.js'
import { serverContract } from './server-contract.js'

const place = { name: 'session', ttl: undefined }
const server = available ? await anyServer() : undefined
const port = server?.port ?? 0
t.teardown(() => server?.stop())

const text = (reply: unknown): string => JSON.stringify(reply)

/** Runs a test with a client of each library. */
const each = (what: string, test: (t: Test, open: OpenClient, name: string) => Promise<void>): void => {
  for (const [name, open] of libraries)
    t.test(`${what} (${name})`, skipUnless(available, missing), async t => {
      const opened = await open(port)
      t.teardown(opened.close)
      await test(t, opened, name)
    })
}

each('it does what every store does', async (t, { client }) => contract(t, () => optionsOf(client)))

each('it does what every store on a server does', async (t, { client }) =>
  serverContract(t, () => redisStore(client, { prefix: prefix(), ttl: 60 })),
)

each('what the server holds gives nobody a session', async (t, { client, tell }) => {
  const at = prefix()
  const of = optionsOf(client, { prefix: at })
  const first = await live(of, conn('GET', '/'), putSession('theme', 'dark'))
  const second = await live(
    of,
    next(first),
    updateSession('theme', () => 'light'),
  )
  await live(of, next(second), configureSession('renew'))
  await live(of, conn('GET', '/', { seed: 'other' }), putSession('theme', 'dark'))
  const keys = (await tell('KEYS', `${at}*`)) as string[]
  t.equal(keys.filter(each => each.endsWith('}')).length, 2)
  let dump = text(keys)
  for (const each of keys) dump += text(await tell(each.endsWith('}') ? 'HGETALL' : 'GET', each))
  for (const answered of [first, second]) t.notOk(dump.includes(cookieOf(answered)))
  t.match(dump, /theme/)
})

each('a field holds a term as it is, and what others wrote is kept', async (t, { client, tell }) => {
  const at = prefix()
  const of = optionsOf(client, { prefix: at })
  const first = await live(of, conn('GET', '/'), putSession('theme', 'dark'))
  const name = placeOf(at, cookieOf(first))
  t.match(await tell('HLEN', name), 2, 'one for the term, and one that says that it is a session')
  const raw = termFormat.rawEntry('theme', 'dark')
  t.equal(await tell('HGET', name, Buffer.from(raw.rawKey).toString()), Buffer.from(raw.rawValue).toString())
  const atomKey = Buffer.from(termFormat.encodeTerm(atom('admin'))).toString()
  await tell('HSET', name, atomKey, Buffer.from(raw.rawValue).toString())
  const second = await live(of, next(first), putSession('a', 1))
  t.strictSame(
    dataOf(second),
    { __proto__: null, theme: 'dark', a: 1 },
    'a key that is no string is not seen',
  )
  t.equal(await tell('HLEN', name), 4)
  const renewed = await live(of, next(second), configureSession('renew'))
  t.equal(await tell('HLEN', placeOf(at, cookieOf(renewed))), 4)
  t.equal(await tell('EXISTS', name), 0)
  await live(of, next(renewed), clearSession)
  t.equal(await tell('HLEN', placeOf(at, cookieOf(renewed))), 1)
})

each('its time begins anew with each use, or when its id was made', async (t, { client, tell }) => {
  const uses: readonly (readonly [string, readonly Change[]])[] = [
    ['reading', []],
    ['putting', [putSession('a', 2)]],
    ['deleting', [deleteSession('a')]],
    ['clearing', [clearSession]],
    ['swapping', [count]],
  ]
  for (const sliding of [true, false])
    for (const [what, changes] of uses) {
      const at = prefix()
      const of = optionsOf(client, { prefix: at, sliding })
      const first = await live(of, conn('GET', '/'), putSession('a', 1))
      const name = placeOf(at, cookieOf(first))
      const left = async (): Promise<number> => Number(await tell('PTTL', name))
      t.ok((await left()) > 50_000)
      await tell('PEXPIRE', name, '20000')
      await live(of, next(first), ...changes)
      const after = await left()
      t.ok(sliding ? after > 50_000 : after > 10_000 && after <= 20_000, `${what}: ${after} ms are left`)
      const renewed = await live(of, next(first), configureSession('renew'))
      t.ok(Number(await tell('PTTL', placeOf(at, cookieOf(renewed)))) > 50_000, 'a new id is younger')
    }
  const lasting = async (more: object): Promise<number> => {
    const at = prefix()
    const of = { ...optionsOf(client, { prefix: at, ttl: 100 }), ...more }
    const first = await live(of, conn('GET', '/'), putSession('a', 1))
    return Math.ceil(Number(await tell('PTTL', placeOf(at, cookieOf(first)))) / 10_000) * 10
  }
  t.equal(await lasting({}), 100)
  t.equal(await lasting({ maxAge: 30 }), 30)
  t.equal(await lasting({ maxAge: 30, ttl: 50 }), 50)
})

each('a session ends when its time is over', async (t, { client }) => {
  const lives = async (sliding: boolean): Promise<readonly boolean[]> => {
    const of = optionsOf(client, { ttl: 2, sliding })
    const first = await live(of, conn('GET', '/'), putSession('a', 1))
    const found: boolean[] = []
    for (const pause of [1_200, 1_200, 2_300]) {
      await sleep(pause)
      found.push(Object.keys(await held(of, first)).length > 0)
    }
    const again = await live(of, next(first), putSession('a', 2))
    t.not(cookieOf(again), cookieOf(first), 'what has ended does not begin again')
    return found
  }
  const [sliding, fixed] = await Promise.all([lives(true), lives(false)])
  t.strictSame(sliding, [true, true, false])
  t.strictSame(fixed, [true, false, false])
})

each('junk under its keys is a failure or nothing, and never more', async (t, { client, tell }) => {
  const at = prefix()
  const failures: StoreFailure[] = []
  const of = optionsOf(client, { prefix: at, onFailure: failure => () => void failures.push(failure) })
  const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
  const name = placeOf(at, cookieOf(first))

  const junk = ['HSET', name, 'no term', 'x', Buffer.from(termFormat.encodeTerm('odd')).toString(), 'no term']
  await tell(...junk)
  t.strictSame(await held(of, first), { user: 'ada' })
  const put = await live(of, next(first), putSession('a', 1))
  t.equal(put.status, 200)
  const swapped = await live(
    of,
    next(first),
    updateSession('odd', odd => (odd === undefined ? 1 : 2)),
  )
  t.equal(swapped.status, 200)
  t.strictSame(await held(of, first), { user: 'ada', a: 1, odd: 1 })
  const renewed = await live(of, next(first), configureSession('renew'))
  t.strictSame(await held(of, renewed), { user: 'ada', a: 1, odd: 1 })

  const wrong = placeOf(at, cookieOf(renewed))
  await tell('DEL', wrong)
  await tell('SET', wrong, 'a text')
  const changes: readonly (readonly Change[])[] = [[], [putSession('secret', 'hunter2')], [count]]
  for (const each of changes) {
    const answered = await live(of, next(renewed), ...each)
    t.equal(answered.error?._tag, 'SessionUnavailable')
    t.strictSame(answered.respCookies, {})
  }
  const put2 = termFormat.rawEntry('secret', 'hunter2')
  const id = cookieOf(renewed)
  const write = { changes: [{ op: 'put', entry: put2 } as const], entries: [] }
  const swap = { changes: [{ op: 'swap', entry: put2, expected: undefined } as const], entries: [] }
  const renew = { changes: [], entries: [], renews: { id, changes: write.changes } }
  const request = conn('GET', '/', { seed: 'junk' })
  t.match(await outcome(of.store.apply(id, write, place, request)), { left: { status: 503 } })
  t.match(await outcome(of.store.apply(id, swap, place, request)), { left: { status: 503 } })
  t.match(await outcome(of.store.apply(undefined, renew, place, request)), { left: { status: 503 } })
  t.match(await tell('KEYS', `${at}*}`), [wrong], 'and nothing was written')
  t.ok(failures.length >= 6)
  for (const { reason, cause } of failures) {
    t.equal(reason, 'error')
    t.match(cause, { message: /^WRONGTYPE/ })
    t.notOk('command' in (cause as object), 'nothing of the session goes to the log')
  }
  await outcome(of.store.delete(cookieOf(renewed), place, renewed))
  t.strictSame(await held(of, renewed), {})
})

t.test('the server has forgotten the scripts', skipUnless(canStart, missing), async t => {
  const own = await redisServer()
  t.teardown(own.stop)
  for (const [name, open] of libraries) {
    const { client, close, tell } = await open(own.port)
    t.teardown(close)
    const of = optionsOf(client)
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    for (const change of [putSession('a', 1), count, configureSession('renew')]) {
      await tell('SCRIPT', 'FLUSH')
      t.equal((await live(of, next(first), change)).status, 200, name)
    }
    t.strictSame(await held(of, first), {})
  }
})

t.test('a client with a prefix of its own forgets what it wrote', skipUnless(available, missing), async t => {
  const client = new Redis({ port, keyPrefix: prefix() })
  t.teardown(() => client.disconnect())
  const of = optionsOf(client)
  const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
  t.strictSame(await held(of, first), { user: 'ada' })
  await live(of, next(first), configureSession('drop'))
  t.strictSame(await held(of, first), {})
})

t.test('a pool of redis', skipUnless(available, missing), async t => {
  const client = createClientPool({ url: `redis://127.0.0.1:${port}` })
  client.on('error', () => undefined)
  await client.connect()
  t.teardown(() => client.destroy())
  const of = optionsOf(client, { timeout: 20_000 })
  const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
  await Promise.all(Array.from({ length: 50 }, () => live(of, next(first), count)))
  t.strictSame(await held(of, first), { user: 'ada', n: 50 })
})

/** Clients that have been made up. */
const fakes: readonly ((reply: () => unknown) => RedisClient)[] = [
  reply => ({ sendCommand: reply as () => Promise<unknown> }),
  reply => ({ callBuffer: reply as () => Promise<unknown> }),
]

t.test('whatever a client does, the request is answered', async t => {
  const cause = new Error('it is closed')
  const replies: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw cause
      },
    ],
    ['rejects', () => Promise.reject(cause)],
    ['rejects with no error', () => Promise.reject('closed')],
    ['gives no promise', () => 'OK'],
    ['gives text', () => Promise.resolve(['a', 'b'])],
    ['gives no list', () => Promise.resolve(null)],
  ]
  for (const [what, reply, fake] of replies.flatMap(([what, reply]) =>
    fakes.map(fake => [what, reply, fake] as const),
  )) {
    const failures: StoreFailure[] = []
    const store = redisStore(fake(reply), { onFailure: failure => () => void failures.push(failure) })
    const read = await outcome<Stored | undefined>(store.get('x', place, conn('GET', '/')))
    t.match(read, { left: { _tag: 'SessionUnavailable', headers: { 'retry-after': '2' } } }, what)
    t.match(failures, [{ store: 'redis', operation: 'get', reason: 'error' }])
    const request = conn('GET', '/', { headers: { cookie: `${key}=x` } })
    const answered = await runAsync(app({ store, key }, putSession('a', 1)))(request)
    t.equal(answered.status, 503, what)
  }
  for (const fake of fakes) {
    const silent = redisStore(
      fake(() => new Promise(() => undefined)),
      { timeout: 20 },
    )
    t.match(await outcome(silent.delete('x', place, conn('GET', '/'))), { left: { status: 503 } })
  }
})

t.test('replies are asked for as bytes, in the words of every version', async t => {
  const seen: unknown[] = []
  const client: NodeRedisClient = {
    sendCommand: async (command, options) => {
      seen.push([command[0], options])
      return []
    },
  }
  const store = redisStore(client)
  t.match(await outcome(store.get('x', place, conn('GET', '/'))), { right: undefined })
  t.strictSame(seen, [['EVALSHA', { returnBuffers: true, typeMapping: { 36: Buffer } }]])
})

t.test(
  'a command to redis has no time limit of the client while there is a connection that answers',
  async t => {
    const limits: (number | undefined)[] = []
    const waiting: ((reply: unknown) => void)[] = []
    let isReady = false
    const client: NodeRedisClient = {
      get isReady() {
        return isReady
      },
      sendCommand: (_command, options) => {
        limits.push(options?.timeout)
        return new Promise((resolve, reject) => {
          waiting.push(reply => (reply instanceof Error ? reject(reply) : resolve(reply)))
        })
      },
    }
    const store = redisStore(client)
    const ask = (): Promise<unknown> => outcome(store.get('x', place, conn('GET', '/')))
    const answer = (reply: unknown): void => {
      for (const give of waiting.splice(0)) give(reply)
    }
    const asked = [ask()]
    t.strictSame(limits, [undefined], 'no connection: the limit of the client')
    isReady = true
    for (let i = 0; i < 1000; i++) asked.push(ask())
    t.strictSame(limits.slice(1, 1000), Array(999).fill(0), 'none')
    t.equal(limits[1000], undefined, 'a thousand wait: that of the client')
    answer([])
    await Promise.all(asked)
    limits.length = 0
    const failing = Array.from({ length: 2000 }, ask)
    answer(new Error('closed'))
    await Promise.all(failing)
    const again = ask()
    answer([])
    t.match(await again, { right: undefined })
    t.equal(limits.filter(limit => limit === 0).length, 1001, 'a thousand of two, and the last')
  },
)

t.test(
  'a renewal is one command where one server has both sessions',
  skipUnless(available, missing),
  async t => {
    const client = new Redis({ port, lazyConnect: true })
    await client.connect()
    t.teardown(() => client.disconnect())
    const commands: string[] = []
    const of = optionsOf({
      callBuffer: (command, ...args) => {
        commands.push(command)
        return client.callBuffer(command, ...args)
      },
    })
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    await live(of, next(first), configureSession('renew'))
    commands.length = 0
    await live(of, next(await live(of, conn('GET', '/'), mergeSession({ a: 1 }))), configureSession('renew'))
    t.strictSame(commands, ['EVALSHA', 'EVALSHA', 'EVALSHA', 'DEL'], 'put; read, renew, forget')
  },
)

t.test(
  'a client is one of the two libraries, and options are checked when the app is put together',
  async t => {
    const redis = createClient()
    const ioredis = new Redis({ lazyConnect: true })
    for (const client of [redis, ioredis, createCluster({ rootNodes: [{}] }), createClientPool()])
      t.equal(typeof redisStore(client).get, 'function')
    const sentinel = createSentinel({ name: 'x', sentinelRootNodes: [{ host: 'x', port: 1 }] })
    for (const client of [undefined, null, 'redis://127.0.0.1', {}, { get: () => 1 }, () => redis, sentinel])
      t.throws(() => redisStore(client as never), {
        name: 'TypeError',
        message: /^redisStore: client must be a client of redis \(createClient/,
      })
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ prefix: '' }, /^redisStore: prefix must be a non-empty string/],
      [{ prefix: 7 }, /^redisStore: prefix must be/],
      [{ ttl: 0 }, /^redisStore: ttl must be a positive integer \(seconds\)/],
      [{ sliding: 1 }, /^redisStore: sliding must be a boolean/],
      [{ timeout: 0 }, /^redisStore: timeout must be/],
      [{ onFailure: 1 }, /^redisStore: onFailure must be/],
      [{ url: 'x' }, /^redisStore: unknown option url/],
    ]
    for (const [options, message] of wrong)
      t.throws(() => redisStore(redis, options), { name: 'TypeError', message })
  },
)

t.test('a session that others drop while a request waits', skipUnless(available, missing), async t => {
  const client = new Redis({ port, lazyConnect: true })
  await client.connect()
  t.teardown(() => client.disconnect())
  const of = optionsOf(client)
  const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
  const drop: Change = c =>
    attempt(async () => {
      await live(of, next(first), configureSession('drop'))
      return c
    })
  const late = await live(of, next(first), drop, deleteSession('user'))
  t.equal(late.respCookies[key], undefined)
  t.strictSame(await held(of, first), {})
})
