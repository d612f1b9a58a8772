// The database for main.ts, in one effect: opens and migrates it, deletes expired tokens, and closes it.
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { attempt, type PlugError } from 'plugboard'
import type { TokenStore } from 'plugboard/auth'
import { databaseError } from './database-error.js'
import {
  closeDatabase,
  connectionTo,
  openDatabase,
  type DatabaseOptions,
  type StoreDatabase,
} from './database.js'
import { migrate } from './migrations.js'
import { makePasswords, type Passwords } from './passwords.js'
import type { Repository, User } from './repository.js'
import { makeRepository } from './sql-repository.js'
import { clearExpiredTokens, makeTokens } from './tokens.js'

export interface OpenRepository {
  readonly repository: Repository
  readonly tokens: TokenStore<User>
  /** The database as Plugboard's stores use it. */
  readonly database: StoreDatabase
  /** Stops the cleanup and closes the database. */
  readonly close: TaskEither<PlugError, void>
}

const hour = 60 * 60 * 1000

/**
 * Opens and migrates the database, and creates the repository and the token store. Expired tokens are deleted now and once
 * an hour. If that fails, it is tried again an hour later: expired tokens are never accepted.
 *
 * @example
 * const opened = await openRepository({ file: '.data/snippetbox.db' })()
 */
export const openRepository =
  (options: DatabaseOptions, passwords: Passwords = makePasswords()): TaskEither<PlugError, OpenRepository> =>
  async () => {
    const connection = connectionTo(options)
    const opened = await openDatabase(options, connection)()
    if (isLeft(opened)) return opened
    const close: TaskEither<PlugError, void> = async () => {
      connection.close()
      return closeDatabase(opened.right)()
    }
    const migrated = await migrate(opened.right)()
    const plain = isLeft(migrated) ? migrated : await attempt(async () => connection.plain(), databaseError)()
    if (isLeft(plain)) {
      await close()
      return plain
    }
    const tokens = makeTokens(plain.right)
    const clear = () => clearExpiredTokens(tokens, Date.now())()
    await clear()
    const timer = setInterval(clear, hour).unref()
    return right({
      repository: makeRepository(opened.right, passwords),
      tokens,
      database: plain.right,
      close: () => {
        clearInterval(timer)
        return close()
      },
    })
  }
