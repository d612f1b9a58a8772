// Opens the session store: the cookie, the memory of this process, Redis, or the app's database. The client of Redis is
// loaded only if Redis is configured.
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { attempt, effect, plugError, type Effect } from 'plugboard'
import { cookieStore, memoryStore, memoryTable, type Store } from 'plugboard/plugs'
import type { SessionConfig } from '../config.js'
import type { StoreDatabase } from './database.js'

export interface OpenStore {
  readonly store: Store
  readonly close: Effect<void>
}

const nothingToClose = effect.of(undefined)

/** Connects to Redis. A lost connection is reestablished; until then, requests that need a session get a 503. */
const redis =
  (url: string): Effect<OpenStore> =>
  async () => {
    const [{ createClient }, { redisStore }] = await Promise.all([
      import('redis'),
      import('plugboard/session/redis'),
    ])
    const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 5_000 } })
    // Without a listener, a lost connection would end the process.
    client.on('error', () => undefined)
    const connected = await attempt(
      () => Promise.race([client.connect(), failsWithFirstError(client)]),
      cause => plugError(503, 'RedisUnavailable', 'Redis does not answer at REDIS_URL.', { cause }),
    )()
    if (isLeft(connected)) {
      client.destroy()
      return left(connected.left)
    }
    return right({ store: redisStore(client), close: attempt(() => client.close()) })
  }

/** At startup, the first error is final: the app does not wait for Redis. */
const failsWithFirstError = (client: {
  once(event: 'error', listener: (cause: unknown) => void): unknown
}): Promise<never> => new Promise((_, reject) => client.once('error', reject))

/** Sessions in the app's database. Creates their table if it is missing. */
const sql =
  (database: StoreDatabase): Effect<OpenStore> =>
  async () => {
    const { sqlStore } = await import('plugboard/session/sql')
    const store = sqlStore(database)
    const migrated = await store.migrate()
    return isLeft(migrated) ? migrated : right({ store, close: nothingToClose })
  }

/** Opens the configured store. Calls `database` only if it stores the sessions. */
export const openSessionStore = (
  { store, signingSalt, encryptionSalt, redisUrl }: SessionConfig,
  database: () => StoreDatabase,
): Effect<OpenStore> => {
  switch (store) {
    case 'cookie':
      return effect.of({ store: cookieStore({ signingSalt, encryptionSalt }), close: nothingToClose })
    case 'memory':
      return effect.of({ store: memoryStore(memoryTable()), close: nothingToClose })
    case 'redis':
      return redis(redisUrl)
    case 'sql':
      return sql(database())
  }
}
