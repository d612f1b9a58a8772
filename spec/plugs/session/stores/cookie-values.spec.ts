// What Plug does, told a second time with Node's own functions alone, for secrets, salts, key options and contents that
// Plug's recorded cases do not have.
import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import t from 'tap'
import * as fc from 'fast-check'
import { termFormat, type Term } from '../../../../lib/crypto/index.js'
import { conn } from '../../../../lib/testing/index.js'
import { cookieStore, mergeSession, type CookieStoreOptions } from '../../../../plugs/session/index.js'
import { shown } from '../../../lib/crypto/vectors.js'
import { answer, cookieOf, read } from '../kit.js'

const key = '_other_key'

/** The keys of a set of options, and what a session in term format is in a cookie of Plug's. */
interface Plug {
  readonly set: CookieStoreOptions
  readonly secret: string
}
const derived = ({ set, secret }: Plug, salt: string): Buffer => {
  const digest = set.keyDigest ?? 'sha256'
  return pbkdf2Sync(
    set.secretKeyBase ?? secret,
    salt,
    set.keyIterations ?? 1000,
    set.keyLength ?? 32,
    digest === 'sha' ? 'sha1' : digest,
  )
}
const heads = { sha256: 'SFMyNTY', sha384: 'SFMzODQ', sha512: 'SFM1MTI' } as const
const signedBy = (plug: Plug, payload: Uint8Array, digest: keyof typeof heads = 'sha256'): string => {
  const message = `${heads[digest]}.${Buffer.from(payload).toString('base64url')}`
  const mac = createHmac(digest, derived(plug, plug.set.signingSalt)).update(message)
  return `${message}.${mac.digest('base64url')}`
}
const sealedBy = (plug: Plug, payload: Uint8Array, nonce: Uint8Array): string => {
  const cipher = xchacha20poly1305(
    derived(plug, plug.set.encryptionSalt as string),
    nonce,
    Buffer.from('A128GCM'),
  )
  const sealed = Buffer.from(cipher.encrypt(payload))
  const tag = sealed.subarray(-16)
  return `XCP.${Buffer.concat([nonce, tag, sealed.subarray(0, -16)]).toString('base64url')}`
}
const unsealedBy = (plug: Plug, cookie: string): Uint8Array => {
  const bytes = Buffer.from(cookie.slice(4), 'base64url')
  const aad = Buffer.from('A128GCM')
  const cipher = xchacha20poly1305(
    derived(plug, plug.set.encryptionSalt as string),
    bytes.subarray(0, 24),
    aad,
  )
  return cipher.decrypt(Buffer.concat([bytes.subarray(40), bytes.subarray(24, 40)]))
}
/** As the first version of Plug.Crypto sealed: AES-GCM under a key of its own, which is wrapped by AES-GCM. */
const legacyBy = (plug: Plug, payload: Uint8Array, cekLength: 16 | 24 | 32): string => {
  const gcm = (key: Buffer, aad: Buffer, message: Uint8Array) => {
    const iv = randomBytes(12)
    const cipher = createCipheriv(`aes-${(key.length * 8) as 128}-gcm`, key, iv).setAAD(aad)
    const text = Buffer.concat([cipher.update(message), cipher.final()])
    return { iv, text, tag: cipher.getAuthTag() }
  }
  const cek = randomBytes(cekLength)
  const sign = derived(plug, plug.set.signingSalt)
  const wrapped = gcm(derived(plug, plug.set.encryptionSalt as string), sign, cek)
  const { iv, text, tag } = gcm(cek, Buffer.from('A128GCM'), payload)
  const parts = [Buffer.concat([wrapped.text, wrapped.tag, wrapped.iv]), iv, text, tag]
  return ['QTEyOEdDTQ', ...parts.map(part => part.toString('base64url'))].join('.')
}

