/** Tokens in PostgreSQL: one statement an operation, over any connection of a pool. */
import { rowsOf, type PostgresClient } from '../../sql/postgres-client.js'
import { context, selected, type Driver, type Names, type TokenRow } from './driver.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The operations on tables in PostgreSQL. A query of a pool ends, like the operation it serves, after `timeout` ms. */
export const postgres = (
  client: PostgresClient,
  { tokens, users, columns }: Names,
  timeout: number,
): Driver => {
  const rows = rowsOf(client, timeout)

  const insertText = `insert into ${tokens} (context, user_id, token, inserted_at, authenticated_at)
values ($1, $2, decode($3, 'hex'), $4, $5)`
  // It waits for who deletes the other just now, and who deletes it afterwards waits for this.
  const replaceText = `insert into ${tokens} (context, user_id, token, inserted_at, authenticated_at)
select context, user_id, decode($3, 'hex'), $4::bigint, $5::bigint
from ${tokens} where context = $1 and token = decode($2, 'hex') for share`
  const findText = `select ${selected(columns)}
from ${tokens} as held join ${users} as users on users.id = held.user_id
where held.context = $1 and held.token = decode($2, 'hex')`
  const deleteText = `delete from ${tokens} where context = $1 and token = decode($2, 'hex')`
  const deleteAllText = `delete from ${tokens}
where context = $1 and user_id = $2 and ($3::text is null or token <> decode($3::text, 'hex'))
returning 1`
  // A row that somebody else deletes just now is passed over.
  const deleteExpiredText = `with expired as (
  select context, token from ${tokens} where context = $1 and inserted_at <= $2::bigint
  order by inserted_at limit $3::bigint for update skip locked
), deleted as (
  delete from ${tokens} as held using expired
  where held.context = expired.context and held.token = expired.token returning 1
)
select count(*)::integer as count from deleted`

  return {
    insert: async (userId, hash, insertedAt, authenticatedAt) => {
      await rows(insertText, [context, userId, hex(hash), insertedAt, authenticatedAt])
    },
    replace: async (replaced, hash, insertedAt, authenticatedAt) => {
      await rows(replaceText, [context, hex(replaced), hex(hash), insertedAt, authenticatedAt])
    },
    find: async hash => (await rows<TokenRow>(findText, [context, hex(hash)]))[0],
    delete: async hash => {
      await rows(deleteText, [context, hex(hash)])
    },
    deleteAll: async (userId, except) => {
      const values = [context, userId, except === undefined ? null : hex(except)]
      // A token that took the place of another while the statement waited for it is not seen by that statement.
      while ((await rows(deleteAllText, values)).length > 0);
    },
    deleteExpired: async (insertedUntil, limit) => {
      const [row] = await rows<{ readonly count: number }>(deleteExpiredText, [context, insertedUntil, limit])
      return (row as { readonly count: number }).count
    },
    migrate: async sql => {
      await rows(sql, [])
    },
  }
}
