import t from 'tap'
import * as fc from 'fast-check'
import { left, right } from 'fp-ts/lib/Either.js'
import {
  assign,
  badGateway,
  fail,
  gatewayTimeout,
  mergeRespHeaders,
  pipe,
  pipeline,
  plugError,
  prependRespHeaders,
  putReqHeader,
  putRespCookie,
  putRespHeader,
  registerBeforeSend,
  rescue,
  resp,
  text,
  when,
  type Conn,
  type PlugError,
  type StreamBody,
} from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { headerList } from '../../lib/http/headers.js'
import { bodyOf, brokenBody, conn, run, runAsync, type ConnOptions } from '../../lib/testing/index.js'
import {
  head,
  lint,
  methodOverride,
  parsers,
  proxy,
  requestId,
  rewriteOn,
  type ClientRequest,
  type ClientResponse,
  type HttpClient,
  type ProxyOptions,
} from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

type Fields = readonly (readonly [string, string])[]
type Answer = Partial<Omit<ClientResponse, 'headers'>> & { readonly headers?: Fields }

const to = 'http://127.0.0.1:4001'

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const each of texts) yield Buffer.from(each)
}

/** A client that remembers what it was asked to send, and answers the same each time. */
const fake = ({ status = 200, headers = [], body }: Answer = {}) => {
  const sent: ClientRequest[] = []
  const via: HttpClient = {
    send: request => () => {
      sent.push(request)
      return right({ status, headers: headerList(headers), body })
    },
  }
  return { via, sent }
}

/** What a request becomes on the way to the other server. */
const passed = (given: Conn, options: Partial<ProxyOptions> = {}): ClientRequest => {
  const { via, sent } = fake()
  const done = run(proxy({ to, via, ...options }))(given)
  t.equal(done.error, undefined, done.error?.message ?? 'passed on')
  t.equal(sent.length, 1)
  return sent[0] as ClientRequest
}
const fields = ({ headers }: ClientRequest, ...names: readonly string[]): readonly (readonly string[])[] =>
  [...headers].filter(([name]) => names.includes(name))
const names = ({ headers }: ClientRequest): readonly string[] => [...headers].map(([name]) => name)

/** What an answer becomes on the way back. */
const given = (answer: Answer, before: Conn = conn('GET', '/')): Conn =>
  run(proxy({ to, via: fake(answer).via }))(before)

const read = async (body: AsyncIterable<string | Uint8Array> | undefined): Promise<string> => {
  let all = ''
  for await (const piece of body ?? []) all += Buffer.from(piece).toString()
  return all
}

t.test('method, path and query go as they came', async t => {
  const { method, origin, target, body, length, signal } = passed(conn('GET', '/a//b%2Fc/?q=%00&&x'))
  t.strictSame(
    { method, origin, target, body, length },
    { method: 'GET', origin: to, target: '/a//b%2Fc/?q=%00&&x', body: undefined, length: 0 },
  )
  t.equal(signal.aborted, false)
  t.equal(passed(conn('PURGE', '/caf\xe9')).target, '/caf\xe9')
  t.equal(passed(conn('GET', '/?')).target, '/')
})

t.test('the other server is told who the client is, and nothing that the client made up', async t => {
  const lies = {
    forwarded: 'for=6.6.6.6',
    'x-forwarded-for': ['6.6.6.6', '7.7.7.7'],
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '1',
    'x-forwarded-proto': 'https',
    'x-forwarded-server': 'evil',
    'x-forwarded-prefix': '/evil',
  }
  const seen = passed(conn('GET', 'http://shop.example:8080/', { headers: lies, remoteIp: '203.0.113.9' }))
  t.strictSame(
    [...seen.headers],
    [
      ['host', 'shop.example:8080'],
      ['via', '1.1 plugboard'],
      ['x-forwarded-for', '203.0.113.9'],
      ['x-forwarded-proto', 'http'],
      ['x-forwarded-host', 'shop.example:8080'],
      ['x-forwarded-port', '8080'],
    ],
  )
})

