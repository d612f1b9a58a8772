/** What the store must do in either dialect of SQL: many requests at once, ends, batches, migrations, and what leaks. */
import { isLeft, isRight, type Either } from 'fp-ts/lib/Either.js'
import type { Test } from 'tap'
import * as fc from 'fast-check'
import { termFormat, type Term } from '../../../../lib/crypto/index.js'
import { effect, type Conn, type IterableEffect, type PlugError, type Result } from '../../../../lib/index.js'
import { conn, recycle, runAsync } from '../../../../lib/testing/index.js'
import {
  configureSession,
  memoryStore,
  memoryTable,
  putSession,
  updateSession,
  type EffectStore,
  type SessionOptions,
  type SessionWrite,
  type Store,
  type StoreChange,
} from '../../../../plugs/session/index.js'
import {
  sqlMigration,
  type Dialect,
  type SqlStore,
  type SqlStoreOptions,
} from '../../../../plugs/session/stores/sql.js'
import { app, cookieOf, dataOf, nothing, type Change } from '../kit.js'
import { contract } from './contract.js'
import { serverContract } from './server-contract.js'

/** A database for a spec. */
export interface Rig {
  readonly dialect: Dialect
  readonly open: (options: SqlStoreOptions) => SqlStore
  /** Runs a statement, and gives its rows. */
  readonly rows: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Starts work while all rows of a table are locked, so that its operations wait for each other. */
  readonly contended: <A>(table: string, work: () => Promise<A>) => Promise<A>
}

const key = '_my_app_session'
const start = Date.UTC(2026, 0, 1)
const place = { name: 'session', ttl: undefined }

/** What a result comes to. */
export const outcome = async <A>(result: Result<A>): Promise<Either<PlugError, A>> => {
  if (typeof result !== 'function') throw new Error('it is no effect')
  return (await (result as () => unknown)()) as Either<PlugError, A>
}

/** What a result gives; a failure throws. */
export const value = async <A>(result: Result<A>): Promise<A> => {
  const found = await outcome(result)
  if (isRight(found)) return found.right
  throw new Error(found.left.message, { cause: found.left.cause })
}

export const put = (name: string, term: Term): StoreChange => ({
  op: 'put',
  entry: termFormat.rawEntry(name, term),
})
export const write = (...changes: readonly StoreChange[]): SessionWrite => ({ changes, entries: [] })

let tables = 0
/** The name of a table that nobody has. */
export const freshTable = (): string => `sessions_${++tables}`

/** A store whose table is made when it is first used. */
const lazily = (store: SqlStore): EffectStore => {
  let made: Promise<unknown> | undefined
  const after = <A>(result: Result<A>): IterableEffect<A> =>
    effect.from(async () => {
      await (made ??= value(store.migrate))
      return outcome(result)
    })
  return {
    get: (...args) => after(store.get(...args)),
    apply: (...args) => after(store.apply(...args)),
    delete: (...args) => after(store.delete(...args)),
  }
}

const at = (answered: Conn, seconds: number): Conn =>
  recycle(answered)('GET', '/', { now: start + seconds * 1000 })
const live = (of: SessionOptions, request: Conn, ...changes: readonly Change[]): Promise<Conn> =>
  runAsync(app(of, ...changes))(request)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** What a store holds under an id, in a form to compare. */
const shown = async (store: Store, id: string): Promise<string | undefined> => {
  const stored = await value(store.get(id, place, conn('GET', '/', { now: start })))
  return stored?.entries
    .map(({ key, rawValue }) => `${key as string}=${hex(rawValue)}`)
    .sort()
    .join()
}

/** Something that several requests may do to one session at once. */
type Action =
  | { readonly do: 'apply'; readonly changes: readonly StoreChange[] }
  | { readonly do: 'renew'; readonly changes: readonly StoreChange[] }
  | { readonly do: 'delete' }

const someKey = fc.constantFrom('a', 'b', '\u0000')
const someChange: fc.Arbitrary<StoreChange> = fc.oneof(
  fc.tuple(someKey, fc.nat(2)).map(([name, n]) => put(name, n)),
  someKey.map((name): StoreChange => ({ op: 'delete', key: name })),
)
const someChanges = fc
  .tuple(
    fc.boolean(),
    fc.uniqueArray(someChange, {
      maxLength: 3,
      selector: change => (change.op === 'put' ? change.entry.key : change.op === 'delete' ? change.key : ''),
    }),
  )
  .map(([clear, changes]): readonly StoreChange[] => (clear ? [{ op: 'clear' }, ...changes] : changes))
