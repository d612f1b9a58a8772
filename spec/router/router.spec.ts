import t from 'tap'
import {
  assign,
  attempt,
  currentPath,
  fail,
  getRespHeader,
  halt,
  pipeline,
  plugError,
  redirect,
  text,
  type Assigned,
  type Conn,
  type Halted,
  type Params,
  type Responded,
} from '../../lib/index.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'
import { int, router, routes, scope, type Handler } from '../../router/index.js'

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

t.test('behind a mount the path is as it was, whatever became of the request', async t => {
  const inner = router(
    scope('/', ({ get, forward }) => [
      get('/now', ok),
      get('/later', c => attempt(async () => ok(c))),
      get('/halt', c => halt(ok(c))),
      get('/fail', c => fail(c, plugError(409, 'Taken', 'taken'))),
      get('/throw', () => {
        throw new Error('a bug')
      }),
      forward('/deep', ok),
    ]),
  )
  const app = router(scope('/', ({ forward }) => [forward('/a/:b', inner), forward('/', ok)]))
  for (const [path, status] of [
    ['/a/b/now', 200],
    ['/a/b/later', 200],
    ['/a/b/halt', 200],
    ['/a/b/fail', 409],
    ['/a/b/throw', 500],
    ['/a/b/none', 404],
    ['/a/b/deep/x', 200],
    ['/root', 200],
  ] as const) {
    const done = await runAsync(app)(conn('GET', path))
    t.equal(done.status, status, path)
    t.strictSame([done.segments, done.scriptName], [path.slice(1).split('/'), []], path)
  }
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
    routes(outer).map(({ pattern, params }) => `${pattern} ${params.join()}`),
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

t.test('a mounted router may need the parameters of its mount, decoded and typed', async t => {
  type Tenant = Conn & Params<{ readonly tenant: number }>
  const ofTenant = router(
    scope.from<Tenant>()('/', ({ get, scope, fallback }) => [
      get('/:id', c => text(`${c.params.id} of ${c.params.tenant + 1}`)(c)),
      scope('/in/:more', ({ get }) => [get('/', c => text(`${c.params.more} in ${c.params.tenant + 1}`)(c))]),
      fallback(c => text(`nothing of ${c.params.tenant + 1}`)(c)),
    ]),
  )
  const app = router(
    scope('/', ({ forward, fallback }) => [
      forward({ path: '/t/:tenant', params: { tenant: int } }, ofTenant),
      fallback(text('outer')),
    ]),
  )
  t.equal(bodyOf(app, '/t/7/x'), 'x of 8')
  t.equal(bodyOf(app, '/t/7/in/y'), 'y in 8')
  t.equal(bodyOf(app, '/t/7'), 'nothing of 8')
  t.equal(bodyOf(app, '/t/x/y'), 'outer', 'a mount whose parameter does not decode is not there')
  t.equal(app.path('/t/:tenant/in/:more', { tenant: 7, more: 'y' }), '/t/7/in/y')
})

t.test(
  'a mounted router without a fallback fails for what it has not: the outer’s is for what no mount takes',
  async t => {
    const bare = router(scope('/', ({ get }) => [get('/x', ok)]))
    const app = router(scope('/', ({ forward, fallback }) => [forward('/a', bare), fallback(text('outer'))]))
    t.match(run(app)(conn('GET', '/a/y')), {
      status: 404,
      error: { _tag: 'NoRoute' },
      route: { pattern: '/a' },
    })
    t.equal(bodyOf(app, '/b'), 'outer')
  },
)

t.test('a router mounted at the root, or behind a pipeline, is mounted all the same', async t => {
  const root = router(scope('/', ({ forward }) => [forward('/', inner)]))
  t.equal(bodyOf(root, '/users/7'), '/users/:id |users,7 /users/7')
  const behind = router(scope('/', ({ forward }) => [forward('/admin', pipeline(assign('a', 1), inner))]))
  t.equal(bodyOf(behind, '/admin/users/7'), '/admin/users/:id admin|users,7 /admin/users/7')
  t.strictSame(
    routes(behind).map(({ pattern, plugs, mount }) => [pattern, plugs, mount]),
    [
      ['/admin', ['assign'], false],
      ['/admin/users/:id', ['assign'], false],
      ['/admin/deep/end', ['assign'], false],
    ],
    'and the table sees through the pipeline',
  )
  t.equal(behind.path('/admin'), '/admin', 'which the compiler does not, so that it knows the mount alone')
})

t.test('a mounted router’s fallback is for what is under the mount', async t => {
  const own = router(scope('/', ({ get, fallback }) => [get('/x', ok), fallback(text('own'))]))
  const app = router(scope('/', ({ forward, fallback }) => [forward('/a', own), fallback(text('outer'))]))
  t.equal(bodyOf(app, '/a/y'), 'own')
  t.equal(bodyOf(app, '/y'), 'outer')
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
