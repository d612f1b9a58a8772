// Conditional requests over files (RFC 9110 §8.8, §13): entity tags, dates, which condition counts first.
import { each, get, ok, request, rule, type Case } from '../case.js'
import { changed } from '../app.js'

/** A file whose tag is `"v1"`, one whose tag is `W/"v1"`; both changed at the same time. */
const strong = '/files/digits.txt'
const weak = '/weak/digits.txt'
const before = 'Sun, 06 Nov 1994 08:49:36 GMT'
const after = 'Sun, 06 Nov 1994 08:49:38 GMT'
const digits = '0123456789abcdef'

const of = (target: string, status: number, ...lines: readonly string[]): Omit<Case, 'id' | 'rule'> => ({
  send: get(target, ...lines),
  status,
  connection: 'open',
  body: status === 200 ? digits : status === 206 ? /./ : status === 304 ? '' : /.*/s,
})

const failed = (target: string, ...lines: readonly string[]): Omit<Case, 'id' | 'rule'> =>
  of(target, 412, ...lines)

const noneMatch: readonly Case[] = [
  ...each(
    'none-match',
    {
      same: '"v1"',
      'any of a list': '"a", "v1", "b"',
      star: '*',
      'weak tag': 'W/"v1"',
      'without spaces': '"a","v1"',
      'empty members': ', "a", ,"v1"',
      'a comma in a tag': '"a,b", "v1"',
      'tabs in a list': '"a",\t"v1"',
    },
    value => of(strong, 304, `If-None-Match: ${value}`),
  ),
  ...rule('none-match', {
    'two fields': of(strong, 304, 'If-None-Match: "a"', 'If-None-Match: "v1"'),
    head: { send: request('HEAD', strong, 'If-None-Match: "v1"'), status: 304, connection: 'open' },
  }),
  ...each(
    'none-match-weakly',
    { 'weak and weak': 'W/"v1"', 'weak and strong': '"v1"', star: '*', 'a list': 'W/"a", W/"v1"' },
    value => of(weak, 304, `If-None-Match: ${value}`),
  ),
  ...each(
    'none-match-other',
    {
      another: '"v2"',
      'without quotes': 'v1',
      'upper case': '"V1"',
      empty: '""',
      longer: '"v1-gzip"',
      'lower-case weak': 'w/"v1"',
      'a list of others': '"a", W/"b"',
      'star in quotes': '"*"',
      nothing: '',
    },
    value => of(strong, 200, `If-None-Match: ${value}`),
  ),
  ...rule('none-match-first', {
    'a date that matches': of(strong, 200, 'If-None-Match: "v2"', `If-Modified-Since: ${changed}`),
    'a date that does not': of(strong, 304, 'If-None-Match: "v1"', `If-Modified-Since: ${before}`),
    'an invalid date': of(strong, 304, 'If-None-Match: "v1"', 'If-Modified-Since: yesterday'),
    'an empty list': of(strong, 200, 'If-None-Match: ', `If-Modified-Since: ${changed}`),
  }),
]

