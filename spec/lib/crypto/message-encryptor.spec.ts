import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import t from 'tap'
import * as fc from 'fast-check'
import { isNone, isSome, toUndefined } from 'fp-ts/lib/Option.js'
import { base64url, messageEncryptor } from '../../../lib/crypto/index.js'
import { cases, fromHex, toHex } from './vectors.js'

const { encrypt, decrypt, sealNonce } = messageEncryptor
const secret = 'abcdefgh'.repeat(4)
const nonce = Uint8Array.from({ length: 24 }, (_, i) => i)
const entropy = new Uint8Array(24).fill(9)

t.test('what Plug encrypted is decrypted, and with its nonce encrypted to the same token', async t => {
  for (const { aad, payload_hex, secret_hex, sign_secret_hex, token } of cases('message_encryptor')) {
    const secret = fromHex(secret_hex)
    const signSecret = fromHex(sign_secret_hex)
    const message = decrypt(token as string, secret, signSecret, { aad: aad as string })
    t.equal(isSome(message) && toHex(message.value), payload_hex)
    const nonce = (base64url.decode((token as string).slice(4)) as Uint8Array).subarray(0, 24)
    t.equal(encrypt(fromHex(payload_hex), secret, signSecret, { aad: aad as string, nonce }), token)
    t.ok(isNone(decrypt(token as string, secret, signSecret, { aad: `${aad as string}!` })))
    t.ok(
      isSome(decrypt(token as string, secret, 'ignored', { aad: aad as string })),
      'the sign secret is not used',
    )
  }
})

t.test('what Plug.Crypto 1 encrypted is decrypted, with all sizes of its keys', async t => {
  for (const { aad, payload_hex, secret_hex, sign_secret_hex, token } of cases(
    'message_encryptor_legacy_v1',
  )) {
    const secret = fromHex(secret_hex)
    const signSecret = fromHex(sign_secret_hex)
    const message = decrypt(token as string, secret, signSecret, { aad: aad as string })
    t.equal(isSome(message) && toHex(message.value), payload_hex)
    t.ok(
      isNone(decrypt(token as string, secret, 'another', { aad: aad as string })),
      'the sign secret is used',
    )
    t.ok(isNone(decrypt(token as string, secret, signSecret, { aad: 'another' })))
    t.ok(isNone(decrypt(token as string, 'x'.repeat(secret.length), signSecret, { aad: aad as string })))
  }
})

t.test('what Plug refuses to encrypt is refused', async t => {
  const expected = [
    { name: 'RangeError', message: 'messageEncryptor: secret must be exactly 32 bytes to encrypt' },
    { name: 'RangeError', message: 'messageEncryptor: secret must be exactly 32 bytes to encrypt' },
    { name: 'TypeError', message: 'messageEncryptor: message must be a string or a Uint8Array' },
    { name: 'TypeError', message: 'messageEncryptor: signSecret must be a string or a Uint8Array' },
  ]
  for (const [i, { secret_hex, sign_secret }] of cases('message_encryptor_errors').entries()) {
    // The third case encrypts what is no binary; the fixture does not show it.
    const message = i === 2 ? (123 as unknown as string) : 'message'
    t.throws(
      () => encrypt(message, fromHex(secret_hex), sign_secret as string, { nonce }),
      expected[i] as (typeof expected)[0],
    )
  }
})

t.test('the token of the documentation', async t => {
  const token = 'XCP.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXplMWz1MPWixQ-TJd3cK6A2auFkjB5eZFPimQ'
  t.equal(encrypt('hello world', secret, '', { nonce }), token)
  t.equal(encrypt(Buffer.from('hello world'), Buffer.from(secret), '', { nonce, aad: 'A128GCM' }), token)
  t.equal(Buffer.from(toUndefined(decrypt(token, secret, '')) ?? []).toString(), 'hello world')
})

t.test('a nonce can be derived from entropy', async t => {
  const token = encrypt('hello', secret, '', { entropy })
  t.equal(token, encrypt('hello', secret, '', { nonce: sealNonce(entropy, secret, 'A128GCM', 'hello') }))
  t.not(
    token.slice(0, 36),
    encrypt('hullo', secret, '', { entropy }).slice(0, 36),
    'another message, another nonce',
  )
  t.equal(
    encrypt('hello', secret, '', { entropy, aad: 'x' }),
    encrypt('hello', secret, '', { aad: 'x', nonce: sealNonce(entropy, secret, 'x', 'hello') }),
  )
})

