import t from 'tap'
import { pipeline, putRespHeader, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { putSecureBrowserHeaders } from '../../plugs/index.js'

const headersOf = (done: Conn) =>
  Object.fromEntries([...done.respHeaders].filter(([name]) => name !== 'cache-control'))
const ofPhoenix = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "base-uri 'self'; frame-ancestors 'self';",
  'x-content-type-options': 'nosniff',
  'x-permitted-cross-domain-policies': 'none',
}

t.test('it puts the four headers that Phoenix puts', async t => {
  t.strictSame(headersOf(putSecureBrowserHeaders(conn('GET', '/'))), ofPhoenix)
})

t.test('headers that are there stay', async t => {
  const done = run(
    pipeline(putRespHeader('referrer-policy', 'no-referrer'), putSecureBrowserHeaders, text('ok')),
  )(conn('GET', '/'))
  t.equal(done.respHeaders.get('referrer-policy'), 'no-referrer')
  t.equal(done.respHeaders.get('x-content-type-options'), 'nosniff')
})

t.test('headers that it is given are put in any case', async t => {
  const plug = putSecureBrowserHeaders({
    'content-security-policy': "default-src 'self'",
    'x-frame-options': 'DENY',
  })
  const done = run(pipeline(putRespHeader('x-frame-options', 'SAMEORIGIN'), plug, text('ok')))(
    conn('GET', '/'),
  )
  t.match(headersOf(done), {
    ...ofPhoenix,
    'content-security-policy': "default-src 'self'",
    'x-frame-options': 'DENY',
  })
})

t.test('headers are checked when the plug is built', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ 'X-Frame-Options': 'DENY' }, /^putSecureBrowserHeaders: header name "X-Frame-Options"/],
    [{ 'x-a': 'a\r\nb' }, /^putSecureBrowserHeaders: the value of header "x-a"/],
    [{ 'x-a': 1 }, /^putSecureBrowserHeaders: the value of header "x-a"/],
    ['x-a', /^putSecureBrowserHeaders: headers must be an object with string values/],
    [[], /^putSecureBrowserHeaders: headers must be an object with string values/],
  ]
  for (const [headers, message] of wrong)
    t.throws(() => putSecureBrowserHeaders(headers as Record<string, string>), { message })
})
