import t from 'tap'
import * as fc from 'fast-check'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { open, seal } from '../../../lib/crypto/xchacha.js'

// draft-irtf-cfrg-xchacha-03, appendix A.3.1
t.test('a message is sealed as in the draft, with the tag before the ciphertext', async t => {
  const message = Buffer.from(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
  const aad = Buffer.from('50515253c0c1c2c3c4c5c6c7', 'hex')
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => 0x80 + i))
  const nonce = Buffer.from(Array.from({ length: 24 }, (_, i) => 0x40 + i))
  const sealed = seal(message, aad, key, nonce)
  t.equal(sealed.subarray(0, 24).toString('hex'), nonce.toString('hex'))
  t.equal(sealed.subarray(24, 40).toString('hex'), 'c0875924c1c7987947deafd8780acf49')
  t.equal(sealed.subarray(40, 56).toString('hex'), 'bd6d179d3e83d43b9576579493c0e939')
  t.equal(open(sealed, aad, key)?.toString(), message.toString())
})

t.test('another implementation opens what is sealed', async t => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array(),
      bytes(32),
      bytes(24),
      (message, aad, key, nonce) => {
        const sealed = seal(Buffer.from(message), Buffer.from(aad), Buffer.from(key), Buffer.from(nonce))
        const theirs = Buffer.concat([sealed.subarray(40), sealed.subarray(24, 40)])
        const opened = xchacha20poly1305(key, nonce, aad).decrypt(theirs)
        return Buffer.from(opened).equals(Buffer.from(message))
      },
    ),
  )
  t.pass()
})

t.test('what is too short, or changed in any byte, does not open', async t => {
  const key = Buffer.alloc(32, 7)
  const aad = Buffer.from('aad')
  const sealed = seal(Buffer.from('hello'), aad, key, Buffer.alloc(24, 1))
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    t.equal(open(changed, aad, key), undefined, `byte ${i}`)
    t.equal(open(sealed.subarray(0, i), aad, key), undefined, `${i} bytes`)
  }
  t.equal(open(sealed, Buffer.from('other'), key), undefined)
  t.equal(open(sealed, aad, Buffer.alloc(32, 8)), undefined)
})
