// What every store behind a network must survive: a server that is killed, that stands still, and a wire that is cut in the
// middle of a message. A small app is served over HTTP meanwhile, and a browser uses it.
import { setTimeout as sleep } from 'node:timers/promises'
import { right } from 'fp-ts/lib/Either.js'
import type { Test } from 'tap'
import { Agent, request } from 'undici'
import { pipe, pipeline, text, type Conn, type WithSession } from '../../../../lib/index.js'
import type { App } from '../../../../lib/endpoint.js'
import {
  configureSession,
  fetchSession,
  getSession,
  mergeSession,
  session,
  updateSession,
  type ServerStoreOptions,
  type Store,
  type StoreFailure,
} from '../../../../plugs/session/index.js'
import { router, scope } from '../../../../router/index.js'
import { cuttingProxy } from '../../../support/cutting-proxy.js'
import { rejections, start } from '../../../lib/adapters/node/support.js'

/** A server of the spec's own, whose data outlive it. */
export interface FaultyServer {
  readonly port: number
  /** Ends it at once, and waits until it has ended. */
  readonly kill: () => Promise<void>
  /** Starts it again, on the same port with the same data, and waits until it answers. */
  readonly start: () => Promise<void>
  /** Stops it in its tracks: connections stay open, and nobody answers. */
  readonly pause: () => void | Promise<void>
  /** Lets it go on. */
  readonly resume: () => void | Promise<void>
}

/** A store over a client of its own. */
export interface OpenStore {
  readonly store: Store
  /** Closes the client: nothing of it is left open. */
  readonly close: () => void | Promise<void>
}

/** Makes a store whose server is reached at a port of 127.0.0.1: the server's own, or that of a proxy in front of it. */
export type MakeStore = (port: number, options: ServerStoreOptions) => OpenStore | Promise<OpenStore>

/** The time-out of the store, and what a busy machine may need besides, in milliseconds. */
const timeout = 500
const margin = 1_500
const wait = { timeout, ttl: 3600 }

/** A response, and how long it took in milliseconds. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly retryAfter: string
  readonly setCookie: readonly string[]
  readonly took: number
}

export interface Browser {
  /** The value of its cookie. */
  readonly cookie: () => string | undefined
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string) => Promise<Answer>
}

/** The app, served on a store. */
export interface Site {
  readonly visit: () => Browser
  readonly failures: readonly StoreFailure[]
  /** What the adapter's `onError` was told. */
  readonly bugs: readonly unknown[]
  /** Holds the handlers of `/slow` between reading and writing, until it is called again; how many wait there. */
  readonly hold: () => { readonly waiting: () => number; readonly go: () => void }
  readonly close: () => Promise<void>
}

const key = '_app_session'

/** A handler that puts the query under two keys. */
const both = (value: string) => mergeSession({ a: value, b: value })

/**
 * Serves the app until the test ends. `GET /plain` needs no session, `GET /read` shows it as JSON; `POST /put?value`, `/slow?value`
 * and `/renew?value` put a value under the keys `a` and `b`, `/count` counts under `n`, and `/drop` drops the session.
 */
