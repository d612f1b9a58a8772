import t from 'tap'
import * as fc from 'fast-check'
import {
  decodeCookie,
  decodeCookies,
  encodeCookie,
  isCookieName,
  isCookieText,
  type SetCookie,
} from '../../../lib/http/cookies.js'
import { decodeUtf8, fromByteString } from '../../../lib/http/utf8.js'
import { bytesOf, canonical, cases, toValue, type Case, type Term } from './vectors.js'

// In a header each character is a byte; a text of the fixture is UTF-8, and bytes that are not stand for themselves.
const latin1 = (bytes: Buffer): string => bytes.toString('latin1')
const headerOf = (term: Term): string => {
  const value = toValue(term, latin1)
  return bytesOf(term) === undefined ? Buffer.from(String(value)).toString('latin1') : String(value)
}
const text = (bytes: Buffer): string => fromByteString(latin1(bytes))
const textOf = (term: Term): string => String(toValue(term, text))

t.test('a Cookie header is read as Plug reads it', async t => {
  for (const { header, decoded } of cases('cookies_decode')) {
    const given = headerOf(header)
    t.equal(
      canonical(decodeCookies(given)),
      canonical(toValue(decoded, text)),
      JSON.stringify(given).slice(0, 60),
    )
    t.equal(canonical(decodeCookies([given])), canonical(toValue(decoded, text)))
  }
})

t.test('of several Cookie headers the last one to have a name wins', async t => {
  for (const { headers, req_cookies: cookies } of cases('cookies_multiple_headers'))
    t.equal(canonical(decodeCookies(headers as string[])), canonical(toValue(cookies)))
  t.equal(canonical(decodeCookies(['a=1; a=2; b=3', 'a=4; a=5'])), canonical({ a: '4', b: '3' }))
})

t.test('cookies are a record without a prototype, whatever their names', async t => {
  const cookies = decodeCookies('__proto__=1; constructor=2; toString=3')
  t.equal(Object.getPrototypeOf(cookies), null)
  t.same(Object.keys(cookies), ['__proto__', 'constructor', 'toString'])
  t.equal(Object.getPrototypeOf(decodeCookies([])), null)
})

t.test('a pair that cannot be read does not stand in the way of a later one of its name', async t => {
  t.equal(canonical(decodeCookies('a=\tx; a=y')), canonical({ a: 'y' }))
})

t.test('one cookie is what it is among all', async t => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'ab',
    '=',
    '==',
    ';',
    '; ',
    ' ',
    '\t',
    '\r',
    '__proto__',
    'a=1',
    'a=2 ',
    '"',
  )
  const header = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''))
  const name = fc.constantFrom('a', 'b', 'ab', '__proto__', 'constructor', '')
  fc.assert(
    fc.property(fc.array(header, { maxLength: 3 }), name, (headers, one) => {
      t.equal(decodeCookie(headers, one), decodeCookies(headers)[one])
    }),
    { numRuns: 2000 },
  )
})

t.test('headers made to be slow are read in one pass', async t => {
  for (const part of [';', '=', ' ', '\t', 'a;', 'a=;', 'a =;', '=;', 'a= ', ' ;'])
    t.doesNotThrow(() => {
      const header = part.repeat(1_000_000 / part.length)
      decodeCookies(header)
      decodeCookie([header], 'b')
    }, JSON.stringify(part))
})

const names: Readonly<Record<string, keyof SetCookie>> = {
  value: 'value',
  path: 'path',
  domain: 'domain',
  max_age: 'maxAge',
  secure: 'secure',
  http_only: 'httpOnly',
  same_site: 'sameSite',
  extra: 'extra',
}

// Options of the fixture: nil is an absent option here, but for `path: nil`, which Plug writes as the empty text.
const optionsOf = (opts: Term): SetCookie =>
  Object.fromEntries(
    Object.entries(opts as Case).flatMap(([name, term]) => {
      const key = names[name]
      if (key === undefined || (term === null && key !== 'path')) return []
      return [[key, term === null ? '' : toValue(term, text)]]
    }),
  )

const timeOf = (opts: Term): number => {
  const tuple = (opts as { universal_time?: { $tuple: readonly { $tuple: readonly number[] }[] } })
    .universal_time
  const [year, month, day, ...time] = tuple?.$tuple.flatMap(({ $tuple }) => $tuple) ?? [1970, 1, 1, 0, 0, 0]
  return Date.UTC(Number(year), Number(month) - 1, Number(day), ...time)
}

t.test('a Set-Cookie text is written as Plug writes it', async t => {
  for (const { key, opts, set_cookie: written, raise } of cases('cookies_encode')) {
    const encode = () => encodeCookie(textOf(key), optionsOf(opts), timeOf(opts))
    if (raise === undefined) t.equal(encode(), headerOf(written as Term))
    else t.throws(encode, TypeError)
  }
})

