// Nothing in a URL may throw. Random bytes are sent as request targets, over real sockets, to a router of every kind of
// route: each answer is a whole HTTP response below 500, and the server lives on. The seed is fixed.
import t from 'tap'
import { serve } from '../../lib/adapters/node.js'
import {
  currentPath,
  endpoint,
  fetchQueryParams,
  json,
  pipe,
  pipeline,
  text,
  type Conn,
} from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { head } from '../../plugs/index.js'
import { controller, int, orBadRequest, pipelines, router, uuid } from '../../router/index.js'
import { exchange } from '../support/raw-http.js'

const rejections: unknown[] = []
process.on('unhandledRejection', cause => rejections.push(cause))

// --- the app

const tell = (c: Conn) =>
  json({
    route: c.route,
    params: c.params,
    pathParams: c.pathParams,
    path: currentPath(c),
    scriptName: c.scriptName,
    segments: c.segments,
  })(c)
const posts = controller({}, { index: tell, show: tell, new: tell, create: tell, update: tell, delete: tell })
const inner = router(
  pipelines({}).scope('/', ({ get, fallback, forward }) => [
    get('/', tell),
    get('/:id/x', { id: int }, tell),
    get('/v:version/*rest', tell),
    forward('/in/:n', tell),
    fallback(tell, { methodNotAllowed: true, automaticOptions: true }),
  ]),
)
const { scope } = pipelines({ browser: fetchQueryParams })
const app = router(
  scope({ path: '/', host: ['api.', 'a.test'] }, ({ get, match }) => [
    get('/a/:id', tell),
    match('*', '/rpc/:name.json', tell),
  ]),
  scope('/', 'browser', ({ get, post, match, resources, scope, forward, fallback }) => [
    get('/', tell),
    get('/a', tell),
    get('/a/:id', { id: int }, tell),
    get('/b/:id', { id: orBadRequest(uuid) }, tell),
    get('/at\\:noon/:x', tell),
    get('/pre-:name', tell),
    get('/file/:name.json', tell),
    post('/only/post', tell),
    match('*', '/any/*rest', tell),
    get('/img/pre-*rest', tell),
    resources('/posts', posts, {}, ({ get, collection, member, resources }) => [
      collection(({ get }) => [get('/search', tell)]),
      member(({ post }) => [post('/publish', tell)]),
      get('/raw', tell),
      resources('/comments', { show: tell }, { codec: int }),
    ]),
    scope({ path: '/users/:userId', params: { userId: int } }, ({ get, fallback }) => [
      get('/:__proto__', tell),
      fallback(tell),
    ]),
    forward('/fwd', inner),
    forward({ path: '/t/:tenant', metadata: { a: 1 } }, inner),
    forward('/plug', tell),
    scope('/api', ({ get, fallback }) => [
      get('/:a/:b/:c', tell),
      fallback(tell, { methodNotAllowed: true, automaticOptions: true }),
    ]),
    fallback(tell, { methodNotAllowed: true }),
  ]),
)

// --- what is sent

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const words = [
  'a b at:noon pre-x pre- file x.json .json only post any img posts search new edit 7 -7 1e9 00 publish raw comments',
  'users fwd in t plug api rpc v1 x . .. ... %2e%2e %2F % %% %zz %ff %c0%af %00 %ed%a0%80 %F0%9F%98%80 %E2%82 + * :id',
  '\\ %5c \xe9 \xff \0 __proto__ constructor f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ;x=1 @ ~  ',
].flatMap(line => line.split(' '))
const queries = [
  '',
  '',
  '',
  '?',
  '?a=1',
  '?a[b][]=1',
  '?a=%ff',
  '?%',
  '?a[=1',
  '?__proto__[x]=1',
  '?a=1&a[b]=2',
  '#x',
]
const starts = ['/', '/', '/', '/', '/', '//', 'http://a.test/', 'http://', 'https://x:99999/', '*', '', '\\']
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
const hosts = ['localhost', 'api.example', 'API.x', 'a.test', 'a.test:80', '[::1]', '[', 'x:y', '\xe9', '']

