/**
 * SQLite as stores use it, synchronously. Every lock is taken by `exec`, before a prepared statement runs: libsql never resets
 * a statement that met the lock of another process, and then its connection commits nothing any more, without a word.
 */

/** A value that is bound. */
export type SqliteValue = number | string | Uint8Array

/** A prepared statement. */
export interface SqliteStatement {
  /** All rows, as records by column. */
  all(...values: SqliteValue[]): readonly unknown[]
  /** Runs it, and tells how many rows it changed. */
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/** What is needed of a SQLite database: of better-sqlite3, libsql, or `DatabaseSync` of `node:sqlite`. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
  exec(sql: string): unknown
}

/** Whether the database is within a transaction of the app's, as each of them tells it. */
const isWithin = (database: object): boolean =>
  (database as { readonly inTransaction?: unknown }).inTransaction === true ||
  (database as { readonly isTransaction?: unknown }).isTransaction === true

/** Statements and transactions on a connection. */
export interface Transactions {
  /**
   * A statement, prepared when it is first needed: at boot there may be no table yet. It must have two values at least, for
   * libsql takes bytes that come alone for a record of names.
   */
  readonly prepared: (text: string) => SqliteStatement
  /** Runs work as one transaction, which has its lock from the beginning; `lock` is SQL that makes it take it. */
  readonly within: <A>(begin: 'begin' | 'begin immediate', lock: string, work: () => A) => A
}

/** The statements and transactions of a database. */
export const transactionsOf = (database: SqliteDatabase): Transactions => {
  const statements = new Map<string, SqliteStatement>()
  const prepared = (text: string): SqliteStatement => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const statement = database.prepare(text)
    statements.set(text, statement)
    return statement
  }

  const within = <A>(begin: 'begin' | 'begin immediate', lock: string, work: () => A): A => {
    if (isWithin(database))
      throw new Error('the database is in a transaction of its own: give the store a connection of its own')
    database.exec(begin)
    try {
      database.exec(lock)
      const result = work()
      database.exec('commit')
      return result
    } catch (error) {
      try {
        database.exec('rollback')
      } catch {
        // Some failures, such as a full disk, have rolled back already.
      }
      throw error
    }
  }

  return { prepared, within }
}
