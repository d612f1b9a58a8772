import t from 'tap'
import * as fc from 'fast-check'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import {
  attempt,
  endpoint,
  fail,
  fetchCookies,
  halt,
  html,
  json,
  pipeline,
  plugError,
  prependRespHeaders,
  putRespCookie,
  putRespHeader,
  putStatus,
  redirect,
  registerBeforeSend,
  resp,
  sendFile,
  stream,
  text,
  type Conn,
  type Responded,
} from '../../../../../lib/index.js'
import { ConnRecord } from '../../../../../lib/conn/record.js'
import { headerList } from '../../../../../lib/http/headers.js'
import { answers, ask, dial, headText, rejections, start, until, type Answer } from '../support.js'

const here = import.meta.filename
const get = headText('GET /')
const last = headText('GET /', 'Connection: close')

/** The whole answer to a request after which the connection ends. */
const answerOf = async (
  t: { teardown(work: () => Promise<void>): void },
  app: Parameters<typeof start>[1],
  request = last,
): Promise<Answer> => {
  const line = await dial(t, await start(t, app))
  line.send(request)
  return answers(await line.closed(), [request.split(' ')[0] as string])[0] as Answer
}

t.test('text is sent as UTF-8, with its length in bytes', async t => {
  t.match(await answerOf(t, text('hello')), {
    status: 200,
    body: 'hello',
    headers: { 'content-length': '5' },
  })
  const { headers, body } = await answerOf(t, html('<p>naïve – 🎉</p>'))
  t.equal(Buffer.from(body, 'latin1').toString(), '<p>naïve – 🎉</p>')
  t.match(headers, { 'content-length': '22', 'content-type': 'text/html; charset=utf-8' })
  t.match(await answerOf(t, text('')), { status: 200, body: '', headers: { 'content-length': '0' } })
  t.match(await answerOf(t, putStatus(201)), { status: 201, body: '', headers: { 'content-length': '0' } })
})

t.test('bytes are sent as they are', async t => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  const { headers, body } = await answerOf(t, resp(200, bytes))
  t.same(Buffer.from(body, 'latin1'), Buffer.from(bytes))
  t.equal(headers['content-length'], '256')
})

t.test('header values keep their Latin-1 bytes, whatever the body', async t => {
  const bodies = {
    ascii: text('a'),
    text: text('é →'),
    bytes: resp(200, Buffer.from('a')),
    none: resp(204, ''),
  }
  for (const [name, body] of Object.entries(bodies)) {
    const { headers } = await answerOf(t, pipeline(putRespHeader('x-name', 'naïve'), body))
    t.equal(headers['x-name'], 'naïve', name)
  }
})

