// The routers that the fixture's requests were sent to, Phoenix's and Plug's, declared here again: every request must
// find what it found there. Where ours differs on purpose, the case is named with the reason.
import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  assign,
  fetchQueryParams,
  halt,
  json,
  pipe,
  pipeline,
  putStatus,
  text,
  type Conn,
  type Halted,
  type Responded,
} from '../../lib/index.js'
import { splitPath } from '../../lib/http/uri.js'
import { conn, run } from '../../lib/testing/index.js'
import { pipelines, router, routes, scope as plainScope, type Route } from '../../router/index.js'

interface Hit {
  readonly action: unknown
  readonly assigns?: unknown
  readonly params: unknown
  readonly path_params: unknown
  readonly path_info: unknown
  readonly script_name: unknown
  readonly match_path?: string | null
}
interface Case {
  readonly method: string
  readonly host: string
  readonly target: string
  readonly route_info?: { readonly route: string; readonly pipe_through: readonly string[] } | 'error'
  readonly expect: { readonly hit?: Hit | null; readonly status?: number; readonly plug_status?: number }
}
interface Fixture {
  readonly phoenix_cases: readonly Case[]
  readonly plug_router_cases: readonly Case[]
  readonly phoenix_route_table: readonly {
    readonly verb: string
    readonly path: string
    readonly plug: string
    readonly opts: unknown
  }[]
  readonly definition_errors: readonly {
    readonly name: string
    readonly ok?: boolean
    readonly raise?: string
  }[]
  readonly plug_router_no_match: { readonly raise: string }
  readonly utils_split: readonly { readonly path: string; readonly split: readonly string[] }[]
}
const fixture = JSON.parse(
  readFileSync(new URL('../../../spec/fixtures/router.json', import.meta.url), 'utf8'),
) as Fixture

/** Elixir terms of the fixture as plain values: an atom is its name, a tuple a list. */
const plain = (term: unknown): unknown => {
  if (Array.isArray(term)) return term.map(plain)
  if (typeof term !== 'object' || term === null) return term
  if ('$atom' in term) return term.$atom
  if ('$tuple' in term) return plain(term.$tuple)
  return Object.fromEntries(Object.entries(term).map(([key, value]) => [key, plain(value)]))
}
/** `userId` as Phoenix names it. */
const snake = (text: string): string => text.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
const snakeKeys = (record: object): object =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [snake(key), value]))

/** A handler that tells what it sees. Its name is what the route table shows. */
const hit = (controller: string, action: string): ((conn: Conn) => Conn & Responded) => {
  const handler = (c: Conn): Conn & Responded =>
    json({
      action: [controller, action],
      assigns: c.assigns,
      params: snakeKeys(c.params),
      path_params: snakeKeys(c.pathParams),
      path_info: c.segments,
      script_name: c.scriptName,
      pattern: c.route?.pattern,
    })(c)
  return Object.defineProperty(handler, 'name', { value: `${controller}.${action}` })
}
const page = (action: string) => hit('PageController', action)
const actions = (controller: string, names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, hit(controller, name)]))
const all = ['index', 'edit', 'new', 'show', 'create', 'update', 'delete'] as const

const mark =
  (name: string) =>
  <C extends Conn>(c: C) =>
    assign('marks', [...((c.assigns as { marks?: string[] }).marks ?? []), name])(c)
const stop = (c: Conn): Halted => halt(pipe(c, putStatus(401), text('stop')))
const { scope } = pipelines({ browser: mark('browser'), admin: mark('admin'), stop })

