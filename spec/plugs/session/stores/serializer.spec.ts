import t from 'tap'
import { atom, keyGenerator, messageVerifier, tuple, type Term } from '../../../../lib/crypto/index.js'
import type { Conn } from '../../../../lib/index.js'
import { conn, recycle, testSecretKeyBase } from '../../../../lib/testing/index.js'
import {
  cookieStore,
  mergeSession,
  putSession,
  type CookieStoreOptions,
} from '../../../../plugs/session/index.js'
import { shown } from '../../../lib/crypto/vectors.js'
import { answer, cookieOf, read } from '../kit.js'

const key = '_my_app_session'
const signed: CookieStoreOptions = { signingSalt: 'a salt' }
const options = (store: CookieStoreOptions) => ({ store: cookieStore(store), key })
const brought = (value: string): Conn => conn('GET', '/', { cookies: { [key]: value } })

t.test('as JSON: big integers stay whole, and what JSON has no way to hold is refused', async t => {
  const json = options({ ...signed, serializer: 'json' })
  const data = {
    text: 'a "quoted" # text \u2028',
    none: null,
    yes: true,
    no: false,
    big: 2n ** 64n,
    small: -(2n ** 70n),
    near: Number.MAX_SAFE_INTEGER,
    fraction: 1.5,
    huge: 1e300,
    list: [1, [2n ** 53n], { deep: '12345678901234567890' }],
    'key # 12345678901234567890': {},
  }
  const first = answer(json, conn('GET', '/'), mergeSession(data))
  t.strictSame(shown({ ...read(json, recycle(first)('GET', '/')) } as Term), shown(data))
  const text = Buffer.from(cookieOf(first).split('.')[1] as string, 'base64url').toString()
  t.match(text, '"big":18446744073709551616,')

  const dated = answer(json, conn('GET', '/'), mergeSession({ at: new Date(0), role: atom('admin') }))
  t.strictSame(
    { ...read(json, recycle(dated)('GET', '/')) },
    { at: '1970-01-01T00:00:00.000Z', role: 'admin' },
  )
  for (const value of [Uint8Array.of(255), tuple(1)]) {
    const failed = answer(json, conn('GET', '/'), putSession('x', [value]))
    t.equal(failed.status, 500)
    t.match(failed.error?.cause, { name: 'TypeError', message: /a session in JSON must hold text, numbers/ })
  }
})

t.test('as JSON: texts that look like what stands for big integers are texts', async t => {
  const json = options({ ...signed, serializer: 'json' })
  const cookie = (text: string | Uint8Array): Conn =>
    brought(messageVerifier.sign(text, keyGenerator.generate(testSecretKeyBase, 'a salt')))
  const data = read(json, cookie('{"a":"\\u0023\\u00231","b":"##12","c":12345678901234567890,"d":"#9"}'))
  t.strictSame({ ...data }, { a: '##1', b: '##12', c: 12345678901234567890n, d: '#9' })
  t.strictSame(
    { ...read(json, cookie('{"a":-12345678901234567890,"b":12345678901234567890.5,"c":1e400}')) },
    {},
  )
  t.strictSame(
    { ...read(json, cookie('{"a":12345678901234567890.5}')) },
    { a: Number('12345678901234567890.5') },
  )
  const own = read(json, cookie('{"__proto__":{"x":1},"constructor":2}'))
  t.strictSame(Object.keys(own), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(own), null)
  for (const junk of [
    '',
    '[1]',
    'null',
    '5',
    '"a"',
    '{',
    '{"a":}',
    Uint8Array.of(0x7b, 0xff),
    '['.repeat(2000),
    `{"a":${'['.repeat(600)}${']'.repeat(600)}}`,
  ])
    t.strictSame({ ...read(json, cookie(junk)) }, {})
})

t.test(
  'a serializer of the app: whatever it gives or throws, nothing a client sends makes it an error',
  async t => {
    const backwards = {
      encode: (data: object) => [...JSON.stringify(data)].reverse().join(''),
      decode: (bytes: Uint8Array) =>
        JSON.parse([...Buffer.from(bytes).toString()].reverse().join('')) as unknown,
    }
    const first = answer(
      options({ ...signed, serializer: backwards }),
      conn('GET', '/'),
      putSession('a', 'b'),
    )
    t.strictSame(
      { ...read(options({ ...signed, serializer: backwards }), recycle(first)('GET', '/')) },
      { a: 'b' },
    )
    t.equal(Buffer.from(cookieOf(first).split('.')[1] as string, 'base64url').toString(), '}"b":"a"{')
    const gives = (value: unknown) =>
      options({ ...signed, serializer: { ...backwards, decode: () => value } })
    for (const value of [undefined, null, [], 'text', new Map(), { a: undefined }, { a: () => 1 }])
      t.strictSame({ ...read(gives(value), recycle(first)('GET', '/')) }, {})
    t.strictSame({ ...read(gives({ a: 1 }), recycle(first)('GET', '/')) }, { a: 1 })
    t.strictSame(
      {
        ...read(
          options({ ...signed, serializer: backwards }),
          brought(cookieOf(answer(options(signed), conn('GET', '/'), putSession('a', 1)))),
        ),
      },
      {},
    )
  },
)
