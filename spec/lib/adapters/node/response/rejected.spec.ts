import t from 'tap'
import { rejectedConn } from '../../../../../lib/adapters/node/response/rejected.js'
import {
  assign,
  attempt,
  endpoint,
  fail,
  halt,
  json,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  registerBeforeSend,
  text,
  when,
  type Conn,
} from '../../../../../lib/index.js'
import { conn } from '../../../../../lib/testing/index.js'
import { requestId } from '../../../../../plugs/request-id.js'
import { answers, dial, headText, start } from '../support.js'

const start1 = conn('GET', '/')
const header = (name: string) => putRespHeader(name, 'put')
const has = (made: Conn, name: string): boolean => made.respHeaders.get(name) === 'put'

t.test('the plugs before the last one are applied', async t => {
  const made = rejectedConn([header('x-a'), assign('b', 1), header('x-last')], start1)
  t.ok(has(made, 'x-a'))
  t.same(made.assigns, { b: 1 })
  t.notOk(has(made, 'x-last'))
  t.equal(rejectedConn([], start1), start1)
  t.equal(rejectedConn([text('hello')], start1), start1)
})

t.test('an async plug by mistake: its rejection harms nothing', async t => {
  const unhandled: unknown[] = []
  const listen = (cause: unknown) => void unhandled.push(cause)
  process.on('unhandledRejection', listen)
  const load = async (): Promise<never> => {
    throw new Error('no one waits for this')
  }
  t.ok(has(rejectedConn([header('x-a'), load as never, text('hello')], start1), 'x-a'))
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  t.strictSame(unhandled, [])
})

t.test(
  'up to an effect, which is not executed, a response, a halt, a failure, an exception or a value that is not a conn',
  async t => {
    let executed = 0
    const ends: readonly ((conn: Conn) => unknown)[] = [
      c => attempt(async () => (executed++, c)),
      text('hello'),
      halt,
      c => pipe(c, text('hello'), halt),
      c => fail(c, plugError(401, 'No', 'no')),
      () => {
        throw new Error('oops')
      },
      () => undefined,
      c => ({ ...c }),
      c => Object.create(c) as Conn,
    ]
    for (const end of ends) {
      const made = rejectedConn([header('x-a'), end, header('x-b'), text('last')], start1)
      t.ok(has(made, 'x-a'))
      t.notOk(has(made, 'x-b'))
      t.match(made, { halted: false, status: undefined, respBody: undefined, error: undefined })
    }
    t.equal(executed, 0)
  },
)

t.test(
  'the response to a rejected request has the headers and hooks of the plugs before the handler',
  async t => {
    const log: string[] = []
    let handled = 0
    const app = endpoint(
      { renderErrors: error => c => json({ error: error.message })(c) },
      pipeline(
        putRespHeader('access-control-allow-origin', '*'),
        requestId,
        registerBeforeSend((c: Conn) => (log.push(`${c.method} ${c.status}`), c)),
        when(c => c.method === 'OPTIONS', pipeline(putRespHeader('x-preflight', 'yes'), text(''), halt)),
        (c: Conn) => (handled++, text('hello')(c)),
      ),
    )
    const server = await start(t, app)
    const rejected: readonly (readonly [request: string, status: number])[] = [
      [headText(`GET /${'a'.repeat(9_000)}`), 414],
      [headText(`OPTIONS /${'a'.repeat(9_000)}`), 414],
      ['PUT / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
      [headText('POST /', 'Transfer-Encoding: gzip, chunked'), 501],
      [headText('POST /', 'Expect: the-impossible', 'Content-Length: 5'), 417],
    ]
    for (const [request, status] of rejected) {
      log.length = 0
      const line = await dial(t, server)
      line.send(request)
      const [answer] = answers(await line.closed())
      t.match(answer, {
        status,
        headers: {
          'access-control-allow-origin': '*',
          'x-request-id': /./,
          'content-type': 'application/json; charset=utf-8',
          connection: 'close',
        },
      })
      t.equal(answer?.headers['x-preflight'], undefined)
      t.same(log, [`${request.split(' ')[0]} ${status}`])
    }
    t.equal(handled, 0)
    t.same(server.bugs, [])
  },
)
