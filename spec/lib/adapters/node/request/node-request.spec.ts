import t from 'tap'
import { request as ask1 } from 'undici'
import { currentUrl, endpoint, json, text, type Conn } from '../../../../../lib/index.js'
import { answers, ask, dial, headText, rejections, start } from '../support.js'

/** What a conn says of its request. */
const show = (conn: Conn): unknown => ({
  method: conn.method,
  scheme: conn.scheme,
  host: conn.host,
  port: conn.port,
  path: conn.path,
  segments: conn.segments,
  scriptName: conn.scriptName,
  queryString: conn.queryString,
  headers: [...conn.reqHeaders],
  remoteIp: conn.remoteIp,
  httpVersion: conn.httpVersion,
})
const echo = (conn: Conn) => json(show(conn))(conn)

t.test('a request becomes a conn', async t => {
  const server = await start(t, echo)
  const before = Date.now()
  const sent =
    'PATCH /a//b%20c/?d=e?f HTTP/1.1\r\nHost: Example.com:8080\r\nX-A: 1\r\nx-a:  2 \r\nX-B:\r\n\r\n'
  const { body } = await ask(t, server, sent, /}$/)
  t.same(JSON.parse(body), {
    method: 'PATCH',
    scheme: 'http',
    host: 'example.com',
    port: 8080,
    path: '/a//b%20c/',
    segments: ['a', 'b%20c'],
    scriptName: [],
    queryString: 'd=e?f',
    headers: [
      ['host', 'Example.com:8080'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-b', ''],
    ],
    remoteIp: '127.0.0.1',
    httpVersion: '1.1',
  })
  let now = 0
  const clock = await start(t, conn => text('')(((now = conn.now), conn)))
  await ask(t, clock, headText('GET /'))
  t.ok(now >= before && now <= Date.now(), 'now is when it arrived')
})

t.test('the target may be in absolute form, whose authority counts', async t => {
  const server = await start(t, echo)
  const { body } = await ask(t, server, headText('GET http://abs.test:81/info?q=1'), /}$/)
  t.match(JSON.parse(body), { host: 'abs.test', port: 81, path: '/info', queryString: 'q=1', scheme: 'http' })
  t.match(JSON.parse(body).headers, [['host', 'x.test']], 'the Host header is shown as it was sent')
})

t.test('the option close ends the connection, however it is written', async t => {
  let ran = 0
  const server = await start(t, conn => text('hello')((ran++, conn)))
  const last = [
    'close',
    'close\t',
    ' \tCLOSE \t',
    'foo,close\t',
    'close\t, foo',
    'keep-alive,\tclose',
    'upgrade, close\t ',
  ]
  for (const value of last) {
    ran = 0
    const line = await dial(t, server)
    line.send(headText('GET /', `Connection:${value}`) + headText('GET /'))
    t.match(
      answers(await line.closed()),
      [{ status: 200, headers: { connection: 'close' } }],
      JSON.stringify(value),
    )
    t.equal(ran, 1, 'what follows does not run')
  }
  for (const value of ['keep-alive', 'closed', 'x-close', '"close"', 'foo']) {
    const line = await dial(t, server)
    line.send(headText('GET /', `Connection: ${value}`, 'User-Agent: close') + headText('GET /'))
    await line.expect(/hello[^]*hello$/)
  }
})

t.test('a star and a fragment', async t => {
  const server = await start(t, echo)
  const star = await ask(t, server, headText('OPTIONS *'), /}$/)
  t.match(JSON.parse(star.body), { path: '*', method: 'OPTIONS', host: 'x.test', port: 80 })
  const fragment = await ask(t, server, headText('GET /info?a#frag'), /}$/)
  t.match(JSON.parse(fragment.body), { path: '/info', queryString: 'a' })
})

t.test('HTTP/1.0 needs no Host header: the address that was asked stands for it', async t => {
  const server = await start(t, echo)
  const { body } = await ask(t, server, 'GET / HTTP/1.0\r\n\r\n', /}$/)
  const seen = JSON.parse(body) as { readonly headers: unknown }
  t.match(seen, { host: '127.0.0.1', port: server.port, httpVersion: '1.0' })
  t.strictSame(seen.headers, [])
  const named = await ask(t, server, 'GET / HTTP/1.0\r\nHost: a.test\r\n\r\n', /}$/)
  t.match(JSON.parse(named.body), { host: 'a.test', port: 80 })
})

t.test('an IPv4 client of a server on all addresses is shown as IPv4', async t => {
  const server = await start(t, echo, { host: '::' })
  t.equal(server.url, `http://127.0.0.1:${server.port}`)
  const { body } = await ask1(server.url)
  t.match(await body.json(), { remoteIp: '127.0.0.1' })
})

