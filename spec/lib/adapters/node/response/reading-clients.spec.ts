// Clients that read slowly, or not at all, what waits to be sent to them.
import t from 'tap'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, resp, stream, text, type Conn } from '../../../../../lib/index.js'
import { readingClients } from '../../../../../lib/adapters/node/response/reading-clients.js'
import type { ServeOptions } from '../../../../../lib/adapters/node.js'
import { answers, dial, headText, rejections, start, until } from '../support.js'

const get = headText('GET /')
const long = 'x'.repeat(12_000_000)

async function* pieces(ms: number, size: number) {
  for (let i = 0; i < 30; i++) {
    yield 'x'.repeat(size)
    await sleep(ms)
  }
}

/** The server's ends of all connections, by the ports of the clients. */
const accepted = new Map<number, Socket>()
subscribe('http.server.request.start', message => {
  const { socket } = message as { readonly socket: Socket }
  accepted.set(socket.remotePort as number, socket)
})
const isClosed = ({ socket }: { readonly socket: Socket }): boolean =>
  accepted.get(socket.localPort as number)?.destroyed === true

/** Apps whose responses are longer than the buffers of both systems. */
const apps = {
  text: text(long),
  bytes: resp(200, Buffer.from(long)),
  stream: stream(200, { [Symbol.asyncIterator]: () => pieces(0, 400_000) }),
}
const tooSlow = {
  sendTimeout: { sendTimeout: 150, minResponseRate: 0 },
  minResponseRate: { sendTimeout: 0, minResponseRate: 200_000_000, rateGrace: 150 },
} satisfies Record<string, ServeOptions>

const slow = headText('GET /slow')

for (const [name, options] of Object.entries(tooSlow)) {
  t.test(`${name}: a client that reads nothing is closed, whichever of its responses it is`, async t => {
    const check = async (kind: keyof typeof apps, requests: string, readsFirst: boolean): Promise<void> => {
      const app = (conn: Conn) =>
        conn.path === '/slow' ? attempt(() => sleep(30, text('slow')(conn))) : apps[kind](conn)
      const server = await start(t, app, options)
      const line = await dial(t, server)
      line.send(requests)
      if (readsFirst) await until(() => line.text().length > 13_000_000 || isClosed(line))
      line.socket.pause()
      // on a busy machine, the buffers of a stream take long to fill
      await until(() => isClosed(line), `${kind}: ${requests} is held`, 30)
      t.same(server.bugs, [])
    }
    const kinds = Object.keys(apps) as (keyof typeof apps)[]
    for (const kind of kinds)
      await Promise.all([
        ...[get, get + get + get, slow + get, get + slow].map(requests => check(kind, requests, false)),
        ...(options.sendTimeout === 0 ? [] : [check(kind, get + get, true)]),
      ])
  })
}

t.test('a client that reads nothing of many short responses is closed', async t => {
  for (const options of Object.values(tooSlow)) {
    const server = await start(t, text('x'.repeat(16_000)), options)
    const line = await dial(t, server)
    line.socket.pause()
    // each is short enough to be sent without waiting until the client reads
    line.send(get.repeat(2_000))
    await until(() => isClosed(line), 'it is held')
    t.pass('it is closed')
  }
})

t.test('a client that sends one request after the other and reads nothing is closed', async t => {
  let sent = 0
  const count = (): void => void sent++
  subscribe('http.server.response.finish', count)
  t.teardown(() => void unsubscribe('http.server.response.finish', count))
  for (const options of Object.values(tooSlow)) {
    const server = await start(t, text('x'.repeat(16_000)), options)
    const line = await dial(t, server)
    line.socket.pause()
    let last = -1
    const hasAnswered = (): boolean => sent > last
    while (hasAnswered() && !isClosed(line)) {
      last = sent
      line.send(get)
      for (let i = 0; i < 100 && !hasAnswered(); i++) await sleep(1)
    }
    await until(() => isClosed(line), 'it is held')
    t.pass('it is closed')
  }
})

/** A socket with this much written and waiting. */
const socketOf = (bytesWritten: number, writableLength: number) => ({
  bytesWritten,
  writableLength,
  destroyed: false,
  destroy() {
    this.destroyed = true
  },
})