t.test('behind a proxy that is trusted, the client is whom that proxy names', async t => {
  const headers = {
    'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'shop.example',
  }
  const { via, sent } = fake()
  run(pipeline(rewriteOn({ trust: ['10.0.0.0/8'] }), proxy({ to, via })))(
    conn('GET', '/', { headers, remoteIp: '10.0.0.1' }),
  )
  t.strictSame(fields(sent[0] as ClientRequest, 'host', ...Object.keys(headers), 'x-forwarded-port'), [
    ['host', 'shop.example'],
    ['x-forwarded-for', '203.0.113.9'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'shop.example'],
    ['x-forwarded-port', '443'],
  ])
})

t.test('what is not known of the client is not said', async t => {
  const nobody = conn('GET', '/', { remoteIp: '', httpVersion: '1.0' })
  t.strictSame(fields(passed(nobody), 'x-forwarded-for', 'via'), [['via', '1.0 plugboard']])
  const six = conn('GET', 'http://[::1]:4000/', { remoteIp: '::1', headers: { via: '1.1 a' } })
  t.strictSame(fields(passed(six), 'host', 'x-forwarded-for', 'via'), [
    ['host', '[::1]:4000'],
    ['via', '1.1 a'],
    ['via', '1.1 plugboard'],
    ['x-forwarded-for', '::1'],
  ])
})

t.test('a request without a host goes by the other server’s', async t => {
  const seen = passed(ConnRecord.request(conn('GET', '/'), { host: '' }))
  t.strictSame(fields(seen, 'host', 'x-forwarded-host'), [])
})

t.test('without preserveHost the other server sees its own name', async t => {
  const seen = passed(conn('GET', 'https://shop.example/', { headers: { host: 'shop.example' } }), {
    preserveHost: false,
  })
  t.strictSame(fields(seen, 'host', 'x-forwarded-host'), [['x-forwarded-host', 'shop.example']])
})

t.test('where it is mounted, the whole path is passed on, or what stands behind the mount', async t => {
  const table: readonly (readonly [string, string, string])[] = [
    ['/old/posts/7?x', '/old/posts/7?x', '/posts/7?x'],
    ['//old//posts/', '//old//posts/', '//posts/'],
    ['/old', '/old', '/'],
    ['/old/', '/old/', '/'],
    ['/old/old/%6fld', '/old/old/%6fld', '/old/%6fld'],
    ['/%6fld/a', '/%6fld/a', '/a'],
  ]
  for (const [asked, whole, stripped] of table)
    for (const stripScriptName of [false, true]) {
      const { via, sent } = fake()
      const app = router(scope('/', ({ forward }) => [forward('/old', proxy({ to, via, stripScriptName }))]))
      t.equal(run(app)(conn('GET', asked)).status, 200)
      t.equal(sent[0]?.target, stripScriptName ? stripped : whole, asked)
    }
})

t.test('fields of the connection stay behind, all others go', async t => {
  const headers = {
    accept: ['text/html', 'application/json'],
    connection: ['keep-alive, X-Secret', 'close ,\tCookie2'],
    cookie: 'a=b; c=d',
    cookie2: '1',
    expect: '100-continue',
    'keep-alive': 'timeout=5',
    'proxy-authenticate': 'Basic',
    'proxy-authorization': 'Basic x',
    'proxy-connection': 'keep-alive',
    'x-secret': 's',
    te: 'trailers',
    trailer: 'x-sum',
    upgrade: 'h2c',
    'x-empty': '',
    'x-latin': '\xe9',
  }
  t.strictSame(
    [...passed(conn('GET', '/', { headers })).headers].filter(([name]) => !/^(host|via|x-forw)/.test(name)),
    [
      ['accept', 'text/html'],
      ['accept', 'application/json'],
      ['cookie', 'a=b; c=d'],
      ['x-empty', ''],
      ['x-latin', '\xe9'],
    ],
  )
})

t.test('a client cannot take away what is set here', async t => {
  const connection = 'host, via, x-forwarded-for, x-forwarded-proto, x-request-id, content-length'
  const given = conn('POST', '/', { headers: { connection, 'content-length': '2' }, body: 'hi' })
  const seen = passed(putRespHeader('x-request-id', 'ours')(given))
  t.strictSame(names(seen), [
    'host',
    'x-request-id',
    'via',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'x-forwarded-port',
  ])
  t.equal(seen.length, 2)
})

