// Chunks and trailers (RFC 9112 §7), and bodies and heads that are cut, slow or too long (RFC 9112 §8, RFC 9110 §15.5.9, §15.5.14).
import { chunked, each, get, ok, post, request, rule, type Case } from '../case.js'

const hello = '5\r\nhello\r\n0\r\n\r\n'

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
      connection: 'closed',
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
    extension => ok(chunked(`5${extension}\r\nhello\r\n0\r\n\r\n`), { body: 'hello' }),
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
      connection: 'closed',
    }),
  ),
  ...rule('chunk-extension-size', {
    'one long': {
      send: chunked(`5;a=${'b'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
      status: 413,
      connection: 'closed',
    },
    'many short': {
      send: chunked(`${`1;a=${'b'.repeat(100)}\r\nx\r\n`.repeat(400)}0\r\n\r\n`),
      status: [400, 413],
      connection: 'closed',
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
    body => ({ send: chunked(`${body}${get('/smuggled')}`), status: 400, connection: 'closed' }),
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
      connection: 'closed',
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
      connection: 'closed',
    }),
  ),
  ...each(
    'body-incomplete',
    {
      'a length': `${request('POST', '/echo', 'Content-Length: 10')}hello`,
      'a length and nothing': request('POST', '/echo', 'Content-Length: 10'),
      'no last chunk': chunked('5\r\nhello\r\n'),
      'within a chunk': chunked('5\r\nhel'),
      'within a size': chunked('5'),
      'within the trailers': chunked('0\r\nX: y\r\n'),
      'before the last line': chunked('0\r\n'),
    },
    send => ({ send, end: true, status: [0, 400], connection: 'closed', reads: [] }),
  ),
  ...each(
    'body-dropped',
    {
      'a length': `${request('POST', '/echo', 'Content-Length: 10')}hello`,
      'no last chunk': chunked('5\r\nhello\r\n'),
      'within a chunk': chunked('5\r\nhel'),
      'before the last line': chunked('5\r\nhello\r\n0\r\n'),
    },
    send => ({ send, end: 'reset', status: 0, connection: 'closed', reads: [] }),
  ),
  ...rule('body-limit', {
    'a length': { send: post('x'.repeat(2_001)), status: 413, paths: ['/echo'], reads: [] },
    'at the limit': ok(post('x'.repeat(2_000)), { reads: ['x'.repeat(2_000)] }),
    chunks: {
      send: chunked(`7D1\r\n${'x'.repeat(2_001)}\r\n0\r\n\r\n`),
      status: 413,
      paths: ['/echo'],
      reads: [],
    },
    'chunks in parts': {
      send: [chunked(`5DC\r\n${'x'.repeat(1_500)}\r\n`), `5DC\r\n${'x'.repeat(1_500)}\r\n`],
      status: 413,
      connection: 'closed',
      paths: ['/echo'],
      reads: [],
    },
    'chunks without an end': {
      send: [chunked(`7D1\r\n${'x'.repeat(2_001)}\r\n`)],
      status: 413,
      connection: 'closed',
      paths: ['/echo'],
      reads: [],
    },
  }),
  ...rule('response-cut', {
    'a malformed chunk': {
      send: [`${request('POST', '/drip', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`, 'zz\r\n'],
      status: 200,
      connection: 'closed',
      cut: true,
      waits: true,
      body: /^(?!.*HTTP\/1)/s,
    },
    'a malformed trailer': {
      send: [`${request('POST', '/drip', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`, '0\r\nX : y\r\n\r\n'],
      status: 200,
      connection: 'closed',
      cut: true,
      waits: true,
      body: /^(?!.*HTTP\/1)/s,
    },
    'a malformed request after it': {
      send: [get('/drip'), 'nonsense\r\n\r\n'],
      waits: true,
      status: 200,
      rest: [400],
      connection: 'closed',
      body: 'one two ',
    },
  }),
  ...rule('body-slow', {
    'a length': {
      send: [request('POST', '/hurry', 'Content-Length: 10'), 'hello'],
      status: 408,
      connection: 'closed',
      headers: { connection: 'close' },
    },
    'nothing of it': {
      send: request('POST', '/hurry', 'Content-Length: 10'),
      status: 408,
      connection: 'closed',
      headers: { connection: 'close' },
    },
    chunks: {
      send: request('POST', '/hurry', 'Transfer-Encoding: chunked'),
      status: 408,
      connection: 'closed',
      headers: { connection: 'close' },
    },
    'in time': ok([request('POST', '/hurry', 'Content-Length: 4'), 'hell'], { body: 'read' }),
  }),
  ...each(
    'head-slow',
    { nothing: '', 'a request line': 'GET /x HTTP/1.1\r\n', 'half a header': 'GET /x HTTP/1.1\r\nHost: a.t' },
    send => ({ send, status: 408, connection: 'closed', app: false, headers: { connection: 'close' } }),
  ),
  ...rule('head-incomplete', {
    'the request line': {
      send: 'GET /x HTTP/1.1',
      end: true,
      status: [0, 400],
      connection: 'closed',
      app: false,
    },
    'no last line': {
      send: 'GET /x HTTP/1.1\r\nHost: a.test\r\n',
      end: true,
      status: [0, 400],
      connection: 'closed',
      app: false,
    },
    'within a field': {
      send: 'GET /x HTTP/1.1\r\nHost: a.t',
      end: true,
      status: [0, 400],
      connection: 'closed',
      app: false,
    },
    nothing: { send: '', end: true, status: [0, 400], connection: 'closed', app: false },
  }),
]

/** The cases of chunks, and of messages that do not come whole. */
export const chunkCases: readonly Case[] = [...chunks, ...ends]
