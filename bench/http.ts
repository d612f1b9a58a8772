/**
 * Measures Plugboard against bare node:http that sends the same bytes, by CPU time a request, in interleaved rounds:
 * `node dist/bench/http.js [rounds] [seconds]`. The server is pinned to one core and the load to another where
 * `taskset` exists; the load is wrk where it is installed and autocannon otherwise.
 */
import { execFile, fork, spawnSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const pin = has('taskset')
const wrk = has('wrk')
const rounds = Number(process.argv[2] ?? 12)
const seconds = Number(process.argv[3] ?? 1)
const serverFile = fileURLToPath(new URL('./server.js', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly port: number
}

const next = <T>(child: ChildProcess): Promise<T> =>
  new Promise(resolve => child.once('message', resolve as (m: unknown) => void))

const start = async (scenario: string, contender: string): Promise<Started> => {
  const child = fork(serverFile, [scenario, contender])
  if (pin) spawnSync('taskset', ['-a', '-c', '-p', '0', String(child.pid)])
  const { port } = await next<{ port: number }>(child)
  return { child, port }
}

const cpu = async (child: ChildProcess): Promise<number> => {
  child.send('usage')
  const { cpu } = await next<{ cpu: NodeJS.CpuUsage }>(child)
  return cpu.user + cpu.system
}

/** Loads a server for some seconds; gives how many requests it answered. */
const load = async (port: number): Promise<number> => {
  const url = `http://127.0.0.1:${port}/`
  const [program, args] = wrk
    ? ['wrk', ['-t1', '-c32', `-d${seconds}s`, url]]
    : ['npx', ['autocannon', '-j', '-c', '32', '-d', String(seconds), url]]
  const { stdout } = pin ? await run('taskset', ['-c', '1', program, ...args]) : await run(program, args)
  return wrk
    ? Number(/(\d+) requests in/.exec(stdout)?.[1])
    : (JSON.parse(stdout) as { requests: { total: number } }).requests.total
}

const measure = async (server: Started): Promise<number> => {
  const before = await cpu(server.child)
  const requests = await load(server.port)
  return ((await cpu(server.child)) - before) / requests
}

const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[xs.length >> 1] as number

for (const scenario of ['hello', 'ten-plugs']) {
  const floor = await start(scenario, 'floor')
  const ours = await start(scenario, 'plugboard')
  await measure(floor)
  await measure(ours)
  const ratios: number[] = []
  const micros: [number, number][] = []
  for (let i = 0; i < rounds; i++) {
    const a = await measure(floor)
    const b = await measure(ours)
    const c = await measure(ours)
    const d = await measure(floor)
    ratios.push((a + d) / (b + c))
    micros.push([(a + d) / 2, (b + c) / 2])
  }
  floor.child.disconnect()
  ours.child.disconnect()
  const sorted = [...ratios].sort((x, y) => x - y)
  console.log(
    `${scenario.padEnd(10)} ratio ${median(ratios).toFixed(3)} (min ${sorted[0]?.toFixed(3)}, max ${sorted.at(-1)?.toFixed(3)})` +
      `  floor ${median(micros.map(m => m[0])).toFixed(1)} µs, Plugboard ${median(micros.map(m => m[1])).toFixed(1)} µs CPU a request`,
  )
}
