import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  attempt,
  fetchCookies,
  isConn,
  pipeline,
  plugError,
  putRespCookie,
  registerBeforeSend,
  setCookies,
  text,
  type Conn,
} from '../../../lib/index.js'
import { rawEntry, type RawEntry } from '../../../lib/crypto/term-format.js'
import { conn, recycle, run, runAsync } from '../../../lib/testing/index.js'
import {
  applyChanges,
  clearSession,
  configureSession,
  cookieStore,
  deleteSession,
  fetchSession,
  getSession,
  mergeSession,
  putSession,
  readSession,
  session,
  sessionConfig,
  writeSession,
  type SessionOptions,
  type Store,
  type StoreChange,
} from '../../../plugs/session/index.js'
import { answer, app, cookieOf, dataOf, nothing, opened, read, type Change, type Opened } from './kit.js'

const key = '_my_app_session'
const store = cookieStore({ signingSalt: 'a salt' })
const options: SessionOptions = { store, key }
const seen = (data: object): object => ({ ...data })

/** A store on a server, in its plainest form, that tells what it is asked. */
const telling = (told: string[], more: Partial<Store> = {}): Store => {
  const rows = new Map<string, readonly RawEntry[]>()
  let ids = 0
  return {
    get: id => async () => {
      told.push(`get ${id}`)
      const entries = rows.get(id)
      return right(entries && { id, entries })
    },
    apply: (id, { changes }) => {
      return async () => {
        const written = id ?? `id${++ids}`
        told.push(`apply ${String(id)}: ${changes.map(nameOf).join(', ')}`)
        rows.set(written, applyChanges(rows.get(written) ?? [], changes))
        return right(written)
      }
    },
    delete: id => async () => {
      told.push(`delete ${id}`)
      rows.delete(id)
      return right(undefined)
    },
    ...more,
  }
}
const nameOf = (change: StoreChange): string =>
  change.op === 'put'
    ? `put ${String(change.entry.key)}`
    : change.op === 'delete'
      ? `delete ${change.key}`
      : 'clear'

t.test('a session plug alone reads nothing and sends nothing', async t => {
  const told: string[] = []
  const request = conn('GET', '/', { cookies: { [key]: 'id' } })
  const answered = await runAsync(pipeline(session({ store: telling(told), key }), text('ok')))(request)
  t.strictSame(setCookies(answered), [])
  t.strictSame(answered.sessions, {})
  t.strictSame(told, [])
})

t.test('fetching needs a configured session, of that name', async t => {
  t.throws(() => fetchSession(conn('GET', '/')), {
    name: 'TypeError',
    message: 'cannot fetch session without a configured session plug: put session({…}) earlier',
  })
  t.throws(() => fetchSession('cart')(session(options)(conn('GET', '/'))), {
    name: 'TypeError',
    message: /cannot fetch session 'cart' without .* put session\({ name: 'cart', … }\) earlier/,
  })
  for (const name of ['', '1', '__proto__', 'a b', 5 as never])
    t.throws(() => fetchSession(name), /fetchSession: name must be a name of letters, digits/)
})

t.test('options are checked at boot, and the message names the one that is wrong', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /session: options must be an object/],
    [{ key }, /session: store must be a store/],
    [{ key, store: null }, /session: store must be a store/],
    [{ key, store: 'cookie' }, /session: store must be a store/],
    [{ key, store: { get: String, apply: String } }, /session: store must be a store/],
    [{ store }, /session: key must be a non-empty string/],
    [{ store, key: '' }, /session: key must be/],
    [{ store, key: 'a b' }, /session: the cookie name must be a token/],
    [{ ...options, name: '__proto__' }, /session: name must be a name of letters/],
    [{ ...options, name: '1st' }, /session: name must be a name of letters/],
    [{ ...options, ttl: 0 }, /session: ttl must be a positive integer \(seconds\)/],
    [{ ...options, maxAge: -1 }, /session: maxAge must be a positive integer \(seconds\)/],
    [{ ...options, maxAge: 0 }, /session: maxAge must be/],
    [{ ...options, path: 5 }, /session: path must be/],
    [{ ...options, domain: 'a;b' }, /session: domain must be .* without ";" and control characters/],
    [{ ...options, secure: 'yes' }, /session: secure must be a boolean/],
    [{ ...options, httpOnly: 1 }, /session: httpOnly must be a boolean/],
    [{ ...options, sameSite: 'lax' }, /session: sameSite must be 'Strict', 'Lax', 'None' or false/],
    [
      { ...options, store: cookieStore({ signingSalt: 'x', issuedAt: true }) },
      /cookieStore: issuedAt needs the ttl/,
    ],
    [{ ...options, partitioned: 0 }, /session: partitioned must be a boolean/],
    [{ ...options, extra: 'a\nb' }, /session: extra must be .* without control characters/],
    [{ ...options, sign: true }, /session: unknown option sign/],
    [{ ...options, signingSalt: 'x' }, /session: unknown option signingSalt/],
  ]
  for (const [given, message] of wrong)
    t.throws(() => session(given as SessionOptions), { name: 'TypeError', message })
})

