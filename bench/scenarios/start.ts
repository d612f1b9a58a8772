/** S14: how long it takes from a process's beginning to its first answer, and the memory that it takes then and under load. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, start, type Server } from '../harness.js'
import { loadOf } from '../load.js'
import { withServer } from '../over-http.js'
import type { Effort, Result, Scenario } from '../scenario.js'
import { spreadOf } from '../statistics.js'

const contenders = ['Plugboard', 'Fastify', 'Hono', 'Express', 'Koa', 'Polka', 'node:http'] as const

/** Starts of each, which take turns. */
const starts = 10
/** By how much the load is longer than one of a round: a minute, where that is a second. */
const longer = 60

interface Begun {
  readonly milliseconds: number
  /** MB. */
  readonly memory: number
}

const megabytes = 2 ** -20

/** From the beginning of the process to its first answer. */
const beginOnce = async (contender: string): Promise<Begun> => {
  const begun = performance.now()
  const server = await start('./server.js', ['hello', contender])
  try {
    const { status, body } = await ask(server.port, { path: '/' })
    const milliseconds = performance.now() - begun
    if (status !== 200 || body !== 'Hello, World!') throw new Error(`it answers ${status} ${body}`)
    const { rss } = await server.usage()
    return { milliseconds, memory: rss * megabytes }
  } finally {
    server.stop()
  }
}

/** MB after a load of so many seconds. */
const memoryUnderLoad = (server: Server, seconds: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-bench-'))
  return loadOf([{ path: '/' }], folder)(server.port, Math.max(1, Math.round(seconds)))
    .then(() => server.usage())
    .then(({ rss }) => rss * megabytes)
    .finally(() => rmSync(folder, { recursive: true }))
}

const resultOf = (contender: string, begun: readonly Begun[], effort: Effort): Promise<Result> =>
  withServer(
    contender,
    () => start('./server.js', ['hello', contender]),
    async server => {
      const rss = await memoryUnderLoad(server, longer * effort.seconds)
      return {
        contender,
        rss: spreadOf([rss]),
        figures: {
          'first answer': { value: spreadOf(begun.map(one => one.milliseconds)), unit: 'ms' },
          'memory then': { value: spreadOf(begun.map(one => one.memory)), unit: 'MB' },
        },
      }
    },
  )

const failed = (contender: string, cause: unknown): Result => ({
  contender,
  failure: cause instanceof Error ? cause.message : String(cause),
})

export const starting: Scenario = {
  name: 'S14',
  title: 'start to first answer, and memory',
  goal: 'a faster start and less memory than Fastify, before and after load',
  run: async (effort, wanted, report) => {
    const begun = new Map<string, Begun[]>(contenders.filter(wanted).map(contender => [contender, []]))
    const failures = new Map<string, Result>()
    for (let i = 0; i < (effort.rounds === 0 ? 1 : starts); i++)
      for (const [contender, all] of begun)
        if (!failures.has(contender))
          await beginOnce(contender).then(
            one => void all.push(one),
            cause => void failures.set(contender, failed(contender, cause)),
          )
    const results: Result[] = []
    for (const [contender, all] of begun) {
      const result =
        failures.get(contender) ??
        (effort.rounds === 0 ? { contender } : await resultOf(contender, all, effort))
      results.push(result)
      report?.(result)
    }
    return results
  },
}
