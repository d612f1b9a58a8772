/** Which clients the Redis store takes. Every `@ts-expect-error` is a promise kept, as is every other line. */
import {
  createClient,
  createClientPool,
  createCluster,
  createSentinel,
  type RedisClientType,
  type RedisClusterType,
} from 'redis'
import { Cluster, Redis } from 'ioredis'
import type { Store } from '../../plugs/session/index.js'
import { redisStore, type RedisClient } from '../../plugs/session/stores/redis.js'

export const stores: readonly Store[] = [
  redisStore(createClient()),
  redisStore(createClient({ url: 'redis://127.0.0.1', RESP: 2 })),
  redisStore(createClientPool()),
  redisStore(createCluster({ rootNodes: [] })),
  redisStore(new Redis()),
  redisStore(new Redis({ enableOfflineQueue: false })),
  redisStore(new Cluster([])),
]

export const ofTypes = (client: RedisClientType, cluster: RedisClusterType): readonly RedisClient[] => [
  client,
  cluster,
]

/** As version 4 of `redis` types its client: arguments in an array that may be changed, and options of its own. */
interface Version4 {
  sendCommand<T = string | number | Buffer | null>(
    args: (string | Buffer)[] & { preserve?: unknown },
    options?: { readonly returnBuffers?: boolean; readonly asap?: boolean },
  ): Promise<T>
}
export const version4 = (client: Version4): Store => redisStore(client)

// @ts-expect-error a sentinel of redis takes commands in another way
redisStore(createSentinel({ name: 'x', sentinelRootNodes: [] }))
// @ts-expect-error the client is made and connected by the app
redisStore('redis://127.0.0.1')
// @ts-expect-error it is no client
redisStore({ get: async () => null })
// @ts-expect-error there is no such option
redisStore(new Redis(), { url: 'x' })
// @ts-expect-error seconds are a number
redisStore(new Redis(), { ttl: '60' })
