// Generators as effects: what each yield executes, how a failure ends it, and that a forgotten check fails closed.
import * as TE from 'fp-ts/lib/TaskEither.js'
import { left, right } from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import t from 'tap'
import {
  assign,
  attempt,
  badRequest,
  effect,
  endpoint,
  ensure,
  failure,
  gen,
  halt,
  orFail,
  pipe,
  pipeline,
  plugError,
  putRespHeader,
  registerBeforeSend,
  rescue,
  text,
  when,
  type AppError,
  type Conn,
  type IterableEffect,
} from '../../lib/index.js'
import type { AnyPlug } from '../../lib/pipeline-types.js'
import { conn, run, runAsync } from '../../lib/testing/index.js'

const get = () => conn('GET', '/')
const taken = plugError(409, 'Taken', 'That name is taken')
const forbidden = plugError(403, 'Forbidden', 'Only the author may do this')
/** Plugs joined without what the compiler knows of them. */
const joined = (...plugs: readonly unknown[]): AnyPlug =>
  pipeline(...(plugs as readonly never[])) as unknown as AnyPlug
const later = <A>(value: A) => attempt(() => Promise.resolve(value))

t.test('a generator is a plug: synchronous until an effect is not', async t => {
  const sum = function* (c: Conn) {
    const a = yield* effect.of(1)
    const b = yield* effect.of(2)
    return text(String(a + b))(c)
  }
  t.equal(run(joined(sum))(get()).respBody, '3')
  const slow = function* (c: Conn) {
    const a = yield* later(1)
    const b = yield* effect.of(2)
    return text(String(a + b + (yield* later(3))))(c)
  }
  t.equal((await runAsync(joined(assign('x', 1), slow))(get())).respBody, '6')
  t.throws(() => run(joined(slow))(get()), /asynchronous effect/)
})

t.test('calling a generator plug performs nothing', async t => {
  let runs = 0
  const plug = function* (c: Conn) {
    runs++
    return text('x')(c)
  }
  const suspended = plug(get())
  t.equal(runs, 0)
  suspended.return(undefined as never)
  run(joined(plug))(get())
  t.equal(runs, 1)
})

t.test('a failure ends it, with the conn that the step was given', async t => {
  const after: string[] = []
  for (const yielded of [effect.failed(taken), attempt(() => Promise.reject(taken as never))]) {
    const plug = function* (c: Conn) {
      try {
        yield* yielded
        after.push('went on')
      } finally {
        after.push('finally')
      }
      return text('no')(c)
    }
    const done = await runAsync(joined(putRespHeader('x-a', '1'), plug))(get())
    t.match(done, { status: 409, error: taken })
    t.equal(done.respHeaders.get('x-a'), '1')
  }
  t.strictSame(after, ['finally', 'finally'])
})

t.test('a finally may yield, and its own failure does not hide the first', async t => {
  const seen: string[] = []
  const plug = function* (c: Conn) {
    try {
      yield* effect.failed(taken)
    } finally {
      seen.push(yield* later('released'))
      yield* effect.failed(forbidden)
    }
    return text('no')(c)
  }
  t.match(await runAsync(joined(plug))(get()), { status: 409 })
  t.strictSame(seen, ['released'])
})

t.test('what is thrown is a failure: by the generator, and by an effect that it yields', async t => {
  const thrown = new Error('broken')
  const plugs = [
    function* (): Generator<never, never> {
      throw thrown
    },
    function* () {
      yield* effect.from(() => {
        throw thrown
      })
    },
    function* () {
      yield* effect.from(async () => {
        throw thrown
      })
    },
  ]
  for (const plug of plugs) {
    const done = await runAsync(joined(plug))(get())
    t.match(done, { status: 500, error: { _tag: 'Exception' } })
    t.equal(done.error?.cause, thrown)
  }
})

t.test('what is no effect cannot be yielded', async t => {
  for (const wrong of [7, undefined, Promise.resolve(7), text('x'), {}]) {
    const plug = function* (c: Conn): Generator<unknown, unknown> {
      yield wrong
      return text('no')(c)
    }
    const done = await runAsync(joined(plug))(get())
    t.match(done.error?.cause, {
      message: /^a generator must yield effects: yield\* an effect, and wrap a promise/,
    })
  }
})