t.test('what putRespCookie sends for plain values is this text', async t => {
  for (const { key, value, opts, set_cookie: texts, raise } of cases('put_resp_cookie')) {
    // Values that are no text are for signed cookies, and refused by the types; the size is the conn's to check.
    // No text stands for bytes that are not UTF-8.
    const bytes = bytesOf(value)
    if (typeof value !== 'string' && (bytes === undefined || decodeUtf8(bytes) === undefined)) continue
    const options = { ...optionsOf(opts), value: textOf(value) }
    if (Array.isArray(texts)) t.equal(encodeCookie(textOf(key), options, 0), headerOf(texts[0] as Term))
    // A header that Plug refuses holds text that may not stand in a cookie.
    if (raise === 'Plug.Conn.InvalidHeaderError')
      t.notOk(Object.values(options).every(text => isCookieText(String(text))))
    if (raise === 'ArithmeticError') t.throws(() => encodeCookie('k', options, 0), TypeError)
  }
})

t.test('a cookie is deleted by an empty one that expired at the epoch', async t => {
  for (const { opts, set_cookie: texts } of cases('delete_resp_cookie'))
    t.same([encodeCookie('k', { ...optionsOf(opts), maxAge: 0 }, 0)], texts)
})

t.test('maxAge must be a whole number of seconds', async t => {
  for (const maxAge of [1.5, NaN, Infinity, '1' as unknown as number])
    t.throws(() => encodeCookie('k', { maxAge }, 0), {
      name: 'TypeError',
      message: `maxAge must be a whole number of seconds, got ${maxAge}`,
    })
  t.match(encodeCookie('k', { maxAge: Number.MAX_SAFE_INTEGER }, 0), 'expires=Fri, 31 Dec 9999 23:59:59 GMT')
})

t.test('a partitioned cookie says so before any extra text', async t => {
  t.equal(
    encodeCookie('k', { secure: true, sameSite: 'None', partitioned: true, extra: 'Priority=High' }, 0),
    'k=; path=/; secure; HttpOnly; SameSite=None; Partitioned; Priority=High',
  )
})

t.test('a cookie is named by a token', async t => {
  for (const name of ['a', '__Host-a', '_app_key', "!#$%&'*+-.^_`|~09AZ"]) t.ok(isCookieName(name), name)
  for (const name of ['', 'a b', 'a=b', 'a;b', 'a,b', 'a:b', '"a"', 'é', 'a\n', 'a\0', '\x7f'])
    t.notOk(isCookieName(name), JSON.stringify(name))
})

t.test('the text of a cookie ends at no semicolon and holds no control character', async t => {
  for (const text of ['', 'a b', 'a,b', '"a"', 'é', 'a=b', '/path']) t.ok(isCookieText(text), text)
  for (const text of ['a;b', 'a\rb', 'a\nb', 'a\0b', 'a\tb', 'a\x7f'])
    t.notOk(isCookieText(text), JSON.stringify(text))
})

const cookieName = fc.string({ minLength: 1 }).filter(isCookieName)
const cookieValue = fc.string().filter(text => isCookieText(text) && !text.endsWith(' '))

t.test('what is set comes back when the browser sends it', async () => {
  fc.assert(
    fc.property(fc.dictionary(cookieName, cookieValue), cookies => {
      const sent = Object.entries(cookies).map(([name, value]) => {
        const [pair] = encodeCookie(name, { value }, 0).split('; path=/')
        return pair as string
      })
      return canonical(decodeCookies(sent.join('; '))) === canonical(cookies)
    }),
  )
})

// The rules once more, as slow and plain code.
const plainly = (header: string): object => {
  const cookies: Record<string, string> = Object.create(null)
  for (const pair of header.split(';')) {
    const match = /^[ \t]*([^\s=]+)=([^\t\r\n\v\f]*)$/.exec(pair)
    if (match !== null) cookies[match[1] as string] ??= (match[2] as string).replace(/ +$/, '')
  }
  return cookies
}

t.test('any header is read by the rules, without throwing', async () => {
  const unit = fc.constantFrom('a', 'b', '=', ';', ' ', '\t', '\n', '"', ',', 'é', '__proto__')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), header => {
      return canonical(decodeCookies(header)) === canonical(plainly(header))
    }),
    { numRuns: 5000 },
  )
})

t.test('cookies are UTF-8, byte by byte', async t => {
  for (const value of ['é', '日本', '😀', 'ŝ', '\u0080', 'Ã©', 'a é b']) {
    const bytes = Buffer.from(value).toString('latin1')
    t.equal(encodeCookie('n', { value }, 0), `n=${bytes}; path=/; HttpOnly`)
    t.equal(decodeCookies(`a=1; n=${bytes}; b=2`)['n'], value)
    t.equal(decodeCookies([`n=${bytes}`, 'b=2'])['n'], value)
    t.equal(decodeCookie([`n=${bytes}`], 'n'), value)
    t.equal(decodeCookie([`${bytes}=1`], value), decodeCookies([`${bytes}=1`])[value])
    t.equal(
      decodeCookies(`${bytes.replaceAll(' ', '')}=1`)[value.replaceAll(' ', '')],
      '1',
      'and so are names',
    )
  }
  t.equal(
    encodeCookie('n', { path: '/é', domain: 'ü', extra: 'ö' }, 0),
    'n=; path=/Ã©; domain=Ã¼; HttpOnly; Ã¶',
  )
  for (const value of ['é', 'Ã', '\xff\xfe', 'é日'])
    t.equal(decodeCookies(`n=${value}`)['n'], value, 'what is not UTF-8 stays')
})

t.test('the bytes of a value are kept as they came', async t => {
  t.equal(decodeCookies(latin1(bytesOf({ $bin: '613dff' }) as Buffer))['a'], '\xff')
})
