import t from 'tap'
import { boundedMemo } from '../../../lib/crypto/memo.js'

t.test('a memo computes once and gives the same result again', async t => {
  const memo = boundedMemo<{ n: number }>(2)
  const first = memo('a', () => ({ n: 1 }))
  t.equal(
    memo('a', () => t.fail('computed again') as never),
    first,
  )
})

t.test('the entry used least lately makes room', async t => {
  const memo = boundedMemo<{ n: number }>(2)
  const computed: string[] = []
  const ask = (key: string) => memo(key, () => ({ n: computed.push(key) }))
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b', 'c', 'a']) ask(key)
  t.strictSame(computed, ['a', 'b', 'c', 'b', 'c', 'a'])
})

t.test('one that is asked for again and again has been used lately, too', async t => {
  const memo = boundedMemo<{ n: number }>(2)
  const computed: string[] = []
  const ask = (key: string) => memo(key, () => ({ n: computed.push(key) }))
  for (const key of ['a', 'b', 'b', 'a', 'a', 'c', 'a', 'b', 'b', 'b', 'c']) ask(key)
  t.strictSame(computed, ['a', 'b', 'c', 'b', 'c'])
})
