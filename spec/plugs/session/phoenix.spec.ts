// One route has moved from a Phoenix app to this one, and visitors go back and forth between the two: what that does to
// their sessions. Phoenix is played by a server that keeps its sessions as Plug does.
import t from 'tap'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { request as ask } from 'undici'
import { isRight } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import {
  endpoint,
  json,
  pipe,
  pipeline,
  redirect,
  text,
  type Conn,
  type WithFlash,
  type WithSession,
} from '../../../lib/index.js'
import { httpClient, serve } from '../../../lib/adapters/node.js'
import { keyGenerator, messageEncryptor, messageVerifier, termFormat } from '../../../lib/crypto/index.js'
import { conn, run } from '../../../lib/testing/index.js'
import {
  cookieStore,
  fetchFlash,
  fetchSession,
  getFlash,
  getSession,
  parsers,
  protectFromForgery,
  proxy,
  putFlash,
  putSession,
  session,
  validStateAndCsrfToken,
  withCsrfToken,
} from '../../../plugs/index.js'
import { router, scope } from '../../../router/index.js'
import { cases, options, type Case } from './vectors.js'

/** The fixture's configuration, as it stands in the Phoenix app. */
const secretKeyBase = '8e8b9a1c0f2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7a8b9c0d'
const key = '_my_app_session'
const signingSalt = 'cookie store signing salt'
const encryptionSalt = 'cookie store encryption salt'

/** The bytes of a session in its cookie, opened with the keys that Plug derives. */
const opened = (cookie: string): Uint8Array => {
  const sign = keyGenerator.generate(secretKeyBase, signingSalt)
  const message = cookie.startsWith('SFMyNTY.')
    ? messageVerifier.verify(cookie, sign)
    : messageEncryptor.decrypt(cookie, keyGenerator.generate(secretKeyBase, encryptionSalt), sign)
  if (!isSome(message)) throw new Error('not a cookie of this app')
  return message.value
}

/** The values of a session by key, each as it stands there: in hexadecimal. */
const rawValues = (bytes: Uint8Array): Readonly<Record<string, string>> => {
  const entries = termFormat.decodeMapRaw(bytes)
  if (!isRight(entries)) throw new Error(entries.left)
  return Object.fromEntries(
    entries.right.map(({ key, rawValue }) => [String(key), Buffer.from(rawValue).toString('hex')]),
  )
}

const touch = putSession('theme', 'dark')

t.test(
  'a cookie of the real Plug comes back with every value that nobody touched as it was, byte for byte',
  async t => {
    const ours = cases('cookies').filter(each => ['signed', 'encrypted'].includes(String(each['variant'])))
    t.ok(ours.length > 30)
    for (const each of ours) {
      const name = `${String(each['name'])}, ${String(each['variant'])}`
      const before = rawValues(Buffer.from(String(each['serialized_hex']), 'hex'))
      t.strictSame(rawValues(opened(String(each['cookie_value']))), before, name)
      const app = pipeline(session(options(each as Case)), fetchSession, touch, text('ok'))
      const done = run(app)(
        conn('GET', '/', { secretKeyBase, cookies: { [key]: String(each['cookie_value']) } }),
      )
      const after = rawValues(opened(done.respCookies[key]?.value ?? ''))
      t.strictSame(
        after,
        { ...before, theme: Buffer.from('\x6d\0\0\0\x04dark', 'latin1').toString('hex') },
        name,
      )
    }
  },
)

/** A session as Phoenix's generators leave it, in the cookie that the real Plug made of it. */
const signedIn = cases('cookies').find(each => each['name'] === 'csrf+flash (phoenix shape)') as Case
const userToken = Uint8Array.from([1, 2, 3, 0xfa])

type Phoenix = {
  readonly seen: (readonly [what: string, token: unknown, raw: string])[]
  readonly to: string
}

