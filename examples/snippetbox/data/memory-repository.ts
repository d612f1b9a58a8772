// The repository in memory, for specs and experiments. It behaves like the SQL one, but synchronously, so that whole flows
// of the app run without a database and without a promise. Warning: its password hashes are too fast for real passwords.
import { createHash } from 'node:crypto'
import { left, right } from 'fp-ts/lib/Either.js'
import { effect } from 'plugboard'
import { databaseError } from './database-error.js'
import type { Query, Repository, Snippet, User } from './repository.js'
import { checkCount, normalEmail, pageBounds, storable } from './values.js'

interface StoredUser extends User {
  readonly passwordHash: string
}

/** The failure of a row that violates a constraint, with PostgreSQL's code. */
const violation = (code: '23503' | '23505', message: string) =>
  left(databaseError(Object.assign(new Error(message), { code })))

const hashOf = (password: string): string =>
  createHash('sha256').update(password.normalize('NFKC')).digest('hex')

const publicPart = ({ id, email }: StoredUser): User => ({ id, email })

/** Creates an empty repository in memory. */
export const makeMemoryRepository = (): Repository => {
  const users = new Map<number, StoredUser>()
  const snippets = new Map<number, Snippet>()
  let lastUser = 0
  let lastSnippet = 0

  const userBy = (email: string): StoredUser | undefined =>
    [...users.values()].find(user => user.email === normalEmail(email))
  const newest = (): readonly Snippet[] =>
    [...snippets.values()].sort((a, b) => b.insertedAt - a.insertedAt || b.id - a.id)
  const owned = (id: number, userId: number): Snippet | undefined => {
    const snippet = snippets.get(id)
    return snippet?.userId === userId ? snippet : undefined
  }
  const query = <A>(work: () => A): Query<A> => effect.from(() => right(work()))

  return {
    register: ({ email, password }) =>
      query(() => {
        if (userBy(email)) return left('emailTaken')
        const user = { id: (lastUser += 1), email: normalEmail(email), passwordHash: hashOf(password) }
        users.set(user.id, user)
        return right(publicPart(user))
      }),

    authenticate: ({ email, password }) =>
      query(() => {
        const user = userBy(email)
        return user?.passwordHash === hashOf(password) ? publicPart(user) : null
      }),

    latestSnippets: limit => {
      checkCount('latestSnippets: limit', limit)
      return query(() => newest().slice(0, limit))
    },

    pageOfSnippets: (page, perPage) => {
      checkCount('pageOfSnippets: perPage', perPage)
      return query(() => {
        const { offset, ...bounds } = pageBounds(page, perPage, snippets.size)
        return { ...bounds, total: snippets.size, entries: newest().slice(offset, offset + perPage) }
      })
    },

    snippet: id => query(() => snippets.get(id) ?? null),

    createSnippet: (userId, { title, content }, now) =>
      effect.from(() => {
        const user = users.get(userId)
        if (!user) return violation('23503', 'the user does not exist')
        const snippet = {
          id: (lastSnippet += 1),
          userId,
          author: user.email,
          title: storable(title),
          content: storable(content),
          insertedAt: now,
          updatedAt: now,
        }
        snippets.set(snippet.id, snippet)
        return right(snippet)
      }),

    updateSnippet: (id, userId, { title, content }, now) =>
      query(() => {
        const before = owned(id, userId)
        if (!before) return null
        const after = { ...before, title: storable(title), content: storable(content), updatedAt: now }
        snippets.set(id, after)
        return after
      }),

    deleteSnippet: (id, userId) => query(() => owned(id, userId) !== undefined && snippets.delete(id)),

    ping: () => query(() => undefined),
  }
}
