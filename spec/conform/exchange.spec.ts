// The suite notices responses that break HTTP: each is sent by a server that knows nothing but its bytes.
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { get, ok, request, type Case } from './case.js'
import { exchange } from './exchange.js'
import { problemsOf } from './run.js'

const date = 'date: Sun, 06 Nov 1994 08:49:37 GMT'
const probed = ['HTTP/1.1 200 OK', date, 'content-length: 5', 'connection: close', '', 'probe'].join('\r\n')

/** Sends the bytes after the first request, and answers what follows, unless it then closes. */
const ask = async (bytes: string, test: Partial<Case> = {}, closes = false): Promise<readonly string[]> => {
  const server = createServer(socket => {
    let answered = false
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (answered) socket.end(probed)
      else if (closes) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
      answered = true
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const whole: Case = { id: 'a/b', rule: 'a', ...ok(get('/x')), ...test }
  const done = await exchange((server.address() as AddressInfo).port, whole, 1)
  await new Promise(resolve => server.close(resolve))
  return problemsOf(whole, done, [])
}
const response = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', date, ...lines].join('\r\n')
const sound = response('content-length: 2', '', 'ok')

t.test('a sound response has no problem', async t => {
  t.strictSame(await ask(sound), [])
  t.strictSame(await ask(response('transfer-encoding: chunked', '', '2', 'ok', '0', '', '')), [])
  t.strictSame(
    await ask(response('connection: close', '', 'ok'), { connection: 'closed', body: 'ok' }, true),
    [],
  )
  t.strictSame(await ask(response('content-length: 2', '', ''), { send: request('HEAD', '/x') }), [])
})

const broken: Readonly<
  Record<string, readonly [bytes: string, problem: RegExp, test?: Partial<Case>, closes?: boolean]>
> = {
  'a missing date': [sound.replace(`${date}\r\n`, ''), /with the dates \[\]/],
  'a date in another form': [
    sound.replace('06 Nov 1994 08:49:37 GMT', '6 Nov 1994 08:49:37 GMT'),
    /with the dates/,
  ],
  'a length twice': [
    response('content-length: 2', 'content-length: 2', '', 'ok'),
    /content-length is sent twice/,
  ],
  'a length and a coding': [
    response('content-length: 2', 'transfer-encoding: chunked', '', '2', 'ok', '0', '', ''),
    /a length and a transfer coding/,
  ],
  'a bare CR in a value': [response('x: a\rb', 'content-length: 2', '', 'ok'), /field "x: a\\rb"/],
  'a space before a colon': [response('x : a', 'content-length: 2', '', 'ok'), /field "x : a"/],
  'a folded header': [response('x: a', ' b', 'content-length: 2', '', 'ok'), /field " b"/],
  'another version': [sound.replace('HTTP/1.1', 'HTTP/1.0'), /status line/],
  'no space after the status': [sound.replace('200 OK', '200'), /status line/],
  'a 204 with a length': [
    response('content-length: 0', '', '').replace('200 OK', '204 x'),
    /204 with a framed body/,
    { status: 204 },
  ],
  'a 100 with a length': [
    `HTTP/1.1 100 x\r\ncontent-length: 0\r\n\r\n${sound}`,
    /a 100 with a framed body/,
    { interim: [100] },
  ],
  'malformed chunks': [
    response('transfer-encoding: chunked', '', '2', 'okk', '0', '', ''),
    /chunks|missing|in time/,
  ],
  'a body that is cut': [response('content-length: 3', '', 'ok'), /shorter than its length/, {}, true],
  'a body of HEAD': [sound, /bytes after|status line|no answer/, { send: request('HEAD', '/x') }],
  'a response too many': [sound + sound, /the statuses are \[200,200\]/],
  'an end without close': [sound, /does not say so/, {}, true],
  'a 405 without Allow': [sound.replace('200 OK', '405 x'), /405 without Allow/, { status: 405 }],
  'another status': [sound.replace('200', '201'), /the status is 201/],
  'an interim response': [`HTTP/1.1 100 x\r\n\r\n${sound}`, /the interim responses are \[100\]/],
  'another body': [sound, /the body is "ok"/, { body: 'no' }],
  'a header that must not be': [sound, /content-length is "2"/, { headers: { 'content-length': false } }],
  'a header that must be': [sound, /x is missing/, { headers: { x: true } }],
  'another value': [sound, /content-length is \["2"\]/, { headers: { 'content-length': '3' } }],
  'an app that was not called': [sound, /the app was not called/, { app: { path: '/x' } }],
  'an open connection': [sound, /the connection is open/, { connection: 'closed' }],
}

for (const [name, [bytes, problem, test, closes]] of Object.entries(broken))
  t.test(`${name} is a problem`, async t => {
    t.match((await ask(bytes, test, closes)).join('; '), problem)
  })

t.test('what the app saw is compared', async t => {
  const seen = {
    method: 'GET',
    path: '/y',
    segments: ['y'],
    query: '',
    scheme: 'http',
    host: 'a.test',
    port: 80,
    version: '1.1',
    headers: { x: '1' },
  }
  const done = { answers: [], closed: true, problems: [] }
  const problems = (test: Partial<Case>): string =>
    problemsOf({ id: 'a/b', rule: 'a', send: '', status: 0, ...test }, done, [seen]).join('; ')
  t.equal(problems({ app: { path: '/y', headers: { x: '1' }, segments: ['y'] }, paths: ['/y'] }), '')
  t.match(problems({ app: { path: '/x' } }), /the app saw the path "\/y"/)
  t.match(problems({ app: { headers: { x: '2' } } }), /the app saw x: "1"/)
  t.match(problems({ app: false }), /the app was called for \["\/y"\]/)
  t.match(problems({ paths: ['/x'] }), /the app was called for \["\/y"\]/)
  const smuggled = problemsOf({ id: 'a/b', rule: 'a', send: '', status: 0 }, done, [
    { ...seen, path: '/smuggled' },
  ])
  t.strictSame(smuggled, ['the app was called for what was smuggled in'])
})