const someSwap = fc
  .tuple(someKey, fc.nat(2), fc.option(fc.nat(2), { nil: undefined }))
  .map(([name, n, expected]): readonly StoreChange[] => [
    {
      op: 'swap',
      entry: termFormat.rawEntry(name, n),
      expected: expected === undefined ? undefined : termFormat.encodeTerm(expected),
    },
  ])
const applies = fc.oneof(someChanges, someSwap).map((changes): Action => ({ do: 'apply', changes }))
const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: applies },
  { weight: 1, arbitrary: someChanges.map((changes): Action => ({ do: 'renew', changes })) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'delete' }) },
)

/** Every order of some things. */
const orders = <A>(all: readonly A[]): readonly (readonly A[])[] =>
  all.length === 0
    ? [[]]
    : all.flatMap((first, i) => orders(all.toSpliced(i, 1)).map(rest => [first, ...rest]))

let sessions = 0

/** Does actions to a session, and tells all that comes of it: in one go, or in a given order. */
const history = async (
  store: Store,
  seed: string,
  taken: readonly Action[],
  inTurn: (perform: readonly (() => Promise<string>)[]) => Promise<readonly string[]>,
): Promise<string> => {
  const began = conn('GET', '/', { seed, now: start })
  const id = (await value(store.apply(undefined, write(put('a', 0), put('b', 1)), place, began))) as string
  const ids = new Set([id])
  const told = await inTurn(
    taken.map((action, i) => async () => {
      const request = conn('GET', '/', { seed: `${seed} ${i}`, now: start })
      if (action.do === 'delete') {
        await value(store.delete(id, place, request))
        return `${i}: deleted`
      }
      const given = await value(
        action.do === 'apply'
          ? store.apply(id, write(...action.changes), place, request)
          : store.apply(
              undefined,
              { changes: [], entries: [], renews: { id, changes: action.changes } },
              place,
              request,
            ),
      )
      if (given !== undefined) ids.add(given)
      return `${i}: ${given}`
    }),
  )
  const kept: string[] = []
  for (const each of [...ids].sort()) kept.push(`${each}: ${await shown(store, each)}`)
  return JSON.stringify([[...told].sort(), kept])
}

const oneByOne = async (perform: readonly (() => Promise<string>)[]): Promise<readonly string[]> => {
  const told: string[] = []
  for (const each of perform) told.push(await each())
  return told
}

/** A store whose table is there. */
const madeIn = async (
  rig: Rig,
  more: SqlStoreOptions = {},
): Promise<{ readonly store: SqlStore; readonly table: string }> => {
  const table = freshTable()
  const store = rig.open({ table, ...more })
  await value(store.migrate)
  return { store, table }
}

/** Runs the suite of requests at once. */
export const atOnce = (t: Test, rig: Rig): void => {
  const made = () => madeIn(rig, { timeout: 60_000 })

  t.test('200 requests at once that each put another key: all are there', async t => {
    const { store, table } = await made()
    const of = { store, key }
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    const names = Array.from({ length: 200 }, (_, i) => `key ${i}`)
    const answered = await rig.contended(table, () =>
      Promise.all(names.map(name => live(of, recycle(first)('GET', '/'), putSession(name, name)))),
    )
    t.ok(answered.every(({ status }) => status === 200))
    t.strictSame(
      { ...dataOf(await live(of, recycle(first)('GET', '/'))) },
      { user: 'ada', ...Object.fromEntries(names.map(name => [name, name])) },
    )
  })

  t.test('200 requests at once that count: 200', async t => {
    const { store } = await made()
    const of = { store, key }
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    const counting = updateSession('n', n => Number(n ?? 0) + 1)
    // In one process updates take turns: these are those of ten.
    const processes = Array.from({ length: 10 }, () => ({ store: { ...store }, key }))
    const answered = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        live(processes[i % 10] as typeof of, recycle(first)('GET', '/'), counting),
      ),
    )
    t.ok(answered.every(({ status }) => status === 200))
    t.strictSame({ ...dataOf(await live(of, recycle(first)('GET', '/'))) }, { user: 'ada', n: 200 })
  })

  for (const [what, arbitrary, most] of [
    ['changes and swaps', applies, 4],
    ['changes, swaps, renewals and deletions', actions, 4],
  ] as const)
    t.test(`${what} at once come to what they come to in some order`, async () => {
      const { store, table } = await made()
      await fc.assert(
        fc.asyncProperty(fc.array(arbitrary, { minLength: 2, maxLength: most }), async taken => {
          const seed = `history ${sessions++}`
          const found = await history(store, seed, taken, perform =>
            rig.contended(table, () => Promise.all(perform.map(each => each()))),
          )
          for (const order of orders(taken.map((_, i) => i))) {
            const wanted = await history(memoryStore(memoryTable()), seed, taken, perform =>
              oneByOne(order.map(i => perform[i] as () => Promise<string>)),
            )
            if (found === wanted) return
          }
          throw new Error(`it is the outcome of no order: ${found}`)
        }),
        { numRuns: 60 },
      )
    })
}

