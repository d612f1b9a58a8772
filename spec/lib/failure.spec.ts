import * as D from 'io-ts'
import t from 'tap'
import {
  accepts,
  fetchSession,
  memoryStore,
  memoryTable,
  cookieStore,
  parsers,
  protectFromForgery,
  proxy,
  session,
} from '../../plugs/index.js'
import { controller, int, router, scope } from '../../router/index.js'
import {
  assign,
  badRequest,
  endpoint,
  errorResponse,
  fail,
  failure,
  fails,
  failuresOf,
  fetchQueryParams,
  invalidQuery,
  isPlugError,
  named,
  noRoute,
  pipeline,
  rescue,
  text,
  when,
  type AnyPlug,
  type Conn,
} from '../../lib/index.js'
import { withStatus } from '../../lib/failure.js'
import { conn, run } from '../../lib/testing/index.js'

const unauthorized = failure(401, 'Unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
const forbidden = failure(403, 'Forbidden')
const until = D.type({ until: D.string })
const soldOut = failure(409, 'SoldOut', { message: 'This item is sold out', details: until })
const busy = failure(503, 'Busy', { details: until })
const shown = (plug: AnyPlug) => failuresOf(plug).map(({ status, name }) => `${status} ${name}`)
const guard = () => fails(unauthorized)((c: Conn) => fail(c, unauthorized()))
const json = conn('GET', '/', { headers: { accept: 'application/json' } })

t.test('a kind makes failures, and is data', async t => {
  t.strictSame(unauthorized(), {
    _tag: 'AppError',
    name: 'Unauthorized',
    status: 401,
    message: 'Unauthorized',
    headers: { 'www-authenticate': 'Bearer' },
  })
  t.strictSame(forbidden('Only admins'), {
    _tag: 'AppError',
    name: 'Forbidden',
    status: 403,
    message: 'Only admins',
  })
  t.match(soldOut({ until: 'Monday' }), { message: 'This item is sold out', details: { until: 'Monday' } })
  t.match(soldOut({ until: 'Monday' }, 'Gone'), { message: 'Gone', details: { until: 'Monday' } })
  const cause = new Error('beneath')
  t.match(unauthorized('No', { cause, headers: { 'x-a': '1' } }), {
    cause,
    headers: { 'www-authenticate': 'Bearer', 'x-a': '1' },
  })
  t.strictSame(
    [soldOut.status, soldOut.name, soldOut.details, unauthorized.details],
    [409, 'SoldOut', until, undefined],
  )
  t.ok(isPlugError(unauthorized()) && Object.isFrozen(unauthorized()) && Object.isFrozen(unauthorized))
})

t.test('details are public in JSON, of a 4xx alone; the cause never is', async t => {
  const details = { until: 'Monday' }
  const cause = new Error('a secret')
  const bodyOf = (error: Parameters<typeof errorResponse>[0], c = json) => errorResponse(error)(c).respBody
  t.equal(
    bodyOf(soldOut(details, 'Sold', { cause })),
    '{"errors":{"detail":"Sold","details":{"until":"Monday"}}}',
  )
  t.equal(bodyOf(busy(details, 'Wait', { cause })), '{"errors":{"detail":"Service Unavailable"}}')
  for (const accept of ['text/html', 'text/plain'])
    t.notMatch(
      bodyOf(soldOut(details, 'Sold', { cause }), conn('GET', '/', { headers: { accept } })),
      'Monday',
    )
})

t.test('details that JSON cannot hold are left out, and harm nothing', async t => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const throwing = {
    toJSON: () => {
      throw new Error('a trap')
    },
  }
  for (const details of [1n, cyclic, throwing, () => 1, Symbol('x'), { n: 1n }]) {
    const error = soldOut(details as never)
    t.match(run((c: Conn) => fail(c, error))(json), {
      status: 409,
      respBody: '{"errors":{"detail":"This item is sold out"}}',
    })
  }
  t.match(run((c: Conn) => fail(c, soldOut(null as never)))(json), {
    respBody: '{"errors":{"detail":"This item is sold out","details":null}}',
  })
})

t.test('mistakes are refused where a kind is declared', async t => {
  for (const status of [399, 600, 404.5, Number.NaN, undefined])
    t.throws(() => failure(status as number, 'X'), {
      name: 'TypeError',
      message: `failure: status must be an integer from 400 to 599, got ${String(status)}`,
    })
  for (const [name, shown] of [
    ['', '""'],
    [undefined, 'undefined'],
    [7, '7'],
  ] as const)
    t.throws(() => failure(404, name as string), {
      message: `failure: name must be a non-empty string, got ${shown}`,
    })
  for (const [options, message] of [
    [null, 'options must be an object, got null'],
    [{ detail: until }, 'unknown option detail; expected details, message or headers'],
    [{ details: 7 }, 'details must be a Standard Schema or an io-ts codec, got 7'],
    [{ details: {} }, 'details must be a Standard Schema or an io-ts codec, got an object'],
    [{ message: '' }, 'message must be a non-empty string, got ""'],
    [{ headers: { a: 1 } }, 'headers must be an object with string values, got an object'],
  ] as const)
    t.throws(() => failure(404, 'X', options as never), { name: 'TypeError', message: `failure: ${message}` })
  t.doesNotThrow(() => failure(404, 'X', { details: { '~standard': {} } }))
  const callable = Object.assign(() => 1, { '~standard': {} })
  t.doesNotThrow(() => failure(404, 'X', { details: callable }), 'a schema may be a function')
})

