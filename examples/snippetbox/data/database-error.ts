// What went wrong with the database, as a value that knows its status: the database is away, or the statement is wrong.
import { plugError, type AppError } from 'plugboard'

/** The form of PostgreSQL's codes; those of Node, such as EPIPE, begin with an E. */
const sqlState = /^(?!E)[0-9A-Z]{5}$/
/** PostgreSQL's classes of errors that are not the statement's fault: connection, resources, shutdown, conflicts, time-outs. */
const passing = /^(08|40|53|55P|57)/
/** SQLite's: another process holds the file, or the file cannot be reached or written. */
const passingSqlite = /^SQLITE_(BUSY|LOCKED|CANTOPEN|IOERR|FULL|READONLY|PROTOCOL)/

const isPassing = (cause: unknown): boolean => {
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  // A closed connection, a full pool and Node's ECONNREFUSED come without a code of the database.
  if (typeof code !== 'string') return true
  if (code.startsWith('SQLITE_')) return passingSqlite.test(code)
  return sqlState.test(code) ? passing.test(code) : true
}

/**
 * Makes a failure of whatever a database client threw, which is kept as the cause: `DatabaseUnavailable` (503) when
 * trying again may help, `DatabaseError` (500) when the database refuses the statement.
 */
export const databaseError = (cause: unknown): AppError<'DatabaseUnavailable' | 'DatabaseError'> =>
  isPassing(cause)
    ? plugError(503, 'DatabaseUnavailable', 'The database does not answer. Please try again in a moment.', {
        headers: { 'retry-after': '5' },
        cause,
      })
    : plugError(500, 'DatabaseError', 'Internal Server Error', { cause })
