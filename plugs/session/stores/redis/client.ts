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
  /** Milliseconds after which a command is dropped that could not be sent; 0 for never. Default: the client's. */
  readonly timeout?: number
}

/** What `createClient` or `createClientPool` of `redis` gives. */
export interface NodeRedisClient {
  /** Whether there is a connection. */
  readonly isReady?: boolean
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
const bytesAtOnce: NodeRedisOptions = Object.freeze({ ...bytes, timeout: 0 })

/** So many commands wait for their answers only where the server is slow or gone. */
const manyDue = 1000

/**
 * Sends commands to node-redis. It gives each command a timer and a signal, which cost more than the command, to drop it if
 * it cannot be sent for seconds. The store has a time-out of its own, so they are left out while there is a connection that
 * answers; where many answers are due, commands may pile up, and those get them.
 */
const toNodeRedis = (redis: NodeRedisClient): Send => {
  let due = 0
  const answered = (reply: unknown): unknown => {
    due -= 1
    return reply
  }
  const refused = (cause: unknown): never => {
    due -= 1
    throw cause
  }
  return (_key, command) => {
    const options = redis.isReady === true && due < manyDue ? bytesAtOnce : bytes
    const answer = redis.sendCommand(command, options).then(answered, refused)
    due += 1
    return answer
  }
}

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
    if (has(client, 'sendCommand') && (client as NodeRedisClient).sendCommand.length < 3)
      return toNodeRedis(client as NodeRedisClient)
    if (has(client, 'sendCommand') && 'masters' in client) {
      const cluster = client as NodeRedisCluster
      return (key, command) => cluster.sendCommand(key, false, [...command], bytes)
    }
  }
  throw new TypeError(
    'redisStore: client must be a client of redis (createClient, createClientPool, createCluster) or of ioredis (Redis, Cluster)',
  )
}
