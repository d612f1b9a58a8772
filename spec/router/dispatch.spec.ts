import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as fc from 'fast-check'
import * as io from 'io-ts'
import t from 'tap'
import {
  assign,
  attempt,
  endpoint,
  fail,
  fetchQueryParams,
  getRespHeader,
  halt,
  json,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  text,
  type AnyPlug,
  type Conn,
  type Halted,
} from '../../lib/index.js'
import { serve } from '../../lib/adapters/node.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'
import { int, orBadRequest, router, scope, type Codec } from '../../router/index.js'
import { exchange } from '../support/raw-http.js'
import { naive } from './naive.js'
import { numbered, refusedOf, requests, table } from './tables.js'

const ok = text('ok')
const bodyOf = (app: (conn: Conn) => unknown, method: string, url: string): unknown =>
  run(app)(conn(method, url)).respBody
const statusOf = (app: (conn: Conn) => unknown, method: string, url: string): unknown =>
  run(app)(conn(method, url)).status

t.test('calling a router performs nothing; a synchronous route answers without a promise', async t => {
  let performed = 0
  const app = router(
    scope('/', ({ get }) => [
      get('/now', ok),
      get('/later', c =>
        attempt(async () => {
          performed += 1
          return ok(c)
        }),
      ),
    ]),
  )
  t.equal(run(app)(conn('GET', '/now')).respBody, 'ok')
  const effect = app(conn('GET', '/later'))
  t.type(effect, 'function')
  t.equal(performed, 0)
  t.equal((await runAsync(app)(conn('GET', '/later'))).respBody, 'ok')
  t.equal(performed, 1)
})

t.test('the conn says what matched before the pipelines run, outer ones first', async t => {
  const trace =
    (name: string) =>
    <C extends Conn>(c: C) =>
      assign(
        'trace',
        `${(c.assigns as { trace?: string }).trace ?? ''}${name}:${c.route?.pattern}:${String(c.pathParams['id'])} `,
      )(c)
  const app = router(
    scope('/a', trace('outer'), ({ scope }) => [
      scope('/:id', [trace('one'), trace('two')], ({ get }) => [get('/x', c => text(c.assigns.trace)(c))]),
    ]),
  )
  t.equal(bodyOf(app, 'GET', '/a/7/x'), 'outer:/a/:id/x:7 one:/a/:id/x:7 two:/a/:id/x:7 ')
  t.strictSame(run(app)(conn('GET', '/a/7/x')).route, { method: 'GET', pattern: '/a/:id/x', metadata: {} })
})

t.test('path parameters lie over those that are there, and replace the path parameters', async t => {
  const app = pipeline(
    fetchQueryParams,
    router(
      scope('/', ({ get }) => [
        get('/users/:id', c => json([c.params, c.pathParams])(c)),
        get('/', c => json(c.params)(c)),
      ]),
    ),
  )
  t.equal(bodyOf(app, 'GET', '/users/7?id=8&page=2'), JSON.stringify([{ id: '7', page: '2' }, { id: '7' }]))
  t.equal(bodyOf(app, 'GET', '/?page=2'), JSON.stringify({ page: '2' }))
  const late = router(scope('/', fetchQueryParams, ({ get }) => [get('/users/:id', c => json(c.params)(c))]))
  t.equal(
    bodyOf(late, 'GET', '/users/7?id=8&page=2'),
    JSON.stringify({ id: '7', page: '2' }),
    'whenever the query is read',
  )
})

t.test('names such as __proto__ are names like any other', async t => {
  const app = pipeline(
    fetchQueryParams,
    router(
      scope('/', ({ get }) => [get('/:__proto__/:constructor', c => json(Object.entries(c.params))(c))]),
    ),
  )
  t.equal(
    bodyOf(app, 'GET', '/a/b?__proto__=x&toString=y'),
    JSON.stringify([
      ['__proto__', 'a'],
      ['toString', 'y'],
      ['constructor', 'b'],
    ]),
  )
})

