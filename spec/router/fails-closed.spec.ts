// A plug that responds and does not halt, before anything that would go on: in every place where a router runs plugs, for every
// form of plug, with and without telemetry. What follows never runs, and the client gets a 500.
import { right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  effect,
  endpoint,
  halt,
  named,
  pipe,
  pipeline,
  putStatus,
  rescue,
  text,
  when,
  type AnyPlug,
  type Conn,
} from '../../lib/index.js'
import { nameAs } from '../../lib/steps.js'
import { conn, recordTelemetry, runAsync } from '../../lib/testing/index.js'
import { controller, pipelines, router, scope } from '../../router/index.js'

type Declare = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const at = (...args: readonly unknown[]): unknown =>
  (scope as unknown as (...args: readonly unknown[]) => unknown)(...args)
const of = (...scopes: readonly unknown[]): AnyPlug =>
  (router as unknown as (...scopes: readonly unknown[]) => AnyPlug)(...scopes)
const join = (...plugs: readonly AnyPlug[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug

const refuse = (c: Conn): Conn => pipe(c, putStatus(401), text('log in')) as unknown as Conn
const pass: AnyPlug = nameAs('pass', (c: Conn) => c)

/** A guard that forgets to halt, in each form that a plug has. */
const guards: Readonly<Record<string, AnyPlug>> = {
  plain: nameAs('guard', refuse),
  effect: nameAs('guard', (c: Conn) => effect.of(refuse(c))),
  'asynchronous effect': nameAs('guard', (c: Conn) => () => Promise.resolve(right(refuse(c)))),
  'nested pipeline': join(pass, nameAs('guard', refuse)),
  'named pipeline': named('auth', join(nameAs('guard', refuse))),
  when: when(() => true, nameAs('guard', refuse)),
  rescue: rescue(() => text('mended'))(nameAs('guard', refuse)) as AnyPlug,
  'last of its pipeline, behind an effect': join(
    nameAs('load', (c: Conn) => effect.of(c)),
    nameAs('guard', refuse),
  ),
}

/** Apps that have a guard in each place where it can be. */
const places: Readonly<Record<string, (guard: AnyPlug, handler: AnyPlug) => AnyPlug>> = {
  scope: (guard, handler) => of(at('/', guard, ({ get }: Declare) => [get?.('/x', handler)])),
  'list of a scope': (guard, handler) =>
    of(at('/', [pass, guard], ({ get }: Declare) => [get?.('/x', handler)])),
  'first of the list of a scope': (guard, handler) =>
    of(at('/', [guard, pass], ({ get }: Declare) => [get?.('/x', handler)])),
  'outer scope': (guard, handler) =>
    of(
      at('/', guard, ({ scope }: Declare) => [
        scope?.('/', pass, ({ get }: Declare) => [get?.('/x', handler)]),
      ]),
    ),
  'outer scope of a scope without plugs': (guard, handler) =>
    of(at('/', guard, ({ scope }: Declare) => [scope?.('/', ({ get }: Declare) => [get?.('/x', handler)])])),
  'pipeline with a name': (guard, handler) => {
    const { scope } = pipelines({ auth: guard })
    return of((scope as unknown as typeof at)('/', 'auth', ({ get }: Declare) => [get?.('/x', handler)]))
  },
  'before the router': (guard, handler) =>
    join(guard, of(at('/', ({ get }: Declare) => [get?.('/x', handler)]))),
  route: (guard, handler) => of(at('/', ({ get }: Declare) => [get?.('/x', guard, handler)])),
  'list of a route': (guard, handler) =>
    of(at('/', ({ get }: Declare) => [get?.('/x', [pass, guard], handler)])),
  'route of a resource': (guard, handler) =>
    of(at('/', ({ resources }: Declare) => [resources?.('/x', { index: handler }, { plugs: [guard] })])),
  'pipeline as a handler': (guard, handler) =>
    of(at('/', ({ get }: Declare) => [get?.('/x', join(guard, handler))])),
  'scope of a mount': (guard, handler) =>
    of(at('/', guard, ({ forward }: Declare) => [forward?.('/x', handler)])),
  'plugs of a mount': (guard, handler) =>
    of(at('/', ({ forward }: Declare) => [forward?.('/x', guard, handler)])),
  'pipeline that is mounted': (guard, handler) =>
    of(at('/', ({ forward }: Declare) => [forward?.('/x', join(guard, handler))])),
  'mounted router': (guard, handler) =>
    of(
      at('/', pass, ({ forward }: Declare) => [
        forward?.('/', of(at('/', guard, ({ get }: Declare) => [get?.('/x', handler)]))),
      ]),
    ),
  'pipeline before a mounted router': (guard, handler) =>
    of(
      at('/', ({ forward }: Declare) => [
        forward?.('/', join(guard, of(at('/', ({ get }: Declare) => [get?.('/x', handler)])))),
      ]),
    ),
  controller: (guard, handler) => {
    const actions = (controller as unknown as (...args: readonly unknown[]) => Record<string, AnyPlug>)(
      { plugs: [pass, guard] },
      { index: handler },
    )
    return of(at('/', pass, ({ resources }: Declare) => [resources?.('/x', actions)]))
  },
  'controller with a fallback': (guard, handler) => {
    const actions = (controller as unknown as (...args: readonly unknown[]) => Record<string, AnyPlug>)(
      { plugs: [[guard, { only: ['index'] }]], actionFallback: () => text('fallback') },
      { index: handler },
    )
    return of(at('/', ({ get }: Declare) => [get?.('/x', actions['index'])]))
  },
  'scope of a fallback': (guard, handler) =>
    of(at('/', guard, ({ fallback }: Declare) => [fallback?.(handler)])),
  'scope of a fallback with 405': (guard, handler) =>
    of(
      at('/', guard, ({ post, fallback }: Declare) => [
        post?.('/x', text('posted')),
        fallback?.(handler, { methodNotAllowed: true }),
      ]),
    ),
  'pipeline as a fallback': (guard, handler) =>
    of(
      at('/', ({ post, fallback }: Declare) => [
        post?.('/x', text('posted')),
        fallback?.(join(guard, handler), { methodNotAllowed: true }),
      ]),
    ),
}

for (const [place, appOf] of Object.entries(places))
  t.test(`a guard that forgets to halt fails closed: ${place}`, async t => {
    for (const [form, guard] of Object.entries(guards))
      for (const observed of [false, true]) {
        const what = `${form}, ${observed ? 'with' : 'without'} telemetry`
        let handled = 0
        const handler = nameAs('handler', (c: Conn) => {
          handled += 1
          return text('the secret')(c)
        })
        const telemetry = recordTelemetry()
        const app = appOf(guard, handler)
        const served = observed ? (endpoint({ telemetry }, app as never) as unknown as AnyPlug) : app
        const done = await runAsync(served)(conn('GET', '/x'))
        t.equal(done.status, 500, what)
        t.equal(handled, 0, what)
        t.match(
          String((done.error?.cause as Error | undefined)?.message),
          /^(?:guard|when\(guard\)|rescue\(guard\)) has responded and not halted, and \w+ would go on: end it with halt/,
          what,
        )
        t.notMatch(done.respBody, /secret|log in/, what)
      }
  })

t.test('one that halts goes out, in every place, with and without telemetry', async t => {
  const halting = join(nameAs('guard', refuse), halt as AnyPlug)
  for (const [place, appOf] of Object.entries(places))
    for (const observed of [false, true]) {
      const app = appOf(halting, () => {
        throw new Error('it ran')
      })
      const served = observed
        ? (endpoint({ telemetry: recordTelemetry() }, app as never) as unknown as AnyPlug)
        : app
      const done = await runAsync(served)(conn('GET', '/x'))
      t.match(done, { status: 401, respBody: 'log in', error: undefined }, `${place} ${String(observed)}`)
    }
})
