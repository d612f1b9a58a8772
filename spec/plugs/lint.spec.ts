import t from 'tap'
import { left, right } from 'fp-ts/lib/Either.js'
import {
  assign,
  attempt,
  badRequest,
  effect,
  ensure,
  fail,
  fetchCookies,
  fetchQueryParams,
  gen,
  halt,
  json,
  mergePrivate,
  named,
  noRoute,
  pipe,
  pipeline,
  plugError,
  putRespCookie,
  putRespHeader,
  registerBeforeSend,
  sendFile,
  stream,
  text,
  when,
  type AnyPlug,
  type Conn,
  type Observer,
} from '../../lib/index.js'
import { notFetched } from '../../lib/fetched.js'
import { putHeader } from '../../lib/http/headers.js'
import { ConnRecord } from '../../lib/conn/record.js'
import type { Changes } from '../../lib/conn/rest.js'
import type { RequestSource } from '../../lib/conn/source.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'
import {
  accepts,
  head,
  lint,
  markup,
  parsers,
  putRootLayout,
  putSecureBrowserHeaders,
  render,
  requestId,
} from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

/** What lint says of a plug. The conn is not frozen, as it would be in production. */
const said = (plug: (conn: Conn) => unknown, request: Conn = loose()): string =>
  String(run(lint(plug))(request).error?.cause ?? 'nothing').replace('TypeError: lint: ', '')

/** A conn that can be mutated. */
const loose = (): Conn => {
  const made = ConnRecord.of(sourceOf(conn('GET', '/?a[b]=1')))
  return ConnRecord.assign(ConnRecord.assign(made, 'user', { name: 'Ada' }), 'tags', ['x'])
}

const sourceOf = (c: Conn): RequestSource => ({
  method: c.method,
  scheme: c.scheme,
  host: c.host,
  port: c.port,
  path: c.path,
  segments: [...c.segments],
  scriptName: [],
  queryString: c.queryString,
  reqHeaders: c.reqHeaders,
  remoteIp: c.remoteIp,
  httpVersion: c.httpVersion,
  body: c.body,
  now: c.now,
  entropy: (label, length) => c.entropy(label, length),
  signal: c.signal,
  endpointUrl: c.endpointUrl,
  secretKeyBase: c.secretKeyBase,
  watch: undefined,
})

t.test('plugs that keep to the contract pass as they are', async t => {
  const root = (inner: ReturnType<typeof markup>) => markup`<main>${inner}</main>`
  const good = pipeline(
    requestId,
    accepts(['html']),
    fetchCookies,
    parsers(),
    head,
    putSecureBrowserHeaders,
    putRootLayout(root),
    assign('a', { list: [1] }),
    putRespCookie('theme', 'dark'),
    registerBeforeSend(c => c),
    when(() => true, putRespHeader('x-a', 'b')),
    render(() => markup`<p>`),
  )
  const request = conn('POST', '/?x=1', { form: { a: '1' }, assigns: { user: null } })
  const done = run(lint(good))(request)
  t.equal(done.error, undefined)
  t.equal(done.respBody, run(good)(request).respBody)
  for (const plug of [
    (c: Conn) => sendFile(200, '/srv/a.css', 1, 2)(c),
    (c: Conn) => sendFile(200, '/srv/a.css')(c),
    (c: Conn) => json({ a: 1 })(c),
    (c: Conn) => ConnRecord.resp(c, 200, c.respHeaders, new Uint8Array([1])),
    (c: Conn) => stream(200, (async function* () {})())(c),
    (c: Conn) => halt(text('no')(c)),
    (c: Conn) => fail(c, noRoute('nothing here')),
  ])
    t.notMatch(said(plug), 'lint', plug.toString())
})

