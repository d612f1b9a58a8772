import * as fc from 'fast-check'
import t from 'tap'
import {
  assign,
  getRespHeader,
  halt,
  named,
  pipeline,
  text,
  type Conn,
  type Halted,
  type Responded,
} from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { conn, run } from '../../lib/testing/index.js'
import { controller, int, orBadRequest, routeInfo, router, routes, scope } from '../../router/index.js'
import { answerFor, holdsRouter } from '../../router/route-table.js'

const ok = text('ok')
const browser = pipeline(assign('a', 1), assign('b', 2))
function requireAdmin<C extends Conn>(c: C): C | Halted {
  return c.method === 'GET' ? c : halt(c)
}
const list = (c: Conn): Responded => ok(c)

t.test('the route table is data, frozen, and names what runs', async t => {
  const app = router(
    scope({ path: '/admin', host: 'admin.' }, [browser, requireAdmin], ({ get, post, forward }) => [
      get('/users/:id/*rest', list),
      post('/', c => ok(c)),
      forward('/metrics', ok),
      forward(
        '/inner',
        router(scope({ path: '/', host: 'in.test' }, requireAdmin, ({ get }) => [get('/:x', list)])),
      ),
      forward('/other', router(scope({ path: '/', assigns: { c: 1 } }, ({ get }) => [get('/', list)]))),
    ]),
  )
  const shared = {
    hosts: ['admin.'],
    pipelines: ['pipeline', 'requireAdmin'],
    plugs: ['assign', 'assign', 'requireAdmin'],
    mount: false,
    metadata: {},
  }
  const listed = routes(app)
  t.strictSame(
    listed.map(({ file: _file, line: _line, ...route }) => route),
    [
      {
        ...shared,
        method: 'GET',
        pattern: '/admin/users/:id/*rest',
        params: ['id', 'rest'],
        handler: 'list',
      },
      { ...shared, method: 'POST', pattern: '/admin', params: [], handler: 'an anonymous plug' },
      { ...shared, method: '*', pattern: '/admin/metrics', params: [], handler: 'text', mount: true },
      {
        ...shared,
        method: 'GET',
        pattern: '/admin/inner/:x',
        params: ['x'],
        hosts: ['in.test'],
        pipelines: [...shared.pipelines, 'requireAdmin'],
        plugs: [...shared.plugs, 'requireAdmin'],
        handler: 'list',
      },
      {
        ...shared,
        method: 'GET',
        pattern: '/admin/other',
        params: [],
        plugs: [...shared.plugs, 'mergeAssigns'],
        handler: 'list',
      },
    ],
  )
  t.ok(Object.isFrozen(listed) && listed.every(route => Object.isFrozen(route)))
  t.ok(
    listed.every(route => [route.params, route.hosts, route.pipelines, route.plugs].every(Object.isFrozen)),
  )
})

t.test('each route says the line that declares it', async t => {
  const app = router(
    scope('/', ({ get, match, resources, forward, fallback }) => [
      get('/a', ok),
      match(['GET', 'POST'], '/b', ok),
      resources('/c', { index: ok, show: ok }, {}, ({ get }) => [
        // nested
        get('/d', ok),
      ]),
      ...['/e', '/f'].map(path => get(path, ok)),
      forward('/g', ok),
      fallback(ok),
    ]),
  )
  const listed = routes(app)
  const first = listed[0]?.line ?? 0
  t.strictSame(
    listed.map(({ method, pattern, line }) => `${method} ${pattern} ${(line ?? 0) - first}`),
    [
      'GET /a 0',
      'GET /b 1',
      'POST /b 1',
      'GET /c 2',
      'GET /c/:id 2',
      'GET /c/:cId/d 4',
      'GET /e 6',
      'GET /f 6',
      '* /g 7',
    ],
  )
  t.ok(listed.every(({ file }) => /route-table\.spec\.[jt]s$/.test(file ?? '')))
  const nowhere = answerFor(app, 'GET', '/nowhere')
  t.equal(nowhere.kind === 'none' && nowhere.fallback?.line, first + 8)
})

t.test('a handler without a name has that of its action', async t => {
  const unnamed = (
    () => (c: Conn) =>
      ok(c)
  )()
  const app = router(
    scope('/', ({ get, resources }) => [resources('/a', { index: unnamed, show: list }), get('/b', unnamed)]),
  )
  t.strictSame(
    routes(app).map(({ handler }) => handler),
    ['index', 'list', 'an anonymous plug'],
  )
})

