import t from 'tap'
import * as fc from 'fast-check'
import {
  atom,
  float,
  improperList,
  termFormat,
  termMap,
  tuple,
  type Term,
} from '../../../../lib/crypto/index.js'
import { anyTerm, shown, toHex } from '../vectors.js'

const { encode, encodeTerm, decode } = termFormat
const hex = (term: Term): string => toHex(encode(term)).replace(/^83/, '')

t.test('the example of the format', async t => {
  t.equal(toHex(encode({ foo: 'bar' })), '8374000000016d00000003666f6f6d00000003626172')
})

t.test('null and booleans are atoms', async t => {
  t.equal(hex(null), '77036e696c')
  t.equal(hex(true), '770474727565')
  t.equal(hex(false), '770566616c7365')
})

t.test('whole numbers take the shortest form', async t => {
  const expected: readonly (readonly [number | bigint, string])[] = [
    [0, '6100'],
    [-0, '6100'],
    [255, '61ff'],
    [256, '6200000100'],
    [-1, '62ffffffff'],
    [2 ** 31 - 1, '627fffffff'],
    [-(2 ** 31), '6280000000'],
    [2 ** 31, '6e040000000080'],
    [-(2 ** 31) - 1, '6e040101000080'],
    [1_700_000_000_000, '6e06000068e5cf8b01'],
    [Number.MAX_SAFE_INTEGER, '6e0700ffffffffffff1f'],
    [Number.MIN_SAFE_INTEGER, '6e0701ffffffffffff1f'],
    [7n, '6107'],
    [-300n, '62fffffed4'],
    [2n ** 53n, '6e070000000000000020'],
    [2n ** 128n, '6e11000000000000000000000000000000000001'],
    [-(2n ** 64n), '6e0901000000000000000001'],
    [2n ** 2040n - 1n, `6eff00${'ff'.repeat(255)}`],
    [2n ** 2040n, `6f0000010000${'00'.repeat(255)}01`],
  ]
  for (const [number, bytes] of expected) t.equal(hex(number), bytes, String(number).slice(0, 40))
})

t.test('other numbers are floats, and so is what is said to be one', async t => {
  t.equal(hex(1.5), '463ff8000000000000')
  t.equal(hex(1e100), '4654b249ad2594c37d')
  t.equal(hex(2 ** 53), '464340000000000000')
  t.equal(hex(float(1)), '463ff0000000000000')
  t.equal(hex(float(-0)), '468000000000000000')
})

t.test('text is written as its UTF-8 bytes, short or long', async t => {
  t.equal(hex(''), '6d00000000')
  t.equal(hex('José'), '6d000000054a6f73c3a9')
  t.equal(hex('🎉'), '6d00000004f09f8e89')
  for (const text of ['a'.repeat(48), 'a'.repeat(49), 'é'.repeat(48), '日'.repeat(1000)])
    t.equal(
      hex(text),
      `6d${Buffer.byteLength(text).toString(16).padStart(8, '0')}${Buffer.from(text).toString('hex')}`,
    )
  t.equal(hex('a\ud800b'), '6d0000000561efbfbd62', 'half a surrogate pair is replaced')
})

t.test('bytes are binaries', async t => {
  t.equal(hex(Uint8Array.of(0xff, 0)), '6d00000002ff00')
  t.equal(hex(Buffer.from('hi')), '6d000000026869')
})

t.test('lists of bytes are written as charlists, other lists element by element', async t => {
  t.equal(hex([]), '6a')
  t.equal(hex([1, 2, 3]), '6b0003010203')
  t.equal(hex([1, 256]), '6c00000002610162000001006a')
  t.equal(hex([1, -1]), '6c00000002610162ffffffff6a')
  t.equal(hex([1.5]), '6c00000001463ff80000000000006a')
  t.equal(hex(['a']), '6c000000016d00000001616a')
  const long = Array.from({ length: 0xffff }, (_, i) => i & 255)
  t.match(hex(long), /^6bffff000102/)
  t.match(hex([...long, 0]), /^6c00010000610061016102/)
  t.equal(hex(improperList([1], 2)), '6c0000000161016102')
})

t.test('tuples have a small form and a large one', async t => {
  t.equal(hex(tuple()), '6800')
  t.equal(hex(tuple(atom('ok'), 1)), '680277026f6b6101')
  t.match(hex(tuple(...Array.from({ length: 255 }, () => 0))), /^68ff6100/)
  t.match(hex(tuple(...Array.from({ length: 256 }, () => 0))), /^69000001006100/)
})

t.test('atoms are written in UTF-8, with a length of one byte or two', async t => {
  t.equal(hex(atom('José')), '77054a6f73c3a9')
  t.match(hex(atom('é'.repeat(127))), /^77fec3a9/)
  t.match(hex(atom('é'.repeat(255))), /^7601fec3a9/)
})

t.test('the keys of a record are written in the order of their bytes', async t => {
  const keys = (record: { readonly [key: string]: Term }): string[] =>
    [...hex(record).matchAll(/6d0000..(?:..)((?:[0-9a-f]{2})*?)6101/g)].map(([, key]) =>
      Buffer.from(key as string, 'hex').toString(),
    )
  const record = (...keys: string[]) => Object.fromEntries(keys.map(key => [key, 1]))
  t.strictSame(keys(record('b', 'a', 'ab', '')), ['', 'a', 'ab', 'b'])
  t.strictSame(keys(record('10', '9', '1')), ['1', '10', '9'])
  t.strictSame(keys(record('\u{1f389}', '\ue000', 'z', 'é')), ['z', 'é', '\ue000', '\u{1f389}'])
})

