// Every scenario of the benchmark suite, without load: each contender starts and answers as it must.
import t, { type Test } from 'tap'
import { start } from '../../bench/harness.js'
import { overHttp } from '../../bench/over-http.js'
import { scenarios } from '../../bench/scenarios/index.js'
import { stores } from '../../bench/scenarios/sessions.js'
import type { Scenario } from '../../bench/scenario.js'
import { tell } from '../support/redis-server.js'
import { skipUnless } from '../support/skip.js'

const { port } = new URL(process.env['PLUGBOARD_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379')
const redis = (await tell(Number(port || 6379), 'PING'))?.startsWith('+PONG') === true
const noRedis = 'sessions in Redis are not compared with those of peers: start redis-server'

const needsRedis = ({ name }: Scenario): boolean => name === 'S12'

const answering = async (t: Test, some: readonly Scenario[]): Promise<void> => {
  await Promise.all(
    some.map(async ({ name, run }) => {
      const results = await run({ rounds: 0, seconds: 1 }, () => true)
      t.ok(results.length > 0, `${name}: ${results.map(({ contender }) => contender).join(', ')}`)
      for (const { contender, failure } of results) t.equal(failure, undefined, `${name}: ${contender}`)
    }),
  )
}

t.test('each contender of each scenario answers as it must', t =>
  answering(
    t,
    scenarios.filter(scenario => !needsRedis(scenario)),
  ),
)

t.test('so do those with sessions in Redis', skipUnless(redis, noRedis), t =>
  answering(t, scenarios.filter(needsRedis)),
)

t.test('so does each session store that needs no database of its own', async t => {
  const embedded = (contender: string): boolean => !/redis|PostgreSQL|no session/.test(contender)
  const results = await stores('write').run({ rounds: 0, seconds: 1 }, embedded)
  t.ok(results.length > 5)
  for (const { contender, failure } of results) t.equal(failure, undefined, contender)
})

t.test('a contender that cannot start is a failure, and the others go on', async t => {
  const scenario = overHttp({
    name: 'S1',
    title: 'Nothing',
    goal: 'none',
    contenders: {
      lost: { start: () => Promise.reject(new Error('no such server')) },
      wrong: { start: () => start('./server.js', ['node', 'hello']) },
    },
    visits: async () => [{ asked: { path: '/' }, expected: { type: 'text/plain', body: 'Bye' } }],
  })
  t.same(await scenario.run({ rounds: 0, seconds: 1 }, () => true), [
    { contender: 'lost', failure: 'no such server' },
    { contender: 'wrong', failure: 'GET / answers "Hello, World!", which must be "Bye"' },
  ])
})

t.test('a scenario starts the wanted contenders alone', async t => {
  const asked: string[] = []
  const results = await scenarios[0]!.run({ rounds: 0, seconds: 1 }, contender => {
    asked.push(contender)
    return contender === 'Plugboard'
  })
  t.same(results, [{ contender: 'Plugboard' }])
  t.ok(asked.includes('Fastify 5'))
})

t.test('no two scenarios have the same name', async t => {
  const names = scenarios.map(({ name }) => name)
  t.same([...new Set(names)], names)
})
