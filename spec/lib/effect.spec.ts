// The algebra of effects: the laws of a monad, held for effects that are synchronous and for those that are not.
import * as TE from 'fp-ts/lib/TaskEither.js'
import { left, right } from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import t from 'tap'
import { attempt, badRequest, effect, gen, pipe, type Effect, type Outcome } from '../../lib/index.js'
import { noting } from '../../lib/iterable-effect.js'
import { isPromise, type Later } from '../../lib/later.js'

const { andThen, chain, failed, from, map, of } = effect

const taken = badRequest('taken')
const outcome = fc.oneof(
  fc.integer().map((value): Outcome<number> => right(value)),
  fc.constant<Outcome<number>>(left(taken)),
)
/** An effect that comes to something, at once or in a promise. */
const anEffect = fc.tuple(outcome, fc.boolean()).map(
  ([each, later]): Effect<number> =>
    () =>
      later ? Promise.resolve(each) : each,
)
const aStep = fc.tuple(anEffect, fc.integer()).map(
  ([each, by]) =>
    (value: number): Effect<number> =>
      pipe(
        each,
        map(n => n * by + value),
      ),
)

const same = async (a: () => Later<Outcome<number>>, b: () => Later<Outcome<number>>): Promise<boolean> => {
  const [left, right] = [a(), b()]
  return isPromise(left) === isPromise(right) && JSON.stringify(await left) === JSON.stringify(await right)
}

t.test('of and chain are a monad', async t => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), aStep, (value, f) => same(pipe(of(value), chain(f)), f(value))),
  )
  await fc.assert(fc.asyncProperty(anEffect, each => same(pipe(each, chain(of)), each)))
  await fc.assert(
    fc.asyncProperty(anEffect, aStep, aStep, (each, f, g) =>
      same(
        pipe(each, chain(f), chain(g)),
        pipe(
          each,
          chain(value => pipe(f(value), chain(g))),
        ),
      ),
    ),
  )
  t.pass('for all that was tried')
})

t.test('map is chain with of', async t => {
  await fc.assert(
    fc.asyncProperty(anEffect, each =>
      same(
        pipe(
          each,
          map(n => n + 1),
        ),
        pipe(
          each,
          chain(n => of(n + 1)),
        ),
      ),
    ),
  )
  t.pass('for all that was tried')
})

t.test('andThen of a value is the function of it, and of an effect its chain', async t => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), aStep, anEffect, async (value, f, each) => {
      const now = andThen((n: number) => n + 1)(value) === value + 1
      const chained = await same(andThen(f)(each) as Effect<number>, pipe(each, chain(f)))
      const mapped = await same(
        andThen((n: number) => n + 1)(each) as Effect<number>,
        pipe(
          each,
          map(n => n + 1),
        ),
      )
      return now && chained && mapped
    }),
  )
  t.pass('for all that was tried')
})

t.test('an effect may come to undefined', async t => {
  const nothing = () => right(undefined)
  t.strictSame(pipe(nothing, map(String))(), right('undefined'))
  t.strictSame(
    await pipe(
      async () => right(undefined),
      chain(() => of(7)),
    )(),
    right(7),
  )
  t.strictSame(
    pipe(
      of(1),
      map(() => undefined),
      map(value => value ?? 'none'),
    )(),
    right('none'),
  )
})

t.test('failed fails, and from takes an effect of fp-ts', async t => {
  t.strictSame(failed(taken)(), left(taken))
  t.strictSame(
    pipe(
      failed(taken),
      map(() => t.fail('a failure passes by')),
    )(),
    left(taken),
  )
  t.strictSame(await from(TE.right(7))(), right(7))
  for (const wrong of [7, undefined, (conn: unknown) => conn])
    t.throws(
      () => from(wrong as never),
      new TypeError('effect.from: the effect must be a function without parameters'),
    )
})

t.test('nothing runs before it is executed', async t => {
  let runs = 0
  const each = pipe(
    from(() => right(++runs)),
    map(n => n + 1),
    chain(of),
  )
  t.equal(runs, 0)
  t.strictSame([each(), each()], [right(2), right(3)])
})

t.test('effects are noted where that is asked for, until they are executed', async t => {
  const made = new Set<object>()
  const [first, second] = noting(made, () => [of(1), attempt(async () => 2)] as const)
  const third = of(3)
  t.strictSame([...made], [first, second])
  t.strictSame(first(), right(1))
  t.strictSame([...made], [second])
  t.strictSame(await second(), right(2))
  t.equal(made.size, 0)
  t.strictSame(third(), right(3))
  t.throws(() =>
    noting(made, () => {
      throw new Error('no')
    }),
  )
  of(4)
  t.equal(made.size, 0, 'nothing is noted after what was asked for has thrown')
})

t.test('the effects of a port are executed by yield*', async t => {
  class Rates {
    readonly #base = 2
    readonly latest = (by: number) => TE.right<never, number>(this.#base * by)
    readonly now = () => of(7)
    readonly reset = () => right(undefined)
    readonly name = 'rates'
  }
  const port = effect.fromPort(new Rates())
  t.equal(port.name, 'rates', 'what is no function stays as it is')
  const both = gen(function* () {
    yield* port.reset
    return (yield* port.latest(3)) + (yield* port.now())
  })
  t.strictSame(await both(), right(13))
  t.strictSame(await port.latest(1)(), right(2), 'and they are effects as before')
  for (const wrong of [undefined, null, 7])
    t.throws(
      () => effect.fromPort(wrong as never),
      new TypeError('effect.fromPort: the port must be an object of functions that return effects'),
    )
})