t.test('a response is the same, whether its connection is kept or ends with it', async t => {
  const character = fc.integer({ min: 0x20, max: 0xff }).filter(c => c !== 0x7f)
  const value = fc.string({ unit: character.map(c => String.fromCharCode(c)) })
  const header = fc.tuple(fc.constantFrom('x-a', 'x-b', 'vary', 'content-length'), value)
  const special = fc.constantFrom(
    ['connection', 'keep-alive'] as const,
    ['connection', 'close'] as const,
    ['date', 'Sun, 06 Nov 1994 08:49:37 GMT'] as const,
    ['keep-alive', 'timeout=9'] as const,
    ['transfer-encoding', 'chunked'] as const,
  )
  const cookie = fc.constantFrom(
    putRespCookie('a', 'b'),
    putRespCookie('c', 'é', { sameSite: 'Lax', maxAge: 60 }),
  )
  let plug: (conn: Conn) => Conn = conn => conn
  const server = await start(t, conn => plug(conn) as Conn & Responded)
  /** What of an answer does not depend on its connection, or on when it was given. */
  const lasting = ({ status, headers, body }: Answer) => {
    const { connection: _c, 'keep-alive': _k, date, ...rest } = headers
    return { status, body, date: date === undefined ? undefined : date.length, headers: { ...rest } }
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 8, arbitrary: header }, { weight: 1, arbitrary: special }), {
        maxLength: 4,
      }),
      fc.array(cookie, { maxLength: 2 }),
      fc.constantFrom(200, 201, 204, 205, 299, 304, 404, 500, 599),
      fc.constantFrom('GET', 'GET', 'HEAD'),
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        fc.integer({ min: 16_000, max: 17_000 }).map(n => 'é'.repeat(n / 2)),
        fc.integer({ min: 16_000, max: 17_000 }).map(n => 'a'.repeat(n)),
      ),
      async (headers, cookies, status, method, body) => {
        plug = conn =>
          cookies.reduce(
            (conn, put) => put(conn),
            resp(status, body)(prependRespHeaders(headers)(conn)) as Conn,
          )
        const line = await dial(t, server)
        line.send(headText(`${method} /`) + headText(`${method} /`, 'Connection: close'))
        const two = answers(await line.closed(), [method, method])
        line.socket.destroy()
        const bare = status === 204 || status === 304
        const none = bare || status === 205 || method === 'HEAD'
        const preset = headers.find(([name]) => name === 'content-length')?.[1] ?? ''
        const size = method === 'HEAD' && /^\d{1,15}$/.test(preset) ? Number(preset) : Buffer.byteLength(body)
        t.equal(two[0]?.headers['content-length'], bare ? undefined : status === 205 ? '0' : String(size))
        t.same(Buffer.from(two[0]?.body ?? '', 'latin1'), none ? Buffer.alloc(0) : Buffer.from(body))
        if (two.length === 1)
          t.ok(headers.some(([name, value]) => name === 'connection' && value === 'close'))
        else t.same(lasting(two[0] as Answer), lasting(two[1] as Answer))
      },
    ),
    { numRuns: 100 },
  )
  t.same(server.bugs, [])
})

t.test('a kept connection says so, and for how long', async t => {
  const kept = await start(t, text('hello'))
  t.match((await ask(t, kept, get, /hello$/)).headers, {
    connection: 'keep-alive',
    'keep-alive': 'timeout=5',
    date: /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
  })
  const forever = await start(t, text('hello'), { keepAliveTimeout: 0 })
  const { headers } = await ask(t, forever, get, /hello$/)
  t.equal(headers['connection'], 'keep-alive')
  t.equal(headers['keep-alive'], undefined)
})

t.test('the date is that of the second', async t => {
  const server = await start(t, text('hello'))
  const line = await dial(t, server)
  const before = Date.now()
  line.send(get)
  await line.expect(/hello$/)
  await sleep(1_100)
  line.send(last)
  const [one, two] = answers(await line.closed()).map(({ headers }) => Date.parse(headers['date'] as string))
  t.ok((one as number) >= before - 1_000 && (one as number) <= Date.now())
  t.ok((two as number) > (one as number))
  line.socket.destroy()
})

t.test('a long body is sent whole', async t => {
  const long = 'é'.repeat(1_500_000)
  const { body } = await answerOf(t, text(long))
  t.equal(Buffer.from(body, 'latin1').toString(), long)
  t.equal((await answerOf(t, resp(200, Buffer.alloc(3_000_000, 'a')))).body, 'a'.repeat(3_000_000))
})

t.test('a client that takes nothing of a long body is cut off', async t => {
  for (const app of [text('x'.repeat(30_000_000)), stream(200, { [Symbol.asyncIterator]: endless })]) {
    const server = await start(t, app, { sendTimeout: 200 })
    const line = await dial(t, server)
    line.socket.pause()
    line.send(get)
    await sleep(1_000)
    line.socket.resume()
    const all = await line.closed()
    t.ok(all.length < 30_000_000)
    t.same(server.bugs, [])
  }
})

async function* endless() {
  for (;;) yield Buffer.alloc(100_000)
}

t.test('a client that takes a long body slowly gets it', async t => {
  const server = await start(t, text('x'.repeat(3_000_000)), { sendTimeout: 2_000 })
  const line = await dial(t, server)
  let taken = 0
  line.socket.on('data', (chunk: string) => {
    taken += chunk.length
    line.socket.pause()
    setTimeout(() => line.socket.resume(), 10)
  })
  line.send(last)
  await line.closed()
  t.ok(taken > 3_000_000)
})

