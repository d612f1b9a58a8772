/** What every store on a server must do besides: ids that nobody can choose, and changes that no other request undoes. */
import { isRight, type Either } from 'fp-ts/lib/Either.js'
import type { Test } from 'tap'
import * as fc from 'fast-check'
import { atom, float, termFormat, tuple, type RawEntry, type Term } from '../../../../lib/crypto/index.js'
import {
  attempt,
  endpoint,
  gen,
  type Conn,
  type DroppedWrite,
  type PlugError,
  type Result,
} from '../../../../lib/index.js'
import { conn, recordTelemetry, recycle, runAsync } from '../../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  deleteSession,
  mergeSession,
  putSession,
  updateSession,
  type EffectStore,
  type SessionOptions,
  type StoreChange,
} from '../../../../plugs/session/index.js'
import { anyTerm } from '../../../lib/crypto/vectors.js'
import { app, cookieOf, dataOf, type Change } from '../kit.js'

const key = '_my_app_session'
const place = { name: 'session', ttl: undefined }

/** What a result comes to; a failure throws. */
const value = async <A>(result: Result<A>): Promise<A> => {
  if (typeof result !== 'function') return result
  const outcome = (await (result as () => unknown)()) as Either<PlugError, A>
  if (isRight(outcome)) return outcome.right
  throw new Error(outcome.left.message, { cause: outcome.left.cause })
}

const put = (name: string, term: Term): StoreChange => ({ op: 'put', entry: termFormat.rawEntry(name, term) })
const write = (...changes: readonly StoreChange[]) => ({ changes, entries: [] })

const hex = (entries: readonly RawEntry[] | undefined): unknown =>
  entries
    ?.map(({ rawKey, rawValue }) => [
      Buffer.from(rawKey).toString('hex'),
      Buffer.from(rawValue).toString('hex'),
    ])
    .sort()

