import t from 'tap'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import {
  attempt,
  endpoint,
  fail,
  pipe,
  pipeline,
  plugError,
  rescue,
  stream,
  text,
  when,
  type AnyPlug,
  type Conn,
} from '../../../../../lib/index.js'
import { cookieStore, lint, memoryStore, memoryTable, session } from '../../../../../plugs/index.js'
import { router, scope } from '../../../../../router/index.js'
import { serve } from '../../../../../lib/adapters/node.js'
import { answers, ask, dial, headText, readWhole, rejections, start, until } from '../support.js'

const get = headText('GET /')

t.test('nothing happens until the effect is called', async t => {
  let asked = 0
  const effect = serve(conn => text('hello')((asked++, conn)), { port: 0, host: '127.0.0.1', stopOn: [] })
  const started = await effect()
  if (started._tag === 'Left') return t.fail(started.left.message)
  t.equal(asked, 0)
  const { url, port, stop } = started.right
  t.equal(url, `http://127.0.0.1:${port}`)
  const { statusCode, body } = await request(url)
  t.equal(statusCode, 200)
  t.equal(await body.text(), 'hello')
  await stop()
})

t.test('an endpoint is served, and any plug', async t => {
  const apps = {
    endpoint: endpoint({}, text('hello')),
    pipeline: pipeline(text('hello')),
    plug: text('hello'),
  }
  for (const [name, app] of Object.entries(apps))
    t.equal((await ask(t, await start(t, app), get, /hello$/)).body, 'hello', name)
})

t.test('a server on an IPv6 address says so', async t => {
  const started = await serve(text('hello'), { port: 0, host: '::1', stopOn: [] })()
  if (started._tag === 'Left') return t.pass('this machine has no IPv6')
  t.equal(started.right.url, `http://[::1]:${started.right.port}`)
  const { body } = await request(started.right.url)
  t.equal(await body.text(), 'hello')
  return started.right.stop()
})

t.test('a connection is kept, and its requests are answered in their order', async t => {
  const app = (conn: Conn) => {
    const ms = Number(conn.queryString)
    return ms > 0 ? attempt(() => sleep(ms, text(conn.path)(conn))) : text(conn.path)(conn)
  }
  const server = await start(t, app)
  const line = await dial(t, server)
  const paths = ['/a?40', '/b', '/c?10', '/d?30', '/e', '/f']
  line.send(paths.map(path => headText(`GET ${path}`)).join(''))
  const all = answers(await line.expect(/\/f$/))
  t.same(
    all.map(answer => answer.body),
    ['/a', '/b', '/c', '/d', '/e', '/f'],
  )
  line.send(get)
  await line.expect(/\/$/)
  t.equal(line.text().match(/connection: keep-alive/gi)?.length, 7)
})

t.test('many pipelined requests that watch their signals are no leak', async t => {
  const warnings: unknown[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => void process.off('warning', warn))
  let fired = 0
  const app = (conn: Conn) => {
    conn.signal.addEventListener('abort', () => fired++)
    return attempt(() => sleep(20, text(conn.path)(conn)))
  }
  const server = await start(t, app)
  const line = await dial(t, server)
  for (let round = 1; round <= 3; round++) {
    line.send(Array.from({ length: 50 }, (_, i) => headText(`GET /${i}`)).join(''))
    await until(() => line.text().match(/HTTP\/1\.1 200/g)?.length === 50 * round)
  }
  t.equal(fired, 0)
  line.socket.destroy()
  await sleep(20)
  t.equal(fired, 0)
  t.same(warnings, [])
})

