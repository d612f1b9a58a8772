import { isLeft } from 'fp-ts/lib/Either.js'
import t from 'tap'
import * as fc from 'fast-check'
import {
  atom,
  float,
  keyGenerator,
  messageVerifier,
  termFormat,
  tuple,
  type Term,
} from '../../../../lib/crypto/index.js'
import { putRespHeader, registerBeforeSend, setCookies, type Conn } from '../../../../lib/index.js'
import { conn, recycle, run, testSecretKeyBase } from '../../../../lib/testing/index.js'
import {
  configureSession,
  cookieStore,
  deleteSession,
  getSession,
  mergeSession,
  putSession,
  type CookieStoreOptions,
} from '../../../../plugs/session/index.js'
import { anyTerm, cases, erlang, shown } from '../../../lib/crypto/vectors.js'
import { contract } from './contract.js'
import { answer, app, cookieOf, dataOf, nothing, read } from '../kit.js'

const key = '_my_app_session'
const signed: CookieStoreOptions = { signingSalt: 'a salt' }
const encrypted: CookieStoreOptions = { signingSalt: 'a salt', encryptionSalt: 'another salt' }
const options = (store: CookieStoreOptions) => ({ store: cookieStore(store), key })
const brought = (value: string, more: object = {}): Conn =>
  conn('GET', '/', { cookies: { [key]: value }, ...more })

for (const [name, store] of Object.entries({ signed, encrypted }))
  t.test(`${name}, it does what every store does`, async t => contract(t, () => options(store)))

t.test('any term comes back as it was put', async t => {
  for (const store of [signed, encrypted])
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), anyTerm, (name, term) => {
        const first = answer(options(store), conn('GET', '/'), putSession(name, term))
        if (first.error !== undefined) return
        const again = read(options(store), recycle(first)('GET', '/'))
        t.strictSame(shown(again[name] as Term), shown(term))
      }),
      { numRuns: 100 },
    )
})

t.test('keys that nobody touches keep their bytes, also where JavaScript sees no difference', async t => {
  const written = {
    whole: float(1),
    tag: atom('admin'),
    pair: tuple(atom('ok'), 2n ** 70n),
    list: [1, 2, 3],
    at: new Date(0),
  }
  const first = answer(options(signed), conn('GET', '/'), mergeSession(written))
  const second = answer(options(signed), recycle(first)('GET', '/'), putSession('other', 1), c => {
    t.equal(getSession('whole')(c), 1)
    return c
  })
  const payload = Buffer.from(cookieOf(second).split('.')[1] as string, 'base64url')
  t.strictSame(payload, Buffer.from(termFormat.encode({ ...written, other: 1 })))

  fc.assert(
    fc.property(fc.dictionary(fc.string(), anyTerm, { maxKeys: 5 }), data => {
      const one = answer(options(signed), conn('GET', '/'), mergeSession(data), configureSession('renew'))
      if (one.error !== undefined) return
      const two = answer(options(signed), recycle(one)('GET', '/'), configureSession('renew'))
      t.equal(cookieOf(two), cookieOf(one))
    }),
    { numRuns: 100 },
  )
})

const secret = { now: 0, secretKeyBase: testSecretKeyBase, entropy: () => new Uint8Array(24) }
const here = { name: 'session', ttl: undefined }
const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))

t.test('of a cookie every byte counts: any other in its place, and the session is empty', async t => {
  for (const [name, store] of Object.entries({ signed, encrypted })) {
    const { get } = cookieStore(store)
    const forged: string[] = []
    // Texts of three lengths, so that the parts of a cookie end with no unused bits, with two, and with four.
    for (const user of ['a', 'ad', 'ada']) {
      const whole = cookieOf(answer(options(store), conn('GET', '/'), mergeSession({ user })))
      const refuses = (value: string): void => {
        if (get(value, here, secret) !== undefined) forged.push(value)
      }
      t.ok(get(whole, here, secret))
      for (let i = 0; i < whole.length; i++) {
        for (const byte of everyByte)
          if (byte !== whole[i]) refuses(whole.slice(0, i) + byte + whole.slice(i + 1))
        refuses(whole.slice(0, i))
        refuses(whole.slice(i + 1))
        refuses(whole.slice(0, i) + whole.slice(i + 1))
      }
      for (const more of everyByte) refuses(whole + more)
      for (const more of ['==', '.A', 'AA', 'AAAA']) refuses(whole + more)
    }
    t.strictSame(forged, [], name)
  }
})

