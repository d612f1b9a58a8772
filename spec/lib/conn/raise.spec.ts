import t from 'tap'
import { caught, raise, raised } from '../../../lib/conn/raise.js'
import { invalidHeader } from '../../../lib/error.js'
import {
  attempt,
  effect,
  pipeline,
  plugError,
  registerBeforeSend,
  rescue,
  runner,
  text,
  when,
  type AnyPlug,
  type Conn,
} from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'

t.test('a failure that was thrown is taken out again, with what was thrown as its cause', async t => {
  const error = invalidHeader('no such name')
  t.throws(() => raise(error), { name: 'PlugboardError', message: 'no such name' })
  const thrown = raised(error)
  t.ok(thrown instanceof TypeError)
  const back = caught(thrown)
  t.match(back, { _tag: 'InvalidHeader', status: 500, message: 'no such name' })
  t.equal(back.cause, thrown)
  t.ok(Object.isFrozen(back))
})

t.test('anything else that was thrown is an exception', async t => {
  for (const thrown of [new Error('secret'), 'text', undefined, null]) {
    const failure = caught(thrown)
    t.match(failure, { _tag: 'Exception', status: 500, message: 'Internal Server Error' })
    t.equal(failure.cause, thrown)
  }
})

t.test('a failure that is thrown by itself is the failure', async t => {
  const error = invalidHeader('not thrown by raise')
  t.equal(caught(error), error)
})

const phrase = (status: number) =>
  ({ 404: 'Not Found', 418: "I'm a teapot", 429: 'Too Many Requests', 503: 'Service Unavailable' })[status]

t.test('an error that knows its status is answered with it, and says no more than the phrase', async t => {
  for (const status of [404, 503]) {
    const thrown = Object.assign(new RangeError('a secret'), { plugStatus: status })
    t.strictSame(caught(thrown), { _tag: 'AppError', name: 'RangeError', status, message: phrase(status), cause: thrown }) // prettier-ignore
  }
  for (const plugStatus of [399, 600, 404.5, '404', null, Number.NaN, 404n, {}])
    t.match(caught(Object.assign(new Error('x'), { plugStatus })), { _tag: 'Exception', status: 500 })
})

t.test('an error of http-errors is answered with its status, and its message if it exposes it', async t => {
  const httpError = (status: number, expose: unknown, more = {}) =>
    Object.assign(new Error('the message'), { status, statusCode: status, expose, ...more })
  t.match(caught(httpError(404, true)), { _tag: 'AppError', status: 404, message: 'the message' })
  t.match(caught(httpError(404, false)), { status: 404, message: 'Not Found' })
  t.match(caught(httpError(503, true)), { status: 503, message: 'Service Unavailable' }, 'a 5xx never')
  t.match(caught(httpError(503, false)), { status: 503, message: 'Service Unavailable' })
  for (const expose of [undefined, 'true', 1, null])
    t.match(
      caught(httpError(404, expose)),
      { _tag: 'Exception', status: 500 },
      'without expose it is not believed',
    )
  t.match(caught(httpError(200, true)), { _tag: 'Exception', status: 500 })
  t.match(
    caught({ status: 404, expose: true, message: 'x' }),
    { status: 500 },
    'what is not an Error is not one',
  )
  t.match(
    caught(httpError(404, true, { plugStatus: 418 })),
    { status: 418, message: phrase(418) },
    'plugStatus goes first, and the message belongs to the other',
  )
})

t.test('of the headers of such an error, those that are valid are sent', async t => {
  const headers = {
    'Retry-After': '60',
    'x-a': 'a\r\nb',
    'x b': 'c',
    'x-number': 7,
    'content-length': '10',
    'transfer-encoding': 'chunked',
  }
  const of = (headers: unknown) =>
    caught(Object.assign(new Error('x'), { status: 429, expose: true, headers }))
  t.strictSame(of(headers).headers, { 'retry-after': '60' })
  for (const none of [undefined, null, 'x', {}, [], 7, { 'x-a': '\n' }]) t.notOk('headers' in of(none))
})

