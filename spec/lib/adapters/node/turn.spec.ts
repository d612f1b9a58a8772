import t from 'tap'
import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { ConnRecord } from '../../../../lib/conn/record.js'
import { turns } from '../../../../lib/adapters/node/turn.js'
import type { NodeRequest } from '../../../../lib/adapters/node/request.js'
import { putStatus, text, type Conn } from '../../../../lib/index.js'
import { conn } from '../../../../lib/testing/index.js'
import { answers, dial, headText, start, until } from './support.js'

const request = (id: number): NodeRequest => ({ id }) as unknown as NodeRequest
const idOf = (one: NodeRequest): number => (one as unknown as { readonly id: number }).id
const final = (id: number): Conn => putStatus(200 + id)(conn('GET', '/'))

/** Runs and answers by turns; what `run` gives is the response, at once or when its promise is kept. */
const inTurns = (
  run: (one: NodeRequest) => Conn | undefined | Promise<Conn>,
  send: (one: NodeRequest, done: Conn) => void,
): ((one: NodeRequest) => void) => {
  const { take, answer } = turns(one => {
    const done = run(one)
    if (done instanceof Promise) void done.then(final => answer(one, final))
    else if (done !== undefined) answer(one, done)
  }, send)
  return take
}

/** A clock that goes on only when it is told to. */
const clock = (t: { teardown(work: () => void): void }): ((ms: number) => void) => {
  const { now } = Date
  t.teardown(() => (Date.now = now))
  let time = 1_000_000
  Date.now = () => time
  return ms => (time += ms)
}

t.test('what has come together is run, and then sent', async t => {
  clock(t)
  const log: string[] = []
  const take = inTurns(
    one => (log.push(`run ${idOf(one)}`), final(idOf(one))),
    (one, done) => log.push(`send ${idOf(one)} ${done.status}`),
  )
  take(request(0))
  t.same(log, [], 'nothing while requests are read')
  await turn()
  log.length = 0
  for (const id of [1, 2, 3]) take(request(id))
  await turn()
  t.same(log, ['run 1', 'run 2', 'run 3', 'send 1 201', 'send 2 202', 'send 3 203'])
})

t.test('a response is sent that is there, though the last request sees to its own', async t => {
  clock(t)
  const log: string[] = []
  const take = inTurns(
    one => (idOf(one) % 2 === 0 ? undefined : final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2, 3, 4]) take(request(id))
  await turn()
  t.same(log, ['send 1', 'send 3'])
})

t.test('responses that are there a little later are sent with the others', async t => {
  clock(t)
  const log: string[] = []
  const take = inTurns(
    async one => (log.push(`run ${idOf(one)}`), await Promise.resolve(), final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  take(request(0))
  await turn()
  await turn()
  log.length = 0
  for (const id of [1, 2, 3]) take(request(id))
  await turn()
  await turn()
  t.same(log, ['run 1', 'run 2', 'run 3', 'send 1', 'send 2', 'send 3'])
})

t.test('responses that are there when nothing is to be run are sent when the turn ends', async t => {
  const log: string[] = []
  const { take, answer } = turns(
    () => undefined,
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2]) take(request(id))
  await turn()
  answer(request(1), final(1))
  answer(request(2), final(2))
  t.same(log, [])
  await turn()
  t.same(log, ['send 1', 'send 2'])
  take(request(3))
  answer(request(4), final(4))
  await turn()
  t.same(log.slice(2), ['send 4'])
})

t.test('no more than 32 wait for each other', async t => {
  clock(t)
  const log: string[] = []
  const take = inTurns(
    one => (log.push('run'), final(idOf(one))),
    () => log.push('send'),
  )
  take(request(0))
  await turn()
  log.length = 0
  for (let id = 0; id < 40; id++) take(request(id))
  await turn()
  t.equal(log.indexOf('send'), 32)
  t.equal(log.filter(line => line === 'send').length, 40)
})

t.test('nothing that is ready waits for an app that takes its time', async t => {
  const pass = clock(t)
  const log: string[] = []
  const take = inTurns(
    one => (pass(5), log.push(`run ${idOf(one)}`), final(idOf(one))),
    one => log.push(`send ${idOf(one)}`),
  )
  for (const id of [1, 2, 3]) take(request(id))
  await turn()
  t.same(log, ['run 1', 'send 1', 'run 2', 'send 2', 'run 3', 'send 3'])
})

t.test('a request is run in the asynchronous context that it came in', async t => {
  const context = new AsyncLocalStorage<number>()
  const seen: (number | undefined)[] = []
  const take = inTurns(
    one => (seen.push(context.getStore()), final(idOf(one))),
    () => undefined,
  )
  for (const id of [1, 2, 3]) context.run(id, () => take(request(id)))
  await turn()
  t.same(seen, [1, 2, 3])
})

t.test('what one has begun goes on before the next is run', async t => {
  const log: string[] = []
  const take = inTurns(
    one => {
      void Promise.resolve().then(() => log.push(`then ${idOf(one)}`))
      process.nextTick(() => log.push(`tick ${idOf(one)}`))
      return final(idOf(one))
    },
    () => undefined,
  )
  for (const id of [1, 2]) take(request(id))
  await turn()
  t.same(log, ['tick 1', 'then 1', 'tick 2', 'then 2'])
})

t.test('requests behind each other on one connection are answered in their order', async t => {
  const slow = (conn: Conn) =>
    conn.path === '/slow'
      ? async () => {
          await turn()
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

t.test('a client that has gone before its turn is no trouble', async t => {
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
