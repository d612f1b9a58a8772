/** The mistakes a user will meet, each with what the compiler must say. */
import { assign, pipeline, putRespHeader, when, type Conn } from '../../../lib/index.js'
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
