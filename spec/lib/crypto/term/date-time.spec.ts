import t from 'tap'
import * as fc from 'fast-check'
import {
  atom,
  atomField,
  isTermMap,
  termFormat,
  termMap,
  tuple,
  type Term,
} from '../../../../lib/crypto/index.js'
import { toHex } from '../vectors.js'

const { decode, encode } = termFormat

const struct = (changes: { readonly [field: string]: Term | undefined } = {}): Term => {
  const fields: { readonly [field: string]: Term | undefined } = {
    __struct__: atom('Elixir.DateTime'),
    calendar: atom('Elixir.Calendar.ISO'),
    day: 20,
    hour: 13,
    microsecond: tuple(494_271, 6),
    minute: 5,
    month: 11,
    second: 54,
    std_offset: 0,
    time_zone: 'Etc/UTC',
    utc_offset: 0,
    year: 2026,
    zone_abbr: 'UTC',
    ...changes,
  }
  const present = Object.entries(fields).filter((field): field is [string, Term] => field[1] !== undefined)
  return termMap(present.map(([name, value]) => [atom(name), value]))
}
const back = (term: Term): Term => (decode(encode(term)) as { right: Term }).right

t.test('a DateTime in UTC is a date, in milliseconds', async t => {
  t.strictSame(back(struct()), new Date(Date.UTC(2026, 10, 20, 13, 5, 54, 494)))
  t.strictSame(back(struct({ microsecond: tuple(0, 0) })), new Date(Date.UTC(2026, 10, 20, 13, 5, 54)))
  t.strictSame(
    back(struct({ microsecond: tuple(999_999, 6) })),
    new Date(Date.UTC(2026, 10, 20, 13, 5, 54, 999)),
  )
  t.strictSame(back(struct({ year: 24, month: 2, day: 29 })), new Date('0024-02-29T13:05:54.494Z'))
  t.strictSame(back(struct({ year: -9999 })), new Date('-009999-11-20T13:05:54.494Z'))
})

t.test('the order of the fields does not matter', async t => {
  const entries = [...(struct() as ReturnType<typeof termMap>).entries].reverse()
  t.strictSame(back(termMap(entries)), back(struct()))
})

t.test('what is no date of the calendar, or in no UTC, stays a map', async t => {
  const others: readonly { readonly [field: string]: Term | undefined }[] = [
    { __struct__: atom('Elixir.NaiveDateTime') },
    { __struct__: 'Elixir.DateTime' },
    { calendar: atom('Elixir.Other') },
    { time_zone: 'Europe/Berlin' },
    { zone_abbr: 'CET' },
    { utc_offset: 3600 },
    { std_offset: 3600 },
    { std_offset: null },
    { month: 13 },
    { month: 0 },
    { day: 31 },
    { day: 0 },
    { day: '20' },
    { day: 20n ** 20n },
    { hour: 24 },
    { hour: -1 },
    { minute: 60 },
    { second: 60 },
    { second: 1.5 },
    { year: 10_000 },
    { year: -10_000 },
    { year: 1e300 },
    { microsecond: 494_271 },
    { microsecond: tuple(494_271) },
    { microsecond: tuple(494_271, 6, 0) },
    { microsecond: tuple(1_000_000, 6) },
    { microsecond: tuple(-1, 6) },
    { microsecond: tuple(0.5, 6) },
    { microsecond: tuple(0, 7) },
    { microsecond: tuple(0, -1) },
    { microsecond: tuple(0, '6') },
    { zone_abbr: undefined },
    { extra: 1 },
    { extra: 1, zone_abbr: undefined },
    { extra: 1, __struct__: undefined },
  ]
  for (const changes of others) {
    const term = struct(changes)
    t.ok(isTermMap(back(term)), JSON.stringify(Object.keys(changes)))
    t.equal(toHex(encode(back(term))), toHex(encode(term)), 'and is written as it came')
  }
  const { entries } = struct({ extra: 1, zone_abbr: undefined }) as ReturnType<typeof termMap>
  t.ok(
    isTermMap(
      back(termMap(entries.map(([key, value]) => [atomName(key) === 'extra' ? 'extra' : key, value]))),
    ),
  )
})

const atomName = (key: Term): string => (key as { readonly name: string }).name

t.test('as the key of a map, a DateTime keeps its microseconds', async t => {
  const map = termMap([
    [struct(), 1],
    [struct({ microsecond: tuple(494_272, 6) }), 2],
  ])
  t.equal(toHex(encode(back(map))), toHex(encode(map)))
})

t.test('a date is written with three digits, and comes back', async t => {
  const written = decode(encode(termMap([[new Date(1_763_644_000_007), 1]]))) as { right: Term }
  const [[key]] = (written.right as ReturnType<typeof termMap>).entries as [
    [ReturnType<typeof termMap>, Term],
  ]
  t.strictSame(atomField('microsecond', key), tuple(7000, 3))
  const date = fc.date({
    noInvalidDate: true,
    min: new Date('-009999-01-01'),
    max: new Date('9999-12-31T23:59:59.999Z'),
  })
  fc.assert(fc.property(date, date => (back(date) as Date).getTime() === date.getTime()))
})