t.test('effects pass as they are, at once and later', async t => {
  const ok = (c: Conn) => () => right(text('ok')(c))
  const late = (c: Conn) => attempt(async () => text('ok')(c))
  t.equal(run(lint(ok))(conn('GET', '/')).respBody, 'ok')
  t.equal((await runAsync(lint(late))(conn('GET', '/'))).respBody, 'ok')
  t.equal(run(lint(() => () => left(badRequest('no'))))(conn('GET', '/')).status, 400)
})

t.test('each plug of a pipeline is checked, and named', async t => {
  const bad = function forgetful(c: Conn) {
    return ConnRecord.with(c, { private: {} })
  }
  const all = pipeline(mergePrivate({ mine: 1 }), pipeline(bad as AnyPlug as (c: Conn) => Conn), text('ok'))
  t.equal(said(all), 'forgetful dropped private data of other plugs')
})

t.test('a conn that is changed in place is noticed', async t => {
  const changes: readonly (readonly [(c: Conn) => void, RegExp])[] = [
    [c => Object.assign(c, { status: 200 }), /changed conn\.status in place: return a new conn instead/],
    [c => Object.assign(c, { extra: 1 }), /changed conn\.extra in place/],
    [c => Object.assign(c.assigns, { more: 1 }), /changed "more" of a value inside the conn in place/],
    [
      c => Object.assign((c.assigns as { user: object }).user, { name: 'Bob' }),
      /changed "name" of a value inside/,
    ],
    [c => (c.assigns as { tags: string[] }).tags.push('y'), /changed "\w+" of a value inside/],
    [c => (c.segments as string[]).push('y'), /changed "\w+" of a value inside/],
    [c => delete (c.assigns as { user?: unknown }).user, /changed "user" of a value inside/],
  ]
  for (const [change, message] of changes)
    t.match(
      said(c => (change(c), text('ok')(c))),
      message,
    )
  const nested = pipeline(fetchQueryParams, (c: Conn) => {
    Object.assign((c.params as { a: object }).a, { b: '2' })
    return text('ok')(c)
  })
  t.match(said(nested), /changed "b" of a value inside/)
  const failed = ConnRecord.resume(fail(loose(), { ...noRoute('nothing here') }))
  t.throws(() => lint((c: Conn) => (Object.assign(c.error as object, { status: 410 }), c))(failed), {
    message: /changed "status" of a value inside the conn in place/,
  })
})

t.test('an effect that changes its conn is noticed, one that changes the world is not', async t => {
  t.match(
    said(c => () => (Object.assign(c, { status: 1 }), right(text('ok')(c)))),
    /changed conn\.status in place/,
  )
  const counting = (c: Conn) => () => {
    Object.assign((c.assigns as { user: object }).user, { visits: 1 })
    return right(text('ok')(c))
  }
  t.equal(said(counting), 'nothing')
})

t.test('values that are computed when they are read may settle', async t => {
  const lazy = Object.defineProperty({}, 'value', { configurable: true, enumerable: true, get: () => 1 })
  const request = ConnRecord.assign(loose(), 'lazy', lazy)
  const settle = (c: Conn) => {
    Object.defineProperty((c.assigns as { lazy: object }).lazy, 'value', { value: 1 })
    return text('ok')(c)
  }
  t.equal(said(settle, request), 'nothing')
})

t.test('what a conn holds may point to itself', async t => {
  const ring: Record<string, unknown> = {}
  ring['self'] = ring
  t.equal(said(text('ok'), ConnRecord.assign(loose(), 'ring', ring)), 'nothing')
})

t.test('a plug that gives something else the second time is not pure', async t => {
  let count = 0
  const impure: readonly ((c: Conn) => unknown)[] = [
    c => text(`visit ${++count}`)(c),
    c => assign('at', ++count)(text('ok')(c)),
    c => ConnRecord.resp(c, 200, c.respHeaders, new Uint8Array([++count])),
    c => putRespHeader('x-n', String(++count))(text('ok')(c)),
    c => (++count % 2 ? text('ok')(c) : () => right(text('ok')(c))),
    c => (++count % 2 ? text('ok')(c) : fail(c, noRoute('nothing here'))),
  ]
  for (const plug of impure)
    t.match(said(plug), 'returned another result when it was called again', plug.toString())
})

