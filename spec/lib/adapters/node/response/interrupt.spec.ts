import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { telemetryTo } from '../../../../../lib/adapters/node.js'
import {
  assign,
  attempt,
  effect,
  endpoint,
  json,
  pipe,
  pipeline,
  putRespHeader,
  registerBeforeSend,
  stream,
  text,
  type Conn,
  type Effect,
} from '../../../../../lib/index.js'
import { answers, ask, dial, headText, readWhole, rejections, start, until } from '../support.js'

const get = headText('GET /')
const last = headText('GET /', 'Connection: close')
const post = (...headers: readonly string[]): string => headText('POST /', ...headers)

/** An effect that passes a conn on after some time. */
const after =
  (milliseconds: number) =>
  <C extends Conn>(conn: C): Effect<C> =>
    attempt(() => sleep(milliseconds, conn, { ref: false }))
const forever = after(60_000)

const cors = putRespHeader('access-control-allow-origin', '*')

/** An app whose error page shows what the conn of a failure holds. */
const appOf = (...plugs: readonly ((conn: Conn) => unknown)[]) => {
  const hooked: (number | undefined)[] = []
  const rendered: string[] = []
  const app = endpoint(
    {
      telemetry: telemetryTo(event => {
        if (event.name === 'plugboard.error_rendered')
          rendered.push(`${event.metadata.status} ${event.metadata.error._tag}`)
      }),
      renderErrors: error => conn => json({ error: error.message, assigns: conn.assigns })(conn),
    },
    pipeline(
      cors,
      registerBeforeSend((conn: Conn) => (hooked.push(conn.status), putRespHeader('x-hook', 'ran')(conn))),
      ...(plugs as readonly ((conn: Conn) => never)[]),
    ) as never,
  )
  return { app, hooked, rendered }
}

t.test('the deadline’s 503 is made of the newest conn, with its headers and hooks', async t => {
  const { app, hooked, rendered } = appOf(assign('first', 1), after(1), assign('second', 2), forever)
  const server = await start(t, app, { deadline: 60 })
  const line = await dial(t, server)
  line.send(get + last)
  const both = answers(await line.closed())
  for (const { status, headers, body } of both) {
    t.equal(status, 503)
    t.match(headers, { 'access-control-allow-origin': '*', 'x-hook': 'ran' })
    t.same(JSON.parse(body), { error: 'the app did not respond in time', assigns: { first: 1, second: 2 } })
  }
  t.equal(both[0]?.headers['connection'], 'keep-alive')
  t.equal(both.length, 2)
  t.same(hooked, [503, 503])
  t.same(rendered, ['503 AppError', '503 AppError'])
  t.match(server.bugs, [{ name: 'TimeoutError' }, { name: 'TimeoutError' }])
})

t.test('the newest conn is that of the innermost pending step', async t => {
  const inner = pipeline(assign('inner', true), forever)
  const { app } = appOf(pipeline(assign('outer', true), pipeline(inner)))
  const server = await start(t, app, { deadline: 60 })
  t.same(JSON.parse((await ask(t, server, get, /}}$/)).body).assigns, { outer: true, inner: true })
})

t.test('an app that has reached its hooks runs none of them again, and the rest for the 503', async t => {
  let others = 0
  const { app, hooked } = appOf(
    registerBeforeSend((conn: Conn) => forever(conn)),
    registerBeforeSend((conn: Conn) => (others++, conn)),
  )
  const server = await start(t, app, { deadline: 60 })
  const { status, headers, body } = await ask(t, server, get, /}$/)
  t.equal(status, 503)
  t.match(headers, { 'access-control-allow-origin': '*', 'content-type': /^application\/json/ })
  t.equal(JSON.parse(body).error, 'the app did not respond in time')
  t.equal(others, 1)
  t.equal(headers['x-hook'], 'ran')
  t.same(hooked, [503])
})

