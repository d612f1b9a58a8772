// Where sessions live: in the cookie, in this process, in Redis, or in the app's database. What a store needs is opened
// when the app starts; Redis's client is loaded only where it is chosen.
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

/** Redis, connected. A connection that is lost is made again; until then, requests that need a session get a 503. */
const redis =
  (url: string): Effect<OpenStore> =>
  async () => {
    const [{ createClient }, { redisStore }] = await Promise.all([
      import('redis'),
      import('plugboard/session/redis'),
    ])
    const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 5_000 } })
    // Unheard, a lost connection would end the process.
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

/** When the app starts there is no waiting for a Redis that is not there. */
const failsWithFirstError = (client: {
  once(event: 'error', listener: (cause: unknown) => void): unknown
}): Promise<never> => new Promise((_, reject) => client.once('error', reject))

/** The app's own database, which makes the table of sessions when the app starts. */
const sql =
  (database: StoreDatabase): Effect<OpenStore> =>
  async () => {
    const { sqlStore } = await import('plugboard/session/sql')
    const store = sqlStore(database)
    const migrated = await store.migrate()
    return isLeft(migrated) ? migrated : right({ store, close: nothingToClose })
  }

/** Opens the store that is configured. `database` is asked for only where sessions live there. */
export const openSessionStore = (
  { store, signingSalt, encryptionSalt, redisUrl }: SessionConfig,
  database: () => StoreDatabase,
): Effect<OpenStore> => {
  switch (store) {
    case 'cookie': {
      const salts = encryptionSalt === undefined ? { signingSalt } : { signingSalt, encryptionSalt }
      return effect.of({ store: cookieStore(salts), close: nothingToClose })
    }
    case 'memory':
      return effect.of({ store: memoryStore(memoryTable()), close: nothingToClose })
    case 'redis':
      return redis(redisUrl)
    case 'sql':
      return sql(database())
  }
}
