/** What the compiler knows of routes. Every line that compiles is a promise kept; every `@ts-expect-error` one too. */
import {
  assign,
  attempt,
  isLocalPath,
  pipeline,
  text,
  type Assigned,
  type Conn,
  type Halted,
  type Href,
  type Path,
  type Responded,
  type Result,
} from '../../lib/index.js'
import {
  int,
  routeInfo,
  router,
  routes,
  scope,
  uuid,
  type Actions,
  type Codec,
  type Decoded,
  type FoundRoute,
  type Handler,
  type Join,
  type Names,
  type PathParams,
  type ResourceName,
  type Route,
  type RouteInfo,
  type Router,
} from '../../router/index.js'
import * as io from 'io-ts'
import { browser, fetchSession, getSession, signedIn, type Browser, type User } from './plugs.js'
import { href } from '../../plugs/index.js'
import type { Key } from '../../router/duplicate-types.js'
import { admin, app } from './router-app.js'
import { notFound } from './router-controllers.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

declare const partly: Partial<Actions<Conn, '/r'>>

// --- patterns

is<Equal<Names<'/posts/:postId/files/*path'>, 'postId' | 'path'>>()
is<Equal<Names<'/'>, never>>()
is<Equal<Names<string>, never>>()
is<Equal<Names<'/v:version/:name.json/@:user-x/pre-*rest'>, 'version' | 'name' | 'user' | 'rest'>>()
is<Equal<Names<'/a\\:b/:c\\*d/\\*e'>, 'c'>>()
is<Equal<PathParams<'/:a/*b'>, { readonly a: string; readonly b: readonly string[] }>>()
is<Equal<Join<'/', '/'>, '/'>>()
is<Equal<Join<'/', '/a/'>, '/a'>>()
is<Equal<Join<'/a', '/'>, '/a'>>()
is<Equal<Join<'/a', '/:b/'>, '/a/:b'>>()
is<Equal<ResourceName<'/blog/posts'>, 'post'>>()
is<Equal<ResourceName<'/categories'>, 'category'>>()
is<Equal<ResourceName<'/addresses/'>, 'address'>>()
is<Equal<ResourceName<'/boxes'>, 'box'>>()
is<Equal<ResourceName<'/houses'>, 'house'>>()
is<Equal<ResourceName<'/blog-posts'>, 'blogPost'>>()
is<Equal<ResourceName<'/user_groups'>, 'userGroup'>>()
is<Equal<ResourceName<'/glass'>, 'glass'>>()

// --- paths

export const paths: readonly string[] = [
  app.path('/'),
  app.path('/login', {}, { from: '/x', page: 2 }),
  app.path('/snippets/:id', { id: 7 }),
  app.path('/snippets/:id', { id: 7n }, { q: ['a'] }),
  app.path('/snippets/:id', { id: { id: 'x' } }),
  app.path('/posts/:postId/comments/:commentId/likes/:id', { postId: 1, commentId: '2', id: 3 }),
  app.path('/pages/:slug', { slug: 'a' }),
  app.path('/pages/:pageSlug/print', { pageSlug: 'a' }),
  app.path('/pages/new'),
  app.path('/orders/:billId/pdf', { billId: 1 }),
  app.path('/account'),
  app.path('/account/keys'),
  app.path('/owners/:ownerId/pets/:petId/:id', { ownerId: 1, petId: 2, id: 3 }),
  app.path('/v:version/files/*path', { version: 2, path: ['a', 1] }),
  app.path('/admin'),
  app.path('/admin/users/:uid', { uid: 'x' }),
  app.path('/t/:tenant/files/*path', { tenant: 'x', path: [] }),
  app.path('/metrics'),
  admin.path('/users/:uid', { uid: 1 }),
]
// @ts-expect-error no such route
export const nowhere = app.path('/snippet/:id', { id: 1 })
// @ts-expect-error edit is excepted
export const excepted = app.path('/pages/:slug/edit', { slug: 'a' })
// @ts-expect-error not one of the record's actions
export const noAction = app.path('/snippets/new')
// @ts-expect-error a parameter is missing
export const missing = app.path('/snippets/:id', {})
// @ts-expect-error all parameters are missing
export const none = app.path('/snippets/:id')
// @ts-expect-error one too many
export const more = app.path('/snippets/:id', { id: 1, x: 2 })
// @ts-expect-error null is no parameter
export const nothing = app.path('/snippets/:id', { id: null })
// @ts-expect-error a glob takes a list
export const text1 = app.path('/t/:tenant/files/*path', { tenant: 'x', path: 'a' })
// @ts-expect-error a query is no parameters
export const query = app.path('/login', { from: '/x' })
// @ts-expect-error the mounted router's own path lacks the mount
export const inside = app.path('/users/:uid', { uid: 1 })

