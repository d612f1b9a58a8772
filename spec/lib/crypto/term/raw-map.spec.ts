import t from 'tap'
import * as fc from 'fast-check'
import { deflateSync } from 'node:zlib'
import { isRight, left } from 'fp-ts/lib/Either.js'
import {
  atom,
  float,
  termFormat,
  termMap,
  tuple,
  type RawEntry,
  type Term,
} from '../../../../lib/crypto/index.js'
import { anyTerm, erlang, fromHex, shown, toHex } from '../vectors.js'

const { decode, decodeMapRaw, decodeTerm, encode, encodeMapRaw, encodeTerm, rawEntry } = termFormat
const entriesOf = (bytes: Uint8Array): readonly RawEntry[] =>
  (decodeMapRaw(bytes) as { readonly right: readonly RawEntry[] }).right
const shownEntries = (bytes: Uint8Array): unknown =>
  entriesOf(bytes).map(({ key, rawKey, rawValue }) => [key, toHex(rawKey), toHex(rawValue)])

t.test('a map is split into keys and encoded values', async t => {
  t.strictSame(shownEntries(encode({ theme: 'dark', n: 1 })), [
    ['n', '6d000000016e', '6101'],
    ['theme', '6d000000057468656d65', '6d000000046461726b'],
  ])
  t.strictSame(shownEntries(encode({})), [])
})

t.test('only strings have a name; all other keys are kept as they are', async t => {
  const map = termMap([
    [atom('id'), 1],
    [7, 2],
    [Uint8Array.of(0xff), 3],
    ['text', 4],
    [tuple(1, 'a'), 5],
  ])
  t.strictSame(
    entriesOf(encode(map)).map(({ key }) => key),
    [null, null, null, 'text', null],
  )
  t.equal(toHex(encodeMapRaw(entriesOf(encode(map)))), toHex(encode(map)))
})

t.test('what JavaScript cannot tell apart comes through untouched', async t => {
  const bytes = encode({ whole: float(1), zero: float(-0), big: 2n ** 70n, flag: atom('on') })
  t.equal(toHex(encodeMapRaw(entriesOf(bytes))), toHex(bytes))
})

t.test('a new entry takes its place among the others', async t => {
  const bytes = encode({ a: 1, c: 3 })
  const changed = encodeMapRaw([...entriesOf(bytes), rawEntry('b', 2)])
  t.equal(toHex(changed), toHex(encode({ a: 1, b: 2, c: 3 })))
  const { key, rawKey, rawValue } = rawEntry('b', 2)
  t.strictSame({ key, rawKey, rawValue }, { key: 'b', rawKey: encodeTerm('b'), rawValue: encodeTerm(2) })
  t.throws(() => rawEntry('b', undefined as unknown as Term), { name: 'TypeError' })
})

t.test('of entries with the same key the last is written', async t => {
  t.equal(
    toHex(encodeMapRaw([rawEntry('b', 1), rawEntry('a', 1), rawEntry('b', 2)])),
    toHex(encode({ a: 1, b: 2 })),
  )
})

t.test('any other term is not a map', async t => {
  for (const term of [null, 1, 'text', [], [tuple(atom('a'), 1)], tuple()])
    t.strictSame(decodeMapRaw(encode(term)), left('not a map'), JSON.stringify(shown(term)))
})

t.test('compressed maps are read within bounds, and what follows a map is ignored', async t => {
  const inner = encode({ a: 'x'.repeat(100) }).subarray(1)
  const size = inner.length.toString(16).padStart(8, '0')
  const compressed = fromHex(`8350${size}${toHex(deflateSync(inner))}00`)
  t.strictSame(
    entriesOf(compressed).map(({ key }) => key),
    ['a'],
  )
  t.strictSame(decodeMapRaw(compressed, { maxInflated: 50 }), left('too large'))
  t.strictSame(
    entriesOf(fromHex('8374000000016d000000016161016a756e6b')).map(({ key }) => key),
    ['a'],
  )
})

t.test('each value is as deep as a term of its own may be', async t => {
  const nested = (levels: number): Uint8Array => fromHex(`8374000000016101${'6801'.repeat(levels)}6101`)
  t.ok(isRight(decodeMapRaw(nested(512))))
  t.strictSame(decodeMapRaw(nested(513)), left('too deep'))
  t.ok(isRight(decodeTerm((entriesOf(nested(512))[0] as RawEntry).rawValue)))
})

