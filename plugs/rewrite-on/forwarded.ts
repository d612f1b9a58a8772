/** The Forwarded header (RFC 7239): what each proxy on the way says of the request that it was sent. */
import { token } from '../../lib/http/media-type.js'

/** What one proxy says, by name in lower case: `for`, `by`, `host`, `proto`. A record without a prototype. */
export type Forwarded = Readonly<Record<string, string>>

/**
 * Reads a Forwarded header, or several joined by commas: an entry for each proxy, that of the client's first. Undefined
 * if it is malformed in any place.
 */
export const parseForwarded = (header: string): readonly Forwarded[] | undefined => {
  // RFC 7239 §4: perhaps a pair, a token with a value that is a token or quoted, and what ends it. White space is read in one place
  // before a pair and in one after it, so that no header is read twice.
  const part = /[ \t]*(?:([!#$%&'*+\-.^_`|~\w]+)=("(?:[^"\\]|\\.)*"|[!#$%&'*+\-.^_`|~\w]+)[ \t]*)?([;,]|$)/y
  const found: Forwarded[] = []
  let entry: Record<string, string> = Object.create(null)
  for (let at = 0, end = ''; ; at = part.lastIndex) {
    part.lastIndex = at
    const match = part.exec(header)
    if (match === null) return undefined
    const [, name, value] = match
    end = match[3] as string
    if (name !== undefined) {
      const key = name.toLowerCase()
      if (key in entry) return undefined
      entry[key] = token(value as string) as string
    }
    if (end === ';') continue
    if (Object.keys(entry).length > 0) found.push(entry)
    entry = Object.create(null)
    if (end === '') return found
  }
}

/** RFC 7239 §6: an address, an IPv6 one in brackets, and perhaps a port. */
const node = /^(?:\[([^\]]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/

/** The address in a `for` value; undefined for `unknown` and for names that a proxy makes up. */
export const nodeAddress = (text: string): string | undefined => {
  const match = node.exec(text)
  return match?.[1] ?? match?.[2]
}

/** The address in an item of `x-forwarded-for`: bare, or perhaps in quotes, in brackets and with a port, as in `Forwarded`. */
export const bareAddress = (text: string): string => {
  const inner = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  return nodeAddress(inner) ?? inner
}
