import { isRight, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { makePasswords, type Passwords } from '../../../../examples/snippetbox/data/passwords.js'

const quick = makePasswords({ memoryCost: 8, timeCost: 1 })

const hashed = async (passwords: Passwords, password: string): Promise<string> => {
  const outcome = await passwords.hash(password)()
  if (!isRight(outcome)) throw outcome.left.cause
  return outcome.right
}

t.test('a password is hashed with argon2id and the parameters of OWASP', async t => {
  const passwords = makePasswords()
  const stored = await hashed(passwords, 'correct horse')
  t.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  t.strictSame(await passwords.verify(stored, 'correct horse')(), right(true))
  t.strictSame(await passwords.verify(stored, 'wrong horse')(), right(false))
})

t.test('the same password never has the same hash', async t => {
  t.not(await hashed(quick, 'secret'), await hashed(quick, 'secret'))
})

t.test('a hash that was made with other parameters is still good', async t => {
  const stored = await hashed(makePasswords({ memoryCost: 16, timeCost: 2, parallelism: 2 }), 'secret')
  t.match(stored, 'm=16,t=2,p=2')
  t.strictSame(await quick.verify(stored, 'secret')(), right(true))
})

t.test('nobody has a password', async t => {
  for (const password of ['', 'secret', '\0'])
    t.strictSame(await quick.verify(undefined, password)(), right(false))
})

t.test('an unknown user takes the work of a wrong password', async t => {
  const passwords = makePasswords({ memoryCost: 19_456, timeCost: 4 })
  const stored = await hashed(passwords, 'secret')
  /** Microseconds of CPU, which whatever else the machine does leaves as they are. */
  const work = async (hash: string | undefined): Promise<number> => {
    const begun = process.cpuUsage()
    for (let i = 0; i < 4; i++) await passwords.verify(hash, 'wrong')()
    return process.cpuUsage(begun).user
  }
  const known = await work(stored)
  const unknown = await work(undefined)
  t.ok(unknown > known / 3, `${unknown} µs of CPU, and ${known} for a wrong password`)
})

t.test('only so many are hashed at once; when the line is full the next is refused', async t => {
  const passwords = makePasswords({ memoryCost: 8, timeCost: 1, atOnce: 1, waiting: 2 })
  const stored = await hashed(passwords, 'secret')
  const outcomes = await Promise.all([
    passwords.hash('a')(),
    passwords.verify(stored, 'secret')(),
    passwords.verify(undefined, 'secret')(),
    passwords.hash('b')(),
    passwords.verify(stored, 'secret')(),
  ])
  t.match(outcomes, [
    { _tag: 'Right' },
    right(true),
    right(false),
    { left: { name: 'Busy', status: 503 } },
    { left: { name: 'Busy', status: 503 } },
  ])
  t.strictSame(await passwords.verify(stored, 'secret')(), right(true))
})

t.test('a stored hash that is none is an error and not a wrong password', async t => {
  t.match(await quick.verify('plain text', 'plain text')(), { left: { _tag: 'Exception', status: 500 } })
})

t.test('parameters that argon2 does not know are an error when first used', async t => {
  t.match(await makePasswords({ memoryCost: 1 }).hash('secret')(), { left: { _tag: 'Exception' } })
})
