import t from 'tap'
import { assign, halt, pipe, pipeline, putStatus, text, type Conn, type Halted } from '../../lib/index.js'
import { checkAtBoot, checkedAtBoot } from '../../lib/boot.js'
import { conn, run } from '../../lib/testing/index.js'
import { pipelines, router, routes, scope as plainScope } from '../../router/index.js'

const trail = (name: string) => {
  const plug = <C extends Conn>(c: C) =>
    assign('trail', `${(c.assigns as { trail?: string }).trail ?? ''}${name} `)(c)
  return Object.defineProperty(plug, 'name', { value: name })
}
const tell = (c: Conn) => text((c.assigns as { trail?: string }).trail ?? 'nothing')(c)
const browser = pipeline(trail('session'), trail('flash'))
const admin = trail('requireAdmin')
const { scope } = pipelines({ browser, admin })
const bodyOf = (app: (conn: Conn) => unknown, path: string): unknown => run(app)(conn('GET', path)).respBody

t.test('scopes go through pipelines by name, by value, and by lists of both, at any depth', async t => {
  const app = router(
    scope('/', 'browser', ({ get, scope, resources }) => [
      get('/', tell),
      scope('/admin', 'admin', ({ get }) => [get('/', tell)]),
      scope('/value', [trail('value'), 'admin'], ({ get }) => [get('/', tell)]),
      resources('/posts', {}, {}, ({ scope, collection, member }) => [
        scope('/nested', 'admin', ({ get }) => [get('/', tell)]),
        collection(({ scope }) => [scope('/all', 'admin', ({ get }) => [get('/', tell)])]),
        member(({ scope }) => [scope('/one', 'admin', ({ get }) => [get('/', tell)])]),
      ]),
    ]),
    scope('/both', ['browser', 'admin'], ({ get }) => [get('/', tell)]),
    scope.from<Conn>()('/from', 'admin', ({ get }) => [get('/', tell)]),
    plainScope('/plain', ({ get }) => [get('/', tell)]),
  )
  t.equal(bodyOf(app, '/'), 'session flash ')
  t.equal(bodyOf(app, '/admin'), 'session flash requireAdmin ')
  t.equal(bodyOf(app, '/value'), 'session flash value requireAdmin ')
  for (const path of ['/posts/7/nested', '/posts/all', '/posts/7/one', '/both'])
    t.equal(bodyOf(app, path), 'session flash requireAdmin ', path)
  t.equal(bodyOf(app, '/from'), 'requireAdmin ')
  t.equal(bodyOf(app, '/plain'), 'nothing')
})

t.test('the route table calls a pipeline by its name, however a scope went through it', async t => {
  const app = router(
    scope('/', ['browser', trail('other')], ({ get, scope }) => [
      get('/', tell),
      scope('/in', admin, ({ get }) => [get('/', tell)]),
    ]),
    plainScope('/plain', browser, ({ get }) => [get('/', tell)]),
  )
  t.strictSame(
    routes(app).map(({ pipelines }) => pipelines),
    [['browser', 'other'], ['browser', 'other', 'admin'], ['pipeline']],
    'plain scopes know no names',
  )
})

t.test('a pipeline is gone through once: by name, by value or by both', async t => {
  const twice = (outer: 'browser' | typeof browser, inner: 'browser' | typeof browser) => () =>
    router(scope('/a', outer, ({ scope }) => [scope('/b', inner, ({ get }) => [get('/', tell)])]))
  for (const outer of ['browser', browser] as const)
    for (const inner of ['browser', browser] as const)
      t.throws(twice(outer, inner), {
        message: /^scope \/a\/b \(.*\): it goes through browser, and so does already scope \/a /,
      })
  t.throws(() => router(scope('/', ['admin', 'admin'], () => [])), /goes through admin/)
})

t.test('a halted pipeline stops all behind it', async t => {
  const stop = (c: Conn): Halted => halt(pipe(c, putStatus(401), text('stop')))
  const { scope } = pipelines({ stop, after: trail('after') })
  const app = router(scope('/', ['stop', 'after'], ({ get }) => [get('/', tell)]))
  t.match(run(app)(conn('GET', '/')), { status: 401, respBody: 'stop' })
})

t.test('what a named pipeline needs is looked at before the app is served', async t => {
  const looked: unknown[] = []
  const plug = checkedAtBoot(trail('looked at'), given => looked.push(given.secretKeyBase))
  const { scope } = pipelines({ checked: pipeline(trail('a'), plug) })
  checkAtBoot(router(scope('/', 'checked', ({ get }) => [get('/', tell)])), { secretKeyBase: 'x' })
  t.strictSame(looked, ['x'])
})

t.test('mistakes are told when the app starts', async t => {
  const untyped = pipelines as unknown as (record: unknown) => {
    scope: (...args: readonly unknown[]) => unknown
  }
  const cases: readonly (readonly [declare: () => unknown, message: string])[] = [
    [() => untyped(7), 'pipelines: pipelines must be an object of plugs by name, got 7'],
    [() => untyped([browser]), 'pipelines: pipelines must be an object of plugs by name, got an array'],
    [
      () => untyped({ browser: 7 }),
      'pipelines: the pipeline "browser" must be a function from a conn, and is number',
    ],
    [
      () => untyped({ browser, admin }).scope('/x', 'brwoser', () => []),
      'scope /x: it goes through "brwoser", and no pipeline has this name: there are browser, admin',
    ],
    [
      () => untyped({ browser, admin }).scope('/x', ['browser', 'toString'], () => []),
      'scope /x: it goes through "toString", and no pipeline has this name: there are browser, admin',
    ],
    [
      () => untyped({}).scope('/x', 'browser', () => []),
      'scope /x: it goes through "browser", and no pipeline has this name: name them with pipelines({ … })',
    ],
    [
      () => untyped({ browser }).scope('/x', 7, () => []),
      'scope /x: what it goes through must be a function from a conn, and is number',
    ],
  ]
  for (const [declare, message] of cases) t.throws(declare, new TypeError(message), message)
})
