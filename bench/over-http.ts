/**
 * A scenario whose contenders do the same work over HTTP. Each is started, asked once and compared with what it must answer,
 * measured beside its floor, and compared again.
 */
import { ask, headersOf, measure, type Captured, type Server } from './harness.js'
import type { Asked } from './load.js'
import type { Effort, Result, Scenario } from './scenario.js'

/** What every contender must answer, whatever else it sends. The status must be 200. */
export interface Expected {
  /** The media type, without parameters. */
  readonly type: string
  readonly body: string
  /** Headers, by lower-case name: the value, or what it must look like. */
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** What makes bodies alike that differ by what is random. */
  readonly plain?: (body: string) => string
}

/** A request with what must be answered. */
export interface Visit {
  readonly asked: Asked
  readonly expected: Expected
}

/** A server's place in a scenario. */
export interface Contender {
  start(): Promise<Server>
}

export interface OverHttp extends Pick<Scenario, 'name' | 'title' | 'goal'> {
  /** By name. */
  readonly contenders: Readonly<Record<string, Contender>>
  /** What is asked of a server, in turn; `most` visits are enough. A server with sessions is asked for them here. */
  readonly visits: (server: Server, most: number) => Promise<readonly Visit[]>
}

/** So many visitors, and so many paths at most. */
const all = 1000

/** What is wrong with an answer, in words. */
export const problemOf = ({ type, body, headers, plain }: Expected, given: Captured): string | undefined => {
  if (given.status !== 200) return `status ${given.status}, which must be 200: ${given.body}`
  const media = headersOf(given, 'content-type')[0]?.split(';', 1)[0]?.toLowerCase()
  if (media !== type) return `content-type ${media}, which must be ${type}`
  const text = plain === undefined ? given.body : plain(given.body)
  if (text !== body) return `${JSON.stringify(text)}, which must be ${JSON.stringify(body)}`
  for (const [name, wanted] of Object.entries(headers ?? {})) {
    const value = headersOf(given, name).join(', ')
    if (typeof wanted === 'string' ? value !== wanted : !wanted.test(value))
      return `${name}: ${value}, which must be ${String(wanted)}`
  }
  return undefined
}

/** Asks for each visit once, and fails where an answer is not as it must be. */
export const compare = async ({ port }: Server, visits: readonly Visit[]): Promise<void> => {
  for (const { asked, expected } of visits) {
    const problem = problemOf(expected, await ask(port, asked))
    if (problem !== undefined) throw new Error(`${asked.method ?? 'GET'} ${asked.path} answers ${problem}`)
  }
}

/** How many visits an effort needs. */
export const mostOf = ({ rounds }: Effort): number => (rounds === 0 ? 3 : all)

/** Does something with a server of its own; what fails is a result that says so. */
export const withServer = async (
  contender: string,
  start: () => Promise<Server>,
  work: (server: Server) => Promise<Result>,
): Promise<Result> => {
  let server: Server | undefined
  try {
    server = await start()
    return await work(server)
  } catch (cause) {
    return { contender, failure: cause instanceof Error ? cause.message : String(cause) }
  } finally {
    server?.stop()
  }
}

const measureOne = (contender: string, { contenders, visits }: OverHttp, effort: Effort): Promise<Result> =>
  withServer(
    contender,
    () => (contenders[contender] as Contender).start(),
    async server => {
      const made = await visits(server, mostOf(effort))
      await compare(server, made)
      if (effort.rounds === 0) return { contender }
      const requests = made.map(visit => visit.asked)
      const measured = await measure(contender, server, requests, effort)
      await compare(server, made.slice(0, 3))
      return measured
    },
  )

/** The scenario of some contenders that do the same work. */
export const overHttp = (job: OverHttp): Scenario => ({
  name: job.name,
  title: job.title,
  goal: job.goal,
  run: async (effort, wanted, report) => {
    const results: Result[] = []
    for (const contender of Object.keys(job.contenders).filter(wanted)) {
      const result = await measureOne(contender, job, effort)
      report?.(result)
      results.push(result)
    }
    return results
  },
})
