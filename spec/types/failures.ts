/** What the compiler knows of failures and answers. */
import * as D from 'io-ts'
import {
  assign,
  attempt,
  badRequest,
  effect,
  endpoint,
  fail,
  failure,
  fails,
  failuresOf,
  halt,
  json,
  named,
  noRoute,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  redirect,
  rescue,
  resp,
  sendResp,
  text,
  when,
  type After,
  type Answer,
  type Answered,
  type AnswersOf,
  type Conn,
  type ErrorRecord,
  type Failed,
  type Failure,
  type FailuresOf,
  type Halted,
  type Output,
  type Plug,
  type PlugError,
  type Responded,
  type Sent,
  type StatusName,
} from '../../lib/index.js'
import { markup, render } from '../../plugs/index.js'
import { router, scope, type Handler } from '../../router/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}
declare const plain: Conn
declare const holds: boolean
const view = ({ name }: { readonly name: string }) => markup`<p>${name}</p>`

const unauthorized = failure(401, 'Unauthorized')
const forbidden = failure(403, 'Forbidden')
const soldOut = failure(409, 'SoldOut', { details: D.type({ until: D.string }) })
declare const standard: {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly types?: { readonly input: string; readonly output: { readonly n: number } } | undefined
  }
}
const counted = failure(422, 'Counted', { details: standard })

type Unauthorized = Failure<401, 'Unauthorized', undefined>
type Forbidden = Failure<403, 'Forbidden', undefined>

// a kind makes failures of a literal type, with the details of its schema
is<Equal<ReturnType<typeof unauthorized>, Unauthorized>>()
is<Equal<ReturnType<typeof soldOut>, Failure<409, 'SoldOut', { until: string }>>>()
is<Equal<Output<typeof standard>, { readonly n: number }>>()
is<Equal<ReturnType<typeof counted>, Failure<422, 'Counted', { readonly n: number }>>>()
is<Equal<(typeof soldOut)['status'] | (typeof soldOut)['name'], 409 | 'SoldOut'>>()
export const error: PlugError = soldOut({ until: 'Monday' }, 'Sold', { cause: 1 })
// @ts-expect-error details are what the schema gives
export const wrongDetails = soldOut({ until: 7 })
// @ts-expect-error a kind with details needs them
export const noDetails = soldOut()
// @ts-expect-error a kind without details takes none
export const noSchema = unauthorized({ until: 'Monday' })

// `fail` says with what, and a union keeps it beside any other halted conn
const requireUser = <C extends Conn>(conn: C) => (holds ? conn : fail(conn, unauthorized()))
const mixed = (conn: Conn) => {
  if (holds) return halt(conn)
  return holds ? conn : fail(conn, unauthorized())
}
is<Equal<ReturnType<typeof mixed>, Conn | Halted | Failed<Unauthorized>>>()
is<Equal<FailuresOf<typeof requireUser>, Unauthorized>>()
is<Equal<FailuresOf<typeof mixed>, Unauthorized>>()
export const stillHalted: Halted = fail(plain, unauthorized())
export const asPlug: Plug = requireUser
is<Equal<FailuresOf<typeof asPlug>, never>>()

// what has the plain status `number` is left out
const plainly = (conn: Conn) => fail(conn, plugError(404, 'NoItem', 'No such item'))
is<Equal<FailuresOf<typeof plainly>, never>>()
// Plugboard's own have theirs
const own = (conn: Conn) =>
  holds ? fail(conn, badRequest('no')) : fail(conn, noRoute('no', { status: 410 }))
is<Equal<FailuresOf<typeof own>, ErrorRecord<'BadRequest', 400> | ErrorRecord<'NoRoute', 410>>>()

// failures on the left of an effect count
const loading = (conn: Conn) => (): { _tag: 'Left'; left: Forbidden } | { _tag: 'Right'; right: Conn } => ({
  _tag: 'Right',
  right: conn,
})
is<Equal<FailuresOf<typeof loading>, Forbidden>>()
is<Equal<FailuresOf<(conn: Conn) => ReturnType<typeof attempted>>, never>>()
const attempted = (conn: Conn) => attempt(async () => conn)
const chained = (conn: Conn) => effect.map(() => (holds ? conn : fail(conn, forbidden())))(effect.of(1))
is<Equal<FailuresOf<typeof chained>, Forbidden>>()

