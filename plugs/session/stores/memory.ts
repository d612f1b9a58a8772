/**
 * Sessions in the memory of this process, as Plug.Session.ETS keeps them; theirs is bounded and expires, besides. What
 * touches the table is an effect: nothing happens before the runner executes it.
 */
import { decodeMapRaw, encodeMapRaw, type RawEntry } from '../../../lib/crypto/term-format.js'
import { makeEffect } from '../../../lib/iterable-effect.js'
import { right } from '../../../lib/fp.js'
import { checkOptions, flag, mustBe, seconds, type Rules } from '../../../lib/options.js'
import { Table, type MemoryTable } from './memory-table.js'
import { freshId } from '../id.js'
import { hashText } from '../../stores/hash.js'
import type { EffectStore, StoreSession } from '../store.js'
import { applyChanges, swapHolds } from '../terms.js'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Seconds that a session is kept, where `session({ ttl, maxAge })` says nothing. Default 86,400: a day. */
  readonly ttl?: number
  /**
   * Whether that time begins anew with each read and write; else it is counted from when the id was made, at log-in that
   * is. Default true.
   */
  readonly sliding?: boolean
}

const rules: Rules = { ttl: seconds, sliding: flag }

const keyOf = (id: string, { name }: StoreSession): string => `${name}:${hashText(id, 'binary')}`

const entriesOf = (terms: string): readonly RawEntry[] =>
  (decodeMapRaw(Buffer.from(terms, 'latin1')) as { readonly right: readonly RawEntry[] }).right

const textOf = (entries: readonly RawEntry[]): string => (encodeMapRaw(entries) as Buffer).toString('latin1')

/**
 * Keeps sessions in a table of this process. The cookie holds an id of 256 bits, the table its SHA-256. They are gone when
 * the process ends, and other processes do not see them: an app that has them is not served by several `workers`.
 *
 * @throws TypeError that names the option.
 * @example
 * import { pipeline } from 'plugboard'
 * import { fetchSession, memoryStore, memoryTable, session } from 'plugboard/plugs'
 * const store = memoryStore(memoryTable({ maxEntries: 10_000 }), { ttl: 3600 })
 * const sessions = pipeline(session({ store, key: '_app_key' }), fetchSession)
 */
export const memoryStore = (table: MemoryTable, options: MemoryStoreOptions = {}): EffectStore => {
  if (!(table instanceof Table))
    throw new TypeError(`memoryStore: ${mustBe('table', 'what memoryTable() returned', table)}`)
  checkOptions('memoryStore', options, rules)
  const { ttl = 86_400, sliding = true } = options
  const lasts = (session: StoreSession): number => (session.ttl ?? ttl) * 1000
  const expiry = (session: StoreSession, now: number): number => now + lasts(session)

  return {
    tellsAge: sliding,
    checkAtBoot: ({ workers = 1 }) => {
      if (workers > 1)
        throw new TypeError(
          `memoryStore: its sessions are in one process, and ${workers} workers would each lose those of the others: serve without workers, or keep sessions in cookies, in Redis or in a database`,
        )
    },
    get: (id, session, { now }) =>
      makeEffect('get', () => {
        const row = table.get(keyOf(id, session), now)
        if (row === undefined) return right(undefined)
        const entries = entriesOf(row.terms)
        if (session.refreshAfter !== undefined)
          return right({ id, entries, age: (lasts(session) - (row.expires - now)) / 1000 })
        if (sliding) row.expires = expiry(session, now)
        return right({ id, entries })
      }),
    apply: (id, { changes, renews }, session, context) =>
      makeEffect('apply', () => {
        const { now } = context
        const rowOf = (known: string | undefined) =>
          known === undefined ? undefined : table.get(keyOf(known, session), now)
        const row = rowOf(id)
        const isSwap = changes[0]?.op === 'swap'
        if (
          row === undefined ? isSwap || id !== undefined : isSwap && !swapHolds(entriesOf(row.terms), changes)
        )
          return right(undefined)
        const written = row === undefined ? freshId(session, context) : (id as string)
        const begun = row ?? rowOf(renews?.id)
        const entries = applyChanges(begun ? entriesOf(begun.terms) : [], renews?.changes ?? changes)
        const expires = row === undefined || sliding ? expiry(session, now) : row.expires
        table.set(keyOf(written, session), textOf(entries), expires, now)
        return right(written)
      }),
    delete: (id, session) =>
      makeEffect('delete', () => {
        table.delete(keyOf(id, session))
        return right(undefined)
      }),
  }
}
