import { inspect } from 'node:util'
import { right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  assign,
  attempt,
  badRequest,
  checkSecretKeyBase,
  endpoint,
  fail,
  isConn,
  json,
  pipe,
  pipeline,
  putRespCookie,
  text,
  type Conn,
} from '../../lib/index.js'
import { endpointOf } from '../../lib/endpoint.js'
import { conn, recordTelemetry } from '../../lib/testing/index.js'

const secretKeyBase = 'an endpoint secret that is long enough to derive every key from it'
const blank = conn('GET', '/')
const bare = conn('GET', '/', { secretKeyBase: undefined })

t.test('an endpoint is one app: it runs to the end', async t => {
  const app = endpoint(
    {},
    pipeline(assign('name', 'Ada'), (conn: Conn) => json(conn.assigns)(conn)),
  )
  const done = app.run(blank)
  t.ok(isConn(done))
  t.match(done, { status: 200, respBody: '{"name":"Ada"}' })
  t.match(await endpoint({}, (conn: Conn) => attempt(async () => text('x')(conn))).run(blank), {
    respBody: 'x',
  })
  t.match(endpoint({}, (conn: Conn) => fail(conn, badRequest('no'))).run(blank), {
    status: 400,
    respBody: 'no\n',
  })
})

t.test('an endpoint is a plug too', async t => {
  const app = endpoint({}, text('x'))
  t.match(app(blank), { respBody: 'x' })
  t.match(endpoint({}, pipeline(assign('a', 1), app)).run(blank), { respBody: 'x', assigns: { a: 1 } })
  const failing = endpoint({ renderErrors: () => text('inner') }, (conn: Conn) =>
    fail(conn, badRequest('no')),
  )
  t.match(endpoint({ renderErrors: () => text('outer') }, failing).run(blank), {
    status: 400,
    respBody: 'outer',
  })
})

t.test('the url of the endpoint is on every conn', async t => {
  const url = 'https://example.com:8443'
  const seen = (conn: Conn) => text(String(conn.endpointUrl))(conn)
  t.match(endpoint({ url }, seen).run(blank), { respBody: url, endpointUrl: url })
  t.match(endpoint({ url, secretKeyBase }, seen).run(bare), { respBody: url, secretKeyBase })
  t.match(endpoint({ url, secretKeyBase }, seen).run(conn('GET', '/', { secretKeyBase })), { respBody: url })
  t.match(endpoint({ url }, seen).run(conn('GET', '/', { endpointUrl: url })), { respBody: url })
  t.match(endpoint({}, seen).run(blank), { respBody: 'undefined' })
  t.match(endpoint({ url }, endpoint({ url: 'http://inner' }, seen)).run(blank), { respBody: 'http://inner' })
})

t.test('the url is an origin, written as browsers write it', async t => {
  for (const url of ['http://localhost', 'http://localhost:4000', 'https://example.com', 'http://[::1]:4000'])
    t.doesNotThrow(() => endpoint({ url }, text('x')), url)
  const shape = 'endpoint: url must be a scheme, http or https, a host and perhaps a port, '
  for (const [url, rest] of [
    [undefined, "such as 'https://example.com'; it is undefined"],
    [7, "such as 'https://example.com'; it is 7"],
    ['example.com', `such as 'https://example.com'; it is "example.com"`],
    ['ftp://example.com', `such as 'https://example.com'; it is "ftp://example.com"`],
    ['https://Example.com:443/', `written 'https://example.com'; it is "https://Example.com:443/"`],
    ['https://a@example.com?b', `written 'https://example.com'; it is "https://a@example.com?b"`],
    [
      'https://example.com/app',
      'without a path: an app that lives under one is mounted there by forward; it is "https://example.com/app"',
    ],
  ] as const)
    t.throws(() => endpoint({ url: url as string }, text('x')), new TypeError(shape + rest))
})

