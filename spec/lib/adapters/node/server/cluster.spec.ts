import t from 'tap'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { endpoint, pipeline, text } from '../../../../../lib/index.js'
import { serve } from '../../../../../lib/adapters/node.js'
import { fetchSession, memoryStore, memoryTable, session } from '../../../../../plugs/index.js'
import { sqlStore, type SqliteDatabase } from '../../../../../plugs/session/stores/sql.js'
import { until } from '../support.js'

const program = fileURLToPath(new URL('./clustered.js', import.meta.url))

/** Whether a process runs; one that has ended and whose parent has not noticed does not. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'latin1'))
}

interface Run {
  readonly child: ChildProcess
  /** All that its processes have said. */
  readonly said: () => string
  readonly expect: (pattern: RegExp) => Promise<RegExpExecArray>
  /** The workers that have ever listened. */
  readonly workers: () => readonly number[]
  /** Waits until the primary has ended; gives its exit code. */
  readonly ended: Promise<number | null>
}

/** Starts the program; whatever becomes of its test, no process of it is left. */
const run = (
  t: { teardown(work: () => Promise<void>): void },
  { port = 0, options = {}, flag = '' }: { port?: number; options?: object; flag?: string } = {},
): Run => {
  const child = spawn(process.execPath, [program, String(port), JSON.stringify(options), flag], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  t.teardown(async () => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL')
    } catch {
      // all have gone
    }
    await ended
  })
  return {
    child,
    ended,
    said: () => text,
    expect: async pattern => {
      for (let i = 0; i < 3000 && !pattern.test(text); i++) await sleep(10)
      const match = pattern.exec(text)
      if (match === null) throw new Error(`no ${pattern} in ${text}`)
      return match
    },
    workers: () => [...text.matchAll(/^worker (\d+)$/gm)].map(([, pid]) => Number(pid)),
  }
}

/** Asks on a connection of its own. */
const ask = async (port: number, path = '/', scheme = 'http'): Promise<string> => {
  const dispatcher = new Agent({ pipelining: 0, connect: { rejectUnauthorized: false } })
  try {
    const { body } = await request(`${scheme}://127.0.0.1:${port}${path}`, { dispatcher })
    return await body.text()
  } finally {
    await dispatcher.destroy()
  }
}

const pidOf = (answer: string): number => Number(answer.split(' ')[1])

/** Waits until so many workers have listened. */
const listening = (program: Run, workers: number): Promise<unknown> =>
  program.expect(new RegExp(`(^worker \\d+$[^]*){${workers}}`, 'm'))

/** The port, once all have said that they listen. */
const portOf = async (program: Run, workers = 2): Promise<number> => {
  const port = Number((await program.expect(/^primary (\d+)$/m))[1])
  await listening(program, workers)
  return port
}

const gone = async (program: Run): Promise<void> => {
  for (const pid of program.workers()) await until(() => !runs(pid), `worker ${pid} is left`)
}

t.test('each worker tells its telemetry port that it listens, once; the primary does not', async t => {
  const program = run(t, { flag: 'telling' })
  const port = Number((await program.expect(/^primary (\d+)$/m))[1])
  await listening(program, 2)
  const lines = [...program.said().matchAll(/^listens (\d+ \d+)$/gm)].map(([, line]) => line)
  t.strictSame(
    lines.sort(),
    program
      .workers()
      .map(pid => `${pid} ${port}`)
      .sort(),
  )
})

t.test('all workers answer on one port, and a signal to the primary ends them all', async t => {
  const site = run(t)
  const port = await portOf(site)
  const pids = new Set<number>()
  for (let i = 0; i < 20; i++) pids.add(pidOf(await ask(port)))
  t.strictSame([...pids].toSorted(), [...site.workers()].toSorted())
  t.equal(pids.size, 2)
  t.notOk(pids.has(site.child.pid as number), 'the primary serves nothing')
  site.child.kill('SIGTERM')
  t.equal(await site.ended, 0)
  t.equal(site.said().match(/^stopped$/gm)?.length, 3, 'each process goes on behind its server')
  t.notMatch(site.said(), /told/)
  await gone(site)
})

