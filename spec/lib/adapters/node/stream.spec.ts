import t from 'tap'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { attempt, pipeline, putRespHeader, stream, type Conn } from '../../../../lib/index.js'
import { answers, ask, dial, headText, rejections, start, until } from './support.js'

const get = headText('GET /')
const last = headText('GET /', 'Connection: close')
type Piece = string | Uint8Array

/** A plug that streams what a function generates anew for each request. */
const streams = (generate: (conn: Conn) => AsyncIterable<Piece>) => (conn: Conn) =>
  stream(200, generate(conn))(conn)

t.test('pieces are sent one by one, without a length', async t => {
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

t.test('the head and each piece are sent at once', async t => {
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
  await line.expect(/\r\n\r\n$/)
  next()
  await line.expect(/one\r\n$/)
  next()
  await line.expect(/two\r\n0\r\n\r\n$/)
})

t.test('HTTP/1.0 gets the pieces alone, and the connection ends', async t => {
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

t.test('a stream that is not as long as was said cuts the connection', async t => {
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
  t.match(long.bugs, [{ message: 'the stream is longer than its content-length of 5 bytes' }])
  const short = await start(t, sized('5', 'hell'))
  await t.rejects(request(short.url).then(({ body }) => body.text()))
  t.match(short.bugs, [{ message: 'the stream gave 4 bytes, and its content-length is 5' }])
  t.equal(returned, 2)
})

t.test('a stream that fails cuts the connection, so that no part passes for the whole', async t => {
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
})

t.test('a stream that fails at once, or is none, is a bug too', async t => {
  const oops = new Error('oops')
  const atOnce = await start(
    t,
    // oxlint-disable-next-line require-yield
    streams(async function* () {
      throw oops
    }),
  )
  const line = await dial(t, atOnce)
  line.send(get)
  await line.closed()
  t.same(atOnce.bugs, [oops])
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

t.test('a piece is text or bytes', async t => {
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
    t.match(server.bugs, [{ message: /^a piece of a stream must be a string or a Uint8Array/ }])
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

t.test('when the client leaves, the source is given back', async t => {
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

t.test('a source that waits is given back as well', async t => {
  let aborted = false
  let returned = false
  const waiting = (conn: Conn) =>
    stream(200, {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((_, reject) =>
            conn.signal.addEventListener('abort', () => {
              aborted = true
              reject(conn.signal.reason)
            }),
          ),
        return: () => {
          returned = true
          return Promise.resolve({ done: true, value: undefined })
        },
      }),
    })(conn)
  const server = await start(t, waiting)
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/\r\n\r\n/)
  line.socket.destroy()
  await until(() => aborted && returned)
  const node = new Readable({ read: () => undefined })
  const silent = await start(t, stream(200, node))
  const second = await dial(t, silent)
  second.send(get)
  await second.expect(/\r\n\r\n/)
  second.socket.destroy()
  await until(() => node.destroyed)
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
  t.same([...server.bugs, ...silent.bugs, ...ticking.bugs], [])
})

t.test('a source that cannot be given back is a bug', async t => {
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

t.test('a response that waits behind another is given back too when the client leaves', async t => {
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

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