t.test('a body is passed on where there is one, with its length where that is known', async t => {
  const table: readonly (readonly [string, ConnOptions, string | undefined, number | undefined])[] = [
    ['POST', { headers: { 'content-length': '2' }, body: 'hi' }, 'hi', 2],
    ['GET', { headers: { 'content-length': '2' }, body: 'hi' }, 'hi', 2],
    ['POST', { headers: { 'transfer-encoding': 'chunked' }, body: 'hi' }, 'hi', undefined],
    ['POST', { form: { a: 'b' } }, 'a=b', undefined],
    ['POST', { headers: { 'content-length': '0' } }, undefined, 0],
    ['POST', {}, undefined, 0],
    ['GET', { headers: { 'content-type': 'text/plain' } }, undefined, 0],
    ['HEAD', {}, undefined, 0],
  ]
  for (const [method, options, body, length] of table) {
    const seen = passed(conn(method, '/', options))
    t.equal(seen.body && (await read(seen.body)), body, `${method} ${JSON.stringify(options)}`)
    t.equal(seen.length, length)
  }
})

t.test('plugs that read the body or change the method may stand before it', async t => {
  const { via, sent } = fake()
  const form = { _method: 'delete', a: 'b' }
  run(pipeline(parsers(), methodOverride, proxy({ to, via })))(conn('POST', '/', { form }))
  t.equal(sent[0]?.method, 'DELETE')
  t.equal(await read(sent[0]?.body), '_method=delete&a=b')
  run(pipeline(head, proxy({ to, via })))(conn('HEAD', '/'))
  t.equal(sent[1]?.method, 'GET')
})

t.test('a request whose length can be read in two ways is refused', async t => {
  for (const headers of [
    { 'content-length': '2', 'transfer-encoding': 'chunked' },
    { 'content-length': ['2', '2'] },
    { 'content-length': '2, 2' },
    { 'content-length': '+2' },
    { 'content-length': '' },
    { 'content-length': '0x2' },
    { 'content-length': '9999999999999999' },
  ]) {
    const { via, sent } = fake()
    const done = run(proxy({ to, via }))(conn('POST', '/', { headers, body: 'hi' }))
    t.match(done.error, { _tag: 'BadRequest', status: 400 }, JSON.stringify(headers))
    t.equal(sent.length, 0)
  }
})

t.test('what HTTP forbids is refused', async t => {
  const { via, sent } = fake()
  const refused = (given: Conn): PlugError | undefined => run(proxy({ to, via }))(given).error
  for (const headers of [{ 'x-a': 'a\r\nb: c' }, { 'x a': 'b' }, { 'x-a': '\0' }, { 'x-a': 'ā' }])
    t.match(refused(conn('GET', '/', { headers })), { _tag: 'BadRequest' }, JSON.stringify(headers))
  for (const target of ['/a b', '/a\r\nb', '/ā', '/?a b', '/?\x7f'.replace('\x7f', '\n')])
    t.match(refused(conn('GET', target)), { _tag: 'BadRequest' }, JSON.stringify(target))
  t.equal(sent.length, 0)
})

t.test('WebSockets, tunnels and requests about the server are refused with 501', async t => {
  const { via, sent } = fake()
  const app = proxy({ to, via })
  const socket = { connection: 'Upgrade', upgrade: 'WebSocket', 'sec-websocket-version': '13' }
  for (const given of [
    conn('GET', '/live/websocket', { headers: socket }),
    conn('GET', '/', { headers: { upgrade: ['h2c', 'websocket'] } }),
    conn('CONNECT', '/'),
    ConnRecord.request(conn('OPTIONS', '/'), { path: '*', segments: ['*'] }),
  ]) {
    const { status, error } = run(app)(given)
    t.equal(status, 501)
    t.match(error, { _tag: 'AppError', name: 'NotProxied' })
  }
  t.equal(sent.length, 0)
})

t.test('a body over the limit is a 413 before anything is sent, or while it is', async t => {
  const { via, sent } = fake()
  const app = proxy({ to, via, length: 2 })
  const long = { body: 'long' }
  t.equal(run(app)(conn('POST', '/', { ...long, headers: { 'content-length': '4' } })).status, 413)
  t.equal(sent.length, 0)
  run(app)(conn('POST', '/', { ...long, headers: { 'transfer-encoding': 'chunked' } }))
  await t.rejects(read(sent[0]?.body), /larger than 2 bytes/)
})