// a path is text, and more than text
is<Equal<ReturnType<typeof admin.path<'/'>>, Path>>()
is<Path extends Href ? true : false>()
is<Href extends string ? true : false>()
export const filter = (page: number | undefined): Path => app.path('/login', {}, { page })
export const nested = app.path('/login', {}, { a: { b: ['c', 1n, true, null] }, at: new Date(0) }, 'top')
// @ts-expect-error a function is no query
export const noQuery = app.path('/login', {}, { at: () => 1 })
// @ts-expect-error a fragment is text
export const noFragment = app.path('/login', {}, {}, 7)
// @ts-expect-error a flag is no parameter
export const flag = app.path('/snippets/:id', { id: true })
// @ts-expect-error a record without an id
export const noId = app.path('/snippets/:id', { id: { name: 'x' } })
export const codec = [
  app.path('/page/:number', { number: '7' }),
  app.path('/page/:number', { number: 7 }),
  app.path('/page/:number', { number: { id: 7 } }),
]
declare const c: Browser
export const urls: readonly Href[] = [
  app.url(c, '/'),
  app.url(c, '/snippets/:id', { id: 7 }, { q: 'a' }, 'top'),
  app.url(c, '/login', {}, {}, 'top'),
]
// @ts-expect-error no such route
export const noUrl = app.url(c, '/nowhere')
// @ts-expect-error a URL needs a conn
export const noConn = app.url('/login')
// @ts-expect-error a parameter is missing
export const missingInUrl = app.url(c, '/snippets/:id')
// @ts-expect-error text is no path, before it is checked
export const unchecked: Path = '/login'
export const checked = (to: string): Path | undefined => (isLocalPath(to) ? to : undefined)
// @ts-expect-error what has been checked for a link may lead anywhere
export const elsewhereTo: Path = href('https://example.com')

is<Equal<typeof admin extends Router<infer P> ? P : never, '/' | '/users/:uid' | '/files/*path'>>()
export const listed: readonly RouteInfo[] = routes(app)
export const behind: readonly RouteInfo[] = routes(
  pipeline.from<Browser>()(signedIn, text('not a router, which only boot can tell')),
)
export const found: FoundRoute | undefined = routeInfo(app, 'GET', '/login', 'example.com')
// @ts-expect-error an app is a plug
export const noPlug = routes({})
export const known: Router<'/' | '/users/:uid' | '/files/*path'> = admin

// --- what a handler is given

export const conns = scope('/', browser, ({ get, scope, post }) => [
  get('/a/:id', conn => {
    is<Equal<(typeof conn.params)['id'], string>>()
    return text(conn.params.id)(conn)
  }),
  post('/n/:id/:other', { id: int }, conn => {
    is<Equal<(typeof conn.params)['id'], number>>()
    is<Equal<(typeof conn.params)['other'], string>>()
    is<Equal<(typeof conn.assigns)['currentUser'], User | null>>()
    return text('')(conn)
  }),
  scope('/signed', signedIn, ({ get }) => [
    get('/', conn => {
      is<Equal<(typeof conn.assigns)['currentUser'], User & (User | null)>>()
      return text(conn.assigns.currentUser.name)(conn)
    }),
  ]),
])

// codecs: io-ts's as they are, and any with a decode
const byId: Handler<Conn, 'id'> = conn => text(conn.params.id)(conn)
const Color = io.keyof({ red: null, blue: null })
export const codecs = scope('/', ({ get }) => [
  get('/c/:color', { color: Color }, conn => {
    is<Equal<(typeof conn.params)['color'], 'red' | 'blue'>>()
    return text(conn.params.color)(conn)
  }),
  get('/u/:id', { id: uuid }, conn => text(conn.params.id)(conn)),
])
// @ts-expect-error no codec
export const noCodec = scope('/', ({ get }) => [get('/c/:color', { color: 7 }, text('x'))])
export const wrongCodec = scope('/', ({ get }) => [
  // @ts-expect-error the path has no such parameter
  get('/c/:color', { colour: int }, text('x')),
])