t.test(
  'a scope’s assigns and private data are on the conn before its pipelines run; inner ones win',
  async t => {
    const early = <C extends Conn>(c: C) => assign('early', { ...c.assigns, ...c.private })(c)
    const app = router(
      scope({ path: '/', assigns: { a: 1, b: 1 }, private: { lib: 1, other: 1 } }, early, ({ scope }) => [
        scope({ path: '/in', assigns: { b: 2 }, private: { lib: 2 } }, ({ get }) => [
          get('/', c => json(c.assigns.early)(c)),
        ]),
      ]),
    )
    t.strictSame(JSON.parse(String(bodyOf(app, 'GET', '/in'))), { a: 1, b: 2, lib: 2, other: 1 })
  },
)

t.test('a halted pipeline skips the handler, a failing one keeps what was set before', async t => {
  const stop = (c: Conn): Halted => halt(pipe(c, putStatus(401), text('stop')))
  const broken = (c: Conn): Halted => fail(c, plugError(409, 'Taken', 'taken'))
  const app = router(
    scope('/', putRespHeader('x-outer', 'yes'), ({ scope }) => [
      scope('/stop', stop, ({ get }) => [get('/', ok)]),
      scope('/fail', broken, ({ get }) => [get('/', ok)]),
      scope('/throw', ({ get }) => [
        get('/:id', () => {
          throw new Error('bug')
        }),
      ]),
    ]),
  )
  t.match(run(app)(conn('GET', '/stop')), { status: 401, respBody: 'stop' })
  const failed = run(app)(conn('GET', '/fail'))
  t.equal(failed.status, 409)
  t.strictSame(getRespHeader('x-outer')(failed), ['yes'])
  const thrown = run(app)(conn('GET', '/throw/7'))
  t.equal(thrown.status, 500)
  t.strictSame(thrown.pathParams, Object.assign(Object.create(null), { id: '7' }))
  t.equal(thrown.route?.pattern, '/throw/:id')
})

t.test(
  'hosts are exact, or prefixes that end in a dot; an inner scope’s take the place of the outer’s',
  async t => {
    const app = router(
      scope({ path: '/', host: 'api.' }, ({ get, scope }) => [
        get('/x', text('api')),
        scope({ path: '/', host: ['a.test', 'B.test'] }, ({ get }) => [get('/x', text('list'))]),
      ]),
      scope('/', ({ get }) => [get('/x', text('any'))]),
    )
    t.equal(bodyOf(app, 'GET', 'http://api.example.com/x'), 'api')
    t.equal(bodyOf(app, 'GET', 'http://api/x'), 'any')
    t.equal(bodyOf(app, 'GET', 'http://b.test/x'), 'list')
    t.equal(bodyOf(app, 'GET', 'http://x.b.test/x'), 'any')
  },
)

// --- codecs

t.test('codecs decode parameters; what they refuse is not found, or a bad request when asked', async t => {
  const app = router(
    scope('/', ({ get }) => [
      get('/n/:id', { id: int }, c => json([c.params.id + 1, c.pathParams])(c)),
      get('/b/:id/:rest', { id: orBadRequest(int) }, c => json(c.params)(c)),
      get('/:kind/:other', ok),
    ]),
  )
  t.equal(bodyOf(app, 'GET', '/n/7'), JSON.stringify([8, { id: '7' }]))
  t.match(
    run(app)(conn('GET', '/n/x')),
    { status: 404, error: { _tag: 'InvalidParams' } },
    'no later route is tried',
  )
  t.match(run(app)(conn('GET', '/b/x/y')), {
    status: 400,
    error: { _tag: 'InvalidParams', message: 'the path parameter "id" is not valid' },
  })
  t.equal(bodyOf(app, 'GET', '/b/1/y'), JSON.stringify({ id: 1, rest: 'y' }))
})

t.test('io-ts codecs are codecs, and a glob’s is given its list', async t => {
  const Color = io.keyof({ red: null, blue: null })
  const Numbers: Codec<readonly number[]> = {
    decode: u => E.right((u as readonly string[]).map(Number)),
  }
  const app = router(
    scope('/', ({ get }) => [
      get('/color/:color', { color: Color }, c => text(c.params.color)(c)),
      get('/sum/*list', { list: Numbers }, c => json(c.params.list.reduce((a, b) => a + b, 0))(c)),
    ]),
  )
  t.equal(bodyOf(app, 'GET', '/color/red'), 'red')
  t.equal(statusOf(app, 'GET', '/color/green'), 404)
  t.equal(bodyOf(app, 'GET', '/sum/1/2/3'), '6')
})