t.test('limits of size and time are given to what reads the body', async t => {
  let limits: unknown
  const body = { ...bodyOf(Buffer.from('hi')), chunks: (given: unknown) => ((limits = given), pieces('hi')) }
  const options = { headers: { 'content-length': '2' }, body }
  passed(conn('POST', '/', options))
  t.strictSame(limits, { length: Number.MAX_SAFE_INTEGER, readTimeout: 15_000 })
  passed(conn('POST', '/', options), { length: 7, readTimeout: 5 })
  t.strictSame(limits, { length: 7, readTimeout: 5 })
})

t.test('the request id of this app is told: the client’s, if it is sound', async t => {
  const { via, sent } = fake({ headers: [['x-request-id', 'another']] })
  const done = run(pipeline(requestId, proxy({ to, via })))(conn('GET', '/'))
  t.strictSame(sent[0]?.headers.getAll('x-request-id'), done.respHeaders.getAll('x-request-id'))
  t.match(done.respHeaders.get('x-request-id'), /^[\w-]{20}$/, 'and is the answer’s, whatever the other says')
  const theirs = { headers: { 'x-request-id': 'x'.repeat(20) } }
  run(pipeline(requestId, proxy({ to, via })))(conn('GET', '/', theirs))
  t.strictSame(sent[1]?.headers.getAll('x-request-id'), ['x'.repeat(20)])
  const unsound = { headers: { 'x-request-id': ['short', 'shorter'] } }
  run(pipeline(requestId, proxy({ to, via })))(conn('GET', '/', unsound))
  t.strictSame(sent[2]?.headers.getAll('x-request-id').length, 1)
  t.notMatch(sent[2]?.headers.get('x-request-id'), /short/)
  t.strictSame(
    fields(passed(conn('GET', '/', unsound)), 'x-request-id').length,
    2,
    'not looked at without one',
  )
  t.strictSame(given({ headers: [['x-request-id', 'theirs']] }).respHeaders.getAll('x-request-id'), [
    'theirs',
  ])
})

t.test('the answer is the response, whatever its status, and nothing follows it', async t => {
  const { via } = fake({
    status: 404,
    headers: [['content-type', 'text/plain']],
    body: pieces('no ', 'page'),
  })
  const app = pipeline(
    when(c => c.path.startsWith('/old'), proxy({ to, via })),
    text('new'),
  )
  const old = run(app)(conn('GET', '/old'))
  t.equal(old.status, 404)
  t.equal(old.halted, true)
  t.equal(old.error, undefined)
  t.equal(await read((old.respBody as StreamBody).chunks), 'no page')
  t.equal(run(app)(conn('GET', '/')).respBody, 'new')
})

t.test('its headers replace those of the same name, and others stay', async t => {
  const before = pipe(
    conn('GET', '/'),
    mergeRespHeaders({ 'x-frame-options': 'DENY', 'x-ours': '1', 'content-length': '9', etag: '"x"' }),
    prependRespHeaders([
      ['vary', 'accept'],
      ['link', '</a>'],
      ['link', '</b>'],
    ]),
    putRespCookie('ours', '1'),
  )
  const done = given(
    {
      headers: [
        ['cache-control', 'public, max-age=60'],
        ['x-frame-options', 'SAMEORIGIN'],
        ['vary', 'cookie'],
        ['link', '</c>'],
        ['set-cookie', 'a=1; path=/'],
        ['set-cookie', 'b=2; path=/; HttpOnly'],
        ['content-type', 'text/html'],
        ['connection', 'close, x-gone'],
        ['keep-alive', 'timeout=5'],
        ['transfer-encoding', 'chunked'],
        ['trailer', 'x-sum'],
        ['proxy-authenticate', 'Basic'],
        ['upgrade', 'h2c'],
        ['x-gone', '1'],
      ],
    },
    before,
  )
  t.strictSame(
    [...done.respHeaders],
    [
      ['vary', 'accept'],
      ['x-ours', '1'],
      ['cache-control', 'public, max-age=60'],
      ['x-frame-options', 'SAMEORIGIN'],
      ['vary', 'cookie'],
      ['link', '</c>'],
      ['set-cookie', 'a=1; path=/'],
      ['set-cookie', 'b=2; path=/; HttpOnly'],
      ['content-type', 'text/html'],
    ],
  )
  t.strictSame(Object.keys(done.respCookies), ['ours'])
  const silent = given({}).respHeaders.get('cache-control')
  t.equal(silent, 'max-age=0, private, must-revalidate', 'who says nothing of caches is not cached')
})

