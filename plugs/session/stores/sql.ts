/**
 * `plugboard/session/sql`: sessions in a table of PostgreSQL or SQLite. What touches the database is an effect, and ends
 * within the time-out or, with SQLite, at once.
 */
import { chain, map, type IterableEffect } from '../../../lib/effect.js'
import { soon } from '../../../lib/later.js'
import { right } from '../../../lib/fp.js'
import { checkOptions, checkValue, count, mustBe, type Rules } from '../../../lib/options.js'
import { databaseMust, isPostgresClient, isSqliteDatabase } from '../../sql/dialect.js'
import type { PostgresClient } from '../../sql/postgres-client.js'
import type { SqliteDatabase } from '../../sql/sqlite-database.js'
import { tableOf, tableRule, type Table } from '../../sql/table.js'
import { freshId } from '../id.js'
import { hashOf } from '../../stores/hash.js'
import type { EffectStore, Stored, StoreSession } from '../store.js'
import { guard, serverRules, type ServerStoreOptions } from '../../stores/server.js'
import type { Driver, Held, Times } from './sql/driver.js'
import { defaultTable } from './sql/migration.js'
import { postgres } from './sql/postgres.js'
import { sqlite } from './sql/sqlite.js'

export { sqlMigration, type Dialect, type SqlMigrationOptions } from './sql/migration.js'
export type { PostgresClient, PostgresValue } from '../../sql/postgres-client.js'
export type { SqliteDatabase, SqliteStatement, SqliteValue } from '../../sql/sqlite-database.js'
export type { ServerStoreOptions, StoreFailure } from '../../stores/server.js'

/** Options of {@link sqlStore}. */
export interface SqlStoreOptions extends ServerStoreOptions {
  /**
   * The table: letters, digits and `_`, with its schema if need be (`'app.sessions'`). It is quoted: capitals count. Default
   * `'plugboard_sessions'`.
   */
  readonly table?: string
}

/** A store in a database, and what keeps its table. */
export interface SqlStore extends EffectStore {
  /** Makes the table and its index, where they are not there: the SQL of `sqlMigration`. Two at once do no harm. */
  readonly migrate: IterableEffect<void>
  /**
   * Deletes sessions that have ended, the oldest first, at most `limit` of them (default 500); gives their number. The store
   * does so by itself, after one write a minute.
   *
   * @throws TypeError when `limit` is no positive integer.
   */
  readonly deleteExpired: (now: number, limit?: number) => IterableEffect<number>
}

const rules: Rules = { ...serverRules, table: tableRule }

/** How many of the sessions that have ended go at once. */
const batch = 500
/** How long, in milliseconds, until the next go. */
const pause = 60_000

const driverOf = (database: PostgresClient | SqliteDatabase, table: Table, timeout: number): Driver => {
  if (isSqliteDatabase(database)) return sqlite(database, table)
  if (isPostgresClient(database)) return postgres(database, table, timeout)
  throw new TypeError(`sqlStore: ${mustBe('database', databaseMust, database)}`)
}

/**
 * Keeps sessions in a table of PostgreSQL or SQLite. The cookie holds an id of 256 bits, the table its SHA-256; a row
 * holds the terms of a session, bytes by key. All that a request changed is applied at once to what the row holds by then.
 *
 * With SQLite the effects are synchronous, and how long they wait for another process that writes is the database's own
 * busy time-out, not `timeout`. It needs a connection of its own, which no transaction of the app's keeps open.
 *
 * @param database A `Pool` of `pg`, or another client with `query(text, values)`; or a database of better-sqlite3, libsql or
 * `node:sqlite`.
 * @throws TypeError that names the option.
 * @example
 * import Database from 'libsql'
 * import { pipeline } from 'plugboard'
 * import { fetchSession, session } from 'plugboard/plugs'
 * import { sqlStore } from 'plugboard/session/sql'
 * const store = sqlStore(new Database(':memory:'), { ttl: 3600 })
 * store.migrate() // => right(undefined)
 * const sessions = pipeline(session({ store, key: '_app_key' }), fetchSession)
 */
export const sqlStore = (
  database: PostgresClient | SqliteDatabase,
  options: SqlStoreOptions = {},
): SqlStore => {
  checkOptions('sqlStore', options, rules)
  const { ttl = 86_400, sliding = true, timeout = 2000, table = defaultTable } = options
  const driver = driverOf(database, tableOf(table), timeout)
  const guarded = guard('sql', options)

  const lastsOf = (session: StoreSession): number => (session.ttl ?? ttl) * 1000
  const timesOf = (session: StoreSession, at: number): Times => {
    const now = Math.floor(at)
    const lasts = lastsOf(session)
    const expires = Math.min(now + lasts, Number.MAX_SAFE_INTEGER)
    if (!sliding) return { now, expires, least: 0, most: Number.MAX_SAFE_INTEGER }
    // With refreshAfter, the end of a session says when its cookie was last set.
    const kept = session.refreshAfter === undefined ? Math.floor(lasts / 10) : 0
    return { now, expires, least: expires - kept, most: expires }
  }

  const deleteExpired = (now: number, limit = batch): IterableEffect<number> => {
    checkValue('deleteExpired', 'limit', limit, count)
    return guarded('deleteExpired', () => driver.deleteExpired(Math.floor(now), limit))
  }

  // When the sessions that have ended were last deleted, by the clock of the requests.
  let last = -Infinity
  /** Deletes a batch if it is time to. Nobody waits for it, and if it fails it is `onFailure` alone that hears of it. */
  const tidy = (now: number): void => {
    if (Math.abs(now - last) < pause) return
    last = now
    void map((count: number) => {
      // There may be more: the next write goes on.
      if (count === batch) last = -Infinity
    })(deleteExpired(now))()
  }

  return {
    tellsAge: sliding,
    checkAtBoot: ({ workers = 1 }) => {
      // better-sqlite3 and libsql say so
      if (workers > 1 && (database as { readonly memory?: unknown }).memory === true)
        throw new TypeError(
          `sqlStore: its database is in the memory of one process, and ${workers} workers would each lose the sessions of the others: serve without workers, or keep it in a file`,
        )
    },
    get: (id, session, { now }) => {
      const aged = session.refreshAfter !== undefined
      const storedOf = (held: Held | undefined): Stored | undefined => {
        if (held === undefined) return undefined
        const { entries, expires } = held
        return aged && expires !== undefined
          ? { id, entries, age: (lastsOf(session) - (expires - now)) / 1000 }
          : { id, entries }
      }
      return map(storedOf)(
        guarded('get', () =>
          driver.get({ name: session.name, hash: hashOf(id) }, timesOf(session, now), aged),
        ),
      )
    },
    apply: (id, { changes, renews }, session, context) => {
      const { now } = context
      return chain((written: string | undefined) => () => {
        tidy(now)
        return right(written)
      })(
        guarded('apply', () => {
          const made = freshId(session, context)
          const application = {
            name: session.name,
            hash: id === undefined ? undefined : hashOf(id),
            fresh: hashOf(made),
            renews: renews === undefined ? undefined : hashOf(renews.id),
            changes: renews?.changes ?? changes,
          }
          const written = (row: 'known' | 'made' | undefined) =>
            row === 'known' ? id : row === 'made' ? made : undefined
          return soon(driver.apply(application, timesOf(session, now)), written)
        }),
      )
    },
    delete: (id, session) => guarded('delete', () => driver.delete({ name: session.name, hash: hashOf(id) })),
    migrate: guarded('migrate', driver.migrate),
    deleteExpired,
  }
}