t.test('a generator may return an effect, and must return a conn', async t => {
  const plug = function* (c: Conn) {
    return yield* later(() => right(text('at last')(c)))
  }
  t.equal((await runAsync(joined(plug))(get())).respBody, 'at last')
  const empty = function* empty() {
    yield* effect.of(1)
  }
  t.match(run(joined(empty))(get()).error?.cause, {
    message: 'empty returned an effect that must come to a conn, and came to undefined',
  })
})

t.test('generators are plugs anywhere: nested, in when and rescue, before others', async t => {
  const user = function* (c: Conn) {
    return assign('user', yield* effect.of('Ada'))(c)
  }
  const show = (c: Conn) => text(String((c.assigns as { user?: string }).user))(c)
  t.equal(run(joined(user, show))(get()).respBody, 'Ada')
  t.equal(run(joined(joined(user), show))(get()).respBody, 'Ada')
  t.equal(
    run(
      joined(
        when(() => true, user as never),
        show,
      ),
    )(get()).respBody,
    'Ada',
  )
  const failing = function* (): Generator<unknown, never> {
    yield* effect.failed(taken)
    throw new Error('never')
  }
  const mended = rescue(function (error: { message: string }) {
    return function* (c: Conn) {
      return text(yield* later(error.message))(c)
    }
  } as never)(joined(failing))
  t.match(await runAsync(joined(mended))(get()), { status: 200, respBody: 'That name is taken' })
  const hook = registerBeforeSend(function* (c: Conn) {
    return putRespHeader('x-hook', yield* effect.of('yes'))(c)
  } as never)
  t.equal(run(joined(hook, text('x')))(get()).respHeaders.get('x-hook'), 'yes')
})

t.test('a generator that responds and does not halt fails closed', async t => {
  let ran = false
  const guard = function* guard(c: Conn) {
    yield* effect.of(1)
    return text('log in')(c)
  }
  const secret = (c: Conn) => {
    ran = true
    return text('the secret')(c)
  }
  const done = run(joined(guard, secret))(get())
  t.match(done, { status: 500 })
  t.match(done.error?.cause, { message: /^guard has responded and not halted, and secret would go on/ })
  t.notOk(ran)
})

t.test('an effect that comes to no Either fails, and finally runs', async t => {
  for (const wrong of [undefined, false, { _tag: 'None' }, 7])
    for (const outcome of [wrong, Promise.resolve(wrong)]) {
      const log: string[] = []
      const plug = joined(function* (c: Conn): Generator<unknown, unknown> {
        try {
          yield () => outcome
          log.push('went on')
          return text('no')(c)
        } finally {
          log.push('finally')
        }
      })
      const done = await runAsync(plug)(get())
      t.match(done.error?.cause, { message: /^an effect must come to an Either, and came to / })
      t.strictSame(log, ['finally'])
    }
})

t.test('gen is an effect of several, executed anew each time', async t => {
  let runs = 0
  const twice = gen(function* () {
    runs++
    return (yield* effect.of(20)) + (yield* effect.of(1))
  })
  t.strictSame([twice(), twice()], [right(21), right(21)])
  t.equal(runs, 2)
  const slow = gen(function* () {
    return (yield* twice) + (yield* effect.from(TE.right<never, number>(2)))
  })
  t.strictSame(await slow(), right(23))
  t.strictSame(gen(function* () { return yield* effect.failed(taken) })(), left(taken)) // prettier-ignore
  for (const wrong of [undefined, 7, {}])
    t.throws(() => gen(wrong as never), new TypeError('gen: pass a generator function, function* () { … }'))
  t.throws(gen((() => 7) as never), new TypeError('gen: pass a generator function, function* () { … }'))
})

