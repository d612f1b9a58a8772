import { right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import * as fc from 'fast-check'
import {
  configureSession,
  memoryStore,
  memoryTable,
  putSession,
  session,
  fetchSession,
} from '../../../../plugs/session/index.js'
import type { MemoryStoreOptions, MemoryTable } from '../../../../plugs/session/index.js'
import { pipeline, text, type Conn } from '../../../../lib/index.js'
import { conn, recycle, run } from '../../../../lib/testing/index.js'
import { contract } from './contract.js'
import { serverContract } from './server-contract.js'
import { answer, app, cookieOf, countingContext, dataOf, nothing, read } from '../kit.js'

const key = '_my_app_session'
const start = Date.UTC(2026, 0, 1)
const options = (table: MemoryTable, more: MemoryStoreOptions = {}) => ({
  store: memoryStore(table, more),
  key,
})
const after = (answered: Conn, seconds: number): Conn =>
  recycle(answered)('GET', '/', { now: start + seconds * 1000 })
const seen = (data: object): object => ({ ...data })

t.test('it does what every store does', async t => {
  contract(t, () => options(memoryTable()))
  serverContract(t, () => memoryStore(memoryTable()))
})

t.test('the cookie holds an id of 256 bits, and nothing of the session', async t => {
  const table = memoryTable()
  const answered = answer(options(table), conn('GET', '/'), putSession('user', 'ada'))
  t.match(cookieOf(answered), /^[\w-]{43}$/)
  t.equal(table.size, 1)
  const other = answer(options(table), conn('GET', '/', { seed: 'other' }), putSession('user', 'bob'))
  t.not(cookieOf(other), cookieOf(answered))
  t.equal(table.size, 2)
})

t.test('nothing happens before the effect is executed', async t => {
  const table = memoryTable()
  const store = memoryStore(table)
  const request = conn('GET', '/')
  const place = { name: 'session', ttl: undefined }
  const write = store.apply(undefined, { changes: [], entries: [] }, place, request)
  t.equal(table.size, 0)
  if (typeof write !== 'function') throw new Error('it is no effect')
  const id = write()
  t.equal(table.size, 1)
  t.strictSame(write(), id, 'once more is the same again')
  t.equal(table.size, 1)
  const forget = store.delete((id as { readonly right: string }).right, place, request)
  t.equal(table.size, 1)
  t.strictSame(typeof forget === 'function' && forget(), right(undefined))
  t.equal(table.size, 0)
})

t.test('the effects are synchronous: an app with it answers at once', async t => {
  const done = run(app(options(memoryTable()), putSession('a', 1)))(conn('GET', '/'))
  t.equal(done.status, 200)
})

t.test('two requests at once do not lose what the other wrote', async t => {
  const options_ = options(memoryTable())
  const first = answer(options_, conn('GET', '/'), putSession('user', 'ada'))
  const request = recycle(first)('GET', '/')
  const inner = (c: Conn): Conn => {
    // Another request of the same session comes and goes while this one is at work.
    answer(options_, request, putSession('b', 2))
    return c
  }
  answer(options_, request, putSession('a', 1), inner)
  t.strictSame(seen(read(options_, request)), { a: 1, b: 2, user: 'ada' })
})

t.test('a session that was dropped meanwhile does not come back under its id', async t => {
  const options_ = options(memoryTable())
  const first = answer(options_, conn('GET', '/'), putSession('user', 'ada'))
  const request = recycle(first)('GET', '/')
  const logOut = (c: Conn): Conn => {
    answer(options_, request, configureSession('drop'))
    return c
  }
  const late = answer(options_, request, logOut, putSession('theme', 'dark'))
  t.equal(late.respCookies[key], undefined)
  t.strictSame(seen(read(options_, request)), {})
})

t.test('renew gives another id, and the old one is of no use', async t => {
  const options_ = options(memoryTable())
  const first = answer(options_, conn('GET', '/'), putSession('user', 'ada'))
  const second = answer(options_, recycle(first)('GET', '/'), configureSession('renew'))
  t.not(cookieOf(second), cookieOf(first))
  t.strictSame(seen(read(options_, recycle(second)('GET', '/'))), { user: 'ada' })
  t.strictSame(seen(read(options_, recycle(first)('GET', '/'))), {})
})

t.test('a session ends some time after its last use, or after it began', async t => {
  const lived = (more: MemoryStoreOptions, uses: readonly number[]): object => {
    const options_ = options(memoryTable(), more)
    let last = answer(options_, conn('GET', '/', { now: start }), putSession('a', 1))
    for (const at of uses) last = answer(options_, after(last, at), nothing)
    return seen(dataOf(last))
  }
  t.strictSame(lived({ ttl: 10 }, [9.999]), { a: 1 })
  t.strictSame(lived({ ttl: 10 }, [10]), {})
  t.strictSame(lived({ ttl: 10 }, [9, 18, 27]), { a: 1 }, 'reading it makes it live on')
  t.strictSame(lived({ ttl: 10, sliding: false }, [9]), { a: 1 })
  t.strictSame(lived({ ttl: 10, sliding: false }, [9, 10]), {})
  t.strictSame(lived({}, [86_399]), { a: 1 }, 'a day, unless it is said')
  t.strictSame(lived({}, [86_400]), {})

  const fixed = options(memoryTable(), { ttl: 10, sliding: false })
  const first = answer(fixed, conn('GET', '/', { now: start }), putSession('a', 1))
  const second = answer(fixed, after(first, 9), putSession('b', 2))
  t.strictSame(seen(read(fixed, after(second, 9.5))), { a: 1, b: 2 })
  t.strictSame(seen(read(fixed, after(second, 10))), {}, 'writing makes it no younger')
  const third = answer(fixed, after(first, 10), putSession('b', 2))
  t.not(cookieOf(third), cookieOf(first), 'what has ended does not begin again')
})

t.test("the session's own ttl, or else its maxAge, counts before the store's", async t => {
  const table = memoryTable()
  const lives = (more: object, seconds: number): boolean => {
    const options_ = { ...options(table, { ttl: 10 }), ...more }
    const first = answer(options_, conn('GET', '/', { now: start }), putSession('a', 1))
    return Object.keys(read(options_, after(first, seconds))).length > 0
  }
  t.notOk(lives({}, 20))
  t.ok(lives({ maxAge: 30 }, 20))
  t.ok(lives({ ttl: 30 }, 20))
  t.notOk(lives({ ttl: 5, maxAge: 30 }, 20))
})

t.test('the least recently used goes first when the table is full', async t => {
  const table = memoryTable({ maxEntries: 3 })
  const options_ = options(table)
  const visitors = ['a', 'b', 'c'].map(seed =>
    answer(options_, conn('GET', '/', { seed }), putSession('user', seed)),
  )
  const lives = (): string[] =>
    visitors.map((visitor, i) =>
      Object.keys(read(options_, recycle(visitor)('GET', '/'))).length > 0 ? ('abc'[i] ?? '') : '',
    )
  t.strictSame(seen(read(options_, recycle(visitors[0] as Conn)('GET', '/'))), { user: 'a' })
  answer(options_, conn('GET', '/', { seed: 'd' }), putSession('user', 'd'))
  t.equal(table.size, 3)
  t.strictSame(lives(), ['a', '', 'c'])
})

t.test('what has expired makes room before it is asked for', async t => {
  const table = memoryTable()
  const options_ = options(table, { ttl: 10 })
  for (const seed of ['a', 'b', 'c'])
    answer(options_, conn('GET', '/', { seed, now: start }), putSession('user', seed))
  answer(options_, conn('GET', '/', { seed: 'd', now: start + 20_000 }), putSession('user', 'd'))
  t.equal(table.size, 1)
})

t.test('sessions of two names in one table are apart, whatever ids a client swaps', async t => {
  const store = memoryStore(memoryTable())
  const both = pipeline(
    session({ store, key: 'a' }),
    session({ store, key: 'b', name: 'cart' }),
    fetchSession,
    fetchSession('cart'),
    putSession('user', 'ada'),
    putSession('items', 3, 'cart'),
    text('ok'),
  )
  const first = run(both)(conn('GET', '/'))
  const [a, b] = [cookieOf(first, 'a'), cookieOf(first, 'b')]
  t.not(a, b)
  const reads = pipeline(
    session({ store, key: 'a' }),
    session({ store, key: 'b', name: 'cart' }),
    fetchSession,
    fetchSession('cart'),
    text('ok'),
  )
  const swapped = run(reads)(conn('GET', '/', { cookies: { a: b, b: a } }))
  t.strictSame(seen(dataOf(swapped)), {})
  t.strictSame(seen(dataOf(swapped, 'cart')), {})
  const again = run(reads)(recycle(first)('GET', '/'))
  t.strictSame(seen(dataOf(again)), { user: 'ada' })
  t.strictSame(seen(dataOf(again, 'cart')), { items: 3 })
})

t.test('a table behaves as a plain list of what was used last', async () => {
  const visits = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('put', 'read', 'drop'), fc.nat(8)),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(visits, taken => {
      const table = memoryTable({ maxEntries: 3 })
      const options_ = options(table, { ttl: 10 })
      const cookies = new Map<string, Conn>()
      // Oldest first: who, and until when.
      let model: (readonly [who: string, until: number])[] = []
      let seconds = 0
      taken.forEach(([who, what, pause], i) => {
        seconds += pause
        const before = cookies.get(who)
        const request = before
          ? recycle(before)('GET', '/', { now: start + seconds * 1000, seed: `${who}${i}` })
          : conn('GET', '/', { seed: `${who}${i}`, now: start + seconds * 1000 })
        const change =
          what === 'put' ? putSession('at', i) : what === 'drop' ? configureSession('drop') : nothing
        const answered = answer(options_, request, change)
        cookies.set(who, answered)
        const known = model.some(([name, until]) => name === who && until > seconds)
        if (model.some(([name]) => name === who)) model = model.filter(([name]) => name !== who)
        if (what === 'put' || (known && what === 'read')) model.push([who, seconds + 10])
        if (what === 'put') {
          while ((model[0]?.[1] ?? Infinity) <= seconds) model.shift()
          if (model.length > 3) model.shift()
        }
        if (table.size !== model.length) throw new Error(`${table.size} rows, and not ${model.length}`)
      })
    }),
  )
})

