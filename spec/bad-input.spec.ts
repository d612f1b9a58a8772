// What clients send that they should not: each case has its status and a short answer, and the server lives on. Every
// request goes over a real socket, byte by byte; after each one, the server still answers.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { directory, serve } from '../lib/adapters/node.js'
import { keyGenerator, messageVerifier, termFormat } from '../lib/crypto/index.js'
import { conn, run } from '../lib/testing/index.js'
import { badInputApp, secretKeyBase, secretMessage, signingSalt } from './support/bad-input-app.js'
import { exchange, type ExchangeOptions } from './support/raw-http.js'

/** One thing that a client should not send. */
interface Case extends ExchangeOptions {
  /** A sentence. */
  readonly name: string
  /** The bytes, one for each character; several pieces are sent one after the other. */
  readonly send: string | readonly string[]
  readonly status: number
  /** The whole body, or what is in it. */
  readonly body?: string | RegExp
  /** What is in a header; undefined where there is none of this name. */
  readonly headers?: Readonly<Record<string, RegExp | undefined>>
  /** What is nowhere in the answer. */
  readonly without?: RegExp
}

// --- a server, with a folder of files and one outside of it

const folder = mkdtempSync(join(tmpdir(), 'plugboard-bad-input-'))
const files = join(folder, 'public')
mkdirSync(join(files, 'docs'), { recursive: true })
writeFileSync(join(files, 'a.txt'), 'static')
writeFileSync(join(files, 'docs', 'b.txt'), 'nested')
writeFileSync(join(folder, 'outside.txt'), secretMessage)
symlinkSync(join(folder, 'outside.txt'), join(files, 'link.txt'))
symlinkSync(folder, join(files, 'up'))
t.teardown(() => rmSync(folder, { recursive: true }))

const rejections: unknown[] = []
process.on('unhandledRejection', cause => rejections.push(cause))
const before = process.getActiveResourcesInfo().length

/** What the app's owner is told: bugs, and nothing that a client did. */
const told: unknown[] = []
const started = await serve(badInputApp(directory(files)), {
  port: 0,
  host: '127.0.0.1',
  stopOn: [],
  maxHeaderSize: 4096,
  maxTargetSize: 1024,
  headersTimeout: 1000,
  requestTimeout: 2500,
  onError: cause => told.push(cause),
})()
if (started._tag === 'Left') throw new Error(started.left.message)
const server = started.right

// --- requests

const ask = (method: string, target: string, headers: readonly string[] = [], body = ''): string =>
  [`${method} ${target} HTTP/1.1`, 'host: localhost', 'connection: close', ...headers, '', body].join('\r\n')
const get = (target: string, ...headers: readonly string[]): string => ask('GET', target, headers)
const post = (target: string, type: string, body: string, ...headers: readonly string[]): string =>
  ask('POST', target, [`content-type: ${type}`, `content-length: ${body.length}`, ...headers], body)
const formType = 'application/x-www-form-urlencoded'
const form = (body: string, ...headers: readonly string[]): string =>
  post('/api/echo', formType, body, 'accept: application/json', ...headers)
const posted = (body: string, ...headers: readonly string[]): string =>
  post('/form', formType, body, ...headers)
const sent = (body: string): string => post('/api/echo', 'application/json', body)
const chunked = (chunks: string, ...headers: readonly string[]): string =>
  ask(
    'POST',
    '/api/echo',
    ['content-type: application/json', 'transfer-encoding: chunked', ...headers],
    chunks,
  )
/** The request line and headers as they are. */
const lines = (...all: readonly string[]): string => [...all, '', ''].join('\r\n')

// --- cookies

const cookiesOf = (setCookie: string | undefined): Record<string, string> =>
  Object.fromEntries(
    (setCookie ?? '').split('\n').map(line => line.split(';', 1)[0]!.split(/=(.*)/s) as [string, string]),
  )
const cookieOf = (cookies: Readonly<Record<string, string>>): string =>
  `cookie: ${Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')}`

/** The cookies of one who has logged in, and the token and cookie of one who has a form. */
const valid = cookiesOf((await exchange(server.port, get('/log-in'))).headers['set-cookie'])
const shown = await exchange(server.port, get('/form'))
const visitor = cookieOf(cookiesOf(shown.headers['set-cookie']))
const token = shown.body
const otherToken = (await exchange(server.port, get('/form'))).body

/** The same app with another secret. */
const foreign = run(badInputApp({ stat: () => () => right(undefined) }, 'x'.repeat(64)))(
  conn('GET', '/log-in'),
)
const foreignOf = (name: string): string => foreign.respCookies[name]?.value ?? ''

const nobody = '["nobody","nobody","nobody"]'
const signed = (value: string): string => get('/sessions', `cookie: _signed=${value}`)
const sealed = (value: string): string => get('/sessions', `cookie: _sealed=${value}`)
const key = keyGenerator.generate(secretKeyBase, signingSalt)
const ours = (payload: Uint8Array | string): string => signed(messageVerifier.sign(payload, key))
const [algorithm = '', payload = '', signature = ''] = (valid['_signed'] ?? '').split('.')
const [version = '', ciphertext = ''] = (valid['_sealed'] ?? '').split('.')
/** The text with one character in its middle changed. */
const bent = (text: string): string => {
  const at = text.length >> 1
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}
/** A compressed term that says how large it is, truly or not. */
const inflated = (size: number, bytes: Uint8Array): Uint8Array => {
  const head = Buffer.from([131, 80, 0, 0, 0, 0])
  head.writeUInt32BE(size, 2)
  return Buffer.concat([head, deflateSync(bytes)])
}
const noSession = { status: 200, body: nobody, headers: { 'set-cookie': undefined } } as const