const changing =
  (changes: object) =>
  (c: Conn): Conn => {
    const { status, respHeaders, respBody } = { ...text('ok')(c), ...(changes as Conn) }
    return ConnRecord.with(ConnRecord.resp(c, status, respHeaders, respBody), changes as Changes)
  }

t.test('what a plug passes on must be a conn that can go on', async t => {
  const hook = (c: Conn) => c
  const before = (): Conn =>
    registerBeforeSend(hook)(
      mergePrivate({ mine: 1 })(
        ConnRecord.with(loose(), { queryParams: {} as never, sessions: { session: {} as never } }),
      ),
    )
  const wrong: readonly (readonly [(c: Conn) => unknown, string])[] = [
    [() => text('ok')(conn('GET', '/')), 'passed on a conn of another request'],
    [
      c => ConnRecord.request(text('ok')(c), { method: 'get' }),
      'set a method that is not an upper-case token',
    ],
    [
      c => ConnRecord.request(text('ok')(c), { scheme: 'ftp' as never }),
      'set a scheme that is neither http nor https',
    ],
    [c => ConnRecord.request(text('ok')(c), { port: 70_000 }), 'set a port that is not an integer'],
    [c => ConnRecord.request(text('ok')(c), { port: -1 }), 'set a port that is not an integer'],
    [changing({ status: 99 }), 'set a status that is not an integer from 100 to 999'],
    [changing({ status: 1000 }), 'set a status that is not an integer from 100 to 999'],
    [changing({ status: 200.5 }), 'set a status that is not an integer from 100 to 999'],
    [
      c => changing({ respHeaders: putHeader(c.respHeaders, 'X-A', 'b') })(c),
      'set a response header whose name or value HTTP does not allow',
    ],
    [
      c => ConnRecord.resp(c, c.status, putHeader(c.respHeaders, 'x-a', 'a\nb'), c.respBody),
      'set a response header whose name or value HTTP does not allow',
    ],
    [changing({ respCookies: { 'a b': { value: '' } } }), 'set a response cookie whose name is not a token'],
    [
      changing({ respCookies: { a: { value: 'x'.repeat(4096) } } }),
      'set a response cookie whose name is not a token, or that is longer than 4096 bytes',
    ],
    [changing({ respBody: { kind: 'tune' } }), 'set a response body that is not a string'],
    [
      changing({ respBody: { kind: 'file', file: 7, offset: 0, length: 'all' } }),
      'set a response body that is not a string',
    ],
    [
      changing({ respBody: { kind: 'file', file: 'a', offset: -1, length: 'all' } }),
      'set a response body that is not a string',
    ],
    [
      changing({ respBody: { kind: 'file', file: 'a', offset: 0, length: 'some' } }),
      'set a response body that is not a string',
    ],
    [changing({ respBody: { kind: 'stream', chunks: ['a'] } }), 'set a response body that is not a string'],
    [assign('', 1), 'dropped assigns, or assigned to an empty name'],
    [changing({ private: {} }), 'dropped private data of other plugs'],
    [
      changing({ queryParams: notFetched('queryParams', 'hint') }),
      'replaced a fetched field with one that is not fetched',
    ],
    [changing({ sessions: {} }), 'replaced a fetched field with one that is not fetched'],
    [changing({ beforeSend: [] }), 'dropped a function that runs before the response is sent'],
    [
      changing({ beforeSend: [hook, 'log'] }),
      'dropped a function that runs before the response is sent, or registered a value',
    ],
    [c => () => right(changing({ status: 7 })(c)), 'set a status that is not an integer'],
  ]
  for (const [plug, message] of wrong) t.match(said(plug, before()), message, message)
})