t.test('the cookie is HttpOnly and SameSite=Lax, and secure over https, unless said otherwise', async t => {
  const attributes = (more: Partial<SessionOptions>, url = '/'): string =>
    (setCookies(answer({ ...options, ...more }, conn('GET', url), putSession('a', 1)))[0] as string).replace(
      /^[^;]*; /,
      '',
    )
  t.equal(attributes({}), 'path=/; HttpOnly; SameSite=Lax')
  t.equal(attributes({}, 'https://example.com/'), 'path=/; secure; HttpOnly; SameSite=Lax')
  t.equal(attributes({ secure: false }, 'https://example.com/'), 'path=/; HttpOnly; SameSite=Lax')
  t.equal(attributes({ secure: true }), 'path=/; secure; HttpOnly; SameSite=Lax')
  t.equal(attributes({ sameSite: false, httpOnly: false }), 'path=/')
  t.equal(
    attributes({
      path: '/app',
      domain: 'example.com',
      maxAge: 60,
      sameSite: 'None',
      extra: 'Priority=High',
    }),
    'path=/app; domain=example.com; expires=Thu, 01 Jan 2026 00:01:00 GMT; max-age=60; secure; HttpOnly; SameSite=None; Priority=High',
  )
})

t.test('a cookie that browsers take only if it is secure is secure', async t => {
  const text = (more: Partial<SessionOptions>): string =>
    setCookies(answer({ ...options, ...more }, conn('GET', '/'), putSession('a', 1)))[0] as string
  t.match(text({ partitioned: true }), /; path=\/; secure; HttpOnly; SameSite=Lax; Partitioned$/)
  t.match(text({ partitioned: true, secure: true }), /; secure; .*; Partitioned$/)
  t.match(text({ key: '__Host-key' }), /^__Host-key=[^;]+; path=\/; secure; HttpOnly; SameSite=Lax$/)
  t.match(text({ key: '__Secure-key', path: '/app', domain: 'example.com' }), /^__Secure-key=.*; secure;/)
  const dropped = answer(
    { ...options, key: '__Host-key' },
    recycle(answer({ ...options, key: '__Host-key' }, conn('GET', '/'), putSession('a', 1)))('GET', '/'),
    configureSession('drop'),
  )
  t.match(setCookies(dropped)[0], /^__Host-key=; path=\/; .*; max-age=0; secure;/)
  const refused: readonly (readonly [Partial<SessionOptions>, RegExp])[] = [
    [{ partitioned: true, secure: false }, /^session: secure must be true with partitioned: .*, got false$/],
    [{ sameSite: 'None', secure: false }, /^session: secure must be true with sameSite 'None': /],
    [{ key: '__Secure-a', secure: false }, /secure must be true with the name __Secure-a/],
    [{ key: '__host-a', secure: false }, /secure must be true with the name __host-a/],
    [{ key: '__Host-a', path: '/app' }, /^session: path must be '\/' with the name __Host-a/],
    [{ key: '__Host-a', domain: 'a.example' }, /^session: domain must be absent with the name/],
  ]
  for (const [more, message] of refused)
    t.throws(() => session({ ...options, ...more }), { name: 'TypeError', message })
  t.match(text({ partitioned: false, secure: false }), /; path=\/; HttpOnly; SameSite=Lax$/)
  t.match(text({ key: '__Host-key', path: '/' }), /; path=\/; secure/)
})

