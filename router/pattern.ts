/**
 * Path patterns at run time: text such as `/posts/:id/files/*path` as a list of segments, checked when a route is
 * declared. The rules are Plug.Router's: literals, `:name` with a prefix and a suffix, `*name` last, `\:` and `\*` for
 * the characters themselves. The compile-time counterpart is pattern-types.ts.
 */
import { splitPath } from '../lib/http/uri.js'

/** A segment that fits one segment of a path; escapes are undone. */
export type Single =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string; readonly prefix: string; readonly suffix: string }

/** A segment that fits all that is left of a path, perhaps nothing. */
export interface Glob {
  readonly kind: 'glob'
  readonly name: string
  /** What the first of the segments begins with, and is kept in it. */
  readonly prefix: string
}

/** One segment of a pattern. */
export type Segment = Single | Glob

/** What is wrong with a declaration, said in one sentence that begins with where it is. */
export const mistake = (where: string, problem: string): TypeError => new TypeError(`${where}: ${problem}`)

/** A path inside a scope, without doubled slashes and one at the end: `join('/admin/', '//users')` is `'/admin/users'`. */
export const join = (scope: string, path: string): string => `/${splitPath(`${scope}/${path}`).join('/')}`

/** Where a declaration is, for messages: `GET /posts/:id`. */
export const placeOf = (what: string, base: string, path: unknown): string =>
  `${what} ${typeof path === 'string' ? join(base, path) : base}`

const name = /[a-z_]\w*/y

/** The name that begins at an index, or undefined. */
const nameAt = (text: string, at: number): string | undefined => {
  name.lastIndex = at
  return name.exec(text)?.[0]
}

const parseSegment = (text: string, where: string): Segment => {
  let literal = ''
  let found: { readonly sign: string; readonly name: string; readonly prefix: string } | undefined
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    if (char === '\\') {
      const next = text[++i]
      if (next !== ':' && next !== '*')
        throw mistake(where, `a backslash stands before ":" or "*" only, and not so in "${text}"`)
      literal += next
    } else if (char === ':' || char === '*') {
      const called = nameAt(text, i + 1)
      if (called === undefined)
        throw mistake(
          where,
          `after "${char}" comes a name that begins with a to z or "_", and not so in "${text}"`,
        )
      if (found) throw mistake(where, `a segment has one parameter at most, and "${text}" has two`)
      found = { sign: char, name: called, prefix: literal }
      literal = ''
      i += called.length
    } else literal += char
  }
  if (!found) return { kind: 'literal', text: literal }
  const { sign, name, prefix } = found
  if (sign === ':') return { kind: 'param', name, prefix, suffix: literal }
  if (literal !== '')
    throw mistake(where, `nothing follows the name of a glob, and "${literal}" does in "${text}"`)
  return { kind: 'glob', name, prefix }
}

/** Throws unless a value is text that can be a path's pattern. */
export const checkPath: (path: unknown, where: string) => asserts path is string = (path, where) => {
  if (typeof path !== 'string') throw mistake(where, 'the path must be a string')
  if (!path.startsWith('/'))
    throw mistake(where, `the path must start with "/", and is ${JSON.stringify(path)}`)
  const sign = /[?#]/.exec(path)?.[0]
  if (sign !== undefined)
    throw mistake(
      where,
      `a route's path has no ${sign === '?' ? 'query' : 'fragment'}: leave out "${sign}" and what follows`,
    )
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]|\p{Surrogate}/u.test(path))
    throw mistake(where, 'the path must not hold control characters or lone surrogates')
}

/**
 * The segments of a pattern.
 *
 * @param where how messages name the route: `GET /posts/:id`
 * @throws TypeError for a pattern that breaks the rules
 */
export const parsePattern = (pattern: string, where: string): readonly Segment[] => {
  const texts = splitPath(pattern)
  const segments = texts.map(text => parseSegment(text, where))
  const places = new Map<string, string>()
  segments.forEach((segment, i) => {
    if (segment.kind === 'literal') return
    const place = `"${texts[i]}", segment ${i + 1}`
    const before = places.get(segment.name)
    if (before !== undefined)
      throw mistake(where, `the parameter "${segment.name}" is named twice, in ${before}, and in ${place}`)
    places.set(segment.name, place)
    if (segment.kind === 'glob' && i < segments.length - 1)
      throw mistake(where, `a glob must be the last segment, and ${place}, is not`)
  })
  return segments
}

/** {@link parsePattern} for a scope or a mount, behind which other segments follow. */
export const parsePrefix = (pattern: string, where: string): readonly Single[] =>
  parsePattern(pattern, where).map(segment => {
    if (segment.kind === 'glob') throw mistake(where, 'a glob ends a path, so that nothing can be behind it')
    return segment
  })

/** The names of a pattern's parameters, in order. */
export const namesOf = (segments: readonly Segment[]): readonly string[] =>
  segments.flatMap(segment => (segment.kind === 'literal' ? [] : [segment.name]))

/** Whether a text has a prefix and, behind it, a suffix. */
export const hasAffixes = (text: string, prefix: string, suffix: string): boolean =>
  text.length >= prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix)

/** Whether a path begins with segments that fit those of a pattern. */
export const beginsWith = (path: readonly string[], pattern: readonly Single[]): boolean =>
  path.length >= pattern.length &&
  pattern.every((segment, i) => {
    const text = path[i] as string
    return segment.kind === 'literal'
      ? text === segment.text
      : hasAffixes(text, segment.prefix, segment.suffix)
  })
