/** Runs an app or a plug in a test, and carries cookies from one request to the next. */
import type { Conn } from '../conn.js'
import { endpointOf, type App } from '../endpoint.js'
import { decodeCookies } from '../http/cookies.js'
import { conn, type ConnOptions, type TestConn } from './conn.js'
import { warnOfException } from './warn.js'

/**
 * Runs an app or any plug on a conn, hooks included, as an adapter would, and returns the final conn. A plug whose
 * effects are asynchronous throws here: run it with {@link runAsync}.
 *
 * A request that fails with an exception is a 500, as in production, and a Node warning of the type `FailedRequest` shows what
 * was thrown. To silence it in a test of failures, run Node with `--disable-warning=FailedRequest`.
 *
 * @throws TypeError if the app has an asynchronous effect
 * @example
 * import { text } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * run(text('hello'))(conn('GET', '/')).respBody // => 'hello'
 */
export const run =
  <In extends Conn = Conn>(app: (conn: In) => unknown) =>
  (request: In): Conn => {
    const done = endpointOf(app as App).run(request)
    if (done instanceof Promise)
      throw new TypeError('run: the app has an asynchronous effect: use await runAsync(app)(conn)')
    return warnOfException(done)
  }

/**
 * Runs an app or any plug on a conn, hooks included, whatever its effects. The promise is never rejected. It warns of
 * exceptions as {@link run} does.
 *
 * @example
 * import { attempt, text } from 'plugboard'
 * import { conn, runAsync } from 'plugboard/testing'
 * const slow = runAsync(conn => attempt(async () => text('hello')(conn)))
 * const { status } = await slow(conn('GET', '/'))
 * status // => 200
 */
export const runAsync =
  <In extends Conn = Conn>(app: (conn: In) => unknown) =>
  async (request: In): Promise<Conn> =>
    warnOfException(await endpointOf(app as App).run(request))

/** The cookies that a client holds after a response: those it sent, with the response's set or deleted. */
const jar = (previous: Conn): Record<string, string> => {
  const cookies: Record<string, string> = decodeCookies(previous.reqHeaders.getAll('cookie'))
  for (const [name, cookie] of Object.entries(previous.respCookies))
    if (cookie.maxAge === 0) delete cookies[name]
    else cookies[name] = cookie.value
  return cookies
}

/** Headers that a client sends again, as Phoenix's `recycle` carries them on. */
const carried = ['accept', 'accept-language', 'authorization']

/**
 * The next request of the same client: its cookies, host, address and a few headers are carried on. The clock stands
 * where it stood, and the entropy is another one, unless options say otherwise.
 *
 * @example
 * import { putRespCookie, pipeline, text } from 'plugboard'
 * import { conn, recycle, run } from 'plugboard/testing'
 * const first = run(pipeline(putRespCookie('seen', 'yes'), text('hello')))(conn('GET', '/'))
 * recycle(first)('GET', '/').reqHeaders.get('cookie') // => 'seen=yes'
 */
export const recycle =
  (previous: Conn) =>
  <A extends object = {}, P extends object = {}, B extends object = {}>(
    method: string,
    target: string,
    options: ConnOptions<A, P, B> = {},
  ): TestConn<A, P, B> => {
    const given = options.headers ?? {}
    const named = new Set(Object.keys(given).map(name => name.toLowerCase()))
    const headers: Record<string, string | readonly string[]> = {}
    for (const name of carried)
      if (previous.reqHeaders.has(name) && !named.has(name)) headers[name] = previous.reqHeaders.getAll(name)
    const port = previous.port === (previous.scheme === 'https' ? 443 : 80) ? '' : `:${previous.port}`
    const url = target.startsWith('/') ? `${previous.scheme}://${previous.host}${port}${target}` : target
    return conn<A, P, B>(method, url, {
      remoteIp: previous.remoteIp,
      now: previous.now,
      ...(previous.endpointUrl !== undefined && { endpointUrl: previous.endpointUrl }),
      secretKeyBase: previous.secretKeyBase,
      seed: Buffer.from(previous.entropy('next request', 16)).toString('hex'),
      ...options,
      headers: { ...headers, ...given },
      cookies: { ...jar(previous), ...options.cookies },
    }) as TestConn<A, P, B>
  }