/** A Phoenix app of old: its pages need the session, and one of its forms is posted with a CSRF token. */
const phoenix = async (t: { teardown(work: () => void): void }): Promise<Phoenix> => {
  const seen: [string, unknown, string][] = []
  const server = createServer((message, response) => {
    const cookie = new RegExp(`${key}=([^;]+)`).exec(message.headers.cookie ?? '')?.[1] ?? ''
    const raw = opened(cookie)
    const decoded = termFormat.decode(raw)
    const held = (isRight(decoded) ? decoded.right : {}) as Readonly<Record<string, unknown>>
    const { host, 'x-forwarded-proto': proto } = message.headers
    seen.push([
      `${message.method} ${proto}://${host}${message.url}`,
      held['user_token'],
      rawValues(raw)['user_token'] ?? '',
    ])
    let body = ''
    message.setEncoding('utf8').on('data', piece => (body += piece))
    message.on('end', () => {
      if (message.method === 'POST') {
        const given = new URLSearchParams(body).get('_csrf_token') ?? ''
        const state = String(held['_csrf_token'])
        response.writeHead(validStateAndCsrfToken(state, given) ? 200 : 403).end('saved by Phoenix')
      } else if (message.url === '/notify') {
        const entries = termFormat.decodeMapRaw(raw)
        const flash = termFormat.rawEntry('phoenix_flash', { info: 'From Phoenix' })
        const kept = isRight(entries) ? entries.right.filter(entry => entry.key !== 'phoenix_flash') : []
        const value = messageVerifier.sign(
          termFormat.encodeMapRaw([...kept, flash]),
          keyGenerator.generate(secretKeyBase, signingSalt),
        )
        response.setHeader('set-cookie', [
          `${key}=${value}; path=/; HttpOnly; SameSite=Lax`,
          'other=1; path=/',
        ])
        response.writeHead(302, { location: '/new' }).end()
      } else response.end(`Phoenix at ${message.url}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { seen, to: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const page = <C extends Conn & WithSession & WithFlash>(c: C) =>
  json({ flash: getFlash('info')(c) ?? null, theme: getSession('theme', null)(c) })(c)

/** The app that takes over: two routes of its own, and all else passed on. */
const moving = (to: string) => {
  const browser = pipeline(
    parsers(),
    session({ store: cookieStore({ signingSalt }), key }),
    fetchSession,
    fetchFlash,
    protectFromForgery,
  )
  return endpoint(
    { secretKeyBase },
    router(
      scope('/', browser, ({ get, post }) => [
        get('/new', page),
        get('/new/form', c => {
          const ready = withCsrfToken(c)
          return text(ready.assigns.csrfToken)(ready)
        }),
        post('/new', c => pipe(c, touch, putFlash('info', 'Saved here'), redirect('/new'))),
      ]),
      scope('/', ({ fallback }) => [fallback(proxy({ to, via: httpClient() }))]),
    ),
  )
}

t.test(
  'a visitor of both apps stays logged in, and sees the flash of one on the pages of the other',
  async t => {
    const { seen, to } = await phoenix(t)
    const started = await serve(moving(to), { port: 0, host: '127.0.0.1', stopOn: [] })()
    if (started._tag === 'Left') throw new Error(started.left.message)
    t.teardown(started.right.stop)
    let cookie = String(signedIn['cookie_value'])
    const visit = async (method: string, path: string, form?: Readonly<Record<string, string>>) => {
      const answer = await ask(`${started.right.url}${path}`, {
        method,
        headers: {
          host: 'shop.example',
          cookie: `${key}=${cookie}`,
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(form && { body: new URLSearchParams(form).toString() }),
      })
      const set = [answer.headers['set-cookie'] ?? []].flat()
      for (const each of set) cookie = new RegExp(`^${key}=([^;]*)`).exec(each)?.[1] ?? cookie
      return { status: answer.statusCode, body: await answer.body.text(), set }
    }
    const before = rawValues(opened(cookie))
    const untouched = (): unknown => {
      const { user_token, _csrf_token } = rawValues(opened(cookie))
      return { user_token, _csrf_token }
    }
    const kept = { user_token: before['user_token'], _csrf_token: before['_csrf_token'] }

    t.equal((await visit('GET', '/account?tab=1')).body, 'Phoenix at /account?tab=1')
    t.strictSame(seen.at(-1), ['GET http://shop.example/account?tab=1', userToken, kept.user_token])

    // Phoenix's flash, put there before this app saw the cookie
    t.strictSame(JSON.parse((await visit('GET', '/new')).body), { flash: 'Welcome!', theme: null })
    t.strictSame(JSON.parse((await visit('GET', '/new')).body), { flash: null, theme: null })
    t.strictSame(untouched(), kept)

    // a form of this app
    const csrf = (await visit('GET', '/new/form')).body
    t.equal((await visit('POST', '/new')).status, 403)
    t.equal((await visit('POST', '/new', { _csrf_token: csrf })).status, 302)
    t.strictSame(JSON.parse((await visit('GET', '/new')).body), { flash: 'Saved here', theme: 'dark' })
    t.strictSame(untouched(), kept)

    // a form of this app that is posted to Phoenix
    t.equal((await visit('POST', '/old', { _csrf_token: 'forged' })).status, 403)
    t.strictSame(await visit('POST', '/old', { _csrf_token: csrf }), {
      status: 200,
      body: 'saved by Phoenix',
      set: [],
    })
    t.strictSame(seen.at(-1), ['POST http://shop.example/old', userToken, kept.user_token])

    // Phoenix's redirect to a page that has moved
    const redirected = await visit('GET', '/notify')
    t.equal(redirected.set.length, 2)
    t.strictSame(JSON.parse((await visit('GET', '/new')).body), { flash: 'From Phoenix', theme: 'dark' })
    t.strictSame(untouched(), kept)
  },
)

t.test('an encrypted session is shared as well', async t => {
  const each = cases('cookies').find(one => one['name'] === 'live_socket_id') as Case
  const show = <C extends Conn & WithSession>(c: C) => json(getSession()(c))(c)
  const app = pipeline(
    session({ store: cookieStore({ signingSalt, encryptionSalt }), key }),
    fetchSession,
    show,
  )
  const given = conn('GET', '/', { secretKeyBase, cookies: { [key]: String(each['cookie_value']) } })
  t.strictSame(JSON.parse(String(run(app)(given).respBody)), {
    live_socket_id: 'users_sessions:abc',
    user_id: 7,
  })
})
