// A guard that responds and forgets to halt: whatever its form, nothing after it runs, and the client gets a 500.
import t from 'tap'
import {
  assign,
  attempt,
  effect,
  endpoint,
  halt,
  html,
  json,
  named,
  pipe,
  pipeline,
  putRespHeader,
  putStatus,
  redirect,
  registerBeforeSend,
  rescue,
  resp,
  sendFile,
  sendResp,
  stream,
  text,
  when,
  type Conn,
} from '../../lib/index.js'
import { right } from 'fp-ts/lib/Either.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import { conn, runAsync } from '../../lib/testing/index.js'

/** Plugs joined without what the compiler knows of them: it refuses most of these. */
const joined = (...plugs: readonly unknown[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug

let reached: string[] = []
/** What must not run: it notes that it was called, and that its effect was executed. */
const secret = (c: Conn) => {
  reached.push('called')
  return attempt(async function secret() {
    reached.push('executed')
    return text('the secret')(c)
  })
}

const refuse = (c: Conn): Conn => pipe(c, putStatus(401), text('log in')) as unknown as Conn
const guards: Readonly<Record<string, unknown>> = {
  'a plain function': refuse,
  'a ternary': (c: Conn) => (c.method === 'GET' ? refuse(c) : c),
  'an effect': (c: Conn) => () => right(refuse(c)),
  'an asynchronous effect': (c: Conn) => attempt(async () => refuse(c)),
  'a mapped effect': (c: Conn) => pipe(effect.of(c), effect.map(refuse)),
  'a generator': function* (c: Conn) {
    yield* effect.of(1)
    return refuse(c)
  },
  'an asynchronous generator step': function* (c: Conn) {
    yield* attempt(async () => 1)
    return refuse(c)
  },
  when: when(() => true, refuse),
  'when with an effect': when(() => true, ((c: Conn) => attempt(async () => refuse(c))) as never),
  rescue: rescue(() => text('never'))(refuse as never),
  'rescue with an effect': rescue(() => text('never'))(((c: Conn) =>
    attempt(async () => refuse(c))) as never),
  'a nested pipeline': joined(assign('a', 1), refuse),
  'a pipeline nested twice': joined(joined(assign('a', 1), joined(refuse))),
  'a named pipeline': named('guards', joined(assign('a', 1), refuse) as never),
  'an endpoint': endpoint({}, text('an app of its own')),
}

for (const [form, guard] of Object.entries(guards))
  t.test(`fails closed: ${form}`, async t => {
    for (const telemetry of [false, true]) {
      reached = []
      const port = { systemTime: () => 0, monotonicTime: () => 0, execute: () => () => undefined }
      const app = endpoint(
        telemetry ? { telemetry: port } : {},
        joined(putRespHeader('x-a', '1'), guard, secret) as never,
      )
      const done = await app.run(conn('GET', '/'))
      t.strictSame(reached, [], 'what follows did not run')
      t.equal(done.status, 500)
      t.notMatch(String(done.respBody), /secret|log in/)
      t.match(done.error?.cause, {
        name: 'TypeError',
        message:
          / has responded and not halted, and secret would go on: end it with halt: pipe\(conn, text\(…\), halt\)/,
      })
      t.equal(done.respHeaders.get('x-a'), '1', 'what was set before is kept')
    }
  })

t.test('the sentence names both plugs', async t => {
  const requireLogin = (c: Conn) => refuse(c)
  const done = await runAsync(joined(requireLogin, secret))(conn('GET', '/'))
  t.match(done.error?.cause, {
    message: /^requireLogin has responded and not halted, and secret would go on/,
  })
})

const chunks = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) }
const responders: Readonly<Record<string, AnyPlug>> = {
  text: text('x'),
  html: html('x'),
  json: json({}),
  redirect: redirect('/'),
  sendFile: sendFile(200, 'x'),
  stream: stream(200, chunks as never),
  sendResp: sendResp(200, 'x'),
}

for (const [name, respond] of Object.entries(responders))
  t.test(`${name} responds`, async t => {
    reached = []
    const done = await runAsync(joined(respond, secret))(conn('GET', '/'))
    t.strictSame([done.status, reached], [500, []])
    t.match(await runAsync(joined(respond, halt, secret))(conn('GET', '/')), { halted: true })
    t.strictSame(reached, [], 'a guard that halts ends the pipeline')
    t.not((await runAsync(joined(respond))(conn('GET', '/'))).status, 500, 'and it may be the last')
  })

t.test('resp sets, and what follows goes on: as in Plug', async t => {
  const app = joined(resp(404, 'not found'), putRespHeader('x-a', '1'))
  t.match(await runAsync(app)(conn('GET', '/')), { status: 404, respBody: 'not found' })
  t.equal((await runAsync(joined(resp(404, 'x'), text('found')))(conn('GET', '/'))).respBody, 'found')
})

t.test('a second response inside one plug replaces the first', async t => {
  const twice = (c: Conn) => text('b')(text('a')(c) as unknown as Conn)
  t.equal((await runAsync(joined(twice))(conn('GET', '/'))).respBody, 'b')
})

t.test('a response is changed by a hook', async t => {
  const app = joined(registerBeforeSend(putRespHeader('x-a', '1')), text('x'))
  const done = await runAsync(app)(conn('GET', '/'))
  t.match([done.respBody, done.respHeaders.get('x-a')], ['x', '1'])
})
