// How rounds are taken: interleaved, after a warm-up, and again where the machine was noisy. No server runs here.
import t from 'tap'
import { takeRounds, type Loadable } from '../../bench/harness.js'

/** A server whose loads cost as much as is listed, the last of them for ever; `told` hears of each load. */
const costing = (costs: readonly number[], told: (strict: boolean) => void): Loadable => {
  let cpu = 0
  let at = 0
  return {
    server: { port: 1, usage: async () => ({ cpu, rss: 7 }), stop: () => {} },
    load: async (_, seconds, strict = false) => {
      told(strict)
      cpu += 10 * (costs[Math.min(at++, costs.length - 1)] as number)
      return { requests: 10, seconds, p50: 1, p99: 2 }
    },
  }
}

/** The four loads of a warm-up. */
const warm = [9, 9, 9, 9]

t.test('a round is reference, contender, contender, reference, after four loads of each', async t => {
  const order: string[] = []
  const reference = costing([...warm, 2, 2.2], strict => order.push(strict ? 'R' : 'r'))
  const contender = costing([...warm, 3, 5], strict => order.push(strict ? 'C' : 'c'))
  const { rounds, retaken } = await takeRounds(reference, contender, { rounds: 1, seconds: 2 })
  t.equal(order.join(''), 'RCrcrcrcrccr', 'in the first two each response is looked at')
  t.equal(retaken, 0)
  const [round] = rounds
  t.same(
    round?.contender.map(({ cpu, rate, rss }) => ({ cpu, rate, rss })),
    [
      { cpu: 3, rate: 5, rss: 7 },
      { cpu: 5, rate: 5, rss: 7 },
    ],
  )
  t.same(
    round?.reference.map(({ cpu }) => Math.round(cpu * 10) / 10),
    [2, 2.2],
  )
})

t.test('a noisy round is taken again, and the calmest counts', async t => {
  const reference = costing([...warm, 2, 4, 2, 3, 2, 2.1, 2, 2], () => {})
  const contender = costing([...warm, 30, 30, 20, 20, 10, 10, 11, 11], () => {})
  const { rounds, retaken } = await takeRounds(reference, contender, { rounds: 4, seconds: 1 })
  t.equal(retaken, 2)
  t.same(
    rounds.map(({ contender: [first] }) => first.cpu),
    [10, 11, 11, 11],
  )
})

t.test('rounds are taken again half as often as there are rounds, and no more', async t => {
  let loads = 0
  const reference = costing([...warm, ...Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 2))], () => {
    loads += 1
  })
  const { rounds, retaken } = await takeRounds(
    reference,
    costing([1], () => {}),
    { rounds: 3, seconds: 1 },
  )
  t.equal(rounds.length, 3)
  t.equal(retaken, 2)
  t.equal(loads, 4 + 2 * (3 + 2))
})
