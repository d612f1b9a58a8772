import t from 'tap'
import * as fc from 'fast-check'
import { httpDate, parseHttpDate } from '../../../lib/http/date.js'

const sample = Date.UTC(1994, 10, 6, 8, 49, 37)

t.test('a time is written as an IMF-fixdate, cut to the second', async t => {
  t.equal(httpDate(sample), 'Sun, 06 Nov 1994 08:49:37 GMT')
  t.equal(httpDate(sample + 999), 'Sun, 06 Nov 1994 08:49:37 GMT')
  t.equal(httpDate(0), 'Thu, 01 Jan 1970 00:00:00 GMT')
})

t.test('what four digits of a year cannot say is written as the nearest that they can', async t => {
  t.equal(httpDate(Infinity), 'Fri, 31 Dec 9999 23:59:59 GMT')
  t.equal(httpDate(-Infinity), 'Sat, 01 Jan 0000 00:00:00 GMT')
  t.throws(() => httpDate(NaN), {
    name: 'RangeError',
    message: 'httpDate: ms must be a number of milliseconds, got NaN',
  })
})

t.test('all three forms of HTTP are read', async t => {
  t.equal(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT'), sample)
  t.equal(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT'), sample)
  t.equal(parseHttpDate('Sun Nov  6 08:49:37 1994'), sample)
  t.equal(parseHttpDate('Sun Nov 16 08:49:37 1994'), sample + 10 * 86_400_000)
  t.equal(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT'), Date.UTC(2017, 0, 1))
  t.equal(parseHttpDate('Mon, 01 Jan 0099 00:00:00 GMT'), new Date(0).setUTCFullYear(99, 0, 1))
})

t.test('a year of two digits is at most 50 years ahead', async t => {
  const yearIn = (text: string, now: number): number =>
    new Date(parseHttpDate(`Sunday, 06-Nov-${text} 08:49:37 GMT`, now) as number).getUTCFullYear()
  const now = Date.UTC(2024, 5, 1)
  t.equal(yearIn('74', now), 2074)
  t.equal(yearIn('75', now), 1975)
  t.equal(yearIn('00', now), 2000)
  t.equal(yearIn('24', now), 2024)
  t.equal(yearIn('94', Date.UTC(2050, 0, 1)), 2094)
})

t.test('what is no date, or no day of its month, is not read', async t => {
  const refused = [
    '',
    'yesterday',
    '784111777',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 2023 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    '1994-11-06T08:49:37Z',
  ]
  for (const text of refused) t.equal(parseHttpDate(text), undefined, text)
})

t.test('every second that can be written is read back', async () => {
  const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 })
  fc.assert(fc.property(seconds, s => parseHttpDate(httpDate(s * 1000)) === s * 1000))
})

t.test('no text makes the reader throw', async () => {
  fc.assert(fc.property(fc.string(), text => parseHttpDate(text) === undefined))
})
