// Mistakes with routes, and what the compiler says to each.
import * as E from 'fp-ts/lib/Either.js'
import {
  assign,
  effect,
  pipe,
  pipeline,
  plugError,
  putStatus,
  text,
  type Assigned,
  type Conn,
  type IterableEffect,
  type Params,
  type WithBodyParams,
} from '../../../lib/index.js'
import { link } from '../../../plugs/index.js'
import { controller, int, pipelines, router, scope, type Handler } from '../../../router/index.js'
import { browser, fetchSession, getSession, putFlash, putSession, requireUser, signedIn, type Browser } from '../plugs.js'
import { app } from '../router-app.js'

// --- links
declare const conn: Conn
export const l1 = app.path('/snippet/:id', { id: 1 }) // error, first line: no route has the path '/snippet/:id': did you mean '/snippets/:id'?
export const l2 = app.path('/snippets/:id', {}) // error: Property 'id' is missing in type '{}'
export const l3 = app.path('/snippets/:id', { id: 1, x: 2 }) // error, first line: 'x' does not exist in type 'ParamsFor<"/snippets/:id">'
export const l4 = app.path('/snippets/:id') // error, first line: Expected 2-4 arguments, but got 1.
export const l5 = app.path('/login', { page: 2 }) // error, first line: this path has no parameters: the query comes after them
export const l6 = app.path('/snippets/:id', { id: null }) // error, first line: Type 'null' is not assignable to type 'Param'
export const l7 = app.path('/snippets/7') // error, first line: no route has the path '/snippets/7': did you mean '/snippets/:id'?
export const l8 = app.path('/snippets/:slug/edit', { slug: 1 }) // error, first line: did you mean '/snippets/:id/edit'?
export const l9 = app.path('/zzz') // error, first line: is not assignable to parameter of type '"no route has the path '/zzz'"'
export const l10 = app.path('/login?from=x') // error, first line: did you mean '/login'?
export const l11 = app.path('/login', {}, { from: () => 1 }) // error, first line: Type '() => number' is not assignable to type
export const l12 = app.path('/login', {}, {}, 7) // error, first line: Argument of type 'number' is not assignable to parameter of type 'string'
export const l13 = app.url(conn, '/lgin') // error, first line: no route has the path '/lgin': did you mean '/login'?
export const l14 = app.url('/login') // error, first line: Expected at least 2 arguments, but got 1.
export const l15 = app.path('/t/:tenant/files/*path', { tenant: 'x', path: 'a' }) // error, first line: Type 'string' is not assignable to type 'readonly Param[]'
export const l16 = app.path('/posts/:postId/likes/:id', { postId: 1, id: 2 }) // error, first line: did you mean '/posts/:postId/comments/:commentId/likes/:id'?
export const l17 = link('/login', 'Log in') // error: made by app.path or app.url, or checked by href()

// --- scopes whose need is unmet
// error, first line: put fetchFlash (after fetchSession) earlier in the pipeline
export const s1 = scope('/', putFlash('a', 'b'), ({ get }) => [get('/', text('x'))])
// error 7, first line: put fetchSession earlier in the pipeline
// error 5.9, first line: nothing earlier assigns 'currentUser'
export const s2 = scope('/', signedIn, ({ get }) => [get('/', c => text(c.assigns.z)(c))])
// error, first line: nothing earlier assigns 'currentUser'
export const s3 = scope('/', fetchSession, ({ scope }) => [scope('/in', signedIn, () => [])])
// error, first line: put fetchSession earlier in the pipeline
export const s4 = scope('/', [assign('a', 1), putSession('a', 1)], ({ get }) => [get('/', text('x'))])
const slow = async (conn: Conn) => conn
// error, first line: a plug must not be async: wrap the work in attempt(() => promise)
export const s5 = scope('/', slow, ({ get }) => [get('/', text('x'))])

const loadPage = <C extends Conn & Params<{ readonly id: number }>>(c: C) => assign('page', c.params.id)(c)
// error, first line: the path has no parameter 'id'
export const s6 = scope('/:other', loadPage, ({ get }) => [get('/', text('x'))])
// error, first line: the parameter 'id' has another type here
export const s7 = scope('/:id', loadPage, ({ get }) => [get('/', text('x'))])

