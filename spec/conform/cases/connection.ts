// Connections (RFC 9112 §9, RFC 9110 §7.6.1, §7.8): close and keep-alive, requests in a row, what follows the last one, Upgrade.
import { bad, each, get, head, ok, post, request, rule, type Case } from '../case.js'

const closed = (send: string | readonly string[], more: Partial<Case> = {}): Omit<Case, 'id' | 'rule'> => ({
  send,
  status: 200,
  connection: 'closed',
  headers: { connection: /(^|, *)close$/i },
  ...more,
})
const smuggled = get('/smuggled')

const options: readonly Case[] = [
  ...each(
    'close-option',
    {
      lower: 'close',
      title: 'Close',
      upper: 'CLOSE',
      'first of a list': 'close, x',
      'last of a list': 'x, close',
      'without spaces': 'x,close,y',
      'with keep-alive': 'keep-alive, close',
      'empty members': ', ,close,',
    },
    value => closed(get('/x', `Connection: ${value}`)),
  ),
  ...each('close-option', { 'tabs around': '\tclose\t', 'tab in a list': 'x,\tclose' }, value =>
    closed(get('/x', `Connection: ${value}`)),
  ),
  ...rule('close-fields', {
    'second field': closed(get('/x', 'Connection: x', 'Connection: close')),
    'first field': closed(get('/x', 'Connection: close', 'Connection: x')),
    'with keep-alive after it': closed(get('/x', 'Connection: close', 'Connection: keep-alive')),
    'of a POST': closed(post('hi', 'Connection: close'), { body: 'hi' }),
    'of a HEAD': closed(request('HEAD', '/x', 'Connection: close')),
    'of a missing page': closed(get('/site/nothing', 'Connection: close'), { status: 404 }),
    'of a file': closed(get('/files/digits.txt', 'Connection: close')),
    'of a stream': closed(get('/stream', 'Connection: close'), { body: 'one two three' }),
    'of a long response': closed(get('/long-text', 'Connection: close'), { body: /^x{40000}$/ }),
    'of an exception': closed(get('/throws', 'Connection: close'), { status: 500 }),
  }),
  ...each(
    'close-not-named',
    {
      'a longer word': 'closed',
      'a word before it': 'xclose',
      'a hyphen': 'close-x',
      'a parameter': 'x=close',
      empty: '',
      quotes: '"close"',
    },
    value => ok(get('/x', `Connection: ${value}`)),
  ),
  ...rule('persistent', {
    default: ok(get('/x'), { headers: { connection: /keep-alive/i, 'keep-alive': /^timeout=\d+/ } }),
    'keep-alive': ok(get('/x', 'Connection: keep-alive')),
    'after a POST': ok(post('hi')),
    'after chunks': ok(`${request('POST', '/echo', 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n`, {
      body: 'hi',
    }),
    'after a 404': { send: get('/site/nothing'), status: 404, connection: 'open' },
    'after a 500': { send: get('/throws'), status: 500, connection: 'open' },
    'after a 304': { send: get('/files/digits.txt', 'If-None-Match: "v1"'), status: 304, connection: 'open' },
    'after a 204': { send: get('/status/204'), status: 204, connection: 'open' },
    'after a file': ok(get('/files/digits.txt')),
    'after a stream': ok(get('/stream'), {
      body: 'one two three',
      headers: { 'transfer-encoding': 'chunked' },
    }),
  }),
  ...rule('persistent-1.0', {
    default: { send: head('GET /x HTTP/1.0'), status: 200, connection: 'closed' },
    'keep-alive': { send: head('GET /x HTTP/1.0', 'Connection: keep-alive'), status: 200 },
    'keep-alive in upper case': { send: head('GET /x HTTP/1.0', 'Connection: Keep-Alive'), status: 200 },
    'keep-alive and close': {
      send: head('GET /x HTTP/1.0', 'Connection: keep-alive, close'),
      status: 200,
      connection: 'closed',
    },
    'a stream': {
      send: head('GET /stream HTTP/1.0'),
      status: 200,
      connection: 'closed',
      headers: { 'transfer-encoding': false },
      body: 'one two three',
    },
    'a stream with keep-alive': {
      send: head('GET /stream HTTP/1.0', 'Connection: keep-alive'),
      status: 200,
      connection: 'closed',
      headers: { 'transfer-encoding': false },
      body: 'one two three',
    },
    'a file': {
      send: head('GET /files/digits.txt HTTP/1.0'),
      status: 200,
      connection: 'closed',
      headers: { 'content-length': '16' },
    },
  }),
]

