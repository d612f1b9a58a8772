import t from 'tap'
import { sign } from '../../../lib/crypto/index.js'
import { checkCookie } from '../../../lib/conn/cookies.js'
import {
  deleteRespCookie,
  encodeCookie,
  fetchCookies,
  getCookies,
  getRespCookies,
  halt,
  isFetched,
  maxCookieBytes,
  pipe,
  putRespCookie,
  setCookies,
  text,
  type Conn,
  type CookieOptions,
} from '../../../lib/index.js'
import { conn, recycle, run, type ConnOptions } from '../../../lib/testing/index.js'
import { decodeUtf8 } from '../../../lib/http/utf8.js'
import { bytesOf, canonical, cases, toValue, vectors, type Case } from '../http/vectors.js'

const blank = conn('GET', '/')
const asking = (cookie: string | readonly string[], more: ConnOptions = {}) =>
  conn('GET', '/', { ...more, headers: { cookie } })

t.test('fetchCookies reads the Cookie headers', async t => {
  for (const { headers, req_cookies: cookies } of cases('cookies_multiple_headers')) {
    const fetched = fetchCookies(asking(headers as readonly string[]))
    t.equal(canonical(fetched.cookies), canonical(cookies))
    t.equal(Object.getPrototypeOf(fetched.cookies), null)
  }
})

t.test('a second fetchCookies does nothing', async t => {
  const once = fetchCookies(asking('a=1'))
  t.equal(fetchCookies(once as Conn), once)
  t.equal(fetchCookies({})(once as Conn), once)
  t.equal(fetchCookies({ signed: [], encrypted: [] })(once as Conn), once)
})

t.test('the cookies of the response lie over those of the request', async t => {
  const before = pipe(asking('a=1; b=2; c=3'), putRespCookie('a', 'new'), deleteRespCookie('b'))
  t.equal(canonical(fetchCookies(before).cookies), canonical({ a: 'new', c: '3' }))
  const after = pipe(asking('a=1; b=2; c=3'), fetchCookies, putRespCookie('a', 'new'), deleteRespCookie('b'))
  t.equal(canonical(after.cookies), canonical({ a: 'new', c: '3' }), 'whether fetched before or after')
})

t.test('getCookies and getRespCookies give both halves', async t => {
  const made = pipe(asking('a=1'), fetchCookies, putRespCookie('b', '2'))
  t.equal(canonical(getCookies(made)), canonical({ a: '1', b: '2' }))
  t.strictSame(getRespCookies(made), { b: { value: '2' } })
  t.notOk(isFetched(getCookies(blank)))
  t.throws(() => (getCookies(blank) as { a?: unknown }).a, {
    name: 'NotFetchedError',
    message: 'conn.cookies is not fetched: put fetchCookies earlier in the pipeline',
  })
})

t.test('cookies named like parts of an object are cookies', async t => {
  const made = pipe(
    asking('__proto__=1; constructor=2'),
    fetchCookies,
    putRespCookie('__proto__', 'x'),
    putRespCookie('toString', 'y'),
    putRespCookie('__proto__', 'z', { httpOnly: false }),
  )
  t.strictSame(Object.entries(made.cookies), [['__proto__', 'z'], ['constructor', '2'], ['toString', 'y']]) // prettier-ignore
  t.strictSame(setCookies(made), ['__proto__=z; path=/', 'toString=y; path=/; HttpOnly'])
})

const optionNames: Readonly<Record<string, keyof CookieOptions>> = {
  max_age: 'maxAge',
  http_only: 'httpOnly',
  same_site: 'sameSite',
}
const optionsOf = (options: unknown): CookieOptions =>
  Object.fromEntries(
    Object.entries(options as Case).map(([name, value]) => [optionNames[name] ?? name, toValue(value)]),
  )

