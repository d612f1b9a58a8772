/** Interrupts requests that have no response yet: their deadline has passed, or their body turns out to be malformed. */
import { performance } from 'node:perf_hooks'
import type { Conn } from '../../../conn.js'
import { ConnRecord } from '../../../conn/record.js'
import type { RequestState } from '../../../conn/source.js'
import { plugError, type PlugError } from '../../../error.js'
import type { NodeRequest, Work } from '../request/node-request.js'
import { replaceResponse, withoutResponse } from './respond.js'
import type { ServerContext } from './server-context.js'

/**
 * The newest conn, as an error response begins with it: without a failure and without a response. If the run has reached its
 * hooks, only those that are left run for that response.
 */
const restart = ({ hooks }: RequestState, conn: Conn): Conn => {
  const { beforeSend } = conn
  const begun = (conn as ConnRecord).responded ? withoutResponse(conn) : ConnRecord.recover(conn, undefined)
  return ConnRecord.with(begun, { beforeSend: hooks === undefined ? beforeSend : [...hooks] })
}

/**
 * Responds with a failure instead of waiting for the app: on the newest conn, with all that plugs have put on it, by the app's
 * `renderErrors` and hooks. The signal fires, and the later outcome of the app is dropped: its hooks do not run a second time.
 */
export const interrupt = (
  server: ServerContext,
  request: NodeRequest,
  problem: PlugError,
  reason = new DOMException(problem.message, 'AbortError'),
): void => {
  request.abort(reason)
  const newest = request.interrupt()
  // a line of text is all that replaces an error response: that one keeps the hooks
  if (!request.replaced) request.interrupted = true
  replaceResponse(server, request, restart(request, newest), problem)
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
