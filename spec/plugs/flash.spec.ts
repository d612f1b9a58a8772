import t from 'tap'
import * as fc from 'fast-check'
import {
  isFetched,
  pipeline,
  putStatus,
  redirect,
  resp,
  text,
  type Conn,
  type WithFlash,
} from '../../lib/index.js'
import { conn, recycle, run } from '../../lib/testing/index.js'
import { clearFlash, fetchFlash, getFlash, keepFlash, mergeFlash, putFlash } from '../../plugs/flash.js'
import {
  clearSession,
  cookieStore,
  fetchSession,
  getSession,
  putSession,
  session,
} from '../../plugs/session/index.js'
import { atom, termFormat, tuple, type Term } from '../../lib/crypto/index.js'

type Flashing = Conn & WithFlash & Parameters<typeof fetchFlash>[0]
type Change = (conn: Flashing) => Conn

const key = '_my_app_session'

/** An app that fetches the flash, makes some changes and answers with a status. */
const app = (status: number, ...changes: readonly Change[]) =>
  pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key }),
    fetchSession,
    fetchFlash,
    pipeline(...changes.map(change => (c: Conn) => change(c as Flashing))),
    resp(status, ''),
  )

const flashOf = (c: Conn): object => ({ ...(c.flash as Record<string, string>) })
const stored = (c: Conn): unknown => getSession('phoenix_flash')(c as Flashing)

t.test('a message is seen in this request, and in the next after a redirect, and then no more', async t => {
  const first = run(app(302, putFlash('info', 'Saved.')))(conn('POST', '/'))
  t.strictSame(flashOf(first), { info: 'Saved.' })
  t.match(stored(first), { info: 'Saved.' })
  const second = run(app(200))(recycle(first)('GET', '/'))
  t.strictSame(flashOf(second), { info: 'Saved.' })
  t.ok(second.respCookies[key], 'using it up is written')
  t.equal(stored(second), undefined)
  const third = run(app(200))(recycle(second)('GET', '/'))
  t.strictSame(flashOf(third), {})
  t.notOk(third.respCookies[key], 'without a flash the session is untouched')
})

t.test('redirects keep messages, older ones too; anything else uses them up', async t => {
  for (const status of [300, 301, 302, 303, 304, 307, 308]) {
    const first = run(app(status, putFlash('one', '1')))(conn('POST', '/'))
    const second = run(app(status, putFlash('two', '2')))(recycle(first)('GET', '/'))
    t.strictSame(flashOf(run(app(200))(recycle(second)('GET', '/'))), { one: '1', two: '2' }, String(status))
    const kept = run(app(status))(recycle(second)('GET', '/'))
    t.match(stored(kept), { one: '1', two: '2' }, `${status} keeps what it did not touch`)
  }
  for (const status of [200, 201, 204, 299, 309, 404, 422, 500]) {
    const first = run(app(302, putFlash('info', 'x')))(conn('POST', '/'))
    const second = run(app(status, putFlash('two', '2')))(recycle(first)('GET', '/'))
    t.equal(stored(second), undefined, String(status))
  }
})

t.test('a flash that is put and not kept leaves a session without one, which is written', async t => {
  const answered = run(app(200, putFlash('info', 'now only')))(conn('GET', '/'))
  t.ok(answered.respCookies[key])
  t.equal(stored(answered), undefined)
})

t.test('clearing it discards what was stored, redirect or not', async t => {
  const first = run(app(302, putFlash('info', 'x')))(conn('POST', '/'))
  for (const status of [200, 302]) {
    const second = run(app(status, clearFlash))(recycle(first)('GET', '/'))
    t.strictSame(flashOf(second), {})
    t.equal(stored(second), undefined)
    t.ok(second.respCookies[key])
  }
  const bare = run(app(302, putFlash('info', 'x'), clearFlash))(conn('GET', '/'))
  t.notOk(bare.respCookies[key], 'and of a flash that was never stored nothing is left')
})