t.test('a scope’s codecs decode before its pipelines run', async t => {
  const load = <C extends Conn & { readonly params: { readonly userId: number } }>(c: C) =>
    assign('next', c.params.userId + 1)(c)
  const app = router(
    scope({ path: '/users/:userId', params: { userId: int } }, load, ({ get, scope }) => [
      get('/', c => json(c.assigns.next)(c)),
      scope({ path: '/posts/:postId', params: { postId: orBadRequest(int) } }, ({ get }) => [
        get('/:id', { id: int }, c => json(c.params.userId + c.params.postId + c.params.id)(c)),
      ]),
    ]),
  )
  t.equal(bodyOf(app, 'GET', '/users/7'), '8')
  t.equal(bodyOf(app, 'GET', '/users/1/posts/2/3'), '6')
  t.equal(statusOf(app, 'GET', '/users/x'), 404)
  t.equal(statusOf(app, 'GET', '/users/1/posts/x/3'), 400)
  t.equal(statusOf(app, 'GET', '/users/1/posts/2/x'), 404)
})

// --- what is not found

t.test('a request without a route fails with 404, and no pipeline runs', async t => {
  let ran = 0
  const count = <C extends Conn>(c: C): C => {
    ran += 1
    return c
  }
  const app = router(scope('/', count, ({ get }) => [get('/x', ok)]))
  const done = run(app)(conn('POST', '/x'))
  t.match(done, { status: 404, error: { _tag: 'NoRoute', status: 404, message: 'Not Found' } })
  t.equal(done.route, undefined)
  t.equal(ran, 0)
  t.equal(statusOf(router(), 'GET', '/'), 404, 'even without any route')
})

t.test('a fallback answers with its scope’s pipelines, and 404 unless it says otherwise', async t => {
  const app = router(
    scope('/', assign('site', 'main'), ({ get, scope, fallback }) => [
      get('/', ok),
      fallback(c => text(`nothing here, says ${c.assigns.site}`)(c)),
      scope(
        { path: '/users/:userId', params: { userId: int } },
        assign('site', 'users'),
        ({ get, fallback }) => [
          get('/', ok),
          fallback(c => json([c.params.userId, c.assigns.site, c.status])(c)),
        ],
      ),
      scope({ path: '/api', host: 'api.' }, ({ fallback }) => [
        fallback(pipeline(putStatus(410), json('gone'))),
      ]),
    ]),
  )
  const missing = run(app)(conn('GET', '/nowhere'))
  t.match(missing, { status: 404, respBody: 'nothing here, says main', error: undefined, route: undefined })
  t.match(
    run(app)(conn('GET', '/users/7/x')),
    { status: 404, respBody: '[7,"users",404]' },
    'the longest path wins',
  )
  t.match(run(app)(conn('POST', '/users/7')), { status: 404, respBody: '[7,"users",404]' })
  t.match(
    run(app)(conn('GET', '/users/x')),
    { status: 404, respBody: 'nothing here, says main' },
    'a fallback whose own parameter does not decode is passed over',
  )
  t.match(run(app)(conn('GET', 'http://api.x/api/y')), { status: 410, respBody: '"gone"' })
  t.match(
    run(app)(conn('GET', '/api/y')),
    { status: 404, respBody: 'nothing here, says main' },
    'for another host',
  )
})

