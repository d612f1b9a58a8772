// A plug that returns something made from a conn without its functions has made a mistake. Wherever it stands, the client
// gets a 500, and the log a sentence that names the plug and says what to do: nothing is thrown, and no promise rejects.
import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  endpoint,
  fail,
  halt,
  pipe,
  pipeline,
  plugError,
  putStatus,
  registerBeforeSend,
  rescue,
  runner,
  text,
  when,
  type Conn,
} from '../../lib/index.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import { serve } from '../../lib/adapters/node.js'
import { controller, router, scope } from '../../router/index.js'
import { conn, recordTelemetry } from '../../lib/testing/index.js'

const refuse = (): never => {
  throw new Error('a trap')
}
const traps = [
  'get',
  'set',
  'has',
  'deleteProperty',
  'ownKeys',
  'getPrototypeOf',
  'setPrototypeOf',
  'getOwnPropertyDescriptor',
  'defineProperty',
  'isExtensible',
  'preventExtensions',
]
const hostile = Object.fromEntries(traps.map(trap => [trap, refuse]))

const forms: Readonly<Record<string, (conn: Conn) => unknown>> = {
  clone: c => Object.assign(Object.create(Object.getPrototypeOf(c) as object) as object, c),
  'frozen clone': c => Object.freeze(Object.assign(Object.create(Object.getPrototypeOf(c)), c)),
  spread: c => ({ ...c, remoteIp: '127.0.0.1' }),
  'frozen spread': c => Object.freeze({ ...c }),
  child: c => Object.create(c),
  'empty prototype': c => Object.create(Object.getPrototypeOf(c)),
  proxy: c => new Proxy(c, {}),
  'structured clone': c => structuredClone({ ...c }),
  'proxy of a proxy': c => new Proxy(new Proxy(c, {}), {}),
  'hostile proxy': c => new Proxy(c, hostile),
  'revoked proxy': c => {
    const { proxy, revoke } = Proxy.revocable(c, {})
    revoke()
    return proxy
  },
}

/** What a plug does with the copy that it makes. */
const ways: Readonly<Record<string, (made: unknown) => unknown>> = {
  returned: made => made,
  'by an effect': made => () => right(made),
  'by an asynchronous effect': made => () => Promise.resolve(right(made)),
  'bare by an effect': made => () => made,
}

type Culprit = (conn: Conn) => unknown
const joined = (...plugs: readonly unknown[]): AnyPlug =>
  pipeline(...(plugs as never[])) as unknown as AnyPlug
const inScope = (through: unknown, handler: unknown): AnyPlug =>
  router(scope('/', through as never, ({ get }) => [get('/', handler as never)])) as AnyPlug

const places: Readonly<Record<string, (culprit: Culprit) => AnyPlug>> = {
  'the only plug': culprit => culprit as AnyPlug,
  'the first plug': culprit => joined(culprit, text('x')),
  'the last plug': culprit => joined(putStatus(201), culprit),
  'a pipeline in a pipeline': culprit => joined(pipeline(culprit as never), text('x')),
  when: culprit =>
    joined(
      when(() => true, culprit as AnyPlug),
      text('x'),
    ),
  'a rescued plug': culprit => joined(rescue(error => c => fail(c, error))(culprit as AnyPlug), text('x')),
  "rescue's handler": culprit =>
    joined(rescue(() => culprit as never)((c: Conn) => fail(c, plugError(409, 'Taken', 'taken')))),
  'a hook': culprit => joined(registerBeforeSend(culprit as never), text('x')),
  'a hook of a failure': culprit =>
    joined(registerBeforeSend(culprit as never), (c: Conn) => fail(c, plugError(409, 'Taken', 'taken'))),
  handler: culprit => inScope(putStatus(200), culprit),
  'a scope': culprit => inScope(culprit, text('x')),
  'a list of a scope': culprit => inScope([putStatus(200), culprit], text('x')),
  'a fallback': culprit =>
    router(
      scope('/other', ({ get }) => [get('/', text('x'))]),
      scope('/', ({ fallback }) => [fallback(culprit as never)]),
    ) as AnyPlug,
  'a mount': culprit => router(scope('/', ({ forward }) => [forward('/', culprit as never)])) as AnyPlug,
  'an action': culprit => inScope(putStatus(200), controller({}, { index: culprit as never }).index),
  'a plug of a controller': culprit =>
    inScope(putStatus(200), controller({ plugs: [culprit as never] }, { index: text('x') as never }).index),
  'an action with a fallback': culprit =>
    inScope(
      putStatus(200),
      controller({ actionFallback: () => text('fallen') }, { index: culprit as never }).index,
    ),
  'an action fallback': culprit =>
    inScope(
      putStatus(200),
      controller({ actionFallback: () => culprit as never }, { index: (() => left('no')) as never }).index,
    ),
  'an endpoint': culprit => endpoint({}, culprit as never) as AnyPlug,
}

const blank = conn('GET', '/')
const told =
  /(?:culprit|app|handler of rescue|index|actionFallback).* (?:returned|came to) .*a conn is changed by the functions of plugboard, as in assign/

