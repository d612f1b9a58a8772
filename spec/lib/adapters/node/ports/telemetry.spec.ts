// Telemetry of an app that is served: real clocks, and handlers that throw.
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import t from 'tap'
import { serve, telemetryTo } from '../../../../../lib/adapters/node.js'
import {
  attempt,
  endpoint,
  fail,
  plugError,
  sendFile,
  text,
  type Conn,
  type PlugError,
  type TelemetryEvent,
} from '../../../../../lib/index.js'
import { router, scope } from '../../../../../router/index.js'
import { dial, rejections, start, type Started } from '../support.js'

const slow = (c: Conn) =>
  attempt(async () => {
    await sleep(30)
    return text('slow')(c)
  })
const site = router(
  scope('/', ({ get, forward }) => [
    get('/slow/:id', slow),
    get('/fails', c => fail(c, plugError(409, 'Taken', 'that name is taken'))),
    forward('/in', router(scope('/', ({ get }) => [get('/', text('inside'))]))),
    get('/', c => text(inspect(c, { depth: 10, showHidden: true }) + JSON.stringify(c))(c)),
  ]),
)

const short = (name: string): string => name.replace(/^plugboard\.(router_)?/, '')

/** The lines that stderr is given while something runs. */
const heard = async (work: () => Promise<unknown>): Promise<readonly unknown[]> => {
  const lines: unknown[] = []
  const { error } = console
  console.error = (line: unknown) => void lines.push(line)
  try {
    await work()
    await sleep(5)
  } finally {
    console.error = error
  }
  return lines
}

t.test('a served app tells its port of every dispatch, with times that pass', async t => {
  const events: TelemetryEvent[] = []
  const telemetry = telemetryTo(event => void events.push(event))
  const server = await start(t, endpoint({ telemetry }, site))
  const before = Date.now()
  const answers = await Promise.all(
    ['/slow/1', '/slow/2', '/fails', '/in', '/nowhere'].map(async path => {
      const answer = await fetch(server.url + path)
      return `${answer.status} ${await answer.text()}`
    }),
  )
  const after = Date.now()
  t.match(answers, ['200 slow', '200 slow', /^409/, '200 inside', /^404/])
  const of = (path: string) =>
    events.flatMap(({ name, metadata }) =>
      'conn' in metadata && metadata.conn.path === path
        ? `${short(name)}${'route' in metadata ? ` ${metadata.route}` : ''}`
        : [],
    )
  const begun = ['endpoint.start']
  const ended = ['endpoint.stop']
  t.strictSame(of('/slow/1'), [...begun, 'dispatch.start /slow/:id', 'dispatch.stop /slow/:id', ...ended])
  t.strictSame(of('/slow/2'), [...begun, 'dispatch.start /slow/:id', 'dispatch.stop /slow/:id', ...ended])
  t.strictSame(of('/fails'), [
    ...begun,
    'dispatch.start /fails',
    'dispatch.exception /fails',
    'error_rendered',
    ...ended,
  ])
  const twice = (name: string) => [`dispatch.${name} /in`, `dispatch.${name} /in`]
  t.strictSame(of('/in'), [...begun, ...twice('start'), ...twice('stop'), ...ended])
  t.strictSame(of('/nowhere'), [...begun, 'error_rendered', ...ended])
  for (const { measurements, metadata } of events) {
    if ('systemTime' in measurements) {
      const least = 'url' in metadata ? before - 10_000 : before
      t.ok(measurements.systemTime >= least && measurements.systemTime <= after, 'ms since the epoch')
    } else if ('conn' in metadata && metadata.conn.path.startsWith('/slow'))
      t.ok(measurements.duration >= 25 && measurements.duration <= after - before + 5, 'milliseconds')
    else t.ok(measurements.duration >= 0 && measurements.duration < 30_000)
  }
  const page = await (await fetch(server.url)).text()
  t.notMatch(page, /telemetry|monotonic/i, 'no conn shows the port')
  t.strictSame(server.bugs, [])
})

t.test('a request has the port from the start: its conn need not be made anew', async t => {
  const seen: Conn[] = []
  const see = (c: Conn): Conn => {
    seen.push(c)
    return c
  }
  const app = endpoint({ telemetry: telemetryTo(() => undefined) }, c => text('hello')(see(c)))
  const watched = Object.assign((c: Conn) => app(c), {
    options: app.options,
    run: (c: Conn) => app.run(see(c)),
  })
  const server = await start(t, watched)
  await (await fetch(server.url)).text()
  t.equal(seen.length, 2)
  t.equal(seen[0], seen[1])
})

