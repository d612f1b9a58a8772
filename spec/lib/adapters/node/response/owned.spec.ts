// A streamed body has one owner from the moment it is on a conn: each way in which a response can end, with each kind of
// stream. The process lives on, each stream is closed once, and no descriptor stays open.
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { App } from '../../../../../lib/endpoint.js'
import {
  attempt,
  endpoint,
  pipe,
  pipeline,
  putRespHeader,
  registerBeforeSend,
  stream,
  text,
  type Conn,
} from '../../../../../lib/index.js'
import type { ServeOptions } from '../../../../../lib/adapters/node.js'
import { ReleaseProbe } from '../release-probe.js'
import { dial, headText, rejections, start, until, type Line, type Started } from '../support.js'

const uncaught: unknown[] = []
process.on('uncaughtException', cause => void uncaught.push(cause))

const folder = mkdtempSync(join(tmpdir(), 'owned-'))
t.teardown(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'large.bin')
writeFileSync(file, Buffer.alloc(3_000_000, 'x'))

/** How many descriptors of the file are open, where the system says so. */
const openFiles = (): number => {
  if (!existsSync('/proc/self/fd')) return 0
  return readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file
    } catch {
      return false
    }
  }).length
}

type Chunks = AsyncIterable<string | Uint8Array>
interface Kind {
  readonly name: string
  readonly make: (probe: ReleaseProbe) => Chunks
}

const oops = new Error('oops')
const raise = (): never => {
  throw oops
}
/** Milliseconds between two chunks. */
const pause = 10

/** Chunks, and where they fail. */
async function* pieces(fails?: 'first' | 'later') {
  if (fails === 'first') throw oops
  for (let i = 0; i < 4; i++) {
    await sleep(pause)
    yield `${i} `
    if (fails === 'later') throw oops
  }
}

const fileAt = (path: string) => (probe: ReleaseProbe) => probe.node(createReadStream(path))

const readable =
  (
    fails?: 'first' | 'later',
    onDestroy?: (cause: Error | null, done: (cause?: Error | null) => void) => void,
  ) =>
  (probe: ReleaseProbe) => {
    const source = pieces(fails)
    return probe.node(
      new Readable({
        read() {
          source.next().then(
            ({ done, value }) => this.push(done ? null : (value as string)),
            cause => this.destroy(cause),
          )
        },
        ...(onDestroy && { destroy: onDestroy }),
      }),
    )
  }

const web =
  (fails?: 'first' | 'later' | 'start', onCancel: () => void = () => undefined) =>
  (probe: ReleaseProbe) => {
    const bytes = async function* () {
      for await (const piece of pieces(fails === 'start' ? undefined : fails)) yield Buffer.from(piece)
    }
    return probe.web(() => (fails === 'start' ? raise() : undefined), bytes(), onCancel)
  }

const generator =
  (fails?: 'first' | 'later', onReturn = () => undefined as void) =>
  (probe: ReleaseProbe) =>
    probe.generator(async function* () {
      try {
        yield* pieces(fails)
      } finally {
        onReturn()
      }
    })

const kinds: readonly Kind[] = [
  { name: 'a file', make: fileAt(file) },
  { name: 'a missing file', make: fileAt(join(folder, 'missing')) },
  { name: 'a Readable', make: readable() },
  { name: 'a Readable that fails at once', make: probe => probe.node(new Readable().destroy(oops)) },
  { name: 'a Readable that fails first', make: readable('first') },
  { name: 'a Readable that fails later', make: readable('later') },
  { name: 'a Readable whose destroy fails', make: readable(undefined, (_, done) => done(oops)) },
  {
    name: 'a Readable whose destroy throws',
    make: probe => {
      const made = readable()(probe)
      const destroy = made.destroy.bind(made)
      return Object.assign(made, {
        // Node calls it at the end, where nothing could catch what it throws
        destroy: (cause?: Error) => (destroy(cause), made.readableEnded ? made : raise()),
      })
    },
  },
  { name: 'a web stream', make: web() },
  { name: 'a web stream that fails at its start', make: web('start') },
  { name: 'a web stream that fails first', make: web('first') },
  { name: 'a web stream that fails later', make: web('later') },
  { name: 'a web stream whose cancel throws', make: web(undefined, raise) },
  { name: 'a generator', make: generator() },
  { name: 'a generator that fails first', make: generator('first') },
  { name: 'a generator that fails later', make: generator('later') },
  { name: 'a generator whose return throws', make: generator(undefined, raise) },
  { name: 'an iterable', make: probe => probe.iterable(() => pieces()) },
  { name: 'an iterable that has no iterator after all', make: probe => probe.iterable(raise) },
  { name: 'an iterable that fails later', make: probe => probe.iterable(() => pieces('later')) },
  { name: 'an iterable whose return throws', make: probe => probe.iterable(() => pieces(), raise) },
  { name: 'an iterator', make: probe => probe.iterator(pieces()) },
  { name: 'an iterator whose return throws', make: probe => probe.iterator(pieces(), raise) },
]

