/** A conn as one text: everything that can be read of it, to the bottom. Two conns that read the same give the same text. */
import { isFetched, type Conn, type HeaderList } from '../../lib/index.js'

/** Functions and instances of classes are told apart by identity. */
const ids = new WeakMap<object, number>()
let count = 0
const idOf = (value: object): number => {
  const known = ids.get(value)
  if (known !== undefined) return known
  count += 1
  ids.set(value, count)
  return count
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || prototype === Object.prototype || Array.isArray(value)
}

const isHeaders = (value: object): value is HeaderList =>
  'getAll' in value && 'toJSON' in value && Symbol.iterator in value

const written = (value: unknown, identity: boolean): unknown => {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return identity ? `function ${idOf(value)}` : 'function'
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : value
  if (!isFetched(value)) return 'not fetched'
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (!isPlain(value))
    return isHeaders(value)
      ? [...value]
      : `${value.constructor.name} ${identity ? idOf(value) : String(value).slice(0, 200)}`
  return Reflect.ownKeys(value).map(key => [
    String(key),
    written((value as Record<PropertyKey, unknown>)[key], identity),
  ])
}

/**
 * The text of a conn.
 *
 * @param identity Whether functions and instances of classes count as the same only if they are the very same.
 */
export const snapshot = (conn: Conn, identity = true): string => {
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(conn)))
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => name)
  const fields = [...Object.keys(conn), ...getters].filter(name => identity || name !== 'signal')
  return JSON.stringify(
    fields.map(name => [name, written((conn as unknown as Record<string, unknown>)[name], identity)]),
  )
}
