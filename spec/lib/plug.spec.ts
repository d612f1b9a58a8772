import * as IOE from 'fp-ts/lib/IOEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { left, right } from 'fp-ts/lib/Either.js'
import t, { type Test } from 'tap'
import {
  assign,
  attempt,
  badRequest,
  effect,
  fail,
  halt,
  invalidHeader,
  isConn,
  named,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  putStatus,
  registerBeforeSend,
  rescue,
  resp,
  text,
  when,
  type Conn,
  type PlugError,
} from '../../lib/index.js'
import { raised } from '../../lib/conn/raise.js'
import { interpret } from '../../lib/interpret.js'
import { plugName, steps } from '../../lib/steps.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'

const blank = conn('GET', '/')

/** Executes a plug whose effects, if it has any, are synchronous. */
const perform = (plug: AnyPlug, start: Conn = blank): Conn => {
  const done = interpret(plug)(start)
  if (done instanceof Promise) throw new Error('a promise')
  return done
}
const performLater = async (plug: AnyPlug, start: Conn = blank): Promise<Conn> => interpret(plug)(start)

/** A plug that leaves a mark, so that the order can be seen. */
const mark =
  (letter: string) =>
  (conn: Conn): Conn =>
    assign('marks', `${marks(conn)}${letter}`)(conn)
