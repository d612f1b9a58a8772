/** What the compiler knows of pipelines. Every line that compiles is a promise kept; every `@ts-expect-error` one too. */
import {
  assign,
  attempt,
  fail,
  halt,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  rescue,
  text,
  when,
  type After,
  type Assigned,
  type Conn,
  type Effect,
  type Halted,
  type Plug,
  type Result,
  type WithSession,
} from '../../lib/index.js'
import {
  browser,
  fetchCart,
  fetchSession,
  getSession,
  putFlash,
  putSession,
  requireUser,
  signedIn,
  type Browser,
  type User,
} from './plugs.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

// a pipeline passes on what its plugs add
export const two = pipeline(assign('a', 1), assign('b', 'x'))
declare const afterTwo: After<typeof two>
export const a: number = afterTwo.assigns.a
export const b: string = afterTwo.assigns.b
// @ts-expect-error nothing assigned c
export const c = afterTwo.assigns.c

// 12 and 20 plugs
export const p12 = pipeline(
  fetchSession,
  assign('a', 1),
  assign('b', 1),
  assign('c', 1),
  assign('d', 1),
  assign('e', 1),
  assign('f', 1),
  assign('g', 1),
  putSession('a', 1),
  assign('h', 1),
  assign('i', 1),
  assign('j', 1),
)
declare const c12: After<typeof p12>
export const twelve: number = c12.assigns.j + c12.assigns.a
export const session = getSession('x')(c12)

export const p20 = pipeline(
  fetchSession,
  assign('a', 1),
  assign('b', 1),
  assign('c', 1),
  assign('d', 1),
  assign('e', 1),
  assign('f', 1),
  assign('g', 1),
  putSession('a', 1),
  assign('h', 1),
  assign('i', 1),
  assign('j', 1),
  assign('k', 1),
  assign('l', 1),
  assign('m', 1),
  assign('n', 1),
  assign('o', 1),
  assign('p', 1),
  assign('q', 1),
  assign('r', 1),
  assign('s', 1),
)
declare const c20: After<typeof p20>
export const twenty: number = c20.assigns.n + c20.assigns.s

// a pipeline is a plug, six deep
const d1 = pipeline(fetchSession, assign('d1', 1))
const d2 = pipeline(d1, assign('d2', 1))
const d3 = pipeline(d2, putSession('k', 1), assign('d3', 1))
const d4 = pipeline(d3, assign('d4', 1))
const d5 = pipeline(d4, assign('d5', 1))
export const d6 = pipeline(d5, putSession('k', 2), assign('d6', 1))
declare const c6: After<typeof d6>
export const six: number = c6.assigns.d1 + c6.assigns.d3 + c6.assigns.d6

// pipelines that need what an outer one gives
const inner = pipeline(putSession('z', 1), assign('t', 2))
export const nested = pipeline(
  fetchSession,
  assign('q', 1),
  inner,
  pipeline(inner, pipeline(inner, assign('zz', 1))),
)
declare const cn: After<typeof nested>
export const zz: number = cn.assigns.zz + cn.assigns.q + cn.assigns.t

// a halting pipeline inside another; what follows sees the conn that was not halted
const guard = <C extends Conn>(conn: C): C | Halted => (conn.method === 'GET' ? conn : halt(conn))
const guarded = pipeline(guard, assign('gg', 1))
export const outer = pipeline(fetchSession, guarded, putSession('k', 1), assign('u', 2))
declare const cg: After<typeof outer>
export const u: number = cg.assigns.u + cg.assigns.gg

// a synchronous pipeline gives a conn, or a halted one, and no effect
declare const plain: Conn
export const sync: Conn = two(plain)
is<Equal<ReturnType<typeof guarded> extends Conn ? true : false, true>>()
export const mayBeEffect: Result<Conn> = p12(plain)
// @ts-expect-error an effect is no conn
export const noConn: Conn = p12(plain)

// signedIn inside browser: the user may be null before, and is there after
declare const cb: Browser
export const maybe: User | null = cb.assigns.currentUser
// @ts-expect-error the current user may be null
export const name0: string = cb.assigns.currentUser.name
export const both = pipeline(browser, signedIn)
declare const cs: After<typeof both>
export const name1: string = cs.assigns.currentUser.name + cs.assigns.z

// a pipeline that begins where another ended
export const later = pipeline.from<Browser>()(putRespHeader('a', 'b'), requireUser, putFlash('info', 'x'))
export const all = pipeline(browser, signedIn, later)
declare const ca: After<typeof all>
export const name2: string = ca.assigns.currentUser.name

