import t from 'tap'
import { fail, noRoute, pipeline, text, type Assigned, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { requestId, type RequestIdOptions } from '../../plugs/index.js'
import { casesOf, handlerOf, requestOf } from './vectors.js'

const idOf = (done: Conn, header = 'x-request-id'): string => done.respHeaders.get(header) ?? ''
const generated = /^[\w-]{20}$/

/** Where the id is made anew and Plug takes it over, with the reason. */
const differences: Readonly<Record<string, string>> = {
  'request_id: spaces allowed': 'white space, quotes and markup would go into logs and pages',
}

t.test('ids are taken over or made as by Plug.RequestId', async t => {
  for (const each of casesOf('request_id')) {
    const done = run(pipeline(requestId, handlerOf(each)))(requestOf(each))
    const expected = each.expect.headers?.find(([name]) => name === 'x-request-id')?.[1] ?? ''
    const given = each.request.headers.map(([, value]) => value)
    if (given.includes(expected) && differences[each.name] === undefined)
      t.equal(idOf(done), expected, each.name)
    else t.match(idOf(done), generated, each.name)
  }
})

const send = (id: string): string => idOf(requestId(conn('GET', '/', { headers: { 'x-request-id': id } })))

t.test('only ids of 20 to 200 safe characters are taken over', async t => {
  for (const good of [
    'a'.repeat(20),
    'Z9'.repeat(100),
    'Root=1-67891233-abcdef012345678912345678',
    '0b5b1a6e-5c3e-4f0a-9d0a-1f0e6a1e2b3c',
    'YWJjZGVmZ2hpamtsbW5vcA+/==',
  ])
    t.equal(send(good), good)
  for (const bad of [
    'a'.repeat(19),
    'a'.repeat(201),
    `${'a'.repeat(20)} `,
    `${'a'.repeat(20)}<`,
    `${'a'.repeat(20)}"`,
    `${'a'.repeat(20)}é`,
  ])
    t.match(send(bad), generated, bad)
})

t.test('a new id comes from the entropy of the conn', async t => {
  t.equal(idOf(requestId(conn('GET', '/'))), idOf(requestId(conn('GET', '/'))))
  t.not(idOf(requestId(conn('GET', '/'))), idOf(requestId(conn('GET', '/', { seed: 'another' }))))
})

const traced = (c: Conn & Assigned<{ readonly trace: string }>) => text(c.assigns.trace)(c)

t.test('another header may carry it, and an assign', async t => {
  const plug = requestId({ httpHeader: 'x-trace', assignAs: 'trace' })
  const done = run(pipeline(plug, traced))(conn('GET', '/', { headers: { 'x-trace': 'b'.repeat(20) } }))
  t.equal(idOf(done, 'x-trace'), 'b'.repeat(20))
  t.equal(done.respBody, 'b'.repeat(20))
  t.match(idOf(requestId({ httpHeader: 'x-trace' })(conn('GET', '/')), 'x-trace'), generated)
})

t.test('error responses carry it', async t => {
  t.match(idOf(run(pipeline(requestId, c => fail(c, noRoute('nothing here'))))(conn('GET', '/'))), generated)
})

t.test('options are checked when the plug is built', async t => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ httpHeader: 'X-Request-Id' }, 'requestId: httpHeader must be a header name in lower case'],
    [{ httpHeader: 7 }, 'requestId: httpHeader must be'],
    [{ assignAs: '' }, 'requestId: assignAs must be a non-empty string'],
    [{ header: 'x' }, 'requestId: unknown option header'],
    ['x-request-id', 'requestId: options must be an object'],
    [undefined, 'requestId: options must be an object'],
  ]
  for (const [options, message] of wrong)
    t.throws(() => requestId(options as RequestIdOptions), { message: new RegExp(`^${message}`) })
})
