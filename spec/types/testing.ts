/** What the compiler knows of the test kit, and of links by type. Every line that compiles is a promise kept. */
import {
  assign,
  fail,
  pipeline,
  plugError,
  text,
  type Assigned,
  type Conn,
  type Failed,
  type Halted,
} from '../../lib/index.js'
import { conn, recycle, run, runAsync } from '../../lib/testing/index.js'
import { links, router, scope, type Handler } from '../../router/index.js'
import { fetchSession, putSession } from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

interface User {
  readonly name: string
  readonly admin?: boolean
}
const show: Handler<Conn & Assigned<{ readonly user: User }>, 'id'> = c =>
  text(`${c.params.id} ${c.assigns.user.name}`)(c)
const options = { assigns: { user: { name: 'Ada' } }, params: { id: '7' } }
export const done = run(show)(conn('GET', '/', options))
export const later: Promise<Conn> = runAsync(show)(conn('GET', '/', options))
// @ts-expect-error the parameter is missing
run(show)(conn('GET', '/', { assigns: { user: { name: 'Ada' } } }))
// @ts-expect-error so is the assign
run(show)(conn('GET', '/', { params: { id: '7' } }))
run(show)(recycle(done)('GET', '/', options))
const title: (c: Conn & { readonly bodyParams: { readonly title: string } }) => unknown = c =>
  text(c.bodyParams.title)(c as Conn)
run(title)(conn('POST', '/', { bodyParams: { title: 'x' } }))
run(text('x'))(conn('GET', '/'))
run(pipeline(assign('a', 1), text('x')))(conn('GET', '/', { assigns: { z: 1 } }))
// sessions are data, which the plugs that fetch them read
run(pipeline(fetchSession, putSession('a', 1), text('x')))(conn('GET', '/', { session: { a: 1 } }))
run(pipeline(fetchSession, text('x')))(conn('GET', '/', { sessions: { cart: { items: 1 } } }))

const app = router(scope('/posts', ({ get }) => [get('/:id', text('one')), get('/', text('all'))]))
const path = links<typeof app>()
export const link: string = path('/posts/:id', { id: 7 }, { page: 2 })
path('/posts')
// @ts-expect-error no such route
path('/post')
// @ts-expect-error the parameter is missing
path('/posts/:id')

// what a plug fails with is carried outwards beside other halts
const late = plugError(409, 'Late', 'too late')
const taken = (c: Conn) => (c.method === 'GET' ? c : fail(c, late))
const inner = pipeline(assign('a', 1), taken)
const outer = pipeline(inner, (c: Conn): Conn | Halted => c)
is<Equal<Extract<ReturnType<typeof outer>, Failed<unknown>> extends never ? false : true, true>>()
