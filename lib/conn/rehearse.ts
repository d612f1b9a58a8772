/** Calls of a plug that are for its result alone: for `lint`, which compares what a plug returns with what it returned before. */
import type { Conn } from '../conn.js'
import { noting } from '../iterable-effect.js'
import { ConnRecord } from './record.js'

/**
 * Calls a function that calls a plug once more. The request's observer does not see its steps, the checks that it makes
 * (`ensure`) are taken back, and its effects are not counted as forgotten.
 *
 * @throws what the function throws
 */
export const rehearse = <A>(conn: Conn, work: () => A): A => {
  const state = ConnRecord.state(conn)
  const before = new Set(state.checks)
  state.rehearsing = true
  try {
    return noting(new Set(), work)
  } finally {
    state.rehearsing = false
    for (const check of state.checks ?? []) if (!before.has(check)) state.checks?.delete(check)
  }
}