const secrets = fc.string({ unit: 'grapheme', minLength: 64, maxLength: 90 })
const salts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const digests = fc.constantFrom('sha', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512')
const sets = (encrypted: boolean): fc.Arbitrary<CookieStoreOptions> =>
  fc.record(
    {
      signingSalt: salts,
      ...(encrypted && { encryptionSalt: salts }),
      keyIterations: fc.integer({ min: 1, max: 1500 }),
      keyLength: encrypted ? fc.constant(32) : fc.integer({ min: 1, max: 80 }),
      keyDigest: digests,
      secretKeyBase: secrets,
    },
    { requiredKeys: encrypted ? (['signingSalt', 'encryptionSalt'] as never) : ['signingSalt'] },
  ) as unknown as fc.Arbitrary<CookieStoreOptions>
const contents = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer(), fc.boolean(), fc.constant(null)),
  { maxKeys: 6 },
) as fc.Arbitrary<Readonly<Record<string, Term>>>

const holds = (store: CookieStoreOptions, secret: string, cookie: string, data: object): boolean => {
  const request = conn('GET', '/', { secretKeyBase: secret, cookies: { [key]: cookie } })
  const found = read({ store: cookieStore(store), key }, request)
  return JSON.stringify(shown({ ...found } as Term)) === JSON.stringify(shown(data as Term))
}
const written = (store: CookieStoreOptions, secret: string, data: Readonly<Record<string, Term>>): string =>
  cookieOf(
    answer(
      { store: cookieStore(store), key },
      conn('GET', '/', { secretKeyBase: secret }),
      mergeSession({ ...data, '': 0 }),
    ),
    key,
  )

t.test('with other secrets, salts and key options the cookies are still those of Plug: signed', async t => {
  fc.assert(
    fc.property(sets(false), secrets, contents, (set, secret, data) => {
      const plug = { set, secret }
      const whole = { ...data, '': 0 }
      return (
        written(set, secret, data) === signedBy(plug, termFormat.encode(whole)) &&
        (['sha256', 'sha384', 'sha512'] as const).every(digest =>
          holds(set, secret, signedBy(plug, termFormat.encode(data), digest), data),
        )
      )
    }),
    { numRuns: 60 },
  )
  t.pass()
})

t.test('and encrypted, those of its first version too', async t => {
  const nonces = fc.uint8Array({ minLength: 24, maxLength: 24 })
  const lengths = fc.constantFrom(16, 24, 32)
  fc.assert(
    fc.property(sets(true), secrets, contents, nonces, lengths, (set, secret, data, nonce, length) => {
      const plug = { set, secret }
      const payload = termFormat.encode(data)
      const opened = unsealedBy(plug, written(set, secret, data))
      return (
        Buffer.from(opened).equals(Buffer.from(termFormat.encode({ ...data, '': 0 }))) &&
        holds(set, secret, sealedBy(plug, payload, nonce), data) &&
        holds(set, secret, legacyBy(plug, payload, length as 16), data)
      )
    }),
    { numRuns: 60 },
  )
  t.pass()
})

t.test('a cookie of one set of keys is empty for every other, and read where that is rotated', async t => {
  const both = fc.tuple(fc.boolean(), fc.boolean()).chain(([a, b]) => fc.tuple(sets(a), sets(b)))
  fc.assert(
    fc.property(both, secrets, secrets, contents, ([one, two], secret, other, data) => {
      const cookie = written(one, secret, data)
      const whole = { ...data, '': 0 }
      const alike = (a: CookieStoreOptions): string =>
        JSON.stringify([
          a.signingSalt,
          a.encryptionSalt,
          a.secretKeyBase,
          a.keyDigest,
          a.keyIterations,
          a.keyLength,
        ])
      return (
        alike(one) === alike(two) ||
        ((one.secretKeyBase !== undefined || secret === other || holds(one, other, cookie, {})) &&
          holds(two, secret, cookie, {}) &&
          // A set without a secret of its own takes the conn's.
          holds({ ...two, rotatingOptions: [one] }, secret, cookie, whole) &&
          holds({ ...two, rotatingOptions: [{ signingSalt: 'nobody' }, one, two] }, secret, cookie, whole))
      )
    }),
    { numRuns: 60 },
  )
  t.pass()
})
