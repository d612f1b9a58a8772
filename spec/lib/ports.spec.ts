// The way to ports: the port itself where nothing observes the request, and what the observer lets stand in for it where
// something does. Every shipped plug that holds a port goes this way.
import t from 'tap'
import {
  connOf,
  effect,
  pipeline,
  portOf,
  ports,
  text,
  type Assigned,
  type Conn,
  type Effect,
  type Observer,
  type RequestSource,
} from '../../lib/index.js'
import { bodyOf, conn, run } from '../../lib/testing/index.js'
import { headerList } from '../../lib/http/headers.js'
import { authentication, memoryTokenStore } from '../../plugs/auth/index.js'
import {
  cookieStore,
  fetchSession,
  logger,
  memoryStore,
  memoryTable,
  proxy,
  putSession,
  session,
  staticFiles,
} from '../../plugs/index.js'

/** An observer that notes each call of a port's functions, as `name.function`. */
const noting = (calls: string[]): Observer => ({
  before: () => undefined,
  effect: () => undefined,
  after: () => undefined,
  port: (name, port) =>
    // not of the port itself, which the test kit may have frozen
    new Proxy({} as typeof port, {
      get: (_, key) => {
        const member: unknown = Reflect.get(port, key)
        if (typeof member !== 'function') return member
        return (...given: unknown[]): unknown => {
          calls.push(`${name}.${String(key)}`)
          return (member as (...given: unknown[]) => unknown).apply(port, given)
        }
      },
    }),
})

const request = (target: string, observer?: Observer, cookie = 'a=b'): Conn => {
  const source: RequestSource = {
    method: 'GET',
    scheme: 'http',
    host: 'example.com',
    port: 80,
    path: target,
    segments: target.split('/').filter(Boolean),
    scriptName: [],
    queryString: '',
    reqHeaders: headerList([['cookie', cookie]]),
    remoteIp: '127.0.0.1',
    httpVersion: '1.1',
    body: bodyOf(new Uint8Array(0)),
    now: 0,
    entropy: (_, length) => new Uint8Array(length),
    signal: new AbortController().signal,
    endpointUrl: undefined,
    secretKeyBase: 'a secret that is long enough for the cookie store: 64 bytes of it, at least'.repeat(2),
    observer,
  }
  return connOf(source)
}

const services = { rate: (currency: string): Effect<string> => effect.of(`1 ${currency}`) }

t.test('a request without an observer is given the port itself', async t => {
  t.equal(portOf('services', services)(conn('GET', '/')), services)
  t.equal(ports('services', services)(conn('GET', '/')).assigns.services, services)
})

t.test('an observer sees each call of a port', async t => {
  const calls: string[] = []
  const app = pipeline(
    ports('services', services),
    (c: Conn & Assigned<{ readonly services: typeof services }>) =>
      effect.map((rate: string) => text(rate)(c))(c.assigns.services.rate('EUR')),
  )
  t.equal(run(app)(request('/', noting(calls))).respBody, '1 EUR')
  t.strictSame(calls, ['services.rate'])
  const from = portOf('rates', services)
  t.not(from(request('/', noting(calls))), services)
})

t.test('a port is checked when the plug is made', async t => {
  for (const name of ['', undefined, 7])
    t.throws(() => portOf(name as string, {}), /^portOf: name must be a non-empty string/)
  for (const port of [null, undefined, 'x'])
    t.throws(
      () => ports('services', port as unknown as object),
      /^ports: the port must be an object of functions that return effects, got /,
    )
})

const seen = async (app: (c: Conn) => unknown, target = '/', cookie?: string): Promise<readonly string[]> => {
  const calls: string[] = []
  const done = await run(app)(request(target, noting(calls), cookie))
  t.equal(done.error, undefined)
  await run(app)(request(target, undefined, cookie))
  return calls
}

t.test('the shipped plugs ask for their ports so', async t => {
  t.strictSame(await seen(pipeline(logger({ to: { write: () => () => undefined } }), text('hello'))), [
    'logger.write',
  ])
  const from = { stat: () => effect.of({ file: '/srv/a', size: 1, mtimeMs: 0 }) }
  t.strictSame(await seen(pipeline(staticFiles({ at: '/', from }), text('none')), '/a'), ['staticFiles.stat'])
  t.strictSame(
    await seen(
      pipeline(
        staticFiles({
          at: '/',
          from: { stat: () => effect.of(undefined) },
          only: ['b'],
          raiseOnMissingOnly: true,
        }),
        text('none'),
      ),
      '/a',
    ),
    ['staticFiles.stat'],
  )
  const via = { send: () => effect.of({ status: 204, headers: headerList([]), body: undefined }) }
  t.strictSame(await seen(proxy({ to: 'http://127.0.0.1:1', via })), ['proxy.send'])

  const store = memoryStore(memoryTable())
  const app = (name?: string) =>
    pipeline(
      session({ store, key: 'a', ...(name !== undefined && { name }) }),
      fetchSession(name ?? 'session'),
      putSession('k', 1, name ?? 'session'),
      text('hello'),
    )
  t.strictSame(await seen(app()), ['session.get', 'session.apply'])
  t.strictSame(await seen(app('cart')), ['session.cart.get', 'session.cart.apply'])
  const inCookie = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: 'a' }),
    fetchSession,
    putSession('k', 1),
    text('hello'),
  )
  t.strictSame(await seen(inCookie), [], 'a store that is pure touches nothing')

  const auth = authentication({ tokens: memoryTokenStore<{ readonly id: number }>(), messages: false })
  const logIn = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: 'a' }),
    fetchSession,
    c => auth.logInUser({ id: 7 })(c as never),
  )
  t.strictSame(await seen(logIn), ['tokens.insert'])
})