// --- handlers
// error, first line: end with text, json, render, redirect or halt
export const h1 = scope('/', browser, ({ get }) => [get('/x', c => c)])
// error, first line: a handler must not be async: make it a generator (function*) and yield* attempt(() => promise)
export const h2 = scope('/', ({ get }) => [get('/x', async c => text('x')(c))])
// error, first line: Property 'nope' does not exist on type '{ readonly id: string; }'
export const h3 = scope('/', ({ get }) => [get('/x/:id', c => text(c.params.nope)(c))])
// error, first line: 'c.assigns.currentUser' is possibly 'null'
export const h4 = scope('/', browser, ({ get }) => [get('/x', c => text(c.assigns.currentUser.name)(c))])
// error: Property 'session' is missing in type 'NoSession<"put fetchSession earlier in the pipeline">'
export const h5 = scope('/', ({ get }) => [get('/x', c => text(String(getSession('x')(c)))(c))])
const show: Handler<Browser, 'id'> = c => text(c.params.id)(c)
const find = (id: number): IterableEffect<{ readonly name: string }> => effect.of({ name: String(id) })
type Browserless = Conn & Assigned<{ readonly z: number }>
const needsName: Handler<Conn & Assigned<{ readonly name: string }>> = c => text(c.assigns.name)(c)
const saved: Handler<Conn & WithBodyParams, 'id'> = c => text(c.params.id)(c)
// error, first line: "put parsers() earlier in the pipeline; or scope.from<…>(), if it is before the router"
export const h6 = scope('/', fetchSession, ({ get }) => [get('/:id', saved)])
// error, first line: "the path has no parameter 'id'"
export const h7 = scope('/', browser, ({ get }) => [get('/:other', show)])
// error, first line: end with text, json, render, redirect or halt
export const h8 = scope('/', ({ fallback }) => [fallback(c => c)])
// error, first line: end with text, json, render, redirect or halt
export const h9 = scope('/', ({ get }) => [get('/x', pipeline(assign('a', 1)))])
// error, first line: "give the plug its conn, as in text(…)(conn)"
export const h10 = scope('/', ({ get }) => [get('/x', c => text('hi'))])
// error, first line: "for a left, return fail(conn, error)"
export const h11 = scope('/', ({ get }) => [get('/x', c => E.left(plugError(400, 'X', 'x')))])
// error, first line: "for a left, return fail(conn, error)"
export const h12 = scope('/', ({ get }) => [get('/x', c => (c.method === 'GET' ? text('x')(c) : E.left(plugError(400, 'X', 'x'))))]) // prettier-ignore
// error, first line: "change a conn by functions, as in assign(…)(conn): {...conn} is none"
export const h13 = scope('/', ({ get }) => [get('/x', c => ({ ...text('x')(c), status: 201 }))])
// error, first line: "end with text, json, render, redirect or halt"
export const h14 = scope('/', ({ get }) => [get('/x', c => { text('x')(c) })]) // prettier-ignore
// error, first line: "end with text, json, render, redirect or halt"
export const h15 = scope('/', ({ get }) => [get('/x', c => effect.of(c))])
// error, first line: "end with text, json, render, redirect or halt"
export const h16 = scope('/', ({ get }) => [get('/x', function* (c) { yield* find(1); return c })]) // prettier-ignore
// error, first line: "a generator must yield effects: yield* an effect, and wrap a promise in attempt(() => promise)"
export const h17 = scope('/', ({ get }) => [get('/x', function* (c) { yield 7; return text('x')(c) })]) // prettier-ignore
// error, first line: Hint<"put a star behind yield, as in yield* effect">
export const h18 = scope('/', ({ get }) => [get('/x', function* (c) { const x = yield find(1); return text(x.name)(c) })]) // prettier-ignore
// error, first line: NotFetchedOr<"put parsers() earlier in the pipeline", "scope.from<…>(), if it is before the router">
export const h19 = scope('/', ({ post }) => [post('/x', c => text(String(c.bodyParams.title))(c))])
// error, first line: "put parsers() earlier in the pipeline"
export const h20 = scope.from<Browserless>()('/', ({ get }) => [get('/:id', saved)])
// error, first line: "nothing earlier assigns 'name': did you mean 'names'?"
export const h21 = scope('/', assign('names', 'x'), ({ get }) => [get('/', needsName)])
// error, first line: "nothing earlier assigns 'name'"
export const h22 = scope('/', ({ forward }) => [forward('/', needsName)])
// error, first line: "nothing earlier assigns 'name'"
export const h23 = scope('/', ({ fallback }) => [fallback(needsName)])
// error, first line: "nothing earlier assigns 'name'"
export const h24 = scope('/', ({ match }) => [match('*', '/', needsName)])

