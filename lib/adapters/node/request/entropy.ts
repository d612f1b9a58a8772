/** Entropy for requests: bytes of the system's generator, read in blocks, since reading a few bytes costs as much as 4 kB. */
import { randomFillSync } from 'node:crypto'

const block = 4096
let pool = new Uint8Array(0)
let used = 0

/** Fresh random bytes, never returned twice. */
const draw = (length: number): Uint8Array => {
  if (length > block / 2) return randomFillSync(new Uint8Array(length))
  if (used + length > pool.length) {
    pool = randomFillSync(new Uint8Array(block))
    used = 0
  }
  const bytes = pool.slice(used, used + length)
  pool.fill(0, used, used + length)
  used += length
  return bytes
}

/** The entropy of one request: drawn when a label is first read, and the same each time the label is read again. */
export class RequestEntropy {
  // two arrays instead of a Map: a request reads one label or two
  readonly #labels: string[] = []
  readonly #drawn: Uint8Array[] = []

  get(label: string, length: number): Uint8Array {
    const at = this.#labels.indexOf(label)
    const had = this.#drawn[at]
    if (had === undefined) {
      const bytes = draw(length)
      this.#labels.push(label)
      this.#drawn.push(bytes)
      return bytes.slice()
    }
    if (had.length >= length) return had.slice(0, length)
    const bytes = new Uint8Array(length)
    bytes.set(had)
    bytes.set(draw(length - had.length), had.length)
    this.#drawn[at] = bytes
    return bytes.slice()
  }
}