t.test('hooks see the answer', async t => {
  const { via } = fake({ status: 204 })
  const stamped = registerBeforeSend((c: Conn) => putRespHeader('x-status', String(c.status))(c))
  t.equal(run(pipeline(stamped, proxy({ to, via })))(conn('GET', '/')).respHeaders.get('x-status'), '204')
})

t.test('an answer without a body has none', async t => {
  for (const status of [204, 304]) t.equal(given({ status }).respBody, '')
  const known = given({ headers: [['content-length', '7']] }, conn('HEAD', '/'))
  t.equal(known.respBody, '')
  t.equal(known.respHeaders.get('content-length'), '7')
  const unknown = given({}, conn('HEAD', '/'))
  t.equal(await read((unknown.respBody as StreamBody).chunks), '')
  t.equal(unknown.respHeaders.has('content-length'), false)
})

t.test('an answer that is not sound is a 502, and its body is given up', async t => {
  for (const answer of [
    { status: 101 },
    { status: 1000 },
    { status: Number.NaN },
    {
      headers: [
        ['content-length', '1'],
        ['content-length', '2'],
      ] as const,
    },
    {
      headers: [
        ['content-length', '1'],
        ['transfer-encoding', 'chunked'],
      ] as const,
    },
    { headers: [['content-length', 'one']] as const },
    { headers: [['x-a', 'a\r\nb']] as const },
    { headers: [['x a', 'b']] as const },
  ]) {
    let destroyed = 0
    const body = Object.assign(pieces('x'), { destroy: () => destroyed++ })
    t.match(given({ ...answer, body }).error, { _tag: 'BadGateway', status: 502 }, JSON.stringify(answer))
    t.equal(destroyed, 1)
    t.equal(given({ ...answer, body: pieces('x') }).status, 502, 'also one that cannot be')
    t.equal(given(answer).status, 502)
  }
})

t.test('failures are the pipeline’s: rendered, rescued, with what was set before', async t => {
  const failing = (error: PlugError): HttpClient => ({ send: () => () => left(error) })
  const cause = new Error('ECONNREFUSED 127.0.0.1:4001')
  for (const [error, status] of [
    [badGateway('down', { cause }), 502],
    [gatewayTimeout('slow', { cause }), 504],
    [plugError(418, 'Teapot', 'short and stout'), 418],
  ] as const) {
    const done = run(pipeline(putRespHeader('x-a', '1'), proxy({ to, via: failing(error) })))(
      conn('GET', '/'),
    )
    t.equal(done.status, status)
    t.equal(done.error, error)
    t.equal(done.respHeaders.get('x-a'), '1')
    t.notMatch(done.respBody, /127\.0\.0\.1|down|slow/)
  }
  const mended = pipe(
    proxy({ to, via: failing(badGateway('down')) }),
    rescue(error => resp(503, error._tag)),
  )
  t.equal(run(mended)(conn('GET', '/')).respBody, 'BadGateway')
})

t.test('what a client’s body fails with is the client’s', async t => {
  const via: HttpClient = {
    send: request => async () => {
      for await (const piece of request.body ?? []) void piece
      return left(fail(conn('GET', '/'), badGateway('unreached')).error as PlugError)
    },
  }
  const given = conn('POST', '/', { body: brokenBody, headers: { 'content-length': '5' } })
  t.equal((await runAsync(proxy({ to, via }))(given)).status, 400)
})

t.test('it is a plug by the contract, a handler and a fallback', async t => {
  const { via, sent } = fake({ body: pieces('old') })
  const old = proxy({ to, via })
  old(conn('GET', '/'))
  t.equal(sent.length, 0, 'calling it sends nothing')
  t.equal(run(lint(pipeline(assign('a', 1), old)))(conn('GET', '/')).status, 200)
  const app = router(
    scope('/', ({ get, match, fallback }) => [
      get('/new', text('new')),
      match('*', '/old/*path', old),
      fallback(old),
    ]),
  )
  t.equal(run(app)(conn('GET', '/new')).respBody, 'new')
  for (const [method, path] of [
    ['POST', '/new'],
    ['DELETE', '/old/x'],
    ['GET', '/'],
  ] as const) {
    t.equal(run(app)(conn(method, path)).status, 200, `${method} ${path}`)
    t.match(sent.at(-1), { method, target: path })
  }
})