t.test('options are checked at boot', async t => {
  for (const maxEntries of [0, -1, 1.5, '3', Infinity])
    t.throws(() => memoryTable({ maxEntries: maxEntries as number }), {
      name: 'TypeError',
      message: /memoryTable: maxEntries must be a positive integer/,
    })
  t.throws(() => memoryTable({ max: 3 } as object), /memoryTable: unknown option max/)
  t.throws(
    () => memoryStore({ size: 0 } as MemoryTable),
    /memoryStore: table must be what memoryTable\(\) returned/,
  )
  const table = memoryTable()
  for (const ttl of [0, -1, 0.5, '10'])
    t.throws(
      () => memoryStore(table, { ttl: ttl as number }),
      /memoryStore: ttl must be a positive integer \(seconds\)/,
    )
  t.throws(() => memoryStore(table, { sliding: 1 as never }), /memoryStore: sliding must be a boolean/)
})

t.test('each operation takes the same time however many sessions there are', async t => {
  const table = memoryTable({ maxEntries: 100_000 })
  const store = memoryStore(table)
  const place = { name: 'session', ttl: undefined }
  const request = conn('GET', '/')
  const context = countingContext(start)
  const add = (count: number): number => {
    const began = process.cpuUsage()
    for (let i = 0; i < count; i++) {
      const write = store.apply(undefined, { changes: [], entries: [] }, place, context)
      if (typeof write === 'function') void write()
    }
    const { user, system } = process.cpuUsage(began)
    return user + system
  }
  add(5000)
  const few = add(10_000)
  add(100_000)
  t.equal(table.size, 100_000)
  t.ok(add(10_000) < 10 * few, 'a full table, from which the oldest go, is as fast as an empty one')
  t.equal(table.size, 100_000)
  t.equal(request.status, undefined)
})
