// What an app can do when its server stops: `conn.draining` fires, and a stream may be ended by the adapter.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { headerList } from '../../../../../lib/http/headers.js'
import { connOf, pipeline, putRespHeader, stream, text, type Conn } from '../../../../../lib/index.js'
import { bodyOf, conn } from '../../../../../lib/testing/index.js'
import { answers, dial, headText, rejections, start, until } from '../support.js'

const get = headText('GET /')

t.test('conn.draining fires when the server begins to stop, and an app can end by itself', async t => {
  const reasons: unknown[] = []
  const events = async function* (c: Conn) {
    yield 'data: hello\n\n'
    await once(c.draining, 'abort')
    reasons.push(c.draining.reason)
    yield 'data: bye\n\n'
  }
  const server = await start(t, c => stream(200, events(c))(c), { drainTimeout: 10_000 })
  const lines = await Promise.all([dial(t, server), dial(t, server)])
  for (const line of lines) {
    line.send(get)
    await line.expect(/hello/)
  }
  const begun = Date.now()
  await server.stop()
  t.ok(Date.now() - begun < 4_000, 'it does not wait until drainTimeout')
  for (const line of lines) t.equal(answers(await line.closed())[0]?.body, 'data: hello\n\ndata: bye\n\n')
  t.match(reasons, [{ name: 'AbortError', message: 'the server is stopping' }, { name: 'AbortError' }])
})

t.test(
  'conn.draining has fired for a request that arrives later, and never fires for one that is over',
  async t => {
    const seen: Conn[] = []
    const app = (c: Conn) => {
      seen.push(c)
      return text(String(c.draining.aborted))(c)
    }
    const server = await start(t, app, { drainTimeout: 5_000 })
    const [first, second] = [await dial(t, server), await dial(t, server)]
    first.send(get)
    await first.expect(/false$/)
    t.equal(seen[0]?.draining, seen[0]?.draining, 'it is one signal')
    const stop = server.stop()
    second.send(get)
    t.match(answers(await second.closed()), [{ body: 'true', headers: { connection: 'close' } }])
    await stop
    t.equal(seen[0]?.draining.aborted, false)
  },
)

t.test('a conn of a test, and one of an adapter that knows no stop', async t => {
  t.equal(conn('GET', '/').draining.aborted, false)
  t.equal(conn('GET', '/', { draining: AbortSignal.abort() }).draining.aborted, true)
  t.throws(() => conn('GET', '/', { draining: true as never }), {
    message: 'conn: draining must be an AbortSignal, got true',
  })
  const own = connOf({
    method: 'GET',
    scheme: 'http',
    host: 'x.test',
    port: 80,
    path: '/',
    segments: [],
    scriptName: [],
    queryString: '',
    reqHeaders: headerList([]),
    remoteIp: '127.0.0.1',
    httpVersion: '1.1',
    body: bodyOf(new Uint8Array(0)),
    now: 0,
    entropy: (_, length) => new Uint8Array(length),
    signal: new AbortController().signal,
    endpointUrl: undefined,
    secretKeyBase: undefined,
  })
  t.equal(own.draining.aborted, false)
})

/** A stream without an end, which waits for its signal after its first chunks. */
const endless = (first: readonly (string | Uint8Array)[], over: string[]) => (c: Conn) =>
  (async function* () {
    try {
      yield* first
      await once(c.signal, 'abort')
    } finally {
      over.push(String(c.signal.aborted))
    }
  })()

t.test("onDrain: 'end' ends a stream immediately, as a whole response", async t => {
  for (const flushHeaders of [true, false]) {
    const over: string[] = []
    const events = endless(['data: hello\n\n'], over)
    const app = (c: Conn) => stream(200, events(c), { flushHeaders, onDrain: 'end' })(c)
    const server = await start(t, app, { drainTimeout: 10_000 })
    const line = await dial(t, server)
    line.send(get)
    await line.expect(/hello/)
    const begun = Date.now()
    const stop = server.stop()
    await line.expect(/hello\n\n\r\n0\r\n\r\n$/)
    t.ok(Date.now() - begun < 400, 'at once')
    await stop
    t.ok(Date.now() - begun < 4_000)
    await until(() => over.length === 1)
    t.same(over, ['true'], 'its signal has fired, and it is closed')
    t.same(server.bugs, [])
  }
})

