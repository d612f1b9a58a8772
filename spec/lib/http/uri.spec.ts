import t from 'tap'
import * as fc from 'fast-check'
import { isLocalPath, parseHost, splitPath } from '../../../lib/http/uri.js'

t.test('a path is split at slashes, without empty segments and without decoding', async t => {
  const paths: readonly (readonly [string, readonly string[]])[] = [
    ['/', []],
    ['', []],
    ['/a', ['a']],
    ['a/b', ['a', 'b']],
    ['/a/', ['a']],
    ['//a//b/', ['a', 'b']],
    ['/:id', [':id']],
    ['/a/*g', ['a', '*g']],
    ['/a%2Fb/%zz', ['a%2Fb', '%zz']],
  ]
  for (const [path, segments] of paths) t.same(splitPath(path), segments, path)
})

t.test('splitting agrees with the split method', async () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('/', 'a', '%') }),
      path => splitPath(path).join('\n') === path.split('/').filter(Boolean).join('\n'),
    ),
  )
})

t.test('a redirect may go to a path of the same site', async t => {
  for (const to of ['/', '/foo', '/foo?x=//y', '/foo//bar', '/foo#bar', '/%5C', '/é', '/a%09'])
    t.ok(isLocalPath(to), to)
})

t.test('a redirect may not go to what could lead to another site', async t => {
  const refused = [
    '',
    'foo',
    '//foo',
    '///foo',
    'https://foo',
    '\\foo',
    '/\\foo',
    '/foo\\bar',
    '/%09/foo',
    '/foo/%09/bar',
    '/\t/foo',
    '/foo\r\nset-cookie: a=b',
    '/foo\0',
    '/\x7f',
    ' /foo',
    'javascript:alert(1)',
  ]
  for (const to of refused) t.notOk(isLocalPath(to), JSON.stringify(to))
})

t.test('wherever a path is called local, a browser stays on the site', async () => {
  const unit = fc.constantFrom('/', '\\', '%09', '%5C', '\t', '\n', ' ', 'a', '.', '@', ':', '?', '#')
  fc.assert(
    fc.property(
      fc.string({ unit }),
      to => !isLocalPath(to) || new URL(to, 'http://here.example/x').host === 'here.example',
    ),
    { numRuns: 5000 },
  )
})

t.test('a host is read with its port, in lower case', async t => {
  t.same(parseHost('example.com'), { host: 'example.com' })
  t.same(parseHost('Example.COM:8080'), { host: 'example.com', port: 8080 })
  t.same(parseHost('example.com:'), { host: 'example.com' })
  t.same(parseHost('example.com:0'), { host: 'example.com', port: 0 })
  t.same(parseHost('example.com:65535'), { host: 'example.com', port: 65535 })
  t.same(parseHost('127.0.0.1:80'), { host: '127.0.0.1', port: 80 })
  t.same(parseHost('[::1]'), { host: '[::1]' })
  t.same(parseHost('[2001:DB8::1]:443'), { host: '[2001:db8::1]', port: 443 })
  t.same(parseHost("a-b_c.d~!$&'()*+,;=%41"), { host: "a-b_c.d~!$&'()*+,;=%41" })
})

t.test('what is no host is refused', async t => {
  const refused = [
    '',
    ':80',
    'a b',
    'a/b',
    'a?b',
    'a#b',
    'user@host',
    'user:secret@host',
    'a\\b',
    'a%zz',
    'a%4',
    'exämple.com',
    'a:65536',
    'a:99999999999999999999',
    'a:-1',
    'a:8o',
    'a:1:2',
    '::1',
    '[::1',
    '::1]',
    '[]',
    '[::1]x',
    '[:::1]',
    '[1.2.3.4]',
    '[::12345]',
    '[fe80::1%25eth0]',
    'a\r\n',
    'a\0',
  ]
  for (const text of refused) t.equal(parseHost(text), undefined, JSON.stringify(text))
})

t.test('no text makes the host parser throw or slow', async t => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('[', ']', ':', '1', 'a', '%', '.', '@') }), text => {
      const found = parseHost(text)
      return found === undefined || found.port === undefined || found.port <= 65535
    }),
    { numRuns: 2000 },
  )
  for (const part of ['a', '%41', '[', ':', '%', '[:'])
    t.doesNotThrow(() => parseHost(part.repeat(200_000) + ' '), part)
})
