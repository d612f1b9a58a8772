import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { sql } from 'kysely'
import t from 'tap'
import { closeDatabase, openDatabase } from '../../../../examples/snippetbox/data/database.js'
import { migrate } from '../../../../examples/snippetbox/data/migrations.js'
import { makePasswords } from '../../../../examples/snippetbox/data/passwords.js'
import { makeRepository } from '../../../../examples/snippetbox/data/sql-repository.js'
import { node } from '../../../support/command.js'
import { failure, now, value } from './contract.js'

const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const passwords = makePasswords({ memoryCost: 8, timeCost: 1 })
const credentials = { email: 'ada@example.com', password: 'correct horse' }

t.test('a url must be of PostgreSQL, and the error does not repeat it', async t => {
  for (const url of ['mysql://root:hush@db/x', 'file:///x.db', 'db/x', ' postgres://db/x'])
    t.throws(
      () => openDatabase({ url }),
      new TypeError('DATABASE_URL must begin with postgres:// or postgresql://'),
    )
})

t.test('opening performs nothing until it is called, then makes the file and its folder', async t => {
  const file = join(folder, 'deep/er/x.db')
  const open = openDatabase({ file })
  t.notOk(existsSync(join(folder, 'deep')))
  const database = await value(open)
  t.ok(existsSync(file))
  if (process.platform !== 'win32') t.equal(statSync(join(folder, 'deep')).mode & 0o077, 0)
  await value(closeDatabase(database))
})

t.test('SQLite keeps a log of writes, and foreign keys', async t => {
  const database = await value(openDatabase({ file: join(folder, 'pragmas.db') }))
  const pragma = async (name: string) =>
    Object.values((await sql.raw(`pragma ${name}`).execute(database)).rows[0] ?? {})[0]
  t.equal(await pragma('journal_mode'), 'wal')
  t.equal(await pragma('foreign_keys'), 1)
  t.equal(await pragma('busy_timeout'), 5_000)
  await value(closeDatabase(database))
})

t.test('all is there after a restart, in the one file', async t => {
  const file = join(folder, 'restart.db')
  const before = await value(openDatabase({ file }))
  await value(migrate(before))
  const first = makeRepository(before, passwords)
  const user = await value(first.register(credentials, now))
  if (!isRight(user)) throw new Error('taken')
  const snippet = await value(first.createSnippet(user.right.id, { title: 'A', content: 'a' }, now))
  await value(closeDatabase(before))

  const copy = join(folder, 'copy.db')
  copyFileSync(file, copy)
  for (const each of [file, copy]) {
    const after = await value(openDatabase({ file: each }))
    t.strictSame(await value(migrate(after)), [])
    const second = makeRepository(after, passwords)
    t.strictSame(await value(second.authenticate(credentials)), user.right)
    t.strictSame(await value(second.snippet(snippet.id)), snippet)
    await value(closeDatabase(after))
  }
})

t.test('what was written is there after the process was killed', async t => {
  const file = join(folder, 'killed.db')
  const data = new URL('../../../../examples/snippetbox/data/', import.meta.url).href
  const { stdout } = await node([
    '--input-type=module',
    '-e',
    `import { openDatabase } from '${data}database.js'
     import { migrate } from '${data}migrations.js'
     import { makePasswords } from '${data}passwords.js'
     import { makeRepository } from '${data}sql-repository.js'
     const { right: database } = await openDatabase({ file: ${JSON.stringify(file)} })()
     await migrate(database)()
     const repository = makeRepository(database, makePasswords({ memoryCost: 8, timeCost: 1 }))
     console.log(JSON.stringify(await repository.register(${JSON.stringify(credentials)}, ${now})()))
     process.kill(process.pid, 'SIGKILL')`,
  ])
  const database = await value(openDatabase({ file }))
  const user = await value(makeRepository(database, passwords).authenticate(credentials))
  t.ok(user)
  t.strictSame(JSON.parse(stdout), { _tag: 'Right', right: { _tag: 'Right', right: user } })
  await value(closeDatabase(database))
})

