/** Gives every request an id, to find it again in the logs of all that it passed (Plug.RequestId). */
import type { Conn } from '../lib/conn.js'
import { assign } from '../lib/conn/assigns.js'
import { isConn } from '../lib/conn/is-conn.js'
import { putRespHeaders } from '../lib/conn/resp-headers.js'
import type { Assign } from '../lib/pipeline-types.js'
import { headerProblem, putHeader } from '../lib/http/headers.js'
import { checkOptions, string, type Rules } from '../lib/options.js'

/** Options of {@link requestId}. */
export interface RequestIdOptions {
  /** The header that the id comes in and goes out with. Default `'x-request-id'`. */
  readonly httpHeader?: string
  /** A key to assign the id to as well. */
  readonly assignAs?: string
}

interface RequestIdPlug {
  /** The plug that also assigns the id. */
  <const K extends string>(
    options: RequestIdOptions & { readonly assignAs: K },
  ): <C extends Conn>(conn: C) => Assign<C, K, string>
  /** The plug with another header. */
  (options: RequestIdOptions): <C extends Conn>(conn: C) => C
  /** Puts the id on the response. */
  <C extends Conn>(conn: C): C
}

const rules: Rules = {
  httpHeader: {
    must: "a header name in lower case, such as 'x-request-id'",
    ok: value => headerProblem(value as string, '') === undefined,
  },
  assignAs: string,
}

/** Ids that are taken over: 20 to 200 characters that mean nothing in a header, a log line, a URL or HTML. */
const sound = /^[\w.~+/=:@-]{20,200}$/

const put = (conn: Conn, { httpHeader = 'x-request-id', assignAs }: RequestIdOptions): Conn => {
  const given = conn.reqHeaders.get(httpHeader)
  const id =
    given !== undefined && sound.test(given)
      ? given
      : Buffer.from(conn.entropy('plugboard request id', 15)).toString('base64url')
  const next = putRespHeaders(putHeader(conn.respHeaders, httpHeader, id))(conn)
  return assignAs === undefined ? next : assign(assignAs, id)(next)
}

const defaults: RequestIdOptions = {}

/**
 * Puts a request id on the response: the request's own if its header holds 20 to 200 letters, digits and `-_.~+/=:@`,
 * else a new one of 20 characters (15 bytes of the conn's entropy in base64url). Plug takes over any bytes; here an id
 * cannot carry white space, quotes or markup into logs and pages. A plug itself, or configured.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 * @example
 * import { getRespHeader } from 'plugboard'
 * import { requestId } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * const done = requestId({ assignAs: 'requestId' })(conn('GET', '/'))
 * done.assigns.requestId === getRespHeader('x-request-id')(done)[0] // => true
 */
export const requestId: RequestIdPlug = ((first: Conn | RequestIdOptions) => {
  if (isConn(first)) return put(first, defaults)
  checkOptions('requestId', first, rules)
  return function requestId(conn: Conn): Conn {
    return put(conn, first)
  }
}) as RequestIdPlug
