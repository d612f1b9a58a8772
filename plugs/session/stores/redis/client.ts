/**
 * The clients that a Redis store talks through, known by their shape: those of the packages `redis` (node-redis 4 to 6)
 * and `ioredis`, one server or a cluster. Neither package is needed to compile or to run.
 */

/** What a command is made of. */
export type RedisArgument = string | Buffer

/** The options of node-redis: that replies are bytes, said as version 4 and as later ones want it said. */
export interface NodeRedisOptions {
  readonly returnBuffers?: true
  readonly typeMapping?: { readonly 36: typeof Buffer }
}

/** What `createClient` or `createClientPool` of `redis` gives. */
export interface NodeRedisClient {
  sendCommand(args: readonly RedisArgument[], options?: NodeRedisOptions): Promise<unknown>
}

/** What `createCluster` of `redis` gives. */
export interface NodeRedisCluster {
  readonly masters: readonly unknown[]
  sendCommand(
    firstKey: RedisArgument | undefined,
    isReadonly: boolean | undefined,
    args: RedisArgument[],
    options?: NodeRedisOptions,
  ): Promise<unknown>
}

/** What `new Redis()` or `new Cluster()` of `ioredis` gives. */
export interface IoredisClient {
  callBuffer(command: string, ...args: RedisArgument[]): Promise<unknown>
}

/** A client of `redis` or of `ioredis`. */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoredisClient

/** Sends a command that is about a key; what is text in the reply comes as bytes. */
export type Send = (key: string, command: readonly [string, ...RedisArgument[]]) => Promise<unknown>

const bytes: NodeRedisOptions = Object.freeze({ returnBuffers: true, typeMapping: { 36: Buffer } })

/** ioredis hangs the command on its errors, and with it what the session holds: that goes to no log. */
const withoutCommand = (cause: unknown): never => {
  if (cause instanceof Error) Reflect.deleteProperty(cause, 'command')
  throw cause
}

const has = (client: object, name: string): boolean =>
  typeof (client as Readonly<Record<string, unknown>>)[name] === 'function'

/**
 * How a client is spoken to.
 *
 * @throws TypeError when it is none of those.
 */
export const senderOf = (client: RedisClient): Send => {
  if (typeof client === 'object' && client !== null) {
    if (has(client, 'callBuffer')) {
      const ioredis = client as IoredisClient
      return (_key, [name, ...args]) => ioredis.callBuffer(name, ...args).catch(withoutCommand)
    }
    // A sentinel of node-redis has such a function too, which takes something else.
    if (has(client, 'sendCommand') && (client as NodeRedisClient).sendCommand.length < 3) {
      const redis = client as NodeRedisClient
      return (_key, command) => redis.sendCommand(command, bytes)
    }
    if (has(client, 'sendCommand') && 'masters' in client) {
      const cluster = client as NodeRedisCluster
      return (key, command) => cluster.sendCommand(key, false, [...command], bytes)
    }
  }
  throw new TypeError(
    'redisStore: client must be a client of redis (createClient, createClientPool, createCluster) or of ioredis (Redis, Cluster)',
  )
}
