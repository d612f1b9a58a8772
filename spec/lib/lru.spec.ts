import t from 'tap'
import * as fc from 'fast-check'
import { Lru, type LruEntry } from '../../lib/lru.js'

interface Entry extends LruEntry<Entry> {
  readonly value: number
}
const entry = (key: string, value: number): Entry => ({ key, value, older: undefined, newer: undefined })

type Op =
  | { readonly op: 'put'; readonly key: string; readonly value: number }
  | { readonly op: 'get' | 'peek' | 'delete'; readonly key: string }

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const step: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('put' as const), key, value: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ op: fc.constantFrom('get' as const, 'peek' as const, 'delete' as const), key }),
)

/** The same as an array, the most recently used last. */
const naive = (max: number, weigh: (value: number) => number) => {
  let held: readonly (readonly [key: string, value: number])[] = []
  const weight = (): number => held.reduce((sum, [, value]) => sum + weigh(value), 0)
  const find = (key: string) => held.find(([each]) => each === key)
  const without = (key: string) => held.filter(([each]) => each !== key)
  return {
    weight,
    keys: () => held.map(([each]) => each),
    oldest: () => held[0]?.[1],
    peek: (key: string) => find(key)?.[1],
    get: (key: string) => {
      const found = find(key)
      if (found) held = [...without(key), found]
      return found?.[1]
    },
    delete: (key: string) => void (held = without(key)),
    put: (key: string, value: number) => {
      if (weigh(value) > max) return
      held = [...without(key), [key, value]]
      while (weight() > max) held = held.slice(1)
    },
  }
}

for (const [bound, weigh] of [
  ['count', undefined],
  ['weight', ({ value }: Entry) => value],
] as const)
  t.test(`bounded by ${bound}, it does what an array of what was used does`, async () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 0, max: 12 }), (steps, max) => {
        const cache = weigh === undefined ? new Lru<Entry>(max) : new Lru<Entry>(max, weigh)
        const model = naive(max, value => (weigh === undefined ? 1 : value))
        return steps.every(one => {
          if (one.op === 'put') {
            cache.put(entry(one.key, one.value))
            model.put(one.key, one.value)
          } else if (one.op === 'delete') {
            cache.delete(one.key)
            model.delete(one.key)
          } else if (cache[one.op](one.key)?.value !== model[one.op](one.key)) return false
          return (
            cache.weight === model.weight() &&
            cache.weight <= max &&
            cache.size === model.keys().length &&
            cache.oldest?.value === model.oldest() &&
            ['a', 'b', 'c', 'd', 'e', 'f'].every(each => cache.peek(each)?.value === model.peek(each))
          )
        })
      }),
      { numRuns: 500 },
    )
  })

t.test('entries are linked from the oldest to the newest, and the ends are open', async t => {
  const cache = new Lru<Entry>(3)
  for (const each of ['a', 'b', 'c', 'd']) cache.put(entry(each, 1))
  cache.use(cache.peek('c') as Entry)
  cache.remove(cache.peek('d') as Entry)
  const keys: string[] = []
  for (let at = cache.oldest; at !== undefined; at = at.newer) keys.push(at.key)
  t.strictSame(keys, ['b', 'c'])
  t.equal(cache.oldest?.older, undefined)
})
