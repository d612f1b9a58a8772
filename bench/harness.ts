/**
 * What the benchmarks over HTTP share. Each contender is a process of its own, pinned to one core, with the load on another.
 * Its responses are captured first, and its floor is bare node:http that replays them, so that nobody is charged for bytes
 * that another does not send. What is compared is CPU time a request, in interleaved rounds: floor, contender, contender,
 * floor. A round whose two loads of the floor differ much is taken again.
 */
import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadOf, pinned, type Asked, type Load } from './load.js'
import type { Effort, Result, Spread } from './scenario.js'
import { difference, spreadOf } from './statistics.js'

/** What a process used so far: microseconds of CPU, and bytes of resident memory now. */
export interface Usage {
  readonly cpu: number
  readonly rss: number
}

/** A server in a process of its own. */
export interface Server {
  readonly port: number
  /** @param collected whether garbage is collected first */
  usage(collected?: boolean): Promise<Usage>
  stop(): void
}

/** A response as the floor replays it: raw header pairs, without those that node:http adds to every response. */
export interface Captured {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

const next = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', message => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })

/** Keeps a process on the servers' core. */
export const pin = (pid: number): void => {
  if (pinned) spawnSync('taskset', ['-a', '-c', '-p', '0', String(pid)])
}

/** Starts a server: a file of this folder that announces its port by `ready` of `child.ts`. */
export const start = async (file: string, args: readonly string[], message?: object): Promise<Server> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  pin(child.pid as number)
  if (message !== undefined) child.send(message)
  const { port } = await next<{ port: number }>(child)
  return {
    port,
    usage: async (collected = false) => {
      if (!child.connected) throw new Error('the server has ended')
      child.send(collected ? 'collected' : 'usage')
      const { cpu, memory } = await next<{ cpu: NodeJS.CpuUsage; memory: number }>(child)
      return { cpu: cpu.user + cpu.system, rss: memory }
    },
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const added = new Set(['date', 'connection', 'keep-alive'])

/** Asks a server once. */
export const ask = (port: number, { method = 'GET', path, headers = {}, body }: Asked): Promise<Captured> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent }, response => {
      const raw: string[] = []
      for (let i = 0; i < response.rawHeaders.length; i += 2) {
        const name = response.rawHeaders[i] as string
        if (!added.has(name.toLowerCase())) raw.push(name, response.rawHeaders[i + 1] as string)
      }
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => (text += part))
      response.on('end', () => resolve({ status: response.statusCode as number, headers: raw, body: text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })

/** The values that a response has for a header. */
export const headersOf = ({ headers }: Captured, name: string): readonly string[] => {
  const values: string[] = []
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]?.toLowerCase() === name) values.push(headers[i + 1] as string)
  return values
}

/** What a browser sends back of a response's cookies. */
export const cookieOf = (response: Captured): string =>
  headersOf(response, 'set-cookie')
    .map(cookie => cookie.split(';', 1)[0])
    .join('; ')

/** Starts the floor of these responses, and fails unless it answers as they do. */
const startFloor = async (responses: readonly Captured[]): Promise<Server> => {
  const floor = await start('./floor.js', [], { responses })
  for (const expected of responses) {
    const seen = ({ status, headers, body }: Captured): string => JSON.stringify([status, headers, body])
    const given = seen(await ask(floor.port, { path: '/' }))
    if (given !== seen(expected)) {
      floor.stop()
      throw new Error(`its floor answers ${given} for ${seen(expected)}`)
    }
  }
  return floor
}

/** A server, and the load that is for it. */
export interface Loadable {
  readonly server: Server
  readonly load: Load
}

