// Requests that a client sends before it has the responses to those before them.
import t from 'tap'
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  attempt,
  pipe,
  putRespHeader,
  resp,
  sendFile,
  stream,
  text,
  type Conn,
} from '../../../../../lib/index.js'
import { answers, dial, headText, readWhole, rejections, silence, start, until } from '../support.js'

/** Requests of `/0`, `/1` and so on. */
const many = (count: number): string =>
  Array.from({ length: count }, (_, i) => headText(`GET /${i}`)).join('')
const paths = (count: number): string[] => Array.from({ length: count }, (_, i) => `/${i}`)

t.test('no more than maxPendingRequests of a connection run at a time', async t => {
  const opened: (() => void)[] = []
  let running = 0
  let most = 0
  const server = await start(
    t,
    conn =>
      attempt(async () => {
        most = Math.max(most, ++running)
        await new Promise<void>(open => opened.push(open))
        running--
        return text(conn.path)(conn)
      }),
    { maxPendingRequests: 3 },
  )
  const line = await dial(t, server)
  line.send(many(10))
  await until(() => opened.length === 3)
  await sleep(30)
  t.equal(opened.length, 3, 'the fourth is not run')
  // a response that waits for those before it is pending, too
  opened[1]?.()
  opened[2]?.()
  await sleep(30)
  t.equal(opened.length, 3)
  opened[0]?.()
  for (let i = 3; i < 10; i++) {
    await until(() => opened.length > i)
    opened[i]?.()
  }
  await until(() => answers(line.text()).length === 10)
  t.same(
    answers(line.text()).map(answer => answer.body),
    paths(10),
  )
  t.equal(most, 3)
  line.send(headText('GET /again'))
  await until(() => opened.length === 11)
  opened[10]?.()
  await line.expect(/\/again$/)
})

t.test('of one connection, the requests are answered in order, whatever each takes', async t => {
  const app = (conn: Conn) => {
    const i = Number(conn.path.slice(1))
    if (i % 5 === 1) return attempt(() => sleep(i % 4, text(conn.path)(conn)))
    if (i % 5 === 2) return stream(200, [Buffer.from(conn.path)].values() as never)(conn)
    if (i % 5 === 3) return readWhole()(conn)
    return text(conn.path)(conn)
  }
  for (const maxPendingRequests of [1, 2, 8, 1_024]) {
    const server = await start(t, app, { maxPendingRequests })
    const line = await dial(t, server)
    const sent = paths(300).map((path, i) =>
      i % 5 === 3
        ? `${headText(`POST ${path}`, `Content-Length: ${path.length}`)}${path}`
        : headText(`GET ${path}`),
    )
    line.send(sent.join(''))
    await until(() => answers(line.text()).length === 300)
    t.same(
      answers(line.text())
        .map(answer => (answer.status === 200 ? answer.body : ''))
        .filter((_, i) => i % 5 !== 2),
      paths(300).filter((_, i) => i % 5 !== 2),
      `${maxPendingRequests}`,
    )
  }
})

t.test('a connection with held requests is not read', async t => {
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => (open = resolve))
  let ran = 0
  const server = await start(t, conn => attempt(() => opened.then(() => text(conn.path)((ran++, conn)))))
  const line = await dial(t, server)
  // more than the buffers of both systems hold
  const request = headText('GET /', `X-Fill: ${'x'.repeat(8_000)}`)
  for (let i = 0; i < 4_000; i++) line.send(request)
  await sleep(200)
  t.ok(line.socket.writableLength > 10_000_000, `${line.socket.writableLength} bytes are not taken`)
  open()
  await until(() => ran === 4_000 && line.text().match(/HTTP\/1\.1 200/g)?.length === 4_000)
})

