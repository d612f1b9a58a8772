// Methods and expectations (RFC 9110 §9.3, §10.1.1, §10.2.1, §15.5.6, §15.5.16): OPTIONS, TRACE, CONNECT, 405, 100-continue.
import { bad, each, get, head, ok, post, request, rule, type Case } from '../case.js'

const expecting = (...lines: readonly string[]): string =>
  request('POST', '/echo', 'Expect: 100-continue', ...lines)

/** The cases of methods and expectations. */
export const methods: readonly Case[] = [
  ...rule('allow', {
    delete: {
      send: request('DELETE', '/site/page'),
      status: 405,
      connection: 'open',
      headers: { allow: 'GET, HEAD, POST, PUT, OPTIONS' },
    },
    post: {
      send: request('POST', '/site/only-get', 'Content-Length: 0'),
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    },
    get: { send: get('/site/only-post'), status: 405, headers: { allow: 'POST, OPTIONS' } },
    head: { send: request('HEAD', '/site/only-post'), status: 405, headers: { allow: 'POST, OPTIONS' } },
    patch: { send: request('PATCH', '/site/item/7'), status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } },
    'trace of a route': {
      send: request('TRACE', '/site/page'),
      status: 405,
      headers: { allow: 'GET, HEAD, POST, PUT, OPTIONS' },
    },
    'a missing path': { send: request('DELETE', '/site/nothing'), status: 404, headers: { allow: false } },
  }),
  ...rule('options', {
    route: {
      send: request('OPTIONS', '/site/page'),
      status: 204,
      connection: 'open',
      headers: { allow: 'GET, HEAD, POST, PUT, OPTIONS' },
    },
    'another route': {
      send: request('OPTIONS', '/site/only-get'),
      status: 204,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    },
    'a missing path': { send: request('OPTIONS', '/site/nothing'), status: 404 },
    'with a body': {
      send: `${request('OPTIONS', '/site/page', 'Content-Length: 2')}hi`,
      status: 204,
      connection: 'open',
    },
    'max-forwards': { send: request('OPTIONS', '/site/page', 'Max-Forwards: 0'), status: 204 },
    server: ok(request('OPTIONS', '*'), { app: { path: '*' } }),
  }),
  ...rule('connect', {
    authority: bad(request('CONNECT', 'b.test:80'), [405, 501], { headers: { 'transfer-encoding': false } }),
    path: bad(request('CONNECT', '/x'), [400, 405, 501]),
    'bytes after it': bad(`${request('CONNECT', 'b.test:80')}hello`, [405, 501]),
    '1.0': bad(head('CONNECT b.test:80 HTTP/1.0'), [405, 501]),
    'an empty port': bad(request('CONNECT', 'b.test:'), [400, 405, 501]),
    'no port': bad(request('CONNECT', 'b.test'), [400, 405, 501]),
    'a port too large': bad(request('CONNECT', 'b.test:99999'), [400, 405, 501]),
    'a length': bad(request('CONNECT', 'b.test:80', 'Content-Length: 2') + 'hi', [400, 405, 501]),
  }),
  ...each(
    'trace',
    { 'a path': '/site/nothing', 'a route': '/site/page', 'a file': '/files/digits.txt' },
    target => ({
      send: request('TRACE', target, 'Cookie: secret=1'),
      status: [200, 404, 405, 501],
      check: ([answer]) => (answer?.body.includes('secret') ? 'the response repeats a cookie' : undefined),
    }),
  ),
  ...rule('continue', {
    'a length': ok([expecting('Content-Length: 5'), 'hello'], { interim: [100], body: 'hello' }),
    chunks: ok([expecting('Transfer-Encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'], {
      interim: [100],
      body: 'hello',
    }),
    'upper case': ok([request('POST', '/echo', 'Expect: 100-CONTINUE', 'Content-Length: 5'), 'hello'], {
      interim: [100],
      body: 'hello',
    }),
    'the body comes at once': {
      send: `${expecting('Content-Length: 5')}hello`,
      status: 200,
      connection: 'open',
      body: 'hello',
      interim: [100],
    },
    put: ok([request('PUT', '/echo', 'Expect: 100-continue', 'Content-Length: 5'), 'hello'], {
      interim: [100],
      body: 'hello',
    }),
    'and another request': ok([expecting('Content-Length: 5'), `hello${get('/x')}`], {
      interim: [100],
      rest: [200],
      body: 'hello',
    }),
  }),
  ...rule('continue-final', {
    'the app does not read': {
      send: request('POST', '/x', 'Expect: 100-continue', 'Content-Length: 5'),
      status: 200,
      interim: [],
      connection: 'closed',
    },
    'a missing page': {
      send: request('POST', '/site/nothing', 'Expect: 100-continue', 'Content-Length: 5'),
      status: 404,
      interim: [],
      connection: 'closed',
    },
    'too large': { send: expecting('Content-Length: 50000'), status: 413, interim: [], connection: 'closed' },
    'no host': bad(head('POST /echo HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 5')),
    'two lengths': bad(expecting('Content-Length: 5', 'Content-Length: 6')),
    'a wrong method': {
      send: request('DELETE', '/site/page', 'Expect: 100-continue', 'Content-Length: 5'),
      status: 405,
      interim: [],
      connection: 'closed',
    },
  }),
  ...rule('continue-no-body', {
    get: { send: get('/x', 'Expect: 100-continue'), status: 200, connection: 'open' },
    'length zero': { send: expecting('Content-Length: 0'), status: 200, connection: 'open', body: '' },
  }),
  ...rule('continue-order', {
    'after another response': {
      send: [get('/long-text') + expecting('Content-Length: 5'), 'hello'],
      methods: ['GET', 'POST'],
      status: 200,
      rest: [200],
      body: /^x{40000}$/,
      check: ([first, second]) =>
        second?.body === 'hello' && first?.interim.length === 0
          ? undefined
          : 'the interim response is elsewhere',
    },
    'after a slow response': {
      send: [get('/slow') + expecting('Content-Length: 5'), 'hello'],
      status: 200,
      rest: [200],
      body: 'slow',
      check: ([first]) =>
        first?.interim.length === 0 ? undefined : 'the interim response is before the first one',
    },
    'after bytes': {
      send: [get('/long-bytes') + expecting('Content-Length: 5'), 'hello'],
      status: 200,
      rest: [200],
      body: /^x{40000}$/,
    },
    'after a text beyond ASCII': {
      send: [get('/long-unicode') + expecting('Content-Length: 5'), 'hello'],
      status: 200,
      rest: [200],
      body: /^(\xc3\xa9){40000}$/,
    },
    'after a file': {
      send: [get('/files/large.bin') + expecting('Content-Length: 5'), 'hello'],
      status: 200,
      rest: [200],
      body: /^x{300000}$/,
    },
    'after a stream': {
      send: [get('/stream') + expecting('Content-Length: 5'), 'hello'],
      status: 200,
      rest: [200],
      body: 'one two three',
    },
  }),
  ...each(
    'continue-order',
    {
      'a long response of bytes': 'bytes',
      'a long response beyond ASCII': 'unicode',
      'a short response': 'short',
    },
    kind => ({
      send: [
        `${get('/slower')}${request('POST', `/read-${kind}`, 'Expect: 100-continue', 'Content-Length: 5')}`,
        'hello',
      ],
      methods: ['GET', 'POST'],
      status: 200,
      rest: [200],
      body: 'slow',
      check: ([first, second]) =>
        first?.interim.length === 0 && second?.interim.length === 1
          ? undefined
          : 'the interim response is elsewhere',
    }),
  ),
  ...rule('continue-1.0', {
    length: {
      send: `${head('POST /echo HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 5')}hello`,
      status: 200,
      interim: [],
      body: 'hello',
    },
    'keep alive': {
      send: `${head('POST /echo HTTP/1.0', 'Connection: keep-alive', 'Expect: 100-continue', 'Content-Length: 5')}hello`,
      status: 200,
      interim: [],
      body: 'hello',
    },
  }),
  ...each(
    'expectation-unknown',
    {
      word: 'x',
      'a longer word': '100-continued',
      'a word before it': 'x100-continue',
      parameter: 'a=b',
      '200': '200-ok',
    },
    value => bad(get('/x', `Expect: ${value}`), 417),
  ),
  ...rule('expectation-unknown', {
    quotes: { send: get('/x', 'Expect: "100-continue"'), status: [200, 417] },
    'a list': { send: get('/x', 'Expect: 100-continue, x'), status: [200, 417] },
    empty: { send: get('/x', 'Expect:'), status: [200, 417] },
  }),
  ...rule('content-coding', {
    gzip: {
      send: `${request('POST', '/form', 'Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 2')}{}`,
      status: [400, 415],
    },
    unknown: {
      send: `${request('POST', '/form', 'Content-Type: application/json', 'Content-Encoding: foo', 'Content-Length: 2')}{}`,
      status: 415,
    },
    identity: ok(
      `${request('POST', '/form', 'Content-Type: application/json', 'Content-Encoding: identity', 'Content-Length: 2')}{}`,
      { body: '{}' },
    ),
    'none of it': ok(`${request('POST', '/form', 'Content-Type: application/json', 'Content-Length: 2')}{}`, {
      body: '{}',
    }),
    'an unknown type': {
      send: post('hi').replace('/echo', '/form').replace('Host', 'Content-Type: x/y\r\nHost'),
      status: 415,
      headers: { 'accept-encoding': false },
    },
  }),
]
