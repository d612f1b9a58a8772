import * as E from 'fp-ts/lib/Either.js'
import * as IOE from 'fp-ts/lib/IOEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import t from 'tap'
import {
  assign,
  attempt,
  halt,
  json,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  text,
  type Conn,
  type Halted,
  type Params,
  type Responded,
} from '../../lib/index.js'
import { checkedAtBoot, checkAtBoot } from '../../lib/boot.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'
import { controller, int, router, routes, scope } from '../../router/index.js'

const trail = (name: string) => {
  const plug = <C extends Conn>(c: C): C =>
    assign('trail', [...((c.assigns as { trail?: readonly string[] }).trail ?? []), name])(c) as C
  return Object.defineProperty(plug, 'name', { value: name })
}
const seen = (c: Conn): Conn & Responded => json((c.assigns as { trail?: unknown }).trail ?? [])(c)

// --- plugs

t.test('each action runs behind the plugs that are for it, in their order', async t => {
  const actions = controller(
    {
      plugs: [
        trail('all'),
        [trail('some'), { only: ['show', 'create'] }],
        [trail('others'), { except: ['index', 'create'] }],
        pipeline(trail('one'), trail('two')),
      ],
    },
    { index: seen, show: seen, create: seen, edit: seen },
  )
  const app = router(scope('/', trail('scope'), ({ resources }) => [resources('/posts', actions)]))
  const trailOf = (method: string, path: string): unknown =>
    JSON.parse(String(run(app)(conn(method, path)).respBody))
  t.strictSame(trailOf('GET', '/posts'), ['scope', 'all', 'one', 'two'])
  t.strictSame(trailOf('GET', '/posts/7'), ['scope', 'all', 'some', 'others', 'one', 'two'])
  t.strictSame(trailOf('POST', '/posts'), ['scope', 'all', 'some', 'one', 'two'])
  t.strictSame(trailOf('GET', '/posts/7/edit'), ['scope', 'all', 'others', 'one', 'two'])
})

t.test('a plug adds to the conn of its actions, and may halt before them', async t => {
  const load = <C extends Conn & Params<{ readonly id: string }>>(c: C) =>
    assign('title', `post ${c.params.id}`)(c)
  const owner = <C extends Conn>(c: C): C | Halted =>
    c.queryString === 'owner' ? c : halt(pipe(c, putStatus(403), text('not yours')))
  const posts = controller(
    {
      plugs: [
        [owner, { only: ['update'] }],
        [load, { except: ['index'] }],
      ],
    },
    {
      index: text('all'),
      show: c => text(c.assigns.title)(c),
      update: c => text(`${c.assigns.title} is changed`)(c),
    },
  )
  const app = router(scope('/', ({ resources }) => [resources('/posts', posts)]))
  const ask = (method: string, path: string) => run(app)(conn(method, path))
  t.equal(ask('GET', '/posts').respBody, 'all')
  t.equal(ask('GET', '/posts/7').respBody, 'post 7')
  t.match(ask('PUT', '/posts/7'), { status: 403, respBody: 'not yours' })
  t.equal(ask('PATCH', '/posts/7?owner').respBody, 'post 7 is changed')
})

t.test('a controller begins where a scope’s pipelines ended, with parameters of its own', async t => {
  const browser = assign('site', 'Plugboard')
  type Browser = Conn & { readonly assigns: { readonly site: string } }
  const double = <C extends Conn & Params<{ readonly id: number }>>(c: C) =>
    assign('double', c.params.id * 2)(c)
  const posts = controller.from<Browser, { readonly id: number }, 'publish'>()(
    { plugs: [[double, { only: ['show', 'publish'] }]] },
    {
      show: c => text(`${c.assigns.double} of ${c.assigns.site}`)(c),
      publish: c => text(`${c.params.id} and ${c.assigns.double}`)(c),
      search: c => text(c.assigns.site)(c),
    },
  )
  const app = router(
    scope('/', browser, ({ resources, get }) => [
      resources('/posts', posts, { only: ['show'], codec: int }, ({ collection, member }) => [
        collection(({ get }) => [get('/search', posts.search)]),
        member(({ post }) => [post('/publish', posts.publish)]),
      ]),
      get('/elsewhere', posts.search),
    ]),
  )
  t.equal(run(app)(conn('GET', '/posts/7')).respBody, '14 of Plugboard')
  t.equal(run(app)(conn('POST', '/posts/7/publish')).respBody, '7 and 14')
  t.equal(run(app)(conn('GET', '/posts/search')).respBody, 'Plugboard')
  t.equal(run(app)(conn('GET', '/elsewhere')).respBody, 'Plugboard')
})