t.test('whatever is changed in a cookie makes it an empty session, and nothing throws', async t => {
  const data = { user: 'ada', cart: [1, 2, 3] }
  for (const store of [signed, encrypted]) {
    const whole = cookieOf(answer(options(store), conn('GET', '/'), mergeSession(data)))
    const opens = (value: string): boolean => Object.keys(read(options(store), brought(value))).length > 0
    t.ok(opens(whole))
    for (let i = 0; i < whole.length; i++)
      for (const character of ['A', 'b', '_', '.', '=', ' ', '%'])
        if (whole[i] !== character)
          t.notOk(opens(whole.slice(0, i) + character + whole.slice(i + 1)), `${i}: ${character}`)
    for (let i = 0; i < whole.length; i++) t.notOk(opens(whole.slice(0, i)))
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(signed, encrypted), (value, store) => {
      const request = conn('GET', '/', { headers: { cookie: `${key}=${value.replace(/[;=\s]/g, '')}` } })
      t.strictSame({ ...read(options(store), request) }, {})
    }),
  )
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom('XCP.', 'SFMyNTY.', 'QTEyOEdDTQ.'),
      (bytes, head) => {
        const value = `${head}${Buffer.from(bytes).toString('base64url')}.AAAA`
        t.strictSame({ ...read(options(encrypted), brought(value)) }, {})
      },
    ),
  )
})

t.test('a write keeps every byte that it does not touch, whatever stands beside it', async t => {
  const cookieKey = keyGenerator.generate(testSecretKeyBase, 'a salt')
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  const rest = (cookie: string): readonly string[] => {
    const entries = termFormat.decodeMapRaw(Buffer.from(cookie.split('.')[1] as string, 'base64url'))
    if (isLeft(entries)) throw new Error(entries.left)
    return entries.right
      .filter(({ key }) => key !== 'other')
      .map(({ rawKey, rawValue }) => `${hex(rawKey)}=${hex(rawValue)}`)
  }
  const survives = (payload: Uint8Array): boolean => {
    const before = messageVerifier.sign(payload, cookieKey)
    const put = answer(options(signed), brought(before), putSession('other', 1))
    if (put.error?._tag === 'CookieOverflow') return true
    const gone = answer(options(signed), recycle(put)('GET', '/'), deleteSession('other'))
    const wanted = [...rest(before)].sort().join()
    return [put, gone].every(each => [...rest(cookieOf(each))].sort().join() === wanted)
  }
  // Every spelling of a term that Erlang writes or once wrote, under a text and under an atom.
  const spelled = [
    ...erlang.map(({ hex }) => hex),
    ...cases('etf_variants').map(each => String(each['etf_hex'])),
  ]
  let seen = 0
  for (const each of spelled) {
    const bytes = Buffer.from(each, 'hex')
    // A compressed term stands alone.
    if (bytes[1] === 80 || isLeft(termFormat.decode(bytes))) continue
    const value = bytes.subarray(1)
    const head = Buffer.from('8374000000026d0000000178', 'hex')
    const payload = Buffer.concat([head, value, Buffer.from('770161', 'hex'), value])
    t.ok(survives(payload), each)
    seen++
  }
  t.ok(seen > 50, `${seen} spellings`)

  const keys = fc.oneof(anyTerm, fc.string(), fc.constant('other'))
  const maps = fc.uniqueArray(fc.tuple(keys, anyTerm), {
    selector: ([k]) => hex(termFormat.encode(k)),
    maxLength: 8,
  })
  fc.assert(
    fc.property(maps, entries => {
      const payload = Buffer.concat([
        Uint8Array.of(131, 116, 0, 0, 0, entries.length),
        ...entries.flatMap(([k, v]) => [termFormat.encodeTerm(k), termFormat.encodeTerm(v)]),
      ])
      return survives(payload)
    }),
    { numRuns: 200 },
  )
})

t.test('no nonce is used for two sessions, even when one conn is used twice', async t => {
  const nonce = (value: string): string => Buffer.from(value.slice(4), 'base64url').toString('hex', 0, 24)
  const request = conn('GET', '/')
  const sealed = new Map<string, string>()
  fc.assert(
    fc.property(anyTerm, fc.constantFrom('a', 'b'), fc.constantFrom('one', 'two'), (term, name, salt) => {
      const store = options({ signingSalt: 'a salt', encryptionSalt: salt })
      const answered = answer(store, request, putSession(name, term))
      if (answered.error !== undefined) return
      const value = cookieOf(answered)
      t.equal(sealed.get(nonce(value)) ?? value, value, 'the same nonce is the same session')
      sealed.set(nonce(value), value)
    }),
  )
  t.ok(sealed.size > 10)
  const other = conn('GET', '/', { seed: 'another request' })
  t.not(
    nonce(cookieOf(answer(options(encrypted), other, putSession('a', 1)))),
    nonce(cookieOf(answer(options(encrypted), request, putSession('a', 1)))),
  )
})

