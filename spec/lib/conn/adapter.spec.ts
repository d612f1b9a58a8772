// What an adapter needs: the conn of a request, and the response of a final conn as data.
import t from 'tap'
import {
  connOf,
  pipe,
  putRespCookie,
  putRespHeader,
  putRespHeaders,
  responseOf,
  headerList,
  resp,
  sendFile,
  stream,
  text,
  type Conn,
  type RequestSource,
} from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'

const start = putRespHeaders(headerList([]))(conn('GET', '/'))
const pieces: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({}) as never }

t.test('a response is data: status, fields in order, cookies last, body', async t => {
  const done = pipe(
    start,
    putRespCookie('b', '2'),
    putRespHeader('x-a', '1'),
    putRespCookie('a', '1'),
    text('hello'),
  )
  t.strictSame(responseOf(done), {
    status: 200,
    headers: [
      ['x-a', '1'],
      ['content-type', 'text/plain; charset=utf-8'],
      ['set-cookie', 'b=2; path=/; HttpOnly'],
      ['set-cookie', 'a=1; path=/; HttpOnly'],
    ],
    body: 'hello',
  })
})

t.test('the adapter frames the body', async t => {
  const framed = pipe(
    start,
    putRespHeader('content-length', '7'),
    putRespHeader('transfer-encoding', 'chunked'),
  )
  t.strictSame(responseOf(resp(200, 'hello')(framed)).headers, [])
  t.strictSame(responseOf(sendFile(200, 'a')(framed)).headers, [])
  t.strictSame(responseOf(stream(200, pieces)(framed)).headers, [['content-length', '7']])
  for (const status of [204, 205, 304]) t.equal(responseOf(resp(status, 'hello')(start)).body, undefined)
  t.equal(responseOf(resp(200, '')(start)).body, '')
})

t.test('a conn without a final response is a mistake', async t => {
  t.throws(
    () => responseOf(start),
    new TypeError('responseOf: the conn has no response yet: run the app on it'),
  )
  t.throws(
    () => responseOf(resp(103, '')(start) as Conn),
    new TypeError('responseOf: status must be final, 200 to 999, got 103'),
  )
  for (const request of [null, undefined, 'GET /'])
    t.throws(() => connOf(request as unknown as RequestSource), /^connOf: request must be an object/)
})
