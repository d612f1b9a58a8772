/** Chooses what a response is by the `Accept` header (RFC 9110 §12.5.1), with the rules of Phoenix's `accepts`. */
import { mediaType, type MediaType } from './media-type.js'

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

/** What formats stand for. */
export interface Formats {
  /** The media type of a format: `'text/html'` of `'html'`. */
  readonly typeOf: (format: string) => string
  /** The formats of a media type, the preferred first. */
  readonly formatsOf: (mediaType: string) => readonly string[]
}

/** The media type that an offer, a format or a type itself, stands for. */
const offeredType = ({ typeOf }: Formats, offer: string): string =>
  offer.includes('/') ? offer : typeOf(offer)

/**
 * Whether an item names the offer: 3 for its type, 2 for all of its kind, 1 for anything, 0 if it does not.
 */
const precision = (formats: Formats, { range }: Item, offer: string): 0 | 1 | 2 | 3 => {
  if (range.type === '*') return 1
  if (range.subtype === '*') return offeredType(formats, offer).startsWith(`${range.type}/`) ? 2 : 0
  return essence(range) === offer || formats.formatsOf(essence(range)).includes(offer) ? 3 : 0
}

/** Whether what names the offer most precisely has the weight 0: "not acceptable" (RFC 9110 §12.4.2). */
const refused = (formats: Formats, items: readonly Item[], offer: string): boolean => {
  let best = 0
  let q = 1
  for (const item of items) {
    const rank = precision(formats, item, offer)
    if (rank > best) {
      best = rank
      q = item.q
    }
  }
  return q === 0
}

/** The offer that an item asks for; among several, that whose format the type lists first. */
const find = (formats: Formats, { range }: Item, offered: readonly string[]): string | undefined => {
  if (range.type === '*') return offered[0]
  if (range.subtype === '*')
    return offered.find(offer => offeredType(formats, offer).startsWith(`${range.type}/`))
  const type = essence(range)
  return offered.includes(type) ? type : formats.formatsOf(type).find(format => offered.includes(format))
}

const compare = (a: Item, b: Item): number => b.q - a.q || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)

/** Chooses one of the offered formats or media types, as `negotiate` does, by what the formats stand for. */
export const negotiateBy = (
  formats: Formats,
  accept: string | undefined,
  offered: readonly string[],
): string | undefined => {
  if (accept === undefined || accept === '*/*') return offered[0]
  const items: Item[] = []
  for (const text of accept.split(',')) {
    const range = mediaType(text)
    if (range !== undefined) items.push({ text, q: weight(range.params), range })
  }
  const open = items.some(({ q }) => q === 0)
    ? offered.filter(offer => !refused(formats, items, offer))
    : offered
  if (accept.includes('*/*') && open.includes('html')) return 'html'
  for (const item of items) {
    const found = item.q === 1 ? find(formats, item, open) : undefined
    if (found !== undefined) return found
  }
  for (const item of items.sort(compare)) {
    const found = find(formats, item, open)
    if (found !== undefined) return found
  }
  return undefined
}
