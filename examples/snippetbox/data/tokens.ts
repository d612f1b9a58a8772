// Login tokens: Plugboard's token store on the app's database.
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { Effect } from 'plugboard'
import { sqlTokenStore, type SqlTokenStore, type TokenStore } from 'plugboard/auth'
import type { StoreDatabase } from './database.js'
import type { User } from './repository.js'

/** How long a token is valid, in seconds: 60 days. */
export const tokenAge = 60 * 24 * 60 * 60

/** Creates the store on a migrated database. */
export const makeTokens = (database: StoreDatabase): SqlTokenStore<User> =>
  sqlTokenStore(database, {
    columns: ['id', 'email'],
    user: ({ id, email }) => ({ id: Number(id), email: String(email) }),
  })

/** Deletes all expired tokens in batches, so that no statement locks the table for long. Returns how many. */
export const clearExpiredTokens =
  (tokens: TokenStore<User>, now: number, batch = 500): Effect<number> =>
  async () => {
    for (let cleared = 0; ;) {
      const outcome = await tokens.deleteExpired(now - tokenAge * 1000, batch)()
      if (isLeft(outcome)) return outcome
      cleared += outcome.right
      if (outcome.right < batch) return right(cleared)
    }
  }
