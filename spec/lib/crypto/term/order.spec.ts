import t from 'tap'
import * as fc from 'fast-check'
import { compareText, sortedUnique } from '../../../../lib/crypto/term/order.js'

t.test('texts compare as their UTF-8 bytes do', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', '\ud83d', '\ude00', '\ue000', '\uffff', '🎉', '\ufffd', 'é'))
      .map(a => a.join('')),
  )
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
      return Math.sign(compareText(a, b)) === bytes
    }),
    { numRuns: 5000 },
  )
  t.pass()
})

t.test('items in order are given as they are', async t => {
  const items = ['a', 'b', 'c']
  t.equal(sortedUnique(items, compareText), items)
  t.strictSame(sortedUnique([], compareText), [])
})

t.test('of equal items the last is kept', async t => {
  const items = [
    { k: 'b', n: 1 },
    { k: 'a', n: 2 },
    { k: 'b', n: 3 },
    { k: 'a', n: 4 },
  ]
  t.strictSame(
    sortedUnique(items, (a, b) => compareText(a.k, b.k)),
    [
      { k: 'a', n: 4 },
      { k: 'b', n: 3 },
    ],
  )
})
