// Cookies that say when they were written: how long they count, what hides that from the app, and what lives on elsewhere.
import { isRight } from 'fp-ts/lib/Either.js'
import t from 'tap'
import * as fc from 'fast-check'
import {
  keyGenerator,
  messageVerifier,
  termFormat,
  type RawEntry,
  type Term,
} from '../../../../lib/crypto/index.js'
import type { Conn } from '../../../../lib/index.js'
import { conn, recycle, testSecretKeyBase } from '../../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  cookieStore,
  getSession,
  mergeSession,
  putSession,
  session,
  sessionConfig,
  updateSession,
  type CookieStoreOptions,
  type SessionOptions,
} from '../../../../plugs/session/index.js'
import { contract } from './contract.js'
import { answer, cookieOf, dataOf, nothing, read, type Opened } from '../kit.js'

const key = '_my_app_session'
const reserved = 'plugboard_issued_at'
const start = Date.UTC(2026, 0, 1)
const ttl = 3600
const seconds = (n: number): number => start + n * 1000

const own = {
  encode: (data: object): string => `own:${JSON.stringify(data)}`,
  decode: (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString().replace(/^own:/, '')),
}
const bigints = {
  ...own,
  decode: (bytes: Uint8Array): unknown =>
    JSON.parse(Buffer.from(bytes).toString().replace(/^own:/, ''), (_key, value: unknown) =>
      typeof value === 'number' ? BigInt(value) : value,
    ),
}
const signed: CookieStoreOptions = { signingSalt: 'a salt', issuedAt: true }
const variants: Readonly<Record<string, CookieStoreOptions>> = {
  signed,
  encrypted: { ...signed, encryptionSalt: 'another' },
  'in JSON': { ...signed, serializer: 'json' },
  'encrypted, in JSON': { ...signed, encryptionSalt: 'another', serializer: 'json' },
  'as the app says': { ...signed, serializer: own },
  'with bigints': { ...signed, serializer: bigints },
}
const options = (store: CookieStoreOptions, more: Partial<SessionOptions> = {}): SessionOptions => ({
  store: cookieStore(store),
  key,
  ttl,
  ...more,
})
const at = (now: number, cookie?: string): Conn =>
  conn('GET', '/', { now, ...(cookie !== undefined && { cookies: { [key]: cookie } }) })
const keysOf = (data: object): readonly string[] => Object.keys(data)

for (const [name, store] of Object.entries(variants).slice(0, 2))
  t.test(`${name}, it does what every store does`, async t => contract(t, () => options(store)))

for (const [name, store] of Object.entries(variants))
  t.test(`${name}, a cookie counts for its time and no longer`, async t => {
    const cookie = cookieOf(answer(options(store), at(start), putSession('user', 'ada')))
    const holds = (now: number): boolean => keysOf(read(options(store), at(now, cookie))).length > 0
    for (const now of [start, seconds(1), seconds(ttl - 1), seconds(ttl)]) t.ok(holds(now), String(now))
    for (const now of [seconds(ttl) + 1, seconds(ttl + 1), seconds(10 * ttl)])
      t.notOk(holds(now), String(now))
    t.ok(holds(seconds(-60)), 'the clocks of two machines may differ a little')
    t.notOk(holds(seconds(-61)), 'what comes from the future does not count')
    t.strictSame(keysOf(read(options(store), at(start, cookie))), ['user'], 'the app does not see the key')
  })

t.test('the time begins anew with each write, and not with a read', async t => {
  const first = answer(options(signed), at(start), putSession('a', 1))
  const half = answer(options(signed), recycle(first)('GET', '/', { now: seconds(ttl / 2) }), nothing)
  t.strictSame(half.respCookies, {})
  t.strictSame(keysOf(read(options(signed), recycle(half)('GET', '/', { now: seconds(ttl + 1) }))), [])
  for (const change of [
    putSession('b', 1),
    clearSession,
    configureSession('renew'),
    updateSession('a', () => 2),
  ]) {
    const written = answer(options(signed), recycle(first)('GET', '/', { now: seconds(ttl / 2) }), change)
    const later = read(options(signed), recycle(written)('GET', '/', { now: seconds(1.5 * ttl) }))
    t.equal(keysOf(later).length > 0, change !== clearSession)
    t.strictSame(keysOf(read(options(signed), recycle(written)('GET', '/', { now: seconds(1.6 * ttl) }))), [])
  }
})