const modifiedSince: readonly Case[] = [
  ...each(
    'modified-since',
    {
      'IMF-fixdate': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'RFC 850': 'Sunday, 06-Nov-94 08:49:37 GMT',
      asctime: 'Sun Nov  6 08:49:37 1994',
      'a second later': after,
      'years later': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'in the future': 'Thu, 01 Jan 2099 00:00:00 GMT',
      'a day of two digits in asctime': 'Wed Nov 16 08:49:37 1994',
      'a leap second': 'Sun, 06 Nov 1994 08:49:60 GMT',
    },
    value => of(strong, 304, `If-Modified-Since: ${value}`),
  ),
  ...each(
    'modified-since-other',
    {
      'a second earlier': before,
      'RFC 850 earlier': 'Sunday, 06-Nov-94 08:49:36 GMT',
      'asctime earlier': 'Sun Nov  6 08:49:36 1994',
      'the epoch': 'Thu, 01 Jan 1970 00:00:00 GMT',
    },
    value => of(strong, 200, `If-Modified-Since: ${value}`),
  ),
  ...each(
    'modified-since-invalid',
    {
      word: 'yesterday',
      ISO: '2026-01-01T00:00:00Z',
      'another zone': 'Thu, 01 Jan 2026 00:00:00 CET',
      'a numeric zone': 'Thu, 01 Jan 2026 00:00:00 +0000',
      'a day that does not exist': 'Mon, 30 Feb 2026 00:00:00 GMT',
      'a list': `${changed}, ${changed}`,
      'a number': '1767225600',
      empty: '',
      'hour 24': 'Thu, 01 Jan 2026 24:00:00 GMT',
      'lower case': 'thu, 01 jan 2026 00:00:00 gmt',
    },
    value => of(strong, 200, `If-Modified-Since: ${value}`),
  ),
  ...rule('modified-since-century', {
    'a year of the future': of(strong, 304, 'If-Modified-Since: Sunday, 06-Nov-60 08:49:37 GMT'),
    'a year of the past': of(strong, 200, 'If-Modified-Since: Sunday, 06-Nov-93 08:49:37 GMT'),
  }),
  ...each('modified-since-method', { post: 'POST', delete: 'DELETE', put: 'PUT' }, method =>
    ok(request(method, '/x', `If-Modified-Since: ${changed}`), { body: 'ok' }),
  ),
]

const match: readonly Case[] = [
  ...each('match', { same: '"v1"', star: '*', 'a list': '"a", "v1"' }, value =>
    of(strong, 200, `If-Match: ${value}`),
  ),
  ...each(
    'match-failed',
    {
      another: '"v2"',
      weak: 'W/"v1"',
      'a list': '"a", "b"',
      'without quotes': 'v1',
      'star in quotes': '"*"',
    },
    value => failed(strong, `If-Match: ${value}`),
  ),
  ...each('match-strongly', { weak: 'W/"v1"', strong: '"v1"' }, value => failed(weak, `If-Match: ${value}`)),
  ...rule('match-strongly', { star: of(weak, 200, 'If-Match: *') }),
  ...each(
    'unmodified-since',
    {
      same: changed,
      later: after,
      'RFC 850': 'Sunday, 06-Nov-94 08:49:37 GMT',
      asctime: 'Sun Nov  6 08:49:37 1994',
    },
    value => of(strong, 200, `If-Unmodified-Since: ${value}`),
  ),
  ...each(
    'unmodified-since-failed',
    {
      earlier: before,
      'the epoch': 'Thu, 01 Jan 1970 00:00:00 GMT',
      'RFC 850': 'Sunday, 06-Nov-94 08:49:36 GMT',
      asctime: 'Sun Nov  6 08:49:36 1994',
    },
    value => failed(strong, `If-Unmodified-Since: ${value}`),
  ),
  ...each(
    'unmodified-since-invalid',
    { word: 'yesterday', empty: '', ISO: '1970-01-01', 'another zone': 'Thu, 01 Jan 1970 00:00:00 CET' },
    value => of(strong, 200, `If-Unmodified-Since: ${value}`),
  ),
]