t.test('the hooks of a request run once, for the response that is sent', async t => {
  for (const slowPage of [false, true]) {
    const hooked: string[] = []
    let ended = 0
    const note = (name: string) =>
      registerBeforeSend((conn: Conn) => (hooked.push(`${name} ${conn.status}`), conn))
    const app = endpoint(
      { renderErrors: () => (slowPage ? pipeline(after(70), text('sorry')) : text('sorry')) },
      pipeline(
        note('first'),
        registerBeforeSend((conn: Conn) => (conn.path === '/hook' ? after(100)(conn) : conn)),
        note('last'),
        (conn: Conn) => (conn.path === '/plug' ? after(100)(conn) : conn),
        (conn: Conn) => (ended++, text('done')(conn)),
      ),
    )
    const server = await start(t, app, { deadline: 80 })
    t.equal((await ask(t, server, headText('GET /plug'), /sorry$/)).status, 503)
    await until(() => ended === 1, 'the app goes on')
    await sleep(20)
    t.same(hooked.splice(0), ['last 503', 'first 503'])
    t.equal((await ask(t, server, headText('GET /hook'), /sorry$/)).status, 503)
    await sleep(60)
    t.same(hooked, ['last 200', 'first 503'], 'those that were left')
  }
})

t.test('an error page that passes the deadline is replaced by a line of text', async t => {
  const app = endpoint(
    { renderErrors: () => pipeline(forever, text('sorry')) },
    pipeline(forever, text('done')),
  )
  const server = await start(t, app, { deadline: 60 })
  const line = await dial(t, server)
  line.send(get + last)
  const both = answers(await line.closed())
  t.match(both, [
    { status: 503, body: 'Service Unavailable\n' },
    { status: 503, body: 'Service Unavailable\n' },
  ])
  const late = endpoint({ renderErrors: () => pipeline(after(120), text('sorry')) }, () => {
    throw new Error('oops')
  })
  const second = await start(t, late, { deadline: 60 })
  t.match(await ask(t, second, get, /\n$/), { status: 503, body: 'Service Unavailable\n' })
  await sleep(200)
  t.match(second.bugs, [{ name: 'TimeoutError' }, { message: 'oops' }, { name: 'TimeoutError' }])
})

t.test('the deadline ends a stream that has no first chunk, and not one that has', async t => {
  let returned = 0
  let release = (): void => undefined
  const chunks = async function* (first: readonly string[]) {
    try {
      yield* first
      await new Promise<void>(resolve => (release = resolve))
      yield 'late'
    } finally {
      returned++
    }
  }
  for (const delay of [0, 500]) {
    const slow = delay === 0 ? (conn: Conn) => conn : after(delay)
    const { app, hooked } = appOf(slow, (conn: Conn) => stream(200, chunks([]))(conn))
    const server = await start(t, app, { deadline: 600 })
    const line = await dial(t, server)
    const began = performance.now()
    line.send(get)
    await line.expect(/}$/)
    t.ok(performance.now() - began < 1_050, 'the time of the app counts')
    t.match(answers(line.text()), [
      { status: 503, headers: { 'access-control-allow-origin': '*', connection: 'keep-alive' } },
    ])
    t.same(hooked, [200], 'hooks run once')
    t.match(server.bugs, [{ name: 'TimeoutError' }])
    release()
    await until(() => returned === 1, 'the stream is closed')
    returned = 0
    line.send(last)
    await until(() => answers(line.text()).length === 2)
    release()
    await until(() => returned === 1)
    returned = 0
  }
  const begun = await start(t, (conn: Conn) => stream(200, chunks(['begun']))(conn), { deadline: 30 })
  const line = await dial(t, begun)
  line.send(last)
  await line.expect(/begun/)
  await sleep(80)
  release()
  t.match(answers(await line.closed()), [{ status: 200, body: 'begunlate' }])
  t.same(begun.bugs, [])
  const flushed = await start(t, (conn: Conn) => stream(200, chunks([]), { flushHeaders: true })(conn), {
    deadline: 30,
  })
  const second = await dial(t, flushed)
  second.send(last)
  await second.expect(/\r\n\r\n$/)
  await sleep(80)
  release()
  t.match(answers(await second.closed()), [{ status: 200, body: 'late' }])
})