t.test('nonce and entropy must have their length', async t => {
  for (const wrong of [new Uint8Array(23), new Uint8Array(25), 'x'.repeat(24) as unknown as Uint8Array])
    t.throws(() => encrypt('hello', secret, '', { nonce: wrong }), {
      name: 'RangeError',
      message: 'messageEncryptor: nonce must be exactly 24 bytes',
    })
  t.throws(() => encrypt('hello', secret, '', {} as { entropy: Uint8Array }), {
    name: 'RangeError',
    message: 'sealNonce: entropy must be at least 24 bytes',
  })
})

t.test('decrypting needs a secret of a size that some version used', async t => {
  const token = encrypt('hello', secret, '', { nonce })
  for (const size of [0, 15, 31, 33])
    t.throws(() => decrypt(token, 'x'.repeat(size), ''), {
      name: 'RangeError',
      message: 'messageEncryptor: secret must be 16, 24 or 32 bytes',
    })
  for (const size of [16, 24]) t.ok(isNone(decrypt(token, 'x'.repeat(size), '')))
  t.throws(() => decrypt(token, secret, null as unknown as string), { name: 'TypeError' })
})

t.test('everything else is none', async t => {
  const [legacy] = cases('message_encryptor_legacy_v1').map(({ token }) => token as string)
  const parts = (legacy as string).split('.')
  const broken = [
    '',
    'XCP',
    'XCP.',
    'XCP.AAAA',
    'XCP.!',
    'xcp.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXplMWz1MPWixQ-TJd3cK6A2auFkjB5eZFPimQ',
    'QTEyOEdDTQ',
    'QTEyOEdDTQ.',
    'QTEyOEdDTQ....',
    'QTEyOEdDTQ.....',
    'A128GCM.a.b.c.d',
    ...parts.map((_, i) => parts.filter((_, j) => i !== j).join('.')),
    ...parts.map((_, i) => parts.map((part, j) => (i === j ? '*' : part)).join('.')),
    ...parts.map((_, i) => parts.map((part, j) => (i === j ? 'AAAA' : part)).join('.')),
    `${legacy as string}.`,
  ]
  const [{ secret_hex, sign_secret_hex }] = cases('message_encryptor_legacy_v1') as [Record<string, string>]
  for (const token of broken)
    t.ok(isNone(decrypt(token, fromHex(secret_hex), fromHex(sign_secret_hex))), token)
})

t.test('whatever is encrypted is decrypted, with its secret and additional data alone', async t => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const bytes = fc.oneof(fc.string(), fc.uint8Array())
  fc.assert(
    fc.property(
      bytes,
      key,
      key,
      bytes,
      bytes,
      fc.uint8Array({ minLength: 24, maxLength: 40 }),
      (message, secret, other, aad, otherAad, entropy) => {
        const hex = (value: string | Uint8Array): string => toHex(Buffer.from(value as string))
        const token = encrypt(message, secret, '', { entropy, aad })
        const opened = toUndefined(decrypt(token, secret, '', { aad }))
        return (
          opened !== undefined &&
          toHex(opened) === hex(message) &&
          (hex(secret) === hex(other) || isNone(decrypt(token, other, '', { aad }))) &&
          (hex(aad) === hex(otherAad) || isNone(decrypt(token, secret, '', { aad: otherAad })))
        )
      },
    ),
  )
  t.pass()
})

t.test('changing any character makes a token undecipherable', async t => {
  // 48 bytes are 64 characters without unused bits: each change counts.
  const token = encrypt('8 bytes!', secret, '', { nonce })
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (i, c) => {
      const changed = token.slice(0, i) + c + token.slice(i + 1)
      return changed === token || isNone(decrypt(changed, secret, ''))
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('no text makes decrypting throw', async t => {
  const part = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.uint8Array({ maxLength: 80 }).map(base64url.encode),
  )
  const token = fc.oneof(
    fc.string({ unit: 'binary' }),
    part.map(part => `XCP.${part}`),
    fc.array(part).map(parts => `QTEyOEdDTQ.${parts.join('.')}`),
  )
  fc.assert(fc.property(token, token => isNone(decrypt(token, secret, ''))))
  t.pass()
})

t.test('for any other values a token is nonce, tag and ciphertext of XChaCha20-Poly1305', async t => {
  const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
  fc.assert(
    fc.property(bytes(0, 300), bytes(32, 32), bytes(24, 24), bytes(0, 40), (message, key, nonce, aad) => {
      const sealed = Buffer.from(xchacha20poly1305(key, nonce, aad).encrypt(message))
      const parts = [nonce, sealed.subarray(-16), sealed.subarray(0, -16)]
      const theirs = `XCP.${Buffer.concat(parts).toString('base64url')}`
      return encrypt(message, key, '', { nonce, aad }) === theirs && isSome(decrypt(theirs, key, '', { aad }))
    }),
  )
  t.pass()
})
