// What every repository of Snippetbox promises, whatever it stands on. Each test gets an empty one.
import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import type { Test } from 'tap'
import type { Effect, PlugError } from 'plugboard'
import type { Repository, Snippet, User } from '../../../../examples/snippetbox/data/repository.js'

/** A moment, in milliseconds: more than 32 bits. */
export const now = Date.UTC(2026, 6, 1)

/** Runs a query that must succeed. */
export const value = async <A>(query: Effect<A>): Promise<A> => {
  const outcome = await query()
  if (isLeft(outcome)) throw outcome.left.cause ?? outcome.left
  return outcome.right
}

/** Runs a query that must fail. */
export const failure = async <A>(query: Effect<A>): Promise<PlugError> => {
  const outcome = await query()
  if (isRight(outcome)) throw new Error(`expected a failure, got ${JSON.stringify(outcome.right)}`)
  return outcome.left
}

const registered = async (
  repository: Repository,
  email: string,
  password = 'correct horse',
): Promise<User> => {
  const outcome: Either<'emailTaken', User> = await value(repository.register({ email, password }, now))
  if (isLeft(outcome)) throw new Error(`${email} is taken`)
  return outcome.right
}

const hostile = [
  `'; drop table users; --`,
  `" or ""="`,
  `' or '1'='1`,
  `1); delete from snippets where (1=1`,
  '$1 ? :name @p %s \\',
  '__proto__',
  '<script>alert(1)</script>',
  '',
  ' leading and trailing ',
  'line\r\nline\ttab\u2028',
  '\ufeffstarts with a mark',
  'naïve façade — 日本語 עברית 👩‍👩‍👧 𝒳',
  'x'.repeat(100_000),
]

