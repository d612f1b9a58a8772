/** Functions that put data on a conn: `assigns` for the app, `private` for libraries. */
import type { Conn } from '../conn.js'
import type { Assign } from '../pipeline-types.js'
import type { Assigned } from '../conn.js'
import { putEntry } from './entries.js'
import { ConnRecord } from './record.js'
import { nothing } from './rest.js'
import { mustBe } from '../options.js'

/**
 * Assigns a value to a key; later plugs and views find it under `conn.assigns`, with its type.
 *
 * @example
 * import { assign } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * assign('title', 'Home')(conn('GET', '/')).assigns.title // => 'Home'
 */
export const assign = <const K extends string, V>(key: K, value: V) => {
  checkKey('assign', key)
  return function assign<C extends Conn>(conn: C): Assign<C, K, V> {
    return ConnRecord.assign(conn, key, value) as Conn as Assign<C, K, V>
  }
}

const checkKey = (caller: string, key: unknown): void => {
  if (typeof key !== 'string') throw new TypeError(`${caller}: ${mustBe('key', 'a string', key)}`)
}

/**
 * Assigns every entry of a record.
 *
 * @example
 * import { mergeAssigns } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * mergeAssigns({ title: 'Home', page: 1 })(conn('GET', '/')).assigns.page // => 1
 */
export const mergeAssigns = <const A extends object>(assigns: A) => {
  const entries = Object.entries(assigns)
  return function mergeAssigns<C extends Conn>(conn: C): C & Assigned<A> {
    return ConnRecord.mergeAssigns(conn, entries) as Conn as C & Assigned<A>
  }
}

/**
 * Puts a library's value under a key of `conn.private`; begin the key with the library's name.
 *
 * @example
 * import { putPrivate } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * putPrivate('myLibraryFormat', 'json')(conn('GET', '/')).private['myLibraryFormat'] // => 'json'
 */
export const putPrivate = (key: string, value: unknown) => {
  checkKey('putPrivate', key)
  return function putPrivate<C extends Conn>(conn: C): C {
    return ConnRecord.with(conn, { private: putEntry(conn.private, key, value) }) as Conn as C
  }
}

/**
 * Puts every entry of a record under `conn.private`.
 *
 * @example
 * import { mergePrivate } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * mergePrivate({ myLibraryFormat: 'json' })(conn('GET', '/')).private['myLibraryFormat'] // => 'json'
 */
export const mergePrivate = (entries: Readonly<Record<string, unknown>>) => {
  const pairs = Object.entries(entries)
  const mergedInto = (before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
    let merged = before
    for (let i = 0; i < pairs.length; i++) {
      const [key, value] = pairs[i] as [string, unknown]
      merged = putEntry(merged, key, value)
    }
    return merged
  }
  // What comes of a conn that has none yet is the same each time.
  const alone = Object.freeze(mergedInto(nothing))
  return function mergePrivate<C extends Conn>(conn: C): C {
    const before = conn.private
    return ConnRecord.with(conn, { private: before === nothing ? alone : mergedInto(before) }) as Conn as C
  }
}