t.test('a client that reads slowly does not make the server read on', async t => {
  let parsed = 0
  const count = (): void => void parsed++
  subscribe('http.server.request.start', count)
  t.teardown(() => void unsubscribe('http.server.request.start', count))
  const server = await start(t, text('x'.repeat(20_000)))
  const line = await dial(t, server)
  line.socket.pause()
  line.send(headText('GET /').repeat(50_000))
  // Node resumes the socket each time when a response is sent
  for (let i = 0; i < 40; i++) {
    line.socket.resume()
    await sleep(2)
    line.socket.pause()
    await sleep(2)
  }
  // one packet holds 64 kB
  const answered = line.text().length / 20_000
  t.ok(answered > 10 && answered < 20_000, `${answered} are answered`)
  t.ok(parsed < answered + 6_000, `${parsed} are parsed when ${answered} are answered`)
})

t.test('with maxPendingBytes of unsent responses, no further request runs', async t => {
  const body = Buffer.alloc(4_000_000, 'x')
  const check = async (app: (conn: Conn) => unknown): Promise<void> => {
    let ran = 0
    const server = await start(t, ((conn: Conn) => app((ran++, conn))) as never, {
      maxPendingBytes: 2_000_000,
    })
    const line = await dial(t, server)
    line.socket.pause()
    line.send(many(8))
    await until(() => ran > 1)
    await sleep(100)
    t.ok(ran <= 4, `${ran} have run`)
    line.socket.resume()
    await until(() => line.text().length > 7 * body.length)
    t.same(
      answers(await silence(line)).map(answer => answer.body.length),
      paths(8).map((_, i) => (i === 0 ? 5 : body.length)),
    )
    t.equal(ran, 8)
  }
  const app = (conn: Conn) => (conn.path === '/0' ? text('first')(conn) : resp(200, body)(conn))
  await check(app)
  // short responses that are ready within one millisecond are collected before they are sent
  const { now } = Date
  t.teardown(() => void (Date.now = now))
  Date.now = () => 1_800_000_000_000
  await check(app)
})

t.test('a file is opened only when it is the turn of its response', async t => {
  const dir = t.testdir({ big: 'x'.repeat(1_000_000), small: 'small' })
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => (open = resolve))
  const server = await start(
    t,
    conn =>
      conn.path === '/0'
        ? attempt(() => opened.then(() => text('first')(conn)))
        : sendFile(200, join(dir, Number(conn.path.slice(1)) % 2 === 0 ? 'big' : 'small'))(conn),
    { maxPendingRequests: 100 },
  )
  const line = await dial(t, server)
  line.send(headText('GET /0'))
  await sleep(20)
  const before = process.platform === 'linux' ? descriptors() : 0
  line.send(many(60).slice(headText('GET /0').length))
  await sleep(50)
  if (process.platform === 'linux') t.ok(descriptors() <= before + 2, `${descriptors() - before} are open`)
  open()
  await until(() => answers(line.text()).length === 60)
  t.same(
    answers(line.text()).map(answer => answer.body.length),
    paths(60).map((_, i) => (i === 0 ? 5 : i % 2 === 0 ? 1_000_000 : 5)),
  )
})

t.test(
  'requests that are held do not run if the client leaves, or if a response ends the connection',
  async t => {
    let ran: string[] = []
    const app = (conn: Conn) => attempt(() => sleep(20, text(conn.path)((ran.push(conn.path), conn))))
    const server = await start(t, app, { maxPendingRequests: 2 })
    const line = await dial(t, server)
    line.send(many(40))
    await line.expect(/\/0/)
    line.socket.destroy()
    await sleep(300)
    t.ok(ran.length <= 8, `${ran.length} have run`)
    ran = []
    const other = await dial(t, server)
    other.send(`${headText('GET /0', 'Connection: close')}${many(6)}`)
    t.equal(answers(await other.closed()).length, 1)
    await sleep(60)
    t.ok(ran.length <= 2, `${ran.length} have run`)
  },
)

