import t from 'tap'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import {
  createServer,
  request as httpRequest,
  type ClientRequest as NodeClientRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerList } from '../../../../../lib/http/headers.js'
import { attempt, pipeline, resp, type Conn } from '../../../../../lib/index.js'
import { httpClient, type HttpClientOptions, type ServeOptions } from '../../../../../lib/adapters/node.js'
import type { ClientRequest, ClientResponse } from '../../../../../lib/port-types.js'
import { head, parsers, proxy, type ProxyOptions } from '../../../../../plugs/index.js'
import { answers, ask, dial, headText, rejections, start, until, type Started } from '../support.js'

type Test = Parameters<typeof start>[0]

/** Listens until the test ends, and cuts what is open then. */
const listening = async (t: Test, server: NetServer): Promise<string> => {
  const open = new Set<Socket>()
  server.on('connection', socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const upstream = (t: Test, listener: RequestListener): Promise<string> => listening(t, createServer(listener))

/** A server that is spoken to byte by byte. */
const rawUpstream = async (t: Test, onRequest: (socket: Socket, nth: number) => void) => {
  const seen = { sockets: [] as Socket[], requests: [] as string[], ended: 0 }
  const to = await listening(
    t,
    createRawServer(socket => {
      seen.sockets.push(socket)
      socket.setEncoding('latin1')
      let text = ''
      let announced = false
      socket.on('close', () => seen.ended++)
      socket.on('data', chunk => {
        text += String(chunk)
        const at = seen.sockets.indexOf(socket)
        seen.requests[at] = text
        if (announced || !text.includes('\r\n\r\n')) return
        announced = true
        onRequest(socket, at)
        queueMicrotask(() => (announced = false))
      })
    }),
  )
  return { to, seen }
}

/** A server of ours that passes all on. */
const front = (
  t: Test,
  to: string,
  options: Partial<ProxyOptions> & HttpClientOptions = {},
  served: ServeOptions = {},
): Promise<Started> => {
  const { preserveHost, stripScriptName, length, readTimeout, ...client } = options
  const given = Object.fromEntries(
    Object.entries({ preserveHost, stripScriptName, length, readTimeout }).filter(
      ([, value]) => value !== undefined,
    ),
  )
  return start(t, proxy({ to, via: httpClient(client), ...given }), served)
}

const asking = (
  { port }: Started,
  options: {
    readonly method?: string
    readonly path?: string
    readonly headers?: Record<string, string>
  } = {},
): NodeClientRequest => httpRequest({ port, host: '127.0.0.1', agent: false, ...options })

const answerOf = async (request: NodeClientRequest): Promise<IncomingMessage> => {
  const [message] = (await once(request, 'response')) as [IncomingMessage]
  return message
}

const textOf = async (message: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of message.setEncoding('latin1')) text += chunk as string
  return text
}

const megabyte = Buffer.alloc(1_000_000, 'x')
const many = 50

t.test('a request and its answer pass, headers byte for byte', async t => {
  const { to, seen } = await rawUpstream(t, socket =>
    socket.write(
      'HTTP/1.1 200 Fine\r\nContent-Type: text/plain; charset=latin1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=\xe9\r\n' +
        'Connection: keep-alive, X-Gone\r\nX-Gone: 1\r\nContent-Length: 4\r\n\r\ncaf\xe9',
      'latin1',
    ),
  )
  const server = await front(t, to)
  const answer = await ask(
    t,
    server,
    `GET /caf%e9?a=%zz&b HTTP/1.1\r\nHost: shop.test:8080\r\nX-A: \xe9\r\nCookie: a=b\r\nConnection: x-b\r\nX-B: 1\r\n\r\n`,
    /caf\xe9$/,
  )
  t.equal(answer.status, 200)
  t.equal(answer.body, 'caf\xe9')
  const { date: _, connection: __, 'keep-alive': ___, ...headers } = answer.headers
  t.same(headers, {
    'cache-control': 'max-age=0, private, must-revalidate',
    'content-type': 'text/plain; charset=latin1',
    'set-cookie': 'a=1\nb=\xe9',
    'content-length': '4',
  })
  t.strictSame(seen.requests[0]?.split('\r\n'), [
    'GET /caf%e9?a=%zz&b HTTP/1.1',
    'host: shop.test:8080',
    'connection: keep-alive',
    'x-a: \xe9',
    'cookie: a=b',
    'via: 1.1 plugboard',
    'x-forwarded-for: 127.0.0.1',
    'x-forwarded-proto: http',
    'x-forwarded-host: shop.test:8080',
    'x-forwarded-port: 8080',
    '',
    '',
  ])
})

t.test('a body is framed as the client framed it, whichever plug has read it before', async t => {
  const to = await upstream(t, (message, response) => {
    void textOf(message).then(body => {
      const { 'content-length': length, 'transfer-encoding': coding } = message.headers
      response.end(JSON.stringify([message.method, length ?? coding ?? 'none', body]))
    })
  })
  const old = proxy({ to, via: httpClient() })
  for (const app of [old, pipeline(parsers(), old)]) {
    const server = await start(t, app)
    const table: readonly (readonly [string, string, readonly unknown[]])[] = [
      ['POST', 'Content-Length: 3\r\n\r\na=b', ['POST', '3', 'a=b']],
      ['POST', 'Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n', ['POST', 'chunked', 'a=b']],
      ['POST', 'Content-Length: 0\r\n\r\n', ['POST', '0', '']],
      ['POST', '\r\n', ['POST', '0', '']],
      ['DELETE', 'Content-Length: 3\r\n\r\na=b', ['DELETE', '3', 'a=b']],
      ['DELETE', 'Content-Length: 0\r\n\r\n', ['DELETE', 'none', '']],
      ['GET', 'Content-Length: 3\r\n\r\na=b', ['GET', '3', 'a=b']],
      ['GET', '\r\n', ['GET', 'none', '']],
    ]
    for (const [method, rest, expected] of table) {
      const { body } = await ask(
        t,
        server,
        `${method} / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n${rest}`,
        /\]/,
      )
      t.strictSame(JSON.parse(/\[.*\]/.exec(body)?.[0] ?? ''), expected, `${method} ${rest}`)
    }
    t.strictSame(server.bugs, [])
  }
})

