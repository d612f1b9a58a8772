/** What the compiler knows of sessions, flash and CSRF. Every `@ts-expect-error` is a promise kept, as is every other line. */
import * as t from 'io-ts'
import { atom, float, tuple, type Term } from '../../lib/crypto/index.js'
import {
  assign,
  pipe,
  pipeline,
  text,
  type After,
  type Conn,
  type Effect,
  type Halted,
  type Responded,
  type Result,
  type SessionData,
  type WithBodyParams,
  type WithCsrf,
  type WithFlash,
  type WithSession,
} from '../../lib/index.js'
import { deleteCsrfToken, getCsrfToken, protectFromForgery, withCsrfToken } from '../../plugs/csrf.js'
import { clearFlash, fetchFlash, getFlash, keepFlash, mergeFlash, putFlash } from '../../plugs/flash.js'
import {
  clearSession,
  configureSession,
  cookieStore,
  defineSession,
  deleteSession,
  fetchSession,
  getSession,
  memoryStore,
  memoryTable,
  mergeSession,
  putSession,
  readSession,
  session,
  sessionConfig,
  updateSession,
  writeSession,
  type Store,
} from '../../plugs/session/index.js'
import { parsers } from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

const sessions = session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' })
const carts = session({ store: memoryStore(memoryTable()), key: '_cart', name: 'cart' })

// the whole browser pipeline
export const browser = pipeline(
  sessions,
  carts,
  fetchSession,
  fetchSession('cart'),
  fetchFlash,
  parsers,
  protectFromForgery,
  withCsrfToken,
  putSession('theme', 'dark'),
  putSession('items', 3, 'cart'),
  mergeSession({ a: 1, b: [null, true, 'x'] }),
  deleteSession('a'),
  clearSession.named('cart'),
  configureSession('renew'),
  putFlash('info', 'Welcome'),
)
export type Browser = After<typeof browser>
declare const browsed: Browser
export const token: string = browsed.assigns.csrfToken
export const data: SessionData = browsed.sessions.session.data
export const cart: SessionData = browsed.sessions.cart.data
export const message: string | undefined = browsed.flash['info']
is<Equal<keyof Browser['sessions'], 'session' | 'cart'>>()
is<Equal<keyof Browser['assigns'], 'csrfToken'>>()
// @ts-expect-error no such session
export const other = browsed.sessions.other

// a pipeline may be an effect where the store may, and is none where all are at once
declare const plain: Conn
export const result: Result<(Conn & WithSession) | Halted> = browser(plain)
// @ts-expect-error it may be an effect
export const noResult: Conn = browser(plain)
export const sync: Conn = pipeline(sessions, assign('a', 1))(plain)

// what a key holds
declare const opened: Conn & WithSession
export const theme: Term | undefined = getSession('theme')(opened)
export const certain: Term = getSession('theme', 'light')(opened)
export const whole: SessionData = getSession()(opened)
export const items: Term | undefined = getSession('items', undefined, 'cart')(browsed)
export const zero: Term = getSession('items', 0, 'cart')(browsed)
// @ts-expect-error there may be none
export const notCertain: Term = getSession('theme')(opened)
// @ts-expect-error a term is not known to be text
export const noText: string = getSession('theme', 'light')(opened)
// @ts-expect-error no such session here
export const noCart = getSession('items', 0, 'cart')(opened)

// with pipe, on a conn
export const piped: Responded = pipe(
  opened,
  putSession('a', 1),
  clearSession,
  configureSession('drop'),
  text('bye'),
)
is<Equal<typeof renewed, Conn & WithSession>>()
export const renewed = pipe(opened, configureSession('renew'), deleteSession('a'))
// @ts-expect-error not fetched
export const unopened = pipe(plain, putSession('a', 1))