t.test('what is no request does not reach the app', async t => {
  let asked = 0
  const server = await start(t, conn => text('reached')((asked++, conn)))
  const long = (n: number): string => `/${'a'.repeat(n - 1)}`
  const cases: readonly (readonly [request: string, status: number, what: string])[] = [
    ['GET / HTTP/1.1\r\n\r\n', 400, 'no Host header'],
    ['GET / HTTP/1.1\r\nHost:\r\n\r\n', 400, 'an empty one'],
    ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'two'],
    ['GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400, 'two that agree'],
    ['GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'two in HTTP/1.0'],
    ['GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'a space in it'],
    ['GET / HTTP/1.1\r\nHost: a,b\r\nX: y\r\nHost: c\r\n\r\n', 400, 'a list and another'],
    ['GET / HTTP/1.1\r\nHost: a@b\r\n\r\n', 400, 'user information'],
    ['GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400, 'a path'],
    ['GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n', 400, 'a port beyond all ports'],
    ['GET / HTTP/1.1\r\nHost: [::1\r\n\r\n', 400, 'half an address'],
    ['GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n', 400, 'a byte beyond ASCII'],
    ['GET http://a.test/ HTTP/1.1\r\n\r\n', 400, 'absolute form, and no Host header'],
    ['GET http://a.test/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400, 'absolute form, and two of them'],
    ['GET http://u@a.test/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'absolute form with user information'],
    ['GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'absolute form without a host'],
    ['GET ftp://a.test/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'another scheme'],
    ['GET * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'a star without OPTIONS'],
    ['OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'more than a star'],
    [`GET ${long(8193)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, 'a target that is too long'],
    [`GET http://a${long(8193)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, 'in absolute form too'],
    [`GET ${long(8193)} HTTP/1.1\r\n\r\n`, 414, 'and without a Host header'],
    ['GET /\r\n\r\n', 400, 'HTTP/0.9'],
    ['GET / HTTP/2.0\r\nHost: a\r\n\r\n', 400, 'HTTP/2 as text'],
    ['POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'chunks in HTTP/1.0'],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
      'a coding that is not known (RFC 9112 §6.1)',
    ],
  ]
  for (const [request, status, what] of cases) {
    const line = await dial(t, server)
    line.send(request)
    const [answer] = answers(await line.closed())
    t.match(answer, { status, headers: { connection: 'close' } }, what)
  }
  t.equal(asked, 0)
  t.same(server.bugs, [])
  t.equal((await ask(t, server, headText(`GET ${long(8192)}`))).status, 200, 'just short enough')
})

t.test('a refusal is rendered as the app renders failures', async t => {
  const app = endpoint(
    { renderErrors: error => conn => json({ oops: error.message })(conn) },
    text('reached'),
  )
  const server = await start(t, app)
  const { status, headers, body } = await ask(t, server, 'GET / HTTP/1.1\r\n\r\n', /}$/)
  t.equal(status, 400)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.same(JSON.parse(body), { oops: 'the Host header must name one host' })
  const nowhere = endpoint(
    { renderErrors: () => conn => json({ host: conn.host, port: conn.port })(conn) },
    text(''),
  )
  const hostless = await ask(t, await start(t, nowhere), 'GET / HTTP/1.1\r\n\r\n', /}$/)
  t.same(JSON.parse(hostless.body), { host: '', port: 80 }, 'there is no host then')
  const plain = await start(t, text('reached'))
  const accepting = 'GET / HTTP/1.1\r\nAccept: application/json\r\n\r\n'
  t.same(JSON.parse((await ask(t, plain, accepting, /}$/)).body), {
    errors: { detail: 'the Host header must name one host' },
  })
})

t.test('no header is dropped, however many there are', async t => {
  const server = await start(t, conn => text(`${conn.reqHeaders.length}`)(conn), { maxHeaderSize: 200_000 })
  const many = Array.from({ length: 3_000 }, (_, i) => `x-${i}: y`)
  t.equal((await ask(t, server, headText('GET /', ...many), /\r\n\r\n\d+$/)).body, '3001')
})

t.test('the secret of an endpoint is on the conn', async t => {
  const secretKeyBase = 's'.repeat(64)
  const server = await start(
    t,
    endpoint({ secretKeyBase }, (conn: Conn) => text(`${conn.secretKeyBase === secretKeyBase}`)(conn)),
  )
  t.equal((await ask(t, server, headText('GET /'), /(true|false)$/)).body, 'true')
})

t.test('so is its url, from the first conn on', async t => {
  const url = 'https://example.com'
  const server = await start(
    t,
    endpoint({ url }, (conn: Conn) => text(currentUrl(conn))(conn)),
  )
  t.equal((await ask(t, server, headText('GET /a?b'), /b$/)).body, 'https://example.com/a?b')
  const bare = await start(
    t,
    endpoint({}, (conn: Conn) => text(`${conn.endpointUrl}`)(conn)),
  )
  t.equal((await ask(t, bare, headText('GET /'), /undefined$/)).body, 'undefined')
})

t.test('entropy is the same for a label on a request, and another on the next', async t => {
  const seen: string[] = []
  const draw = (conn: Conn): string => Buffer.from(conn.entropy('a', 8)).toString('hex')
  const server = await start(t, conn => text('')((seen.push(draw(conn), draw(conn)), conn)))
  await ask(t, server, headText('GET /'))
  await ask(t, server, headText('GET /'))
  t.equal(seen[0], seen[1])
  t.equal(seen[2], seen[3])
  t.not(seen[0], seen[2])
})

t.test('a conn of which the client has gone still knows what it was', async t => {
  let kept: Conn | undefined
  const server = await start(t, conn => text('')(((kept = conn), conn)))
  await ask(t, server, headText('GET /a/b', 'x-a: b'))
  await server.stop()
  t.match(show(kept as Conn), { remoteIp: '127.0.0.1', host: 'x.test', segments: ['a', 'b'] })
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