t.test('maxAge is the time where there is no ttl', async t => {
  const short = { store: cookieStore(signed), key, maxAge: 60 }
  const cookie = cookieOf(answer(short, at(start), putSession('a', 1)))
  t.strictSame(keysOf(read(short, at(seconds(60), cookie))), ['a'])
  t.strictSame(keysOf(read(short, at(seconds(61), cookie))), [])
  const both = { ...short, ttl: 30 }
  t.strictSame(keysOf(read(both, at(seconds(31), cookie))), [], 'a ttl wins')
})

const plain: CookieStoreOptions = { signingSalt: 'a salt' }
const cookieKey = keyGenerator.generate(testSecretKeyBase, 'a salt')
const signedBy = (terms: { readonly [key: string]: Term }): string =>
  messageVerifier.sign(termFormat.encode(terms), cookieKey)
const entriesOf = (cookie: string): readonly RawEntry[] => {
  const payload = messageVerifier.verify(cookie, cookieKey)
  const entries = termFormat.decodeMapRaw(payload._tag === 'Some' ? payload.value : new Uint8Array())
  return isRight(entries) ? entries.right : []
}

t.test('turned on, it ends the sessions of before; turned off, cookies with a time are read', async t => {
  const before = cookieOf(answer(options(plain), at(start), putSession('a', 1)))
  t.strictSame(keysOf(read(options(signed), at(start, before))), [])
  const after = cookieOf(answer(options(signed), at(start), putSession('a', 1)))
  t.equal(read(options(plain), at(seconds(10 * ttl), after))['a'], 1)
  t.equal(
    cookieOf(answer(options(plain), at(start), putSession('a', 1))),
    before,
    'without it, as Plug writes',
  )
})

t.test('what says no time in seconds is an empty session', async t => {
  const wrong: readonly Term[] = [
    '1',
    null,
    true,
    [start / 1000],
    {},
    1e300,
    -1e300,
    new Date(start),
    0,
    start,
  ]
  for (const value of wrong)
    t.strictSame(keysOf(read(options(signed), at(start, signedBy({ a: 1, [reserved]: value })))), [])
  t.strictSame(keysOf(read(options(signed), at(start, signedBy({ a: 1, [reserved]: start / 1000 })))), ['a'])
  t.strictSame(keysOf(read(options(signed), at(start, signedBy({})))), [])
})

t.test('it is a key of the session like any other, so that an app in Phoenix keeps it', async t => {
  const cookie = cookieOf(answer(options(signed), at(start), mergeSession({ a: 1, b: 'x' })))
  const decoded = termFormat.decode(Buffer.from(cookie.split('.')[1] as string, 'base64url'))
  t.match(decoded, { right: { a: 1, b: 'x', [reserved]: start / 1000 } })
  // What Phoenix does: decode the map, put a key, encode it.
  const rewritten = signedBy({
    ...(decoded as { readonly right: { readonly [key: string]: Term } }).right,
    c: 2,
  })
  const answered = answer(options(signed), at(seconds(ttl), rewritten), c => {
    t.equal(getSession(reserved)(c), undefined)
    return c
  })
  t.strictSame({ ...dataOf(answered) }, { a: 1, b: 'x', c: 2 })
  t.strictSame(
    keysOf(read(options(signed), at(seconds(ttl + 1), rewritten))),
    [],
    'Phoenix did not write it anew',
  )
})

