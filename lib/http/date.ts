/**
 * The dates of HTTP (RFC 9110 §5.6.7) as milliseconds since the epoch, written and read. Nothing here looks
 * at a clock.
 */

// The first and the last millisecond of the years that four digits can say: 0000 and 9999.
const earliest = -62_167_219_200_000
const latest = 253_402_300_799_999

/**
 * A time as an IMF-fixdate, cut to the second.
 *
 * @param ms Milliseconds since the epoch. What lies outside of the years 0 to 9999 is written as the nearest
 * end.
 * @throws RangeError for NaN.
 * @example
 * import { httpDate } from 'plugboard'
 * httpDate(784111777000) // => 'Sun, 06 Nov 1994 08:49:37 GMT'
 */
export const httpDate = (ms: number): string => {
  if (Number.isNaN(ms)) throw new RangeError('httpDate: ms must be a number of milliseconds, got NaN')
  return new Date(Math.min(Math.max(ms, earliest), latest)).toUTCString()
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const monthName = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const time = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const longDay = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'

const forms = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^${day}, (?<date>\\d\\d) ${monthName} (?<year>\\d{4}) ${time} GMT$`),
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^${longDay}, (?<date>\\d\\d)-${monthName}-(?<year>\\d\\d) ${time} GMT$`),
  // asctime: Sun Nov  6 08:49:37 1994
  new RegExp(`^${day} ${monthName} (?<date>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
]

/** Two digits mean the latest such year that lies at most 50 years ahead (RFC 9110 §5.6.7). */
const century = (year: number, now: number): number => {
  const ahead = new Date(now).getUTCFullYear() + 50
  return ahead - ((ahead - year) % 100)
}

/**
 * Reads any of HTTP's three date forms; undefined for anything else and for days that do not exist. The day
 * of the week is not checked against the date.
 *
 * @param now What the two-digit year of the RFC 850 form is relative to, in milliseconds since the epoch.
 * @example
 * import { parseHttpDate } from 'plugboard'
 * parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT') // => 784111777000
 * parseHttpDate('yesterday') // => undefined
 */
export const parseHttpDate = (text: string, now = Date.UTC(2026, 0, 1)): number | undefined => {
  for (const form of forms) {
    const found = form.exec(text)?.groups
    if (found !== undefined) {
      const digits = found['year'] as string
      const year = digits.length === 2 ? century(Number(digits), now) : Number(digits)
      const month = months.indexOf(found['month'] as string)
      const date = Number(found['date'])
      // A Date of its own, since Date.UTC takes the years 0 to 99 for 1900 to 1999.
      const midnight = new Date(0).setUTCFullYear(year, month, date)
      if (new Date(midnight).getUTCDate() !== date) return undefined
      const seconds = (Number(found['hour']) * 60 + Number(found['minute'])) * 60 + Number(found['second'])
      return midnight + seconds * 1000
    }
  }
  return undefined
}
