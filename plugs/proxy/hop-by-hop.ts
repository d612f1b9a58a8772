/** Header fields that belong to one connection and are not passed on to the next (RFC 9110 §7.6.1). */
import type { HeaderList } from '../../lib/http/headers.js'

/**
 * `te` and `trailer` are among them, for a conn has no trailers: what is asked of one connection cannot be kept on the
 * other.
 */
const always: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The entries of a header whose values are lists of tokens, in lower case. */
export const tokens = (headers: HeaderList, name: string): readonly string[] =>
  headers
    .getAll(name)
    .flatMap(value => value.split(','))
    .map(token => token.trim().toLowerCase())

/** Tells of a name whether its fields stay behind: by its own nature, or because Connection names it. */
export const hopByHop = (headers: HeaderList): ((name: string) => boolean) => {
  const named = tokens(headers, 'connection')
  return name => always.has(name) || named.includes(name)
}

/** What the headers of a message say of its length (RFC 9112 §6.3). */
export type Framing = 'unknown' | 'wrong' | number

/**
 * The declared length of a body: unknown where it comes in chunks or nothing is said, wrong where two things are said or
 * one that is no number. Whoever guesses there may see other messages than the next server does.
 */
export const framing = (headers: HeaderList): Framing => {
  const lengths = headers.getAll('content-length')
  const length = lengths[0]
  if (length === undefined) return 'unknown'
  if (lengths.length > 1 || headers.has('transfer-encoding') || !/^\d{1,15}$/.test(length)) return 'wrong'
  return Number(length)
}
