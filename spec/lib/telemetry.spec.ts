// What an endpoint tells its port: each request that is run, with one end whatever comes of it, and each failure rendered.
import * as fc from 'fast-check'
import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  attempt,
  badRequest,
  endpoint,
  fail,
  halt,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  registerBeforeSend,
  runner,
  text,
  type AnyPlug,
  type Conn,
  type EndpointOptions,
  type TelemetryEvent,
} from '../../lib/index.js'
import { conn, recordTelemetry, runAsync } from '../../lib/testing/index.js'
import { brokenPorts } from '../support/broken-ports.js'

const taken = plugError(409, 'Taken', 'that name is taken')
const oops = new Error('oops')
const blank = conn('GET', '/')
const short = (name: string): string => name.replace('plugboard.', '')

/** Runs an app, and gives the final conn with the events. */
const ask = (plug: AnyPlug, options: EndpointOptions = {}) => {
  const telemetry = recordTelemetry()
  const done = endpoint({ ...options, telemetry }, plug as never).run(blank) as Conn
  return { done, events: telemetry.events, names: telemetry.events.map(event => short(event.name)) }
}

const dear = putRespHeader('x-hook', 'run')

t.test(
  'a request has a start, with the conn that the app is given, and a stop with the final conn',
  async t => {
    const seen: Conn[] = []
    const see = (c: Conn): Conn => {
      seen.push(c)
      return c
    }
    const url = 'https://example.com'
    const { done, events } = ask(pipeline(see, registerBeforeSend(dear), text('hello')), { url })
    const [start, stop, ...more] = events
    t.strictSame(more, [])
    t.equal(start?.name, 'plugboard.endpoint.start')
    t.strictSame(start?.measurements, { systemTime: Date.UTC(2026, 0, 1) })
    t.equal(stop?.name, 'plugboard.endpoint.stop')
    t.strictSame(stop?.measurements, { duration: 1 })
    if (start?.name !== 'plugboard.endpoint.start' || stop?.name !== 'plugboard.endpoint.stop') return
    t.strictSame(Object.keys(start.metadata), ['conn', 'span'])
    t.strictSame(Object.keys(stop.metadata), ['conn', 'span'])
    t.equal(start.metadata.conn, seen[0])
    t.equal(start.metadata.conn.endpointUrl, url)
    t.equal(stop.metadata.conn, done)
    t.equal(done.respHeaders.get('x-hook'), 'run', 'hooks have run')
    t.equal(stop.metadata.span, start.metadata.span)
    const again = ask(text('hello')).events[0]?.metadata
    t.not((again as typeof start.metadata).span, start.metadata.span, 'another for another request')
  },
)

t.test('a failure is told of once it has a response, and before hooks run and the request ends', async t => {
  const { done, events, names } = ask(pipeline(registerBeforeSend(dear), c => fail(c, taken)))
  t.strictSame(names, ['endpoint.start', 'error_rendered', 'endpoint.stop'])
  const [, rendered, stop] = events
  if (rendered?.name !== 'plugboard.error_rendered' || stop?.name !== 'plugboard.endpoint.stop')
    return t.fail()
  t.strictSame(rendered.measurements, { duration: 1 })
  t.strictSame(Object.keys(rendered.metadata), ['conn', 'status', 'error'])
  t.equal(rendered.metadata.error, taken)
  t.equal(rendered.metadata.status, 409)
  t.equal(rendered.metadata.conn.respBody, 'that name is taken\n')
  t.equal(rendered.metadata.conn.respHeaders.get('x-hook'), undefined)
  t.strictSame(stop.measurements, { duration: 3 })
  t.equal(stop.metadata.conn, done)
  t.equal(stop.metadata.conn.error, taken)
  t.equal(stop.metadata.conn.respHeaders.get('x-hook'), 'run')
})

t.test('every way to fail is rendered once, with the status that is answered', async t => {
  const cases: readonly (readonly [plug: AnyPlug, options: EndpointOptions, rendered: readonly string[]])[] =
    [
      [text('fine'), {}, []],
      [c => halt(pipe(c, putStatus(403), text('no'))), {}, []],
      [c => fail(c, taken), { renderErrors: () => text('mine') }, ['409 409 AppError mine']],
      [
        c => fail(c, taken),
        { renderErrors: () => c => pipe(c, putStatus(422), text('mine')) },
        ['422 422 AppError mine'],
      ],
      [
        c => fail(c, taken),
        {
          renderErrors: () => () => {
            throw oops
          },
        },
        ['409 409 AppError that name is taken\n'],
      ],
      [c => fail(c, taken), { renderErrors: () => c => c }, ['409 409 AppError that name is taken\n']],
      [() => () => left(taken), {}, ['409 409 AppError that name is taken\n']],
      [
        () => {
          throw oops
        },
        {},
        ['500 500 Exception Internal Server Error\n'],
      ],
      [c => c, {}, ['500 500 NotSent Internal Server Error\n']],
      [
        pipeline(
          registerBeforeSend(c => fail(c, badRequest('hook'))),
          text('fine'),
        ),
        {},
        ['400 400 BadRequest hook\n'],
      ],
      [
        pipeline(
          registerBeforeSend(c => fail(c, badRequest('hook'))),
          c => fail(c, taken),
        ),
        {},
        ['409 409 AppError that name is taken\n', '400 400 BadRequest hook\n'],
      ],
    ]
  for (const [plug, options, rendered] of cases) {
    const { done, events, names } = ask(plug, options)
    t.strictSame(
      events.flatMap(event =>
        event.name === 'plugboard.error_rendered'
          ? [
              `${event.metadata.status} ${event.metadata.conn.status} ${event.metadata.error._tag} ${String(event.metadata.conn.respBody)}`,
            ]
          : [],
      ),
      rendered,
    )
    t.equal(names[0], 'endpoint.start')
    t.equal(names.at(-1), 'endpoint.stop')
    t.equal(names.length, 2 + rendered.length)
    const last = events.at(-1) as Extract<TelemetryEvent, { name: 'plugboard.endpoint.stop' }>
    t.equal(last.metadata.conn, done)
  }
})