const sessions: readonly Case[] = [
  {
    name: 'a session that nobody touched is read',
    send: get('/sessions', cookieOf(valid)),
    status: 200,
    body: '["ada","ada","ada"]',
  },
  { name: 'a session cookie that is noise is an empty session', send: signed('noise'), ...noSession },
  { name: 'an empty session cookie is an empty session', send: signed(''), ...noSession },
  { name: 'a session cookie of dots is an empty session', send: signed('...'), ...noSession },
  {
    name: 'a changed signature makes the session empty',
    send: signed(`${algorithm}.${payload}.${bent(signature)}`),
    ...noSession,
  },
  {
    name: 'a changed payload makes the session empty',
    send: signed(`${algorithm}.${bent(payload)}.${signature}`),
    ...noSession,
  },
  {
    name: 'a missing signature makes the session empty',
    send: signed(`${algorithm}.${payload}.`),
    ...noSession,
  },
  {
    name: 'a signature of half its length makes the session empty',
    send: signed(`${algorithm}.${payload}.${signature.slice(0, 20)}`),
    ...noSession,
  },
  {
    name: 'an algorithm called none makes the session empty',
    send: signed(`bm9uZQ.${payload}.`),
    ...noSession,
  },
  {
    name: 'another algorithm over the same text makes the session empty',
    send: signed(`SFM1MTI.${payload}.${signature}`),
    ...noSession,
  },
  { name: 'a session signed with another secret is empty', send: signed(foreignOf('_signed')), ...noSession },
  {
    name: 'a session signed with another salt is empty',
    send: signed(
      messageVerifier.sign(
        termFormat.encode({ user: 'eve' }),
        keyGenerator.generate(secretKeyBase, 'pepper'),
      ),
    ),
    ...noSession,
  },
  { name: 'a signed payload that is no term is an empty session', send: ours('noise'), ...noSession },
  {
    name: 'a signed term that is no map is an empty session',
    send: ours(termFormat.encode(['user', 'eve'])),
    ...noSession,
  },
  {
    name: 'a signed term that is cut off is an empty session',
    send: ours(termFormat.encode({ user: 'eve' }).slice(0, 9)),
    ...noSession,
  },
  {
    name: 'a compressed term that lies about its size is an empty session',
    send: ours(inflated(2 ** 30, Buffer.from([106]))),
    ...noSession,
  },
  {
    name: 'a compressed term of two megabytes of nothing is an empty session',
    send: ours(inflated(2e6, Buffer.alloc(2e6))),
    ...noSession,
  },
  {
    name: 'a sealed session with one bit turned is empty',
    send: sealed(`${version}.${bent(ciphertext)}`),
    ...noSession,
  },
  {
    name: 'a sealed session that is cut off is empty',
    send: sealed(`${version}.${ciphertext.slice(0, 30)}`),
    ...noSession,
  },
  { name: 'a sealed session of another secret is empty', send: sealed(foreignOf('_sealed')), ...noSession },
  {
    name: 'a signed session in the place of a sealed one is empty',
    send: sealed(valid['_signed'] ?? ''),
    ...noSession,
  },
  {
    name: 'a sealed session in the place of a signed one is empty',
    send: signed(valid['_sealed'] ?? ''),
    ...noSession,
  },
  {
    name: 'a session id that the store does not know is an empty session',
    send: get('/sessions', `cookie: _kept=${'k'.repeat(43)}`),
    ...noSession,
  },
  {
    name: 'a session id of another shape is an empty session',
    send: get('/sessions', 'cookie: _kept=__proto__'),
    ...noSession,
  },
  {
    name: 'a session id that a client chose is never adopted',
    send: get('/log-in', `cookie: _kept=${'k'.repeat(43)}`),
    status: 200,
    headers: { 'set-cookie': /_kept=/ },
    without: /_kept=kkk/,
  },
  {
    name: 'of a session cookie sent twice the first counts, valid or not',
    send: signed(`noise; _signed=${valid['_signed']}`),
    ...noSession,
  },
  {
    name: 'a session that outgrows its cookie fails, and none is set',
    send: get('/overflow'),
    status: 500,
    headers: { 'set-cookie': undefined },
    without: /xxx|4,?096/,
  },
]