t.test('of a pipeline that holds a router, the routes are those behind its plugs', async t => {
  const app = router(scope('/', requireAdmin, ({ get }) => [get('/', list)]))
  t.strictSame(
    routes(pipeline(browser, app)).map(({ plugs }) => plugs),
    [['assign', 'assign', 'requireAdmin']],
  )
  t.ok(holdsRouter(app) && holdsRouter(pipeline(browser, app)))
  for (const value of [list, browser, undefined, {}, 'app']) {
    t.notOk(holdsRouter(value))
    t.throws(
      () => routes(value as never),
      new TypeError('routes: the app must be a router, or a pipeline that holds one'),
    )
    t.throws(
      () => routeInfo(value as never, 'GET', '/'),
      new TypeError('routeInfo: the app must be a router, or a pipeline that holds one'),
    )
  }
})

const inner = router(
  scope('/', ({ get, fallback }) => [
    get('/', ok),
    get('/users/:id', { id: int }, list),
    get('/f/*path', ok),
    fallback(ok),
  ]),
)
const app = router(
  scope('/', browser, ({ get, post, match, scope, forward, fallback }) => [
    get('/', ok),
    get('/posts/:id', { id: int }, list),
    post('/posts/:id', ok),
    match('*', '/any', ok),
    get('/strict/:id', { id: orBadRequest(int) }, ok),
    get('/a b/:x.json', ok),
    forward('/t/:tenant', pipeline(requireAdmin, inner)),
    forward('/plain', ok),
    scope({ path: '/hosted', host: 'API.' }, ({ get }) => [get('/', ok)]),
    scope({ path: '/n/:n', params: { n: int } }, ({ fallback }) => [fallback(list)]),
    fallback(ok),
  ]),
)

t.test('a request’s route and its parameters are known without running it', async t => {
  const found = (method: string, path: string, host?: string) => {
    const info = routeInfo(app, method, path, host)
    return info && [`${info.route.method} ${info.route.pattern}`, info.pathParams]
  }
  t.strictSame(found('GET', '/'), ['GET /', {}])
  t.strictSame(
    found('GET', '/posts/7/'),
    ['GET /posts/:id', { id: '7' }],
    'the text, not what the codec makes of it',
  )
  t.strictSame(found('GET', '/posts/x'), undefined, 'a codec refuses')
  t.strictSame(found('GET', '/strict/x'), undefined)
  t.strictSame(found('POST', '/posts/x'), ['POST /posts/:id', { id: 'x' }])
  t.strictSame(found('PURGE', '/any'), ['* /any', {}])
  t.strictSame(found('GET', '/a%20b/%C3%A9%2F.json'), ['GET /a b/:x.json', { x: 'é/' }])
  t.strictSame(found('GET', '/%ff'), undefined)
  t.strictSame(found('GET', '/nowhere'), undefined)
  t.strictSame(found('DELETE', '/plain/x'), ['* /plain', {}])
  t.strictSame(found('GET', '/t/acme/users/7'), ['GET /t/:tenant/users/:id', { tenant: 'acme', id: '7' }])
  t.strictSame(found('GET', '/t/acme/f/a/b'), [
    'GET /t/:tenant/f/*path',
    { tenant: 'acme', path: ['a', 'b'] },
  ])
  t.strictSame(found('GET', '/t/acme/none'), undefined, 'a mounted router may have no route, either')
  t.strictSame(found('GET', '/hosted'), undefined, 'without a host, routes for any')
  t.strictSame(found('GET', '/hosted', 'Api.example.com'), ['GET /hosted', {}])
  const info = routeInfo(app, 'GET', '/t/acme/users/7')
  t.strictSame(info?.route.plugs, ['assign', 'assign', 'requireAdmin'])
  t.ok(Object.isFrozen(info) && Object.isFrozen(info?.pathParams) && Object.isFrozen(info?.route))
  t.strictSame(
    info?.route,
    routes(app).find(({ pattern }) => pattern === info?.route.pattern),
    'as the table has it',
  )
})

t.test('where no route is found, the reason is known', async t => {
  t.match(answerFor(app, 'GET', '/posts/x'), { kind: 'refused', param: 'id', status: 404 })
  t.match(answerFor(app, 'GET', '/strict/x'), { kind: 'refused', param: 'id', status: 400 })
  t.match(answerFor(app, 'GET', '/%'), { kind: 'malformed' })
  t.match(answerFor(app, 'PUT', '/posts/7'), {
    kind: 'none',
    allowed: ['GET', 'HEAD', 'POST'],
    fallback: { pattern: '/', handler: 'text', plugs: ['assign', 'assign'] },
  })
  const missed = answerFor(app, 'GET', '/n/7/x')
  t.match(missed, { kind: 'none', fallback: { pattern: '/n/:n', handler: 'list' } })
  t.strictSame('allowed' in missed && missed.allowed, [])
  t.match(
    answerFor(app, 'GET', '/n/x/x'),
    { fallback: { pattern: '/' } },
    'one whose codec refuses is passed over',
  )
  t.match(
    answerFor(app, 'GET', '/t/acme/none'),
    { fallback: { pattern: '/t/:tenant', params: ['tenant'] } },
    'a mounted router’s own',
  )
  t.strictSame(answerFor(router(), 'GET', '/'), {
    kind: 'none',
    status: 404,
    allowed: [],
    fallback: undefined,
  })
})