t.test('options are checked at boot, and the message names the one that is wrong', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /cookieStore: options must be an object/],
    [{}, /cookieStore: signingSalt must be/],
    [{ signingSalt: '' }, /cookieStore: signingSalt must be/],
    [{ signingSalt: 5 }, /cookieStore: signingSalt must be/],
    [{ ...signed, encryptionSalt: '' }, /cookieStore: encryptionSalt must be/],
    [
      { ...signed, secretKeyBase: 'short' },
      /^cookieStore: secretKeyBase must be a string of at least 64 bytes, got one of 5 bytes; make one with/,
    ],
    [
      { ...signed, rotatingOptions: [signed, { ...signed, secretKeyBase: 'short' }] },
      /^cookieStore: rotatingOptions\[1\]: secretKeyBase must be a string of at least 64 bytes, got one of 5/,
    ],
    [{ ...signed, secretKeyBase: 5 }, /secretKeyBase must be a string of at least 64 bytes/],
    [{ ...signed, keyIterations: 0 }, /cookieStore: keyIterations must be an integer from 1 to 2147483647/],
    [{ ...signed, keyIterations: 1.5 }, /keyIterations/],
    [{ ...signed, keyLength: -1 }, /cookieStore: keyLength must be an integer from 1 to 2147483647/],
    [{ ...signed, keyLength: 2 ** 31 }, /keyLength/],
    [{ ...encrypted, keyLength: 64 }, /cookieStore: keyLength must be 32 for encryption/],
    [{ ...encrypted, keyLength: 16 }, /cookieStore: keyLength must be 32 for encryption/],
    [{ ...signed, keyDigest: 'md5' }, /cookieStore: keyDigest must be 'sha', 'sha1'/],
    [{ ...signed, serializer: 'yaml' }, /cookieStore: serializer must be 'term', 'json' or/],
    [{ ...signed, serializer: { encode: String } }, /cookieStore: serializer/],
    [{ ...signed, serializer: null }, /cookieStore: serializer/],
    [{ ...signed, rotatingOptions: signed }, /cookieStore: rotatingOptions must be an array/],
    [{ ...signed, rotatingOptions: [{}] }, /cookieStore: rotatingOptions\[0\]: signingSalt must be/],
    [
      { ...signed, rotatingOptions: [signed, { ...encrypted, keyLength: 33 }] },
      /cookieStore: rotatingOptions\[1\]: keyLength must be 16, 24 or 32 for encryption/,
    ],
    [{ ...signed, log: true }, /cookieStore: log must be false or a function/],
    [{ ...signed, encrypt: true }, /cookieStore: unknown option encrypt/],
    [{ ...signed, rotatingOptions: [{ ...signed, salt: 'x' }] }, /rotatingOptions\[0\]: unknown option salt/],
  ]
  for (const [given, message] of wrong)
    t.throws(() => cookieStore(given as CookieStoreOptions), { name: 'TypeError', message })
  const secret = 'a secret that is too short and must not be told'
  try {
    cookieStore({ ...signed, secretKeyBase: secret })
    t.fail('the secret is too short')
  } catch (error) {
    t.notMatch(String(error), secret)
  }
})

t.test('the secret is looked at before the app is served, for older options too', async t => {
  const own = 'the secret of this store alone, which is long enough for all its keys'
  const check = (store: CookieStoreOptions, secretKeyBase?: string) => () =>
    cookieStore(store).checkAtBoot?.({ secretKeyBase })
  t.throws(check(signed), {
    name: 'TypeError',
    message: /^secretKeyBase must be .* got undefined; make one/,
  })
  t.throws(check(signed, 'too short'), /^secretKeyBase must be a string of at least 64 bytes, got one of 9/)
  t.throws(check({ ...signed, rotatingOptions: [encrypted] }), /^secretKeyBase must be/)
  t.doesNotThrow(check(signed, testSecretKeyBase))
  t.doesNotThrow(check({ ...signed, secretKeyBase: own }), 'a secret of its own is enough')
  t.doesNotThrow(
    check({ ...signed, secretKeyBase: own, rotatingOptions: [encrypted] }),
    'and serves older options',
  )
  t.throws(
    check({ ...signed, secretKeyBase: own, rotatingOptions: [encrypted] }, 'too short'),
    /got one of 9/,
  )
})