t.test('keys that are no text stay, and the time is there once', async t => {
  const entry = (rawKey: number[], rawValue: number[]): number[] => [...rawKey, ...rawValue]
  const atomKey = [119, 1, 97]
  const textKey = [109, 0, 0, 0, reserved.length, ...Buffer.from(reserved)]
  const time = [98, ...[24, 16, 8, 0].map(shift => ((start / 1000) >>> shift) & 255)]
  const payload = [131, 116, 0, 0, 0, 2, ...entry(atomKey, [97, 7]), ...entry(textKey, time)]
  const cookie = messageVerifier.sign(Uint8Array.from(payload), cookieKey)
  const written = answer(options(signed), at(seconds(5), cookie), putSession('x', 1))
  const after = entriesOf(cookieOf(written))
  t.strictSame(
    after.map(each => each.key),
    [null, 'x', reserved],
  )
  t.strictSame([...(after[0] as RawEntry).rawKey, ...(after[0] as RawEntry).rawValue], [...atomKey, 97, 7])
})

t.test('what an app puts under the key is written over', async t => {
  const written = answer(options(signed), at(start), putSession(reserved, 'mine'), putSession('a', 1))
  t.strictSame(
    entriesOf(cookieOf(written)).map(each => each.key),
    ['a', reserved],
  )
  t.strictSame({ ...read(options(signed), at(start, cookieOf(written))) }, { a: 1 })
})

t.test('cookies of older options say their time too, and are empty if they do not', async t => {
  const old: CookieStoreOptions = { signingSalt: 'old', encryptionSalt: 'older', issuedAt: true }
  const now = { ...signed, rotatingOptions: [{ signingSalt: 'old', encryptionSalt: 'older' }] }
  const cookie = cookieOf(answer(options(old), at(start), putSession('a', 1)))
  t.strictSame(keysOf(read(options(now), at(seconds(ttl), cookie))), ['a'])
  t.strictSame(keysOf(read(options(now), at(seconds(ttl + 1), cookie))), [])
  const untimed = cookieOf(answer(options({ ...old, issuedAt: false }), at(start), putSession('a', 1)))
  t.strictSame(keysOf(read(options(now), at(start, untimed))), [])
})

t.test('a session that is over is a new one: no id, and nobody is told of a forgery', async t => {
  const told: string[] = []
  const store = { ...signed, log: (message: string) => () => void told.push(message) }
  const cookie = cookieOf(answer(options(store), at(start), putSession('a', 1)))
  const over = answer(options(store), at(seconds(2 * ttl), cookie), nothing)
  t.equal((over as Opened).sessions.session.id, undefined)
  t.strictSame(told, [])
  answer(options(store), at(start, 'forged'), nothing)
  t.equal(told.length, 1)
})

t.test('any times: a cookie counts from a minute before it was written until its ttl is over', async t => {
  const ages = fc.integer({ min: -200, max: 5000 })
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(variants)),
      fc.integer({ min: 1, max: 4000 }),
      ages,
      (store, life, age) => {
        const cookie = cookieOf(answer(options(store, { ttl: life }), at(start), putSession('a', 'b')))
        const data = read(options(store, { ttl: life }), at(seconds(age), cookie))
        return keysOf(data).length === (age >= -60 && age <= life ? 1 : 0)
      },
    ),
  )
  t.pass()
})

t.test('it needs to know for how long, when the app is put together', async t => {
  const message = /^cookieStore: issuedAt needs the ttl or the maxAge of session\(\)/
  const store = cookieStore(signed)
  t.throws(() => session({ store, key }), { name: 'TypeError', message })
  t.throws(() => sessionConfig({ store, key }), { name: 'TypeError', message })
  t.ok(session({ store, key, ttl: 1 }))
  t.ok(session({ store, key, maxAge: 1 }))
  t.ok(session({ store: cookieStore(plain), key }))
  for (const wrong of [1, 'yes', null])
    t.throws(
      () => cookieStore({ ...plain, issuedAt: wrong as never }),
      /cookieStore: issuedAt must be a boolean/,
    )
  // Whoever asks the store without session() gets nothing rather than everything.
  const cookie = cookieOf(answer(options(signed), at(start), putSession('a', 1)))
  t.equal(store.get(cookie, { name: 'session', ttl: undefined }, at(start)), undefined)
})
