import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { attempt, fail, pipeline, plugError, text, type Conn } from '../../../lib/index.js'
import { rawEntry, type RawEntry, type Term } from '../../../lib/crypto/term-format.js'
import { conn, recycle, run, runAsync } from '../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  cookieStore,
  deleteSession,
  fetchSession,
  memoryStore,
  memoryTable,
  putSession,
  session,
  updateSession,
  type Store,
} from '../../../plugs/session/index.js'
import { answer, app, cookieOf, dataOf, opened, type Change, type Opened } from './kit.js'

const key = '_my_app_session'
const cookies = { store: cookieStore({ signingSalt: 'a salt' }), key }
const count = updateSession('n', n => Number(n ?? 0) + 1)
const held = (answered: Conn): object => ({ ...dataOf(answered) })

/** A store on a server that holds one session; `interrupt` is called before each write. */
const holding = (data: Readonly<Record<string, Term>>, interrupt: (rows: Map<string, RawEntry>) => void) => {
  const rows = new Map(Object.entries(data).map(([name, term]) => [name, rawEntry(name, term)]))
  const told: string[] = []
  const store: Store = {
    get: id => async () => right({ id, entries: [...rows.values()] }),
    apply:
      (id, { changes }) =>
      async () => {
        interrupt(rows)
        for (const change of changes) {
          if (change.op !== 'swap') continue
          const { entry, expected } = change
          const stored = rows.get(entry.key as string)?.rawValue
          const holds =
            stored === expected || Buffer.compare(stored ?? Buffer.of(), expected ?? Buffer.of()) === 0
          told.push(holds ? 'swapped' : 'refused')
          if (!holds) return right(undefined)
          rows.set(entry.key as string, entry)
        }
        return right(id)
      },
    delete: () => undefined,
  }
  return { store, rows, told }
}
const brought = () => conn('GET', '/', { cookies: { [key]: 'id' } })

t.test('in a cookie, and in a session that is new, it is a put', async t => {
  const first = answer(cookies, conn('GET', '/'), count, count)
  t.strictSame(held(first), { n: 2 })
  const second = answer(cookies, recycle(first)('GET', '/'), count)
  t.strictSame(held(second), { n: 3 })
  t.strictSame(held(answer(cookies, recycle(second)('GET', '/'))), { n: 3 })
  t.equal(typeof count(opened(fetchSession(session(cookies)(brought())))), 'object', 'and no effect')
})

t.test('on a server it takes place at once, and stays if the request fails later', async t => {
  const options = { store: memoryStore(memoryTable()), key }
  const first = answer(options, conn('GET', '/'), putSession('user', 'ada'))
  const failing: Change = c => fail(c, plugError(409, 'Failed', 'it failed'))
  const failed = answer(options, recycle(first)('GET', '/'), putSession('a', 1), count, failing)
  t.equal(failed.status, 409)
  t.strictSame(held(answer(options, recycle(first)('GET', '/'))), { n: 1, user: 'ada' })
})

t.test('its cookie is set anew', async t => {
  const options = { store: memoryStore(memoryTable()), key }
  const first = answer(options, conn('GET', '/'), putSession('user', 'ada'))
  t.equal(cookieOf(answer(options, recycle(first)('GET', '/'), count)), cookieOf(first))
})

t.test(
  'what this request has put, deleted or cleared, and a session to be dropped or ignored, stay its own',
  async t => {
    const options = { store: memoryStore(memoryTable()), key }
    const first = answer(options, conn('GET', '/'), putSession('n', 10))
    const rows: readonly (readonly [readonly Change[], object, object])[] = [
      [[putSession('n', 1), count], { n: 2 }, { n: 2 }],
      [[deleteSession('n'), count], { n: 1 }, { n: 1 }],
      [[clearSession, count], { n: 1 }, { n: 1 }],
      [[configureSession('ignore'), count], { n: 2 }, { n: 1 }],
      [[configureSession('drop'), count], { n: 2 }, {}],
    ]
    for (const [changes, inRequest, after] of rows) {
      const answered = answer(options, recycle(first)('GET', '/'), ...changes)
      t.strictSame(held(answered), inRequest)
      t.strictSame(held(answer(options, recycle(first)('GET', '/'))), after)
    }
  },
)