t.test('many requests at once, of every kind, are answered', async t => {
  const app = (conn: Conn) => {
    switch (conn.segments[0]) {
      case 'read':
        return readWhole()(conn)
      case 'slow':
        return attempt(() => sleep(Number(conn.segments[1]) % 10, text(conn.path)(conn)))
      case 'stream':
        return stream(200, Readable.from([conn.path, 'x'.repeat(20_000)]))(conn)
      case 'fail':
        return fail(conn, plugError(418, 'Teapot', conn.path))
      default:
        return text(conn.path)(conn)
    }
  }
  const server = await start(t, app)
  const dispatcher = new Agent({ connections: 20, pipelining: 5 })
  t.teardown(() => dispatcher.close())
  const one = async (i: number): Promise<boolean> => {
    const kind = ['read', 'slow', 'stream', 'fail', 'plain'][i % 5] as string
    const sent = kind === 'read' ? { method: 'POST', body: 'y'.repeat(i * 37) } : {}
    const { statusCode, body } = await request(`${server.url}/${kind}/${i}`, { dispatcher, ...sent })
    const got = await body.text()
    return kind === 'read'
      ? got === sent.body
      : statusCode === (kind === 'fail' ? 418 : 200) && got.startsWith(`/${kind}/${i}`)
  }
  const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => one(i)))
  t.equal(all.filter(Boolean).length, 1_000)
  t.same(server.bugs, [])
})

t.test('an idle connection is closed after a while', async t => {
  const server = await start(t, text('hello'), { keepAliveTimeout: 50 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/hello$/)
  t.match(answers(await line.closed()), [{ status: 200 }])
})

t.test('the signal fires once, when the client has gone', async t => {
  const fired: unknown[] = []
  let asked = 0
  const app = (conn: Conn) =>
    attempt(async () => {
      asked++
      const { signal } = conn
      signal.addEventListener('abort', () => fired.push(signal.reason))
      await sleep(conn.path === '/wait' ? 100 : 1)
      return text('done')(conn)
    })
  const server = await start(t, app)
  for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
    fired.length = 0
    asked = 0
    const line = await dial(t, server)
    line.send(headText('GET /wait'))
    await until(() => asked === 1)
    line.socket[leave]()
    await until(() => fired.length > 0)
    await sleep(120)
    t.match(fired, [{ name: 'AbortError', message: 'the client has gone' }], leave)
  }
  fired.length = 0
  const line = await dial(t, server)
  line.send(`${headText('POST /', 'Content-Length: 5')}hello`)
  await line.expect(/done$/)
  line.send(get)
  await line.expect(/done[^]*done$/)
  line.socket.destroy()
  await sleep(30)
  t.same(fired, [], 'neither at the end of a body, nor after an answer')
  t.same(server.bugs, [])
})

t.test('a signal that is looked at too late knows', async t => {
  let conn: Conn | undefined
  const app = (asked: Conn) => {
    conn = asked
    return asked.path === '/wait' ? attempt(() => sleep(50, text('late')(asked))) : text('done')(asked)
  }
  const server = await start(t, app)
  const line = await dial(t, server)
  line.send(headText('GET /wait'))
  await until(() => conn !== undefined)
  line.socket.destroy()
  await sleep(100)
  t.ok(conn?.signal.aborted, 'the client has gone before the answer')
  await ask(t, server, get, /done$/)
  await sleep(20)
  t.notOk(conn?.signal.aborted, 'the client has gone after the answer')
})

t.test('work that stops because it is told to is no bug, and other work that fails is', async t => {
  let asked = 0
  const app = (conn: Conn) =>
    attempt(async () => {
      asked++
      await sleep(10_000, undefined, { signal: conn.signal }).catch((cause: unknown) => {
        throw conn.path === '/bug' ? new Error('a bug all the same') : cause
      })
      return text('')(conn)
    })
  const server = await start(t, app)
  for (const path of ['/', '/bug']) {
    const line = await dial(t, server)
    asked = 0
    line.send(headText(`GET ${path}`))
    await until(() => asked === 1)
    line.socket.destroy()
  }
  await until(() => server.bugs.length > 0)
  t.match(server.bugs, [{ message: 'a bug all the same' }])
})

