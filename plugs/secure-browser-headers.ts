/** Headers that make browsers careful (Phoenix's `put_secure_browser_headers`). */
import type { Conn } from '../lib/conn.js'
import { isConn } from '../lib/conn/is-conn.js'
import { putRespHeaders } from '../lib/conn/resp-headers.js'
import { appendHeader, headerProblem, putHeader, type HeaderList } from '../lib/http/headers.js'
import { isRecord } from '../lib/is-record.js'
import { mustBe } from '../lib/options.js'

const defaults: readonly (readonly [name: string, value: string])[] = [
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['content-security-policy', "base-uri 'self'; frame-ancestors 'self';"],
  ['x-content-type-options', 'nosniff'],
  ['x-permitted-cross-domain-policies', 'none'],
]

interface PutSecureBrowserHeaders {
  /** The plug that puts further headers, or other values for its own. */
  (headers: Readonly<Record<string, string>>): <C extends Conn>(conn: C) => C
  /** Puts the headers that are not there yet. */
  <C extends Conn>(conn: C): C
}

const put = (conn: Conn, extra: readonly (readonly [string, string])[]): Conn => {
  let list: HeaderList = conn.respHeaders
  for (let i = 0; i < defaults.length; i++) {
    const [name, value] = defaults[i] as readonly [string, string]
    if (!list.has(name)) list = appendHeader(list, name, value)
  }
  for (let i = 0; i < extra.length; i++) {
    const [name, value] = extra[i] as readonly [string, string]
    list = putHeader(list, name, value)
  }
  return putRespHeaders(list)(conn)
}

/**
 * Puts `referrer-policy`, `content-security-policy`, `x-content-type-options` and `x-permitted-cross-domain-policies`
 * with Phoenix's values, where they are not set yet; then the headers it is given, which replace what is there.
 * A plug itself, or configured: `putSecureBrowserHeaders({ 'x-frame-options': 'DENY' })`.
 *
 * @throws TypeError when it is built, for a name or value that HTTP forbids.
 * @example
 * import { getRespHeader } from 'plugboard'
 * import { putSecureBrowserHeaders } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * getRespHeader('x-content-type-options')(putSecureBrowserHeaders(conn('GET', '/'))) // => ['nosniff']
 */
export const putSecureBrowserHeaders: PutSecureBrowserHeaders = ((
  first: Conn | Readonly<Record<string, string>>,
) => {
  if (isConn(first)) return put(first, [])
  if (!isRecord(first))
    throw new TypeError(
      `putSecureBrowserHeaders: ${mustBe('headers', 'an object with string values', first)}`,
    )
  const extra = Object.entries(first)
  for (const [name, value] of extra) {
    const problem = headerProblem(name, value)
    if (problem) throw new TypeError(`putSecureBrowserHeaders: ${problem.message}`)
  }
  return function putSecureBrowserHeaders(conn: Conn) {
    return put(conn, extra)
  }
}) as PutSecureBrowserHeaders