/** Cases of the fixture that are refused here, by the option or the part that is to blame. */
const refusals: readonly (readonly [why: string, applies: (one: Case) => boolean, message: RegExp])[] = [
  [
    'a name is a token (RFC 6265 §4.1.1)',
    ({ key }) => !/^[\w-]+$/.test(String(key)),
    /cookie name must be a token/,
  ],
  ['a ";" would end the value early', ({ value }) => value === 'a;b', /^putRespCookie: the value of "k"/],
  [
    'Plug finds it only when it sends',
    ({ value }) => /[\r\n]/.test(String(value)),
    /^putRespCookie: the value of "k"/,
  ],
  ['a value is text', ({ value, opts }) => typeof value !== 'string' && !('sign' in (opts as object)) && !bytesOf(value), /^putRespCookie: the value of "k"/], // prettier-ignore
  [
    'Plug finds it only when it sends',
    ({ opts }) => /[\r\n]/.test(String((opts as Case)['path'])),
    /path must be/,
  ],
  [
    'Plug finds it only when it sends',
    ({ opts }) => /[\r\n]/.test(String((opts as Case)['domain'])),
    /domain must be/,
  ],
  ['SameSite has three values', ({ opts }) => 'same_site' in (opts as object), /sameSite must be/],
  ['as in Plug', ({ opts }) => typeof (opts as Case)['max_age'] === 'string', /maxAge must be/],
  ['as in Plug', ({ opts }) => (opts as Case)['encrypt'] === true, /give sign or encrypt, not both/],
]

t.test('putRespCookie writes what Plug writes', async t => {
  for (const one of cases('put_resp_cookie')) {
    const { key, value, opts, set_cookie: texts, raise } = one
    const { repeat, times } = Object(value) as { readonly repeat?: unknown; readonly times?: number }
    const long = typeof repeat === 'string' ? repeat.repeat(times as number) : undefined
    const bytes = bytesOf(value)
    // a header carries UTF-8, each byte as a character; no text stands for other bytes
    if (bytes !== undefined && decodeUtf8(bytes) === undefined) continue
    const given = long ?? (bytes === undefined ? toValue(value) : String(bytes))
    const put = () => pipe(blank, putRespCookie(String(key), given as string, optionsOf(opts)))
    const label = JSON.stringify(one).slice(0, 60)
    if (raise === 'Plug.Conn.CookieOverflowError') {
      t.match(run(() => halt(text('')(put())))(blank).error, { _tag: 'CookieOverflow', status: 500 }, label)
      continue
    }
    const refusal = long === undefined ? refusals.find(([, applies]) => applies(one)) : undefined
    if (refusal) t.throws(put, { name: 'TypeError', message: refusal[2] }, `${label}: ${refusal[0]}`)
    else if (texts === 'random-or-time-dependent')
      t.match(setCookies(put()), [/^k=SFMyNTY\..*; path=\/; HttpOnly$/], label)
    else
      t.strictSame(
        setCookies(put()),
        (texts as unknown[]).map(text => (bytesOf(text) ?? Buffer.from(String(text))).toString('latin1')),
        label,
      )
  }
})

t.test('cookies beyond ASCII are UTF-8, there and back', async t => {
  for (const value of ['é', '日本', '😀', 'a ŝ b']) {
    const made = putRespCookie('n', value, { extra: 'x=é' })(blank)
    t.strictSame(setCookies(made), [`n=${Buffer.from(value).toString('latin1')}; path=/; HttpOnly; x=Ã©`])
    t.equal(fetchCookies(made).cookies['n'], value)
    t.equal(fetchCookies(recycle(made)('GET', '/')).cookies['n'], value)
    t.equal(fetchCookies(conn('GET', '/', { cookies: { n: value } })).cookies['n'], value)
  }
  const long = (length: number) => putRespCookie('n', '日'.repeat(length))(blank)
  t.equal(setCookies(long(1356))[0]?.length, 3 * 1356 + 'n=; path=/; HttpOnly'.length)
  t.throws(() => long(1360), { message: /takes 4100 bytes and may take 4096/ }, 'the limit is in bytes')
  t.throws(() => putRespCookie('n', 'v', { extra: 'é'.repeat(2040) })(blank), { message: /may take 4096/ })
})