t.test("onDrain: 'end' sends the chunk that is under way", async t => {
  const over: string[] = []
  const events = endless([Buffer.alloc(8_000_000, 'x'), 'never'], over)
  const server = await start(t, c => stream(200, events(c), { onDrain: 'end' })(c), { drainTimeout: 10_000 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/xxx/)
  line.socket.pause()
  await sleep(100)
  const stop = server.stop()
  await sleep(50)
  line.socket.resume()
  const text = await line.closed()
  t.match(text, /\r\n0\r\n\r\n$/)
  t.equal(answers(text)[0]?.body.length, 8_000_000)
  await stop
  t.same(server.bugs, [])
})

t.test("onDrain: 'end' of a stream without a first chunk is an empty response", async t => {
  const over: string[] = []
  const events = endless([], over)
  let isWaiting = false
  const app = (c: Conn) => {
    isWaiting = true
    return stream(200, events(c), { onDrain: 'end' })(c)
  }
  const server = await start(t, app, { drainTimeout: 10_000 })
  const line = await dial(t, server)
  line.send(get)
  await until(() => isWaiting)
  await sleep(20)
  const idle = await dial(t, server)
  idle.send(get)
  await sleep(20)
  const stop = server.stop()
  for (const each of [line, idle])
    t.match(answers(await each.closed()), [
      { status: 200, body: '', headers: { connection: 'close', 'content-length': '0' } },
    ])
  await stop
  await until(() => over.length === 2)
  t.same(server.bugs, [])
})

t.test(
  "onDrain: 'end' of a stream that begins while the server stops, and of one with a content-length",
  async t => {
    let closed = 0
    const chunks = async function* () {
      for (let i = 0; i < 5; i++) yield await sleep(30, `${i}`)
    }
    const counted = {
      [Symbol.asyncIterator]: () => chunks(),
      destroy: () => void closed++,
    }
    const app = (c: Conn) =>
      c.path === '/sized'
        ? pipeline(putRespHeader('content-length', '5'), stream(200, chunks(), { onDrain: 'end' }))(c)
        : stream(200, counted, { onDrain: 'end' })(c)
    const server = await start(t, app, { drainTimeout: 10_000 })
    const [late, sized] = [await dial(t, server), await dial(t, server)]
    sized.send(headText('GET /sized'))
    await sized.expect(/\r\n\r\n/)
    const stop = server.stop()
    late.send(get)
    t.match(answers(await late.closed()), [{ status: 200, body: '', headers: { connection: 'close' } }])
    t.equal(closed, 1)
    t.equal(answers(await sized.closed())[0]?.body, '01234')
    await stop
  },
)

t.test('onDrain is checked', async t => {
  async function* none() {}
  t.throws(() => stream(200, none(), { onDrain: 'stop' as never }), {
    message: "stream: onDrain must be 'finish' or 'end', got \"stop\"",
  })
})

t.test('a request that is on its way on an idle connection gets its whole response', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 5_000 })
  const lines = await Promise.all(Array.from({ length: 200 }, () => dial(t, server)))
  for (const line of lines) line.send(get)
  for (const line of lines) await line.expect(/hello$/)
  const stop = server.stop()
  for (const line of lines) line.send(get)
  for (const line of lines) {
    const [, second] = answers(await line.closed())
    if (second?.body !== 'hello' || second.headers['connection'] !== 'close') t.fail('a request was lost')
  }
  await stop
})

t.test('requests that arrive together all get a response, and the last one ends the connection', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 5_000 })
  const lines = await Promise.all([dial(t, server), dial(t, server)])
  const [together, apart] = lines
  const stop = server.stop()
  together.send(get.repeat(4))
  for (let i = 0; i < 4; i++) apart.send(get)
  for (const line of lines) {
    const all = answers(await line.closed())
    t.same(
      all.map(({ headers }) => headers['connection']),
      ['keep-alive', 'keep-alive', 'keep-alive', 'close'],
    )
  }
  await stop
})

t.test('idle connections stay open while requests arrive on others', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 10_000 })
  const busy = await Promise.all(Array.from({ length: 4 }, () => dial(t, server)))
  const idle = await dial(t, server)
  for (const line of [...busy, idle]) line.send(get)
  for (const line of [...busy, idle]) await line.expect(/hello$/)
  const stop = server.stop()
  for (const line of busy) {
    await sleep(250)
    line.send(get)
  }
  await sleep(100)
  idle.send(get)
  t.equal(answers(await idle.closed()).length, 2, 'a second after the stop')
  await stop
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
