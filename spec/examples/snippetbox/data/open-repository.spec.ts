import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRight, left } from 'fp-ts/lib/Either.js'
import { sql } from 'kysely'
import { plugError } from 'plugboard'
import { memoryTokenStore } from 'plugboard/auth'
import t from 'tap'
import { closeDatabase, openDatabase } from '../../../../examples/snippetbox/data/database.js'
import { openRepository } from '../../../../examples/snippetbox/data/open-repository.js'
import { makePasswords } from '../../../../examples/snippetbox/data/passwords.js'
import type { User } from '../../../../examples/snippetbox/data/repository.js'
import { clearExpiredTokens, tokenAge } from '../../../../examples/snippetbox/data/tokens.js'
import { failure, now, value } from './contract.js'

const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const passwords = makePasswords({ memoryCost: 8, timeCost: 1 })
const credentials = { email: 'ada@example.com', password: 'correct horse' }
const ada: User = { id: 1, email: 'ada@example.com' }
const hash = (byte: number) => Buffer.alloc(32, byte)
const at = (time: number) => ({ insertedAt: time, authenticatedAt: time })

t.test('a repository is opened with its tables, cleared of what has expired, and closed', async t => {
  const options = { file: join(folder, 'x.db') }
  const first = await value(openRepository(options, passwords))
  const user = await value(first.repository.register(credentials, now))
  if (!isRight(user)) throw new Error('taken')
  await value(first.tokens.insert(user.right, hash(1), at(Date.now() - tokenAge * 1000)))
  const time = Date.now()
  await value(first.tokens.insert(user.right, hash(2), at(time)))
  await value(first.close)
  t.match(await failure(first.repository.ping()), { name: 'DatabaseUnavailable' })
  t.match(await failure(first.tokens.find(hash(2))), { _tag: 'SessionUnavailable', status: 503 })

  const second = await value(openRepository(options, passwords))
  t.strictSame(await value(second.repository.authenticate(credentials)), user.right)
  t.equal(await value(second.tokens.find(hash(1))), undefined)
  t.match(await value(second.tokens.find(hash(2))), { user: user.right, insertedAt: time })
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
  const tokens = memoryTokenStore<User>()
  for (let i = 0; i < 7; i++) await value(tokens.insert(ada, hash(i), at(now)))
  t.equal(await value(clearExpiredTokens(tokens, now + tokenAge * 1000 - 1, 3)), 0)
  t.equal(await value(clearExpiredTokens(tokens, now + tokenAge * 1000, 3)), 7)
  t.equal(await value(clearExpiredTokens(tokens, now + tokenAge * 1000)), 0)
})

t.test('clearing stops at a failure', async t => {
  const away = plugError(503, 'DatabaseUnavailable', 'Later')
  const tokens = { ...memoryTokenStore<User>(), deleteExpired: () => () => left(away) }
  t.equal(await failure(clearExpiredTokens(tokens, now)), away)
})
