// What an app survives: plugs that go wrong, clients that leave at every stage, descriptors that run out, and SIGKILL under
// load with sessions in Redis.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { exchange } from '../support/raw-http.js'
import { freePort } from '../support/own-server.js'
import { redisAvailable, redisServer } from '../support/redis-server.js'
import { skipUnless } from '../support/skip.js'

const script = fileURLToPath(new URL('./server.js', import.meta.url))

interface App {
  readonly child: ChildProcess
  readonly port: number
}

const begin = async (t: Test, env: Readonly<Record<string, string>> = {}): Promise<App> => {
  const child = fork(script, { env: { ...process.env, NODE_V8_COVERAGE: undefined, ...env }, silent: true })
  t.teardown(() => void child.kill('SIGKILL'))
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  return { child, port }
}

interface Held {
  readonly sockets: number
  readonly timers: number
}
const held = async ({ child }: App): Promise<Held> => {
  child.send('held')
  return ((await once(child, 'message')) as [Held])[0]
}
const descriptors = ({ child }: App): number =>
  existsSync('/proc') ? readdirSync(`/proc/${child.pid}/fd`).length : 0

const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${more}\r\n`

t.test('a plug that goes wrong costs its own request alone', async t => {
  const app = await begin(t)
  const expected: Readonly<Record<string, number>> = {
    '/throws': 500,
    '/rejects': 500,
    '/never': 503,
    '/twice': 200,
    '/nothing': 500,
  }
  for (let i = 0; i < 3; i++)
    await Promise.all(
      Object.entries(expected).map(async ([path, status]) =>
        t.equal((await exchange(app.port, get(path))).status, status, path),
      ),
    )
  t.equal((await exchange(app.port, get('/twice'))).body, 'two')
  t.equal((await exchange(app.port, get('/hello'))).body, 'hello')
  t.equal(app.child.exitCode, null)
})

/** Sends bytes, and leaves after some milliseconds, by a reset or an end. */
const leaving = async (port: number, bytes: string, after: number, reset: boolean): Promise<void> => {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  if (bytes !== '') socket.write(bytes)
  await sleep(after)
  if (reset) socket.resetAndDestroy()
  else socket.destroy()
}

t.test('a client may leave at every stage, and nothing is left of it', async t => {
  const app = await begin(t)
  const post = 'POST /body HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 900000\r\n\r\n'
  const stages: readonly string[] = [
    '',
    'GE',
    'GET /hello HTTP/1.1\r\nhost: 127',
    get('/hello'),
    get('/late'),
    get('/never'),
    get('/stream'),
    get('/file'),
    post,
    `${post}${'x'.repeat(10_000)}`,
    `${get('/late')}${get('/stream')}`,
  ]
  await exchange(app.port, get('/hello'))
  await sleep(200)
  const before = { ...(await held(app)), descriptors: descriptors(app) }
  for (const bytes of stages)
    for (const after of [0, 5, 20])
      await Promise.all([leaving(app.port, bytes, after, false), leaving(app.port, bytes, after, true)])
  // the deadline of what never settles, and the time that sockets take to close
  let now = { sockets: -1, timers: -1, descriptors: -1 }
  const isSame = (): boolean =>
    now.sockets === before.sockets && now.descriptors === before.descriptors && now.timers <= before.timers
  for (let i = 0; i < 100 && !isSame(); i++) {
    await sleep(50)
    now = { ...(await held(app)), descriptors: descriptors(app) }
  }
  t.strictSame(now, before)
  t.equal((await exchange(app.port, get('/hello'))).body, 'hello')
})

const limited = process.platform === 'linux'

t.test(
  'where descriptors run out, connections wait, and the app goes on when there are some again',
  skipUnless(limited, 'descriptors are limited by prlimit, which only Linux has'),
  async t => {
    const app = await begin(t)
    await exchange(app.port, get('/hello'))
    const most = descriptors(app) + 20
    const done = once(spawn('prlimit', ['--pid', String(app.child.pid), `--nofile=${most}:${most}`]), 'exit')
    t.strictSame((await done)[0], 0, 'prlimit')
    const sockets = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const socket = connect(app.port, '127.0.0.1')
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        return socket
      }),
    )
    await sleep(200)
    t.equal(app.child.exitCode, null, 'the process is there')
    for (const socket of sockets) socket.destroy()
    await sleep(200)
    t.equal((await exchange(app.port, get('/hello'))).body, 'hello')
    t.equal((await exchange(app.port, get('/file'))).status, 200)
  },
)

t.test(
  'SIGKILL under load loses no acknowledged write of a session in Redis',
  skipUnless(redisAvailable(), 'no redis-server: apt-get install redis-server'),
  async t => {
    const redis = await redisServer(['--appendonly', 'yes', '--appendfsync', 'always'])
    t.teardown(redis.stop)
    const port = await freePort()
    const env = { FAULTS_REDIS: redis.url, FAULTS_PORT: String(port) }
    let app = await begin(t, env)

    /** The last acknowledged number of each visitor, by its cookie. */
    const acknowledged = new Map<string, number>()
    const load = { on: true }
    const visitor = async (): Promise<void> => {
      let cookie = ''
      for (let n = 1; load.on; n++) {
        const sent = get(`/session/put?${n}`, cookie === '' ? '' : `cookie: ${cookie}\r\n`)
        const answer = await exchange(port, sent, { silence: 50 }).catch(() => undefined)
        if (answer?.status !== 200) return
        cookie = /_faults=[^;]*/.exec(answer.headers['set-cookie'] ?? '')?.[0] ?? cookie
        acknowledged.set(cookie, n)
      }
    }
    const visitors = Array.from({ length: 16 }, visitor)
    await sleep(700)
    app.child.kill('SIGKILL')
    await once(app.child, 'exit')
    load.on = false
    await Promise.all(visitors)
    t.ok(acknowledged.size > 8, `${acknowledged.size} sessions`)

    // Redis is killed, too, and both come again
    await redis.kill()
    await redis.start()
    app = await begin(t, env)
    for (const [cookie, n] of acknowledged) {
      const answer = await exchange(port, get('/session', `cookie: ${cookie}\r\n`))
      const kept = Number(answer.body)
      t.ok(kept === n || kept === n + 1, `a session holds ${kept}, and ${n} was acknowledged`)
    }
  },
)