t.test(
  'among fallbacks of equal paths the first one for the host wins, and all segments of its path must be there',
  async t => {
    const app = router(
      scope({ path: '/a', host: 'api.' }, ({ fallback }) => [fallback(text('first'))]),
      scope('/a', ({ fallback }) => [fallback(text('second'))]),
      scope('/a/b', ({ fallback }) => [fallback(text('longer'))]),
    )
    t.equal(bodyOf(app, 'GET', 'http://api.x/a/c'), 'first')
    t.equal(bodyOf(app, 'GET', '/a/c'), 'second')
    t.equal(bodyOf(app, 'GET', '/a'), 'second')
    t.equal(bodyOf(app, 'GET', '/a/b'), 'longer')
    t.match(run(app)(conn('GET', '/')), { status: 404, error: { _tag: 'NoRoute' } })
  },
)

t.test('when asked, a path with routes for other methods is a 405 that lists them', async t => {
  const app = router(
    scope('/', ({ get, put, scope, fallback, match }) => [
      get('/x/:id', { id: int }, ok),
      put('/x/:id', ok),
      match('*', '/any', ok),
      fallback(c => text(`status ${c.status}`)(c), { methodNotAllowed: true }),
      scope({ path: '/', host: 'api.' }, ({ delete: del }) => [del('/x/:id', ok)]),
    ]),
  )
  const refused = run(app)(conn('POST', '/x/7'))
  t.match(refused, { status: 405, respBody: 'status 405' })
  t.strictSame(getRespHeader('allow')(refused), ['GET, HEAD, PUT'])
  t.strictSame(getRespHeader('allow')(run(app)(conn('POST', 'http://api.x/x/7'))), ['GET, HEAD, PUT, DELETE'])
  const missing = run(app)(conn('POST', '/y'))
  t.match(missing, { status: 404, respBody: 'status 404' })
  t.strictSame(getRespHeader('allow')(missing), [])
  t.match(
    run(app)(conn('GET', '/x/seven')),
    { status: 404, respBody: 'status 404' },
    'a parameter that does not decode',
  )
})

t.test(
  'a 405 stays one, whatever a handler for missing pages does; another status of its own stays',
  async t => {
    const later = (plug: (c: Conn) => Conn) => (c: Conn) => () => Promise.resolve(E.right(plug(c)))
    const missing = (c: Conn) => pipe(c, putStatus(404), json({ error: 'not found' }))
    const cases: readonly (readonly [name: string, handler: AnyPlug, status: number])[] = [
      ['puts 404', missing, 405],
      ['puts 404 later', later(missing as never), 405],
      ['is a pipeline', pipeline(putStatus(404), json({})), 405],
      ['halts', (c: Conn) => halt(missing(c)), 405],
      ['keeps it', (c: Conn) => json({})(c), 405],
      ['fails with 404', (c: Conn) => fail(c, plugError(404, 'Missing', 'no such page')), 405],
      ['fails with 404 later', () => () => E.left(plugError(404, 'Missing', 'no such page')), 405],
      ['puts 410', (c: Conn) => pipe(c, putStatus(410), json({})), 410],
      ['fails with 403', (c: Conn) => fail(c, plugError(403, 'Closed', 'closed')), 403],
      [
        'throws',
        () => {
          throw new Error('oops')
        },
        500,
      ],
    ]
    for (const [name, handler, status] of cases)
      for (const through of [[], [putRespHeader('x-scope', '1')]]) {
        const app = router(
          scope('/', through as never, ({ get, fallback }) => [
            get('/x', ok),
            fallback(handler as never, { methodNotAllowed: true }),
          ]),
        )
        const done = await runAsync(app)(conn('POST', '/x'))
        t.equal(done.status, status, name)
        t.strictSame(getRespHeader('allow')(done), ['GET, HEAD'], name)
        const elsewhere = await runAsync(app)(conn('POST', '/y'))
        t.equal(elsewhere.status, status === 405 ? 404 : status, name)
        t.strictSame(getRespHeader('allow')(elsewhere), [], name)
      }
  },
)

