import { inspect } from 'node:util'
import t from 'tap'
import {
  assign,
  badRequest,
  exception,
  fail,
  fetchCookies,
  fetchQueryParams,
  halt,
  pipe,
  plugError,
  putReqHeader,
  putRespCookie,
  putRespHeader,
  resp,
  type Conn,
} from '../../../lib/index.js'
import { putEntry } from '../../../lib/conn/entries.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import { headerList, noHeaders } from '../../../lib/http/headers.js'
import { conn, testSecretKeyBase } from '../../../lib/testing/index.js'
import { sessionWriter } from '../../../lib/conn/fetch.js'

const withSession = (conn: Conn, name: string, session: never) => sessionWriter(name)(conn, session)

const blank = conn('GET', '/a//b?c=d')

t.test('a conn reads as its request', async t => {
  const controller = new AbortController()
  const made = conn('post', 'https://Example.com:8443/a//b/?c=d', {
    headers: { Accept: 'text/html' },
    body: 'hello',
    now: 7,
    remoteIp: '192.0.2.1',
    httpVersion: '2.0',
    signal: controller.signal,
  })
  const { method, scheme, host, port, path, segments, scriptName, queryString, remoteIp, httpVersion, now } =
    made
  t.strictSame(
    { method, scheme, host, port, path, segments, scriptName, queryString, remoteIp, httpVersion, now },
    {
      method: 'POST',
      scheme: 'https',
      host: 'example.com',
      port: 8443,
      path: '/a//b/',
      segments: ['a', 'b'],
      scriptName: [],
      queryString: 'c=d',
      remoteIp: '192.0.2.1',
      httpVersion: '2.0',
      now: 7,
    },
  )
  t.strictSame([...made.reqHeaders], [['accept', 'text/html']])
  t.equal(made.signal, controller.signal)
  t.equal(made.secretKeyBase, testSecretKeyBase)
  t.match(made.body.bytes()(), { _tag: 'Right' })
  t.strictSame(made.entropy('a', 4), made.entropy('a', 4))
})

t.test('a plug may rewrite what the adapter read; what it leaves stays', async t => {
  const changes = {
    method: 'PUT',
    scheme: 'https',
    host: 'example.org',
    port: 443,
    path: '/x',
    segments: ['x'],
    scriptName: ['y'],
    queryString: 'z',
    reqHeaders: headerList([['a', 'b']]),
    remoteIp: '192.0.2.9',
    now: 9,
    endpointUrl: 'https://example.org',
    secretKeyBase: 'another',
  } as const
  const read = (conn: Conn) =>
    Object.fromEntries(Object.keys(changes).map(key => [key, conn[key as keyof typeof changes]]))
  const all = ConnRecord.request(blank, changes)
  t.strictSame(read(all), changes)
  for (const [key, value] of Object.entries(changes)) {
    const one = ConnRecord.request(blank, { [key]: value })
    t.strictSame(read(one), { ...read(blank), [key]: value }, key)
    t.strictSame(read(ConnRecord.request(all, { [key]: value })), changes)
  }
  t.strictSame(read(ConnRecord.request(all, { host: 'last.example' })), { ...changes, host: 'last.example' })
  const { httpVersion, body, signal } = all
  t.strictSame({ httpVersion, body, signal }, { httpVersion: '1.1', body: blank.body, signal: blank.signal })
  t.strictSame(all.entropy('a', 4), blank.entropy('a', 4))
})

t.test('a conn is frozen only where its source watches, as that of the test kit does', async t => {
  const source = {
    method: 'GET',
    scheme: 'http',
    host: 'localhost',
    port: 4000,
    path: '/',
    segments: [],
    scriptName: [],
    queryString: '',
    reqHeaders: noHeaders,
    remoteIp: '127.0.0.1',
    httpVersion: '1.1',
    body: blank.body,
    now: 0,
    entropy: blank.entropy.bind(blank),
    signal: blank.signal,
    endpointUrl: undefined,
    secretKeyBase: undefined,
    watch: undefined,
  } as const
  const bare = assign('a', { b: 1 })(ConnRecord.of(source))
  t.notOk(Object.isFrozen(bare) || Object.isFrozen(bare.assigns.a))
  const seen: Conn[] = []
  const watched = ConnRecord.of({ ...source, watch: conn => void seen.push(conn) })
  const next = assign('a', 1)(putReqHeader('x', '1')(watched))
  t.equal(seen.length, 3)
  t.equal(seen[0], watched)
  t.equal(seen[2], next)
})

t.test('everything that is not a request survives a rewritten request', async t => {
  const before = pipe(blank, assign('a', 1), putRespHeader('x', '1'), resp(201, 'x'), putRespCookie('k', 'v'))
  const after = putReqHeader('y', '2')(before)
  t.strictSame(after.assigns, before.assigns)
  t.equal(after.respHeaders, before.respHeaders)
  t.match(after, { status: 201, respBody: 'x', respCookies: { k: { value: 'v' } } })
})

t.test('all conns have one hidden shape: the same fields in the same order', async t => {
  const keys = Object.keys(blank)
  for (const made of [
    assign('a', 1)(blank),
    resp(200, 'x')(blank),
    halt(blank),
    fail(blank, badRequest('x')),
    fetchCookies(blank),
    putReqHeader('a', 'b')(blank),
    withSession(blank, 'session', { id: undefined, data: {}, changes: [], info: undefined } as never),
    ConnRecord.route(blank, { method: 'GET', pattern: '/', metadata: {} }, {}, {}),
  ])
    t.strictSame(Object.keys(made), keys)
})

