// Mistakes with routes, and what the compiler says to each.
import * as E from 'fp-ts/lib/Either.js'
import { assign, pipe, pipeline, text, type Conn, type Params, type WithBodyParams } from '../../../lib/index.js'
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
// error: a handler must not be async: wrap the work in attempt(() => promise)
export const h2 = scope('/', ({ get }) => [get('/x', async c => text('x')(c))])
// error, first line: Property 'nope' does not exist on type '{ readonly id: string; }'
export const h3 = scope('/', ({ get }) => [get('/x/:id', c => text(c.params.nope)(c))])
// error, first line: 'c.assigns.currentUser' is possibly 'null'
export const h4 = scope('/', browser, ({ get }) => [get('/x', c => text(c.assigns.currentUser.name)(c))])
// error: Property 'session' is missing in type '{}'
export const h5 = scope('/', ({ get }) => [get('/x', c => text(String(getSession('x')(c)))(c))])
const show: Handler<Browser, 'id'> = c => text(c.params.id)(c)
const saved: Handler<Conn & WithBodyParams, 'id'> = c => text(c.params.id)(c)
// error: NotFetched<"put parsers() earlier in the pipeline">
export const h6 = scope('/', fetchSession, ({ get }) => [get('/:id', saved)])
// error: Property 'id' is missing in type '{ readonly other: string; }'
export const h7 = scope('/', browser, ({ get }) => [get('/:other', show)])
// error, first line: end with text, json, render, redirect or halt
export const h8 = scope('/', ({ fallback }) => [fallback(c => c)])
// error: end with text, json, render, redirect or halt
export const h9 = scope('/', ({ get }) => [get('/x', pipeline(assign('a', 1)))])

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
// error 7, first line: Unfit<"put fetchSession earlier in the pipeline">
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
// error: a handler must not be async: wrap the work in attempt(() => promise)
export const k7 = controller({}, { show: async c => text('x')(c) })