// what fits a pattern stays text; patterns and codecs go together
is<Equal<Decoded<RegExp>, string>>()
is<Equal<Decoded<typeof int>, number>>()
export const shaped = scope(
  { path: '/:tenant', params: { tenant: /[a-z]+/ } },
  browser,
  ({ get, match, resources }) => [
    get('/p/:id/:n', { id: /\d+/, n: int }, conn => {
      is<Equal<(typeof conn.params)['id'], string>>()
      is<Equal<(typeof conn.params)['n'], number>>()
      is<Equal<(typeof conn.params)['tenant'], string>>()
      return text(conn.params.id)(conn)
    }),
    match(['GET', 'POST'], '/m/:id/*rest', { id: /\d+/ }, conn => {
      is<Equal<(typeof conn.params)['rest'], readonly string[]>>()
      return text(conn.params.id)(conn)
    }),
    get('/h/:id', { id: /\d+/ }, byId),
    resources(
      '/posts',
      {
        show: conn => {
          is<Equal<(typeof conn.params)['id'], string>>()
          return text(conn.params.id)(conn)
        },
      },
      { codec: /\d+/ },
      ({ get }) => [
        get('/likes', conn => {
          is<Equal<(typeof conn.params)['postId'], string>>()
          return text(conn.params.postId)(conn)
        }),
      ],
    ),
  ],
)
// @ts-expect-error a glob takes no pattern
export const shapedGlob = scope('/', ({ get }) => [get('/*rest', { rest: /a/ }, text('x'))])
// @ts-expect-error nor does a scope without the parameter
export const shapedOther = scope({ path: '/:id', params: { name: /a/ } }, () => [])

// a scope's parameters are its own to decode; a route names those of its own path
export const ownOnly = scope('/:id', ({ get }) => [
  // @ts-expect-error a scope's parameter
  get('/x', { id: int }, text('x')),
])
export const scoped = scope({ path: '/:id', params: { id: int } }, ({ get }) => [
  get('/x/:other', conn => text(conn.params.id.toFixed() + conn.params.other)(conn)),
])

// --- a route that is declared twice is refused, and nothing else is

is<Equal<Key<'GET', '/a/:id/b-:x.json/*rest'>, 'GET /a/:/b-:.json/*'>>()
is<Equal<Key<'GET' | 'PUT', '/'>, 'GET /' | 'PUT /'>>()
is<Equal<Key<'GET', '/\\:a/:b'>, 'GET /\\:a/:b'>>()
is<Equal<Key<'GET', '/:a', { readonly a: Codec<number> }>, 'GET /:'>>()
is<Equal<Key<'GET', '/:a', { readonly a: RegExp }>, never>>()

export const distinct = router(
  scope('/', ({ get, post, match, scope, resources, forward, fallback, head }) => [
    get('/a', text('x')),
    post('/a', text('x')),
    head('/a', text('x')),
    match('*', '/a', text('x')),
    match(['PUT', 'DELETE'], '/a', text('x')),
    get('/a/:id', text('x')),
    get('/a/:id.json', text('x')),
    get('/a/v:id', text('x')),
    get('/a/new', text('x')),
    get('/a/*rest', text('x')),
    get('/\\:a', text('x')),
    get('/\\:b', text('x')),
    resources('/r', { index: text('x'), show: text('x') }),
    resources('/r', { create: text('x') }),
    resources('/r', { update: text('x'), index: text('x') }, { only: ['update'] }),
    resources('/r', partly, { only: ['new', 'edit', 'delete'] }),
    resources('/r', partly),
    scope({ path: '/', host: 'api.' }, ({ get }) => [get('/a', text('x'))]),
    scope({ path: '/', host: ['b.'] }, ({ scope }) => [scope('/', ({ get }) => [get('/a', text('x'))])]),
    forward('/m', admin),
    forward('/m', admin),
    fallback(notFound),
    scope('/', ({ fallback }) => [fallback(notFound)]),
  ]),
  scope({ path: '/', host: 'c.' }, ({ get }) => [get('/a', text('x'))]),
)
// what the compiler does not know it does not judge
const computed: string = '/computed'
const method: string = 'GET'
const under: `/x/${string}` = '/x/y'
export const unknowns = scope('/', ({ get, match, scope }) => [
  get(computed, text('x')),
  get(computed, text('x')),
  get(under, text('x')),
  get(under, text('x')),
  match(method, '/a', text('x')),
  match(method, '/a', text('x')),
  scope('/list', ({ get }) => ['/a', '/b'].map(path => get(path, text('x')))),
  scope(computed, ({ get }) => [get('/a', text('x'))]),
  scope(computed, ({ get }) => [get('/a', text('x'))]),
])
export const twice = scope('/', ({ get, post, scope }) => [
  // @ts-expect-error the same route
  get('/a/:id', text('x')),
  post('/a/:id', text('x')),
  // @ts-expect-error the same route, whatever its parameter is called
  get('/a/:slug/', text('x')),
  // @ts-expect-error the same route, further in
  scope('/a', ({ scope }) => [scope('/', ({ get }) => [get('/:other', text('x'))])]),
])
const again = scope('/', ({ get }) => [get('/a/:x', text('x'))])
// @ts-expect-error the same route of two scopes
export const twiceInAll = router(conns, again)