t.test(
  'while another process writes, a write fails in the end, a read does not, and all goes on after',
  async t => {
    const file = join(folder, 'busy.db')
    const other = await value(openDatabase({ file }))
    await value(migrate(other))
    const here = await value(openDatabase({ file, busyTimeout: 50 }))
    const repository = makeRepository(here, passwords)
    const busy = { name: 'DatabaseUnavailable', status: 503, cause: { code: 'SQLITE_BUSY' } }

    await sql`begin`.execute(other)
    t.match(await failure(repository.register(credentials, now)), busy)
    t.match(await failure(repository.deleteSnippet(1, 1)), busy)
    t.match(await failure(migrate(here)), busy)
    await t.rejects(
      here.transaction().execute(trx => trx.deleteFrom('users').execute()),
      { code: 'SQLITE_BUSY' },
    )
    t.strictSame(await value(repository.latestSnippets(5)), [])
    await sql`rollback`.execute(other)

    const user = await value(repository.register(credentials, now))
    t.ok(isRight(user))
    t.strictSame(
      await value(makeRepository(other, passwords).authenticate(credentials)),
      isRight(user) && user.right,
      'what is written now is committed',
    )
    await value(closeDatabase(here))
    await value(closeDatabase(other))
  },
)

t.test('a transaction on SQLite is one, and a failed one leaves nothing', async t => {
  const file = join(folder, 'transaction.db')
  const database = await value(openDatabase({ file }))
  await value(migrate(database))
  const insert = (email: string) => ({ email, password_hash: '', inserted_at: now })
  const emails = async () =>
    (await database.selectFrom('users').select('email').orderBy('email').execute()).map(user => user.email)
  await database.transaction().execute(async trx => {
    await trx
      .insertInto('users')
      .values([insert('a'), insert('b')])
      .execute()
    await trx.updateTable('users').set({ email: 'c' }).where('email', '=', 'b').execute()
  })
  t.strictSame(await emails(), ['a', 'c'])
  const failing = database.transaction().execute(async trx => {
    await trx.insertInto('users').values(insert('d')).execute()
    await trx.insertInto('users').values(insert('a')).execute()
  })
  await t.rejects(failing, { code: 'SQLITE_CONSTRAINT_UNIQUE' })
  t.strictSame(await emails(), ['a', 'c'])
  await t.rejects(
    database
      .insertInto('users')
      .values([insert('e'), insert('a')])
      .execute(),
  )
  t.strictSame(await emails(), ['a', 'c'])
  const streamed: string[] = []
  for await (const user of database.selectFrom('users').select('email').stream()) streamed.push(user.email)
  t.strictSame(streamed.sort(), ['a', 'c'])
  await value(closeDatabase(database))
})

t.test('a boolean is a number to SQLite', async t => {
  const database = await value(openDatabase({ file: join(folder, 'boolean.db') }))
  const { rows } = await sql`select ${true} as yes, ${false} as no`.execute(database)
  t.strictSame({ ...(rows[0] as object) }, { yes: 1, no: 0 })
  await value(closeDatabase(database))
})

t.test('a database that cannot be opened is a failure with its cause', async t => {
  const file = join(folder, 'a-file')
  writeFileSync(file, 'not a database, and longer than the head of one would be'.repeat(20))
  const away = { name: 'DatabaseUnavailable', status: 503, cause: Error }
  t.match(await failure(openDatabase({ file: join(file, 'x.db') })), away, 'a file where a folder should be')
  t.match(await failure(openDatabase({ file: folder })), away, 'a folder where a file should be')
  t.match(
    await failure(openDatabase({ file })),
    { name: /^Database/, cause: Error },
    'a file of another kind',
  )
  t.match(await failure(openDatabase({ url: 'postgres://127.0.0.1:1/none' })), away, 'nobody listens there')
  const malformed = await failure(openDatabase({ url: 'postgres://ada:hush@127.0.0.1:port/none' }))
  t.match(malformed, away)
  t.notMatch(JSON.stringify([malformed, String(malformed.cause), { ...(malformed.cause as object) }]), 'hush')
})