/** Waits within a request. */
const wait =
  (milliseconds: number) =>
  <C extends Conn>(conn: C) =>
    attempt(() => sleep(milliseconds, conn))
const fails = (): never => raise()
const hook = (plug: (conn: Conn) => unknown) => registerBeforeSend(plug as never)

interface Ending {
  readonly name: string
  readonly app: (body: (conn: Conn) => Chunks) => App
  readonly options?: ServeOptions
  readonly method?: string
  readonly headers?: readonly string[]
  /** What the client does once its request is sent. Default: it reads until the server closes. */
  readonly client?: (line: Line, server: Started) => Promise<unknown>
  /** Milliseconds for which the app goes on after the client. */
  readonly after?: number
}

type Plugs = readonly ((conn: Conn) => unknown)[]
const app = (...plugs: Plugs): App =>
  endpoint({}, pipeline(...(plugs as readonly ((conn: Conn) => never)[])) as never)
const streamed =
  (body: (conn: Conn) => Chunks, status = 200) =>
  (conn: Conn) =>
    stream(status, body(conn))(conn)
const leave = async (line: Line): Promise<void> => {
  await sleep(15)
  line.socket.destroy()
}

const endings: readonly Ending[] = [
  { name: 'it is sent whole', app: body => app(streamed(body)) },
  {
    name: 'it is sent whole with flushHeaders',
    app: body => app(c => stream(200, body(c), { flushHeaders: true })(c)),
  },
  { name: 'HEAD', method: 'HEAD', app: body => app(streamed(body)) },
  { name: '204', app: body => app(streamed(body, 204)) },
  { name: '205', app: body => app(streamed(body, 205)) },
  { name: '304', app: body => app(streamed(body, 304)) },
  { name: 'a status that cannot be sent', app: body => app(streamed(body, 101)) },
  { name: 'the same plug replaces it', app: body => app(c => pipe(c, streamed(body), text('instead'))) },
  { name: 'the same plug drops the conn', app: body => app(c => (streamed(body)(c), text('instead')(c))) },
  { name: 'the same plug throws', app: body => app(c => (streamed(body)(c), raise())) },
  { name: 'another plug follows', app: body => app(streamed(body), text('instead')) },
  { name: 'it is made after a wait', app: body => app(wait(5), streamed(body)) },
  {
    name: 'an effect makes it and waits',
    app: body =>
      app(c =>
        attempt(async () => {
          const made = streamed(body)(c)
          await sleep(20)
          return made
        }),
      ),
  },
  {
    name: 'an effect makes it and fails',
    app: body =>
      app(c =>
        attempt(async () => {
          streamed(body)(c)
          await sleep(20)
          throw oops
        }),
      ),
  },
  { name: 'a hook replaces it', app: body => app(hook(text('instead')), streamed(body)) },
  { name: 'a hook waits', app: body => app(hook(wait(20)), streamed(body)) },
  {
    name: 'a hook waits and replaces it',
    app: body => app(hook(text('instead')), hook(wait(20)), streamed(body)),
  },
  { name: 'a hook fails', app: body => app(hook(fails), streamed(body)) },
  { name: 'a hook waits and fails', app: body => app(hook(fails), hook(wait(20)), streamed(body)) },
  {
    name: 'a hook waits and rejects',
    app: body =>
      app(
        hook(() => attempt(() => sleep(20).then(raise))),
        streamed(body),
      ),
  },
  {
    name: 'a hook reads it',
    app: body =>
      app(
        hook((conn: Conn) => {
          const { chunks } = conn.respBody as { readonly chunks: Chunks }
          return stream(
            200,
            (async function* () {
              yield* chunks
            })(),
          )(conn)
        }),
        streamed(body),
      ),
  },
  {
    name: 'renderErrors streams it',
    app: body => endpoint({ renderErrors: () => streamed(body) }, fails as never),
  },
  {
    name: 'renderErrors streams it and fails',
    app: body => endpoint({ renderErrors: () => c => (streamed(body)(c), raise()) }, fails as never),
  },
  {
    name: 'renderErrors replaces it after a failed hook',
    app: body =>
      endpoint(
        { renderErrors: () => text('sorry') },
        pipeline(hook(fails), hook(wait(10)), streamed(body)) as never,
      ),
  },
  {
    name: 'the declared length is wrong',
    app: body => app(putRespHeader('content-length', '3'), streamed(body)),
  },
  {
    name: 'the client leaves before the response',
    client: leave,
    after: 60,
    app: body => app(hook(wait(50)), streamed(body)),
  },
  {
    name: 'the client leaves before the stream is made',
    client: leave,
    after: 60,
    app: body => app(wait(50), streamed(body)),
  },
  {
    name: 'the client leaves in the middle',
    client: async line => {
      line.socket.once('data', () => line.socket.pause())
      await sleep(30)
      line.socket.destroy()
    },
    app: body => app(streamed(body)),
  },
  {
    name: 'the client leaves while a response before it is pending',
    headers: ['X: 1', '', 'GET /second HTTP/1.1', 'Host: x.test'],
    client: leave,
    after: 60,
    app: body => app(c => (c.path === '/second' ? c : wait(60)(c)), streamed(body)),
  },
  {
    name: 'the deadline passes in a hook',
    options: { deadline: 20 },
    after: 60,
    app: body => app(hook(wait(60)), streamed(body)),
  },
  {
    name: 'the deadline passes before the stream is made',
    options: { deadline: 20 },
    after: 60,
    app: body => app(wait(60), streamed(body)),
  },
  {
    name: 'the deadline passes before the first chunk',
    options: { deadline: 5 },
    app: body => app(streamed(body)),
  },
  {
    name: 'the time to drain passes in the middle',
    options: { drainTimeout: 15 },
    client: (_, server) => sleep(5).then(server.stop),
    app: body => app(streamed(body)),
  },
  {
    name: 'the time to drain passes before the response',
    options: { drainTimeout: 15 },
    client: (_, server) => sleep(5).then(server.stop),
    after: 60,
    app: body => app(hook(wait(60)), streamed(body)),
  },
  {
    name: 'the server stops in the middle',
    options: { drainTimeout: 5_000 },
    client: async (line, server) => {
      // one that fails right after its first chunk may close the connection before it is sent
      await line.expect(/\r\n\r\n/).catch(() => undefined)
      await server.stop()
    },
    app: body => app(streamed(body)),
  },
  {
    name: 'the request is rejected',
    headers: ['Expect: something'],
    app: body => app(streamed(body), text('last')),
  },
]