t.test('what routeInfo finds is what a request finds', async t => {
  const part = fc.constantFrom(
    'posts',
    '7',
    'x',
    'any',
    'strict',
    'a%20b',
    'q.json',
    't',
    'users',
    'f',
    'plain',
    '%zz',
  )
  const path = fc.array(part, { maxLength: 4 }).map(parts => `/${parts.join('/')}`)
  const method = fc.constantFrom('GET', 'POST', 'PUT')
  const host = fc.constantFrom('api.x', 'www.x')
  let found = 0
  fc.assert(
    fc.property(method, host, path, (method, host, path) => {
      const done = run(app)(conn(method, `http://${host}${path}`))
      const info = routeInfo(app, method, path, host)
      const passed = done.status === 200 && done.halted === false
      if (info !== undefined) found += 1
      // requireAdmin halts what is no GET
      if (info === undefined) return done.status !== 200
      return (
        done.route?.pattern === info.route.pattern &&
        (!passed ||
          Object.entries(done.pathParams).every(
            ([name, text]) => info.pathParams[name]?.toString() === text.toString(),
          ))
      )
    }),
    { numRuns: 3000 },
  )
  t.ok(found > 100, `${found} routes`)
})

t.test(
  'the plugs of a controller and of a pipeline as a handler are shown, and the last names the handler',
  async t => {
    const load = <C extends Conn>(c: C) => assign('post', 1)(c)
    const posts = controller(
      { plugs: [[load, { only: ['show'] }], requireAdmin] },
      { index: list, show: list },
    )
    const app = router(
      scope('/', browser, ({ get, resources, forward, fallback }) => [
        resources('/posts', posts),
        get('/steps', pipeline(assign('a', 1), requireAdmin, list)),
        get('/named', named('page', pipeline(assign('a', 1), list))),
        get('/one', pipeline(list)),
        get(
          '/anonymous',
          pipeline(assign('a', 1), c => ok(c)),
        ),
        forward('/mount', pipeline(requireAdmin, list)),
        fallback(pipeline(assign('b', 2), list)),
      ]),
    )
    const shown = routes(app).map(({ pattern, plugs, handler }) => [pattern, ...plugs.slice(2), handler])
    t.strictSame(shown, [
      ['/posts', 'requireAdmin', 'index'],
      ['/posts/:id', 'load', 'requireAdmin', 'show'],
      ['/steps', 'assign', 'requireAdmin', 'list'],
      ['/named', 'assign', 'page'],
      ['/one', 'list'],
      ['/anonymous', 'assign', 'an anonymous plug'],
      ['/mount', 'requireAdmin', 'list'],
    ])
    t.match(routeInfo(app, 'GET', '/posts/7')?.route, { plugs: ['assign', 'assign', 'load', 'requireAdmin'] })
    t.match(answerFor(app, 'GET', '/nowhere'), {
      fallback: { plugs: ['assign', 'assign', 'assign'], handler: 'list' },
    })
  },
)

/** A request for the server as a whole: `OPTIONS *`. */
const ofServer = (method: string): Conn =>
  ConnRecord.request(conn(method, '/'), { path: '*', segments: ['*'] })

t.test('what answerFor says of a request without a route is what the response says', async t => {
  const app = router(
    scope('/', ({ get, post, match, scope, fallback }) => [
      get('/a', ok),
      match(['GET', 'PUT'], '/a/b', ok),
      post('/a/:id', { id: int }, ok),
      scope('/api', ({ get, fallback }) => [
        get('/x', ok),
        fallback(ok, { methodNotAllowed: true, automaticOptions: true }),
      ]),
      fallback(ok, { methodNotAllowed: true }),
    ]),
  )
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])
    for (const path of ['/a', '/a/b', '/a/7', '/a/x', '/api/x', '/api/y', '/z', '*']) {
      const answer = answerFor(app, method, path)
      if (answer.kind !== 'none') continue
      const done = run(app)(path === '*' ? ofServer(method) : conn(method, path))
      t.equal(answer.status, done.status, `${method} ${path}`)
      t.equal(
        answer.status === 404 ? '' : answer.allowed.join(', '),
        getRespHeader('allow')(done)[0] ?? '',
        `${method} ${path}`,
      )
    }
})
