import t from 'tap'
import { json, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { int, router, routes, scope } from '../../router/index.js'
import { resourceName } from '../../router/resources.js'

const show = (c: Conn) => json(c.params)(c)
const all = { index: show, show, new: show, create: show, edit: show, update: show, delete: show }

const listed = (app: (conn: Conn) => unknown): readonly string[] =>
  routes(app).map(({ method, pattern }) => `${method} ${pattern}`)
const found = (app: (conn: Conn) => unknown, method: string, path: string): unknown => {
  const done = run(app)(conn(method, path))
  return done.status === 200 ? JSON.parse(String(done.respBody)) : done.status
}

t.test('a resource is eight routes for seven actions, in Phoenix’s order', async t => {
  const app = router(scope('/', ({ resources }) => [resources('/posts', all)]))
  t.strictSame(listed(app), [
    'GET /posts',
    'GET /posts/:id/edit',
    'GET /posts/new',
    'GET /posts/:id',
    'POST /posts',
    'PATCH /posts/:id',
    'PUT /posts/:id',
    'DELETE /posts/:id',
  ])
  t.strictSame(found(app, 'GET', '/posts/new'), {}, 'new comes before show')
  t.strictSame(found(app, 'PUT', '/posts/7'), { id: '7' })
  t.strictSame(found(app, 'GET', '/posts/new/edit'), { id: 'new' })
})

t.test('only the handlers that are there make routes, and options choose among them', async t => {
  const routesOf = (record: object, options: object): readonly string[] =>
    listed(router(scope('/', ({ resources }) => [resources('/p', record, options)])))
  t.strictSame(routesOf({ show, index: show }, {}), ['GET /p', 'GET /p/:id'])
  t.strictSame(routesOf(all, { only: ['show', 'index'] }), ['GET /p', 'GET /p/:id'])
  t.strictSame(routesOf(all, { only: [] }), [])
  t.strictSame(routesOf({ ...all, helper: show }, { only: ['show'] }), ['GET /p/:id'])
  t.strictSame(routesOf(all, { except: ['index', 'edit', 'new', 'update', 'delete'] }), [
    'GET /p/:id',
    'POST /p',
  ])
})

t.test('the parameter can have another name, and a codec', async t => {
  const app = router(
    scope('/', ({ resources }) => [
      resources('/pages', { show: c => json(c.params.slug)(c) }, { param: 'slug' }),
      resources('/posts', { index: show, show: c => json(c.params.id + 1)(c) }, { codec: int }, ({ get }) => [
        get('/next', c => json(c.params.postId + 1)(c)),
      ]),
    ]),
  )
  t.equal(found(app, 'GET', '/pages/a'), 'a')
  t.equal(found(app, 'GET', '/posts/7'), 8)
  t.equal(found(app, 'GET', '/posts/x'), 404)
  t.strictSame(found(app, 'GET', '/posts'), {})
  t.equal(found(app, 'GET', '/posts/7/next'), 8)
  t.equal(found(app, 'GET', '/posts/x/next'), 404)
})

t.test('routes nested under a member see its parameter under the member’s name', async t => {
  const app = router(
    scope('/blog', ({ resources }) => [
      resources('/posts', { index: show }, {}, ({ resources, get }) => [
        get('/stats', show),
        resources('/comments', { show }, { param: 'slug' }, ({ resources }) => [
          resources('/likes', { delete: show }, { name: 'heart' }),
        ]),
      ]),
      resources('/people', {}, { name: 'admin', param: 'slug' }, ({ get }) => [get('/x', show)]),
    ]),
  )
  t.strictSame(listed(app), [
    'GET /blog/posts',
    'GET /blog/posts/:postId/stats',
    'GET /blog/posts/:postId/comments/:slug',
    'DELETE /blog/posts/:postId/comments/:commentSlug/likes/:id',
    'GET /blog/people/:adminSlug/x',
  ])
  t.strictSame(found(app, 'DELETE', '/blog/posts/1/comments/2/likes/3'), {
    postId: '1',
    commentSlug: '2',
    id: '3',
  })
})

t.test('more routes of the collection and of a member are declared before the actions', async t => {
  const app = router(
    scope('/blog', ({ resources }) => [
      resources(
        '/posts',
        { index: show, show, update: show },
        { codec: int },
        ({ get, resources, collection, member }) => [
          get('/likes', show),
          member(({ post, scope }) => [
            post('/publish', c => json(c.params.id + 1)(c)),
            scope('/parts', ({ get }) => [get('/:part', show)]),
          ]),
          resources('/comments', { show }),
          collection(({ get, match }) => [get('/search', show), match('*', '/feed/:format', show)]),
        ],
      ),
      resources('/account', { show }, { singleton: true }, ({ collection, member }) => [
        collection(({ get }) => [get('/a', show)]),
        member(({ get }) => [get('/b', show)]),
      ]),
      resources('/pages', { show }, { param: 'slug' }, ({ member }) => [
        member(({ get }) => [get('/print', c => json(c.params.slug)(c))]),
      ]),
    ]),
  )
  t.strictSame(listed(app), [
    'POST /blog/posts/:id/publish',
    'GET /blog/posts/:id/parts/:part',
    'GET /blog/posts/search',
    '* /blog/posts/feed/:format',
    'GET /blog/posts',
    'GET /blog/posts/:id',
    'PATCH /blog/posts/:id',
    'PUT /blog/posts/:id',
    'GET /blog/posts/:postId/likes',
    'GET /blog/posts/:postId/comments/:id',
    'GET /blog/account/a',
    'GET /blog/account/b',
    'GET /blog/account',
    'GET /blog/pages/:slug/print',
    'GET /blog/pages/:slug',
  ])
  t.equal(found(app, 'POST', '/blog/posts/7/publish'), 8, 'with the codec of the parameter')
  t.equal(found(app, 'POST', '/blog/posts/x/publish'), 404)
  t.equal(found(app, 'GET', '/blog/pages/a/print'), 'a')
  t.equal(app.path('/blog/posts/search'), '/blog/posts/search')
  t.equal(app.path('/blog/posts/:id/publish', { id: 7 }), '/blog/posts/7/publish')
})

t.test('a route of the collection wins over show, wherever it stands', async t => {
  const app = router(
    scope('/', ({ resources }) => [
      resources('/posts', { show: text('show') }, {}, ({ collection }) => [
        collection(({ get }) => [get('/search', text('search'))]),
      ]),
    ]),
  )
  t.equal(run(app)(conn('GET', '/posts/search')).respBody, 'search')
  t.equal(run(app)(conn('GET', '/posts/7')).respBody, 'show')
})

t.test('a singleton has no index and no parameter', async t => {
  const { index: _, ...rest } = all
  const app = router(
    scope('/', ({ resources }) => [
      resources('/account', rest, { singleton: true }, ({ get }) => [get('/keys', show)]),
    ]),
  )
  t.strictSame(listed(app), [
    'GET /account/edit',
    'GET /account/new',
    'GET /account',
    'POST /account',
    'PATCH /account',
    'PUT /account',
    'DELETE /account',
    'GET /account/keys',
  ])
})

t.test('a fallback among nested routes is for what is under a member', async t => {
  const app = router(
    scope('/', ({ resources, fallback }) => [
      resources('/posts', { show }, {}, ({ fallback }) => [
        fallback(c => text(`nothing of post ${c.params.postId}`)(c)),
      ]),
      fallback(text('nothing')),
    ]),
  )
  t.equal(run(app)(conn('GET', '/posts/7/x')).respBody, 'nothing of post 7')
  t.equal(run(app)(conn('GET', '/x')).respBody, 'nothing')
})

t.test('the name of a member is the last part of the path, in the singular and in camel case', async t => {
  const names = {
    '/posts': 'post',
    '/blog/posts': 'post',
    '/categories': 'category',
    '/addresses': 'address',
    '/boxes': 'box',
    '/branches': 'branch',
    '/houses': 'house',
    '/blog-posts': 'blogPost',
    '/user_groups': 'userGroup',
    '/glass': 'glass',
    '/data': 'data',
  }
  for (const [path, name] of Object.entries(names)) t.equal(resourceName(path), name, path)
})

t.test('mistakes are told when the app starts', async t => {
  const declare = (...args: readonly unknown[]) => {
    scope('/', ({ resources }) => [
      (resources as (...args: readonly unknown[]) => ReturnType<typeof scope>)(...args),
    ])
  }
  const actions = 'index, edit, new, show, create, update, delete'
  const cases: readonly (readonly [args: readonly unknown[], message: string])[] = [
    [['posts', all], 'resources /posts: the path must start with "/", got "posts"'],
    [['/x', 7], 'resources /x: handlers must be an object, got 7'],
    [['/x', null], 'resources /x: handlers must be an object, got null'],
    [['/x', { show: 7 }], 'resources /x: the action show must be a function from a conn, and is number'],
    [['/x', all, { only: ['nope'] }], `resources /x: only holds "nope", which is none of ${actions}`],
    [['/x', all, { except: ['nope'] }], `resources /x: except holds "nope", which is none of ${actions}`],
    [['/x', all, { only: 'show' }], 'resources /x: only must be an array of actions, got "show"'],
    [
      ['/x', { index: show }, { only: ['show'] }],
      'resources /x: only lists "show", and the actions hold no such handler',
    ],
    [['/x', all, { only: ['show'], except: ['new'] }], 'resources /x: give only or except, not both'],
    [
      ['/x', { udpate: show }],
      `resources /x: the record of handlers holds "udpate", which is none of ${actions} (where it holds other functions, list the actions under only)`,
    ],
    [
      ['/x', all, { singleton: true, only: ['index'] }],
      `resources /x: only holds "index", which is none of ${actions.slice(7)}`,
    ],
    [
      ['/x', all, { as: 'y' }],
      'resources /x: unknown option as; expected only, except, param, codec, name, singleton, plugs, assigns, private or metadata',
    ],
    [
      ['/x', all, { param: 'Id' }],
      'resources /x: param must be a name that begins with a to z or "_", got "Id"',
    ],
    [
      ['/x', all, { codec: {} }],
      'resources /x: the parameter "id" needs a codec or a regular expression, got an object without decode',
    ],
    [['/x', all, {}, 7], 'resources /x: the fourth argument must be a function that returns routes'],
    [
      ['/', all, {}, () => []],
      'resources /: the routes nested in it need a name for one, and "" is none: give it as name',
    ],
    [
      ['/x', all, {}, ({ member }: { member: (routes: unknown) => unknown }) => [member(7)]],
      'resources /x: collection and member take a function that returns routes',
    ],
    [
      [
        '/x',
        all,
        {},
        ({ collection }: { collection: (routes: unknown) => unknown }) => [collection(() => 7)],
      ],
      'resources /x: its function must return a list of routes',
    ],
    [['/x', all, {}, () => 7], 'resources /x: its function must return a list of routes'],
    [
      ['/:id', all],
      'resources /:id: the parameter "id" is named twice, in ":id", segment 1, and in ":id", segment 2',
    ],
  ]
  for (const [args, message] of cases) t.throws(() => declare(...args), new TypeError(message), message)
})
