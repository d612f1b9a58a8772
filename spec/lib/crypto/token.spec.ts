import t from 'tap'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { token } from '../../../lib/crypto/index.js'
import { cases, now, shown, toTerm, type Json } from './vectors.js'

const base = 'a key base of twenty'
const entropy = new Uint8Array(24).fill(5)

t.test('tokens of Phoenix.Token are read, with the ages that were asked for', async t => {
  for (const each of cases('phoenix_token')) {
    const { kind, salt, key_base } = each
    const read = kind === 'sign' ? token.verify : token.decrypt
    const check = (options: object): unknown => {
      const result = read(key_base as string, salt as string, each['token'] as string, { now, ...options })
      return isLeft(result) ? { error: result.left } : { ok: shown(result.right) }
    }
    const expected = (verdict: Json | undefined): unknown => {
      const { ok, error } = verdict as { readonly ok?: Json; readonly error?: string }
      return ok === undefined ? { error } : { ok: shown(toTerm(ok)) }
    }
    t.strictSame(check({}), expected(each['verify_no_opts']))
    t.strictSame(check({ maxAge: 60 }), expected(each['verify_max_age_60']))
    t.strictSame(check({ maxAge: 'infinity' }), expected(each['verify_max_age_infinity']))
  }
})

t.test('a short key base is refused, as Phoenix refuses it, and never shown', async t => {
  for (const each of cases('phoenix_token_errors')) {
    const { context, error } = each
    const read = (check: typeof token.verify) =>
      check(context as string, 'salt', each['token'] as string | null, { now })
    for (const check of [token.verify, token.decrypt])
      if (error === undefined)
        t.throws(() => read(check), {
          name: 'RangeError',
          message: 'token: keyBase must be at least 20 bytes',
        })
      else t.strictSame(read(check), left(error))
  }
  const short = 'x'.repeat(19)
  t.throws(() => token.sign(short, 'salt', 1, { signedAt: 0 }), { name: 'RangeError' })
  t.throws(() => token.encrypt(short, 'salt', 1, { signedAt: 0, entropy }), { name: 'RangeError' })
  t.doesNotThrow(() => token.sign('é'.repeat(10), 'salt', 1, { signedAt: 0 }), 'bytes count')
  t.throws(() => token.sign(undefined as unknown as string, 'salt', 1, { signedAt: 0 }), {
    name: 'TypeError',
    message: 'token: keyBase must be a string or a Uint8Array',
  })
})

t.test('what is signed verifies, and what is encrypted is decrypted', async t => {
  const signed = token.sign(base, 'user auth', 7, { signedAt: 0 })
  t.strictSame(token.verify(base, 'user auth', signed, { now: 1000, maxAge: 1 }), right(7))
  t.strictSame(token.verify(base, 'other', signed, { now: 1000 }), left('invalid'))
  const sealed = token.encrypt(base, 'user auth', 7, { signedAt: 0, entropy })
  t.match(sealed, /^XCP\./)
  t.strictSame(token.decrypt(base, 'user auth', sealed, { now: 1000 }), right(7))
  t.strictSame(token.decrypt(base, 'user auth', sealed, { now: 2000, maxAge: 1 }), left('expired'))
})
