/** Tokens in the memory of this process: for specs, examples and first steps. They are gone when it ends. */
import type { IterablePort } from '../../lib/effect.js'
import { right } from '../../lib/fp.js'
import { makeEffect } from '../../lib/iterable-effect.js'
import type { FoundToken, Identified, TokenStore } from './token-store.js'

const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/**
 * Makes an empty store of tokens. A user is found as they were when they logged in.
 *
 * @example
 * import { memoryTokenStore } from 'plugboard/auth'
 * const tokens = memoryTokenStore<{ readonly id: number }>()
 * tokens.insert({ id: 7 }, new Uint8Array(32), { insertedAt: 0, authenticatedAt: 0 })()
 * tokens.find(new Uint8Array(32))() // => right({ user: { id: 7 }, insertedAt: 0, authenticatedAt: 0 })
 */
export const memoryTokenStore = <User extends Identified>(): IterablePort<TokenStore<User>> => {
  const table = new Map<string, FoundToken<User>>()

  const forget = (limit: number, gone: (found: FoundToken<User>, key: string) => boolean): number => {
    const keys = [...table].filter(([key, found]) => gone(found, key)).slice(0, limit)
    for (const [key] of keys) table.delete(key)
    return keys.length
  }

  return {
    insert: (user, hash, { insertedAt, authenticatedAt }, replaces) =>
      makeEffect('insert', () => {
        if (replaces === undefined || table.has(keyOf(replaces)))
          table.set(keyOf(hash), { user, insertedAt, authenticatedAt })
        return right(undefined)
      }),
    find: hash => makeEffect('find', () => right(table.get(keyOf(hash)))),
    delete: hash =>
      makeEffect('delete', () => {
        table.delete(keyOf(hash))
        return right(undefined)
      }),
    deleteAll: (user, except) =>
      makeEffect('deleteAll', () => {
        const kept = except === undefined ? undefined : keyOf(except)
        forget(Infinity, (found, key) => found.user.id === user.id && key !== kept)
        return right(undefined)
      }),
    deleteExpired: (insertedUntil, limit) =>
      makeEffect('deleteExpired', () =>
        right(forget(limit, ({ insertedAt }) => insertedAt <= insertedUntil)),
      ),
  }
}
