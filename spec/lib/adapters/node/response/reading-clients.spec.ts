// Clients that read slowly, or not at all, what waits to be sent to them.
import t from 'tap'
import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, resp, stream, text, type Conn } from '../../../../../lib/index.js'
import type { ServeOptions } from '../../../../../lib/adapters/node.js'
import { answers, dial, headText, rejections, start, until } from '../support.js'

const get = headText('GET /')
const long = 'x'.repeat(20_000_000)

async function* pieces(ms: number, size: number) {
  for (let i = 0; i < 30; i++) {
    yield 'x'.repeat(size)
    await sleep(ms)
  }
}

/** Apps whose responses are longer than the buffers of both systems. */
const apps = {
  text: text(long),
  bytes: resp(200, Buffer.from(long)),
  stream: stream(200, { [Symbol.asyncIterator]: () => pieces(0, 1_000_000) }),
}
const tooSlow = {
  sendTimeout: { sendTimeout: 150, minResponseRate: 0 },
  minResponseRate: { sendTimeout: 0, minResponseRate: 200_000_000, rateGrace: 150 },
} satisfies Record<string, ServeOptions>

const short = headText('GET /short')

for (const [name, options] of Object.entries(tooSlow)) {
  t.test(`${name}: a client that reads nothing is closed, whichever of its responses it is`, async t => {
    const check = async (kind: keyof typeof apps, requests: string, readsFirst: boolean): Promise<void> => {
      let gone = 0
      const app = (conn: Conn) => {
        conn.signal.addEventListener('abort', () => gone++)
        return conn.path === '/short' ? text('short')(conn) : apps[kind](conn)
      }
      const server = await start(t, app, options)
      const line = await dial(t, server)
      line.send(requests)
      if (readsFirst) await until(() => line.text().length > 21_000_000)
      line.socket.pause()
      await until(() => gone > 0, `${kind}: ${requests} is held`)
      t.same(server.bugs, [])
    }
    const kinds = Object.keys(apps) as (keyof typeof apps)[]
    for (const kind of kinds)
      await Promise.all([
        ...[get, get + get + get, short + get, get + short].map(requests => check(kind, requests, false)),
        ...(options.sendTimeout === 0 ? [] : [check(kind, get + get, true)]),
      ])
  })
}

t.test('a client that reads nothing of many short responses is closed', async t => {
  for (const options of Object.values(tooSlow)) {
    let gone = 0
    const app = (conn: Conn) => {
      conn.signal.addEventListener('abort', () => gone++)
      return text('x'.repeat(16_000))(conn)
    }
    const server = await start(t, app, options)
    const line = await dial(t, server)
    line.socket.pause()
    // each is short enough to be sent without waiting until the client reads
    line.send(get.repeat(2_000))
    await until(() => gone > 0, 'it is held')
    t.pass('it is closed')
  }
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
    let gone = false
    const app = (conn: Conn) => {
      conn.signal.addEventListener('abort', () => (gone = true))
      return text(long)(conn)
    }
    const server = await start(t, app, { tls, ...options })
    const socket = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('error', () => undefined)
    socket.write(get)
    socket.pause()
    await until(() => gone, 'it is held')
    socket.destroy()
  }
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