t.test('what is split does decode, and what does not decode is not split', async t => {
  const agree = (value: Uint8Array): boolean => {
    const map = Uint8Array.of(131, 116, 0, 0, 0, 1, 97, 1, ...value)
    const split = decodeMapRaw(map)
    const whole = decode(map, { trailing: 'ignore' })
    if (split._tag !== whole._tag) return false
    if (!isRight(split)) return split.left === (whole as { readonly left: string }).left
    const [entry] = split.right as [RawEntry]
    return isRight(decodeTerm(entry.rawValue))
  }
  for (const { name, hex } of erlang)
    if (!name.startsWith('compressed')) t.ok(agree(fromHex(hex.slice(2))), name)
  const tags = fc.constantFrom(
    70,
    77,
    88,
    90,
    97,
    98,
    99,
    100,
    101,
    103,
    104,
    105,
    106,
    107,
    108,
    109,
    110,
    111,
    112,
    114,
    115,
    116,
    118,
    119,
    120,
  )
  const bytes = fc.array(fc.oneof(tags, fc.nat(3), fc.nat(255)), { maxLength: 60 })
  fc.assert(
    fc.property(bytes, bytes => agree(Uint8Array.from(bytes))),
    { numRuns: 5000 },
  )
  const mutated = fc.tuple(anyTerm, fc.nat(), fc.nat(255))
  fc.assert(
    fc.property(mutated, ([term, i, byte]) => {
      const bytes = encodeTerm(term)
      bytes[i % bytes.length] = byte
      return agree(bytes)
    }),
    { numRuns: 1000 },
  )
})

t.test('keys that come twice are refused, also within values', async t => {
  const twice = [
    '7400000002 6101 6102 6101 6103',
    '7400000002 6d0000000161 6102 6d0000000161 6103',
    '7400000003 6d0000000162 6102 6d0000000161 6103 6d0000000162 6104',
    '7400000002 770161 6101 64000161 6102',
    '7400000001 6d0000000161 7400000002 6101 6102 6200000001 6103',
  ]
  for (const hex of twice)
    t.strictSame(decodeMapRaw(fromHex(`83${hex.replaceAll(' ', '')}`)), left('malformed'), hex)
  const fine = [
    '7400000002 6d0000000162 6102 6d0000000161 6103',
    '7400000002 6d0000000161 6102 6d000000026161 6103',
    '7400000002 6d000000026161 6102 6d0000000161 6103',
    '7400000002 6101 6102 46 3ff0000000000000 6103',
  ]
  for (const hex of fine) t.equal(entriesOf(fromHex(`83${hex.replaceAll(' ', '')}`)).length, 2, hex)
})

/** A map with one key that holds a map with one such key, and so on, each next to keys of their own; in hex. */
const nestedKeys = (levels: number, others: readonly string[], wrap = (key: string) => key): string => {
  let key = '6d0000000161'
  for (let i = 0; i < levels; i++) {
    const entries = [...others, wrap(key)].map(each => `${each}6101`)
    key = `74${(others.length + 1).toString(16).padStart(8, '0')}${entries.join('')}`
  }
  return key
}

const readers: readonly ((bytes: Uint8Array) => ReturnType<typeof decode>)[] = [
  bytes => decodeMapRaw(bytes) as ReturnType<typeof decode>,
  decode,
]

t.test('keys that come twice are refused at any depth of keys', async t => {
  const inAll = (map: string): readonly string[] => [
    map,
    `74000000016801${map}6101`,
    `74000000016c00000001${map}6a6101`,
    nestedKeys(3, ['6102']).replace('6d0000000161', map),
  ]
  for (const hex of inAll('7400000002610161026200000001 6103'.replaceAll(' ', '')))
    for (const read of readers)
      t.strictSame(read(fromHex(`8374000000026102610a${hex}6101`)), left('malformed'), hex)
  const [one, other] = ['77016161016d00000001626102', '6d0000000162610277016161 01'.replaceAll(' ', '')]
  const inOrders = (inner: string) => fromHex(`8374000000027400000002${one}6101${inner}6102`)
  for (const read of readers) {
    t.strictSame(read(inOrders(`7400000002${other}`)), left('malformed'), 'whatever the order of a map')
    t.ok(isRight(read(inOrders(`7400000002${one.replace('6102', '6103')}`))))
    t.strictSame(
      read(fromHex('8374000000026b000101610a6c0000000161016a610b')),
      left('malformed'),
      'however a list is written',
    )
    t.ok(isRight(read(fromHex('83740000000268016101610a6c0000000161016a610b'))), 'a tuple is not a list')
  }
})

t.test('reading maps as keys takes time in proportion to their size', async t => {
  const cases: readonly (readonly [string, (levels: number) => string])[] = [
    ['alone', levels => nestedKeys(levels, [])],
    ['next to a number', levels => nestedKeys(levels, ['6102'])],
    ['next to a map', levels => nestedKeys(levels, ['7400000000'])],
    ['in tuples', levels => nestedKeys(levels / 2, ['6102'], key => `6801${key}`)],
    [
      'around a large key',
      levels => nestedKeys(levels, ['6102']).replace('6d0000000161', `6d00040000${'61'.repeat(0x40000)}`),
    ],
  ]
  for (const [name, hexOf] of cases) {
    const bytes = fromHex(`83${hexOf(500)}`)
    for (const read of readers) {
      const began = performance.now()
      t.ok(isRight(read(bytes)), name)
      const took = performance.now() - began
      t.ok(took < 200, `${name}: ${Math.round(took)} ms for ${bytes.length} bytes`)
    }
  }
})

t.test('splitting and writing again gives the same bytes, for every record', async t => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), anyTerm), record => {
      const bytes = encode(record)
      return toHex(encodeMapRaw(entriesOf(bytes))) === toHex(bytes)
    }),
  )
  t.pass()
})
