// Cookies (RFC 6265bis §4.1, §4.2, §5.8.3): how Cookie is read, how Set-Cookie is written.
import { each, get, ok, rule, type Case } from '../case.js'

const read = (header: string, cookies: Readonly<Record<string, string>>): Omit<Case, 'id' | 'rule'> =>
  ok(get('/cookies', `Cookie: ${header}`), { body: JSON.stringify(cookies) })
const set = (name: string, value: string | RegExp): Omit<Case, 'id' | 'rule'> =>
  ok(get(`/set-cookie/${name}`), { headers: { 'set-cookie': value } })

const date = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT'

/** The cases of cookies. */
export const cookies: readonly Case[] = [
  ...rule('cookie-pairs', {
    one: read('a=b', { a: 'b' }),
    two: read('a=b; c=d', { a: 'b', c: 'd' }),
    'without a space': read('a=b;c=d', { a: 'b', c: 'd' }),
    'an equals sign in the value': read('a=b=c', { a: 'b=c' }),
    'an empty value': read('a=', { a: '' }),
    base64: read('a=eHh4+/==; b=1', { a: 'eHh4+/==', b: '1' }),
    'case of names': read('A=1; a=2', { A: '1', a: '2' }),
    'a comma in the value': read('a=b,c', { a: 'b,c' }),
    'brackets in the name': read('a[b]=c', { 'a[b]': 'c' }),
    none: ok(get('/cookies'), { body: '{}' }),
  }),
  ...rule('cookie-values-as-sent', {
    quotes: read('a="b"', { a: '"b"' }),
    'quotes with a space': read('a="b c"', { a: '"b c"' }),
    escapes: read('a=%20%3B', { a: '%20%3B' }),
    plus: read('a=b+c', { a: 'b+c' }),
    backslash: read('a=b\\c', { a: 'b\\c' }),
    'an opening quote': read('a="b', { a: '"b' }),
  }),
  ...rule('cookie-white-space', {
    'around the pair': read('  a=b  ', { a: 'b' }),
    'several spaces': read('a=b;   c=d', { a: 'b', c: 'd' }),
    'a tab before a pair': read('a=b;\tc=d', { a: 'b', c: 'd' }),
    'within the value': read('a=b c', { a: 'b c' }),
  }),
  ...rule('cookie-malformed', {
    'no equals sign': read('a; b=c', { b: 'c' }),
    'no name': read('=a; b=c', { b: 'c' }),
    'only semicolons': read(';;;', {}),
    'an empty member': read('a=b;;c=d', { a: 'b', c: 'd' }),
    'a space in the name': read('a b=c; d=e', { d: 'e' }),
    'named like a property': read(
      '__proto__=x; a=b',
      JSON.parse('{"__proto__":"x","a":"b"}') as Record<string, string>,
    ),
    constructor: read('constructor=x', { constructor: 'x' } as unknown as Record<string, string>),
    'a lone equals sign': read('=', {}),
  }),
  ...rule('cookie-twice', {
    'the first wins': read('a=1; a=2', { a: '1' }),
    'two fields': ok(get('/cookies', 'Cookie: a=1', 'Cookie: b=2'), { status: [200, 400] }),
  }),
  ...rule('cookie-utf-8', {
    'a value': {
      ...read('a=caf\xc3\xa9', { a: 'caf\u00e9' }),
      body: '{"a":"caf\xc3\xa9"}',
    },
    'three bytes': {
      ...read('a=\xe6\x97\xa5', {}),
      body: '{"a":"\xe6\x97\xa5"}',
    },
  }),
  ...rule('set-cookie', {
    plain: set('plain', 'a=b; path=/; HttpOnly'),
    'all attributes': set(
      'all',
      new RegExp(
        `^a=b; path=/p; domain=a\\.test; expires=${date}; max-age=60; secure; HttpOnly; SameSite=Strict; Partitioned$`,
      ),
    ),
    lax: set('lax', 'a=b; path=/; HttpOnly; SameSite=Lax'),
    none: set('none', /; secure; HttpOnly; SameSite=None$/),
    'for scripts': set('script', 'a=b; path=/'),
    'an empty value': set('empty', 'a=; path=/; HttpOnly'),
    age: set('age', new RegExp(`^a=b; path=/; expires=${date}; max-age=34560000; HttpOnly$`)),
    '__Host-': set('host', '__Host-a=b; path=/; secure; HttpOnly'),
    '__Secure-': set('secure', '__Secure-a=b; path=/; secure; HttpOnly'),
  }),
  ...rule('set-cookie-fields', {
    'two cookies': set('two', 'a=1; path=/; HttpOnly|b=2; path=/; HttpOnly'),
    'one name twice': set('again', 'a=2; path=/; HttpOnly'),
    none: ok(get('/x'), { headers: { 'set-cookie': false } }),
  }),
  ...rule('set-cookie-deleted', {
    deleted: set('deleted', 'a=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0; HttpOnly'),
  }),
  ...rule('set-cookie-utf-8', {
    'a value': set('utf8', /^a=caf\xc3\xa9|^a=\xc3\xa9|^a=%C3%A9/),
  }),
  ...each(
    'set-cookie-injection',
    {
      'a semicolon in the value': 'semicolon',
      'line ends in the value': 'newline',
      'an equals sign in the name': 'name',
      'a space in the name': 'name-space',
      'a semicolon in the path': 'path',
      'a semicolon in the domain': 'domain',
      'nul in the value': 'nul',
      'an empty name': 'name-empty',
    },
    name => ({
      send: get(`/set-wrong/${name}`),
      status: 500,
      connection: 'open',
      headers: { 'set-cookie': false },
    }),
  ),
  ...rule('set-cookie-size', {
    'more than 4,096 bytes': {
      send: get('/set-cookie/large'),
      status: 500,
      connection: 'open',
      headers: { 'set-cookie': false },
    },
  }),
]