// --- plugs that respond and do not halt
const isIn = (c: Conn): boolean => c.method === 'GET'
const guard = (c: Conn) => (isIn(c) ? c : pipe(c, putStatus(401), text('log in')))
const generic = <C extends Conn>(c: C) => (isIn(c) ? c : pipe(c, putStatus(401), text('log in')))
const inner = pipeline(assign('g', 1), guard)
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g1 = scope('/', guard, ({ get }) => [get('/', text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g2 = scope('/', [assign('b', 2), inner], ({ get }) => [get('/', text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g3 = scope('/', [guard, assign('b', 2)], ({ get }) => [get('/', text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g4 = scope('/', ({ get }) => [get('/', guard, text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g5 = scope('/', ({ get }) => [get('/', [assign('b', 2), generic], text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g6 = pipelines({ guard }).scope('/', 'guard', ({ get }) => [get('/', text('x'))])
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g7 = controller({ plugs: [guard] }, { index: text('x') })
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const g8 = controller({ plugs: [[inner, { only: ['index'] }]] }, { index: text('x') })
// error, first line: end with text, json, render, redirect or halt
export const g9 = scope('/', ({ forward }) => [forward('/', guard)])

// --- plugs of one route
// error, first line: "put fetchSession earlier in the pipeline; or scope.from<…>(), if it is before the router"
export const p1 = scope('/', ({ get }) => [get('/', putSession('a', 1), text('x'))])
// error, first line: "nothing earlier assigns 'currentUser'"
export const p2 = scope('/', ({ get }) => [get('/', [fetchSession, signedIn], text('x'))])
// error, first line: a plug must not be async: wrap the work in attempt(() => promise)
export const p3 = scope('/', ({ get }) => [get('/', slow, text('x'))])
// error, first line: "the path has no parameter 'id'"
export const p4 = scope('/', ({ get }) => [get('/:other', loadPage, text('x'))])
// error, first line: "nothing earlier assigns 'name'"
export const p5 = scope('/', ({ get }) => [get('/:id', assign('b', 2), needsName)])
// error, first line: Property 'nope' does not exist on type '{ readonly id: string; }'
export const p6 = scope('/', ({ get }) => [get('/:id', assign('b', 2), c => text(c.params.nope)(c))])
// error, first line: "end with text, json, render, redirect or halt"
export const p7 = scope('/', ({ get }) => [get('/:id', assign('b', 2), c => c)])

// --- routes that are declared twice
export const d1 = scope('/admin', ({ get, post }) => [
  get('/users', text('x')), // error, first line: GET /admin/users is declared twice: only the first is ever reached
  post('/users', text('x')),
  get('/users/', text('x')), // error, first line: GET /admin/users is declared twice
])
export const d2 = scope('/', ({ get, resources }) => [
  resources('/posts', { index: text('x'), show: text('x') }), // error, first line: GET /posts/:id is declared twice
  get('/posts/:slug', text('x')), // error, first line: GET /posts/:slug is declared twice
])
export const d3 = scope('/', ({ get, scope }) => [
  scope('/a', ({ get }) => [get('/b', text('x')), get('/c', text('x'))]), // error, first line: GET /a/b is declared twice
  get('/a/b', text('x')), // error, first line: GET /a/b is declared twice
])
export const d4 = router(
  scope('/', ({ put }) => [put('/x/*a', text('x'))]), // error: PUT /x/*a is declared twice
  scope('/x', ({ match }) => [match(['PUT', 'POST'], '/*b', text('x'))]),
)
export const d5 = scope('/', ({ resources }) => [
  // error: GET /x/:xId/y is declared twice
  resources('/x', {}, {}, ({ get }) => [get('/y', text('x')), get('/y', text('x'))]),
])

// --- codecs
// error, first line: the path has no parameter 'idd'
export const c1 = scope('/', ({ get }) => [get('/x/:id', { id: int, idd: int }, text('x'))])
// error, first line: the path has no parameter 'id'
export const c2 = scope('/:id', ({ get }) => [get('/x', { id: int }, text('x'))])
// error, first line: the path has no parameter 'name'
export const c3 = scope({ path: '/:id', params: { name: int } }, () => [])

// error, first line: a glob takes no pattern: give 'path' a codec
export const c4 = scope('/', ({ get }) => [get('/x/*path', { path: /a/ }, text('x'))])
// error, first line: 'id' needs a codec, such as int, uuid or io-ts's, or a regular expression
export const c7 = scope('/', ({ get }) => [get('/x/:id', { id: Number }, text('x'))])
// error, first line: 'id' needs a codec, such as int, uuid or io-ts's, or a regular expression
export const c8 = scope('/', ({ get }) => [get({ path: '/x/:id', params: { id: { parse: Number } } }, text('x'))])
// error, first line: the path has no parameter 'idd'
export const c5 = scope('/', ({ get }) => [get('/x/:id', { idd: /\d+/ }, text('x'))])
// error, first line: Property 'toFixed' does not exist on type 'string'
export const c6 = scope('/', ({ get }) => [get('/x/:id', { id: /\d+/ }, c => text(c.params.id.toFixed())(c))])

// --- resources
export const r1 = scope('/', ({ resources }) => [
  resources('/x', { show: c => c }), // error: end with text, json, render, redirect or halt
  resources('/y', { show: c => text(c.params.id)(c) }, { param: 'slug' }), // error, first line: Property 'id' does not exist on type '{ readonly slug: string; }'
  resources('/z', { show: text('x') }, { only: ['shwo'] }), // error, first line: Type '"shwo"' is not assignable to type 'ActionName'
  resources('/x', { shwo: text('x') }), // error: 'shwo' does not exist in type
])

// --- named pipelines
const named = pipelines({ browser, signedIn })
// error, first line: not assignable to parameter of type
// error, first line: PlugOr<"browser" | "signedIn">
export const n1 = named.scope('/', 'brwoser', () => [])
// error, first line: PlugOr<"browser" | "signedIn">'. Did you mean '"signedIn"'?
export const n2 = named.scope('/', ['browser', 'sigendIn'], () => [])
// error 7, first line: Unfit<"put fetchSession earlier in the pipeline; or scope.from<…>(), if it is before the router">
// error 5.9, first line: Unfit<"nothing earlier assigns 'currentUser'">
export const n3 = named.scope('/', 'signedIn', () => [])

// --- controllers
const loadPost = <C extends Conn & Params<{ readonly id: string }>>(c: C) => assign('post', c.params.id)(c)
const save = (c: Conn): E.Either<'invalid', string> => (c.method === 'GET' ? E.left('invalid') : E.right(''))
// error: Property 'shwo' is missing in type
export const k1 = controller({ plugs: [[assign('a', 1), { only: ['shwo'] }]] }, { show: text('x') })
export const k2 = controller(
  { plugs: [[requireUser, { only: ['show'] }]] },
  // error 7, first line: Unfit<"put fetchSession earlier in the pipeline">
  // error 5.9, first line: Unfit<"nothing earlier assigns 'currentUser'">
  { show: text('x'), index: text('x') },
)
// error, first line: Unfit<"the path has no parameter 'id'">
export const k3 = controller({ plugs: [loadPost] }, { index: text('x') })
// error: end with text, json, render, redirect or halt
export const k4 = controller({}, { show: c => c })
// error, first line: a left needs an actionFallback
export const k5 = controller({}, { create: c => pipe(save(c), E.map(name => text(name)(c))) }) // prettier-ignore
// error, first line: Property 'post' does not exist on type '{}'
export const k6 = controller({ plugs: [[loadPost, { except: ['edit'] }]] }, { edit: c => text(c.assigns.post)(c) })
// error: a handler must not be async: make it a generator (function*) and yield* attempt(() => promise)
export const k7 = controller({}, { show: async c => text('x')(c) })
