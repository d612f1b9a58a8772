/** What the compiler knows of plugs on one route, and of generators. Every line that compiles is a promise kept. */
import {
  assign,
  attempt,
  effect,
  ensure,
  halt,
  pipe,
  pipeline,
  plugError,
  rescue,
  text,
  when,
  type After,
  type Assigned,
  type Conn,
  type Halted,
  type IterableEffect,
  type Params,
  type Plug,
} from '../../lib/index.js'
import { controller, int, router, scope, type Handler } from '../../router/index.js'
import { fetchSession, putSession } from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

interface User {
  readonly name: string
}
const requireUser = <C extends Conn>(c: C): (C & Assigned<{ readonly user: User }>) | Halted =>
  c.method === 'GET' ? assign('user', { name: 'Ada' } as User)(c) : pipe(c, text('log in'), halt)
const loadPost = <C extends Conn & Params<{ readonly id: string }> & Assigned<{ readonly user: User }>>(
  c: C,
) => assign('post', c.params.id)(c)

// --- plugs on one route
export const app = router(
  scope('/', ({ get, match, post }) => [
    get('/me', requireUser, c => text(c.assigns.user.name)(c)),
    get('/posts/:id', [requireUser, loadPost], c => {
      is<Equal<typeof c.assigns, { readonly user: User; readonly post: string }>>()
      is<Equal<typeof c.params, { readonly id: string }>>()
      return text(c.assigns.post)(c)
    }),
    get({ path: '/o/:n', params: { n: int }, assigns: { w: 1 } }, [requireUser, assign('z', 1)], c =>
      text((c.params.n + c.assigns.w + c.assigns.z).toFixed() + c.assigns.user.name)(c),
    ),
    match('*', '/q/:id', [requireUser, loadPost], c => text(c.assigns.post)(c)),
    // inline, alone and in a list
    get('/inline', c => assign('a', c.method)(c), c => text(c.assigns.a)(c)), // prettier-ignore
    get('/list', [requireUser, c => assign('a', c.method)(c)], c =>
      text(c.assigns.a + c.assigns.user.name)(c),
    ),
    post('/p', pipeline(requireUser, assign('b', 2)), c => text(c.assigns.b.toFixed())(c)),
    post('/s', [fetchSession, putSession('a', 1)], text('x')),
  ]),
)
app.path('/posts/:id', { id: 1 })
// the plugs of a list keep what they are generic in
export const generic = scope('/', [assign('a', 1), requireUser, c => assign('b', c.method)(c)], ({ get }) => [
  get('/', c => {
    is<Equal<typeof c.assigns, { readonly a: number; readonly user: User; readonly b: string }>>()
    return text(c.assigns.b)(c)
  }),
])

// --- generators
declare const find: (id: string) => IterableEffect<{ readonly title: string }>
const load = function* <C extends Conn>(c: C) {
  const post = yield* find('1')
  return assign('post', post)(c)
}
const gone = plugError(404, 'Gone', 'gone')
const stop = function* <C extends Conn>(c: C) {
  yield* ensure(c, c.method === 'GET', gone)
  return c.path === '/' ? c : halt(c)
}
export const generators = pipeline(
  load,
  stop,
  assign('a', 1),
  when(c => c.method === 'GET', stop),
)
declare const reached: After<typeof generators>
is<Equal<typeof reached.assigns, { readonly post: { readonly title: string }; readonly a: number }>>()
export const generated = router(
  scope('/', load, ({ get, scope, fallback, forward }) => [
    get('/', function* (c) {
      const post = yield* find(c.assigns.post.title)
      return text(post.title)(c)
    }),
    get('/:id', stop, function* (c) {
      const waited = yield* attempt(async () => c.params.id)
      return text(waited)(c)
    }),
    scope('/in', [stop, load], ({ get }) => [get('/', c => text(c.assigns.post.title)(c))]),
    forward('/m', function* (c) {
      return text(c.assigns.post.title)(c)
    }),
    fallback(function* (c) {
      yield* find('1')
      return text(c.assigns.post.title)(c)
    }),
  ]),
)
export const handler: Handler<Conn, 'id'> = function* (c) {
  const post = yield* find(c.params.id)
  return text(post.title)(c)
}
export const plug: Plug = function* (c) {
  yield* find('1')
  return c
}
export const rescued = pipe(
  pipeline(load),
  rescue(
    error =>
      function* (c) {
        yield* effect.of(1)
        return text(error.message)(c)
      },
  ),
)
export const actions = controller(
  { plugs: [load] },
  {
    index: function* (c) {
      const post = yield* find(c.assigns.post.title)
      return text(post.title)(c)
    },
  },
)
