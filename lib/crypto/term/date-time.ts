/**
 * Elixir's `%DateTime{}` in UTC as a `Date`, and back. A `Date` knows milliseconds, so it is written with a
 * precision of three digits, and reading drops what is finer.
 */
import { AtomTerm, isAtom, MapTerm, TupleTerm, type Term, type TermMap } from './term.js'

const keys = {
  struct: new AtomTerm('__struct__'),
  calendar: new AtomTerm('calendar'),
  day: new AtomTerm('day'),
  hour: new AtomTerm('hour'),
  microsecond: new AtomTerm('microsecond'),
  minute: new AtomTerm('minute'),
  month: new AtomTerm('month'),
  second: new AtomTerm('second'),
  stdOffset: new AtomTerm('std_offset'),
  timeZone: new AtomTerm('time_zone'),
  utcOffset: new AtomTerm('utc_offset'),
  year: new AtomTerm('year'),
  zoneAbbr: new AtomTerm('zone_abbr'),
}
const dateTime = new AtomTerm('Elixir.DateTime')
const calendarIso = new AtomTerm('Elixir.Calendar.ISO')
const fieldCount = 13
const maxYear = 9999

/** The struct of a date, or undefined for one that Elixir's calendar lacks: before -9999, after 9999, invalid. */
export const fromDate = (date: Date): TermMap | undefined => {
  const year = date.getUTCFullYear()
  // An invalid date has the year NaN, which is in no range.
  if (!(Math.abs(year) <= maxYear)) return undefined
  return new MapTerm([
    [keys.struct, dateTime],
    [keys.calendar, calendarIso],
    [keys.day, date.getUTCDate()],
    [keys.hour, date.getUTCHours()],
    [keys.microsecond, new TupleTerm([date.getUTCMilliseconds() * 1000, 3])],
    [keys.minute, date.getUTCMinutes()],
    [keys.month, date.getUTCMonth() + 1],
    [keys.second, date.getUTCSeconds()],
    [keys.stdOffset, 0],
    [keys.timeZone, 'Etc/UTC'],
    [keys.utcOffset, 0],
    [keys.year, year],
    [keys.zoneAbbr, 'UTC'],
  ])
}

/** The date of a map that is exactly a `%DateTime{}` in UTC, or undefined. */
export const toDate = (entries: TermMap['entries']): Date | undefined => {
  if (entries.length !== fieldCount) return undefined
  const fields = new Map<string, Term>()
  for (const [key, value] of entries) {
    if (!isAtom(key)) return undefined
    fields.set(key.name, value)
  }
  const number = (name: string): number => {
    const value = fields.get(name)
    return typeof value === 'number' ? value : NaN
  }
  if (!isAtom(fields.get('__struct__'), dateTime.name)) return undefined
  if (!isAtom(fields.get('calendar'), calendarIso.name)) return undefined
  if (fields.get('time_zone') !== 'Etc/UTC' || fields.get('zone_abbr') !== 'UTC') return undefined
  if (number('utc_offset') !== 0 || number('std_offset') !== 0) return undefined
  const year = number('year')
  const month = number('month')
  const day = number('day')
  const hour = number('hour')
  const minute = number('minute')
  const second = number('second')
  const milliseconds = millisecondsOf(fields.get('microsecond'))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, milliseconds)
  // A field out of its range has carried over into another, and one that is no number has made all NaN.
  const exact =
    Math.abs(year) <= maxYear &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  return exact ? date : undefined
}

const millisecondsOf = (term: Term | undefined): number => {
  if (!(term instanceof TupleTerm) || term.elements.length !== 2) return NaN
  const [microseconds, precision] = term.elements
  const valid =
    Number.isInteger(microseconds) &&
    Number.isInteger(precision) &&
    (microseconds as number) >= 0 &&
    (microseconds as number) < 1e6 &&
    (precision as number) >= 0 &&
    (precision as number) <= 6
  return valid ? Math.floor((microseconds as number) / 1000) : NaN
}
