// What is made without loading fp-ts is what fp-ts makes: its functions take it, and its types describe it.
import t from 'tap'
import * as E from 'fp-ts/lib/Either.js'
import * as F from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as fp from '../../lib/fp.js'

const values: readonly unknown[] = [1, '', undefined, null, { a: 1 }, fp.none]

t.test('Either: the same values, property by property', async t => {
  for (const value of values) {
    t.strictSame(Object.entries(fp.left(value)), Object.entries(E.left(value)))
    t.strictSame(Object.entries(fp.right(value)), Object.entries(E.right(value)))
    for (const either of [fp.left(value), fp.right(value), E.left(value), E.right(value)]) {
      t.equal(fp.isLeft(either), E.isLeft(either))
      t.equal(fp.isRight(either), E.isRight(either))
    }
  }
})

t.test('Either: what fp-ts does with them', async t => {
  const whole = (text: string): E.Either<string, number> =>
    /^\d+$/.test(text) ? fp.right(Number(text)) : fp.left(`${text} is no number`)
  const half = E.chain((n: number) => (n % 2 === 0 ? fp.right(n / 2) : fp.left('odd')))
  t.strictSame(half(whole('84')), E.right(42))
  t.strictSame(half(whole('3')), E.left('odd'))
  t.strictSame(half(whole('x')), E.left('x is no number'))
  t.strictSame(E.mapLeft(String)(fp.left(1)), E.left('1'))
  t.equal(E.getOrElse(() => 0)(fp.left('none')), 0)
  t.equal(
    E.match(
      () => 'left',
      () => 'right',
    )(fp.right(1)),
    'right',
  )
  t.strictSame(await TE.map((n: number) => n + 1)(TE.fromEither(fp.right(41)))(), E.right(42))
})

t.test('Option: the same values, and what fp-ts does with them', async t => {
  t.strictSame(Object.entries(fp.none), Object.entries(O.none))
  for (const value of values) {
    t.strictSame(Object.entries(fp.some(value)), Object.entries(O.some(value)))
    for (const option of [fp.some(value), O.some(value), fp.none, O.none]) {
      t.equal(fp.isSome(option), O.isSome(option))
      t.equal(fp.isNone(option), O.isNone(option))
      t.equal(O.toUndefined(option), option._tag === 'Some' ? value : undefined)
    }
  }
  t.strictSame(O.map((n: number) => n + 1)(fp.some(41)), O.some(42))
  t.strictSame(E.fromOption(() => 'nothing')(fp.none), E.left('nothing'))
})

t.test('pipe and flow give what those of fp-ts give', async t => {
  const steps = [(n: number) => n + 1, (n: number) => n * 2, String, (text: string) => [text]] as const
  const [add, double, show, list] = steps
  t.equal(fp.pipe(1), F.pipe(1))
  t.equal(fp.pipe(1, add), F.pipe(1, add))
  t.strictSame(fp.pipe(1, add, double, show, list), F.pipe(1, add, double, show, list))
  t.equal(fp.flow(add), add, 'one function is itself, as with fp-ts')
  t.equal(F.flow(add), add)
  const sum = (a: number, b: number): number => a + b
  t.strictSame(fp.flow(sum, double, show, list)(1, 2), F.flow(sum, double, show, list)(1, 2))
  const counter = { by: 2, next: fp.flow(function (this: { by: number }, n: number) { return n * this.by }, add) } // prettier-ignore
  t.equal(counter.next(3), 7, 'the first keeps its this')
  const longest = Array.from({ length: 19 }, () => add) as unknown as [typeof add]
  t.equal(fp.pipe(0, ...longest), 19)
  t.equal(fp.flow(...longest)(0), 19)
})
