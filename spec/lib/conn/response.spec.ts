import t from 'tap'
import {
  deleteRespHeader,
  getRespHeader,
  halt,
  html,
  json,
  mergeRespHeaders,
  pipe,
  prependRespHeaders,
  putRespContentType,
  putRespHeader,
  putStatus,
  redirect,
  registerBeforeSend,
  resp,
  sendFile,
  stream,
  text,
  updateRespHeader,
  type Conn,
} from '../../../lib/index.js'
import { conn, run } from '../../../lib/testing/index.js'
import { cases } from '../http/vectors.js'

const blank = conn('GET', '/')
const fields = (conn: Conn) => [...conn.respHeaders].map(pair => pair.join(': '))

t.test('a response starts with one header and no status', async t => {
  t.strictSame(fields(blank), ['cache-control: max-age=0, private, must-revalidate'])
  t.equal(blank.status, undefined)
  t.equal(blank.respBody, undefined)
  t.notOk(blank.halted)
})

t.test('putStatus takes a number or a name', async t => {
  t.equal(putStatus(404)(blank).status, 404)
  t.equal(putStatus('notFound')(blank).status, 404)
  for (const { code } of cases('status_codes'))
    if (typeof code === 'number' && code >= 100 && code <= 999) t.equal(putStatus(code)(blank).status, code)
  for (const bad of [99, 1000, 200.5, Number.NaN])
    t.throws(() => putStatus(bad), { name: 'RangeError', message: /status/ })
  for (const bad of ['nope', undefined, null])
    t.throws(() => putStatus(bad as never), { name: 'TypeError', message: /status/ })
})

t.test('resp sets status and body, and no content type', async t => {
  const done = resp('created', 'made')(blank)
  t.match(done, { status: 201, respBody: 'made' })
  t.strictSame(fields(done), fields(blank))
  t.strictSame(resp(200, new Uint8Array([1]))(blank).respBody, new Uint8Array([1]))
  for (const body of [undefined, null, 1, {}, ['a']])
    t.throws(() => resp(200, body as never), {
      name: 'TypeError',
      message: /^resp: body must be a string or a Uint8Array, got (undefined|null|1|an object|an array)$/,
    })
  t.throws(() => resp(42, ''), { name: 'RangeError' })
})

t.test('text, html and json respond with 200 and their type', async t => {
  for (const [plug, type, body] of [
    [text('héllo'), 'text/plain; charset=utf-8', 'héllo'],
    [html('<p>hello</p>'), 'text/html; charset=utf-8', '<p>hello</p>'],
    [html({ toString: () => '<p>made</p>' }), 'text/html; charset=utf-8', '<p>made</p>'],
    [json({ a: [1, null] }), 'application/json; charset=utf-8', '{"a":[1,null]}'],
    [json(null), 'application/json; charset=utf-8', 'null'],
  ] as const) {
    const done = plug(blank)
    t.match(done, { status: 200, respBody: body, halted: false })
    t.strictSame(getRespHeader('content-type')(done), [type])
  }
})

t.test('a status and a content type that were set before are kept', async t => {
  const before = pipe(blank, putStatus(201), putRespContentType('application/problem+json', null))
  for (const plug of [text('x'), html('x'), json('x'), redirect('/x')]) {
    const done = plug(before)
    t.equal(done.status, 201)
    t.strictSame(getRespHeader('content-type')(done), ['application/problem+json'])
  }
})

t.test('a later response replaces an earlier one', async t => {
  const done = pipe(blank, text('first'), resp(404, 'second'))
  t.match(done, { status: 404, respBody: 'second' })
})

t.test('bodies that make no sense are refused when the plug is made', async t => {
  for (const body of [undefined, null, 1, new Uint8Array(1)])
    t.throws(() => text(body as never), { name: 'TypeError', message: /^text: body must be a string, got / })
  for (const body of [undefined, null, 1])
    t.throws(() => html(body as never), { name: 'TypeError', message: /^html: body must be .*, got / })
  for (const data of [undefined, () => 1, Symbol('x')])
    t.throws(() => json(data), {
      name: 'TypeError',
      message: /^json: data must be a value that JSON can hold, got /,
    })
  t.throws(() => json(1n), TypeError)
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  t.throws(() => json(cycle), TypeError)
})

t.test('redirect answers 302 with a location and a short page, and does not halt', async t => {
  const done = redirect('/a?b="<c>"')(blank)
  t.match(done, { status: 302, halted: false })
  t.strictSame(getRespHeader('location')(done), ['/a?b=%22%3Cc%3E%22'])
  t.strictSame(getRespHeader('content-type')(done), ['text/html; charset=utf-8'])
  t.equal(
    done.respBody,
    '<html><body>You are being <a href="/a?b=%22%3Cc%3E%22">redirected</a>.</body></html>',
  )
  t.strictSame(
    getRespHeader('location')(redirect({ to: '/b' })(done)),
    ['/b'],
    'a second one replaces the first',
  )
})

