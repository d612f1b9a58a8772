import { left, right } from 'fp-ts/lib/Either.js'
import { ConnRecord } from '../../lib/conn/record.js'
import t, { type Test } from 'tap'
import {
  assign,
  attempt,
  badRequest,
  exception,
  fail,
  halt,
  isConn,
  json,
  methodNotAllowed,
  pipe,
  pipeline,
  plugError,
  putRespContentType,
  putRespCookie,
  putRespHeader,
  putStatus,
  registerBeforeSend,
  rescue,
  resp,
  runner,
  setCookies,
  text,
  type BeforeSend,
  type Conn,
  type PlugError,
} from '../../lib/index.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import type { RenderErrors } from '../../lib/run.js'
import { conn } from '../../lib/testing/index.js'
import { snapshot } from '../support/snapshot.js'

const blank = conn('GET', '/')
const joined = (...plugs: readonly AnyPlug[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug

/** Runs to the end at once. */
const ran = (plug: AnyPlug, renderErrors?: RenderErrors): Conn => {
  const done = runner(plug, renderErrors)(blank)
  if (done instanceof Promise) throw new Error('a promise')
  return done
}

const taken = badRequest('that name is taken')
const bug = new Error('a bug')
const failing = (conn: Conn) => fail(conn, taken)
const throwing = (): Conn => {
  throw bug
}

/** Registers a hook. */
const hook = (plug: AnyPlug) => registerBeforeSend(plug as BeforeSend)
/** What hooks left on the response, in the order they ran. */
const order = (conn: Conn): string => conn.respHeaders.getAll('x-order').join('')
const noted = (letter: string) => (conn: Conn) =>
  putRespHeader('x-order', `${conn.respHeaders.get('x-order') ?? ''}${letter}`)(conn)
const note = (letter: string) => hook(noted(letter))
const noteIo = (letter: string) => hook(conn => () => right(noted(letter)(conn)))
const noteLater = (letter: string) => hook(conn => attempt(async () => noted(letter)(conn)))

// --- the response

t.test('a synchronous app gives a conn and no promise, hooks and failures included', async t => {
  for (const plug of [
    text('x'),
    halt,
    failing,
    throwing,
    joined(note('a'), noteIo('b'), text('x')),
    joined(hook(failing), text('x')),
    (conn: Conn) => () => right(text('x')(conn)),
  ])
    t.ok(isConn(runner(plug)(blank)))
  t.ok(runner(conn => attempt(async () => text('x')(conn)))(blank) instanceof Promise)
})

t.test('calling run, or making the app, performs nothing', async t => {
  let performed = 0
  const app = runner(conn => () => ((performed += 1), right(text('x')(conn))))
  t.equal(performed, 0)
  app(blank)
  app(blank)
  t.equal(performed, 2)
})

t.test('an app must respond; a status alone is enough', async t => {
  for (const plug of [(conn: Conn) => conn, halt, assign('a', 1), joined()]) {
    const done = ran(plug)
    t.match(done, { halted: true, status: 500, error: { _tag: 'NotSent', status: 500 } })
    t.match(done.error?.message, /end with text, json, render, redirect or halt/)
    t.equal(done.respBody, 'Internal Server Error\n')
  }
  t.match(ran(putStatus(204)), { status: 204, respBody: undefined, error: undefined, halted: false })
  t.match(ran(joined(putStatus(401), halt)), { status: 401, error: undefined, halted: true })
  t.match(await runner(() => attempt(async () => blank))(blank), { error: { _tag: 'NotSent' } })
})

t.test('a failure is rendered on the newest conn, and stays known', async t => {
  const before = joined(
    putRespHeader('access-control-allow-origin', '*'),
    putRespCookie('a', 'b'),
    assign('user', 'Ada'),
  )
  for (const [bad, status, tag] of [
    [failing, 400, 'BadRequest'],
    [throwing, 500, 'Exception'],
    [() => () => left(taken), 400, 'BadRequest'],
    [() => 7, 500, 'Exception'],
  ] as const) {
    const done = ran(joined(before, bad, assign('later', 1)))
    t.match(done, { halted: true, status, error: { _tag: tag }, assigns: { user: 'Ada' } })
    t.equal(done.respHeaders.get('access-control-allow-origin'), '*')
    t.strictSame(setCookies(done), ['a=b; path=/; HttpOnly'])
    t.notOk('later' in done.assigns)
  }
  t.match(await runner(() => attempt(() => Promise.reject(bug)))(blank), {
    status: 500,
    error: { cause: bug },
  })
})

t.test('what was set of the response before a failure does not pass for it', async t => {
  const half = joined(putStatus(201), putRespContentType('text/csv'), resp(200, 'half'), failing)
  t.match(ran(half), { status: 400, respBody: `${taken.message}\n` })
  const done = ran(half, error => json({ error: error.message }))
  t.match(done, { status: 400, respBody: `{"error":"${taken.message}"}` })
  t.equal(done.respHeaders.get('content-type'), 'application/json; charset=utf-8')
})

t.test('a conn that is halted, or has failed, before the app begins', async t => {
  t.match(runner(text('x'))(halt(putStatus(202)(blank))), { status: 202, respBody: undefined })
  t.match(runner(text('x'))(fail(blank, taken)), { status: 400, error: taken })
})

// --- renderErrors

t.test('renderErrors begins with the status and the headers of the failure, and sees it', async t => {
  const error = methodNotAllowed('try another', { headers: { allow: 'GET' } })
  const seen: unknown[] = []
  const done = ran(
    conn => fail(conn, error),
    failure => conn => {
      seen.push(failure, conn.error, conn.halted, conn.status, conn.respBody)
      return text('mine')(conn)
    },
  )
  t.strictSame(seen, [error, error, false, 405, undefined])
  t.match(done, { status: 405, respBody: 'mine', halted: true, error })
  t.equal(done.respHeaders.get('allow'), 'GET')
})

t.test('renderErrors may set another status, halt, and need effects', async t => {
  t.match(
    ran(failing, () => resp(404, 'hidden')),
    { status: 404, respBody: 'hidden', error: taken },
  )
  t.match(
    ran(failing, () => conn => halt(text('x')(conn))),
    { status: 400, respBody: 'x' },
  )
  t.match(
    ran(failing, () => conn => () => right(text('io')(conn))),
    { status: 400, respBody: 'io' },
  )
  const later = runner(failing, () => conn => attempt(async () => text('later')(conn)))(blank)
  t.ok(later instanceof Promise)
  t.match(await later, { status: 400, respBody: 'later', halted: true })
})

t.test('where renderErrors fails itself, or makes no body, a plain response stands in', async t => {
  const plain = { status: 400, respBody: `${taken.message}\n`, error: taken, halted: true }
  const odd: readonly RenderErrors[] = [
    throwing as never,
    () => throwing,
    () => failing,
    error => conn => fail(conn, error),
    () => conn => fail(resp(200, 'half')(conn), badRequest('another')),
    () => conn => conn,
    () => halt,
    () => () => 7 as never,
    (() => undefined) as never,
    () => () => () => left(taken),
  ]
  for (const renderErrors of odd) {
    const done = ran(joined(putRespHeader('x-request-id', '1'), failing), renderErrors)
    t.match(done, plain)
    t.equal(done.respHeaders.get('x-request-id'), '1')
    t.ok(ConnRecord.state(done).unrendered instanceof Error, 'why is noted')
  }
  t.match(await runner(failing, () => () => attempt(() => Promise.reject(bug)))(blank), plain)
})

// --- hooks

const saying = rescue(error => conn => pipe(conn, putStatus(error.status), text('rescued')))

t.test('hooks run last to first, each once, whatever the response is', async t => {
  const all = joined(note('a'), noteIo('b'), note('c'))
  for (const [end, status] of [
    [text('x'), 200],
    [joined(text('x'), halt), 200],
    [halt, 500],
    [failing, 400],
    [throwing, 500],
    [saying(failing), 400],
  ] as const) {
    const done = ran(joined(all, end as AnyPlug))
    t.equal(order(done), 'cba')
    t.equal(done.status, status)
  }
  const done = runner(joined(all, noteLater('d'), note('e'), noteLater('f'), text('x')))(blank)
  t.ok(done instanceof Promise)
  t.equal(order(await done), 'fedcba')
  const slow = await runner(joined(all, (conn: Conn) => attempt(async () => conn), text('x')))(blank)
  t.equal(order(slow), 'cba', 'also when the app itself needed a promise')
})

t.test('hooks change the response, and see it as it was left', async t => {
  const seen: unknown[] = []
  const look = hook(conn => {
    seen.push(conn.status, conn.respBody, conn.halted, conn.error)
    return conn
  })
  t.match(ran(joined(look, hook(resp(201, 'y')), text('x'))), { status: 201, respBody: 'y' })
  t.strictSame(seen, [201, 'y', false, undefined])
  seen.length = 0
  ran(joined(look, failing))
  t.strictSame(
    seen,
    [400, `${taken.message}\n`, false, taken],
    'a failure is seen, on a conn that is not halted',
  )
  t.strictSame(setCookies(ran(joined(hook(putRespCookie('a', 'b')), text('x')))), ['a=b; path=/; HttpOnly'])
})

t.test('whether the conn was halted is not changed by hooks', async t => {
  const hooks = joined(
    note('a'),
    hook(halt),
    noteIo('b'),
    hook((conn: Conn) => () => right(halt(conn))),
    note('c'),
  )
  t.match(ran(joined(hooks, text('x'))), { halted: false, respBody: 'x' })
  t.match(ran(joined(hooks, text('x'), halt)), { halted: true, respBody: 'x' })
  t.equal(order(ran(joined(hooks, text('x'), halt))), 'cba')
  const later = joined(noteLater('a'), hooks)
  t.match(await runner(joined(later, text('x')))(blank), { halted: false })
  t.match(await runner(joined(later, text('x'), halt))(blank), { halted: true })
})

const failures: Readonly<Record<string, readonly [plug: AnyPlug, error: unknown]>> = {
  'a returned failure': [failing, taken],
  'an exception': [throwing, { _tag: 'Exception', cause: bug }],
  'the left side of an effect': [() => () => left(taken), taken],
  'an exception in an effect': [() => throwing, { _tag: 'Exception', cause: bug }],
  'the left side of an asynchronous effect': [() => async () => left(taken), taken],
  'a rejection': [() => () => Promise.reject(bug), { _tag: 'Exception', cause: bug }],
  'no conn': [() => 7, { _tag: 'Exception' }],
  'a promise': [() => Promise.resolve(blank), { _tag: 'Exception' }],
  'an old conn without a response': [() => blank, { _tag: 'NotSent' }],
}

t.test(
  'where a hook fails, the error response replaces the response, and only those not yet run follow',
  async t => {
    for (const [name, [bad, error]] of Object.entries(failures)) {
      const kept = joined(
        putRespHeader('access-control-allow-origin', '*'),
        note('a'),
        note('b'),
        hook(bad),
        note('c'),
      )
      for (const end of [text('x'), joined(text('x'), halt)]) {
        const done = await runner(joined(kept, end))(blank)
        const { status = 0 } = error as { status?: number }
        t.match(done, { halted: true, status: status || 500, error }, name)
        t.equal(done.respBody, status ? `${taken.message}\n` : 'Internal Server Error\n')
        if (bad !== failures['an old conn without a response']?.[0]) {
          t.equal(order(done), 'cba')
          t.equal(done.respHeaders.get('access-control-allow-origin'), '*')
        }
      }
    }
  },
)

t.test('where a hook fails after the app has, its failure is the one that is answered', async t => {
  const later = plugError(503, 'Later', 'the hook failed')
  const done = ran(
    joined(
      note('a'),
      hook(conn => fail(conn, later)),
      note('b'),
      failing,
    ),
  )
  t.match(done, { status: 503, error: later, halted: true })
  t.equal(order(done), 'ba')
  const same = ran(joined(note('a'), hook(failing), hook(resp(200, 'x')), failing))
  t.match(same, { status: 400, respBody: `${taken.message}\n` }, 'also when it is the very same failure')
})

t.test('every hook that fails is answered, the last one to fail last', async t => {
  const first = plugError(503, 'First', 'first')
  const rendered: string[] = []
  const done = ran(
    joined(
      note('a'),
      hook(failing),
      note('b'),
      hook(conn => fail(conn, first)),
      text('x'),
    ),
    error => conn => {
      rendered.push(error.message)
      return text(error.message)(conn)
    },
  )
  t.strictSame(rendered, ['first', taken.message])
  t.match(done, { status: 400, respBody: taken.message, error: taken })
  t.equal(order(done), 'ba')
})

t.test('a hook may rescue itself', async t => {
  const done = ran(joined(note('a'), hook(saying(failing) as AnyPlug), text('x')))
  t.match(done, { status: 400, respBody: 'rescued', error: undefined, halted: false })
  t.equal(order(done), 'a')
})

t.test('hooks that a hook registers run next', async t => {
  const two = hook(joined(noted('b'), note('c'), note('d')))
  t.equal(order(ran(joined(note('a'), two, note('e'), text('x')))), 'ebdca')
  const nested = hook(joined(noted('b'), hook(joined(noted('c'), note('d')))))
  t.equal(order(ran(joined(note('a'), nested, text('x')))), 'bcda')
  const failed = ran(joined(note('a'), hook(joined(noted('b'), note('c'), failing)), text('x')))
  t.match(failed, { status: 400 })
  t.equal(order(failed), 'bca', 'also when it then fails')
  const later = hook(conn => attempt(async () => note('c')(noted('b')(conn))))
  t.equal(order(await runner(joined(note('a'), later, text('x')))(blank)), 'bca')
})

t.test('what renders a failure may register hooks; they run, but never without an end', async t => {
  const renderErrors = (error: PlugError) => joined(note('r'), text(error.message))
  t.equal(order(ran(joined(note('a'), failing), renderErrors)), 'ra')
  let failed = 0
  const always: AnyPlug = hook(conn => ((failed += 1), fail(conn, taken)))
  t.match(
    ran(failing, () => joined(always, text('x'))),
    { status: 400, respBody: 'x' },
  )
  t.equal(failed, 1)
  failed = 0
  t.match(
    ran(joined(always, text('y')), () => joined(always, text('x'))),
    { status: 400, respBody: 'x' },
  )
  t.equal(failed, 1)
})

t.test('four thousand hooks do not overflow the stack', async t => {
  const count = (name: string) => (conn: Conn) =>
    assign(name, ((conn.assigns as Record<string, number>)[name] ?? 0) + 1)(conn)
  const many = (plug: AnyPlug): readonly BeforeSend[] =>
    Array.from({ length: 4_000 }, () => plug as BeforeSend)
  const all = (plugs: readonly BeforeSend[]) =>
    joined(...plugs.map(plug => registerBeforeSend(plug)), text('x'))
  t.match(ran(all(many(count('n')))).assigns, { n: 4_000 })
  const chain = (left: number): BeforeSend =>
    left === 0 ? count('n') : conn => registerBeforeSend(chain(left - 1))(count('n')(conn))
  t.match(ran(all([chain(3_999)])).assigns, { n: 4_000 })
  const slow = await runner(all(many((conn: Conn) => attempt(async () => count('n')(conn)))))(blank)
  t.match(slow.assigns, { n: 4_000 })
})

t.test('run never throws and never rejects', async t => {
  const odd: readonly AnyPlug[] = [
    throwing,
    () => throwing,
    () => () => Promise.reject(undefined),
    () => () => undefined,
    () => async () => undefined,
    () => async () => 'text',
    () => undefined,
    async () => blank,
    () => Symbol('x'),
    () => new Proxy(() => left(taken), {}),
    () => () => left(undefined),
    conn => fail(conn, exception(undefined)),
    conn => fail(conn, { ...taken, headers: { 'Retry-After': '1', 'x-a': 'a\r\nb', 'x b': 'c' } }),
  ]
  const holds = (t: Test, done: Conn) => t.ok(isConn(done) && (done.status as number) >= 400)
  for (const plug of odd)
    for (const app of [plug, joined(hook(plug), text('x')), joined(plug, text('x')), saying(plug) as AnyPlug])
      for (const renderErrors of [undefined, () => plug]) holds(t, await runner(app, renderErrors)(blank))
})

// --- replay

t.test('the same app on the same conn gives the same conn, byte for byte', async t => {
  const app = runner(
    joined(
      (conn: Conn) => assign('nonce', Buffer.from(conn.entropy('nonce', 16)).toString('hex'))(conn),
      putRespCookie('sealed', { user: 7 }, { encrypt: true }),
      putRespCookie('signed', 'x', { sign: true, maxAge: 60 }),
      note('a'),
      (conn: Conn) => attempt(async () => json({ at: conn.now, ...conn.assigns })(conn)),
    ),
  )
  const asked = conn('GET', '/', { seed: 'one' })
  const [once, twice] = [await app(asked), await app(asked)]
  t.equal(snapshot(once), snapshot(twice))
  t.strictSame(setCookies(once), setCookies(twice))
  t.match(setCookies(once), [/^sealed=XCP\./, /^signed=SFMyNTY\./])
  const other = await app(conn('GET', '/', { seed: 'two' }))
  t.not(other.respBody, once.respBody, 'another seed gives another nonce')
})

t.test('what makes the plug of a failure must not be async: its rejection harms nothing', async t => {
  const unhandled: unknown[] = []
  const listen = (cause: unknown) => void unhandled.push(cause)
  process.on('unhandledRejection', listen)
  const late = async (): Promise<never> => {
    throw new Error('late')
  }
  const taken = plugError(409, 'Taken', 'That name is taken')
  const refused: AnyPlug = conn => fail(conn, taken)
  t.match(ran(refused, late as never), { status: 409, respBody: 'That name is taken\n' })
  const rescued = ran(rescue(late as never)(refused) as AnyPlug)
  t.match(rescued.error?.cause, {
    message: 'the handler of rescue must return a function of a conn, and returned a promise',
  })
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  t.strictSame(unhandled, [])
})
