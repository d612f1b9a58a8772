// Paths and references (RFC 3986 §2.1, §2.4, §3.3, §6.2; RFC 9110 §10.2.2): escapes, dot segments, empty segments, Location.
import { each, get, ok, rule, type Case } from '../case.js'

const found = (target: string, body: string): Omit<Case, 'id' | 'rule'> => ok(get(target), { body })
const refused = (target: string, status: number | readonly number[] = 400): Omit<Case, 'id' | 'rule'> => ({
  send: get(target),
  status,
  connection: 'open',
})
const to = (name: string, location: string, status = 302): Omit<Case, 'id' | 'rule'> => ({
  send: get(`/redirect/${name}`),
  status,
  connection: 'open',
  headers: { location },
})

/** The cases of paths and of Location. */
export const paths: readonly Case[] = [
  ...rule('escapes-decoded', {
    space: found('/site/item/a%20b', 'a b'),
    'utf-8': found('/site/item/caf%C3%A9', 'caf\xc3\xa9'),
    'lower-case digits': found('/site/item/%c3%a9', '\xc3\xa9'),
    unreserved: found('/site/item/%41%2D%7E', 'A-~'),
    percent: found('/site/item/100%25', '100%'),
    'decoded once': found('/site/item/%2541', '%41'),
    'four bytes': found('/site/item/%F0%9F%98%80', '\xf0\x9f\x98\x80'),
    plus: found('/site/item/a+b', 'a+b'),
    'question mark': found('/site/item/a%3Fb', 'a?b'),
    hash: found('/site/item/a%23b', 'a#b'),
  }),
  ...rule('escaped-delimiters', {
    slash: found('/site/item/a%2Fb', 'a/b'),
    'lower-case slash': found('/site/item/a%2fb', 'a/b'),
    'in the rest': found('/site/rest/a%2Fb/c', 'a/b|c'),
    'the segments are as sent': ok(get('/a%2Fb/c%20d'), {
      app: { segments: ['a%2Fb', 'c%20d'], path: '/a%2Fb/c%20d' },
    }),
    'not a route of its own': refused('/site%2Fpage', 200),
    semicolon: found('/site/item/a%3Bb;c', 'a;b;c'),
  }),
  ...each(
    'escapes-invalid',
    {
      'no digits': '%',
      'one digit': '%4',
      'other letters': '%zz',
      'half of them': '%4g',
      'latin-1': '%E9',
      overlong: '%C0%AF',
      surrogate: '%ED%A0%80',
      'cut utf-8': '%C3',
      'a continuation': '%80',
      'too large': '%F5%80%80%80',
    },
    escape => refused(`/site/item/a${escape}`),
  ),
  ...rule('dot-segments', {
    'as sent': ok(get('/a/../b'), { app: { path: '/a/../b', segments: ['a', '..', 'b'] } }),
    'not removed before a route': refused('/site/x/../page', 404),
    'a dot': refused('/site/./page', 404),
    'to a file': refused('/files/../files/digits.txt', 400),
    'escaped, to a file': refused('/files/%2e%2e/digits.txt', 400),
    'upper-case escape': refused('/files/%2E%2E/%2E%2E/etc/passwd', 400),
    'an escaped slash, to a file': refused('/files/..%2F..%2Fetc%2Fpasswd', 400),
    backslash: refused('/files/..%5C..%5Cetc', 400),
    nul: refused('/files/digits.txt%00.png', 400),
    'a dot, to a file': refused('/files/./digits.txt', [400, 404]),
  }),
  ...rule('empty-segments', {
    'doubled slash': ok(get('/a//b'), { app: { path: '/a//b', segments: ['a', 'b'] } }),
    'at the end': ok(get('/a/'), { app: { path: '/a/', segments: ['a'] } }),
    'at the start': ok(get('//a'), { app: { path: '//a', host: 'a.test' } }),
    'of a file': { send: get('/files//digits.txt'), status: [200, 404] },
    'an empty escape': found('/site/item/%20', ' '),
  }),
  ...rule('case-of-paths', {
    other: refused('/SITE/page', 200),
    'of a route': refused('/site/PAGE', 404),
    'of a file': refused('/files/DIGITS.TXT', [200, 404]),
  }),
  ...rule('files-decoded', {
    space: ok(get('/files/sub/a%20b.txt'), { body: 'in a folder' }),
    folder: refused('/files/sub', [200, 404]),
    'a folder with a slash': refused('/files/sub/', [200, 404]),
    'escaped letters': ok(get('/files/%64igits.txt'), { body: '0123456789abcdef' }),
    plus: refused('/files/sub/a+b.txt', [200, 404]),
  }),
  ...rule('fragment', {
    'after a path': { send: get('/x#y'), status: [200, 400], app: { path: '/x', query: '' } },
    'after a query': { send: get('/x?a#b'), status: [200, 400], app: { path: '/x', query: 'a' } },
    'in absolute form': { send: get('http://a.test/x#y'), status: [200, 400], app: { path: '/x' } },
  }),
  ...rule('location', {
    path: to('path', '/there?a=b#c'),
    escapes: to('escaped', '/a%20b%2Fc'),
    'another site': to('external', 'https://b.test/x?y=z'),
    permanent: { send: get('/moved'), status: 308, headers: { location: '/there' } },
    'utf-8': to('utf8', '/caf%C3%A9'),
    'three bytes': {
      ...to('cjs', '/%E6%97%A5'),
      status: 302,
      headers: { location: '/%E6%97%A5%E6%9C%AC' },
    },
    space: to('space', '/a%20b'),
    quote: to('quote', '/a%22b'),
    'a host beyond ASCII': to('host', 'https://xn--bcher-kva.test/'),
  }),
]