t.test('redirect goes to a path of this site, unless it is told otherwise', async t => {
  for (const to of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'evil',
    '',
    '/a\\b',
    '/\t/a',
    '/%09/a',
    '/a\r\nx: y',
    '/a\0',
  ])
    for (const target of [to, { to }])
      t.throws(
        () => redirect(target),
        { name: 'TypeError', message: /must be a path of this site/ },
        JSON.stringify(to),
      )
  const away = redirect({ external: 'https://example.com/a' })(blank)
  t.strictSame(getRespHeader('location')(away), ['https://example.com/a'])
  for (const target of [undefined, null, 1, {}, { to: 1 }, { external: null }])
    t.throws(() => redirect(target as never), {
      message:
        /^redirect: target must be a path, \{ to \} or \{ external \}, got (undefined|null|1|an object)$/,
    })
})

const locationOf = (target: Parameters<typeof redirect>[0]): string | undefined =>
  getRespHeader('location')(redirect(target)(blank))[0]

t.test('the target of a redirect is percent-encoded as UTF-8, and its escapes stay', async t => {
  const written: Readonly<Record<string, string>> = {
    '/café': '/caf%C3%A9',
    '/日本?q=日本#日本': '/%E6%97%A5%E6%9C%AC?q=%E6%97%A5%E6%9C%AC#%E6%97%A5%E6%9C%AC',
    '/😀': '/%F0%9F%98%80',
    '/a b?c="d"&e=<f>': '/a%20b?c=%22d%22&e=%3Cf%3E',
    '/{a}|^`': '/%7Ba%7D%7C%5E%60',
    '/caf%C3%A9%20': '/caf%C3%A9%20',
    '/%c3%a9': '/%c3%a9',
    '/100%?q=%zz%4': '/100%25?q=%25zz%254',
    '/\ud800': '/%EF%BF%BD',
    "/a[b]?c[]=1&d=(e)!*'~;,:@$+=": "/a[b]?c[]=1&d=(e)!*'~;,:@$+=",
  }
  for (const [to, location] of Object.entries(written)) {
    t.equal(locationOf(to), location, to)
    t.equal(locationOf({ to }), location, to)
    t.equal(locationOf({ external: `https://example.com${to}` }), `https://example.com${location}`, to)
  }
  t.equal(
    locationOf({ external: 'mailto:ann@example.com?subject=a b' }),
    'mailto:ann@example.com?subject=a%20b',
  )
})

