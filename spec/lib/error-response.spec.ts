import t from 'tap'
import {
  badRequest,
  errorResponse,
  exception,
  methodNotAllowed,
  noRoute,
  pipe,
  plugError,
  prependRespHeaders,
  putPrivate,
  putRespHeader,
  resp,
  type Conn,
  type PlugError,
} from '../../lib/index.js'
import { beginErrorResponse } from '../../lib/error-response.js'
import { conn } from '../../lib/testing/index.js'

const asking = (accept?: string | readonly string[]) =>
  conn('GET', '/', accept === undefined ? {} : { headers: { accept } })
const typeOf = (done: Conn) => done.respHeaders.getAll('content-type').join()

t.test('the format is what the client asks for', async t => {
  for (const [accept, format] of [
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/plain', 'text'],
    ['image/png', 'text'],
    ['nonsense', 'text'],
    ['text/html', 'html'],
    ['application/xhtml+xml', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['application/json', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/vnd.api+json', 'json'],
    ['application/problem+json, application/json', 'json'],
    ['text/html, application/json', 'html'],
    ['application/json, text/html', 'json'],
    ['text/html;q=0.5, application/json', 'json'],
    ['text/html;q=0.5, application/json;q=0.4', 'html'],
    ['text/html;q=0, application/json;q=0.1', 'json'],
    ['text/html;q=0', 'text'],
    ['text/html;q=much', 'html'],
    ['text/html;q=0, */*', 'text'],
    ['text/*', 'text'],
    ['application/*', 'html'],
    ['application/json, text/plain, */*', 'json'],
    ['text/html;q=0.5, application/problem+json;q=0.6', 'json'],
    ['text/html;q=0.9,application/json;q=0.9', 'json'],
    [['text/html;q=0.5', 'application/json'], 'json'],
    [['image/png', 'application/json'], 'json'],
  ] as const) {
    const done = errorResponse(noRoute('no such page'))(asking(accept))
    const [type, body] = {
      text: ['text/plain; charset=utf-8', /^no such page\n$/],
      html: [
        'text/html; charset=utf-8',
        /^<!DOCTYPE html>\n<html lang="en">[^]*<h1>404 Not Found<\/h1><p>no such page<\/p>/,
      ],
      json: ['application/json; charset=utf-8', /^\{"errors":\{"detail":"no such page"\}\}$/],
    }[format] as unknown as readonly [string, RegExp]
    t.equal(typeOf(done), type, String(accept))
    t.match(done.respBody, body)
    t.equal(done.status, 404)
  }
})

t.test('a format that was chosen for the response is kept', async t => {
  for (const format of ['html', 'json', 'text'] as const) {
    const done = pipe(asking('image/png'), putPrivate('plugboardFormat', format), errorResponse(noRoute('x')))
    t.match(typeOf(done), { html: 'text/html', json: 'application/json', text: 'text/plain' }[format])
  }
  const unknown = pipe(
    asking('application/json'),
    putPrivate('plugboardFormat', 'xml'),
    errorResponse(noRoute('x')),
  )
  t.match(typeOf(unknown), 'application/json')
})

t.test('the message of a 4xx is shown, escaped; that of a 5xx, and any cause, is not', async t => {
  const cause = new Error('secret cause')
  const shown = (error: PlugError) =>
    ['text/html', 'application/json', 'text/plain'].map(accept =>
      String(errorResponse(error)(asking(accept)).respBody),
    )
  for (const body of shown(badRequest('<script>alert("1")</script>', { cause }))) {
    t.notMatch(body, 'secret')
    t.match(body, 'alert')
  }
  t.notMatch(shown(badRequest('<script>'))[0], '<script>')
  for (const error of [
    exception(cause),
    plugError(503, 'Closed', 'secret message', { cause }),
    plugError(599, 'Odd', 'secret'),
  ])
    for (const body of shown(error)) t.notMatch(body, 'secret')
  t.match(shown(exception(cause))[2], /^Internal Server Error\n$/)
  t.match(shown(plugError(503, 'Closed', 'x'))[1], 'Service Unavailable')
  t.match(shown(plugError(599, 'Odd', 'x'))[2], /^Error\n$/, 'a status without a phrase')
  t.notMatch(shown(plugError(503, 'Closed', 'x'))[0], '<p>', 'a phrase is not said twice')
})

t.test('headers of the body that is replaced go, others stay', async t => {
  const before = pipe(
    asking(),
    resp(200, 'a page'),
    prependRespHeaders([
      ['content-encoding', 'gzip'],
      ['content-encoding', 'br'],
      ['content-type', 'image/png'],
      ['content-length', '6'],
      ['content-range', 'bytes 0-5/6'],
      ['content-disposition', 'attachment'],
      ['content-language', 'de'],
      ['content-location', '/a'],
      ['etag', '"a"'],
      ['last-modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
      ['expires', 'Sun, 06 Nov 2094 08:49:37 GMT'],
      ['accept-ranges', 'bytes'],
      ['transfer-encoding', 'chunked'],
      ['location', '/a'],
      ['access-control-allow-origin', '*'],
      ['x-request-id', '1'],
      ['vary', 'accept'],
    ]),
  )
  t.strictSame(
    [...errorResponse(badRequest('x'))(before).respHeaders],
    [
      ['access-control-allow-origin', '*'],
      ['x-request-id', '1'],
      ['vary', 'accept'],
      ['cache-control', 'max-age=0, private, must-revalidate'],
      ['content-type', 'text/plain; charset=utf-8'],
    ],
  )
})

t.test('an error is not cached as long as the page would have been', async t => {
  const cached = (value: string) =>
    errorResponse(badRequest('x'))(putRespHeader('cache-control', value)(asking())).respHeaders.getAll(
      'cache-control',
    )
  t.strictSame(cached('public, max-age=31536000, immutable'), ['max-age=0, private, must-revalidate'])
  t.strictSame(cached('no-store'), ['no-store'])
  const told = badRequest('x', { headers: { 'cache-control': 'max-age=5' } })
  t.strictSame(errorResponse(told)(asking()).respHeaders.getAll('cache-control'), ['max-age=5'])
})

t.test('the headers of a failure are on the response; those that HTTP forbids are left out', async t => {
  const done = errorResponse(methodNotAllowed('x', { headers: { allow: 'GET, HEAD', 'Retry-After': '5' } }))(
    asking(),
  )
  t.equal(done.respHeaders.get('allow'), 'GET, HEAD')
  t.equal(done.respHeaders.get('retry-after'), '5')
  const odd = errorResponse(badRequest('x', { headers: { 'x-a': 'a\r\nset-cookie: b', 'x b': '1' } }))(
    asking(),
  )
  t.strictSame(
    [...odd.respHeaders].map(([name]) => name),
    ['cache-control', 'content-type'],
  )
})

t.test('beginErrorResponse leaves the body to whoever renders the failure', async t => {
  const begun = beginErrorResponse(methodNotAllowed('x', { headers: { allow: 'GET' } }))(
    resp(200, 'a')(asking()),
  )
  t.match(begun, { status: 405, respBody: undefined })
  t.equal(begun.respHeaders.get('allow'), 'GET')
  t.notOk(begun.respHeaders.has('content-type'))
})
