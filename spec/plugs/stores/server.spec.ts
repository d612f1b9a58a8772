import t from 'tap'
import type { Either } from 'fp-ts/lib/Either.js'
import type { PlugError } from '../../../lib/index.js'
import { guard, serverRules, type StoreFailure } from '../../../plugs/stores/server.js'
import { checkOptions } from '../../../lib/options.js'

const told: StoreFailure[] = []
const onFailure = (failure: StoreFailure) => () => {
  told.push(failure)
}
const guarded = guard('redis', { timeout: 40, onFailure })
const leftOf = (outcome: Either<PlugError, unknown>): PlugError => {
  if (outcome._tag === 'Right') throw new Error('it did not fail')
  return outcome.left
}
t.beforeEach(() => {
  told.length = 0
})

t.test('what is there at once is given at once, and what comes later later', async t => {
  t.strictSame(guarded('get', () => 7)(), { _tag: 'Right', right: 7 })
  t.strictSame(await guarded('get', async () => 7)(), { _tag: 'Right', right: 7 })
  t.strictSame(guarded('get', () => undefined)(), { _tag: 'Right', right: undefined })
  t.strictSame(told, [])
})

t.test('nothing is done before the effect is executed', async t => {
  let done = 0
  const effect = guarded('apply', () => ++done)
  t.equal(done, 0)
  effect()
  t.equal(done, 1)
})

t.test('an error answers 503 with the time to wait, and an operator hears of it', async t => {
  const cause = new Error('connection refused')
  for (const work of [
    () => {
      throw cause
    },
    async () => {
      throw cause
    },
  ] as (() => Promise<never>)[]) {
    told.length = 0
    const error = leftOf(await guarded('apply', work)())
    t.match(error, { _tag: 'SessionUnavailable', status: 503, headers: { 'retry-after': '1' }, cause })
    t.notMatch(error.message, /refused/)
    t.match(told, [{ store: 'redis', operation: 'apply', reason: 'error', elapsed: Number, cause }])
  }
})

t.test('what takes too long has failed in time, and what comes after is not told', async t => {
  const begun = Date.now()
  let finish: (value: number) => void = () => undefined
  let refuse: (cause: Error) => void = () => undefined
  const answers = [
    guarded('get', () => new Promise<number>(resolve => (finish = resolve)))(),
    guarded('get', () => new Promise<number>((_, reject) => (refuse = reject)))(),
  ]
  for (const answer of answers) {
    const error = leftOf(await answer)
    t.match(error, { status: 503, cause: { message: 'the redis store did not answer within 40 ms' } })
  }
  t.ok(Date.now() - begun < 2000)
  t.strictSame(
    told.map(({ reason }) => reason),
    ['timeout', 'timeout'],
  )
  finish(7)
  refuse(new Error('late'))
  await new Promise(resolve => setTimeout(resolve, 5))
  t.equal(told.length, 2)
})

t.test('without anybody to tell, it fails all the same', async t => {
  t.equal(
    leftOf(await guard('sql', {})('delete', async () => Promise.reject(new Error('x')))()).headers?.[
      'retry-after'
    ],
    '2',
  )
})

t.test('options are checked', async t => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ ttl: 0 }, 'ttl must be a positive integer (seconds)'],
    [{ timeout: 0 }, 'timeout must be a positive integer (milliseconds)'],
    [{ timeout: 2 ** 31 }, 'timeout must be a positive integer (milliseconds)'],
    [{ sliding: 1 }, 'sliding must be a boolean'],
    [{ onFailure: true }, 'onFailure must be a function that returns an effect'],
  ]
  for (const [options, message] of wrong)
    t.throws(() => checkOptions('redisStore', options, serverRules), new TypeError(`redisStore: ${message}`))
  checkOptions('redisStore', { ttl: 1, timeout: 1, sliding: false, onFailure }, serverRules)
})
