/** Freezes values to the bottom, so that a mutation throws where it happens. */
import { isFetched } from '../fetched.js'
import { isRecord } from '../is-record.js'

const isPlain = (value: object): boolean => Array.isArray(value) || isRecord(value)

/** What has been frozen to the bottom stays so: it need not be walked again. */
const frozen = new WeakSet<object>()

/**
 * Freezes a value and all plain records and lists in it. Instances of classes (byte arrays, streams, signals, dates,
 * maps) are left as they are, for what they hold is their own, and so are functions and async iterables.
 *
 * @example
 * import { deepFreeze } from 'plugboard/testing'
 * const user = deepFreeze({ name: 'Ada', roles: ['admin'] })
 * Object.isFrozen(user.roles) // => true
 */
export const deepFreeze = <T>(value: T): T => {
  const left: unknown[] = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one !== 'object' || one === null || frozen.has(one)) continue
    if (!isPlain(one) || !isFetched(one) || Symbol.asyncIterator in one) continue
    frozen.add(one)
    Object.freeze(one)
    if (Array.isArray(one)) {
      for (const item of one) if (typeof item === 'object') left.push(item)
      continue
    }
    // accessors are not called: what they give is made anew, or is not the record's own
    for (const key of Reflect.ownKeys(one)) left.push(Object.getOwnPropertyDescriptor(one, key)?.value)
  }
  return value
}
