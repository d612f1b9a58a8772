// Redis servers of a spec's own, which may be killed, paused and started again without anybody else noticing.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type OwnServer } from './own-server.js'

/** Whether a Redis server can be started here. */
export const redisAvailable = (): boolean => spawnSync('redis-server', ['--version']).status === 0

/** What a Redis server says to a command in plain words; undefined if nobody listens. */
export const tell = (port: number, command: string): Promise<string | undefined> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const done = (said?: string): void => {
      socket.destroy()
      resolve(said)
    }
    socket.setTimeout(2_000, () => done())
    socket.on('error', () => done())
    socket.on('close', () => done())
    socket.on('connect', () => socket.write(`${command}\r\n`))
    socket.on('data', said => done(said.toString('latin1')))
  })

/**
 * Starts a Redis server.
 *
 * @param args options of the command line, such as `['--appendonly', 'yes', '--appendfsync', 'always']`: without them the data
 *   are gone when it is killed
 */
export const redisServer = async (args: readonly string[] = []): Promise<OwnServer> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-redis-'))
  let child: ChildProcess | undefined

  const signal = (name: NodeJS.Signals): void => void child?.kill(name)
  const kill = async (): Promise<void> => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    await new Promise(resolve => ending.once('exit', resolve).kill('SIGKILL'))
  }
  const start = async (): Promise<void> => {
    const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
    const started = spawn('redis-server', [...base, ...args], { stdio: 'ignore' })
    child = started
    for (let i = 0; i < 1000; i++) {
      if ((await tell(port, 'PING'))?.startsWith('+PONG')) return
      if (started.exitCode !== null) break
      await sleep(10)
    }
    throw new Error(`redis-server did not start: ${args.join(' ')}`)
  }
  // A spec that ends before its time leaves nothing behind either.
  const abandon = (): void => {
    signal('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  const stop = async (): Promise<void> => {
    await kill()
    process.removeListener('exit', abandon)
    rmSync(folder, { recursive: true, force: true })
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop,
  }
}
