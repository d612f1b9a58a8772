/** Tokens in SQLite: each operation is a transaction that has its lock from the beginning, and is done when it returns. */
import { transactionsOf, type SqliteDatabase } from '../../sql/sqlite-database.js'
import { context, selected, type Driver, type Names, type TokenRow } from './driver.js'

/** The operations on tables in SQLite. */
export const sqlite = (database: SqliteDatabase, { tokens, users, columns }: Names): Driver => {
  const { prepared, within } = transactionsOf(database)
  const look = `select 1 from ${tokens} limit 1`
  const writing = <A>(work: () => A): A => within('begin immediate', look, work)

  const insertText = `insert into ${tokens} (context, user_id, token, inserted_at, authenticated_at) values (?, ?, ?, ?, ?)`
  const replaceText = `insert into ${tokens} (context, user_id, token, inserted_at, authenticated_at)
select context, user_id, ?, ?, ? from ${tokens} where context = ? and token = ?`
  const findText = `select ${selected(columns)}
from ${tokens} as held join ${users} as users on users.id = held.user_id where held.context = ? and held.token = ?`
  const deleteText = `delete from ${tokens} where context = ? and token = ?`
  const deleteAllText = `delete from ${tokens} where context = ? and user_id = ?`
  const deleteOthersText = `${deleteAllText} and token <> ?`
  const deleteExpiredText = `delete from ${tokens} where rowid in (
  select rowid from ${tokens} where context = ? and inserted_at <= ? order by inserted_at limit ?)`

  return {
    insert: (userId, hash, insertedAt, authenticatedAt) => {
      writing(() => prepared(insertText).run(context, userId, hash, insertedAt, authenticatedAt))
    },
    replace: (replaced, hash, insertedAt, authenticatedAt) => {
      writing(() => prepared(replaceText).run(hash, insertedAt, authenticatedAt, context, replaced))
    },
    find: hash =>
      within('begin', look, () => prepared(findText).all(context, hash)[0] as TokenRow | undefined),
    delete: hash => {
      writing(() => prepared(deleteText).run(context, hash))
    },
    deleteAll: (userId, except) => {
      writing(() =>
        except === undefined
          ? prepared(deleteAllText).run(context, userId)
          : prepared(deleteOthersText).run(context, userId, except),
      )
    },
    deleteExpired: (insertedUntil, limit) =>
      writing(() => Number(prepared(deleteExpiredText).run(context, insertedUntil, limit).changes)),
    migrate: sql => within('begin immediate', sql, () => undefined),
  }
}
