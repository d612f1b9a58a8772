/**
 * The Range header for one range of bytes (RFC 9110 §14), as Plug.Static reads it. Where Plug answers a range
 * that starts beyond the end with an empty 206, the RFC's 416 is given here.
 */

/**
 * A part of a file: offsets of its first and its last byte, both inclusive as in `content-range: bytes
 * 0-4/10`.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const single = /^bytes=(\d*)-(\d*)$/i

/**
 * What a Range header asks of a representation of `size` bytes: a part of it (206), `'whole'` (200), or
 * `'unsatisfiable'` (416). Whole are also: no header, another unit, several ranges, malformed ranges, a range
 * of all bytes and every range of an empty file, as the RFC allows and Plug does.
 *
 * @param size Bytes.
 * @example
 * import { parseRange } from 'plugboard'
 * parseRange('bytes=-3', 10) // => { start: 7, end: 9 }
 * parseRange('bytes=10-', 10) // => 'unsatisfiable'
 * parseRange('bytes=0-1,4-5', 10) // => 'whole'
 */
export const parseRange = (
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' => {
  const match = header === undefined ? null : single.exec(header)
  if (match === null || size === 0) return 'whole'
  const [, from, to] = match as unknown as [string, string, string]
  if (from === '') {
    if (to === '') return 'whole'
    const count = Number(to)
    if (count === 0) return 'unsatisfiable'
    return count >= size ? 'whole' : { start: size - count, end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return 'whole'
  if (start >= size) return 'unsatisfiable'
  return start === 0 && end === size - 1 ? 'whole' : { start, end }
}
