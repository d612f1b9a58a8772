/**
 * The load. wrk where it is installed, else autocannon in a process of its own: this very file, `node load.js PORT SECONDS
 * FILE`. Either asks several requests in turn over 32 connections, and fails where a response is neither a 2xx nor a 304.
 */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A request of the load, and of what is compared before it. */
export interface Asked {
  /** Default `GET`. */
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a load saw. Latencies are milliseconds. */
export interface Loaded {
  readonly requests: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

/** Loads a port. */
export interface Load {
  /** @param strict Whether each response's status is looked at, which takes the generator time; 4xx and 5xx fail anyway. */
  (port: number, seconds: number, strict?: boolean): Promise<Loaded>
}

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const wrk = has('wrk')
/** Whether processes can be pinned to a core. */
export const pinned = has('taskset')

const connections = 32
const self = fileURLToPath(import.meta.url)

/** Name and version of the load generator. */
export const generator = (): string => {
  if (wrk) return spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout.split(' ').slice(0, 2).join(' ')
  const manifest = new URL('../../node_modules/autocannon/package.json', import.meta.url)
  return `autocannon ${(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version}`
}

const lua = (file: string): string => `
local requests, i, threads = {}, 0, {}
bad = 0
setup = function(thread) threads[#threads + 1] = thread end
init = function(args)
  for text in io.open('${file}', 'rb'):read('*a'):gmatch('[^%z]+') do requests[#requests + 1] = text end
  if args[1] == 'strict' then
    response = function(status) if status < 200 or (status > 299 and status < 400 and status ~= 304) then bad = bad + 1 end end
  end
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get('bad') end
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))
end
`

/** A request as it is sent. */
const bytesOf = ({ method = 'GET', path, headers = {}, body }: Asked): string => {
  const all: Record<string, string> = { host: '127.0.0.1', ...headers }
  if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body))
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

/** What asks these requests in turn, with its files in a folder of its own. */
export const loadOf = (requests: readonly Asked[], folder: string): Load => {
  const file = join(folder, 'requests')
  const script = join(folder, 'load.lua')
  writeFileSync(file, wrk ? requests.map(bytesOf).join('\0') : JSON.stringify(requests))
  if (wrk) writeFileSync(script, lua(file))
  return async (port, seconds, strict = false) => {
    const url = `http://127.0.0.1:${port}/`
    const command = wrk
      ? ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url, ...(strict ? ['strict'] : [])]
      : [process.execPath, self, String(port), String(seconds), file]
    const [program, ...args] = pinned ? ['taskset', '-c', '1', ...command] : command
    const { stdout } = await run(program as string, args)
    const last = stdout.trimEnd().split('\n').at(-1) ?? ''
    if (!last.startsWith('{')) throw new Error(`the load generator says ${stdout}`)
    const { failed, ...loaded } = JSON.parse(last) as Loaded & { readonly failed: number }
    if (failed > 0) throw new Error(`${failed} of ${loaded.requests} requests failed under load`)
    if (loaded.requests === 0) throw new Error('no request was answered under load')
    return loaded
  }
}

interface Autocannon {
  (options: object): Promise<{
    readonly requests: { readonly total: number }
    readonly latency: { readonly p50: number; readonly p99: number }
    readonly duration: number
    readonly non2xx: number
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>
    readonly errors: number
  }>
}

if (process.argv[1] === self) {
  const [, , port, seconds, file = ''] = process.argv
  // The package brings no types.
  const { default: autocannon } = (await import('autocannon' as string)) as { readonly default: Autocannon }
  const { requests, latency, duration, non2xx, statusCodeStats, errors } = await autocannon({
    url: `http://127.0.0.1:${port}/`,
    connections,
    duration: Number(seconds),
    requests: JSON.parse(readFileSync(file, 'utf8')) as object[],
  })
  const { p50, p99 } = latency
  const failed = non2xx - (statusCodeStats['304']?.count ?? 0) + errors
  console.log(JSON.stringify({ requests: requests.total, seconds: duration, p50, p99, failed }))
}