/** Runs the whole contract. `empty` gives a repository without any rows. */
export const repositoryContract = async (t: Test, empty: () => Promise<Repository>): Promise<void> => {
  const test = (name: string, body: (t: Test, repository: Repository) => Promise<void>) =>
    t.test(name, async t => body(t, await empty()))

  await test('a registered user can log in, with the right password only', async (t, repository) => {
    const user = await registered(repository, 'ada@example.com')
    t.match(user, { id: Number, email: 'ada@example.com' })
    const authenticate = (email: string, password: string) =>
      value(repository.authenticate({ email, password }))
    t.strictSame(await authenticate('ada@example.com', 'correct horse'), user)
    t.equal(await authenticate('ada@example.com', 'Correct horse'), null)
    t.equal(await authenticate('ada@example.com', ''), null)
    t.equal(await authenticate('bob@example.com', 'correct horse'), null)
    t.equal(await authenticate('', ''), null)
  })

  await test('addresses are compared without case, spaces around them or Unicode form', async (t, repository) => {
    const user = await registered(repository, '  Ada.Lovelace@Example.COM ')
    t.equal(user.email, 'ada.lovelace@example.com')
    const again = repository.register({ email: 'ADA.lovelace@example.com', password: 'other' }, now)
    t.strictSame(await value(again), left('emailTaken'))
    const login = { email: 'ada.LOVELACE@example.com', password: 'correct horse' }
    t.strictSame(await value(repository.authenticate(login)), user)
    await registered(repository, 'Zoe\u0308@example.com')
    const composed = repository.register({ email: 'zo\u00eb@example.com', password: 'other' }, now)
    t.strictSame(await value(composed), left('emailTaken'))
  })

  await test('passwords keep their case and spaces, and are one in every Unicode form', async (t, repository) => {
    const password = '  Pässwörd 日本 👩‍👩‍👧 \0 end '
    const user = await registered(repository, 'ada@example.com', password.normalize('NFC'))
    const authenticate = (typed: string) =>
      value(repository.authenticate({ email: 'ada@example.com', password: typed }))
    t.strictSame(await authenticate(password.normalize('NFD')), user)
    t.equal(await authenticate(password.trim()), null)
    t.equal(await authenticate(password.toLowerCase()), null)
    t.equal(await authenticate(password.split('\0')[0] ?? ''), null, 'nothing ends at a NUL')
  })

  await test('of many who register one address at once, one gets it', async (t, repository) => {
    const attempts = Array.from({ length: 8 }, (_, i) =>
      value(repository.register({ email: 'ada@example.com', password: `password ${i}` }, now)),
    )
    const outcomes = await Promise.all(attempts)
    t.equal(outcomes.filter(isRight).length, 1)
    t.strictSame(
      outcomes.filter(isLeft),
      Array.from({ length: 7 }, () => left('emailTaken')),
    )
    const winner = outcomes.findIndex(isRight)
    const login = (i: number) =>
      value(repository.authenticate({ email: 'ada@example.com', password: `password ${i}` }))
    t.strictSame(right(await login(winner)), outcomes[winner])
    t.equal(await login((winner + 1) % 8), null)
  })

  await test('nothing is performed before an effect is called', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    const kept = await value(repository.createSnippet(ada.id, { title: 'kept', content: '' }, now))
    repository.register({ email: 'bob@example.com', password: 'secret' }, now)
    repository.createSnippet(ada.id, { title: 'other', content: '' }, now)
    repository.updateSnippet(kept.id, ada.id, { title: 'changed', content: '' }, now)
    repository.deleteSnippet(kept.id, ada.id)
    t.strictSame(await value(repository.latestSnippets(10)), [kept])
    await registered(repository, 'bob@example.com')
  })

  await test('an effect may be run twice', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    const create = repository.createSnippet(ada.id, { title: 'twice', content: '' }, now)
    t.not((await value(create)).id, (await value(create)).id)
    t.equal((await value(repository.latestSnippets(10))).length, 2)
  })

  await test('a snippet is kept with its author and its times', async (t, repository) => {
    const ada = await registered(repository, 'Ada@example.com')
    const created = await value(repository.createSnippet(ada.id, { title: 'A', content: 'one\ntwo' }, now))
    t.strictSame(
      { ...created },
      {
        id: created.id,
        userId: ada.id,
        author: 'ada@example.com',
        title: 'A',
        content: 'one\ntwo',
        insertedAt: now,
        updatedAt: now,
      },
    )
    t.type(created.id, 'number')
    t.strictSame(await value(repository.snippet(created.id)), created)
    const refused = repository.createSnippet(ada.id + 1_000, { title: 'A', content: '' }, now)
    t.match(await failure(refused), { name: 'DatabaseError', status: 500 })
  })

  await test('only its owner changes or deletes a snippet', async (t, repository) => {
    const [ada, bob] = [
      await registered(repository, 'ada@example.com'),
      await registered(repository, 'bob@example.com'),
    ]
    const created = await value(repository.createSnippet(ada.id, { title: 'A', content: 'a' }, now))
    const other = await value(repository.createSnippet(ada.id, { title: 'other', content: '' }, now))
    const input = { title: 'B', content: 'b' }
    t.equal(await value(repository.updateSnippet(created.id, bob.id, input, now + 1)), null)
    t.equal(await value(repository.deleteSnippet(created.id, bob.id)), false)
    t.strictSame(await value(repository.snippet(created.id)), created)
    const changed = { ...created, ...input, updatedAt: now + 1 }
    t.strictSame(await value(repository.updateSnippet(created.id, ada.id, input, now + 1)), changed)
    t.strictSame(await value(repository.snippet(created.id)), changed)
    t.equal(await value(repository.deleteSnippet(created.id, ada.id)), true)
    t.equal(await value(repository.deleteSnippet(created.id, ada.id)), false)
    t.equal(await value(repository.updateSnippet(created.id, ada.id, input, now + 2)), null)
    t.equal(await value(repository.snippet(created.id)), null)
    t.strictSame(await value(repository.latestSnippets(10)), [other], 'nothing else has changed')
  })

  await test('the id of a deleted snippet is not given again', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    const first = await value(repository.createSnippet(ada.id, { title: 'A', content: '' }, now))
    await value(repository.deleteSnippet(first.id, ada.id))
    const second = await value(repository.createSnippet(ada.id, { title: 'B', content: '' }, now))
    t.not(second.id, first.id)
  })

  await test('an id that nothing has finds nothing', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    await value(repository.createSnippet(ada.id, { title: 'A', content: '' }, now))
    const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number
    for (const id of [
      0,
      -1,
      0.5,
      2 ** 31,
      2 ** 53,
      1e300,
      MAX_SAFE_INTEGER,
      MIN_SAFE_INTEGER,
      NaN,
      Infinity,
    ]) {
      t.equal(await value(repository.snippet(id)), null, `show ${id}`)
      t.equal(await value(repository.updateSnippet(id, ada.id, { title: '', content: '' }, now)), null)
      t.equal(await value(repository.deleteSnippet(id, ada.id)), false)
    }
  })

  await test('texts are data, whatever they hold', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    for (const text of hostile) {
      const { id } = await value(repository.createSnippet(ada.id, { title: text, content: text }, now))
      t.match(await value(repository.snippet(id)), { title: text, content: text })
      const swapped = { title: `${text}!`, content: `!${text}` }
      t.match(await value(repository.updateSnippet(id, ada.id, swapped, now)), swapped)
    }
    for (const text of hostile.filter(text => text.length < 1_000)) {
      const email = `${text}@example.com`
      const user = await registered(repository, email, text)
      t.strictSame(await value(repository.authenticate({ email, password: text })), user)
    }
    t.equal((await value(repository.pageOfSnippets(1, 1))).total, hostile.length, 'the tables are there')
  })

  await test('what no database keeps becomes a replacement character', async (t, repository) => {
    const ada = await registered(repository, 'a\0da\ud800@example.com')
    t.equal(ada.email, 'a\ufffdda\ufffd@example.com')
    const login = { email: 'a\0da\ud800@example.com', password: 'correct horse' }
    t.strictSame(await value(repository.authenticate(login)), ada)
    const input = { title: '\0a\ud800b\udc00', content: '👩\0👩 \udc00\ud800' }
    const kept = { title: '\ufffda\ufffdb\ufffd', content: '👩\ufffd👩 \ufffd\ufffd' }
    const created = await value(repository.createSnippet(ada.id, input, now))
    t.match(created, kept)
    t.match(await value(repository.snippet(created.id)), kept)
    t.match(await value(repository.updateSnippet(created.id, ada.id, input, now)), kept)
  })

  await test('any text comes back as it was given', async (t, repository) => {
    const ada = await registered(repository, 'ada@example.com')
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map(each => each.replaceAll('\0', ''))
    const property = fc.asyncProperty(text, text, async (title, content) => {
      const { id } = await value(repository.createSnippet(ada.id, { title, content }, now))
      const found = await value(repository.snippet(id))
      return found?.title === title && found.content === content
    })
    await fc.assert(property, { numRuns: 60 })
    t.pass()
  })

  const fill = async (repository: Repository, count: number): Promise<readonly Snippet[]> => {
    const ada = await registered(repository, 'ada@example.com')
    const made: Snippet[] = []
    for (let i = 0; i < count; i++) {
      // Two at a time are of one moment, and some are older than those before them.
      const time = now + [0, 0, 5, 5, 2, 2][i % 6]! * 1_000 + i
      made.push(
        await value(
          repository.createSnippet(ada.id, { title: `${i}`, content: '' }, i % 2 ? time - 1 : time),
        ),
      )
    }
    return made.sort((a, b) => b.insertedAt - a.insertedAt || b.id - a.id)
  }

  await test('the latest snippets come newest first', async (t, repository) => {
    t.strictSame(await value(repository.latestSnippets(5)), [])
    const snippets = await fill(repository, 8)
    t.strictSame(await value(repository.latestSnippets(5)), snippets.slice(0, 5))
    t.strictSame(await value(repository.latestSnippets(1)), snippets.slice(0, 1))
    t.strictSame(await value(repository.latestSnippets(1_000)), snippets)
    for (const limit of [0, -1, 1.5, NaN, Infinity])
      t.throws(
        () => repository.latestSnippets(limit),
        new RangeError(`latestSnippets: limit must be an integer of at least 1, got ${limit}`),
      )
  })

  await test('an empty list is one empty page', async (t, repository) => {
    const empty = { page: 1, pages: 1, total: 0, entries: [] }
    for (const page of [1, 0, -1, 2, 1e300])
      t.strictSame(await value(repository.pageOfSnippets(page, 5)), empty)
  })

  await test('pages part the list, each entry on one page', async (t, repository) => {
    const snippets = await fill(repository, 12)
    const page = (number: number, perPage: number) => value(repository.pageOfSnippets(number, perPage))
    t.strictSame(await page(1, 5), { page: 1, pages: 3, total: 12, entries: snippets.slice(0, 5) })
    t.strictSame(await page(2, 5), { page: 2, pages: 3, total: 12, entries: snippets.slice(5, 10) })
    t.strictSame(await page(3, 5), { page: 3, pages: 3, total: 12, entries: snippets.slice(10) })
    t.strictSame(await page(3, 4), { page: 3, pages: 3, total: 12, entries: snippets.slice(8) })
    t.strictSame(await page(1, 12), { page: 1, pages: 1, total: 12, entries: snippets })
    t.strictSame(await page(1, 1_000), { page: 1, pages: 1, total: 12, entries: snippets })
  })

  await test('a page number outside the list gives the nearest page', async (t, repository) => {
    await fill(repository, 12)
    const page = async (number: number) => (await value(repository.pageOfSnippets(number, 5))).page
    for (const low of [0, -0, -1, -1e300, 0.5, NaN, -Infinity]) t.equal(await page(low), 1, `${low}`)
    for (const high of [4, 3.9, 2 ** 31, 2 ** 53, 1e300, Infinity]) t.equal(await page(high), 3, `${high}`)
    t.equal(await page(2.9), 2)
    for (const perPage of [0, -1, 1.5, NaN, Infinity])
      t.throws(() => repository.pageOfSnippets(1, perPage), RangeError, `${perPage} a page`)
  })

  await test('the database answers', async (t, repository) => {
    t.strictSame(await repository.ping()(), right(undefined))
  })
}
