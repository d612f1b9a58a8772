import t from 'tap'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { telemetryTo } from '../../../../../lib/adapters/node.js'
import { ConnRecord } from '../../../../../lib/conn/record.js'
import { headerList } from '../../../../../lib/http/headers.js'
import {
  attempt,
  endpoint,
  json,
  pipe,
  pipeline,
  plugError,
  putRespContentType,
  putRespCookie,
  putRespHeader,
  registerBeforeSend,
  stream,
  type Conn,
} from '../../../../../lib/index.js'
import { answers, ask, dial, headText, rejections, start, until, type Started } from '../support.js'

const get = headText('GET /')
const last = headText('GET /', 'Connection: close')
type Piece = string | Uint8Array
type Chunks = AsyncIterable<Piece>
const raises = (cause: unknown): never => {
  throw cause
}

/** A plug that streams what a function generates anew for each request. */
const streams = (generate: (conn: Conn) => Chunks) => (conn: Conn) => stream(200, generate(conn))(conn)

t.test('chunks are sent one by one, without a length', async t => {
  const server = await start(
    t,
    streams(async function* () {
      yield 'naïve '
      yield ''
      yield new Uint8Array(0)
      yield Buffer.from('bytes')
    }),
  )
  const line = await dial(t, server)
  line.send(get + last)
  const both = answers(await line.closed())
  t.match(both[0], { status: 200, headers: { 'transfer-encoding': 'chunked', connection: 'keep-alive' } })
  t.equal(Buffer.from(both[0]?.body ?? '', 'latin1').toString(), 'naïve bytes')
  t.equal(both[1]?.body, both[0]?.body)
  t.equal(both[0]?.headers['content-length'], undefined)
})

t.test('each chunk is sent immediately, the head with the first', async t => {
  let next: () => void = () => undefined
  const step = (): Promise<void> => new Promise(resolve => (next = resolve))
  const server = await start(
    t,
    streams(async function* () {
      await step()
      yield 'one'
      await step()
      yield 'two'
    }),
  )
  const line = await dial(t, server)
  line.send(get)
  await sleep(50)
  t.equal(line.text(), '', 'nothing before the first chunk')
  next()
  await line.expect(/one\r\n$/)
  next()
  await line.expect(/two\r\n0\r\n\r\n$/)
})

t.test('the head may be sent before the first chunk: by flushHeaders, or by an empty chunk', async t => {
  let next: () => void = () => undefined
  const step = (): Promise<void> => new Promise(resolve => (next = resolve))
  const chunks = async function* (first: readonly string[]) {
    yield* first
    await step()
    yield 'one'
  }
  const latin1 = putRespHeader('x-name', 'é')
  for (const plug of [
    (conn: Conn) => stream(200, chunks([]), { flushHeaders: true })(conn),
    (conn: Conn) => stream(200, chunks(['']))(conn),
  ]) {
    const line = await dial(t, await start(t, pipeline(latin1, plug)))
    line.send(get)
    await line.expect(/x-name: \xe9\r\n[^]*\r\n\r\n$/)
    next()
    await line.expect(/\r\n\r\n3\r\none\r\n0\r\n\r\n$/)
  }
})

t.test('HTTP/1.0 gets the chunks alone, and the connection ends', async t => {
  const server = await start(
    t,
    streams(async function* () {
      yield 'a'
      yield 'bc'
    }),
  )
  const line = await dial(t, server)
  line.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  const [answer] = answers(await line.closed())
  t.match(answer, { body: 'abc', headers: { connection: 'close' } })
  t.equal(answer?.headers['transfer-encoding'], undefined)
})

t.test('an app that knows the length may say so', async t => {
  const sized = (length: string, ...pieces: Piece[]) =>
    pipeline(
      putRespHeader('content-length', length),
      streams(async function* () {
        yield* pieces
      }),
    )
  const server = await start(t, sized('5', 'he', 'llo'))
  const line = await dial(t, server)
  line.send(get + last)
  const both = answers(await line.closed())
  t.match(both, [{ body: 'hello', headers: { 'content-length': '5' } }, { body: 'hello' }])
  t.equal(both[0]?.headers['transfer-encoding'], undefined)
  const odd = await start(t, sized('five', 'hello'))
  t.match(await ask(t, odd, get, /0\r\n\r\n$/), {
    headers: { 'transfer-encoding': 'chunked' },
    body: 'hello',
  })
})