/** Runs the suite on a store. `fresh` makes one that holds nothing. */
export const serverContract = (t: Test, fresh: () => EffectStore): void => {
  const options = () => ({ store: fresh(), key }) satisfies SessionOptions
  let seeds = 0
  const begin = async (of: SessionOptions, data: Readonly<Record<string, Term>>): Promise<Conn> =>
    runAsync(app(of, mergeSession(data)))(conn('GET', '/', { seed: `visitor ${seeds++}` }))
  const next = (before: Conn): Conn => recycle(before)('GET', '/')
  const live = (of: SessionOptions, before: Conn, ...changes: readonly Change[]): Promise<Conn> =>
    runAsync(app(of, ...changes))(next(before))
  const held = async (of: SessionOptions, before: Conn): Promise<object> => ({
    ...dataOf(await live(of, before)),
  })
  /** A step of a request during which something else is done. */
  const meanwhile =
    (work: () => Promise<unknown>): Change =>
    c =>
      attempt(async () => {
        await work()
        return c
      })

  t.test(
    'the cookie holds an id of 256 bits, another for each session, and the store knows no other',
    async t => {
      const of = options()
      const [one, two] = [await begin(of, { a: 1 }), await begin(of, { a: 2 })]
      t.match(cookieOf(one), /^[\w-]{43}$/)
      t.not(cookieOf(one), cookieOf(two))
      for (const id of [
        '',
        'x',
        'A'.repeat(43),
        cookieOf(one).slice(1),
        `${cookieOf(one)}A`,
        '\u0000',
        'é'.repeat(9),
      ]) {
        t.equal(await value(of.store.get(id, place, conn('GET', '/'))), undefined)
        const made = await value(
          of.store.apply(id, write(put('a', 3)), place, conn('GET', '/', { seed: id })),
        )
        t.not(made, id)
        await value(of.store.delete(id, place, conn('GET', '/')))
        t.equal(await value(of.store.get(id, place, conn('GET', '/'))), undefined)
      }
      t.equal(
        await value(of.store.get(cookieOf(one), { name: 'cart', ttl: undefined }, conn('GET', '/'))),
        undefined,
        'nor is the id of one session that of another',
      )
      t.strictSame(await held(of, one), { a: 1 })
      t.strictSame(await held(of, two), { a: 2 })
    },
  )

  t.test('nothing happens before the effect is executed, and twice is as once', async t => {
    const { store } = options()
    const request = conn('GET', '/', { seed: 'lazy' })
    const applied = store.apply(undefined, write(put('a', 1)), place, request)
    const id = Buffer.from(request.entropy('plugboardSession:session', 32)).toString('base64url')
    t.equal(await value(store.get(id, place, request)), undefined)
    t.equal(await value(applied), id)
    t.equal(await value(applied), id)
    t.equal((await value(store.get(id, place, request)))?.entries.length, 1)
    const forget = store.delete(id, place, request)
    t.ok(await value(store.get(id, place, request)))
    await value(forget)
    await value(forget)
    t.equal(await value(store.get(id, place, request)), undefined)
  })

  t.test('requests at once do not lose what the others wrote', async t => {
    const of = options()
    const first = await begin(of, { user: 'ada', old: 1 })
    const names = Array.from({ length: 25 }, (_, i) => `key ${i}`)
    await Promise.all([
      ...names.map(name => live(of, first, putSession(name, name))),
      live(of, first, deleteSession('old')),
    ])
    t.strictSame(await held(of, first), {
      user: 'ada',
      ...Object.fromEntries(names.map(name => [name, name])),
    })
    await live(
      of,
      first,
      clearSession,
      meanwhile(() => live(of, first, putSession('late', 1))),
      putSession('a', 1),
    )
    t.strictSame(await held(of, first), { a: 1 }, 'a clear is the last word on what it came upon')
  })

  t.test('updateSession counts every request once', async t => {
    const of = options()
    const first = await begin(of, { user: 'ada' })
    const count = updateSession('n', n => Number(n ?? 0) + 1)
    const done = await Promise.all(Array.from({ length: 25 }, () => live(of, first, count)))
    t.strictSame(
      done.map(each => each.status),
      done.map(() => 200),
    )
    const numbers = done.map(each => Number(dataOf(each)['n'])).sort((a, b) => a - b)
    t.strictSame(
      numbers,
      Array.from({ length: 25 }, (_, i) => i + 1),
      'and each has seen a number of its own',
    )
    t.strictSame(await held(of, first), { user: 'ada', n: 25 })
  })

  t.test('a swap takes place where the bytes are as expected, and nowhere else', async t => {
    const { store } = options()
    const request = conn('GET', '/', { seed: 'swap' })
    const [one, two, sameAsOne] = [1, 2, float(1)].map(n => termFormat.rawEntry('n', n)) as [
      RawEntry,
      RawEntry,
      RawEntry,
    ]
    const swap = (id: string | undefined, entry: RawEntry, expected: RawEntry | undefined) =>
      value(store.apply(id, write({ op: 'swap', entry, expected: expected?.rawValue }), place, request))
    t.equal(await swap(undefined, one, undefined), undefined, 'it makes no session')
    t.equal(await swap('unknown', one, undefined), undefined)
    const id = (await value(store.apply(undefined, write(put('m', 0)), place, request))) as string
    const now = async () => hex((await value(store.get(id, place, request)))?.entries)
    const m = termFormat.rawEntry('m', 0)
    t.equal(await swap(id, one, two), undefined)
    t.strictSame(await now(), hex([m]))
    t.equal(await swap(id, one, undefined), id)
    t.strictSame(await now(), hex([m, one]))
    for (const expected of [undefined, two, sameAsOne]) t.equal(await swap(id, two, expected), undefined)
    t.strictSame(await now(), hex([m, one]))
    t.equal(await swap(id, two, one), id)
    t.strictSame(await now(), hex([m, two]))
  })

  t.test('a session that is renewed keeps what others wrote meanwhile', async t => {
    const of = options()
    const first = await begin(of, { user: 'ada', gone: 1 })
    const renewed = await live(
      of,
      first,
      deleteSession('gone'),
      meanwhile(() => live(of, first, putSession('cart', [1, 2]))),
      putSession('mine', true),
      configureSession('renew'),
    )
    t.not(cookieOf(renewed), cookieOf(first))
    t.strictSame(await held(of, renewed), { user: 'ada', cart: [1, 2], mine: true })
    t.strictSame(await held(of, first), {}, 'and the old id is of no use')
  })

  t.test(
    'a write for a session that is renewed or dropped meanwhile writes nothing and sets no cookie',
    async t => {
      const of = options()
      const drop = (before: Conn) => live(of, before, configureSession('drop'))
      const renew = (before: Conn) => live(of, before, putSession('user', 'bob'), configureSession('renew'))
      const renewTwice = async (before: Conn) => renew(await renew(before))
      const clearRenewed = (before: Conn) => live(of, before, clearSession, configureSession('renew'))
      const writes: readonly (readonly Change[])[] = [
        [putSession('theme', 'dark')],
        [mergeSession({ theme: 'dark', user: 'eve' })],
        [deleteSession('user')],
        [clearSession],
        [clearSession, putSession('theme', 'dark')],
        [updateSession('theme', () => 'dark')],
        [updateSession('user', () => 'eve')],
        [putSession('a', 1), updateSession('theme', () => 'dark'), updateSession('a', () => 2)],
      ]
      for (const end of [drop, renew, renewTwice, clearRenewed])
        for (const changes of writes)
          for (const late of ['before', 'after'] as const) {
            const first = await begin(of, { user: 'ada', theme: 'light' })
            let ended = first
            const between = meanwhile(async () => {
              ended = await end(first)
            })
            const telemetry = recordTelemetry()
            const site = endpoint(
              { telemetry },
              app(of, ...(late === 'before' ? [between, ...changes] : [...changes, between])),
            )
            const answered = await runAsync(site)(next(first))
            t.equal(answered.status, 200)
            t.equal(answered.respCookies[key], undefined, 'no cookie displaces the other one')
            t.strictSame(await held(of, first), {}, 'the id does not come back')
            const events = telemetry.events.filter(({ name }) => name === 'plugboard.session.write_dropped')
            const updates = changes.filter(({ name }) => name === 'updateSession').length
            // An update that took place before the session ended was not dropped.
            const isStored = late === 'after' && updates === changes.length
            t.strictSame(
              events.map(({ metadata }) => (metadata as DroppedWrite).session),
              isStored ? [] : ['session'],
              'an event tells of it',
            )
            if (end === renew && (late === 'before' || updates === 0))
              t.strictSame(await held(of, ended), { user: 'bob', theme: 'light' })
          }
    },
  )

  t.test('a request that renews or drops a session that is gone has its own way', async t => {
    const of = options()
    const ends = [
      (before: Conn) => live(of, before, configureSession('drop')),
      (before: Conn) => live(of, before, clearSession, putSession('user', 'bob'), configureSession('renew')),
    ]
    for (const end of ends) {
      const first = await begin(of, { user: 'ada' })
      let ended = first
      const between = meanwhile(async () => {
        ended = await end(first)
      })
      const renewed = await live(of, first, between, putSession('theme', 'dark'), configureSession('renew'))
      t.strictSame(await held(of, renewed), { theme: 'dark' }, 'a session of its own changes')
      const other = await begin(of, { user: 'ada' })
      const again = meanwhile(async () => {
        ended = await end(other)
      })
      const dropped = await live(of, other, again, putSession('theme', 'dark'), configureSession('drop'))
      t.equal(dropped.respCookies[key]?.maxAge, 0, 'the cookie is deleted')
      t.strictSame(await held(of, other), {})
      if (ended.respCookies[key]?.maxAge !== 0) t.strictSame(await held(of, ended), { user: 'bob' })
    }
    const first = await begin(of, { user: 'ada' })
    const logIn = [clearSession, putSession('user', 'bob'), configureSession('renew')]
    const both = await Promise.all([live(of, first, ...logIn), live(of, first, ...logIn)])
    for (const each of both)
      t.strictSame(await held(of, each), { user: 'bob' }, 'a login that was clicked twice')
  })

  t.test('drop deletes the cookie of a session that the store has lost', async t => {
    const of = options()
    const first = await begin(of, { user: 'ada' })
    await live(of, first, configureSession('drop'))
    const again = await live(of, first, configureSession('drop'))
    t.equal(again.respCookies[key]?.maxAge, 0)
    t.equal(again.respCookies[key]?.value, '')
    for (const value of ['', 'x', 'A'.repeat(43)]) {
      const request = conn('GET', '/', { headers: { cookie: `${key}=${value}` } })
      const done = await runAsync(app(of, configureSession('drop')))(request)
      t.equal(done.respCookies[key]?.maxAge, 0, JSON.stringify(value))
    }
    const none = await runAsync(app(of, putSession('a', 1), configureSession('drop')))(conn('GET', '/'))
    t.equal(none.respCookies[key], undefined, 'without a cookie there is nothing to delete')
  })

  t.test('an id that is gone is not written, and none is made for it', async t => {
    const { store } = options()
    const request = conn('GET', '/', { seed: 'gone' })
    const id = (await value(store.apply(undefined, write(put('a', 1)), place, request))) as string
    await value(store.delete(id, place, request))
    const other = conn('GET', '/', { seed: 'another' })
    for (const changes of [[], [put('a', 2)], [{ op: 'clear' } as const, put('a', 2)]])
      t.equal(await value(store.apply(id, write(...changes), place, other)), undefined)
    t.equal(await value(store.get(id, place, request)), undefined)
    const made = Buffer.from(other.entropy('plugboardSession:session', 32)).toString('base64url')
    t.equal(await value(store.get(made, place, request)), undefined)
  })

  t.test('every effect of the store can be executed by yield*', async t => {
    const { store } = options()
    const request = conn('GET', '/', { seed: 'generator' })
    const effects = [
      store.get('x', place, request),
      store.apply(undefined, write(put('a', 1)), place, request),
      store.delete('x', place, request),
    ]
    for (const each of effects)
      t.equal(typeof (each as Partial<Iterable<unknown>>)[Symbol.iterator], 'function')
    const life = gen(function* () {
      const id = (yield* store.apply(undefined, write(put('a', 1)), place, request)) as string
      const entries = (yield* store.get(id, place, request))?.entries.length
      yield* store.delete(id, place, request)
      return [entries, yield* store.get(id, place, request)]
    })
    t.strictSame(await value(life), [1, undefined])
  })

  t.test('any term survives that others are changed, byte for byte', async () => {
    const { store } = options()
    const odd: Term = [float(1), 1, atom('admin'), tuple(atom('ok'), 2n ** 70n), new Date(0)]
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), anyTerm, { maxKeys: 5 }),
        fc.string(),
        async (data, name) => {
          const request = conn('GET', '/', { seed: `bytes ${seeds++}` })
          const terms = Object.entries({ ...data, odd }).filter(([each]) => each !== name)
          const entries = terms.map(([each, term]) => termFormat.rawEntry(each, term))
          const puts = entries.map((entry): StoreChange => ({ op: 'put', entry }))
          const id = (await value(store.apply(undefined, write(...puts), place, request))) as string
          const other = termFormat.rawEntry(name, 1)
          await value(store.apply(id, write({ op: 'put', entry: other }), place, request))
          const after = await value(store.get(id, place, request))
          if (JSON.stringify(hex(after?.entries)) !== JSON.stringify(hex([...entries, other])))
            throw new Error('other bytes came back')
        },
      ),
      { numRuns: 50 },
    )
  })
}