const phoenix = router(
  scope(
    '/',
    'browser',
    ({ get, post, put, patch, delete: del, options, head, connect, trace, match, resources }) => [
      get('/', page('index')),
      get('/about', page('about')),
      post('/about', page('about_post')),
      put('/only/put', page('put')),
      patch('/only/patch', page('patch')),
      del('/only/delete', page('delete')),
      options('/only/options', page('options')),
      head('/only/head', page('head')),
      connect('/only/connect', page('connect')),
      trace('/only/trace', page('trace')),
      match('*', '/any', page('any')),
      match('PROPFIND', '/dav', page('propfind')),
      get('/users/top', hit('UserController', 'top')),
      resources('/users', actions('UserController', all), {}, ({ resources }) => [
        resources('/comments', actions('CommentController', all), { only: ['index', 'show'] }),
      ]),
      resources('/posts', actions('PostController', all), { except: ['delete', 'edit'] }),
      resources('/by_slug', actions('PostController', all), { param: 'slug', only: ['show'] }),
      resources('/account', actions('AccountController', all.slice(1)), { singleton: true }),
      resources('/', actions('Prof', all), { only: [], name: 'rootres' }),
      get('/dup/:a', page('dup_first')),
      get('/prefix-:name', page('prefixed')),
      get('/pre/x:rest', page('pre_inline')),
      get('/:id/mixed/:id2', page('mixed')),
      get('/files/*path', hit('FileController', 'glob')),
      get('/img/pre-*rest', hit('FileController', 'glob_prefixed')),
      get('/esc%20aped', page('escaped_literal')),
      get('/ünï', page('unicode_literal')),
      get('/sp ace', page('space_literal')),
      get('/a.b/c-d/~e', page('punct')),
      get({ path: '/opts/assign', assigns: { from_route: 1 }, private: { x: 1 } }, page('assigned')),
      get('/optional/:y/:m', page('ym')),
      get('/optional/:y', page('y')),
      get('/user_:id/profile', page('user_underscore')),
    ],
  ),
  scope('/admin', ['browser', 'admin'], ({ get, scope }) => [
    get('/', hit('AdminPage', 'index')),
    get('/:section', hit('AdminPage', 'section')),
    scope({ path: '/nested/:account_id', assigns: { nested: true } }, ({ get }) => [
      get('/x', hit('AdminPage', 'nested')),
    ]),
  ]),
  scope({ path: '/', host: 'api.' }, ({ get }) => [get('/hosted', hit('Host', 'api_prefix'))]),
  scope({ path: '/', host: 'www.example.org' }, ({ get }) => [get('/hosted', hit('Host', 'exact'))]),
  scope({ path: '/', host: ['a.test', 'b.test'] }, ({ get }) => [get('/hosted', hit('Host', 'list'))]),
  scope('/', ({ get, forward, scope, match }) => [
    get('/hosted', hit('Host', 'any_host')),
    scope('/stopped', 'stop', ({ get }) => [get('/here', page('never'))]),
    forward('/fwd', hit('Fwd', 'opts')),
    scope({ path: '/deep/tenant', assigns: { scoped: 1 } }, ({ forward }) => [
      forward('/f2', hit('ForwardedPlug', 'k')),
    ]),
    get('/last/*all', hit('Catch', 'all')),
    match('*', '/catch/*rest', hit('AnyCtl', 'any')),
  ]),
)

/** What Phoenix lets stand though no request can reach it. Ours refuses it when the app starts, so it is left out here. */
const unreachable = new Set([
  'PageController.about_shadowed',
  'PageController.dup_second',
  'PageController.dup_fixed_unreachable',
  'PageController.unreachable',
])

/** Requests that ours answers otherwise, and why. */
const deviations = new Map<string, readonly [status: number, reason: string]>([
  ['/users/%', [400, 'a malformed escape is refused; Phoenix keeps it as text']],
  ['/users/%zz', [400, 'a malformed escape is refused; Phoenix keeps it as text']],
  ['/users/%ff', [400, 'a segment that is not UTF-8 is refused; Phoenix passes the bytes on']],
])
const plugDeviations = new Map<string, readonly [status: number, reason: string]>([
  ['/hello/%', [400, 'a malformed escape is refused']],
  ['/hello/%zz', [400, 'a malformed escape is refused']],
])

/** Hosts are compared in lower case, as RFC 9110 §4.2.3 has it: these find the route that the lower-case host finds. */
const hosts = new Map<string, unknown>([
  ['WWW.example.org', ['Host', 'exact']],
  ['FOO.com', 'host_exact'],
])

const answer = (app: (conn: Conn) => unknown, one: Case) =>
  run(app)(conn(one.method, `http://${one.host}${one.target}`))

t.test('every request finds in ours what it found in a Phoenix router', async t => {
  const app = pipeline(fetchQueryParams, phoenix)
  t.not(fixture.phoenix_cases.length, 0)
  for (const one of fixture.phoenix_cases) {
    const name = `${one.method} ${one.host} ${one.target}`
    const done = answer(app, one)
    const deviation = deviations.get(one.target)
    if (deviation) {
      t.equal(done.status, deviation[0], `${name}: ${deviation[1]}`)
      continue
    }
    const { hit, status, plug_status } = one.expect
    t.equal(done.status, status ?? plug_status, name)
    if (!hit) continue
    const seen = JSON.parse(String(done.respBody)) as Hit & { readonly pattern: string }
    const action = (hosts.get(one.host) ?? plain(hit.action)) as readonly [string, string]
    t.strictSame(seen.action, Array.isArray(action[1]) ? ['ForwardedPlug', 'k'] : action, name)
    t.strictSame(seen.assigns, plain(hit.assigns), `${name}: assigns`)
    t.strictSame(seen.params, plain(hit.params), `${name}: params`)
    t.strictSame(seen.path_params, plain(hit.path_params), `${name}: path params`)
    t.strictSame(seen.path_info, hit.path_info, `${name}: segments`)
    t.strictSame(seen.script_name, hit.script_name, `${name}: script name`)
    // route_info takes segments as they are sent, so that it finds no route for those that are encoded.
    if (typeof one.route_info === 'object' && !one.target.includes('%'))
      t.equal(snake(seen.pattern), one.route_info.route, `${name}: pattern`)
  }
})

