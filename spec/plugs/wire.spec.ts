// Files and bodies over a real socket, as Plug answers them on Bandit; headers that each server words in its own way are
// not compared.
import t from 'tap'
import { readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { halt, json, pipeline, when, resp, type Conn } from '../../lib/index.js'
import { directory, serve } from '../../lib/adapters/node.js'
import { fileEtag } from '../../lib/http/etag.js'
import { head, parsers, staticFiles } from '../../plugs/index.js'
import { exchange } from '../support/raw-http.js'
import { fixture } from './vectors.js'

interface Case {
  readonly name: string
  readonly request: string
  readonly response: string
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../spec/fixtures/wire.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

const bytesOf = (path: string): string =>
  Buffer.from(fixture.find(file => file.path === path)?.body_hex ?? '', 'hex').toString('latin1')
const names = ['hello.txt', 'digits.txt', 'app.js', 'app.js.gz']
const base = t.testdir({
  served: Object.fromEntries(names.map(name => [name, bytesOf(name)])),
  'secret_outside.txt': 'secret',
})
const written = new Date(Date.UTC(2024, 0, 2, 3, 4, 5))
for (const name of names) utimesSync(join(base, 'served', name), written, written)

/** Where the RFC asks for another answer than Plug's. */
const statuses: Readonly<Record<string, readonly [why: string, status: number]>> = {
  'static range start == size': ['RFC 9110 §15.5.17', 416],
  'static range beyond the end': ['RFC 9110 §15.5.17', 416],
}

const params = pipeline(parsers(), (conn: Conn) => json(conn.params)(conn))
const isFor = (segment: string) => (conn: Conn) => conn.segments[0] === segment
const app = pipeline(
  staticFiles({ at: '/s', from: directory(join(base, 'served')), gzip: true }),
  head,
  when(isFor('params'), pipeline(params, halt)),
  when(isFor('page'), resp(200, 'a page')),
)

const started = await serve(app, { port: 0, host: '127.0.0.1', stopOn: [] })()
if (started._tag === 'Left') throw new Error(started.left.message)
const server = started.right
t.teardown(server.stop)

const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text.slice(0, text.indexOf('\r\n\r\n') + 2))?.[1]

t.test('exchanges are as Plug has them on Bandit', async t => {
  for (const { name, request, response } of cases) {
    if (!/^(static|params)/.test(name)) continue
    const answer = await exchange(server.port, request, { silence: 100 })
    const expected = statuses[name]?.[1] ?? Number(response.slice(9, 12))
    t.equal(answer.status, expected, `${name}: status`)
    if (expected >= 400) continue
    for (const header of ['content-length', 'cache-control', 'content-encoding', 'accept-ranges'])
      if (!name.startsWith('params') || header === 'content-length')
        t.equal(answer.headers[header], field(response, header), `${name}: ${header}`)
    const body = response.slice(response.indexOf('\r\n\r\n') + 4)
    if (name.startsWith('params')) t.same(JSON.parse(answer.body), JSON.parse(body), name)
    else t.equal(answer.body, body, `${name}: body`)
  }
})

const get = (path: string, headers: string, method = 'GET') =>
  exchange(server.port, `${method} ${path} HTTP/1.1\r\nHost: x.test\r\n${headers}\r\n`, { silence: 100 })

t.test('a file is asked for again by its validators, and in parts', async t => {
  const etag = fileEtag(10, written.getTime())
  const first = await get('/s/digits.txt', '')
  t.equal(first.headers['etag'], etag)
  const again = await get('/s/digits.txt', `If-None-Match: ${etag}\r\n`)
  t.equal(again.status, 304)
  t.equal(again.text.slice(again.text.indexOf('\r\n\r\n')), '\r\n\r\n')
  const changed = await get('/s/digits.txt', `Range: bytes=2-4\r\nIf-Range: ${etag}\r\n`)
  t.match(changed, { status: 200, body: '0123456789' }, 'a weak tag says nothing of bytes')
  t.equal((await get('/s/digits.txt', 'Range: bytes=2-4\r\nIf-Match: "old"\r\n')).status, 412)
  const part = await get('/s/digits.txt', 'Range: bytes=2-4\r\n')
  t.match(part, {
    status: 206,
    body: '234',
    headers: { 'content-range': 'bytes 2-4/10', 'content-length': '3' },
  })
})

t.test('HEAD is answered by what answers GET, without its body', async t => {
  const answer = await get('/page', '', 'HEAD')
  t.equal(answer.status, 200)
  t.equal(answer.headers['content-length'], '6')
  t.equal(answer.body, '')
})

t.test('a body that is too long or of a type that nobody reads is refused', async t => {
  const post = (type: string, length: number, body: string) =>
    get('/params', `Content-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`, 'POST')
  t.equal((await post('application/x-www-form-urlencoded', 1_000_001, 'a=1')).status, 413)
  t.equal((await post('image/png', 3, 'a=1')).status, 415)
})