t.test('what an interrupted stream fails with later is not sent', async t => {
  const app = (conn: Conn) =>
    stream(200, {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((_, reject) => conn.signal.addEventListener('abort', () => reject(conn.signal.reason))),
      }),
    })(conn)
  const server = await start(t, app, { deadline: 30 })
  const line = await dial(t, server)
  line.send(get)
  await line.expect(/\n$/)
  await sleep(30)
  t.equal(answers(line.text()).length, 1)
  t.match(server.bugs, [{ name: 'TimeoutError' }])
})

const apps = [
  ['an app that reads', readWhole()],
  ['an app that does something else', forever],
] as const
const malformed = [
  ['a malformed chunk', `${post('Transfer-Encoding: chunked')}5\r\nhello\r\nxyz\r\n`, 400],
  ['an extension that is too large', `${post('Transfer-Encoding: chunked')}5;${'a'.repeat(20_000)}\r\n`, 413],
  ['a body that is too slow', `${post('Content-Length: 10')}hello`, 408],
] as const

for (const [what, plug] of apps)
  for (const [failure, sent, status] of malformed)
    t.test(`${what}: ${failure} is a ${status} of the app`, async t => {
      let asked = false
      const { app, hooked, rendered } = appOf((conn: Conn) => ((asked = true), conn), plug)
      const server = await start(t, app, { requestTimeout: 300, headersTimeout: 300 })
      const line = await dial(t, server)
      const head = sent.indexOf('\r\n\r\n') + 4
      line.send(sent.slice(0, head))
      await until(() => asked)
      line.send(sent.slice(head))
      const [answer] = answers(await line.closed())
      t.match(answer, {
        status,
        headers: { 'access-control-allow-origin': '*', 'x-hook': 'ran', connection: 'close' },
        body: /^{"error":"[^"]+","assigns":{}}$/,
      })
      t.same(hooked, [status])
      t.equal(rendered.length, 1)
      t.same(server.bugs, [])
      t.equal(line.failure(), undefined, 'the client is not reset')
    })

t.test('a malformed body in the same packet as its head never reaches the app', async t => {
  let asked = 0
  const { app, hooked } = appOf((conn: Conn) => (asked++, conn), forever)
  const server = await start(t, app)
  const line = await dial(t, server)
  line.send(malformed[0][1])
  t.match(answers(await line.closed()), [
    { status: 400, headers: { 'access-control-allow-origin': '*', connection: 'close' } },
  ])
  t.same(hooked, [400])
  t.equal(asked, 1, 'but the plugs before the first effect put their headers')
})

t.test('a client that keeps sending after a malformed chunk gets the response, and is not reset', async t => {
  const { app } = appOf(readWhole())
  const server = await start(t, app)
  const line = await dial(t, server)
  line.socket.pause()
  line.send(malformed[0][1])
  for (let i = 0; i < 20; i++) {
    line.send('x'.repeat(1_000))
    await sleep(10)
  }
  line.socket.resume()
  t.match(answers(await line.closed()), [{ status: 400, body: /}$/ }])
  t.equal(line.failure(), undefined)
  line.socket.end()
})

t.test('an app that recovers from a malformed body does not change the response', async t => {
  let reading = false
  const recovering = (conn: Conn) =>
    pipe(
      effect.of(conn),
      effect.chain(() => async () => {
        reading = true
        await conn.body.bytes()()
        return { _tag: 'Right', right: text('fine')(conn) } as const
      }),
    )
  const { app, hooked } = appOf(recovering)
  const server = await start(t, app)
  const line = await dial(t, server)
  line.send(post('Transfer-Encoding: chunked'))
  await until(() => reading)
  line.send('xyz\r\n')
  t.match(answers(await line.closed()), [{ status: 400, headers: { 'access-control-allow-origin': '*' } }])
  t.same(hooked, [200], 'its hooks had run')
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
