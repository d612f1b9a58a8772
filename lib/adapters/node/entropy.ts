/** Entropy for requests: bytes of the system's generator, drawn in blocks, for one draw of a few bytes costs as much as 4 kB. */
import { randomFillSync } from 'node:crypto'

const block = 4096
let pool = new Uint8Array(0)
let used = 0

/** Fresh random bytes, never given twice. */
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

/** The entropy of one request: drawn when a label is first asked for, and the same whenever it is asked for again. */
export class RequestEntropy {
  readonly #drawn = new Map<string, Uint8Array>()

  get(label: string, length: number): Uint8Array {
    const had = this.#drawn.get(label)
    if (had !== undefined && had.length >= length) return had.slice(0, length)
    const more = draw(length - (had?.length ?? 0))
    const bytes = had === undefined ? more : Buffer.concat([had, more])
    this.#drawn.set(label, bytes)
    return bytes.slice(0, length)
  }
}
