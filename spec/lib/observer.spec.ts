// What an observer of a request sees: every step in its order, effects and yields, and that it changes nothing.
import t from 'tap'
import {
  assign,
  attempt,
  badRequest,
  effect,
  fail,
  gen,
  halt,
  pipeline,
  registerBeforeSend,
  rescue,
  text,
  type Conn,
  type Observer,
} from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import type { RequestSource } from '../../lib/conn/source.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import { runner } from '../../lib/run.js'
import { conn } from '../../lib/testing/index.js'

/** A conn whose request is observed, and what was seen. */
const watched = (): { readonly conn: Conn; readonly seen: string[]; readonly made: Conn[] } => {
  const seen: string[] = []
  const made: Conn[] = []
  const observer: Observer = {
    before: (list, at) => void seen.push(`${at} ${list[at]?.name}`),
    effect: (list, at) => void seen.push(`${at} ${list[at]?.name} effect`),
    after: (list, at, _, after) => {
      made.push(after)
      const how = after.error ? ' failed' : after.halted ? ' halted' : ''
      seen.push(`${at} ${list[at]?.name} done${how}`)
    },
    port: (_, port) => port,
  }
  const given = conn('GET', '/')
  const source = Object.fromEntries(
    [
      'method',
      'scheme',
      'host',
      'port',
      'path',
      'segments',
      'scriptName',
      'queryString',
      'reqHeaders',
      'remoteIp',
      'httpVersion',
      'body',
      'now',
      'signal',
      'secretKeyBase',
    ].map(name => [name, given[name as keyof Conn]]),
  ) as unknown as RequestSource
  return { conn: ConnRecord.of({ ...source, entropy: given.entropy.bind(given), observer }), seen, made }
}
const joined = (...plugs: readonly unknown[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug
const site = assign('site', 'Plugboard')
const show = (c: Conn) => text('hello')(c)

t.test('each step is seen before and after', async t => {
  const { conn, seen, made } = watched()
  const done = await runner(joined(site, show))(conn)
  t.equal(done.respBody, 'hello')
  t.strictSame(seen, ['0 assign', '0 assign done', '1 show', '1 show done'])
  t.equal(made[1], done, 'with the conn that it passes on')
})

t.test('an effect is seen when it is about to be executed, and when it is done', async t => {
  const load = (c: Conn) => attempt(async () => assign('n', 1)(c))
  const { conn, seen } = watched()
  await runner(joined(load, show))(conn)
  t.strictSame(seen, ['0 load', '0 load effect', '0 load done', '1 show', '1 show done'])
})

t.test('yields are steps of a list inside the step', async t => {
  const helper = gen(function* helper() {
    return yield* effect.of(2)
  })
  const sum = function* sum(c: Conn) {
    const a = yield* attempt(async function one() {
      return 1
    })
    return text(String(a + (yield* helper)))(c)
  }
  const { conn, seen } = watched()
  t.equal((await runner(joined(site, sum))(conn)).respBody, '3')
  t.strictSame(
    seen.map(each => each.replace(/^(\d) $/, '$1 of')).filter(each => !each.includes('undefined')).length,
    seen.length,
  )
  t.strictSame(seen.slice(0, 4), ['0 assign', '0 assign done', '1 sum', '1 sum effect'])
  t.equal(seen.at(-1), '1 sum done')
  t.equal(
    seen.filter(each => each.endsWith('effect')).length,
    4,
    'the plug, two yields of it and one of the helper',
  )
})

t.test('failures, halts, hooks and what rescue does are seen', async t => {
  const closed = (c: Conn) => fail(c, badRequest('closed'))
  const { conn, seen } = watched()
  await runner(joined(registerBeforeSend(function hook(c: Conn) { return c }), closed, show))(conn) // prettier-ignore
  t.ok(seen.includes('1 closed done failed'))
  t.notOk(seen.some(each => each.includes('show')))
  t.ok(seen.includes('0 hook done failed'))

  const second = watched()
  await runner(joined(rescue(() => text('mended'))(closed as never), show))(second.conn)
  t.strictSame(second.seen.slice(0, 3), ['0 rescue(closed)', '0 closed', '0 closed done failed'])
  t.ok(second.seen.includes('0 rescue(closed) done halted'))

  const third = watched()
  await runner(joined((c: Conn) => halt(text('stop')(c)), show))(third.conn)
  t.notOk(third.seen.some(each => each.includes('show')))
})

t.test('a guard that does not halt fails closed before an observer as well', async t => {
  const guard = (c: Conn) => text('log in')(c)
  const { conn, seen } = watched()
  const done = await runner(joined(guard, show))(conn)
  t.equal(done.status, 500)
  t.ok(seen.includes('0 guard done failed'))
  t.notOk(seen.some(each => each.includes('show')))
})
