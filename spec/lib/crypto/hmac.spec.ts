import { createHmac } from 'node:crypto'
import t from 'tap'
import * as fc from 'fast-check'
import { hmac } from '../../../lib/crypto/hmac.js'

// RFC 4231, test cases 1, 2 and 6.
t.test('an HMAC is that of the RFC', async t => {
  t.equal(
    hmac('sha256', Buffer.alloc(20, 0x0b), 'Hi There').toString('hex'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  )
  t.equal(
    hmac('sha384', Buffer.from('Jefe'), 'what do ya want for nothing?').toString('hex'),
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  )
  t.equal(
    hmac(
      'sha256',
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
    ).toString('hex'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  )
})

t.test('it is what Node makes, with keys around the length of a block and any text', async t => {
  const key = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(0, 1, 63, 64, 65, 127, 128, 129).map(length => new Uint8Array(length).fill(0x36)),
  )
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(fc.constantFrom('sha256', 'sha384', 'sha512'), key, text, (digest, bytes, given) => {
      const secret = Buffer.from(bytes)
      t.strictSame(hmac(digest, secret, given), createHmac(digest, secret).update(given).digest())
      t.strictSame(secret, Buffer.from(bytes))
    }),
    { numRuns: 1000 },
  )
})
