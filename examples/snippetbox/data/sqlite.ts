// SQLite through libsql, as Kysely wants it. libsql never resets a statement that met the lock of another process, and
// while such a statement is about, nothing that its connection writes is committed. So every lock is taken by `exec`,
// which leaves no statement behind: a write runs between `begin immediate` and `commit`, where it meets no lock.
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { SqliteDatabase } from 'kysely'
import Sqlite from 'libsql'
import type { SqliteDatabase as StoreSqlite } from 'plugboard/auth'

type Parameters = readonly unknown[]

/** Statements that take no lock of a writer. */
const reads = /^\s*(select|pragma|explain)\b/i
/** Statements that begin or end transactions and parts of them. */
const controls = /^\s*(begin|commit|end|rollback|savepoint|release)\b/i

/** libsql ends the process when it is given a boolean; SQLite's are 0 and 1. */
const bindable = (parameters: Parameters): unknown[] =>
  parameters.map(each => (typeof each === 'boolean' ? Number(each) : each))

/** Runs something as one transaction, unless it is part of one. */
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

/** Begins or ends a transaction; one that begins takes the writer's lock at once. */
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
 * Opens a database file, which is made, with its folder, when it is not there. Throws when it cannot.
 *
 * @param busyTimeout how long to wait for another process that writes, in milliseconds
 */
const open = (file: string, busyTimeout: number): Sqlite.Database => {
  const path = resolve(file)
  // The folder holds users' data: nobody else on the machine needs to look into it.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new Sqlite(path, { timeout: busyTimeout })
  // Readers and the writer do not wait for each other, and a crash of the process loses nothing.
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  return database
}

/** A connection for Plugboard's stores. libsql ends the process when a closed one is used; here that throws. */
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
      // What others do not read just now moves from the log into the one file, so that it is whole by itself.
      if (!database.inTransaction) database.pragma('wal_checkpoint(PASSIVE)')
      database.close()
    },
  }
}