const last: readonly Case[] = [
  ...rule('close-ends', {
    'client says close': closed(get('/x', 'Connection: close') + smuggled),
    'client says close to a POST': closed(post('hi', 'Connection: close') + smuggled),
    '1.0': { send: head('GET /x HTTP/1.0') + smuggled, status: 200, connection: 'closed' },
    'two hosts': bad(get('/x', 'Host: a.test') + smuggled),
    'an invalid host': bad(head('GET /x HTTP/1.1', 'Host: a b') + smuggled),
    'a long target': bad(get(`/${'x'.repeat(1_100)}`) + smuggled, 414),
    'an unknown coding': bad(
      `${request('POST', '/echo', 'Transfer-Encoding: foo, chunked')}0\r\n\r\n${smuggled}`,
      501,
    ),
    'an unknown expectation': bad(get('/x', 'Expect: x') + smuggled, 417),
    connect: bad(request('CONNECT', 'b.test:80') + smuggled, [405, 501]),
    'a malformed request': bad(`nonsense\r\n\r\n${smuggled}`, 400),
  }),
  ...rule('close-announced', {
    'an invalid request': bad('nonsense\r\n\r\n', 400, { headers: { connection: 'close' } }),
    'no host': bad(head('GET /x HTTP/1.1'), 400, { headers: { connection: 'close' } }),
    'the app': closed(get('/closes'), { body: 'bye' }),
    'too many headers': bad(get('/x', `X: ${'y'.repeat(5_000)}`), 431, { headers: { connection: 'close' } }),
    'the app and another request': closed(get('/closes') + get('/y'), { body: 'bye' }),
    'a large body that is not read': closed(post('x'.repeat(400_000)).replace('/echo', '/x')),
    'a huge body that is not read': closed(post('x'.repeat(8_000_000)).replace('/echo', '/x')),
    'a large body that is too large': closed(post('x'.repeat(400_000)), { status: 413 }),
  }),
  ...rule('close-late', {
    'after close': closed([get('/slower', 'Connection: close'), smuggled], { body: 'slow' }),
    'after close of a POST': closed([post('hi', 'Connection: close'), smuggled], { body: 'hi' }),
    'after 1.0': {
      send: [head('GET /slower HTTP/1.0'), smuggled],
      status: 200,
      connection: 'closed',
      body: 'slow',
    },
    'after a rejected request': bad([head('GET /x HTTP/1.1'), smuggled]),
    'after a malformed request': bad(['nonsense\r\n\r\n', smuggled]),
    'bytes after close': closed([get('/slower', 'Connection: close'), 'nonsense\r\n\r\n'], { body: 'slow' }),
  }),
  ...rule('pipelining', {
    two: ok(get('/x') + get('/y'), { rest: [200], paths: ['/x', '/y'] }),
    ten: ok(Array.from({ length: 10 }, (_, i) => get(`/status/20${i === 4 ? 4 : 0}`)).join(''), {
      rest: [200, 200, 200, 204, 200, 200, 200, 200, 200],
    }),
    'the first is slow': ok(get('/slow') + get('/x'), {
      rest: [200],
      body: 'slow',
      check: answers => (answers[1]?.body === 'ok' ? undefined : 'the second response is another'),
    }),
    'a missing page between': ok(get('/x') + get('/site/nothing') + get('/y'), { rest: [404, 200] }),
    'a body between': ok(get('/x') + post('hi') + get('/y'), {
      rest: [200, 200],
      paths: ['/x', '/echo', '/y'],
    }),
    'a stream first': ok(get('/stream') + get('/x'), { rest: [200], body: 'one two three' }),
    'a file first': ok(get('/files/large.bin') + get('/x'), { rest: [200] }),
    'head between': ok(get('/x') + request('HEAD', '/x') + get('/y'), {
      rest: [200, 200],
      methods: ['GET', 'HEAD', 'GET'],
    }),
    'the second is malformed': {
      send: `${get('/slow')}nonsense\r\n\r\n`,
      status: 200,
      rest: [400],
      connection: 'closed',
      body: 'slow',
    },
    'the second has no host': {
      send: get('/slow') + head('GET /y HTTP/1.1'),
      status: 200,
      rest: [400],
      connection: 'closed',
      body: 'slow',
    },
  }),
]

const upgrades: readonly Case[] = [
  ...rule('upgrade-ignored', {
    websocket: ok(
      get(
        '/x',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==',
      ),
    ),
    h2c: ok(
      get(
        '/x',
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      ),
    ),
    'without Connection': ok(get('/x', 'Upgrade: websocket')),
    'a body with it': ok(post('hi', 'Connection: upgrade', 'Upgrade: x'), { body: 'hi' }),
    'a request after it': ok(get('/x', 'Connection: upgrade', 'Upgrade: x') + get('/y'), {
      timeout: 4_000,
      rest: [200],
      paths: ['/x', '/y'],
    }),
    'with close': closed(get('/x', 'Connection: close, upgrade', 'Upgrade: x')),
    '1.0': {
      send: head('GET /x HTTP/1.0', 'Connection: upgrade', 'Upgrade: websocket'),
      status: 200,
      connection: 'closed',
    },
    several: ok(get('/x', 'Connection: upgrade', 'Upgrade: x/1, y/2, z')),
  }),
]

/** The cases of connections. */
export const connection: readonly Case[] = [...options, ...last, ...upgrades]