t.test('a cookie that browsers reject is a mistake that names the attribute', async t => {
  const put = (name: string, options: CookieOptions, target = '/') =>
    setCookies(putRespCookie(name, 'v', options)(conn('GET', target)))[0]
  for (const [name, options] of [
    ['__Host-a', {}],
    ['__Host-a', { path: '/' }],
    ['__host-a', {}],
    ['__Secure-a', { path: '/a', domain: 'example.com' }],
    ['a', { partitioned: true }],
    ['a', { sameSite: 'None' }],
    ['a', { extra: 'Priority=High; partitioned' }],
    ['a', { extra: 'SameSite=None' }],
    ['a', { sameSite: 'None', secure: true }],
  ] as const) {
    const label = JSON.stringify([name, options])
    t.match(put(name, options), /; secure; /, `${label} is secure`)
    t.match(put(name, options, 'https://example.com/'), /; secure; /)
    t.match(
      setCookies(deleteRespCookie(name, options)(blank)),
      [/max-age=0; secure; /],
      `${label} is deleted so`,
    )
    t.match(setCookies(putRespCookie(name, 1, { ...options, sign: true })(blank)), [/; secure; /])
    for (const make of [putRespCookie.bind(null, name, 'v'), deleteRespCookie.bind(null, name)] as const)
      t.throws(
        () => make({ ...options, secure: false }),
        {
          name: 'TypeError',
          message:
            /^(put|delete)RespCookie: secure must be true with .*: browsers reject the cookie otherwise, got false$/,
        },
        label,
      )
  }
  for (const [options, message] of [
    [{ path: '/app' }, /^putRespCookie: path must be '\/' with the name __Host-a: .*, got "\/app"$/],
    [
      { domain: 'example.com' },
      /^putRespCookie: domain must be absent with the name __Host-a: .*, got "example.com"$/,
    ],
    [
      { extra: 'Domain=example.com' },
      /^putRespCookie: extra must be without domain and path with the name __Host-a/,
    ],
  ] as const)
    t.throws(() => putRespCookie('__Host-a', 'v', options), { name: 'TypeError', message })
  for (const [name, options] of [
    ['__Hosta', { secure: false }],
    ['a', { sameSite: 'Lax', secure: false }],
    ['a', { partitioned: false }],
    ['a__Host-', { path: '/a' }],
  ] as const)
    t.notMatch(put(name, options), /secure/, 'others are as they were')
})

t.test('deleteRespCookie writes what Plug writes', async t => {
  for (const { opts, set_cookie: texts } of cases('delete_resp_cookie'))
    t.strictSame(setCookies(deleteRespCookie('k', optionsOf(opts))(blank)), texts)
})

t.test('a cookie set over https is secure, unless told otherwise', async t => {
  const secure = conn('GET', 'https://www.example.com/')
  const [text] = vectors['put_resp_cookie_on_https'] as readonly unknown[]
  t.strictSame(setCookies(putRespCookie('k', 'v')(secure)), [text])
  t.strictSame(setCookies(putRespCookie('k', 'v', { secure: false })(secure)), ['k=v; path=/; HttpOnly'])
  t.match(setCookies(deleteRespCookie('k')(secure)), [/; secure; HttpOnly$/])
})

t.test('attributes are written in order; an age counts from when the request arrived', async t => {
  const made = putRespCookie('k', 'v', {
    path: '/a',
    domain: 'example.com',
    maxAge: 60,
    secure: true,
    httpOnly: false,
    sameSite: 'None',
    partitioned: true,
    extra: 'Priority=High',
  })(conn('GET', '/', { now: 784_111_777_000 }))
  t.strictSame(setCookies(made), [
    'k=v; path=/a; domain=example.com; expires=Sun, 06 Nov 1994 08:50:37 GMT; max-age=60; secure; SameSite=None; Partitioned; Priority=High',
  ])
  t.match(setCookies(putRespCookie('k', 'v', { maxAge: Number.MAX_SAFE_INTEGER })(blank)), [
    /expires=Fri, 31 Dec 9999/,
  ])
})

t.test('an age of zero ends a cookie that has a value; only an empty one is a deletion', async t => {
  const ended = pipe(conn('GET', '/', { now: 0 }), fetchCookies, putRespCookie('k', 'v', { maxAge: 0 }))
  t.equal(canonical(ended.cookies), canonical({ k: 'v' }))
  t.equal(
    canonical(fetchCookies(putRespCookie('k', 'v', { maxAge: 0 })(blank)).cookies),
    canonical({ k: 'v' }),
  )
})

t.test('cookies that Plug signed and encrypted are read', async t => {
  for (const one of cases('signed_encrypted_cookies')) {
    const { cookie_value: cookie, opts, read, read_other_kind: other, read_tampered: tampered } = one
    const seen = (result: unknown) => canonical(toValue((result as { cookies: unknown }).cookies))
    const kind = (opts as Case)['sign'] === true ? 'signed' : 'encrypted'
    const [right, wrong] =
      kind === 'signed' ? [{ signed: 'k' }, { encrypted: 'k' }] : [{ encrypted: ['k'] }, { signed: ['k'] }]
    const request = (value: string) =>
      asking(`k=${value}`, {
        secretKeyBase: String(one['secret_key_base']),
        now: Date.UTC(2026, 10, 23, 14),
      })
    const shown = (cookies: object) =>
      canonical(
        Object.fromEntries(
          Object.entries(cookies).map(([name, term]) => [
            name,
            kind === 'signed' && typeof term === 'object' ? { id: 1 } : term,
          ]),
        ),
      )
    t.equal(shown(fetchCookies(right)(request(String(cookie))).cookies), seen(read))
    t.equal(shown(fetchCookies(wrong)(request(String(cookie))).cookies), seen(other), 'not as the other kind')
    t.equal(shown(fetchCookies(right)(request(`x${String(cookie)}`)).cookies), seen(tampered), 'not changed')
    t.equal(fetchCookies(request(String(cookie))).cookies['k'], cookie, 'raw without the option')
    const old = asking(`k=${String(cookie)}`, {
      secretKeyBase: String(one['secret_key_base']),
      now: Date.UTC(2060, 0, 1),
    })
    t.equal(shown(fetchCookies(right)(old).cookies), canonical({}), 'not past its age')
  }
})

