/** What the compiler knows of controllers, of named pipelines and of what one route puts on its conn. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  assign,
  attempt,
  pipe,
  pipeline,
  text,
  type Conn,
  type Metadata,
  type Params,
} from '../../lib/index.js'
import { controller, int, pipelines, router, scope } from '../../router/index.js'
import { browser, requireUser, signedIn, type Browser, type User } from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

// --- controllers

interface Post {
  readonly title: string
}
const loadPost = <C extends Conn & Params<{ readonly id: string }>>(conn: C) =>
  assign('post', { title: conn.params.id } as Post)(conn)
interface Invalid {
  readonly kind: 'Invalid'
  readonly fields: readonly string[]
}
const save = (conn: Conn): E.Either<Invalid, string> =>
  conn.method === 'POST' ? E.right('x') : E.left({ kind: 'Invalid', fields: [] })

export const posts = controller.from<Browser, 'id', 'publish'>()(
  {
    plugs: [
      assign('all', 1),
      [requireUser, { only: ['create'] }],
      [loadPost, { except: ['index', 'create', 'other'] }],
    ],
    actionFallback: (error: Invalid) => conn =>
      text(error.fields.join() + conn.assigns.currentUser?.name)(conn),
  },
  {
    index: conn => {
      is<Equal<(typeof conn)['assigns'], { readonly currentUser: User | null; readonly all: number }>>()
      return text(conn.method)(conn)
    },
    show: conn => {
      is<Equal<(typeof conn)['assigns']['post'], Post>>()
      is<Equal<(typeof conn)['params'], { readonly id: string }>>()
      return text(conn.assigns.post.title)(conn)
    },
    create: conn =>
      pipe(
        save(conn),
        E.map(name => text(name + conn.assigns.currentUser.name)(conn)),
      ),
    update: conn =>
      pipe(
        TE.fromEither(save(conn)),
        TE.map(name => text(name + conn.assigns.post.title)(conn)),
      ),
    publish: conn => text(conn.assigns.post.title + conn.params.id)(conn),
    other: conn => attempt(async () => text(conn.assigns.all.toFixed())(conn)),
    delete: pipeline(assign('a', 1), text('x')),
  },
)
export const app = router(
  scope('/', browser, ({ resources, get }) => [
    resources('/posts', posts, { only: ['index', 'show', 'create', 'update'] }, ({ member, collection }) => [
      member(({ post }) => [post('/publish', posts.publish)]),
      collection(({ get }) => [get('/other', posts.other)]),
    ]),
    get('/other', posts.other),
  ]),
)
app.path('/posts/:id/publish', { id: 7 })
app.path('/posts/other')
// @ts-expect-error delete is not among the chosen actions, and has no path of its own beside them
app.path('/posts/:id/delete', { id: 7 })

// options may be left out
export const none = controller.from<Browser>()(
  {},
  { index: conn => text(conn.assigns.currentUser?.name ?? '')(conn) },
)
// a fallback that is declared elsewhere
const fallback = (error: Invalid) => (conn: Conn) => text(error.kind)(conn)
export const shared = controller(
  { plugs: [[assign('x', 1), { only: ['a', 'b'] }], assign('y', 2)], actionFallback: fallback },
  {
    a: conn => text(conn.assigns.x.toFixed())(conn),
    b: conn => text(conn.assigns.y.toFixed())(conn),
    // @ts-expect-error x is for a and b only
    c: conn => text(conn.assigns.x)(conn),
  },
)
// a codec's type, another name, and no parameter at all
export const numbered = controller.from<Conn, { readonly id: number }>()(
  {},
  { show: conn => text(conn.params.id.toFixed())(conn) },
)
export const named = controller.from<Conn, 'slug'>()({}, { show: conn => text(conn.params.slug)(conn) })
export const single = controller.from<Conn, never>()({}, { show: conn => text(conn.method)(conn) })
export const all = scope('/', ({ resources }) => [
  resources('/numbered', numbered, { codec: int }),
  resources('/named', named, { param: 'slug' }),
  resources('/single', single, { singleton: true }),
])
export const undecoded = scope('/', ({ resources }) => [
  // @ts-expect-error the actions read a number, and nothing decodes it
  resources('/numbered', numbered),
])
export const elsewhere = scope('/', ({ get }) => [
  // @ts-expect-error the controller begins with what browser gives
  get('/', none.index),
])

// --- named pipelines

const api = pipeline(assign('api', true))
export const byName = pipelines({ browser, api, signedIn, requireUser })
export const inScopes = byName.scope('/', 'browser', ({ get, scope, resources }) => [
  get('/', conn => {
    is<Equal<(typeof conn.assigns)['currentUser'], User | null>>()
    return text('x')(conn)
  }),
  scope('/in', ['signedIn', assign('q', 1)], ({ get, scope }) => [
    get('/', conn => text(conn.assigns.currentUser.name + conn.assigns.q.toFixed())(conn)),
    scope('/deeper', 'api', ({ get }) => [get('/', conn => text(String(conn.assigns.api))(conn))]),
  ]),
  resources('/posts', {}, {}, ({ scope, member }) => [
    scope('/x', 'signedIn', ({ get }) => [get('/', conn => text(conn.params.postId)(conn))]),
    member(({ scope }) => [scope('/', 'api', ({ get }) => [get('/y', conn => text(conn.params.id)(conn))])]),
  ]),
])
export const later = byName.scope.from<Browser>()('/', 'requireUser', ({ get }) => [
  get('/', conn => text(conn.assigns.currentUser.name)(conn)),
])
// @ts-expect-error no pipeline has this name
byName.scope('/', 'brwoser', () => [])
// @ts-expect-error nor one in a list
byName.scope('/', ['browser', 'apii'], () => [])
// @ts-expect-error its need is unmet
byName.scope('/', 'signedIn', () => [])
// @ts-expect-error names are those of a router's own pipelines
scope('/', 'browser', () => [])
// @ts-expect-error a pipeline is a plug
pipelines({ browser: 7 })

// --- one route

export const one = scope('/', ({ get, match, forward, resources, connect, trace }) => [
  get({ path: '/a/:id', assigns: { wide: true }, metadata: { public: true } }, conn => {
    is<Equal<(typeof conn)['assigns'], { readonly wide: true }>>()
    is<Equal<(typeof conn)['params'], { readonly id: string }>>()
    return text(String(conn.assigns.wide))(conn)
  }),
  get({ path: '/b/:id', params: { id: int } }, conn => text(conn.params.id.toFixed())(conn)),
  match('*', { path: '/c', assigns: { n: 1 } }, conn => text(conn.assigns.n.toFixed())(conn)),
  forward({ path: '/d/:id', assigns: { n: 1 }, params: { id: int } }, conn =>
    text((conn.assigns.n + conn.params.id).toFixed())(conn),
  ),
  resources(
    '/e',
    {
      index: conn => text(conn.assigns.n.toFixed())(conn),
      show: conn => text(conn.params.id + conn.assigns.n)(conn),
    },
    { assigns: { n: 1 }, private: { x: 1 }, metadata: { y: 1 } },
  ),
  connect('/f', text('x')),
  trace('/f', text('x')),
])
export const wrong = scope('/', ({ get }) => [
  // @ts-expect-error no such option
  get({ path: '/a', asigns: {} }, text('x')),
  // @ts-expect-error the path has no such parameter
  get({ path: '/b/:id', params: { idd: int } }, text('x')),
])
export const metadata = (conn: Conn): Metadata | undefined => conn.route?.metadata

// --- a router that needs the parameters of its mount

type Tenant = Conn & Params<{ readonly tenant: number }>
const ofTenant = router(
  scope.from<Tenant>()('/', ({ get }) => [
    get('/:id', conn => {
      is<Equal<(typeof conn.params)['tenant'], number>>()
      is<Equal<(typeof conn.params)['id'], string>>()
      return text(conn.params.id)(conn)
    }),
  ]),
)
export const mounted = scope('/', ({ forward }) => [
  forward({ path: '/t/:tenant', params: { tenant: int } }, ofTenant),
  // @ts-expect-error nothing decodes the parameter
  forward('/u/:tenant', ofTenant),
  // @ts-expect-error the mount has no such parameter
  forward('/v', ofTenant),
])
