// Many requests of one session at once: over a pool of ten connections to PostgreSQL, and in SQLite.
import Database from 'libsql'
import t from 'tap'
import { postgresAnswers, postgresMissing } from '../../../examples/snippetbox/data/postgres.js'
import { skipUnless } from '../../../support/skip.js'
import { atOnce } from './sql-contract.js'
import { databaseOf, poolOf, postgresRig, sqliteRig } from './sql-rigs.js'

t.test('SQLite', async t => atOnce(t, sqliteRig(new Database(':memory:'))))

t.test('PostgreSQL', skipUnless(await postgresAnswers(), postgresMissing), async t => {
  const url = await databaseOf(t)
  atOnce(t, postgresRig(poolOf(t, url)))
})
