import { left, right, type Either } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { plugError, sessionUnavailable, type Effect, type PlugError } from '../../../lib/index.js'
import { sessionQueue } from '../../../plugs/session/queue.js'

const later = <A>(value: A): Promise<A> => new Promise(resolve => setTimeout(resolve, 2, value))

t.test('effects of one session follow each other, and those of others do not wait', async t => {
  const told: string[] = []
  const work =
    (name: string): Effect<string> =>
    async () => {
      told.push(`${name} begins`)
      await later(name)
      told.push(`${name} ends`)
      return right(name)
    }
  const [one, two] = [sessionQueue(), sessionQueue()]
  const done = await Promise.all([
    one('a', work('first'))(),
    one('a', work('second'))(),
    one('b', work('elsewhere'))(),
    two('a', work('in another queue'))(),
  ])
  t.strictSame(
    done,
    ['first', 'second', 'elsewhere', 'in another queue'].map(name => right(name)),
  )
  t.strictSame(told.slice(0, 3), ['first begins', 'elsewhere begins', 'in another queue begins'])
  t.ok(told.indexOf('second begins') > told.indexOf('first ends'))
})

t.test(
  'nothing begins before the effect is executed, and one that needs no promise is done at once',
  async t => {
    let begun = 0
    const effect = sessionQueue()('a', () => right(++begun))
    t.equal(begun, 0)
    t.strictSame(effect(), right(1))
    t.strictSame(effect(), right(2))
  },
)

t.test('a failure is no reason to stop, unless the store does not answer', async t => {
  const here = sessionQueue()
  let asked = 0
  const answer = (outcome: Either<PlugError, string>): Promise<unknown> =>
    (here('a', async () => (asked++, later(outcome)))() as Promise<unknown>).catch(String)
  const failed = left(plugError(409, 'Taken', 'it is taken'))
  const down = left(sessionUnavailable('down'))
  const thrown = here('a', async () => later(undefined).then(() => Promise.reject(new Error('boom'))))
  const outcomes = await Promise.all([
    answer(failed),
    answer(right('goes on')),
    (thrown() as Promise<unknown>).catch(String),
    answer(right('goes on too')),
    answer(down),
    answer(right('is not asked')),
    answer(right('nor is this')),
  ])
  t.strictSame(outcomes, [failed, right('goes on'), 'Error: boom', right('goes on too'), down, down, down])
  t.equal(asked, 4)
  t.strictSame(await answer(right('back again')), right('back again'))
})