t.test('every route goes through the pipelines that it went through there', async t => {
  const names = ['browser', 'admin', 'stop']
  const table = routes(phoenix)
  for (const { method, host, target, route_info } of fixture.phoenix_cases) {
    if (typeof route_info !== 'object') continue
    const found = table.find(
      route =>
        snake(route.pattern) === route_info.route &&
        (route.method === method || route.method === '*') &&
        (route.hosts.length === 0 || !target.startsWith('/hosted')),
    )
    t.strictSame(
      found?.pipelines.filter(name => names.includes(name)),
      route_info.pipe_through,
      `${method} ${host} ${target}`,
    )
  }
})

t.test('the route table lists what Phoenix lists, in its order', async t => {
  const listed = fixture.phoenix_route_table.map(({ verb, path, plug, opts }) => {
    const action = plain(opts)
    return {
      line: `${verb.toUpperCase()} ${path}`,
      handler: `${plug}.${typeof action === 'string' ? action : 'k'}`,
    }
  })
  t.strictSame(
    routes(phoenix).map(({ method, pattern, handler }) => `${method} ${snake(pattern)} ${handler}`),
    listed
      .filter(({ handler }) => !unreachable.has(handler))
      .map(({ line, handler }) => `${line} ${handler}`),
  )
  t.equal(listed.filter(({ handler }) => unreachable.has(handler)).length, unreachable.size)
})

t.test('what no request of a Phoenix router can reach is refused', async t => {
  const declarations: readonly (() => unknown)[] = [
    () =>
      plainScope('/', ({ get }) => [
        get('/about', page('about')),
        get('/about/' as string, page('about_shadowed')),
      ]),
    () =>
      plainScope('/', ({ get }) => [
        get('/dup/:a', page('dup_first')),
        get('/dup/:b' as string, page('dup_second')),
      ]),
    () =>
      plainScope('/', ({ get }) => [get('/dup/:a', page('dup_first')), get('/dup/fixed', page('dup_fixed'))]),
    () =>
      plainScope('/', ({ get, forward }) => [forward('/fwd', page('fwd')), get('/fwd/shadowed', page('x'))]),
  ]
  for (const declare of declarations) t.throws(() => router(declare() as never), TypeError)
})

const seen = (action: string) => (c: Conn) =>
  json({
    action,
    params: c.params,
    path_params: c.pathParams,
    path_info: c.segments,
    script_name: c.scriptName,
    match_path: c.route?.pattern,
  })(c)

const plug = router(
  plainScope('/', ({ get, post, match, scope, forward, fallback }) => [
    get('/', seen('root')),
    get('/hello', seen('hello')),
    get('/hello/:name', c => seen(`hello_name ${c.params.name}`)(c)),
    get('/bin/foo-:bar', seen('inline_prefix')),
    get('/:x/suffix/:y', seen('mid')),
    get('/say/:name.html', c => seen(`suffix ${c.params.name}`)(c)),
    get('/glob/*rest', seen('glob')),
    get('/globp/pre-*rest', seen('globp')),
    post('/only_post', seen('post')),
    match(['GET', 'PUT'], '/multi', seen('multi')),
    match('*', '/any', seen('any')),
    scope({ path: '/', host: 'foo.bar.' }, ({ get }) => [get('/hosted', seen('host_prefix'))]),
    scope({ path: '/', host: 'foo.com' }, ({ get }) => [get('/hosted', seen('host_exact'))]),
    get('/guard/:n', c => seen(c.params.n.length <= 3 ? 'guard_short' : 'guard_long')(c)),
    get('/dup/:a', seen('first')),
    get('/sp%20ace', seen('encoded_literal')),
    get('/sp ace2', seen('raw_space_literal')),
    get('/_/:_ignored/z', seen('underscore')),
    forward('/sub', seen('sub')),
    scope({ path: '/', host: 'foo.com' }, ({ forward }) => [forward('/subh', seen('subh'))]),
    forward('/p/:pid/q', seen('pq')),
    fallback(text('oops')),
  ]),
)