t.test('50 MB pass in both directions at once', async t => {
  const to = await upstream(t, (message, response) => void message.pipe(response))
  const server = await front(t, to)
  const request = asking(server, {
    method: 'POST',
    headers: { 'content-length': String(many * megabyte.length) },
  })
  void (async () => {
    for (let i = 0; i < many; i++) if (!request.write(megabyte)) await once(request, 'drain')
    request.end()
  })()
  let size = 0
  for await (const chunk of await answerOf(request)) size += (chunk as Buffer).length
  t.equal(size, many * megabyte.length)
  t.strictSame(server.bugs, [])
})

t.test('a client that does not read holds the other server back', async t => {
  let written = 0
  const to = await upstream(t, (_, response) => {
    void (async () => {
      for (let i = 0; i < many; i++) {
        written++
        if (!response.write(megabyte)) await once(response, 'drain')
      }
      response.end()
    })()
  })
  // a reader that is slow is not what bodyTimeout is about
  const server = await front(t, to, { bodyTimeout: 300 })
  const message = await answerOf(asking(server).end())
  await sleep(2_500)
  t.ok(written < 20, `${written} MB were taken from the other server`)
  let size = 0
  for await (const chunk of message) size += (chunk as Buffer).length
  t.equal(size, many * megabyte.length)
})