t.test('an app that passes its deadline is told, and so are its client and its operator', async t => {
  let reason: unknown
  let finished = 0
  const source = Readable.from(['a'])
  const app = (conn: Conn) =>
    attempt(async () => {
      conn.signal.addEventListener('abort', () => (reason = conn.signal.reason))
      await sleep(Number(conn.queryString))
      finished++
      return stream(200, source)(conn)
    })
  const server = await start(t, app, { deadline: 60 })
  const line = await dial(t, server)
  line.send(headText('GET /late?120', 'Accept: application/json'))
  const [late] = answers(await line.expect(/}$/))
  t.match(late, { status: 503, body: '{"errors":{"detail":"Service Unavailable"}}' })
  t.match(reason, { name: 'TimeoutError', message: 'the app did not respond within 60 ms' })
  t.same(server.bugs, [reason])
  await until(() => finished === 1)
  await sleep(20)
  t.ok(source.destroyed, 'what comes later is given up')
  t.equal(answers(line.text()).length, 1)
  const inTime = await start(t, conn => attempt(() => sleep(5, text('in time')(conn))), { deadline: 500 })
  t.equal((await ask(t, inTime, get, /time$/)).body, 'in time')
  const atOnce = await start(t, text('at once'), { deadline: 1 })
  t.equal((await ask(t, atOnce, get, /once$/)).body, 'at once')
})

t.test('a deadline that passes when the client has gone is nobody’s', async t => {
  let asked = false
  const app = (conn: Conn) => {
    asked = true
    return attempt(() => sleep(600, text('late')(conn)))
  }
  const server = await start(t, app, { deadline: 500 })
  const line = await dial(t, server)
  line.send(get)
  await until(() => asked)
  line.socket.destroy()
  await sleep(700)
  t.same(server.bugs, [])
})

t.test('a deadline does not wait for a body that is still to come', async t => {
  const server = await start(t, readWhole(), { deadline: 60 })
  const line = await dial(t, server)
  line.send(`${headText('POST /', 'Content-Length: 10')}abc`)
  t.match(answers(await line.expect(/\n$/)), [{ status: 503 }])
})

t.test('by default bugs go to stderr, as their stacks', async t => {
  const said: unknown[] = []
  const { error } = console
  console.error = (...words: unknown[]) => void said.push(...words)
  t.teardown(() => void (console.error = error))
  const oops = Object.assign(new Error('oops'), { password: 'hunter2' })
  const failing = (): never => {
    throw oops
  }
  const started = await serve(failing, { port: 0, host: '127.0.0.1', stopOn: [] })()
  if (started._tag === 'Left') return t.fail(started.left.message)
  await ask(t, started.right, get)
  await started.right.stop()
  t.same(said, [oops.stack])
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))

t.test('a plug that lacks what it needs stops the start, wherever in the app it is', async t => {
  const signed = session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' })
  const older = cookieStore({
    signingSalt: 'a salt',
    secretKeyBase: 'x'.repeat(64),
    rotatingOptions: [{ signingSalt: 'older' }],
  })
  const page = text('hello')
  const apps: readonly AnyPlug[] = [
    pipeline(signed, page),
    pipeline(
      when(() => false, signed),
      page,
    ),
    pipe(
      pipeline(signed, page),
      rescue(() => page),
    ),
    lint(pipeline(signed, page)),
    router(scope('/', signed, ({ get }) => [get('/', page)])),
    router(scope('/', ({ get }) => [get('/', pipeline(signed, page))])),
    router(scope('/', ({ fallback }) => [fallback(pipeline(signed, page))])),
    router(
      scope('/', ({ forward }) => [
        forward('/in', router(scope('/', signed, ({ get }) => [get('/', page)]))),
      ]),
    ),
  ]
  for (const app of apps) {
    const plug = app as Parameters<typeof endpoint>[1]
    for (const it of [plug, endpoint({}, plug)])
      t.throws(
        () => serve(it),
        /^secretKeyBase must be a string of at least 64 bytes, got undefined; make one with/,
      )
    t.type(serve(endpoint({ secretKeyBase: 'x'.repeat(64) }, plug)), 'function')
  }
  t.type(serve(pipeline(session({ store: older, key: '_key' }), page)), 'function')
  t.type(serve(pipeline(session({ store: memoryStore(memoryTable()), key: '_key' }), page)), 'function')
})
