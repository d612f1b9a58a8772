/** What a test expects of a response, with the cause in the message where the app has failed. */
import type { Conn } from '../conn.js'

const causeOf = (conn: Conn): unknown => {
  const { error } = conn
  return error !== undefined && 'cause' in error ? error.cause : undefined
}

/**
 * Returns a conn whose response has a status. Of another the message says why: the failure, and for an exception what the app
 * has thrown, with its stack. A test that compares `status` itself sees only the two numbers.
 *
 * @throws Error unless the response has the status; its `cause` is what the app has thrown
 * @example
 * import { pipe, text } from 'plugboard'
 * import { conn, expectStatus, run } from 'plugboard/testing'
 * const done = pipe(conn('GET', '/'), run(text('hello')), expectStatus(200))
 * done.respBody // => 'hello'
 */
export const expectStatus =
  (status: number) =>
  <C extends Conn>(conn: C): C => {
    if (conn.status === status) return conn
    const cause = causeOf(conn)
    const because = cause instanceof Error ? (cause.stack ?? cause.message) : conn.error?.message
    throw new Error(
      `expected status ${status}, got ${conn.status}${because === undefined ? '' : `: ${because}`}`,
      cause === undefined ? {} : { cause },
    )
  }
