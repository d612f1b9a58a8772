import t from 'tap'
import * as fc from 'fast-check'
import {
  decodeSegment,
  decodeUtf8,
  decodeWwwForm,
  decodeLossy,
  encodeSegment,
  encodeWwwForm,
  firstInvalidByte,
} from '../../../lib/http/utf8.js'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
const percent = (hex: string): string => hex.replace(/../g, '%$&')

// Sequences that are not UTF-8, each with the byte at which they stop being it.
const malformed: readonly (readonly [hex: string, byte: number])[] = [
  ['ff', 0xff],
  ['80', 0x80],
  ['c3', 0xc3],
  ['c328', 0xc3],
  ['c0af', 0xc0],
  ['e282', 0xe2],
  ['e28228', 0xe2],
  ['e08080', 0xe0],
  ['eda080', 0xed],
  ['edbfbf', 0xed],
  ['f09f98', 0xf0],
  ['f0808080', 0xf0],
  ['f4908080', 0xf4],
  ['f5808080', 0xf5],
]

t.test('well-formed UTF-8 is text, a byte order mark included', async t => {
  t.equal(decodeUtf8(bytes('c3a9')), 'é')
  t.equal(decodeUtf8(bytes('f09f9880')), '😀')
  t.equal(decodeUtf8(bytes('efbbbf61')), '\ufeffa')
  t.equal(decodeUtf8(bytes('')), '')
})

t.test('bytes that are not UTF-8 are no text, and the first such byte is named', async t => {
  for (const [hex, byte] of malformed) {
    t.equal(decodeUtf8(bytes(hex)), undefined, hex)
    t.equal(decodeUtf8(bytes('61' + hex + '61')), undefined, hex)
    t.equal(firstInvalidByte(bytes('61c3a9' + hex)), byte, hex)
    t.equal(decodeWwwForm(percent(hex)), undefined, hex)
    t.equal(decodeSegment('x' + percent(hex)), undefined, hex)
  }
  t.equal(firstInvalidByte(bytes('61c3a9e282acf09f9880')), undefined)
})

t.test('a segment is decoded strictly: a malformed percent sequence is refused', async t => {
  t.equal(decodeSegment('plain'), 'plain')
  t.equal(decodeSegment('caf%C3%a9+%2F%00'), 'café+/\0')
  t.equal(decodeSegment('%E2%82%AC%F0%9F%98%80'), '€😀')
  t.equal(decodeSegment('é%20'), 'é ')
  for (const text of ['%', '%2', '%zz', '%2g', '%g2', 'a%', '%%20', '%-1', '%é0'])
    t.equal(decodeSegment(text), undefined, text)
})

t.test('a form is decoded leniently: a malformed percent sequence is kept', async t => {
  for (const text of ['%', '%2', '%zz', '%2g', '100%', '%-1', '%é0']) {
    t.equal(decodeWwwForm(text), text)
  }
  t.equal(decodeWwwForm('a+b%2Bc+'), 'a b+c ')
  t.equal(decodeWwwForm('%zz+%41'), '%zz A')
})

t.test('bytes that are not UTF-8 can still be read, with replacement characters', async t => {
  t.equal(decodeLossy(Buffer.from('efbbbf61ff2b', 'hex')), '\ufeffa\ufffd+')
})

t.test('only unreserved characters stay as they are', async t => {
  t.equal(encodeSegment('AZaz09-_.~'), 'AZaz09-_.~')
  t.equal(encodeSegment("a/b c?é!'()*+"), 'a%2Fb%20c%3F%C3%A9%21%27%28%29%2A%2B')
  t.equal(encodeWwwForm("a/b c?é!'()*+"), 'a%2Fb+c%3F%C3%A9%21%27%28%29%2A%2B')
  t.equal(encodeSegment('a\ud800b'), 'a%EF%BF%BDb')
})

const unicode = fc.string({ unit: 'binary' })

t.test('what is encoded decodes to itself', async () => {
  fc.assert(
    fc.property(
      unicode,
      text => decodeSegment(encodeSegment(text)) === text && decodeWwwForm(encodeWwwForm(text)) === text,
    ),
  )
})

t.test('the percent decoder agrees with the strict UTF-8 decoder on all bytes', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), data => {
      const text = decodeUtf8(data)
      const encoded = percent(Buffer.from(data).toString('hex'))
      return (
        decodeSegment(encoded) === text &&
        decodeWwwForm(encoded) === text &&
        (firstInvalidByte(data) === undefined) === (text !== undefined)
      )
    }),
    { numRuns: 2000 },
  )
})

t.test('no text makes a decoder throw', async () => {
  const anything = fc.oneof(
    fc.string({ unit: fc.constantFrom('%', 'c', '3', 'a', 'f', '+', 'é', '\ud800') }),
    unicode,
  )
  fc.assert(
    fc.property(anything, text => {
      decodeSegment(text)
      encodeSegment(text)
      return (decodeWwwForm(text)?.length ?? 0) <= text.length
    }),
    { numRuns: 2000 },
  )
})

t.test('a megabyte of percent signs is read in one pass', async t => {
  const text = '%'.repeat(1_000_000)
  t.equal(decodeWwwForm(text), text)
  t.equal(decodeWwwForm('+'.repeat(1_000_000))?.length, 1_000_000)
  t.equal(firstInvalidByte(Buffer.from(`${'c3a9'.repeat(200_000)}ff`, 'hex')), 0xff)
})
