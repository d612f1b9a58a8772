import t from 'tap'
import { assign, mergeAssigns, mergePrivate, pipe, putPrivate } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'

const blank = conn('GET', '/')

t.test('assign puts a value under a key, and leaves the conn it was given', async t => {
  const once = assign('title', 'Home')(blank)
  const twice = pipe(once, assign('title', 'About' as string), assign('page', 2))
  t.strictSame(blank.assigns, {})
  t.strictSame(once.assigns, { title: 'Home' })
  t.strictSame(twice.assigns, { title: 'About', page: 2 })
})

t.test('assigns are the same object each time they are read', async t => {
  const assigned = pipe(blank, assign('a', 1), assign('b', 2))
  t.equal(assigned.assigns, assigned.assigns)
  t.equal(blank.assigns, blank.assigns)
})

t.test('values are kept as they are', async t => {
  for (const value of [undefined, null, 0, '', 1n, Symbol.iterator, () => 1, new Date(0)])
    t.equal(assign('value', value)(blank).assigns.value, value)
})

t.test('mergeAssigns puts every entry, over those that are there', async t => {
  const merged = pipe(blank, assign('a', 1), assign('b', 1), mergeAssigns({ b: 2, c: 3 }))
  t.strictSame(merged.assigns, { a: 1, b: 2, c: 3 })
  t.strictSame(mergeAssigns({})(merged).assigns, merged.assigns)
})

t.test('mergeAssigns takes the entries when the plug is made', async t => {
  const given: { a: number } = { a: 1 }
  const plug = mergeAssigns(given)
  given.a = 2
  t.strictSame(plug(blank).assigns, { a: 1 })
})

t.test('putPrivate and mergePrivate put values of libraries', async t => {
  const made = pipe(blank, putPrivate('libFormat', 'json'), mergePrivate({ libFormat: 'html', libOther: 1 }))
  t.strictSame(made.private, { libFormat: 'html', libOther: 1 })
  t.strictSame(blank.private, {})
  t.strictSame(mergePrivate({})(made).private, made.private)
})

t.test('a key such as __proto__ is a key like another', async t => {
  const entries = Object.fromEntries([
    ['__proto__', { isAdmin: true }],
    ['constructor', 1],
  ])
  const made = pipe(blank, mergeAssigns(entries), mergePrivate(entries))
  t.strictSame(Object.keys(made.assigns), ['__proto__', 'constructor'])
  const more = pipe(made, assign('a', 1), putPrivate('a', 1))
  for (const record of [more.assigns, more.private] as readonly Record<string, unknown>[]) {
    t.strictSame(Object.keys(record), ['__proto__', 'constructor', 'a'])
    t.equal(Object.getPrototypeOf(record), Object.prototype)
    t.equal(record['isAdmin'], undefined)
  }
  const direct = pipe(
    blank,
    assign('__proto__', { isAdmin: true }),
    putPrivate('__proto__', { isAdmin: true }),
  )
  t.strictSame(Object.keys(direct.assigns), ['__proto__'])
  t.strictSame(Object.keys(direct.private), ['__proto__'])
  t.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
})

t.test('ten thousand assigns do not overflow the stack', async t => {
  let many = blank
  for (let i = 0; i < 10_000; i++) many = assign('n', i)(many)
  t.strictSame(many.assigns, { n: 9_999 })
})

t.test('a key that is no string is refused when the plug is made', async t => {
  t.throws(() => assign(1 as never, 1), {
    name: 'TypeError',
    message: 'assign: key must be a string, got a number',
  })
  t.throws(() => putPrivate(undefined as never, 1), {
    message: 'putPrivate: key must be a string, got undefined',
  })
})
