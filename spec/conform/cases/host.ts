// The Host header (RFC 9112 §3.2, RFC 9110 §7.2): missing, twice, invalid, and what the app sees of a valid one.
import { bad, each, head, ok, rule, type Case } from '../case.js'

const hosted = (...lines: readonly string[]): string => head('GET /x HTTP/1.1', ...lines)
const of = (host: string): string => hosted(`Host: ${host}`)

/** The cases of Host. */
export const host: readonly Case[] = [
  ...rule('host-missing', {
    get: bad(hosted()),
    head: bad(head('HEAD /x HTTP/1.1')),
    post: bad(head('POST /echo HTTP/1.1', 'Content-Length: 2') + 'hi'),
    'absolute form': bad(head('GET http://a.test/x HTTP/1.1')),
    'options *': bad(head('OPTIONS * HTTP/1.1')),
    'another header': bad(hosted('X-Host: a.test', 'Hosts: a.test')),
    chunked: bad(head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + '0\r\n\r\n'),
    'after a valid request': {
      ...ok(of('a.test') + hosted()),
      rest: [400],
      connection: 'closed',
      paths: ['/x'],
    },
  }),
  ...rule('host-twice', {
    same: bad(hosted('Host: a.test', 'Host: a.test')),
    different: bad(hosted('Host: a.test', 'Host: b.test')),
    'case of the name': bad(hosted('Host: a.test', 'HOST: b.test')),
    'the second is empty': bad(hosted('Host: a.test', 'Host:')),
    'the first is empty': bad(hosted('Host:', 'Host: a.test')),
    'far apart': bad(hosted('Host: a.test', 'X: y', 'Accept: */*', 'Host: a.test')),
    'absolute form': bad(head('GET http://a.test/x HTTP/1.1', 'Host: a.test', 'Host: b.test')),
    '1.0': bad(head('GET /x HTTP/1.0', 'Host: a.test', 'Host: b.test')),
    'three times': bad(hosted('Host: a.test', 'Host: a.test', 'Host: a.test')),
    'options *': bad(head('OPTIONS * HTTP/1.1', 'Host: a.test', 'Host: b.test')),
  }),
  ...each(
    'host-invalid-name',
    {
      space: 'a b',
      path: 'a.test/x',
      'user information': 'user@a.test',
      url: 'http://a.test',
      query: 'a.test?x',
      fragment: 'a.test#x',
      backslash: 'a.test\\x',
      markup: '<a>',
      'a list': 'a.test, b.test',
      'beyond ASCII': 'caf\xe9.test',
    },
    value => bad(of(value)),
  ),
  ...each(
    'host-invalid-address',
    {
      'no end': '[::1',
      'no start': '::1]',
      empty: '[]',
      letters: '[zz]',
      'too many groups': '[1:2:3:4:5:6:7:8:9]',
      'two gaps': '[1::2::3]',
      'text after it': '[::1]x',
      'without brackets': '::1',
      zone: '[fe80::1%25eth0]',
    },
    value => bad(of(value)),
  ),
  ...each(
    'host-invalid-port',
    {
      letters: 'a.test:http',
      'too large': 'a.test:65536',
      'far too large': 'a.test:99999999999',
      two: 'a.test:80:80',
      negative: 'a.test:-80',
      signed: 'a.test:+80',
      space: 'a.test: 80',
      fraction: 'a.test:80.5',
      hexadecimal: 'a.test:0x50',
    },
    value => bad(of(value)),
  ),
  ...each(
    'host-invalid-escape',
    {
      'not hexadecimal': 'a%zz.test',
      cut: 'a%4',
      alone: 'a%',
      brackets: 'a[b].test',
      quotes: '"a.test"',
      caret: 'a^b',
    },
    value => bad(of(value)),
  ),
  ...rule('host-empty', {
    empty: bad(hosted('Host:')),
    'white space': bad(hosted('Host:   ')),
    'only a port': bad(of(':80')),
    '1.0': bad(head('GET /x HTTP/1.0', 'Host:')),
  }),
  ...rule('host-invalid-with-absolute', {
    space: bad(head('GET http://a.test/x HTTP/1.1', 'Host: a b')),
    empty: bad(head('GET http://a.test/x HTTP/1.1', 'Host:')),
    port: bad(head('GET http://a.test/x HTTP/1.1', 'Host: a.test:x')),
    path: bad(head('GET http://a.test/x HTTP/1.1', 'Host: a.test/x')),
  }),
  ...rule('host-seen', {
    'upper case': ok(of('A.TEST'), { app: { host: 'a.test', port: 80 } }),
    port: ok(of('a.test:8080'), { app: { host: 'a.test', port: 8080 } }),
    'an IPv4 address': ok(of('127.0.0.1:1'), { app: { host: '127.0.0.1', port: 1 } }),
    'an IPv6 address': ok(of('[::1]:81'), { app: { host: '[::1]', port: 81 } }),
    'an empty port': ok(of('a.test:'), { app: { host: 'a.test', port: 80 } }),
    'the greatest port': ok(of('a.test:65535'), { app: { port: 65_535 } }),
    underscore: ok(of('a_b.test'), { app: { host: 'a_b.test' } }),
    'white space around': ok(hosted('Host: \t a.test \t '), { app: { host: 'a.test' } }),
    'a single label': ok(of('localhost'), { app: { host: 'localhost' } }),
    'no space after the colon': ok(hosted('Host:a.test'), { app: { host: 'a.test' } }),
  }),
  ...rule('host-1.0', {
    missing: { send: head('GET /x HTTP/1.0'), status: 200, connection: 'closed', app: { host: '127.0.0.1' } },
    invalid: bad(head('GET /x HTTP/1.0', 'Host: a b')),
    valid: {
      send: head('GET /x HTTP/1.0', 'Host: a.test:81'),
      status: 200,
      app: { host: 'a.test', port: 81 },
    },
  }),
]