t.test('the cookie that deletes it has the same path and domain', async t => {
  const placed = { ...options, path: '/app', domain: 'example.com', maxAge: 60 }
  const first = answer(placed, conn('GET', '/'), putSession('a', 1))
  const second = answer(placed, recycle(first)('GET', '/'), configureSession('drop'))
  t.strictSame(setCookies(second), [
    `${key}=; path=/app; domain=example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0; HttpOnly; SameSite=Lax`,
  ])
  t.equal(recycle(second)('GET', '/').reqHeaders.has('cookie'), false)
})

t.test('with a store that needs no effect the conn is there at once', async t => {
  t.ok(isConn(fetchSession(session(options)(conn('GET', '/')))))
  t.ok(isConn(app(options, putSession('a', 1))(conn('GET', '/'))))
})

t.test('a second fetch does nothing', async t => {
  const once = opened(fetchSession(session(options)(conn('GET', '/'))))
  const changed = putSession('a', 1)(once)
  t.equal(fetchSession(changed), changed)
  t.equal(changed.beforeSend.length, 1)
})

t.test('a cookie that this response has set or deleted counts before the one that was sent', async t => {
  const brought = answer(options, conn('GET', '/'), putSession('from', 'request'))
  const set = cookieOf(answer(options, conn('GET', '/'), putSession('from', 'response')))
  const from = (...before: readonly ((conn: Conn) => Conn)[]): object => {
    const request = before.reduce((c, step) => step(c), recycle(brought)('GET', '/'))
    return seen(dataOf(opened(fetchSession(session(options)(request)))))
  }
  t.strictSame(from(), { from: 'request' })
  t.strictSame(from(putRespCookie(key, set)), { from: 'response' })
  t.strictSame(from(putRespCookie(key, '', { maxAge: 0 })), {})
  t.strictSame(from(fetchCookies), { from: 'request' })
  t.strictSame(from(fetchCookies, putRespCookie(key, set)), { from: 'response' })
  t.strictSame(from(fetchCookies({ signed: [key] })), {}, 'a cookie that is something else is no session')
  t.strictSame(from(putRespCookie('other', 'x')), { from: 'request' })
  t.strictSame(
    seen(dataOf(opened(fetchSession(session({ ...options, key: 'constructor' })(conn('GET', '/')))))),
    {},
  )
})

t.test('once the session is written, conn.cookies holds it too', async t => {
  const fetched = answer(options, fetchCookies(conn('GET', '/')), putSession('a', 1))
  t.equal((fetched.cookies as Record<string, unknown>)[key], cookieOf(fetched))
})

t.test('a store on a server is asked for what is needed, in an order that loses nothing', async t => {
  const ask = async (changes: readonly Change[], brings = true): Promise<readonly string[]> => {
    const told: string[] = []
    const options = { store: telling(told), key }
    const first = await runAsync(app(options, mergeSession({ a: 1, b: 2 })))(conn('GET', '/'))
    told.length = 0
    await runAsync(app(options, ...changes))(brings ? recycle(first)('GET', '/') : conn('GET', '/'))
    return told
  }
  t.strictSame(await ask([nothing]), ['get id1'])
  t.strictSame(await ask([nothing], false), [])
  t.strictSame(await ask([putSession('c', 1)]), ['get id1', 'apply id1: put c'])
  t.strictSame(await ask([putSession('c', 1), putSession('c', 2), deleteSession('a')]), [
    'get id1',
    'apply id1: put c, delete a',
  ])
  t.strictSame(await ask([putSession('c', 1), clearSession, putSession('d', 2)]), [
    'get id1',
    'apply id1: clear, put d',
  ])
  t.strictSame(await ask([putSession('c', 1)], false), ['apply undefined: put c'])
  t.strictSame(await ask([configureSession('renew'), putSession('c', 1)]), [
    'get id1',
    'apply undefined: put a, put b, put c',
    'delete id1',
  ])
  t.strictSame(await ask([configureSession('renew')], false), ['apply undefined: '])
  t.strictSame(await ask([configureSession('drop')]), ['get id1', 'delete id1'])
  t.strictSame(await ask([configureSession('drop')], false), [])
  t.strictSame(await ask([putSession('c', 1), configureSession('ignore')]), ['get id1'])
})

