// An adapter of one's own, by what every user has: from the Request of the Fetch standard to its Response, as servers other
// than node:http have them. Bodies stream both ways; what cannot be sent is rendered as the app renders failures.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  badRequest,
  checkAtBoot,
  connOf,
  endpoint,
  endpointOf,
  errorResponse,
  exception,
  fail,
  headerList,
  json,
  parseHost,
  pipeline,
  putRespCookie,
  putStatus,
  raise,
  requestTooLarge,
  responseOf,
  runner,
  sendFile,
  splitPath,
  stream,
  text,
  type App,
  type Body,
  type BodyLimits,
  type Conn,
  type FileBody,
  type PlugError,
  type RequestSource,
  type RespBody,
  type WithBodyParams,
} from '../../lib/index.js'
import {
  cookieStore,
  fetchSession,
  getSession,
  head,
  parsers,
  putSession,
  session,
} from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

type BodyInit = NonNullable<ConstructorParameters<typeof Response>[0]>

const defaultLength = 8_000_000
const tooLarge = (length: number): PlugError =>
  requestTooLarge(`The request body is larger than ${length} bytes`)

/** A body that is read once; what was read whole is kept. */
const bodyOf = (stream: ReadableStream<Uint8Array> | null): Body => {
  let whole: Promise<Either<PlugError, Uint8Array>> | undefined
  const pieces = async function* ({ length = defaultLength }: BodyLimits = {}): AsyncGenerator<Uint8Array> {
    if (whole !== undefined) {
      const read = await whole
      yield read._tag === 'Right' ? read.right : raise(read.left)
      return
    }
    let size = 0
    for await (const piece of stream ?? []) {
      size += piece.length
      if (size > length) raise(tooLarge(length))
      yield piece
    }
  }
  const collect = async (length: number): Promise<Either<PlugError, Uint8Array>> => {
    const read: Uint8Array[] = []
    let size = 0
    try {
      for await (const piece of stream ?? []) {
        size += piece.length
        if (size > length) return left(tooLarge(length))
        read.push(piece)
      }
    } catch (cause) {
      return left(badRequest('The request body ended early', { cause }))
    }
    return right(Buffer.concat(read))
  }
  return {
    bytes:
      ({ length = defaultLength } = {}) =>
      () =>
        (whole ??= collect(length)),
    chunks: limits => pieces(limits),
  }
}

const entropyOf = (): RequestSource['entropy'] => {
  const drawn = new Map<string, Buffer>()
  return (label, length) => {
    const before = drawn.get(label) ?? Buffer.alloc(0)
    const bytes =
      before.length >= length ? before : Buffer.concat([before, randomBytes(length - before.length)])
    drawn.set(label, bytes)
    return Uint8Array.from(bytes.subarray(0, length))
  }
}

const sourceOf = (request: Request): RequestSource => {
  const url = new URL(request.url)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const { host, port = scheme === 'https' ? 443 : 80 } = parseHost(url.host) ?? { host: '' }
  return {
    method: request.method,
    scheme,
    host,
    port,
    path: url.pathname,
    segments: splitPath(url.pathname),
    scriptName: [],
    queryString: url.search.slice(1),
    reqHeaders: headerList(request.headers),
    remoteIp: '',
    httpVersion: '1.1',
    body: bodyOf(request.body as ReadableStream<Uint8Array> | null),
    now: Date.now(),
    entropy: entropyOf(),
    signal: request.signal,
    endpointUrl: undefined,
    secretKeyBase: undefined,
  }
}

const fileOf = async ({ file, offset, length }: FileBody): Promise<BodyInit> => {
  const handle = await open(file)
  await handle.close()
  const end = length === 'all' ? undefined : offset + length - 1
  return Readable.toWeb(
    createReadStream(file, { start: offset, ...(end !== undefined && { end }) }),
  ) as BodyInit
}

const encoder = new TextEncoder()
const encoded = async function* (pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece
}

const bodyInit = async (body: RespBody | undefined): Promise<BodyInit | null> => {
  if (body === undefined) return null
  if (typeof body === 'string' || body instanceof Uint8Array) return body as BodyInit
  return body.kind === 'file' ? fileOf(body) : (ReadableStream.from(encoded(body.chunks)) as BodyInit)
}

const send = async (request: Request, final: Conn): Promise<Response> => {
  const { status, headers, body } = responseOf(final)
  const init = await bodyInit(request.method === 'HEAD' ? undefined : body)
  return new Response(init, { status, headers: headers as [string, string][] })
}

