// Mistakes with routes, and what the compiler says to each.
import { assign, pipeline, text, type Conn } from '../../../lib/index.js'
import { int, scope, type Handler } from '../../../router/index.js'
import { browser, fetchSession, getSession, putFlash, putSession, signedIn, type Browser } from '../plugs.js'
import { app } from '../router-app.js'

// --- links
export const l1 = app.path('/snippet/:id', { id: 1 }) // error, first line: no route has the path '/snippet/:id'
export const l2 = app.path('/snippets/:id', {}) // error: Property 'id' is missing in type '{}'
export const l3 = app.path('/snippets/:id', { id: 1, x: 2 }) // error, first line: 'x' does not exist in type 'ParamsFor<"/snippets/:id">'
export const l4 = app.path('/snippets/:id') // error, first line: Expected 2-3 arguments, but got 1.
export const l5 = app.path('/login', { page: 2 }) // error, first line: this path has no parameters: the query is the third argument
export const l6 = app.path('/snippets/:id', { id: null }) // error, first line: Type 'null' is not assignable to type 'Param'

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
// error: NotFetched<"put parsers() earlier in the pipeline">
export const h6 = scope('/', fetchSession, ({ get }) => [get('/:id', show)])
// error: Property 'id' is missing in type '{ readonly other: string; }'
export const h7 = scope('/', browser, ({ get }) => [get('/:other', show)])
// error, first line: end with text, json, render, redirect or halt
export const h8 = scope('/', ({ fallback }) => [fallback(c => c)])
// error: end with text, json, render, redirect or halt
export const h9 = scope('/', ({ get }) => [get('/x', pipeline(assign('a', 1)))])

// --- codecs
// error, first line: the path has no parameter 'idd'
export const c1 = scope('/', ({ get }) => [get('/x/:id', { id: int, idd: int }, text('x'))])
// error, first line: the path has no parameter 'id'
export const c2 = scope('/:id', ({ get }) => [get('/x', { id: int }, text('x'))])
// error, first line: the path has no parameter 'name'
export const c3 = scope({ path: '/:id', params: { name: int } }, () => [])

// --- resources
export const r1 = scope('/', ({ resources }) => [
  resources('/x', { show: c => c }), // error: end with text, json, render, redirect or halt
  resources('/x', { show: c => text(c.params.id)(c) }, { param: 'slug' }), // error, first line: Property 'id' does not exist on type '{ readonly slug: string; }'
  resources('/x', { show: text('x') }, { only: ['shwo'] }), // error, first line: Type '"shwo"' is not assignable to type 'ActionName'
  resources('/x', { shwo: text('x') }), // error: 'shwo' does not exist in type
])
