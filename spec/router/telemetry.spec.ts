// What routers tell the endpoint's telemetry port: Phoenix's events, at Phoenix's places; and that nobody who is answered
// can tell that a port is there.
import * as fc from 'fast-check'
import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  attempt,
  badRequest,
  endpoint,
  fail,
  halt,
  named,
  pipe,
  pipeline,
  plugError,
  putStatus,
  rescue,
  text,
  type AnyPlug,
  type Conn,
  type RouterDispatch,
  type TelemetryEvent,
  type TelemetryPort,
} from '../../lib/index.js'
import { conn, recordTelemetry, run, runAsync, type TelemetryRecorder } from '../../lib/testing/index.js'
import { int, orBadRequest, pipelines, router, scope } from '../../router/index.js'
import { brokenPorts } from '../support/broken-ports.js'

const call = <F extends object>(name: string, plug: F): F =>
  Object.defineProperty(plug, 'name', { value: name })
/** A plug of any kind, as a scope or a route takes it. */
const asPlug = (name: string, plug: AnyPlug) => call(name, (c: Conn) => plug(c) as Conn)
const asHandler = (name: string, plug: AnyPlug) => call(name, (c: Conn) => plug(c) as never)

const pass = asPlug('pass', c => c)
const home = call('home', text('home'))
const taken = plugError(409, 'Taken', 'that name is taken')
const oops = new Error('oops')
const throws: AnyPlug = () => {
  throw oops
}

type DispatchEvent = Extract<TelemetryEvent, { readonly metadata: RouterDispatch }>

const short = (name: string): string => name.replace('plugboard.router_dispatch.', '')
/** What routers have told, of all that a port was told. */
const dispatches = ({ events }: TelemetryRecorder): readonly DispatchEvent[] =>
  events.filter((event): event is DispatchEvent => event.name.startsWith('plugboard.router_dispatch.'))
/** The events of routers, as `start /pattern`. */
const told = (telemetry: TelemetryRecorder): readonly string[] =>
  dispatches(telemetry).map(({ name, metadata }) => `${short(name)} ${metadata.route}`)

/** Runs a request, and gives the final conn with the events of routers. */
const ask = (app: AnyPlug, method: string, path: string) => {
  const telemetry = recordTelemetry()
  const done = run(endpoint({ telemetry }, app as never))(conn(method, path))
  return { done, events: dispatches(telemetry), told: told(telemetry) }
}

t.test('a dispatch is told of with its conn, route, plug, parameters and pipelines', async t => {
  const { scope } = pipelines({ browser: pipeline(pass, pass), admin: asPlug('requireAdmin', c => c) })
  const app = router(
    scope('/', 'browser', ({ scope }) => [
      scope('/shops/:shop', 'admin', ({ get }) => [
        get(
          { path: '/items/:id', params: { id: int }, metadata: { team: 'sales' } },
          call('show', text('one')),
        ),
      ]),
    ]),
  )
  const { done, events } = ask(app, 'GET', '/shops/a%20b/items/7')
  t.equal(done.respBody, 'one')
  const [start, stop, ...more] = events
  t.same(more, [])
  t.equal(start?.name, 'plugboard.router_dispatch.start')
  t.strictSame(start?.measurements, { systemTime: Date.UTC(2026, 0, 1) })
  t.equal(stop?.name, 'plugboard.router_dispatch.stop')
  t.strictSame(stop?.measurements, { duration: 1 })
  for (const event of [start, stop]) {
    const { conn: seen, span, ...about } = (event as DispatchEvent).metadata
    t.strictSame(about, {
      route: '/shops/:shop/items/:id',
      plug: 'show',
      pathParams: Object.assign(Object.create(null), { shop: 'a b', id: '7' }),
      pipeThrough: ['browser', 'admin'],
    })
    t.strictSame(seen.route, {
      method: 'GET',
      pattern: '/shops/:shop/items/:id',
      metadata: { team: 'sales' },
    })
    t.equal(span, start?.metadata.span, 'the same at both ends')
    t.ok(Object.isFrozen(about.pipeThrough), 'what requests share cannot be changed')
  }
  t.strictSame({ ...start?.metadata.conn.params }, { shop: 'a b', id: 7 }, 'the parameters are on the conn')
  t.equal(start?.metadata.conn.status, undefined)
  t.equal(stop?.metadata.conn.respBody, 'one')
  const again = ask(app, 'GET', '/shops/a/items/8').events
  t.not(again[0]?.metadata.span, start?.metadata.span, 'another for another dispatch')
})

