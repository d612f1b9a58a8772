// PostgreSQL servers of a spec's own, which may be killed, paused and started again without anybody else noticing.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { freePort, type OwnServer } from './own-server.js'

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The folder of the server's programs: Debian keeps them off the PATH. */
const programs = (): string | undefined => {
  const debian = '/usr/lib/postgresql'
  let versions: string[] = []
  try {
    versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a))
  } catch {
    // There is no such folder elsewhere.
  }
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map(version => join(debian, version, 'bin')),
  ].find(folder => isProgram(join(folder, 'postgres')) && isProgram(join(folder, 'initdb')))
}

/** The user who runs it: PostgreSQL refuses to be run by root. */
const user = (): { readonly uid?: number; readonly gid?: number } | undefined => {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map(option => spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return uid?.status === 0 && gid?.status === 0
    ? { uid: Number(uid.stdout), gid: Number(gid.stdout) }
    : undefined
}

/** Whether a PostgreSQL server can be started here. */
export const postgresServerAvailable = (): boolean => programs() !== undefined && user() !== undefined

/** What is not covered without one. */
export const postgresServerMissing =
  'no faults of PostgreSQL: install its server, so that initdb and postgres are on the PATH or in /usr/lib/postgresql'

/** Starts a PostgreSQL server. */
export const postgresServer = async (): Promise<OwnServer> => {
  const bin = programs() as string
  const owner = user() as { readonly uid?: number; readonly gid?: number }
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-pg-'))
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  // What is committed must outlive the server, not the machine.
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: folder, stdio: 'ignore' },
  )
  let child: ChildProcess | undefined

  const backends = (): readonly number[] =>
    spawnSync('pgrep', ['-P', String(child?.pid)], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean)
      .map(Number)
  const send = (pid: number, name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name)
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  const pause = (): void => {
    // The postmaster first, so that it starts no other backend.
    child?.kill('SIGSTOP')
    for (const pid of backends()) send(pid, 'SIGSTOP')
  }
  const resume = (): void => {
    for (const pid of backends()) send(pid, 'SIGCONT')
    child?.kill('SIGCONT')
  }
  const end = (): void => {
    child?.kill('SIGSTOP')
    for (const pid of backends()) send(pid, 'SIGKILL')
    child?.kill('SIGKILL')
  }
  const kill = async (): Promise<void> => {
    const ending = child
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise(resolve => ending.once('exit', resolve))
    end()
    await ended
    child = undefined
  }
  const answers = async (): Promise<boolean> => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
      return true
    } catch {
      return false
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const start = async (): Promise<void> => {
    const options = [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      'fsync=off',
      'autovacuum=off',
      'shared_buffers=16MB',
      'max_connections=60',
    ]
    const args = ['-D', data, '-p', String(port), ...options.flatMap(option => ['-c', option])]
    for (let i = 0; i < 1000; i++) {
      // One that was killed may hold its memory for a moment longer.
      if (child === undefined || child.exitCode !== null)
        child = spawn(join(bin, 'postgres'), args, { ...owner, cwd: folder, stdio: 'ignore' })
      if (await answers()) return
      await sleep(20)
    }
    throw new Error('postgres did not start')
  }
  // A spec that ends before its time leaves nothing behind either.
  const abandon = (): void => {
    end()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  const stop = async (): Promise<void> => {
    await kill()
    process.removeListener('exit', abandon)
    rmSync(folder, { recursive: true, force: true })
  }
  await start()
  return { port, url, kill, start, pause, resume, stop }
}
