import t from 'tap'
import * as fc from 'fast-check'
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import {
  atom,
  decrypt,
  encrypt,
  float,
  keyGenerator,
  messageEncryptor,
  messageVerifier,
  sign,
  termFormat,
  termMap,
  tuple,
  verify,
  type MaxAge,
  type Term,
  type TokenError,
  type TokenKeyOptions,
} from '../../../lib/crypto/index.js'
import { anyTerm, cases, fromHex, now, shown, toTerm, type Case, type Json } from './vectors.js'

const base = 'a secret key base'
const entropy = new Uint8Array(24).fill(5)

// Options are written in Elixir's way: atoms, floats, names with underscores.
const optionOf = (json: Json | undefined): never => {
  const value = json === undefined ? undefined : toTerm(json)
  return (termFormat.isAtom(value) ? value.name : termFormat.isFloat(value) ? value.value : value) as never
}
const optionsOf = (
  json: Json | undefined,
): TokenKeyOptions & { readonly maxAge?: MaxAge; readonly signedAt: number } => {
  const options = json as { readonly [name: string]: Json }
  const names = {
    key_iterations: 'keyIterations',
    key_length: 'keyLength',
    key_digest: 'keyDigest',
    max_age: 'maxAge',
    signed_at: 'signedAt',
  }
  const known = Object.entries(names).filter(([name]) => name in options)
  return Object.fromEntries(known.map(([name, ours]) => [ours, optionOf(options[name])])) as never
}

/** Where Plug raises for what a token holds, the token is invalid here. */
const expectedOf = (verdict: Json | undefined): unknown => {
  const { ok, error } = verdict as { readonly ok?: Json; readonly error?: string; readonly raise?: string }
  return ok === undefined ? { left: error ?? 'invalid' } : { right: shown(toTerm(ok)) }
}
const shownResult = (result: Either<TokenError, Term>): unknown =>
  isLeft(result) ? { left: result.left } : { right: shown(result.right) }

const hasAtoms = (json: Json): boolean =>
  typeof json === 'object' && json !== null
    ? '$atom' in json || Object.values(json).some(hasAtoms)
    : json === null || typeof json === 'boolean'
const isLarge = (json: Json): boolean => Object.keys(json as object).length > 32

t.test('terms are signed as Plug signs them, and verified', async t => {
  for (const { data, key_base, salt, opts, token, verify: verdict, verify_opts } of cases(
    'plug_crypto_sign',
  )) {
    const [keyBase, name] = [key_base as string, salt as string]
    const options = { now, ...optionsOf(verify_opts) }
    t.strictSame(shownResult(verify(keyBase, name, token as string, options)), expectedOf(verdict))
    const ours = sign(keyBase, name, toTerm(data as Json), optionsOf(opts))
    t.strictSame(shownResult(verify(keyBase, name, ours, options)), expectedOf(verdict), 'our own token')
    // OTP 25 wrote atoms with another tag, and has an order of its own for maps of more than 32 keys.
    if (hasAtoms(data as Json) || 'key_digest' in (opts as object) || isLarge(data as Json)) continue
    t.equal(ours, token, 'byte for byte')
  }
})

t.test('terms that Plug encrypted are decrypted', async t => {
  for (const { data, key_base, secret, opts, token, decrypt: verdict, decrypt_opts } of cases(
    'plug_crypto_encrypt',
  )) {
    const [keyBase, name] = [key_base as string, secret as string]
    const options = { now, ...optionsOf(decrypt_opts) }
    t.strictSame(shownResult(decrypt(keyBase, name, token as string, options)), expectedOf(verdict))
    const ours = encrypt(keyBase, name, toTerm(data as Json), { ...optionsOf(opts), entropy })
    t.strictSame(shownResult(decrypt(keyBase, name, ours, options)), expectedOf(verdict), 'our own token')
  }
})

t.test('all ways in which a payload may be encoded are read', async t => {
  for (const { name, etf_hex, key_base, salt, token, verify: verdict } of cases('etf_variants')) {
    const result = verify(key_base as string, salt as string, token as string, { now })
    t.equal(
      messageVerifier.sign(fromHex(etf_hex), keyGenerator.generate(key_base as string, salt as string)),
      token,
    )
    const { ok } = verdict as { readonly ok?: { readonly $inspect?: string } }
    if (ok?.$inspect === undefined) t.strictSame(shownResult(result), expectedOf(verdict), name as string)
    // Elixir's way of showing them is not ours.
    else if (name === 'pid')
      t.strictSame(shownResult(result), { right: { pid: (etf_hex as string).slice(6, 64) } }, 'pid')
    else t.strictSame(shownResult(result), { right: { bits: 'a0', last: 3 } }, name as string)
  }
})

