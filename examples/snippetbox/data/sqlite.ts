// SQLite through libsql, with Kysely's interface. libsql never resets a statement that failed on a lock of another process,
// and as long as such a statement exists, no write of its connection is committed. So `exec`, which keeps no statement,
// takes every lock: a write runs between `begin immediate` and `commit`, where no lock can stop it.
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { SqliteDatabase } from 'kysely'
import Sqlite from 'libsql'
import type { SqliteDatabase as StoreSqlite } from 'plugboard/auth'

type Parameters = readonly unknown[]

/** Statements that need no write lock. */
const reads = /^\s*(select|pragma|explain)\b/i
/** Statements that begin or end transactions and savepoints. */
const controls = /^\s*(begin|commit|end|rollback|savepoint|release)\b/i

/** Converts booleans to SQLite's 0 and 1: libsql ends the process if a parameter is a boolean. */
const bindable = (parameters: Parameters): unknown[] =>
  parameters.map(each => (typeof each === 'boolean' ? Number(each) : each))

/** Runs work in a transaction, unless it already is in one. */
const asTransaction = <A>(database: Sqlite.Database, work: () => A): A => {
  if (database.inTransaction) return work()
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.inTransaction) database.exec('rollback')
    throw error
  }
}

/** Begins or ends a transaction. One that begins takes the write lock immediately. */
const control = (database: Sqlite.Database, text: string): ReturnType<SqliteDatabase['prepare']> => ({
  reader: false,
  all: () => [],
  iterate: () => [].values(),
  run: () => {
    database.exec(text.replace(/^\s*begin(\s+deferred)?(\s+transaction)?\s*;?\s*$/i, 'begin immediate'))
    return { changes: 0, lastInsertRowid: 0 }
  },
})

/**
 * Opens a database file. Creates it, with its folder, if it is missing. Throws if that fails.
 *
 * @param busyTimeout how long to wait for another process that writes, in milliseconds
 */
const open = (file: string, busyTimeout: number): Sqlite.Database => {
  const path = resolve(file)
  // The folder contains users' data, so only its owner may read it.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new Sqlite(path, { timeout: busyTimeout })
  // Readers and the writer do not wait for each other, and no commit is lost if the process crashes.
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  return database
}

/** A connection for Plugboard's stores. Using it after it is closed throws; libsql alone would end the process. */
export const openPlainSqlite = (
  file: string,
  busyTimeout: number,
): StoreSqlite & { readonly inTransaction: boolean; readonly close: () => void } => {
  const database = open(file, busyTimeout)
  let isOpen = true
  const opened = (): Sqlite.Database => {
    if (!isOpen) throw new Error('the database is closed')
    return database
  }
  return {
    prepare: (text: string) => opened().prepare(text),
    exec: (text: string) => opened().exec(text),
    get inTransaction() {
      return opened().inTransaction
    },
    close: () => {
      if (isOpen) database.close()
      isOpen = false
    },
  }
}

/** A connection for Kysely. */
export const openSqlite = (file: string, busyTimeout: number): SqliteDatabase => {
  const database = open(file, busyTimeout)
  return {
    prepare: text => {
      if (controls.test(text)) return control(database, text)
      const statement = database.prepare(text)
      const within: <A>(work: () => A) => A = reads.test(text)
        ? work => work()
        : work => asTransaction(database, work)
      return {
        reader: statement.reader,
        all: parameters => within(() => statement.all(bindable(parameters))),
        iterate: parameters => statement.iterate(bindable(parameters)),
        run: parameters => within(() => statement.run(bindable(parameters))),
      }
    },
    close: () => {
      // Moves the log into the database file, as far as no reader needs it.
      if (!database.inTransaction) database.pragma('wal_checkpoint(PASSIVE)')
      database.close()
    },
  }
}
