import t from 'tap'
import * as fc from 'fast-check'
import type { Term } from '../../../lib/crypto/index.js'
import { conn, recycle } from '../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  cookieStore,
  deleteSession,
  fetchSession,
  getSession,
  mergeSession,
  putSession,
  session,
  sessionConfig,
  writeSession,
  type SessionOptions,
} from '../../../plugs/session/index.js'
import { anyTerm, shown } from '../../lib/crypto/vectors.js'
import { answer, opened, read, type Change, type Opened } from './kit.js'

const options: SessionOptions = { store: cookieStore({ signingSalt: 'a salt' }), key: '_my_app_session' }
const seen = (data: object): object => ({ ...data })

t.test('functions refuse a session that was not fetched, by name', async t => {
  const bare = conn('GET', '/') as Opened
  const hint = /conn\.sessions\.session is not fetched: put fetchSession earlier in the pipeline/
  for (const f of [getSession('a'), getSession(), putSession('a', 1), clearSession, configureSession('drop')])
    t.throws(() => (f as Change)(bare), { name: 'NotFetchedError', message: hint })
  t.throws(
    () => getSession('a', 1, 'cart')(bare as never),
    /conn\.sessions\.cart is not fetched: put fetchSession for 'cart' earlier in the pipeline/,
  )
  t.throws(
    () => getSession('a', 1, 'constructor')(bare as never),
    /put fetchSession for 'constructor' earlier/,
  )
})

t.test('functions check what they are given when they are called, and name it', async t => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => putSession(5 as never, 1), /^putSession: key must be a string$/],
    [
      () => putSession('a', undefined as never),
      /^putSession: the value under "a" is undefined, which is no term$/,
    ],
    [
      () => putSession('a', (() => 1) as never),
      /^putSession: the value under "a" is a function, which is no term$/,
    ],
    [() => putSession('a', new Map() as never), /^putSession: the value under "a" is an instance of a class/],
    [() => putSession('a', { b: [NaN] }), /^putSession: the value under "a" at b\[0\] is NaN/],
    [() => putSession('a', 1, '__proto__'), /^putSession: name must be a name of letters/],
    [() => mergeSession({ a: Symbol('x') as never }), /^mergeSession: the value under "a" is a symbol/],
    [() => deleteSession(5 as never), /^deleteSession: key must be a string$/],
    [() => clearSession.named('' as never), /^clearSession: name must be a name of letters/],
    [() => getSession(5 as never), /^getSession: key must be a string$/],
    [() => getSession('a', 1, ''), /^getSession: name must be a name of letters/],
    [() => configureSession('delete' as never), /^configureSession: give 'renew', 'drop' or 'ignore'$/],
    [() => configureSession('drop', 'a b'), /^configureSession: name must be a name of letters/],
  ]
  for (const [call, message] of wrong) t.throws(call, { name: 'TypeError', message })
})

t.test('getSession gives its second argument only for a key that is absent', async t => {
  const c = opened(fetchSession(conn('GET', '/', { session: { none: null, no: false, zero: 0, empty: '' } })))
  for (const [name, value] of Object.entries({ none: null, no: false, zero: 0, empty: '' })) {
    t.equal(getSession(name, 'fallback')(c), value)
    t.equal(getSession(name, 'fallback')(putSession('other', 1)(c)), value)
  }
  t.equal(getSession('absent', 'fallback')(c), 'fallback')
  t.equal(getSession('absent')(c), undefined)
  t.equal(getSession('none', 'fallback')(deleteSession('none')(c)), 'fallback')
  t.equal(getSession('none', 'fallback')(clearSession(c)), 'fallback')
  t.equal(getSession('toString', 'fallback')(c), 'fallback')
  t.strictSame(seen(getSession()(c)), { none: null, no: false, zero: 0, empty: '' })
  t.equal(Object.getPrototypeOf(getSession()(c)), null)
  t.ok(Object.isFrozen(getSession()(c)))
  t.equal(getSession()(c), getSession()(c), 'it is made once')
})

t.test('keys of any name are data', async t => {
  const put = answer(
    options,
    conn('GET', '/'),
    mergeSession(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as Record<string, Term>),
  )
  const data = read(options, recycle(put)('GET', '/'))
  t.strictSame(Object.keys(data).sort(), ['__proto__', 'constructor'])
  t.equal(({} as { polluted?: unknown }).polluted, undefined)
})

t.test('no operation changes an older conn', async () => {
  const operation = fc.oneof(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), anyTerm).map(([name, term]) => putSession(name, term)),
    fc.constantFrom('a', 'b').map(name => deleteSession(name)),
    fc.dictionary(fc.constantFrom('a', 'd'), anyTerm).map(entries => mergeSession(entries)),
    fc.constant(clearSession as Change),
    fc.constantFrom('renew' as const, 'drop' as const, 'ignore' as const).map(info => configureSession(info)),
    fc.constant(writeSession(sessionConfig(options)) as Change),
  ) as fc.Arbitrary<(c: Opened) => Opened>
  const snapshot = (c: Opened): string => {
    const { id, info, changes, data } = c.sessions.session
    return JSON.stringify([
      id,
      info,
      changes.length,
      shown({ ...data } as Record<string, Term>),
      c.respCookies,
    ])
  }
  const first = answer(options, conn('GET', '/'), mergeSession({ a: [1], z: 'kept' }))
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 12 }), operations => {
      const conns = [opened(fetchSession(session(options)(recycle(first)('GET', '/'))))]
      const before = [snapshot(conns[0] as Opened)]
      for (const operate of operations) {
        try {
          conns.push(operate(conns.at(-1) as Opened))
        } catch {
          // A cookie that became too long: the conn before it must still be what it was.
          continue
        }
        before.push(snapshot(conns.at(-1) as Opened))
      }
      return conns.every((c, i) => snapshot(c) === before[i])
    }),
  )
})

t.test('changes are kept short: a clear comes first, and each key comes once', async t => {
  const bare = opened(fetchSession(conn('GET', '/', { session: {} })))
  const steps = [
    putSession('a', 1),
    putSession('b', 1),
    clearSession,
    putSession('a', 2),
    deleteSession('b'),
    putSession('a', 3),
  ]
  const last = steps.reduce<Opened>((c, step) => (step as (c: Opened) => Opened)(c), bare)
  t.match(last.sessions.session.changes, [
    { op: 'clear' },
    { op: 'delete', key: 'b' },
    { op: 'put', key: 'a', value: 3 },
  ])
  t.equal(last.sessions.session.changes.length, 3)
})
