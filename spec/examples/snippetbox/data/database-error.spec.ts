import t from 'tap'
import { databaseError } from '../../../../examples/snippetbox/data/database-error.js'

const coded = (code: unknown) => Object.assign(new Error('it says'), { code })

t.test('what may pass is 503, with when to come back', async t => {
  const codes =
    '08006 08001 40001 40P01 53300 55P03 57014 57P01 57P03 ECONNREFUSED ECONNRESET ENOTFOUND ETIMEDOUT EPIPE EACCES ' +
    'SQLITE_BUSY SQLITE_BUSY_SNAPSHOT SQLITE_LOCKED SQLITE_CANTOPEN SQLITE_IOERR_WRITE SQLITE_FULL'
  const passing = codes.split(' ').map(coded)
  for (const cause of [
    ...passing,
    new Error('Connection terminated unexpectedly'),
    coded(7),
    'text',
    null,
    undefined,
  ])
    t.match(databaseError(cause), {
      _tag: 'AppError',
      name: 'DatabaseUnavailable',
      status: 503,
      headers: { 'retry-after': /^\d+$/ },
    })
})

t.test('what the statement is at fault for is 500, and says nothing', async t => {
  for (const code of [
    '23505',
    '42P01',
    '22021',
    '54000',
    'XX000',
    'P0001',
    'SQLITE_CONSTRAINT_UNIQUE',
    'SQLITE_ERROR',
  ]) {
    const cause = coded(code)
    const error = databaseError(cause)
    t.match(error, { _tag: 'AppError', name: 'DatabaseError', status: 500, message: 'Internal Server Error' })
    t.equal(error.cause, cause, 'the cause is kept for the log')
  }
})