// --- handlers elsewhere

const byName: Handler<Browser, 'id'> = conn => text(conn.params.id + String(getSession('x')(conn)))(conn)
const byType: Handler<Conn, { readonly id: number; readonly tags: readonly string[] }> = conn =>
  text(conn.params.id.toFixed())(conn)
export const elsewhere = scope('/', browser, ({ get }) => [
  get('/:id', byName),
  get('/:id/*tags', { id: int }, byType),
])
// @ts-expect-error the scope lacks what the handler needs
export const lacking = scope('/', ({ get }) => [get('/:id', byName)])
// @ts-expect-error the path lacks the parameter that the handler reads
export const lackingParam = scope('/', browser, ({ get }) => [get('/:other', byName)])
// @ts-expect-error the handler reads a number, and nothing decodes it
export const undecoded = scope('/', ({ get }) => [get('/:id/*tags', byType)])

const record = {
  index: conn => text(conn.method)(conn),
  show: conn => text(conn.params.slug)(conn),
} satisfies Partial<Actions<Conn, '/pages', { param: 'slug' }>>
const numbered = { show: conn => text(conn.params.id.toFixed())(conn) } satisfies Partial<
  Actions<Conn, '/pages', { codec: Codec<number> }>
>
export const controllers = scope('/', ({ resources }) => [
  resources('/pages', record, { param: 'slug' }),
  resources('/numbered', numbered, { codec: int }),
])
// @ts-expect-error the record reads `slug`
export const otherParam = scope('/', ({ resources }) => [resources('/pages', record)])
// @ts-expect-error no such action
export const noSuchAction = scope('/', ({ resources }) => [resources('/pages', record, { only: ['shwo'] })])

// --- handlers respond

// @ts-expect-error a handler that forgets to respond
export const forgets = scope('/', ({ get }) => [get('/', conn => conn)])
// @ts-expect-error an async handler
export const hurries = scope('/', ({ get }) => [get('/', async conn => text('x')(conn))])
export const waits = scope('/', ({ get }) => [get('/', conn => attempt(async () => text('x')(conn)))])
export const pipes = scope('/', ({ get }) => [get('/', pipeline(assign('a', 1), text('x')))])
// @ts-expect-error a fallback must respond too
export const silent = scope('/', ({ fallback }) => [fallback(conn => conn)])

// --- scopes

// @ts-expect-error signedIn needs a session and a current user
export const unmet = scope('/', signedIn, () => [])
// @ts-expect-error in a list too, an unmet need
export const unmetInList = scope('/', [fetchSession, signedIn], () => [])
const asyncPlug = async (conn: Conn) => conn
// @ts-expect-error an async plug
export const asyncThrough = scope('/', asyncPlug, () => [])
// @ts-expect-error its function returns nothing
export const noList = scope('/', ({ get }) => {
  get('/', text('x'))
})
// @ts-expect-error no such option
export const noOption = scope({ path: '/', hosts: 'a' }, () => [])

// --- mounts

export const mounted = scope('/', browser, ({ forward }) => [
  forward('/a', admin),
  forward('/b', conn => text(String(getSession('x')(conn)))(conn)),
])
// @ts-expect-error a mounted plug must respond
export const noResponse = scope('/', ({ forward }) => [forward('/a', assign('a', 1))])

// --- a router that begins where a pipeline ended

type Named = Conn & Assigned<{ readonly name: string }>
const named = router(scope.from<Named>()('/', ({ get }) => [get('/', conn => text(conn.assigns.name)(conn))]))
export const inPipeline = pipeline(assign('name', 'x'), named)
// @ts-expect-error the router's need is unmet
export const needs = pipeline(assign('other', 'x'), named)
is<Equal<typeof named extends Router<'/', Named> ? true : false, true>>()

export const mountedBehind = scope('/', assign('name', 'x'), ({ forward }) => [forward('/named', named)])
// @ts-expect-error the mounted router's need is unmet
export const mountedWithout = scope('/', ({ forward }) => [forward('/named', named)])
const all1 = router(mountedBehind)
export const throughTheMount: Path = all1.path('/named')

// --- a router is a plug, and its routes are data that says nothing

export const plug: (conn: Conn) => Result<Responded | Halted> = app
export const all = pipeline(browser, app)
export const aRoute: Route<'/x'> = scope('/', ({ get }) => [get('/x', text('x'))])
