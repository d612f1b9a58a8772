import t from 'tap'
import * as fc from 'fast-check'
import { CookieMemo } from '../../../lib/crypto/cookie-memo.js'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const keys = {}
const held = (memo: CookieMemo, cookie: string, by: object = keys): string | undefined => {
  const found = memo.get(cookie, by)
  return found && Buffer.from(found).toString('latin1')
}

t.test('what was put is found by the same text and the same keys', t => {
  const memo = new CookieMemo(10_000)
  memo.put('a.b', keys, bytes('\x00\x83ÿ'))
  t.equal(held(memo, 'a.b'), '\x00\x83ÿ')
  t.equal(held(memo, 'a.c'), undefined)
  t.equal(held(memo, 'a.b', {}), undefined, 'other keys, even if they are alike')
  memo.put('a.b', keys, bytes('two'))
  t.equal(held(memo, 'a.b'), 'two')
  memo.put('a.b', memo, bytes('three'))
  t.equal(held(memo, 'a.b'), undefined, 'one text has one place')
  t.equal(held(memo, 'a.b', memo), 'three')
  t.end()
})

t.test('nobody can change what it holds', t => {
  const memo = new CookieMemo(10_000)
  const given = bytes('abc')
  memo.put('a', keys, given)
  given[0] = 120
  const found = memo.get('a', keys) as Uint8Array
  found[1] = 120
  t.equal(held(memo, 'a'), 'abc')
  t.end()
})

t.test('what was used least lately makes room, and one that is too large is not kept', t => {
  const memo = new CookieMemo(3 * (160 + 2))
  for (const cookie of ['a', 'b', 'c']) memo.put(cookie, keys, bytes('x'))
  t.equal(held(memo, 'a'), 'x')
  memo.put('d', keys, bytes('x'))
  t.strictSame(
    ['a', 'b', 'c', 'd'].filter(cookie => memo.has(cookie)),
    ['a', 'c', 'd'],
  )
  memo.put('e', keys, bytes('x'.repeat(1_000)))
  t.notOk(memo.has('e'))
  t.ok(memo.has('a'), 'and nothing went for its sake')
  t.end()
})

t.test('it behaves as a list of what was used, of as many bytes as it may hold', t => {
  const text = fc.integer({ min: 0, max: 9 }).map(n => String(n).repeat(1 + n * 40))
  const step = fc.record({ put: fc.boolean(), cookie: text, payload: text, own: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3_000 }), (steps, maxBytes) => {
      const memo = new CookieMemo(maxBytes)
      const sets = [{}, {}] as const
      // the newest last
      let model: { cookie: string; payload: string; own: boolean }[] = []
      const size = (list: typeof model): number =>
        list.reduce((sum, one) => sum + 160 + one.cookie.length + one.payload.length, 0)
      for (const { put, cookie, payload, own } of steps) {
        const known = model.find(one => one.cookie === cookie)
        const by = sets[own ? 0 : 1]
        if (put) {
          memo.put(cookie, by, bytes(payload))
          const made = { cookie, payload, own }
          if (size([made]) <= maxBytes) {
            model = [...model.filter(one => one !== known), made]
            while (size(model) > maxBytes) model.shift()
          }
        } else {
          const expected = known?.own === own ? known : undefined
          t.equal(held(memo, cookie, by), expected?.payload)
          if (expected) model = [...model.filter(one => one !== expected), expected]
        }
        if (memo.bytes !== size(model) || memo.bytes > maxBytes) return false
      }
      return model.every(({ cookie, payload, own }) => held(memo, cookie, sets[own ? 0 : 1]) === payload)
    }),
  )
  t.end()
})