t.test('the secret of the endpoint is on every conn', async t => {
  const seen = (conn: Conn) => text(String(conn.secretKeyBase))(conn)
  t.match(endpoint({ secretKeyBase }, seen).run(bare), { respBody: secretKeyBase, secretKeyBase })
  t.match(endpoint({ secretKeyBase }, seen).run(conn('GET', '/', { secretKeyBase })), {
    respBody: secretKeyBase,
  })
  t.match(endpoint({}, seen).run(bare), { respBody: 'undefined' })
  const signing = endpoint({ secretKeyBase }, (conn: Conn) =>
    pipe(conn, putRespCookie('a', 1, { sign: true }), text('x')),
  )
  t.match(signing.run(bare), { status: 200 })
})

t.test('renderErrors makes the responses of failures', async t => {
  const app = endpoint(
    { renderErrors: error => json({ error: error.message }) },
    (conn: Conn) => () => right(fail(conn, badRequest('no'))),
  )
  t.match(app.run(blank), { status: 400, respBody: '{"error":"no"}' })
})

t.test('a secret has at least 64 bytes; the message says how to make one, and never what it is', async t => {
  t.doesNotThrow(() => checkSecretKeyBase('x'.repeat(64)))
  t.doesNotThrow(() => checkSecretKeyBase('é'.repeat(32)), 'bytes are counted')
  for (const short of ['', 'hunter2', 'hunter2'.repeat(9), 'é'.repeat(31)])
    for (const check of [
      () => checkSecretKeyBase(short),
      () => endpoint({ secretKeyBase: short }, text('x')),
    ]) {
      const thrown = t.throws(check, { name: 'TypeError', message: /^secretKeyBase must be a string of at least 64 bytes, and has \d+; make one with: node -e/ }) as Error // prettier-ignore
      t.notMatch(inspect(thrown), 'hunter2')
    }
  for (const odd of [undefined, null, 64, Buffer.alloc(64)])
    t.throws(() => checkSecretKeyBase(odd), { message: /and is no string; make one with/ })
  const { message } = t.throws(() => checkSecretKeyBase('')) as Error
  const program = /node -e "(.*)"$/.exec(message)?.[1] as string
  const made: string[] = []
  const console = { log: (text: string) => made.push(text) }
  const crypto = await import('node:crypto')
  new Function('require', 'console', program)(() => crypto, console)
  t.doesNotThrow(() => checkSecretKeyBase(made[0]), 'what it says works')
})

t.test('an endpoint that is printed does not show its secret', async t => {
  const app = endpoint({ secretKeyBase }, text('x'))
  for (const shown of [inspect(app), inspect({ app }, { depth: 9 }), JSON.stringify({ app }), String(app)])
    t.notMatch(shown, secretKeyBase)
  t.equal(app.options.secretKeyBase, secretKeyBase)
})

t.test('options are checked when the endpoint is made', async t => {
  t.throws(() => endpoint({ secretKeyBase: undefined }, text('x')), { message: /and is no string/ })
  t.throws(() => endpoint({}, 7 as never), { message: /^pipeline: plug 1 must be a function/ })
  t.throws(() => endpoint({ renderErrors: 'x' as never }, text('x')), {
    message: /^endpoint: renderErrors must be/,
  })
  t.throws(() => endpoint({}, undefined as never), { message: /^pipeline: plug 1 must be a function/ })
  const port = recordTelemetry()
  for (const telemetry of [
    null,
    true,
    () => undefined,
    {},
    { ...port, systemTime: 0 },
    { ...port, monotonicTime: undefined },
    { ...port, execute: null },
  ])
    t.throws(() => endpoint({ telemetry: telemetry as never }, text('x')), {
      name: 'TypeError',
      message:
        'endpoint: telemetry must be a telemetry port, such as telemetryTo(…) of plugboard/node: functions systemTime, monotonicTime and execute',
    })
})

t.test('endpointOf makes an app of any plug, and leaves an endpoint as it is', async t => {
  const app = endpoint({}, text('x'))
  t.equal(endpointOf(app), app)
  t.match(endpointOf(text('x')).run(blank), { respBody: 'x' })
  t.strictSame(endpointOf(text('x')).options, {})
})
