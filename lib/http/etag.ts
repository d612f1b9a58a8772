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
 * A weak entity tag of a file from its size in bytes and its time of change in milliseconds, both written
 * in base 16; nothing is read. It is weak since files of other bytes may share both: packages set one time for all files, and a file
 * may change twice within one tick. For a tag that ranges can go by, hash the content: {@link strongEtag}.
 *
 * @example
 * import { fileEtag } from 'plugboard'
 * fileEtag(255, 16.5) // => 'W/"ff-10"'
 */
export const fileEtag = (size: number, mtimeMs: number): string =>
  `W/"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`

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
 * The request headers that make a request conditional; of several headers of one name, their values joined by commas.
 */
export interface Conditions {
  readonly ifMatch?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
}

// Dates of HTTP count seconds.
const seconds = (ms: number): number => Math.floor(ms / 1000)

/** Whether a list of tags names what there is: `*` names it even if it has no tag. */
const names = (header: string, etag: string | undefined, weak: boolean): boolean =>
  etag === undefined ? header.trim() === '*' : matchesEtag(header, etag, weak)

/** Whether a representation has not changed since a date; undefined if either is not known. */
const unchangedSince = (date: string | undefined, lastModified: number | undefined): boolean | undefined => {
  if (date === undefined || lastModified === undefined) return undefined
  const since = parseHttpDate(date)
  return since === undefined ? undefined : seconds(lastModified) <= seconds(since)
}

/**
 * Whether a GET or HEAD is to be answered with 304, by `If-None-Match` alone where it is present, else by
 * `If-Modified-Since`, where it is a date. {@link precondition} looks at all four conditions.
 *
 * @example
 * import { notModified } from 'plugboard'
 * notModified({ ifNoneMatch: '"a"' }, { etag: '"a"' }) // => true
 * notModified({ ifModifiedSince: 'Sun, 06 Nov 1994 08:49:37 GMT' }, { lastModified: 784111778000 })
 * // => false
 */
export const notModified = (conditions: Conditions, { etag, lastModified }: Validators): boolean => {
  const { ifNoneMatch, ifModifiedSince } = conditions
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag, true)
  return unchangedSince(ifModifiedSince, lastModified) === true
}

/**
 * What the conditions of a request ask for, in the order of RFC 9110 §13.2.2: 412 (Precondition Failed), 304 (Not Modified), or
 * undefined if the request is to be served. Look at it only where the response would be a 2xx. A `Range` comes last: {@link ifRange}.
 *
 * 1. `If-Match`, strongly compared: 412 unless it names the tag. A weak tag never matches.
 * 2. Without it, `If-Unmodified-Since`: 412 if the time of change is later.
 * 3. `If-None-Match`, weakly compared: if it names the tag, 304 for GET and HEAD, 412 for other methods.
 * 4. Without it, for GET and HEAD, `If-Modified-Since`: 304 unless the time of change is later.
 *
 * @param current What the representation is known by; undefined if there is none, as before a PUT that creates it.
 * @example
 * import { precondition } from 'plugboard'
 * precondition('PUT', { ifMatch: '"1"' }, { etag: '"2"' }) // => 412
 * precondition('GET', { ifNoneMatch: '"2"' }, { etag: '"2"' }) // => 304
 * precondition('PUT', { ifNoneMatch: '*' }, undefined) // => undefined
 */
export const precondition = (
  method: string,
  conditions: Conditions,
  current: Validators | undefined,
): 304 | 412 | undefined => {
  const { ifMatch, ifUnmodifiedSince, ifNoneMatch } = conditions
  if (current === undefined) return ifMatch === undefined ? undefined : 412
  const { etag, lastModified } = current
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag, false)) return 412
  } else if (unchangedSince(ifUnmodifiedSince, lastModified) === false) return 412
  if (method === 'GET' || method === 'HEAD') return notModified(conditions, current) ? 304 : undefined
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag, true) ? 412 : undefined
}

/**
 * Whether a Range header may be heeded in the face of `If-Range` (RFC 9110 §13.1.5): without one it may;
 * otherwise its entity tag must match strongly, or its date must be exactly that of the last change. Where it may not, send all of it:
 * a part would be of another version than what the client has.
 *
 * Give `lastModified` only if the representation cannot have changed twice within one second, nor have kept its time when it changed
 * (§8.8.2.2): for files, neither is certain.
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
