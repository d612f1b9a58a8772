import t from 'tap'
import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as nextIteration } from 'node:timers/promises'
import { ConnRecord } from '../../../../../lib/conn/record.js'
import { batch } from '../../../../../lib/adapters/node/server/batch.js'
import type { NodeRequest } from '../../../../../lib/adapters/node/request/node-request.js'
import { putStatus, text, type Conn } from '../../../../../lib/index.js'
import { conn } from '../../../../../lib/testing/index.js'
import { answers, dial, headText, start, until } from '../support.js'

const request = (id: number): NodeRequest => ({ id }) as unknown as NodeRequest
const idOf = (one: NodeRequest): number => (one as unknown as { readonly id: number }).id
const final = (id: number): Conn => putStatus(200 + id)(conn('GET', '/'))

/** Runs and responds in batches; what `run` returns is the response, or a promise of it. */
const inBatches = (
  run: (one: NodeRequest) => Conn | undefined | Promise<Conn>,
  send: (one: NodeRequest, done: Conn) => void,
): ((one: NodeRequest) => void) => {
  const { addRequest, addResponse } = batch(one => {
    const done = run(one)
    if (done instanceof Promise) void done.then(final => addResponse(one, final))
    else if (done !== undefined) addResponse(one, done)
  }, send)
  return addRequest
}

/** A clock that goes on only when it is told to. */
const clock = (t: { teardown(work: () => void): void }): ((ms: number) => void) => {
  const { now } = Date
  t.teardown(() => (Date.now = now))
  let time = 1_000_000
  Date.now = () => time
  return ms => (time += ms)
}

t.test('requests that arrive together run first, and then their responses are sent', async t => {
  clock(t)
  const log: string[] = []
  const addRequest = inBatches(
    one => (log.push(`run ${idOf(one)}`), final(idOf(one))),
    (one, done) => log.push(`send ${idOf(one)} ${done.status}`),
  )
  addRequest(request(0))
  t.same(log, [], 'nothing runs while requests are read')
  await nextIteration()
  log.length = 0
  for (const id of [1, 2, 3]) addRequest(request(id))
  await nextIteration()
  t.same(log, ['run 1', 'run 2', 'run 3', 'send 1 201', 'send 2 202', 'send 3 203'])
})

t.test('a ready response is sent even if the last request sends its own', async t => {
  clock(t)
  const log: string[] = []
  const addRequest = inBatches(
    one => (idOf(one) % 2 === 0 ? undefined : final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2, 3, 4]) addRequest(request(id))
  await nextIteration()
  t.same(log, ['send 1', 'send 3'])
})

t.test('responses that are ready a little later are sent together', async t => {
  clock(t)
  const log: string[] = []
  const addRequest = inBatches(
    async one => (log.push(`run ${idOf(one)}`), await Promise.resolve(), final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  addRequest(request(0))
  await nextIteration()
  await nextIteration()
  log.length = 0
  for (const id of [1, 2, 3]) addRequest(request(id))
  await nextIteration()
  await nextIteration()
  t.same(log, ['run 1', 'run 2', 'run 3', 'send 1', 'send 2', 'send 3'])
})

t.test('without requests to run, ready responses are sent when the iteration ends', async t => {
  const log: string[] = []
  const { addRequest, addResponse } = batch(
    () => undefined,
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2]) addRequest(request(id))
  await nextIteration()
  addResponse(request(1), final(1))
  addResponse(request(2), final(2))
  t.same(log, [])
  await nextIteration()
  t.same(log, ['send 1', 'send 2'])
  addRequest(request(3))
  addResponse(request(4), final(4))
  await nextIteration()
  t.same(log.slice(2), ['send 4'])
})

t.test('no more than 32 wait for each other', async t => {
  clock(t)
  const log: string[] = []
  const addRequest = inBatches(
    one => (log.push('run'), final(idOf(one))),
    () => log.push('send'),
  )
  addRequest(request(0))
  await nextIteration()
  log.length = 0
  for (let id = 0; id < 40; id++) addRequest(request(id))
  await nextIteration()
  t.equal(log.indexOf('send'), 32)
  t.equal(log.filter(line => line === 'send').length, 40)
})

t.test('a ready response does not wait for a slow app', async t => {
  const pass = clock(t)
  const log: string[] = []
  const addRequest = inBatches(
    one => (pass(5), log.push(`run ${idOf(one)}`), final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2, 3]) addRequest(request(id))
  await nextIteration()
  t.same(log, ['run 1', 'send 1', 'run 2', 'send 2', 'run 3', 'send 3'])
})

t.test('a request runs in the asynchronous context that it arrived in', async t => {
  const context = new AsyncLocalStorage<number>()
  const seen: (number | undefined)[] = []
  const addRequest = inBatches(
    one => (seen.push(context.getStore()), final(idOf(one))),
    () => undefined,
  )
  for (const id of [1, 2, 3]) context.run(id, () => addRequest(request(id)))
  await nextIteration()
  t.same(seen, [1, 2, 3])
})

t.test('what one request has started continues before the next one runs', async t => {
  const log: string[] = []
  const addRequest = inBatches(
    one => {
      void Promise.resolve().then(() => log.push(`then ${idOf(one)}`))
      process.nextTick(() => log.push(`tick ${idOf(one)}`))
      return final(idOf(one))
    },
    () => undefined,
  )
  for (const id of [1, 2]) addRequest(request(id))
  await nextIteration()
  t.same(log, ['tick 1', 'then 1', 'tick 2', 'then 2'])
})

t.test('pipelined requests of one connection are answered in order', async t => {
  const slow = (conn: Conn) =>
    conn.path === '/slow'
      ? async () => {
          await nextIteration()
          return { _tag: 'Right', right: text(conn.path)(conn) } as const
        }
      : text(conn.path)(conn)
  const server = await start(t, slow)
  const line = await dial(t, server)
  line.send(['/1', '/slow', '/2'].map(path => headText(`GET ${path}`)).join(''))
  line.send(headText('GET /3', 'Connection: close'))
  const bodies = answers(await line.closed()).map(({ body }) => body)
  t.same(bodies, ['/1', '/slow', '/2', '/3'])
})

t.test('a client may leave before its request runs', async t => {
  let asked = 0
  const server = await start(t, conn => (asked++, text('hello')(ConnRecord.with(conn, {}))))
  const lines = await Promise.all(Array.from({ length: 20 }, () => dial(t, server)))
  for (const line of lines) {
    line.send(headText('GET /'))
    line.socket.resetAndDestroy()
  }
  const line = await dial(t, server)
  line.send(headText('GET /', 'Connection: close'))
  t.match(answers(await line.closed()), [{ status: 200, body: 'hello' }])
  await until(() => asked > 0)
  t.same(server.bugs, [])
})
