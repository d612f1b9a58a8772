// The contract on both databases, and what only real ones can do: be shared, be away, and be asked what they hold.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import t, { type Test } from 'tap'
import {
  closeDatabase,
  openDatabase,
  type DatabaseOptions,
} from '../../../../examples/snippetbox/data/database.js'
import { migrate } from '../../../../examples/snippetbox/data/migrations.js'
import { makePasswords } from '../../../../examples/snippetbox/data/passwords.js'
import type { Repository } from '../../../../examples/snippetbox/data/repository.js'
import type { Database } from '../../../../examples/snippetbox/data/schema.js'
import { makeRepository } from '../../../../examples/snippetbox/data/sql-repository.js'
import { skipUnless } from '../../../support/skip.js'
import { failure, now, repositoryContract, value } from './contract.js'
import { execute, makePostgres, postgresAnswers, postgresMissing } from './postgres.js'

const passwords = makePasswords({ memoryCost: 8, timeCost: 1 })

const suite = async (t: Test, options: DatabaseOptions): Promise<void> => {
  const database = await value(openDatabase(options))
  t.teardown(() => closeDatabase(database)())
  await value(migrate(database))
  const empty = async (): Promise<Repository> => {
    for (const table of ['snippets', 'users'] as const) await database.deleteFrom(table).execute()
    return makeRepository(database, passwords)
  }

  await repositoryContract(t, empty)

  await t.test('a password is not stored', async t => {
    const repository = await empty()
    const user = await value(
      repository.register({ email: 'ada@example.com', password: 'correct horse' }, now),
    )
    if (!isRight(user)) throw new Error('taken')
    const [row] = await database.selectFrom('users').selectAll().execute()
    t.match(row, { email: 'ada@example.com', password_hash: /^\$argon2id\$/, inserted_at: now })
  })

  await t.test('of two servers that register one address at once, one wins', async t => {
    const here = await empty()
    const elsewhere = await value(openDatabase(options))
    const there = makeRepository(elsewhere, passwords)
    for (let round = 0; round < 5; round++) {
      const register = (repository: Repository) =>
        value(repository.register({ email: `${round}@example.com`, password: 'secret' }, now))
      const outcomes = await Promise.all([here, there, here, there].map(register))
      t.equal(outcomes.filter(isRight).length, 1)
    }
    await closeDatabase(elsewhere)()
  })

  await t.test('who is deleted takes their snippets along', async t => {
    const repository = await empty()
    const user = await value(repository.register({ email: 'ada@example.com', password: 'secret' }, now))
    if (!isRight(user)) throw new Error('taken')
    await value(repository.createSnippet(user.right.id, { title: 'A', content: '' }, now))
    await database.deleteFrom('users').execute()
    t.equal((await value(repository.pageOfSnippets(1, 5))).total, 0)
  })

  await t.test('a full line of passwords is a failure of the query', async t => {
    const narrow = makeRepository(
      database,
      makePasswords({ memoryCost: 8, timeCost: 1, atOnce: 1, waiting: 0 }),
    )
    const credentials = { email: 'bob@example.com', password: 'secret' }
    const outcomes = await Promise.all([
      narrow.register(credentials, now)(),
      narrow.register(credentials, now)(),
    ])
    t.match(outcomes, [{ _tag: 'Right' }, { left: { name: 'Busy', status: 503 } }])
  })

  await t.test('a statement that the database refuses is a failure with its cause', async t => {
    await database.schema.alterTable('snippets').renameTo('elsewhere').execute()
    const error = await failure(makeRepository(database, passwords).latestSnippets(1))
    await database.schema.alterTable('elsewhere').renameTo('snippets').execute()
    t.match(error, {
      name: 'DatabaseError',
      status: 500,
      message: 'Internal Server Error',
      cause: { message: /snippets/ },
    })
  })

  await t.test('a database that was closed does not answer', async t => {
    const closed: Database = await value(openDatabase(options))
    const repository = makeRepository(closed, passwords)
    await value(closeDatabase(closed))
    await value(closeDatabase(closed))
    const away = { name: 'DatabaseUnavailable', status: 503 }
    t.match(await failure(repository.ping()), away)
    t.match(await failure(repository.latestSnippets(1)), away)
    t.match(await failure(repository.authenticate({ email: 'a', password: 'b' })), away)
    t.match(await failure(repository.register({ email: 'a', password: 'b' }, now)), away)
  })
}

t.test('SQLite', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  await suite(t, { file: join(folder, 'snippetbox.db') })
})

t.test('PostgreSQL', skipUnless(await postgresAnswers(), postgresMissing), async t => {
  const { url, drop } = await makePostgres()
  t.teardown(drop)
  await suite(t, { url })

  await t.test('connections that break are replaced', async t => {
    const database = await value(openDatabase({ url }))
    const { ping } = makeRepository(database, passwords)
    await Promise.all(Array.from({ length: 5 }, () => value(ping())))
    await execute(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      url,
    )
    let outcome = await ping()()
    for (let tries = 0; tries < 100 && !isRight(outcome); tries++) outcome = await ping()()
    t.ok(isRight(outcome))
    await value(closeDatabase(database))
  })
})
