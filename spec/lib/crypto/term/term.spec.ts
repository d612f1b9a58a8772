import t from 'tap'
import {
  atom,
  atomField,
  float,
  improperList,
  isAtom,
  isBitString,
  isFloat,
  isImproperList,
  isOpaque,
  isTermMap,
  isTuple,
  termFormat,
  termMap,
  tuple,
  type Term,
} from '../../../../lib/crypto/index.js'
import { fromHex, toHex } from '../vectors.js'

const decoded = (hex: string): Term => (termFormat.decode(fromHex(hex)) as { readonly right: Term }).right

t.test('wrappers hold what they were given', async t => {
  t.equal(atom('ok').name, 'ok')
  t.strictSame(tuple(1, 'a').elements, [1, 'a'])
  t.equal(float(1).value, 1)
  t.strictSame(termMap([[1, 2]]).entries, [[1, 2]])
  const list = improperList([1], 2)
  t.strictSame([list.elements, list.tail], [[1], 2])
})

t.test('each wrapper is told by its own question, and no look-alike is', async t => {
  const terms: readonly Term[] = [
    atom('a'),
    tuple(),
    float(1),
    termMap([]),
    improperList([1], 2),
    decoded('834d0000000103a0'),
    decoded('8358770161000000010000000200000003'),
    { name: 'a', elements: [], value: 1, entries: [], tail: 1, bytes: 'x', bits: 1, kind: 'pid' },
    null,
  ]
  const questions = [isAtom, isTuple, isFloat, isTermMap, isImproperList, isBitString, isOpaque]
  for (const [i, question] of questions.entries())
    t.strictSame(
      terms.map(term => question(term)),
      terms.map((_, j) => i === j),
    )
  t.equal(isAtom(atom('a'), 'a'), true)
  t.equal(isAtom(atom('a'), 'b'), false)
})

t.test('the name of an atom is text of at most 255 characters', async t => {
  t.equal(atom('🎉'.repeat(255)).name.length, 510)
  t.throws(() => atom('x'.repeat(256)), {
    name: 'RangeError',
    message: 'atom: name must be at most 255 characters',
  })
  for (const half of ['\ud800', 'a\udfffb'])
    t.throws(() => atom(half), { name: 'TypeError', message: 'atom: name must be well-formed text' })
})

t.test('a float is finite, and an improper list has elements', async t => {
  for (const value of [NaN, Infinity, -Infinity])
    t.throws(() => float(value), { name: 'RangeError', message: 'float: value must be a finite number' })
  t.throws(() => improperList([], 1), {
    name: 'RangeError',
    message: 'improperList: elements must not be empty',
  })
})

t.test('a field of a struct is found by its name', async t => {
  const uri = termMap([
    ['path', 'not this'],
    [atom('path'), '/x'],
    [atom('port'), null],
  ])
  t.equal(atomField('path', uri), '/x')
  t.equal(atomField('port', uri), null)
  t.equal(atomField('host', uri), undefined)
})

t.test('toBytes gives the bytes of a binary, text or not', async t => {
  t.equal(toHex(termFormat.toBytes('é')), 'c3a9')
  const bytes = Uint8Array.of(0xff)
  t.equal(termFormat.toBytes(bytes), bytes)
})

t.test('pids, references and bitstrings are written as they came', async t => {
  for (const hex of [
    '834d0000000103a0',
    '8358770161000000010000000200000003',
    '835a00017701610000000100000001',
  ])
    t.equal(toHex(termFormat.encode(decoded(hex))), hex)
})

t.test('the types refuse what is no term', async t => {
  class User {
    constructor(readonly name: string) {}
    greet(): string {
      return `hello ${this.name}`
    }
  }
  const refused = (): void => {
    // @ts-expect-error a function
    termFormat.encode(() => 1)
    // @ts-expect-error undefined
    termFormat.encode({ a: undefined })
    // @ts-expect-error a symbol
    termFormat.encode([Symbol('a')])
    // @ts-expect-error an instance of a class
    termFormat.encode({ user: new User('Ann') })
    // @ts-expect-error a list is no tail
    improperList([1], [2])
  }
  t.throws(refused, { name: 'TypeError' })
  type Cart = {
    readonly items: readonly { readonly sku: string; readonly count?: number }[]
    readonly at: Date
  }
  const cart: Cart = { items: [{ sku: 'x' }, { sku: 'y', count: 2 }], at: new Date(0) }
  const term: Term = cart
  t.ok(termFormat.encode(term))
})
