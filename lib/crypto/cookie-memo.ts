/**
 * What lately opened cookies held: a memo that is bounded in bytes. It holds texts only, which nobody can change, and no part
 * of another text, which would be kept whole.
 */

/** What one cookie held, and the keys that it was opened with. */
interface Opened {
  readonly cookie: string
  readonly keys: object
  readonly payload: string
}

/** Bytes that the engine needs for one entry, besides its two texts: a place in the map, an object and two heads. */
const overhead = 160

const sizeOf = ({ cookie, payload }: Opened): number => overhead + cookie.length + payload.length

/** The same text with bytes of its own: a part of a text keeps the whole. */
const apart = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

export class CookieMemo {
  readonly #maxBytes: number
  // A Map iterates in the order of insertion, so its first entry is the one used least lately.
  readonly #entries = new Map<string, Opened>()
  #bytes = 0

  /** @param maxBytes bytes of all that is held: texts and what the engine needs for them */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The bytes that are held, as far as they are counted. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether a cookie is remembered, with whatever keys. */
  has(cookie: string): boolean {
    return this.#entries.has(cookie)
  }

  /**
   * What a cookie held, as bytes of one's own; undefined if it is not remembered.
   *
   * @param keys what it is to be opened with: the same object, or the cookie is not known
   */
  get(cookie: string, keys: object): Uint8Array | undefined {
    const known = this.#entries.get(cookie)
    if (known === undefined || known.keys !== keys) return undefined
    this.#entries.delete(cookie)
    this.#entries.set(known.cookie, known)
    return Buffer.from(known.payload, 'latin1')
  }

  /** Remembers what a cookie of base64url and dots held. */
  put(cookie: string, keys: object, payload: Uint8Array): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    const opened = { cookie: apart(cookie), keys, payload: bytes.toString('latin1') }
    const size = sizeOf(opened)
    if (size > this.#maxBytes) return
    const before = this.#entries.get(cookie)
    if (before !== undefined) this.#forget(before)
    this.#entries.set(opened.cookie, opened)
    this.#bytes += size
    for (const oldest of this.#entries.values()) {
      if (this.#bytes <= this.#maxBytes) break
      this.#forget(oldest)
    }
  }

  #forget(opened: Opened): void {
    this.#entries.delete(opened.cookie)
    this.#bytes -= sizeOf(opened)
  }
}