t.test('what is asynchronous is told of when it ends', async t => {
  const telemetry = recordTelemetry()
  const names = () => telemetry.events.map(event => short(event.name))
  const app = endpoint(
    { telemetry, renderErrors: () => c => attempt(async () => text('late')(c)) },
    () => attempt(() => Promise.reject(oops)) as never,
  )
  const request = app.run(blank)
  t.ok(request instanceof Promise)
  t.strictSame(names(), ['endpoint.start'])
  t.equal((await request).respBody, 'late')
  t.strictSame(names(), ['endpoint.start', 'error_rendered', 'endpoint.stop'])
  const two = await Promise.all([app.run(blank), app.run(blank)])
  t.equal(two.length, 2)
  const spans = telemetry.events
    .slice(3)
    .flatMap(({ metadata }) => ('span' in metadata ? [metadata.span] : []))
  t.strictSame([spans.length, new Set(spans).size], [4, 2], 'two requests at once are told apart')
})

t.test('an endpoint inside another is a plug: the one that is run tells of the request', async t => {
  const outer = recordTelemetry()
  const inner = recordTelemetry()
  const inside = endpoint({ telemetry: inner }, c => fail(c, taken))
  endpoint({ telemetry: outer }, inside).run(blank)
  t.strictSame(
    outer.events.map(event => short(event.name)),
    ['endpoint.start', 'error_rendered', 'endpoint.stop'],
  )
  t.strictSame(inner.events, [])
  endpoint({}, inside).run(blank)
  t.strictSame(inner.events, [])
})

t.test('run tells of failures that it renders, and of nothing else', async t => {
  const telemetry = recordTelemetry()
  runner(text('fine'), undefined, telemetry)(blank)
  t.strictSame(telemetry.events, [])
  runner(c => fail(c, taken), undefined, telemetry)(blank)
  t.strictSame(
    telemetry.events.map(event => short(event.name)),
    ['error_rendered'],
  )
})

t.test('a port that throws harms no request', async t => {
  for (const [name, telemetry] of brokenPorts) {
    t.match(endpoint({ telemetry }, text('hello')).run(blank), { status: 200, respBody: 'hello' }, name)
    t.match(endpoint({ telemetry }, c => fail(c, taken)).run(blank), { status: 409 }, name)
  }
  // a promise that nobody waits for would end the process: give it the time
  await new Promise(resolve => setImmediate(resolve))
})

// --- a law

const acts: Readonly<Record<string, AnyPlug>> = {
  pass: c => c,
  later: c => attempt(() => Promise.resolve(c)),
  effect: c => () => right(c),
  answer: c => text('answered')(c),
  answerLater: c => attempt(() => Promise.resolve(text('answered')(c))),
  halt: c => halt(pipe(c, putStatus(403), text('no'))),
  fail: c => fail(c, taken),
  left: () => () => left(badRequest('no')),
  throws: () => {
    throw oops
  },
  rejects: () => attempt(() => Promise.reject(oops)),
  nothing: () => undefined,
}
const act = fc.constantFrom(...Object.keys(acts))

t.test('with a port and without, any app answers the same; a start, what was rendered, a stop', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 3 }),
      fc.array(act, { maxLength: 2 }),
      act,
      async (plugs, hooks, renders) => {
        const app = pipeline(
          ...(hooks.map(name => registerBeforeSend(c => acts[name]?.(c) as Conn)) as never[]),
          ...(plugs.map(name => (c: Conn) => acts[name]?.(c) as Conn) as never[]),
        ) as never
        const renderErrors = () => acts[renders] as AnyPlug
        const telemetry = recordTelemetry()
        const plain = await runAsync(endpoint({ renderErrors }, app))(blank)
        const seen = await runAsync(endpoint({ renderErrors, telemetry }, app))(blank)
        t.strictSame(seen.status, plain.status)
        t.strictSame(seen.respBody, plain.respBody)
        t.match(seen.error, plain.error as object)
        const names = telemetry.events.map(event => short(event.name))
        t.match(names.join(' '), /^endpoint\.start( error_rendered)* endpoint\.stop$/)
        t.equal(names.includes('error_rendered'), seen.error !== undefined)
      },
    ),
    { numRuns: 300 },
  )
})