t.test('keepFlash keeps what is there when the response is sent, although it is no redirect', async t => {
  const first = run(app(302, mergeFlash({ info: 'i', error: 'e' })))(conn('POST', '/'))
  const next = (status: number, ...changes: readonly Change[]): unknown => {
    const answered = run(app(status, ...changes))(recycle(first)('GET', '/'))
    const seen = flashOf(run(app(200))(recycle(answered)('GET', '/')))
    t.strictSame({ ...(stored(answered) as object) }, seen, 'what is stored is what is seen next')
    return seen
  }
  for (const status of [200, 204, 404, 422, 500]) {
    t.strictSame(next(status, keepFlash()), { info: 'i', error: 'e' }, String(status))
    t.strictSame(next(status, keepFlash('info')), { info: 'i' }, 'the rest is used up')
    t.strictSame(next(status), {})
  }
  t.strictSame(next(200, keepFlash('info'), keepFlash('error')), { info: 'i', error: 'e' })
  t.strictSame(next(200, keepFlash('info', 'error', 'none')), { info: 'i', error: 'e' })
  t.strictSame(next(200, keepFlash(), keepFlash('info')), { info: 'i', error: 'e' }, 'all stays all')
  t.strictSame(next(200, keepFlash('info'), keepFlash()), { info: 'i', error: 'e' })
  t.strictSame(next(200, keepFlash('none')), {})
  t.strictSame(next(302, keepFlash('info')), { info: 'i', error: 'e' }, 'a redirect keeps all anyway')
  t.strictSame(next(200, keepFlash(), putFlash('late', 'l')), { info: 'i', error: 'e', late: 'l' })
  t.strictSame(next(200, keepFlash('info'), putFlash('info', 'j')), { info: 'j' })
  t.strictSame(next(200, keepFlash(), clearFlash), {}, 'what was cleared is not there')
  const twice = run(app(200, keepFlash()))(recycle(first)('GET', '/'))
  const then = run(app(200))(recycle(twice)('GET', '/'))
  t.strictSame(flashOf(run(app(200))(recycle(then)('GET', '/'))), {}, 'it is kept once')
  const bare = run(app(200, keepFlash()))(conn('GET', '/'))
  t.notOk(bare.respCookies[key], 'of nothing nothing is kept, and nothing written')
  const odd = run(app(200, putFlash('__proto__', 'p'), keepFlash('__proto__', 'constructor')))(
    conn('GET', '/'),
  )
  t.strictSame(Object.keys(stored(odd) as object), ['__proto__'])
})

/** One step of a request. */
type Step =
  | readonly ['put', string, string]
  | readonly ['merge', Readonly<Record<string, string>>]
  | readonly ['clear']
  | readonly ['keep', ...string[]]

const changeOf = (step: Step): Change => {
  switch (step[0]) {
    case 'put':
      return putFlash(step[1], step[2])
    case 'merge':
      return mergeFlash(step[1])
    case 'clear':
      return clearFlash
    case 'keep': {
      const [, ...keys] = step
      return keepFlash(...keys)
    }
  }
}