t.test('the answer to HEAD is that to GET, without its body', async t => {
  const large = text('x'.repeat(100_000))
  const apps = {
    text: text('hello'),
    bytes: resp(200, Buffer.from('hello')),
    file: sendFile(200, here),
    large,
  }
  for (const [name, app] of Object.entries(apps)) {
    const server = await start(t, app)
    const full = await ask(t, server, get)
    const line = await dial(t, server)
    line.send(headText('HEAD /') + headText('HEAD /', 'Connection: close'))
    const heads = answers(await line.closed(), ['HEAD', 'HEAD'])
    t.equal(heads.length, 2, 'the connection goes on')
    t.match(heads[0], { status: 200, body: '' }, name)
    t.equal(heads[0]?.headers['content-length'], full.headers['content-length'], name)
  }
})

t.test('an app may say how long the answer to GET would be', async t => {
  const app = (body: string | Uint8Array) =>
    pipeline(putRespHeader('content-length', '1234'), resp(200, body))
  for (const body of ['', Buffer.alloc(0)]) {
    const { headers } = await answerOf(t, app(body), headText('HEAD /', 'Connection: close'))
    t.equal(headers['content-length'], '1234')
    const { headers: full } = await answerOf(t, app(body))
    t.equal(full['content-length'], '0', 'but not how long the body is that it sends')
  }
})

t.test('a method that a plug changed still is a HEAD request to the adapter', async t => {
  const rewritten = (conn: Conn) => text('hello')(ConnRecord.request(conn, { method: 'GET' }) as Conn)
  const line = await dial(t, await start(t, rewritten))
  line.send(headText('HEAD /', 'Connection: close'))
  t.match(answers(await line.closed(), ['GET']), [{ headers: { 'content-length': '5' }, body: '' }])
})

t.test('the stream of a HEAD request is not begun, and given up', async t => {
  const node = Readable.from(['a'])
  let cancelled = false
  const web = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) })
  const failing = new ReadableStream<Uint8Array>({
    cancel: () => {
      throw new Error('no')
    },
  })
  let begun = false
  async function* generator() {
    begun = true
    yield 'a'
  }
  for (const chunks of [node, web, failing, generator()]) {
    const { headers } = await answerOf(t, stream(200, chunks), headText('HEAD /', 'Connection: close'))
    t.equal(headers['content-length'], undefined)
    t.equal(headers['transfer-encoding'], undefined)
  }
  t.ok(node.destroyed)
  t.ok(cancelled)
  t.notOk(begun)
  const sized = pipeline(putRespHeader('content-length', '7'), stream(200, generator()))
  t.equal((await answerOf(t, sized, headText('HEAD /', 'Connection: close'))).headers['content-length'], '7')
})

t.test('204 and 304 have neither body nor content-length', async t => {
  const file = createReadStream(here)
  for (const status of [204, 304])
    for (const body of [resp(status, 'body'), sendFile(status, here), stream(status, file)]) {
      const app = pipeline(putRespHeader('content-length', '4'), putRespHeader('etag', '"a"'), body)
      const server = await start(t, app)
      const line = await dial(t, server)
      line.send(get + last)
      const both = answers(await line.closed())
      t.match(both, [{ status, body: '', headers: { etag: '"a"' } }, { status }], 'the connection goes on')
      t.equal(both[0]?.headers['content-length'], undefined)
      t.equal(both[0]?.headers['transfer-encoding'], undefined)
    }
  t.ok(file.destroyed)
})

t.test('205 has an empty body', async t => {
  const answer = await answerOf(t, resp(205, 'body'))
  t.match(answer, { status: 205, body: '', headers: { 'content-length': '0' } })
})

t.test('a status that is not final is a bug', async t => {
  for (const status of [100, 101, 103, 199]) {
    const server = await start(t, resp(status, 'body'))
    t.equal((await ask(t, server, get)).status, 500)
    t.match(server.bugs, [{ message: `the status of a response must be 200 to 999, got ${status}` }])
  }
})