for (const { name, app: make, options, method = 'GET', headers = [], client, after = 0 } of endings)
  t.test(name, async t => {
    await Promise.all(
      kinds.map(async kind => {
        const probes: ReleaseProbe[] = []
        const body = (): Chunks => {
          const probe = new ReleaseProbe()
          probes.push(probe)
          return kind.make(probe)
        }
        const server = await start(t, make(body), { ...options })
        const line = await dial(t, server).catch(() => undefined)
        if (line === undefined) return
        line.send(headText(`${method} /`, ...headers, 'Connection: close'))
        await (client === undefined ? line.closed() : client(line, server)).catch((cause: Error) =>
          t.fail(`${kind.name}: ${cause.message}`),
        )
        await sleep(after)
        await until(
          () => probes.every(probe => probe.isReleased),
          `${name}, ${kind.name}: not closed: ${probes.map(String).join('; ')}`,
        ).catch((cause: Error) => t.fail(cause.message))
        const twice = probes.filter(probe => probe.times > 1)
        if (twice.length > 0) t.fail(`${name}, ${kind.name}: closed more than once: ${twice.join('; ')}`)
      }),
    )
    await until(() => openFiles() === 0, 'a descriptor is open').catch((cause: Error) =>
      t.fail(cause.message),
    )
    t.same(uncaught.splice(0), [], 'nothing was thrown where nobody catches it')
    t.same(rejections.splice(0), [])
  })
