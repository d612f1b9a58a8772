import { pbkdf2Sync } from 'node:crypto'
import t from 'tap'
import * as fc from 'fast-check'
import { keyGenerator, type KeyOptions } from '../../../lib/crypto/index.js'
import { cases, toBytes, toHex, type Json } from './vectors.js'

// Options are written in Elixir's way; the digest is an atom.
const optionsOf = (json: Json | undefined): KeyOptions => {
  const { digest, ...rest } = json as { readonly digest?: { readonly $atom: string } }
  return { ...rest, ...(digest && { digest: digest.$atom as 'sha256' }) }
}

for (const generate of [keyGenerator.generate, keyGenerator.generateCached])
  t.test(`${generate.name} derives the keys that Plug derives`, async t => {
    for (const { secret, salt, opts, key_hex, message } of cases('key_generator')) {
      const derive = () => generate(toBytes(secret), toBytes(salt), optionsOf(opts))
      if (message === undefined)
        t.equal(toHex(derive()), key_hex, `${salt as string}, ${JSON.stringify(opts)}`)
      else t.throws(derive, { name: 'RangeError' }, `${message as string}: ${JSON.stringify(opts)}`)
    }
  })

t.test('the defaults are 1000 iterations of sha256 for 32 bytes', async t => {
  const key = keyGenerator.generate('password', 'salt')
  t.equal(toHex(key), '632c2812e46d4604102ba7618e9d6d7d2f8128f6266b4a03264d2a0460b7dcb3')
  t.equal(
    toHex(keyGenerator.generate('password', 'salt', { iterations: undefined, length: 32, digest: 'sha256' })),
    toHex(key),
  )
})

t.test('the hash functions go by the names of Erlang and of Node', async t => {
  const derive = (digest: 'sha') =>
    toHex(keyGenerator.generate('password', 'salt', { iterations: 1, length: 16, digest }))
  t.equal(derive('sha'), '0c60c80f961f0e71f3a9b524af601206')
  t.equal(derive('sha1' as 'sha'), derive('sha'))
  t.equal(derive('sha512' as 'sha'), '867f70cf1ade02cff3752599a3a53dc4')
  const all = ['sha', 'sha224', 'sha256', 'sha384', 'sha512'].map(digest => derive(digest as 'sha'))
  t.equal(new Set(all).size, 5)
})

t.test('an option out of its range is refused, without a word of the secret', async t => {
  const refused: readonly (readonly [
    options: object,
    error: { readonly name: string; readonly message: string },
  ])[] = [
    ...[0, -1, 1.5, NaN, 2 ** 31, '10', null].map(
      iterations =>
        [
          { iterations },
          { name: 'RangeError', message: 'keyGenerator: iterations must be an integer from 1 to 2147483647' },
        ] as const,
    ),
    ...[0, -1, 1.5, 2 ** 32, '32', null].map(
      length =>
        [
          { length },
          { name: 'RangeError', message: 'keyGenerator: length must be an integer from 1 to 2147483647' },
        ] as const,
    ),
    ...['md5', 'SHA256', '__proto__', null].map(
      digest =>
        [
          { digest },
          {
            name: 'TypeError',
            message: 'keyGenerator: digest must be sha, sha1, sha224, sha256, sha384 or sha512',
          },
        ] as const,
    ),
  ]
  for (const [options, error] of refused)
    for (const generate of [keyGenerator.generate, keyGenerator.generateCached])
      t.throws(() => generate('hush', 'salt', options), error, JSON.stringify(options))
  t.throws(() => keyGenerator.generate(null as unknown as string, 'salt'), {
    name: 'TypeError',
    message: 'keyGenerator: secret must be a string or a Uint8Array',
  })
  t.throws(() => keyGenerator.generateCached('hush', 7 as unknown as string), {
    message: 'keyGenerator: salt must be a string or a Uint8Array',
  })
})

t.test('a remembered key is the derived one, and a copy of its own', async t => {
  const bytes = fc.oneof(fc.string(), fc.uint8Array())
  const options = fc.record(
    {
      iterations: fc.integer({ min: 1, max: 3 }),
      length: fc.integer({ min: 1, max: 40 }),
      digest: fc.constantFrom('sha1', 'sha256', 'sha512'),
    },
    { requiredKeys: ['iterations'] },
  )
  fc.assert(
    fc.property(bytes, bytes, options, (secret, salt, options) => {
      const expected = toHex(keyGenerator.generate(secret, salt, options))
      const first = keyGenerator.generateCached(secret, salt, options)
      const same = toHex(first) === expected
      first.fill(0)
      return same && toHex(keyGenerator.generateCached(secret, salt, options)) === expected
    }),
  )
  t.pass()
})

t.test('where the salt ends and the secret begins matters', async t => {
  const keys = [
    keyGenerator.generateCached('bc', 'a'),
    keyGenerator.generateCached('c', 'ab'),
    keyGenerator.generateCached(Uint8Array.of(0xa9, 0x63), Uint8Array.of(0xc3)),
    keyGenerator.generateCached('c', 'é'),
  ]
  t.equal(new Set(keys.map(toHex)).size, 4)
})

t.test('for any other values they are those of PBKDF2 with HMAC', async t => {
  const bytes = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array())
  const digests = fc.constantFrom('sha', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512')
  const counts = [fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 200 })] as const
  fc.assert(
    fc.property(bytes, bytes, ...counts, digests, (secret, salt, iterations, length, digest) => {
      const theirs = pbkdf2Sync(secret, salt, iterations, length, digest === 'sha' ? 'sha1' : digest)
      const key = keyGenerator.generate(secret, salt, { iterations, length, digest: digest as 'sha256' })
      return toHex(key) === toHex(theirs)
    }),
  )
  t.pass()
})
