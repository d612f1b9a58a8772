import { right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { makeAttempts, type Attempt, type Attempts } from '../../../examples/snippetbox/attempts.js'
import { minute } from './support.js'

const ada: Attempt = { account: 'ada', address: '192.0.2.1' }
const begin = (attempts: Attempts, attempt: Attempt, now: number): number => {
  const begun = attempts.begin(attempt, now)()
  if (begun instanceof Promise || begun._tag === 'Left') throw new TypeError('it answers at once')
  return begun.right
}
/** Makes attempts until one must wait; how many were let through. */
const exhaust = (attempts: Attempts, attempt: (i: number) => Attempt, now: number): number => {
  for (let i = 0; ; i++) if (begin(attempts, attempt(i), now) > 0) return i
}

t.test(
  'five attempts are free; then the wait is a second, and doubles each time up to 15 minutes',
  async t => {
    const attempts = makeAttempts()
    let now = 0
    t.equal(
      exhaust(attempts, () => ada, now),
      5,
    )
    const waits: number[] = []
    for (let i = 0; i < 13; i++) {
      const wait = begin(attempts, ada, now)
      waits.push(wait)
      t.equal(begin(attempts, ada, now + wait * 1000 - 1), 1)
      now += wait * 1000
      t.equal(begin(attempts, ada, now), 0)
    }
    t.strictSame(waits.slice(0, 10), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    t.strictSame(waits.slice(10), [900, 900, 900])
  },
)

t.test('an account is slowed down from all addresses, and another is not', async t => {
  const attempts = makeAttempts()
  t.equal(
    exhaust(attempts, i => ({ account: 'ada', address: `192.0.2.${i}` }), 0),
    5,
  )
  t.equal(begin(attempts, { ...ada, account: 'bob' }, 0), 0)
})

t.test('an address is slowed down for all accounts after twenty, and another is not', async t => {
  const attempts = makeAttempts()
  t.equal(
    exhaust(attempts, i => ({ account: `user ${i}`, address: '192.0.2.1' }), 0),
    20,
  )
  t.equal(begin(attempts, { account: 'ada', address: '192.0.2.2' }, 0), 0)
})

t.test(
  'a right password forgets what the account had counted, and does not count for the address',
  async t => {
    const attempts = makeAttempts()
    for (let i = 0; i < 100; i++) {
      t.equal(begin(attempts, ada, i), 0)
      t.strictSame(attempts.succeed(ada)(), right(undefined))
    }
    t.equal(
      exhaust(attempts, () => ada, 100),
      5,
    )
  },
)

t.test('a right password does not forget what the address guessed at other accounts', async t => {
  const attempts = makeAttempts()
  const guess = (i: number): Attempt => ({ account: `user ${i}`, address: ada.address })
  for (let i = 0; i < 19; i++) begin(attempts, guess(i), 0)
  begin(attempts, ada, 0)
  attempts.succeed(ada)()
  t.equal(begin(attempts, guess(19), 0), 0)
  t.equal(begin(attempts, guess(20), 0), 1)
})

t.test('an account cannot be taken for an address', async t => {
  const attempts = makeAttempts()
  exhaust(attempts, i => ({ account: 'same', address: `${i}` }), 0)
  t.equal(begin(attempts, { account: 'other', address: 'same' }, 0), 0)
})

t.test('after an hour without an attempt all is forgotten', async t => {
  const attempts = makeAttempts()
  exhaust(attempts, () => ada, 0)
  t.equal(
    exhaust(attempts, () => ada, 60 * minute),
    5,
  )
})

t.test('the oldest names are forgotten when there are too many', async t => {
  const attempts = makeAttempts()
  exhaust(attempts, () => ada, 0)
  t.equal(begin(attempts, ada, 0), 1)
  for (let i = 0; i < 10_000; i++) begin(attempts, { account: `user ${i}`, address: `address ${i}` }, 1)
  t.equal(begin(attempts, ada, 1), 0)
})

t.test('nothing is counted before an effect is run, and success without an attempt is nothing', async t => {
  const attempts = makeAttempts()
  for (let i = 0; i < 100; i++) attempts.begin(ada, 0)
  t.strictSame(attempts.succeed(ada)(), right(undefined))
  t.equal(begin(attempts, ada, 0), 0)
})
