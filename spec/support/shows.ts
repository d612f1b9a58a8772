// What `// =>` and `// throws` comments of code blocks become when the block runs; copied next to the blocks, so it
// imports nothing but Node. docs/contributing.md describes the comments.
import { inspect, isDeepStrictEqual } from 'node:util'

/** Values as a reader sees them: a record is a record whatever its prototype, bytes are bytes. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

/** What comments may use without importing it: fp-ts's constructors, as the plain records that they make. */
export interface Words {
  readonly left: (left: unknown) => unknown
  readonly right: (right: unknown) => unknown
  readonly some: (value: unknown) => unknown
  readonly none: unknown
}

const words: Words = {
  left: left => ({ _tag: 'Left', left }),
  right: right => ({ _tag: 'Right', right }),
  some: value => ({ _tag: 'Some', value }),
  none: { _tag: 'None' },
}

const same = (value: unknown, expected: unknown): boolean =>
  typeof expected === 'string' && expected.endsWith('…') && typeof value === 'string'
    ? value.startsWith(expected.slice(0, -1))
    : isDeepStrictEqual(plain(value), plain(expected))

const print = (value: unknown): string => inspect(value, { depth: 8, breakLength: 100 })

/** Throws unless the value is the expected one. A text that ends in … stands for any text with that beginning. */
export const shows = <T>(value: T, expected: (words: Words) => unknown, place: string): T => {
  if (value instanceof Promise) throw new Error(`${place}: this is a promise: await it`)
  const said = expected(words)
  if (!same(value, said))
    throw new Error(`${place}: gives ${print(value)}, not ${print(said)} as the comment says`)
  return value
}

/** Throws unless the function throws an error whose name and message hold the text. */
export const throws = (f: () => unknown, text: string, place: string): void => {
  try {
    f()
  } catch (error) {
    if (String(error).includes(text)) return
    throw new Error(`${place}: throws ${String(error)}, not ${text} as the comment says`, { cause: error })
  }
  throw new Error(`${place}: throws nothing, where the comment says ${text}`)
}