// what may be put
type Saved = { readonly at: Date; readonly ids: readonly bigint[] }
declare const saved: Saved
export const terms = [
  putSession('a', null),
  putSession('a', [1, 'x', { deep: [true] }]),
  putSession('a', new Uint8Array(2)),
  putSession('a', saved),
  putSession('a', tuple(atom('ok'), float(1))),
  putSession('a', 2n ** 70n),
]
// @ts-expect-error a function is no term
export const fn = putSession('a', () => 1)
// @ts-expect-error undefined is no term
export const nothing = putSession('a', undefined)
// @ts-expect-error an instance of a class is no term
export const map = putSession('a', new Map())
class User {
  readonly name = 'ada'
  greet(): string {
    return this.name
  }
}
// @ts-expect-error nor is one of the app's
export const instance = putSession('a', new User())
// @ts-expect-error nor what holds one
export const nested = putSession('a', { user: [new User()] })
// @ts-expect-error undefined, in a record
export const merged = mergeSession({ a: undefined })
// @ts-expect-error renew, drop or ignore
export const configured = configureSession('write')

// a session typed by what its data are serves wherever one is asked for
declare const typed: Conn & WithSession<{ readonly userId: number }>
export const userId: number = typed.sessions.session.data.userId
export const changed = pipe(typed, putSession('a', 1), fetchFlash, putFlash('info', 'x'))
export const stillTyped: number = changed.sessions.session.data.userId

// flash
declare const flashing: Conn & WithSession & WithFlash
export const flashed = pipe(flashing, mergeFlash({ a: 'b' }), clearFlash, putFlash('a', 'b'), getFlash('a'))
is<Equal<typeof flashed, string | undefined>>()
export const keptFlash: typeof flashing = pipe(
  flashing,
  keepFlash(),
  keepFlash('info'),
  keepFlash('info', 'error'),
)
export const keeping = pipeline(fetchSession, fetchFlash, keepFlash(), keepFlash('info'), text('ok'))
// @ts-expect-error keys are text
export const keepsNumber = keepFlash(1)
// @ts-expect-error not fetched
export const keepsNothing = keepFlash()(plain)
export const early = mergeFlash({ a: 'b' })(plain).flash
// @ts-expect-error fetchFlash needs a session
export const noSession = fetchFlash(plain)
// @ts-expect-error a message is text
export const number = putFlash('info', 1)

// CSRF
declare const ready: Conn & WithSession & WithBodyParams
export const checked: (typeof ready & WithCsrf) | Halted = protectFromForgery(ready)
declare const guarded: Conn & WithCsrf
export const made: string = getCsrfToken(guarded)
export const inView: string = withCsrfToken(guarded).assigns.csrfToken
export const gone: Conn & WithCsrf = deleteCsrfToken(guarded)
// @ts-expect-error not protected
export const unguarded = getCsrfToken(ready)
export const admin = pipeline(
  fetchSession('admin'),
  parsers,
  protectFromForgery({ sessionName: 'admin', with: 'clearSession', allowHosts: ['.example.com'] }),
  withCsrfToken,
)
// @ts-expect-error the state's session is not fetched
export const noAdmin = pipeline(fetchSession, parsers, protectFromForgery({ sessionName: 'admin' }))
// @ts-expect-error 'exception' or 'clearSession'
export const mode = protectFromForgery({ with: 'ignore' })

// CSRF judged by what the browser says: neither a session nor a body, and no tokens
export const modern = pipeline(assign('a', 1), protectFromForgery({ mode: 'fetchMetadata' }), text('ok'))
export const modernAlone = pipeline(
  protectFromForgery({ mode: 'fetchMetadata', allowHosts: ['.example.com'] }),
)
is<Equal<typeof judged, Conn | Halted>>()
export const judged = protectFromForgery({ mode: 'fetchMetadata', with: 'exception' })(plain)
export const cleared: typeof opened = protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession' })(
  opened,
)
export const clearing = pipeline(
  fetchSession('admin'),
  protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession', sessionName: 'admin' }),
)
export const tokens = pipeline(fetchSession, parsers, protectFromForgery({ mode: 'token' }), withCsrfToken)
export const noSessionToClear = pipeline(
  assign('a', 1),
  // @ts-expect-error to clear a session it must be fetched
  protectFromForgery({ mode: 'fetchMetadata', with: 'clearSession' }),
)
// @ts-expect-error tokens need a session and a body
export const tokenAlone = protectFromForgery({ mode: 'token' })(plain)
// @ts-expect-error tokens need a body
export const tokenWithoutBody = protectFromForgery({})(opened)
// @ts-expect-error there are no tokens
export const noTokens = getCsrfToken(judged)
// @ts-expect-error nor a key for their state
export const noKeyForState = protectFromForgery({ mode: 'fetchMetadata', sessionKey: 'csrf' })
// @ts-expect-error 'token' or 'fetchMetadata'
export const noMode = protectFromForgery({ mode: 'origin' })