t.test('fails takes kinds and a plug', async t => {
  for (const odd of [
    undefined,
    null,
    'x',
    {},
    () => 1,
    { status: 200, name: 'X' },
    { status: 404, name: '' },
  ])
    t.throws(() => fails(forbidden, odd as never), {
      name: 'TypeError',
      message: /^fails: kind 2 must be made by failure, and is /,
    })
  t.throws(() => fails(forbidden)(7 as never), {
    message: 'fails: the plug must be a function from a conn, and is a number',
  })
  const plug = (c: Conn) => fail(c, forbidden())
  t.equal(fails(forbidden)(plug), plug, 'what it returns is the plug itself')
  fails(noRoute)(plug as AnyPlug as never)
  t.strictSame(shown(plug), ['403 Forbidden', '404 NoRoute'], 'declarations add up')
  t.strictSame(shown(text('x')), [])
})

t.test('declarations are read through all that plugs are made of', async t => {
  const own = ['401 Unauthorized']
  t.strictSame(shown(guard()), own)
  t.strictSame(shown(pipeline(assign('a', 1), guard())), own)
  t.strictSame(shown(pipeline(pipeline(guard()))), own)
  t.strictSame(shown(named('api', pipeline(guard()))), own)
  t.strictSame(shown(when(() => true, guard())), own)
  t.strictSame(shown(pipeline(when(() => true, pipeline(guard())))), own)
  const whole = fails(forbidden)(pipeline(assign('a', 1)))
  t.strictSame(shown(whole), ['403 Forbidden'], 'what is declared of a pipeline as a whole')
  t.strictSame(shown(pipeline(whole, guard())), ['403 Forbidden', '401 Unauthorized'], 'also inside another')
  t.strictSame(shown(named('api', pipeline(pipeline(whole)))), ['403 Forbidden'])
  t.strictSame(shown(endpoint({}, pipeline(guard(), text('x')))), own)
  t.strictSame(shown(rescue(() => text('x'))(guard())), [], 'rescue takes them out')
  t.strictSame(shown(pipeline(guard(), guard(), pipeline(guard()))), own, 'each once')
})

t.test('a router may fail with what its scopes and handlers may, and with its own', async t => {
  const handler = fails(forbidden)((c: Conn) => fail(c, forbidden()))
  const app = router(
    scope('/', guard() as AnyPlug as never, ({ get }) => [get('/', handler as never)]),
    scope('/c', ({ get }) => [
      get(
        '/',
        controller({ plugs: [fails(soldOut)((c: Conn): Conn => c)] }, { index: text('x') as never })
          .index as never,
      ),
    ]),
  )
  t.strictSame(new Set(shown(app)), new Set(['400 BadRequest', '404 NoRoute', '401 Unauthorized', '403 Forbidden', '409 SoldOut'])) // prettier-ignore
  const decoding = router(scope('/', ({ get }) => [get('/:id', { id: int }, text('x'))]))
  t.strictSame(shown(decoding), ['400 BadRequest', '404 NoRoute', '400 InvalidParams', '404 InvalidParams'])
})

t.test('the shipped plugs declare what they may fail with', async t => {
  const query = ['400 InvalidQuery', '414 InvalidQuery']
  t.strictSame(shown(fetchQueryParams as AnyPlug), query)
  t.strictSame(shown(fetchQueryParams({ length: 10 })), query)
  const body = [
    ...query,
    '400 BadRequest',
    '400 BadEncoding',
    '400 ParseError',
    '408 RequestTimeout',
    '413 RequestTooLarge',
    '415 UnsupportedMediaType',
  ]
  t.strictSame(shown(parsers()), body)
  t.strictSame(shown(accepts(['html'])), ['406 NotAcceptable'])
  const forgery = ['403 InvalidCsrfToken', '403 InvalidCrossOriginRequest']
  t.strictSame(shown(protectFromForgery as AnyPlug), forgery)
  t.strictSame(shown(protectFromForgery({ sessionKey: 'k' })), forgery)
  t.strictSame(shown(protectFromForgery({ mode: 'fetchMetadata' })), [forgery[1]])
  t.strictSame(shown(session({ store: memoryStore(memoryTable()), key: 'k', ttl: 60 } as never)), [
    '503 SessionUnavailable',
  ])
  t.strictSame(shown(session({ store: cookieStore({ signingSalt: 'salt' }), key: 'k' })), [])
  t.strictSame(shown(fetchSession as AnyPlug), [])
  const via = { send: () => () => ({ _tag: 'Left', left: badRequest('x') }) } as never
  t.strictSame(shown(proxy({ to: 'http://127.0.0.1:1', via })), [
    '400 BadRequest',
    '408 RequestTimeout',
    '413 RequestTooLarge',
    '501 NotProxied',
    '502 BadGateway',
    '504 GatewayTimeout',
  ])
  t.strictSame(shown(pipeline(accepts(['html']), parsers())), ['406 NotAcceptable', ...body])
})

t.test("Plugboard's own makers are kinds too", async t => {
  t.strictSame(
    [badRequest.status, badRequest.name, noRoute.status, noRoute.name],
    [400, 'BadRequest', 404, 'NoRoute'],
  )
  t.strictSame(withStatus(invalidQuery, 414), { status: 414, name: 'InvalidQuery' })
})
