import t from 'tap'
import {
  assign,
  attempt,
  deleteRespCookie,
  endpoint,
  fetchCookies,
  json,
  pipeline,
  putRespCookie,
  putStatus,
  registerBeforeSend,
  text,
  type Conn,
} from '../../../lib/index.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import { conn, recycle, run, runAsync } from '../../../lib/testing/index.js'

const slow = (conn: Conn) => attempt(async () => text('slow')(conn))

t.test('run gives the final conn of an app or a plug, hooks included', async t => {
  const plug = pipeline(registerBeforeSend(putStatus(201)), text('x'))
  for (const app of [plug, endpoint({}, plug)])
    t.match(run(app)(conn('GET', '/')), { status: 201, respBody: 'x' })
  t.throws(() => run(slow)(conn('GET', '/')), {
    name: 'TypeError',
    message: /use await runAsync\(app\)\(conn\)/,
  })
})

t.test('runAsync takes whatever effects there are', async t => {
  t.match(await runAsync(slow)(conn('GET', '/')), { respBody: 'slow' })
  t.match(await runAsync(text('x'))(conn('GET', '/')), { respBody: 'x' })
  t.match(await runAsync(endpoint({}, slow))(conn('GET', '/')), { respBody: 'slow' })
})

const app = endpoint(
  {},
  pipeline(
    fetchCookies,
    (conn: Conn) => (conn.path === '/in' ? putRespCookie('user', 'ada')(conn) : conn),
    (conn: Conn) => (conn.path === '/out' ? deleteRespCookie('user')(conn) : conn),
    (conn: Conn) => json(conn.cookies)(conn),
  ),
)

t.test('recycle carries on the cookies that were sent, set and deleted', async t => {
  const first = run(app)(conn('GET', '/', { cookies: { theme: 'dark' } }))
  const next = (done: Conn, path: string) => run(app)(recycle(done)('GET', path))
  const within = next(first, '/in')
  t.match(within.respBody, '{"theme":"dark","user":"ada"}')
  t.equal(next(within, '/').respBody, '{"theme":"dark","user":"ada"}')
  t.equal(next(next(within, '/'), '/').respBody, '{"theme":"dark","user":"ada"}', 'again and again')
  const out = next(next(within, '/'), '/out')
  t.equal(next(out, '/').respBody, '{"theme":"dark"}')
  t.equal(next(next(out, '/'), '/in').respBody, '{"theme":"dark","user":"ada"}')
})

t.test('the client does not keep a cookie that has ended, nor odd ones in several headers', async t => {
  const ended = run(pipeline(putRespCookie('a', 'x', { maxAge: 0 }), text('')))(
    conn('GET', '/', { headers: { cookie: ['a=1; b=2;c=3', 'b=4'] } }),
  )
  t.equal(recycle(ended)('GET', '/').reqHeaders.get('cookie'), 'b=4; c=3')
  t.notOk(recycle(conn('GET', '/'))('GET', '/').reqHeaders.has('cookie'))
})

t.test('options come on top', async t => {
  const first = run(app)(conn('GET', '/', { cookies: { a: '1', b: '2' }, headers: { accept: 'text/html' } }))
  const next = recycle(first)('POST', '/x', {
    cookies: { b: '3' },
    headers: { Accept: 'application/json', 'x-a': '1' },
    form: { c: 'd' },
    now: 7,
    seed: 'mine',
    assigns: { e: 1 },
  })
  t.match(next, { method: 'POST', path: '/x', now: 7, assigns: { e: 1 } })
  t.strictSame([...next.reqHeaders], [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
    ['x-a', '1'],
    ['cookie', 'a=1; b=3'],
  ]) // prettier-ignore
  t.strictSame(next.entropy('a', 4), conn('GET', '/', { seed: 'mine' }).entropy('a', 4))
})

t.test('address, secret and a few headers are carried on, and nothing else', async t => {
  const headers = {
    accept: 'text/html',
    'accept-language': ['de', 'en'],
    authorization: 'Bearer x',
    'x-a': '1',
  }
  const first = run(pipeline(assign('a', 1), text('')))(
    conn('GET', 'https://example.org:8443/a?b', {
      headers,
      remoteIp: '192.0.2.1',
      endpointUrl: 'https://example.com',
      secretKeyBase: 'other',
      now: 5,
    }),
  )
  const next = recycle(first)('GET', '/c?d')
  t.match(next, { scheme: 'https', host: 'example.org', port: 8443, path: '/c', queryString: 'd' })
  t.match(next, { remoteIp: '192.0.2.1', secretKeyBase: 'other', now: 5 })
  t.equal(next.endpointUrl, 'https://example.com')
  t.strictSame(next.assigns, {})
  t.strictSame([...next.reqHeaders], [
    ['accept', 'text/html'],
    ['accept-language', 'de'],
    ['accept-language', 'en'],
    ['authorization', 'Bearer x'],
  ]) // prettier-ignore
  t.match(recycle(first)('GET', 'http://other.example/'), { scheme: 'http', host: 'other.example', port: 80 })
  for (const url of ['http://example.org/', 'https://example.org/', 'http://[::1]:4000/']) {
    const { scheme, host, port } = conn('GET', url)
    t.match(recycle(conn('GET', url))('GET', '/'), { scheme, host, port })
  }
})

t.test('the next request has entropy of its own, the same in every replay', async t => {
  const [once, again] = [conn('GET', '/'), conn('GET', '/')]
  const bytes = (conn: Conn) => Buffer.from(conn.entropy('a', 8)).toString('hex')
  const next = recycle(once)('GET', '/')
  t.not(bytes(next), bytes(once))
  t.equal(bytes(next), bytes(recycle(again)('GET', '/')))
  t.not(bytes(recycle(next)('GET', '/')), bytes(next))
})

t.test('a request that was rewritten is carried on as it was rewritten', async t => {
  const rewritten = ConnRecord.request(conn('GET', '/'), { scheme: 'https', host: 'app.example', port: 443 })
  t.match(recycle(rewritten)('GET', '/'), { scheme: 'https', host: 'app.example', port: 443 })
})