// the halves, and a store of one's own
const config = sessionConfig({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' })
export const half = readSession(config)(plain)
export const written: Result<typeof opened> = writeSession(config)(opened)
declare const late: Effect<string>
export const own: Store = { get: () => undefined, apply: () => late, delete: () => undefined }
// @ts-expect-error without a cookie's name
export const noKey = session({ store: own })
// @ts-expect-error the salt belongs to the store
export const salted = session({ store: own, key: 'k', signingSalt: 'a salt' })
// @ts-expect-error without a salt
export const noSalt = cookieStore({})
export const timed = cookieStore({ signingSalt: 'a salt', issuedAt: true })
// @ts-expect-error true or false
export const timedFor = cookieStore({ signingSalt: 'a salt', issuedAt: 60 })
// @ts-expect-error not a serializer
export const yaml = cookieStore({ signingSalt: 'a salt', serializer: 'yaml' })
// @ts-expect-error not a table
export const noTable = memoryStore(new Map())

// a term changed by a function
export const counted = pipeline(
  fetchSession,
  updateSession('n', n => Number(n ?? 0) + 1),
  text('ok'),
)
export const countedCart = updateSession('n', () => 1, 'cart')(browsed)
export const counting: Result<typeof opened> = updateSession('n', () => 1)(opened)
// @ts-expect-error what it gives must be a term
export const lost = updateSession('n', () => undefined)
// @ts-expect-error there may be none
export const blind = updateSession('n', (n: number) => n + 1)

// a session typed by a codec
const visitor = defineSession(
  t.partial({ userId: t.number, theme: t.union([t.literal('light'), t.literal('dark')]) }),
)
export const visiting = pipeline(
  sessions,
  visitor.fetchSession,
  visitor.putSession('theme', 'dark'),
  visitor.updateSession('userId', id => (id ?? 0) + 1),
  visitor.mergeSession({ userId: 7 }),
  visitor.deleteSession('userId'),
  visitor.clearSession,
  visitor.configureSession('renew'),
  putSession('other', 1),
)
declare const visited: After<typeof visiting>
export const itsTheme: 'light' | 'dark' | undefined = visitor.getSession('theme')(visited)
export const someTheme: 'light' | 'dark' = visitor.getSession('theme', 'light')(visited)
export const itsData: { readonly userId?: number | undefined } = visitor.getSession()(visited)
export const itsId: number | undefined = visited.sessions.session.data.userId
export const itsOther: Term | undefined = getSession('other')(visited)
// @ts-expect-error no such theme
export const blue = visitor.putSession('theme', 'blue')
// @ts-expect-error no such key
export const age = visitor.putSession('age', 7)
// @ts-expect-error no such key
export const noAge = visitor.getSession('age')
// @ts-expect-error delete it
export const absent = visitor.putSession('theme', undefined)
// @ts-expect-error it may be absent
export const sure: 'light' | 'dark' = visitor.getSession('theme')(visited)
// what they read is decoded, so any session will do
export const untyped = visitor.getSession('theme')(visitor.putSession('theme', 'dark')(opened))
// @ts-expect-error not fetched
export const never = visitor.putSession('theme', 'dark')(plain)
// @ts-expect-error drop-keys, clear or fail
export const invalid = defineSession(t.partial({}), { onInvalid: 'lose' })
const basket = defineSession(t.partial({ items: t.array(t.string) }), { name: 'cart' })
export const shopping = pipeline(carts, basket.fetchSession, basket.putSession('items', ['tea']))
// @ts-expect-error another session
export const mixed = basket.getSession('items')(visited)