/** What answers requests by an app. */
const fetchHandler = (app: App): ((request: Request) => Promise<Response>) => {
  const served = endpointOf(app)
  const { secretKeyBase, renderErrors = errorResponse } = served.options
  checkAtBoot(served, { secretKeyBase })
  return async request => {
    const final = await served.run(connOf(sourceOf(request)))
    try {
      return await send(request, final)
    } catch (cause) {
      const failed = connOf(sourceOf(request))
      return send(request, await runner(c => fail(c, exception(cause)), renderErrors)(failed))
    }
  }
}

// --- what it does

const secretKeyBase = 'a secret of the spec, which is long enough to derive the keys of sessions'
const here = fileURLToPath(import.meta.url)

const app = endpoint(
  { secretKeyBase },
  pipeline(
    head,
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_app_key' }),
    fetchSession,
    router(
      scope('/', ({ get, post }) => [
        get('/', text('hello')),
        get('/where', c => json([c.method, c.scheme, c.host, c.port, c.path, c.queryString])(c)),
        post('/echo', (c: Conn) => stream(200, c.body.chunks({ length: 100 }))(c)),
        post(
          '/parsed',
          pipeline(parsers({ length: 50 }), (c: Conn & WithBodyParams) => json(c.bodyParams)(c)),
        ),
        get('/file', sendFile(200, here, 3, 4)),
        get('/no-file', sendFile(200, `${here}.none`)),
        get('/empty', c => putStatus(204)(text('')(c))),
        get('/fails', () => {
          throw new Error('a bug')
        }),
        get('/count', c => {
          const count = Number(getSession('count', 0)(c as never)) + 1
          const counted = putSession('count', count)(c as never) as Conn
          return text(String(count))(putRespCookie('theme', 'dark')(counted))
        }),
      ]),
    ),
  ),
)
const handle = fetchHandler(app)
const ask = (path: string, init?: RequestInit): Promise<Response> =>
  handle(new Request(`https://example.com:8443${path}`, init))

t.test('requests and responses', async t => {
  const hello = await ask('/')
  t.equal(hello.status, 200)
  t.equal(hello.headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(await hello.text(), 'hello')
  t.strictSame(await (await ask('/where?a=1')).json(), ['GET', 'https', 'example.com', 8443, '/where', 'a=1'])
  const none = await ask('/empty')
  t.equal(none.status, 204)
  t.equal(none.body, null)
  const asked = await ask('/', { method: 'HEAD' })
  t.equal(asked.status, 200)
  t.equal(await asked.text(), '')
})

t.test('bodies', async t => {
  const parsed = await ask('/parsed', {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  })
  t.strictSame(await parsed.json(), { a: 1 })
  const large = await ask('/parsed', {
    method: 'POST',
    body: JSON.stringify('x'.repeat(60)),
    headers: { 'content-type': 'application/json' },
  })
  t.equal(large.status, 413)

  let pulled = 0
  const source = new ReadableStream<Uint8Array>(
    {
      pull: controller => {
        pulled += 1
        if (pulled > 3) controller.close()
        else controller.enqueue(new TextEncoder().encode(`${pulled},`))
      },
    },
    { highWaterMark: 0 },
  )
  const echoed = await ask('/echo', { method: 'POST', body: source, duplex: 'half' } as RequestInit)
  t.ok(pulled < 3, 'nothing is read ahead')
  t.equal(await echoed.text(), '1,2,3,')
  const cut = await ask('/echo', { method: 'POST', body: 'x'.repeat(200) })
  await t.rejects(cut.text(), 'a stream that fails ends the response')
  t.equal(await (await ask('/file')).text(), 'An a')
})

t.test('cookies', async t => {
  const first = await ask('/count')
  const cookies = first.headers.getSetCookie()
  t.equal(cookies.length, 2)
  const cookie = cookies.map(each => each.split(';')[0]).join('; ')
  t.match(cookies.join('\n'), /_app_key=.*; path=\/; secure; HttpOnly; SameSite=Lax/i)
  t.equal(await (await ask('/count', { headers: { cookie } })).text(), '2')
})

t.test('failures', async t => {
  for (const [path, status] of [
    ['/none', 404],
    ['/fails', 500],
    ['/no-file', 500],
  ] as const) {
    const refused = await ask(path, { headers: { accept: 'application/json' } })
    t.equal(refused.status, status, path)
    t.match(await refused.json(), { errors: { detail: /./ } }, 'rendered as the app renders failures')
  }
  t.throws(
    () =>
      fetchHandler(
        endpoint({}, app.bind(undefined) as never) &&
          endpoint({}, pipeline(session({ store: cookieStore({ signingSalt: 'x' }), key: 'a' }), text('x'))),
      ),
    /secretKeyBase/,
  )
})