t.test('a host beyond ASCII is written in its ASCII form', async t => {
  const written: Readonly<Record<string, string>> = {
    'https://bücher.example/ü': 'https://xn--bcher-kva.example/%C3%BC',
    'HTTPS://BÜCHER.example': 'HTTPS://xn--bcher-kva.example',
    '//bücher.example:8080?ü': '//xn--bcher-kva.example:8080?%C3%BC',
    'https://ü:ü@bücher.example:443/': 'https://%C3%BC:%C3%BC@xn--bcher-kva.example:443/',
    'https://b%C3%BCcher.example/': 'https://xn--bcher-kva.example/',
    'https://日本。jp/': 'https://xn--wgv71a.jp/',
    ' https://bücher.example/ ': 'https://xn--bcher-kva.example/',
    'https://Example.com': 'https://Example.com',
    'https://[2001:db8::1]:8080/a': 'https://[2001:db8::1]:8080/a',
    // browsers read these as the host before the backslash, and so must what is sent
    'https://good.example\\@evil.example': 'https://good.example/@evil.example',
    'https:\\\\good.example\\a?b\\c': 'https://good.example/a?b%5Cc',
    'app://bücher/ü': 'app://b%C3%BCcher/%C3%BC',
  }
  for (const [external, location] of Object.entries(written)) {
    t.equal(locationOf({ external }), location, external)
    if (/^http/i.test(external))
      t.equal(new URL(location).host, new URL(external).host, 'as browsers read it')
  }
  for (const external of [
    'https://a b/',
    'https://',
    'https:///a',
    'https://a:b/',
    'https://<a>/',
    '//[1]/',
    'https://a%zz/',
  ])
    t.throws(
      () => redirect({ external }),
      { name: 'TypeError', message: /^redirect: external must be a URL with a valid host, got "/ },
      external,
    )
})

t.test('a location that no header can hold fails', async t => {
  for (const external of [
    'https://example.com/\r\nx: y',
    'https://example.com/\0',
    'https://example.com/?\x7f',
  ])
    t.match(run(conn => redirect({ external })(conn))(blank).error, { _tag: 'InvalidHeader', status: 500 })
})

t.test('sendFile and stream are data', async t => {
  t.match(sendFile('ok', 'a.txt')(blank), {
    status: 200,
    respBody: { kind: 'file', file: 'a.txt', offset: 0, length: 'all' },
  })
  t.match(sendFile(206, 'a.txt', 2, 0)(blank).respBody, { offset: 2, length: 0 })
  for (const [args, message] of [
    [[200, 'a\0b'], /^sendFile: file must be a path without NUL, got /],
    [[200, 1], /^sendFile: file must be a path without NUL, got /],
    [[200, 'a', -1], /^sendFile: offset must be a non-negative integer \(bytes\), got -1$/],
    [[200, 'a', 1.5], /^sendFile: offset/],
    [[200, 'a', 0, -1], /^sendFile: length must be a non-negative integer \(bytes\), or 'all', got /],
    [[200, 'a', 0, 'some'], /^sendFile: length must be a non-negative integer \(bytes\), or 'all', got /],
  ] as const)
    t.throws(() => sendFile(...(args as unknown as [number, string])), { name: 'TypeError', message })

  const pieces = async function* () {
    yield 'one'
  }
  const chunks = pieces()
  t.match(stream(200, chunks)(blank), { status: 200, respBody: { kind: 'stream' } })
  t.match(stream(200, chunks, { flushHeaders: true })(blank).respBody, { flushHeaders: true })
  t.match(stream(200, chunks, {})(blank).respBody, { flushHeaders: false })
  t.throws(() => stream(200, chunks, { flush: true } as never), {
    name: 'TypeError',
    message: 'stream: unknown option flush; expected flushHeaders or onDrain',
  })
  for (const bad of ['now', 1, null])
    t.throws(() => stream(200, chunks, { flushHeaders: bad as never }), {
      name: 'TypeError',
      message: /^stream: flushHeaders must be a boolean, got /,
    })
  for (const bad of [undefined, null, 'text', ['one']])
    t.throws(() => stream(200, bad as never), {
      name: 'TypeError',
      message: /^stream: chunks must be an async iterable, got /,
    })
})

t.test('response headers are edited as in Plug', async t => {
  const before = pipe(blank, deleteRespHeader('cache-control'), prependRespHeaders([['a', '1'], ['b', '2'], ['a', '3']])) // prettier-ignore
  const after = (plug: (conn: Conn) => Conn) => fields(plug(before))
  t.strictSame(after(putRespHeader('a', '9')), ['a: 9', 'b: 2', 'a: 3'])
  t.strictSame(after(putRespHeader('c', '9')), ['a: 1', 'b: 2', 'a: 3', 'c: 9'])
  t.strictSame(after(prependRespHeaders({ a: '8', c: '9' })), ['a: 8', 'c: 9', 'a: 1', 'b: 2', 'a: 3'])
  t.strictSame(after(mergeRespHeaders([['c', '8'], ['c', '9'], ['a', '7']])), ['a: 7', 'b: 2', 'a: 3', 'c: 9']) // prettier-ignore
  t.strictSame(after(updateRespHeader('a', '0', value => `${value}!`)), ['a: 1!', 'b: 2', 'a: 3'])
  t.strictSame(after(updateRespHeader('c', '0', value => `${value}!`)), ['a: 1', 'b: 2', 'a: 3', 'c: 0'])
  t.strictSame(after(deleteRespHeader('a')), ['b: 2', 'a: 3'])
  t.strictSame(after(putRespContentType('text/css')), [
    'a: 1',
    'b: 2',
    'a: 3',
    'content-type: text/css; charset=utf-8',
  ])
  t.strictSame(after(putRespContentType('image/png', null)).at(-1), 'content-type: image/png')
  t.strictSame(
    after(putRespContentType('text/css', 'latin1')).at(-1),
    'content-type: text/css; charset=latin1',
  )
  t.strictSame(fields(before), ['a: 1', 'b: 2', 'a: 3'])
  t.strictSame(getRespHeader('a')(before), ['1', '3'])
})

t.test('a response header that HTTP forbids fails, wherever it comes from', async t => {
  const refused = (plug: () => unknown, message: RegExp) =>
    t.match(run(() => plug() as never)(blank), { status: 500, error: { _tag: 'InvalidHeader', message } })
  refused(() => putRespHeader('X-A', '1'), /lower-case token/)
  refused(() => putRespHeader('x-a', 'a\r\nset-cookie: b'), /line breaks/)
  refused(() => prependRespHeaders({ 'x-a': '\0' }), /line breaks/)
  refused(() => mergeRespHeaders({ 'x:a': '' }), /lower-case token/)
  refused(() => updateRespHeader('x-a', '\n', String), /line breaks/)
  refused(() => updateRespHeader('cache-control', '', () => '\n')(blank), /line breaks/)
  refused(() => putRespContentType('text/html\r\nx: y'), /line breaks/)
})

t.test('registerBeforeSend keeps plugs in the order they came', async t => {
  const [a, b] = [putStatus(201), putStatus(202)]
  const made = pipe(blank, registerBeforeSend(a), registerBeforeSend(b))
  t.strictSame(made.beforeSend, [a, b])
  t.strictSame(blank.beforeSend, [])
  t.throws(() => registerBeforeSend(undefined as never), {
    name: 'TypeError',
    message: /^registerBeforeSend:/,
  })
})

t.test('halt marks the conn; one that is halted stays the same conn', async t => {
  const halted = halt(blank)
  t.ok(halted.halted)
  t.notOk(blank.halted)
  t.equal(halt(halted), halted)
})
