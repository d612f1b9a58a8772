// Clients of both libraries for the specs of the Redis store, and sessions that live there.
import { createHash } from 'node:crypto'
import type { Either } from 'fp-ts/lib/Either.js'
import { createClient } from 'redis'
import { Redis } from 'ioredis'
import type { Conn, PlugError, Result } from '../../../../lib/index.js'
import { recycle, runAsync } from '../../../../lib/testing/index.js'
import { updateSession, type SessionOptions } from '../../../../plugs/session/index.js'
import {
  redisStore,
  type RedisClient,
  type RedisStoreOptions,
} from '../../../../plugs/session/stores/redis.js'
import type { OwnServer } from '../../../support/own-server.js'
import { redisAvailable, redisServer, tell } from '../../../support/redis-server.js'
import { app, dataOf, type Change } from '../kit.js'

export interface OpenClient {
  readonly client: RedisClient
  /** Sends a command, and gives its reply as text. */
  readonly tell: (...command: readonly string[]) => Promise<unknown>
  readonly close: () => void
}

/** `offlineQueue`: whether commands are kept while there is no connection, as both libraries do by default; else they fail. */
type Open = (port: number, options?: { readonly offlineQueue?: boolean }) => Promise<OpenClient>

/** Opens a client of `redis`, connected. */
const openRedis: Open = async (port, { offlineQueue = true } = {}) => {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: !offlineQueue })
  client.on('error', () => undefined)
  await client.connect()
  return { client, tell: (...command) => client.sendCommand([...command]), close: () => client.destroy() }
}

/** Opens a client of `ioredis`, connected. */
const openIoredis: Open = async (port, { offlineQueue = true } = {}) => {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, enableOfflineQueue: offlineQueue })
  client.on('error', () => undefined)
  await client.connect()
  return {
    client,
    tell: (name = '', ...args) => client.call(name, ...args),
    close: () => client.disconnect(),
  }
}

/** Both libraries. */
export const libraries: readonly (readonly [name: string, open: Open])[] = [
  ['redis', openRedis],
  ['ioredis', openIoredis],
]

const url = new URL(process.env['PLUGBOARD_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379')
const sharedPort = Number(url.port || 6379)
/** Whether a server of this machine is there already, without a password. */
const shared =
  (url.hostname === '127.0.0.1' || url.hostname === 'localhost') &&
  (await tell(sharedPort, 'PING'))?.startsWith('+PONG') === true

/** Whether specs can have a server of their own, whether they can have one at all, and what is not covered without. */
export const canStart = redisAvailable()
export const available = shared || canStart
export const missing = 'the Redis store is not run against a server: apt-get install redis-server'

/** The server that is there already, or else one of the spec's own. */
export const anyServer = async (): Promise<Pick<OwnServer, 'port' | 'stop'>> =>
  shared ? { port: sharedPort, stop: async () => undefined } : redisServer()

let prefixes = 0
/** A prefix that nobody else has. */
export const prefix = (): string => `plugboard:spec:${process.pid}:${Date.now()}:${prefixes++}:`
/** The name of the key that holds a session. */
export const placeOf = (of: string, id: string, name = 'session'): string =>
  `${of}{${name}:${createHash('sha256').update(id).digest('hex')}}`

/** The name of the cookie. */
export const key = '_my_app_session'

/** A session in a store that holds nothing; what is forgotten there ends after a minute. */
export const optionsOf = (client: RedisClient, more: RedisStoreOptions = {}): SessionOptions => ({
  store: redisStore(client, { prefix: prefix(), ttl: 60, ...more }),
  key,
})
/** The answer to a request. */
export const live = (of: SessionOptions, request: Conn, ...changes: readonly Change[]): Promise<Conn> =>
  runAsync(app(of, ...changes))(request)
/** The next request of whoever got an answer. */
export const next = (before: Conn): Conn => recycle(before)('GET', '/')
/** What a session holds by now. */
export const held = async (of: SessionOptions, before: Conn): Promise<object> => ({
  ...dataOf(await live(of, next(before))),
})
/** Executes an effect. */
export const outcome = async <A>(result: Result<A>): Promise<Either<PlugError, A>> => {
  if (typeof result !== 'function') throw new Error('it is no effect')
  return (await (result as () => unknown)()) as Either<PlugError, A>
}
/** Counts the request. */
export const count = updateSession('n', n => Number(n ?? 0) + 1)
