// The first promise of a conn: it never changes. Random sequences of all public operations run on frozen conns, each on
// any conn made before, and every conn must read at the end as it did when it was made.
import { readdirSync } from 'node:fs'
import { right } from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import t from 'tap'
import * as plugboard from '../../lib/index.js'
import { deepFreeze } from '../../lib/testing/index.js'
import { conn as request } from '../../lib/testing/index.js'
import { snapshot } from '../support/snapshot.js'

const {
  appendReqHeader,
  assign,
  attempt,
  badRequest,
  currentPath,
  currentUrl,
  named,
  origin,
  deleteReqHeader,
  deleteRespCookie,
  deleteRespHeader,
  endpoint,
  ensure,
  errorResponse,
  exception,
  fail,
  fetchCookies,
  fetchQueryParams,
  gen,
  getCookies,
  getReqHeader,
  getRespCookies,
  getRespHeader,
  halt,
  html,
  isConn,
  json,
  mergeAssigns,
  mergeParams,
  mergePrivate,
  mergeReqHeaders,
  mergeRespHeaders,
  pipeline,
  prependReqHeaders,
  prependRespHeaders,
  putBodyParams,
  putPrivate,
  putQueryParams,
  putReqHeader,
  putRequest,
  putRespContentType,
  putRespCookie,
  putRespHeader,
  putStatus,
  redirect,
  registerBeforeSend,
  requestUrl,
  rescue,
  resp,
  runner,
  sendFile,
  sendResp,
  shiftPath,
  setCookies,
  stream,
  text,
  updateReqHeader,
  updateRespHeader,
  when,
} = plugboard
type Conn = plugboard.Conn

type Operation = (conn: Conn) => unknown
const some = fc.constantFrom
const made = <A>(values: fc.Arbitrary<A>, operation: (value: A) => Operation): fc.Arbitrary<Operation> =>
  values.map(operation)
const always = (operation: unknown): fc.Arbitrary<Operation> => fc.constant(operation as Operation)

const name = some('a', 'b', '__proto__', 'constructor')
const header = some('x-a', 'x-b', 'vary', 'set-cookie', 'cache-control')
const value = some('1', '2', 'some text')
const fields = fc.array(fc.tuple(header, value), { maxLength: 4 })
const data = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.bigInt(),
  fc.constant(null),
  fc.record({ list: fc.array(fc.integer()), more: fc.dictionary(name, fc.integer()) }),
  fc.uint8Array({ maxLength: 4 }),
)
const status = some<(number | plugboard.StatusName)[]>(200, 201, 404, 'created', 'unprocessableContent')

const own = plugboard.fetchedField('ownOfSpec', 'put it earlier in the pipeline')

