import t from 'tap'
import { pipe } from 'fp-ts/lib/function.js'
import {
  headText,
  isBodiless,
  keepAliveLines,
  presetLength,
  responseHead,
} from '../../../../../lib/adapters/node/response/head.js'
import {
  deleteRespCookie,
  deleteRespHeader,
  prependRespHeaders,
  putRespCookie,
  putRespHeader,
  putStatus,
} from '../../../../../lib/index.js'
import { ConnRecord } from '../../../../../lib/conn/record.js'
import { headerList } from '../../../../../lib/http/headers.js'
import { conn } from '../../../../../lib/testing/index.js'

const bare = deleteRespHeader('cache-control')(conn('GET', '/'))

t.test('a head is the headers, the length and the cookies', async t => {
  const made = pipe(
    bare,
    putRespHeader('content-type', 'text/plain'),
    putRespCookie('a', '1'),
    putRespHeader('x-b', '2'),
    putRespCookie('c', '3', { httpOnly: false }),
  )
  t.same(
    responseHead(made, 5, false).join('|'),
    [
      'content-type|text/plain|x-b|2|content-length|5',
      'set-cookie|a=1; path=/; HttpOnly|set-cookie|c=3; path=/',
    ].join('|'),
  )
})

t.test('headers of one name all stay, in their order', async t => {
  const made = pipe(bare, putRespHeader('vary', 'a'), prependRespHeaders([['vary', 'b']]))
  t.same(responseHead(made, undefined, false), ['vary', 'b', 'vary', 'a'])
})

t.test('a deleted cookie is a line too', async t => {
  const [name, value] = responseHead(deleteRespCookie('a')(bare), undefined, false)
  t.equal(name, 'set-cookie')
  t.match(value, /^a=; path=\/; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0; HttpOnly$/)
})

t.test('how the body is framed is not for the app to say', async t => {
  const made = pipe(
    bare,
    prependRespHeaders([
      ['content-length', '1'],
      ['transfer-encoding', 'chunked'],
      ['x-a', 'b'],
      ['content-length', '2'],
    ]),
  )
  t.same(responseHead(made, 5, false), ['x-a', 'b', 'content-length', '5'])
  t.same(responseHead(made, undefined, false), ['x-a', 'b'], 'and where no length may be said, none is')
})

t.test('the last response of a connection says so, whatever the app said', async t => {
  const made = prependRespHeaders([
    ['connection', 'keep-alive'],
    ['keep-alive', 'timeout=5'],
  ])(bare)
  t.same(responseHead(made, 0, true), ['content-length', '0', 'connection', 'close'])
  t.same(responseHead(made, undefined, false), ['connection', 'keep-alive', 'keep-alive', 'timeout=5'])
})

t.test("the app's own content-length counts if it is one", async t => {
  const preset = (value: string) => presetLength(putRespHeader('content-length', value)(bare))
  t.equal(preset('0'), 0)
  t.equal(preset('1234'), 1234)
  for (const value of ['', '-1', '+1', '1.5', '1e3', '0x10', '1, 1', 'abc', '9999999999999999'])
    t.equal(preset(value), undefined, value)
  t.equal(presetLength(bare), undefined)
})

t.test('two statuses have no body', async t => {
  t.same([200, 201, 203, 204, 205, 206, 301, 304, 404, 500].filter(isBodiless), [204, 304])
})

t.test('a head as text is what goes on the wire', async t => {
  const made = pipe(
    bare,
    putStatus(201),
    putRespHeader('x-name', 'naïve'),
    putRespHeader('content-length', '7'),
    putRespCookie('a', '1'),
  )
  t.equal(
    headText(made, 5, keepAliveLines(5_999), 784_111_777_999),
    [
      'HTTP/1.1 201 Created',
      'x-name: naïve',
      'content-length: 5',
      'set-cookie: a=1; path=/; HttpOnly',
      'date: Sun, 06 Nov 1994 08:49:37 GMT',
      'connection: keep-alive',
      'keep-alive: timeout=5',
      '',
      '',
    ].join('\r\n'),
  )
  t.match(
    headText(putStatus(299)(bare), 0, keepAliveLines(0), 0),
    /^HTTP\/1\.1 299 unknown\r\n.*keep-alive\r\n\r\n$/s,
  )
})

t.test('what node:http must weigh or refuse has no head as text', async t => {
  for (const name of ['connection', 'date', 'expect', 'keep-alive', 'trailer', 'transfer-encoding'])
    t.equal(headText(pipe(bare, putStatus(200), putRespHeader(name, 'x')), 0, '', 0), undefined, name)
  for (const value of ['beyond → Latin-1', 'a\r\nb: c', 'Ċ', 'a\0'])
    t.equal(
      headText(ConnRecord.resp(bare, 200, headerList([['x-bad', value]]), bare.respBody), 0, '', 0),
      undefined,
      value,
    )
  const cookies = { a: { value: '\n' } }
  t.equal(
    headText(ConnRecord.with(putStatus(200)(bare), { respCookies: cookies }), 0, '', 0),
    undefined,
    'a cookie',
  )
})
