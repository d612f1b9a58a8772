import t from 'tap'
import * as fc from 'fast-check'
import { METHODS } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, stream, text, type Conn } from '../../../../../lib/index.js'
import { refusalStatus, refusalText } from '../../../../../lib/adapters/node/server/refuse.js'
import { answers, ask, dial, headText, readWhole, rejections, start, until } from '../support.js'

const status = (code: string | undefined, packet?: string, bytesParsed?: number): number | undefined =>
  refusalStatus({ code, rawPacket: packet === undefined ? undefined : Buffer.from(packet), bytesParsed }, 100)

t.test('what the parser refuses has a status', async t => {
  t.equal(status('HPE_INVALID_METHOD'), 400)
  t.equal(status('HPE_INVALID_EOF_STATE'), 400)
  t.equal(status('HPE_CHUNK_EXTENSIONS_OVERFLOW'), 413)
  t.equal(status('ERR_HTTP_REQUEST_TIMEOUT'), 408)
})

t.test('an unknown method is a 501, garbage is a 400', async t => {
  const invalid = (packet: string, parsed: number) => status('HPE_INVALID_METHOD', packet, parsed)
  t.equal(invalid('BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 1), 501)
  t.equal(invalid('BREW / HTTP/1.1\n', 1), 501)
  t.equal(invalid('GET / HTTP/1.1\r\n\r\nX-Y!Z / HTTP/1.0\r\n', 18), 501, 'the second of two')
  t.equal(invalid('helloBREW / HTTP/1.1\r\n', 6), 501, 'after a body')
  t.equal(invalid('EW / HTTP/1.1\r\n', 0), 501, 'the rest of a method')
  for (const begun of ['BREW', 'BREW ', 'BREW /', 'BREW / ', 'BREW / HTTP/1.'])
    t.equal(invalid(begun, 1), 501, `the beginning of a line: ${begun}`)
  for (const packet of [
    'get / HTTP/1.1\r\n',
    'BREW\r\n',
    'HELO example.com\r\n',
    'BREW / HTTP/2.0\r\n',
    '\x16\x03\x01',
    '',
  ])
    t.equal(invalid(packet, 0), 400, JSON.stringify(packet))
  t.equal(status('HPE_INVALID_CONSTANT', 'GET / HTPP/1.1', 6), 400)
  const server = await start(t, text('hello'))
  for (const method of ['BREW', 'GETS', 'GE', 'DESCRIBE', 'FLUSH', 'M_SEARCH', 'X-'])
    t.match(await ask(t, server, headText(`${method} /`), /\n$/), {
      status: 501,
      headers: { connection: 'close' },
      body: 'Not Implemented\n',
    })
  const line = await dial(t, server)
  line.send(headText('GET /') + headText('BREW /'))
  t.match(answers(await line.closed()), [{ status: 200 }, { status: 501 }])
})

t.test('every method that Node lists reaches the app, but for CONNECT', async t => {
  const server = await start(t, conn => text(conn.method)(conn))
  for (const method of METHODS.filter(name => name !== 'CONNECT' && name !== 'HEAD')) {
    const { body } = await ask(t, server, headText(`${method} /`), /\r\n\r\n[^]/)
    t.equal(body, method)
  }
})

t.test('a connection that failed is not answered', async t => {
  for (const code of [
    'ECONNRESET',
    'EPIPE',
    'ERR_STREAM_WRITE_AFTER_END',
    'HPE_CLOSED_CONNECTION',
    undefined,
  ])
    t.equal(status(code), undefined, String(code))
})

t.test('a head that is too large is so for its target, or not', async t => {
  const long = 'a'.repeat(101)
  const over = (packet?: string, parsed?: number) => status('HPE_HEADER_OVERFLOW', packet, parsed)
  t.equal(over(), 431, 'nobody knows')
  t.equal(over(`GET /${long} HTTP/1.1\r\nHost: a\r\n`, 106), 414)
  t.equal(over(`GET /${long}`, 106), 414, 'the line has not ended')
  t.equal(over(`M-SEARCH /${long}`, 106), 414)
  t.equal(over(`\r\n\r\nGET /${long}`, 109), 414, 'after empty lines')
  t.equal(over(`GET / HTTP/1.1\r\nX: ${long}`, 120), 431)
  t.equal(over(`GET /${long} HTTP/1.1\r\nX: ${long}`, 220), 414, 'both')
  t.equal(over(`GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /${long} HTTP/1.1\r\n`, 133), 414, 'the second of two')
  t.equal(over(`GET /${long} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nX: ${long}`, 240), 431, 'the second of two')
  t.equal(over(`${long} HTTP/1.1\r\nHost: a\r\n`, 101), 414, 'the end of a target')
  t.equal(over(`${long}\r\nHost: a\r\n`, 101), 431, 'the end of a header')
  t.equal(over(`b HTTP/1.1\r\nHost: a\r\nX: ${long}`, 125), 431, 'the end of a short target')
  t.equal(over(long, 101), 431, 'the midst of anything')
})

t.test('a refusal is a whole response', async t => {
  const text = refusalText(431)
  const [answer] = answers(text)
  t.match(answer, {
    status: 431,
    body: 'Request Header Fields Too Large\n',
    headers: { connection: 'close' },
  })
  t.equal(answer?.headers['content-length'], String(answer?.body.length))
  t.equal(answer?.headers['content-type'], 'text/plain; charset=utf-8')
  t.equal(answer?.headers['allow'], undefined)
  t.equal(answers(refusalText(405))[0]?.headers['allow'], '')
})

const post = (...headers: readonly string[]): string => headText('POST /', ...headers)
const chunks = '5\r\nhello\r\n0\r\n\r\n'

t.test('garbage, and shapes with which requests are smuggled, are answered with 400', async t => {
  const server = await start(t, conn => text(conn.path)(conn))
  const shapes: readonly (readonly [request: string, what: string])[] = [
    ['GARBAGE\r\n\r\n', 'garbage'],
    ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 'TLS'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/2'],
    ['get / HTTP/1.1\r\nHost: a\r\n\r\n', 'a method in lower case'],
    ['GET / HTTP/9.9\r\nHost: a\r\n\r\n', 'a version that is none'],
    ['GET a HTTP/1.1\r\nHost: a\r\n\r\n', 'a target without a slash'],
    ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 'a space in the target'],
    ...['\0', '\x01', '\t', '\v', '\f', '\x1f', '\x7f', '\x80', '\xff'].map(
      c => [`GET /a${c}b HTTP/1.1\r\nHost: a\r\n\r\n`, `${JSON.stringify(c)} in the target`] as const,
    ),
    ['GET / HTTP/1.1\nHost: a\n\n', 'bare LF'],
    ['GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n', 'bare LF behind a header'],
    ['GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n', 'bare CR'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n', 'a folded header'],
    ['GET / HTTP/1.1\r\n Host: a\r\n\r\n', 'a first header that is folded'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n', 'a space before the colon'],
    ['GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n', 'a header without a name'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n', 'NUL in a header'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n', 'a header without a colon'],
    [post('Content-Length: 5', 'Transfer-Encoding: chunked') + chunks, 'length and chunks'],
    [post('Transfer-Encoding: chunked', 'Content-Length: 5') + chunks, 'chunks and length'],
    [`${post('Content-Length: 5', 'Content-Length: 6')}hello`, 'two lengths'],
    [`${post('Content-Length: 5', 'Content-Length: 5')}hello`, 'two lengths that agree'],
    [`${post('Content-Length: 5, 5')}hello`, 'a list of lengths'],
    [post('Content-Length: -5'), 'a negative length'],
    [`${post('Content-Length: +5')}hello`, 'a length with a sign'],
    [`${post('Content-Length: 0x5')}hello`, 'a hexadecimal length'],
    [post('Content-Length:'), 'an empty length'],
    [post('Content-Length: 99999999999999999999'), 'a length beyond counting'],
    [post('Transfer-Encoding: gzip'), 'another coding'],
    [post('Transfer-Encoding: identity'), 'no coding'],
    [post('Transfer-Encoding: xchunked') + chunks, 'almost chunks'],
    [post('Transfer-Encoding: \vchunked') + chunks, 'a vertical tab before chunks'],
    [post('Transfer-Encoding: chunked, identity') + chunks, 'chunks inside another coding'],
    [post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + chunks, 'chunks twice'],
    [post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity') + chunks, 'chunks and another'],
  ]
  for (const [request, what] of shapes) {
    const line = await dial(t, server)
    line.send(`${request}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
    const text = await line.closed()
    t.match(answers(text)[0], { status: 400, headers: { connection: 'close' } }, what)
    t.notMatch(text, /smuggled/, what)
    t.equal(line.failure(), undefined, what)
  }
  t.same(server.bugs, [])
})

t.test('chunks that are wrong end the request', async t => {
  const server = await start(t, readWhole())
  const chunked = post('Transfer-Encoding: chunked')
  const wrong: readonly (readonly [chunks: string, status: number, what: string])[] = [
    ['zz\r\nhello\r\n0\r\n\r\n', 400, 'a size that is none'],
    ['5\nhello\r\n0\r\n\r\n', 400, 'bare LF behind the size'],
    ['5 \r\nhello\r\n0\r\n\r\n', 400, 'a space behind the size'],
    ['-5\r\nhello\r\n0\r\n\r\n', 400, 'a negative size'],
    ['5\r\nhelloX\r\n0\r\n\r\n', 400, 'more than was said'],
    ['fffffffffffffffff\r\nhello', 400, 'a size beyond counting'],
    ['0\r\nContent-Length: 3\r\n\r\nabc', 400, 'a length among the trailers'],
    [`5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`, 413, 'an extension without end'],
  ]
  for (const [chunk, status, what] of wrong) {
    const line = await dial(t, server)
    line.send(chunked + chunk)
    const [answer] = answers(await line.closed())
    t.equal(answer?.status, status, what)
  }
  t.match(await ask(t, server, `${chunked}5;x=y\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`, /hello$/), {
    status: 200,
    body: 'hello',
  })
})

t.test('a head that is too large is a 431, a target that is too large a 414', async t => {
  const server = await start(t, text('hello'), { maxHeaderSize: 4_096, maxTargetSize: 1_024 })
  const huge = 'a'.repeat(200_000)
  const cases: readonly (readonly [pieces: readonly string[], status: number, what: string])[] = [
    [[headText('GET /', `X-A: ${'a'.repeat(5_000)}`)], 431, 'one large header'],
    [[headText('GET /', ...Array.from({ length: 400 }, (_, i) => `X-${i}: aaaaaa`))], 431, 'many small ones'],
    [[headText('GET /', `X-A: ${huge}`)], 431, 'a huge one, of which not all is read'],
    [[headText(`GET /${huge}`)], 414, 'a huge target'],
    [[headText(`GET /${'a'.repeat(5_000)}`)], 414, 'a target larger than the head may be'],
    [[headText(`GET /${'a'.repeat(2_000)}`)], 414, 'a target smaller than that'],
    [['GET /', 'a'.repeat(2_000), 'a'.repeat(5_000) + headText('')], 414, 'a target in pieces'],
  ]
  for (const [pieces, status, what] of cases) {
    const line = await dial(t, server)
    for (const piece of pieces) {
      line.send(piece)
      if (pieces.length > 1) await sleep(30)
    }
    const text = await line.closed()
    t.match(answers(text), [{ status, headers: { connection: 'close' } }], what)
    t.equal(line.failure(), undefined, `${what}: the client gets the answer whole`)
  }
})

t.test('a head that comes too slowly is a 408', async t => {
  const server = await start(t, text('hello'), { headersTimeout: 300 })
  const line = await dial(t, server)
  line.send('GET / HTTP/1.1\r\nHos')
  t.match(answers(await line.closed()), [{ status: 408, headers: { connection: 'close' } }])
  const silent = await dial(t, server)
  t.match(answers(await silent.closed()), [{ status: 408 }], 'and so is silence')
  const second = await dial(t, server)
  second.send(headText('GET /'))
  await second.expect(/hello$/)
  second.send('GET / HT')
  t.match(
    answers(await second.closed()),
    [{ status: 200 }, { status: 408 }],
    'on a connection that was in use',
  )
})

t.test('a request that comes too slowly as a whole is a 408', async t => {
  const whole = (conn: Conn) =>
    attempt(async () => {
      for await (const piece of conn.body.chunks()) void piece
      return text('read')(conn)
    })
  const server = await start(t, whole, { requestTimeout: 400 })
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 100')}hello`)
  t.match(answers(await line.closed()), [{ status: 408, headers: { connection: 'close' } }])
  t.same(server.bugs, [])
})

t.test('what follows a sound request does not spoil its answer', async t => {
  const slow = (conn: Conn) => attempt(() => sleep(50, text(conn.path)(conn)))
  const server = await start(t, slow)
  const line = await dial(t, server)
  line.send(`${headText('GET /first')}${headText('GET /second')}GARBAGE\r\n\r\n`)
  t.match(answers(await line.closed()), [{ body: '/first' }, { body: '/second' }, { status: 400 }])
  const last = await dial(t, server)
  last.send(`${headText('GET /last', 'Connection: close')}${headText('GET /more')}`)
  const text1 = await last.closed()
  t.match(answers(text1), [{ status: 200, body: '/last' }])
  t.notMatch(text1, /more/)
})

t.test('a request that turns out to be garbage cuts off the response that has begun', async t => {
  let returned = false
  async function* pieces() {
    try {
      for (let i = 0; ; i++) yield await sleep(10, `${i} `)
    } finally {
      returned = true
    }
  }
  const server = await start(t, stream(200, pieces()))
  const line = await dial(t, server)
  line.send(post('Transfer-Encoding: chunked'))
  await line.expect(/3 /)
  line.send('garbage\r\n')
  t.notMatch(await line.closed(), /400|0\r\n\r\n$/, 'the end does not come, and nothing else either')
  await until(() => returned)
  t.same(server.bugs, [])
})

t.test('CONNECT is allowed nowhere, and the rest is not read as a request', async t => {
  const server = await start(t, text('hello'))
  for (const target of ['a.test:443', '/']) {
    const line = await dial(t, server)
    line.send(`${headText(`CONNECT ${target}`)}${headText('GET /tunnelled')}`)
    const text1 = await line.closed()
    t.match(answers(text1), [{ status: 405, headers: { allow: '', connection: 'close' } }])
  }
  const busy = await start(t, conn => attempt(() => sleep(50, text('first')(conn))))
  const line = await dial(t, busy)
  line.send(`${headText('GET /')}${headText('CONNECT a.test:443')}`)
  t.match(answers(await line.closed()), [{ status: 200, body: 'first' }, { status: 405 }])
  const rude = await dial(t, server)
  rude.send(headText('CONNECT a.test:443'))
  rude.socket.resetAndDestroy()
  t.equal((await ask(t, server, headText('GET /'), /hello$/)).status, 200, 'the server lives')
})

t.test('an Upgrade is ignored', async t => {
  const server = await start(t, readWhole())
  for (const protocol of ['websocket', 'h2c', 'TLS/1.2']) {
    const request = post('Connection: Upgrade', `Upgrade: ${protocol}`, 'Content-Length: 5')
    t.match(await ask(t, server, `${request}hello`, /hello$/), { status: 200, body: 'hello' }, protocol)
  }
})

t.test('whatever bytes come, the connection ends and the server lives', async t => {
  const server = await start(t, readWhole({ length: 100 }), { maxHeaderSize: 1_000 })
  const sound = [
    headText('GET /a?b=c', 'Accept: */*'),
    `${post('Content-Length: 5')}hello`,
    `${post('Transfer-Encoding: chunked')}${chunks}`,
    post('Expect: 100-continue', 'Content-Length: 5'),
    headText('OPTIONS *', 'Connection: Upgrade', 'Upgrade: x'),
  ]
  const byte = fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code))
  const piece = fc.oneof(byte, fc.constantFrom('\r\n', '\n', ' ', ':', '0', 'chunked', 'Host: x', 'HTTP/1.1'))
  const change = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 3 }), piece)
  const request = fc
    .tuple(
      fc.array(fc.constantFrom(...sound), { minLength: 1, maxLength: 3 }),
      fc.array(change, { maxLength: 4 }),
    )
    .map(([requests, changes]) =>
      changes.reduce(
        (text, [at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop),
        requests.join(''),
      ),
    )
  await fc.assert(
    fc.asyncProperty(request, async bytes => {
      const line = await dial(t, server)
      line.socket.end(bytes, 'latin1')
      const all = answers(await line.closed())
      return all.every(({ status }) => status < 500 || status === 501)
    }),
    { numRuns: 300 },
  )
  t.same(server.bugs, [])
  t.equal((await ask(t, server, headText('GET /'))).status, 200)
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
