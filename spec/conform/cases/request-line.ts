// The request line (RFC 9112 §3, RFC 9110 §9.1, §4.2): methods, forms of the target, versions, white space, length.
import { bad, each, get, head, ok, post, request, rule, type Case } from '../case.js'

const line = (first: string): string => head(first, 'Host: a.test')
const seen = { method: 'GET', path: '/x' } as const

const methods: readonly Case[] = [
  ...rule('get-and-head', {
    get: ok(get('/x'), { app: seen, body: 'ok' }),
    head: ok(request('HEAD', '/x'), { app: { method: 'HEAD' } }),
    'get-missing': { send: get('/site/nothing'), status: 404, connection: 'open' },
    'head-missing': { send: request('HEAD', '/site/nothing'), status: 404, connection: 'open' },
  }),
  ...each(
    'method-token',
    {
      at: 'G@T',
      parenthesis: 'GE(T',
      quotes: '"GET"',
      bracket: 'G[T',
      colon: 'GET:',
      slash: 'G/T',
      'control character': 'G\x01T',
      'beyond ASCII': 'G\xc9T',
      empty: '',
      nul: 'GET\0',
    },
    method => bad(line(`${method} /x HTTP/1.1`)),
  ),
  ...each(
    'method-case',
    {
      lower: 'get',
      title: 'Get',
      mixed: 'gET',
      'lower-head': 'head',
      'lower-post': 'post',
      'title-options': 'Options',
    },
    method => bad(line(`${method} /x HTTP/1.1`), [400, 501]),
  ),
  ...each(
    'method-unknown',
    { word: 'FROB', letter: 'X', hyphen: 'FOO-BAR', longer: 'GETT', shorter: 'GE', dot: 'A.B', digits: 'M1' },
    method => bad(line(`${method} /x HTTP/1.1`), 501),
  ),
  ...each(
    'method-passed',
    {
      post: 'POST',
      put: 'PUT',
      delete: 'DELETE',
      patch: 'PATCH',
      options: 'OPTIONS',
      trace: 'TRACE',
      propfind: 'PROPFIND',
      report: 'REPORT',
      purge: 'PURGE',
      search: 'SEARCH',
    },
    method => ok(line(`${method} /x HTTP/1.1`), { app: { method } }),
  ),
]

const spaces: readonly Case[] = [
  ...each(
    'start-line-spaces',
    {
      'two before the target': 'GET  /x HTTP/1.1',
      'two after the target': 'GET /x  HTTP/1.1',
      'tab before the target': 'GET\t/x HTTP/1.1',
      'tab after the target': 'GET /x\tHTTP/1.1',
      'after the version': 'GET /x HTTP/1.1 ',
      'tab after the version': 'GET /x HTTP/1.1\t',
      'before the method': ' GET /x HTTP/1.1',
      'form feed': 'GET /x\fHTTP/1.1',
      'vertical tab': 'GET\v/x HTTP/1.1',
      'no target': 'GET HTTP/1.1',
    },
    first => ({ send: line(first), status: [200, 400], app: seen }),
  ),
  ...each(
    'target-white-space',
    {
      space: '/x y',
      spaces: '/x  y',
      tab: '/x\ty',
      'form feed': '/x\fy',
      'vertical tab': '/x\vy',
      query: '/x?a b',
      version: '/x HTTP/1.1 y',
    },
    target => bad(line(`GET ${target} HTTP/1.1`)),
  ),
  ...each(
    'target-characters',
    {
      nul: '/x\0',
      control: '/x\x01',
      delete: '/x\x7f',
      'latin-1': '/\xe9',
      'utf-8': '/\xc3\xa9',
      'utf-8 in the query': '/x?\xc3\xa9',
    },
    target => bad(line(`GET ${target} HTTP/1.1`)),
  ),
  ...each('empty-lines', { one: '\r\n', two: '\r\n\r\n', 'one bare': '\n', three: '\r\n\r\n\r\n' }, lines =>
    ok(lines + get('/x'), { app: seen }),
  ),
  ...rule('empty-lines', {
    'between two': ok(`${get('/x')}\r\n${get('/y')}`, { rest: [200], paths: ['/x', '/y'] }),
    'after a body': ok(`${post('hello')}\r\n${get('/y')}`, {
      rest: [200],
      body: 'hello',
      paths: ['/echo', '/y'],
    }),
  }),
  ...each(
    'space-before-first-field',
    {
      space: ' Host: a.test\r\nHost: a.test',
      tab: '\tHost: a.test\r\nHost: a.test',
      'space and another name': ' X: y\r\nHost: a.test',
      'an empty line of spaces': '  \r\nHost: a.test',
      'a transfer coding': ' Transfer-Encoding: chunked\r\nHost: a.test',
    },
    fields => bad(`GET /x HTTP/1.1\r\n${fields}\r\n\r\n`),
  ),
]

