import t from 'tap'
import * as fc from 'fast-check'
import { isCanonical } from '../../../lib/crypto/base64url.js'
import { base64url } from '../../../lib/crypto/index.js'

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex')

t.test('bytes and text are written in the URL-safe alphabet without padding', async t => {
  t.equal(base64url.encode(''), '')
  t.equal(base64url.encode('a'), 'YQ')
  t.equal(base64url.encode('~~??>>'), 'fn4_Pz4-')
  t.equal(base64url.encode(Uint8Array.of(0xfb, 0xff, 0xfe)), '-__-')
  t.throws(() => base64url.encode(7 as unknown as string), {
    name: 'TypeError',
    message: 'base64url.encode: value must be a string or a Uint8Array',
  })
})

t.test('padding may be absent or right, never wrong', async t => {
  t.equal(hex(base64url.decode('')), '')
  for (const right of ['YQ', 'YQ==']) t.equal(hex(base64url.decode(right)), '61', right)
  for (const right of ['YWI', 'YWI=']) t.equal(hex(base64url.decode(right)), '6162', right)
  for (const wrong of [
    'YQ=',
    'YWI==',
    'YWJj=',
    'YWJj==',
    '=',
    '==',
    '====',
    'Y===',
    'Y=Q=',
    'YQ===',
    'YWJjZ===',
  ])
    t.equal(base64url.decode(wrong), undefined, wrong)
})

t.test('any other character is refused, where Buffer would skip it or take it for another', async t => {
  for (const wrong of [
    'aGVs+G8',
    'aGVs/G8',
    ' YQ',
    'YQ ',
    'YQ\n',
    'Y Q',
    'YQ.',
    'aGk*',
    '\u0141Q',
    'Y\u0000',
    'é',
  ])
    t.equal(base64url.decode(wrong), undefined, JSON.stringify(wrong))
})

t.test('a length that no bytes have is refused', async t => {
  for (const wrong of ['Y', 'YWJjZ']) t.equal(base64url.decode(wrong), undefined, wrong)
})

t.test('unused bits of the last character do not count', async t => {
  t.equal(hex(base64url.decode('YR')), '61')
  t.equal(hex(base64url.decode('YWJ')), '6162')
})

t.test('whatever is encoded is decoded', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const text = base64url.encode(bytes)
      const padded = Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      return hex(base64url.decode(text)) === hex(bytes) && hex(base64url.decode(padded)) === hex(bytes)
    }),
  )
  t.pass()
})

t.test('a token is canonical if its parts are spelled as they are written', async t => {
  for (const right of ['', '.', 'head', 'head.', 'head.YQ', 'head.YWI.YWJj', '???.YWJj', 'head..'])
    t.equal(isCanonical(right), true, right)
  for (const wrong of [
    'YR',
    'YQ==',
    'head.YR',
    'head.YWJ',
    'head.YQ.YR',
    'head.YR.YQ',
    'head.YWI=',
    'head.=',
    'head.a=',
  ])
    t.equal(isCanonical(wrong), false, wrong)
  const parts = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 3 })
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_='
  fc.assert(
    fc.property(parts, fc.nat(100), fc.constantFrom(...alphabet), (all, at, other) => {
      const texts = all.map(base64url.encode)
      if (!isCanonical(`head.${texts.join('.')}`)) return false
      const i = at % texts.length
      const text = texts[i] as string
      const changed = text.slice(0, -1) + other
      const bytes = base64url.decode(changed)
      if (text === '' || changed === text || bytes === undefined || hex(bytes) !== hex(all[i])) return true
      return !isCanonical(`head.${texts.with(i, changed).join('.')}`)
    }),
    { numRuns: 2000 },
  )
})
