// How responses are framed and what they must have (RFC 9112 §6, RFC 9110 §6.4, §6.6.1, §8.6, §9.3.2, §15): HEAD, statuses
// without content, lengths, Date, header values.
import { bad, each, get, head, ok, post, request, rule, type Case } from '../case.js'
import { valuesOf, type Answer } from '../exchange.js'

const method = (name: string, target: string, ...lines: readonly string[]): string =>
  request(name, target, ...lines)
const isSame = (name: string, [a, b]: readonly Answer[]): boolean =>
  a !== undefined && b !== undefined && String(valuesOf(a, name)) === String(valuesOf(b, name))

/** The names of a GET's headers that HEAD must repeat; a date may differ by a second. */
const compared = [
  'content-type',
  'content-length',
  'etag',
  'last-modified',
  'cache-control',
  'vary',
  'accept-ranges',
  'allow',
  'location',
  'x-file',
  'content-encoding',
]

/** Compares the responses to a GET and a HEAD. */
const sameHeads = (answers: readonly Answer[]): string | undefined => {
  const differs = compared.filter(name => !isSame(name, answers))
  if (differs.length > 0) return `GET and HEAD differ in ${differs.join(', ')}`
  return answers[1]?.body === '' ? undefined : 'HEAD has a body'
}

const heads: readonly Case[] = [
  ...each(
    'head-as-get',
    {
      'a text': '/site/page',
      'a file': '/files/digits.txt',
      'an empty file': '/files/empty.txt',
      'a compressed file': '/plain/page.html',
      'a long text': '/long-text',
      'characters of three bytes': '/unicode',
      'a large file': '/files/large.bin',
    },
    target => ({
      send: get(target, 'Accept-Encoding: gzip') + method('HEAD', target, 'Accept-Encoding: gzip'),
      methods: ['GET', 'HEAD'],
      status: 200,
      rest: [200],
      connection: 'open',
      check: sameHeads,
    }),
  ),
  ...rule('head-as-get', {
    'a missing page': {
      send: get('/site/nothing') + method('HEAD', '/site/nothing'),
      methods: ['GET', 'HEAD'],
      status: 404,
      rest: [404],
      connection: 'open',
      check: sameHeads,
    },
    'a redirect': {
      send: get('/redirect/path') + method('HEAD', '/redirect/path'),
      methods: ['GET', 'HEAD'],
      status: 302,
      rest: [302],
      connection: 'open',
      check: sameHeads,
    },
    'an exception': {
      send: get('/throws') + method('HEAD', '/throws'),
      methods: ['GET', 'HEAD'],
      status: 500,
      rest: [500],
      connection: 'open',
      check: sameHeads,
    },
  }),
  ...each(
    'head-no-content',
    {
      'a stream': '/stream',
      'a text': '/x',
      bytes: '/bytes',
      'another length': '/own-length',
      'a page of a router': '/site/page',
    },
    target => ok(method('HEAD', target) + get('/y'), { rest: [200], methods: ['HEAD', 'GET'] }),
  ),
  ...rule('head-no-content', {
    rejected: {
      ...bad(head('HEAD /x HTTP/1.1', 'Host: a b')),
      body: '',
    },
    'a long target': { ...bad(method('HEAD', `/${'x'.repeat(1_100)}`), 414), body: '' },
    'an unknown expectation': { ...bad(method('HEAD', '/x', 'Expect: y'), 417), body: '' },
  }),
]

const bare = { 'content-length': false, 'transfer-encoding': false } as const
const statuses: readonly Case[] = [
  ...rule('status-204', {
    'a body': { send: get('/status/204'), status: 204, connection: 'open', headers: bare, body: '' },
    'of a POST': {
      send: `${method('POST', '/status/204', 'Content-Length: 2')}hi`,
      status: 204,
      connection: 'open',
      headers: bare,
      body: '',
    },
    'of a HEAD': { send: method('HEAD', '/status/204'), status: 204, connection: 'open', headers: bare },
    'a stream': { send: get('/streamed'), status: 204, connection: 'open', headers: bare, body: '' },
    options: {
      send: method('OPTIONS', '/site/page'),
      status: 204,
      connection: 'open',
      headers: { ...bare, allow: 'GET, HEAD, POST, PUT, OPTIONS' },
    },
  }),
  ...rule('status-205', {
    'a body': {
      send: get('/status/205'),
      status: 205,
      connection: 'open',
      headers: { 'content-length': '0' },
      body: '',
    },
    'of a POST': {
      send: method('POST', '/status/205', 'Content-Length: 0'),
      status: 205,
      connection: 'open',
      headers: { 'content-length': '0' },
      body: '',
    },
    'of a HEAD': { send: method('HEAD', '/status/205'), status: 205, connection: 'open' },
  }),
  ...rule('status-304', {
    'a body': {
      send: get('/status/304'),
      status: 304,
      connection: 'open',
      headers: { 'transfer-encoding': false },
      body: '',
    },
    'of a HEAD': {
      send: method('HEAD', '/status/304'),
      status: 304,
      connection: 'open',
      headers: { 'transfer-encoding': false },
    },
    'and another request': {
      send: get('/status/304') + get('/x'),
      status: 304,
      rest: [200],
      connection: 'open',
    },
  }),
  ...each(
    'status-line',
    {
      '200': '200',
      '201': '201',
      '299': '299',
      '400': '400',
      '418': '418',
      '499': '499',
      '503': '503',
      '599': '599',
    },
    status => ({
      send: get(`/status/${status}`),
      status: Number(status),
      connection: 'open',
      body: 'a body',
    }),
  ),
  ...rule('no-interim-1.0', {
    expect: {
      send: `${head('POST /echo HTTP/1.0', 'Expect: 100-continue', 'Content-Length: 2')}hi`,
      status: 200,
      interim: [],
      body: 'hi',
    },
    'expect and nothing': { send: head('GET /x HTTP/1.0', 'Expect: 100-continue'), status: 200, interim: [] },
  }),
]