t.test('bytes that were read faster than required are credit for later ones', async t => {
  const watch = readingClients({ sendTimeout: 0, minResponseRate: 1_000, rateGrace: 40 })
  const fast = socketOf(100_000, 10)
  const slow = socketOf(10, 10)
  const sockets = [fast, slow] as unknown as Socket[]
  for (const socket of sockets) watch(socket)
  fast.writableLength = 0
  await sleep(60)
  for (const socket of [fast, slow]) {
    socket.bytesWritten += 10
    socket.writableLength = 10
  }
  for (const socket of sockets) watch(socket)
  await until(() => slow.destroyed)
  await sleep(100)
  t.notOk(fast.destroyed)
})

t.test('credit is bounded', async t => {
  const watch = readingClients({ sendTimeout: 0, minResponseRate: 40_000_000, rateGrace: 40 })
  const socket = socketOf(4_000_000_000, 10)
  watch(socket as unknown as Socket)
  await until(() => socket.destroyed)
  t.pass('it is closed')
})

t.test('the time in which the app prepares a response does not count', async t => {
  const options = { sendTimeout: 300, minResponseRate: 100_000, rateGrace: 300 }
  const body = 'x'.repeat(300_000)
  const app = (conn: Conn) =>
    conn.path === '/slow'
      ? attempt(() => sleep(700, text('slow')(conn)))
      : conn.path === '/events'
        ? stream(200, { [Symbol.asyncIterator]: () => pieces(25, 10) })(conn)
        : text(body)(conn)
  const server = await start(t, app, options)
  for (const slow of ['/slow', '/events']) {
    const line = await dial(t, server)
    line.send(headText(`GET ${slow}`) + get + get)
    await until(() => line.text().length > 600_000, slow)
    t.match(answers(line.text()), [{ status: 200 }, { status: 200 }, { status: 200 }], slow)
    line.send(headText(`GET ${slow}`))
    await until(() => answers(line.text()).length === 4, `${slow} again`)
  }
})

t.test('a client that reads fast enough gets everything', async t => {
  const server = await start(t, text('x'.repeat(4_000_000)), {
    sendTimeout: 2_000,
    minResponseRate: 100_000,
    rateGrace: 50,
  })
  const line = await dial(t, server)
  line.socket.on('data', () => {
    line.socket.pause()
    setTimeout(() => line.socket.resume(), 5)
  })
  line.send(get + get)
  await until(() => line.text().length > 8_000_000)
  t.equal(answers(line.text()).length, 2)
})

t.test('a long response that is queued is not over before the client has read it', async t => {
  const signals: AbortSignal[] = []
  const app = (conn: Conn) => {
    signals.push(conn.signal)
    return conn.path === '/slow' ? attempt(() => sleep(30, text('slow')(conn))) : text(long)(conn)
  }
  const server = await start(t, app)
  const line = await dial(t, server)
  line.socket.pause()
  line.send(slow + get)
  await until(() => (accepted.get(line.socket.localPort as number)?.writableLength ?? 0) > 1_000)
  await sleep(20)
  line.socket.destroy()
  await until(() => signals[1]?.aborted === true)
  t.notOk(signals[0]?.aborted)
})

t.test('with both limits off, a client may take its time', async t => {
  const server = await start(t, text(long), { sendTimeout: 0, minResponseRate: 0 })
  const line = await dial(t, server)
  line.socket.pause()
  line.send(get)
  await sleep(500)
  line.socket.resume()
  await until(() => line.text().length > long.length)
  t.pass('it is all here')
})

t.test('over TLS', async t => {
  const fixture = (name: string): Buffer =>
    readFileSync(new URL(`../../../../../../spec/fixtures/${name}`, import.meta.url))
  const tls = { key: fixture('tls-key.pem'), cert: fixture('tls-cert.pem') }
  for (const options of Object.values(tooSlow)) {
    const server = await start(t, text(long), { tls, ...options })
    const socket = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('error', () => undefined)
    socket.write(get)
    socket.pause()
    await until(() => isClosed({ socket }), 'it is held')
    t.pass('it is closed')
    socket.destroy()
  }
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