t.test('a stream that is not as long as declared closes the connection', async t => {
  let returned = 0
  const sized = (length: string, ...pieces: Piece[]) =>
    pipeline(
      putRespHeader('content-length', length),
      streams(async function* () {
        try {
          yield* pieces
        } finally {
          returned++
        }
      }),
    )
  const long = await start(t, sized('5', 'hello', ' world'))
  const line = await dial(t, long)
  line.send(get)
  const text = await line.closed()
  t.notMatch(text, /world/)
  t.match(long.bugs, [{ message: 'stream: the stream is longer than its content-length of 5 bytes' }])
  const short = await start(t, sized('5', 'hell'))
  await t.rejects(request(short.url).then(({ body }) => body.text()))
  t.match(short.bugs, [{ message: 'stream: the content-length is 5 bytes, and the stream ended after 4' }])
  t.equal(returned, 2)
  for (const early of [sized('5', 'hello world'), sized('5')]) {
    const server = await start(t, early)
    t.match(
      await ask(t, server, get, /\n$/),
      { status: 500, body: 'Internal Server Error\n' },
      'before the head',
    )
    t.match(server.bugs, [{ name: 'RangeError' }])
  }
})

t.test(
  'a stream that fails closes the connection, so that the client does not take a part for the whole',
  async t => {
    const oops = new Error('oops')
    const failing = streams(async function* () {
      yield 'begun'
      await sleep(10)
      throw oops
    })
    const server = await start(t, failing)
    await t.rejects(request(server.url).then(({ body }) => body.text()))
    t.same(server.bugs, [oops])
    const old = await dial(t, server)
    old.send('GET / HTTP/1.0\r\n\r\n')
    await until(() => old.failure() === 'ECONNRESET', 'where only the end marks the end, it is a reset')
    t.pass('the client sees that something is missing')
  },
)

t.test('a stream that cannot be iterated is a 500', async t => {
  const oops = new Error('oops')
  const noIterator = await start(
    t,
    streams(() => ({
      [Symbol.asyncIterator]: () => {
        throw oops
      },
    })),
  )
  t.equal((await ask(t, noIterator, get)).status, 500)
  t.same(noIterator.bugs, [oops])
})

t.test('a chunk is a string or bytes', async t => {
  for (const piece of [7, null, undefined, {}, ['a']]) {
    const server = await start(
      t,
      streams(async function* () {
        yield 'begun'
        yield piece as unknown as string
      }),
    )
    const line = await dial(t, server)
    line.send(get)
    t.notMatch(await line.closed(), /0\r\n\r\n$/)
    t.match(server.bugs, [{ message: /^stream: each chunk must be a string or a Uint8Array, got \w+$/ }])
  }
})

t.test('a slow reader holds the producer back', async t => {
  let produced = 0
  const server = await start(
    t,
    streams(async function* () {
      for (let i = 0; i < 300; i++) {
        produced++
        yield Buffer.alloc(100_000)
      }
    }),
  )
  const line = await dial(t, server)
  line.socket.pause()
  line.send(last)
  let held = -1
  while (produced !== held) {
    held = produced
    await sleep(300)
  }
  t.ok(held > 0 && held < 250, `${held} of 300 pieces were made`)
  line.socket.resume()
  const [answer] = answers(await line.closed())
  t.equal(answer?.body.length, 30_000_000)
  t.equal(produced, 300)
})

t.test('when the client leaves, the source is closed', async t => {
  let returned = 0
  const ticking = streams(async function* () {
    try {
      for (;;) yield await sleep(5, 'tick ')
    } finally {
      returned++
    }
  })
  const full = streams(async function* () {
    try {
      for (;;) yield Buffer.alloc(1_000_000)
    } finally {
      returned++
    }
  })
  for (const app of [ticking, full]) {
    returned = 0
    const server = await start(t, app)
    for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const line = await dial(t, server)
      line.send(get)
      await line.expect(/\r\n\r\n/)
      line.socket[leave]()
    }
    await until(() => returned === 3)
    t.same(server.bugs, [])
  }
})

