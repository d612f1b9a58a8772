import t from 'tap'
import { hash, nodeCipher, open, seal, useCipher } from '../../../lib/crypto/cipher.js'
import { messageEncryptor } from '../../../lib/crypto/index.js'
import * as xchacha from '../../../lib/crypto/xchacha.js'

const key = Buffer.alloc(32, 7)
const aad = Buffer.from('aad')
const nonce = Buffer.alloc(24, 1)
const message = Buffer.from('hello')

t.test('from the start it is the one that needs nothing but Node', async t => {
  const sealed = seal(message, aad, key, nonce)
  t.equal(sealed, xchacha.seal(message, aad, key, nonce).toString('base64url'))
  t.strictSame(open(sealed, aad, key), message)
  t.equal(hash(message).toString('hex'), 'e4cfa39a3d37be31c59609e807970799caa68a19bfaa1513', 'RFC 7693')
})

t.test('the same bytes spelled in another way do not open', async t => {
  const sealed = seal(message, aad, key, nonce)
  t.equal(sealed.length % 4, 0)
  const longer = seal(Buffer.from('hello!'), aad, key, nonce)
  t.equal(longer.length % 4, 2)
  for (const other of [
    `${sealed} `,
    `${sealed}=`,
    ` ${sealed}`,
    `${longer}==`,
    longer.replace(/.$/, last => (last === 'A' ? 'B' : String.fromCharCode(last.charCodeAt(0) + 1))),
  ])
    t.equal(open(other, aad, key), undefined, other)
})

t.test('another is used for every message from then on', async t => {
  const asked: string[] = []
  t.teardown(() => useCipher(nodeCipher))
  useCipher({
    seal: (...given) => {
      asked.push('seal')
      return nodeCipher.seal(...given)
    },
    open: (...given) => {
      asked.push('open')
      return nodeCipher.open(...given)
    },
    hash: given => {
      asked.push('hash')
      return nodeCipher.hash(given)
    },
  })
  const token = messageEncryptor.encrypt(message, key, '', { entropy: nonce })
  messageEncryptor.decrypt(token, key, '')
  t.strictSame(asked, ['hash', 'seal', 'open'])
})