t.test(
  'a handler that throws or rejects goes to stderr; the request and the other handlers are not harmed',
  async t => {
    const thrown = new Error('a handler failed')
    const names: string[] = []
    const telemetry = telemetryTo(
      () => {
        throw thrown
      },
      (async () => {
        throw thrown
      }) as () => void,
      ({ name }) => void names.push(name),
    )
    const app = endpoint({ telemetry }, site)
    let server = {} as Started
    const early = await heard(async () => (server = await start(t, app)))
    t.strictSame(early, [thrown.stack, thrown.stack], 'nor is the start of the server')
    const lines = await heard(async () => t.equal(await (await fetch(`${server.url}/in`)).text(), 'inside'))
    t.equal(names.length, 7)
    t.strictSame(
      lines,
      Array.from({ length: 12 }, () => thrown.stack),
      'two handlers, six events of the request',
    )
    t.strictSame(rejections, [])
    t.strictSame(server.bugs, [])
  },
)

/** A port that keeps its events, and forgets them when they are taken. */
const keeping = () => {
  const events: TelemetryEvent[] = []
  return { telemetry: telemetryTo(event => void events.push(event)), take: () => events.splice(0) }
}

t.test('a server that listens says so once, with its address, before anybody waits for it', async t => {
  const { telemetry, take } = keeping()
  const before = Date.now()
  const { url, port } = await start(t, endpoint({ telemetry }, site))
  const [init, ...more] = take()
  t.strictSame(more, [])
  if (init?.name !== 'plugboard.endpoint.init') return t.fail(String(init?.name))
  t.strictSame(init.metadata, { url, port })
  const { systemTime } = init.measurements
  t.ok(systemTime >= before && systemTime <= Date.now())
  const second = await serve(endpoint({ telemetry }, site), { port, host: '127.0.0.1', stopOn: [] })()
  t.equal(second._tag, 'Left')
  t.strictSame(take(), [], 'one that cannot listen has nothing to say')
})

t.test('what the adapter answers in place of the app is told of as rendered', async t => {
  const { telemetry, take } = keeping()
  const renderErrors = ({ status }: PlugError) =>
    status === 503 ? (c: Conn) => attempt(async () => text('rendered later')(c)) : text('rendered')
  let end = (): void => {}
  const waiting = new Promise<void>(done => (end = done))
  const app = endpoint({ telemetry, renderErrors }, c =>
    c.path === '/file'
      ? sendFile(200, '/nowhere/at/all')(c)
      : attempt(async () => {
          await waiting
          return text('late')(c)
        }),
  )
  const server = await start(t, app, { deadline: 30 })
  take()
  const seen = () =>
    take().map(({ name, metadata }) =>
      'error' in metadata && 'status' in metadata
        ? `${short(name)} ${metadata.status} ${metadata.conn.status} ${metadata.error._tag} ${String(metadata.conn.respBody)}`
        : short(name),
    )

  const refused = await dial(t, server)
  refused.send('GET / HTTP/1.1\r\nconnection: close\r\n\r\n')
  t.match(await refused.closed(), /^HTTP\/1\.1 400 [^]*rendered$/)
  t.strictSame(seen(), ['error_rendered 400 400 BadRequest rendered'], 'the app has not seen it')

  t.equal(await (await fetch(`${server.url}/file`)).text(), 'rendered')
  t.match(
    seen(),
    ['endpoint.start', 'endpoint.stop', 'error_rendered 404 404 NoRoute rendered'],
    'a body that cannot be sent',
  )

  t.equal(await (await fetch(server.url)).text(), 'rendered later')
  t.match(seen(), ['endpoint.start', /^error_rendered 503 503 AppError rendered later$/])
  end()
  await sleep(5)
  t.strictSame(seen(), ['endpoint.stop'], 'the app ends when it ends')
})

t.test('it takes functions, at least one', async t => {
  for (const handlers of [[], [undefined], [() => undefined, 'console'], [{ execute: () => undefined }]])
    t.throws(() => telemetryTo(...(handlers as never[])), {
      name: 'TypeError',
      message: 'telemetryTo: pass at least one function that handles events',
    })
})
