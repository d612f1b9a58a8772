/**
 * Validators and the conditional requests that compare them (RFC 9110 §8.8 and §13): entity tags made and
 * matched, and whether a 304 or a part may be sent.
 */
import { hash } from 'node:crypto'
import { parseHttpDate } from './date.js'

const digest = (content: string | Uint8Array): string => hash('sha256', content, 'base64url')

/**
 * A strong entity tag: the content's SHA-256, for a representation that is the same byte for byte.
 *
 * @example
 * import { strongEtag } from 'plugboard'
 * strongEtag('') // => '"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"'
 */
export const strongEtag = (content: string | Uint8Array): string => `"${digest(content)}"`

/**
 * A weak entity tag: for representations that mean the same when their content does, whatever their bytes.
 *
 * @example
 * import { weakEtag } from 'plugboard'
 * weakEtag('') // => 'W/"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"'
 */
export const weakEtag = (content: string | Uint8Array): string => `W/${strongEtag(content)}`

/**
 * A strong entity tag of a file from its size in bytes and its time of change in milliseconds, both written
 * in base 16; nothing is read.
 *
 * @example
 * import { fileEtag } from 'plugboard'
 * fileEtag(255, 16.5) // => '"ff-10"'
 */
export const fileEtag = (size: number, mtimeMs: number): string =>
  `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`

// A tag in quotes, in which a comma may stand, or whatever else is between commas.
const entityTag = /(?:W\/)?"[^"]*"|[^\s,]+/g
const opaque = (etag: string): string => (etag.startsWith('W/') ? etag.slice(2) : etag)

/**
 * Whether a list of entity tags (`If-None-Match`, `If-Match`) names this one; `*` names any.
 *
 * @param weak Whether tags are compared weakly, the mark `W/` aside (the default, as for `If-None-Match`), or
 * strongly, when weak ones match nothing.
 * @example
 * import { matchesEtag } from 'plugboard'
 * matchesEtag('"a", W/"b"', '"b"') // => true
 * matchesEtag('"a", W/"b"', '"b"', false) // => false
 */
export const matchesEtag = (header: string, etag: string, weak = true): boolean => {
  if (weak && header === etag) return true
  if (header.trim() === '*') return true
  if (!weak && etag.startsWith('W/')) return false
  const wanted = opaque(etag)
  for (const [tag] of header.matchAll(entityTag)) if ((weak ? opaque(tag) : tag) === wanted) return true
  return false
}

/**
 * What a representation is known by: its entity tag, and its time of change in milliseconds since the epoch.
 */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: number
}

/**
 * The request headers that make a GET or HEAD conditional; of several `if-none-match` headers, their values
 * joined by commas.
 */
export interface Conditions {
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
}

// Dates of HTTP count seconds.
const seconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * Whether a GET or HEAD is to be answered with 304 (RFC 9110 §13.2.2): by `If-None-Match` alone where it is
 * present, else by `If-Modified-Since`, where it is a date.
 *
 * @example
 * import { notModified } from 'plugboard'
 * notModified({ ifNoneMatch: '"a"' }, { etag: '"a"' }) // => true
 * notModified({ ifModifiedSince: 'Sun, 06 Nov 1994 08:49:37 GMT' }, { lastModified: 784111778000 })
 * // => false
 */
export const notModified = (conditions: Conditions, { etag, lastModified }: Validators): boolean => {
  const { ifNoneMatch, ifModifiedSince } = conditions
  if (ifNoneMatch !== undefined)
    return etag === undefined ? ifNoneMatch.trim() === '*' : matchesEtag(ifNoneMatch, etag)
  if (ifModifiedSince === undefined || lastModified === undefined) return false
  const since = parseHttpDate(ifModifiedSince)
  return since !== undefined && seconds(lastModified) <= seconds(since)
}

/**
 * Whether a Range header may be heeded in the face of `If-Range` (RFC 9110 §13.1.5): without one it may;
 * otherwise its entity tag must match strongly, or its date must be exactly that of the last change.
 *
 * @example
 * import { ifRange } from 'plugboard'
 * ifRange('"a"', { etag: '"a"' }) // => true
 * ifRange('W/"a"', { etag: 'W/"a"' }) // => false
 */
export const ifRange = (header: string | undefined, { etag, lastModified }: Validators): boolean => {
  if (header === undefined) return true
  if (header.startsWith('"') || header.startsWith('W/')) return etag === header && !etag.startsWith('W/')
  const date = parseHttpDate(header)
  return date !== undefined && lastModified !== undefined && seconds(date) === seconds(lastModified)
}