t.test('the start comes before the pipelines, the end behind the handler', async t => {
  const trail: string[] = []
  const note =
    (name: string): AnyPlug =>
    c => {
      trail.push(name)
      return c
    }
  const telemetry: TelemetryPort = {
    systemTime: () => 0,
    monotonicTime: () => 0,
    execute: event => () => void trail.push(short(event.name).replace('plugboard.', '')),
  }
  const app = router(
    scope('/', asPlug('through', note('pipeline')), ({ get }) => [
      get(
        '/',
        asHandler('handler', c => pipe(note('handler')(c) as Conn, text('home'))),
      ),
    ]),
  )
  const done = endpoint({ telemetry }, app)(conn('GET', '/'))
  t.equal(typeof done, 'function', 'a dispatch is an effect')
  t.strictSame(trail, [], 'nobody is told before it is executed')
  run(endpoint({ telemetry }, app))(conn('GET', '/'))
  t.strictSame(trail, ['endpoint.start', 'start', 'pipeline', 'handler', 'stop', 'endpoint.stop'])
})

t.test('a pipeline that halts or fails has a stop; only the dispatched plug has exceptions', async t => {
  const cases: readonly (readonly [through: AnyPlug, handler: AnyPlug, end: string, error: unknown])[] = [
    [pass, home, 'stop', undefined],
    [c => halt(pipe(c, putStatus(403), text('no'))), home, 'stop', undefined],
    [pass, c => halt(pipe(c, putStatus(403), text('no'))), 'stop', undefined],
    [c => fail(c, taken), home, 'stop', taken],
    [throws, home, 'stop', { _tag: 'Exception', cause: oops }],
    [() => () => left(taken), home, 'stop', taken],
    [pass, c => fail(c, taken), 'exception', taken],
    [pass, throws, 'exception', { _tag: 'Exception', cause: oops }],
    [pass, () => () => left(taken), 'exception', taken],
    [pass, () => undefined, 'exception', { _tag: 'Exception' }],
    [pass, pipeline(pass, throws, home as never), 'exception', { _tag: 'Exception', cause: oops }],
    [pass, rescue(() => text('mended'))(c => fail(c, taken)), 'stop', undefined],
  ]
  for (const [through, handler, end, error] of cases) {
    const app = router(
      scope('/', asPlug('through', through), ({ get }) => [get('/', asHandler('handler', handler))]),
    )
    const { events, told } = ask(app, 'GET', '/')
    t.strictSame(told, ['start /', `${end} /`])
    const last = events[1] as DispatchEvent
    t.match(last.metadata.conn.error, error as object)
    if (last.name === 'plugboard.router_dispatch.exception') {
      t.equal(last.metadata.error, last.metadata.conn.error)
      t.strictSame(last.measurements, { duration: 1 })
    } else t.notOk('error' in last.metadata)
  }
})

t.test('a failure that was there before the dispatch is not the plug’s', async t => {
  const app = router(
    scope(
      '/',
      asPlug('through', c => c),
      ({ get }) => [get('/fine', home), get('/same', c => fail(c, c.error as typeof taken))],
    ),
  )
  const telemetry = recordTelemetry()
  const site = endpoint({ telemetry }, app)
  // what renders a failure is given a conn that still has it
  const late = endpoint({ telemetry, renderErrors: () => site as AnyPlug }, c => fail(c, taken))
  run(late)(conn('GET', '/fine'))
  t.strictSame(told(telemetry), ['start /fine', 'stop /fine'])
  t.equal(dispatches(telemetry)[1]?.metadata.conn.error, taken)
  run(late)(conn('GET', '/same'))
  t.strictSame(told(telemetry).slice(2), ['start /same', 'exception /same'], 'but one more is')
})