const versions: readonly Case[] = [
  ...each(
    'version-syntax',
    {
      'no minor': 'HTTP/1',
      'three parts': 'HTTP/1.1.1',
      'lower case': 'http/1.1',
      'two digits': 'HTTP/11',
      'minor of two digits': 'HTTP/1.10',
      'space before the slash': 'HTTP /1.1',
      'no digit': 'HTTP/1.',
      'another name': 'HTTX/1.1',
      comma: 'HTTP/1,1',
      'leading zero': 'HTTP/01.1',
    },
    version => bad(line(`GET /x ${version}`), [400, 505]),
  ),
  ...each(
    'version-major',
    {
      '2.0': 'HTTP/2.0',
      '3.0': 'HTTP/3.0',
      '0.9': 'HTTP/0.9',
      '9.9': 'HTTP/9.9',
      '2': 'HTTP/2',
      '0.0': 'HTTP/0.0',
    },
    version => bad(line(`GET /x ${version}`), [400, 505]),
  ),
  ...rule('version-major', {
    'the preface of version 2': bad('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]),
    'no version': bad('GET /x\r\n\r\n', [400, 505]),
  }),
  ...each('version-minor', { '1.2': 'HTTP/1.2', '1.9': 'HTTP/1.9' }, version => ({
    send: line(`GET /x ${version}`),
    status: [200, 400, 505],
    app: seen,
  })),
  ...rule('version-1.0', {
    'without Host': {
      send: head('GET /x HTTP/1.0'),
      status: 200,
      connection: 'closed',
      app: { version: '1.0', path: '/x' },
    },
    'with Host': {
      send: head('GET /x HTTP/1.0', 'Host: b.test'),
      status: 200,
      connection: 'closed',
      app: { host: 'b.test' },
    },
    'a body by length': {
      send: `${head('POST /echo HTTP/1.0', 'Content-Length: 5')}hello`,
      status: 200,
      connection: 'closed',
      body: 'hello',
    },
  }),
]

const targets: readonly Case[] = [
  ...rule('target-origin', {
    root: ok(get('/'), { app: { path: '/', query: '', segments: [] } }),
    path: ok(get('/a/b'), { app: { path: '/a/b', segments: ['a', 'b'] } }),
    query: ok(get('/a?b=c'), { app: { path: '/a', query: 'b=c' } }),
    'an empty query': ok(get('/a?'), { app: { path: '/a', query: '' } }),
    'two question marks': ok(get('/?a?b'), { app: { path: '/', query: 'a?b' } }),
    'a slash in the query': ok(get('/a?b/c'), { app: { path: '/a', query: 'b/c' } }),
    'parameters of a segment': ok(get('/a;b=c,d'), { app: { path: '/a;b=c,d' } }),
    'two slashes first': ok(get('//b.test/x'), { app: { path: '//b.test/x', host: 'a.test' } }),
    'a colon': ok(get('/a:b@c'), { app: { path: '/a:b@c' } }),
    'sub-delimiters': ok(get("/!$&'()*+,;=~_-."), { app: { path: "/!$&'()*+,;=~_-." } }),
  }),
  ...rule('target-absolute', {
    path: ok(get('http://a.test/x?y'), { app: { path: '/x', query: 'y', host: 'a.test' } }),
    'upper case': ok(get('HTTP://A.TEST/X'), { app: { path: '/X', host: 'a.test' } }),
    'no path': ok(get('http://a.test'), { app: { path: '/', host: 'a.test' } }),
    'a query without a path': ok(get('http://a.test?q'), { app: { path: '/', query: 'q' } }),
    'a port': ok(get('http://a.test:8080/x'), { app: { host: 'a.test', port: 8080 } }),
    'an address': ok(get('http://[::1]:80/x'), { app: { host: '[::1]', port: 80 } }),
    'an empty port': ok(get('http://a.test:/x'), { app: { host: 'a.test', port: 80 } }),
    post: ok(request('POST', 'http://a.test/echo', 'Content-Length: 2') + 'hi', { body: 'hi' }),
  }),
  ...rule('target-absolute-host', {
    'another host': ok(get('http://b.test/x'), { app: { host: 'b.test' } }),
    'another port': ok(get('http://b.test:99/x'), { app: { host: 'b.test', port: 99 } }),
    'the header has a port': ok(head('GET http://b.test/x HTTP/1.1', 'Host: a.test:99'), {
      app: { host: 'b.test', port: 80 },
    }),
    options: ok(request('OPTIONS', 'http://b.test/x'), { app: { host: 'b.test', path: '/x' } }),
    '1.0': {
      send: head('GET http://b.test/x HTTP/1.0', 'Host: a.test'),
      status: 200,
      app: { host: 'b.test' },
    },
    '1.0 without Host': {
      send: head('GET http://b.test:99/x HTTP/1.0'),
      status: 200,
      app: { host: 'b.test', port: 99 },
    },
    '1.0 with an invalid target': bad(head('GET http:///x HTTP/1.0')),
    '1.0 with an invalid Host': bad(head('GET http://b.test/x HTTP/1.0', 'Host: a b')),
  }),
  ...each(
    'target-absolute-invalid',
    {
      'another scheme': 'ftp://a.test/x',
      'no host': 'http:///x',
      'user information': 'http://user@a.test/x',
      'one slash': 'http:/a.test/x',
      'no slashes': 'http:a.test',
      'a host that is cut': 'http://[::1/x',
      'a port too large': 'http://a.test:99999/x',
      'a port of letters': 'http://a.test:x/x',
      'only a port': 'http://:80/x',
      'a mail address': 'mailto:a@a.test',
    },
    target => bad(get(target)),
  ),
  ...each(
    'target-https',
    { path: 'https://a.test/x', 'upper case': 'HTTPS://a.test/x', 'a port': 'https://a.test:443/x' },
    target => bad(get(target), [400, 421]),
  ),
  ...rule('target-asterisk', {
    options: ok(request('OPTIONS', '*'), { app: { path: '*', method: 'OPTIONS' } }),
    ...Object.fromEntries(
      ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'PATCH'].map(method => [
        method,
        bad(request(method, '*')),
      ]),
    ),
    'with more': bad(request('OPTIONS', '*x')),
    'with a query': bad(request('OPTIONS', '*?x')),
  }),
  ...each('target-authority', { get: 'GET', post: 'POST', options: 'OPTIONS', head: 'HEAD' }, method =>
    bad(request(method, 'a.test:80')),
  ),
  ...each(
    'target-relative',
    { word: 'x', 'dot segments': '../x', query: '?x', 'a host': 'a.test', fragment: '#x', backslash: '\\x' },
    target => bad(get(target)),
  ),
  ...rule('target-length', {
    'at the limit': ok(get(`/${'x'.repeat(1_023)}`)),
    'one more': bad(get(`/${'x'.repeat(1_024)}`), 414),
    'a long query': bad(get(`/?${'x'.repeat(1_500)}`), 414),
    'more than all headers': bad(get(`/${'x'.repeat(6_000)}`), 414),
    'absolute form': bad(get(`http://a.test/${'x'.repeat(1_100)}`), 414),
    'without Host': bad(head(`GET /${'x'.repeat(1_100)} HTTP/1.1`), 414),
    post: bad(request('POST', `/${'x'.repeat(1_100)}`, 'Content-Length: 2') + 'hi', 414),
  }),
]

/** The cases of the request line. */
export const requestLine: readonly Case[] = [...methods, ...spaces, ...versions, ...targets]