export const open = async (t: Test, port: number, makeStore: MakeStore): Promise<Site> => {
  const failures: StoreFailure[] = []
  const { store, close } = await makeStore(port, {
    ...wait,
    onFailure: failure => () => void failures.push(failure),
  })
  let gate = Promise.resolve()
  let waiting = 0
  const browser = pipeline(session({ store, key }), fetchSession)
  const app: App = router(
    scope('/', ({ get }) => [get('/plain', text('plain'))]),
    scope('/', browser, ({ get, post }) => [
      get('/read', c => text(JSON.stringify(getSession()(c)))(c)),
      post('/put', c => pipe(c, both(c.queryString), text('put'))),
      post('/count', c =>
        pipeline.from<Conn & WithSession>()(
          updateSession('n', n => Number(n ?? 0) + 1),
          text('counted'),
        )(c),
      ),
      post('/renew', c => pipe(c, both(c.queryString), configureSession('renew'), text('renewed'))),
      post('/drop', c => pipe(c, configureSession('drop'), text('dropped'))),
      post('/slow', c => async () => {
        waiting++
        await gate
        waiting--
        return right(pipe(c, both(c.queryString), text('put')))
      }),
    ]),
  )
  const server = await start(t, app)
  const agents: Agent[] = []

  const visit = (): Browser => {
    const agent = new Agent({ connections: 100, pipelining: 1 })
    agents.push(agent)
    let cookie: string | undefined
    const send = async (method: 'GET' | 'POST', path: string): Promise<Answer> => {
      const begun = performance.now()
      const response = await request(`http://127.0.0.1:${server.port}${path}`, {
        method,
        dispatcher: agent,
        headers: cookie === undefined ? {} : { cookie: `${key}=${cookie}` },
      })
      const body = await response.body.text()
      const setCookie = [response.headers['set-cookie'] ?? []].flat()
      for (const each of setCookie) cookie = new RegExp(`^${key}=([^;]*)`).exec(each)?.[1]
      const retryAfter = String(response.headers['retry-after'])
      return { status: response.statusCode, body, retryAfter, setCookie, took: performance.now() - begun }
    }
    return { cookie: () => cookie, get: path => send('GET', path), post: path => send('POST', path) }
  }
  let closed: Promise<void> | undefined
  const end = (): Promise<void> =>
    (closed ??= (async () => {
      await server.stop()
      await Promise.all(agents.map(agent => agent.destroy()))
      await close()
    })())
  t.teardown(end)
  return {
    visit,
    failures,
    bugs: server.bugs,
    hold: () => {
      let go = (): void => undefined
      gate = new Promise(resolve => (go = resolve))
      return { waiting: () => waiting, go }
    },
    close: end,
  }
}

/** Waits until something holds. */
const soon = async (holds: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const end = performance.now() + 20_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(what)
    await sleep(20)
  }
}

const recovered = (visitor: Browser): Promise<void> =>
  soon(async () => (await visitor.get('/read')).status === 200, 'the app does not recover')

const kinds = (): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) found[kind] = (found[kind] ?? 0) + 1
  return found
}

