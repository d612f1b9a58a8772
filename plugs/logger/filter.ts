/** Parameters as a log may show them: secrets blanked out, and all of it short (Phoenix's `filter_parameters`). */
import { isRecord } from '../../lib/is-record.js'
import { plainName } from '../../lib/secret-names.js'

/** Which parameters are blanked out: those whose name holds one of these terms, or all but those of these names. */
export type FilterParameters = readonly string[] | { readonly keep: readonly string[] }

/** What stands in the place of a value that is not shown. */
export const filtered = '[FILTERED]'

const maxText = 256
const maxEntries = 50
const maxDepth = 5

/** A name and an equals sign. */
const assignment = /([\p{L}\p{N}_.-]+)=/gu

type Value = (value: unknown, depth: number) => unknown

const shorten = (text: string): string =>
  text.length > maxText ? `${text.slice(0, maxText)}… (${text.length} characters)` : text

/** A list or record with its entries replaced; other objects by their kind. */
const within = (
  value: object,
  depth: number,
  entry: (name: string, value: unknown, depth: number) => unknown,
  item: Value,
): unknown => {
  if (Array.isArray(value)) {
    if (depth >= maxDepth) return '[…]'
    const items = value.slice(0, maxEntries).map((each: unknown) => item(each, depth + 1))
    return value.length > maxEntries ? [...items, `… ${value.length - maxEntries} more`] : items
  }
  if (!isRecord(value)) return Object.prototype.toString.call(value)
  if (depth >= maxDepth) return '{…}'
  const record: Record<string, unknown> = Object.create(null)
  const names = Object.keys(value)
  for (const name of names.slice(0, maxEntries)) record[shorten(name)] = entry(name, value[name], depth + 1)
  if (names.length > maxEntries) record['…'] = `${names.length - maxEntries} more`
  return record
}

const scalar = (value: unknown): unknown =>
  typeof value === 'string' ? shorten(value) : typeof value === 'bigint' ? String(value) : value

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** All values, as short as they are shown. */
const whole: Value = (value, depth) =>
  isObject(value) ? within(value, depth, (_, inner, level) => whole(inner, level), whole) : scalar(value)

const byTerms = (terms: readonly string[]): Filter => {
  const needles = terms.map(plainName)
  const isSecret = (name: string): boolean => {
    const text = plainName(name)
    return needles.some(needle => text.includes(needle))
  }
  /** Whether what is shown of a text assigns to such a name, as the query of a link does: `…?token=x`. */
  const isTelling = (text: string): boolean => {
    for (const [, name] of text.slice(0, maxText).matchAll(assignment))
      if (isSecret(name as string)) return true
    return false
  }
  const entry = (name: string, value: unknown, depth: number): unknown =>
    isSecret(name) ? filtered : show(value, depth)
  const show: Value = (value, depth) =>
    isObject(value)
      ? within(value, depth, entry, show)
      : typeof value === 'string' && isTelling(value)
        ? filtered
        : scalar(value)
  return { isSecret, show: params => show(params, 0) }
}

const byKept = (names: readonly string[]): Filter => {
  const kept = new Set(names)
  const entry = (name: string, value: unknown, depth: number): unknown =>
    kept.has(name) ? whole(value, depth) : show(value, depth)
  const show: Value = (value, depth) => (isObject(value) ? within(value, depth, entry, show) : filtered)
  return { isSecret: name => !kept.has(name), show: params => show(params, 0) }
}

/** What a log may show. */
export interface Filter {
  /** Whether values of this name are blanked out. */
  readonly isSecret: (name: string) => boolean
  /** Parameters with secrets blanked out, long texts and lists cut, and what nests deeply left out. */
  readonly show: (params: object) => unknown
}

/** Makes a filter. */
export const filterOf = (parameters: FilterParameters): Filter =>
  'keep' in parameters ? byKept(parameters.keep) : byTerms(parameters)
