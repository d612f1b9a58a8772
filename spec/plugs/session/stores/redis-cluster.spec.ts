// Both Redis clients with a cluster.
import t, { type Test } from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCluster } from 'redis'
import { Cluster } from 'ioredis'
import { freePort, type OwnServer } from '../../../support/own-server.js'
import { redisServer, tell } from '../../../support/redis-server.js'
import { skipUnless } from '../../../support/skip.js'
import { redisStore } from '../../../../plugs/session/stores/redis.js'
import { canStart, missing, prefix } from './redis-kit.js'
import { serverContract } from './server-contract.js'

/** A cluster of two servers, each with half of the slots. */
const cluster = async (t: Test): Promise<readonly OwnServer[]> => {
  const one = async (): Promise<readonly [OwnServer, bus: number]> => {
    const bus = await freePort()
    const args = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port']
    const made = await redisServer([...args, String(bus)])
    t.teardown(made.stop)
    return [made, bus]
  }
  const [[first], [second, bus]] = [await one(), await one()]
  await tell(first.port, 'CLUSTER ADDSLOTSRANGE 0 8191')
  await tell(second.port, 'CLUSTER ADDSLOTSRANGE 8192 16383')
  await tell(first.port, `CLUSTER MEET 127.0.0.1 ${second.port} ${bus}`)
  for (const { port } of [first, second])
    for (let i = 0; !(await tell(port, 'CLUSTER INFO'))?.includes('cluster_state:ok'); i++) {
      if (i === 500) throw new Error('the cluster does not come to be')
      await sleep(20)
    }
  return [first, second]
}

t.test('a cluster', skipUnless(canStart, missing), async t => {
  const nodes = await cluster(t)
  const ioredis = new Cluster(
    nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { lazyConnect: true },
  )
  ioredis.on('error', () => undefined)
  await ioredis.connect()
  const redis = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })
  redis.on('error', () => undefined)
  await redis.connect()
  t.teardown(() => {
    ioredis.disconnect()
    redis.destroy()
  })
  for (const [name, client] of [
    ['ioredis', ioredis],
    ['redis', redis],
  ] as const)
    await t.test(name, async t => {
      serverContract(t, () => redisStore(client, { prefix: prefix(), ttl: 60 }))
      t.test('all sessions in one slot', async t => {
        serverContract(t, () => redisStore(client, { prefix: `{one slot}${prefix()}`, ttl: 60 }))
      })
    })
})