// The clock of the one who signed may be ahead: plug_crypto 2.1.1, which made the cases, lets such a token pass, however
// far ahead; from 2.2 on Plug refuses it. Here it passes within clockSkew.
const refusedSince22 = /^signed in the future/

const verdictOf = ({ name, expect }: Case): unknown =>
  refusedSince22.test(name as string) ? { left: 'invalid' } : expectedOf(expect)

t.test('tokens that are broken, forged or expired get the verdict of Plug', async t => {
  for (const each of cases('invalid_verify')) {
    const { name, key_base, salt, token, opts } = each
    const check = () =>
      verify(key_base as string, salt as string, token as string | null, { now, ...optionsOf(opts) })
    // An option that is no age is a mistake of the program, not of the token.
    if (name === 'max_age nil override')
      t.throws(check, {
        name: 'TypeError',
        message: "token: maxAge must be a number of seconds or 'infinity'",
      })
    else t.strictSame(shownResult(check()), verdictOf(each), name as string)
  }
  for (const each of cases('invalid_decrypt')) {
    const { name, key_base, secret, token, opts } = each
    const result = decrypt(key_base as string, secret as string, token as string, { now, ...optionsOf(opts) })
    t.strictSame(shownResult(result), verdictOf(each), name as string)
  }
})

t.test('the token of the documentation', async t => {
  const token = 'SFMyNTY.g2gDYQFhAGIAAVGA.KXdBHt_mqSOGliRNUFeDbTg4AIlwgDAyz6NZFjYMFDQ'
  t.equal(sign('abc123', 'id', 1, { signedAt: 0 }), token)
  t.strictSame(verify('abc123', 'id', token, { now, maxAge: 'infinity' }), right(1))
})

t.test('a token is valid up to and including its age', async t => {
  const token = sign(base, 'salt', 'data', { signedAt: 1000, maxAge: 60 })
  for (const [now, verdict] of [
    [939_999, left('invalid')],
    [940_000, right('data')],
    [999_999, right('data')],
    [1_000_000, right('data')],
    [1_060_000, right('data')],
    [1_060_001, left('expired')],
  ] as const)
    t.strictSame(verify(base, 'salt', token, { now }), verdict, `at ${now}`)
})

t.test('a clock may be ahead by clockSkew, which lengthens no age', async t => {
  const entropy = new Uint8Array(24)
  for (const [seal, read] of [
    [sign(base, 'salt', 'data', { signedAt: 1000, maxAge: 10 }), verify],
    [encrypt(base, 'salt', 'data', { signedAt: 1000, maxAge: 10, entropy }), decrypt],
  ] as const) {
    const at = (now: number, clockSkew?: number) =>
      read(base, 'salt', seal, clockSkew === undefined ? { now } : { now, clockSkew })
    for (const [skew, least] of [
      [undefined, 940_000],
      [0, 1_000_000],
      [0.001, 999_999],
      [5, 995_000],
      [3600, -2_600_000],
      [Infinity, 0],
    ] as const) {
      t.strictSame(at(least, skew), right('data'), `${skew} s`)
      if (skew !== Infinity) t.strictSame(at(least - 1, skew), left('invalid'), `${skew} s, exceeded`)
      t.strictSame(at(1_010_000, skew), right('data'), `${skew} s, at its age`)
      t.strictSame(at(1_010_001, skew), left('expired'), `${skew} s, past its age`)
    }
    for (const wrong of [-1, NaN, '60', null] as number[])
      t.throws(() => at(1_000_000, wrong), {
        name: 'TypeError',
        message: 'token: clockSkew must be a non-negative number (seconds)',
      })
  }
})

t.test('an age of fractions counts in milliseconds, cut off', async t => {
  const token = sign(base, 'salt', 'data', { signedAt: 1000.0009, maxAge: 0.0019 })
  t.strictSame(verify(base, 'salt', token, { now: 1_000_001 }), right('data'))
  t.strictSame(verify(base, 'salt', token, { now: 1_000_002 }), left('expired'))
})

t.test('a day is the age of a token that has none', async t => {
  const token = sign(base, 'salt', 'data', { signedAt: 0 })
  t.strictSame(verify(base, 'salt', token, { now: 86_400_000 }), right('data'))
  t.strictSame(verify(base, 'salt', token, { now: 86_400_001 }), left('expired'))
})