t.test('a status without a name is sent', async t => {
  t.match(await answerOf(t, resp(299, 'fine')), { status: 299, body: 'fine' })
  t.match(await answerOf(t, resp(999, 'odd')), { status: 999, body: 'odd' })
})

t.test('every cookie has a line of its own', async t => {
  const app = pipeline(
    putRespCookie('a', '1'),
    putRespCookie('b', '2', { maxAge: 10 }),
    prependRespHeaders([['set-cookie', 'c=3']]),
    text(''),
  )
  const lines = (await answerOf(t, app)).headers['set-cookie']?.split('\n') ?? []
  t.equal(lines.length, 3)
  t.match(lines[0], /^c=3$/)
  t.match(lines[1], /^a=1; path=\/; HttpOnly$/)
  t.match(lines[2], /^b=2; path=\/; expires=.* GMT; max-age=10; HttpOnly$/)
})

t.test('cookies beyond ASCII are UTF-8 on the wire, in and out, however a response is written', async t => {
  const pieces = async function* () {
    yield 'é'
    yield 'ü'
  }
  const bodies: Readonly<Record<string, (c: Conn) => unknown>> = {
    'a short text': text('ok'),
    'a text beyond Latin-1': text('日本'),
    'a long text': text('x'.repeat(100_000)),
    'a long text beyond ASCII': text('é'.repeat(100_000)),
    bytes: resp(200, new Uint8Array(70_000)),
    nothing: resp(204, ''),
    'a stream': stream(200, pieces()),
    'a file': sendFile(200, here),
  }
  const bytes = Buffer.from('日本é').toString('latin1')
  for (const [kind, body] of Object.entries(bodies)) {
    const app = (c: Conn) => {
      const value = fetchCookies(c).cookies['in'] as string
      return body(putRespCookie('out', value === '日本é' ? value : 'misread')(c)) as Conn & Responded
    }
    for (const more of [['Connection: close'], []]) {
      const line = await dial(t, await start(t, app))
      line.send(headText('GET /', `Cookie: a=1; in=${bytes}`, ...more))
      const sent = await line.expect(/\r\n\r\n/)
      t.match(sent.match(/set-cookie: (.*)\r\n/i)?.[1], `out=${bytes}; path=/; HttpOnly`, kind)
      line.socket.destroy()
    }
  }
})

t.test('how the body is framed is the adapter’s to say', async t => {
  const framed = prependRespHeaders([
    ['content-length', '2'],
    ['transfer-encoding', 'gzip, chunked'],
  ])
  const server = await start(t, pipeline(framed, text('hello')))
  const line = await dial(t, server)
  line.send(get + last)
  const both = answers(await line.closed())
  t.match(both, [
    { body: 'hello', headers: { 'content-length': '5' } },
    { body: 'hello', headers: { 'content-length': '5' } },
  ])
  t.equal(both[0]?.headers['transfer-encoding'], undefined)
})

t.test('redirects and halted conns are sent', async t => {
  t.match(await answerOf(t, redirect('/there')), { status: 302, headers: { location: '/there' } })
  t.match(await answerOf(t, pipeline(text('stop'), halt, text('no'))), { body: 'stop' })
})

t.test('bugs are told, and shown to nobody else', async t => {
  const oops = new Error('the password is hunter2')
  const apps = {
    thrown: (): never => {
      throw oops
    },
    rejected: () => attempt(() => Promise.reject(oops)),
    beneath: (conn: Conn) => fail(conn, plugError(503, 'Down', 'try later', { cause: oops })),
  }
  for (const [name, app] of Object.entries(apps)) {
    const server = await start(t, app as never)
    const { status, body } = await ask(t, server, get, /\n$/)
    t.equal(status, name === 'beneath' ? 503 : 500)
    t.notMatch(body, /hunter2/)
    t.same(server.bugs, [oops], name)
  }
  const silent = await start(t, conn => fail(conn, plugError(503, 'Closed', 'back at nine')))
  t.equal((await ask(t, silent, get)).status, 503)
  t.same(silent.bugs, [], 'what the app expects is none')
  const unanswered = await start(t, conn => conn)
  t.equal((await ask(t, unanswered, get)).status, 500)
  t.match(unanswered.bugs, [{ message: /the app ended without a response/ }])
})