t.test('a source that waits is closed as well', async t => {
  let aborted = false
  let returned = false
  let asked = false
  const waiting = (flushHeaders: boolean) => (conn: Conn) =>
    stream(
      200,
      {
        [Symbol.asyncIterator]: () => ({
          next: () =>
            new Promise((_, reject) => {
              asked = true
              conn.signal.addEventListener('abort', () => {
                aborted = true
                reject(conn.signal.reason)
              })
            }),
          return: () => {
            returned = true
            return Promise.resolve({ done: true, value: undefined })
          },
        }),
      },
      { flushHeaders },
    )(conn)
  const servers: Started[] = []
  for (const flushHeaders of [true, false]) {
    aborted = returned = asked = false
    const server = await start(t, waiting(flushHeaders))
    servers.push(server)
    const line = await dial(t, server)
    line.send(get)
    if (flushHeaders) await line.expect(/\r\n\r\n/)
    await until(() => asked)
    line.socket.destroy()
    await until(() => aborted && returned, `with flushHeaders ${flushHeaders}`)
    const node = new Readable({ read: () => void (asked = true) })
    const silent = await start(t, stream(200, node, { flushHeaders }))
    servers.push(silent)
    const second = await dial(t, silent)
    asked = false
    second.send(get)
    await until(() => asked)
    second.socket.destroy()
    await until(() => node.destroyed)
  }
  let cancelled = false
  const web = new ReadableStream<Uint8Array>({
    pull: async controller => controller.enqueue(await sleep(5, Buffer.from('tick '))),
    cancel: () => void (cancelled = true),
  })
  const ticking = await start(t, stream(200, web))
  const third = await dial(t, ticking)
  third.send(get)
  await third.expect(/tick/)
  third.socket.destroy()
  await until(() => cancelled)
  t.same([...servers, ticking].map(({ bugs }) => bugs).flat(), [])
})

t.test('a source that cannot be closed is a bug', async t => {
  const oops = new Error('oops')
  const server = await start(
    t,
    streams(async function* () {
      try {
        for (;;) yield await sleep(5, 'tick ')
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw oops
      }
    }),
  )
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/tick/)
  line.socket.destroy()
  await until(() => server.bugs.length > 0)
  t.same(server.bugs, [oops])
})

t.test('a response that is queued after another one is closed too when the client leaves', async t => {
  let returned = false
  let begun = false
  const app = (conn: Conn) =>
    conn.path === '/first'
      ? attempt(() => sleep(60_000, conn, { signal: conn.signal }))
      : streams(async function* () {
          try {
            begun = true
            for (;;) yield Buffer.alloc(100_000)
          } finally {
            returned = true
          }
        })(conn)
  const server = await start(t, app)
  const line = await dial(t, server)
  line.send(headText('GET /first') + headText('GET /second'))
  await until(() => begun)
  line.socket.destroy()
  await until(() => returned)
  t.same(server.bugs, [], 'the first stopped as its signal told it to')
})

/** A stream that fails before its first chunk. */
const failsFirst = (failure: unknown): Chunks => ({
  // oxlint-disable-next-line require-yield
  async *[Symbol.asyncIterator]() {
    await sleep(1)
    throw failure
  },
})

t.test('a failure before the first chunk is a response, as the app renders failures', async t => {
  const told: string[] = []
  let hooked = 0
  const telemetry = telemetryTo(event => {
    if (event.name === 'plugboard.error_rendered')
      told.push(`${event.metadata.status} ${event.metadata.error._tag}`)
  })
  const oops = new Error('oops')
  const app = endpoint(
    { telemetry, renderErrors: error => conn => json({ oops: error.message })(conn) },
    pipeline(
      putRespHeader('access-control-allow-origin', '*'),
      registerBeforeSend((conn: Conn) => (hooked++, conn)),
      putRespCookie('seen', '1'),
      (conn: Conn) => {
        const failure = conn.path === '/gone' ? plugError(410, 'Gone', 'it is gone') : oops
        return pipe(
          conn,
          putRespContentType('text/csv'),
          putRespHeader('content-disposition', 'attachment'),
          stream(200, failsFirst(failure)),
        )
      },
    ),
  )
  const server = await start(t, app)
  const line = await dial(t, server)
  line.send(headText('GET /gone') + headText('GET /bug', 'Connection: close'))
  const both = answers(await line.closed())
  for (const { headers } of both) {
    t.match(headers, {
      'access-control-allow-origin': '*',
      'content-type': 'application/json; charset=utf-8',
      'set-cookie': /^seen=1/,
    })
    t.equal(headers['content-disposition'], undefined)
  }
  t.match(both, [
    { status: 410, body: '{"oops":"it is gone"}', headers: { connection: 'keep-alive' } },
    { status: 500, body: '{"oops":"Internal Server Error"}' },
  ])
  t.same(told, ['410 AppError', '500 Exception'])
  t.same(server.bugs, [oops], 'an expected failure is not a bug')
  t.equal(hooked, 2, 'hooks run once for each request')
})

