import { createHash } from 'node:crypto'
import t from 'tap'
import * as fc from 'fast-check'
import { messageEncryptor } from '../../../lib/crypto/index.js'
import { toHex } from './vectors.js'

const { sealNonce } = messageEncryptor
const entropy = new Uint8Array(24).fill(1)
const key = new Uint8Array(32).fill(2)

t.test('the same input gives the same 24 bytes', async t => {
  const nonce = sealNonce(entropy, key, 'aad', 'hello')
  t.equal(nonce.length, 24)
  t.equal(
    toHex(nonce),
    toHex(sealNonce(new Uint8Array(entropy), new Uint8Array(key), 'aad', Buffer.from('hello'))),
  )
})

t.test('it is the start of a BLAKE2b-512 of the lengths and then the parts, the key first', async t => {
  const lengths = Buffer.from('00000020000000180000000300000005', 'hex')
  const input = Buffer.concat([lengths, key, entropy, Buffer.from('aad'), Buffer.from('hello')])
  t.equal(
    toHex(sealNonce(entropy, key, 'aad', 'hello')),
    toHex(createHash('blake2b512').update(input).digest().subarray(0, 24)),
  )
})

t.test('two different things never get one nonce, even from the same entropy', async t => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(new Uint8Array(0), Uint8Array.of(0)),
  )
  const thing = fc.tuple(part, part)
  fc.assert(
    fc.property(thing, thing, ([aad, text], [otherAad, otherText]) => {
      const same = toHex(aad) === toHex(otherAad) && toHex(text) === toHex(otherText)
      const nonces = [sealNonce(entropy, key, aad, text), sealNonce(entropy, key, otherAad, otherText)]
      return same === (toHex(nonces[0] as Uint8Array) === toHex(nonces[1] as Uint8Array))
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('moving bytes from one part to another makes another nonce', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 80 }), fc.nat(6), fc.nat(6), (bytes, i, j) => {
      const split = (at: number) =>
        toHex(sealNonce(bytes.subarray(0, 24), key, bytes.subarray(24, 24 + at), bytes.subarray(24 + at)))
      return (i === j) === (split(i) === split(j))
    }),
  )
  t.pass()
})

t.test('other entropy and another key make another nonce', async t => {
  const nonces = [
    sealNonce(entropy, key, '', 'hello'),
    sealNonce(new Uint8Array(24).fill(3), key, '', 'hello'),
    sealNonce(new Uint8Array(25).fill(1), key, '', 'hello'),
    sealNonce(entropy, new Uint8Array(32).fill(3), '', 'hello'),
  ]
  t.equal(new Set(nonces.map(toHex)).size, 4)
})

t.test('entropy must be 24 bytes or more', async t => {
  for (const wrong of [
    new Uint8Array(23),
    'x'.repeat(24) as unknown as Uint8Array,
    undefined as unknown as Uint8Array,
  ])
    t.throws(() => sealNonce(wrong, key, '', ''), {
      name: 'RangeError',
      message: 'sealNonce: entropy must be at least 24 bytes',
    })
  t.throws(() => sealNonce(entropy, key, 1 as unknown as string, ''), {
    name: 'TypeError',
    message: 'sealNonce: aad must be a string or a Uint8Array',
  })
})