t.test('a server that does not read holds the client back', async t => {
  let resume = (): void => {}
  const to = await upstream(t, (message, response) => {
    message.pause()
    resume = () => {
      let size = 0
      message.on('data', (chunk: Buffer) => (size += chunk.length))
      message.on('end', () => response.end(String(size)))
      message.resume()
    }
  })
  const server = await front(t, to)
  const request = asking(server, { method: 'PUT' })
  let written = 0
  void (async () => {
    for (let i = 0; i < many; i++) {
      written++
      if (!request.write(megabyte)) await once(request, 'drain')
    }
    request.end()
  })()
  await sleep(700)
  t.ok(written < 20, `${written} MB were taken from the client`)
  resume()
  t.equal(await textOf(await answerOf(request)), String(many * megabyte.length))
})

t.test('pieces arrive one by one, in both directions', async t => {
  const to = await upstream(t, (message, response) => {
    response.writeHead(200)
    response.flushHeaders()
    message.on('data', (chunk: Buffer) => response.write(`<${chunk.toString()}>`))
    message.on('end', () => response.end('.'))
  })
  const server = await front(t, to)
  const line = await dial(t, server)
  // the head goes to the other server with the first piece
  line.send(`${headText('POST /', 'Transfer-Encoding: chunked')}1\r\na\r\n`)
  await line.expect(/200 OK/)
  await line.expect(/<a>/)
  line.send('1\r\nb\r\n')
  await line.expect(/<b>/)
  line.send('0\r\n\r\n')
  t.equal(answers(await line.closed())[0]?.body, '<a><b>.')
})

t.test('answers without a body have none, and the connection goes on', async t => {
  const to = await upstream(t, (message, response) => {
    const status = Number(/\d{3}/.exec(message.url ?? '')?.[0])
    if (status === 304) response.setHeader('etag', '"x"')
    if (message.url?.includes('sized')) response.setHeader('content-length', '7')
    response.writeHead(status).end(message.url?.includes('body') ? 'a body!' : undefined)
  })
  const server = await front(t, to)
  const line = await dial(t, server)
  const requests = ['GET /204', 'GET /304', 'HEAD /200-sized', 'HEAD /200', 'GET /205', 'GET /200-body']
  for (const [i, first] of requests.entries()) {
    line.send(headText(first))
    await until(
      () => answers(line.text(), methods).length === i + 1 && /(\r\n\r\n|!|0\r\n\r\n)$/.test(line.text()),
    )
  }
  t.match(
    answers(line.text(), methods).map(({ status, headers, body }) => [
      status,
      headers['content-length'],
      body,
    ]),
    [
      [204, undefined, ''],
      [304, undefined, ''],
      [200, '7', ''],
      [200, undefined, ''],
      [205, '0', ''],
      [200, undefined, 'a body!'],
    ],
  )
  t.equal(answers(line.text(), methods)[1]?.headers['etag'], '"x"')
  t.strictSame(server.bugs, [])
})
const methods = ['GET', 'GET', 'HEAD', 'HEAD', 'GET', 'GET']