t.test('a signed or encrypted cookie comes back as the term it was made of', async t => {
  for (const options of [{ sign: true }, { encrypt: true }]) {
    const term = { user: 7, tags: ['a', 'b'], admin: false }
    const kind = options.sign ? { signed: ['k'] } : { encrypted: ['k'] }
    const made = pipe(blank, fetchCookies, putRespCookie('k', term, options))
    t.same(made.cookies['k'], term, 'the app sees the term')
    const { value } = made.respCookies['k'] as { value: string }
    t.match(value, options.sign ? /^SFMyNTY\./ : /^XCP\./)
    t.same(fetchCookies(kind)(asking(`k=${value}`)).cookies.k, term)
    t.same(
      pipe(asking(`k=${value}`), fetchCookies, fetchCookies(kind)).cookies.k,
      term,
      'also when named later',
    )
    const day = 86_400_000
    t.same(fetchCookies(kind)(asking(`k=${value}`, { now: blank.now + day })).cookies.k, term)
    t.equal(fetchCookies(kind)(asking(`k=${value}`, { now: blank.now + day + 1000 })).cookies.k, undefined)
    const short = putRespCookie('k', term, { ...options, maxAge: 10 })(blank).respCookies['k'] as {
      value: string
    }
    t.equal(fetchCookies(kind)(asking(`k=${short.value}`, { now: blank.now + 11_000 })).cookies.k, undefined)
    t.equal(
      fetchCookies(kind)(asking(`j=${value}`)).cookies.k,
      undefined,
      'a cookie that did not come is absent',
    )
    t.equal(
      fetchCookies({ signed: 'j' })(asking(`j=${value}`)).cookies.j,
      undefined,
      'nor is it good under another name',
    )
    t.strictSame(
      putRespCookie('k', term, options)(blank),
      putRespCookie('k', term, options)(blank),
      'a value of the conn alone',
    )
  }
  const token = sign(blank.secretKeyBase as string, 'k_cookie', 'x', { signedAt: blank.now / 1000 })
  t.equal(fetchCookies({ signed: 'k' })(asking(`k=${token}`)).cookies.k, 'x')
})

t.test('a signed or encrypted cookie of a server whose clock is ahead is read', async t => {
  const start = Date.UTC(2026, 0, 1)
  for (const kind of ['sign', 'encrypt'] as const) {
    const set = putRespCookie('user', 'ada', { [kind]: true, maxAge: 10 })(conn('GET', '/', { now: start }))
    const value = String(set.respCookies['user']?.value)
    const read = (seconds: number, clockSkew: object = {}): unknown => {
      const plug = fetchCookies({ [kind === 'sign' ? 'signed' : 'encrypted']: 'user', ...clockSkew })
      return plug(asking(`user=${value}`, { now: start + seconds * 1000 })).cookies['user']
    }
    t.equal(read(-60), 'ada')
    t.equal(read(-60.001), undefined)
    t.equal(read(-5, { clockSkew: 5 }), 'ada')
    t.equal(read(-0.001, { clockSkew: 0 }), undefined)
    t.equal(read(10.001, { clockSkew: 60 }), undefined, 'its age stays')
  }
  for (const clockSkew of [-1, NaN, '60'])
    t.throws(
      () => fetchCookies({ signed: 'user', clockSkew: clockSkew as number }),
      /^fetchCookies: clockSkew must be a non-negative number \(seconds\), got /,
    )
})

