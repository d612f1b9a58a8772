/** Sessions in SQLite: each operation is a transaction that has its lock from the beginning, and is done when it returns. */
import { decodeMapRaw, encodeMapRaw, type RawEntry } from '../../../../lib/crypto/term-format.js'
import { isLeft } from '../../../../lib/fp.js'
import { transactionsOf, type SqliteDatabase } from '../../../sql/sqlite-database.js'
import type { Table } from '../../../sql/table.js'
import { applyChanges, swapHolds } from '../../terms.js'
import type { Driver, Times } from './driver.js'
import { migrationOf } from './migration.js'

interface Row {
  /** An `ArrayBuffer` if it comes from libsql. */
  readonly terms: Uint8Array | ArrayBuffer
  readonly expires_at: number | bigint
}

const entriesOf = ({ terms }: Row): readonly RawEntry[] => {
  const entries = decodeMapRaw(terms instanceof ArrayBuffer ? new Uint8Array(terms) : terms)
  if (isLeft(entries)) throw new Error(`the terms of a session are no map of terms: ${entries.left}`)
  return entries.right
}

/** The operations on a table in SQLite. */
export const sqlite = (database: SqliteDatabase, table: Table): Driver => {
  const { name: quoted } = table
  const { prepared, within } = transactionsOf(database)
  const look = `select 1 from ${quoted} limit 1`
  const reading = <A>(work: () => A): A => within('begin', look, work)
  const writing = <A>(work: () => A): A => within('begin immediate', look, work)

  const selectText = `select terms, expires_at from ${quoted} where id_hash = ? and name = ? and expires_at > ?`
  const touchText = `update ${quoted} set expires_at = ? where id_hash = ? and name = ? and expires_at > ?`
  const putText = `insert or replace into ${quoted} (id_hash, name, expires_at, terms) values (?, ?, ?, ?)`
  const deleteText = `delete from ${quoted} where id_hash = ? and name = ?`
  const expiredText = `delete from ${quoted} where rowid in (
    select rowid from ${quoted} where expires_at <= ? order by expires_at limit ?)`
  const migration = migrationOf('sqlite', table)

  const rowOf = (hash: Buffer | undefined, name: string, now: number): Row | undefined => {
    if (hash === undefined) return undefined
    return prepared(selectText).all(hash, name, now)[0] as Row | undefined
  }
  const keeps = ({ expires_at: ends }: Row, { least, most }: Times): boolean => ends >= least && ends <= most

  return {
    get: ({ name, hash }, times, aged) => {
      const row = reading(() => rowOf(hash, name, times.now))
      if (row === undefined) return undefined
      if (!aged && !keeps(row, times))
        writing(() => prepared(touchText).run(times.expires, hash, name, times.now))
      return { entries: entriesOf(row), expires: Number(row.expires_at) }
    },
    apply: ({ name, hash, fresh, renews, changes }, times) =>
      writing(() => {
        const row = rowOf(hash, name, times.now)
        const isSwap = changes[0]?.op === 'swap'
        if (row === undefined ? isSwap || hash !== undefined : isSwap && !swapHolds(entriesOf(row), changes))
          return undefined
        const begun = row ?? rowOf(renews, name, times.now)
        const terms = encodeMapRaw(applyChanges(begun === undefined ? [] : entriesOf(begun), changes))
        const expires = row !== undefined && keeps(row, times) ? Number(row.expires_at) : times.expires
        prepared(putText).run(row === undefined ? fresh : (hash as Buffer), name, expires, terms)
        return row === undefined ? 'made' : 'known'
      }),
    delete: ({ name, hash }) => {
      writing(() => prepared(deleteText).run(hash, name))
    },
    deleteExpired: (now, limit) => writing(() => Number(prepared(expiredText).run(now, limit).changes)),
    migrate: () => within('begin immediate', migration, () => undefined),
  }
}
