// Patterns on parameters, through the whole router: they decide which route matches, and which path can be made.
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as io from 'io-ts'
import t from 'tap'
import { json, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { int, orBadRequest, router, scope } from '../../router/index.js'

const bodyOf = (app: (conn: Conn) => unknown, url: string, method = 'GET'): unknown =>
  run(app)(conn(method, url)).respBody
const statusOf = (app: (conn: Conn) => unknown, url: string, method = 'GET'): unknown =>
  run(app)(conn(method, url)).status
const say =
  (name: string) =>
  <C extends Conn>(c: C) =>
    json([name, c.params])(c)

t.test('where a pattern does not fit, later routes are tried', async t => {
  const app = router(
    scope('/', ({ get }) => [
      get('/posts/:id', { id: /\d+/ }, say('id')),
      get('/posts/:year', { year: /y\d{4}/ }, say('year')),
      get('/posts/:slug', say('slug')),
      get('/:kind.txt', { kind: /[a-c]+/i }, say('kind')),
    ]),
  )
  t.equal(bodyOf(app, '/posts/77'), '["id",{"id":"77"}]')
  t.equal(bodyOf(app, '/posts/y2026'), '["year",{"year":"y2026"}]')
  t.equal(bodyOf(app, '/posts/77a'), '["slug",{"slug":"77a"}]')
  t.equal(bodyOf(app, '/posts/%37'), '["id",{"id":"7"}]')
  t.equal(bodyOf(app, '/aBc.txt'), '["kind",{"kind":"aBc"}]')
  t.equal(statusOf(app, '/abx.txt'), 404)
})

t.test('codecs run only once a route is found: what they refuse is not tried elsewhere', async t => {
  const Even: io.Type<string> = new io.Type(
    'Even',
    io.string.is,
    (u, context) => (Number(u) % 2 === 0 ? io.success(String(u)) : io.failure(u, context)),
    String,
  )
  const app = router(
    scope('/', ({ get }) => [
      get('/a/:id/:n', { id: /\d+/, n: int }, say('both')),
      get('/a/:id/:n', say('neither')),
      get('/b/:n/:id', { id: /\d+/, n: orBadRequest(int) }, say('asked')),
      get('/c/:id', { id: Even }, say('io-ts')),
    ]),
  )
  t.equal(bodyOf(app, '/a/7/8'), '["both",{"id":"7","n":8}]')
  t.equal(bodyOf(app, '/a/x/y'), '["neither",{"id":"x","n":"y"}]')
  t.equal(statusOf(app, '/a/7/y'), 404)
  t.equal(statusOf(app, '/b/x/7'), 400)
  t.equal(statusOf(app, '/b/x/y'), 404)
  t.equal(bodyOf(app, '/c/8'), '["io-ts",{"id":"8"}]')
  t.equal(statusOf(app, '/c/7'), 404)
})

t.test('a scope’s patterns are for all that is in it: routes, mounts and fallbacks', async t => {
  const inner = router(scope('/', ({ get }) => [get('/:x', { x: /\d/ }, say('mounted'))]))
  const app = router(
    scope({ path: '/:locale', params: { locale: /[a-z]{2}/ } }, ({ get, scope, forward, fallback }) => [
      get('/', say('home')),
      forward('/m', inner),
      scope({ path: '/v:n', params: { n: /\d+/ } }, ({ get }) => [get('/x', say('version'))]),
      fallback(say('no page')),
    ]),
    scope('/', ({ get }) => [get('/:other', say('other')), get('/*rest', say('rest'))]),
  )
  t.equal(bodyOf(app, '/de'), '["home",{"locale":"de"}]')
  t.equal(bodyOf(app, '/deu'), '["other",{"other":"deu"}]')
  t.equal(bodyOf(app, '/de/v2/x'), '["version",{"locale":"de","n":"2"}]')
  t.equal(bodyOf(app, '/de/vx/x'), '["rest",{"rest":["de","vx","x"]}]')
  t.equal(bodyOf(app, '/de/m/7'), '["mounted",{"locale":"de","x":"7"}]')
  t.equal(bodyOf(app, '/deu/m/7'), '["rest",{"rest":["deu","m","7"]}]')
  t.equal(statusOf(app, '/de/m/x'), 404, 'a mount takes its path whatever is behind it')
  t.match(run(app)(conn('POST', '/de/x')), { status: 404, respBody: '["no page",{"locale":"de"}]' })
  t.match(run(app)(conn('POST', '/deu/x')), { status: 404, error: { _tag: 'NoRoute' } })
})

t.test('a resource takes a pattern for its member’s parameter, and nested routes have it too', async t => {
  const app = router(
    scope('/', ({ resources, get, fallback }) => [
      resources(
        '/posts',
        { index: say('index'), show: say('show'), edit: say('edit'), update: say('update') },
        { codec: /\d+/ },
        ({ get }) => [get('/likes', say('likes'))],
      ),
      get('/posts/:slug', say('slug')),
      fallback(say('none'), { methodNotAllowed: true }),
    ]),
  )
  t.equal(bodyOf(app, '/posts'), '["index",{}]')
  t.equal(bodyOf(app, '/posts/7'), '["show",{"id":"7"}]')
  t.equal(bodyOf(app, '/posts/7/edit'), '["edit",{"id":"7"}]')
  t.equal(bodyOf(app, '/posts/7/likes'), '["likes",{"postId":"7"}]')
  t.equal(bodyOf(app, '/posts/seven'), '["slug",{"slug":"seven"}]')
  t.equal(statusOf(app, '/posts/seven/likes'), 404)
  t.equal(statusOf(app, '/posts/7', 'DELETE'), 405)
  t.equal(run(app)(conn('DELETE', '/posts/7')).respHeaders.get('allow'), 'GET, HEAD, PATCH, PUT')
  t.equal(
    run(app)(conn('DELETE', '/posts/seven')).respHeaders.get('allow'),
    'GET, HEAD',
    'only the methods whose routes take the path',
  )
})

t.test('a path is made only if its own route matches it', async t => {
  const inner = router(scope('/', ({ get }) => [get('/:id', { id: /\d+/ }, text('x'))]))
  const app = router(
    scope('/', ({ get, scope, forward }) => [
      get('/posts/:id', { id: /\d+/ }, text('x')),
      get('/v:n.x', { n: /\d*/ }, text('x')),
      get('/two/:id', { id: /\d+/ }, text('number')),
      get('/two/:id', { id: /[a-z]+/ }, text('word')),
      get('/free/:id', { id: /\d+/ }, text('number')),
      get('/free/:id', text('any')),
      scope({ path: '/:locale', params: { locale: /[a-z]{2}/ } }, ({ get, forward }) => [
        get('/x', text('x')),
        forward('/in', inner),
      ]),
      forward('/in', inner),
    ]),
  )
  t.equal(app.path('/posts/:id', { id: 7 }), '/posts/7')
  t.throws(
    () => app.path('/posts/:id', { id: 'seven' }),
    new TypeError('path "/posts/:id": the parameter "id" must be text that fits /\\d+/, got "seven"'),
  )
  t.equal(app.path('/v:n.x', { n: '' }), '/v.x')
  t.throws(() => app.path('/v:n.x', { n: 'x' }), TypeError)
  t.equal(app.path('/two/:id', { id: 7 }), '/two/7')
  t.equal(app.path('/two/:id', { id: 'seven' }), '/two/seven', 'one of several routes is enough')
  t.throws(
    () => app.path('/two/:id', { id: '7a' }),
    new TypeError('path "/two/:id": the parameter "id" must be text that fits /\\d+/, got "7a"'),
  )
  t.equal(app.path('/free/:id', { id: '7a' }), '/free/7a')
  t.equal(app.path('/:locale/x', { locale: 'de' }), '/de/x')
  t.throws(() => app.path('/:locale/x', { locale: 'deu' }), TypeError)
  t.equal(app.path('/in/:id', { id: 7 }), '/in/7')
  t.throws(() => app.path('/in/:id', { id: 'x' }), TypeError, 'a mounted router’s patterns are known')
  t.equal(app.path('/:locale/in/:id', { locale: 'de', id: 7 }), '/de/in/7')
  t.throws(() => app.path('/:locale/in/:id', { locale: 'deu', id: 7 }), TypeError)
  t.throws(() => app.path('/:locale/in/:id', { locale: 'de', id: 'x' }), TypeError)
})

t.test('whatever fits, the path that is made of it is matched with it again', async t => {
  const shapes = [/[^b]*/u, /(?:a|é|\/)+/, /.{1,3}/s, /\p{L}+/u]
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.stringMatching(/^[aé/]{1,4}$/))
  let made = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...shapes),
      fc.constantFrom<string[]>('/:p', '/x:p', '/:p.y'),
      texts,
      (shape, pattern, p) => {
        const app = router(
          scope('/', ({ get }) => [get(pattern as '/:p', { p: shape }, c => json(c.params)(c))]),
        )
        let path: string
        try {
          path = (app.path as (pattern: string, params: object) => string)(pattern, { p })
        } catch {
          return true
        }
        made += 1
        return bodyOf(app, path) === JSON.stringify({ p }) || /^\/\.{1,2}$/.test(path)
      },
    ),
    { numRuns: 500 },
  )
  t.ok(made > 50, `${made} paths`)
})

