/**
 * Path patterns at run time: text such as `/posts/:id/files/*path` as a list of segments, checked when a route is
 * declared. The rules are Plug.Router's: literals, `:name` with a prefix and a suffix, `*name` last, `\:` and `\*` for
 * the characters themselves. The compile-time counterpart is pattern-types.ts.
 */
import { splitPath } from '../lib/http/uri.js'
import { lacksCallSite } from './call-site.js'
import { mustBe } from '../lib/options.js'

/** What the text of a parameter must look like. */
export interface Shape {
  /** The expression as it was written, for messages, and to tell it from others. */
  readonly written: string
  /** Fits no text but a whole one. */
  readonly whole: RegExp
}

/** A parameter of one segment, with a prefix and a suffix around it. */
export interface Param {
  readonly kind: 'param'
  readonly name: string
  readonly prefix: string
  readonly suffix: string
  readonly shape?: Shape | undefined
}

/** A segment that fits one segment of a path; escapes are undone. */
export type Single = { readonly kind: 'literal'; readonly text: string } | Param

/** A segment that fits all that is left of a path, perhaps nothing. */
export interface Glob {
  readonly kind: 'glob'
  readonly name: string
  /** What the first of the segments begins with, and is kept in it. */
  readonly prefix: string
}

/** One segment of a pattern. */
export type Segment = Single | Glob

/** What is wrong with a declaration, said in one sentence that begins with its name and ends with where it is. */
export const mistake = (where: string, problem: string): TypeError =>
  lacksCallSite(new TypeError(`${where}: ${problem}`))

/** A path inside a scope, without doubled slashes and one at the end: `join('/admin/', '//users')` is `'/admin/users'`. */
export const join = (scope: string, path: string): string => `/${splitPath(`${scope}/${path}`).join('/')}`

/** What cannot be seen in a message. */
const unprintable = /[\0-\x1f\x7f]|\p{Surrogate}/u

/** `000A` */
const codeOf = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')

/** How messages name a declaration: `GET /posts/:id`. */
export const labelOf = (what: string, base: string, path: unknown): string =>
  `${what} ${typeof path === 'string' ? join(base, path).replace(new RegExp(unprintable, 'gu'), char => `\\u${codeOf(char)}`) : base}`

/** The name that begins at an index, or undefined. */
const nameAt = (text: string, at: number): string | undefined => {
  const name = /[a-z_]\w*/y
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

/**
 * ASCII that RFC 3986 §3.3 keeps out of paths and that no path means: control characters, and what other routers write
 * their parameters with. A space, `%` and all beyond ASCII is percent-encoded when a path is made, and so may stand here.
 */
const neverInPaths = /[\0-\x1f\x7f"<>[\]^`{|}]|\p{Surrogate}/u
const template = /[<[{]/
const allowed = `RFC 3986 lets letters, digits and -._~!$&'()*+,;=:@ stand there, and app.path percent-encodes a space, "%" and text beyond ASCII`

/** Throws unless a value is text that can be a path's pattern. */
export const checkPath: (path: unknown, where: string) => asserts path is string = (path, where) => {
  if (typeof path !== 'string') throw mistake(where, mustBe('the path', 'a string', path))
  if (!path.startsWith('/')) throw mistake(where, `the path must start with "/", got ${JSON.stringify(path)}`)
  const sign = /[?#]/.exec(path)?.[0]
  if (sign !== undefined)
    throw mistake(
      where,
      `a route's path has no ${sign === '?' ? 'query' : 'fragment'}: leave out "${sign}" and what follows`,
    )
  const wrong = neverInPaths.exec(path)?.[0]
  if (wrong !== undefined)
    throw mistake(
      where,
      `the path must not hold ${unprintable.test(wrong) ? `U+${codeOf(wrong)}` : JSON.stringify(wrong)}: ${allowed}${
        template.test(wrong) ? '; a parameter is written :name' : ''
      }`,
    )
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

/** The shape of a regular expression: it must fit the whole text, so that it needs no `^` and `$`. */
export const shapeOf = (pattern: RegExp, name: string, where: string): Shape => {
  const flag = /[gmy]/.exec(pattern.flags)?.[0]
  if (flag !== undefined)
    throw mistake(
      where,
      `the pattern of "${name}" has the flag "${flag}", which is for searching in a text, and it must fit a whole segment: leave it out`,
    )
  return { written: String(pattern), whole: new RegExp(`^(?:${pattern.source})$`, pattern.flags) }
}

/** Segments with the shapes that their parameters must have. */
export const withShapes = <S extends Segment>(
  segments: readonly S[],
  shapes: ReadonlyMap<string, Shape>,
): readonly S[] =>
  shapes.size === 0
    ? segments
    : segments.map(segment => {
        const shape = segment.kind === 'param' ? shapes.get(segment.name) : undefined
        return shape === undefined ? segment : { ...segment, shape }
      })

/** The text of a parameter in a segment of a path, or undefined if it does not fit. */
export const textIn = (segment: string, { prefix, suffix, shape }: Param): string | undefined => {
  if (
    segment.length < prefix.length + suffix.length ||
    !segment.startsWith(prefix) ||
    !segment.endsWith(suffix)
  )
    return undefined
  const text = segment.slice(prefix.length, segment.length - suffix.length)
  return shape === undefined || shape.whole.test(text) ? text : undefined
}

/** The parameters of a path, decoded, that begins with segments which fit a pattern's; undefined if it does not. */
export const paramsUnder = (
  path: readonly string[],
  pattern: readonly Single[],
): Readonly<Record<string, string>> | undefined => {
  if (path.length < pattern.length) return undefined
  const params = Object.create(null) as Record<string, string>
  for (const [i, segment] of pattern.entries()) {
    const text = path[i] as string
    if (segment.kind === 'literal') {
      if (text !== segment.text) return undefined
      continue
    }
    const value = textIn(text, segment)
    if (value === undefined) return undefined
    params[segment.name] = value
  }
  return params
}