t.test(
  'a method is allowed only where its codecs take the path, and HEAD where head stands before',
  async t => {
    const app = router(
      scope('/', ({ get, put, head, fallback }) => [
        get('/x/:id', { id: int }, ok),
        put('/x/:id', ok),
        get('/only/:id', { id: int }, ok),
        get('/heads', ok),
        head('/heads', ok),
        fallback(text('none'), { methodNotAllowed: true }),
      ]),
    )
    const allow = (method: string, path: string) => getRespHeader('allow')(run(app)(conn(method, path)))
    t.strictSame(allow('DELETE', '/x/seven'), ['PUT'])
    t.equal(statusOf(app, 'DELETE', '/only/seven'), 404)
    t.strictSame(allow('DELETE', '/heads'), ['GET, HEAD'])
    t.strictSame(
      allow('HEAD', '/x/7'),
      ['GET, PUT'],
      'a HEAD that gets here shows that nothing makes it a GET',
    )
    t.strictSame(allow('OPTIONS', '/x/7'), ['GET, HEAD, PUT'], 'OPTIONS is a method like any other')
  },
)

t.test('when asked, OPTIONS is answered for a path that has routes, with their methods', async t => {
  const cors = putRespHeader('access-control-allow-origin', '*')
  const app = router(
    scope('/', cors, ({ get, put, options, match, forward, scope, fallback }) => [
      get('/x/:id', { id: int }, ok),
      put('/x/:id', ok),
      get('/own', ok),
      options('/own', text('my own')),
      match('*', '/any', text('any')),
      forward('/mount', text('mounted')),
      fallback(c => text(`status ${c.status}`)(c), { automaticOptions: true, methodNotAllowed: true }),
      scope('/plain', ({ get, fallback }) => [get('/', ok), fallback(text('none'))]),
    ]),
  )
  const answer = (path: string) => {
    const done = run(app)(conn('OPTIONS', path))
    return [done.status, getRespHeader('allow')(done)[0], done.respBody]
  }
  t.strictSame(answer('/x/7'), [204, 'GET, HEAD, PUT, OPTIONS', ''])
  t.strictSame(getRespHeader('access-control-allow-origin')(run(app)(conn('OPTIONS', '/x/7'))), ['*'])
  t.strictSame(answer('/nowhere'), [404, undefined, 'status 404'])
  t.strictSame(answer('/x/seven'), [204, 'PUT, OPTIONS', ''], 'a route whose codec refuses is none')
  t.strictSame(answer('/own'), [200, undefined, 'my own'])
  t.strictSame(answer('/any'), [200, undefined, 'any'])
  t.strictSame(answer('/mount/x'), [200, undefined, 'mounted'])
  t.strictSame(answer('/plain'), [404, undefined, 'none'], 'where it is not asked')
  t.strictSame(getRespHeader('allow')(run(app)(conn('POST', '/x/7'))), ['GET, HEAD, PUT, OPTIONS'])
  t.strictSame(
    getRespHeader('allow')(run(app)(conn('GET', '/x/7', {}))),
    [],
    'what has a route says nothing of others',
  )
})

t.test('OPTIONS * asks about the whole site', async t => {
  const routes = (automaticOptions: boolean) =>
    router(
      scope('/', ({ get, post, match, fallback }) => [
        get('/x', ok),
        post('/y/:id', { id: int }, ok),
        match('*', '/z', ok),
        fallback(text('none'), { automaticOptions }),
      ]),
    )
  const asked = ConnRecord.request(conn('OPTIONS', '/'), { path: '*', segments: ['*'] })
  const done = run(routes(true))(asked)
  t.match(done, { status: 204, respBody: '' })
  t.strictSame(getRespHeader('allow')(done), ['GET, HEAD, POST, OPTIONS'])
  t.equal(run(routes(false))(asked).status, 404)
})

t.test('OPTIONS * reaches the router over a socket', async t => {
  const app = router(
    scope('/', ({ get, fallback }) => [
      get('/:x', { x: int }, ok),
      fallback(text('none'), { automaticOptions: true, methodNotAllowed: true }),
    ]),
  )
  const started = await serve(endpoint({}, app), { port: 0, host: '127.0.0.1', stopOn: [] })()
  if (started._tag === 'Left') throw new Error(started.left.message)
  const star = 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'
  const answer = await exchange(started.right.port, star)
  await started.right.stop()
  t.match(answer, { status: 204, headers: { allow: 'GET, HEAD, OPTIONS' }, body: '' })
})

// --- the path