/** Runs the suite with a store's server, which is up and stays up when it ends. */
export const faults = (t: Test, server: FaultyServer, makeStore: MakeStore): void => {
  /** An answer that says: try again in a while. The browser keeps its cookie. */
  const unavailable = (t: Test, answer: Answer, what: string): void => {
    t.match(answer, { status: 503, retryAfter: /^[1-9]\d*$/ }, what)
    t.equal(answer.setCookie.length, 0, `${what}: nobody is logged out`)
    t.ok(answer.took < timeout + margin, `${what}: in time (${Math.round(answer.took)} ms)`)
  }
  const plain = async (t: Test, visitor: Browser): Promise<void> => {
    const answer = await visitor.get('/plain')
    t.match(answer, { status: 200, body: 'plain' }, 'who needs no session is answered')
    t.ok(answer.took < timeout, `at once (${Math.round(answer.took)} ms)`)
  }
  const held = async (visitor: Browser): Promise<{ readonly a?: string; readonly b?: string }> => {
    const answer = await visitor.get('/read')
    if (answer.status !== 200) throw new Error(`reading the session: ${answer.status}`)
    return JSON.parse(answer.body) as { readonly a?: string; readonly b?: string }
  }
  const told = (t: Test, site: Site, reasons: readonly string[]): void => {
    t.ok(site.failures.length > 0, 'onFailure is told')
    for (const { reason, elapsed, cause } of site.failures) {
      t.ok(reasons.includes(reason), `it failed by ${reason}`)
      t.ok(elapsed < timeout + margin && cause instanceof Error)
    }
    t.ok(site.bugs.length >= site.failures.length, "and so is the adapter's onError")
    for (const bug of site.bugs) t.ok(site.failures.some(({ cause }) => cause === bug))
  }

  t.test('killed and started again between two requests: nobody is logged out', async t => {
    const site = await open(t, server.port, makeStore)
    const visitor = site.visit()
    t.equal((await visitor.post('/put?1')).status, 200)
    const cookie = visitor.cookie()
    await server.kill()
    await plain(t, visitor)
    unavailable(t, await visitor.get('/read'), 'reading')
    unavailable(t, await visitor.post('/put?2'), 'writing')
    unavailable(t, await site.visit().post('/put?2'), 'a new session')
    await server.start()
    await recovered(visitor)
    t.equal(visitor.cookie(), cookie)
    const { a, b } = await held(visitor)
    t.equal(a, b)
    t.ok(a === '1' || a === '2', 'what was refused may have been done')
    t.equal((await visitor.post('/put?3')).status, 200)
    t.strictSame(await held(visitor), { a: '3', b: '3' })
    told(t, site, ['timeout', 'error'])
  })

  t.test('killed between reading and writing of one request', async t => {
    const site = await open(t, server.port, makeStore)
    const visitor = site.visit()
    await visitor.post('/put?1')
    for (const again of [false, true]) {
      const { waiting, go } = site.hold()
      const slow = visitor.post('/slow?2')
      await soon(() => waiting() === 1, 'the handler is not reached')
      await server.kill()
      if (again) await server.start()
      go()
      const answer = await slow
      if (again && answer.status === 200) t.pass('it was written when the server was back')
      else unavailable(t, answer, again ? 'it was back already' : 'it was gone')
      if (!again) await server.start()
      await recovered(visitor)
      const { a, b } = await held(visitor)
      t.equal(a, b)
      if (answer.status === 200) t.equal(a, '2')
    }
    t.equal((await visitor.post('/slow?3')).status, 200)
    t.strictSame(await held(visitor), { a: '3', b: '3' })
  })

  t.test('a server that stands still', async t => {
    const site = await open(t, server.port, makeStore)
    const [visitor, other] = [site.visit(), site.visit()]
    await visitor.post('/put?1')
    const cookie = visitor.cookie()
    const { waiting, go } = site.hold()
    const slow = visitor.post('/slow?2')
    await soon(() => waiting() === 1, 'the handler is not reached')
    await server.pause()
    try {
      const begun = performance.now()
      go()
      const many = await Promise.all([
        ...Array.from({ length: 20 }, () => visitor.get('/read')),
        visitor.post('/count'),
        visitor.post('/renew?3'),
        slow.then(answer => ({ ...answer, took: performance.now() - begun })),
        plain(t, other),
        other.get('/plain'),
      ])
      for (const answer of many)
        if (answer !== undefined && answer.body !== 'plain') unavailable(t, answer, 'it stands still')
      t.equal((await other.post('/put?1')).status, 503)
      await plain(t, other)
      t.equal(visitor.cookie(), cookie)
      t.equal(other.cookie(), undefined)
      told(t, site, ['timeout'])
    } finally {
      await server.resume()
    }
    await recovered(visitor)
    t.equal(visitor.cookie(), cookie)
    const { a, b } = await held(visitor)
    t.equal(a, b)
    t.equal((await visitor.post('/put?4')).status, 200)
    const after = await held(visitor)
    t.match(after, { a: '4', b: '4' })
    t.equal((await other.post('/put?1')).status, 200)
    t.strictSame(await held(other), { a: '1', b: '1' })
  })

  t.test('killed under load: nothing is half-written, and what was acknowledged is there', async t => {
    const site = await open(t, server.port, makeStore)
    const load = { on: true }
    const visitors = await Promise.all(
      [0, 1, 2, 3].map(async () => {
        const visitor = site.visit()
        await visitor.post('/put?0')
        return { visitor, cookie: visitor.cookie() }
      }),
    )
    const live = visitors.map(async ({ visitor }, i) => {
      let acknowledged = 0
      for (let n = 1; load.on; n++) {
        const { status } = await visitor.post(`/put?${n}`)
        if (status === 200) acknowledged = n
        else if (status !== 503) throw new Error(`status ${status}`)
        await sleep(i)
      }
      return acknowledged
    })
    for (const pause of [60, 130]) {
      await sleep(pause)
      await server.kill()
      await server.start()
      await recovered(visitors[0]?.visitor as Browser)
    }
    await sleep(100)
    load.on = false
    const acknowledged = await Promise.all(live)
    for (const [i, { visitor, cookie }] of visitors.entries()) {
      const { a, b } = await held(visitor)
      t.equal(a, b)
      t.ok(Number(a) >= (acknowledged[i] as number), `${a} is there, ${acknowledged[i]} was acknowledged`)
      t.ok((acknowledged[i] as number) > 0)
      t.equal(visitor.cookie(), cookie)
    }
  })

  t.test('a connection that is cut in the middle of a message', async t => {
    const proxy = await cuttingProxy(server.port)
    t.teardown(proxy.stop)
    const site = await open(t, proxy.port, makeStore)
    const visitor = site.visit()
    const big = 'x'.repeat(3_000)
    await visitor.post(`/put?0${big}`)
    const cookie = visitor.cookie()
    const before = { ...proxy.passed }
    await visitor.post(`/put?0${big}`)
    const whole = {
      toServer: proxy.passed.toServer - before.toServer,
      toClient: proxy.passed.toClient - before.toClient,
    }
    let last = 0
    const cutAt = async (direction: 'toServer' | 'toClient', bytes: number): Promise<void> => {
      const n = String(last + 1)
      const what = `after ${bytes} of ${whole[direction]} bytes ${direction}`
      let cut = false
      void proxy.cutAfter(bytes, direction).then(() => (cut = true))
      const answer = await visitor.post(`/put?${n}${big}`)
      proxy.heal()
      if (answer.status !== 200) {
        t.ok(cut, `${what}: it fails for that reason alone`)
        t.match(answer, { status: 503, retryAfter: /^[1-9]/ }, what)
        t.equal(answer.setCookie.length, 0, what)
        t.ok(answer.took < 2 * timeout + margin, what)
      }
      await recovered(visitor)
      const { a, b } = await held(visitor)
      t.ok(a === b, `${what}: it is not half-written`)
      const found = Number(a?.slice(0, -big.length))
      t.ok(found === last + 1 || (found === last && answer.status === 503), `${what}: it holds ${found}`)
      last = found
    }
    for (const direction of ['toServer', 'toClient'] as const)
      for (const part of [0, 0.02, 0.1, 0.3, 0.45, 0.55, 0.7, 0.85, 0.95, 0.999])
        await cutAt(direction, Math.floor(part * whole[direction]))
    t.equal(visitor.cookie(), cookie)
    for (const bug of site.bugs) t.ok(site.failures.some(({ cause }) => cause === bug))
  })

  t.test('a connection that is cut while a session gets a new id: one of the two is whole', async t => {
    const proxy = await cuttingProxy(server.port)
    t.teardown(proxy.stop)
    const site = await open(t, proxy.port, makeStore)
    const before = { ...proxy.passed }
    await site.visit().post('/renew?0')
    const whole = proxy.passed.toServer - before.toServer
    for (const part of [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8]) {
      const visitor = site.visit()
      await visitor.post('/put?1')
      const cookie = visitor.cookie()
      void proxy.cutAfter(Math.floor(part * whole), 'toServer')
      const answer = await visitor.post('/renew?2')
      proxy.heal()
      await recovered(visitor)
      const { a, b } = await held(visitor)
      t.equal(a, b)
      if (answer.status === 200) t.ok(a === '2' && visitor.cookie() !== cookie, 'the new one')
      else t.ok(answer.status === 503 && visitor.cookie() === cookie && a === '1', 'the old one')
    }
  })

  t.test('nothing is left open, whatever happened', async t => {
    const before = kinds()
    const site = await open(t, server.port, makeStore)
    const visitor = site.visit()
    await visitor.post('/put?1')
    await server.pause()
    try {
      unavailable(t, await visitor.get('/read'), 'it stands still')
    } finally {
      await server.resume()
    }
    await recovered(visitor)
    await server.kill()
    unavailable(t, await visitor.get('/read'), 'it is gone')
    await server.start()
    await recovered(visitor)
    await site.close()
    const more = (): readonly string[] =>
      Object.entries(kinds())
        .filter(([kind, count]) => count > (before[kind] ?? 0))
        .map(([kind]) => kind)
    const end = performance.now() + 3_000
    while (more().length > 0 && performance.now() < end) await sleep(20)
    // The server that was started anew is a process of this spec's.
    t.strictSame(
      more().filter(kind => kind !== 'ProcessWrap'),
      [],
    )
    t.strictSame(rejections, [], 'and nothing was rejected that nobody handled')
  })
}