/** Runs the suite. */
export const sqlContract = (t: Test, rig: Rig): void => {
  const made = (more: SqlStoreOptions = {}) => madeIn(rig, more)
  const count = async (table: string): Promise<number> =>
    Number((await rig.rows(`select count(*) as n from ${table}`))[0]?.['n'])

  t.test('it does what every store does', async t =>
    contract(t, () => ({ store: lazily(rig.open({ table: freshTable() })) })),
  )
  t.test('it does what every store on a server does', async t =>
    serverContract(t, () => lazily(rig.open({ table: freshTable() }))),
  )

  t.test('a session ends some time after its last use, or after it began', async t => {
    const lived = async (more: SqlStoreOptions, uses: readonly number[], change = nothing) => {
      const of = { store: (await made(more)).store, key }
      let last = await live(of, conn('GET', '/', { now: start }), putSession('a', 1))
      for (const second of uses) last = await live(of, at(last, second), change)
      return { ...dataOf(last) }
    }
    t.strictSame(await lived({ ttl: 10 }, [9.999]), { a: 1 })
    t.strictSame(await lived({ ttl: 10 }, [10]), {})
    t.strictSame(await lived({ ttl: 10 }, [9, 18, 27]), { a: 1 }, 'reading it makes it live on')
    t.strictSame(await lived({ ttl: 10 }, [1, 10]), {}, 'within a tenth of its time the end stays')
    t.strictSame(await lived({ ttl: 10 }, [1, 10.999]), {})
    t.strictSame(await lived({ ttl: 10 }, [1.001, 11]), { a: 1 }, 'and after that it does not')
    t.strictSame(await lived({ ttl: 10 }, [9, 18, 27], putSession('b', 2)), { a: 1, b: 2 }, 'so does writing')
    t.strictSame(await lived({ ttl: 10, sliding: false }, [9]), { a: 1 })
    t.strictSame(await lived({ ttl: 10, sliding: false }, [9, 10]), {})
    t.strictSame(await lived({ ttl: 10, sliding: false }, [5, 9, 10], putSession('b', 2)), { b: 2 })
    t.strictSame(await lived({}, [86_399]), { a: 1 }, 'a day, unless it is said')
    t.strictSame(await lived({}, [86_400]), {})
    t.strictSame(await lived({ ttl: Number.MAX_SAFE_INTEGER }, [1e9]), { a: 1 }, 'for ever')
  })

  t.test("the session's own ttl counts before the store's, and a shorter one from then on", async t => {
    const { store, table } = await made({ ttl: 10 })
    const ends = async () =>
      (Number((await rig.rows(`select expires_at from ${table}`))[0]?.['expires_at']) - start) / 1000
    const first = await live({ store, key, ttl: 100 }, conn('GET', '/', { now: start }), putSession('a', 1))
    t.equal(await ends(), 100)
    await live({ store, key, maxAge: 50 }, at(first, 1))
    t.equal(await ends(), 51)
    await live({ store, key }, at(first, 2))
    t.equal(await ends(), 12)
    await live({ store, key, ttl: 1000 }, at(first, 3))
    t.equal(await ends(), 1003)
    await live({ store, key }, at(first, 4), putSession('a', 2))
    t.equal(await ends(), 14, 'writing does the same')
  })

  t.test('a session that has ended does not begin again', async t => {
    const { store } = await made({ ttl: 10 })
    const of = { store, key }
    const first = await live(of, conn('GET', '/', { now: start }), putSession('user', 'ada'))
    const late = await live(of, at(first, 10), putSession('b', 2))
    t.not(cookieOf(late), cookieOf(first))
    t.strictSame({ ...dataOf(await live(of, at(late, 11))) }, { b: 2 })
    const again = await live(of, conn('GET', '/', { now: start, seed: 'x' }), putSession('user', 'bob'))
    const request = conn('GET', '/', { now: start + 10_000, seed: 'y' })
    const renewed = await value(
      store.apply(
        undefined,
        { ...write(), renews: { id: cookieOf(again), changes: [put('c', 3)] } },
        place,
        request,
      ),
    )
    t.equal((await value(store.get(renewed as string, place, request)))?.entries.length, 1)
  })

  t.test('what has ended is deleted in batches, the oldest first', async t => {
    const { store, table } = await made({ ttl: 10 })
    const begin = async (n: number, now: number): Promise<void> => {
      for (let i = 0; i < n; i++)
        await value(
          store.apply(undefined, write(put('i', i)), place, conn('GET', '/', { now, seed: `${now} ${i}` })),
        )
    }
    await begin(7, start)
    await begin(3, start + 1000)
    t.equal(await value(store.deleteExpired(start + 9_999)), 0)
    t.equal(await value(store.deleteExpired(start + 10_000, 4)), 4)
    t.equal(await value(store.deleteExpired(start + 11_000, 4)), 4)
    t.strictSame(
      (await rig.rows(`select expires_at from ${table}`)).map(row => Number(row['expires_at']) - start),
      [11_000, 11_000],
    )
    t.equal(await value(store.deleteExpired(start + 11_000.5)), 2)
    t.equal(await count(table), 0)
    for (const limit of [0, -1, 0.5, NaN])
      t.throws(() => store.deleteExpired(start, limit), {
        name: 'TypeError',
        message: 'deleteExpired: limit must be a positive integer',
      })
  })

  t.test('one write a minute deletes a batch of what has ended, and more if there is more', async t => {
    const { store, table } = await made({ ttl: 10 })
    const begin = (seed: string, seconds: number) =>
      value(
        store.apply(
          undefined,
          write(put('a', 1)),
          place,
          conn('GET', '/', { now: start + seconds * 1000, seed }),
        ),
      )
    const soon = async (n: number): Promise<boolean> => {
      for (let i = 0; i < 200; i++) {
        if ((await count(table)) === n) return true
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      return false
    }
    await begin('a', 0)
    await begin('b', 50)
    await new Promise(resolve => setTimeout(resolve, 50))
    t.equal(await count(table), 2, 'before its time nothing happens')
    await begin('c', 60)
    t.ok(await soon(1))
    const bytes = rig.dialect === 'postgres' ? "sha256(i::text::bytea), 'session', 1, '{}', '{}'" : ''
    await rig.rows(
      rig.dialect === 'postgres'
        ? `insert into ${table} select ${bytes} from generate_series(1, 1200) as i`
        : `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
           insert into ${table} select cast(i as blob), 'session', 1, x'837400000000' from n`,
    )
    await begin('d', 120)
    t.ok(await soon(702), '500 of them')
    await begin('e', 120)
    t.ok(await soon(203))
    await begin('f', 121)
    t.ok(await soon(3), 'the session that began at 60 included')
  })

  t.test('a table that leaks gives nobody a session', async t => {
    const { store, table } = await made()
    const of = { store, key }
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    const id = cookieOf(first)
    const rows = await rig.rows(`select * from ${table}`)
    const all = JSON.stringify(rows, (_, each: unknown) =>
      each instanceof Uint8Array || each instanceof ArrayBuffer
        ? Buffer.from(each as ArrayBuffer).toString('latin1')
        : each,
    )
    t.notOk(all.includes(id))
    t.notOk(all.includes(Buffer.from(id, 'base64url').toString('latin1')))
    for (const form of ['hex', 'base64url', 'base64', 'latin1'] as const) {
      const cookie = Buffer.from(rows[0]?.['id_hash'] as Uint8Array<ArrayBuffer>).toString(form)
      const answered = await live(of, conn('GET', '/', { cookies: { [key]: cookie } }))
      t.strictSame({ ...dataOf(answered) }, {})
    }
  })

  t.test('the migration can be printed, and be run any number of times, at once too', async t => {
    const table = freshTable()
    const [one, two] = [rig.open({ table }), rig.open({ table })]
    await Promise.all([one, two, one, two, one, two].map(store => value(store.migrate)))
    const of = { store: one, key }
    const first = await live(of, conn('GET', '/'), putSession('user', 'ada'))
    await rig.rows(sqlMigration({ dialect: rig.dialect, table }).split(/;\n(?=create)/)[0] as string)
    await value(two.migrate)
    t.strictSame({ ...dataOf(await live(of, recycle(first)('GET', '/'))) }, { user: 'ada' })
    const indexes = await rig.rows(
      rig.dialect === 'postgres'
        ? `select indexname as name from pg_indexes where tablename = '${table}'`
        : `select name from sqlite_master where type = 'index' and tbl_name = '${table}'`,
    )
    t.ok(indexes.some(({ name }) => name === `${table}_expires_at`))
  })

  t.test('names that SQL has for itself, and capitals, name a table', async t => {
    for (const table of ['select', 'Sessions', '_', 'a'.repeat(50)]) {
      const store = rig.open({ table })
      await value(store.migrate)
      const id = await value(store.apply(undefined, write(put('a', 1)), place, conn('GET', '/')))
      t.ok(await value(store.get(id as string, place, conn('GET', '/'))), table)
      t.equal(await value(store.deleteExpired(start)), 0)
    }
  })

  t.test('a table that is missing is a 503 that the operator hears of, until it is there', async t => {
    const failures: unknown[] = []
    const table = freshTable()
    const store = rig.open({ table, onFailure: failure => () => void failures.push(failure) })
    const of = { store, key }
    const request = conn('GET', '/', { cookies: { [key]: 'x' } })
    for (const failed of [await live(of, request), await live(of, conn('GET', '/'), putSession('a', 1))]) {
      t.equal(failed.status, 503)
      t.equal(failed.respHeaders.get('retry-after'), '2')
      t.equal(failed.error?._tag, 'SessionUnavailable')
      t.notOk(String(failed.respBody).includes(table))
    }
    t.match(failures, [
      { store: 'sql', operation: 'get', reason: 'error', cause: { message: /./ } },
      { store: 'sql', operation: 'apply', reason: 'error', cause: { message: /./ } },
    ])
    t.ok(isLeft(await outcome(store.deleteExpired(start))))
    await value(store.migrate)
    const first = await live(of, conn('GET', '/'), putSession('a', 1))
    t.equal(first.status, 200)
    await rig.rows(`drop table ${table}`)
    t.equal((await live(of, recycle(first)('GET', '/'))).status, 503)
    t.equal((await live(of, recycle(first)('GET', '/'), configureSession('drop'))).status, 503)
    await value(store.migrate)
    const again = await live(of, recycle(first)('GET', '/'), putSession('a', 1))
    t.equal(again.status, 200)
    t.not(cookieOf(again), cookieOf(first))
  })

  t.test('deleting what has ended may fail: the request does not', async t => {
    const failures: { readonly operation: string }[] = []
    const { store, table } = await made({ ttl: 10, onFailure: failure => () => void failures.push(failure) })
    const begin = (seconds: number) =>
      live(
        { store, key },
        conn('GET', '/', { now: start + seconds * 1000, seed: `${seconds}` }),
        putSession('a', 1),
      )
    await begin(0)
    await rig.rows(
      rig.dialect === 'postgres'
        ? `create function ${table}_no() returns trigger language plpgsql as $$begin raise 'no'; end$$`
        : `create trigger ${table}_no before delete on ${table} when old.expires_at < ${start + 60_000} begin select raise(abort, 'no'); end`,
    )
    if (rig.dialect === 'postgres')
      await rig.rows(`create trigger t before delete on ${table} for each row execute function ${table}_no()`)
    t.equal((await begin(60)).status, 200)
    for (let i = 0; i < 200 && failures.length === 0; i++)
      await new Promise(resolve => setTimeout(resolve, 10))
    t.match(failures, [{ operation: 'deleteExpired', cause: { message: /./ } }])
    t.equal(await count(table), 2)
  })
}
