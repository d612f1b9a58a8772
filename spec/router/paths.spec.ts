import * as fc from 'fast-check'
import t from 'tap'
import { assign, endpoint, json, pipeline, text, type Conn, type Responded } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { router, routes, scope, type Router } from '../../router/index.js'

const app = router(
  scope('/', ({ get }) => [
    get('/', text('home')),
    get('/about', text('about')),
    get('/posts/:id', text('post')),
    get('/:name.json', text('json')),
    get('/v:version/@:user', text('version')),
    get('/files/*path', text('file')),
    get('/img/pre-*path', text('image')),
    get("/sp ace/ünï/50%/a:b,c;d=e@f!$&'()*+/".replace(/[:*]/g, '\\$&') as '/odd', text('odd')),
  ]),
)
/** The same without what the compiler knows, for what it would refuse. */
const untyped = app.path as (...link: readonly unknown[]) => string

t.test('a path is its pattern with parameters filled in', async t => {
  t.equal(app.path('/'), '/')
  t.equal(app.path('/about'), '/about')
  t.equal(app.path('/posts/:id', { id: 7 }), '/posts/7')
  t.equal(app.path('/posts/:id', { id: 12345678901234567890n }), '/posts/12345678901234567890')
  t.equal(app.path('/posts/:id', { id: { id: 'x' } }), '/posts/x')
  t.equal(app.path('/:name.json', { name: 'a' }), '/a.json')
  t.equal(app.path('/v:version/@:user', { version: 2, user: 'ada' }), '/v2/@ada')
})

t.test('what a parameter holds never leaves its segment', async t => {
  t.equal(app.path('/posts/:id', { id: 'a/b?c#d e%2Fé' }), '/posts/a%2Fb%3Fc%23d%20e%252F%C3%A9')
  t.equal(app.path('/files/*path', { path: ['a/b', 'c'] }), '/files/a%2Fb/c')
})

t.test('a glob takes a list, which may be empty', async t => {
  t.equal(app.path('/files/*path', { path: [] }), '/files')
  t.equal(app.path('/img/pre-*path', { path: ['pre-a', 'b'] }), '/img/pre-a/b')
})

t.test('literals are encoded where RFC 3986 asks for it', async t => {
  const odd = routes(app).find(({ pattern }) => pattern.startsWith('/sp'))?.pattern
  t.equal(untyped(odd), "/sp%20ace/%C3%BCn%C3%AF/50%25/a:b,c;d=e@f!$&'()*+")
  t.equal(run(app)(conn('GET', untyped(odd))).respBody, 'odd')
})

t.test('a query stands behind', async t => {
  t.equal(app.path('/posts/:id', { id: 7 }, { page: 2, tags: ['a b'] }), '/posts/7?page=2&tags[]=a+b')
  t.equal(app.path('/about', {}, { q: 'x' }), '/about?q=x')
  t.equal(app.path('/about', undefined, {}), '/about')
  const at = new Date(Date.UTC(2026, 0, 1))
  t.equal(
    app.path('/about', {}, { user: { name: 'Ada', tags: ['x', 'y'] }, at, ok: true, no: false, nil: null }),
    '/about?user[name]=Ada&user[tags][]=x&user[tags][]=y&at=2026-01-01T00%3A00%3A00.000Z&ok=true&no=false&nil=',
  )
  t.equal(app.path('/about', {}, { a: undefined, b: { c: undefined, d: 1 }, e: [], f: {} }), '/about?b[d]=1')
  t.throws(() => untyped('/about', {}, { f: () => 1 }), { message: /^encodeQuery: a value must be a string/ })
  for (const query of ['a=1', null, ['a']])
    t.throws(() => untyped('/about', {}, query), {
      name: 'TypeError',
      message: /^path: query must be an object, got /,
    })
})

t.test('a fragment stands last', async t => {
  t.equal(app.path('/about', {}, {}, 'team'), '/about#team')
  t.equal(
    app.path('/posts/:id', { id: 7 }, { page: 2 }, 'a b#c/é?%\ud800'),
    '/posts/7?page=2#a%20b%23c/%C3%A9?%25%EF%BF%BD',
  )
  t.equal(app.path('/about', {}, {}, ''), '/about')
  t.throws(() => untyped('/about', {}, {}, 7), new TypeError('path: fragment must be a string, got 7'))
})

t.test('what browsers take for the way up never stands for a parameter', async t => {
  const dotted = (path: string, name: string) =>
    new TypeError(
      `path "${path}": the parameter "${name}" must be no "." or "..", which browsers take out of a path`,
    )
  for (const one of ['.', '..']) {
    t.throws(() => app.path('/posts/:id', { id: one }), dotted('/posts/:id', 'id'))
    t.throws(() => app.path('/files/*path', { path: ['a', one] }), dotted('/files/*path', 'path'))
    t.equal(app.path('/:name.json', { name: one }), `/${one}.json`)
  }
  t.equal(app.path('/posts/:id', { id: '...' }), '/posts/...')
})