t.test(
  'its handlers have the names of the actions, and their plugs are looked at before the app is served',
  async t => {
    const looked: string[] = []
    const plug = checkedAtBoot(trail('looked at'), () => looked.push('plug'))
    const actions = controller({ plugs: [[plug, { only: ['show'] }]] }, { show: seen, index: seen })
    const app = router(scope('/', ({ resources }) => [resources('/posts', actions)]))
    t.strictSame(
      routes(app).map(({ handler }) => handler),
      ['index', 'show'],
    )
    checkAtBoot(app, { secretKeyBase: undefined })
    t.strictSame(looked, ['plug'])
    const fallible = controller({ actionFallback: onError }, { index: pipeline(plug, seen) })
    checkAtBoot(router(scope('/', ({ get }) => [get('/', fallible.index)])), { secretKeyBase: undefined })
    t.strictSame(looked, ['plug', 'plug'], 'an action that is a pipeline, too')
    t.ok(Object.isFrozen(actions))
  },
)

// --- what is no response

interface Invalid {
  readonly kind: 'invalid'
  readonly fields: readonly string[]
}
const invalid: Invalid = { kind: 'invalid', fields: ['title'] }
const onError = (error: Invalid) => (c: Conn) =>
  pipe(c, putStatus(422), json({ fields: error.fields, trail: (c.assigns as { trail?: unknown }).trail }))

const fallible = controller(
  { plugs: [trail('plug')], actionFallback: onError },
  {
    ok: c => text('ok')(c),
    right: c => E.right(text('right')(c)),
    left: c => (c.method === '' ? E.right(text('')(c)) : E.left(invalid)),
    io: c => (c.method === '' ? IOE.right(text('')(c)) : IOE.left(invalid)),
    task: c => (c.method === '' ? TE.right(text('')(c)) : TE.left(invalid)),
    done: c => TE.right(text('done')(c)),
    effect: c => attempt(async () => text('effect')(c)),
    fails: () => TE.left(plugError(409, 'Taken', 'taken')),
    failsNow: () => E.left(plugError(409, 'Taken', 'taken') as never),
    changed: c =>
      pipe(
        TE.right<Invalid, Conn>(putRespHeader('x-action', 'seen')(assign('trail', 'of the action')(c))),
        TE.chain(() => TE.left(invalid)),
      ),
    rejects: () => () => Promise.reject(new Error('a bug')),
    throws: () => {
      throw new Error('a bug')
    },
  },
)
const fallibleApp = router(
  scope('/', ({ get }) => Object.entries(fallible).map(([name, action]) => get(`/${name}`, action as never))),
)
const answer = async (path: string) => {
  const { status, respBody, error } = await runAsync(fallibleApp)(conn('GET', path))
  return [status, error?._tag ?? respBody]
}
const fallen = [422, JSON.stringify({ fields: ['title'], trail: ['plug'] })]

t.test(
  'a left value goes to the fallback, with the conn as it was before the action and behind the plugs',
  async t => {
    t.strictSame(await answer('/left'), fallen)
    t.strictSame(await answer('/io'), fallen)
    t.strictSame(await answer('/task'), fallen)
    t.strictSame(await answer('/changed'), fallen)
    t.equal((await runAsync(fallibleApp)(conn('GET', '/changed'))).respHeaders.has('x-action'), false)
    t.equal(run(fallibleApp)(conn('GET', '/left')).status, 422, 'at once where nothing waits')
  },
)

t.test('a response needs no fallback, however it is given', async t => {
  t.strictSame(await answer('/ok'), [200, 'ok'])
  t.strictSame(await answer('/right'), [200, 'right'])
  t.strictSame(await answer('/done'), [200, 'done'])
  t.strictSame(await answer('/effect'), [200, 'effect'])
})

t.test('a PlugError goes the way of all failures, and so does a bug', async t => {
  t.strictSame(await answer('/fails'), [409, 'AppError'])
  t.strictSame(await answer('/failsNow'), [409, 'AppError'])
  t.strictSame(await answer('/rejects'), [500, 'Exception'])
  t.strictSame(await answer('/throws'), [500, 'Exception'])
})