t.test('a worker that is killed is replaced while requests go on, and onError is told', async t => {
  const site = run(t)
  const port = await portOf(site)
  const [first] = site.workers() as [number]
  process.kill(first, 'SIGKILL')
  // Until the primary has noticed, Node may hand a connection to the one that has gone.
  await site.expect(new RegExp(`^told worker ${first} was ended by SIGKILL \\(null, SIGKILL\\)$`, 'm'))
  t.not(pidOf(await ask(port)), first, 'another answers')
  await listening(site, 3)
  const pids = new Set<number>()
  for (let i = 0; i < 20; i++) pids.add(pidOf(await ask(port)))
  t.strictSame([...pids].toSorted(), site.workers().slice(1).toSorted(), 'on the same port')

  await ask(port, '/exit').catch(() => undefined)
  await site.expect(/^told worker \d+ ended by itself with exit code 3 \(3, null\)$/m)
  await listening(site, 4)
  site.child.kill('SIGTERM')
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('where workers end as soon as they begin, there comes an end to it', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-cluster-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const flag = join(folder, 'broken')
  const site = run(t, { flag })
  await portOf(site)
  const [first] = site.workers() as [number]
  writeFileSync(flag, '')
  process.kill(first, 'SIGKILL')
  await site.expect(/^told 7 workers in a row ended right after their start: the server stops/m)
  t.equal(await site.ended, 1, 'whoever watches the primary sees that it failed')
  const ends = site.said().match(/^told worker \d+ ended by itself with exit code 5/gm)?.length
  t.ok(ends === 6 || ends === 7, 'the one that was killed may have listened for long')
  t.match(site.said(), /^stopped$/m)
  await gone(site)
})

t.test('a port that is taken is a Left that names it, and no worker is begun', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => void other.close())
  const { port } = other.address() as AddressInfo
  const site = run(t, { port })
  t.equal(await site.ended, 1)
  t.equal(
    site.said(),
    `failed EADDRINUSE cannot listen on 127.0.0.1, port ${port}: another program listens there; stop it or choose another port\n`,
  )
})

t.test('a worker that ends before it listens is a Left', async t => {
  const site = run(t, { flag: 'broken' })
  t.equal(await site.ended, 1)
  t.match(
    site.said(),
    /^failed WORKER cannot serve with workers: worker \d+ ended by itself with exit code 4\n$/,
  )
})

t.test('a worker that cannot listen is a Left that says where', async t => {
  const site = run(t, { flag: 'elsewhere' })
  t.equal(await site.ended, 1)
  t.match(
    site.said(),
    /^failed EADDRNOTAVAIL cannot listen on 203\.0\.113\.1, port \d+: this machine does not have this address$/m,
  )
})