t.test('every form of a failure before the first chunk', async t => {
  const missing = (): Chunks => createReadStream('/no/such/file')
  const web = (): Chunks => new ReadableStream({ start: controller => controller.error(new Error('web')) })
  const throwing: Chunks = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        throw raised
      },
    }),
  }
  const raised = plugError(418, 'Teapot', 'short and stout')
  const forms: Readonly<Record<string, readonly [status: number, chunks: () => Chunks]>> = {
    'a Node stream': [500, missing],
    'a web stream': [500, web],
    'next throws': [418, () => throwing],
    'a destroyed stream': [500, () => new Readable().destroy(new Error('destroyed'))],
    'an error with plugStatus': [403, () => failsFirst(Object.assign(new Error('no'), { plugStatus: 403 }))],
    'a chunk of another type': [500, () => Readable.from([7])],
    undefined: [500, () => failsFirst(undefined)],
  }
  for (const [name, [status, chunks]] of Object.entries(forms)) {
    const server = await start(t, (conn: Conn) => stream(200, chunks())(conn))
    const line = await dial(t, server)
    line.send(get + last)
    t.match(answers(await line.closed()), [{ status }, { status, headers: { connection: 'close' } }], name)
    if (status === 500) t.equal(server.bugs.length, 2, name)
    else t.same(server.bugs, [], name)
  }
})

t.test('with flushHeaders, a failure before the first chunk closes the connection', async t => {
  const oops = new Error('oops')
  const server = await start(t, stream(200, failsFirst(oops), { flushHeaders: true }))
  const line = await dial(t, server)
  line.send(get)
  const text = await line.closed()
  t.match(text, /^HTTP\/1.1 200/)
  t.notMatch(text, /0\r\n\r\n$/)
  t.same(server.bugs, [oops])
})

t.test('an empty stream is an empty body with a length', async t => {
  const server = await start(
    t,
    streams(async function* () {}),
  )
  const line = await dial(t, server)
  line.send(get + last)
  const empty = { status: 200, body: '', headers: { 'content-length': '0' } }
  t.match(answers(await line.closed()), [empty, empty])
  const old = await dial(t, server)
  old.send('GET / HTTP/1.0\r\n\r\n')
  t.match(answers(await old.closed()), [empty])
  const flushed = await start(t, (conn: Conn) => stream(200, Readable.from([]), { flushHeaders: true })(conn))
  t.match(await ask(t, flushed, get, /0\r\n\r\n$/), { headers: { 'transfer-encoding': 'chunked' }, body: '' })
})

t.test('a stream without a body to send is not started, and what it holds is released', async t => {
  const crashes: unknown[] = []
  const onCrash = (cause: unknown): void => void crashes.push(cause)
  process.on('uncaughtException', onCrash)
  t.teardown(() => void process.off('uncaughtException', onCrash))
  const oops = new Error('oops')
  const destroying = { ...failsFirst(oops), destroy: () => raises(oops) }
  const canceling = { ...failsFirst(oops), cancel: () => raises(oops) }
  const rejecting = { ...failsFirst(oops), cancel: () => Promise.reject(oops) }
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
    ['GET', 205],
  ] as const) {
    let open: Readable | undefined
    const sources: readonly (readonly [bugs: readonly Error[], chunks: () => Chunks])[] = [
      [[], () => createReadStream('/no/such/file')],
      [[], () => (open = createReadStream(new URL(import.meta.url)))],
      [[], () => failsFirst(oops)],
      [[oops], () => destroying],
      [[oops], () => canceling],
      [[oops], () => rejecting],
    ]
    for (const [bugs, chunks] of sources)
      for (const flushHeaders of [true, false]) {
        const server = await start(t, (conn: Conn) => stream(status, chunks(), { flushHeaders })(conn))
        const sent = headText(`${method} /`, 'Connection: close')
        t.match(await ask(t, server, sent), { status, body: '' }, `${method} ${status}`)
        await until(() => server.bugs.length === bugs.length)
        t.same(server.bugs, bugs)
      }
    await until(() => open?.closed === true)
  }
  await sleep(20)
  t.same(crashes, [])
})

t.test('a head that cannot be written releases the stream', async t => {
  let returned = 0
  const bad = (conn: Conn) =>
    ConnRecord.resp(conn, conn.status, headerList([['x-bad', 'beyond → Latin-1']]), conn.respBody)
  const chunks = async function* () {
    try {
      yield 'one'
      yield 'two'
    } finally {
      returned++
    }
  }
  for (const flushHeaders of [true, false]) {
    const node = Readable.from(['a', 'b'])
    for (const body of [node, chunks()]) {
      const server = await start(t, pipeline(bad, stream(200, body, { flushHeaders })))
      t.match(await ask(t, server, get), { status: 500 })
    }
    await until(() => node.destroyed)
  }
  t.equal(returned, 1, 'the one that had begun')
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
