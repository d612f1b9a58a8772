import t from 'tap'
import {
  assign,
  currentPath,
  getRespHeader,
  halt,
  pipeline,
  redirect,
  text,
  type Assigned,
  type Conn,
  type Halted,
  type Responded,
} from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { int, router, scope, type Handler } from '../../router/index.js'

const ok = text('ok')
const tell = (c: Conn): Conn & Responded =>
  text(`${c.route?.pattern} ${c.scriptName.join(',')}|${c.segments.join(',')} ${currentPath(c)}`)(c)
const bodyOf = (app: (conn: Conn) => unknown, path: string): unknown => run(app)(conn('GET', path)).respBody

// --- mounts

t.test('a mounted plug sees the rest of the path, and what is before it as the script name', async t => {
  const app = router(
    scope('/admin', ({ forward }) => [
      forward('/files', tell),
      forward('/:tenant/x', c => text(c.params.tenant)(c)),
    ]),
  )
  t.equal(bodyOf(app, '/admin/files'), '/admin/files admin,files| /admin/files')
  t.equal(
    bodyOf(app, '/admin/files/a%2Fb//c?q=1'),
    '/admin/files admin,files|a%2Fb,c /admin/files/a%2Fb/c?q=1',
  )
  t.equal(
    bodyOf(app, '/%61dmin/files/c'),
    '/admin/files %61dmin,files|c /%61dmin/files/c',
    'an encoded prefix too',
  )
  t.equal(bodyOf(app, '/admin/acme/x/y'), 'acme')
  t.equal(run(app)(conn('DELETE', '/admin/files')).status, 200, 'for any method')
})

t.test('the pipelines of its scopes run before a mounted plug, on the whole path', async t => {
  const note = <C extends Conn>(c: C) => assign('before', c.segments.length)(c)
  const app = router(
    scope('/a', note, ({ forward }) => [
      forward('/b', c => text(`${c.assigns.before} ${c.segments.length}`)(c)),
    ]),
  )
  t.equal(bodyOf(app, '/a/b/c'), '3 1')
})

const inner = router(
  scope('/', ({ get, forward }) => [
    get('/', tell),
    get('/users/:id', tell),
    forward('/deep', router(scope('/', ({ get }) => [get('/end', tell)]))),
  ]),
)
const outer = router(
  scope('/', ({ get, forward }) => [get('/', tell), forward('/admin', inner), forward('/t/:tenant', inner)]),
)

t.test(
  'a router mounted in another matches the rest, and its patterns begin where it is mounted',
  async t => {
    t.equal(bodyOf(outer, '/admin'), '/admin admin| /admin')
    t.equal(bodyOf(outer, '/admin/users/7'), '/admin/users/:id admin|users,7 /admin/users/7')
    t.equal(bodyOf(outer, '/admin/deep/end'), '/admin/deep/end admin,deep|end /admin/deep/end')
    t.equal(bodyOf(outer, '/t/acme/users/7'), '/t/:tenant/users/:id t,acme|users,7 /t/acme/users/7')
    t.equal(bodyOf(outer, '/'), '/ | /')
    t.equal(run(outer)(conn('GET', '/admin/nope')).status, 404)
    t.equal(bodyOf(inner, '/users/7'), '/users/:id |users,7 /users/7', 'and stands for itself too')
  },
)

t.test('paths and the route table of the outer router hold those of the inner one', async t => {
  t.equal(outer.path('/admin/users/:id', { id: 7 }), '/admin/users/7')
  t.equal(outer.path('/t/:tenant/deep/end', { tenant: 'acme' }), '/t/acme/deep/end')
  t.equal(inner.path('/users/:id', { id: 7 }), '/users/7')
  t.strictSame(
    outer.routes.map(({ pattern, params }) => `${pattern} ${params.join()}`),
    [
      '/ ',
      '/admin ',
      '/admin/users/:id id',
      '/admin/deep/end ',
      '/t/:tenant tenant',
      '/t/:tenant/users/:id tenant,id',
      '/t/:tenant/deep/end tenant',
    ],
  )
})

t.test('an inner route’s parameters replace the path parameters, and lie over the parameters', async t => {
  const app = router(
    scope('/', ({ forward }) => [
      forward(
        '/t/:tenant',
        router(
          scope('/', ({ get }) => [get('/:id', c => text(JSON.stringify([c.params, c.pathParams]))(c))]),
        ),
      ),
    ]),
  )
  t.equal(bodyOf(app, '/t/acme/7'), JSON.stringify([{ tenant: 'acme', id: '7' }, { id: '7' }]))
})

t.test('a router mounted at the root, or behind a pipeline, is mounted all the same', async t => {
  const root = router(scope('/', ({ forward }) => [forward('/', inner)]))
  t.equal(bodyOf(root, '/users/7'), '/users/:id |users,7 /users/7')
  const behind = router(scope('/', ({ forward }) => [forward('/admin', pipeline(assign('a', 1), inner))]))
  t.equal(bodyOf(behind, '/admin/users/7'), '/admin/users/:id admin|users,7 /admin/users/7')
  t.strictSame(
    behind.routes.map(({ pattern, mount }) => [pattern, mount]),
    [['/admin', true]],
    'though the table cannot see through the pipeline',
  )
})

