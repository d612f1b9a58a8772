import t from 'tap'
import {
  framingOf,
  localHost,
  plainAddress,
  requestTarget,
} from '../../../../../lib/adapters/node/request/target.js'

t.test('a target in origin form is a path and perhaps a query', async t => {
  const targets: readonly (readonly [target: string, path: string, query: string])[] = [
    ['/', '/', ''],
    ['/a/b?c=d', '/a/b', 'c=d'],
    ['/?', '/', ''],
    ['/a?b?c', '/a', 'b?c'],
    ['//a//b/', '//a//b/', ''],
    ['/%zz', '/%zz', ''],
    ['/a#frag', '/a', ''],
    ['/a?b=c#d?e', '/a', 'b=c'],
    ['/a#b\nc', '/a', ''],
  ]
  for (const [target, path, query] of targets)
    t.same(requestTarget('GET', target), { authority: undefined, path, query }, target)
})

t.test('a target in absolute form has an authority', async t => {
  const targets: readonly (readonly [target: string, authority: string, path: string, query: string])[] = [
    ['http://a.test/b?c', 'a.test', '/b', 'c'],
    ['HTTPS://a.test:81', 'a.test:81', '/', ''],
    ['http://a.test?b=/c', 'a.test', '/', 'b=/c'],
    ['http://a.test#b', 'a.test', '/', ''],
    ['http:///a', '', '/a', ''],
    ['http://user@a.test/', 'user@a.test', '/', ''],
    ['http://[::1]:81/x', '[::1]:81', '/x', ''],
  ]
  for (const [target, authority, path, query] of targets)
    t.same(requestTarget('GET', target), { authority, path, query }, target)
})

t.test('a star asks about the server, and only with OPTIONS', async t => {
  t.same(requestTarget('OPTIONS', '*'), { authority: undefined, path: '*', query: '' })
  t.equal(requestTarget('GET', '*'), undefined)
})

t.test('nothing else is a target', async t => {
  for (const target of [
    '',
    '*a',
    'a/b',
    '?a',
    '#/a',
    'ftp://a.test/',
    'a.test:443',
    'http:/a',
    'ws://a.test/',
  ])
    t.equal(requestTarget('OPTIONS', target), undefined, target)
})

t.test('the headers that frame a request are found, however they are written', async t => {
  const none = { host: undefined, hosts: false, coding: undefined, length: undefined, closes: false }
  t.same(framingOf([]), none)
  t.same(framingOf(['Accept', 'host', 'Hosts', 'b.test', 'hops', 'c.test']), none)
  t.same(framingOf(['content-lengtg', '5', 'transfer-encodinh', 'x', 'hose', 'y']), none)
  t.same(framingOf(['Accept', '*/*', 'Host', 'a.test']), { ...none, host: 'a.test' })
  t.match(framingOf(['connection', 'close']), { closes: true })
  t.match(framingOf(['Connection', 'foo', 'CONNECTION', 'x, close']), { closes: true })
  t.match(framingOf(['User-Agent', 'close', 'Connexion_', 'close']), { closes: false })
  t.same(framingOf(['hOsT', '']), { ...none, host: '' })
  t.match(framingOf(['Host', 'a.test', 'HOST', 'a.test']), { hosts: true })
  t.match(framingOf(['Host', '', 'Host', '', 'Host', '']), { hosts: true })
  t.same(framingOf(['Content-Length', '5', 'Host', 'a']), { ...none, host: 'a', length: '5' })
  t.same(framingOf(['Transfer-Encoding', 'gzip', 'transfer-encoding', 'chunked']), {
    ...none,
    coding: 'gzip, chunked',
  })
})

t.test('an IPv4 address is shown as one, whatever the socket', async t => {
  t.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
  t.equal(plainAddress('::FFFF:192.0.2.1'), '192.0.2.1')
  t.equal(plainAddress('192.0.2.1'), '192.0.2.1')
  t.equal(plainAddress('::ffff:1'), '::ffff:1')
  t.equal(plainAddress('2001:db8::1'), '2001:db8::1')
  t.equal(plainAddress(undefined), '')
})

t.test('a local address is a host and a port', async t => {
  t.same(localHost('127.0.0.1', 4000), { host: '127.0.0.1', port: 4000 })
  t.same(localHost('::ffff:127.0.0.1', 80), { host: '127.0.0.1', port: 80 })
  t.same(localHost('::1', 4000), { host: '[::1]', port: 4000 })
  t.same(localHost(undefined, undefined), { host: 'localhost' }, 'of a Unix domain socket')
})
