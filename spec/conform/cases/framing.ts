// How a request's body is framed (RFC 9112 §6, §7; RFC 9110 §8.6): Content-Length, transfer codings.
import { bad, each, get, head, ok, post, request, rule, type Case } from '../case.js'

const hello = '5\r\nhello\r\n0\r\n\r\n'
const lengths = (...values: readonly string[]): string =>
  `${request('POST', '/echo', ...values.map(value => `Content-Length: ${value}`))}hello`
const coded = (...codings: readonly string[]): string =>
  request('POST', '/echo', ...codings.map(value => `Transfer-Encoding: ${value}`)) + hello

const contentLength: readonly Case[] = [
  ...each(
    'length-syntax',
    {
      letters: 'abc',
      empty: '',
      fraction: '5.0',
      hexadecimal: '0x5',
      'a space within': '5 5',
      plus: '+5',
      minus: '-5',
      'a letter after it': '5a',
      exponent: '5e0',
      quotes: '"5"',
    },
    value => bad(lengths(value)),
  ),
  ...each(
    'length-characters',
    {
      'minus zero': '-0',
      superscript: '\xb2',
      underscore: '1_0',
      semicolon: '5;',
      octal: '0o5',
      tab: '5\t5',
      nul: '5\0',
      comma: ',',
    },
    value => bad(lengths(value)),
  ),
  ...each(
    'length-overflow',
    {
      '2^32': '4294967296',
      '2^53 and one': '9007199254740993',
      '2^63': '9223372036854775808',
      '2^64': '18446744073709551616',
      '2^64 and five': '18446744073709551621',
      '30 digits': '9'.repeat(30),
      '300 digits': '9'.repeat(300),
    },
    value => ({ send: lengths(value), status: [400, 413], connection: 'closed' }),
  ),
  ...rule('length-differs', {
    'two fields': bad(lengths('5', '6')),
    'smaller second': bad(lengths('5', '0')),
    'a list': bad(lengths('5, 6')),
    'three fields': bad(lengths('5', '5', '6')),
    'another notation': bad(lengths('5', '05')),
    'the second is invalid': bad(lengths('5', 'x')),
  }),
  ...rule('length-repeated', {
    'two fields': { send: lengths('5', '5'), status: [200, 400], body: /hello|\n/ },
    'a list': { send: lengths('5, 5'), status: [200, 400] },
    'a list without spaces': { send: lengths('5,5'), status: [200, 400] },
    'a list with an empty member': { send: lengths('5,'), status: [200, 400] },
  }),
  ...rule('length-body', {
    exact: ok(post('hello'), { body: 'hello' }),
    zero: ok(post(''), { body: '' }),
    'leading zeros': ok(lengths('0005'), { body: 'hello' }),
    'of a GET': ok(`${get('/echo', 'Content-Length: 5')}hello`, { body: 'hello' }),
    'of a DELETE': ok(`${request('DELETE', '/echo', 'Content-Length: 5')}hello`, { body: 'hello' }),
    'line ends in it': ok(post('a\r\n\r\nb\r\n'), { body: 'a\r\n\r\nb\r\n' }),
    'a request in it': ok(post(get('/smuggled')), { body: get('/smuggled'), paths: ['/echo'] }),
    'all bytes': ok(post('\0\x80\xff\r\n'), { body: '\0\x80\xff\r\n' }),
    'in parts': ok([request('POST', '/echo', 'Content-Length: 6'), 'one', 'two'], { body: 'onetwo' }),
    'too large for the app': {
      send: post('x'.repeat(3_000)),
      status: 413,
      connection: 'open',
      paths: ['/echo'],
    },
  }),
  ...rule('no-length', {
    post: ok(request('POST', '/echo'), { body: '' }),
    put: ok(request('PUT', '/echo'), { body: '' }),
    'post and another request': ok(request('POST', '/echo') + get('/x'), {
      body: '',
      rest: [200],
      paths: ['/echo', '/x'],
    }),
    'bytes after it': {
      send: `${request('POST', '/echo')}hello\r\n\r\n`,
      status: 200,
      rest: [400],
      connection: 'closed',
      body: '',
      paths: ['/echo'],
    },
  }),
]