t.test('the conn of a bug is told with it', async t => {
  let path: string | undefined
  const onError = (_: unknown, conn: Conn | undefined): void => void (path = String(conn?.path))
  const server = await start(t, () => Promise.reject(new Error('oops')) as never, { onError })
  t.equal((await ask(t, server, headText('GET /where'))).status, 500)
  t.equal(path, '/where')
})

t.test('a response that cannot be written is replaced', async t => {
  const odd = (conn: Conn) => ConnRecord.resp(conn, 200, conn.respHeaders, 7 as never) as Conn as Responded
  const app = endpoint({ renderErrors: error => conn => json({ oops: error.status })(conn) }, odd)
  let hooked = 0
  const counted = registerBeforeSend((conn: Conn) => (hooked++, conn))
  const server = await start(
    t,
    endpoint(
      { renderErrors: error => conn => json({ oops: error.status })(conn) },
      pipeline(counted, putRespHeader('x-kept', 'yes'), app),
    ),
  )
  const { status, body, headers } = await ask(t, server, get, /}$/)
  t.equal(status, 500)
  t.same(JSON.parse(body), { oops: 500 }, 'as the app renders failures')
  t.match(headers, { 'x-kept': 'yes', 'content-type': 'application/json; charset=utf-8' })
  t.equal(hooked, 1, 'hooks run once')
  t.equal(server.bugs.length, 1)
})

t.test('the replacement may take its time', async t => {
  const slow = () => (conn: Conn) => attempt(() => sleep(10, text('sorry')(conn)))
  const odd = (conn: Conn) => ConnRecord.resp(conn, 200, conn.respHeaders, 7 as never) as Conn as Responded
  const server = await start(t, endpoint({ renderErrors: slow }, odd))
  t.match(await ask(t, server, get, /sorry$/), { status: 500, body: 'sorry' })
})

t.test('a response that cannot be written at all is a bare 500', async t => {
  const bad = (conn: Conn) =>
    ConnRecord.resp(conn, conn.status, headerList([['x-bad', 'beyond → Latin-1']]), conn.respBody) as Conn
  const bodies = [text('hello'), sendFile(200, here), stream(200, Readable.from(['a'])), resp(204, '')]
  for (const body of bodies) {
    const server = await start(t, pipeline(bad, body))
    const line = await dial(t, server)
    line.send(get + last)
    const both = answers(await line.closed())
    t.match(both, [
      { status: 500, body: 'Internal Server Error\n' },
      { status: 500, headers: { connection: 'close' } },
    ])
    t.equal(both[0]?.headers['x-bad'], undefined)
    t.match(line.text(), /^HTTP\/1\.1 500 Internal Server Error\r\n/)
    t.equal(server.bugs.length, 4, 'each failure is told')
  }
})

t.test('an answer that comes after the client has gone is written nowhere', async t => {
  const made: Readable[] = []
  const streams = (conn: Conn) => {
    const made1 = Readable.from(['a'])
    made.push(made1)
    return stream(200, made1)(conn)
  }
  const finals = [text('late'), sendFile(200, here), streams]
  for (const final of finals) {
    let asked = false
    let done = false
    const server = await start(t, conn => {
      asked = true
      return attempt(async () => {
        await sleep(50)
        done = true
        return final(conn)
      })
    })
    const line = await dial(t, server)
    line.send(get)
    await until(() => asked)
    line.socket.destroy()
    await until(() => done)
    await sleep(20)
    t.same(server.bugs, [])
    t.match(await ask(t, server, get), { status: 200 }, 'the server lives')
  }
  t.ok(made.length === 2 && made.every(({ destroyed }) => destroyed), 'what it would have sent is released')
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
