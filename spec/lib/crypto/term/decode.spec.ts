import t from 'tap'
import * as fc from 'fast-check'
import { deflateSync } from 'node:zlib'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import { termFormat, type DecodeOptions, type Term } from '../../../../lib/crypto/index.js'
import { anyTerm, erlang, fromHex, shown, toHex } from '../vectors.js'

const { decode, decodeTerm, encode } = termFormat
const decoded = (hex: string, options?: DecodeOptions): unknown => {
  const result = decode(fromHex(hex.replaceAll(' ', '')), options)
  return isRight(result) ? shown(result.right) : { left: result.left }
}

// What differs from Erlang on purpose.
const refused: { readonly [name: string]: string } = {
  'external function': 'unsafe',
  port: 'unsafe',
  'old port': 'unsafe',
  'port of 64 bits': 'unsafe',
  // Erlang reads a comma where its C library's locale has none: no Erlang ever wrote one.
  'float as text: "1,5"': 'malformed',
}
// What JavaScript cannot tell apart, or what is kept as it was.
const writtenOtherwise: { readonly [name: string]: string } = {
  'whole float': '836101',
  'negative zero': '836100',
  'float as text: "1.5E3"': '8362000005dc',
  'float as text: "1.5e-400"': '836100',
  'float as text: "-0.0"': '836100',
  'old pid': '83677701610000000100000002 01',
  'older reference': '8372000377016101000000010000000200000003',
  'oldest reference': '83657701610000000101',
  'date and time': toHex(encode(new Date(Date.UTC(2026, 10, 20, 13, 5, 54, 494)))),
}

t.test('every encoding is read as Erlang reads it, and written as Erlang writes it', async t => {
  for (const { name, hex, written } of erlang) {
    const result = decode(fromHex(hex), { trailing: 'ignore' })
    if (written === null || name in refused) {
      t.strictSame(result, left(refused[name] ?? 'malformed'), name)
      continue
    }
    if (!isRight(result)) {
      t.fail(`${name}: ${result.left}`)
      continue
    }
    // Old forms of pids and references stand for themselves.
    if (!name.startsWith('old')) t.strictSame(shown(result.right), decoded(written), name)
    const expected = (writtenOtherwise[name] ?? written).replaceAll(' ', '')
    t.equal(toHex(encode(result.right)), expected, `${name}, written`)
  }
})

t.test('values are what they seem to be in JavaScript', async t => {
  t.strictSame(decode(fromHex('836c000000026101620000012c6a')), right([1, 300]))
  t.strictSame(decode(fromHex('836e0700ffffffffffff1f')), right(Number.MAX_SAFE_INTEGER))
  t.strictSame(decode(fromHex('836e070000000000000020')), right(2n ** 53n))
  t.strictSame(decode(fromHex('836e070100000000000020')), right(-(2n ** 53n)))
  t.strictSame(decode(fromHex('836e0801 ffffffffffffffff'.replace(' ', ''))), right(-(2n ** 64n - 1n)))
  t.strictSame(decode(fromHex('836e0a00ff000000000000000000')), right(255))
})

t.test('a reference has up to five ids, and what follows it is read as it stands', async t => {
  for (const [kind, creation] of [
    ['72', '01'],
    ['5a', '00000001'],
  ] as const)
    for (let count = 0; count < 8; count++) {
      const reference = `${kind}000${count}770161${creation}${'00000001'.repeat(count)}`
      t.equal(isRight(decode(fromHex(`83${reference}`))), count <= 5, `${kind}, ${count}`)
      for (const next of ['6107', '62ffffffff', '6d00000001ff']) {
        const result = decode(fromHex(`836802${reference}${next}`))
        t.equal(isRight(result) && toHex(encode(result.right)), count <= 5 && `836802${reference}${next}`)
      }
      const cut = decode(fromHex(`83${reference.slice(0, -2)}`))
      t.strictSame(cut, left('malformed'), `${kind}, ${count}, cut off`)
    }
})

t.test('records have no prototype, so that no key means anything', async t => {
  const result = decode(fromHex('8374000000016d000000095f5f70726f746f5f5f6101'))
  t.ok(isRight(result))
  const record = (result as { right: { [key: string]: Term } }).right
  t.equal(Object.getPrototypeOf(record), null)
  t.strictSame(Object.entries(record), [['__proto__', 1]])
  t.equal(({} as { [key: string]: unknown })['polluted'], undefined)
})

t.test('bytes are copies of their own', async t => {
  const source = fromHex('836d00000002ff00')
  const result = decode(source) as { right: Uint8Array }
  t.equal(result.right.constructor, Uint8Array)
  source.fill(7)
  t.equal(toHex(result.right), 'ff00')
  t.equal(result.right.buffer.byteLength, 2)
})

t.test('keys stay different that values would not', async t => {
  t.strictSame(decoded('8374000000026101610146 3ff0000000000000 6102'), {
    map: [
      [1, 1],
      [1, 2],
    ],
  })
  const both = '8374000000026101610146 3ff0000000000000 6102'.replaceAll(' ', '')
  const result = decode(fromHex(both))
  t.equal(isRight(result) && toHex(encode(result.right)), both)
  // Within a key, too: {1.0} and {1}.
  const tuples = '837400000002 6801463ff0000000000000 6101 68016101 6102'.replaceAll(' ', '')
  const inner = decode(fromHex(tuples))
  t.equal(isRight(inner) && toHex(encode(inner.right)), tuples)
})

