/**
 * A bounded LRU cache of what cookies held that were opened, limited by bytes. It holds strings only, which cannot be
 * changed, and no part of another string, which would keep the whole of it in memory.
 */
import { Lru, type LruEntry } from '../lru.js'

/** What one cookie held, and the keys that it was opened with. */
interface Opened extends LruEntry<Opened> {
  /** The cookie. */
  readonly key: string
  readonly keys: object
  readonly payload: string
}

/** Bytes that the engine needs for one entry, apart from its two strings: a place in the map, an object and two headers. */
const overhead = 160

const sizeOf = ({ key, payload }: Opened): number => overhead + key.length + payload.length

/** The same string with bytes of its own: a part of a string keeps the whole. */
const apart = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

export class CookieMemo {
  readonly #opened: Lru<Opened>

  /** @param maxBytes bytes of all that is held: strings and what the engine needs for them */
  constructor(maxBytes: number) {
    this.#opened = new Lru(maxBytes, sizeOf)
  }

  /** The bytes that are held, as far as they are counted. */
  get bytes(): number {
    return this.#opened.weight
  }

  /** Whether a cookie is cached, with any keys. */
  has(cookie: string): boolean {
    return this.#opened.peek(cookie) !== undefined
  }

  /**
   * What a cookie held, as bytes of the caller's own; undefined if it is not cached.
   *
   * @param keys what it is to be opened with: the same object, or the cookie is not found
   */
  get(cookie: string, keys: object): Uint8Array | undefined {
    const known = this.#opened.peek(cookie)
    if (known === undefined || known.keys !== keys) return undefined
    this.#opened.use(known)
    return Buffer.from(known.payload, 'latin1')
  }

  /** Caches what a cookie of base64url and dots held. */
  put(cookie: string, keys: object, payload: Uint8Array): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    this.#opened.put({
      key: apart(cookie),
      keys,
      payload: bytes.toString('latin1'),
      older: undefined,
      newer: undefined,
    })
  }
}