const cookies: readonly Case[] = [
  {
    name: 'cookies without names and values are left out',
    send: get('/cookies', 'cookie: ;; =; a; =b; ; c=1; d e=2'),
    status: 200,
    body: '{"c":"1"}',
  },
  {
    name: 'a cookie of control characters is a bad request',
    send: get('/cookies', 'cookie: a=\x01\x02'),
    status: 400,
  },
  {
    name: 'a cookie of bytes beyond ASCII stays text',
    send: get('/cookies', 'cookie: a=\xff\xfe'),
    status: 200,
    body: /^\{"a":"/,
  },
  {
    name: 'a cookie named __proto__ is a cookie',
    send: get('/cookies', 'cookie: __proto__=1; constructor=2'),
    status: 200,
    body: '{"__proto__":"1","constructor":"2"}',
  },
  {
    name: 'cookies beyond the limit of the head are a 431',
    send: get('/cookies', `cookie: ${'a=1; '.repeat(1000)}`),
    status: 431,
  },
]

const encodings: readonly Case[] = [
  { name: 'a percent sign without digits in the path is a bad request', send: get('/echo/%zz'), status: 400 },
  { name: 'a percent sign with one digit is a bad request', send: get('/echo/100%2'), status: 400 },
  { name: 'a percent sign at the end is a bad request', send: get('/echo/%'), status: 400 },
  { name: 'a byte that is no UTF-8 in the path is a bad request', send: get('/echo/%ff'), status: 400 },
  { name: 'UTF-8 that is cut off is a bad request', send: get('/echo/%e2%82'), status: 400 },
  { name: 'an overlong encoding is a bad request', send: get('/echo/%c0%af'), status: 400 },
  { name: 'an encoded surrogate is a bad request', send: get('/echo/%ed%a0%80'), status: 400 },
  {
    name: 'bad percent-encoding is a page for browsers',
    send: get('/echo/%zz', 'accept: text/html'),
    status: 400,
    body: /^<!DOCTYPE html>[^]*400 Bad Request/,
    headers: { 'content-type': /^text\/html/ },
  },
  {
    name: 'bad percent-encoding is JSON for scripts',
    send: get('/echo/%zz', 'accept: application/json'),
    status: 400,
    body: /^\{"errors":\{"detail":".*"\}\}$/,
    headers: { 'content-type': /^application\/json/ },
  },
  {
    name: 'bad percent-encoding is a line of text for others',
    send: get('/echo/%zz', 'accept: image/png'),
    status: 400,
    headers: { 'content-type': /^text\/plain/ },
  },
  {
    name: 'an encoded slash splits no segment',
    send: get('/echo/a%2f..%2fb'),
    status: 200,
    body: '"a/../b"',
  },
  { name: 'an encoded NUL is data like any other', send: get('/echo/%00'), status: 200, body: '"\\u0000"' },
  {
    name: 'a byte that is no UTF-8 in the query is a bad request',
    send: get('/api/query?a=%ff'),
    status: 400,
  },
  {
    name: 'a byte that is no UTF-8 in a name of the query is a bad request',
    send: get('/api/query?%ff=1'),
    status: 400,
  },
  {
    name: 'a percent sign without digits in the query stays as it is',
    send: get('/api/query?a=100%&b=%zz'),
    status: 200,
    body: '{"a":"100%","b":"%zz"}',
  },
  { name: 'encoded bytes that are no UTF-8 in a form are a bad request', send: form('a=%ff'), status: 400 },
  { name: 'bare bytes that are no UTF-8 in a form are a bad request', send: form('a=\xff'), status: 400 },
]

const lengths: readonly Case[] = [
  { name: 'a target beyond the limit is a 414', send: get(`/echo/${'a'.repeat(1100)}`), status: 414 },
  {
    name: 'a target beyond the limit of the whole head is a 414',
    send: get(`/echo/${'a'.repeat(9000)}`),
    status: 414,
  },
  { name: 'a query beyond the limit is a 414', send: get(`/api/query?a=${'a'.repeat(600)}`), status: 414 },
  {
    name: 'a header beyond the limit of the head is a 431',
    send: get('/', `x-long: ${'a'.repeat(9000)}`),
    status: 431,
  },
  {
    name: 'headers beyond the limit of the head are a 431',
    send: get('/', ...Array.from({ length: 900 }, (_, i) => `x-${i}: 1`)),
    status: 431,
  },
  {
    name: 'a query that nests too deeply is a bad request',
    send: get(`/api/query?a${'[b]'.repeat(110)}=1`),
    status: 400,
  },
  {
    name: 'a query of nothing but brackets is read',
    send: get('/api/query?[[[]]]=1&a[=2&]b=3'),
    status: 200,
  },
  { name: 'a form that nests too deeply is a bad request', send: form(`a${'[b]'.repeat(6)}=1`), status: 400 },
  { name: 'a form of too many fields is a bad request', send: form('a=1&'.repeat(21)), status: 400 },
  {
    name: 'JSON that nests too deeply is a bad request',
    send: sent(`${'['.repeat(11)}${']'.repeat(11)}`),
    status: 400,
  },
  { name: 'JSON of nothing but brackets is a bad request', send: sent('['.repeat(4000)), status: 400 },
  { name: 'a number that no number holds is not found', send: get('/n/99999999999999999999'), status: 404 },
  { name: 'a number in another notation is not found', send: get('/n/1e3'), status: 404 },
  {
    name: 'a parameter that does not decode is a bad request where the route says so',
    send: get('/m/0x10'),
    status: 400,
    without: /0x10/,
  },
]

const types: readonly Case[] = [
  {
    name: 'a body of a type that nothing reads is a 415',
    send: post('/api/echo', 'text/xml', '<a/>'),
    status: 415,
  },
  {
    name: 'a form with files is a 415 where nothing reads it',
    send: post('/api/echo', 'multipart/form-data; boundary=x', '--x--'),
    status: 415,
  },
  { name: 'a type that is no type is a 415', send: post('/api/echo', 'json', '{}'), status: 415 },
  { name: 'an empty type is a 415', send: post('/api/echo', '', '{}'), status: 415 },
  {
    name: 'JSON that says it is text is a 415',
    send: post('/api/echo', 'text/plain', '{"a":1}'),
    status: 415,
  },
  {
    name: 'a 415 is a page for browsers',
    send: post('/form', 'text/xml', '<a/>', 'accept: text/html'),
    status: 415,
    body: /415 Unsupported Media Type/,
    headers: { 'content-type': /^text\/html/ },
  },
  {
    name: 'a 415 is JSON for scripts',
    send: post('/api/echo', 'text/xml', '<a/>', 'accept: application/json'),
    status: 415,
    body: /^\{"errors":/,
  },
  {
    name: 'a body without a type is not read',
    send: ask('POST', '/api/echo', ['content-length: 7'], '{"a":1}'),
    status: 200,
    body: '{}',
  },
  {
    name: 'malformed JSON is a bad request that does not repeat it',
    send: sent('{"password": "hunter2"'),
    status: 400,
    without: /hunter2|password/,
  },
  { name: 'JSON with more behind it is a bad request', send: sent('{"a":1}{"b":2}'), status: 400 },
  { name: 'what only JavaScript reads is no JSON', send: sent('{a: NaN}'), status: 400 },
  { name: 'JSON that is not UTF-8 is a bad request', send: sent('{"a":"\xff"}'), status: 400 },
  { name: 'JSON with half a character is a bad request', send: sent('{"a":"\\ud800"}'), status: 400 },
  { name: 'JSON with a NUL in it is a bad request', send: sent('{"a":"\x00"}'), status: 400 },
  { name: 'a form sent as JSON is a bad request', send: sent('a=1&b=2'), status: 400 },
]

const bodies: readonly Case[] = [
  {
    name: 'a body that ends before its length is a bad request',
    send: ask('POST', '/api/echo', ['content-type: application/json', 'content-length: 100'], '{"a":'),
    end: true,
    status: 400,
  },
  {
    name: 'chunks that end without their end are a bad request',
    send: chunked('5\r\n{"a":\r\n'),
    end: true,
    status: 400,
  },
  {
    name: 'a body that says it is too long is a 413 before it is sent',
    send: ask('POST', '/api/echo', ['content-type: application/json', 'content-length: 5000']),
    status: 413,
  },
  { name: 'a body that is too long is a 413', send: sent(`"${'a'.repeat(5000)}"`), status: 413 },
  {
    name: 'chunks that come to too much are a 413',
    send: chunked(`${'400\r\n'.concat('a'.repeat(1024), '\r\n').repeat(5)}0\r\n\r\n`),
    status: 413,
  },
  { name: 'a 413 is JSON for scripts', send: form('a'.repeat(5000)), status: 413, body: /^\{"errors":/ },
  {
    name: 'a chunk of a size that is no number is a bad request',
    send: chunked('zz\r\n{}\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk with a sign before its size is a bad request',
    send: chunked('+2\r\n{}\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk in the notation of C is a bad request',
    send: chunked('0x2\r\n{}\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk of more than any number is refused',
    send: chunked(`${'f'.repeat(17)}\r\n{}\r\n0\r\n\r\n`),
    status: 400,
  },
  {
    name: 'a chunk longer than its size is a bad request',
    send: chunked('1\r\n{}\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk with endless extensions is a 413',
    send: chunked(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    status: 413,
  },
  {
    name: 'trailers beyond the limit of the head are a 431',
    send: chunked(`2\r\n{}\r\n0\r\nx: ${'a'.repeat(9000)}\r\n\r\n`),
    status: 431,
  },
  {
    name: 'a body that stalls is a 408',
    send: ask('POST', '/api/echo', ['content-type: application/json', 'content-length: 10'], '{"a"'),
    status: 408,
  },
  {
    name: 'a 408 is JSON for scripts',
    send: ask(
      'POST',
      '/api/echo',
      [`content-type: ${formType}`, 'content-length: 10', 'accept: application/json'],
      'a=1',
    ),
    status: 408,
    body: /^\{"errors":/,
  },
  { name: 'chunks that stall are a 408', send: chunked('7\r\n{"a"'), status: 408 },
  {
    name: 'a body that drips on and on is a 408',
    send: [
      ask('POST', '/api/echo', ['content-type: application/json', 'content-length: 100']),
      ...'["drip"'.repeat(5),
    ],
    pause: 200,
    status: 408,
  },
  { name: 'a head that stalls is a 408', send: 'GET / HTTP/1.1\r\nhost: loc', status: 408 },
  {
    name: 'a head that drips on and on is a 408',
    send: ['GET / HTTP/1.1\r\nhost: localhost\r\n', ...Array.from({ length: 40 }, (_, i) => `x-${i}: 1\r\n`)],
    pause: 100,
    status: 408,
  },
]

const headers: readonly Case[] = [
  {
    name: 'a redirect to what holds line breaks is refused',
    send: get('/redirect?value=/a%0d%0aset-cookie:%20evil=1'),
    status: 500,
    headers: { location: undefined },
  },
  {
    name: 'a redirect to another site is refused',
    send: get('/redirect?value=//evil.example'),
    status: 500,
    headers: { location: undefined },
  },
  {
    name: 'a redirect to another site behind a backslash is refused',
    send: get('/redirect?value=/%5cevil.example'),
    status: 500,
    headers: { location: undefined },
  },
  {
    name: 'a redirect to a script is refused',
    send: get('/redirect?value=javascript:alert(1)'),
    status: 500,
    headers: { location: undefined },
  },
  {
    name: 'a redirect shows what it leads to as text',
    send: get('/redirect?value=/%22%3e%3cscript%3e'),
    status: 302,
    body: /href="\/%22%3E%3Cscript%3E"/,
  },
  {
    name: 'a header of a client that holds line breaks is refused',
    send: get('/header?value=a%0d%0ax-evil:%201'),
    status: 500,
    headers: { 'x-evil': undefined, 'x-asked': undefined },
  },
  {
    name: 'a header of a client that holds a NUL is refused',
    send: get('/header?value=a%00b'),
    status: 500,
    headers: { 'x-asked': undefined },
  },
  {
    name: 'a header of a client beyond Latin-1 is refused',
    send: get('/header?value=%e2%82%ac'),
    status: 500,
    headers: { 'x-asked': undefined },
  },
  {
    name: 'a request id that could break out of a log line is not taken over',
    send: get('/', 'x-request-id: "><script>alert(1)</script> and more'),
    status: 200,
    headers: { 'x-request-id': /^[\w-]{20}$/ },
    without: /<script>/,
  },
  {
    name: 'a line break without a return in a header is no header of ours',
    send: get('/', 'x-request-id: aaaaaaaaaaaaaaaaaaaaaaaa\nx-evil: 1'),
    status: 400,
  },
  {
    name: 'a return without a line break in a header is a bad request',
    send: get('/', 'x-a: a\rx-evil: 1'),
    status: 400,
  },
  { name: 'a NUL in a header is a bad request', send: get('/', 'x-a: a\x00b'), status: 400 },
  { name: 'a space before the colon is a bad request', send: get('/', 'x-a : 1'), status: 400 },
  { name: 'a header without a name is a bad request', send: get('/', ': 1'), status: 400 },
  { name: 'a header without a colon is a bad request', send: get('/', 'x-a'), status: 400 },
  { name: 'a header named by what is no token is a bad request', send: get('/', 'x(a): 1'), status: 400 },
  {
    name: 'a header named __proto__ is a header',
    send: get('/', '__proto__: 1', 'constructor: 2'),
    status: 200,
    body: 'home',
  },
]

const names: readonly Case[] = [
  {
    name: '__proto__ in the query is a name like any other',
    send: get('/api/query?__proto__[polluted]=1'),
    status: 200,
    body: '{"__proto__":{"polluted":"1"}}',
  },
  {
    name: 'constructor.prototype in the query is a name like any other',
    send: get('/api/query?constructor[prototype][polluted]=1'),
    status: 200,
    body: '{"constructor":{"prototype":{"polluted":"1"}}}',
  },
  {
    name: '__proto__ in a form is a name like any other',
    send: form('a[__proto__][polluted]=1&__proto__=2'),
    status: 200,
    body: '{"a":{"__proto__":{"polluted":"1"}},"__proto__":"2"}',
  },
  {
    name: '__proto__ in JSON is a name like any other',
    send: sent('{"__proto__":{"polluted":1}}'),
    status: 200,
    body: '{"__proto__":{"polluted":1}}',
  },
  {
    name: '__proto__ deep in JSON is a name like any other',
    send: sent('{"a":{"__proto__":{"polluted":1}}}'),
    status: 200,
    body: '{"a":{"__proto__":{"polluted":1}}}',
  },
  {
    name: '__proto__ in the path is text like any other',
    send: get('/echo/__proto__'),
    status: 200,
    body: '"__proto__"',
  },
  { name: '__proto__ as a format is not acceptable', send: get('/?_format=__proto__'), status: 406 },
  { name: 'a list as a format is not acceptable', send: get('/?_format[]=html'), status: 406 },
  {
    name: 'hasOwnProperty in the query breaks nothing',
    send: get('/api/query?hasOwnProperty=1&toString=2&then=3'),
    status: 200,
    body: '{"hasOwnProperty":"1","toString":"2","then":"3"}',
  },
  {
    name: 'a name that is used as text and as a list is one of them',
    send: get('/api/query?a=1&a[]=2&a[b]=3'),
    status: 200,
    body: /^\{"a":/,
  },
]

const outside = { without: /the password/ } as const
const paths: readonly Case[] = [
  {
    name: 'dots that lead out of the folder are a bad request',
    send: get('/static/../outside.txt'),
    status: 400,
    ...outside,
  },
  {
    name: 'encoded dots that lead out of the folder are a bad request',
    send: get('/static/%2e%2e/outside.txt'),
    status: 400,
    ...outside,
  },
  {
    name: 'dots behind an encoded slash are a bad request',
    send: get('/static/docs%2f..%2f..%2foutside.txt'),
    status: 400,
    ...outside,
  },
  {
    name: 'dots behind an encoded backslash are a bad request',
    send: get('/static/..%5coutside.txt'),
    status: 400,
    ...outside,
  },
  {
    name: 'dots encoded twice name no file',
    send: get('/static/%252e%252e/outside.txt'),
    status: 404,
    ...outside,
  },
  { name: 'more dots than two name no file', send: get('/static/..../outside.txt'), status: 404, ...outside },
  {
    name: 'overlong dots are a bad request',
    send: get('/static/%c0%ae%c0%ae/outside.txt'),
    status: 400,
    ...outside,
  },
  { name: 'a NUL behind a name is a bad request', send: get('/static/a.txt%00.html'), status: 400 },
  { name: 'a drive letter is a bad request', send: get('/static/c:/outside.txt'), status: 400, ...outside },
  { name: 'a stream of Windows is a bad request', send: get('/static/a.txt::$DATA'), status: 400 },
  {
    name: 'a path from the root names no file',
    send: get('/static//etc/passwd'),
    status: 404,
    without: /root:/,
  },
  {
    name: 'a link that leads out of the folder is not followed',
    send: get('/static/link.txt'),
    status: 404,
    ...outside,
  },
  {
    name: 'a folder that links out of the folder is not followed',
    send: get('/static/up/outside.txt'),
    status: 404,
    ...outside,
  },
  { name: 'a folder is no file', send: get('/static/docs'), status: 404, without: /b\.txt/ },
  { name: 'a file is no folder', send: get('/static/a.txt/b'), status: 404 },
  {
    name: 'a name longer than any file has is not found',
    send: get(`/static/${'a'.repeat(300)}`),
    status: 404,
  },
  {
    name: 'a URL in the path of files leads nowhere',
    send: get('/static/http:%2f%2fevil.example'),
    status: 400,
  },
  {
    name: 'a range that is no range is left out',
    send: get('/static/a.txt', 'range: bytes=b-a'),
    status: 200,
    body: 'static',
  },
  {
    name: 'a range beyond the end is a 416',
    send: get('/static/a.txt', 'range: bytes=99-'),
    status: 416,
    headers: { 'content-range': /^bytes \*\/6$/ },
  },
  {
    name: 'a range of numbers without end does not break the file',
    send: get('/static/a.txt', `range: bytes=0-${'9'.repeat(400)}`),
    status: 200,
    body: 'static',
  },
  {
    name: 'a hundred ranges are not a hundred answers',
    send: get('/static/a.txt', `range: bytes=${'0-,'.repeat(100)}0-`),
    status: 200,
    body: 'static',
  },
  {
    name: 'a date that is no date is left out',
    send: get('/static/a.txt', 'if-modified-since: yesterday'),
    status: 200,
    body: 'static',
  },
  {
    name: 'a body for a file is not read',
    send: ask('POST', '/static/a.txt', ['content-length: 3'], 'abc'),
    status: 404,
  },
  {
    name: 'the segments of a glob stay what they are',
    send: get('/files/a/%2e%2e/b%2fc'),
    status: 200,
    body: '["a","..","b/c"]',
  },
]

const forgeries: readonly Case[] = [
  {
    name: 'a form with its token is taken',
    send: posted(`_csrf_token=${token}`, visitor),
    status: 200,
    body: 'posted',
  },
  { name: 'a form without a token is forbidden', send: posted('a=1', visitor), status: 403 },
  { name: 'a form without a session is forbidden', send: posted(`_csrf_token=${token}`), status: 403 },
  {
    name: 'a token of another session is forbidden',
    send: posted(`_csrf_token=${otherToken}`, visitor),
    status: 403,
  },
  { name: 'a changed token is forbidden', send: posted(`_csrf_token=${bent(token)}`, visitor), status: 403 },
  {
    name: 'a token that is a list is forbidden',
    send: posted(`_csrf_token[]=${token}`, visitor),
    status: 403,
  },
  {
    name: 'a token in the query is forbidden',
    send: post(`/form?_csrf_token=${token}`, formType, 'a=1', visitor),
    status: 403,
  },
  {
    name: 'a token of a thousand characters is forbidden',
    send: posted(`_csrf_token=${'A'.repeat(1000)}`, visitor),
    status: 403,
  },
  {
    name: 'a header of noise as token is forbidden',
    send: posted('a=1', visitor, 'x-csrf-token: \xff\xfe'),
    status: 403,
  },
  {
    name: 'a method that a form overrides needs its token too',
    send: posted('_method=delete', visitor),
    status: 403,
  },
  {
    name: 'a forged request meets a page',
    send: posted('a=1', 'accept: text/html'),
    status: 403,
    body: /403 Forbidden/,
    headers: { 'content-type': /^text\/html/ },
  },
  {
    name: 'a method that is a list is not looked at',
    send: posted(`_method[]=delete&_csrf_token=${token}`, visitor),
    status: 200,
    body: 'posted',
  },
  {
    name: 'a method beyond those that a form may ask for is not looked at',
    send: posted(`_method=trace&_csrf_token=${token}`, visitor),
    status: 200,
    body: 'posted',
  },
  {
    name: 'a script that another site asks for is forbidden',
    send: get('/script'),
    status: 403,
    without: /secret\(\)/,
  },
]

const formats: readonly Case[] = [
  {
    name: 'JSON asked of a page is not acceptable',
    send: get('/', 'accept: application/json'),
    status: 406,
    body: /^\{"errors":/,
  },
  {
    name: 'a page asked of the API is not acceptable',
    send: get('/api/query', 'accept: text/html'),
    status: 406,
    body: /406 Not Acceptable/,
  },
  { name: 'an image asked of a page is not acceptable', send: get('/', 'accept: image/png'), status: 406 },
  {
    name: 'a page that is refused by weight is not acceptable',
    send: get('/', 'accept: text/html;q=0'),
    status: 406,
  },
  { name: 'an accept header of noise is not acceptable', send: get('/', 'accept: ;;;,,,/q=;'), status: 406 },
  {
    name: 'an accept header of a thousand types takes no time',
    send: get('/', `accept: ${'a/b,'.repeat(900)}text/html`),
    status: 200,
  },
  {
    name: 'a path without a route is a page for browsers',
    send: get('/nowhere', 'accept: text/html'),
    status: 404,
    body: /404 Not Found/,
  },
  {
    name: 'a path without a route is JSON for scripts',
    send: get('/nowhere', 'accept: application/json'),
    status: 404,
    body: /^\{"errors":/,
  },
  {
    name: 'a path of a script is shown to nobody',
    send: get('/%3cscript%3e', 'accept: text/html'),
    status: 404,
    without: /script/,
  },
  { name: 'a route for another method is not found', send: ask('PUT', '/echo/a'), status: 404 },
  {
    name: 'what a handler throws is shown to nobody',
    send: get('/api/throws'),
    status: 500,
    body: '{"errors":{"detail":"Internal Server Error"}}',
  },
]

const smuggled = 'GET /echo/smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n'
const smuggling: readonly Case[] = [
  {
    name: 'chunks in the first HTTP are a bad request',
    send: lines('POST /api/echo HTTP/1.0', 'host: localhost', 'transfer-encoding: chunked') + '0\r\n\r\n',
    status: 400,
  },
  {
    name: 'an empty host is a bad request',
    send: lines('GET / HTTP/1.1', 'host: ', 'connection: close'),
    status: 400,
  },
  {
    name: 'a length and chunks at once are a bad request',
    send: chunked(`0\r\n\r\n${smuggled}`, 'content-length: 6'),
    status: 400,
  },
  {
    name: 'two lengths that differ are a bad request',
    send: ask('POST', '/api/echo', ['content-length: 2', `content-length: ${smuggled.length}`], smuggled),
    status: 400,
  },
  {
    name: 'a list of lengths is a bad request',
    send: ask('POST', '/api/echo', ['content-length: 2, 2'], '{}'),
    status: 400,
  },
  {
    name: 'a length below zero is a bad request',
    send: ask('POST', '/api/echo', ['content-length: -1'], smuggled),
    status: 400,
  },
  {
    name: 'a length with a sign is a bad request',
    send: ask('POST', '/api/echo', ['content-length: +2'], '{}'),
    status: 400,
  },
  {
    name: 'a length that no number holds is a bad request',
    send: ask('POST', '/api/echo', [`content-length: ${'9'.repeat(30)}`], '{}'),
    status: 400,
  },
  {
    name: 'a body whose end nobody can know is a bad request',
    send: ask('POST', '/api/echo', ['transfer-encoding: xchunked'], smuggled),
    status: 400,
  },
  {
    name: 'an encoding that nobody knows is a 501',
    send: ask('POST', '/api/echo', ['transfer-encoding: gzip, chunked'], '0\r\n\r\n'),
    status: 501,
  },
  {
    name: 'chunks that are not the last encoding are a bad request',
    send: ask('POST', '/api/echo', ['transfer-encoding: chunked, identity'], `0\r\n\r\n${smuggled}`),
    status: 400,
  },
  {
    name: 'an encoding with a space before its colon is a bad request',
    send: ask(
      'POST',
      '/api/echo',
      ['transfer-encoding : chunked', 'content-length: 5'],
      `0\r\n\r\n${smuggled}`,
    ),
    status: 400,
  },
  {
    name: 'an encoding on a folded line is a bad request',
    send: ask(
      'POST',
      '/api/echo',
      ['transfer-encoding:', ' chunked', 'content-length: 5'],
      `0\r\n\r\n${smuggled}`,
    ),
    status: 400,
  },
  {
    name: 'a request in the body of another is a body',
    send: ask('GET', '/', [`content-length: ${smuggled.length}`], smuggled),
    status: 200,
    body: 'home',
  },
  {
    name: 'a request behind the last one is not answered',
    send: get('/') + smuggled,
    status: 200,
    body: 'home',
  },
  {
    name: 'two hosts are a bad request',
    send: lines('GET /api/hosts HTTP/1.1', 'host: localhost', 'host: evil.example', 'connection: close'),
    status: 400,
  },
  { name: 'no host is a bad request', send: lines('GET / HTTP/1.1', 'connection: close'), status: 400 },
  {
    name: 'a host with a user is a bad request',
    send: lines('GET / HTTP/1.1', 'host: evil@localhost', 'connection: close'),
    status: 400,
  },
  {
    name: 'a host with a path is a bad request',
    send: lines('GET / HTTP/1.1', 'host: localhost/evil', 'connection: close'),
    status: 400,
  },
  {
    name: 'a host with a port that is none is a bad request',
    send: lines('GET / HTTP/1.1', 'host: localhost:99999', 'connection: close'),
    status: 400,
  },
  {
    name: 'a host of markup is a bad request that does not repeat it',
    send: lines('GET / HTTP/1.1', 'host: "><script>', 'connection: close'),
    status: 400,
  },
  {
    name: 'a target that names a host stands above the header',
    send: lines('GET http://a.example/api/hosts HTTP/1.1', 'host: b.example', 'connection: close'),
    status: 200,
    body: '["a.example",80]',
  },
  {
    name: 'a target with a user in its host is a bad request',
    send: lines('GET http://evil@localhost/ HTTP/1.1', 'host: localhost', 'connection: close'),
    status: 400,
  },
]

const garbage: readonly Case[] = [
  { name: 'a connection on which nothing is said is a 408', send: '', status: 408 },
  { name: 'bare bytes beyond ASCII in a target are a bad request', send: get('/echo/\xc3\xa9'), status: 400 },
  {
    name: 'a tunnel is not allowed',
    send: lines('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example:443'),
    status: 405,
    headers: { allow: /^$/ },
  },
  {
    name: 'a protocol that nobody asked for is not switched to',
    send: lines('GET / HTTP/1.1', 'host: localhost', 'connection: close, upgrade', 'upgrade: websocket'),
    status: 200,
    body: 'home',
  },
  { name: 'noise is a bad request', send: '\x00\x01\x02\xff\xfe\r\n\r\n', status: 400 },
  {
    name: 'a handshake of TLS is a bad request',
    send: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    status: 400,
  },
  { name: 'the preface of HTTP/2 is a bad request', send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  { name: 'a request of the first HTTP is a bad request', send: 'GET /\r\n\r\n', status: 400 },
  {
    name: 'a version that does not exist is a bad request',
    send: lines('GET / HTTP/3.7', 'host: localhost'),
    status: 400,
  },
  {
    name: 'an unknown method is not implemented',
    send: lines('FROB / HTTP/1.1', 'host: localhost'),
    status: 501,
  },
  {
    name: 'a method in lower case is a bad request',
    send: lines('get / HTTP/1.1', 'host: localhost'),
    status: 400,
  },
  {
    name: 'a target without a slash is a bad request',
    send: lines('GET nowhere HTTP/1.1', 'host: localhost', 'connection: close'),
    status: 400,
  },
  {
    name: 'a target with a space in it is a bad request',
    send: lines('GET /a b HTTP/1.1', 'host: localhost'),
    status: 400,
  },
  {
    name: 'an answer in the place of a request is a bad request',
    send: lines('HTTP/1.1 200 OK', 'content-length: 0'),
    status: 400,
  },
  {
    name: 'a page of mail is a bad request',
    send: 'EHLO localhost\r\nMAIL FROM:<a@example.com>\r\n',
    status: 400,
  },
  { name: 'an expectation that nobody meets is a 417', send: get('/', 'expect: miracles'), status: 417 },
]

// --- each of them

const never = new RegExp(
  [secretKeyBase.slice(0, 17), secretMessage, folder, 'node:internal', 'node_modules', '\\n\\s+at '].join(
    '|',
  ),
)
const isShort = (body: string): boolean => body.length <= 1000

const cases = [
  sessions,
  cookies,
  encodings,
  lengths,
  types,
  bodies,
  headers,
  names,
  paths,
  forgeries,
  formats,
  smuggling,
  garbage,
].flat()
const bugs = cases.filter(({ status }) => status === 500).length

t.test('the table holds each case once', async t => {
  t.ok(cases.length >= 90, `${cases.length} cases`)
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
  const requests = cases.map(({ send }) => String(send))
  t.strictSame(
    cases.filter(({ send }, i) => requests.indexOf(String(send)) < i).map(({ name }) => name),
    [],
  )
})

for (const { name, send, status, body, headers: expected = {}, without, ...options } of cases)
  t.test(name, async t => {
    const answer = await exchange(server.port, send, options)
    t.equal(answer.status, status)
    if (typeof body === 'string') t.equal(answer.body, body)
    else if (body !== undefined) t.match(answer.body, body)
    for (const [header, value] of Object.entries(expected))
      if (value === undefined) t.notOk(header in answer.headers, `no ${header}`)
      else t.match(answer.headers[header] ?? '', value, header)
    if (without !== undefined) t.notMatch(answer.text, without)
    t.notMatch(answer.text, never, 'no secret, no stack, no path of the server')
    t.notMatch(answer.text, /smuggled|evil/, 'nothing that was smuggled in')
    if (status >= 400) t.ok(isShort(answer.body), 'a short answer')
    t.notOk('polluted' in {}, 'no prototype is polluted')
    const health = await exchange(server.port, get('/healthz'))
    t.equal(health.status, 200, 'the server lives')
  })

t.test('many of them at once do no harm', async t => {
  const quick = cases.filter(({ status, pause }) => status !== 408 && pause === undefined)
  const answers = await Promise.all(quick.map(({ send, ...options }) => exchange(server.port, send, options)))
  t.strictSame(
    quick.filter((_, i) => answers[i]?.status !== quick[i]?.status).map(({ name }) => name),
    [],
  )
})

t.test('a client that leaves at any point does no harm', async t => {
  const whole = posted(`_csrf_token=${token}`, visitor)
  for (let length = 0; length < whole.length; length += 23)
    await exchange(server.port, whole.slice(0, length), { end: true, silence: 50 })
  t.equal((await exchange(server.port, get('/healthz'))).status, 200)
})

t.test('the server is told of bugs alone, and leaves nothing behind', async t => {
  t.equal(told.length, 2 * bugs, 'each 500 was told, and nothing that a client did')
  t.strictSame(rejections, [])
  await server.stop()
  for (let i = 0; i < 50 && process.getActiveResourcesInfo().length > before; i++)
    await new Promise(resolve => setTimeout(resolve, 10))
  t.strictSame(process.getActiveResourcesInfo().slice(before), [], 'no socket, timer or file is left open')
})
