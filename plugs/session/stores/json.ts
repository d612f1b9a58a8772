/**
 * Sessions as JSON. Integers beyond 2^53 are read as bigints and written as digits, so that none is rounded; what JSON has
 * no way to hold is refused when it is written.
 */
import { isAtom, type Term } from '../../../lib/crypto/term-format.js'
import { isRecord } from '../../../lib/is-record.js'

/** Text, or a number with what makes it no integer. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+([.eE][\d.eE+-]*)?/g

const unescaped = (text: string): string =>
  text.replace(/\\u([\da-f]{4})/gi, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** A text that begins none of the strings in a JSON text, however they are written. */
const markFor = (text: string): string => '#'.repeat(unescaped(text).split('#').length)

/** Reads JSON. Throws for what is none. */
export const readJson = (bytes: Uint8Array): unknown => {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown
  const mark = markFor(text)
  const marked = text.replace(tokens, (token: string, fraction?: string) =>
    token.startsWith('"') || fraction !== undefined || Number.isSafeInteger(Number(token))
      ? token
      : `"${mark}${token}"`,
  )
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  ) as unknown
}

/** Writes a term as JSON: dates as in ISO 8601, atoms as their names. Throws a TypeError for what JSON cannot hold. */
export const writeJson = (term: Term): string => {
  if (typeof term === 'bigint') return String(term)
  if (typeof term !== 'object' || term === null) return JSON.stringify(term)
  if (Array.isArray(term)) return `[${term.map(writeJson).join(',')}]`
  if (term instanceof Date) return JSON.stringify(term)
  if (isAtom(term)) return JSON.stringify(term.name)
  if (!isRecord(term))
    throw new TypeError(
      'cookieStore: a session in JSON must hold text, numbers, booleans, null, dates, lists and records only',
    )
  const pairs = Object.entries(term).map(([key, value]) => `${JSON.stringify(key)}:${writeJson(value)}`)
  return `{${pairs.join(',')}}`
}