t.test('assigns that are gone are missed', async t => {
  const bare = (c: Conn) => ConnRecord.of(sourceOf(c))
  t.match(said(bare), 'dropped assigns')
})

t.test('a halted conn stays halted, and a failure is a PlugError on a halted conn', async t => {
  const halted = halt(text('no')(loose()))
  t.throws(() => lint((c: Conn) => ConnRecord.resume(c))(halted), {
    message: 'lint: an anonymous plug un-halted the conn',
  })
  t.match(
    said(c => ConnRecord.resume(fail(c, noRoute('nothing here')))),
    'set a failure that is not a PlugError, or passed on a failed conn',
  )
  t.match(
    said(c => Object.defineProperty(halt(c), 'error', { value: 'no' })),
    'set a failure that is not a PlugError',
  )
  const failed = ConnRecord.resume(fail(loose(), noRoute('nothing here')))
  t.equal(lint(text('rendered'))(failed).respBody, 'rendered', 'what renders a failure is given it')
  t.equal(lint((c: Conn) => ConnRecord.recover(c, undefined))(failed).error, undefined)
})

t.test('an effect must come to an Either of a conn or a PlugError', async t => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [undefined, 'does not come to an Either'],
    ['text', 'does not come to an Either'],
    [{ _tag: 'Some' }, 'does not come to an Either'],
    [{}, 'does not come to an Either'],
    [right('text'), 'does not come to a conn'],
    [left(new Error('no')), 'fails with a value that is not a PlugError'],
  ]
  for (const [outcome, message] of wrong) {
    t.match(
      said(() => () => outcome),
      message,
    )
    const late = await runAsync(lint(() => async () => outcome))(conn('GET', '/'))
    t.equal(late.status, 500)
  }
  const later = await runAsync(lint((() => () => Promise.resolve(right(1))) as AnyPlug))(conn('GET', '/'))
  t.match(String(later.error?.cause), 'does not come to a conn')
})

t.test('the runner says what is wrong with all other results', async t => {
  t.match(String(run(lint(() => 7))(conn('GET', '/')).error?.cause), 'must return a conn or an effect')
  t.match(String(run(lint(async (c: Conn) => c))(conn('GET', '/')).error?.cause), 'returned a promise')
  const unapplied = () => (c: Conn) => c
  t.match(String(run(lint(unapplied))(conn('GET', '/')).error?.cause), 'returned a function of a conn')
})

t.test('the plug keeps its name and must be a function', async t => {
  t.equal(lint(head).name, 'head')
  t.throws(() => lint(head)({} as Conn), { message: 'lint: head was called with a value that is not a conn' })
  t.throws(() => lint('head' as never), { message: 'lint: plug must be a function from a conn' })
})

t.test('halt may follow a plug that responds', async t => {
  const done = run(lint(pipeline((c: Conn) => text('no')(c), halt)))(conn('GET', '/'))
  t.equal(done.error, undefined)
  t.equal(done.respBody, 'no')
  const open = pipeline(((c: Conn) => text('no')(c)) as (c: Conn) => Conn, putRespHeader('x-a', 'b'))
  t.match(String(run(lint(open))(conn('GET', '/')).error?.cause), 'has responded and not halted')
})

t.test('a pipeline keeps its name, a router its paths', async t => {
  t.equal(lint(named('browser', pipeline(head, halt))).name, 'browser')
  const app = router(scope('/', ({ get }) => [get('/posts', text('posts'))]))
  t.equal(lint(app).path('/posts'), '/posts')
  t.equal(run(lint(app))(conn('GET', '/posts')).respBody, 'posts')
})

t.test('a promise of the second call that rejects ends nothing', async t => {
  const rejects = lint((async () => {
    throw new Error('no')
  }) as AnyPlug)
  t.match(String(run(rejects)(conn('GET', '/')).error?.cause), 'returned a promise')
  await new Promise(resolve => setTimeout(resolve, 10))
})

