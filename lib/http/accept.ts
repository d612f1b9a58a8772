/**
 * What the client accepts: a format for the response by `Accept`, with the rules of Phoenix's `accepts`, and
 * the weight of a content coding by `Accept-Encoding` (RFC 9110 §12.5).
 */
import { list, mediaType, type MediaType } from './media-type.js'
import { formatsOf, mimeType } from './mime.js'

// As Elixir's Float.parse reads a number at the start of text.
const decimal = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/

/** The weight among parameters; 1 where there is none or it cannot be read. */
const weight = (params: MediaType['params']): number => {
  const number = decimal.exec(params['q'] ?? '')
  return number === null ? 1 : Number(number[0])
}

/** A media range of the header: its text, its weight and what it matches. */
interface Item {
  readonly text: string
  readonly q: number
  readonly range: MediaType
}

const essence = ({ type, subtype }: MediaType): string => `${type}/${subtype}`

/** The media type that an offer, a format or a type itself, stands for. */
const offeredType = (offer: string): string => (offer.includes('/') ? offer : mimeType(offer))

/**
 * Whether an item names the offer: 3 for its type, 2 for all of its kind, 1 for anything, 0 if it does not.
 */
const precision = ({ range }: Item, offer: string): 0 | 1 | 2 | 3 => {
  if (range.type === '*') return 1
  if (range.subtype === '*') return offeredType(offer).startsWith(`${range.type}/`) ? 2 : 0
  return essence(range) === offer || formatsOf(essence(range)).includes(offer) ? 3 : 0
}

/** Whether what names the offer most precisely has the weight 0: "not acceptable" (RFC 9110 §12.4.2). */
const refused = (items: readonly Item[], offer: string): boolean => {
  let best = 0
  let q = 1
  for (const item of items) {
    const rank = precision(item, offer)
    if (rank > best) {
      best = rank
      q = item.q
    }
  }
  return q === 0
}

/** The offer that an item asks for; among several, that whose format the type lists first. */
const find = ({ range }: Item, offered: readonly string[]): string | undefined => {
  if (range.type === '*') return offered[0]
  if (range.subtype === '*') return offered.find(offer => offeredType(offer).startsWith(`${range.type}/`))
  const type = essence(range)
  return offered.includes(type) ? type : formatsOf(type).find(format => offered.includes(format))
}

const compare = (a: Item, b: Item): number => b.q - a.q || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)

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
export const negotiate = (accept: string | undefined, offered: readonly string[]): string | undefined => {
  if (accept === undefined || accept === '*/*') return offered[0]
  const items: Item[] = []
  for (const text of accept.split(',')) {
    const range = mediaType(text)
    if (range !== undefined) items.push({ text, q: weight(range.params), range })
  }
  const open = items.some(({ q }) => q === 0) ? offered.filter(offer => !refused(items, offer)) : offered
  if (accept.includes('*/*') && open.includes('html')) return 'html'
  for (const item of items) {
    const found = item.q === 1 ? find(item, open) : undefined
    if (found !== undefined) return found
  }
  for (const item of items.sort(compare)) {
    const found = find(item, open)
    if (found !== undefined) return found
  }
  return undefined
}

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