t.test('asynchronous pipelines and handlers: one end, when they end', async t => {
  const later = (c: Conn) => attempt(() => Promise.resolve(c))
  const telemetry = recordTelemetry()
  const app = endpoint(
    { telemetry },
    router(
      scope('/', later, ({ get }) => [
        get('/', c => attempt(() => Promise.resolve(text('home')(c)))),
        get('/rejects', () => attempt(() => Promise.reject(oops))),
      ]),
      scope(
        '/fails',
        () => attempt<Conn>(() => Promise.reject(oops)),
        ({ get }) => [get('/', home)],
      ),
    ),
  )
  const request = app.run(conn('GET', '/'))
  t.ok(request instanceof Promise)
  t.strictSame(told(telemetry), ['start /'])
  t.equal((await request).respBody, 'home')
  await runAsync(app)(conn('GET', '/rejects'))
  await runAsync(app)(conn('GET', '/fails'))
  t.strictSame(told(telemetry), [
    'start /',
    'stop /',
    'start /rejects',
    'exception /rejects',
    'start /fails',
    'stop /fails',
  ])
  const both = await Promise.all([app.run(conn('GET', '/')), app.run(conn('GET', '/rejects'))])
  t.strictSame(
    both.map(done => done.status),
    [200, 500],
  )
  const spans = dispatches(telemetry)
    .slice(6)
    .map(({ metadata }) => [metadata.span, metadata.route] as const)
  t.equal(new Map(spans).size, 2, 'two dispatches at once are told apart by their spans')
  for (const [span, route] of spans) t.equal(new Map(spans).get(span), route)
})

t.test('a mounted router reports too, inside the one that mounts it', async t => {
  const inner = router(
    scope(
      '/',
      asPlug('insider', c => c),
      ({ get }) => [get('/users/:id', call('show', text('a user'))), get('/fails', c => fail(c, taken))],
    ),
  )
  const app = router(
    scope('/', named('browser', pipeline(pass)), ({ forward }) => [
      forward({ path: '/t/:tenant', metadata: { area: 'tenants' } }, inner),
      forward('/plain', call('plain', text('a plug'))),
    ]),
  )
  const { done, events } = ask(app, 'GET', '/t/acme/users/7')
  t.equal(done.respBody, 'a user')
  t.strictSame(
    events.map(({ name, measurements, metadata }) => [
      short(name),
      metadata.route,
      metadata.plug,
      { ...metadata.pathParams },
      metadata.pipeThrough,
      'duration' in measurements ? measurements.duration : undefined,
      metadata.conn.scriptName.join('/'),
    ]),
    [
      ['start', '/t/:tenant', 'router', { tenant: 'acme' }, ['browser'], undefined, ''],
      ['start', '/t/:tenant/users/:id', 'show', { id: '7' }, ['insider'], undefined, 't/acme'],
      ['stop', '/t/:tenant/users/:id', 'show', { id: '7' }, ['insider'], 1, 't/acme'],
      ['stop', '/t/:tenant', 'router', { tenant: 'acme' }, ['browser'], 3, ''],
    ],
  )
  t.strictSame(ask(app, 'GET', '/t/acme/fails').told, [
    'start /t/:tenant',
    'start /t/:tenant/fails',
    'exception /t/:tenant/fails',
    'exception /t/:tenant',
  ])
  t.strictSame(
    ask(app, 'GET', '/t/acme/nowhere').told,
    ['start /t/:tenant', 'exception /t/:tenant'],
    'no route in a mounted router is a failure of what is mounted',
  )
  t.strictSame(ask(app, 'GET', '/plain/x').told, ['start /plain', 'stop /plain'])
  t.equal(ask(app, 'GET', '/plain/x').events[0]?.metadata.plug, 'plain')
})

t.test(
  'without a route nobody is told: fallbacks, 404, 405, OPTIONS, codecs that refuse, paths that are none',
  async t => {
    const app = router(
      scope('/api', ({ get, fallback }) => [
        get('/status', home),
        get('/pages/:number', { number: int }, home),
        get('/strict/:number', { number: orBadRequest(int) }, home),
        fallback(text('no such thing'), { methodNotAllowed: true, automaticOptions: true }),
      ]),
    )
    const statuses: readonly (readonly [method: string, path: string, status: number])[] = [
      ['GET', '/nowhere', 404],
      ['GET', '/api/nowhere', 404],
      ['POST', '/api/status', 405],
      ['OPTIONS', '/api/status', 204],
      ['GET', '/api/pages/seven', 404],
      ['GET', '/api/strict/seven', 400],
      ['GET', '/api/%ff', 400],
    ]
    for (const [method, path, status] of statuses) {
      const { done, events } = ask(app, method, path)
      t.equal(done.status, status, `${method} ${path}`)
      t.strictSame(events, [])
    }
    t.strictSame(ask(app, 'GET', '/api/pages/7').told, [
      'start /api/pages/:number',
      'stop /api/pages/:number',
    ])
  },
)

