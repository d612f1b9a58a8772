import t from 'tap'
import { pipeline, text, type Conn } from '../../lib/index.js'
import { int, router, scope, type Verbs } from '../../router/index.js'

/** Declares routes without what the compiler knows, for what it would refuse. */
const declare = (
  path: unknown,
  routes: (verbs: Record<keyof Verbs<Conn, '/'>, (...args: readonly unknown[]) => unknown>) => unknown,
) => (scope as unknown as (...args: readonly unknown[]) => unknown)(path, routes)

const ok = text('ok')

t.test('each verb declares its method, and match any', async t => {
  const app = router(
    scope('/', ({ get, post, put, patch, delete: del, head, options, match }) => [
      get('/x', ok),
      post('/x', ok),
      put('/x', ok),
      patch('/x', ok),
      del('/x', ok),
      head('/x', ok),
      options('/x', ok),
      match('PROPFIND', '/x', ok),
      match(['COPY', 'MOVE'], '/x', ok),
      match('*', '/x', ok),
      match('LOCK', '/x/:id', { id: int }, ok),
    ]),
  )
  t.strictSame(
    app.routes.map(({ method }) => method),
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND', 'COPY', 'MOVE', '*', 'LOCK'],
  )
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
    app.routes.map(({ pattern }) => pattern),
    ['/a', '/a/b/:c', '/a/b/:c/d'],
  )
})

t.test('mistakes are told when the app starts, in one sentence that names the route', async t => {
  const plug = pipeline(ok)
  const cases: readonly (readonly [message: string, declaration: () => unknown])[] = [
    [
      'GET /foo: the path must start with "/", and is "foo"',
      () => declare('/', ({ get }) => [get('foo', ok)]),
    ],
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
      'GET /a\nb: the path must not hold control characters or lone surrogates',
      () => declare('/', ({ get }) => [get('/a\nb', ok)]),
    ],
    [
      'GET /\ud800: the path must not hold control characters or lone surrogates',
      () => declare('/', ({ get }) => [get('/\ud800', ok)]),
    ],
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
      'GET /x: the codecs must be a record by the name of the parameter',
      () => declare('/', ({ get }) => [get('/x', ok, ok)]),
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
      'GET /:id: the codec of "id" must have a function decode',
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
      'forward /x: the path must start with "/", and is "x"',
      () => declare('/', ({ forward }) => [forward('x', ok)]),
    ],
    [
      'fallback in /a: the handler must be a function from a conn, and is undefined',
      () => declare('/a', ({ fallback }) => [fallback()]),
    ],
    [
      'fallback in /a: there is no option "status": it takes methodNotAllowed',
      () => declare('/a', ({ fallback }) => [fallback(ok, { status: 1 })]),
    ],
    ['scope /*x: a glob ends a path, so that nothing can be behind it', () => declare('/*x', () => [])],
    ['scope /: the path must be a string', () => declare(null, () => [])],
    ['scope /: the path must be a string', () => declare({ host: 'a' }, () => [])],
    [
      'scope /a: there is no option "hosts": it takes path, host, assigns, private, params',
      () => declare({ path: '/a', hosts: 'a' }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a list of such',
      () => declare({ path: '/a', host: [] }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a list of such',
      () => declare({ path: '/a', host: '' }, () => []),
    ],
    [
      'scope /a: host must be a host name, a prefix of one that ends in ".", or a list of such',
      () => declare({ path: '/a', host: [7] }, () => []),
    ],
    ['scope /a: assigns must be a record', () => declare({ path: '/a', assigns: null }, () => [])],
    ['scope /a: private must be a record', () => declare({ path: '/a', private: [] }, () => [])],
    ['scope /a: assigns must be a record', () => declare({ path: '/a', assigns: 7 }, () => [])],
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
      'scope /a: what it goes through must be a function from a conn, and is string',
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
      'scope /a/b: it goes through pipeline, and so does already scope /a: name it in one of them',
      () => router(scope('/a', plug, ({ scope }) => [scope('/b', plug, () => [])])),
    ],
    [
      'scope /a: it goes through pipeline, and so does already scope /a: name it in one of them',
      () => router(scope('/a', [plug, plug], () => [])),
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
