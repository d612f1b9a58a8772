/**
 * What an adapter needs of the core: the conn of a request, and the response of a final conn as data to send. An adapter is
 * what stands between a server, such as node:http or a Fetch handler, and an app.
 */
import type { Conn, RespBody, StreamBody } from '../conn.js'
import type { HeaderList } from '../http/headers.js'
import { setCookies } from './put-cookie.js'
import { ConnRecord } from './record.js'
import type { RequestSource } from './source.js'

/** The response of a final conn, as an adapter sends it. */
export interface FinalResponse {
  /** 200 to 999. */
  readonly status: number
  /**
   * The header fields in the order in which they are sent, the cookies last, each as a `set-cookie` field. How the body is
   * framed is for the adapter to say: there is no `transfer-encoding`, and a `content-length` only with a stream, whose length
   * only the app can know.
   */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The body; undefined where the status allows none (204, 205 and 304). For a HEAD request the adapter leaves it out. */
  readonly body: RespBody | undefined
}

/** RFC 9110 §15.3.5, §15.3.6 and §15.4.5. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * Creates the first conn of a request. Run an app on it by `endpoint.run`, which adds what the endpoint is configured with.
 *
 * @param request what the adapter has read; its parts may be getters that compute them when they are first read
 * @throws TypeError if the request is not an object.
 * @example
 * import { connOf, endpoint, headerList, splitPath, text, type RequestSource } from 'plugboard'
 * import { bodyOf } from 'plugboard/testing'
 * const request: RequestSource = {
 *   method: 'GET',
 *   scheme: 'https',
 *   host: 'example.com',
 *   port: 443,
 *   path: '/a/b',
 *   segments: splitPath('/a/b'),
 *   scriptName: [],
 *   queryString: '',
 *   reqHeaders: headerList([['host', 'example.com']]),
 *   remoteIp: '203.0.113.9',
 *   httpVersion: '1.1',
 *   body: bodyOf(new Uint8Array(0)),
 *   now: Date.now(),
 *   entropy: (_label, length) => crypto.getRandomValues(new Uint8Array(length)), // a real one remembers its labels
 *   signal: new AbortController().signal,
 *   endpointUrl: undefined,
 *   secretKeyBase: undefined,
 * }
 * const final = await endpoint({}, text('hello')).run(connOf(request))
 * final.respBody // => 'hello'
 */
export const connOf = (request: RequestSource): Conn => {
  if (typeof request !== 'object' || request === null)
    throw new TypeError('connOf: request must be an object that says what an adapter has read')
  return ConnRecord.of(request)
}

const isStream = (body: RespBody | undefined): body is StreamBody =>
  typeof body === 'object' && 'kind' in body && body.kind === 'stream'

const fieldsOf = (headers: HeaderList, framed: boolean): (readonly [name: string, value: string])[] =>
  [...headers].filter(([name]) => name !== 'transfer-encoding' && (framed || name !== 'content-length'))

/**
 * The response of a final conn, as data to send: what `endpoint.run` or a `runner` has returned.
 *
 * @throws TypeError if the conn has no response, or one whose status is not final (100 to 199).
 * @example
 * import { pipe, putRespCookie, responseOf, text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * responseOf(pipe(conn('GET', '/'), putRespCookie('theme', 'dark'), text('hello'))).headers.at(-1)
 * // => ['set-cookie', 'theme=dark; path=/; HttpOnly']
 */
export const responseOf = (conn: Conn): FinalResponse => {
  const { status, respHeaders, respBody } = conn
  if (status === undefined || status < 200)
    throw new TypeError(
      status === undefined
        ? 'responseOf: the conn has no response yet: run the app on it'
        : `responseOf: status must be final, 200 to 999, got ${status}`,
    )
  const headers = fieldsOf(respHeaders, isStream(respBody))
  for (const cookie of setCookies(conn)) headers.push(['set-cookie', cookie])
  return { status, headers, body: bodiless.has(status) ? undefined : (respBody ?? '') }
}
