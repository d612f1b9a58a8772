// Ranges of files (RFC 9110 §14, §13.1.5, §15.3.7, §15.5.17).
import { bad, each, get, ok, request, rule, type Case } from '../case.js'
import { changed, digits } from '../app.js'

const file = '/files/digits.txt'
const part = (value: string, from: number, to: number): Omit<Case, 'id' | 'rule'> => ({
  send: get(file, `Range: ${value}`),
  status: 206,
  connection: 'open',
  body: digits.slice(from, to + 1),
  headers: {
    'content-range': `bytes ${from}-${to}/16`,
    'content-length': String(to - from + 1),
    etag: '"v1"',
    date: true,
  },
})
const whole = (...lines: readonly string[]): Omit<Case, 'id' | 'rule'> =>
  ok(get(file, ...lines), { body: digits, headers: { 'content-range': false } })

/** The cases of ranges. */
export const ranges: readonly Case[] = [
  ...rule('range-single', {
    first: part('bytes=0-0', 0, 0),
    middle: part('bytes=4-7', 4, 7),
    'to the end': part('bytes=10-', 10, 15),
    'beyond the end': part('bytes=10-99', 10, 15),
    last: part('bytes=15-15', 15, 15),
    suffix: part('bytes=-3', 13, 15),
    'a suffix of one': part('bytes=-1', 15, 15),
    'a huge end': part('bytes=1-99999999999999999999999', 1, 15),
    'unit in upper case': { ...part('BYTES=4-7', 4, 7), status: [200, 206], body: /./, headers: {} },
    'leading zeros': part('bytes=004-007', 4, 7),
  }),
  ...each(
    'range-unsatisfiable',
    {
      'at the end': 'bytes=16-',
      'behind it': 'bytes=99-100',
      'a suffix of zero': 'bytes=-0',
      'a huge start': 'bytes=99999999999999999999-',
      'one byte behind': 'bytes=16-16',
    },
    value => ({
      send: get(file, `Range: ${value}`),
      status: 416,
      connection: 'open',
      headers: { 'content-range': 'bytes */16' },
    }),
  ),
  ...each(
    'range-invalid',
    {
      'end before start': 'bytes=7-4',
      letters: 'bytes=a-b',
      'no numbers': 'bytes=-',
      'no equals': 'bytes 0-3',
      empty: '',
      'no unit': '0-3',
      negative: 'bytes=--3',
      'a space in it': 'bytes=0 -3',
      hexadecimal: 'bytes=0x1-3',
      plus: 'bytes=+1-3',
    },
    value => whole(`Range: ${value}`),
  ),
  ...each(
    'range-unit',
    { seconds: 'seconds=0-3', characters: 'chars=0-3', none: 'none', longer: 'bytess=0-3' },
    value => whole(`Range: ${value}`),
  ),
  ...each(
    'range-multiple',
    {
      two: 'bytes=0-1,4-5',
      overlapping: 'bytes=0-5,3-8',
      'a hundred': `bytes=${Array.from({ length: 100 }, (_, i) => `${i}-${i}`).join(',')}`,
      'many of all': `bytes=${'0-,'.repeat(200)}0-`,
    },
    value => ({ send: get(file, `Range: ${value}`), status: [200, 206, 416], connection: 'open' }),
  ),
  ...each('range-method', { post: 'POST', head: 'HEAD', put: 'PUT', delete: 'DELETE' }, method => ({
    ...ok(request(method, method === 'HEAD' ? file : '/x', 'Range: bytes=0-3')),
    headers: { 'content-range': false },
  })),
  ...rule('range-other', {
    'a text': ok(get('/x', 'Range: bytes=0-0'), { body: 'ok', headers: { 'content-range': false } }),
    'an empty file': {
      send: get('/files/empty.txt', 'Range: bytes=0-'),
      status: [200, 416],
      connection: 'open',
    },
    'a missing file': { send: get('/files/nothing', 'Range: bytes=0-3'), status: 404 },
    'two fields': { send: get(file, 'Range: bytes=0-1', 'Range: bytes=4-5'), status: [200, 206, 400, 416] },
    'a compressed file': {
      send: get('/plain/page.html', 'Accept-Encoding: gzip', 'Range: bytes=0-2'),
      status: 206,
      body: '<p>',
      headers: { 'content-encoding': false, vary: 'Accept-Encoding' },
    },
    'accept-ranges': ok(get(file), { headers: { 'accept-ranges': 'bytes' } }),
    'a large file': {
      send: get('/files/large.bin', 'Range: bytes=100000-299998'),
      status: 206,
      connection: 'open',
      headers: { 'content-length': '199999' },
    },
  }),
  ...rule('if-range', {
    tag: { ...part('bytes=0-3', 0, 3), send: get(file, 'Range: bytes=0-3', 'If-Range: "v1"') },
    // a time of the last change is a strong validator only if the server knows that no other change was near
    date: {
      send: get(file, 'Range: bytes=0-3', `If-Range: ${changed}`),
      status: [200, 206],
      connection: 'open',
    },
    'another tag': whole('Range: bytes=0-3', 'If-Range: "v2"'),
    'an earlier date': whole('Range: bytes=0-3', 'If-Range: Sun, 06 Nov 1994 08:49:36 GMT'),
    'a later date': whole('Range: bytes=0-3', 'If-Range: Sun, 06 Nov 1994 08:49:38 GMT'),
    'a weak tag': whole('Range: bytes=0-3', 'If-Range: W/"v1"'),
    'a list of tags': whole('Range: bytes=0-3', 'If-Range: "v1", "v2"'),
    star: whole('Range: bytes=0-3', 'If-Range: *'),
    'an invalid date': whole('Range: bytes=0-3', 'If-Range: yesterday'),
    'a bad range': whole('Range: bytes=99-', 'If-Range: "v2"'),
  }),
  ...rule('if-range-weak', {
    'the file has a weak tag': {
      ...ok(get('/weak/digits.txt', 'Range: bytes=0-3', 'If-Range: W/"v1"')),
      body: digits,
    },
    'and the tag is strong': {
      ...ok(get('/weak/digits.txt', 'Range: bytes=0-3', 'If-Range: "v1"')),
      body: digits,
    },
  }),
  ...rule('if-range-alone', {
    tag: whole('If-Range: "v1"'),
    date: whole(`If-Range: ${changed}`),
    invalid: whole('If-Range: x'),
    'of what has no ranges': ok(get('/x', 'Range: bytes=0-0', 'If-Range: "v1"'), { body: 'ok' }),
  }),
  ...rule('range-headers', {
    tag: {
      ...part('bytes=0-3', 0, 3),
      headers: { etag: '"v1"', 'cache-control': 'public', 'accept-ranges': 'bytes' },
    },
    vary: {
      send: get('/plain/page.html', 'Range: bytes=0-2'),
      status: 206,
      headers: { vary: 'Accept-Encoding', 'x-file': 'yes' },
    },
    'no multipart': { ...part('bytes=1-3', 1, 3), headers: { 'content-type': /^text\/plain/ } },
    '416 without a type of the file': {
      send: get(file, 'Range: bytes=99-'),
      status: 416,
      headers: { 'content-range': 'bytes */16' },
    },
  }),
  ...rule('range-length', {
    'of the header': bad(get(file, `Range: bytes=${'0-1,'.repeat(1_200)}0-1`), 431),
  }),
]
