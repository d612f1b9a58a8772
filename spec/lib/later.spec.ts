// A value now or later: the law that joining functions in another order changes nothing, and that what is there now stays so.
import * as fc from 'fast-check'
import t from 'tap'
import { isPromise, soon, type Later } from '../../lib/later.js'

/** A value now, or as a promise. */
const later = fc
  .tuple(fc.integer(), fc.boolean())
  .map(([value, promised]): Later<number> => (promised ? Promise.resolve(value) : value))

const step = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.boolean()).map(
  ([by, promised]) =>
    (value: number): Later<number> =>
      promised ? Promise.resolve(value * by) : value * by,
)

t.test('soon is associative', async t => {
  await fc.assert(
    fc.asyncProperty(later, step, step, async (value, f, g) => {
      const oneByOne = soon(soon(value, f), g)
      const together = soon(value, each => soon(f(each), g))
      return (await oneByOne) === (await together) && isPromise(oneByOne) === isPromise(together)
    }),
  )
  t.pass('for all that was tried')
})

t.test('what is there now meets no promise', async t => {
  fc.assert(fc.property(fc.integer(), value => soon(value, n => n + 1) === value + 1))
  t.pass('for all that was tried')
})

t.test('a promise that is not the language’s own is one, too', async t => {
  // oxlint-disable-next-line no-thenable
  const thenable = { then: (done: (value: number) => void) => done(7) }
  t.ok(isPromise(thenable))
  const result = soon(thenable as unknown as Promise<number>, n => n + 1)
  t.ok(result instanceof Promise)
  t.equal(await result, 8)
  for (const value of [undefined, null, 7, 'then', {}, () => undefined]) t.notOk(isPromise(value))
})