const transferCoding: readonly Case[] = [
  ...each(
    'coding-unknown',
    {
      'gzip and chunked': 'gzip, chunked',
      'without a space': 'gzip,chunked',
      'a word': 'foo, chunked',
      deflate: 'deflate, chunked',
      compress: 'compress, chunked',
      identity: 'identity, chunked',
      'two of them': 'gzip, deflate, chunked',
      parameters: 'foo;a=b, chunked',
    },
    value => bad(coded(value), [400, 501]),
  ),
  ...each(
    'coding-not-last',
    {
      'gzip last': 'chunked, gzip',
      gzip: 'gzip',
      identity: 'identity',
      'identity last': 'chunked, identity',
      'a longer word': 'chunkedx',
      'a word before it': 'xchunked',
      'another word': 'chunk',
      quotes: '"chunked"',
      parameter: 'chunked;q=1',
      empty: '',
    },
    value => bad(coded(value)),
  ),
  ...rule('coding-twice', {
    'a list': bad(coded('chunked, chunked'), [400, 501]),
    'two fields': bad(coded('chunked', 'chunked'), [400, 501]),
    'gzip and chunked in two fields': bad(coded('gzip', 'chunked'), [400, 501]),
    'chunked and gzip in two fields': bad(coded('chunked', 'gzip')),
    'chunked and identity in two fields': bad(coded('chunked', 'identity')),
  }),
  ...each(
    'coding-case',
    {
      upper: 'CHUNKED',
      title: 'Chunked',
      mixed: 'cHuNkEd',
      'spaces around': ' chunked  ',
      'tab before': '\tchunked',
    },
    value => ok(coded(value), { body: 'hello' }),
  ),
  ...rule('coding-and-length', {
    'length first': bad(
      `${request('POST', '/echo', 'Content-Length: 5', 'Transfer-Encoding: chunked')}${hello}`,
    ),
    'coding first': bad(
      `${request('POST', '/echo', 'Transfer-Encoding: chunked', 'Content-Length: 5')}${hello}`,
    ),
    'length of the chunks': bad(
      `${request('POST', '/echo', `Content-Length: ${hello.length}`, 'Transfer-Encoding: chunked')}${hello}`,
    ),
    'length zero': bad(
      `${request('POST', '/echo', 'Content-Length: 0', 'Transfer-Encoding: chunked')}${hello}`,
    ),
    'an unknown coding': bad(
      `${request('POST', '/echo', 'Content-Length: 5', 'Transfer-Encoding: foo')}hello`,
      [400, 501],
    ),
    identity: bad(
      `${request('POST', '/echo', 'Content-Length: 5', 'Transfer-Encoding: identity')}hello`,
      [400, 501],
    ),
    'of a GET': bad(`${get('/echo', 'Content-Length: 5', 'Transfer-Encoding: chunked')}${hello}`),
  }),
  ...rule('coding-1.0', {
    chunked: bad(`${head('POST /echo HTTP/1.0', 'Host: a.test', 'Transfer-Encoding: chunked')}${hello}`),
    'keep alive': bad(
      `${head('POST /echo HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked')}${hello}${get('/smuggled')}`,
    ),
    'a length, too': bad(
      `${head('POST /echo HTTP/1.0', 'Content-Length: 5', 'Transfer-Encoding: chunked')}${hello}`,
    ),
    unknown: bad(`${head('POST /echo HTTP/1.0', 'Transfer-Encoding: foo')}hello`),
  }),
]

/** The cases of framing. */
export const framing: readonly Case[] = [...contentLength, ...transferCoding]
