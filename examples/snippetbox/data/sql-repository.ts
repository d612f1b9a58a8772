// The repository on SQL. Where possible, an operation is one statement, so that no other can come in between. The same code
// runs on SQLite and on PostgreSQL. Values reach the database as parameters, never as SQL.
import { left, right } from 'fp-ts/lib/Either.js'
import type { ExpressionBuilder } from 'kysely'
import { sql } from 'kysely'
import { attempt, gen } from 'plugboard'
import { databaseError } from './database-error.js'
import type { Passwords } from './passwords.js'
import type { Query, Repository, Snippet } from './repository.js'
import type { Database, Tables } from './schema.js'
import { checkCount, normalEmail, pageBounds, storable } from './values.js'

/** Work on the database as an effect. */
const query = <A>(work: () => Promise<A>): Query<A> => attempt(work, databaseError)

/** The columns of a snippet and its author's address, for `select` and `returning`. */
const snippetColumns = (eb: ExpressionBuilder<Tables, 'snippets'>) =>
  [
    'snippets.id as id',
    'snippets.user_id as userId',
    'snippets.title as title',
    'snippets.content as content',
    'snippets.inserted_at as insertedAt',
    'snippets.updated_at as updatedAt',
    eb
      .selectFrom('users')
      .whereRef('users.id', '=', 'snippets.user_id')
      .select('users.email')
      .$asScalar()
      .$notNull()
      .as('author'),
  ] as const

/**
 * Creates the repository on a migrated database.
 *
 * @example
 * const database = await openDatabase({ file: 'snippetbox.db' })()
 * if (isRight(database)) {
 *   await migrate(database.right)()
 *   const repository = makeRepository(database.right, makePasswords())
 * }
 */
export const makeRepository = (db: Database, passwords: Passwords): Repository => {
  const newest = () =>
    db
      .selectFrom('snippets')
      .select(snippetColumns)
      .orderBy('snippets.inserted_at', 'desc')
      .orderBy('snippets.id', 'desc')

  return {
    register: ({ email, password }, now) =>
      gen(function* register() {
        const password_hash = yield* passwords.hash(password)
        const user = yield* query(() =>
          db
            .insertInto('users')
            .values({ email: normalEmail(email), password_hash, inserted_at: now })
            .onConflict(conflict => conflict.column('email').doNothing())
            .returning(['id', 'email'])
            .executeTakeFirst(),
        )
        return user === undefined ? left('emailTaken') : right(user)
      }),

    authenticate: ({ email, password }) =>
      gen(function* authenticate() {
        const found = yield* query(() =>
          db
            .selectFrom('users')
            .select(['id', 'email', 'password_hash'])
            .where('email', '=', normalEmail(email))
            .executeTakeFirst(),
        )
        const matches = yield* passwords.verify(found?.password_hash, password)
        return found && matches ? { id: found.id, email: found.email } : null
      }),

    latestSnippets: limit => {
      checkCount('latestSnippets: limit', limit)
      return query(() => newest().limit(limit).execute())
    },

    pageOfSnippets: (page, perPage) => {
      checkCount('pageOfSnippets: perPage', perPage)
      return query(async () => {
        const { total } = await db
          .selectFrom('snippets')
          .select(eb => eb.fn.countAll<number>().as('total'))
          .executeTakeFirstOrThrow()
        const { offset, ...bounds } = pageBounds(page, perPage, total)
        return { ...bounds, total, entries: await newest().limit(perPage).offset(offset).execute() }
      })
    },

    snippet: id =>
      query(async () => {
        if (!Number.isSafeInteger(id)) return null
        const found: Snippet | undefined = await db
          .selectFrom('snippets')
          .select(snippetColumns)
          .where('id', '=', id)
          .executeTakeFirst()
        return found ?? null
      }),

    createSnippet: (userId, { title, content }, now) =>
      query(() =>
        db
          .insertInto('snippets')
          .values({
            user_id: userId,
            title: storable(title),
            content: storable(content),
            inserted_at: now,
            updated_at: now,
          })
          .returning(snippetColumns)
          .executeTakeFirstOrThrow(),
      ),

    updateSnippet: (id, userId, { title, content }, now) =>
      query(async () => {
        if (!Number.isSafeInteger(id)) return null
        const changed: Snippet | undefined = await db
          .updateTable('snippets')
          .set({ title: storable(title), content: storable(content), updated_at: now })
          .where('id', '=', id)
          .where('user_id', '=', userId)
          .returning(snippetColumns)
          .executeTakeFirst()
        return changed ?? null
      }),

    deleteSnippet: (id, userId) =>
      query(async () => {
        if (!Number.isSafeInteger(id)) return false
        const { numDeletedRows } = await db
          .deleteFrom('snippets')
          .where('id', '=', id)
          .where('user_id', '=', userId)
          .executeTakeFirstOrThrow()
        return numDeletedRows > 0n
      }),

    ping: () =>
      query(async () => {
        await sql`select 1`.execute(db)
      }),
  }
}
