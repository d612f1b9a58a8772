/**
 * What the functions of this folder take as text or bytes, and how it becomes a Buffer. Text stands for its
 * UTF-8 bytes. The checks name the argument and never show its value, for it may be a secret.
 */
import { shown } from '../options.js'

/** Bytes, or text that stands for its UTF-8 bytes. */
export type Bytes = string | Uint8Array

/**
 * The bytes of `value`, without copying those that are bytes already.
 *
 * @throws TypeError when `value` is neither text nor bytes; `name` says which argument it was.
 */
export const toBuffer = (value: Bytes, name: string): Buffer => {
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  if (value instanceof Uint8Array) return viewOf(value)
  throw new TypeError(`${name} must be a string or a Uint8Array, got ${shown(value)}`)
}

/** How many bytes a value has, for a message; or what it is instead. */
export const sizeOf = (value: unknown): string =>
  value instanceof Uint8Array ? String(value.length) : shown(value)

/** The same memory as a Buffer. */
export const viewOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