t.test('any sequence of requests shows what a plain record would', async t => {
  const name = fc.constantFrom('info', 'error', 'a', '__proto__', 'constructor', '')
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.tuple(fc.constant('put' as const), name, fc.string()),
    fc.tuple(fc.constant('merge' as const), fc.dictionary(fc.constantFrom('info', 'b'), fc.string())),
    fc.constant(['clear'] as const),
    fc.array(name, { maxLength: 2 }).map(keys => ['keep', ...keys] as const),
  )
  const status = fc.oneof(
    fc.constantFrom(200, 204, 299, 300, 302, 303, 307, 308, 309, 404, 500),
    fc.integer({ min: 200, max: 599 }),
  )
  const lives = fc.array(fc.tuple(status, fc.array(step, { maxLength: 5 })), { minLength: 1, maxLength: 6 })
  const sorted = (flash: object): unknown => Object.entries(flash).sort(([a], [b]) => (a < b ? -1 : 1))
  fc.assert(
    fc.property(lives, requests => {
      let kept = new Map<string, string>()
      let last: Conn = conn('GET', '/')
      for (const [status, steps] of requests) {
        const answered = run(app(status, ...steps.map(changeOf)))(recycle(last)('GET', '/'))
        const had = kept.size > 0
        const seen = new Map(kept)
        let all = status >= 300 && status <= 308
        const keys = new Set<string>()
        for (const step of steps) {
          if (step[0] === 'put') seen.set(step[1], step[2])
          if (step[0] === 'merge') for (const [k, v] of Object.entries(step[1])) seen.set(k, v)
          if (step[0] === 'clear') seen.clear()
          if (step[0] === 'keep') {
            if (step.length === 1) all = true
            for (const k of step.slice(1)) keys.add(k)
          }
        }
        kept = new Map([...seen].filter(([k]) => all || keys.has(k)))
        const writes = had || seen.size > 0
        if (
          JSON.stringify(sorted(answered.flash)) !==
          JSON.stringify([...seen].sort(([a], [b]) => (a < b ? -1 : 1)))
        )
          throw new Error('another flash was seen')
        if ((answered.respCookies[key] !== undefined) !== writes)
          throw new Error(`the session was ${writes ? 'not ' : ''}written`)
        last = answered
      }
      const end = run(app(200))(recycle(last)('GET', '/'))
      return (
        JSON.stringify(sorted(end.flash)) === JSON.stringify([...kept].sort(([a], [b]) => (a < b ? -1 : 1)))
      )
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('log-in may clear the session and still leave a message', async t => {
  const first = run(app(302, c => putSession('user', 'ada')(c), putFlash('error', 'old')))(conn('POST', '/'))
  const second = run(app(302, clearSession as Change, putFlash('info', 'Welcome back!')))(
    recycle(first)('POST', '/'),
  )
  t.strictSame(
    { ...(getSession()(second as Flashing) as object) },
    {
      phoenix_flash: Object.assign(Object.create(null), { error: 'old', info: 'Welcome back!' }),
    },
  )
})

t.test('fetching it a second time does nothing', async t => {
  const twice = run(app(302, putFlash('info', 'x'), c => fetchFlash(c)))(conn('POST', '/'))
  t.strictSame(flashOf(twice), { info: 'x' })
  t.equal(twice.beforeSend.length, 2)
  t.match(stored(twice), { info: 'x' })
})

t.test('what Phoenix or another app has stored is read as far as it can be shown', async t => {
  const odd = JSON.parse('{"__proto__":"x","constructor":"y"}') as { readonly [key: string]: Term }
  const flashes: readonly (readonly [Term, object])[] = [
    [
      { info: 'hello', count: 1, nested: { a: 'b' } },
      { info: 'hello', count: '1' },
    ],
    [
      { big: 2n ** 70n, half: 0.5, yes: true, no: false, kind: atom('error') },
      { big: String(2n ** 70n), half: '0.5', yes: 'true', no: 'false', kind: 'error' },
    ],
    [
      { nil: null, list: ['a'], pair: tuple(atom('safe'), 'x'), at: new Date(0), bytes: Uint8Array.of(255) },
      {},
    ],
    [{}, {}],
    ['text', {}],
    [['a'], {}],
    [7, {}],
    [new Date(0), {}],
    [odd, odd],
  ]
  const seenIn = (c: Conn): unknown => Object.entries(c.flash as object).sort()
  for (const [value, seen] of flashes) {
    const answered = run(app(200))(conn('GET', '/', { session: { phoenix_flash: value } }))
    t.strictSame(seenIn(answered), Object.entries(seen).sort())
    t.equal(stored(answered), undefined, 'used up')
    t.ok(answered.respCookies[key])
  }
  const nil = run(app(200))(conn('GET', '/', { session: { phoenix_flash: null } }))
  t.notOk(nil.respCookies[key], 'nil is no flash')
  t.equal(stored(nil), null)
})

t.test('terms of Phoenix that are not strings are kept as they are', async t => {
  const terms: { readonly [key: string]: Term } = {
    info: 'hello',
    count: 1,
    kind: atom('error'),
    nested: { a: ['b', null] },
    pair: tuple(atom('safe'), 'x'),
    nil: null,
  }
  const hexOf = (value: unknown): string => Buffer.from(termFormat.encode(value as Term)).toString('hex')
  const start = conn('GET', '/', { session: { phoenix_flash: terms } })
  const after = (status: number, ...changes: readonly Change[]): unknown =>
    stored(run(app(status, ...changes))(start))
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(terms).filter(([name]) => !names.includes(name)))
  t.equal(hexOf(after(302)), hexOf(terms), 'a redirect keeps them')
  t.equal(hexOf(after(200, keepFlash())), hexOf(terms))
  t.equal(
    hexOf(after(200, keepFlash('nested', 'count', 'none'))),
    hexOf({ count: 1, nested: terms['nested'] as Term }),
  )
  t.equal(hexOf(after(302, putFlash('more', 'm'))), hexOf({ ...terms, more: 'm' }))
  t.equal(
    hexOf(after(302, putFlash('count', 'two'), putFlash('nested', 'n'))),
    hexOf({ ...terms, count: 'two', nested: 'n' }),
    'a message replaces them',
  )
  t.equal(hexOf(after(302, mergeFlash({ nil: 'n' }))), hexOf({ ...terms, nil: 'n' }))
  t.equal(after(302, clearFlash), undefined)
  t.equal(hexOf(after(302, clearFlash, putFlash('nested', 'n'))), hexOf({ nested: 'n' }))
  t.equal(after(200), undefined, 'and any other response uses them up')
  t.equal(hexOf(after(200, keepFlash('info', 'kind'))), hexOf(without('count', 'nested', 'pair', 'nil')))
  const twice = run(app(302))(recycle(run(app(302))(start))('GET', '/'))
  t.equal(hexOf(stored(twice)), hexOf(terms))
})

t.test('keys of any name are data', async t => {
  const answered = run(
    app(302, mergeFlash(JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>)),
  )(conn('GET', '/'))
  t.strictSame(Object.keys(answered.flash).sort(), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(answered.flash), null)
  const next = run(app(200, putFlash('__proto__', 'q')))(recycle(answered)('GET', '/'))
  t.equal(getFlash('__proto__')(next as Flashing), 'q')
  t.equal(getFlash('toString')(next as Flashing), undefined)
})

t.test('getFlash gives one message or all, mergeFlash puts many', async t => {
  const answered = run(app(200, putFlash('info', 'a'), mergeFlash({ info: 'b', error: 'c' })))(
    conn('GET', '/'),
  ) as Flashing
  t.equal(getFlash('info')(answered), 'b')
  t.equal(getFlash('error')(answered), 'c')
  t.equal(getFlash('warning')(answered), undefined)
  t.strictSame({ ...getFlash()(answered) }, { info: 'b', error: 'c' })
})

t.test('without fetchFlash messages can be merged, and nothing is kept', async t => {
  const merged = mergeFlash({ info: 'a' })(conn('GET', '/', { session: {} }))
  t.equal(getFlash('info')(merged), 'a')
  t.strictSame(merged.beforeSend, [])
  const answered = run(
    pipeline(
      session({ store: cookieStore({ signingSalt: 'a salt' }), key }),
      fetchSession,
      mergeFlash({ info: 'a' }),
      redirect('/'),
    ),
  )(conn('GET', '/'))
  t.notOk(answered.respCookies[key])
})

t.test('older conns never change', async t => {
  const first = putFlash('info', 'a')(fetchFlash(fetchSession(conn('GET', '/', { session: {} })) as Flashing))
  const second = putFlash('info', 'b')(first)
  clearFlash(second)
  mergeFlash({ error: 'c' })(second)
  t.strictSame([flashOf(first), flashOf(second)], [{ info: 'a' }, { info: 'b' }])
})

t.test('what is missing or wrong is named', async t => {
  const bare = conn('GET', '/') as Flashing
  const hint = /conn\.flash is not fetched: put fetchFlash \(after fetchSession\) earlier in the pipeline/
  t.notOk(isFetched(bare.flash))
  t.throws(() => putFlash('info', 'x')(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => keepFlash()(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => keepFlash('info')(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => keepFlash(5 as never), /^keepFlash: every key must be a string$/)
  t.throws(() => keepFlash('info', null as never), { name: 'TypeError', message: /keepFlash: every key/ })
  t.throws(() => getFlash('info')(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => getFlash()(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => fetchFlash(bare), /put fetchSession earlier in the pipeline/)
  t.throws(() => putFlash(5 as never, 'x'), /^putFlash: key must be a string$/)
  t.throws(() => putFlash('info', 5 as never), /putFlash: the message under "info" must be a string/)
  t.throws(() => mergeFlash({ info: null as never }), /mergeFlash: the message under "info" must be a string/)
})

t.test('a request that fails uses up nothing', async t => {
  const first = run(app(302, putFlash('info', 'x')))(conn('POST', '/'))
  const failed = run(
    app(200, () => {
      throw new Error('a bug')
    }),
  )(recycle(first)('GET', '/'))
  t.equal(failed.status, 500)
  t.notOk(failed.respCookies[key])
  t.strictSame(flashOf(run(app(200))(recycle(failed)('GET', '/'))), { info: 'x' })
})

t.test('a status that is only set counts as one', async t => {
  const set = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key }),
    fetchSession,
    fetchFlash,
    putFlash('info', 'x'),
    putStatus(303),
    text('see other'),
  )
  t.match(stored(run(set)(conn('GET', '/'))), { info: 'x' })
})
