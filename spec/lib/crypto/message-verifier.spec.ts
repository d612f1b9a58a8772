import { createHmac } from 'node:crypto'
import t from 'tap'
import * as fc from 'fast-check'
import { isNone, isSome, toUndefined } from 'fp-ts/lib/Option.js'
import { messageVerifier, type SignatureDigest } from '../../../lib/crypto/index.js'
import { cases, fromHex, toBytes, toHex } from './vectors.js'

const { sign, verify } = messageVerifier
const opened = (token: string, secret = 'secret'): string | undefined => {
  const message = toUndefined(verify(token, secret))
  return message && Buffer.from(message).toString()
}

t.test('messages are signed as Plug signs them, and verified', async t => {
  for (const { message_hex, secret, digest, token } of cases('message_verifier_sign')) {
    const key = toBytes(secret)
    t.equal(sign(fromHex(message_hex), key, digest as SignatureDigest), token)
    const verified = verify(token as string, key)
    t.equal(isSome(verified) && toHex(verified.value), message_hex)
    t.ok(isNone(verify(token as string, 'another secret')))
  }
})

t.test('what Plug refuses to sign is refused', async t => {
  const expected = [
    /secret must not be empty/,
    /digest must be sha256, sha384 or sha512/,
    /digest must be sha256, sha384 or sha512/,
    /message must be a string or a Uint8Array/,
    /secret must be a string or a Uint8Array/,
  ]
  for (const [i, { secret, digest }] of cases('message_verifier_sign_errors').entries()) {
    // The fourth case signs what is no binary; the fixture does not show it.
    const message = i === 3 ? (123 as unknown as string) : 'message'
    t.throws(() => sign(message, toBytes(secret), digest as SignatureDigest), {
      name: 'TypeError',
      message: expected[i] as RegExp,
    })
  }
})

t.test('verifying needs a secret, too', async t => {
  t.throws(() => verify('SFMyNTY.YQ.AA', ''), {
    name: 'TypeError',
    message: 'messageVerifier: secret must not be empty',
  })
})

t.test('the digest is taken from the token', async t => {
  for (const digest of ['sha256', 'sha384', 'sha512'] as const)
    t.equal(opened(sign('hello', 'secret', digest)), 'hello')
  t.match(sign('hello', 'secret', 'sha512'), /^SFM1MTI\.aGVsbG8\.[\w-]{86}$/)
})

t.test('a header of another digest, or of none, is refused', async t => {
  const [, message, signature] = sign('hello', 'secret').split('.') as [string, string, string]
  for (const header of ['SFMzODQ', 'SFM1MTI', 'bm9uZQ', 'sfmynty', 'SFMyNTZ', 'XCP', ''])
    t.equal(opened(`${header}.${message}.${signature}`), undefined, header)
})

t.test('a token has exactly three parts', async t => {
  const token = sign('hello', 'secret')
  for (const wrong of [
    '',
    '.',
    '..',
    '...',
    'SFMyNTY',
    'SFMyNTY.',
    'SFMyNTY..',
    `${token}.`,
    `${token}.x`,
    `.${token}`,
  ])
    t.equal(opened(wrong), undefined, wrong)
  t.equal(opened(token.slice(0, token.lastIndexOf('.'))), undefined)
})

t.test('the signature may be padded and its unused bits do not count, as in Plug', async t => {
  const token = 'SFMyNTY.aGVsbG8gd29ybGQ.k_zLAG_uMdIoLoQlm7legV0eIm0J2LmyIU4MH-J6at4'
  t.equal(opened(token), 'hello world')
  t.equal(opened(`${token}=`), 'hello world')
  t.equal(opened(token.replace(/4$/, '5')), 'hello world')
  t.equal(opened(token.replace(/4$/, '8')), undefined)
})

t.test('a message that is signed but no base64url is refused', async t => {
  // Signed with the secret over the text as it stands.
  const { hmac } = await import('../../../lib/crypto/hmac.js')
  for (const part of ['ab*d', 'abcde', 'YQ=', 'a b', 'é']) {
    const text = `SFMyNTY.${part}`
    const token = `${text}.${hmac('sha256', Buffer.from('secret'), text).toString('base64url')}`
    t.equal(opened(token), undefined, part)
  }
})

t.test('whatever is signed verifies, with its secret alone', async t => {
  const secret = fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1 }))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), secret, secret, (message, secret, other) => {
      const token = sign(message, secret)
      const same = Buffer.from(secret as string).equals(Buffer.from(other as string))
      const verified = verify(token, secret)
      // HMAC fills keys up with zero bytes, so keys that differ in those alone are one key.
      const alike = (key: string | Uint8Array): string =>
        toHex(Buffer.from(key as string)).replace(/(00)+$/, '')
      return (
        isSome(verified) &&
        toHex(verified.value) === toHex(message) &&
        (same || alike(secret) === alike(other) || isNone(verify(token, other)))
      )
    }),
  )
  t.pass()
})

t.test('changing any character makes a token invalid', async t => {
  const token = sign('a message that matters', 'secret')
  fc.assert(
    fc.property(fc.nat(token.length - 2), fc.string({ minLength: 1, maxLength: 1 }), (i, c) => {
      const changed = token.slice(0, i) + c + token.slice(i + 1)
      return changed === token || isNone(verify(changed, 'secret'))
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('no text makes verifying throw', async t => {
  const part = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('SFMyNTY', 'SFM1MTI'))
  const token = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map(parts => parts.join('.')),
  )
  fc.assert(fc.property(token, token => isNone(verify(token, 'secret'))))
  t.pass()
})

t.test('for any other values a token is header, message and HMAC', async t => {
  const bytes = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 }))
  const secret = fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 200 }))
  const digests = fc.constantFrom('sha256' as const, 'sha384' as const, 'sha512' as const)
  fc.assert(
    fc.property(bytes, secret, digests, (message, secret, digest) => {
      const head = Buffer.from(`HS${digest.slice(3)}`).toString('base64url')
      const text = `${head}.${Buffer.from(message as string).toString('base64url')}`
      const theirs = `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`
      return sign(message, secret, digest) === theirs && isSome(verify(theirs, secret))
    }),
  )
  t.pass()
})
