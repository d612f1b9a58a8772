/**
 * Media types, header parameters, tokens and lists (Plug.Conn.Utils; RFC 9110 §5.6 and §8.3). Everything here
 * answers undefined, or leaves out, what it cannot read: nothing throws on what a client sent.
 */

/**
 * A media type: `text/html; charset=utf-8` is `{ type: 'text', subtype: 'html', params: { charset: 'utf-8' }
 * }`.
 */
export interface MediaType {
  /** In lower case; `'*'` only of `mediaType`. */
  readonly type: string
  /** In lower case; `'*'` only of `mediaType`. */
  readonly subtype: string
  /** Parameters by their names in lower case. A record without a prototype. */
  readonly params: HeaderParams
}

/** Parameters by name. A record without a prototype. */
export type HeaderParams = Readonly<Record<string, string>>

// Letters beyond ASCII are left alone: lower-casing some would give ASCII ones.
const asciiLower = (text: string): string =>
  /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, upper => upper.toLowerCase()) : text

// White space is a space, a tab or the CR LF of a folded line; a type is followed by nothing or by a
// semicolon.
const typeAndSubtype = /^(?:\r\n|[ \t])*(\*(?=\/\*)|[A-Za-z\d-]+)\/(\*|[A-Za-z\d.+_-]+)(?:\r\n|[ \t])*(?:;|$)/

/**
 * Reads a media type in which `*` may stand for the subtype or for both (Plug.Conn.Utils.media_type).
 *
 * @returns undefined if it is none.
 * @example
 * import { mediaType } from 'plugboard'
 * mediaType('text/*; q=0.5') // => { type: 'text', subtype: '*', params: { q: '0.5' } }
 * mediaType('text') // => undefined
 */
export const mediaType = (text: string): MediaType | undefined => {
  const match = typeAndSubtype.exec(text)
  if (match === null) return undefined
  return {
    type: (match[1] as string).toLowerCase(),
    subtype: (match[2] as string).toLowerCase(),
    params: headerParams(text.slice(match[0].length)),
  }
}

/**
 * Reads a media type without wildcards (Plug.Conn.Utils.content_type).
 *
 * @returns undefined if it is none.
 * @example
 * import { contentType } from 'plugboard'
 * contentType('Text/HTML; charset="utf-8"')
 * // => { type: 'text', subtype: 'html', params: { charset: 'utf-8' } }
 * contentType('text/*') // => undefined
 */
export const contentType = (text: string): MediaType | undefined => {
  const found = mediaType(text)
  return found?.subtype === '*' ? undefined : found
}

/** Where the parameter that starts at the index ends: at a semicolon outside of quotes, or at the end. */
const endOfParam = (text: string, start: number): number => {
  let quoted = false
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) quoted = !quoted
    else if (c === 0x5c && quoted) i++
    else if (c === 0x3b && !quoted) return i
  }
  return text.length
}

// A key without the specials of RFC 2045, spaces and control characters, up to its "=".
const keyAndEquals = /^(?:\r\n|[ \t])*([^\x00-\x20\x7f()<>@,;:\\"/[\]?={}|]+)=/

/**
 * Reads parameters, `k=v; k2="v"` (Plug.Conn.Utils.params). Names come in lower case; what is no parameter is
 * left out; of two under one name the first wins.
 *
 * @example
 * import { headerParams } from 'plugboard'
 * headerParams('name="a;b"; FileName=x.txt; ?') // => { name: 'a;b', filename: 'x.txt' }
 */
export const headerParams = (text: string): HeaderParams => {
  const params: Record<string, string> = Object.create(null)
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = endOfParam(text, start)
    const param = text.slice(start, end)
    const match = keyAndEquals.exec(param)
    if (match === null) continue
    const rest = param.slice(match[0].length)
    // A value of nothing but white space is no value; Plug trims a parameter before it reads it.
    const value = /[^ \t]/.test(rest) ? token(rest) : undefined
    const name = asciiLower(match[1] as string)
    if (value !== undefined && !(name in params)) params[name] = value
  }
  return params
}

const bareToken = /^([^\x00-\x20\x7f()<>@,;:\\"/[\]?={}|]*)(?:\r\n|[ \t])*$/
const quotedToken = /^"([^"\\]*(?:\\[^][^"\\]*)*)"(?:\r\n|[ \t])*$/

/**
 * Reads a token, bare or in quotes with backslash escapes, with white space behind it
 * (Plug.Conn.Utils.token).
 *
 * @returns undefined if it is none; Plug's `false`.
 * @example
 * import { token } from './media-type.js'
 * token('"a \\"b\\""') // => 'a "b"'
 * token('a b') // => undefined
 */
export const token = (text: string): string | undefined => {
  if (text === '') return undefined
  if (text.charCodeAt(0) !== 0x22) return bareToken.exec(text)?.[1]
  return quotedToken.exec(text)?.[1]?.replace(/\\([^])/g, '$1')
}

const isSpace = (c: number): boolean => c === 0x20 || c === 0x09 || c === 0x0d || c === 0x0a

const strip = (text: string): string => {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/**
 * The items of a comma-separated list, trimmed, without empty ones (Plug.Conn.Utils.list). Quotes mean
 * nothing here.
 *
 * @example
 * import { list } from './media-type.js'
 * list('gzip, ,br') // => ['gzip', 'br']
 */
export const list = (text: string): string[] => text.split(',').map(strip).filter(Boolean)
