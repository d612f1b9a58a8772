// Shipped plugs, written again by what every user has, and those that Plugboard does not ship.
import t from 'tap'
import {
  assign,
  isFetched,
  parseHost,
  pipe,
  pipeline,
  putRequest,
  text,
  type After,
  type Assigned,
  type Conn,
  type WithBodyParams,
} from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import * as shipped from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

const request = (c: Conn): unknown => [c.method, c.scheme, c.host, c.port, c.path, c.remoteIp]

t.test('head', async t => {
  const asGet = putRequest({ method: 'GET' })
  const head = <C extends Conn>(c: C): C => (c.method === 'HEAD' ? asGet(c) : c)
  for (const method of ['HEAD', 'GET', 'POST'])
    t.strictSame(request(head(conn(method, '/'))), request(shipped.head(conn(method, '/'))))
})

t.test('methodOverride', async t => {
  const allowed: readonly unknown[] = ['PUT', 'PATCH', 'DELETE']
  const methodOverride = <C extends Conn & WithBodyParams>(c: C): C => {
    const asked = isFetched(c.bodyParams) ? c.bodyParams['_method'] : undefined
    const method = typeof asked === 'string' ? asked.toUpperCase() : ''
    return c.method === 'POST' && allowed.includes(method) ? putRequest({ method })(c) : c
  }
  for (const [method, asked] of [
    ['POST', 'delete'],
    ['POST', 'Put'],
    ['POST', 'TRACE'],
    ['GET', 'DELETE'],
  ] as const) {
    const given = () => conn(method, '/', { form: { _method: asked } })
    t.equal(
      run(pipeline(shipped.parsers(), methodOverride))(given()).method,
      run(pipeline(shipped.parsers(), shipped.methodOverride))(given()).method,
      `${method} ${asked}`,
    )
  }
})

t.test('rewriteOn, for one proxy', async t => {
  const rewriteOn =
    (proxy: string) =>
    <C extends Conn>(c: C): C => {
      if (c.remoteIp !== proxy) return c
      const proto = c.reqHeaders.get('x-forwarded-proto')
      const host = parseHost(c.reqHeaders.get('x-forwarded-host') ?? '')
      return putRequest({
        remoteIp: c.reqHeaders.get('x-forwarded-for'),
        scheme: proto === 'http' || proto === 'https' ? proto : undefined,
        host: host?.host,
        port: host?.port,
      })(c)
    }
  const headers = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'a.test',
  }
  for (const given of [headers, { 'x-forwarded-proto': 'ftp' }, { 'x-forwarded-host': 'a.test:8443' }, {}]) {
    const start = conn('GET', '/', { headers: given })
    t.strictSame(
      request(rewriteOn('127.0.0.1')(start)),
      request(shipped.rewriteOn({ trust: ['127.0.0.1'] })(start)),
    )
    t.equal(rewriteOn('10.0.0.1')(start), start)
  }
})

t.test('a locale before the path', async t => {
  const locales: readonly string[] = ['de', 'en']
  /** Takes `/de` off the path, in a mounted router too, and assigns it. */
  const fetchLocale = <C extends Conn>(c: C): C & Assigned<{ readonly locale: string }> => {
    const [first = '', ...rest] = c.segments
    if (!locales.includes(first))
      return assign('locale', 'en')(c) as C & Assigned<{ readonly locale: string }>
    const path = `/${[...c.scriptName, ...rest].join('/')}`
    return pipe(c, putRequest({ path }), assign('locale', first)) as C & Assigned<{ readonly locale: string }>
  }
  const localized = pipeline(fetchLocale)
  type Localized = After<typeof localized>
  const show = (c: Conn & Assigned<{ readonly locale: string }>) => text(`${c.assigns.locale} ${c.path}`)(c)
  const app = pipeline(localized, router(scope.from<Localized>()('/', ({ get }) => [get('/posts', show)])))
  t.equal(run(app)(conn('GET', '/de/posts')).respBody, 'de /posts')
  t.equal(run(app)(conn('GET', '/posts')).respBody, 'en /posts')
  t.equal(run(app)(conn('GET', '/fr/posts')).status, 404)
  const mounted = router(scope('/', ({ forward }) => [forward('/shop', app)]))
  t.equal(run(mounted)(conn('GET', '/shop/de/posts')).respBody, 'de /shop/posts')
})