t.test('a session goes under its name, beside the others', async t => {
  const session = (id: string) => ({ id, data: {}, changes: [], info: undefined }) as never
  const two = withSession(withSession(blank, 'session', session('a')), '__proto__', session('b'))
  t.match(Object.entries(two.sessions), [['session', { id: 'a' }], ['__proto__', { id: 'b' }]]) // prettier-ignore
  t.strictSame(blank.sessions, {})
})

t.test('a route brings its parameters', async t => {
  const route = { method: 'GET', pattern: '/:id', metadata: {} }
  t.match(ConnRecord.route(blank, route, { id: '7' }, { id: 7 }), {
    route,
    pathParams: { id: '7' },
    params: { id: 7 },
  })
})

t.test('a failure halts; that there is a new one can be seen by comparing', async t => {
  const error = badRequest('no')
  const failed = fail(blank, error)
  t.equal(failed.error, error)
  t.ok(failed.halted)
  const again = fail(failed, error)
  t.not(again.error, error)
  t.strictSame(again.error, error)
})

t.test('what is no failure becomes an exception', async t => {
  for (const wrong of [
    undefined,
    null,
    'no',
    new Error('no'),
    { status: 400 },
    { ...badRequest('x'), status: 200 },
  ])
    t.match(fail(blank, wrong as never), { halted: true, error: { _tag: 'Exception', status: 500 } })
})

t.test('resume and recover undo a halt, one with the failure and one without', async t => {
  const error = badRequest('no')
  const failed = fail(blank, error)
  t.match(ConnRecord.resume(failed), { halted: false, error })
  t.match(ConnRecord.recover(failed, undefined), { halted: false, error: undefined })
  t.match(ConnRecord.recover(fail(failed, badRequest('other')), error), { halted: false, error })
})

t.test('putEntry takes any key', async t => {
  t.strictSame(putEntry({ a: 1 }, 'b', 2), { a: 1, b: 2 })
  t.strictSame(Object.entries(putEntry(putEntry({}, '__proto__', 1), 'a', 2)), [['__proto__', 1], ['a', 2]]) // prettier-ignore
})

// --- printing

const secret = 'hunter2'
/** A conn that holds the secret wherever one may be. */
const full = (): Conn => {
  const asked = conn('POST', '/?visible=query', {
    secretKeyBase: secret.repeat(10),
    seed: secret,
    headers: {
      authorization: `Bearer ${secret}`,
      'proxy-authorization': secret,
      'x-csrf-token': secret,
      accept: 'visible/header',
    },
    cookies: { c: secret },
    form: { password: secret },
    session: { token: secret },
    assigns: { title: 'visible assign' },
  })
  const made = ConnRecord.with(
    pipe(
      asked,
      fetchCookies,
      fetchQueryParams as (conn: Conn) => Conn,
      putRespCookie('r', secret),
      resp(200, secret),
    ),
    { bodyParams: { password: secret } as never, params: { password: secret, visible: 'param' } },
  )
  const session = { id: secret, data: { token: secret }, changes: [{ op: 'put', key: 'k', value: secret }] }
  return pipe(
    withSession(made, 'session', session as never),
    putRespHeader('set-cookie', secret),
    conn => ConnRecord.with(conn, { flash: { info: secret } as never }),
    conn => fail(conn, plugError(409, 'Visible', 'visible message', { cause: new Error(secret) })),
  )
}

t.test('a conn that is printed shows no secret, cookie, session, authorization or body', async t => {
  const conn = full()
  const entropy = Buffer.from(conn.entropy('a', 8))
  for (const [how, shown] of Object.entries({
    inspect: inspect(conn, { depth: 9 }),
    'inspect to any depth': inspect(conn, { depth: null }),
    'inspect with hidden parts': inspect(conn, { depth: 9, showHidden: true }),
    'in an object': inspect({ request: { conn } }, { depth: 9 }),
    'in a list': inspect([conn]),
    'in an error': inspect(Object.assign(new Error('x'), { conn })),
    'with %o': (await import('node:util')).format('%o %j', conn, conn),
    JSON: JSON.stringify(conn),
    'JSON in an object': JSON.stringify({ a: [{ conn }] }),
    text: String(conn),
  })) {
    t.notMatch(shown, secret, how)
    t.notMatch(shown, entropy.toString('hex'), how)
  }
  for (const shown of [inspect(conn, { depth: 9 }), JSON.stringify(conn)])
    for (const visible of ['query', 'header', 'assign', 'param', 'message'])
      t.match(shown, `visible${visible === 'query' ? '=' : /header/.test(visible) ? '/' : ''}`)
  t.match(inspect(conn), /^Conn \{/)
})

t.test('a conn below the depth that is printed is only named', async t => {
  t.equal(inspect({ a: { b: blank } }, { depth: 0 }), '{ a: [Object] }')
  t.equal(inspect({ conn: blank }, { depth: 0 }), '{ conn: [Conn] }')
  t.match(inspect({ a: { b: { c: blank } } }), /c: \[Conn\]|\[Object\]/)
})

t.test('a blank conn prints, and so do its parts that are not fetched', async t => {
  const shown = inspect(blank)
  t.match(shown, "method: 'GET'")
  const printed = JSON.parse(JSON.stringify(blank)) as { readonly params: unknown }
  t.match(printed, { method: 'GET', path: '/a//b', halted: false })
  t.strictSame(printed.params, {})
  t.equal('respBody' in JSON.parse(JSON.stringify(blank)), false)
  t.match(inspect(conn('GET', '/', { secretKeyBase: undefined })), 'secretKeyBase: undefined')
  t.match(inspect(blank.cookies), 'put fetchCookies earlier')
  t.match(JSON.stringify({ flash: blank.flash }), 'put fetchFlash')
  t.match(inspect(fail(blank, exception(new Error('the cause')))), 'Internal Server Error')
})
