// All that main.ts needs of the database in one effect: opened, migrated, kept free of expired tokens, and closed again.
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Effect, PlugError } from 'plugboard'
import { closeDatabase, openDatabase, type DatabaseOptions } from './database.js'
import { migrate } from './migrations.js'
import { makePasswords, type Passwords } from './passwords.js'
import type { Repository } from './repository.js'
import { makeRepository } from './sql-repository.js'

export interface OpenRepository {
  readonly repository: Repository
  /** Ends the housekeeping and closes the database. */
  readonly close: TaskEither<PlugError, void>
}

const hour = 60 * 60 * 1000

/** Deletes all expired session tokens, a batch at a time so that no statement holds the table for long; how many. */
export const clearExpiredTokens =
  (repository: Repository, now: number, batch = 500): Effect<number> =>
  async () => {
    for (let cleared = 0; ;) {
      const outcome = await repository.deleteExpiredSessionTokens(now, batch)()
      if (isLeft(outcome)) return outcome
      cleared += outcome.right
      if (outcome.right < batch) return right(cleared)
    }
  }

/**
 * Opens the database, brings its tables up to date and makes the repository on it. Expired session tokens are cleared
 * away now and once an hour; when that fails, the next hour will do, for an expired token is never accepted.
 *
 * @example
 * const opened = await openRepository({ file: '.data/snippetbox.db' })()
 */
export const openRepository =
  (options: DatabaseOptions, passwords: Passwords = makePasswords()): TaskEither<PlugError, OpenRepository> =>
  async () => {
    const opened = await openDatabase(options)()
    if (isLeft(opened)) return opened
    const database = opened.right
    const close = closeDatabase(database)
    const migrated = await migrate(database)()
    if (isLeft(migrated)) {
      await close()
      return migrated
    }
    const repository = makeRepository(database, passwords)
    const clear = () => clearExpiredTokens(repository, Date.now())()
    await clear()
    const timer = setInterval(clear, hour).unref()
    return right({
      repository,
      close: () => {
        clearInterval(timer)
        return close()
      },
    })
  }
