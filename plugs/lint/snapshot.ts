/** Notes what a conn holds, to find out later whether it was changed in place or made again alike. */
import type { Conn, RespBody } from '../../lib/conn.js'
import { isRecord } from '../../lib/is-record.js'

const isPlain = (value: object): boolean => Array.isArray(value) || isRecord(value)

/** An object and the values that it had. */
type Note = readonly [object, ReadonlyMap<PropertyKey, unknown>]

/** Stands for a value that is computed when it is read, which may change how it is kept. */
const computed = Symbol('computed')

const valuesOf = (object: object): ReadonlyMap<PropertyKey, unknown> =>
  new Map(
    Reflect.ownKeys(object).map(key => {
      const property = Object.getOwnPropertyDescriptor(object, key) as PropertyDescriptor
      return [key, 'value' in property ? (property.value as unknown) : computed]
    }),
  )

/** The values that a conn holds, except for its failure: not what it computes of its request when it is read. */
const heldBy = (conn: Conn): readonly unknown[] => [
  conn.respHeaders,
  conn.respBody,
  conn.cookies,
  conn.queryParams,
  conn.bodyParams,
  conn.params,
  conn.pathParams,
  conn.sessions,
  conn.flash,
  conn.csrf,
  conn.respCookies,
  conn.private,
  conn.beforeSend,
  conn.route,
  conn.assigns,
  conn.segments,
  conn.scriptName,
]

/** Notes of the conn itself and, if asked, of every record and list that can be reached from it, up to some thousands. */
const notesOf = (conn: Conn, deep: boolean): readonly Note[] => {
  const notes: Note[] = []
  const seen = new Set<unknown>()
  const waiting: unknown[] = [conn, ...(deep ? [conn.error, ...heldBy(conn)] : [])]
  while (waiting.length > 0 && notes.length < 5_000) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (value !== conn && !isPlain(value)) continue
    const values = valuesOf(value)
    notes.push([value, values])
    if (deep) waiting.push(...values.values())
  }
  return notes
}

/**
 * Notes what a conn holds; the function it gives names what has been changed in place since, if anything has.
 *
 * @param deep Whether records and lists inside the conn are looked at, too.
 */
export const notice = (conn: Conn, deep: boolean): (() => string | undefined) => {
  const notes = notesOf(conn, deep)
  return () => {
    for (const [object, before] of notes) {
      const after = valuesOf(object)
      for (const key of new Set([...before.keys(), ...after.keys()]))
        if (before.get(key) !== computed && !Object.is(before.get(key), after.get(key)))
          return object === conn ? `conn.${String(key)}` : `"${String(key)}" of a value inside the conn`
    }
    return undefined
  }
}

/** Whether a conn holds a value: as itself, or in an object or array that can be reached from it. */
export const isReachable = (conn: Conn, value: object): boolean =>
  notesOf(conn, true).some(([object, values]) => object === value || [...values.values()].includes(value))

/** A body as far as it is data. */
const bodyOf = (body: RespBody | undefined): unknown => {
  if (body === undefined || typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString('base64')
  return body.kind === 'file' ? body : body.kind
}

const simple = (record: object): readonly (readonly [string, unknown])[] =>
  Object.entries(record).map(([key, value]) => [
    key,
    typeof value === 'object' || typeof value === 'function' ? '' : String(value),
  ])

/** What can be compared of a conn that was made twice: what is sent, and what is simple among the rest. */
export const likeness = (conn: Conn): string =>
  JSON.stringify([
    [conn.method, conn.scheme, conn.host, conn.port, conn.path, conn.remoteIp],
    [conn.status, conn.halted, conn.error?._tag, conn.beforeSend.length],
    conn.respHeaders,
    conn.respCookies,
    bodyOf(conn.respBody),
    simple(conn.assigns),
    simple(conn.private),
  ])