t.test('a response that ends the connection arrives whole, whatever the client has sent', async t => {
  let ran = 0
  const app = (conn: Conn) =>
    attempt(async () => {
      ran++
      await sleep(60)
      return pipe(conn, putRespHeader('connection', 'close'), text(`${'x'.repeat(100_000)}the end`))
    })
  const server = await start(t, app)
  const line = await dial(t, server)
  const request = headText('GET /', `X-Fill: ${'x'.repeat(8_000)}`)
  for (let i = 0; i < 2_000; i++) line.send(request)
  const all = answers(await line.closed())
  t.equal(all.length, 1)
  t.match(all[0]?.body, /the end$/)
  t.ok(ran <= 8)
  let closed = false
  line.socket.on('close', () => (closed = true)).end()
  await until(() => closed)
  t.equal(line.failure(), undefined, 'it is not reset')
})

t.test('a request that was held runs in the asynchronous context that it arrived in', async t => {
  const storage = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const app = (conn: Conn) => {
    seen.push(storage.getStore())
    storage.enterWith(conn.path)
    return attempt(() => sleep(1, text(conn.path)(conn)))
  }
  const server = await start(t, app, { maxPendingRequests: 1 })
  const line = await dial(t, server)
  line.send(many(5))
  await until(() => answers(line.text()).length === 5)
  t.same(seen, [undefined, undefined, undefined, undefined, undefined])
})

t.test('a head that the server itself does not read is not late', async t => {
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => (open = resolve))
  const app = (conn: Conn) => attempt(() => opened.then(() => text(conn.path)(conn)))
  const server = await start(t, app, { headersTimeout: 100, maxPendingRequests: 2 })
  const line = await dial(t, server)
  const cut = headText('GET /last').slice(0, 10)
  line.send(many(5) + cut)
  await sleep(400)
  open()
  await line.expect(/\/4$/)
  line.send(headText('GET /last').slice(10))
  await line.expect(/\/last$/)
})

t.test('what follows the pipelined requests may be no request at all', async t => {
  const server = await start(t, conn => attempt(() => sleep(5, text(conn.path)(conn))), {
    maxPendingRequests: 2,
  })
  const line = await dial(t, server)
  line.send(`${many(6)}\0\0\0\r\n\r\n`)
  t.same(
    answers(await line.closed()).map(answer => answer.status),
    [200, 200, 200, 200, 200, 200, 400],
  )
})

t.test('100 Continue comes after the responses to the requests before it', async t => {
  const long = 'é'.repeat(20_000)
  const app = (conn: Conn) =>
    conn.path === '/slow'
      ? attempt(() => sleep(50, text('slow')(conn)))
      : conn.path === '/long'
        ? attempt(async () => {
            const read = await conn.body.bytes()()
            return resp(200, read._tag === 'Right' ? long : 'failed')(conn)
          })
        : readWhole()(conn)
  const server = await start(t, app)
  for (const path of ['/long', '/short']) {
    const line = await dial(t, server)
    const post = headText(`POST ${path}`, 'Content-Length: 5', 'Expect: 100-continue')
    line.send(`${headText('GET /slow')}${post}`)
    await line.expect(/100 Continue/)
    line.send(`hello${headText('GET /slow')}`)
    const all = answers(await line.expect(/slow[^]*slow$/))
    t.same(
      all.map(({ status }) => status),
      [200, 100, 200, 200],
      path,
    )
    t.equal(all[2]?.body.length, path === '/long' ? 40_000 : 5)
    // a client that does not wait for it
    line.send(`${headText('GET /slow')}${post}hello${post}hello${headText('GET /slow')}`)
    await line.expect(/(slow[^]*){4}$/)
    const more = answers(line.text()).slice(4)
    t.same(
      more.filter(({ status }) => status !== 100).map(({ status, body }) => [status, body.length]),
      [
        [200, 4],
        [200, path === '/long' ? 40_000 : 5],
        [200, path === '/long' ? 40_000 : 5],
        [200, 4],
      ],
      path,
    )
  }
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