t.test('a generator does what chained effects do', async t => {
  const each = fc.tuple(fc.integer(), fc.boolean(), fc.boolean())
  await fc.assert(
    fc.asyncProperty(fc.array(each, { maxLength: 6 }), async list => {
      const effects = list.map(([value, fails, slow]) =>
        effect.from<number, typeof taken>(() => {
          const outcome = fails ? left(taken) : right(value)
          return slow ? Promise.resolve(outcome) : outcome
        }),
      )
      const generated = gen(function* () {
        let sum = 0
        for (const one of effects) sum += yield* one
        return sum
      })()
      const chained = effects.reduce(
        (sum, one) =>
          pipe(
            sum,
            effect.chain(n =>
              pipe(
                one,
                effect.map(m => n + m),
              ),
            ),
          ) as typeof sum,
        effect.from<number, typeof taken>(() => right(0)),
      )()
      return (
        generated instanceof Promise === chained instanceof Promise &&
        JSON.stringify(await generated) === JSON.stringify(await chained)
      )
    }),
  )
  t.pass('for all that was tried')
})

t.test('orFail returns what is there', async t => {
  t.strictSame(orFail(0, taken)(), right(0))
  t.strictSame(orFail('', taken)(), right(''))
  t.strictSame(orFail(null, taken)(), left(taken))
  t.strictSame(orFail(undefined, () => taken)(), left(taken))
})

// --- checks

const checking = (use: (c: Conn) => unknown): AnyPlug => joined((c: Conn) => use(c))

t.test('a check that is executed goes on or fails', async t => {
  const draft = (holds: boolean) =>
    joined(function* (c: Conn) {
      yield* ensure(c, holds, () => forbidden)
      return text('the draft')(c)
    })
  t.match(run(draft(true))(get()), { status: 200, respBody: 'the draft' })
  t.match(run(draft(false))(get()), { status: 403, error: forbidden })
  const chained = joined((c: Conn) =>
    pipe(
      ensure(c, true, forbidden),
      effect.map(() => text('chained')(c)),
    ),
  )
  t.equal(run(chained)(get()).respBody, 'chained')
})

t.test('a check of what is no boolean fails closed: a promise would always hold', async t => {
  const unhandled: unknown[] = []
  const listen = (cause: unknown) => void unhandled.push(cause)
  process.on('unhandledRejection', listen)
  for (const [holds, is] of [
    [Promise.reject(new Error('no')), 'a promise'],
    [1, 'a number'],
    [undefined, 'undefined'],
  ] as const) {
    const draft = joined(function* (c: Conn) {
      yield* ensure(c, holds as unknown as boolean, forbidden)
      return text('the draft')(c)
    })
    const done = await runAsync(draft)(get())
    t.equal(done.status, 500)
    t.match(done.error?.cause, { message: `ensure: holds must be a boolean, got ${is}` })
  }
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  t.strictSame(unhandled, [])
})

t.test('a check that is forgotten fails closed, whether it holds or not', async t => {
  for (const holds of [true, false]) {
    const plugs: readonly AnyPlug[] = [
      checking(c => {
        ensure(c, holds, forbidden)
        return text('the draft')(c)
      }),
      checking(c => {
        ensure(c, holds, forbidden)
        return halt(text('the draft')(c))
      }),
      joined(function* (c: Conn) {
        ensure(c, holds, forbidden)
        yield* later(1)
        return text('the draft')(c)
      }),
      joined((c: Conn) => attempt(async () => (ensure(c, holds, forbidden), text('the draft')(c)))),
      joined(
        registerBeforeSend((c: Conn) => (ensure(c, holds, forbidden), c)),
        text('the draft'),
      ),
      joined((c: Conn) => (ensure(c, holds, forbidden), assign('a', 1)(c)), text('the draft')),
    ]
    for (const [i, plug] of plugs.entries()) {
      const done = await runAsync(plug)(get())
      t.equal(done.status, 500, `plug ${i}`)
      t.match(done.error?.cause, {
        message:
          'a check was made and not executed (Forbidden): put yield* before ensure(…), or return it as an effect',
      })
      t.not(done.respBody, 'the draft')
    }
  }
})

