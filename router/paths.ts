/**
 * Paths made of patterns: the other direction of matching. What is made here matches the pattern it was made of, with
 * the parameters it was made with.
 */
import { encodeQuery } from '../lib/http/query.js'
import { decodeSegment, encodeSegment } from '../lib/http/utf8.js'
import { join, type Segment } from './pattern.js'
import { mustBe } from '../lib/options.js'

/** Text for a path segment, as Phoenix.Param gives it: of text, a number, a bigint, or the `id` of a record. */
const textOf = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'bigint':
      return String(value)
    case 'object': {
      const id = value === null ? undefined : (value as { readonly id?: unknown }).id
      return typeof id === 'object' ? undefined : textOf(id)
    }
    default:
      return undefined
  }
}

/** Literal text in a path: all that RFC 3986 lets stand in a segment is left as it is. */
const literal = (text: string): string => encodeURI(text)

type Params = Readonly<Record<string, unknown>>
/** Makes one segment, or several joined by `/`; `''` for none. */
type Part = (params: Params) => string

const must = (pattern: string, name: string, what: string): TypeError =>
  new TypeError(`path "${pattern}": the parameter "${name}" must be ${what}`)

const dotted = (pattern: string, name: string): TypeError =>
  must(pattern, name, 'no "." or "..", which browsers take out of a path')

const scalar = 'a string that is not empty, a number, a bigint or a record with such an id'
/** What browsers take out of a path, however it is encoded. */
const dots = /^\.{1,2}$/

/** Makes the segment of a parameter, which its route would match. */
const partOf = (segment: Segment, pattern: string): Part => {
  if (segment.kind === 'literal') {
    const text = literal(segment.text)
    return () => text
  }
  const { name, prefix } = segment
  if (segment.kind === 'param') {
    const { suffix, shape } = segment
    const [before, after] = [literal(prefix), literal(suffix)]
    return params => {
      const text = textOf(params[name])
      // Alone in its segment, a parameter needs text: an empty segment is none.
      if (text === undefined || (text === '' && before === '' && after === ''))
        throw must(pattern, name, scalar)
      const encoded = encodeSegment(text)
      if (shape !== undefined && !shape.whole.test(decodeSegment(encoded) as string))
        throw must(pattern, name, `text that fits ${shape.written}, got ${JSON.stringify(text)}`)
      const made = before + encoded + after
      if (dots.test(made)) throw dotted(pattern, name)
      return made
    }
  }
  return params => {
    const list = params[name]
    const texts = Array.isArray(list) ? list.map(textOf) : [undefined]
    if (texts.some(text => text === undefined || text === ''))
      throw must(pattern, name, `a list, each of it ${scalar}`)
    if (prefix !== '' && !texts[0]?.startsWith(prefix))
      throw must(pattern, name, `a list whose first begins with "${prefix}"`)
    if (texts.some(text => dots.test(text as string))) throw dotted(pattern, name)
    return (texts as readonly string[]).map(encodeSegment).join('/')
  }
}

/** Makes the paths of one pattern with the segments that one of its routes has. */
const makerOf = (pattern: string, segments: readonly Segment[]): Part => {
  const parts = segments.map(segment => partOf(segment, pattern))
  const make: Part = params => {
    let path = ''
    for (const part of parts) {
      const text = part(params)
      if (text !== '') path += `/${text}`
    }
    return path === '' ? '/' : path
  }
  if (segments.some(segment => segment.kind !== 'literal')) return make
  const only = make({})
  return params => {
    const [name] = Object.keys(params)
    if (name !== undefined)
      throw new TypeError(`path "${pattern}": it has no parameter "${name}": the query comes after them`)
    return only
  }
}

/** The query of a path, with its `?`; nothing for one without values. */
export const queryOf = (query: Parameters<typeof encodeQuery>[0] = {}): string => {
  if (typeof query !== 'object' || query === null || Array.isArray(query))
    throw new TypeError(`path: ${mustBe('query', 'an object', query)}`)
  const encoded = encodeQuery(query)
  return encoded === '' ? '' : `?${encoded}`
}

/** The fragment of a path, with its `#`: all that RFC 3986 §3.5 lets stand in one is left as it is. */
export const fragmentOf = (fragment = ''): string => {
  if (typeof fragment !== 'string') throw new TypeError(`path: ${mustBe('fragment', 'a string', fragment)}`)
  return fragment === ''
    ? ''
    : `#${encodeURI(fragment.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('#', '%23')}`
}

/** Tries one maker after the other; if all of them throw, so does this, with what the first one threw. */
const firstOf = (makers: readonly Part[]): Part => {
  const [only] = makers
  if (makers.length === 1 && only !== undefined) return only
  return params => {
    const errors: unknown[] = []
    for (const make of makers)
      try {
        return make(params)
      } catch (error) {
        errors.push(error)
      }
    throw errors[0]
  }
}

const shapesOf = (segments: readonly Segment[]): string =>
  JSON.stringify(segments.map(one => (one.kind === 'param' ? one.shape?.written : undefined)))

/** A pattern as routes have it: its segments with the shapes of their parameters, mounts included. */
export interface PathPattern {
  readonly pattern: string
  readonly segments: readonly Segment[]
}

/**
 * Makes paths of the patterns of a table. A pattern that no route has throws a TypeError. Where several routes have one
 * pattern, a path is made if one of them would match it.
 */
export const pathMaker = (
  patterns: Iterable<PathPattern>,
): ((pattern: string, params?: Params) => string) => {
  const known = new Map<string, Map<string, Part>>()
  for (const { pattern, segments } of patterns) {
    const makers = known.get(pattern) ?? new Map<string, Part>()
    known.set(pattern, makers)
    const shapes = shapesOf(segments)
    if (!makers.has(shapes)) makers.set(shapes, makerOf(pattern, segments))
  }
  const made = new Map([...known].map(([pattern, makers]) => [pattern, firstOf([...makers.values()])]))
  return (pattern, params = {}) => {
    const make = made.get(pattern) ?? made.get(join('/', String(pattern)))
    if (make === undefined) throw new TypeError(`path: no route has the path ${JSON.stringify(pattern)}`)
    return make(params)
  }
}
