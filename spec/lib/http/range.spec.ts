import t from 'tap'
import * as fc from 'fast-check'
import { parseRange } from '../../../lib/http/range.js'

t.test('a single range of bytes is read as Plug.Static reads it', async t => {
  t.same(parseRange('bytes=0-4', 10), { start: 0, end: 4 })
  t.same(parseRange('BYTES=0-4', 10), { start: 0, end: 4 })
  t.same(parseRange('bytes=5-', 10), { start: 5, end: 9 })
  t.same(parseRange('bytes=5-100', 10), { start: 5, end: 9 })
  t.same(parseRange('bytes=9-9', 10), { start: 9, end: 9 })
  t.same(parseRange('bytes=-3', 10), { start: 7, end: 9 })
  t.same(parseRange('bytes=1-99999999999999999999999', 10), { start: 1, end: 9 })
})

t.test('all bytes, several ranges and what is malformed are answered with the whole', async t => {
  const whole = [
    'bytes=0-9',
    'bytes=0-',
    'bytes=-10',
    'bytes=-100',
    'bytes=5-3',
    'bytes=99-3',
    'bytes=a-b',
    'bytes=-',
    'bytes=',
    'bytes= 0-4',
    'bytes=0-4 ',
    'bytes=0-1,4-5',
    'bytes=0-1, bytes=2-3',
    'items=0-4',
    '0-4',
    '',
  ]
  for (const header of whole) t.equal(parseRange(header, 10), 'whole', header)
  t.equal(parseRange(undefined, 10), 'whole')
})

t.test('every range of an empty file is the whole', async t => {
  for (const header of ['bytes=0-', 'bytes=-1', 'bytes=5-6']) t.equal(parseRange(header, 0), 'whole')
})

t.test('a range without any byte of the file is not satisfiable', async t => {
  // Plug answers the first two with an empty 206; RFC 9110 §14.1.2 asks for a 416.
  for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=99999999999999999999-', 'bytes=-0'])
    t.equal(parseRange(header, 10), 'unsatisfiable', header)
})

t.test('a part always lies inside of the file', async () => {
  const text = fc.tuple(fc.option(fc.nat(30), { nil: '' }), fc.option(fc.nat(30), { nil: '' }))
  fc.assert(
    fc.property(text, fc.nat(20), ([from, to], size) => {
      const range = parseRange(`bytes=${from}-${to}`, size)
      return typeof range === 'string' || (range.start >= 0 && range.start <= range.end && range.end < size)
    }),
    { numRuns: 2000 },
  )
})
