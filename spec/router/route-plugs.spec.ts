// Plugs of one route: they run after those of its scopes, for that route alone, and are known like those of a scope.
import t from 'tap'
import { checkAtBoot, checkedAtBoot } from '../../lib/boot.js'
import {
  assign,
  endpoint,
  halt,
  json,
  named,
  pipe,
  pipeline,
  putStatus,
  text,
  type AnyPlug,
  type Conn,
} from '../../lib/index.js'
import { nameAs } from '../../lib/steps.js'
import { conn, recordTelemetry, run } from '../../lib/testing/index.js'
import { int, pipelines, routeInfo, router, routes, scope, type Router } from '../../router/index.js'

type Declare = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
/** A router whose routes are declared without what the compiler knows. */
const routerOf = (declare: (verbs: Declare) => unknown, ...through: readonly unknown[]): Router =>
  (router as unknown as (scope: unknown) => Router)(
    (scope as unknown as (...args: readonly unknown[]) => unknown)('/', ...through, declare),
  )

/** A plug that adds its name to `assigns.trail`. */
const step = (name: string): AnyPlug =>
  nameAs(name, (c: Conn) => {
    const { trail = [] } = c.assigns as { readonly trail?: readonly string[] }
    return assign('trail', [...trail, name])(c)
  })
const trail = nameAs('trail', (c: Conn) =>
  json([(c.assigns as { readonly trail?: unknown }).trail, c.params])(c),
)
const bodyOf = (app: AnyPlug, method: string, path: string): unknown =>
  JSON.parse(String(run(app)(conn(method, path)).respBody))

t.test('one plug or several stand between the path and the handler, for that route alone', async t => {
  const app = routerOf(
    ({ get, post, match, forward, resources }) => [
      get?.('/one', step('a'), trail),
      get?.('/two', [step('a'), step('b')], trail),
      get?.('/none', trail),
      get?.('/empty', [], trail),
      post?.('/one', trail),
      match?.(['PUT', 'PATCH'], '/one', step('a'), trail),
      forward?.('/mount', [step('a')], trail),
      resources?.('/posts', { index: trail, show: trail }, { plugs: [step('a')] }, ({ get }: Declare) => [
        get?.('/likes', trail),
      ]),
      resources?.('/pages', { index: trail }, { plugs: step('a') }),
    ],
    step('scope'),
  )
  t.strictSame(bodyOf(app, 'GET', '/one'), [['scope', 'a'], {}])
  t.strictSame(bodyOf(app, 'GET', '/two'), [['scope', 'a', 'b'], {}])
  t.strictSame(bodyOf(app, 'GET', '/none'), [['scope'], {}])
  t.strictSame(bodyOf(app, 'GET', '/empty'), [['scope'], {}])
  t.strictSame(bodyOf(app, 'POST', '/one'), [['scope'], {}])
  t.strictSame(bodyOf(app, 'PATCH', '/one'), [['scope', 'a'], {}])
  t.strictSame(bodyOf(app, 'PUT', '/one'), [['scope', 'a'], {}])
  t.strictSame(bodyOf(app, 'GET', '/mount/x'), [['scope', 'a'], {}])
  t.strictSame(bodyOf(app, 'GET', '/posts/7'), [['scope', 'a'], { id: '7' }])
  t.strictSame(bodyOf(app, 'GET', '/posts/7/likes'), [['scope'], { postId: '7' }], 'nested routes lack them')
  t.strictSame(bodyOf(app, 'GET', '/pages'), [['scope', 'a'], {}])
})

t.test('with codecs and data, which the plugs see', async t => {
  const seen = nameAs('seen', (c: Conn) =>
    assign('trail', [c.params, (c.assigns as { readonly kind?: string }).kind ?? ''])(c),
  )
  const app = routerOf(({ get, forward }) => [
    get?.({ path: '/n/:n', params: { n: int }, assigns: { kind: 'number' } }, [seen], trail),
    get?.({ path: '/p/:n', params: { n: /\d+/ } }, seen, trail),
    forward?.({ path: '/m/:n', params: { n: int } }, seen, trail),
  ])
  t.strictSame(bodyOf(app, 'GET', '/n/7'), [[{ n: 7 }, 'number'], { n: 7 }])
  t.equal(run(app)(conn('GET', '/n/x')).status, 404)
  t.strictSame(bodyOf(app, 'GET', '/p/7'), [[{ n: '7' }, ''], { n: '7' }])
  t.equal(run(app)(conn('GET', '/p/x')).status, 404)
  t.strictSame(bodyOf(app, 'GET', '/m/7/x'), [[{ n: 7 }, ''], { n: 7 }])
})

