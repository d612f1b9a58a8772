import * as io from 'io-ts'
import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import * as fc from 'fast-check'
import { pipe, pipeline, rescue, text, type Conn, type Halted, type Result } from '../../../lib/index.js'
import { tuple, type Term } from '../../../lib/crypto/index.js'
import { conn, recycle, run, runAsync } from '../../../lib/testing/index.js'
import {
  cookieStore,
  defineSession,
  fetchSession,
  getSession,
  memoryStore,
  memoryTable,
  putSession,
  session,
  type DefineSessionOptions,
} from '../../../plugs/session/index.js'
import { cookieOf, dataOf } from './kit.js'

const key = '_my_app_session'
const sessions = session({ store: cookieStore({ signingSalt: 'a salt' }), key })

/** An instant, kept as milliseconds: a value that is stored as another. */
const instant = new io.Type<Date, number, unknown>(
  'instant',
  (u): u is Date => u instanceof Date,
  (u, context) => (typeof u === 'number' ? io.success(new Date(u)) : io.failure(u, context)),
  date => date.getTime(),
)
const Visitor = io.partial({
  userId: io.number,
  theme: io.union([io.literal('light'), io.literal('dark')]),
  since: instant,
  nickname: io.union([io.string, io.null]),
})
const visitor = defineSession(Visitor)

type Visited = Parameters<ReturnType<typeof visitor.getSession<'theme'>>>[0] & Conn
type Step = (conn: Visited) => Result<Conn | Halted>

const live = (request: Conn, ...steps: readonly Step[]): Conn => {
  const all = steps.map(step => (c: Conn) => step(c as Visited))
  return run(pipeline(sessions, visitor.fetchSession, pipeline(...all), text('ok')))(request)
}
const holding = (data: Readonly<Record<string, Term>>) => conn('GET', '/', { session: data })
const seen = (data: object): object => ({ ...data })

t.test('what is put comes back with its type', async t => {
  const since = new Date(1_000_000)
  const first = live(
    conn('GET', '/'),
    visitor.putSession('since', since),
    visitor.mergeSession({ userId: 7, theme: 'dark' }),
  )
  const next = live(recycle(first)('GET', '/'), c => {
    t.strictSame(visitor.getSession('since')(c), since)
    t.strictSame(visitor.getSession('theme', 'light')(c), 'dark')
    t.strictSame(seen(visitor.getSession()(c)), { since, theme: 'dark', userId: 7 })
    t.strictSame(seen(c.sessions.session.data), { since, theme: 'dark', userId: 7 })
    t.equal(getSession('since')(c), 1_000_000, 'and is stored as the codec encodes it')
    return visitor.deleteSession('theme')(c)
  })
  t.strictSame(seen(dataOf(next)), { since, userId: 7 })
  const cleared = live(recycle(next)('GET', '/'), visitor.clearSession, visitor.putSession('userId', 8))
  t.strictSame(seen(dataOf(cleared)), { userId: 8 })
  const dropped = live(recycle(cleared)('GET', '/'), visitor.configureSession('drop'))
  t.equal(dropped.respCookies[key]?.maxAge, 0)
})

t.test('a default is for a key that is absent; a stored null is a value', async t => {
  live(conn('GET', '/'), visitor.putSession('nickname', null), c => {
    t.equal(visitor.getSession('nickname', 'ada')(c), null)
    t.equal(visitor.getSession('theme')(c), undefined)
    t.equal(visitor.getSession('theme', 'light')(c), 'light')
    return c
  })
})

t.test('updateSession is given what the codec decodes, and what it gives is encoded', async t => {
  const store = memoryStore(memoryTable())
  const app = (...steps: readonly Step[]) =>
    runAsync(
      pipeline(
        session({ store, key }),
        visitor.fetchSession,
        pipeline(...steps.map(step => (c: Conn) => step(c as Visited))),
        text('ok'),
      ),
    )
  const later = visitor.updateSession('since', at => new Date((at?.getTime() ?? 0) + 1))
  const first = await app(later)(conn('GET', '/'))
  const requests = Array.from({ length: 5 }, () => recycle(first)('GET', '/'))
  await Promise.all(requests.map(app(later)))
  const last = await app(c => c)(recycle(first)('GET', '/'))
  t.strictSame(seen(dataOf(last)), { since: new Date(6) })
})

const misfitting: Readonly<Record<string, Term>> = {
  userId: 'seven',
  theme: 'dark',
  _csrf_token: 'Y3JM_tufoF2-zY7lvFVRNngX',
  pair: tuple(1, 2),
}

t.test('a stored session that does not fit is handled as asked', async t => {
  const fetched = (options: DefineSessionOptions<'session'>, request = holding(misfitting)) => {
    const { fetchSession } = defineSession(Visitor, options)
    return run(pipeline(sessions, fetchSession, text('ok')))(request)
  }
  for (const options of [{}, { onInvalid: 'drop-keys' }] as const) {
    const kept = fetched(options)
    t.strictSame(seen(dataOf(kept)), {
      theme: 'dark',
      _csrf_token: misfitting['_csrf_token'],
      pair: misfitting['pair'],
    })
    t.ok(cookieOf(kept), 'and is written')
    const again = fetched(options, recycle(kept)('GET', '/'))
    t.equal(again.respCookies[key], undefined, 'once')
  }

  const dropped = fetched({ onInvalid: 'clear' })
  t.strictSame(seen(dataOf(dropped)), {})
  t.strictSame(seen(dataOf(fetched({}, recycle(dropped)('GET', '/')))), {})

  const failed = fetched({ onInvalid: 'fail' })
  t.equal(failed.status, 500)
  t.match(failed.error, { _tag: 'InvalidSession', message: 'The session does not fit' })
  t.match(failed.error?.cause, { message: "the stored session 'session' does not fit its codec: userId" })
  t.notMatch(String(failed.error?.cause), /seven/)
  t.equal(failed.respCookies[key], undefined)

  for (const onInvalid of ['drop-keys', 'clear', 'fail'] as const)
    t.equal(
      fetched({ onInvalid }, holding({ theme: 'dark', other: 1 })).respCookies[key],
      undefined,
      'what fits is let be',
    )
})

