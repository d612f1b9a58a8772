/** Tells a record from anything else that is an object. */
import type { Term } from '../../lib/crypto/term-format.js'

/** Whether a value is a plain record: no list, no date, no instance of a class. */
export const isRecord = (value: unknown): value is { readonly [key: string]: Term } => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