t.test('bytes after the term are refused unless they are to be ignored', async t => {
  t.strictSame(decoded('83610100'), { left: 'malformed' })
  t.strictSame(decoded('83610100', { trailing: 'refuse' }), { left: 'malformed' })
  t.strictSame(decoded('83610100', { trailing: 'ignore' }), 1)
  const compressed = (inner: string, size: number, after = ''): string =>
    `8350${size.toString(16).padStart(8, '0')}${toHex(deflateSync(fromHex(inner)))}${after}`
  t.strictSame(decoded(compressed('6107', 2)), 7)
  t.strictSame(decoded(compressed('6107', 2, '00')), { left: 'malformed' })
  t.strictSame(decoded(compressed('6107', 2, '00'), { trailing: 'ignore' }), 7)
  t.strictSame(decoded(compressed('610700', 3)), { left: 'malformed' })
  t.strictSame(decoded(compressed('610700', 3), { trailing: 'ignore' }), 7)
})

t.test('what a compressed term inflates to has a bound', async t => {
  const bomb = (size: number): Uint8Array => {
    const inner = Buffer.concat([fromHex('6d'), Buffer.alloc(4), Buffer.alloc(size - 5)])
    inner.writeUInt32BE(size - 5, 1)
    const header = Buffer.from('83500000000083', 'hex').subarray(0, 6)
    header.writeUInt32BE(size, 2)
    return Buffer.concat([header, deflateSync(inner)])
  }
  t.ok(isRight(decode(bomb(1024 * 1024))))
  t.strictSame(decode(bomb(1024 * 1024 + 1)), left('too large'))
  t.strictSame(decode(bomb(1001), { maxInflated: 1000 }), left('too large'))
  t.ok(isRight(decode(bomb(1000), { maxInflated: 1000 })))
  t.ok(isRight(decode(bomb(2_000_000), { maxInflated: 2_000_000 })))
  t.strictSame(
    decode(bomb(1000), { maxInflated: NaN }),
    left('too large'),
    'a bound that is none lets nothing pass',
  )
  const lying = Buffer.from(bomb(5_000_000))
  lying.writeUInt32BE(100, 2)
  t.strictSame(decode(lying), left('malformed'), 'a size that is not told stops the inflating')
})

t.test('depth has a bound', async t => {
  const nested = (levels: number, open: string, inner: string, close: string): string =>
    `83${open.repeat(levels)}${inner}${close.repeat(levels)}`
  const forms: readonly (readonly [string, string, string])[] = [
    ['6c00000001', '6a', '6a'],
    ['6801', '6a', ''],
    ['6900000001', '6a', ''],
    ['74000000016101', '6a', ''],
    ['7400000001', '6101', '6101'],
  ]
  for (const [open, inner, close] of forms) {
    t.equal(decode(fromHex(nested(512, open, inner, close)))._tag, 'Right', open)
    t.strictSame(decoded(nested(513, open, inner, close)), { left: 'too deep' }, open)
    t.strictSame(decoded(nested(100_000, open, inner, close)), { left: 'too deep' }, open)
  }
  t.strictSame(decoded('836801680168006a', { maxDepth: 2, trailing: 'ignore' }), { left: 'too deep' })
  t.strictSame(decoded('83680168006a', { maxDepth: 2, trailing: 'ignore' }), { tuple: [{ tuple: [] }] })
  t.strictSame(decoded('836107', { maxDepth: 0 }), 7)
  t.strictSame(decoded('836800', { maxDepth: NaN }), { left: 'too deep' })
})

t.test('a list in many parts is one list, however many', async t => {
  const result = decode(fromHex(`83${'6c000000016101'.repeat(10_000)}6a`))
  t.ok(isRight(result) && Array.isArray(result.right) && result.right.length === 10_000)
})

t.test('counts that lie are found out before memory is asked for', async t => {
  for (const hex of [
    '836cffffffff',
    '8369ffffffff',
    '8374ffffffff',
    '836dffffffff',
    '836fffffffff',
    '834dffffffff08',
  ])
    t.strictSame(decoded(`${hex}610161016101`), { left: 'malformed' }, hex)
})

t.test('a term without its version is for decodeTerm', async t => {
  t.strictSame(decodeTerm(fromHex('6107')), right(7))
  t.strictSame(decodeTerm(fromHex('610700')), left('malformed'))
  t.strictSame(decodeTerm(fromHex('610700'), { trailing: 'ignore' }), right(7))
  t.strictSame(decodeTerm(fromHex('836107')), left('malformed'))
  t.strictSame(decodeTerm(fromHex('70')), left('unsafe'))
  t.strictSame(decodeTerm(fromHex('6800'), { maxDepth: 0 }), left('too deep'))
})

t.test('no bytes make decoding throw', async t => {
  const tags = fc.constantFrom(
    70,
    77,
    80,
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
    114,
    115,
    116,
    118,
    119,
    131,
  )
  const bytes = fc.array(fc.oneof(tags, fc.nat(3), fc.nat(255)), { maxLength: 80 })
  fc.assert(
    fc.property(bytes, bytes => {
      const result = decode(Uint8Array.of(131, ...bytes), { trailing: 'ignore' })
      return isRight(result) ? encode(result.right).length > 0 : typeof result.left === 'string'
    }),
    { numRuns: 5000 },
  )
  fc.assert(fc.property(fc.uint8Array(), bytes => ['Left', 'Right'].includes(decode(bytes)._tag)))
  t.pass()
})

t.test('a term that is cut short, or changed, is an error or another term', async t => {
  fc.assert(
    fc.property(anyTerm, fc.nat(), fc.nat(255), (term, i, byte) => {
      const bytes = Buffer.from(encode(term))
      const cut = decode(bytes.subarray(0, i % bytes.length))
      bytes[i % bytes.length] = byte
      return cut._tag === 'Left' && ['Left', 'Right'].includes(decode(bytes)._tag)
    }),
    { numRuns: 500 },
  )
  t.pass()
})
