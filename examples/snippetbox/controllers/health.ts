/** The health check, for monitoring. */
import { text } from 'plugboard'
import type { Handler } from 'plugboard/router'
import type { AtRouter } from '../endpoint.js'

/** Responds with 200 if the database answers, else with its failure, a 503. */
export const health: Handler<AtRouter> = function* (conn) {
  yield* conn.assigns.repository.ping()
  return text('ok')(conn)
}