/** The final conn of a plug; what it throws or rejects with fails the spec. */
const ending = async (plug: AnyPlug): Promise<Conn> => runner(plug)(blank)

for (const [place, stand] of Object.entries(places))
  t.test(`a copy of a conn, ${place}`, async t => {
    for (const [form, copy] of Object.entries(forms))
      for (const [way, hand] of Object.entries(ways)) {
        const culprit: Culprit = Object.defineProperty((c: Conn) => hand(copy(c)), 'name', {
          value: 'culprit',
        })
        const done = await ending(stand(culprit))
        const about = `${form} ${way}`
        t.equal(done.status, 500, about)
        t.equal(done.respBody, 'Internal Server Error\n', about)
        t.match(String(done.error?.cause), told, about)
      }
  })

t.test('a copy that renders a failure: the plain response stands in', async t => {
  const taken = plugError(409, 'Taken', 'taken')
  for (const [form, copy] of Object.entries(forms))
    for (const hand of Object.values(ways))
      for (const [error, status] of [
        [taken, 409],
        [undefined, 500],
      ] as const) {
        const renderErrors = () => ((c: Conn) => hand(copy(c))) as AnyPlug
        const plug = (c: Conn) => (error === undefined ? refuse() : fail(c, error))
        const done = await runner(plug, renderErrors)(blank)
        t.match(done, { status, respBody: status === 409 ? 'taken\n' : 'Internal Server Error\n' }, form)
      }
})

t.test('with telemetry, and as a plug of an endpoint in another', async t => {
  for (const [form, copy] of Object.entries(forms)) {
    const telemetry = recordTelemetry()
    const culprit = (c: Conn) => copy(c)
    const app = endpoint({ telemetry }, inScope(culprit, text('x')) as never)
    t.match(await app.run(conn('GET', '/')), { status: 500 }, form)
    t.match(await endpoint({}, endpoint({ telemetry }, culprit as never)).run(blank), { status: 500 }, form)
  }
})

t.test('a copy that is given to a function of plugboard', async t => {
  for (const [form, copy] of Object.entries(forms)) {
    const done = await ending(((c: Conn) => pipe(copy(c) as Conn, text('x'), halt)) as AnyPlug)
    t.match(done, { status: 500, error: { _tag: 'Exception' } }, form)
  }
})

t.test('over a socket: a 500 each, and the process goes on', async t => {
  const causes: string[] = []
  // each form in each way at one place, and two forms at every place
  const wanted = (form: string, way: string, place: string) =>
    place === 'the only plug' || (way !== 'bare by an effect' && /^(?:clone|hostile proxy)$/.test(form))
  const all = Object.entries(forms).flatMap(([form, copy]) =>
    Object.entries(ways).flatMap(([way, hand]) =>
      Object.entries(places).flatMap(([place, stand]) => {
        const culprit: Culprit = Object.defineProperty((c: Conn) => hand(copy(c)), 'name', {
          value: 'culprit',
        })
        return wanted(form, way, place) ? [[`${form} ${way}, ${place}`, stand(culprit)] as const] : []
      }),
    ),
  )
  let at = 0
  const app = (c: Conn): unknown => (all[at] as (typeof all)[number])[1](c)
  const server = await serve(app as never, {
    port: 0,
    host: '127.0.0.1',
    onError: cause => void causes.push(String(cause)),
  })()
  if (server._tag === 'Left') throw server.left
  const url = `http://127.0.0.1:${server.right.port}`
  for (; at < all.length; at++) {
    causes.length = 0
    const response = await fetch(url)
    const about = (all[at] as (typeof all)[number])[0]
    t.equal(response.status, 500, about)
    await response.text()
    t.match(causes, [told], about)
  }
  await server.right.stop()
})

t.test(
  'a copy that is given to a function of a conn: a 500 that says what to do, with the lines of what was called',
  async t => {
    const uses: Readonly<Record<string, (copy: Conn) => unknown>> = {
      text: text('x'),
      putStatus: putStatus(201),
      halt,
      fail: copy => fail(copy, plugError(409, 'Taken', 'Taken')),
    }
    for (const form of ['clone', 'child', 'proxy', 'spread'])
      for (const [name, use] of Object.entries(uses)) {
        const misled = (c: Conn): unknown => use((forms[form] as (conn: Conn) => Conn)(c))
        const done = await runner(misled as AnyPlug)(conn('GET', '/'))
        t.equal(done.status, 500, `${form} ${name}`)
        t.match(done.error?.cause, {
          message:
            /^a function of a conn was given a copy of one .*a conn is changed by the functions of plugboard/,
          stack: /misled/,
          cause: TypeError,
        })
      }
    // an error of another class is as it was
    class Other {
      readonly #rest = 1
      static read(other: object): unknown {
        return (other as Other).#rest
      }
    }
    const other = await runner((() => Other.read({})) as AnyPlug)(conn('GET', '/'))
    t.match(other.error?.cause, { message: /^Cannot read private member #rest/ })
  },
)