t.test('a store that fails makes the request fail, and nothing is said of a session', async t => {
  const down = () => left(plugError(503, 'Down', 'try again later'))
  const later = attempt(
    () => Promise.reject(new Error('gone')),
    () => plugError(503, 'Down', 'try again later'),
  )
  for (const failing of [down, later]) {
    const brought = conn('GET', '/', { cookies: { [key]: 'id1' } })
    const reading = await runAsync(
      app({ store: telling([], { get: () => failing as never }), key }, nothing),
    )(brought)
    t.equal(reading.status, 503)
    const writing = await runAsync(
      app({ store: telling([], { apply: () => failing as never }), key }, putSession('a', 1)),
    )(conn('GET', '/'))
    t.equal(writing.status, 503)
    t.strictSame(setCookies(writing), [])
  }
  const told: string[] = []
  const halfway = { store: telling(told, { delete: () => down as never }), key }
  const first = await runAsync(app(halfway, putSession('a', 1)))(conn('GET', '/'))
  const renewed = await runAsync(app(halfway, configureSession('renew')))(recycle(first)('GET', '/'))
  t.equal(renewed.status, 503)
  const after = await runAsync(app(halfway, nothing))(recycle(first)('GET', '/'))
  t.strictSame(seen(dataOf(after)), { a: 1 }, 'the old session is still there')
})

t.test('bytes that are no term are a key without a value', async t => {
  const broken: RawEntry = { key: 'a', rawKey: rawEntry('a', 1).rawKey, rawValue: Uint8Array.of(255) }
  const store = telling([], { get: id => ({ id, entries: [broken, rawEntry('b', 2)] }) })
  const answered = await runAsync(app({ store, key }, nothing))(conn('GET', '/', { cookies: { [key]: 'x' } }))
  t.strictSame(seen(dataOf(answered)), { b: 2 })
  t.equal(getSession('a', 'fallback')(answered as Opened), 'fallback')
})

t.test('hooks that are registered later may still change the session', async t => {
  const late = registerBeforeSend((c: Opened) => putSession('late', true)(c))
  const answered = answer(options, conn('GET', '/'), late)
  t.strictSame(seen(read(options, recycle(answered)('GET', '/'))), { late: true })
})

t.test('several sessions lie side by side, each with its own cookie, store and fate', async t => {
  const told: string[] = []
  const carts = telling(told)
  const both = (...changes: readonly Change[]) =>
    pipeline(
      session(options),
      session({ store: carts, key: '_cart', name: 'cart' }),
      fetchSession,
      fetchSession('cart'),
      pipeline(...changes.map(change => (c: Conn) => change(c as Opened))),
      text('ok'),
    )
  type Both = Opened & { readonly sessions: { readonly cart: Opened['sessions']['session'] } }
  const first = await runAsync(
    both(putSession('user', 'ada'), c => putSession('items', 3, 'cart')(c as Both)),
  )(conn('GET', '/'))
  t.strictSame(Object.keys(first.respCookies).sort(), ['_cart', key])
  t.strictSame(seen(dataOf(first)), { user: 'ada' })
  t.strictSame(seen(dataOf(first, 'cart')), { items: 3 })
  const second = await runAsync(
    both(
      c => deleteSession('items', 'cart')(c as Both),
      c => mergeSession({ total: 0 }, 'cart')(c as Both),
    ),
  )(recycle(first)('GET', '/'))
  t.strictSame(Object.keys(second.respCookies), ['_cart'])
  t.equal(getSession('total', undefined, 'cart')(second as Both), 0)
  t.equal(getSession('items', 5, 'cart')(second as Both), 5)
  const third = await runAsync(
    both(
      c => clearSession.named('cart')(c as Both),
      c => configureSession('drop', 'cart')(c as Both),
    ),
  )(recycle(second)('GET', '/'))
  t.match(setCookies(third), [/^_cart=; .*max-age=0/])
  t.strictSame(seen(dataOf(third)), { user: 'ada' })
})