/** One way or more to use each exported function on a conn. */
const operations: Readonly<Record<string, fc.Arbitrary<Operation>>> = {
  appendReqHeader: made(fc.tuple(header, value), ([name, value]) => appendReqHeader(name, value)),
  assign: made(fc.tuple(name, data), ([name, value]) => assign(name, value)),
  attempt: made(name, name => conn => attempt(async () => assign(name, 'later')(conn))),
  currentPath: made(fc.boolean(), own => (own ? currentPath : currentPath({ page: 2 }))),
  named: made(name, key => named('it', pipeline(assign(key, 1)))),
  origin: always(origin),
  currentUrl: made(fc.boolean(), own => (own ? currentUrl : currentUrl({ page: 2 }))),
  deleteReqHeader: made(header, deleteReqHeader),
  deleteRespCookie: made(name, name => deleteRespCookie(name)),
  deleteRespHeader: made(header, deleteRespHeader),
  endpoint: made(name, name => conn => endpoint({}, pipeline(assign(name, 1), text('done')))(conn)),
  ensure: made(fc.boolean(), holds => conn => ensure(conn, holds, badRequest('a failure'))),
  errorResponse: made(some(400, 503), status =>
    errorResponse(plugboard.plugError(status, 'Spec', 'a failure')),
  ),
  fail: always((conn: Conn) => fail(conn, badRequest('a failure'))),
  fetchCookies: made(some(undefined, { signed: 'a' }, { encrypted: ['b'] }), options =>
    options === undefined ? fetchCookies : (fetchCookies(options) as Operation),
  ),
  fetchQueryParams: made(fc.boolean(), own => (own ? fetchQueryParams : fetchQueryParams({ length: 4 }))),
  gen: made(
    name,
    key => conn =>
      gen(function* () {
        return assign(key, yield* plugboard.effect.of(1))(conn)
      }),
  ),
  getCookies: always((conn: Conn) => plugboard.isFetched(getCookies(conn))),
  getReqHeader: made(header, getReqHeader),
  getRespCookies: always(getRespCookies),
  getRespHeader: made(header, getRespHeader),
  halt: always(halt),
  html: made(value, html),
  isConn: always(isConn),
  json: made(fc.jsonValue(), json),
  mergeAssigns: made(fc.dictionary(name, data), mergeAssigns),
  mergeParams: made(fc.dictionary(name, data), mergeParams),
  mergePrivate: made(fc.dictionary(name, data), mergePrivate),
  mergeReqHeaders: made(fields, mergeReqHeaders),
  mergeRespHeaders: made(fields, mergeRespHeaders),
  pipeline: made(fc.tuple(name, header, value), ([name, header, value]) =>
    pipeline(assign(name, 1), pipeline(putRespHeader(header, value)), (conn: Conn) => () => right(conn)),
  ),
  prependReqHeaders: made(fields, prependReqHeaders),
  prependRespHeaders: made(fields, prependRespHeaders),
  putBodyParams: made(fc.dictionary(name, data), putBodyParams),
  putPathParams: made(fc.dictionary(name, value), params => plugboard.putPathParams(params)),
  putPrivate: made(fc.tuple(name, data), ([name, value]) => putPrivate(name, value)),
  putQueryParams: made(fc.dictionary(name, value), putQueryParams),
  putReqHeader: made(fc.tuple(header, value), ([name, value]) => putReqHeader(name, value)),
  putRequest: made(
    fc.record(
      {
        method: some('GET', 'PUT'),
        scheme: some('http', 'https'),
        host: some('a.test', '[::1]'),
        port: fc.integer({ min: 1, max: 65_535 }),
        path: some('/', '/a', '/a//b'),
        remoteIp: some('10.0.0.1', '::1'),
      },
      { requiredKeys: [] },
    ),
    // under a mount only a path that begins with its script name is taken
    parts => conn =>
      putRequest({
        ...(parts as Parameters<typeof putRequest>[0]),
        path: conn.scriptName.length > 0 ? undefined : parts.path,
      })(conn),
  ),
  putRespContentType: made(some('text/css', 'image/png'), type => putRespContentType(type)),
  putRespCookie: made(
    fc.tuple(name, value, some({}, { sign: true }, { encrypt: true }, { maxAge: 0 })),
    ([name, value, options]) => putRespCookie(name, value, options),
  ),
  putRespHeader: made(fc.tuple(header, value), ([name, value]) => putRespHeader(name, value)),
  putRoute: made(fc.dictionary(name, value), params =>
    plugboard.putRoute({ method: 'GET', pattern: '/', metadata: {} }, params),
  ),
  putStatus: made(status, putStatus),
  redirect: made(some('/a', { external: 'https://example.com/' }), redirect),
  registerBeforeSend: made(fc.tuple(header, value), ([name, value]) =>
    registerBeforeSend(putRespHeader(name, value)),
  ),
  requestUrl: always(requestUrl),
  rescue: made(value, value => rescue(() => text(value))((conn: Conn) => fail(conn, badRequest('no')))),
  resp: made(fc.tuple(status, value), ([status, value]) => resp(status, value)),
  runner: made(
    some<Operation[]>(text('done'), halt, conn => fail(conn, exception('x'))),
    plug => runner(plug),
  ),
  sendFile: made(status, status => sendFile(status, 'a.txt')),
  sendResp: made(fc.tuple(status, value), ([status, value]) => sendResp(status, value)),
  shiftPath: made(
    fc.integer({ min: -2, max: 2 }),
    count => conn =>
      count > conn.segments.length || count < -conn.scriptName.length ? conn : shiftPath(count)(conn),
  ),
  fetchedWriter: made(
    fc.tuple(some('cookies', 'flash'), fc.dictionary(name, value), fc.boolean()),
    ([field, entries, hooked]) => {
      const write = plugboard.fetchedWriter(field as 'cookies', hooked ? halt : undefined)
      return conn => write(conn, entries)
    },
  ),
  getCookieMemo: always(plugboard.getCookieMemo),
  getFetched: always(plugboard.getFetched(own)),
  portOf: always(plugboard.portOf('own', {})),
  ports: made(name, name => plugboard.ports(name, {})),
  putFetched: made(fc.dictionary(name, data), entries => plugboard.putFetched(own, entries)),
  putRespHeaders: made(fields, pairs => plugboard.putRespHeaders(plugboard.headerList(pairs))),
  responseOf: made(value, value => conn => plugboard.responseOf(text(value)(conn))),
  sessionWriter: made(name, name => {
    const write = plugboard.sessionWriter(name)
    return conn => write(conn, { id: undefined, data: { name }, changes: [], info: undefined })
  }),
  setCookies: always(setCookies),
  stream: made(status, status => stream(status, { [Symbol.asyncIterator]: () => ({}) as never })),
  telemetryPort: always(plugboard.telemetryPort),
  text: made(value, text),
  updateReqHeader: made(fc.tuple(header, value), ([name, value]) =>
    updateReqHeader(name, value, old => `${old}, ${value}`),
  ),
  updateRespHeader: made(fc.tuple(header, value), ([name, value]) =>
    updateRespHeader(name, value, old => `${old}, ${value}`),
  ),
  when: made(fc.tuple(fc.boolean(), name), ([applies, name]) => when(() => applies, assign(name, 1))),
}

