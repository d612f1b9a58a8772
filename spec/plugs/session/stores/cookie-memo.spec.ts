// The endpoint's memo of cookies: nobody can tell that it is there but by the time that things take.
import { inspect } from 'node:util'
import t from 'tap'
import * as fc from 'fast-check'
import { endpoint, json, pipeline, type Conn, type WithSession } from '../../../../lib/index.js'
import { cookieMemoOf } from '../../../../lib/endpoint.js'
import type { CookieMemo } from '../../../../lib/crypto/cookie-memo.js'
import { start } from '../../../lib/adapters/node/support.js'
import { conn } from '../../../../lib/testing/index.js'
import {
  cookieStore,
  fetchSession,
  getSession,
  putSession,
  session,
  type CookieStoreOptions,
  type SessionOptions,
} from '../../../../plugs/session/index.js'

const secretKeyBase = 'the secret of an app whose cookies are remembered, long enough for its keys'
const older = 'the secret that the app had before, which rotated options still open, and long'
const encrypted: CookieStoreOptions = { signingSalt: 'signing', encryptionSalt: 'encryption' }

/** An app of two sessions: it puts what it is told to, and says what each holds. */
const plug = (
  first: CookieStoreOptions,
  second: CookieStoreOptions,
  options: Partial<SessionOptions> = {},
) => {
  type Both = Conn & WithSession & WithSession<Record<string, never>, 'other'>
  const put = (c: Both): Conn => {
    const [, name, value] = c.path.split('/')
    return value === undefined
      ? c
      : name === 'other'
        ? putSession('value', value, 'other')(c as never)
        : putSession('value', value)(c)
  }
  const show = (c: Conn) =>
    json({
      first: getSession('value')(c as Both) ?? null,
      second: getSession('value', null, 'other')(c as never),
    })(c)
  return pipeline(
    session({ store: cookieStore(first), key: 'a', maxAge: 3600, ...options }),
    session({ store: cookieStore(second), key: 'b', name: 'other', maxAge: 3600 }),
    fetchSession,
    fetchSession('other'),
    (c: Conn) => put(c as Both),
    show,
  )
}

const start0 = Date.UTC(2026, 0, 1)

/** What a client sees. */
const seen = (done: Conn) => ({
  status: done.status,
  headers: [...done.respHeaders],
  cookies: done.respCookies,
  body: done.respBody,
})

const valueOf = (done: Conn, key: string): string | undefined => done.respCookies[key]?.value

