/** Lets forms, which know only GET and POST, ask for another method (Plug.MethodOverride). */
import type { Conn, WithBodyParams } from '../lib/conn.js'
import { putRequest } from '../lib/conn/rewrite.js'
import { isFetched } from '../lib/fetched.js'

const allowed = new Map(['PUT', 'PATCH', 'DELETE'].map(method => [method, putRequest({ method })]))

/**
 * Replaces the method of a POST request by the body parameter `_method`, if that is PUT, PATCH or DELETE in any case.
 * The query is not looked at: a link could not be told from a form.
 *
 * @example
 * import { pipeline } from 'plugboard'
 * import { methodOverride, parsers } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * run(pipeline(parsers(), methodOverride))(conn('POST', '/', { form: { _method: 'delete' } })).method // => 'DELETE'
 */
export const methodOverride = <C extends Conn & WithBodyParams>(conn: C): C => {
  if (conn.method !== 'POST' || !isFetched(conn.bodyParams)) return conn
  const asked = conn.bodyParams['_method']
  const method = typeof asked === 'string' ? asked.toUpperCase() : ''
  return allowed.get(method)?.(conn) ?? conn
}