t.test('they may halt, and fail closed like any other plug', async t => {
  let handled = 0
  const secret = nameAs('secret', (c: Conn) => {
    handled += 1
    return text('the secret')(c)
  })
  const app = routerOf(({ get }) => [
    get?.('/halts', (c: Conn) => pipe(c, putStatus(401), text('log in'), halt), secret),
    get?.(
      '/forgets',
      nameAs('guard', (c: Conn) => pipe(c, putStatus(401), text('log in'))),
      secret,
    ),
  ])
  t.match(run(app)(conn('GET', '/halts')), { status: 401, respBody: 'log in' })
  const forgot = run(app)(conn('GET', '/forgets'))
  t.equal(forgot.status, 500)
  t.match(forgot.error?.cause, { message: /^guard has responded and not halted, and secret would go on/ })
  t.equal(handled, 0)
})

t.test('they are in the route table and in the events of telemetry', async t => {
  const browser = named('browser', pipeline(step('session')))
  const requireUser = step('requireUser')
  const account = pipeline(step('load'), step('audit'))
  const app = routerOf(
    ({ get, forward }) => [get?.('/x', [requireUser, account], trail), forward?.('/m', requireUser, trail)],
    browser,
  )
  const [first, mount] = routes(app)
  t.match(first, {
    pipelines: ['browser', 'requireUser', 'pipeline'],
    plugs: ['session', 'requireUser', 'load', 'audit'],
    handler: 'trail',
  })
  t.match(mount, { pipelines: ['browser', 'requireUser'], plugs: ['session', 'requireUser'], mount: true })
  t.strictSame(routeInfo(app, 'GET', '/x')?.route, first)
  const telemetry = recordTelemetry()
  const done = run(endpoint({ telemetry }, app))(conn('GET', '/x'))
  t.match(JSON.parse(String(done.respBody)), [['session', 'requireUser', 'load', 'audit']])
  const start = telemetry.events.find(({ name }) => name === 'plugboard.router_dispatch.start')
  t.match(start?.metadata, { pipeThrough: ['browser', 'requireUser', 'pipeline'], plug: 'trail' })
})

t.test('they may be named pipelines', async t => {
  const { scope } = pipelines({ auth: step('auth') })
  const app = router(
    scope('/', (({ get }: Declare) => [get?.('/x', 'auth', trail), get?.('/y', ['auth'], trail)]) as never),
  )
  t.strictSame(bodyOf(app, 'GET', '/x'), [['auth'], {}])
  t.match(routes(app), [{ pipelines: ['auth'] }, { pipelines: ['auth'] }])
})

t.test('they are checked when the app starts', async t => {
  const auth = step('auth')
  t.throws(() => routerOf(({ get }) => [get?.('/x', auth, trail)], auth), {
    message:
      /^GET \/x \(.+\): it goes through auth, and so does already scope \/ \(.+\): name it in one of them$/,
  })
  t.throws(() => routerOf(({ get }) => [get?.('/x', [auth, auth], trail)]), {
    message: /^GET \/x \(.+\): it goes through auth, and so does already GET \/x/,
  })
  t.throws(() => routerOf(({ forward }) => [forward?.('/x', [auth, auth], trail)]), {
    message: /^forward \/x \(.+\): it goes through auth/,
  })
  t.throws(() => routerOf(({ get }) => [get?.('/x', [7], trail)]), {
    message: /^GET \/x: what it goes through must be a function from a conn, and is number/,
  })
  t.throws(() => routerOf(({ resources }) => [resources?.('/x', { index: trail }, { plugs: 7 })]), {
    message: /^resources \/x: what it goes through must be a function from a conn, and is number/,
  })
  const checked: string[] = []
  const needy = checkedAtBoot(step('needy'), ({ secretKeyBase }) => void checked.push(String(secretKeyBase)))
  checkAtBoot(
    routerOf(({ get }) => [get?.('/x', [needy], trail)]),
    { secretKeyBase: 'a secret' },
  )
  t.strictSame(checked, ['a secret'])
})
