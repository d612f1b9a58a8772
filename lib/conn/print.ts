/** What of a conn may be seen where it is printed: secrets, entropy, cookies, sessions, authorization and body are masked. */
import type { Conn } from '../conn.js'
import { isFetched } from '../fetched.js'
import { isSecretName, masked, maskQuery, maskSecrets } from '../secret-names.js'

/** The keys of `private` under which fields are kept that plugs have declared begin with this; the name follows. */
export const fetchedPrefix = 'plugboardFetched:'

/** The fields that plugs have declared and fetched. */
const maskFetched = (entries: object): Record<string, string> =>
  Object.fromEntries(
    Object.keys(entries)
      .filter(key => key.startsWith(fetchedPrefix))
      .map(key => [key.slice(fetchedPrefix.length), masked]),
  )

const maskAll = (record: object): Record<string, string> =>
  Object.fromEntries(Object.keys(record).map(name => [name, masked]))

/** Parameters without what the body gave. */
const maskNames = (params: {}, body: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      Object.hasOwn(body, name) || isSecretName(name) ? masked : maskSecrets(value),
    ]),
  )

/** What a printer or a trace may show: secrets, entropy, cookies, sessions, authorization and body are masked. */
export const printable = (conn: Conn): Record<string, unknown> => {
  const { error } = conn
  return {
    method: conn.method,
    scheme: conn.scheme,
    host: conn.host,
    port: conn.port,
    path: conn.path,
    segments: conn.segments,
    scriptName: conn.scriptName,
    queryString: maskQuery(conn.queryString),
    reqHeaders: conn.reqHeaders,
    remoteIp: conn.remoteIp,
    httpVersion: conn.httpVersion,
    body: masked,
    cookies: masked,
    sessions: maskAll(conn.sessions),
    params: maskNames(conn.params, isFetched(conn.bodyParams) ? conn.bodyParams : {}),
    status: conn.status,
    respHeaders: conn.respHeaders,
    respCookies: maskAll(conn.respCookies),
    respBody: conn.respBody === undefined ? undefined : masked,
    assigns: conn.assigns,
    halted: conn.halted,
    now: conn.now,
    endpointUrl: conn.endpointUrl,
    secretKeyBase: conn.secretKeyBase === undefined ? undefined : masked,
    route: conn.route,
    error: error && { _tag: error._tag, status: error.status, message: error.message },
    ...maskFetched(conn.private),
  }
}
