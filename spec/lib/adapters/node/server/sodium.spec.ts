import t from 'tap'
import * as fc from 'fast-check'
import { sodiumCipher, useSodium } from '../../../../../lib/adapters/node/server/sodium.js'
import * as cipher from '../../../../../lib/crypto/cipher.js'
import { nodeCipher } from '../../../../../lib/crypto/cipher.js'

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map(made => Buffer.from(made))
const [key, nonce] = [bytes(32), bytes(24)]

t.test('it seals byte for byte as the one that is always there, and opens what that sealed', async t => {
  const sodium = await sodiumCipher()
  fc.assert(
    fc.property(bytes(0, 300), bytes(0, 40), key, nonce, (message, aad, secret, salt) => {
      const sealed = sodium.seal(message, aad, secret, salt)
      t.equal(sealed, nodeCipher.seal(message, aad, secret, salt))
      t.strictSame(sodium.open(sealed, aad, secret), message)
      t.strictSame(sodium.hash(message), nodeCipher.hash(message))
    }),
  )
})

t.test('messages and additional data of any length, also those that find no room in its memory', async t => {
  const sodium = await sodiumCipher()
  const secret = Buffer.alloc(32, 3)
  const salt = Buffer.alloc(24, 4)
  for (const length of [0, 1, 63, 64, 65, 16_383, 16_384, 16_385, 100_000])
    for (const more of [0, 255, 256, 257, 5_000]) {
      const message = Buffer.alloc(length, 5)
      const aad = Buffer.alloc(more, 6)
      const sealed = sodium.seal(message, aad, secret, salt)
      t.ok(sealed === nodeCipher.seal(message, aad, secret, salt), `${length} bytes, ${more} more`)
      t.ok(sodium.open(sealed, aad, secret)?.equals(message), `${length} bytes, ${more} more, opened`)
      t.ok(sodium.hash(message).equals(nodeCipher.hash(message)), `${length} bytes, hashed`)
    }
})

t.test('what is too short, or changed in any byte, does not open', async t => {
  const sodium = await sodiumCipher()
  const secret = Buffer.alloc(32, 7)
  const aad = Buffer.from('aad')
  const sealed = sodium.seal(Buffer.from('hello'), aad, secret, Buffer.alloc(24, 1))
  const bytes = Buffer.from(sealed, 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i]! ^= 1
    t.equal(sodium.open(changed.toString('base64url'), aad, secret), undefined, `byte ${i}`)
    t.equal(sodium.open(bytes.toString('base64url', 0, i), aad, secret), undefined, `${i} bytes`)
  }
  for (const other of [`${sealed} `, `${sealed}=`, ` ${sealed}`, `${sealed}!`, '', 'é', '\ud800'.repeat(99)])
    t.equal(sodium.open(other, aad, secret), undefined, 'spelled in another way')
  t.equal(sodium.open(sealed, Buffer.from('other'), secret), undefined)
  t.equal(sodium.open(sealed, aad, Buffer.alloc(32, 8)), undefined)
})

t.test('what it gave stays as it was when it is used again', async t => {
  const sodium = await sodiumCipher()
  const secret = Buffer.alloc(32, 7)
  const [aad, salt] = [Buffer.from('aad'), Buffer.alloc(24, 1)]
  const one = sodium.seal(Buffer.from('hello'), aad, secret, salt)
  const opened = sodium.open(one, aad, secret)
  sodium.open(sodium.seal(Buffer.from('other'), aad, secret, salt), aad, secret)
  const nonceOne = sodium.hash(Buffer.from('one'))
  sodium.hash(Buffer.from('two'))
  t.strictSame(nonceOne, nodeCipher.hash(Buffer.from('one')))
  t.equal(opened?.toString(), 'hello')
})

t.test('keys do not stay in its memory, nor messages but for the last block', async t => {
  const memories: Uint8Array[] = []
  const sodium = await sodiumCipher(async options => {
    const { default: load } = await import('libsodium' as string)
    const made = await load(options)
    memories.push(made.HEAPU8)
    return made
  })
  const secret = Buffer.from('the key of thirty-two bytes here')
  // libsodium encrypts what is left of a block of 64 bytes in a place of its own, until the next call.
  const message = Buffer.from('a message that nobody else may read'.repeat(8))
  const sealed = sodium.seal(message, Buffer.from('aad'), secret, Buffer.alloc(24, 1))
  t.strictSame(sodium.open(sealed, Buffer.from('aad'), secret), message)
  sodium.hash(Buffer.concat([secret, message]))
  const memory = Buffer.from(memories[0]!.buffer)
  t.ok(memory.length > 60_000)
  t.notOk(memory.includes(secret), 'the key')
  t.notOk(memory.includes(message.subarray(0, 64)), 'the message')
})

t.test('a libsodium that is not as this one is refused', async t => {
  const { default: load } = await import('libsodium' as string)
  const other = (changes: object) => () =>
    load({ getRandomValue: () => 1 }).then((made: object) => Object.assign(made, changes))
  await t.rejects(sodiumCipher(other({ _sodium_init: () => -1 })), { message: 'libsodium does not start' })
  const refused = { message: 'libsodium does not seal as XChaCha20-Poly1305 does' }
  await t.rejects(
    sodiumCipher(other({ _crypto_aead_xchacha20poly1305_ietf_encrypt_detached: () => 0 })),
    refused,
  )
  await t.rejects(
    sodiumCipher(other({ _crypto_aead_xchacha20poly1305_ietf_decrypt_detached: () => -1 })),
    refused,
  )
})

t.test('it is brought into use once for the process, and stays out where it cannot be had', async t => {
  t.equal(useSodium(), useSodium())
  await useSodium()
  t.teardown(() => cipher.useCipher(nodeCipher))
  const [message, aad, secret, salt] = [
    Buffer.from('a'),
    Buffer.from('b'),
    Buffer.alloc(32),
    Buffer.alloc(24),
  ]
  t.strictSame(cipher.seal(message, aad, secret, salt), nodeCipher.seal(message, aad, secret, salt))
})