t.test('a status alone is not believed: clients of other servers throw errors that hold theirs', async t => {
  for (const more of [
    { status: 401 },
    { statusCode: 404 },
    { status: 404, response: { status: 404 } },
    { code: 404 },
  ])
    t.match(caught(Object.assign(new Error('x'), more)), { _tag: 'Exception', status: 500 })
})

t.test('tags of others are no failures of ours', async t => {
  for (const thrown of [
    { _tag: 'RequestError', status: 404, message: 'x' },
    { _tag: 'toString', status: 404, message: 'x' },
    { _tag: 'AppError', status: 404, message: 'x' },
    { _tag: 'NoRoute', status: '404', message: 'x' },
  ])
    t.match(caught(thrown), { _tag: 'Exception', status: 500, cause: thrown })
})

t.test(
  'a failure keeps its details and headers when it is thrown, and its cause is with what was thrown',
  async t => {
    const cause = new Error('beneath')
    const error = plugError(422, 'Invalid', 'no', { details: { n: 1 }, headers: { 'x-a': '1' }, cause })
    const back = caught(raised(error))
    t.match(back, { name: 'Invalid', status: 422, details: { n: 1 }, headers: { 'x-a': '1' } })
    t.equal((back.cause as Error).cause, cause)
    t.notOk('cause' in raised(invalidHeader('x')))
  },
)

t.test('what cannot be read is a bug, and is not handed on to what logs it', async t => {
  const refuse = (): never => {
    throw new Error('a trap')
  }
  const traps = {
    get: refuse,
    getPrototypeOf: refuse,
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const getter = (name: string, base: object) => Object.defineProperty(base, name, { get: refuse })
  for (const thrown of [
    new Proxy({}, traps),
    new Proxy(new Error('x'), traps),
    new Proxy(() => 1, traps),
    proxy,
    getter('plugStatus', new Error('x')),
    getter('message', Object.assign(new Error(), { plugStatus: 404 })),
    Object.assign(new Error('x'), { status: 404, expose: true, headers: new Proxy({}, traps) }),
  ]) {
    const failure = caught(thrown)
    t.match(failure, { _tag: 'Exception', status: 500, message: 'Internal Server Error' })
    t.match(failure.cause, {
      name: 'TypeError',
      message: 'what was thrown cannot be read: a getter or a Proxy throws',
    })
  }
  t.match(caught(getter('_tag', {})), { _tag: 'Exception' }, 'as something that is no failure')
})

t.test('wherever it is thrown, a request is answered with it', async t => {
  const error = plugError(422, 'Invalid', 'no such thing')
  const refuse = (): never => {
    throw new Error('a trap')
  }
  const hostile = new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse })
  const thrown = [
    [error, 422],
    [raised(error), 422],
    [Object.assign(new Error('x'), { plugStatus: 404 }), 404],
    [Object.assign(new Error('x'), { status: 409, expose: true }), 409],
    [new Error('x'), 500],
    [hostile, 500],
    [undefined, 500],
  ] as const
  for (const [value, status] of thrown) {
    const toss = (): never => {
      throw value
    }
    const plugs: Readonly<Record<string, AnyPlug>> = {
      'in a plug': toss,
      'in an effect': () => toss,
      'rejected by an effect': () => () => Promise.reject(value),
      'in attempt': () => attempt(async () => toss()),
      'in a hook': pipeline(registerBeforeSend(toss), text('x')) as AnyPlug,
      'in a hook later': pipeline(
        registerBeforeSend(() => attempt(async () => toss())),
        text('x'),
      ) as AnyPlug,
      "in rescue's handler": rescue(toss)(toss) as AnyPlug,
      'in chain': (c: Conn) => effect.chain(() => toss())(effect.of(c)),
      'in a condition': when(toss, text('x')) as AnyPlug,
    }
    for (const [place, plug] of Object.entries(plugs)) {
      const done = await runner(plug)(conn('GET', '/'))
      t.equal(done.status, status, `${String(status)} ${place}`)
      t.notMatch(done.respBody, 'secret')
    }
  }
})