t.test('with renew, it is the new session that has it', async t => {
  for (const changes of [
    [count, configureSession('renew')],
    [configureSession('renew'), count],
  ]) {
    const options = { store: memoryStore(memoryTable()), key }
    const first = answer(options, conn('GET', '/'), putSession('user', 'ada'))
    const renewed = answer(options, recycle(first)('GET', '/'), ...changes)
    t.not(cookieOf(renewed), cookieOf(first))
    t.strictSame(held(answer(options, recycle(renewed)('GET', '/'))), { n: 1, user: 'ada' })
  }
})

t.test('where another was faster it is called again with what that one left', async t => {
  let others = 3
  const { store, told } = holding({ n: 1, a: 1 }, rows => {
    if (others-- > 0) rows.set('n', rawEntry('n', 100 + others)).set('a', rawEntry('a', 100 + others))
  })
  const seen: (Term | undefined)[] = []
  const update = updateSession('n', n => {
    seen.push(n)
    return Number(n) + 1
  })
  const answered = await runAsync(app({ store, key }, putSession('b', 1), update))(brought())
  t.strictSame(seen, [1, 102, 101, 100])
  t.strictSame(told, ['refused', 'refused', 'refused', 'swapped'])
  t.strictSame(held(answered), { a: 100, b: 1, n: 101 }, 'what else was stored meanwhile is there too')
})

t.test('it gives up when it is never fast enough, or when the client has gone', async t => {
  let n = 0
  const { store, told } = holding({ n: 0 }, rows => rows.set('n', rawEntry('n', ++n)))
  const answered = await runAsync(app({ store, key }, count))(brought())
  t.equal(answered.status, 503)
  t.equal(answered.respHeaders.get('retry-after'), '1')
  t.equal(told.length, 1001)
  told.length = 0
  const gone = new AbortController()
  gone.abort()
  const late = conn('GET', '/', { cookies: { [key]: 'id' }, signal: gone.signal })
  t.equal((await runAsync(app({ store, key }, count))(late)).status, 503)
  t.equal(told.length, 1)
})

t.test('a store that fails makes the request fail', async t => {
  const down = left(plugError(503, 'Down', 'try again later'))
  const { store } = holding({ n: 1 }, () => undefined)
  for (const failing of [
    { ...store, apply: () => () => down },
    { ...store, apply: () => async () => down },
  ] as Store[]) {
    const answered = await runAsync(app({ store: failing, key }, count))(brought())
    t.equal(answered.status, 503)
  }
})

t.test('an update that throws or gives no term is a mistake in the program', async t => {
  const { store } = holding({ n: 1 }, rows => rows.set('n', rawEntry('n', 2)))
  const none = updateSession('n', () => undefined as never)
  const unlucky = updateSession('n', n => {
    if (n === 2) throw new Error('boom')
    return 5
  })
  for (const [update, message] of [
    [none, /^updateSession: the value under "n" is undefined, which is no term$/],
    [unlucky, /^boom$/],
  ] as const) {
    const answered = await runAsync(app({ store, key }, update))(brought())
    t.equal(answered.status, 500)
    t.match(answered.error?.cause, { message })
  }
})

t.test('mistakes are told at boot, and a session that was not fetched by name', async t => {
  t.throws(() => updateSession(5 as never, () => 1), /^updateSession: key must be a string$/)
  t.throws(() => updateSession('n', 5 as never), /^updateSession: update must be a function of a term$/)
  t.throws(() => updateSession('n', () => 1, 'a b'), /updateSession: name must be a name of letters/)
  t.throws(() => count(conn('GET', '/') as Opened), /put fetchSession earlier in the pipeline/)
})

t.test('a session of a test needs no store', async t => {
  const page = pipeline(fetchSession, count, text('ok'))
  t.strictSame(held(run(page)(conn('GET', '/', { session: { n: 1 } }))), { n: 2 })
})

t.test('work between is not undone', async t => {
  const options = { store: memoryStore(memoryTable()), key }
  const first = answer(options, conn('GET', '/'), putSession('n', 0))
  const slow: Change = c => attempt(async () => c)
  await Promise.all(
    Array.from({ length: 20 }, () =>
      runAsync(app(options, slow, count, slow, count))(recycle(first)('GET', '/')),
    ),
  )
  t.strictSame(held(answer(options, recycle(first)('GET', '/'))), { n: 40 })
})