const generator = (seed: number) => {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const one = <A>(list: readonly A[]): A => list[below(list.length)] as A
  const bytes = (): string => String.fromCharCode(...Array.from({ length: below(12) }, () => below(256)))
  const encoded = (): string =>
    Array.from({ length: below(6) }, () => `%${below(256).toString(16).padStart(2, '0')}`).join('')
  const segment = (): string => {
    const kind = next()
    return kind < 0.7 ? one(words) : kind < 0.8 ? one(words) + one(words) : kind < 0.9 ? encoded() : bytes()
  }
  const target = (): string =>
    next() < 0.1
      ? bytes()
      : one(starts) +
        Array.from({ length: below(7) }, segment).join(one(['/', '/', '/', '//'])) +
        one(queries)
  return { one, target }
}

// --- what comes back

const whole = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(?:[!#$%&'*+.^_`|~\w-]+:[^\r\n]*\r\n)+\r\n/

t.test('whatever the target, the answer is a whole response below 500, and the server lives on', async t => {
  const told: unknown[] = []
  const started = await serve(endpoint({}, pipeline(head, app)), {
    port: 0,
    host: '127.0.0.1',
    stopOn: [],
    headersTimeout: 2000,
    onError: cause => told.push(cause),
  })()
  if (started._tag === 'Left') throw new Error(started.left.message)
  const server = started.right
  const { one, target } = generator(20_261_124)
  const requests = Array.from({ length: 3000 }, () => {
    const method = one(methods)
    const path = target()
    return {
      method,
      path,
      send: `${method} ${path} HTTP/1.1\r\nhost: ${one(hosts)}\r\nconnection: close\r\n\r\n`,
    }
  })
  const statuses = new Map<number, number>()
  const wrong: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      const answer = await exchange(server.port, request.send, { silence: 3000 })
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      const length = answer.headers['content-length']
      const complete =
        whole.test(answer.text) &&
        (length === undefined || request.method === 'HEAD' || answer.body.length === Number(length))
      if (!complete || answer.status < 200 || answer.status >= 500 || !answer.closed)
        wrong.push([request.send, answer.text.slice(0, 200)])
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  t.strictSame(wrong, [])
  t.strictSame(told, [], 'nothing that the app’s owner should know of')
  t.strictSame(rejections, [])
  for (const status of [200, 400, 404, 405])
    t.ok((statuses.get(status) ?? 0) > 20, `${status}: ${statuses.get(status)} times`)
  const good = await exchange(server.port, 'GET /a/7?x=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  t.equal(good.status, 200)
  t.match(JSON.parse(good.body), { params: { id: 7, x: '1' } })
  const options = await exchange(
    server.port,
    'OPTIONS /api/1/2/3 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  )
  t.match(options, { status: 204, body: '', headers: { allow: 'GET, HEAD, OPTIONS' } })
  t.notOk('content-length' in options.headers)
  await server.stop()
})

t.test('as a pure function, too: no path makes the router throw', async t => {
  const { one, target } = generator(7)
  const wrong: unknown[] = []
  for (let i = 0; i < 10_000; i++) {
    const path = target()
    if (!path.startsWith('/')) continue
    const request = conn(one(methods), path.replaceAll(/[^\x21-\x7e]/g, ''))
    try {
      const { status = 0, error } = run(app)(request)
      if (status < 200 || status >= 500 || error?._tag === 'Exception')
        wrong.push([request.path, status, error])
    } catch (thrown) {
      wrong.push([request.path, thrown])
    }
  }
  t.strictSame(wrong, [])
})

t.test('what a route captures makes the path to it again', async t => {
  const { target } = generator(99)
  const links = router(
    scope('/', ({ get }) => [
      get('/p/:id', c => text(links.path('/p/:id', { id: c.params.id }))(c)),
      get('/g/*rest', c => text(links.path('/g/*rest', { rest: c.params.rest }))(c)),
    ]),
  ) as { (c: Conn): unknown; path: (pattern: string, params: object) => string }
  const wrong: string[] = []
  let made = 0
  for (let i = 0; i < 5000; i++) {
    const path = target().replaceAll(/[^\x21-\x7e]|[?#].*/g, '')
    for (const start of ['/p/', '/g/']) {
      const first = pipe(conn('GET', start + path), run(links))
      if (first.status !== 200) continue
      made += 1
      const again = run(links)(conn('GET', String(first.respBody)))
      if (JSON.stringify(again.pathParams) !== JSON.stringify(first.pathParams)) wrong.push(start + path)
    }
  }
  t.strictSame(wrong, [])
  t.ok(made > 1000)
})
