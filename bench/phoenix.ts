/**
 * A contender that somebody else started: Phoenix on Bandit, or whatever answers as docs/performance.md says. The environment
 * names its port and its process, whose CPU time and memory are read from `/proc`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pin, type Server } from './harness.js'

/** The sentence for those who have not started it. */
export const missing =
  'Phoenix is left out: start it, and set BENCH_PHOENIX_PORT and BENCH_PHOENIX_PID (docs/performance.md says what it must answer)'

const numberOf = (name: string): number | undefined => {
  const text = process.env[name]
  if (text === undefined) return undefined
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} must be a number, and is ${text}`)
  return Number(text)
}

/** Whether the environment names a server. */
export const isNamed = (): boolean =>
  process.env['BENCH_PHOENIX_PORT'] !== undefined || process.env['BENCH_PHOENIX_PID'] !== undefined

/** Starts nothing: gives the server that the environment names. @throws Error where it does not name both, as numbers. */
export const external = (): Server => {
  const port = numberOf('BENCH_PHOENIX_PORT')
  const pid = numberOf('BENCH_PHOENIX_PID')
  if (port === undefined || pid === undefined)
    throw new Error('BENCH_PHOENIX_PORT and BENCH_PHOENIX_PID must be set both')
  pin(pid)
  const ticks = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout)
  const pageSize = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout)
  return {
    port,
    usage: async () => {
      // The name of the program, in parentheses, may hold anything; the third field is the first behind it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number) as [
        number,
        number,
        number,
      ]
      return { cpu: ((user + system) / ticks) * 1e6, rss: pages * pageSize }
    },
    stop: () => {},
  }
}