t.test('one that cannot listen later is told of, and tried again', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-cluster-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const flag = join(folder, 'worker')
  const site = run(t, { flag })
  const port = await portOf(site)
  const [first, second] = site.workers() as [number, number]
  writeFileSync(`${flag}.elsewhere`, '')
  process.kill(first, 'SIGKILL')
  await site.expect(
    /^told cannot listen on 203\.0\.113\.1, port \d+: this machine does not have this address/m,
  )
  await site.expect(/^told worker \d+ ended by itself with exit code 1/m)
  t.equal(pidOf(await ask(port)), second)
  rmSync(`${flag}.elsewhere`)
  await listening(site, 3)
  site.child.kill('SIGTERM')
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('a worker that hears nothing any more is killed', async t => {
  const site = run(t, { options: { drainTimeout: 100 } })
  const port = await portOf(site)
  const busy = t.rejects(ask(port, '/busy'))
  await site.expect(/asked\n/)
  site.child.kill('SIGTERM')
  await busy
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('requests in flight are answered before the workers end', async t => {
  const site = run(t)
  const port = await portOf(site)
  const slow = [ask(port, '/slow'), ask(port, '/slow')]
  await site.expect(/asked\n[^]*asked\n/)
  site.child.kill('SIGTERM')
  t.strictSame(await Promise.all(slow), ['done', 'done'])
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('a signal to the whole group, as Ctrl-C sends it, ends all in peace', async t => {
  const site = run(t)
  const port = await portOf(site)
  const slow = ask(port, '/slow')
  await site.expect(/asked\n/)
  process.kill(-(site.child.pid as number), 'SIGINT')
  t.equal(await slow, 'done')
  t.equal(await site.ended, 0)
  t.notMatch(site.said(), /told/)
  await gone(site)
})

t.test('what is not answered within drainTimeout is cut off', async t => {
  const site = run(t, { options: { drainTimeout: 100 } })
  const port = await portOf(site)
  const stuck = t.rejects(ask(port, '/stuck'))
  await site.expect(/asked\n/)
  site.child.kill('SIGTERM')
  await stuck
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('workers whose primary is gone finish and end', async t => {
  const site = run(t)
  const port = await portOf(site)
  const slow = ask(port, '/slow')
  await site.expect(/asked\n/)
  site.child.kill('SIGKILL')
  t.equal(await slow, 'done')
  await gone(site)
})

t.test('an app that does not close what it holds keeps no process', async t => {
  const site = run(t, { flag: 'holding', options: { drainTimeout: 100 } })
  await portOf(site)
  site.child.kill('SIGTERM')
  t.equal(await site.ended, 0)
  await gone(site)
})

t.test('a worker that is told to end by a signal of its own drains, and is replaced', async t => {
  const site = run(t)
  const port = await portOf(site)
  const [first] = site.workers() as [number]
  process.kill(first, 'SIGTERM')
  await site.expect(new RegExp(`^told worker ${first} ended by itself with exit code 0`, 'm'))
  await listening(site, 3)
  t.not(pidOf(await ask(port)), first)
})

t.test('a process has one server with workers', async t => {
  const site = run(t, { flag: 'twice' })
  const refusal = /^second cannot serve with workers: this process already runs a server with workers/
  await site.expect(new RegExp(`(${refusal.source}[^]*){3}`, 'm'))
})

t.test('TLS is spoken by the workers', async t => {
  const key = readFileSync(new URL('../../../../../../spec/fixtures/tls-key.pem', import.meta.url), 'utf8')
  const cert = readFileSync(new URL('../../../../../../spec/fixtures/tls-cert.pem', import.meta.url), 'utf8')
  const site = run(t, { options: { tls: { key, cert }, workers: 1 } })
  const port = await portOf(site, 1)
  t.equal(await ask(port, '/', 'https'), `https ${site.workers()[0]}`)
})

t.test('sessions in memory are not served by several workers', async t => {
  const app = (workers: number | 'cores') =>
    serve(
      endpoint(
        {},
        pipeline(session({ store: memoryStore(memoryTable()), key: 'a' }), fetchSession, text('hello')),
      ),
      { workers },
    )
  t.throws(() => app(2), {
    message:
      'memoryStore: its sessions are in one process, and 2 workers would each lose those of the others: serve without workers, or keep sessions in cookies, in Redis or in a database',
  })
  t.type(app(1), 'function')
  t.throws(() => app('all' as never), {
    message: "serve: workers must be an integer from 1 to 1024, or 'cores'",
  })
  t.throws(() => app(0), { message: /^serve: workers must be an integer from 1 to 1024/ })

  const kept = (database: object) =>
    serve(pipeline(session({ store: sqlStore(database as SqliteDatabase), key: 'a' }), text('hello')), {
      workers: 2,
    })
  const database = { prepare: () => ({}), exec: () => undefined }
  t.throws(() => kept({ ...database, memory: true }), {
    message: /^sqlStore: its database is in the memory of one process, and 2 workers/,
  })
  t.type(kept({ ...database, memory: false }), 'function')
})
