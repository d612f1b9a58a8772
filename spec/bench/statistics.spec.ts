// The arithmetic of the benchmarks, and the words for its numbers.
import t from 'tap'
import { difference, digits, spreadOf, words } from '../../bench/statistics.js'

t.test('a spread is the median with its extremes, in whatever order they come', async t => {
  t.same(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 })
  t.same(spreadOf([10, 9]), { median: 9.5, min: 9, max: 10 }, 'an even number of them')
  t.same(spreadOf([4, 100, 2, 3]), { median: 3.5, min: 2, max: 100 })
  t.same(spreadOf([7]), { median: 7, min: 7, max: 7 })
  t.throws(() => spreadOf([]), new RangeError('spreadOf: there must be a measurement'))
})

t.test('the values that are given are not sorted in place', async t => {
  const values = [3, 1, 2]
  spreadOf(values)
  t.same(values, [3, 1, 2])
})

t.test('a difference is a part of the lesser, whichever it is', async t => {
  t.equal(difference(100, 150), 0.5)
  t.equal(difference(150, 100), 0.5)
  t.equal(difference(7, 7), 0)
})

t.test('numbers have the digits that matter', async t => {
  t.same([0, 0.949, 9.99, 10, 31.44, 123.6, 12345.6].map(digits), [
    '0.00',
    '0.95',
    '9.99',
    '10.0',
    '31.4',
    '124',
    '12,346',
  ])
})

t.test('one measurement has no extremes', async t => {
  t.equal(words({ median: 0.9, min: 0.85, max: 0.97 }), '0.90 (0.85 to 0.97)')
  t.equal(words(spreadOf([0.9])), '0.90')
})