t.test('behind head, the body that nobody is sent is given up', async t => {
  const { to, seen } = await rawUpstream(t, socket =>
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(100_000)}`),
  )
  const server = await start(t, pipeline(head, proxy({ to, via: httpClient() })))
  const { status, headers, body } = await ask(t, server, headText('HEAD /'))
  t.match([status, headers['content-length'], body], [200, '5000000', ''])
  await until(() => seen.sockets[0]?.destroyed === true, 'the connection to the other server stays open')
  t.match(seen.requests[0], /^GET /)
})

t.test('connections are kept and used again', async t => {
  const { to, seen } = await rawUpstream(t, socket =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'),
  )
  const server = await front(t, to)
  for (let i = 0; i < 4; i++) t.equal((await ask(t, server, headText('GET /'), /hi$/)).body, 'hi')
  t.equal(seen.sockets.length, 1)
  seen.sockets[0]?.destroy()
  await until(() => seen.sockets[0]?.destroyed === true)
  await sleep(20)
  t.equal((await ask(t, server, headText('GET /'), /hi$/)).body, 'hi', 'and another is made when one is gone')
  t.equal(seen.sockets.length, 2)
})

t.test('a server that gives no answer is a 502, told with its cause', async t => {
  const closed = await listening(t, createRawServer())
  const gone = createRawServer()
  const nobody = await listening(t, gone)
  gone.close()
  await once(gone, 'close')
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['nobody listens', nobody, /ECONNREFUSED/],
    ['it closes', (await rawUpstream(t, socket => socket.end())).to, /other side closed/],
    ['it resets', (await rawUpstream(t, socket => socket.resetAndDestroy())).to, /ECONNRESET/],
    ['it speaks no HTTP', (await rawUpstream(t, socket => socket.write('SSH-2.0-x\r\n\r\n'))).to, /HTTP/],
    ['its head is cut', (await rawUpstream(t, socket => socket.end('HTTP/1.1 200 OK\r\nA: b'))).to, /closed/],
    [
      'its head is endless',
      (await rawUpstream(t, socket => socket.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}`))).to,
      /Overflow/i,
    ],
    [
      'it changes the protocol',
      (
        await rawUpstream(t, socket =>
          socket.write('HTTP/1.1 101 Fine\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
        )
      ).to,
      /upgrade/,
    ],
    ['it has no such name', 'http://nobody.invalid', /ENOTFOUND|EAI_AGAIN/],
  ]
  t.ok(closed)
  for (const [name, to, cause] of cases) {
    const server = await front(t, to)
    const { status, body } = await ask(t, server, headText('GET /'), /Gateway\n$/)
    t.strictSame([status, body], [502, 'Bad Gateway\n'], name)
    t.equal(server.bugs.length, 1)
    t.match(String(server.bugs[0]) + String((server.bugs[0] as { code?: string }).code), cause)
  }
})

t.test('nothing is sent twice', async t => {
  const { to, seen } = await rawUpstream(t, socket => socket.destroy())
  const server = await front(t, to)
  await ask(t, server, headText('GET /'), /Gateway\n$/)
  await ask(t, server, `${headText('POST /', 'Content-Length: 2')}hi`, /Gateway\n$/)
  t.equal(seen.requests.length, 2)
})