const marks = (conn: Conn): string => (conn.assigns as { readonly marks?: string }).marks ?? ''
const ioMark = (letter: string) => (conn: Conn) => IOE.of<PlugError, Conn>(mark(letter)(conn))
const taskMark = (letter: string) => (conn: Conn) => TE.of<PlugError, Conn>(mark(letter)(conn))
/** Plugs joined without what the compiler knows of them. */
const joined = (...plugs: readonly AnyPlug[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug
const taken = badRequest('that name is taken')
const failing = (conn: Conn) => fail(conn, taken)
const throwing = (thrown: unknown) => (): Conn => {
  throw thrown
}

// --- pipelines

t.test('a condition that returns a promise is an error, and its rejection ends nothing', async t => {
  const rejecting = (async () => {
    throw new Error('rejected')
  }) as unknown as () => boolean
  const done = run(pipeline(when(rejecting, assign('open', true)), text('closed')))(conn('GET', '/'))
  t.equal(done.status, 500)
  t.match(String(done.error?.cause), 'when: the condition must return a boolean, got a promise')
})

t.test('a failure that is a promise is a bug, and its rejection ends nothing', async t => {
  const rejected = () => Promise.reject(new Error('rejected'))
  const left = (): unknown => ({ _tag: 'Left', left: rejected() })
  t.equal(run((() => left) as never)(conn('GET', '/')).status, 500)
  const mended = attempt(() => Promise.reject(new Error('first')), rejected as never)
  t.equal((await runAsync((() => mended) as never)(conn('GET', '/'))).status, 500)
  await new Promise(resolve => setImmediate(resolve))
})

t.test('a pipeline runs its plugs in order, each on what the one before it passed on', async t => {
  t.equal(marks(perform(joined(mark('a'), mark('b'), mark('c')))), 'abc')
  t.equal(perform(joined()), blank, 'one without plugs passes the conn on')
})

t.test('a synchronous pipeline is a function from a conn to a conn', async t => {
  const plug = pipeline(assign('a', 1), pipeline(putStatus(201)), text('x'))
  const done: Conn = plug(blank)
  t.ok(isConn(done))
  t.match(done, { assigns: { a: 1 }, status: 201, respBody: 'x' })
})

t.test('a halted conn skips the rest', async t => {
  t.equal(marks(perform(joined(mark('a'), halt, mark('b')))), 'a')
  t.equal(
    marks(perform(joined(mark('a'), joined(mark('b'), halt, mark('c')), mark('d')))),
    'ab',
    'from an inner one too',
  )
  t.equal(
    perform(joined(mark('a')), halt(blank)).assigns,
    blank.assigns,
    'one that was halted before is passed on',
  )
  t.equal(marks(perform(joined(mark('a'), halt))), 'a')
  const stop = (conn: Conn) => IOE.of<PlugError, Conn>(halt(conn))
  t.equal(marks(perform(joined(ioMark('a'), stop, ioMark('b')))), 'a', 'from an effect too')
})

t.test('pipelines inside pipelines are one list of steps', async t => {
  const [a, b, c] = [mark('a'), mark('b'), mark('c')]
  const nested = joined(a, joined(b, joined(c), joined()), a)
  t.strictSame(steps(nested), [a, b, c, a])
  t.strictSame(steps(a), [a])
  t.equal(marks(perform(nested)), 'abca')
})

t.test('pipeline.from makes pipelines too', async t => {
  const later = pipeline.from<Conn>()(assign('a', 1), assign('b', 2))
  t.strictSame(later(blank).assigns, { a: 1, b: 2 })
})

t.test('a pipeline has the name it is given, and the steps it had', async t => {
  const before = pipeline(assign('a', 1), text('x'))
  const site = named('site', before)
  t.equal(plugName(site), 'site')
  t.equal(plugName(before), 'pipeline', 'the other one is as it was')
  t.strictSame(steps(site), steps(before))
  t.equal(run(site)(blank).respBody, 'x')
  t.strictSame(steps(pipeline(assign('b', 2), site)).length, 3)
  t.throws(() => named('', before), new TypeError('named: name must be a non-empty string, got ""'))
  t.throws(() => named(7 as never, before), new TypeError('named: name must be a non-empty string, got 7'))
  for (const value of [text('x'), undefined, {}])
    t.throws(() => named('site', value as never), {
      name: 'TypeError',
      message: /^named: "site" must be a pipeline, made by pipeline\(…\), got /,
    })
})

t.test('what is no plug is refused when the pipeline is made', async t => {
  for (const [bad, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [1, 'a number'],
    ['text', 'a string'],
    [{}, 'an object that is no conn'],
    [blank, 'a conn'],
    [Promise.resolve(blank), 'a promise'],
  ] as const)
    t.throws(() => joined(mark('a'), bad as never), {
      name: 'TypeError',
      message: `pipeline: plug 2 must be a function from a conn, got ${shown}`,
    })
})

t.test('ten thousand plugs do not overflow the stack', async t => {
  const many = Array.from({ length: 10_000 }, (_, i) => putStatus(200 + (i % 100)))
  t.equal(perform(joined(...many)).status, 299)
  let deep = joined(mark('x'))
  for (let i = 0; i < 2_000; i++) deep = joined(deep)
  t.equal(marks(perform(deep)), 'x', 'nor do pipelines two thousand deep')
})

// --- effects

t.test('a plug performs nothing when it is called, and once each time its effect is executed', async t => {
  let performed = 0
  const effectful = (conn: Conn) => () => {
    performed += 1
    return right(mark('b')(conn))
  }
  const plug = joined(mark('a'), effectful, mark('c'))
  const effect = plug(blank) as () => unknown
  t.type(effect, 'function')
  t.equal(performed, 0)
  const first = effect()
  t.equal(performed, 1)
  t.match(first, { _tag: 'Right' })
  t.equal(marks((first as { right: Conn }).right), 'abc')
  t.strictSame((effect() as { right: Conn }).right.assigns, { marks: 'abc' }, 'it may be executed again')
  t.equal(performed, 2)
  const later = joined((conn: Conn) => attempt(async () => ((performed += 1), conn)))
  later(blank)
  interpret(later)
  t.equal(performed, 2, 'neither does making or interpreting a plug perform anything')
})

t.test('a synchronous effect stays synchronous: the result is a conn and no promise', async t => {
  const done = interpret(joined(ioMark('a'), mark('b'), ioMark('c'), joined(ioMark('d'))))(blank)
  t.ok(isConn(done))
  t.equal(marks(done as Conn), 'abcd')
})

t.test('an asynchronous effect makes a promise of what follows', async t => {
  const done = interpret(joined(mark('a'), taskMark('b'), mark('c'), ioMark('d'), taskMark('e')))(blank)
  t.ok(done instanceof Promise)
  t.equal(marks(await done), 'abcde')
  const stop = (conn: Conn) => TE.of<PlugError, Conn>(halt(conn))
  t.equal(marks(await performLater(joined(taskMark('a'), stop, taskMark('b')))), 'a')
})

t.test('a promise of another make is awaited too', async t => {
  const keep = (conn: Conn) => (resolve: (value: unknown) => void) => resolve(right(mark('a')(conn)))
  // oxlint-disable-next-line unicorn/no-thenable
  const thenable = (conn: Conn) => () => ({ then: keep(conn) })
  t.equal(marks(await performLater(joined(thenable as AnyPlug, mark('b')))), 'ab')
})

t.test('ten thousand effects in a row do not overflow the stack', async t => {
  const count = (conn: Conn) => assign('n', ((conn.assigns as { n?: number }).n ?? 0) + 1)(conn)
  const many = <A>(plug: A) => joined(...(Array.from({ length: 10_000 }, () => plug) as never[]))
  t.strictSame(perform(many((conn: Conn) => IOE.of(count(conn)))).assigns, { n: 10_000 })
  t.strictSame((await performLater(many((conn: Conn) => TE.of(count(conn))))).assigns, { n: 10_000 })
})

t.test('a pipeline of effects called as a plug is an effect that never fails', async t => {
  const inner = pipeline(ioMark('a'), failing)
  const outer = (conn: Conn) => inner(mark('_')(conn))
  t.match(perform(joined(outer, mark('b'))), { error: taken, assigns: { marks: '_a' } })
  const later = pipeline(taskMark('a'), mark('b'))
  t.equal(marks(await performLater(joined((conn: Conn) => later(conn) as never, mark('c')))), 'abc')
})

// --- failures

t.test('a failure halts, and the conn keeps all that was set before', async t => {
  const failed = perform(joined(mark('a'), putRespHeader('x-request-id', '1'), failing, mark('b')))
  t.match(failed, { halted: true, error: taken, assigns: { marks: 'a' } })
  t.equal(failed.respHeaders.get('x-request-id'), '1')
})

const newest = (t: Test, failed: Conn, cause: unknown): void => {
  t.match(failed, { halted: true, error: { _tag: 'Exception', status: 500 }, assigns: { marks: 'a' } })
  t.equal(failed.error?.cause, cause)
}

t.test('what is thrown becomes an exception on the newest conn, wherever it is thrown', async t => {
  const bug = new Error('a bug')
  const reject = () => () => Promise.reject(bug)
  newest(t, perform(joined(mark('a'), throwing(bug), mark('b'))), bug)
  newest(t, perform(joined(mark('a'), joined(throwing(bug)), mark('b'))), bug)
  newest(t, perform(joined(mark('a'), () => throwing(bug), mark('b'))), bug)
  newest(t, await performLater(joined(mark('a'), reject as AnyPlug, mark('b'))), bug)
  newest(t, await performLater(joined(taskMark('a'), throwing(bug), mark('b'))), bug)
  newest(t, await performLater(joined(taskMark('a'), () => throwing(bug), mark('b'))), bug)
  newest(t, await performLater(joined(taskMark('a'), reject as AnyPlug, mark('b'))), bug)
  for (const odd of [undefined, null, 'text', 0]) newest(t, perform(joined(mark('a'), throwing(odd))), odd)
})

t.test('a thrown failure keeps its tag and status', async t => {
  const error = invalidHeader('no such name')
  for (const plug of [throwing(raised(error)), () => throwing(raised(error)), () => putRespHeader('A', 'b')])
    t.match(perform(joined(plug as AnyPlug)), { error: { _tag: 'InvalidHeader', status: 500 } })
})

t.test("an effect's left side is a failure", async t => {
  for (const plug of [() => IOE.left(taken), () => TE.left(taken)])
    t.match(await performLater(joined(mark('a'), plug, mark('b'))), { error: taken, assigns: { marks: 'a' } })
  const wrong = perform(joined(mark('a'), () => () => left('text'), mark('b')))
  t.match(wrong, { halted: true, error: { _tag: 'Exception' } })
  t.match(wrong.error?.cause, { message: /not a PlugError/, cause: 'text' })
  // the log shows the stack alone
  const refused = new Error('the database is down')
  const failed = perform(joined(mark('a'), () => () => left(refused), mark('b')))
  t.match(failed.error?.cause, { message: /not a PlugError/, cause: refused, stack: /the database is down/ })
})

// --- plugs that return something else

const blamed = (t: Test, done: Conn, message: RegExp): void => {
  t.match(done, { halted: true, error: { _tag: 'Exception', status: 500 }, assigns: { marks: 'a' } })
  t.match(done.error?.cause, { name: 'TypeError', message })
}

t.test('a plug that returns no conn is named', async t => {
  for (const [value, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'a number'],
    ['text', 'a string'],
    [{ ...blank }, 'a copy of a conn .*'],
    [blank.cookies, 'an object that is no conn'],
    [Symbol('x'), 'a symbol'],
  ] as const) {
    const forgetful = (): unknown => value
    const done = perform(joined(mark('a'), forgetful, mark('b')))
    blamed(t, done, new RegExp(`^forgetful must return a conn or an effect, and returned ${shown}$`))
  }
  blamed(
    t,
    perform(
      joined(
        mark('a'),
        (
          () => () =>
            7
        )() as AnyPlug,
      ),
    ),
    /^an anonymous plug must return a conn/,
  )
  blamed(t, await performLater(joined(taskMark('a'), () => 7)), /must return a conn/)
})

t.test('an async plug is named and told what to do; its promise may reject without harm', async t => {
  const unhandled: unknown[] = []
  const listen = (cause: unknown) => void unhandled.push(cause)
  process.on('unhandledRejection', listen)
  const load = async (): Promise<never> => {
    throw new Error('nobody waits for this')
  }
  blamed(
    t,
    perform(joined(mark('a'), load, mark('b'))),
    /^load returned a promise: wrap the work in attempt\(\(\) => promise\)$/,
  )
  blamed(t, perform(joined(mark('a'), () => effect.map(load)(effect.of(1)), mark('b'))), /came to a promise$/)
  const yields = function* (): Generator<unknown, unknown> {
    yield load()
    return 0
  }
  const done = await performLater(joined(yields))
  t.match(done.error?.cause, { message: /^a generator must yield effects/ })
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  t.strictSame(unhandled, [])
})

t.test('a plug that returns a plug is named', async t => {
  const forgetful = (): unknown => putStatus(201)
  blamed(
    t,
    perform(joined(mark('a'), forgetful)),
    /^forgetful returned a function of a conn: give a plug its conn, as in plug\(conn\)$/,
  )
})

t.test('an effect that gives no Either, or no conn, is named', async t => {
  const wrong = (outcome: unknown, later: boolean) => {
    const odd = () => () => (later ? Promise.resolve(outcome) : outcome)
    return performLater(joined(mark('a'), odd, mark('b')))
  }
  for (const later of [false, true]) {
    for (const [outcome, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [7, 'a number'],
      [{}, 'an object that is no conn'],
      [blank, 'a conn'],
      [{ _tag: 'Some', value: blank }, 'an object that is no conn'],
    ] as const)
      blamed(
        t,
        await wrong(outcome, later),
        new RegExp(`^odd returned an effect that must come to an Either, and came to ${shown}$`),
      )
    for (const [value, shown] of [
      [undefined, 'undefined'],
      ['text', 'a string'],
      [{ ...blank }, 'a copy of a conn .*'],
    ] as const)
      blamed(
        t,
        await wrong(right(value), later),
        new RegExp(`^odd returned an effect that must come to a conn, and came to ${shown}$`),
      )
    const cause = (await wrong(blank.cookies, later)).error?.cause
    t.match(cause, { name: 'NotFetchedError' })
  }
})

t.test('plugName names a plug by its function', async t => {
  t.equal(plugName(halt), 'halt')
  t.equal(plugName(putRespHeader('a', 'b')), 'putRespHeader')
  t.equal(plugName(pipeline(halt)), 'pipeline')
  t.equal(plugName(when(() => true, putStatus(200))), 'when(putStatus)')
  t.equal(plugName(rescue(() => text(''))(halt)), 'rescue(halt)')
  t.equal(
    plugName(
      (
        () => (conn: Conn) =>
          conn
      )(),
    ),
    'an anonymous plug',
  )
  t.equal(plugName(undefined), 'an anonymous plug')
})

// --- attempt

t.test('attempt makes an effect of work that needs a promise', async t => {
  let worked = 0
  const effect = attempt(async () => (worked += 1))
  t.equal(worked, 0, 'nothing happens before it is executed')
  t.strictSame(await effect(), right(1))
  t.strictSame(await effect(), right(2))
})

t.test('what attempt rejects with is a failure: what onError says, or an exception', async t => {
  const bug = new Error('no answer')
  const reject = () => Promise.reject(bug)
  t.match(await attempt(reject)(), left({ _tag: 'Exception', cause: bug }))
  const unreachable = plugError(503, 'Unreachable', 'try again')
  t.strictSame(await attempt(reject, cause => (t.equal(cause, bug), unreachable))(), left(unreachable))
  t.match(
    await attempt(() => Promise.reject(raised(taken)))(),
    left({ _tag: 'BadRequest' }),
    'a thrown failure stays one',
  )
  t.match(await attempt(throwing(bug) as never)(), left({ cause: bug }), 'also when it throws at once')
  const broken = joined(mark('a'), () => attempt(reject, throwing(bug) as never), mark('b'))
  newest(t, await performLater(broken), bug)
})

t.test('attempt is given functions', async t => {
  t.throws(() => attempt(Promise.resolve() as never), {
    message: /^attempt: work must be a function .*, got a promise$/,
  })
  t.throws(() => attempt(async () => 1, 1 as never), { message: /^attempt: onError must be a function/ })
})

// --- when

t.test('when applies a plug to conns that meet the condition', async t => {
  const get = when(conn => conn.method === 'GET', putStatus(201))
  t.equal(get(blank).status, 201)
  const post = conn('POST', '/')
  t.equal(get(post), post)
  t.equal(
    marks(
      perform(
        joined(
          mark('a'),
          when(() => true, joined(mark('b'), mark('c'))),
          mark('d'),
        ),
      ),
    ),
    'abcd',
  )
  t.equal(
    marks(
      perform(
        joined(
          when(() => true, joined(mark('b'), halt)),
          mark('d'),
        ),
      ),
    ),
    'b',
  )
  t.equal(
    marks(
      await performLater(
        joined(
          when(() => true, taskMark('a')),
          mark('b'),
        ),
      ),
    ),
    'ab',
  )
  newest(t, perform(joined(mark('a'), when(throwing('odd') as never, mark('b')))), 'odd')
  t.throws(() => when(true as never, halt), {
    message: 'when: condition must be a function from a conn, got a boolean',
  })
  t.throws(() => when(() => true, undefined as never), {
    message: /^when: plug must be a function from a conn/,
  })
})

// --- rescue

const saying = rescue(error => conn => pipe(conn, putStatus(error.status), text(error.message)))

t.test('rescue makes a response of a failure, and ends the pipeline with it', async t => {
  const done = perform(joined(mark('a'), saying(failing), mark('b')))
  t.match(done, {
    halted: true,
    error: undefined,
    status: 400,
    respBody: taken.message,
    assigns: { marks: 'a' },
  })
})

t.test('rescue leaves what does not fail alone', async t => {
  t.equal(marks(perform(joined(saying(mark('a')), mark('b')))), 'ab')
  t.match(perform(joined(saying(halt), mark('b'))), { halted: true, error: undefined, status: undefined })
  t.equal(marks(perform(joined(saying(ioMark('a')), mark('b')))), 'ab')
  t.equal(marks(await performLater(joined(saying(taskMark('a')), mark('b')))), 'ab')
  t.ok(isConn(saying(mark('a'))(blank)), 'and stays synchronous')
})

t.test('the handler is given the newest conn and every kind of failure', async t => {
  const bug = new Error('a bug')
  const seen: unknown[] = []
  const noting = rescue(error => conn => {
    seen.push(error._tag)
    t.equal(conn.error, undefined)
    t.notOk(conn.halted)
    return text(marks(conn))(conn)
  })
  for (const bad of [failing, throwing(bug), () => IOE.left(taken), () => 7])
    t.equal(perform(noting(joined(mark('a'), mark('b'), bad, mark('c')))).respBody, 'ab')
  for (const bad of [() => TE.left(taken), () => attempt(() => Promise.reject(bug))])
    t.equal((await performLater(noting(joined(mark('a'), taskMark('b'), bad, mark('c'))))).respBody, 'ab')
  t.strictSame(seen, ['BadRequest', 'Exception', 'BadRequest', 'Exception', 'BadRequest', 'Exception'])
})

t.test('the handler may need effects', async t => {
  const io = rescue(
    () => conn => IOE.of<PlugError, Conn & ReturnType<ReturnType<typeof text>>>(text('io')(conn)),
  )
  const byIo = perform(joined(io(failing), mark('b')))
  t.match(byIo, { halted: true, respBody: 'io' })
  t.strictSame({ ...byIo.assigns }, {})
  const task = rescue(() => conn => attempt(async () => text('task')(conn)))
  const byTask = await performLater(joined(task(failing), mark('b')))
  t.match(byTask, { halted: true, respBody: 'task' })
  t.strictSame({ ...byTask.assigns }, {})
  t.match(await performLater(joined(task(joined(taskMark('a'), failing)))), { respBody: 'task' })
  t.type(io(failing)(blank), 'function', 'and performs nothing when it is called')
})

t.test('a handler may fail again, and one further out takes that', async t => {
  const other = badRequest('the handler failed')
  const again = rescue(() => conn => fail(conn, other))
  t.match(perform(again(failing)), { halted: true, error: other })
  t.match(perform(rescue(() => throwing(new Error('x')) as never)(failing)), { error: { _tag: 'Exception' } })
  t.match(perform(rescue((() => undefined) as never)(failing)), { error: { _tag: 'Exception' } })
  const odd = perform(rescue((() => () => 7) as never)(failing))
  t.match(odd.error?.cause, { message: /^the handler of rescue must return a conn/ })
  const nested = saying(joined(mark('a'), again(failing), mark('b')))
  t.match(perform(nested), { error: undefined, respBody: other.message, assigns: { marks: 'a' } })
  const same = saying(rescue(error => conn => fail(conn, error))(failing))
  t.match(perform(same), { error: undefined, respBody: taken.message }, 'also with the very same failure')
})

t.test('a handler may halt', async t => {
  t.match(perform(rescue(() => conn => halt(putStatus(418)(conn)))(failing)), {
    halted: true,
    status: 418,
    error: undefined,
  })
})

t.test('the inner of two rescues comes first', async t => {
  const inner = rescue(() => text('inner'))
  const outer = rescue(() => text('outer'))
  t.equal(perform(outer(joined(inner(failing), mark('b')))).respBody, 'inner')
  t.equal(perform(outer(joined(inner(mark('a')), failing))).respBody, 'outer')
})

t.test('rescue in a hook, while the app has failed, deals with the failures of the hook alone', async t => {
  const seen: (PlugError | undefined)[] = []
  const look = registerBeforeSend(conn => {
    seen.push(conn.error)
    return conn
  })
  const hook = (plug: AnyPlug) => registerBeforeSend(saying(plug) as (conn: Conn) => Conn)
  const rescued = run(joined(look, hook(failing), failing) as never)(blank)
  t.match(
    rescued,
    { status: 400, respBody: taken.message, error: taken },
    'the failure of the app stays known',
  )
  const left = run(joined(look, hook(mark('a')), failing) as never)(blank)
  t.equal(left.respBody, `${taken.message}\n`, 'the response to it stays')
  const forgot = run(
    joined(
      look,
      hook(() => blank),
      failing,
    ) as never,
  )(blank)
  t.equal(forgot.error?._tag, 'NotSent')
  t.equal(seen[0], taken)
})

t.test('rescue is given functions', async t => {
  t.throws(() => rescue(undefined as never), {
    message: /^rescue: handler must be a function .*, got undefined$/,
  })
  t.throws(() => saying(undefined as never), { message: /^rescue: plug must be a function from a conn/ })
})

t.test('running the same plug twice on the same conn gives the same', async t => {
  const plug = joined(mark('a'), taskMark('b'), resp(200, 'x'))
  t.strictSame((await performLater(plug)).assigns, (await performLater(plug)).assigns)
})