/** The modules whose functions take no conn: what they are for are texts, failures and effects. */
const aside = ['error.js', 'fetched.js', 'effect.js', ...readdirSync(new URL('../../lib/http/', import.meta.url)).map(name => `http/${name}`)] // prettier-ignore

t.test('every exported function is among the operations, or takes no conn', async t => {
  const others = new Set<unknown>([
    plugboard.pipe,
    plugboard.flow,
    plugboard.checkSecretKeyBase,
    plugboard.orFail,
    plugboard.raise,
    plugboard.failure,
    plugboard.fails,
    plugboard.failuresOf,
    plugboard.checkAtBoot,
    plugboard.checkedAtBoot,
    plugboard.connOf,
    plugboard.conditionsOf,
    plugboard.endpointOf,
    plugboard.fetchedField,
  ])
  for (const name of aside.filter(name => name.endsWith('.js'))) {
    const module = (await import(`../../lib/${name}`)) as Readonly<Record<string, unknown>>
    for (const value of Object.values(module)) others.add(value)
  }
  const functions = Object.entries(plugboard).flatMap(([name, value]) =>
    typeof value === 'function' && !others.has(value) ? [name] : [],
  )
  t.strictSame(functions.sort(), Object.keys(operations).sort())
})

/** Executes an operation: the conn it gives, if it gives one. */
const execute = async (operation: Operation, conn: Conn): Promise<Conn | undefined> => {
  const result = operation(conn)
  const outcome: unknown = typeof result === 'function' ? await result() : await result
  const given =
    typeof outcome === 'object' && outcome !== null && 'right' in outcome ? outcome.right : outcome
  return isConn(given) ? given : undefined
}

const first = (): Conn =>
  request('POST', 'https://www.example.com:8443/a//b?page=1&tags[]=x', {
    headers: { 'x-a': ['1', '2'], accept: 'text/html' },
    cookies: { a: 'forged', b: 'forged', c: 'plain' },
    form: { title: 'a title' },
    assigns: { user: { name: 'Ada', roles: ['admin'] } },
  })

t.test('no operation changes a conn that was there before', async t => {
  const step = fc.tuple(fc.nat(), fc.oneof(...Object.values(operations)))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
      const conns = [first()]
      const before = conns.map(conn => snapshot(conn))
      for (const [at, operation] of steps) {
        const next = await execute(operation, conns[at % conns.length] as Conn)
        if (next === undefined || conns.includes(next)) continue
        conns.push(next)
        before.push(snapshot(next))
      }
      conns.forEach((conn, i) => {
        if (snapshot(conn) !== before[i])
          throw new Error(`conn ${i} changed: ${before[i]} is now ${snapshot(conn)}`)
      })
    }),
    { numRuns: 400 },
  )
  t.pass('in 400 random sequences of up to 40 operations')
})

t.test('a conn that is frozen to the bottom passes through every operation', async t => {
  for (const [name, operation] of Object.entries(operations)) {
    const conn = deepFreeze(first())
    t.ok(Object.isFrozen(conn) && Object.isFrozen(conn.assigns))
    for (const one of fc.sample(operation, 5)) {
      const next = await execute(one, conn)
      t.ok(next === undefined || Object.isFrozen(next), name)
    }
  }
})

t.test('an operation gives the same on the same conn, however often it runs', async t => {
  for (const [name, operation] of Object.entries(operations))
    for (const one of fc.sample(operation, 5)) {
      const conn = first()
      const [once, twice] = [await execute(one, conn), await execute(one, conn)]
      t.equal(once && snapshot(once, false), twice && snapshot(twice, false), name)
    }
})
