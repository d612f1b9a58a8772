/** S9 and S11: Plugboard beside itself, with more plugs and routes, and with a plug that is not done at once. */
import { hello, plugs, plugsPath } from '../contenders/work.js'
import { measure, measureBeside, start, type Server } from '../harness.js'
import { compare, withServer, type Visit } from '../over-http.js'
import { isDeep, tableOf } from '../routes.js'
import type { Result, Scenario } from '../scenario.js'
import { deepVisits } from './http.js'

/** One Plugboard app of a pair. */
interface Side {
  readonly contender: string
  readonly start: () => Promise<Server>
  readonly visits: readonly Visit[]
}

/** Measures a pair, each beside its floor, and the second beside the first. */
const pair = (head: Pick<Scenario, 'name' | 'title' | 'goal'>, first: Side, second: Side): Scenario => ({
  ...head,
  run: async (effort, wanted, report) => {
    const results: Result[] = []
    for (const { contender, start, visits } of [first, second]) {
      if (!wanted(contender)) continue
      const own = async (server: Server): Promise<Result> => {
        await compare(server, visits)
        if (effort.rounds === 0) return { contender }
        const requests = visits.map(visit => visit.asked)
        const alone = await measure(contender, server, requests, effort)
        if (contender === first.contender) return alone
        const other = await first.start()
        try {
          const ofOther = { server: other, requests: first.visits.map(visit => visit.asked) }
          const beside = await measureBeside(ofOther, { server, requests }, effort)
          return {
            ...alone,
            retaken: (alone.retaken ?? 0) + beside.retaken,
            figures: {
              'rate beside the other': { value: beside.rate, unit: '' },
              'CPU of the other / its own': { value: beside.cpu, unit: '' },
            },
          }
        } finally {
          other.stop()
        }
      }
      const result = await withServer(contender, start, own)
      report?.(result)
      results.push(result)
    }
    return results
  },
})

const sized = (plugs: number, routes: number): Side => ({
  contender: `Plugboard, ${plugs} plugs, ${routes} routes`,
  start: () => start('./server.js', ['plugboard', 'sized', String(plugs), String(routes)]),
  visits: deepVisits(tableOf(routes).filter(isDeep), 100),
})

const plugged = (work: string, contender: string): Side => ({
  contender,
  start: () => start('./server.js', ['plugboard', work]),
  visits: [
    {
      asked: { path: plugsPath },
      expected: {
        type: 'text/plain',
        body: hello,
        headers: Object.fromEntries(plugs.map(({ header, value }) => [header, value])),
      },
    },
  ],
})

export const size: Scenario = pair(
  {
    name: 'S9',
    title: 'An app of 30 plugs and 1,000 routes beside one of 3 plugs and 10 routes',
    goal: 'a rate that stays close to that of the small app',
  },
  sized(3, 10),
  sized(30, 1000),
)

export const asynchrony: Scenario = pair(
  {
    name: 'S11',
    title: 'Ten plugs, and a TaskEither among them, beside the ten alone',
    goal: 'a rate that stays close to that of the ten alone',
  },
  plugged('plugs', 'Plugboard, ten plugs'),
  plugged('async', 'Plugboard, ten plugs and a TaskEither'),
)