t.test('a mounted router’s fallback is for what is under the mount', async t => {
  const own = router(scope('/', ({ get, fallback }) => [get('/x', ok), fallback(text('own'))]))
  const app = router(scope('/', ({ forward, fallback }) => [forward('/a', own), fallback(text('outer'))]))
  t.equal(bodyOf(app, '/a/y'), 'own')
  t.equal(bodyOf(app, '/y'), 'outer')
})

// --- the route table

t.test('the route table is data, frozen, and names what runs', async t => {
  const browser = pipeline(assign('a', 1), assign('b', 2))
  function requireAdmin<C extends Conn>(c: C): C | Halted {
    return c.method === 'GET' ? c : halt(c)
  }
  const list = (c: Conn): Responded => ok(c)
  const app = router(
    scope({ path: '/admin', host: 'admin.' }, [browser, requireAdmin], ({ get, post, forward }) => [
      get('/users/:id/*rest', list),
      post('/', c => ok(c)),
      forward('/metrics', ok),
      forward(
        '/inner',
        router(scope({ path: '/', host: 'in.test' }, requireAdmin, ({ get }) => [get('/:x', list)])),
      ),
      forward('/other', router(scope('/', ({ get }) => [get('/', list)]))),
    ]),
  )
  const shared = { hosts: ['admin.'], pipeline: ['assign', 'assign', 'requireAdmin'], mount: false }
  t.strictSame(app.routes, [
    { ...shared, method: 'GET', pattern: '/admin/users/:id/*rest', params: ['id', 'rest'], handler: 'list' },
    { ...shared, method: 'POST', pattern: '/admin', params: [], handler: 'an anonymous plug' },
    { ...shared, method: '*', pattern: '/admin/metrics', params: [], handler: 'text', mount: true },
    {
      ...shared,
      method: 'GET',
      pattern: '/admin/inner/:x',
      params: ['x'],
      hosts: ['in.test'],
      pipeline: [...shared.pipeline, 'requireAdmin'],
      handler: 'list',
    },
    { ...shared, method: 'GET', pattern: '/admin/other', params: [], handler: 'list' },
  ])
  t.ok(
    Object.isFrozen(app.routes) &&
      app.routes.every(route => Object.isFrozen(route) && Object.isFrozen(route.params)),
  )
})

// --- links

t.test('handlers and plugs link to the router they stand in', async t => {
  const requireLogin = <C extends Conn>(c: C): C | Halted =>
    c.reqHeaders.has('cookie') ? c : halt(redirect(app.path('/login'))(c))
  const show: Handler<Conn, 'id'> = c => redirect(app.path('/posts/:id/edit', { id: c.params.id }))(c)
  const app = router(
    scope('/', ({ get, scope }) => [
      get('/login', ok),
      get('/old', (c): Responded => redirect(app.path('/login', {}, { from: 'old' }))(c)),
      scope('/posts', requireLogin, ({ get }) => [get('/:id', show), get('/:id/edit', ok)]),
    ]),
  )
  const to = (path: string, headers = {}) =>
    getRespHeader('location')(run(app)(conn('GET', path, { headers })))
  t.strictSame(to('/old'), ['/login?from=old'])
  t.strictSame(to('/posts/7'), ['/login'])
  t.strictSame(to('/posts/a%2Fb', { cookie: 'a=b' }), ['/posts/a%2Fb/edit'])
})

t.test('a router may begin where a pipeline before it ended', async t => {
  type Named = Conn & Assigned<{ readonly name: string }>
  const app = router(
    scope.from<Named>()('/', ({ get }) => [
      get('/:id', { id: int }, c => text(c.assigns.name.repeat(c.params.id))(c)),
    ]),
  )
  t.equal(bodyOf(pipeline(assign('name', 'a'), app), '/3'), 'aaa')
})

t.test('ten routes of every kind in one table', async t => {
  const app = router(
    scope('/', assign('site', 'x'), ({ get, post, resources, scope, forward, fallback }) => [
      get('/', text('home')),
      post('/login', text('login')),
      resources(
        '/posts',
        { index: text('posts'), show: c => text(`post ${c.params.id}`)(c) },
        {},
        ({ get }) => [get('/comments/:id', c => text(`comment ${c.params.id} of ${c.params.postId}`)(c))],
      ),
      get('/n/:n', { n: int }, c => text(c.params.n.toFixed(1))(c)),
      get('/files/*path', c => text(c.params.path.join('+'))(c)),
      scope({ path: '/', host: 'api.' }, ({ get }) => [
        get('/status', c => text(`api of ${c.assigns.site}`)(c)),
      ]),
      forward('/admin', inner),
      fallback(c => text(`none on ${c.assigns.site}`)(c)),
    ]),
  )
  t.equal(bodyOf(app, '/'), 'home')
  t.equal(run(app)(conn('POST', '/login')).respBody, 'login')
  t.equal(bodyOf(app, '/posts'), 'posts')
  t.equal(bodyOf(app, '/posts/7'), 'post 7')
  t.equal(bodyOf(app, '/posts/7/comments/8'), 'comment 8 of 7')
  t.equal(bodyOf(app, '/n/7'), '7.0')
  t.equal(bodyOf(app, '/files/a/b'), 'a+b')
  t.equal(bodyOf(app, 'http://api.example/status'), 'api of x')
  t.equal(bodyOf(app, '/admin/users/7'), '/admin/users/:id admin|users,7 /admin/users/7')
  t.equal(bodyOf(app, '/status'), 'none on x')
})
