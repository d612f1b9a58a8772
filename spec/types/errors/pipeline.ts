/** The mistakes a user will meet, each with what the compiler must say. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  assign,
  attempt,
  effect,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  rescue,
  text,
  when,
  type Conn,
  type Plug,
} from '../../../lib/index.js'
import { fetchSession, parsers, protectFromForgery, putFlash, putSession, requireUser, signedIn } from '../plugs.js'

export const e1 = pipeline(
  putRespHeader('a', 'b'),
  putSession('a', 1), // error: put fetchSession earlier in the pipeline
)
export const e2 = pipeline(
  fetchSession,
  putFlash('a', 'b'), // error: put fetchFlash (after fetchSession) earlier in the pipeline
)
export const e3 = pipeline(
  fetchSession,
  signedIn, // error: nothing earlier assigns 'currentUser'
)
export const e4 = pipeline(
  fetchSession,
  async (conn: Conn) => conn, // error: a plug must not be async: wrap the work in attempt(() => promise)
  assign('a', 1),
)
export const e5 = pipeline(
  fetchSession,
  assign('currentUser', 'str'),
  requireUser, // error: assigns.currentUser has another type here
)
export const e6 = pipeline(
  fetchSession,
  protectFromForgery, // error: put parsers() earlier in the pipeline
)
export const e7 = pipeline(
  parsers,
  protectFromForgery, // error: put fetchSession earlier in the pipeline
)
export const e8 = pipeline(
  assign('n', 1),
  assign('n', 'x'), // error: 'n' is assigned twice with different types: use another name, or assign a union
)
export const e9 = pipeline(
  assign('n', 1),
  when(() => true, putSession('seen', true)), // error: put fetchSession earlier in the pipeline
)
export const e10 = (conn: Conn) => conn.queryParams.page // error: NotFetched<"put fetchQueryParams earlier in the pipeline">
export const e11 = pipeline.from<Conn>()(
  putSession('a', 1), // error: put fetchSession earlier in the pipeline
)
export const e12 = pipeline(
  assign('a', 1),
  protectFromForgery, // error, first line: put parsers() earlier in the pipeline
)

// --- what responds without halt ends a pipeline
const isIn = (c: Conn): boolean => c.method === 'GET'
const guard = (c: Conn) => (isIn(c) ? c : pipe(c, putStatus(401), text('log in')))
const generic = <C extends Conn>(c: C) => (isIn(c) ? c : pipe(c, putStatus(401), text('log in')))
const statements = (c: Conn) => {
  if (isIn(c)) return c
  return text('log in')(c)
}
const later = (c: Conn) => attempt(async () => guard(c))
const generated = function* (c: Conn) {
  yield* attempt(async () => 1)
  return isIn(c) ? c : text('log in')(c)
}
const inner = pipeline(assign('a', 1), guard)
const secret = text('secret')
export const r1 = pipeline(guard, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r2 = pipeline(generic, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r3 = pipeline(statements, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r4 = pipeline(later, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r5 = pipeline(when(isIn, secret), secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r6 = pipeline(inner, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r7 = pipeline(guard, assign('b', 1), secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
export const r8 = pipeline(generated, secret) // error, first line: end it with halt: pipe(conn, text(…), halt)
// error, first line: end it with halt: pipe(conn, text(…), halt)
export const r9 = pipeline(pipe(inner, rescue(() => secret)), secret) // prettier-ignore
export const r10 = pipeline(secret, assign('b', 1)) // error, first line: end it with halt: pipe(conn, text(…), halt)

// --- what a plug returns
export const w1 = pipeline(c => assign('a', 1), secret) // error, first line: give the plug its conn, as in assign(…)(conn)
export const w2 = pipeline(c => ({ ...c }), secret) // error, first line: change a conn by functions, as in assign(…)(conn): {...conn} is none
export const w3 = pipeline(c => E.left(plugError(400, 'X', 'x')), secret) // error, first line: for a left, return fail(conn, error)
export const w7 = pipeline(c => attempt(async () => ({ ...c })), secret) // error, first line: change a conn by functions, as in assign(…)(conn): {...conn} is none
export const w8 = pipeline(c => TE.right({ ...c }), secret) // error, first line: change a conn by functions, as in assign(…)(conn): {...conn} is none
export const w9 = pipeline(function* () { return 5 }, secret) // error, first line: a plug must return a conn or an effect
export const w10 = pipeline(c => effect.of(assign('a', 1)), secret) // error, first line: give the plug its conn, as in assign(…)(conn)
export const w4: Plug = c => ({ ...c, assigns: {} }) // error: change a conn by functions, as in assign(…)(conn): {...conn} is none
export const w5: Plug = c => assign('x', 1) // error: give the plug its conn, as in text(…)(conn)
export const w6 = pipeline(c => { assign('a', 1)(c) }, secret) // error, first line: a plug must return a conn or an effect