t.test('a failure can be rescued', async t => {
  const strict = defineSession(Visitor, { onInvalid: 'fail' })
  const app = pipeline(
    sessions,
    pipe(
      pipeline(strict.fetchSession, text('welcome')),
      rescue(error => text(error._tag)),
    ),
  )
  t.equal(run(app)(holding(misfitting)).respBody, 'InvalidSession')
  t.equal(run(app)(holding({})).respBody, 'welcome')
})

t.test('keys that fit one by one and not together are all cleared', async t => {
  const Range = new io.Type<{ readonly from?: number; readonly to?: number }>(
    'range',
    (u): u is { readonly from?: number } => typeof u === 'object',
    (u, context) => {
      const { from = 0, to = 10 } = u as { readonly from?: number; readonly to?: number }
      return from <= to ? io.success(u as { readonly from?: number }) : io.failure(u, context)
    },
    range => range,
  )
  const range = defineSession(Range)
  const app = pipeline(sessions, range.fetchSession, text('ok'))
  t.strictSame(seen(dataOf(run(app)(holding({ from: 5, to: 3 })))), {})
  t.strictSame(seen(dataOf(run(app)(holding({ from: 3, to: 5 })))), { from: 3, to: 5 })
})

t.test('what an untyped function puts in spite of the codec is not to be seen by the typed ones', async t => {
  live(conn('GET', '/'), visitor.putSession('userId', 7), putSession('theme', 'blue'), c => {
    t.equal(visitor.getSession('theme')(c), undefined)
    t.equal(visitor.getSession('theme', 'light')(c), 'light')
    t.strictSame(seen(c.sessions.session.data), { userId: 7 })
    t.equal(getSession('theme')(c), 'blue')
    return c
  })
})

t.test('on a session that was fetched without the codec, what does not fit is absent', async t => {
  const opened = run(pipeline(sessions, fetchSession, text('ok')))(
    holding({ userId: 'seven', theme: 'dark' }),
  ) as Visited
  t.equal(visitor.getSession('userId')(opened), undefined)
  t.equal(visitor.getSession('theme')(opened), 'dark')
  t.strictSame(seen(visitor.getSession()(opened)), { theme: 'dark' })
})

t.test('a session of another name is apart', async t => {
  const cart = defineSession(io.partial({ items: io.array(io.string) }), { name: 'cart' })
  const shop = pipeline(
    sessions,
    session({ name: 'cart', key: '_cart', store: memoryStore(memoryTable()) }),
    visitor.fetchSession,
    cart.fetchSession,
    cart.putSession('items', ['tea']),
    cart.deleteSession('items'),
    cart.putSession('items', ['tea', 'milk']),
    cart.configureSession('renew'),
  )
  const app = pipeline(shop, text('ok'))
  const answered = run(app)(conn('GET', '/'))
  t.strictSame(seen(dataOf(answered, 'cart')), { items: ['tea', 'milk'] })
  t.strictSame(Object.keys(answered.respCookies), ['_cart'])
  t.strictSame(seen(dataOf(run(pipeline(shop, cart.clearSession, text('ok')))(conn('GET', '/')), 'cart')), {})
})

t.test('mistakes are told at boot', async t => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => defineSession(undefined as never), /^defineSession: codec must be an io-ts codec/],
    [() => defineSession({} as never), /^defineSession: codec must be an io-ts codec/],
    [() => defineSession(io.type({ userId: io.number })), /^defineSession: the codec must accept \{\}/],
    [
      () => defineSession(Visitor, { onInvalid: 'lose' as never }),
      /^defineSession: onInvalid must be 'drop-keys', 'clear' or 'fail', got "lose"$/,
    ],
    [
      () => defineSession(Visitor, { misfit: 'keep' } as never),
      /^defineSession: misfit is now onInvalid: write 'drop-keys' for 'keep', 'clear' for 'drop', and 'fail' for 'fail'$/,
    ],
    [
      () => defineSession(Visitor, { name: 'a b' }),
      /^defineSession: name must be a name of letters, digits, "_" and "-" that begins with a letter, got "a b"$/,
    ],
    [
      () => defineSession(Visitor, { onInvald: 1 } as never),
      /^defineSession: unknown option onInvald; expected name or onInvalid; did you mean onInvalid\?$/,
    ],
    [
      () => visitor.putSession('theme', undefined as never),
      /^putSession: the value under "theme" is undefined/,
    ],
    [
      () => visitor.mergeSession({ theme: undefined as never }),
      /^mergeSession: the value under "theme" is undefined/,
    ],
  ]
  for (const [call, message] of wrong) t.throws(call, { name: 'TypeError', message })
})

t.test('any codec that takes {} will do', async t => {
  const lenient = defineSession({
    decode: u => right(u as Readonly<Record<string, Term>>),
    encode: data => data,
  })
  const picky = defineSession<{ readonly a?: number }>({
    decode: u => (Object.keys(u as object).length === 0 ? right({}) : left('no')),
    encode: data => data,
  })
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), data => {
      const app = pipeline(sessions, lenient.fetchSession, text('ok'))
      t.strictSame(seen(dataOf(run(app)(holding(data)))), seen(data))
      const none = run(pipeline(sessions, picky.fetchSession, text('ok')))(holding(data))
      t.strictSame(seen(dataOf(none)), {})
    }),
    { numRuns: 30 },
  )
})