t.test('one store may keep several sessions, and their cookies are apart', async t => {
  const names = ['session', 'cart', 'admin'] as const
  const both = (...changes: readonly Change[]) =>
    pipeline(
      ...names.map(name => session({ store, key: `_${name}`, name }) as (c: Conn) => Conn),
      ...names.map(name => fetchSession(name) as (c: Conn) => Conn),
      pipeline(...changes.map(change => (c: Conn) => change(c as Opened))),
      text('ok'),
    )
  const first = run(both(...names.map(name => putSession('who', name, name) as Change)))(conn('GET', '/'))
  const next = run(both(c => configureSession('drop', 'cart')(c as never)))(recycle(first)('GET', '/'))
  t.strictSame(
    names.map(name => dataOf(next, name)['who']),
    ['session', 'cart', 'admin'],
  )
  t.strictSame(Object.keys(next.respCookies), ['_cart'])
  const last = run(both())(recycle(next)('GET', '/'))
  t.strictSame(
    names.map(name => dataOf(last, name)['who']),
    ['session', undefined, 'admin'],
  )
})

t.test('two sessions in one cookie are a mistake that is named', async t => {
  const two = pipeline(session(options), session({ ...options, name: 'cart' }))(conn('GET', '/'))
  t.throws(() => fetchSession('cart')(fetchSession(two) as Conn), {
    name: 'TypeError',
    message: `session: 'session' and 'cart' have the same cookie, ${key}: give each session a key of its own`,
  })
  t.ok(isConn(fetchSession('cart')(two)), 'the one alone is none')
  const again = pipeline(session(options), fetchSession, session(options), fetchSession)(conn('GET', '/'))
  t.ok(isConn(again), 'the same session twice is none either')
  const tested = fetchSession(
    fetchSession('cart')(conn('GET', '/', { session: {}, sessions: { cart: {} } })) as Conn,
  )
  t.ok(isConn(tested), 'sessions of tests have no cookies')
})

t.test('a test says what the session holds: on top of what was stored, and without a store too', async t => {
  const first = answer(options, conn('GET', '/'), mergeSession({ a: 1, b: 2 }))
  const request = recycle(first)('GET', '/', { session: { b: 3, c: 4 }, sessions: { cart: { items: 1 } } })
  const untouched = answer(options, request, nothing)
  t.strictSame(seen(dataOf(untouched)), { a: 1, b: 3, c: 4 })
  t.strictSame(setCookies(untouched), [], 'what a test lays on is no change')
  const touched = answer(options, request, putSession('d', 5))
  t.strictSame(seen(read(options, recycle(touched)('GET', '/'))), { a: 1, b: 3, c: 4, d: 5 })

  const alone = run(pipeline(fetchSession, fetchSession('cart'), putSession('d', 5), text('ok')))(request)
  t.strictSame(seen(dataOf(alone)), { b: 3, c: 4, d: 5 })
  t.strictSame(seen(dataOf(alone, 'cart')), { items: 1 })
  t.strictSame(setCookies(alone), [], 'without a store nothing is written')
  t.throws(() => fetchSession(conn('GET', '/', { sessions: { cart: {} } })), /cannot fetch session/)
  t.throws(() => fetchSession(conn('GET', '/', { session: { a: { b: () => 1 } } })), {
    name: 'TypeError',
    message: 'a test session: the value under "a" at b is a function, which is no term',
  })
})

t.test('the halves of the plug are functions of their own', async t => {
  const config = sessionConfig(options)
  const request = conn('GET', '/')
  const half = readSession(config)(request)
  if (typeof half === 'function') throw new Error('the cookie store needs no effect')
  t.strictSame([half.id, half.changes, half.info], [undefined, [], undefined])
  const fetched = putSession('a', 1)(opened(fetchSession(session(options)(request))))
  const written = writeSession(config)(fetched)
  if (!isConn(written)) throw new Error('the cookie store needs no effect')
  const again = readSession(config)(recycle(written)('GET', '/'))
  t.match(again, { id: 'cookie', data: { a: 1 } })
  t.equal(
    writeSession(config)(opened(fetchSession(session(options)(request)))).constructor,
    written.constructor,
  )
  t.throws(() => writeSession(config)(request), /conn\.sessions\.session is not fetched/)
})
