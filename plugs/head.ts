/** Lets routes for GET answer HEAD (Plug.Head). */
import type { Conn } from '../lib/conn.js'
import { putRequest } from '../lib/conn/rewrite.js'

const asGet = putRequest({ method: 'GET' })

/**
 * Turns a HEAD request into a GET request; the adapter still sends no body.
 *
 * @example
 * import { head } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * head(conn('HEAD', '/')).method // => 'GET'
 */
export const head = <C extends Conn>(conn: C): C => (conn.method === 'HEAD' ? asGet(conn) : conn)