t.test(
  'a conn without a good secret fails with a message that says so, and tells nobody outside',
  async t => {
    for (const secretKeyBase of [undefined, 'too short']) {
      const answered = answer(options(signed), conn('GET', '/', { secretKeyBase }), putSession('a', 1))
      t.equal(answered.status, 500)
      t.match(answered.error?.cause, { message: /secretKeyBase must be/ })
      t.notMatch(answered.respBody, /secretKeyBase/)
      t.equal(
        answer(options(signed), conn('GET', '/', { secretKeyBase }), nothing).status,
        200,
        'untouched, it needs none',
      )
    }
  },
)

t.test(
  "a store's own secret wins over the conn's; older options take the conn's, or else the store's",
  async t => {
    const own = 'the secret of this store alone, which is long enough for all its keys'
    const byConn = cookieOf(answer(options(signed), conn('GET', '/'), putSession('v', 'conn')))
    const byOwn = cookieOf(
      answer(options({ ...signed, secretKeyBase: own }), conn('GET', '/'), putSession('v', 'own')),
    )
    const store = { signingSalt: 'new', secretKeyBase: own, rotatingOptions: [signed] }
    t.equal(read(options({ ...signed, secretKeyBase: own }), brought(byOwn))['v'], 'own')
    t.strictSame({ ...read(options({ ...signed, secretKeyBase: own }), brought(byConn)) }, {})
    t.equal(read(options(store), brought(byConn))['v'], 'conn')
    t.strictSame({ ...read(options(store), brought(byOwn)) }, {})
    t.equal(read(options(store), brought(byOwn, { secretKeyBase: undefined }))['v'], 'own')
    t.equal(
      read(options({ ...store, rotatingOptions: [{ ...signed, secretKeyBase: own }] }), brought(byOwn))['v'],
      'own',
    )
  },
)

t.test(
  'older options may have been encrypted with shorter keys, and name a serializer that does not count',
  async t => {
    const store = {
      ...encrypted,
      rotatingOptions: [{ ...encrypted, keyLength: 16, serializer: 'json' } as CookieStoreOptions],
    }
    t.strictSame({ ...read(options(store), brought('XCP.AAAA')) }, {})
    t.strictSame({ ...read(options(store), brought('QTEyOEdDTQ.AA.AA.AA.AA')) }, {})
  },
)

t.test('a cookie that does not verify is told to the log, as an effect', async t => {
  const told: string[] = []
  const log = (message: string) => () => void told.push(message)
  const plug = app(options({ ...signed, log }), nothing)
  const effect = plug(brought('forged'))
  t.strictSame([typeof effect, told], ['function', []], 'nothing is told before it is run')
  const answered = run(plug)(brought('forged'))
  t.equal(answered.status, 200)
  t.strictSame({ ...dataOf(answered) }, {})
  t.strictSame(told, ['the cookie of the session "session" does not verify'])
  run(plug)(conn('GET', '/'))
  run(plug)(brought(cookieOf(answer(options(signed), conn('GET', '/'), putSession('a', 1)))))
  t.equal(answer(options({ ...signed, log: false }), brought('forged'), nothing).status, 200)
  t.equal(told.length, 1)
})

t.test('a cookie that is too long fails alone: what else was to be done before sending is done', async t => {
  const hook = registerBeforeSend((c: Conn) => putRespHeader('x-hook', 'ran')(c))
  const large = 'x'.repeat(5000)
  const answered = answer(options(signed), hook(conn('GET', '/')), putSession('a', large), c => hook(c))
  t.equal(answered.status, 500)
  t.equal(answered.error?._tag, 'CookieOverflow')
  t.equal(answered.respHeaders.get('x-hook'), 'ran')
  t.strictSame(setCookies(answered), [])
  t.notMatch(answered.respBody, large.slice(0, 20))
})

t.test('keys are derived once for each secret', async t => {
  const store = cookieStore({ ...signed, keyIterations: 200_000 })
  const started = process.hrtime.bigint()
  answer({ store, key }, conn('GET', '/'), putSession('a', 1))
  const first = Number(process.hrtime.bigint() - started)
  const again = process.hrtime.bigint()
  for (let i = 0; i < 5; i++) answer({ store, key }, conn('GET', '/'), putSession('a', i))
  t.ok(Number(process.hrtime.bigint() - again) < first, 'five more requests take less time than the first')
})
