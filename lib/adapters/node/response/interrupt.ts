/** Interrupts requests that have no response yet: their deadline has passed, or their body turns out to be malformed. */
import { performance } from 'node:perf_hooks'
import type { Conn } from '../../../conn.js'
import { ConnRecord } from '../../../conn/record.js'
import { plugError, type PlugError } from '../../../error.js'
import type { NodeRequest, Work } from '../request/node-request.js'
import { replaceResponse, withoutResponse } from './respond.js'
import type { ServerContext } from './server-context.js'

/**
 * The newest conn, as an error response begins with it: without a failure and without a response. If the run has reached its
 * hooks, none of them runs again.
 */
const restart = (conn: Conn): Conn =>
  (conn as ConnRecord).responded ? withoutResponse(conn) : ConnRecord.recover(conn, undefined)

/**
 * Responds with a failure instead of waiting for the app: on the newest conn, with all that plugs have put on it, by the app's
 * `renderErrors` and hooks. The signal fires, and the later outcome of the app is dropped.
 */
export const interrupt = (
  server: ServerContext,
  request: NodeRequest,
  problem: PlugError,
  reason = new DOMException(problem.message, 'AbortError'),
): void => {
  request.abort(reason)
  replaceResponse(server, request, restart(request.interrupt()), problem)
}

const tooLate = plugError(503, 'Deadline', 'the app did not respond in time')

/**
 * Starts the deadline of a request, or continues it where it was stopped. After an interruption it starts again.
 *
 * @param deadline milliseconds
 */
export const startDeadline = (server: ServerContext, request: NodeRequest, deadline: number): void => {
  const expire = (): void => {
    if (request.gone) return
    const reason = new DOMException(`the app did not respond within ${deadline} ms`, 'TimeoutError')
    server.report(reason, request.waiting ?? (request.work as Work).conn)
    interrupt(server, request, tooLate, reason)
  }
  const now = performance.now()
  request.deadline ??= now + deadline
  request.timer = setTimeout(expire, Math.max(0, request.deadline - now))
}