// annotated plugs
const timing: Plug = conn => conn
const reader: Plug<Conn & WithSession> = conn => conn
const adder: Plug<Conn, Conn & Assigned<{ readonly added: number }>> = conn => assign('added', 1)(conn)
export const annotated = pipeline(fetchSession, timing, assign('a', 1), reader, adder, putSession('a', 1))
declare const cp: After<typeof annotated>
export const added: number = cp.assigns.a + cp.assigns.added

// an effect made of a promise
const slow = <C extends Conn>(conn: C) => attempt(async () => assign('slow', await Promise.resolve(7))(conn))
export const withSlow = pipeline(fetchSession, slow, putSession('a', 1))
declare const cslow: After<typeof withSlow>
export const seven: number = cslow.assigns.slow

// when keeps the conn's type; what the plug needs must be there
export const sometimes = pipeline(
  fetchSession,
  when(conn => conn.method === 'GET', putSession('seen', true)),
  putSession('a', 1),
)
declare const cw: After<typeof sometimes>
export const seen = getSession('seen')(cw)
export const conditional = pipeline(
  assign('n', 1),
  when((conn: Conn & Assigned<{ readonly n: number }>) => conn.assigns.n > 0, putRespHeader('a', 'b')),
)
export const unconditional = pipeline(
  assign('m', 1),
  // @ts-expect-error the condition needs n
  when((conn: Conn & Assigned<{ readonly n: number }>) => conn.assigns.n > 0, putRespHeader('a', 'b')),
)
export const noSession = pipeline(
  assign('a', 1),
  // @ts-expect-error the plug under `when` needs a session
  when(() => true, putSession('seen', true)),
)

// rescue: what it makes of a failure ends the pipeline, so that what follows sees the conn of success
const risky = <C extends Conn>(conn: C): (C & Assigned<{ readonly won: boolean }>) | Halted =>
  conn.method === 'GET' ? assign('won', true)(conn) : fail(conn, plugError(409, 'Lost', 'lost'))
export const rescued = pipeline(
  fetchSession,
  pipe(
    pipeline(risky),
    rescue(error => text(error.message)),
  ),
  putSession('a', 1),
)
declare const cr: After<typeof rescued>
export const won: boolean = cr.assigns.won

// fail fits wherever a halted conn does
export const failing: Plug = conn => fail(conn, plugError(503, 'Closed', 'closed'))

// one name assigned twice
export const same = pipeline(assign('n', 1), assign('n', 2))
// @ts-expect-error a number and a string under one name
export const clash = pipeline(assign('n', 1), assign('n', 'x'))

// several sessions side by side
export const carts = pipeline(fetchSession, fetchCart, putSession('a', 1))
declare const cc: After<typeof carts>
export const items: number = cc.sessions.cart.data.items
export const main: unknown = cc.sessions.session.data['a']
// @ts-expect-error no such session
export const other = cc.sessions.other

// an inline plug
export const inline = pipeline(fetchSession, conn => assign('theme', 'x')(conn), putRespHeader('a', 'b'))

// order: what is needed must be earlier
// @ts-expect-error putSession before fetchSession
export const early = pipeline(putRespHeader('a', 'b'), putSession('a', 1), fetchSession)
// @ts-expect-error fetchFlash is missing
export const noFlash = pipeline(fetchSession, putFlash('a', 'b'))
// @ts-expect-error nothing assigns currentUser
export const noUser = pipeline(fetchSession, signedIn)
// @ts-expect-error an async plug
export const asyncPlug = pipeline(fetchSession, async (conn: Conn) => conn, assign('a', 1))
// @ts-expect-error a plug that returns no conn is refused by the annotation
export const noPlug: Plug = () => 7
// @ts-expect-error reading what is not fetched
export const unfetched = (conn: Conn) => conn.queryParams.page
// @ts-expect-error a conn is read-only
export const write = (conn: Conn) => (conn.status = 200)

// the printed type of a ten-plug conn is one flat record
export const ten = pipeline(
  fetchSession,
  assign('a', 1),
  assign('b', 'x'),
  assign('c', true),
  assign('d', null),
  putSession('k', 1),
  putRespHeader('a', 'b'),
  assign('e', 1n),
  assign('f', 1),
  assign('g', 1),
)
export type Ten = After<typeof ten>
is<
  Equal<
    Ten['assigns'],
    {
      readonly a: number
      readonly b: string
      readonly c: boolean
      readonly d: null
      readonly e: bigint
      readonly f: number
      readonly g: number
    }
  >
>()
export type TenEffect = Effect<Ten>