// carried outwards
const both = pipeline(assign('n', 1), requireUser, loading)
is<Equal<FailuresOf<typeof both>, Unauthorized | Forbidden>>()
const conditional = pipeline(
  when(() => true, pipeline(requireUser)),
  assign('n', 1),
)
is<Equal<FailuresOf<typeof conditional>, Unauthorized>>()
const api = named('api', both)
is<Equal<FailuresOf<typeof api>, Unauthorized | Forbidden>>()
declare const behind: After<typeof both>
export const n: number = behind.assigns.n

// rescue takes out what it rescues, and has what its handler ends with
const mended = rescue(error => conn => text(error.message)(conn))(pipeline(both, text('x')))
is<Equal<FailuresOf<typeof mended>, never>>()
const again = rescue(() => conn => fail(conn, forbidden()))(requireUser)
is<Equal<FailuresOf<typeof again>, Forbidden>>()
const bySent = rescue(() => conn => sendResp(418, 'tea')(conn))(requireUser)
is<Equal<AnswersOf<typeof bySent>, Answer<418>>>()

// `fails` keeps a plug whose failures are seen, and tells of those that are not
const declared = fails(unauthorized, forbidden)(both)
is<Equal<FailuresOf<typeof declared>, Unauthorized | Forbidden>>()
declare const afterDeclared: After<typeof declared>
export const declaredN: number = afterDeclared.assigns.n
const generic1 = fails(unauthorized)(requireUser)
declare const named1: Conn & { readonly assigns: { readonly x: 'x' } }
const kept = generic1(named1)
export const keptX: 'x' | undefined = kept.halted
  ? undefined
  : (kept as Exclude<typeof kept, Halted>).assigns.x
const handlerOnly = (conn: Conn) => (holds ? text('x')(conn) : fail(conn, unauthorized()))
const sameHandler = fails(unauthorized)(handlerOnly)
is<Equal<typeof sameHandler, typeof handlerOnly>>()
const hidden: Plug = requireUser
const told = fails(unauthorized)(hidden)
is<Equal<FailuresOf<typeof told>, Unauthorized>>()
const toldBehind = pipeline(assign('n', 1), told, assign('m', 2))
is<Equal<FailuresOf<typeof toldBehind>, Unauthorized>>()
declare const afterTold: After<typeof toldBehind>
export const sum: number = afterTold.assigns.n + afterTold.assigns.m
const byOwn = fails(badRequest)((conn: Conn): Conn | Halted => conn)
is<Equal<FailuresOf<typeof byOwn>, ErrorRecord<'BadRequest', 400>>>()
const handled: Handler = fails(unauthorized)(conn => (holds ? text('x')(conn) : fail(conn, unauthorized())))
export const listed = failuresOf(handled)

// --- answers

// plain responders say no more than that they responded
is<Equal<ReturnType<ReturnType<typeof text>>, Responded>>()
export const toLogin: Responded = redirect('/login')(plain)
const hello = text('hello')
is<Equal<AnswersOf<typeof hello>, never>>()
const sent = sendResp(401, 'log in')(plain)
is<Equal<typeof sent, Sent<401>>>()
export const responded: Responded = sent
declare const status: number
is<Equal<ReturnType<ReturnType<typeof sendResp<number>>>, Responded>>()
export const byNumber: Responded = sendResp(status, 'x')(plain)
const byName = sendResp('unauthorized', 'x')(plain)
is<Equal<typeof byName, Sent<401>>>()
declare const anyName: StatusName
is<Equal<ReturnType<ReturnType<typeof sendResp<StatusName>>>, Responded>>()
export const byAnyName: Responded = sendResp(anyName, 'x')(plain)

