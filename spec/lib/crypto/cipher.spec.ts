import t from 'tap'
import { open, seal, useCipher } from '../../../lib/crypto/cipher.js'
import { messageEncryptor } from '../../../lib/crypto/index.js'
import * as xchacha from '../../../lib/crypto/xchacha.js'

const key = Buffer.alloc(32, 7)
const aad = Buffer.from('aad')
const nonce = Buffer.alloc(24, 1)
const message = Buffer.from('hello')

t.test('from the start it is the one that needs nothing but Node', async t => {
  const sealed = seal(message, aad, key, nonce)
  t.strictSame(sealed, xchacha.seal(message, aad, key, nonce))
  t.strictSame(open(sealed, aad, key), message)
})

t.test('another is used for every message from then on', async t => {
  const asked: string[] = []
  t.teardown(() => useCipher(xchacha))
  useCipher({
    seal: (...given) => {
      asked.push('seal')
      return xchacha.seal(...given)
    },
    open: (...given) => {
      asked.push('open')
      return xchacha.open(...given)
    },
  })
  const token = messageEncryptor.encrypt(message, key, '', { nonce })
  messageEncryptor.decrypt(token, key, '')
  t.strictSame(asked, ['seal', 'open'])
})