t.test('segments are decoded one by one: an encoded slash never splits', async t => {
  const app = router(
    scope('/', ({ get }) => [
      get('/a b/:id', c => text(c.params.id)(c)),
      get('/*all', c => json(c.params.all)(c)),
    ]),
  )
  t.equal(bodyOf(app, 'GET', '/a%20b/x%2Fy'), 'x/y')
  t.equal(bodyOf(app, 'GET', '/%C3%A9/a+b//c%00/'), JSON.stringify(['é', 'a+b', 'c\0']))
  t.equal(bodyOf(app, 'GET', '/'), '[]')
})

t.test('a path that is not percent-encoded UTF-8 is a bad request, whatever the routes', async t => {
  const app = router(scope('/', ({ get, fallback }) => [get('/*all', ok), fallback(ok)]))
  for (const path of ['/%', '/%zz', '/a/%ff', '/%C3', '/%c0%af', '/a%2', '/%ed%a0%80'])
    t.match(run(app)(conn('GET', path)), { status: 400, error: { _tag: 'BadRequest' } }, path)
})

t.test('a mounted router is given what is left of the path, however that is written', async t => {
  const inner = router(
    scope('/', ({ get }) => [get('/', text('root')), get('/:id/x', c => text(c.params.id)(c))]),
  )
  const app = router(scope('/', ({ forward }) => [forward('/in/:side', inner)]))
  t.equal(bodyOf(app, 'GET', '/in/a/b%2Fc/x'), 'b/c')
  t.equal(bodyOf(app, 'GET', '//in/a%2F//b//x/'), 'b')
  t.equal(bodyOf(app, 'GET', '/in/a'), 'root')
  t.equal(bodyOf(app, 'GET', '/in/a//'), 'root')
  t.equal(statusOf(app, 'GET', '/in/a/b%2Fx'), 404)
})

t.test('older conns never change', async t => {
  const app = router(scope('/a', assign('x', 1), ({ get }) => [get('/:id', ok)]))
  const before = conn('GET', '/a/7')
  run(app)(before)
  t.strictSame(before.params, {})
  t.equal(before.route, undefined)
})

t.test('an effect in a pipeline, or of a handler, works as anywhere', async t => {
  const load = <C extends Conn>(c: C) =>
    pipe(
      TE.right<never, number>(7),
      TE.map(n => assign('n', n)(c)),
    )
  const app = router(
    scope('/', load, ({ get }) => [get('/:id', c => TE.right(text(`${c.assigns.n}${c.params.id}`)(c)))]),
  )
  t.equal((await runAsync(app)(conn('GET', '/x'))).respBody, '7x')
})

t.test('on any table and any path, a whole router gives what trying its routes in order gives', async t => {
  const seen = { found: 0, none: 0, malformed: 0 }
  fc.assert(
    fc.property(table, requests(12), (declared, asked) => {
      const refused = refusedOf(declared)
      const routes = declared.filter((_, i) => !refused.has(i))
      const app = router(
        ...routes.map(({ method, pattern, hosts, shapes = {} }, index) =>
          scope({ path: '/', ...(hosts.length > 0 && { host: hosts }) }, ({ match }) => [
            match(method, pattern, shapes as {}, (c: Conn) =>
              json({ index, params: c.params, own: c.pathParams })(c),
            ),
          ]),
        ),
      )
      const matcher = naive(numbered(routes))
      return asked.every(({ method, host, path }) => {
        const done = run(app)(conn(method, `http://${host}${path}`))
        const found = matcher.find(method, host, path)
        if (typeof found === 'string') {
          seen[found] += 1
          return done.status === (found === 'none' ? 404 : 400)
        }
        seen.found += 1
        const { index, params, own } = JSON.parse(String(done.respBody)) as {
          readonly index: number
          readonly params: unknown
          readonly own: unknown
        }
        const wanted = JSON.stringify(found.params)
        return index === found.route.index && [params, own].every(one => JSON.stringify(one) === wanted)
      })
    }),
    { numRuns: 500 },
  )
  t.ok(Math.min(...Object.values(seen)) > 100, JSON.stringify(seen))
})
