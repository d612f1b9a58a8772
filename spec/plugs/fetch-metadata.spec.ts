// Protection from forgery without tokens: every combination of what browsers say, and what they cannot be made to say.
import { request } from 'node:http'
import { isLeft } from 'fp-ts/lib/Either.js'
import t from 'tap'
import * as fc from 'fast-check'
import { mergePrivate, pipeline, putRespContentType, text, type Conn } from '../../lib/index.js'
import { serve } from '../../lib/adapters/node.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { conn, recycle, run, type ConnOptions } from '../../lib/testing/index.js'
import {
  protectFromForgery,
  withCsrfToken,
  type FetchMetadataClearOptions,
  type FetchMetadataOptions,
} from '../../plugs/csrf.js'
import { isAllowedHost, isOfThisSite } from '../../plugs/fetch-metadata.js'
import { parsers } from '../../plugs/parsers.js'
import { rewriteOn } from '../../plugs/rewrite-on.js'
import { cookieStore, fetchSession, getSession, putSession, session } from '../../plugs/session/index.js'
import { dataOf, type Opened } from './session/kit.js'

type Headers = Readonly<Record<string, string | readonly string[]>>
const protect = (more: Partial<FetchMetadataOptions> = {}) =>
  pipeline(protectFromForgery({ mode: 'fetchMetadata', ...more }), text('ok'))
const answer = (
  headers: Headers,
  more: Partial<FetchMetadataOptions> = {},
  url = 'https://www.example.com/',
  method = 'POST',
): Conn => run(protect(more))(conn(method, url, { headers }))
const status = (...args: Parameters<typeof answer>): number | undefined => answer(...args).status

const sites = ['same-origin', 'none', 'same-site', 'cross-site'] as const

