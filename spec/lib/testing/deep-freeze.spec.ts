import { Readable } from 'node:stream'
import t from 'tap'
import { deepFreeze } from '../../../lib/testing/index.js'
import { notFetched } from '../../../lib/fetched.js'

t.test('records and lists are frozen to the bottom', async t => {
  const value = { list: [{ deep: { deeper: [1] } }], [Symbol.for('s')]: { a: 1 }, none: null, text: 'x' }
  t.equal(deepFreeze(value), value)
  t.throws(() => (value.text = 'y'), TypeError)
  t.throws(() => value.list.push({ deep: { deeper: [] } }), TypeError)
  t.throws(() => value.list[0]?.deep.deeper.push(2), TypeError)
  t.throws(() => (value[Symbol.for('s') as never] as { a: number }).a++, TypeError)
  const bare = deepFreeze(Object.assign(Object.create(null) as { list: number[] }, { list: [1] }))
  t.throws(() => bare.list.push(2), TypeError, 'records without a prototype too')
})

t.test('what was frozen at the top only is frozen below', async t => {
  const value = Object.freeze({ list: Object.freeze([{ a: 1 }]) })
  deepFreeze(value)
  t.throws(() => ((value.list[0] as { a: number }).a = 2), TypeError)
})

t.test('cycles and deep values come to an end', async t => {
  const cycle: { self?: unknown } = {}
  cycle.self = [cycle]
  t.ok(Object.isFrozen(deepFreeze(cycle)))
  let deep: { below?: unknown } = {}
  for (let i = 0; i < 50_000; i++) deep = { below: deep }
  t.ok(Object.isFrozen(deepFreeze(deep)))
})

t.test('instances of classes, functions and async iterables are left as they are', async t => {
  class Pool {
    open = 1
  }
  const plain = { [Symbol.asyncIterator]: () => ({}), open: 1 }
  for (const value of [
    new Uint8Array(1),
    Buffer.alloc(1),
    new ArrayBuffer(1),
    Readable.from([]),
    new AbortController().signal,
    new Date(),
    new Map(),
    new Pool(),
    plain,
    () => 1,
  ]) {
    deepFreeze({ value })
    t.notOk(Object.isFrozen(value))
  }
  const bytes = deepFreeze({ bytes: new Uint8Array(1) }).bytes
  bytes[0] = 7
  t.equal(bytes[0], 7)
})

t.test('a record is frozen whatever its keys are called', async t => {
  const value = deepFreeze({ pipe: { a: 1 }, length: { b: 1 }, toString: { c: 1 } })
  t.throws(() => (value.pipe.a = 2), TypeError)
})

t.test('accessors are not called, and what has not been fetched is not read', async t => {
  let called = 0
  const value = deepFreeze({
    get lazy() {
      called += 1
      return {}
    },
    cookies: notFetched('cookies', 'put fetchCookies'),
  })
  t.equal(called, 0)
  t.ok(Object.isFrozen(value))
})

t.test('anything else is given back', async t => {
  for (const value of [undefined, null, 1, 'text', 1n, true]) t.equal(deepFreeze(value), value)
})