const order: readonly Case[] = [
  ...rule('order', {
    'match before none-match': failed(strong, 'If-Match: "v2"', 'If-None-Match: "v1"'),
    'match before modified-since': failed(strong, 'If-Match: "v2"', `If-Modified-Since: ${changed}`),
    'match instead of unmodified-since': of(strong, 200, 'If-Match: "v1"', `If-Unmodified-Since: ${before}`),
    'a match, then none-match': of(strong, 304, 'If-Match: "v1"', 'If-None-Match: "v1"'),
    'unmodified-since before none-match': failed(
      strong,
      `If-Unmodified-Since: ${before}`,
      'If-None-Match: "v1"',
    ),
    'unmodified-since, then none-match': of(
      strong,
      304,
      `If-Unmodified-Since: ${changed}`,
      'If-None-Match: "v1"',
    ),
    'match before range': failed(strong, 'If-Match: "v2"', 'Range: bytes=0-3'),
    'none-match before range': of(strong, 304, 'If-None-Match: "v1"', 'Range: bytes=0-3'),
    'none-match before a bad range': of(strong, 304, 'If-None-Match: "v1"', 'Range: bytes=99-'),
    'if-range last': of(strong, 206, 'If-None-Match: "v2"', 'If-Range: "v1"', 'Range: bytes=0-3'),
  }),
  ...rule('conditions-of-others', {
    'a missing file': { ...of('/files/nothing', 200, 'If-None-Match: *'), status: 404, body: /.*/ },
    'an error': { send: get('/throws', 'If-None-Match: *'), status: 500 },
    'a redirect': { send: get('/redirect/path', 'If-None-Match: *', 'If-Match: "x"'), status: 302 },
    'a method without a representation': {
      send: request('OPTIONS', '/site/page', 'If-None-Match: *'),
      status: 204,
    },
    'a missing page': { send: get('/site/nothing', 'If-Match: "x"'), status: 404 },
  }),
]

const kept = { etag: '"v1"', 'cache-control': 'public', date: true, 'content-length': false } as const
const validators: readonly Case[] = [
  ...rule('not-modified-headers', {
    tag: { ...of(strong, 304, 'If-None-Match: "v1"'), headers: kept },
    date: { ...of(strong, 304, `If-Modified-Since: ${changed}`), headers: kept },
    vary: {
      ...of('/plain/digits.txt', 304, 'If-None-Match: *'),
      headers: { vary: 'Accept-Encoding', etag: true },
    },
    'the vary of the app': {
      ...of('/dated/digits.txt', 304, 'If-None-Match: *'),
      headers: { vary: /cookie/i },
    },
    'the expires of the app': {
      ...of('/dated/page.html', 304, 'If-None-Match: *'),
      headers: { expires: changed },
    },
    'no content': {
      ...of(strong, 304, 'If-None-Match: *'),
      headers: { 'content-encoding': false, 'transfer-encoding': false },
    },
  }),
  ...rule('validators-sent', {
    'of a file': ok(get(strong), { headers: { etag: '"v1"', 'last-modified': changed } }),
    weak: ok(get(weak), { headers: { etag: 'W/"v1"' } }),
    'by default': ok(get('/plain/digits.txt'), {
      headers: { etag: /^(W\/)?"[!#-~]+"$/, 'last-modified': changed },
    }),
    'of each coding': ok(get('/plain/page.html', 'Accept-Encoding: gzip') + get('/plain/page.html'), {
      rest: [200],
      check: ([a, b]) => {
        const tag = (answer: typeof a) => answer?.fields.find(([name]) => name.toLowerCase() === 'etag')?.[1]
        return tag(a) !== tag(b) ? undefined : 'two codings have one tag'
      },
    }),
    head: ok(request('HEAD', strong), { headers: { etag: '"v1"', 'last-modified': changed } }),
  }),
  ...rule('last-modified-future', {
    'a file of the future': {
      ...ok(get('/files/future.txt')),
      check: ([answer]) => {
        const of = (name: string) =>
          Date.parse(answer?.fields.find(([found]) => found.toLowerCase() === name)?.[1] ?? '')
        return of('last-modified') > of('date') ? 'Last-Modified is later than Date' : undefined
      },
    },
  }),
  ...rule('weak-by-default', {
    'size and time': ok(get('/plain/digits.txt'), { headers: { etag: /^W\// } }),
  }),
]

/** The cases of conditional requests. */
export const conditional: readonly Case[] = [
  ...noneMatch,
  ...modifiedSince,
  ...match,
  ...order,
  ...validators,
]