t.test('who verifies may say another age', async t => {
  const token = sign(base, 'salt', 'data', { signedAt: 1000, maxAge: 60 })
  const at = (now: number, maxAge: MaxAge) => verify(base, 'salt', token, { now, maxAge })
  t.strictSame(at(1_060_001, 61), right('data'))
  t.strictSame(at(1_010_001, 10), left('expired'))
  t.strictSame(at(9e15, 'infinity'), right('data'))
  t.strictSame(at(9e15, Infinity), right('data'))
  t.strictSame(at(0, 'infinity'), right('data'), 'without an age, the future is no fault')
  for (const none of [0, -1, -Infinity]) t.strictSame(at(1_000_000, none), left('expired'), `${none}`)
  t.strictSame(at(0, 0), left('expired'), 'expired comes before invalid')
})

t.test('an endless token says so in its payload', async t => {
  const endless = sign(base, 'salt', 'data', { signedAt: 1000, maxAge: 'infinity' })
  t.equal(sign(base, 'salt', 'data', { signedAt: 1000, maxAge: Infinity }), endless)
  t.strictSame(verify(base, 'salt', endless, { now: 9e15 }), right('data'))
  t.strictSame(verify(base, 'salt', endless, { now: 1_000_001, maxAge: 0.001 }), right('data'))
  t.strictSame(verify(base, 'salt', endless, { now: 1_000_002, maxAge: 0.001 }), left('expired'))
})

t.test('without a token, it is missing', async t => {
  for (const none of [null, undefined]) {
    t.strictSame(verify(base, 'salt', none, { now }), left('missing'))
    t.strictSame(decrypt(base, 'salt', none, { now }), left('missing'))
  }
})

const signRaw = (payload: Term): string =>
  messageVerifier.sign(termFormat.encode(payload), keyGenerator.generate(base, 'salt'))

t.test('payloads of older versions are read, for a day', async t => {
  const pair = signRaw(tuple('data', 1000))
  const map = signRaw(
    termMap([
      [atom('signed'), 1000],
      [atom('data'), 'data'],
    ]),
  )
  for (const token of [pair, map]) {
    t.strictSame(verify(base, 'salt', token, { now: 86_401_000 }), right('data'))
    t.strictSame(verify(base, 'salt', token, { now: 86_401_001 }), left('expired'))
  }
})

t.test('a payload of another shape is invalid', async t => {
  const shapes: readonly Term[] = [
    'data',
    { data: 1, signed: 1 },
    tuple(),
    tuple(1),
    tuple(1, 2, 3, 4),
    tuple('data', null, atom('infinity')),
    tuple('data', '1000', atom('infinity')),
    tuple('data', 1000, null),
    tuple('data', 1000, atom('forever')),
    tuple('data', 1000, 'infinity'),
    termMap([[atom('data'), 1]]),
    termMap([[atom('signed'), 1]]),
    termMap([
      [atom('data'), 1],
      [atom('signed'), 'now'],
    ]),
  ]
  for (const shape of shapes)
    t.strictSame(verify(base, 'salt', signRaw(shape), { now }), left('invalid'), JSON.stringify(shown(shape)))
})

t.test('times in a payload may be floats and big integers', async t => {
  t.strictSame(
    verify(base, 'salt', signRaw(tuple('data', float(1000), float(60))), { now: 61_000 }),
    right('data'),
  )
  t.strictSame(
    verify(base, 'salt', signRaw(tuple('data', 2n ** 70n, 60)), { now }),
    left('invalid'),
    'the future',
  )
  t.strictSame(verify(base, 'salt', signRaw(tuple('data', 1000, 2n ** 70n)), { now }), right('data'))
})

t.test('key options must agree on both sides', async t => {
  const options = { keyIterations: 2, keyLength: 32, keyDigest: 'sha512' } as const
  const token = encrypt(base, 'salt', 'data', { signedAt: 0, entropy, ...options })
  t.strictSame(decrypt(base, 'salt', token, { now: 1, ...options }), right('data'))
  t.strictSame(decrypt(base, 'salt', token, { now: 1 }), left('invalid'))
  t.strictSame(decrypt(base, 'salt', token, { now: 1, ...options, keyIterations: 3 }), left('invalid'))
  t.throws(() => encrypt(base, 'salt', 'data', { signedAt: 0, entropy, keyLength: 16 }), {
    name: 'RangeError',
  })
})