/** What one load took of a server. */
interface Block extends Usage {
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

const takeBlock = async ({ server, load }: Loadable, seconds: number, strict = false): Promise<Block> => {
  const before = await server.usage()
  const { requests, seconds: taken, p50, p99 } = await load(server.port, seconds, strict)
  const { cpu, rss } = await server.usage()
  return { cpu: (cpu - before.cpu) / requests, rss, rate: requests / taken, p50, p99 }
}

interface Round {
  readonly reference: readonly [Block, Block]
  readonly contender: readonly [Block, Block]
}

/** More than this is a machine that has something else to do. */
const noisy = 0.15

export interface Rounds {
  readonly rounds: readonly Round[]
  readonly retaken: number
}

/** Takes the rounds; of those that were taken again the calmest counts, whatever the contender did in it. */
export const takeRounds = async (
  reference: Loadable,
  contender: Loadable,
  { rounds, seconds }: Effort,
): Promise<Rounds> => {
  const take = async (): Promise<Round> => {
    const first = await takeBlock(reference, seconds)
    const own = [await takeBlock(contender, seconds), await takeBlock(contender, seconds)] as const
    return { reference: [first, await takeBlock(reference, seconds)], contender: own }
  }
  const noise = ({ reference: [a, b] }: Round): number => difference(a.cpu, b.cpu)
  // The compiler is busy with a server for its first ten thousand requests and more. Each response is looked at meanwhile.
  for (let i = 0; i < 4; i++)
    for (const side of [reference, contender]) await takeBlock(side, seconds, i === 0)
  const taken: Round[] = []
  let retaken = 0
  while (taken.length < rounds) {
    let round = await take()
    while (noise(round) > noisy && retaken < Math.ceil(rounds / 2)) {
      retaken += 1
      const again = await take()
      if (noise(again) < noise(round)) round = again
    }
    taken.push(round)
  }
  return { rounds: taken, retaken }
}

const sumOf = (blocks: readonly Block[], key: keyof Block): number =>
  blocks.reduce((sum, block) => sum + block[key], 0)

const spreadOver = (rounds: readonly Round[], side: keyof Round, key: keyof Block, scale = 1): Spread =>
  spreadOf(rounds.map(round => (sumOf(round[side], key) / 2) * scale))

/** Runs something with a folder that is gone afterwards. */
const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of so many responses the floor replays those of the first requests. */
const captured = 100

/**
 * Measures a contender beside its floor.
 *
 * @param requests What is asked in turn.
 */
export const measure = (
  contender: string,
  server: Server,
  requests: readonly Asked[],
  effort: Effort,
): Promise<Result> =>
  inFolder(async folder => {
    const responses: Captured[] = []
    for (const asked of requests.slice(0, captured)) responses.push(await ask(server.port, asked))
    const floor = await startFloor(responses)
    try {
      const load = loadOf(requests, folder)
      const { rounds, retaken } = await takeRounds({ server: floor, load }, { server, load }, effort)
      return {
        contender,
        ratio: spreadOf(rounds.map(round => sumOf(round.reference, 'cpu') / sumOf(round.contender, 'cpu'))),
        cpu: spreadOver(rounds, 'contender', 'cpu'),
        floor: spreadOver(rounds, 'reference', 'cpu'),
        rate: spreadOver(rounds, 'contender', 'rate'),
        p50: spreadOver(rounds, 'contender', 'p50'),
        p99: spreadOver(rounds, 'contender', 'p99'),
        rss: spreadOver(rounds, 'contender', 'rss', 2 ** -20),
        retaken,
      }
    } finally {
      floor.stop()
    }
  })

/** What a server takes beside another one, each with requests of its own. */
export interface Beside {
  /** The other's CPU time a request over the server's. */
  readonly cpu: Spread
  /** The server's requests a second over the other's. */
  readonly rate: Spread
  readonly retaken: number
}

/** Measures a server beside another one, in rounds as beside a floor. */
export const measureBeside = (
  other: { readonly server: Server; readonly requests: readonly Asked[] },
  own: { readonly server: Server; readonly requests: readonly Asked[] },
  effort: Effort,
): Promise<Beside> =>
  inFolder(folder =>
    inFolder(async second => {
      const { rounds, retaken } = await takeRounds(
        { server: other.server, load: loadOf(other.requests, folder) },
        { server: own.server, load: loadOf(own.requests, second) },
        effort,
      )
      return {
        cpu: spreadOf(rounds.map(round => sumOf(round.reference, 'cpu') / sumOf(round.contender, 'cpu'))),
        rate: spreadOf(rounds.map(round => sumOf(round.contender, 'rate') / sumOf(round.reference, 'rate'))),
        retaken,
      }
    }),
  )
