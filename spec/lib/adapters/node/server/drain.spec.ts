import t from 'tap'
import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { attempt, stream, text, type Conn } from '../../../../../lib/index.js'
import { answers, dial, headText, rejections, start, until } from '../support.js'

const get = headText('GET /')

const refused = (port: number): Promise<unknown> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(socket.destroy()))
    socket.on('error', (cause: NodeJS.ErrnoException) => resolve(cause.code))
  })

/** Waits until nobody is let in any more. */
const refusing = async (port: number): Promise<void> => {
  while ((await refused(port)) !== 'ECONNREFUSED') await sleep(10)
}

t.test('a request in flight is answered, and ends its connection', async t => {
  let asked = false
  let go: () => void = () => undefined
  const gate = new Promise<void>(resolve => (go = resolve))
  const app = (conn: Conn) => {
    asked = true
    return attempt(() => gate.then(() => text('done')(conn)))
  }
  const server = await start(t, app, { drainTimeout: 5_000 })
  const line = await dial(t, server)
  line.send(get)
  await until(() => asked)
  let stopped = false
  void server.stopped.then(() => (stopped = true))
  const stop = server.stop()
  t.equal(server.stop(), stop, 'it stops once')
  await refusing(server.port)
  t.notOk(stopped)
  go()
  t.match(answers(await line.closed()), [{ status: 200, body: 'done', headers: { connection: 'close' } }])
  await stop
  await server.stopped
})

t.test('idle connections are closed after a moment', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 5_000 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/hello$/)
  const begun = Date.now()
  await server.stop()
  t.ok(Date.now() - begun < 2_500)
  await line.closed()
})

t.test('an idle connection is found among the many that have come and gone since', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 5_000 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/hello$/)
  const comeAndGo = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.end())
      socket.on('error', reject).on('close', () => resolve())
      socket.resume()
    })
  for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 10 }, comeAndGo))
  const begun = Date.now()
  await server.stop()
  t.ok(Date.now() - begun < 2_500, 'it need not be cut off')
  await line.closed()
})

t.test('a connection that never asked is given a moment', async t => {
  const server = await start(t, text('hello'), { drainTimeout: 5_000 })
  const silent = await dial(t, server)
  const hesitant = await dial(t, server)
  const begun = Date.now()
  const stop = server.stop()
  hesitant.send(get)
  t.match(answers(await hesitant.closed()), [{ status: 200, headers: { connection: 'close' } }])
  await stop
  t.ok(Date.now() - begun < 4_500)
  t.equal(await silent.closed(), '')
})

t.test('a response that has begun is sent to its end', async t => {
  async function* pieces() {
    for (let i = 0; i < 10; i++) yield await sleep(20, `${i} `)
  }
  const server = await start(t, stream(200, pieces()), { drainTimeout: 5_000 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/2 /)
  const begun = Date.now()
  await server.stop()
  t.match(answers(await line.closed()), [
    { body: '0 1 2 3 4 5 6 7 8 9 ', headers: { connection: 'keep-alive' } },
  ])
  t.ok(Date.now() - begun < 4_500, 'and its connection is not kept')
})

t.test('a response that is on its way to a slow client arrives whole', async t => {
  const server = await start(t, text('x'.repeat(20_000_000)), { drainTimeout: 10_000 })
  const line = await dial(t, server)
  line.socket.pause()
  line.send(get)
  await sleep(100)
  const stop = server.stop()
  await sleep(200)
  line.socket.resume()
  t.equal(answers(await line.closed())[0]?.body.length, 20_000_000)
  await stop
})

t.test('what is not done in time is cut off', async t => {
  let asked = false
  let aborted = 0
  let go: () => void = () => undefined
  const gate = new Promise<void>(resolve => (go = resolve))
  const app = (conn: Conn) => {
    asked = true
    conn.signal.addEventListener('abort', () => aborted++)
    return attempt(() => gate.then(() => text('done')(conn)))
  }
  const server = await start(t, app, { drainTimeout: 100 })
  const line = await dial(t, server)
  line.send(get)
  await until(() => asked)
  await server.stop()
  t.equal(await line.closed(), '')
  t.equal(aborted, 1, 'and the app is told')
  go()
  await sleep(20)
  t.same(server.bugs, [])
})

t.test('requests that were sent together are all answered', async t => {
  let asked = 0
  const app = (conn: Conn) => {
    asked++
    return attempt(() => sleep(60, text('done')(conn)))
  }
  const server = await start(t, app, { drainTimeout: 5_000 })
  const line = await dial(t, server)
  line.send(get + get)
  await until(() => asked === 2)
  await server.stop()
  t.match(answers(await line.closed()), [
    { body: 'done', headers: { connection: 'keep-alive' } },
    { body: 'done', headers: { connection: 'close' } },
  ])
})

t.test('a server that nobody has asked stops at once, and leaves no listener behind', async t => {
  const counts = (): readonly number[] => ['SIGTERM', 'SIGINT', 'SIGHUP'].map(s => process.listenerCount(s))
  const before = counts()
  const server = await start(t, text('hello'), { stopOn: ['SIGTERM', 'SIGINT'] })
  t.same(counts(), [(before[0] as number) + 1, (before[1] as number) + 1, before[2]])
  await server.stop()
  await server.stopped
  t.same(counts(), before)
})

/** A process that serves; see served.ts. */
const served = async (
  ...args: readonly string[]
): Promise<{ child: ChildProcess; port: number; said: () => string }> => {
  const file = fileURLToPath(new URL('./served.js', import.meta.url))
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  await until(() => /port \d+\n/.test(said))
  return { child, port: Number(/port (\d+)/.exec(said)?.[1]), said: () => said }
}
const ended = (child: ChildProcess): Promise<readonly [code: number | null, signal: string | null]> =>
  new Promise(resolve => child.on('close', (code, signal) => resolve([code, signal])))

t.test('a process that is told to end finishes what it has begun, and ends', async t => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, port, said } = await served('1500')
    const end = ended(child)
    const answer = request(`http://127.0.0.1:${port}`)
    const idle = await dial(t, { port })
    await until(() => said().includes('asked'))
    child.kill(signal)
    await refusing(port)
    const { statusCode, headers, body } = await answer
    t.match({ statusCode, headers }, { statusCode: 200, headers: { connection: 'close' } })
    t.equal(await body.text(), 'done')
    t.same(await end, [0, null], signal)
    t.match(said(), /stopped\n$/)
    await idle.closed()
  }
})

t.test('a second signal ends it at once', async t => {
  const { child, port, said } = await served('20000')
  const end = ended(child)
  const answer = request(`http://127.0.0.1:${port}`)
  await until(() => said().includes('asked'))
  child.kill('SIGTERM')
  await refusing(port)
  child.kill('SIGTERM')
  await t.rejects(answer)
  t.same(await end, [null, 'SIGTERM'])
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
