/**
 * Paths made of patterns: the other direction of matching. What is made here matches the pattern it was made of, with
 * the parameters it was made with.
 */
import { encodeSegment } from '../lib/http/utf8.js'
import { join, parsePattern, type Segment } from './pattern.js'

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

const scalar = 'a string that is not empty, a number, a bigint or a record with such an id'

const partOf = (segment: Segment, pattern: string): Part => {
  if (segment.kind === 'literal') {
    const text = literal(segment.text)
    return () => text
  }
  const { name, prefix } = segment
  if (segment.kind === 'param') {
    const [before, after] = [literal(prefix), literal(segment.suffix)]
    return params => {
      const text = textOf(params[name])
      // Alone in its segment, a parameter needs text: an empty segment is none.
      if (text === undefined || (text === '' && before === '' && after === ''))
        throw must(pattern, name, scalar)
      return before + encodeSegment(text) + after
    }
  }
  return params => {
    const list = params[name]
    const texts = Array.isArray(list) ? list.map(textOf) : [undefined]
    if (texts.some(text => text === undefined || text === ''))
      throw must(pattern, name, `a list, each of it ${scalar}`)
    if (prefix !== '' && !texts[0]?.startsWith(prefix))
      throw must(pattern, name, `a list whose first begins with "${prefix}"`)
    return (texts as readonly string[]).map(encodeSegment).join('/')
  }
}

/** Makes the paths of one pattern. */
const maker = (pattern: string): Part => {
  const segments = parsePattern(pattern, `path ${pattern}`)
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
      throw new TypeError(`path "${pattern}": it has no parameter "${name}": the query is the third argument`)
    return only
  }
}

/** Makes paths of the patterns of a table. A pattern that no route has throws a TypeError. */
export const pathMaker = (patterns: Iterable<string>): ((pattern: string, params?: Params) => string) => {
  const makers = new Map<string, Part>()
  for (const pattern of patterns) if (!makers.has(pattern)) makers.set(pattern, maker(pattern))
  return (pattern, params = {}) => {
    const make = makers.get(pattern) ?? makers.get(join('/', String(pattern)))
    if (make === undefined) throw new TypeError(`path: no route has the path ${JSON.stringify(pattern)}`)
    return make(params)
  }
}