t.test('what cannot be a pattern is refused when the app starts', async t => {
  const declare = (path: string, codecs: unknown) => () =>
    router(
      scope('/in', ({ get }) => [(get as (...args: readonly unknown[]) => never)(path, codecs, text('x'))]),
    )
  t.throws(
    declare('/:id', { id: /\d+/g }),
    new TypeError(
      'GET /in/:id: the pattern of "id" has the flag "g", which is for searching in a text, and it must fit a whole segment: leave it out',
    ),
  )
  t.throws(
    declare('/*rest', { rest: /\d+/ }),
    new TypeError(
      'GET /in/*rest: there is a pattern for "rest", and a glob takes any segments: give it a codec, which is given their list',
    ),
  )
  t.throws(
    declare('/:id', { idd: /\d+/ }),
    new TypeError('GET /in/:id: there is a codec for "idd", and its own path has no such parameter'),
  )
  t.throws(
    declare('/:id', { id: '\\d+' }),
    new TypeError('GET /in/:id: the parameter "id" needs a codec or a regular expression, got a string'),
  )
  t.throws(
    () => router(scope({ path: '/:id', params: { id: /a/y } }, () => [])),
    /^scope \/:id: the pattern of "id" has the flag "y"/,
  )
  t.throws(
    () => router(scope('/', ({ resources }) => [resources('/posts', { show: text('x') }, { codec: /a/m })])),
    /^resources \/posts: the pattern of "id" has the flag "m"/,
  )
})

t.test('a pattern keeps no state between requests', async t => {
  const shape = /\d+/
  const app = router(scope('/', ({ get }) => [get('/:id', { id: shape }, text('x'))]))
  for (let i = 0; i < 3; i++) t.equal(statusOf(app, '/77'), 200)
  shape.exec = () => null
  t.equal(statusOf(app, '/77'), 200, 'nor does it heed what becomes of the expression it was made of')
  t.ok(E.isRight(int.decode('7')))
})
