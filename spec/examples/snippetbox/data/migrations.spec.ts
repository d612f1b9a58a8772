import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  closeDatabase,
  connectionTo,
  openDatabase,
  type DatabaseOptions,
} from '../../../../examples/snippetbox/data/database.js'
import { migrate } from '../../../../examples/snippetbox/data/migrations.js'
import { makeTokens } from '../../../../examples/snippetbox/data/tokens.js'
import { node } from '../../../support/command.js'
import { skipUnless } from '../../../support/skip.js'
import { failure, now, value } from './contract.js'
import { makePostgres, postgresAnswers, postgresMissing } from './postgres.js'

const names = [
  '001_create_users',
  '002_create_users_tokens',
  '003_create_snippets',
  '004_keep_tokens_as_plugboard_does',
]

/** A process of its own that opens the database and migrates it; what it had to do. */
const migrateElsewhere = async (options: DatabaseOptions): Promise<unknown> => {
  const data = new URL('../../../../examples/snippetbox/data/', import.meta.url).href
  const program = `
    import { openDatabase, closeDatabase } from '${data}database.js'
    import { migrate } from '${data}migrations.js'
    const { right: database } = await openDatabase(${JSON.stringify(options)})()
    console.log(JSON.stringify(await migrate(database)()))
    await closeDatabase(database)()`
  const { stdout, stderr } = await node(['--input-type=module', '-e', program])
  return stdout ? JSON.parse(stdout) : stderr
}

const suite = (t: Test, make: (t: Test) => Promise<DatabaseOptions>): void => {
  t.test('the tables are made once', async t => {
    const options = await make(t)
    const database = await value(openDatabase(options))
    t.strictSame(await value(migrate(database)), names)
    t.strictSame(await value(migrate(database)), [])
    await value(closeDatabase(database))
    const again = await value(openDatabase(options))
    t.strictSame(await value(migrate(again)), [], 'not even after a restart')
    const tables = (await again.introspection.getTables()).map(table => table.name)
    for (const name of ['users', 'users_tokens', 'snippets']) t.ok(tables.includes(name), name)
    await value(closeDatabase(again))
  })

  t.test('a database of before is brought up to date, and who is logged in stays so', async t => {
    const options = await make(t)
    const connection = connectionTo(options)
    const database = await value(openDatabase(options, connection))
    await value(migrate(database))
    // As the third migration left it: the tokens' hashes are text.
    await sql`drop table users_tokens`.execute(database)
    await sql`create table users_tokens (id integer primary key, user_id bigint not null references users (id) on delete cascade,
      token text not null, context text not null, inserted_at bigint not null)`.execute(database)
    await sql`create unique index users_tokens_context_token_index on users_tokens (context, token)`.execute(
      database,
    )
    await sql`delete from snippetbox_migrations where name like '004%'`.execute(database)
    await sql`insert into users (id, email, password_hash, inserted_at) values (7, 'ada@example.com', '', 0)`.execute(
      database,
    )
    const hash = createHash('sha256').update('x'.repeat(43)).digest()
    await sql`insert into users_tokens values (1, 7, ${hash.toString('hex')}, 'session', ${now})`.execute(
      database,
    )
    t.strictSame(await value(migrate(database)), names.slice(3))
    const tokens = makeTokens(connection.plain())
    t.strictSame(await value(tokens.find(hash)), {
      user: { id: 7, email: 'ada@example.com' },
      insertedAt: now,
      authenticatedAt: now,
    })
    await sql`delete from users`.execute(database)
    t.equal(await value(tokens.find(hash)), undefined, 'who is deleted takes their tokens along')
    connection.close()
    await value(closeDatabase(database))
  })

  t.test('of processes that start at once, one makes the tables and the others wait', async t => {
    const options = await make(t)
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateElsewhere(options)))
    t.strictSame(
      outcomes.sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length),
      [names, [], [], []].map(right => ({ _tag: 'Right', right })),
    )
  })

  t.test('a migration that fails leaves nothing behind', async t => {
    const database = await value(openDatabase(await make(t)))
    await sql`create table snippets (id integer)`.execute(database)
    t.match(await failure(migrate(database)), {
      name: 'DatabaseError',
      status: 500,
      cause: { message: /snippets/ },
    })
    const tables = (await database.introspection.getTables()).map(table => table.name)
    t.notOk(tables.includes('users'))
    await sql`drop table snippets`.execute(database)
    t.strictSame(await value(migrate(database)), names)
    await value(closeDatabase(database))
  })
}

t.test('SQLite', async t => {
  suite(t, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    return { file: join(folder, 'snippetbox.db') }
  })
})

t.test('PostgreSQL', skipUnless(await postgresAnswers(), postgresMissing), async t => {
  suite(t, async t => {
    const { url, drop } = await makePostgres()
    t.teardown(drop)
    return { url }
  })

  t.test('another app with tables of the same kind in another schema is no matter', async t => {
    const { url, drop } = await makePostgres()
    t.teardown(drop)
    const database = await value(openDatabase({ url }))
    await sql`create schema other`.execute(database)
    await sql`create table other.users (id integer)`.execute(database)
    await sql`create table other.kysely_migration (name text)`.execute(database)
    t.strictSame(await value(migrate(database)), names)
    await value(closeDatabase(database))
  })
})
