import t from 'tap'
import { RequestEntropy } from '../../../../../lib/adapters/node/request/entropy.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

t.test('a label has its bytes, and they stay', async t => {
  const entropy = new RequestEntropy()
  const first = hex(entropy.get('a', 16))
  t.equal(hex(entropy.get('a', 16)), first)
  t.not(hex(entropy.get('b', 16)), first)
  t.not(hex(new RequestEntropy().get('a', 16)), first, 'in one request')
})

t.test('fewer bytes of a label are the beginning of more', async t => {
  const entropy = new RequestEntropy()
  const short = hex(entropy.get('a', 8))
  const long = hex(entropy.get('a', 40))
  t.ok(long.startsWith(short))
  t.equal(hex(entropy.get('a', 8)), short)
  t.equal(hex(entropy.get('a', 24)), long.slice(0, 48))
})

t.test('what a caller does to its bytes changes nothing', async t => {
  const entropy = new RequestEntropy()
  const bytes = entropy.get('a', 8)
  const before = hex(bytes)
  bytes.fill(0)
  t.equal(hex(entropy.get('a', 8)), before)
})

t.test('no bytes are given twice, however many are drawn', async t => {
  const seen = new Set<string>()
  for (let i = 0; i < 2_000; i++) seen.add(hex(new RequestEntropy().get('a', 16)))
  t.equal(seen.size, 2_000)
  const large = new RequestEntropy().get('large', 10_000)
  t.equal(large.length, 10_000)
  t.ok(new Set(large).size > 200)
  t.equal(new RequestEntropy().get('none', 0).length, 0)
})