t.test('a fallback may be an effect, halt, and fail itself', async t => {
  const later = (error: 'later' | 'halt' | 'fail' | 'throw') => (c: Conn) => {
    if (error === 'halt') return halt(pipe(c, putStatus(410), text('halted')))
    if (error === 'throw') throw new Error('a bug')
    return error === 'fail'
      ? TE.left(plugError(503, 'Down', 'down'))
      : attempt(async () => pipe(c, putStatus(404), text('later')))
  }
  const given = controller(
    { actionFallback: later },
    {
      now: c => E.left(c.queryString as 'later'),
      task: c => TE.left(c.queryString as 'later'),
      io: c => IOE.left(c.queryString as 'later'),
    },
  )
  const app = router(
    scope('/', ({ get }) => [get('/now', given.now), get('/task', given.task), get('/io', given.io)]),
  )
  for (const path of ['/now', '/task', '/io']) {
    t.match(await runAsync(app)(conn('GET', `${path}?later`)), { status: 404, respBody: 'later' })
    t.match(await runAsync(app)(conn('GET', `${path}?halt`)), {
      status: 410,
      respBody: 'halted',
      halted: true,
    })
    t.match(await runAsync(app)(conn('GET', `${path}?fail`)), { status: 503 })
    t.match(await runAsync(app)(conn('GET', `${path}?throw`)), { status: 500 })
  }
})

t.test('what is no response, no effect and no Either is a mistake that names the action', async t => {
  const wrong = controller(
    { actionFallback: onError },
    { seven: (() => 7) as never, none: (() => undefined) as never },
  )
  const bare = controller({}, { bare: (() => E.left(7)) as never })
  const app = router(
    scope('/', ({ get }) => [get('/a', wrong.seven), get('/b', bare.bare), get('/c', wrong.none)] as never),
  )
  const cause = (path: string) => String(run(app)(conn('GET', path)).error?.cause)
  t.equal(cause('/a'), 'TypeError: seven must return a conn or an effect, and returned a number')
  t.match(cause('/b'), /must return a conn or an effect, and returned an object that is no conn/)
  t.equal(cause('/c'), 'TypeError: none must return a conn or an effect, and returned undefined')
})

t.test('mistakes are told when the app starts', async t => {
  const make = controller as unknown as (...args: readonly unknown[]) => unknown
  const ok = text('ok')
  const cases: readonly (readonly [args: readonly unknown[], message: string])[] = [
    [[7, { show: ok }], 'controller: options must be an object, got a number'],
    [
      [{ plug: [] }, { show: ok }],
      'controller: unknown option plug; expected plugs or actionFallback; did you mean plugs?',
    ],
    [[{ plugs: ok }, { show: ok }], 'controller: plugs must be an array of plugs, got a function'],
    [[{ plugs: [7] }, { show: ok }], 'controller: plug 1 must be a function from a conn, and is number'],
    [[{ plugs: [[7]] }, { show: ok }], 'controller: plug 1 must be a function from a conn, and is number'],
    [
      [{ plugs: [[ok]] }, { show: ok }],
      'controller: plug 1 in a list must have either only or except beside it',
    ],
    [
      [{ plugs: [[ok, { only: ['show'], except: [] }]] }, { show: ok }],
      'controller: plug 1 in a list must have either only or except beside it',
    ],
    [
      [{ plugs: [[ok, 'show']] }, { show: ok }],
      'controller: the choice of plug 1 must be an object, got "show"',
    ],
    [
      [{ plugs: [ok, [ok, { onyl: ['show'] }]] }, { show: ok }],
      'controller: unknown option onyl; expected only or except',
    ],
    [
      [{ plugs: [[ok, { only: 'show' }]] }, { show: ok }],
      'controller: only must be an array of actions, got "show"',
    ],
    [
      [{ plugs: [[ok, { only: ['shwo'] }]] }, { show: ok, index: ok }],
      'controller: only lists "shwo", which is none of its actions show, index',
    ],
    [
      [{ plugs: [[ok, { except: ['shwo'] }]] }, { show: ok }],
      'controller: except lists "shwo", which is none of its actions show',
    ],
    [
      [{ actionFallback: 7 }, { show: ok }],
      'controller: actionFallback must be a function from a left value to a plug, got 7',
    ],
    [[{}, [ok]], 'controller: actions must be an object, got an array'],
    [[{}, { show: 7 }], 'controller: the action show must be a function from a conn, and is number'],
  ]
  for (const [args, message] of cases) t.throws(() => make(...args), new TypeError(message), message)
})
