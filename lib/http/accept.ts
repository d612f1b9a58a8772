/**
 * What the client accepts: a format for the response by `Accept`, with the rules of Phoenix's `accepts`, and
 * the weight of a content coding by `Accept-Encoding` (RFC 9110 §12.5).
 */
import { list } from './media-type.js'
import { formatsOf, mimeType } from './mime.js'
import { negotiateBy, type Formats } from './negotiation.js'

const mimeFormats: Formats = { typeOf: mimeType, formatsOf }

/**
 * Chooses one of the offered formats by an Accept header, as Phoenix's `accepts` does:
 *
 * 1. No header, or one that accepts just anything (`*` for type and subtype): the first offered.
 * 2. A header that accepts anything among other types, where `html` is offered: `html`, for it comes from a
 * browser.
 * 3. The first item of weight 1 (also when its weight is missing or unreadable) that names an offered format.
 * 4. The rest by falling weight, ties in the order of their text.
 *
 * Other than in Phoenix, an offer whose most precise item has the weight 0 is never chosen, as RFC 9110
 * §12.4.2 asks.
 *
 * @param offered Formats (`'html'`, `'json'`) or media types (`'text/turtle'`), the preferred first.
 * @returns One of `offered`, or undefined if none is acceptable: a 406.
 * @example
 * import { negotiate } from 'plugboard/plugs'
 * negotiate('application/json', ['html', 'json']) // => 'json'
 * negotiate('image/png', ['html', 'json']) // => undefined
 */
export const negotiate = (accept: string | undefined, offered: readonly string[]): string | undefined =>
  negotiateBy(mimeFormats, accept, offered)

/** A coding's name in lower case; `x-gzip` is `gzip` by another name (RFC 9110 §8.4.1.3). */
const coding = (name: string): string => {
  const lower = name.trim().toLowerCase()
  return lower === 'x-gzip' ? 'gzip' : lower
}

const qvalue = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The weight, from 0 to 1, that an Accept-Encoding header gives to a content coding (RFC 9110 §12.5.3); 0 is
 * "not acceptable". An unreadable weight counts as 0. `identity` is acceptable unless it is refused, but
 * least wanted (0.001) where it is not named. Without a header only `identity` is, at 1: the RFC would allow
 * any coding, but such clients seldom decode.
 *
 * @example
 * import { acceptsEncoding } from 'plugboard/plugs'
 * acceptsEncoding('gzip;q=0.8, br', 'gzip') // => 0.8
 * acceptsEncoding('gzip, *;q=0', 'identity') // => 0
 */
export const acceptsEncoding = (header: string | undefined, name: string): number => {
  const wanted = coding(name)
  if (header === undefined) return wanted === 'identity' ? 1 : 0
  let any: number | undefined
  for (const item of list(header)) {
    const [found, ...params] = item.split(';') as [string, ...string[]]
    const named = coding(found)
    if (named !== wanted && named !== '*') continue
    const q = params.map(param => param.trim().toLowerCase()).find(param => param.startsWith('q='))
    const value = q === undefined ? 1 : qvalue.test(q.slice(2)) ? Number(q.slice(2)) : 0
    if (named === wanted) return value
    any ??= value
  }
  return any ?? (wanted === 'identity' ? 0.001 : 0)
}