t.test('encrypting takes a nonce, or entropy to derive one from', async t => {
  const nonce = new Uint8Array(24).fill(7)
  const payload = termFormat.encode(tuple('data', 0, 86400))
  const key = keyGenerator.generate(base, 'salt')
  t.equal(
    encrypt(base, 'salt', 'data', { signedAt: 0, nonce }),
    messageEncryptor.encrypt(payload, key, '', { nonce }),
  )
  t.equal(
    encrypt(base, 'salt', 'data', { signedAt: 0, entropy }),
    messageEncryptor.encrypt(payload, key, '', { entropy }),
  )
})

t.test('options that are no times or ages are refused', async t => {
  for (const signedAt of [NaN, Infinity, 1e300, '5x', undefined])
    t.throws(() => sign(base, 'salt', 1, { signedAt: signedAt as number }), {
      name: 'RangeError',
      message: 'token: signedAt must be a time in seconds',
    })
  for (const maxAge of [NaN, '60', null, {}])
    t.throws(() => sign(base, 'salt', 1, { signedAt: 0, maxAge: maxAge as number }), {
      name: 'TypeError',
      message: "token: maxAge must be a number of seconds or 'infinity'",
    })
  for (const now of [NaN, Infinity, '5', undefined, new Date(0)])
    t.throws(() => verify(base, 'salt', 'token', { now: now as number }), {
      name: 'TypeError',
      message: 'token: now must be a time in milliseconds',
    })
  t.throws(() => sign(base, 'salt', (() => 1) as unknown as Term, { signedAt: 0 }), {
    name: 'TypeError',
    message: 'termFormat.encode: the value at [0] is a function, which is no term',
  })
})

t.test('every term comes back from both, under its own salt and key base alone', async t => {
  fc.assert(
    fc.property(anyTerm, fc.string(), fc.string(), (data, salt, other) => {
      const options = { signedAt: 1, keyIterations: 1 }
      const signed = sign(base, salt, data, options)
      const sealed = encrypt(base, salt, data, { ...options, entropy })
      const check = { now: 2000, keyIterations: 1 }
      const same = JSON.stringify({ right: shown(data) })
      return (
        JSON.stringify(shownResult(verify(base, salt, signed, check))) === same &&
        JSON.stringify(shownResult(decrypt(base, salt, sealed, check))) === same &&
        (salt === other || isLeft(verify(base, other, signed, check))) &&
        (salt === other || isLeft(decrypt(base, other, sealed, check))) &&
        isLeft(verify('another base', salt, signed, check)) &&
        isLeft(verify(base, salt, sealed, check)) &&
        isLeft(decrypt(base, salt, signed, check))
      )
    }),
  )
  t.pass()
})

t.test('no signed payload makes verifying throw', async t => {
  const key = keyGenerator.generate(base, 'salt', { iterations: 1 })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, version) => {
      const payload = version ? Uint8Array.of(131, 104, 3, ...bytes) : bytes
      const result = verify(base, 'salt', messageVerifier.sign(payload, key), { now, keyIterations: 1 })
      return result._tag === 'Left' || result._tag === 'Right'
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('for any other values a token is a signed tuple of term, milliseconds and seconds', async t => {
  const times = fc.double({ min: 0, max: 4e9, noNaN: true })
  const ages = fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.constant('infinity' as const))
  const keys = fc.record({
    keyIterations: fc.integer({ min: 1, max: 50 }),
    keyLength: fc.constant(32),
    keyDigest: fc.constantFrom('sha256' as const, 'sha384' as const, 'sha512' as const),
  })
  const salts = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(
      anyTerm,
      salts,
      salts,
      times,
      ages,
      keys,
      (data, keyBase, salt, signedAt, maxAge, options) => {
        const { keyIterations: iterations, keyLength: length, keyDigest: digest } = options
        const key = keyGenerator.generate(keyBase, salt, { iterations, length, digest })
        const signed = Math.trunc(signedAt * 1000)
        const payload = termFormat.encode(
          tuple(data, signed, maxAge === 'infinity' ? atom('infinity') : maxAge),
        )
        const theirs = messageVerifier.sign(payload, key)
        const sealed = messageEncryptor.encrypt(payload, key, '', { nonce: entropy })
        const made = { signedAt, maxAge, ...options }
        const opened = JSON.stringify({ right: shown(data) })
        return (
          sign(keyBase, salt, data, made) === theirs &&
          encrypt(keyBase, salt, data, { ...made, nonce: entropy }) === sealed &&
          JSON.stringify(shownResult(verify(keyBase, salt, theirs, { now: signed, ...options }))) ===
            opened &&
          JSON.stringify(shownResult(decrypt(keyBase, salt, sealed, { now: signed, ...options }))) === opened
        )
      },
    ),
  )
  t.pass()
})
