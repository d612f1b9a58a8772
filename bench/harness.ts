/**
 * What the benchmarks over HTTP share. Each contender is a process of its own, pinned to one core, with the load on another
 * (wrk where it is installed, else autocannon). Its responses are captured first, and its floor is bare node:http that
 * replays them, so that nobody is charged for bytes that another does not send. What is compared is CPU time a request, in
 * interleaved rounds: floor, contender, contender, floor.
 */
import { execFile, fork, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const pin = has('taskset')
const wrk = has('wrk')

/** How long is measured. */
export interface Effort {
  /** Interleaved rounds, each of four loads. */
  readonly rounds: number
  /** Seconds of a load. */
  readonly seconds: number
}

/** A server in a process of its own. */
export interface Started {
  readonly child: ChildProcess
  readonly port: number
}

/** A response as the floor replays it: raw header pairs, without those that node:http adds to every response. */
export interface Captured {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

/** The middle of several measurements, and their extremes. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What a contender took. Times are microseconds of CPU a request. */
export interface Measured {
  readonly contender: string
  readonly ratio: Spread
  readonly floor: Spread
  readonly cpu: Spread
  readonly rounds: number
}

const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (i: number): number => sorted[i] as number
  return { median: at(sorted.length >> 1), min: at(0), max: at(sorted.length - 1) }
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

/** Starts a server: a file of this folder that announces its port by `ready` of `child.ts`. */
export const start = async (file: string, args: readonly string[], message?: object): Promise<Started> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args)
  if (pin) spawnSync('taskset', ['-a', '-c', '-p', '0', String(child.pid)])
  if (message !== undefined) child.send(message)
  const { port } = await next<{ port: number }>(child)
  return { child, port }
}

/** Ends a server. */
export const stop = ({ child }: Started): void => child.disconnect()

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const added = new Set(['date', 'connection', 'keep-alive'])

/** Asks a server once. */
export const ask = (
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Captured> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent }, response => {
      const raw: string[] = []
      for (let i = 0; i < response.rawHeaders.length; i += 2) {
        const name = response.rawHeaders[i] as string
        if (!added.has(name.toLowerCase())) raw.push(name, response.rawHeaders[i + 1] as string)
      }
      let body = ''
      response.setEncoding('utf8')
      response.on('data', text => (body += text))
      response.on('end', () => resolve({ status: response.statusCode as number, headers: raw, body }))
    })
    asked.on('error', reject)
    asked.end()
  })

/** What a browser sends back of a response's cookies. */
export const cookieOf = ({ headers }: Captured): string => {
  const pairs: string[] = []
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]?.toLowerCase() === 'set-cookie')
      pairs.push((headers[i + 1] as string).split(';', 1)[0] as string)
  return pairs.join('; ')
}

const script = (file: string): string => `
local requests, i = {}, 0
init = function()
  for cookie in io.lines('${file}') do
    requests[#requests + 1] = wrk.format('GET', '/', cookie == '' and {} or { Cookie = cookie })
  end
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
`

/** Requests of several visitors, one after the other; `Load` gives how many were answered. */
type Load = (port: number, seconds: number) => Promise<number>

const loadOf = (cookies: readonly string[], folder: string): Load => {
  const file = join(folder, 'cookies')
  const lua = join(folder, 'visitors.lua')
  writeFileSync(file, cookies.join('\n') + '\n')
  writeFileSync(lua, script(file))
  return async (port, seconds) => {
    const [program, args] = wrk
      ? ['wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', lua, `http://127.0.0.1:${port}/`]]
      : [
          process.execPath,
          [fileURLToPath(new URL('./load.js', import.meta.url)), String(port), String(seconds), file],
        ]
    const { stdout } = pin ? await run('taskset', ['-c', '1', program, ...args]) : await run(program, args)
    if (/Non-2xx/.test(stdout)) throw new Error(stdout)
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
    if (!(requests > 0)) throw new Error(`no load: ${stdout}`)
    return requests
  }
}

const cpuOf = async ({ child }: Started): Promise<number> => {
  child.send('usage')
  const { cpu } = await next<{ cpu: NodeJS.CpuUsage }>(child)
  return cpu.user + cpu.system
}

/** Fails unless a floor answers as its contender does. */
const compare = (contender: string, expected: Captured, given: Captured): void => {
  const seen = ({ status, headers, body }: Captured): string => JSON.stringify([status, headers, body])
  if (seen(expected) !== seen(given))
    throw new Error(`the floor of ${contender} answers ${seen(given)} for ${seen(expected)}`)
}

/**
 * Measures a contender beside its floor.
 *
 * @param cookies What each visitor sends; one of `''` for none.
 */
export const measure = async (
  contender: string,
  server: Started,
  cookies: readonly string[],
  { rounds, seconds }: Effort,
): Promise<Measured> => {
  const responses: Captured[] = []
  for (const cookie of cookies.slice(0, 100))
    responses.push(await ask(server.port, '/', cookie === '' ? {} : { cookie }))
  const floor = await start('./floor.js', [], { responses })
  compare(contender, responses[0] as Captured, await ask(floor.port, '/', {}))
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-bench-'))
  try {
    const load = loadOf(cookies, folder)
    const micros = async (started: Started): Promise<number> => {
      const before = await cpuOf(started)
      const requests = await load(started.port, seconds)
      return ((await cpuOf(started)) - before) / requests
    }
    // The compiler is busy with a server for its first ten thousand requests and more.
    for (let i = 0; i < 4; i++) for (const started of [floor, server]) await micros(started)
    const ratios: number[] = []
    const floors: number[] = []
    const own: number[] = []
    for (let i = 0; i < rounds; i++) {
      const a = await micros(floor)
      const b = await micros(server)
      const c = await micros(server)
      const d = await micros(floor)
      ratios.push((a + d) / (b + c))
      floors.push((a + d) / 2)
      own.push((b + c) / 2)
    }
    return { contender, ratio: spreadOf(ratios), floor: spreadOf(floors), cpu: spreadOf(own), rounds }
  } finally {
    stop(floor)
    rmSync(folder, { recursive: true })
  }
}

const fixed = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`

/** A measurement as a line of a table. */
export const line = ({ contender, ratio, floor, cpu }: Measured): string =>
  [contender.padEnd(26), fixed(ratio, 2).padEnd(22), fixed(cpu, 1).padEnd(24), fixed(floor, 1)].join('  ')

/** The head of that table. */
export const head = [
  'contender'.padEnd(26),
  'floor / contender'.padEnd(22),
  'µs CPU a request'.padEnd(24),
  'floor, µs',
].join('  ')

/** The value behind `--name` on the command line. */
export const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** The effort that `--rounds` and `--seconds` say. */
export const effort: Effort = {
  rounds: Number(option('rounds') ?? 8),
  seconds: Number(option('seconds') ?? 1),
}

/** Writes what was measured to the file that `--json` names. */
export const save = (results: object): void => {
  const file = option('json')
  if (file !== undefined)
    writeFileSync(
      file,
      JSON.stringify(
        {
          at: new Date().toISOString(),
          node: process.version,
          load: wrk ? 'wrk' : 'autocannon',
          ...effort,
          results,
        },
        null,
        2,
      ),
    )
}
