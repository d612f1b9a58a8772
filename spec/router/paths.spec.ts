import * as fc from 'fast-check'
import t from 'tap'
import { json, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { router, scope, type Router } from '../../router/index.js'

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
const untyped = app.path as (pattern: unknown, params?: unknown, query?: unknown) => string

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
  const odd = app.routes.find(({ pattern }) => pattern.startsWith('/sp'))?.pattern
  t.equal(untyped(odd), "/sp%20ace/%C3%BCn%C3%AF/50%25/a:b,c;d=e@f!$&'()*+")
  t.equal(run(app)(conn('GET', untyped(odd))).respBody, 'odd')
})

t.test('a query stands behind', async t => {
  t.equal(app.path('/posts/:id', { id: 7 }, { page: 2, tags: ['a b'] }), '/posts/7?page=2&tags[]=a+b')
  t.equal(app.path('/about', {}, { q: 'x' }), '/about?q=x')
  t.equal(app.path('/about', undefined, {}), '/about')
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
    new TypeError('path "/about": it has no parameter "page": the query is the third argument'),
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
