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
  plugError,
  putRespCookie,
  registerBeforeSend,
  rescue,
  text,
  type Conn,
  type Responded,
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
  const shape = 'endpoint: url must be an origin (http or https, a host and optionally a port)'
  for (const [url, rest] of [
    [undefined, ", such as 'https://example.com', got undefined"],
    [7, ", such as 'https://example.com', got 7"],
    ['example.com', `, such as 'https://example.com', got "example.com"`],
    ['ftp://example.com', `, such as 'https://example.com', got "ftp://example.com"`],
    ['https://Example.com:443/', `, written 'https://example.com', got "https://Example.com:443/"`],
    ['https://a:b@example.com?c', `, written 'https://example.com', got a string of 25 characters`],
    [
      'https://example.com/app',
      ' without a path: mount an app that lives under a path with forward, got "https://example.com/app"',
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
      const thrown = t.throws(check, { name: 'TypeError', message: /^(endpoint: )?secretKeyBase must be a string of at least 64 bytes, got one of \d+ bytes; make one with: node -e/ }) as Error // prettier-ignore
      t.notMatch(inspect(thrown), 'hunter2')
    }
  for (const odd of [undefined, null, 64, Buffer.alloc(64)])
    t.throws(() => checkSecretKeyBase(odd), { message: /got \S.*; make one with/ })
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
  t.throws(() => endpoint({ secretKeyBase: undefined }, text('x')), {
    message: /^endpoint: secretKeyBase must be a string of at least 64 bytes, got undefined/,
  })
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
        'endpoint: telemetry must be a telemetry port, such as telemetryTo(…) of plugboard/node, with the functions systemTime, monotonicTime and execute',
    })
})

t.test('endpointOf makes an app of any plug, and leaves an endpoint as it is', async t => {
  const app = endpoint({}, text('x'))
  t.equal(endpointOf(app), app)
  t.match(endpointOf(text('x')).run(blank), { respBody: 'x' })
  t.strictSame(endpointOf(text('x')).options, {})
})

// --- exceptions

class NoSuchRow extends Error {}
const refused = plugError(404, 'NoSuchRow', 'Not here')
const exceptions = (thrown: unknown) => (thrown instanceof NoSuchRow ? refused : undefined)
const row = new NoSuchRow('row 7 of table secrets')
const throwing = (): Responded => {
  throw row
}

t.test('an exception is answered as the failure that the app knows it as', async t => {
  for (const plug of [
    throwing,
    () => throwing,
    () => attempt(() => Promise.reject(row)),
    pipeline(registerBeforeSend(throwing as never), text('x')),
  ]) {
    const done = await endpoint({ exceptions }, plug as never).run(blank)
    t.match(done, { status: 404, respBody: 'Not here\n', error: { _tag: 'AppError', name: 'NoSuchRow' } })
    t.equal(done.error?.cause, row, 'what was thrown is the cause')
  }
  const other = endpoint({ exceptions }, () => {
    throw new RangeError('a bug')
  })
  t.match(other.run(blank), { status: 500, error: { _tag: 'Exception', cause: { message: 'a bug' } } })
})

t.test('it is asked once for each exception, and for nothing else', async t => {
  const asked: unknown[] = []
  const ask = (thrown: unknown) => {
    asked.push(thrown)
    return undefined
  }
  const ran = (plug: unknown, options = {}) =>
    endpoint({ exceptions: ask, ...options }, plug as never).run(blank)
  ran(throwing)
  t.strictSame(asked, [row])
  asked.length = 0
  ran(throwing, { renderErrors: () => throwing })
  t.strictSame(asked, [row], 'not for what renders')
  asked.length = 0
  ran(
    pipeline(
      registerBeforeSend(throwing as never),
      registerBeforeSend((conn: Conn) => conn),
      throwing,
    ),
  )
  t.equal(asked.length, 2, 'once for the app, once for the hook')
  asked.length = 0
  for (const plug of [
    text('x'),
    (conn: Conn) => fail(conn, badRequest('no')),
    (conn: Conn) => conn,
    rescue(() => text('x'))(throwing as never),
    () => {
      throw Object.assign(new Error('x'), { plugStatus: 404 })
    },
    () => {
      throw badRequest('no')
    },
  ])
    ran(plug)
  t.strictSame(asked, [])
})

t.test('telemetry, renderErrors and hooks see the failure that it stands for', async t => {
  const port = recordTelemetry()
  const seen: unknown[] = []
  const app = endpoint(
    {
      exceptions,
      telemetry: port,
      renderErrors: error => {
        seen.push(error)
        return text(error.message)
      },
    },
    pipeline(
      registerBeforeSend((conn: Conn) => {
        seen.push(conn.error)
        return conn
      }),
      throwing,
    ),
  )
  t.match(app.run(blank), { status: 404, respBody: 'Not here' })
  t.match(seen, [
    { name: 'NoSuchRow', cause: row },
    { name: 'NoSuchRow', cause: row },
  ])
  t.match(
    port.events.filter(({ name }) => name === 'plugboard.error_rendered').map(({ metadata }) => metadata),
    [{ status: 404, error: { name: 'NoSuchRow', cause: row } }],
  )
})

t.test('a failure that has a cause of its own keeps it', async t => {
  const cause = new Error('better')
  const app = endpoint({ exceptions: () => plugError(409, 'X', 'x', { cause }) }, throwing)
  t.equal((app.run(blank) as Conn).error?.cause, cause)
})

t.test('exceptions that throws, or returns something else, leaves a 500 whose cause says both', async t => {
  const refuse = (): never => {
    throw new Error('a trap')
  }
  const hostile = new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse })
  const odd: readonly (readonly [unknown, RegExp])[] = [
    [refuse, /^endpoint: exceptions threw Error: a trap/],
    [() => 404, /must return a PlugError or undefined, and returned a number$/],
    [() => null, /and returned null$/],
    [() => new Error('x'), /and returned an object/],
    [() => ({ status: 404 }), /and returned an object/],
    [async () => refused, /and returned a promise$/],
    [() => Promise.reject(new Error('late')), /and returned a promise$/],
    [() => hostile, /and returned an object that cannot be read/],
    [
      () => {
        throw hostile
      },
      /^endpoint: exceptions threw a value that cannot be read$/,
    ],
  ]
  for (const [exceptions, message] of odd) {
    const done = await endpoint({ exceptions: exceptions as never }, throwing).run(blank)
    t.match(done, { status: 500, respBody: 'Internal Server Error\n', error: { _tag: 'Exception' } })
    const cause = done.error?.cause as Error
    t.match(cause, { name: 'TypeError', message, cause: row })
    t.match(cause.stack, 'row 7 of table secrets', 'the log has what was thrown, too')
  }
})

t.test('exceptions of an endpoint inside another are not asked; the outer one is', async t => {
  const inner = endpoint({ exceptions: () => plugError(409, 'Inner', 'inner') }, throwing)
  t.match(endpoint({ exceptions }, inner).run(blank), { status: 404 })
  t.match(endpoint({}, inner).run(blank), { status: 500 })
})

t.test('exceptions must be a function', async t => {
  for (const odd of [null, 7, {}, 'x'])
    t.throws(() => endpoint({ exceptions: odd as never }, text('x')), {
      name: 'TypeError',
      message: 'endpoint: exceptions must be a function from what was thrown to a PlugError or undefined',
    })
})
