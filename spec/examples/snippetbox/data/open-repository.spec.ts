import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight, left } from 'fp-ts/lib/Either.js'
import { sql } from 'kysely'
import { plugError } from 'plugboard'
import t from 'tap'
import { closeDatabase, openDatabase } from '../../../../examples/snippetbox/data/database.js'
import { makeMemoryRepository } from '../../../../examples/snippetbox/data/memory-repository.js'
import { clearExpiredTokens, openRepository } from '../../../../examples/snippetbox/data/open-repository.js'
import { makePasswords } from '../../../../examples/snippetbox/data/passwords.js'
import { sessionTokenAge } from '../../../../examples/snippetbox/data/repository.js'
import { failure, now, value } from './contract.js'

const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const passwords = makePasswords({ memoryCost: 8, timeCost: 1 })
const credentials = { email: 'ada@example.com', password: 'correct horse' }

t.test('a repository is opened with its tables, cleared of what has expired, and closed', async t => {
  const options = { file: join(folder, 'x.db') }
  const first = await value(openRepository(options, passwords))
  const user = await value(first.repository.register(credentials, now))
  if (!isRight(user)) throw new Error('taken')
  await value(first.repository.insertSessionToken(user.right.id, 'old', Date.now() - sessionTokenAge))
  await value(first.repository.insertSessionToken(user.right.id, 'new', Date.now()))
  await value(first.close)
  t.match(await failure(first.repository.ping), { name: 'DatabaseUnavailable' })

  const second = await value(openRepository(options, passwords))
  t.strictSame(await value(second.repository.authenticate(credentials)), user.right)
  t.equal(await value(second.repository.deleteExpiredSessionTokens(Date.now(), 10)), 0)
  t.strictSame(await value(second.repository.userOfSessionToken('new', Date.now())), user.right)
  await value(second.close)
})

t.test('when the tables cannot be made, the failure is told and the database closed', async t => {
  const options = { file: join(folder, 'other.db') }
  const other = await value(openDatabase(options))
  await sql`create table users (id integer)`.execute(other)
  await value(closeDatabase(other))
  t.match(await failure(openRepository(options, passwords)), { name: 'DatabaseError', cause: Error })
  t.match(await failure(openRepository({ file: folder }, passwords)), { name: 'DatabaseUnavailable' })
})

t.test('expired tokens are cleared batch by batch until none is left', async t => {
  const repository = makeMemoryRepository()
  await value(repository.register(credentials, now))
  for (let i = 0; i < 7; i++) await value(repository.insertSessionToken(1, `${i}`, now))
  t.equal(await value(clearExpiredTokens(repository, now + sessionTokenAge - 1, 3)), 0)
  t.equal(await value(clearExpiredTokens(repository, now + sessionTokenAge, 3)), 7)
  t.equal(await value(clearExpiredTokens(repository, now + sessionTokenAge)), 0)
})

t.test('clearing stops at a failure', async t => {
  const away = plugError(503, 'DatabaseUnavailable', 'Later')
  const repository = { ...makeMemoryRepository(), deleteExpiredSessionTokens: () => () => left(away) }
  t.equal(await failure(clearExpiredTokens(repository, now)), away)
})