t.test('patterns that only a Plug router has match as they do there', async t => {
  t.not(fixture.plug_router_cases.length, 0)
  for (const one of fixture.plug_router_cases) {
    const name = `${one.method} ${one.host} ${one.target}`
    const done = answer(plug, one)
    const deviation = plugDeviations.get(one.target)
    const { hit, status } = one.expect
    if (hosts.has(one.host)) {
      t.equal((JSON.parse(String(done.respBody)) as Hit).action, hosts.get(one.host), name)
      continue
    }
    t.equal(done.status, deviation ? deviation[0] : status, deviation ? `${name}: ${deviation[1]}` : name)
    if (deviation) continue
    if (!hit) {
      t.equal(done.respBody, 'oops', name)
      continue
    }
    const found = JSON.parse(String(done.respBody)) as Hit
    t.equal(found.action, plain(hit.action), name)
    t.strictSame(found.path_info, hit.path_info, `${name}: segments`)
    t.strictSame(found.script_name, hit.script_name, `${name}: script name`)
    // As in Phoenix: a name that begins with "_" is a parameter too, and what a mount takes over is none.
    const { glob: _, ...params } = plain(hit.params) as Record<string, unknown>
    t.strictSame(found.params, one.target === '/_/k/z' ? { _ignored: 'k' } : params, `${name}: params`)
    t.strictSame(found.path_params, found.params, `${name}: path params`)
    if (typeof hit.match_path === 'string') t.equal(found.match_path, hit.match_path, `${name}: pattern`)
  }
})

t.test('paths are split as Plug splits them', async t => {
  for (const { path, split } of fixture.utils_split) t.strictSame(splitPath(path), split, path)
})

/** A declaration without what the compiler knows, for what it would refuse. */
type Untyped = Readonly<Record<string, (...args: readonly unknown[]) => Route>>
const declare = (routes: (verbs: Untyped) => unknown) => () =>
  router(plainScope('/', verbs => routes(verbs as unknown as Untyped) as readonly Route[]))
const ok = text('ok')

/** The mistakes of the fixture, declared here; and what ours says to them, or that it takes them. */
const definitions = new Map<string, readonly [declare: () => unknown, message: string | undefined]>([
  // Phoenix warns, and adds the slash.
  [
    'phoenix: no leading slash',
    [declare(({ get }) => [get?.('foo', ok)]), 'GET /foo: the path must start with "/"'],
  ],
  [
    'phoenix: glob in the middle',
    [declare(({ get }) => [get?.('/a/*b/c', ok)]), 'a glob must be the last segment'],
  ],
  ['phoenix: bad param name', [declare(({ get }) => [get?.('/a/:1x', ok)]), 'after ":" comes a name']],
  [
    'phoenix: bad resource action',
    [declare(({ resources }) => [resources?.('/a', { show: ok }, { only: ['nope'] })]), 'only holds "nope"'],
  ],
  // A mount takes off as many segments as its path has, parameters among them.
  ['phoenix: forward with param', [declare(({ forward }) => [forward?.('/a/:b', ok)]), undefined]],
  [
    'phoenix: unknown pipeline (fails when called)',
    [
      declare(({ scope }) => [scope?.('/', 'nope', () => [])]),
      'it goes through "nope", and no pipeline has this name',
    ],
  ],
  // A method is text here; in lower case it would be another.
  ['phoenix: non atom verb', [declare(({ match }) => [match?.('get', '/x', ok)]), 'a method in upper case']],
  ['plug: empty param', [declare(({ get }) => [get?.('/a/:', ok)]), 'after ":" comes a name']],
  [
    'plug: glob in the middle',
    [declare(({ get }) => [get?.('/a/*b/c', ok)]), 'a glob must be the last segment'],
  ],
  [
    'plug: two params in one segment',
    [declare(({ get }) => [get?.('/:a-:b', ok)]), 'a segment has one parameter at most'],
  ],
  ['plug: no do', [declare(({ get }) => [get?.('/x')]), 'the handler must be a function from a conn']],
  [
    'plug: forward without to',
    [declare(({ forward }) => [forward?.('/a')]), 'what it forwards to must be a function'],
  ],
])
/** Cannot be written here: what a scope goes through is said before its routes. */
const notWritten = ['phoenix: pipe_through after route']

t.test('what a definition must not be, it must not be here', async t => {
  t.strictSame(
    fixture.definition_errors.map(({ name }) => name).filter(name => !notWritten.includes(name)),
    [...definitions.keys()],
  )
  for (const [name, [declaration, message]] of definitions)
    if (message === undefined) t.doesNotThrow(declaration, name)
    else t.throws(declaration, { message: new RegExp(message.replace(/[?*.]/g, '\\$&')) }, name)
})

t.test('without a route and without a fallback a request is a failure, never thrown', async t => {
  t.type(fixture.plug_router_no_match.raise, 'string')
  const only = router(plainScope('/', ({ get }) => [get('/x', ok)]))
  t.match(run(only)(conn('GET', '/y')), { status: 404, error: { _tag: 'NoRoute' } })
})
