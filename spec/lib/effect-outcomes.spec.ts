// What effects may give that is unusual: nothing, a value of a promise or a thenable, an Either that was made elsewhere.
import * as E from 'fp-ts/lib/Either.js'
import t from 'tap'
import { badRequest, effect, pipe, type Effect } from '../../lib/index.js'

const later = <A>(value: A): Promise<A> => Promise.resolve(value)
// oxlint-disable-next-line unicorn/no-thenable
const thenable = <A>(value: A) => ({ then: (resolve: (value: A) => void) => resolve(value) })
const refused = badRequest('no')

/** The same outcome, at once, in a promise, and in a thenable that is no promise. */
const forms = <A>(outcome: E.Either<typeof refused, A>): readonly Effect<A>[] =>
  [() => outcome, () => later(outcome), () => thenable(outcome)] as unknown as readonly Effect<A>[]

t.test('an effect may give nothing, and its value be changed', async t => {
  for (const nothing of [undefined, null, 0, '', false, Number.NaN])
    for (const give of forms(E.right(nothing))) {
      t.strictSame(
        await pipe(
          give,
          effect.map(value => [value]),
        )(),
        E.right([nothing]),
      )
      t.strictSame(
        await pipe(
          give,
          effect.map(() => undefined),
        )(),
        E.right(undefined),
      )
      t.strictSame(
        await pipe(
          give,
          effect.chain(value => effect.of([value])),
        )(),
        E.right([nothing]),
      )
      t.strictSame(await (effect.andThen(value => [value])(give) as Effect<unknown>)(), E.right([nothing]))
    }
  t.strictSame(
    pipe(
      effect.of(undefined),
      effect.map(value => value),
    )(),
    E.right(undefined),
    'at once',
  )
})

t.test('a function is a value like any other where an effect gives it', async t => {
  const f = () => 1
  t.strictSame(
    pipe(
      effect.of(f),
      effect.map(value => value()),
    )(),
    E.right(1),
  )
})

t.test('a failure goes past, whatever its form', async t => {
  const never = (): never => t.fail('was called') as never
  for (const give of forms<number>(E.left(refused))) {
    t.strictSame(await pipe(give, effect.map(never))(), E.left(refused))
    t.strictSame(await pipe(give, effect.chain(never))(), E.left(refused))
    t.strictSame(await effect.andThen(never)(give)(), E.left(refused))
  }
})

t.test('an Either made elsewhere is one: frozen, of a class, with more on it', async t => {
  class Right {
    readonly _tag = 'Right'
    constructor(readonly right: number) {}
  }
  for (const outcome of [Object.freeze(E.right(7)), new Right(7), { _tag: 'Right', right: 7, more: 1 }])
    for (const give of forms(outcome as E.Either<never, number>))
      t.strictSame(
        await pipe(
          give,
          effect.map(n => n + 1),
        )(),
        E.right(8),
      )
})

t.test('what is at once stays so', async t => {
  t.notOk(
    pipe(
      effect.of(1),
      effect.map(n => n + 1),
    )() instanceof Promise,
  )
  t.ok(
    pipe(
      (() => thenable(E.right(1))) as unknown as Effect<number>,
      effect.map(n => n + 1),
    )() instanceof Promise,
  )
})