t.test('Sec-Fetch-Site decides, where a browser sends it', async t => {
  const verdicts: Readonly<Record<string, number>> = {
    'same-origin': 200,
    none: 200,
    'same-site': 403,
    'cross-site': 403,
    '': 403,
    'Same-Origin': 403,
    'same-origin, cross-site': 403,
    anything: 403,
  }
  for (const [site, wanted] of Object.entries(verdicts))
    for (const origin of [undefined, 'https://www.example.com', 'https://evil.example', 'null'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PURGE'])
        t.equal(
          status({ 'sec-fetch-site': site, ...(origin !== undefined && { origin }) }, {}, '/', method),
          wanted,
          `${method} ${site} ${String(origin)}`,
        )
})

t.test('methods that change nothing pass, whatever the browser says', async t => {
  for (const method of ['GET', 'HEAD', 'OPTIONS'])
    for (const site of sites)
      t.equal(status({ 'sec-fetch-site': site, origin: 'https://evil.example' }, {}, '/', method), 200)
})

t.test('without Sec-Fetch-Site the Origin must be this host and port', async t => {
  const verdicts: readonly (readonly [url: string, origin: string, wanted: number])[] = [
    ['https://www.example.com/', 'https://www.example.com', 200],
    ['https://www.example.com/', 'https://www.example.com:443', 200],
    ['https://www.example.com/', 'HTTPS://www.example.com', 403],
    ['https://www.example.com/', 'https://WWW.example.com', 200],
    ['https://www.example.com/', 'http://www.example.com', 403],
    ['https://www.example.com/', 'https://example.com', 403],
    ['https://www.example.com/', 'https://www.example.com.evil.example', 403],
    ['https://www.example.com/', 'https://evil.example/www.example.com', 403],
    ['https://www.example.com/', 'https://www.example.com@evil.example', 403],
    ['https://www.example.com/', 'https://www.example.com/', 403],
    ['https://www.example.com/', 'https://www.example.com https://evil.example', 403],
    ['https://www.example.com/', 'https://www.example.com:8443', 403],
    ['https://www.example.com/', 'www.example.com', 403],
    ['https://www.example.com/', '//www.example.com', 403],
    ['https://www.example.com/', 'https://', 403],
    ['https://www.example.com/', 'https:///', 403],
    ['https://www.example.com/', 'null', 403],
    ['https://www.example.com/', '', 403],
    ['https://www.example.com/', 'file://', 403],
    ['https://www.example.com/', 'chrome-extension://www.example.com', 403],
    // A proxy that ends TLS, and does not say so.
    ['http://www.example.com/', 'https://www.example.com', 200],
    ['http://www.example.com/', 'http://www.example.com', 200],
    ['http://nas:8080/', 'http://nas:8080', 200],
    ['http://nas:8080/', 'http://nas', 403],
    ['http://nas:8080/', 'http://nas:9090', 403],
    ['http://nas/', 'http://nas:9090', 403],
    ['http://[::1]:4000/', 'http://[::1]:4000', 200],
    ['http://[::1]:4000/', 'http://[::2]:4000', 403],
  ]
  for (const [url, origin, wanted] of verdicts)
    t.equal(status({ origin }, {}, url), wanted, `${origin} to ${url}`)
})

t.test('a request with neither comes from no browser that was led here, and passes', async t => {
  t.equal(status({}), 200)
  t.equal(status({ referer: 'https://evil.example/' }), 200)
})

t.test('pages of allowed hosts may send requests, over https if this is https', async t => {
  const allowHosts = ['Admin.Example.com', '.partner.example']
  const origins: Readonly<Record<string, number>> = {
    'https://admin.example.com': 200,
    'https://ADMIN.example.com:8443': 200,
    'https://a.partner.example': 200,
    'https://a.b.partner.example': 200,
    'http://admin.example.com': 403,
    'https://partner.example': 403,
    'https://notadmin.example.com': 403,
    'https://evilpartner.example': 403,
    'https://admin.example.com.evil.example': 403,
    null: 403,
  }
  for (const [origin, wanted] of Object.entries(origins))
    for (const site of [{}, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }])
      t.equal(status({ origin, ...site }, { allowHosts }), wanted, `${origin} ${JSON.stringify(site)}`)
  t.equal(
    status({ origin: 'http://admin.example.com', 'sec-fetch-site': 'same-site' }, { allowHosts }, '/'),
    200,
  )
  t.equal(
    status({ 'sec-fetch-site': 'cross-site' }, { allowHosts }),
    403,
    'without an Origin nobody is named',
  )
  t.equal(
    status({ 'sec-fetch-site': 'cross-site', origin: 'https://www.example.com' }, { allowHosts }),
    403,
    'what the browser says of the site counts before its Origin',
  )
})

t.test('whatever the headers are, the verdict is that of the table', async t => {
  const host = fc.constantFrom('www.example.com', 'evil.example', 'a.friend.example', 'ally.example')
  const port = fc.constantFrom('', ':80', ':443', ':8080')
  const origin = fc.oneof(
    fc.tuple(fc.constantFrom('https', 'http'), host, port).map(([s, h, p]) => `${s}://${h}${p}`),
    fc.constant('null'),
    fc.string(),
  )
  const site = fc.oneof(fc.constantFrom(...sites), fc.string())
  const maybe = <A>(value: fc.Arbitrary<A>) => fc.option(value, { nil: undefined })
  const urls = fc.constantFrom(
    'https://www.example.com/',
    'http://www.example.com/',
    'http://www.example.com:8080/',
  )
  fc.assert(
    fc.property(maybe(site), maybe(origin), urls, (said, from, url) => {
      const headers: Record<string, string> = {}
      if (said !== undefined) headers['sec-fetch-site'] = said
      if (from !== undefined) headers['origin'] = from
      const c = conn('POST', url, { headers })
      const parsed = /^(https?):\/\/([a-z.]+)(?::(\d+))?$/.exec(from ?? '')
      const secure = url.startsWith('https')
      const [, scheme, name, portText] = parsed ?? []
      const trusted = parsed !== null && !(secure && scheme === 'http')
      const friend = trusted && (name === 'ally.example' || (name as string).endsWith('.friend.example'))
      const standard = portText === undefined || portText === '80' || portText === '443'
      const here = trusted && name === 'www.example.com' && (c.port === 8080 ? portText === '8080' : standard)
      const wanted =
        said === 'same-origin' ||
        said === 'none' ||
        (from === undefined ? said === undefined : said === undefined ? here || friend : friend)
      return isOfThisSite(c, ['ally.example', '.friend.example']) === wanted
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

t.test('a host is allowed by its name, or by the end of it', async t => {
  t.ok(isAllowedHost(['a.example'], 'a.example'))
  t.notOk(isAllowedHost(['a.example'], 'b.a.example'))
  t.ok(isAllowedHost(['.a.example'], 'b.a.example'))
  t.notOk(isAllowedHost(['.a.example'], 'a.example'))
  t.notOk(isAllowedHost([], 'a.example'))
})

t.test('a refused request stops there, and says why in words of its own', async t => {
  const refused = answer({ 'sec-fetch-site': 'cross-site' })
  t.equal(refused.error?._tag, 'InvalidCrossOriginRequest')
  t.match(refused.error?.message, /^A page of another site sent this request/)
  t.notMatch(refused.respBody, 'ok')
})

t.test('it needs neither a session nor a decoded body, and sets no cookie', async t => {
  const answered = answer({ 'sec-fetch-site': 'same-origin' })
  t.strictSame(answered.sessions, {})
  t.strictSame(answered.respCookies, {})
})

const browser = (more: Partial<FetchMetadataClearOptions<'session'>> = {}) =>
  pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' }),
    fetchSession,
    protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession', ...more }),
  )

t.test('with clearSession a forged request sees an empty session, and the real one stays', async t => {
  const filled = run(pipeline(browser(), putSession('user', 'ada'), text('ok')))(conn('GET', '/'))
  let seen: unknown
  const look = (c: Conn): Conn => {
    seen = { ...getSession()(c as Opened) }
    return c
  }
  const post = (site: string): Conn =>
    run(pipeline(browser(), look, putSession('evil', 1), text('ok')))(
      recycle(filled)('POST', '/', { headers: { 'sec-fetch-site': site } }),
    )
  const forged = post('cross-site')
  t.equal(forged.status, 200)
  t.strictSame(seen, {})
  t.strictSame(forged.respCookies, {}, 'nothing is written, whatever is put')
  t.equal(dataOf(run(pipeline(browser(), text('ok')))(recycle(forged)('GET', '/')))['user'], 'ada')
  t.ok(post('same-origin').respCookies['_key'])
  t.strictSame(seen, { user: 'ada' })
})

t.test(
  'the session that is cleared may have another name, and must be fetched, whatever the method',
  async t => {
    const plug = protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession', sessionName: 'admin' })
    t.throws(() => plug(conn('GET', '/', { session: {} }) as never), /put fetchSession for 'admin' earlier/)
    const request = conn('POST', '/', {
      sessions: { admin: { a: 1 } },
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    const answered = run(pipeline(fetchSession('admin'), plug, text('ok')))(request)
    t.equal(answered.status, 200)
    t.strictSame({ ...dataOf(answered, 'admin') }, {})
  },
)

t.test('JavaScript is not sent to other sites', async t => {
  const script = (headers: Headers, more: Partial<FetchMetadataOptions> = {}, options: ConnOptions = {}) =>
    run(
      pipeline(
        protectFromForgery({ mode: 'fetchMetadata', ...more }),
        (c: Conn) => putRespContentType('text/javascript')(c),
        text('secret'),
      ),
    )(conn('GET', '/', { headers, ...options }))
  t.equal(script({}).status, 403, 'where the browser says nothing, as with tokens')
  t.equal(script({ origin: 'http://www.example.com' }).status, 403)
  t.equal(script({ 'sec-fetch-site': 'cross-site' }).status, 403)
  t.equal(script({ 'sec-fetch-site': 'same-site' }).status, 403)
  t.notMatch(script({ 'sec-fetch-site': 'cross-site' }).respBody, 'secret')
  t.equal(script({ 'sec-fetch-site': 'same-origin' }).status, 200, 'a page of this site may load its own')
  t.equal(script({ 'x-requested-with': 'XMLHttpRequest' }).status, 200)
  const from = { 'sec-fetch-site': 'cross-site', origin: 'http://a.example' }
  t.equal(script(from).status, 403)
  t.equal(script(from, { allowHosts: ['a.example'] }).status, 200)
})

t.test('a test may say that it is let through', async t => {
  const request = conn('POST', '/', { headers: { 'sec-fetch-site': 'cross-site' } })
  t.equal(run(protect())(mergePrivate({ plugboardSkipCsrfProtection: true })(request)).status, 200)
})

t.test('both modes in one pipeline ask for both', async t => {
  const both = pipeline(
    fetchSession,
    parsers(),
    protectFromForgery({ mode: 'fetchMetadata' }),
    protectFromForgery({ mode: 'token' }),
    withCsrfToken,
    text('ok'),
  )
  const first = run(both)(conn('GET', '/', { session: {} }))
  const { csrfToken } = first.assigns as { readonly csrfToken: string }
  const state = dataOf(first)['_csrf_token'] as string
  const post = (site: string, token: string) =>
    run(both)(
      conn('POST', '/', {
        session: { _csrf_token: state },
        headers: { 'sec-fetch-site': site, 'x-csrf-token': token },
      }),
    )
  t.equal(post('same-origin', csrfToken).status, 200)
  t.equal(post('same-origin', 'none').error?._tag, 'InvalidCsrfToken')
  t.equal(post('cross-site', csrfToken).error?._tag, 'InvalidCrossOriginRequest')
})

t.test('there are no tokens in this mode: who asks for one is told so', async t => {
  const guarded = protectFromForgery({ mode: 'fetchMetadata' })(conn('GET', '/', { session: {} }))
  t.throws(() => withCsrfToken(guarded as never), {
    name: 'NotFetchedError',
    message: /conn\.csrf is not fetched/,
  })
})

t.test('what is wrong is named', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ mode: 'origin' }, /^protectFromForgery: mode must be 'token' or 'fetchMetadata', got "origin"$/],
    [{ mode: null }, /^protectFromForgery: mode must be/],
    [undefined, /^protectFromForgery: options must be an object/],
    [null, /^protectFromForgery: options must be an object/],
    [
      { mode: 'fetchMetadata', with: 'x' },
      /with mode 'fetchMetadata': with must be 'exception' or 'clearSession'/,
    ],
    [{ mode: 'fetchMetadata', sessionKey: 'k' }, /with mode 'fetchMetadata': unknown option sessionKey/],
    [{ mode: 'fetchMetadata', allowHosts: 'a' }, /with mode 'fetchMetadata': allowHosts must be an array/],
    [
      { mode: 'fetchMetadata', sessionName: '1' },
      /with mode 'fetchMetadata': sessionName must be a name of letters/,
    ],
  ]
  for (const [options, message] of wrong)
    t.throws(() => protectFromForgery(options as FetchMetadataOptions), { name: 'TypeError', message })
})

t.test('the host is the one that the conn has by then', async t => {
  const renamed = ConnRecord.request(conn('POST', '/', { headers: { origin: 'https://public.example' } }), {
    host: 'public.example',
    scheme: 'https',
    port: 443,
  })
  t.equal(run(protect())(renamed).status, 200)
})

t.test('over the wire: host and port are those of the Host header, or what a trusted proxy says', async t => {
  const app = pipeline(
    rewriteOn({ trust: ['loopback'], headers: ['x-forwarded-proto', 'x-forwarded-host'] }),
    protectFromForgery({ mode: 'fetchMetadata' }),
    text('ok'),
  )
  const served = await serve(app, { host: '127.0.0.1', port: 0, stopOn: [] })()
  if (isLeft(served)) throw new Error(served.left.message)
  const { port, stop } = served.right
  t.teardown(() => stop())
  const post = (headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method: 'POST', headers }, response => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject).end()
    })
  const here = `127.0.0.1:${port}`
  t.equal(await post({}), 200)
  t.equal(await post({ origin: `http://${here}` }), 200)
  t.equal(await post({ origin: 'http://127.0.0.1' }), 403)
  t.equal(await post({ origin: `http://localhost:${port}` }), 403)
  t.equal(await post({ host: `localhost:${port}`, origin: `http://localhost:${port}` }), 200)
  t.equal(await post({ host: 'app.example', origin: 'https://app.example' }), 200)
  t.equal(await post({ 'sec-fetch-site': 'cross-site', origin: `http://${here}` }), 403)
  t.equal(await post({ 'sec-fetch-site': 'same-origin' }), 200)
  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example' }
  t.equal(await post({ ...proxied, host: 'inner', origin: 'https://app.example' }), 200)
  t.equal(await post({ ...proxied, host: 'inner', origin: 'http://app.example' }), 403)
  t.equal(await post({ ...proxied, host: 'inner', origin: 'https://inner' }), 403)
})
