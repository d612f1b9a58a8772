/**
 * Sessions in PostgreSQL: one statement an operation, over any connection of a pool. A session is one row, so that the lock
 * of a row is all that its writers need: an update that waited for another works on the row as the other left it.
 */
import { encodeTerm, type RawEntry } from '../../../../lib/crypto/term-format.js'
import { rowsOf, type PostgresClient, type PostgresValue } from '../../../sql/postgres-client.js'
import type { Table } from '../../../sql/table.js'
import type { StoreChange } from '../../store.js'
import type { Driver } from './driver.js'
import { migrationOf } from './migration.js'

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
const hexOf = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : hex(bytes))
const keyHex = (key: string): string => Buffer.from(key).toString('hex')

/** A list of bytes, as PostgreSQL writes it. */
const list = (items: Iterable<string>): string => `{${Array.from(items, item => `"\\\\x${item}"`).join(',')}}`

/** Changes as parameters: whether all go that was there, which keys go, what is put, and what a swap expects. */
const parameters = (changes: readonly StoreChange[]): readonly PostgresValue[] => {
  const first = changes[0]
  const gone = new Set<string>()
  const puts = new Map<string, string>()
  for (const change of changes) {
    if (change.op === 'clear') continue
    const key = keyHex(change.op === 'delete' ? change.key : (change.entry.key as string))
    gone.add(key)
    // A swap whose bytes are as expected puts its entry.
    if (change.op !== 'delete') puts.set(key, hex(change.entry.rawValue))
  }
  return [
    first?.op === 'clear',
    list(gone),
    list(puts.keys()),
    list(puts.values()),
    first?.op === 'swap',
    first?.op === 'swap' ? hexOf(first.expected) : null,
  ]
}

/** The terms of a row `held` after the changes of {@link parameters}, which stand at $7 and on, one column of them. */
const after = (column: 'key' | 'term'): string => `array(
      select ${column} from (
        select key, term from unnest(held.keys, held.terms) as kept (key, term)
        where not $7::boolean and key <> all ($8::text::bytea[])
        union all
        select key, term from unnest($9::text::bytea[], $10::text::bytea[]) as put (key, term)
      ) as entries order by key)`

const getText = (table: string, more = ''): string => `
select entry.key, entry.term${more}
from ${table} as held left join lateral unnest(held.keys, held.terms) as entry (key, term) on true
where held.id_hash = decode($1, 'hex') and held.name = $2 and held.expires_at > $3::bigint`

// A session that is read often is written once in a tenth of its time.
const touchText = (table: string): string => `
with touched as (
  update ${table} set expires_at = $4::bigint
  where id_hash = decode($1, 'hex') and name = $2 and expires_at > $3::bigint
    and expires_at not between $5::bigint and $6::bigint
)${getText(table)}`

// That an UPDATE which waited for another looks at its condition again, and computes what it sets, with the row that the
// other left, is what READ COMMITTED means; nothing here reads a row that another statement may change, but that one row.
// Whoever renews copies what the old session holds when the statement begins.
const applyText = (table: string): string => `
with known as (
  update ${table} as held set
    expires_at = case when expires_at between $5::bigint and $6::bigint then expires_at else $4::bigint end,
    keys = ${after('key')},
    terms = ${after('term')}
  where id_hash = decode($1, 'hex') and name = $2 and expires_at > $3::bigint
    and (not $11::boolean
      or terms[array_position(keys, ($9::text::bytea[])[1])] is not distinct from decode($12, 'hex'))
  returning 1
), made as (
  insert into ${table} (id_hash, name, expires_at, keys, terms)
  select decode($13, 'hex'), $2, $4::bigint, ${after('key')}, ${after('term')}
  from (select) as one left join ${table} as held
    on held.id_hash = decode($14, 'hex') and held.name = $2 and held.expires_at > $3::bigint
  where not $11::boolean and $1::text is null
  on conflict (id_hash, name) do update
    set expires_at = excluded.expires_at, keys = excluded.keys, terms = excluded.terms
  returning 1
)
select exists (select from known) as known, exists (select from made) as made`

const deleteText = (table: string): string =>
  `delete from ${table} where id_hash = decode($1, 'hex') and name = $2`

// A row that is being written is passed over, so that no request waits for this, nor this for a request.
const deleteExpiredText = (table: string): string => `
with ended as (
  select id_hash, name from ${table} where expires_at <= $1::bigint
  order by expires_at limit $2::bigint for update skip locked
), deleted as (
  delete from ${table} as held using ended
  where held.id_hash = ended.id_hash and held.name = ended.name returning 1
)
select count(*)::integer as count from deleted`

interface Entry {
  readonly key: Uint8Array | null
  readonly term: Uint8Array | null
  readonly expires_at?: string | number | bigint
}

/** The entries of rows: a session that holds nothing is one row of nulls. */
const entriesOf = (rows: readonly Entry[]): readonly RawEntry[] => {
  const entries: RawEntry[] = []
  for (const { key: bytes, term } of rows)
    if (bytes !== null && term !== null) {
      const key = Buffer.from(bytes).toString()
      entries.push({ key, rawKey: encodeTerm(key), rawValue: term })
    }
  return entries
}

/** The operations on a table in PostgreSQL. A query of a pool ends, like the operation it serves, after `timeout` ms. */
export const postgres = (client: PostgresClient, table: Table, timeout: number): Driver => {
  const rows = rowsOf(client, timeout)
  const { name: quoted } = table
  const [get, touch, apply] = [getText(quoted), touchText(quoted), applyText(quoted)]
  const getAged = getText(quoted, ', held.expires_at')
  const [forget, deleteExpired] = [deleteText(quoted), deleteExpiredText(quoted)]
  const migration = migrationOf('postgres', table)

  return {
    get: async ({ name, hash }, { now, expires, least, most }, aged) => {
      const place = [hex(hash), name, now]
      const found = await (!aged && least > 0
        ? rows<Entry>(touch, [...place, expires, least, most])
        : rows<Entry>(aged ? getAged : get, place))
      const [first] = found
      if (first === undefined) return undefined
      const ends = first.expires_at
      return { entries: entriesOf(found), expires: ends === undefined ? undefined : Number(ends) }
    },
    apply: async ({ name, hash, fresh, renews, changes }, { now, expires, least, most }) => {
      const [row] = await rows<{ readonly known: boolean; readonly made: boolean }>(apply, [
        hexOf(hash),
        name,
        now,
        expires,
        least,
        most,
        ...parameters(changes),
        hex(fresh),
        hexOf(renews),
      ])
      return row?.known ? 'known' : row?.made ? 'made' : undefined
    },
    delete: async ({ name, hash }) => {
      await rows(forget, [hex(hash), name])
    },
    deleteExpired: async (now, limit) => {
      const [row] = await rows<{ readonly count: number }>(deleteExpired, [now, limit])
      return (row as { readonly count: number }).count
    },
    migrate: async () => {
      await rows(migration, [])
    },
  }
}