const forbidden = plugError(403, 'Forbidden', 'Only the author may do this')
const later = <A>(value: A) => attempt(() => Promise.resolve(value))

t.test('a generator runs once, and what it returns is checked', async t => {
  const ran: string[] = []
  const show = function* show(c: Conn) {
    ran.push('begun')
    yield* ensure(c, true, forbidden)
    const words = yield* effect.from(() => (ran.push('loaded'), right('words')))
    ran.push('ended')
    return text(words)(c)
  }
  const done = run(lint(show))(conn('GET', '/'))
  t.equal(done.error, undefined)
  t.equal(done.respBody, 'words')
  t.strictSame(ran, ['begun', 'loaded', 'ended'])

  const asynchronous = function* (c: Conn) {
    const words = yield* later('later')
    yield* ensure(c, true, forbidden)
    return text(words)(c)
  }
  t.equal((await runAsync(lint(asynchronous))(conn('GET', '/'))).respBody, 'later')
  t.equal((await runAsync(lint(pipeline(head, asynchronous)))(conn('GET', '/'))).respBody, 'later')

  const wrong = function* wrong(c: Conn) {
    yield* later(1)
    return ConnRecord.with(c, { private: {} })
  }
  const given = mergePrivate({ mine: 1 })(loose())
  t.match(
    String((await runAsync(lint(wrong))(given)).error?.cause),
    'wrong dropped private data of other plugs',
  )
  const mutates = function* mutates(c: Conn) {
    yield* effect.of(1)
    Object.assign(c, { status: 201 })
    return text('x')(c)
  }
  t.match(said(mutates), 'mutates changed conn.status in place')
  const anEffect = function* anEffect(c: Conn) {
    yield* effect.of(1)
    return effect.of(ConnRecord.with(c, { private: {} }))
  }
  t.match(said(anEffect, given), 'anEffect dropped private data of other plugs')
  const nothing = function* nothing() {
    yield* effect.of(1)
  }
  t.match(said(nothing), 'must come to a conn')
})

t.test('a failure ends a generator, and its finally runs', async t => {
  const ran: string[] = []
  const show = function* (c: Conn) {
    const load = later('unused')
    try {
      yield* ensure(c, false, forbidden)
      return text(yield* load)(c)
    } finally {
      yield* effect.from(() => (ran.push('closed'), right(undefined)))
    }
  }
  const done = run(lint(show))(conn('GET', '/'))
  t.equal(done.status, 403)
  t.strictSame(ran, ['closed'])
  const throws = function* throws(c: Conn) {
    yield* ensure(c, true, forbidden)
    throw new Error('a bug')
  }
  t.match(said(throws), 'Error: a bug')
})

t.test('a check that the second call makes is taken back, a check that is forgotten is not', async t => {
  const inTime = (c: Conn) =>
    pipe(
      ensure(c, true, forbidden),
      effect.map(() => text('ok')(c)),
    )
  t.equal(run(lint(inTime))(conn('GET', '/')).respBody, 'ok')
  const earlier = pipeline(
    (c: Conn) =>
      pipe(
        ensure(c, true, forbidden),
        effect.map(() => c),
      ),
    inTime,
  )
  t.equal(run(lint(earlier))(conn('GET', '/')).respBody, 'ok')
  const app = router(scope('/', ({ get }) => [get('/', inTime)]))
  t.equal(run(lint(pipeline(head, app)))(conn('GET', '/')).respBody, 'ok')

  const forgets = function* forgets(c: Conn) {
    ensure(c, false, forbidden)
    yield* effect.of(1)
    return text('the secret')(c)
  }
  const done = run(lint(forgets))(conn('GET', '/'))
  t.equal(done.status, 500)
  t.match(String(done.error?.cause), 'forgets made an effect (ensure) and did not execute it')
})