t.test('the name of what is dispatched to is that of the route table', async t => {
  const app = router(
    scope('/', ({ resources, get }) => [
      resources('/posts', {
        index: c => text('all')(c),
        show: (
          () => (c: Conn) =>
            text('one')(c)
        )(),
      }),
      get(
        '/',
        (
          () => (c: Conn) =>
            text('home')(c)
        )(),
      ),
    ]),
  )
  const plug = (path: string): unknown => ask(app, 'GET', path).events[0]?.metadata.plug
  t.equal(plug('/posts'), 'index')
  t.equal(plug('/posts/7'), 'show')
  t.equal(plug('/'), 'an anonymous plug')
})

t.test('a port that throws harms no request', async t => {
  const app = router(scope('/', pass, ({ get }) => [get('/', home), get('/fails', c => fail(c, taken))]))
  for (const [name, telemetry] of brokenPorts) {
    const site = endpoint({ telemetry }, app)
    t.equal(run(site)(conn('GET', '/')).respBody, 'home', name)
    t.equal(run(site)(conn('GET', '/fails')).status, 409)
  }
  // a promise that nobody waits for would end the process: give it the time
  await new Promise(resolve => setImmediate(resolve))
})

t.test('an endpoint behind another’s route has its own port', async t => {
  const outer = recordTelemetry()
  const inner = recordTelemetry()
  const inside = router(scope('/', ({ get }) => [get('/', home)]))
  const mount = (app: AnyPlug) =>
    endpoint({ telemetry: outer }, router(scope('/', ({ forward }) => [forward('/in', app as never)])))
  run(mount(endpoint({ telemetry: inner }, inside)))(conn('GET', '/in'))
  t.strictSame(told(outer), ['start /in', 'stop /in'])
  t.strictSame(told(inner), ['start /in', 'stop /in'])
  run(mount(endpoint({}, inside)))(conn('GET', '/in'))
  t.equal(dispatches(outer).length, 6, 'one without a port reports to that of the app around it')
})

// --- a law

const acts: Readonly<Record<string, AnyPlug>> = {
  pass: c => c,
  later: c => attempt(() => Promise.resolve(c)),
  effect: c => () => right(c),
  answer: c => text('answered')(c),
  answerLater: c => attempt(() => Promise.resolve(text('answered')(c))),
  halt: c => halt(pipe(c, putStatus(403), text('no'))),
  haltLater: c => attempt(() => Promise.resolve(halt(pipe(c, putStatus(403), text('no'))))),
  fail: c => fail(c, taken),
  left: () => () => left(badRequest('no')),
  leftLater: () =>
    attempt(
      () => Promise.reject(oops),
      () => taken,
    ),
  throws,
  throwsLater: () => () => {
    throw oops
  },
  rejects: () => attempt(() => Promise.reject(oops)),
  nothing: () => undefined,
}
const act = fc.constantFrom(...Object.keys(acts))

t.test(
  'with a port and without, any app answers the same; every start has one end, the inner inside the outer',
  async t => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 3 }),
        act,
        fc.array(act, { maxLength: 2 }),
        fc.boolean(),
        async (outer, handler, inner, nested) => {
          const through = (names: readonly string[]) =>
            names.map((name, i) => asPlug(`${name}${i}`, acts[name] as AnyPlug))
          const inside = router(
            scope('/', through(inner), ({ get }) => [
              get('/', asHandler('handler', acts[handler] as AnyPlug)),
            ]),
          )
          const app = nested
            ? router(scope('/', through(outer), ({ forward }) => [forward('/', inside as never)]))
            : inside
          const telemetry = recordTelemetry()
          const plain = await runAsync(endpoint({}, app))(conn('GET', '/'))
          const seen = await runAsync(endpoint({ telemetry }, app))(conn('GET', '/'))
          t.strictSame(seen.status, plain.status)
          t.strictSame(seen.respBody, plain.respBody)
          t.strictSame(seen.error, plain.error)
          const open: object[] = []
          for (const { name, metadata } of dispatches(telemetry))
            if (short(name) === 'start') open.push(metadata.span)
            else if (open.pop() !== metadata.span) return false
          return open.length === 0 && dispatches(telemetry).length > 0
        },
      ),
      { numRuns: 300 },
    )
  },
)