t.test('sealing needs a secret', async t => {
  const bare = conn('GET', '/', { secretKeyBase: undefined, cookies: { k: 'x' } })
  for (const plug of [
    (c: Conn) => putRespCookie('k', 1, { sign: true })(c),
    (c: Conn) => putRespCookie('k', 1, { encrypt: true })(c),
    (c: Conn) => fetchCookies({ signed: 'k' })(c),
  ])
    t.match(run(plug)(bare).error?.cause, {
      name: 'TypeError',
      message: /needs a secretKeyBase: give one to endpoint/,
    })
})

t.test('a cookie may take 4,096 bytes in all', async t => {
  const rest = '; path=/; HttpOnly'.length + 'k='.length
  t.equal(setCookies(putRespCookie('k', 'x'.repeat(maxCookieBytes - rest))(blank))[0]?.length, 4096)
  t.throws(() => putRespCookie('k', 'x'.repeat(maxCookieBytes - rest + 1))(blank), {
    message: 'the cookie "k" takes 4097 bytes and may take 4096, attributes included',
  })
  t.throws(() => putRespCookie('k', { text: 'x'.repeat(4000) }, { encrypt: true })(blank), {
    message: /may take 4096/,
  })
})

t.test(
  'names and options are checked when the plug is made, and the message names what is wrong',
  async t => {
    for (const make of [putRespCookie.bind(null, 'k', 'v'), deleteRespCookie.bind(null, 'k')] as const)
      for (const [options, message] of [
        [{ path: 'a;b' }, /path must be a string without ";"/],
        [{ path: '/\ud800' }, /path must be/],
        [{ extra: '\udc00' }, /extra must be/],
        [{ domain: 1 }, /domain must be/],
        [{ maxAge: -1 }, /maxAge must be a non-negative integer \(seconds\)/],
        [{ maxAge: 1.5 }, /maxAge must be/],
        [{ secure: 'yes' }, /secure must be a boolean/],
        [{ httpOnly: 1 }, /httpOnly must be a boolean/],
        [{ partitioned: 1 }, /partitioned must be a boolean/],
        [{ sameSite: 'lax' }, /sameSite must be 'Strict', 'Lax' or 'None'/],
        [{ extra: 'a\nb' }, /extra must be/],
        [{ extra: 1 }, /extra must be/],
        [{ sign: 1 }, /sign must be a boolean/],
        [{ encrypt: 'x' }, /encrypt must be a boolean/],
        [{ max_age: 1 }, /unknown option max_age/],
        [{ toString: 1 }, /unknown option toString/],
        [{ sign: true, encrypt: true }, /give sign or encrypt, not both/],
      ] as const)
        t.throws(() => make(options as never), { name: 'TypeError', message })
    for (const name of ['', 'a b', 'a=b', 'é', undefined])
      t.throws(() => putRespCookie(name as string, 'v'), {
        message: /^putRespCookie: the cookie name must be a token/,
      })
    for (const value of ['a;b', 'a\r\n', '\0', '\ud800', 1, null])
      t.throws(() => putRespCookie('k', value), {
        name: 'TypeError',
        message: /^putRespCookie: the value of "k" must be/,
      })
    t.doesNotThrow(() => putRespCookie('k', 'v', { domain: undefined } as never))
    t.doesNotThrow(() => checkCookie('session', '_key', { extra: 'Priority=High; x' }))
    for (const [options, message] of [
      [{ signed: 1 }, /^fetchCookies: signed must be/],
      [{ encrypted: ['a', 1] }, /^fetchCookies: encrypted must be/],
      [{ sign: ['a'] }, /^fetchCookies: unknown option sign/],
    ] as const)
      t.throws(() => fetchCookies(options as never), { name: 'TypeError', message })
  },
)

t.test('the limit is that of what is written, whatever the attributes', t => {
  const attributes = {
    domain: 'a.example',
    extra: 'Priority=High',
    httpOnly: true,
    maxAge: Number.MAX_SAFE_INTEGER,
    partitioned: true,
    path: '/a/path',
    sameSite: 'Strict',
    secure: true,
  } as const
  for (const given of [
    attributes,
    {},
    { maxAge: 1 },
    { domain: 'a'.repeat(300) },
    { extra: 'x'.repeat(300) },
  ])
    for (let length = 3_300; length <= 4_097; length++) {
      const size = encodeCookie('k', { ...given, value: 'x'.repeat(length) }, blank.now).length
      let fits = true
      try {
        putRespCookie('k', 'x'.repeat(length), given)(blank)
      } catch {
        fits = false
      }
      if (fits !== size <= maxCookieBytes) return t.fail(`a cookie of ${size} bytes`)
    }
  t.pass('each is refused if it is too long, and only then')
  return t.end()
})