t.test('a URL stands behind the origin of the request, or of the endpoint', async t => {
  const c = conn('GET', 'http://10.0.0.7:4000/about')
  t.equal(app.url(c, '/'), 'http://10.0.0.7:4000/')
  t.equal(
    app.url(c, '/posts/:id', { id: 'a/b' }, { page: 2 }, 'x'),
    'http://10.0.0.7:4000/posts/a%2Fb?page=2#x',
  )
  t.equal(app.url(conn('GET', 'https://example.com/'), '/about'), 'https://example.com/about')
  const url = 'https://example.com'
  t.equal(
    app.url(conn('GET', 'http://10.0.0.7/', { endpointUrl: url }), '/about'),
    'https://example.com/about',
  )
  const linked = endpoint({ url }, c => text(app.url(c, '/about'))(c))
  t.match(linked.run(c), { respBody: 'https://example.com/about' })
  t.throws(() => (app.url as (...all: unknown[]) => string)(c, '/nowhere'), {
    message: /no route has the path/,
  })
})

t.test('in a mounted router a URL begins with the path it is mounted at', async t => {
  const inner: Router<'/' | '/users/:id'> = router(
    scope('/', ({ get }) => [
      get('/', (c): Responded => text(inner.url(c, '/', {}, { a: 1 }))(c)),
      get('/users/:id', (c): Responded =>
        text(`${inner.url(c, '/users/:id', { id: 8 })} ${outer.url(c, '/x')}`)(c),
      ),
    ]),
  )
  const named = pipeline(assign('a', 1), inner)
  const outer: Router<'/x'> = router(
    scope('/', ({ get, forward }) => [
      get('/x', (c): Responded => text(inner.url(c, '/'))(c)),
      forward('/t/:tenant', inner),
      forward('/named', named),
      forward('/plain', (c): Responded => text(inner.url(c, '/'))(c)),
      forward('/deep', router(scope('/', ({ forward }) => [forward('/er', inner)]))),
      forward('/', inner),
    ]),
  ) as never
  const body = (path: string) => run(outer)(conn('GET', path)).respBody
  t.equal(body('/x'), 'http://www.example.com/', 'outside of it nothing is known of a mount')
  t.equal(body('/t/a%2Fb/users/7'), 'http://www.example.com/t/a%2Fb/users/8 http://www.example.com/x')
  t.equal(body('/t/x'), 'http://www.example.com/t/x?a=1')
  t.equal(body('/named/users/7'), 'http://www.example.com/named/users/8 http://www.example.com/x')
  t.equal(body('/plain'), 'http://www.example.com/')
  t.equal(body('/users/7'), 'http://www.example.com/users/8 http://www.example.com/x', 'mounted at the root')
  t.equal(body('/deep/er/users/7'), 'http://www.example.com/deep/er/users/8 http://www.example.com/x')
})

t.test('a text that is not the pattern but the same path will do', async t => {
  t.equal(untyped('/about/'), '/about')
})

t.test('what is missing, empty or no text throws, and says which parameter', async t => {
  const scalar = 'a string that is not empty, a number, a bigint or a record with such an id'
  for (const id of [
    undefined,
    null,
    '',
    NaN,
    Infinity,
    true,
    {},
    { id: null },
    { id: '' },
    { id: { id: 1 } },
    [],
    () => 1,
  ])
    t.throws(
      () => untyped('/posts/:id', { id }),
      new TypeError(`path "/posts/:id": the parameter "id" must be ${scalar}`),
    )
  t.throws(() => untyped('/posts/:id'), TypeError)
  for (const path of [undefined, 'a', [''], ['a', null]])
    t.throws(
      () => untyped('/files/*path', { path }),
      new TypeError(`path "/files/*path": the parameter "path" must be a list, each of it ${scalar}`),
    )
  for (const path of [[], ['a']])
    t.throws(
      () => untyped('/img/pre-*path', { path }),
      new TypeError(
        'path "/img/pre-*path": the parameter "path" must be a list whose first begins with "pre-"',
      ),
    )
  t.throws(() => untyped('/nowhere'), new TypeError('path: no route has the path "/nowhere"'))
  t.throws(() => untyped(undefined), new TypeError('path: no route has the path undefined'))
  t.throws(
    () => untyped('/about', { page: 2 }),
    new TypeError('path "/about": it has no parameter "page": the query comes after them'),
  )
})

t.test('beside a prefix or a suffix a parameter may be empty, as it is when it is matched', async t => {
  t.equal(app.path('/:name.json', { name: '' }), '/.json')
})

const segment = fc.constantFrom('a', 'b-c', ':', 'x:', ':.y', 'x-:-y')
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.constantFrom('', '*', 'x*'))
  .map(
    ([segments, glob]) =>
      `/${[...segments, ...(glob === '' ? [] : [glob])].map((one, i) => one.replace(/[:*]/, sign => `${sign}p${i}`)).join('/')}`,
  )
const value = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 5 })
  .filter(text => !/^\.{1,2}$/.test(text))

t.test('whatever a path is made of, its own route finds in it again', async t => {
  fc.assert(
    fc.property(pattern, fc.infiniteStream(value), (pattern, values) => {
      const next = (): string => values.next().value as string
      const params: Record<string, string | string[]> = {}
      for (const [, name = ''] of pattern.matchAll(/:(p\d)/g)) params[name] = next()
      for (const [, before, name = ''] of pattern.matchAll(/(x?)\*(p\d)/g))
        params[name] = [`${before}${next()}`, next()]
      const app: Router = router(scope('/', ({ get }) => [get(pattern, (c: Conn) => json(c.params)(c))]))
      const path = (app.path as (pattern: string, params: object) => string)(pattern, params)
      const done = run(app)(conn('GET', path))
      t.equal(done.status, 200, path)
      t.strictSame(JSON.parse(String(done.respBody)), params, path)
    }),
    { numRuns: 300 },
  )
})