t.test('options are checked when it is built', async t => {
  const { via } = fake()
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^proxy: options must be an object/],
    [{}, /^proxy: to must be the scheme, host and port/],
    [{ to }, /^proxy: via must be an HTTP client/],
    [{ to, via: {} }, /^proxy: via must be/],
    [{ to, via, tp: 1 }, /^proxy: unknown option tp/],
    [{ to, via, preserveHost: 1 }, /^proxy: preserveHost must be a boolean/],
    [{ to, via, stripScriptName: 'x' }, /^proxy: stripScriptName must be a boolean/],
    [{ to, via, length: -1 }, /^proxy: length must be a non-negative integer \(bytes\)/],
    [{ to, via, readTimeout: 0.5 }, /^proxy: readTimeout must be a non-negative integer \(milliseconds\)/],
  ]
  for (const [options, message] of wrong)
    t.throws(() => proxy(options as ProxyOptions), { name: 'TypeError', message })
  for (const target of [
    '',
    'x',
    4001,
    '/a',
    'ftp://a',
    'http://a/b',
    'http://u@a',
    'http://a?b',
    'http://a#b',
  ])
    t.throws(() => proxy({ to: target as string, via }), /^proxy: to must be/, String(target))
  for (const target of ['http://a', 'http://a/', 'https://a:1', 'http://[::1]:4001', 'HTTP://A'])
    t.doesNotThrow(() => proxy({ to: target, via }), target)
})

/** Fields of all sorts: names that matter and others, values that are lists, odd or forbidden. */
const name = fc.oneof(
  fc.constantFrom(
    'connection',
    'content-length',
    'expect',
    'host',
    'keep-alive',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'x-a',
    'x-forwarded-for',
  ),
  fc.string({ maxLength: 8 }),
)
const value = fc.oneof(
  fc.array(name, { maxLength: 4 }).map(list => list.join(',')),
  fc.constantFrom('chunked', 'close', 'websocket', '0', '3', '03', ' x-a ', 'a\r\nb: c'),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const anyFields = fc.array(fc.tuple(name, value), { maxLength: 8 })
const neverOut =
  /^(connection|keep-alive|proxy-(auth.*|connection)|te|trailer|transfer-encoding|upgrade|expect|content-length)$/

t.test('property: whatever comes in, no field of the connection goes out and nothing throws', async () => {
  fc.assert(
    fc.property(anyFields, anyFields, fc.constantFrom('GET', 'POST', 'HEAD'), (asked, answered, method) => {
      const { via, sent } = fake({ headers: answered, body: pieces('abc') })
      const headers: Record<string, string[]> = Object.create(null)
      for (const [key, text] of asked) (headers[key] ??= []).push(text)
      const done = run(proxy({ to, via }))(conn(method, '/', { headers, body: 'abc' }))
      const status = done.status as number
      if (![200, 400, 501, 502].includes(status)) throw new Error(`status ${status}`)
      if (done.error?._tag === 'Exception') throw done.error.cause as Error
      const named = (list: readonly string[]): readonly string[] =>
        list.flatMap(each => each.split(',')).map(each => each.trim().toLowerCase())
      for (const request of sent) {
        const dropped = named(
          Object.entries(headers).flatMap(([key, list]) => (key.toLowerCase() === 'connection' ? list : [])),
        )
        for (const [key, text] of request.headers) {
          if (neverOut.test(key)) throw new Error(`${key} went out`)
          if (dropped.includes(key) && !/^(host|via|x-forwarded-(for|host|port|proto))$/.test(key))
            throw new Error(`${key} went out, which Connection names`)
          if (/[\r\n\0]/.test(text)) throw new Error(`a line break in ${key}`)
        }
      }
      if (status === 200)
        for (const [key] of done.respHeaders)
          if (neverOut.test(key) && !/^(expect|content-length)$/.test(key))
            throw new Error(`${key} came back`)
    }),
    { numRuns: 2_000 },
  )
})

t.test('a request header that a plug has put goes with the others', async t => {
  t.strictSame(fields(passed(putReqHeader('x-user', '7')(conn('GET', '/'))), 'x-user'), [['x-user', '7']])
})