t.test(
  'another failure is not hidden by a forgotten check, and one request does not see the checks of another',
  async t => {
    const failing = joined(function* (c: Conn) {
      ensure(c, true, forbidden)
      yield* effect.failed(badRequest('no'))
    })
    t.equal(run(failing)(get()).status, 400)
    const fine = joined((c: Conn) => text('fine')(c))
    t.equal(run(fine)(get()).status, 200)
  },
)

t.test('orFail takes no effect for a value: it would never be null', async t => {
  const refused = new TypeError('orFail: the value must not be an effect: put yield* before it')
  for (const pending of [effect.of(1), gen(function* () {}), Promise.resolve(1), (function* () {})()])
    t.throws(() => orFail(pending as never, taken), refused)
  t.strictSame(orFail(Math.max, taken)(), right(Math.max), 'a function is a value like another')
})

t.test('ensure takes a boolean: anything else that is truthy would let everyone in', async t => {
  for (const [holds, shown] of [
    [effect.of(false), 'a function'],
    [undefined, 'undefined'],
    [null, 'null'],
    ['no', 'a string'],
  ])
    t.throws(
      () => ensure(get(), holds as never, forbidden),
      new TypeError(`ensure: holds must be a boolean, got ${String(shown)}`),
    )
})

t.test('a forgotten check has the name of the kind that would have failed', async t => {
  const NotYours = failure(403, 'NotYours')
  const plug = joined((c: Conn) => (ensure(c, true, NotYours), text('x')(c)))
  t.match(run(plug)(get()).error?.cause, { message: /^a check was made and not executed \(NotYours\):/ })
})

t.test('a generator that forgets a check is the last that runs', async t => {
  for (const wait of [effect.of(1), attempt(async () => 1)])
    for (const wrap of [(plug: AnyPlug) => plug, (plug: AnyPlug) => when(() => true, plug as never)]) {
      const deleted: string[] = []
      const guard = function* (c: Conn) {
        ensure(c, false, forbidden)
        yield* wait
        return c
      }
      const remove = (c: Conn) => {
        deleted.push(c.path)
        return text('deleted')(c)
      }
      const done = await runAsync(joined(wrap(guard as AnyPlug), remove))(get())
      t.equal(done.status, 500)
      t.match(done.error?.cause, { message: /^a check was made and not executed \(Forbidden\)/ })
      t.strictSame(deleted, [])
    }
  // a check that was made before, and is executed later, is not its own
  const checks: IterableEffect<void, AppError>[] = []
  const making = (c: Conn) => {
    checks.push(ensure(c, true, forbidden))
    return c
  }
  const passing = function* (c: Conn) {
    yield* effect.of(1)
    return c
  }
  const executing = function* (c: Conn) {
    for (const check of checks) yield* check
    return text('fine')(c)
  }
  t.equal(run(joined(making, passing, executing))(get()).status, 200)
})

t.test('a failure is rendered once, whatever checks were yet to come, and hooks follow', async t => {
  const rendered: string[] = []
  const app = endpoint(
    {
      renderErrors: error => c => {
        rendered.push(error.message)
        return text(`rendered ${rendered.length}`)(c)
      },
    },
    joined(
      registerBeforeSend(putRespHeader('x-first', 'yes')),
      registerBeforeSend(putRespHeader('x-second', 'yes')),
      function* (c: Conn) {
        const checks = [ensure(c, false, forbidden), ensure(c, true, taken)] as const
        for (const check of checks) yield* check
        return text('the draft')(c)
      },
    ) as never,
  )
  const done = await app.run(get())
  t.match(done, { status: 403, respBody: 'rendered 1', error: forbidden })
  t.equal(done.respHeaders.get('x-first'), 'yes')
  t.strictSame(rendered, [forbidden.message])
})

t.test('an error page with a check that is forgotten is not sent', async t => {
  let calls = 0
  const app = endpoint(
    {
      renderErrors: () => c => {
        calls++
        ensure(c, false, forbidden)
        return text('the draft')(c)
      },
    },
    joined(registerBeforeSend(putRespHeader('x-first', 'yes')), () => effect.failed(taken)) as never,
  )
  const done = await app.run(get())
  t.match(done, { status: 409, respBody: `${taken.message}\n` })
  t.equal(calls, 1)
})