const lengths: readonly Case[] = [
  ...rule('length-is-exact', {
    text: ok(get('/x'), { headers: { 'content-length': '2', 'transfer-encoding': false }, body: 'ok' }),
    'characters of three bytes': ok(get('/unicode'), {
      headers: { 'content-length': '6' },
      body: '\xe6\x97\xa5\xe6\x9c\xac',
    }),
    bytes: ok(get('/bytes'), { headers: { 'content-length': '4' }, body: '\0\r\n\xff' }),
    'a long text': ok(get('/long-text'), { headers: { 'content-length': '40000' } }),
    'a file': ok(get('/files/digits.txt'), { headers: { 'content-length': '16' }, body: '0123456789abcdef' }),
    'a large file': ok(get('/files/large.bin'), { headers: { 'content-length': '300000' } }),
    'an empty file': ok(get('/files/empty.txt'), { headers: { 'content-length': '0' }, body: '' }),
    'an empty body': ok(post(''), { headers: { 'content-length': '0' }, body: '' }),
    'the length of the app': ok(get('/own-length'), { headers: { 'content-length': '6' }, body: 'longer' }),
    'an error page': { send: get('/throws'), status: 500, headers: { 'content-length': true } },
  }),
  ...rule('coding-of-responses', {
    'a stream': ok(get('/stream'), {
      headers: { 'transfer-encoding': 'chunked', 'content-length': false },
      body: 'one two three',
    }),
    'the coding of the app': ok(get('/own-coding'), {
      headers: { 'transfer-encoding': false, 'content-length': '5' },
      body: 'plain',
    }),
    '1.0': {
      send: head('GET /stream HTTP/1.0'),
      status: 200,
      connection: 'closed',
      headers: { 'transfer-encoding': false },
    },
    'a HEAD of a stream': ok(method('HEAD', '/stream')),
    'a TE that asks for trailers': ok(get('/stream', 'Connection: TE', 'TE: trailers'), {
      body: 'one two three',
    }),
  }),
]

const dated = {
  date: /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
} as const
const headers: readonly Case[] = [
  ...rule('date', {
    '200': ok(get('/x'), { headers: dated }),
    '304': { send: get('/files/digits.txt', 'If-None-Match: "v1"'), status: 304, headers: dated },
    '302': { send: get('/redirect/path'), status: 302, headers: dated },
    '404': { send: get('/site/nothing'), status: 404, headers: dated },
    '500': { send: get('/throws'), status: 500, headers: dated },
    'no request at all': bad('nonsense\r\n\r\n', 400, { headers: dated }),
    'rejected by the adapter': bad(head('GET /x HTTP/1.1'), 400, { headers: dated }),
    connect: bad(method('CONNECT', 'b.test:80'), [405, 501], { headers: dated }),
    '1.0': { send: head('GET /x HTTP/1.0'), status: 200, headers: dated },
    'a date of the app': ok(get('/own-date'), { headers: dated }),
  }),
  ...each(
    'field-splitting',
    {
      'line ends in code': '/split',
      'CR LF': '/value?a%0D%0Ax-c:%20d',
      LF: '/value?a%0Ax-c:%20d',
      CR: '/value?a%0Dx-c:%20d',
      nul: '/value?a%00',
      control: '/value?%01',
      delete: '/value?%7F',
      'beyond Latin-1': '/value?%E6%97%A5',
    },
    target => ({
      send: get(target),
      status: 500,
      connection: 'open',
      headers: { 'x-a': false, 'x-c': false },
    }),
  ),
  ...each(
    'field-values-sent',
    { 'latin-1': '/value?%C3%A9', tab: '/value?a%09b', quotes: '/value?%22a%22' },
    target =>
      ok(get(target), {
        headers: {
          'x-a': { '/value?%C3%A9': '\xe9', '/value?a%09b': 'a\tb', '/value?%22a%22': '"a"' }[
            target
          ] as string,
        },
      }),
  ),
  ...rule('error-headers', {
    'a missing page': { send: get('/site/nothing'), status: 404, headers: { 'x-endpoint': 'yes' } },
    'an exception': {
      send: get('/throws'),
      status: 500,
      headers: { 'x-endpoint': 'yes', 'content-type': /^text\/plain/ },
    },
    'rejected by the adapter': bad(head('GET /x HTTP/1.1'), 400, { headers: { 'x-endpoint': 'yes' } }),
    'a malformed body': {
      send: [request('POST', '/echo', 'Transfer-Encoding: chunked'), 'zz\r\n'],
      status: 400,
      connection: 'closed',
      headers: { 'x-endpoint': 'yes' },
    },
    'a malformed body after a chunk': {
      send: [`${request('POST', '/echo', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`, 'zz\r\n'],
      status: 400,
      connection: 'closed',
      headers: { 'x-endpoint': 'yes' },
    },
  }),
]

/** The cases of responses. */
export const responses: readonly Case[] = [...heads, ...statuses, ...lengths, ...headers]
