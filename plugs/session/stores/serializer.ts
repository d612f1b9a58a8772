/** How a cookie's payload becomes the entries of a session and back: in term format, as JSON, or as the app says. */
import {
  decodeMapRaw,
  encodeMapRaw,
  rawEntry,
  type RawEntry,
  type Term,
} from '../../../lib/crypto/term-format.js'
import { isLeft } from '../../../lib/fp.js'
import { isRecord } from '../../../lib/is-record.js'
import { readJson, writeJson } from './json.js'
import { Terms } from '../terms.js'

/** A serializer of one's own. */
export interface Serializer {
  /** The bytes of a session, or text that is written as UTF-8. */
  readonly encode: (session: { readonly [key: string]: Term }) => string | Uint8Array
  /** The session of bytes. Where it throws, or gives anything but a record of terms, the session is empty. */
  readonly decode: (bytes: Uint8Array) => unknown
}

/** A serializer as the store uses it: on entries, without decoding what need not be. */
export interface Codec {
  /** The entries of a payload; none if it is junk. */
  readonly read: (bytes: Uint8Array) => readonly RawEntry[]
  readonly write: (entries: readonly RawEntry[]) => string | Uint8Array
}

const none: readonly RawEntry[] = []

const termCodec: Codec = {
  read: bytes => {
    const entries = decodeMapRaw(bytes)
    return isLeft(entries) ? none : entries.right
  },
  write: encodeMapRaw,
}

const recordOf = (entries: readonly RawEntry[]): { readonly [key: string]: Term } => {
  const terms = new Terms(entries)
  const record: Record<string, Term> = Object.create(null)
  // A serializer gives text as keys, and so does putSession.
  for (const { key } of entries) record[key as string] = terms.get(key as string) as Term
  return record
}

const codecOf = ({ encode, decode }: Serializer): Codec => ({
  read: bytes => {
    try {
      const decoded = decode(bytes)
      return isRecord(decoded)
        ? Object.entries(decoded).map(([key, value]) => rawEntry(key, value as Term))
        : none
    } catch {
      return none
    }
  },
  write: entries => encode(recordOf(entries)),
})

const jsonCodec = codecOf({ encode: writeJson, decode: readJson })

/** Whether an option names a serializer, or is one. */
export const isSerializer = (value: unknown): boolean => {
  if (value === 'term' || value === 'json') return true
  const { encode, decode } = (value ?? {}) as Partial<Serializer>
  return typeof encode === 'function' && typeof decode === 'function'
}

/** The codec that an option names. */
export const codec = (serializer: 'term' | 'json' | Serializer): Codec =>
  serializer === 'term' ? termCodec : serializer === 'json' ? jsonCodec : codecOf(serializer)
