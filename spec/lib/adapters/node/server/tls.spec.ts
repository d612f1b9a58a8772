import t from 'tap'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { Agent, request } from 'undici'
import { attempt, json, pipeline, putRespCookie, stream, text, type Conn } from '../../../../../lib/index.js'
import { dial, headText, rejections, start, until } from '../support.js'

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../../../../spec/fixtures/${name}`, import.meta.url))
const key = fixture('tls-key.pem')
const cert = fixture('tls-cert.pem')
const tls = { key, cert }
const dispatcher = new Agent({ connect: { ca: cert, servername: 'localhost' } })
t.teardown(() => dispatcher.close())

t.test('an app is served over TLS, and its conns say so', async t => {
  const show = ({ scheme, host, port, remoteIp }: Conn) => ({ scheme, host, port, remoteIp })
  const app = (conn: Conn) => pipeline(putRespCookie('a', 'b'), json(show(conn)))(conn)
  const server = await start(t, app, { tls })
  t.equal(server.url, `https://127.0.0.1:${server.port}`)
  const { statusCode, headers, body } = await request(server.url, { dispatcher })
  t.equal(statusCode, 200)
  t.equal(headers['set-cookie'], 'a=b; path=/; secure; HttpOnly')
  t.same(await body.json(), { scheme: 'https', host: '127.0.0.1', port: server.port, remoteIp: '127.0.0.1' })
  const named = await request(server.url, { dispatcher, headers: { host: 'localhost' } })
  t.match(await named.body.json(), { host: 'localhost', port: 443 }, 'the port of https is 443')
})

t.test('large bodies and streams go through TLS', async t => {
  async function* pieces() {
    for (let i = 0; i < 50; i++) yield Buffer.alloc(100_000)
  }
  const large = await start(t, text('x'.repeat(5_000_000)), { tls })
  t.equal((await (await request(large.url, { dispatcher })).body.text()).length, 5_000_000)
  const streamed = await start(t, stream(200, pieces()), { tls })
  t.equal((await (await request(streamed.url, { dispatcher })).body.arrayBuffer()).byteLength, 5_000_000)
})

t.test('a stream that fails cuts a connection over TLS', async t => {
  async function* failing() {
    yield 'begun'
    throw new Error('oops')
  }
  const server = await start(t, stream(200, failing()), { tls })
  await t.rejects(request(server.url, { dispatcher }).then(({ body }) => body.text()))
  const server2 = await start(t, stream(200, failing()), { tls })
  const socket = connectSecurely({ port: server2.port, host: '127.0.0.1', ca: cert })
  socket.on('error', () => undefined)
  socket.resume().write('GET / HTTP/1.0\r\n\r\n')
  await until(() => socket.closed, 'HTTP/1.0 too')
})

t.test('what is no TLS does not harm the server', async t => {
  const server = await start(t, text('hello'), { tls })
  const line = await dial(t, server)
  line.send(headText('GET /'))
  t.notMatch(await line.closed(), /hello/)
  t.equal(await (await request(server.url, { dispatcher })).body.text(), 'hello')
  t.same(server.bugs, [])
})

t.test('a server over TLS stops, whatever its connections do', async t => {
  const server = await start(t, text('hello'), { tls, drainTimeout: 100 })
  const idle = connectSecurely({ port: server.port, host: '127.0.0.1', ca: cert })
  let answered = ''
  idle.setEncoding('utf8').on('data', (chunk: string) => (answered += chunk))
  idle.write(headText('GET /'))
  await until(() => answered.endsWith('hello'))
  const handshaking = connect(server.port, '127.0.0.1')
  handshaking.on('error', () => undefined)
  await new Promise(resolve => handshaking.once('connect', resolve))
  const begun = Date.now()
  await server.stop()
  t.ok(Date.now() - begun < 5_000)
  await until(() => idle.closed && handshaking.closed)
})

t.test('a server over TLS that stops finishes what is in flight', async t => {
  let asked = false
  const app = (conn: Conn) => {
    asked = true
    return attempt(() => sleep(700, text('done')(conn)))
  }
  const server = await start(t, app, { tls, drainTimeout: 5_000 })
  const answer = request(server.url, { dispatcher })
  await until(() => asked)
  const stop = server.stop()
  const { headers, body } = await answer
  t.equal(headers['connection'], 'close')
  t.equal(await body.text(), 'done')
  await stop
})

t.test('a handshake that takes too long is given up', async t => {
  const server = await start(t, text('hello'), { tls, headersTimeout: 100 })
  const line = await dial(t, server)
  await line.closed()
  t.equal(line.text(), '')
  const patient = await start(t, text('hello'), { tls, headersTimeout: 0 })
  t.equal(await (await request(patient.url, { dispatcher })).body.text(), 'hello')
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
