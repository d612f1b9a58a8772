/** The mistakes a user will meet with sessions, flash and CSRF, each with what the compiler must say. */
import * as t from 'io-ts'
import { pipeline, putRespHeader, type Conn } from '../../../lib/index.js'
import { protectFromForgery, withCsrfToken } from '../../../plugs/csrf.js'
import { fetchFlash, keepFlash, putFlash } from '../../../plugs/flash.js'
import {
  clearSession,
  configureSession,
  defineSession,
  deleteSession,
  fetchSession,
  getSession,
  putSession,
  updateSession,
} from '../../../plugs/session/index.js'
import { parsers } from '../plugs.js'

export const e1 = pipeline(
  putRespHeader('a', 'b'),
  putSession('a', 1), // error: put fetchSession earlier in the pipeline
)
export const e2 = pipeline(
  fetchSession,
  putSession('items', 3, 'cart'), // error: put fetchSession for 'cart' earlier in the pipeline
)
export const e3 = pipeline(
  putRespHeader('a', 'b'),
  fetchFlash, // error: put fetchSession earlier in the pipeline
)
export const e4 = pipeline(
  fetchSession,
  putFlash('info', 'x'), // error: put fetchFlash (after fetchSession) earlier in the pipeline
)
export const e5 = pipeline(
  fetchSession,
  protectFromForgery, // error: put parsers() earlier in the pipeline
)
export const e6 = pipeline(
  parsers,
  protectFromForgery, // error: put fetchSession earlier in the pipeline
)
export const e7 = pipeline(
  fetchSession,
  parsers,
  withCsrfToken, // error: put protectFromForgery earlier in the pipeline
)
export const e8 = pipeline(
  putRespHeader('a', 'b'),
  clearSession, // error: put fetchSession earlier in the pipeline
)
export const e9 = pipeline(
  fetchSession,
  clearSession.named('cart'), // error: put fetchSession for 'cart' earlier in the pipeline
)
export const e10 = pipeline.from<Conn>()(
  configureSession('renew'), // error: put fetchSession earlier in the pipeline
)
export const e11 = pipeline.from<Conn>()(
  deleteSession('a'), // error: put fetchSession earlier in the pipeline
)
export const e12 = (conn: Conn) => getSession('a')(conn) // error: Property 'session' is missing in type 'NoSession<"put fetchSession earlier in the pipeline">'
export const e13 = putSession('a', () => 1) // error: is not assignable to parameter of type 'Term'
const visitor = defineSession(t.partial({ theme: t.string }))
export const e14 = pipeline(
  putRespHeader('a', 'b'),
  visitor.putSession('theme', 'dark'), // error: put fetchSession earlier in the pipeline
)
export const e15 = pipeline(
  putRespHeader('a', 'b'),
  updateSession('n', () => 1), // error: put fetchSession earlier in the pipeline
)
export const e16 = pipeline(
  fetchSession,
  defineSession(t.partial({}), { name: 'cart' }).clearSession, // error: put fetchSession for 'cart' earlier in the pipeline
)
export const e17 = pipeline(
  parsers,
  protectFromForgery({ mode: 'token' }), // error: put fetchSession earlier in the pipeline
)
export const e18 = pipeline(
  fetchSession,
  protectFromForgery({ allowHosts: [] }), // error: put parsers() earlier in the pipeline
)
export const e19 = pipeline(
  putRespHeader('a', 'b'),
  protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession' }), // error: put fetchSession earlier in the pipeline
)
export const e20 = pipeline(
  putRespHeader('a', 'b'),
  protectFromForgery({ mode: 'fetchMetadata' }),
  withCsrfToken, // error: put protectFromForgery earlier in the pipeline
)
export const e21 = pipeline(
  fetchSession,
  keepFlash('info'), // error: put fetchFlash (after fetchSession) earlier in the pipeline
)
export const e22 = pipeline(
  fetchSession,
  keepFlash(), // error: put fetchFlash (after fetchSession) earlier in the pipeline
)
