/** Prepares the conn of a request that the adapter rejects, so that its response has the headers that plugs put on every response. */
import { handled } from '../../../later.js'
import type { Conn } from '../../../conn.js'
import { ConnRecord } from '../../../conn/record.js'
import type { AnyPlug } from '../../../pipeline-types.js'

/**
 * Applies the plugs before the last one of an endpoint to the conn of a rejected request, for the headers and hooks that they
 * put on it: CORS, a request id, a log line. Nothing else of the app runs: the walk ends before the last plug (a router or a
 * handler), before the first effect, which is not executed, and before the first plug that responds, halts or throws.
 */
export const rejectedConn = (plugs: readonly AnyPlug[], start: Conn): Conn => {
  let conn = start
  try {
    for (let i = 0; i < plugs.length - 1; i++) {
      const made: unknown = (plugs[i] as AnyPlug)(conn)
      if (!ConnRecord.is(made) || made.responded || made.halted) {
        handled(made)
        break
      }
      conn = made
    }
  } catch {
    // the request is rejected anyway, and the plug was promised a request that is sound
  }
  return conn
}
