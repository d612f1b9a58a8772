import t from 'tap'
import {
  fail,
  fetchQueryParams,
  noRoute,
  pipe,
  pipeline,
  plugError,
  putRespCookie,
  putRespHeader,
  registerBeforeSend,
  text,
  type Conn,
} from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { conn, run } from '../../lib/testing/index.js'
import {
  logger,
  parsers,
  requestId,
  type LoggerOptions,
  type LogPort,
  type LogRecord,
} from '../../plugs/index.js'

/** A port that keeps what is written. */
const keeping = (): { readonly records: LogRecord[]; readonly port: LogPort } => {
  const records: LogRecord[] = []
  return { records, port: { write: record => () => void records.push(record) } }
}

const logged = (
  plug: (conn: Conn) => unknown,
  request: Conn,
  options: Partial<LoggerOptions> = {},
): LogRecord => {
  const { records, port } = keeping()
  run(pipeline(logger({ to: port, ...options }), plug as (conn: Conn) => Conn))(request)
  if (records.length !== 1) throw new Error(`${records.length} records`)
  return records[0] as LogRecord
}

const routed = (pattern: string, pathParams: Conn['pathParams'], path: string): Conn =>
  ConnRecord.route(conn('GET', path), { method: 'GET', pattern, metadata: {} }, pathParams, pathParams)

t.test('a request is one record', async t => {
  t.strictSame(
    logged(text('hello'), conn('GET', '/greet?name=Ada', { now: 1000, remoteIp: '203.0.113.9' })),
    {
      level: 'info',
      startedAt: 1000,
      method: 'GET',
      path: '/greet',
      status: 200,
      remoteIp: '203.0.113.9',
    },
  )
})

t.test('the record holds what is known: request id, route, parameters', async t => {
  const request = routed('/users/:id', { id: '7' }, '/users/7?page=2')
  const record = logged(pipeline(requestId, fetchQueryParams, text('ok')), request)
  t.match(record, { route: '/users/:id', requestId: /^[\w-]{20}$/ })
  t.strictSame({ ...record.params }, { page: '2', id: '7' })
  const other = logged(pipeline(putRespHeader('x-trace', 'abc'), text('ok')), request, {
    requestIdHeader: 'x-trace',
  })
  t.equal(other.requestId, 'abc')
})

t.test('a failure is named by its tag, or by its own name', async t => {
  t.match(
    logged(c => fail(c, noRoute('nothing here')), conn('GET', '/')),
    { status: 404, error: 'NoRoute', level: 'info' },
  )
  t.match(
    logged(c => fail(c, plugError(409, 'Taken', 'taken')), conn('GET', '/')),
    { status: 409, error: 'Taken' },
  )
  const thrown = logged(
    () => {
      throw new Error('a secret of the program')
    },
    conn('GET', '/'),
  )
  t.match(thrown, { status: 500, error: 'Exception', level: 'error' })
  t.notMatch(JSON.stringify(thrown), 'a secret')
})

t.test('the level is as asked for, and error from 500 on', async t => {
  t.equal(logged(text('ok'), conn('GET', '/'), { level: 'debug' }).level, 'debug')
  t.equal(
    logged(c => fail(c, plugError(503, 'Down', 'down')), conn('GET', '/'), { level: 'debug' }).level,
    'error',
  )
})

t.test('it sees what every other hook leaves', async t => {
  const hooked = pipeline(
    registerBeforeSend(c => fail(c, plugError(418, 'Teapot', 'short and stout'))),
    text('ok'),
  )
  t.match(logged(hooked, conn('GET', '/')), { status: 418, error: 'Teapot' })
})

t.test('nothing is written before the effect is executed', async t => {
  const { records, port } = keeping()
  const registered = logger({ to: port })(conn('GET', '/'))
  const hook = registered.beforeSend[0] as (conn: Conn) => unknown
  t.type(hook(pipe(registered, text('ok'))), 'function')
  t.equal(records.length, 0)
})

t.test('headers, cookies, bodies and the session are never in it', async t => {
  const request = conn('POST', '/', {
    headers: { authorization: 'Bearer hunter2', 'user-agent': 'hunter2' },
    cookies: { id: 'hunter2' },
    form: { password: 'hunter2', 'user[Password-Confirmation]': 'hunter2' },
  })
  const plug = pipeline(
    parsers(),
    putRespCookie('sid', 'hunter2'),
    putRespHeader('x-a', 'hunter2'),
    text('hunter2'),
  )
  t.notMatch(JSON.stringify(logged(plug, request)), 'hunter2')
})

t.test('parameters that are secrets are blanked out, in the path too', async t => {
  const record = logged(
    text('ok'),
    routed('/reset/:token/x/:id', { token: 'a b', id: '7' }, '/reset/a%20b/x/7'),
  )
  t.equal(record.path, '/reset/[FILTERED]/x/7')
  t.strictSame({ ...record.params }, { token: '[FILTERED]', id: '7' })
  t.equal(
    logged(text('ok'), routed('/secret/*secrets', { secrets: ['one', 'two', ''] }, '/secret/one/two')).path,
    '/secret/[FILTERED]/[FILTERED]',
  )
  t.equal(
    logged(text('ok'), routed('/t/:token', { token: '%' }, '/t/%')).path,
    '/t/[FILTERED]',
    'even one that does not decode',
  )
  t.equal(logged(text('ok'), routed('/t/:token', { token: '' }, '/t/x')).path, '/t/x')
})

t.test('what is filtered can be said', async t => {
  const request = conn('GET', '/?name=Ada&age=36&token=x')
  const plug = pipeline(fetchQueryParams, text('ok'))
  const params = (filterParameters: LoggerOptions['filterParameters']) => ({
    ...logged(plug, request, filterParameters && { filterParameters }).params,
  })
  t.strictSame(params(undefined), { name: 'Ada', age: '36', token: '[FILTERED]' })
  t.strictSame(params(['AGE']), { name: 'Ada', age: '[FILTERED]', token: 'x' })
  t.strictSame(params([]), { name: 'Ada', age: '36', token: 'x' })
  t.strictSame(params({ keep: ['age'] }), { name: '[FILTERED]', age: '36', token: '[FILTERED]' })
})

t.test('options are checked when the plug is built', async t => {
  const { port } = keeping()
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, 'logger: to must be a log port'],
    [{ to: 'stdout' }, 'logger: to must be a log port'],
    [{ to: {} }, 'logger: to must be a log port'],
    [{ to: port, level: 'loud' }, "logger: level must be 'debug', 'info', 'warn' or 'error'"],
    [
      { to: port, filterParameters: 'password' },
      'logger: filterParameters must be an array of strings, or { keep }',
    ],
    [
      { to: port, filterParameters: [''] },
      'logger: filterParameters must be an array of strings, or { keep }',
    ],
    [{ to: port, filterParameters: { keep: [], drop: [] } }, 'logger: filterParameters must be'],
    [{ to: port, filterParameters: { drop: [] } }, 'logger: filterParameters must be'],
    [{ to: port, requestIdHeader: 'X-Id' }, 'logger: requestIdHeader must be a header name'],
    [{ to: port, metadata: [] }, 'logger: unknown option metadata'],
  ]
  for (const [options, message] of wrong)
    t.throws(() => logger(options as LoggerOptions), { message: new RegExp(`^${message}`) })
})