t.test('with it and without, any requests get the same responses', t => {
  const rotated: CookieStoreOptions = {
    ...encrypted,
    rotatingOptions: [{ ...encrypted, secretKeyBase: older }, { signingSalt: 'signing' }],
  }
  const stores: readonly CookieStoreOptions[] = [
    encrypted,
    { signingSalt: 'signing' },
    { ...encrypted, issuedAt: true },
    rotated,
    { ...encrypted, serializer: 'json' },
  ]
  const request = fc.record({
    path: fc.constantFrom('/', '/', '/first/1', '/first/2', '/other/1', '/other/2'),
    // which of the cookies that were ever set is sent, and what is done to it
    a: fc.nat({ max: 30 }),
    b: fc.nat({ max: 30 }),
    harm: fc.constantFrom('', '', '', 'changed', 'cut', 'padded'),
    seconds: fc.constantFrom(0, 1, 1800, 3601),
  })
  const harmed = (cookie: string, harm: string): string => {
    if (harm === 'cut') return cookie.slice(0, -1)
    if (harm === 'padded') return `${cookie}=`
    if (harm === '') return cookie
    const at = cookie.length >> 1
    return `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...stores),
      fc.constantFrom(...stores),
      fc.constantFrom(1, 700, 100_000),
      fc.array(request, { maxLength: 25 }),
      (first, second, maxBytes, requests) => {
        const app = plug(first, second)
        const plain = endpoint({ secretKeyBase }, app)
        const remembering = endpoint({ secretKeyBase, cookieMemo: { maxBytes } }, app)
        const before = endpoint({ secretKeyBase: older }, app)
        // cookies of the app as it is, and of one that had the older secret
        const set: string[] = []
        const keep = (done: Conn): void => {
          for (const key of ['a', 'b']) {
            const value = valueOf(done, key)
            if (value !== undefined) set.push(value)
          }
        }
        keep(before.run(conn('GET', '/first/old', { now: start0 })) as Conn)
        keep(plain.run(conn('GET', '/other/new', { now: start0 })) as Conn)
        let now = start0
        for (const { path, a, b, harm, seconds } of requests) {
          now += seconds * 1000
          const cookie = `a=${harmed(set[a % set.length] as string, harm)}; b=${set[b % set.length]}`
          const asked = conn('GET', path, { now, headers: { cookie } })
          const expected = plain.run(asked) as Conn
          const found = remembering.run(asked) as Conn
          t.strictSame(seen(found), seen(expected))
          keep(expected)
        }
        return (cookieMemoOf(remembering) as CookieMemo).bytes <= maxBytes
      },
    ),
    { numRuns: 60 },
  )
  t.end()
})

t.test('a cookie is opened once, and each change of it anew', async t => {
  let decoded = 0
  const serializer = {
    encode: (held: object) => JSON.stringify(held),
    decode: (bytes: Uint8Array) => {
      decoded++
      return JSON.parse(Buffer.from(bytes).toString()) as unknown
    },
  }
  const app = endpoint(
    { secretKeyBase, cookieMemo: { maxBytes: 10_000 } },
    plug({ ...encrypted, serializer }, encrypted),
  )
  const memo = cookieMemoOf(app) as CookieMemo
  const cookie = valueOf((await app.run(conn('GET', '/first/1'))) as Conn, 'a') as string
  const ask = async (text: string) =>
    (await app.run(conn('GET', '/', { headers: { cookie: `a=${text}` } }))).respBody
  t.equal(memo.bytes, 0, 'what is written is not remembered before it comes back')
  t.equal(await ask(cookie), '{"first":"1","second":null}')
  const { bytes } = memo
  t.ok(bytes > cookie.length)
  t.equal(await ask(cookie), '{"first":"1","second":null}')
  t.equal(memo.bytes, bytes)
  t.equal(decoded, 2, 'the serializer sees bytes of its own each time')
  for (let at = 0; at < cookie.length; at += 7)
    t.equal(
      await ask(`${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`),
      '{"first":null,"second":null}',
    )
  t.equal(memo.bytes, bytes, 'and what does not open is not remembered')
})

t.test('the memo is that of the endpoint, and shows nowhere', async t => {
  let last: Conn | undefined
  const inner = plug(encrypted, encrypted)
  const app = endpoint({ secretKeyBase, cookieMemo: { maxBytes: 10_000 } }, (c: Conn) => {
    last = c
    return inner(c)
  })
  const server = await start(t, app)
  const first = await fetch(`${server.url}/first/hidden`)
  const cookie = (first.headers.getSetCookie()[0] as string).split(';')[0] as string
  for (let i = 0; i < 2; i++) {
    const again = await fetch(server.url, { headers: { cookie } })
    t.equal(await again.text(), '{"first":"hidden","second":null}')
  }
  t.ok((cookieMemoOf(app) as CookieMemo).bytes > 0, 'the adapter gives its conns the memo')
  const text =
    inspect(last, { depth: 10, showHidden: true }) + JSON.stringify(last) + inspect(app, { depth: 10 })
  t.notMatch(text, /memo|hidden/i)
  t.equal(cookieMemoOf(endpoint({ secretKeyBase }, inner)), undefined)
})

t.test('an option that makes no sense is refused', t => {
  for (const cookieMemo of [1000, true, null, {}, { maxBytes: 0 }, { maxBytes: 1.5 }, { maxBytes: '1' }])
    t.throws(() => endpoint({ secretKeyBase, cookieMemo: cookieMemo as never }, plug(encrypted, encrypted)), {
      name: 'TypeError',
      message: /^endpoint: cookieMemo(: maxBytes)? must be (an object|a positive integer \(bytes\)), got /,
    })
  t.end()
})
