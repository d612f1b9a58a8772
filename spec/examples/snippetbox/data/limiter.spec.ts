import { isLeft, isRight, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { makeLimiter } from '../../../../examples/snippetbox/data/limiter.js'

/** Work that ends when it is told to, and how much of it has begun. */
const manual = () => {
  const ends: (() => void)[] = []
  const begun: string[] = []
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<string>(resolve => ends.push(() => resolve(name)))
  }
  return { begun, ends, work }
}
const turn = () => new Promise(resolve => setImmediate(resolve))

t.test('no more is done at once than may be, and the rest waits in its order', async t => {
  const { begun, ends, work } = manual()
  const limited = makeLimiter({ atOnce: 2, waiting: 3 })
  const all = ['a', 'b', 'c', 'd', 'e'].map(name => limited(work(name))())
  await turn()
  t.strictSame(begun, ['a', 'b'])
  ends[1]?.()
  await turn()
  t.strictSame(begun, ['a', 'b', 'c'])
  ends[0]?.()
  ends[2]?.()
  await turn()
  t.strictSame(begun, ['a', 'b', 'c', 'd', 'e'])
  ends[3]?.()
  ends[4]?.()
  t.strictSame(await Promise.all(all), ['a', 'b', 'c', 'd', 'e'].map(right))
})

t.test('a full line turns away at once, with when to come back', async t => {
  const { begun, ends, work } = manual()
  const limited = makeLimiter({ atOnce: 1, waiting: 1 })
  const [first, second] = [limited(work('first'))(), limited(work('second'))()]
  const refused = await limited(work('third'))()
  t.match(refused, {
    left: { _tag: 'AppError', name: 'Busy', status: 503, headers: { 'retry-after': /^\d+$/ } },
  })
  ends[0]?.()
  await first
  await turn()
  const fourth = limited(work('fourth'))()
  ends[1]?.()
  await second
  await turn()
  ends[2]?.()
  t.strictSame(await fourth, right('fourth'), 'there is a place again')
  t.strictSame(begun, ['first', 'second', 'fourth'])
})

t.test('without a line, what finds no place is turned away', async t => {
  const { ends, work } = manual()
  const limited = makeLimiter({ atOnce: 1, waiting: 0 })
  const first = limited(work('first'))()
  t.ok(isLeft(await limited(work('second'))()))
  ends[0]?.()
  t.ok(isRight(await first))
})

t.test('work that fails gives its place back', async t => {
  const limited = makeLimiter({ atOnce: 1, waiting: 10 })
  const error = new Error('no memory')
  const rejecting = limited(() => Promise.reject(error))
  const throwing = limited(() => {
    throw error
  })
  const failed = { left: { _tag: 'Exception', status: 500, cause: error } }
  const outcomes = await Promise.all([rejecting(), throwing(), rejecting(), limited(async () => 1)()])
  for (const outcome of outcomes.slice(0, 3)) t.match(outcome, failed)
  t.strictSame(outcomes[3], right(1))
})

t.test('nothing begins before the effect is called', async t => {
  const { begun, work } = manual()
  makeLimiter({ atOnce: 1, waiting: 0 })(work('never'))
  await turn()
  t.strictSame(begun, [])
})

t.test('bounds that bound nothing are refused', async t => {
  for (const atOnce of [0, -1, 1.5, NaN, Infinity])
    t.throws(
      () => makeLimiter({ atOnce, waiting: 0 }),
      new RangeError(`makeLimiter: atOnce must be an integer of at least 1, got ${atOnce}`),
    )
  for (const waiting of [-1, 1.5, NaN, Infinity])
    t.throws(
      () => makeLimiter({ atOnce: 1, waiting }),
      new RangeError(`makeLimiter: waiting must be an integer of at least 0, got ${waiting}`),
    )
})