t.test('an effect that was made and not executed is reported', async t => {
  const forgotten: readonly (readonly [AnyPlug, string])[] = [
    [(c: Conn) => (later(1), text('x')(c)), 'attempt'],
    [(c: Conn) => (attempt(async function save() {}), text('x')(c)), 'save'],
    [(c: Conn) => (effect.of(1), c), 'of'],
    [(c: Conn) => (gen(function* () {}), c), 'gen'],
    [(c: Conn) => (pipe(later(1), effect.map(String)), c), 'attempt'],
    [(c: Conn) => (later(1), effect.of(text('x')(c))), 'attempt'],
    [
      (c: Conn) =>
        pipe(
          effect.of(1),
          effect.map(() => (later(1), text('x')(c))),
        ),
      'attempt',
    ],
    [
      function* (c: Conn) {
        yield* effect.of(1)
        later(1)
        yield* effect.of(1)
        return text('x')(c)
      },
      'attempt',
    ],
    [
      function* (c: Conn) {
        yield* later(1)
        later(2)
        return text('x')(c)
      },
      'attempt',
    ],
    [router(scope('/', ({ get }) => [get('/', c => (later(1), text('x')(c)))])), 'attempt'],
    [
      router(
        scope(
          '/',
          registerBeforeSend(c => c),
          ({ get }) => [get('/', c => (later(1), text('x')(c)))],
        ),
      ),
      'attempt',
    ],
  ]
  for (const [plug, name] of forgotten) {
    const done = await runAsync(lint(pipeline(plug as (c: Conn) => Conn)))(conn('GET', '/'))
    t.match(
      String(done.error?.cause),
      `made an effect (${name}) and did not execute it: yield* it, return it, or remove it`,
      plug.toString(),
    )
  }
})

t.test('an effect that is executed, kept or not reached is not', async t => {
  const fine: readonly AnyPlug[] = [
    (c: Conn) =>
      pipe(
        later(1),
        effect.map(() => text('x')(c)),
      ),
    (c: Conn) =>
      pipe(
        later(1),
        effect.chain(() => later(2)),
        effect.map(() => text('x')(c)),
      ),
    (c: Conn) => pipe(c, assign('load', later(1)), text('x')),
    (c: Conn) => pipe(c, assign('loads', { all: [later(1)] }), text('x')),
    (c: Conn) => (later(1), halt(text('x')(c))),
    (c: Conn) => (later(1), fail(c, forbidden)),
    (c: Conn) => pipe(c, registerBeforeSend(saveLater(c)), text('x')),
    function* (c: Conn) {
      const twice = gen(function* () {
        return (yield* later(1)) * 2
      })
      const total = yield* twice
      return text(String(total + (yield* twice)))(c)
    },
    function* (c: Conn) {
      const load = later(1)
      yield* ensure(c, true, forbidden)
      yield* load
      return effect.of(text('x')(c))
    },
  ]
  for (const plug of fine) {
    const done = await runAsync(lint(pipeline(plug as (c: Conn) => Conn)))(conn('GET', '/'))
    t.notMatch(String(done.error?.cause), 'lint', plug.toString())
  }
})

/** A function that runs before the response is sent, with an effect that was made before. */
const saveLater = (c: Conn) => {
  const save = effect.of(c)
  return (ended: Conn) =>
    pipe(
      save,
      effect.map(() => ended),
    )
}

t.test('an observer sees each step once', async t => {
  const seen: string[] = []
  const observer: Observer = {
    before: (list, at) => void seen.push(list[at]?.name ?? ''),
    effect: () => undefined,
    after: () => undefined,
    port: (_, port) => port,
  }
  const inner = when(() => true, pipeline(putRespHeader('x-a', 'b'), putRespHeader('x-c', 'd')))
  const request = ConnRecord.of({ ...sourceOf(conn('GET', '/')), observer })
  const done = run(lint(pipeline(inner, text('x'))))(request)
  t.equal(done.respBody, 'x')
  t.strictSame(seen, ['when(pipeline)', 'putRespHeader', 'putRespHeader', 'text'])
})
