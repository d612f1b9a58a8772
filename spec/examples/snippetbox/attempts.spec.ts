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

t.test('an attempt that is withdrawn was never made', async t => {
  const attempts = makeAttempts()
  for (let i = 0; i < 100; i++) {
    t.equal(begin(attempts, ada, i), 0)
    t.strictSame(attempts.withdraw(ada, i)(), right(undefined))
  }
  exhaust(attempts, () => ada, 100)
  t.equal(begin(attempts, ada, 1100), 0)
  attempts.withdraw(ada, 1100)()
  t.equal(begin(attempts, ada, 1100), 0, 'the wait does not start again')
  t.equal(begin(attempts, ada, 1100), 2)
  attempts.withdraw(ada, 5000)()
  t.equal(begin(attempts, ada, 1100), 2, 'one that was not made cannot be withdrawn')
})

t.test('concurrent attempts are withdrawn one by one', async t => {
  const attempts = makeAttempts()
  for (let i = 0; i < 5; i++) t.equal(begin(attempts, ada, i), 0)
  t.equal(begin(attempts, ada, 5), 1)
  for (const now of [4, 2, 0, 1, 3]) attempts.withdraw(ada, now)()
  t.equal(
    exhaust(attempts, () => ada, 5),
    5,
  )
})

t.test('sign-ups are slowed down after ten from a network, apart from logins', async t => {
  const attempts = makeAttempts()
  const signUp: Attempt = { address: ada.address }
  t.equal(
    exhaust(attempts, () => signUp, 0),
    10,
  )
  attempts.succeed(signUp)()
  t.equal(begin(attempts, signUp, 0), 1)
  t.equal(begin(attempts, ada, 0), 0)
  t.equal(begin(attempts, { address: '192.0.2.2' }, 0), 0)
})

t.test('an IPv6 /64 counts as one address', async t => {
  for (const [name, attempt] of [
    ['login', (i: number) => ({ account: `user ${i}` })],
    ['sign-up', () => ({})],
  ] as const) {
    const attempts = makeAttempts()
    const from = (i: number) => `2001:db8:0:1:${(i * 977).toString(16)}::${i}`
    t.equal(
      exhaust(attempts, i => ({ ...attempt(i), address: from(i) }), 0),
      name === 'login' ? 20 : 10,
    )
    t.equal(begin(attempts, { ...attempt(99), address: '2001:db8:0:2::1' }, 0), 0)
  }
})
