/**
 * Changing a term by a function of what is stored, so that of two requests at once neither undoes what the other did:
 * compare-and-set on the stored bytes, again with what is stored by then if they are others.
 */
import type { Conn, WithSession } from '../../lib/conn.js'
import { sessionWriter } from '../../lib/conn/fetch.js'
import type { Term } from '../../lib/crypto/term-format.js'
import type { Result } from '../../lib/effect.js'
import { sessionUnavailable } from '../../lib/error.js'
import { fail } from '../../lib/plug.js'
import { checkName, type SessionConfig } from './options.js'
import { configOf } from './plug.js'
import { checkKey, putChange, sessionOf, type SessionRecord } from './record.js'
import { andThen } from './result.js'

/** How often it is tried: each time that one fails, another request has succeeded. */
const tries = 1000

const contended = sessionUnavailable('The session is changed by too many requests at once', {
  headers: { 'retry-after': '1' },
})

/** What a term becomes, given what it is: undefined if there is none. It may be called several times. */
export type Update = (value: Term | undefined) => Term

/**
 * Changes a term by a function of what the store holds, in the store and at once: two requests that count do not count
 * the same number. What comes of it is on the conn that is passed on, and stays even if the request fails later.
 *
 * With a store on a server it is an effect. `update` must be a pure function: if the term was changed meanwhile, it is
 * called again, with the new one. A session that has no id yet, a key that this request has put or deleted, and a session
 * that was cleared or that is to be dropped or ignored are changed as by `putSession`. So is a session in a cookie, which
 * each request has for itself: of two at once, the browser keeps the one that answers last.
 *
 * @param name The session's name, if it is not `'session'`.
 * @throws TypeError when the key is no text, the update no function, or its result no term.
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { fetchSession, memoryStore, memoryTable, session, updateSession } from 'plugboard/plugs'
 * import { conn, recycle, run } from 'plugboard/testing'
 * const count = updateSession('visits', visits => Number(visits ?? 0) + 1)
 * const app = pipeline(session({ store: memoryStore(memoryTable()), key: '_app_key' }), fetchSession, count, text('hello'))
 * const first = run(app)(conn('GET', '/'))
 * run(app)(recycle(first)('GET', '/')).status // => 200
 */
export const updateSession = <const N extends string = 'session'>(
  key: string,
  update: Update,
  name = 'session' as N,
): (<C extends Conn & WithSession<unknown, N>>(conn: C) => Result<C>) => {
  checkName('updateSession', name)
  checkKey('updateSession', key)
  if (typeof update !== 'function') throw new TypeError('updateSession: update must be a function of a term')

  const write = sessionWriter(name)

  /** As if by `putSession`: written when the response is sent. */
  const locally = (conn: Conn, record: SessionRecord): Conn =>
    write(conn, record.changed(putChange('updateSession', key, update(record.get(key)))))

  const swap = (conn: Conn, config: SessionConfig, record: SessionRecord, left: number): Result<Conn> => {
    const { storeOf, session } = config
    const id = record.id as string
    const { entry } = putChange('updateSession', key, update(record.get(key)))
    const done = record.stored(entry)
    const change = {
      changes: [{ op: 'swap', entry, expected: record.storedOf(key) } as const],
      entries: done.entries,
    }
    return andThen(storeOf(conn).apply(id, change, session, conn), (value): Result<Conn> => {
      if (value !== undefined) return write(conn, done)
      if (left === 0 || conn.signal.aborted) return fail(conn, contended)
      return andThen(storeOf(conn).get(id, session, conn), stored =>
        stored === undefined
          ? locally(conn, record.reread([]))
          : swap(conn, config, record.reread(stored.entries), left - 1),
      )
    })
  }

  const updated = (conn: Conn): Result<Conn> => {
    const record = sessionOf(conn, name)
    const config = configOf(conn, name)
    const { id, info } = record
    if (
      config === undefined ||
      id === undefined ||
      info === 'drop' ||
      info === 'ignore' ||
      record.hasChanged(key)
    )
      return locally(conn, record)
    const swapped = swap(conn, config, record, tries)
    return typeof swapped === 'function' ? config.inTurn(id, swapped) : swapped
  }
  return function updateSession<C extends Conn & WithSession<unknown, N>>(conn: C) {
    return updated(conn) as Result<C>
  }
}
