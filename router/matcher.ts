/**
 * The interface of a matcher: it finds the first route, in the order of declaration, that matches a request, and reads that route's
 * parameters from the path. Everything else knows these types only, so that the search can change alone.
 */
import { splitPath } from '../lib/http/uri.js'
import { decodeSegment } from '../lib/http/utf8.js'
import type { Segment } from './pattern.js'

/** What a matcher needs to know of a route. */
export interface Matchable {
  /** The method in upper case, or `'*'` for any. */
  readonly method: string
  /** The hosts it is for: exact, or a prefix that ends in `.`. An empty array matches any host. */
  readonly hosts: readonly string[]
  /** A parameter whose name is empty matches, and is not among the path parameters. */
  readonly segments: readonly Segment[]
}

/** Path parameters by name, as strings; a glob's is an array. */
export type PathStrings = Readonly<Record<string, string | readonly string[]>>

/** A route that matches, and its path parameters. */
export interface Found<R> {
  readonly kind: 'route'
  readonly route: R
  readonly pathParams: PathStrings
  /** What codecs made of them; the same object if there are no codecs. */
  readonly params: {}
}

export interface Matcher<R extends Matchable> {
  /**
   * The first route that matches the method, the host and the path; `'none'` without one, and `'malformed'` if the path is
   * not percent-encoded UTF-8.
   *
   * @param path as it was sent, without the query. Empty segments are ignored, and every other one is decoded by itself.
   */
  find(method: string, host: string, path: string): Found<R> | 'none' | 'malformed'
}

/** Whether a host is one of a route's hosts. */
export const matchesHost = (hosts: readonly string[], host: string): boolean => {
  if (hosts.length === 0) return true
  for (let i = 0; i < hosts.length; i++) {
    const one = hosts[i] as string
    if (host === one || (one.endsWith('.') && host.startsWith(one))) return true
  }
  return false
}

/** The segments of a path, percent-decoded, or undefined if one is not encoded UTF-8. */
export const decodedSegments = (path: string): readonly string[] | undefined => {
  const segments = splitPath(path)
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string
    if (!segment.includes('%')) continue
    const text = decodeSegment(segment)
    if (text === undefined) return undefined
    segments[i] = text
  }
  return segments
}

/**
 * The class of the objects that hold parameters. Its prototype is empty and has none itself, so that every name is free, `__proto__`
 * too. V8 makes a dictionary of an object that has no prototype at all, which takes a third longer.
 */
const makeHolder = (): new () => Record<string, string | readonly string[]> => {
  const Holder = function () {} as unknown as new () => Record<string, string | readonly string[]>
  Holder.prototype = Object.freeze(Object.create(null))
  // V8 gives all of them the room that the first few need: enough for four parameters.
  for (let i = 0; i < 8; i++) Object.assign(new Holder(), { a: '', b: '', c: '', d: '' })
  return Holder
}
const Holder = makeHolder()

/** An empty object for parameters. */
export const newParams = (): Record<string, string | readonly string[]> => new Holder()

/** The path parameters of a route that has none. */
export const noParams: PathStrings = Object.freeze(newParams())
