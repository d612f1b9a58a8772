import * as fc from 'fast-check'
import t from 'tap'
import { conn, seededEntropy } from '../../../lib/testing/index.js'

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

t.test('the same seed and label give the same bytes, and a shorter request begins a longer one', async t => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(200), fc.nat(200), (seed, label, a, b) => {
      const [short, long] = [Math.min(a, b), Math.max(a, b)]
      const bytes = seededEntropy(seed)(label, long)
      return bytes.length === long && same(seededEntropy(seed)(label, short), bytes.subarray(0, short))
    }),
  )
  t.equal(seededEntropy('seed')('a', 0).length, 0)
})

t.test('another seed or label gives other bytes', async t => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), fc.string(), ([a, b], other) => {
      const [x, y] = [a as string, b as string]
      return (
        !same(seededEntropy(x)(other, 16), seededEntropy(y)(other, 16)) &&
        !same(seededEntropy(other)(x, 16), seededEntropy(other)(y, 16))
      )
    }),
  )
  t.notOk(same(seededEntropy('s')('a', 64).subarray(0, 32), seededEntropy('s')('a', 64).subarray(32)))
})

t.test('bytes that were given are the one who asked', async t => {
  const entropy = seededEntropy('seed')
  entropy('a', 4).fill(0)
  t.notOk(same(entropy('a', 4), new Uint8Array(4)))
})

t.test('a conn has the entropy of its seed', async t => {
  const bytes = (seed?: string) => conn('GET', '/', seed === undefined ? {} : { seed }).entropy('label', 8)
  t.ok(same(bytes(), bytes()))
  t.ok(same(bytes('a'), seededEntropy('a')('label', 8)))
  t.notOk(same(bytes('a'), bytes('b')))
})
