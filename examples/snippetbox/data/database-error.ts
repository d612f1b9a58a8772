// Errors of the database as failures: the database is unavailable, or it rejects the statement.
import { plugError, type AppError } from 'plugboard'

/** The format of PostgreSQL's error codes. Node's, such as EPIPE, begin with an E. */
const sqlState = /^(?!E)[0-9A-Z]{5}$/
/** PostgreSQL's classes of temporary errors: connection, resources, shutdown, conflicts, timeouts. */
const passing = /^(08|40|53|55P|57)/
/** SQLite's temporary errors: another process locks the file, or the file cannot be read or written. */
const passingSqlite = /^SQLITE_(BUSY|LOCKED|CANTOPEN|IOERR|FULL|READONLY|PROTOCOL)/

const isPassing = (cause: unknown): boolean => {
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  // Errors of a closed connection and a full pool have no code of the database.
  if (typeof code !== 'string') return true
  if (code.startsWith('SQLITE_')) return passingSqlite.test(code)
  return sqlState.test(code) ? passing.test(code) : true
}

/**
 * Turns an error of a database client into a failure, with the error as its cause: `DatabaseUnavailable` (503) if a retry
 * may help, `DatabaseError` (500) if the database rejects the statement.
 */
export const databaseError = (cause: unknown): AppError<'DatabaseUnavailable' | 'DatabaseError'> =>
  isPassing(cause)
    ? plugError(503, 'DatabaseUnavailable', 'The database does not respond. Please try again in a moment.', {
        headers: { 'retry-after': '5' },
        cause,
      })
    : plugError(500, 'DatabaseError', 'Internal Server Error', { cause })