t.test('keys that are written alike are written once, with the last value', async t => {
  t.equal(hex({ 'x\ud800': 1, 'x\udfff': 2, 'x\ufffd': 3 }), hex({ 'x\ufffd': 3 }))
})

t.test('a key named __proto__ is a key like any other', async t => {
  const record = JSON.parse('{"__proto__":{"admin":true}}')
  t.equal(hex(record), '74000000016d000000095f5f70726f746f5f5f74000000016d0000000561646d696e770474727565')
  const back = decode(encode(record))
  t.equal(back._tag === 'Right' && Object.getPrototypeOf(back.right), null)
  t.strictSame(shown(back._tag === 'Right' ? back.right : null), shown(record))
})

t.test('records without a prototype are records', async t => {
  t.equal(hex(Object.assign(Object.create(null), { a: 1 })), hex({ a: 1 }))
})

t.test('other maps keep the order of their entries', async t => {
  t.equal(
    hex(
      termMap([
        [atom('b'), 1],
        ['a', 2],
        [3, 4],
      ]),
    ),
    '74000000037701626101 6d00000001616102 61036104'.replaceAll(' ', ''),
  )
})

t.test('dates are DateTime structs in UTC', async t => {
  t.equal(
    hex(new Date(Date.UTC(2026, 10, 20, 13, 5, 54, 123))),
    hex(
      termMap([
        [atom('__struct__'), atom('Elixir.DateTime')],
        [atom('calendar'), atom('Elixir.Calendar.ISO')],
        [atom('day'), 20],
        [atom('hour'), 13],
        [atom('microsecond'), tuple(123_000, 3)],
        [atom('minute'), 5],
        [atom('month'), 11],
        [atom('second'), 54],
        [atom('std_offset'), 0],
        [atom('time_zone'), 'Etc/UTC'],
        [atom('utc_offset'), 0],
        [atom('year'), 2026],
        [atom('zone_abbr'), 'UTC'],
      ]),
    ),
  )
})

t.test('what is no term is refused, with the path to it', async t => {
  class User {
    constructor(readonly name: string) {}
  }
  const refused: readonly (readonly [value: unknown, message: string])[] = [
    [undefined, 'the value is undefined, which is no term'],
    [() => 1, 'the value is a function, which is no term'],
    [Symbol('s'), 'the value is a symbol, which is no term'],
    [NaN, 'the value is NaN, which is no term'],
    [[-Infinity], 'the value at [0] is -Infinity, which is no term'],
    [{ user: { tags: ['a', undefined] } }, 'the value at user.tags[1] is undefined, which is no term'],
    [{ a: { 'b c': [{ d: Symbol.iterator }] } }, 'the value at a["b c"][0].d is a symbol, which is no term'],
    // eslint-disable-next-line no-sparse-arrays
    [[1, , 2], 'the value at [1] is undefined, which is no term'],
    [{ user: new User('Ann') }, 'the value at user is an instance of a class, which is no term'],
    [new Map(), 'the value is an instance of a class, which is no term'],
    [tuple(1, new Set() as unknown as Term), 'the value at [1] is an instance of a class, which is no term'],
    [termMap([['a', undefined as unknown as Term]]), 'the value at [0] is undefined, which is no term'],
    [termMap([[undefined as unknown as Term, 1]]), 'the value at [0] is undefined, which is no term'],
    [improperList([1], undefined as unknown as null), 'the value at [1] is undefined, which is no term'],
    [{ at: new Date(NaN) }, 'the value at at is no date from the years -9999 to 9999'],
    [new Date(Date.UTC(10000, 0)), 'the value is no date from the years -9999 to 9999'],
  ]
  for (const [value, message] of refused)
    t.throws(
      () => encode(value as Term),
      { name: 'TypeError', message: `termFormat.encode: ${message}` },
      message,
    )
})

t.test('nesting has a bound, which is the one of decoding', async t => {
  const nested = (levels: number, inner: Term): Term => {
    let term = inner
    for (let i = 0; i < levels; i++) term = [term]
    return term
  }
  for (const inner of ['x', {}, tuple(), termMap([]), ['x']] as const) {
    const levels = inner === 'x' ? 512 : 511
    t.equal(decode(encode(nested(levels, inner)))._tag, 'Right')
    t.throws(() => encode(nested(levels + 1, inner)), {
      name: 'TypeError',
      message: /^termFormat\.encode: the value at (\[0\]){16}… is nested deeper than 512 levels$/,
    })
  }
  const circle: Term[] = []
  circle.push(circle)
  t.throws(() => encode(circle), { name: 'TypeError' })
})

t.test('encodeTerm leaves the version out', async t => {
  t.equal(toHex(encodeTerm({ a: [1, 'x'] })), hex({ a: [1, 'x'] }))
  t.throws(() => encodeTerm(undefined as unknown as Term), { name: 'TypeError' })
})

t.test('whatever is encoded is decoded', async t => {
  fc.assert(
    fc.property(anyTerm, term => {
      const decoded = decode(encode(term))
      return decoded._tag === 'Right' && JSON.stringify(shown(decoded.right)) === JSON.stringify(shown(term))
    }),
    { numRuns: 500 },
  )
  t.pass()
})

t.test('a term has one encoding, whatever the order of its keys', async t => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.nat(3)), record => {
      const reversed = Object.fromEntries(Object.entries(record).reverse())
      const decoded = decode(encode(record))
      return hex(record) === hex(reversed) && decoded._tag === 'Right' && hex(decoded.right) === hex(record)
    }),
  )
  t.pass()
})
