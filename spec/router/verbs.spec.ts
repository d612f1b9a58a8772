import t from 'tap'
import { assign, json, pipeline, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { int, router, routes, scope, type Verbs } from '../../router/index.js'

/** Declares routes without what the compiler knows, for what it would refuse. */
const declare = (
  path: unknown,
  routes: (verbs: Record<keyof Verbs<Conn, '/'>, (...args: readonly unknown[]) => unknown>) => unknown,
) => (scope as unknown as (...args: readonly unknown[]) => unknown)(path, routes)

const ok = text('ok')
const allowed = `RFC 3986 lets letters, digits and -._~!$&'()*+,;=:@ stand there, and app.path percent-encodes a space, "%" and text beyond ASCII`

t.test('each verb declares its method, and match any', async t => {
  const app = router(
    scope('/', ({ get, post, put, patch, delete: del, head, options, connect, trace, match }) => [
      get('/x', ok),
      post('/x', ok),
      put('/x', ok),
      patch('/x', ok),
      del('/x', ok),
      head('/x', ok),
      options('/x', ok),
      connect('/x', ok),
      trace('/x', ok),
      match('PROPFIND', '/x', ok),
      match(['COPY', 'MOVE'], '/x', ok),
      match('*', '/x', ok),
      match('LOCK', '/x/:id', { id: int }, ok),
    ]),
  )
  t.strictSame(
    routes(app).map(({ method }) => method),
    [
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'CONNECT',
      'TRACE',
      'PROPFIND',
      'COPY',
      'MOVE',
      '*',
      'LOCK',
    ],
  )
})

t.test('a route puts its own data on the conn, over its scopes’, before the pipelines run', async t => {
  const early = <C extends Conn>(c: C) => assign('early', { ...c.assigns, ...c.private })(c)
  const tell = (c: Conn) => json((c.assigns as { early?: unknown }).early ?? null)(c)
  const app = router(
    scope(
      { path: '/', assigns: { a: 1, b: 1 }, private: { lib: 1 } },
      early,
      ({ get, match, forward, resources }) => [
        get('/plain', tell),
        get({ path: '/own', assigns: { b: 2 }, private: { lib: 2, more: 3 } }, tell),
        get({ path: '/private', private: { lib: 4 } }, tell),
        match('*', { path: '/any', assigns: { c: 3 } }, tell),
        forward({ path: '/mount/:id', assigns: { c: 4 }, params: { id: int } }, c =>
          json([c.assigns.c, c.params.id])(c),
        ),
        resources(
          '/posts',
          { index: tell, show: tell },
          { assigns: { b: 5 }, private: { lib: 5 } },
          ({ get }) => [get('/nested', tell)],
        ),
      ],
    ),
  )
  const seen = (path: string): unknown => JSON.parse(String(run(app)(conn('GET', path)).respBody))
  t.strictSame(seen('/plain'), { a: 1, b: 1, lib: 1 })
  t.strictSame(seen('/own'), { a: 1, b: 2, lib: 2, more: 3 })
  t.strictSame(seen('/private'), { a: 1, b: 1, lib: 4 })
  t.strictSame(seen('/any'), { a: 1, b: 1, c: 3, lib: 1 })
  t.strictSame(seen('/mount/7/x'), [4, 7])
  t.equal(run(app)(conn('GET', '/mount/x')).status, 404)
  t.strictSame(seen('/posts'), { a: 1, b: 5, lib: 5 })
  t.strictSame(seen('/posts/7'), { a: 1, b: 5, lib: 5 })
  t.strictSame(seen('/posts/7/nested'), { a: 1, b: 1, lib: 1 }, 'nested routes do not have it')
})

t.test('metadata is in the route table and on the conn, a mount’s under that of what it mounts', async t => {
  const tell = (c: Conn) => json(c.route)(c)
  const inner = router(
    scope('/', ({ get }) => [get({ path: '/x', metadata: { b: 2, c: 2 } }, tell), get('/y', tell)]),
  )
  const app = router(
    scope('/', ({ get, forward, resources }) => [
      get({ path: '/plain', metadata: { public: true } }, tell),
      forward({ path: '/one', metadata: { a: 1, b: 1 } }, inner),
      forward('/two', inner),
      resources('/posts', { show: tell }, { metadata: { kind: 'post' } }),
    ]),
  )
  t.strictSame(
    routes(app).map(({ pattern, metadata }) => [pattern, metadata]),
    [
      ['/plain', { public: true }],
      ['/one/x', { a: 1, b: 2, c: 2 }],
      ['/one/y', { a: 1, b: 1 }],
      ['/two/x', { b: 2, c: 2 }],
      ['/two/y', {}],
      ['/posts/:id', { kind: 'post' }],
    ],
  )
  for (const { pattern, metadata } of routes(app)) {
    const { respBody } = run(app)(conn('GET', pattern.replace(':id', '7')))
    t.strictSame(JSON.parse(String(respBody)), { method: 'GET', pattern, metadata }, pattern)
  }
  t.ok(routes(app).every(({ metadata }) => Object.isFrozen(metadata)))
  const route = () => run(app)(conn('GET', '/one/x')).route
  t.equal(route(), route(), 'what is said of a route is made once')
})

t.test('scopes join their paths, at any depth', async t => {
  const app = router(
    scope('/', ({ scope }) => [
      scope('/a/', ({ scope, get }) => [
        get('/', ok),
        scope('/b/:c', ({ get }) => [get('/', ok), get('//d/', ok)]),
      ]),
    ]),
  )
  t.strictSame(
    routes(app).map(({ pattern }) => pattern),
    ['/a', '/a/b/:c', '/a/b/:c/d'],
  )
})

t.test('mistakes are told when the app starts, in one sentence that names the route', async t => {
  const cases: readonly (readonly [message: string, declaration: () => unknown])[] = [
    ['GET /foo: the path must start with "/", got "foo"', () => declare('/', ({ get }) => [get('foo', ok)])],
    ['GET /admin: the path must be a string', () => declare('/admin', ({ get }) => [get(undefined, ok)])],
    [
      'GET /a?b=1: a route\'s path has no query: leave out "?" and what follows',
      () => declare('/', ({ get }) => [get('/a?b=1', ok)]),
    ],
    [
      'GET /a#b: a route\'s path has no fragment: leave out "#" and what follows',
      () => declare('/', ({ get }) => [get('/a#b', ok)]),
    ],
    [
      `GET /a\\u000Ab: the path must not hold U+000A: ${allowed}`,
      () => declare('/', ({ get }) => [get('/a\nb', ok)]),
    ],
    [
      `GET /\\uD800: the path must not hold U+D800: ${allowed}`,
      () => declare('/', ({ get }) => [get('/\ud800', ok)]),
    ],
    [
      `GET /users/{id}: the path must not hold "{": ${allowed}; a parameter is written :name`,
      () => declare('/users', ({ get }) => [get('/{id}', ok)]),
    ],
    [`scope /a|b: the path must not hold "|": ${allowed}`, () => declare('/a|b', () => [])],
    [
      'GET /s/a/*b/c: a glob must be the last segment, and "*b", segment 3, is not',
      () => declare('/s', ({ get }) => [get('/a/*b/c', ok)]),
    ],
    [
      'GET /users/:id/posts/:id: the parameter "id" is named twice, in ":id", segment 2, and in ":id", segment 4',
      () => declare('/users/:id', ({ get }) => [get('/posts/:id', ok)]),
    ],
    [
      'GET /x: the handler must be a function from a conn, and is undefined',
      () => declare('/', ({ get }) => [get('/x')]),
    ],
    [
      'GET /x: the handler must be a function from a conn, and is object',
      () => declare('/', ({ get }) => [get('/x', {})]),
    ],
    [
      'GET /x: the handler must be a function from a conn, and is null',
      () => declare('/', ({ get }) => [get('/x', null)]),
    ],
    [
      'GET /x: it goes through "y", and no pipeline has this name: name them with pipelines({ … })',
      () => declare('/', ({ get }) => [get('/x', 'y', ok)]),
    ],
    [
      'GET /x: what it goes through must be a function from a conn, and is object',
      () => declare('/', ({ get }) => [get('/x', [assign('a', 1), { id: int }], ok)]),
    ],
    [
      'GET /x: codecs and plugs together are { path, params } and plugs, as in get({ path, params }, [plug], handler)',
      () => declare('/', ({ get }) => [get('/x', {}, assign('a', 1), ok)]),
    ],
    [
      'GET /x: the codecs must be a record by the name of the parameter',
      () => declare('/', ({ get }) => [get('/x', null, ok)]),
    ],
    [
      'GET /:id/x: there is a codec for "id", and its own path has no such parameter',
      () => declare('/:id', ({ get }) => [get('/x', { id: int }, ok)]),
    ],
    [
      'GET /:id: the parameter "id" needs a codec or a regular expression, got undefined',
      () => declare('/', ({ get }) => [get('/:id', { id: undefined }, ok)]),
    ],
    [
      "match: the methods must be '*', a method in upper case or a list of such",
      () => declare('/', ({ match }) => [match('get', '/x', ok)]),
    ],
    [
      "match: the methods must be '*', a method in upper case or a list of such",
      () => declare('/', ({ match }) => [match([], '/x', ok)]),
    ],
    [
      "match: the methods must be '*', a method in upper case or a list of such",
      () => declare('/', ({ match }) => [match([7], '/x', ok)]),
    ],
    [
      'forward /x: what it forwards to must be a function from a conn, and is undefined',
      () => declare('/', ({ forward }) => [forward('/x')]),
    ],
    [
      'forward /*x: a glob ends a path, so that nothing can be behind it',
      () => declare('/', ({ forward }) => [forward('/*x', ok)]),
    ],
    [
      'forward /x: the path must start with "/", got "x"',
      () => declare('/', ({ forward }) => [forward('x', ok)]),
    ],
    [
      'fallback in /a: the handler must be a function from a conn, and is undefined',
      () => declare('/a', ({ fallback }) => [fallback()]),
    ],
    [
      'fallback in /a: unknown option status; expected methodNotAllowed or automaticOptions',
      () => declare('/a', ({ fallback }) => [fallback(ok, { status: 1 })]),
    ],
    [
      'GET /x: unknown option param; expected path, params, assigns, private or metadata; did you mean params?',
      () => declare('/', ({ get }) => [get({ path: '/x', param: {} }, ok)]),
    ],
    [
      'forward /x: unknown option host; expected path, params, assigns, private or metadata',
      () => declare('/', ({ forward }) => [forward({ path: '/x', host: 'a' }, ok)]),
    ],
    [
      'GET /:id: its codecs stand in params or before the handler, not in both',
      () => declare('/', ({ get }) => [get({ path: '/:id', params: { id: int } }, { id: int }, ok)]),
    ],
    [
      'GET /x: assigns must be an object, got 7',
      () => declare('/', ({ get }) => [get({ path: '/x', assigns: 7 }, ok)]),
    ],
    [
      'GET /x: private must be an object, got an array',
      () => declare('/', ({ get }) => [get({ path: '/x', private: [] }, ok)]),
    ],
    [
      'GET /x: metadata must be an object, got null',
      () => declare('/', ({ get }) => [get({ path: '/x', metadata: null }, ok)]),
    ],
    [
      'GET /x: there is a codec for "id", and its own path has no such parameter',
      () => declare('/', ({ get }) => [get({ path: '/x', params: { id: int } }, ok)]),
    ],
    ['GET /: the path must be a string', () => declare('/', ({ get }) => [get({}, ok)])],
    ['scope /*x: a glob ends a path, so that nothing can be behind it', () => declare('/*x', () => [])],
    ['scope /: the path must be a string', () => declare(null, () => [])],
    ['scope /: the path must be a string', () => declare({ host: 'a' }, () => [])],
    [
      'scope /a: unknown option hosts; expected path, params, host, assigns or private; did you mean host?',
      () => declare({ path: '/a', hosts: 'a' }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a non-empty array of these, got an array',
      () => declare({ path: '/a', host: [] }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a non-empty array of these, got ""',
      () => declare({ path: '/a', host: '' }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a non-empty array of these, got an array',
      () => declare({ path: '/a', host: [7] }, () => []),
    ],
    ['scope /a: assigns must be an object, got null', () => declare({ path: '/a', assigns: null }, () => [])],
    [
      'scope /a: private must be an object, got an array',
      () => declare({ path: '/a', private: [] }, () => []),
    ],
    ['scope /a: assigns must be an object, got 7', () => declare({ path: '/a', assigns: 7 }, () => [])],
    [
      'scope /a/:b: there is a codec for "c", and its own path has no such parameter',
      () => declare({ path: '/a/:b', params: { c: int } }, () => []),
    ],
    [
      'scope /a: its last argument must be a function that returns its routes',
      () => (scope as unknown as (path: string) => unknown)('/a'),
    ],
    [
      'scope /a: what it goes through must be a function from a conn, and is undefined',
      () => (scope as unknown as (...args: readonly unknown[]) => unknown)('/a', undefined, () => []),
    ],
    [
      'scope /a: it goes through "browser", and no pipeline has this name: name them with pipelines({ … })',
      () => (scope as unknown as (...args: readonly unknown[]) => unknown)('/a', [ok, 'browser'], () => []),
    ],
    ['scope /a: its function must return a list of routes', () => declare('/a', ({ get }) => get('/x', ok))],
    [
      'scope /a: what stands at place 2 of its list is no route: use get, post, scope and their like',
      () => declare('/a', ({ get }) => [get('/x', ok), ok]),
    ],
    [
      'scope /a: what stands at place 1 of its list is no route: use get, post, scope and their like',
      () => declare('/a', () => [null]),
    ],
    [
      "scope /a/b: its list holds routes, which a function of another scope made: take get, post, scope and their like from this scope's own argument",
      () => declare('/a', ({ get, scope }) => [scope('/b', () => [get('/x', ok)])]),
    ],
    [
      'scope /a/b: its list holds "/a/c", which a function of another scope made: take get, post, scope and their like from this scope\'s own argument',
      () => declare('/a', ({ scope }) => [scope('/b', () => [scope('/c', () => [])])]),
    ],
    [
      'router: what stands at place 1 of its list is no route: use get, post, scope and their like',
      () => router(undefined as never),
    ],
    [
      'path /p/:id/:id: the parameter "id" is named twice, in ":id", segment 2, and in ":id", segment 3',
      () =>
        router(
          scope('/', ({ forward }) => [
            forward('/p/:id', router(scope('/', ({ get }) => [get('/:id', ok)]))),
          ]),
        ),
    ],
  ]
  for (const [message, declaration] of cases) t.throws(declaration, new TypeError(message), message)
})

t.test('a mistake ends with its place, and its stack begins there', async t => {
  const here = /verbs\.spec\.[jt]s:\d+/
  const thrown = (declaration: () => unknown): TypeError => {
    try {
      declaration()
    } catch (error) {
      return error as TypeError
    }
    throw new Error('nothing was thrown')
  }
  const declarations: readonly (() => unknown)[] = [
    () => declare('/', ({ get }) => [get('foo', ok)]),
    () => declare('/', ({ match }) => [match([], '/x', ok)]),
    () => declare('/', ({ forward }) => [forward('/x')]),
    () => declare('/', ({ fallback }) => [fallback()]),
    () => declare('/', ({ resources }) => [resources('/x', { shwo: ok })]),
    () => declare('/', ({ scope }) => [scope('/x')]),
    () => declare(null, () => []),
    () => router(null as never),
  ]
  const lines = declarations.map(declaration => {
    const { message, stack } = thrown(declaration)
    const [place] = /\(\S+:\d+\)$/.exec(message) ?? []
    t.match(place, here, message)
    t.match(
      stack?.split('\n').find(line => line.includes(' at ')),
      here,
    )
    return place
  })
  t.equal(new Set(lines).size, declarations.length, 'each its own line')
  const own = new TypeError('of the app')
  const throws = (): never => {
    throw own
  }
  t.equal(
    thrown(() => declare('/', throws)),
    own,
    'what the app throws is left as it is',
  )
})

t.test('a pipeline gone through twice is refused with both places', async t => {
  const browser = pipeline(assign('site', 'Plugboard'))
  const twice =
    /^scope \/a\/b \(\S+verbs\.spec\.[jt]s:\d+\): it goes through pipeline, and so does already scope \/a \(\S+verbs\.spec\.[jt]s:\d+\): name it in one of them$/
  t.throws(
    () =>
      router(
        scope('/a', browser, ({ scope }) => [
          // on a line of its own
          scope('/b', browser, () => []),
        ]),
      ),
    { message: twice },
  )
  t.throws(() => router(scope('/a', [browser, browser], () => [])), {
    message: /^scope \/a \(\S+\): it goes through pipeline, and so does already scope \/a \(/,
  })
})

t.test('what Phoenix refuses or only warns of, and ours does not or does', async t => {
  t.doesNotThrow(
    () => router(scope('/', ({ forward }) => [forward('/a/:b', ok)])),
    'a mount may have parameters: it takes off as many segments as its path has',
  )
  t.doesNotThrow(() => router(scope('/', ({ match }) => [match('GET', '/x', ok)])), 'a method is text')
  t.throws(
    () => declare('/', ({ get }) => [get('foo', ok)]),
    TypeError,
    'a path without its slash is an error, no warning',
  )
})