// a responder responds with the status that was set, the last one if there are several
const login = pipe(plain, putStatus(401), text('log in'))
is<Equal<typeof login, Sent<401>>>()
is<Equal<ReturnType<typeof twice>, Sent<404>>>()
const twice = (conn: Conn) => pipe(conn, putStatus(401), putStatus('notFound'), json({ error: 'none' }))
const moved = pipe(plain, putStatus('seeOther'), putRespHeader('vary', 'x'), redirect('/login'))
is<Equal<typeof moved, Sent<303>>>()
const page = pipe(plain, assign('name', 'Ada'), putStatus(201), render(view))
is<Equal<typeof page, Sent<201>>>()
const anyStatus = pipe(plain, putStatus(status), text('x'))
is<Equal<typeof anyStatus, Responded>>()
const after = (conn: Conn) => pipe(conn, text('x'), putStatus(404))
is<Equal<AnswersOf<typeof after>, Answer<404>>>()
const set = (conn: Conn) => pipe(conn, resp(410, 'gone'))
is<Equal<AnswersOf<typeof set>, Answer<410>>>()
// a status alone is no answer
const status422 = (conn: Conn) => putStatus(422)(conn)
is<Equal<AnswersOf<typeof status422>, never>>()
const plugged = pipeline(status422, assign('n', 1))
is<Equal<After<typeof plugged>['assigns'], { readonly n: number }>>()
// generic plugs stay what they were
export const sameConn = <C extends Conn>(conn: C): C => putStatus(201)(conn)
export const genericAnswer = <C extends Conn>(conn: C): Responded => text('x')(conn)

// `halt` keeps what is known
const stopped = pipe(plain, sendResp(401, 'log in'), halt)
is<Equal<typeof stopped, Answered<Answer<401>>>>()
const stoppedPlain = pipe(plain, text('log in'), halt)
is<Equal<typeof stoppedPlain, Halted>>()
const stoppedByStatus = pipe(plain, putStatus(401), text('log in'), halt)
is<Equal<typeof stoppedByStatus, Answered<Answer<401>>>>()
const stoppedEmpty = pipe(plain, putStatus(304), halt)
is<Equal<typeof stoppedEmpty, Answered<Answer<304>>>>()
is<Equal<ReturnType<typeof halt<Conn>>, Halted>>()
export const isHalted: Halted = stopped

// a guard that answers carries its answer as a failure is carried
const guard = <C extends Conn>(conn: C) => (holds ? conn : pipe(conn, sendResp(401, 'log in'), halt))
const usual = <C extends Conn>(conn: C) =>
  holds ? conn : pipe(conn, putStatus('forbidden'), json({ error: 'not yours' }), halt)
is<Equal<AnswersOf<typeof usual>, Answer<403>>>()
const usualPipeline = pipeline(usual, text('x'))
is<Equal<AnswersOf<typeof usualPipeline>, Answer<403>>>()
const usualLater = pipeline((conn: Conn) => effect.map(() => usual(conn))(effect.of(1)), text('x'))
is<Equal<AnswersOf<typeof usualLater>, Answer<403>>>()
const usualGenerated = pipeline(function* (conn: Conn) {
  yield* effect.of(1)
  return usual(conn)
}, text('x'))
is<Equal<AnswersOf<typeof usualGenerated>, Answer<403>>>()
const generic = <C extends Conn>(conn: C): C | Halted => (holds ? conn : halt(conn))
const either = (conn: Conn) => {
  if (holds) return fail(conn, forbidden())
  if (holds) return halt(conn)
  return holds ? sendResp(201, 'made')(conn) : text('x')(conn)
}
is<Equal<ReturnType<typeof guard<Conn>>, Conn | Answered<Answer<401>>>>()
is<Equal<AnswersOf<typeof guard>, Answer<401>>>()
is<Equal<ReturnType<typeof either>, Halted | Failed<Forbidden> | Responded | Sent<201>>>()
const guarded = pipeline(guard, generic, requireUser, assign('n', 1), either)
is<Equal<AnswersOf<typeof guarded>, Answer<401> | Answer<201>>>()
is<Equal<FailuresOf<typeof guarded>, Unauthorized | Forbidden>>()
const whenGuarded = pipeline(
  when(() => true, guard),
  text('x'),
)
is<Equal<AnswersOf<typeof whenGuarded>, Answer<401>>>()
export const app = endpoint(
  { exceptions: thrown => (thrown instanceof RangeError ? badRequest('no') : undefined) },
  pipeline(guarded),
)
export const routed = router(
  scope('/', pipeline(guard, requireUser), ({ get }) => [get('/', text('x')), get('/y', sendResp(204, ''))]),
)
