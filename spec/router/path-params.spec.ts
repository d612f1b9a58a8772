// The records that a conn holds are plain objects for everything that looks into one: the logger, the test kit, the checks of
// the contract, queries, sessions.
import t from 'tap'
import { decode, encode } from '../../lib/crypto/term-format.js'
import {
  encodeQuery,
  fetchCookies,
  fetchQueryParams,
  json,
  pipe,
  pipeline,
  text,
  type AnyPlug,
  type Conn,
} from '../../lib/index.js'
import { isRecord } from '../../lib/is-record.js'
import type { LogRecord } from '../../lib/port-types.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { conn, run } from '../../lib/testing/index.js'
import { lint, logger, parsers } from '../../plugs/index.js'
import { int, router, scope } from '../../router/index.js'

/** Routes to a handler that sees a conn of each kind: with one parameter, several, a glob, a codec, none. */
const appOf = (handler: AnyPlug): AnyPlug =>
  router(
    scope({ path: '/in/:scope', params: { scope: int } }, ({ fallback }) => [fallback(handler as never)]),
    scope('/', ({ get, post, forward }) => [
      get('/none', handler as never),
      get({ path: '/jobs/:id', metadata: { team: 'ops' } }, handler as never),
      post('/jobs/:id', handler as never),
      get('/pairs/:a/:b', handler as never),
      get('/files/*path', handler as never),
      get('/numbers/:n', { n: int }, handler as never),
      get('/odd/:__proto__', handler as never),
      forward('/mount/:tenant', handler as never),
    ]),
  )
const paths = [
  '/none',
  '/jobs/7',
  '/jobs/7?page=2',
  '/pairs/1/2',
  '/files/a/b',
  '/numbers/7',
  '/odd/x',
  '/mount/acme/x',
  '/in/7/nowhere',
]

/** Runs a handler behind the plugs that fetch; the conn that it was given. */
const seen = (path: string, method = 'GET', more: object = {}): Conn => {
  let given: Conn | undefined
  const app = pipeline(
    fetchQueryParams,
    fetchCookies,
    parsers() as never,
    appOf(c => {
      given = c
      return text('ok')(c)
    }) as never,
  )
  run(app as AnyPlug)(conn(method, path, more))
  return given as Conn
}

t.test('every record on a conn is a plain object, frozen in tests', async t => {
  const requests = [
    ...paths.map(path => seen(path, 'GET', { cookies: { a: '1' } })),
    seen('/jobs/7', 'POST', { form: { title: 'x' } }),
    seen('/jobs/7', 'POST', { json: { title: 'x' } }),
  ]
  for (const c of requests)
    for (const field of ['params', 'pathParams', 'queryParams', 'bodyParams', 'cookies'] as const) {
      t.ok(isRecord(c[field]), `${field} of ${c.path}`)
      t.ok(Object.isFrozen(c[field]), `${field} of ${c.path} is frozen`)
    }
  const { route } = seen('/jobs/7')
  t.ok(isRecord(route) && isRecord(route.metadata) && Object.isFrozen(route.metadata))
})

t.test('a parameter may be called __proto__, and none has what Object.prototype has', async t => {
  const { pathParams } = seen('/odd/x')
  t.strictSame(Object.entries(pathParams), [['__proto__', 'x']])
  for (const path of paths) {
    const { params, pathParams } = seen(path)
    t.notOk('toString' in params || 'toString' in pathParams, path)
  }
})

t.test('the logger writes path parameters', async t => {
  const written: LogRecord[] = []
  const app = pipeline(
    logger({ to: { write: record => () => void written.push(record) } }),
    appOf(text('ok')) as never,
  )
  for (const path of ['/jobs/7', '/files/a/b', '/numbers/7']) run(app as AnyPlug)(conn('GET', path))
  t.same(
    written.map(({ params }) => ({ ...params })),
    [{ id: '7' }, { path: ['a', 'b'] }, { n: 7 }],
  )
})

t.test('a plug that changes them in place is found', async t => {
  const spoil: AnyPlug = c => {
    ;(c as { readonly pathParams: Record<string, unknown> }).pathParams['id'] = '8'
    return text('ok')(c as Conn)
  }
  t.match(run(appOf(spoil))(conn('GET', '/jobs/7')).error?.cause, { message: /read only|Cannot assign/ })
  // In development nothing is frozen, and lint looks.
  const c = conn('GET', '/jobs/7')
  const open = ConnRecord.of({
    method: c.method,
    scheme: c.scheme,
    host: c.host,
    port: c.port,
    path: c.path,
    segments: c.segments,
    scriptName: c.scriptName,
    queryString: c.queryString,
    reqHeaders: c.reqHeaders,
    remoteIp: c.remoteIp,
    httpVersion: c.httpVersion,
    body: c.body,
    now: c.now,
    entropy: (label, length) => c.entropy(label, length),
    signal: c.signal,
    endpointUrl: c.endpointUrl,
    secretKeyBase: c.secretKeyBase,
    watch: undefined,
  })
  t.match(run(appOf(lint(spoil)))(open).error?.cause, {
    message: /changed "id" of a value inside the conn in place/,
  })
})

t.test('they can be written as a query and as a term', async t => {
  for (const path of paths) {
    const { pathParams } = seen(path)
    const entries = Object.entries(pathParams)
    if (entries.length === 0 || path === '/odd/x') continue
    t.ok(encodeQuery({ p: pathParams }).startsWith(`p[${entries[0]?.[0]}]`), path)
    t.same(decode(encode(pathParams as never)), { _tag: 'Right', right: { ...pathParams } }, path)
  }
  const app = appOf(c => json(encodeQuery({ p: (c as Conn).pathParams }))(c as Conn))
  t.equal(run(app)(pipe(conn('GET', '/jobs/7'))).respBody, '"p[id]=7"')
})