t.test('a server that takes too long is a 504', async t => {
  const silent = await rawUpstream(t, () => {})
  const slow = await front(t, silent.to, { headersTimeout: 100 })
  t.equal((await ask(t, slow, headText('GET /'), /Timeout\n$/)).status, 504)
  await until(() => silent.seen.sockets[0]?.destroyed === true, 'the connection is given up')
  // a handshake that never ends
  const deaf = await front(t, silent.to.replace('http:', 'https:'), { connectTimeout: 100 })
  t.equal((await ask(t, deaf, headText('GET /'), /Timeout\n$/)).status, 504)
  t.match(slow.bugs.concat(deaf.bugs), [
    { code: 'UND_ERR_HEADERS_TIMEOUT' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
  ])
})

t.test('the time a client takes to send does not count against the server', async t => {
  const { to } = await rawUpstream(t, socket => {
    socket.on('data', chunk => {
      if (String(chunk).includes('end')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
    })
  })
  const server = await front(t, to, { headersTimeout: 200 })
  const line = await dial(t, server)
  line.send(headText('POST /', 'Content-Length: 9'))
  for (const piece of ['aaa', 'bbb', 'end']) {
    await sleep(250)
    line.send(piece)
  }
  t.match(await line.expect(/hi$/), /200 OK/)
  const late = await rawUpstream(t, () => {})
  const other = await dial(t, await front(t, late.to, { headersTimeout: 200 }))
  other.send(headText('POST /', 'Content-Length: 2'))
  await sleep(400)
  other.send('hi')
  t.match(await other.expect(/Timeout\n$/), /504/, 'but the time after that does')
})

t.test('an answer that breaks off never looks whole', async t => {
  const ends: Readonly<Record<string, (socket: Socket) => void>> = {
    closed: socket => socket.end(),
    reset: socket => socket.resetAndDestroy(),
    stalled: () => {},
    'malformed (and chunked)': socket => socket.write('what?\r\n'),
  }
  for (const framing of ['Content-Length: 100', 'Transfer-Encoding: chunked'])
    for (const [how, end] of Object.entries(ends)) {
      if (how.includes('chunked') && !framing.includes('chunked')) continue
      const chunked = framing.includes('chunked')
      const { to, seen } = await rawUpstream(t, socket => {
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n${chunked ? '5\r\nhello\r\n' : 'hello'}`)
        setTimeout(end, 100, socket)
      })
      const server = await front(t, to, { bodyTimeout: 200 })
      for (const version of ['1.1', '1.0']) {
        const line = await dial(t, server)
        line.send(`GET / HTTP/${version}\r\nHost: x\r\n\r\n`)
        await line.expect(/hello/)
        const text = await until(
          () => line.failure() !== undefined || line.socket.destroyed || line.socket.readableEnded,
        ).then(() => line.text())
        if (version === '1.0') t.equal(line.failure(), 'ECONNRESET', `${framing}, ${how}: the end is no end`)
        else t.notMatch(text, /0\r\n\r\n$/, `${framing}, ${how}: no last chunk`)
      }
      t.equal(server.bugs.length, 2, 'and the failure is told')
      await until(() => seen.sockets.every(socket => socket.destroyed))
    }
})

t.test('a client that leaves ends the request to the other server', async t => {
  for (const begun of ['', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n']) {
    const { to, seen } = await rawUpstream(t, socket => void (begun && socket.write(begun)))
    const server = await front(t, to)
    const line = await dial(t, server)
    line.send(headText('GET /'))
    await until(() => seen.requests.length === 1)
    if (begun) await line.expect(/hello/)
    line.socket.destroy()
    await until(() => seen.sockets[0]?.destroyed === true, 'the other server is still asked')
    t.strictSame(server.bugs, [], 'which is no bug')
  }
})

t.test('a client that leaves while it sends does not look done to the other server', async t => {
  for (const framing of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
    const { to, seen } = await rawUpstream(t, () => {})
    const server = await front(t, to)
    const line = await dial(t, server)
    line.send(`${headText('POST /', framing)}${framing.includes('chunked') ? '5\r\nhello\r\n' : 'hello'}`)
    await until(() => seen.requests[0]?.includes('hello') === true)
    line.socket.destroy()
    await until(() => seen.sockets[0]?.destroyed === true)
    t.notMatch(seen.requests[0], /0\r\n\r\n$/)
    t.strictSame(server.bugs, [])
  }
})

t.test('a body that is too slow or too large is answered as anywhere else', async t => {
  const { to, seen } = await rawUpstream(t, () => {})
  const server = await front(t, to, { readTimeout: 100, length: 10 })
  const slow = await dial(t, server)
  slow.send(`${headText('POST /', 'Content-Length: 5')}he`)
  t.match(await slow.closed(), /^HTTP\/1\.1 408/)
  const large = await dial(t, server)
  large.send(`${headText('POST /', 'Transfer-Encoding: chunked')}b\r\nhello world\r\n`)
  t.match(await large.closed(), /^HTTP\/1\.1 413/)
  await until(() => seen.sockets[0]?.destroyed === true, 'the connection stays open')
  t.notMatch(seen.requests.join(), /world/)
  t.strictSame(server.bugs, [])
})

t.test('an answer that comes before the request is whole is passed on', async t => {
  const { to, seen } = await rawUpstream(t, socket =>
    socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'),
  )
  const server = await front(t, to)
  const line = await dial(t, server)
  line.send(`${headText('POST /', 'Content-Length: 1000000')}${'x'.repeat(1000)}`)
  t.match(answers(await line.closed()), [{ status: 413, body: 'no' }])
  await until(() => seen.sockets[0]?.destroyed === true)
  t.strictSame(server.bugs, [])
})

t.test('a deadline ends the request to the other server', async t => {
  const { to, seen } = await rawUpstream(t, () => {})
  const server = await front(t, to, {}, { deadline: 100 })
  t.equal((await ask(t, server, headText('GET /'), /\n$/)).status, 503)
  await until(() => seen.sockets[0]?.destroyed === true)
  t.equal(server.bugs.length, 1, 'the deadline alone is told')
})

t.test('a body that nobody reads is given up', async t => {
  const { to, seen } = await rawUpstream(t, socket =>
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(200_000)}`),
  )
  const via = httpClient({ bodyTimeout: 100 })
  const request: ClientRequest = {
    method: 'GET',
    origin: to,
    target: '/',
    headers: headerList([]),
    body: undefined,
    length: 0,
    signal: new AbortController().signal,
  }
  const app = () =>
    attempt(async () => resp(200, ((await via.send(request)()) as { _tag: string })._tag)(conn))
  let conn: Conn
  const server = await start(t, (c: Conn) => ((conn = c), app()))
  t.equal((await ask(t, server, headText('GET /'), /Right$/)).body, 'Right')
  await until(() => seen.sockets[0]?.destroyed === true, 'the connection stays open')
  const sent = (await httpClient({ bodyTimeout: 0 }).send(request)()) as { readonly right: ClientResponse }
  sent.right.body?.destroy?.()
  await until(() => seen.sockets.filter(socket => !socket.destroyed).length === 0, 'destroy does the same')
  t.match(await via.send({ ...request, target: 'no path' })(), { left: { _tag: 'Exception', status: 500 } })
  const aborted = AbortSignal.abort(new DOMException('gone', 'AbortError'))
  t.match(await via.send({ ...request, signal: aborted })(), {
    left: { _tag: 'BadGateway', cause: { message: 'gone' } },
  })
})

t.test('a server of https proves its own name, whatever the Host', async t => {
  const fixture = (name: string): Buffer =>
    readFileSync(new URL(`../../../../../../spec/fixtures/${name}`, import.meta.url))
  const secure = createSecureServer(
    { key: fixture('tls-key.pem'), cert: fixture('tls-cert.pem') },
    (message, response) =>
      response.end(
        `${message.headers.host} ${String((message.socket as { servername?: unknown } & Socket).servername)}`,
      ),
  )
  const to = (await listening(t, secure)).replace('http://127.0.0.1', 'https://localhost')
  const server = await front(t, to, { tls: { ca: fixture('tls-cert.pem') } })
  t.equal((await ask(t, server, headText('GET /'), /localhost$/)).body, 'x.test localhost')
  const stranger = await front(t, to)
  t.equal((await ask(t, stranger, headText('GET /'), /Gateway\n$/)).status, 502)
})

t.test('options that make no sense are refused', async t => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    [{ timeout: 1 }, /^httpClient: unknown option timeout/],
    [{ connectTimeout: -1 }, /^httpClient: connectTimeout must be a non-negative integer \(milliseconds\)/],
    [{ headersTimeout: 0.5 }, /^httpClient: headersTimeout must/],
    [{ bodyTimeout: '1' }, /^httpClient: bodyTimeout must/],
    [{ bodyTimeout: 2 ** 31 }, /^httpClient: bodyTimeout must/],
    [
      { keepAliveTimeout: 0 },
      /^httpClient: keepAliveTimeout must be a positive integer \(milliseconds\), got 0$/,
    ],
    [{ tls: 'ca' }, /^httpClient: tls must be an object/],
  ]
  for (const [options, message] of table)
    t.throws(() => httpClient(options as HttpClientOptions), { name: 'TypeError', message })
  t.doesNotThrow(() =>
    httpClient({ bodyTimeout: 0, connectTimeout: undefined } as unknown as HttpClientOptions),
  )
})

t.test('no promise was rejected without being handled', async t => {
  t.strictSame(rejections, [])
})
