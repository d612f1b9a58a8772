// A process that is asked for more than it can do.
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { endpoint, pipeline, putRespHeader, text, type Conn } from '../../../../../lib/index.js'
import { measureLoad } from '../../../../../lib/adapters/node/server/load.js'
import { answers, ask, dial, headText, readWhole, rejections, start, until } from '../support.js'

const block = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
}
const get = headText('GET /')

t.test('the delay of the event loop is measured, and forgotten', async t => {
  const load = measureLoad(100)
  t.teardown(load.stop)
  t.notOk(load.isTooHigh())
  block(1_000)
  await until(load.isTooHigh, 'a long pause')
  await until(() => !load.isTooHigh(), 'it is not forgotten')
  t.pass('it is forgotten')
})

t.test('requests beyond what the process can do are a 503', async t => {
  let ran = 0
  const work = (conn: Conn) => {
    ran++
    block(40)
    return text('done')(conn)
  }
  const app = endpoint({}, pipeline(putRespHeader('x-by', 'a plug'), work))
  const server = await start(t, app, { maxEventLoopDelay: 10 })
  const lines = await Promise.all(Array.from({ length: 20 }, () => dial(t, server)))
  const isRejected = (): boolean =>
    lines.some(line => answers(line.text()).some(({ status }) => status === 503))
  for (let sent = 1; sent <= 50 && !isRejected(); sent++) {
    for (const line of lines) line.send(get)
    await until(() => lines.every(line => answers(line.text()).length === sent))
  }
  const all = lines.flatMap(line => answers(line.text()))
  t.equal(all.filter(({ status }) => status === 200).length, ran, 'the app does not run for the others')
  t.match(
    all.find(({ status }) => status === 503),
    {
      headers: { 'retry-after': '1', 'x-by': 'a plug', connection: 'keep-alive' },
      body: 'Service Unavailable\n',
    },
  )
  t.same(server.bugs, [])
  let last = 503
  for (let i = 0; i < 50 && last === 503; i++) {
    await sleep(50)
    last = (await ask(t, server, get, /(done|Unavailable\n)$/)).status
  }
  t.equal(last, 200, 'it recovers')
})

t.test('the body of a rejected request does not stop its connection', async t => {
  const server = await start(t, readWhole(), { maxEventLoopDelay: 1 })
  const line = await dial(t, server)
  block(1_000)
  await sleep(60)
  line.send(`${headText('POST /', 'Content-Length: 5')}hello${headText('POST /', 'Content-Length: 5')}`)
  await sleep(20)
  line.send('hello')
  await until(() => answers(line.text()).length === 2)
  t.ok(answers(line.text()).every(({ status }) => status === 200 || status === 503))
})

t.test('by default nothing is rejected', async t => {
  const server = await start(t, conn => text('done')((block(20), conn)))
  const lines = await Promise.all(Array.from({ length: 20 }, () => dial(t, server)))
  for (const line of lines) line.send(get + get)
  await until(() => lines.every(line => answers(line.text()).length === 2))
  t.ok(lines.every(line => answers(line.text()).every(({ status }) => status === 200)))
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
