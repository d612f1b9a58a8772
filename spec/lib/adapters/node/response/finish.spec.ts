// A response while its request is still being sent.
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { attempt, pipeline, putRespHeader, resp, stream, text } from '../../../../../lib/index.js'
import { answers, dial, headText, rejections, start } from '../support.js'

const post = (...headers: readonly string[]): string => headText('POST /', ...headers)

async function* pieces() {
  yield 'a'
  yield 'b'
}

t.test('a little that is left unread keeps the connection', async t => {
  const server = await start(t, conn => text(conn.method)(conn))
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 200000')}${'x'.repeat(100)}`)
  t.match(answers(await line.expect(/POST$/)), [{ status: 200, headers: { connection: 'keep-alive' } }])
  line.send('x'.repeat(199_900))
  line.send(headText('GET /'))
  t.match(answers(await line.expect(/GET$/)), [{ body: 'POST' }, { body: 'GET' }])
})

t.test('a little that never comes ends the connection after a while', async t => {
  const server = await start(t, text('hello'), { keepAliveTimeout: 1 })
  const line = await dial(t, server)
  line.send(post('Content-Length: 10'))
  await line.expect(/hello$/)
  t.match(answers(await line.closed()), [{ status: 200 }])
})

t.test('much that is left unread ends the connection, and the client gets the response whole', async t => {
  const framings = ['Content-Length: 100000000', 'Transfer-Encoding: chunked']
  const apps = {
    text: text('the end'),
    large: text(`${'a'.repeat(100_000)}the end`),
    nothing: resp(204, ''),
    bytes: resp(200, Buffer.from('the end')),
    stream: stream(200, { [Symbol.asyncIterator]: pieces }),
  }
  const check = async (name: keyof typeof apps, framing: string): Promise<void> => {
    const server = await start(t, apps[name])
    const line = await dial(t, server)
    line.send(post(framing))
    for (let i = 0; i < 50; i++)
      line.send(framing.startsWith('T') ? `186a0\r\n${'x'.repeat(100_000)}\r\n` : 'x'.repeat(100_000))
    const [answer] = answers(await line.closed())
    t.match(answer, { headers: { connection: 'close' } }, `${name}, ${framing}`)
    if (name !== 'nothing') t.match(answer?.body, /(the end|ab)$/)
    t.equal(line.failure(), undefined, 'it is not reset')
  }
  const names = Object.keys(apps) as (keyof typeof apps)[]
  await Promise.all(names.flatMap(name => framings.map(framing => check(name, framing))))
})

t.test('a client that reads nothing before it has sent all gets its response', async t => {
  const server = await start(t, text('too much for me'))
  const body = Buffer.alloc(20_000_000)
  for (let i = 0; i < 3; i++) {
    const answer = await request(server.url, { method: 'POST', body })
    t.equal(await answer.body.text(), 'too much for me')
  }
})

t.test('a response that waits for the rest of its request does not wait for ever', async t => {
  const server = await start(t, text('hello'))
  const line = await dial(t, server)
  line.send(post('Content-Length: 10000000'))
  await line.expect(/hello$/)
  await line.closed()
  t.pass('it has ended')
})

t.test('an app that closes the connection itself closes it whole', async t => {
  const server = await start(t, pipeline(putRespHeader('connection', 'close'), text('hello')))
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 10')}abc`)
  await line.expect(/hello$/)
  line.send('defghij')
  t.match(answers(await line.closed()), [{ status: 200, headers: { connection: 'close' } }])
  t.equal(line.failure(), undefined)
})

t.test('a signal does not fire because the client goes while the rest is thrown away', async t => {
  let fired = false
  const server = await start(t, conn => {
    conn.signal.addEventListener('abort', () => (fired = true))
    return text('hello')(conn)
  })
  const line = await dial(t, server)
  line.send(post('Content-Length: 10000000'))
  await line.expect(/hello$/)
  line.socket.destroy()
  await sleep(50)
  t.notOk(fired)
})

t.test('what is left unread of a slow answer is thrown away too', async t => {
  const server = await start(t, conn => attempt(() => sleep(30, text(conn.method)(conn))))
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 5')}hello${headText('GET /')}`)
  t.match(answers(await line.expect(/GET$/)), [{ body: 'POST' }, { body: 'GET' }])
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
