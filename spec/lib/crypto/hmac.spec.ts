import t from 'tap'
import { hmac } from '../../../lib/crypto/hmac.js'

// RFC 4231, test cases 1 and 2.
t.test('an HMAC of bytes and of text', async t => {
  const key = Buffer.alloc(20, 0x0b)
  const expected = 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'
  t.equal(hmac('sha256', key, Buffer.from('Hi There')).toString('hex'), expected)
  t.equal(hmac('sha256', key, 'Hi There').toString('hex'), expected)
  t.equal(
    hmac('sha384', Buffer.from('Jefe'), 'what do ya want for nothing?').toString('hex'),
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  )
})
