// How a request's body is framed (RFC 9112 §6, §7; RFC 9110 §8.6): Content-Length, transfer codings, chunks, trailers.
import { bad, chunked, each, get, head, ok, post, request, rule, type Case } from '../case.js'

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
    value => ({ send: lengths(value), status: [400, 413], then: 'closed' }),
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
    'too large for the app': { send: post('x'.repeat(3_000)), status: 413, then: 'open', paths: ['/echo'] },
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
      then: 'closed',
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

const chunks: readonly Case[] = [
  ...rule('chunks', {
    one: ok(chunked(hello), { body: 'hello' }),
    several: ok(chunked('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), { body: 'hello' }),
    none: ok(chunked('0\r\n\r\n'), { body: '' }),
    'in parts': ok([chunked('2\r\nhe'), '\r\n3\r\n', 'llo\r\n0\r', '\n\r\n'], { body: 'hello' }),
    'a request after them': ok(chunked(hello) + get('/x'), {
      body: 'hello',
      rest: [200],
      paths: ['/echo', '/x'],
    }),
    'all bytes': ok(chunked('4\r\n\r\n\0\xff\r\n0\r\n\r\n'), { body: '\r\n\0\xff' }),
    'of a GET': ok(`${get('/echo', 'Transfer-Encoding: chunked')}${hello}`, { body: 'hello' }),
    'too large for the app': {
      send: chunked(`BB8\r\n${'x'.repeat(3_000)}\r\n0\r\n\r\n`),
      status: 413,
      paths: ['/echo'],
    },
  }),
  ...each(
    'chunk-size-digits',
    { lower: 'a', upper: 'A', 'leading zero': '0a', 'many leading zeros': '000000000a' },
    size => ok(chunked(`${size}\r\n0123456789\r\n0\r\n\r\n`), { body: '0123456789' }),
  ),
  ...each(
    'chunk-size-syntax',
    {
      letter: 'g',
      hexadecimal: '0x5',
      minus: '-5',
      plus: '+5',
      empty: '',
      'space before': ' 5',
      'letter after': '5g',
      quotes: '"5"',
      fraction: '5.0',
      nul: '5\0',
    },
    size => ({
      send: chunked(`${size}\r\nhello\r\n0\r\n\r\n${get('/smuggled')}`),
      status: 400,
      then: 'closed',
    }),
  ),
  ...each(
    'chunk-size-overflow',
    {
      '17 digits': '10000000000000005',
      '17 of f': 'f'.repeat(17),
      '16 of f': 'f'.repeat(16),
      '33 digits': `1${'0'.repeat(31)}5`,
      '2^63': '8000000000000000',
    },
    size => ({ send: chunked(`${size}\r\nhello\r\n0\r\n\r\n`), status: [400, 413], end: true }),
  ),
  ...each(
    'chunk-extension-ignored',
    {
      name: ';a',
      value: ';a=b',
      quoted: ';a="b"',
      'semicolon in quotes': ';a="b;c"',
      two: ';a;b=c',
      'escape in quotes': ';a="\\""',
    },
    extension => ok(chunked(`5${extension}\r\nhello\r\n0\r\n\r\n`), { body: 'hello' }),
  ),
  ...each(
    'chunk-extension-ignored',
    { 'white space': ' ; a = b', 'white space at the end': '; a = b ' },
    extension => ({
      ...ok(chunked(`5${extension}\r\nhello\r\n0\r\n\r\n`), { body: 'hello' }),
      known: {
        reason:
          'the parser rejects white space around chunk extensions, which no client sends: it is a vector of smuggling',
      },
    }),
  ),
  ...each(
    'chunk-extension-invalid',
    {
      'bare CR': ';a\rb',
      'bare LF': ';a\nb',
      nul: ';a\0',
      'quotes and LF': ';a="\n"',
      'LF instead of the end': ';a\n5',
    },
    extension => ({
      send: chunked(`5${extension}\r\nhello\r\n0\r\n\r\n${get('/smuggled')}`),
      status: 400,
      then: 'closed',
    }),
  ),
  ...rule('chunk-extension-size', {
    'one long': {
      send: chunked(`5;a=${'b'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
      status: [400, 413],
      then: 'closed',
    },
    'many short': {
      send: chunked(`${`1;a=${'b'.repeat(100)}\r\nx\r\n`.repeat(400)}0\r\n\r\n`),
      status: [400, 413],
      then: 'closed',
      known: {
        reason:
          'the parser limits the extensions of a chunk to 16 kB, not those of a body; the limit of the body holds',
      },
    },
  }),
  ...each(
    'chunk-ends',
    {
      'data without an end': '5\r\nhello0\r\n\r\n',
      'data with LF': '5\r\nhello\n0\r\n\r\n',
      'data with CR': '5\r\nhello\r0\r\n\r\n',
      'data too long': '5\r\nhello!\r\n0\r\n\r\n',
      'data too short': '6\r\nhello\r\n0\r\n\r\n',
      'size with LF': '5\nhello\r\n0\r\n\r\n',
      'size with CR': '5\rhello\r\n0\r\n\r\n',
      'last size with LF': '5\r\nhello\r\n0\n\r\n',
      'other bytes for the end': '5\r\nhelloXX0\r\n\r\n',
    },
    body => ({ send: chunked(`${body}${get('/smuggled')}`), status: 400, then: 'closed' }),
  ),
]

const ends: readonly Case[] = [
  ...each(
    'trailers',
    {
      one: 'X-Trailer: y',
      host: 'Host: evil.test',
      authorization: 'Authorization: Basic eDp5',
      several: 'X-A: 1\r\nX-B: 2',
    },
    trailer =>
      ok(chunked(`5\r\nhello\r\n0\r\n${trailer}\r\n\r\n`, 'X-Before: yes'), {
        body: 'hello',
        app: { host: 'a.test', headers: { 'x-before': 'yes', 'transfer-encoding': 'chunked' } },
      }),
  ),
  ...each(
    'trailers-framing',
    { 'content length': 'Content-Length: 99', 'transfer coding': 'Transfer-Encoding: gzip' },
    trailer => ({
      send: chunked(`5\r\nhello\r\n0\r\n${trailer}\r\n\r\n${get('/x')}`),
      status: 400,
      then: 'closed',
    }),
  ),
  ...each(
    'trailers-invalid',
    {
      'no colon': 'X',
      'space before the colon': 'X : y',
      nul: 'X: \0',
      'bare CR': 'X: y\rz',
      'name with a space': 'X Y: z',
    },
    trailer => ({
      send: chunked(`5\r\nhello\r\n0\r\n${trailer}\r\n\r\n${get('/smuggled')}`),
      status: 400,
      then: 'closed',
    }),
  ),
  ...rule('body-incomplete', {
    'a length': {
      send: `${request('POST', '/echo', 'Content-Length: 10')}hello`,
      end: true,
      status: [0, 400],
      then: 'closed',
    },
    'a length and nothing': {
      send: request('POST', '/echo', 'Content-Length: 10'),
      end: true,
      status: [0, 400],
      then: 'closed',
    },
    'no last chunk': { send: chunked('5\r\nhello\r\n'), end: true, status: [0, 400], then: 'closed' },
    'within a chunk': { send: chunked('5\r\nhel'), end: true, status: [0, 400], then: 'closed' },
    'within a size': { send: chunked('5'), end: true, status: [0, 400], then: 'closed' },
    'within the trailers': { send: chunked('0\r\nX: y\r\n'), end: true, status: [0, 400], then: 'closed' },
    'before the last line': { send: chunked('0\r\n'), end: true, status: [0, 400], then: 'closed' },
  }),
  ...rule('head-incomplete', {
    'the request line': { send: 'GET /x HTTP/1.1', end: true, status: [0, 400], then: 'closed', app: false },
    'no last line': {
      send: 'GET /x HTTP/1.1\r\nHost: a.test\r\n',
      end: true,
      status: [0, 400],
      then: 'closed',
      app: false,
    },
    'within a field': {
      send: 'GET /x HTTP/1.1\r\nHost: a.t',
      end: true,
      status: [0, 400],
      then: 'closed',
      app: false,
    },
    nothing: { send: '', end: true, status: [0, 400], then: 'closed', app: false },
  }),
]

/** The cases of framing. */
export const framing: readonly Case[] = [...contentLength, ...transferCoding, ...chunks, ...ends]
