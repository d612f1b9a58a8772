import t from 'tap'
import { pipeline, type Conn } from '../../lib/index.js'
import { conn, run, type ConnOptions } from '../../lib/testing/index.js'
import {
  rewriteOn,
  type ForwardedHeader,
  type NamedHeader,
  type RewriteOnOptions,
} from '../../plugs/index.js'
import { casesOf, handlerOf, requestOf } from './vectors.js'

// --- as Plug, with the peer and the addresses of the cases trusted

/** Where our answer is another, with the reason. */
const differences: Readonly<Record<string, readonly [why: string, echo: object]>> = {
  'rewrite_on: for leading space': [
    'lists are read with white space (RFC 9110 §5.6.1)',
    { remote_ip: '10.0.0.1' },
  ],
  'rewrite_on: for ip:port': ['some proxies add the port', { remote_ip: '1.2.3.4' }],
  'rewrite_on: host': ['a host with a port is two things', { host: 'a.com', port: 99 }],
}

const pick = (echo: Readonly<Record<string, unknown>>) => ({
  host: echo['host'],
  port: echo['port'],
  scheme: echo['scheme'],
  remote_ip: echo['remote_ip'],
})

t.test('forwarded headers are read as by Plug.RewriteOn', async t => {
  for (const each of casesOf('rewrite_on')) {
    const atoms = each.plugs[0]?.[1] as readonly { readonly $atom: string }[]
    const headers = atoms.map(({ $atom }) => $atom.replaceAll('_', '-')) as ForwardedHeader[]
    const build = () => rewriteOn({ trust: ['loopback', 'private'], headers })
    if (each.expect.raise !== undefined) {
      t.throws(
        build,
        { message: /^rewriteOn: headers must be an array of forwarded, x-forwarded-for/ },
        each.name,
      )
      continue
    }
    const done = run(pipeline(build(), handlerOf(each)))(requestOf(each))
    const { host, port, scheme, remoteIp: remote_ip } = done
    t.match(
      { host, port, scheme, remote_ip },
      pick({ ...each.expect.echo, ...differences[each.name]?.[1] }),
      each.name,
    )
  }
})

// --- trust

const from = (remoteIp: string, headers: ConnOptions['headers'], target = 'http://app.test/'): Conn =>
  conn('GET', target, { remoteIp, ...(headers && { headers }) })
const trusting = (trust: readonly string[], headers?: readonly (ForwardedHeader | NamedHeader)[]) =>
  rewriteOn({ trust, ...(headers && { headers }) })
const seen = ({ remoteIp, scheme, host, port }: Conn): string => `${remoteIp} ${scheme}://${host}:${port}`
const all = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'example.com',
  'x-forwarded-port': '8443',
}

t.test('only a trusted peer is believed', async t => {
  for (const peer of [
    '198.51.100.1',
    '2001:db8::1',
    '',
    'not an address',
    '::ffff:198.51.100.1',
    'fe80::1%eth0',
  ]) {
    const request = from(peer, all)
    t.equal(trusting(['loopback', 'private'])(request), request, peer)
  }
  for (const peer of [
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    'fd00::1',
    '203.0.113.1',
    '2001:db8:1::5',
    '192.0.2.7',
  ])
    t.equal(
      seen(
        trusting(['loopback', 'private', '203.0.113.0/24', '2001:db8:1::/48', '192.0.2.7'])(from(peer, all)),
      ),
      '203.0.113.9 https://example.com:8443',
      peer,
    )
  t.equal(seen(trusting([])(from('127.0.0.1', all))), '127.0.0.1 http://app.test:80', 'nobody is trusted')
})

t.test('one peer after another is judged anew', async t => {
  const plug = trusting(['loopback'])
  const ips = ['127.0.0.1', '127.0.0.1', '198.51.100.1', '198.51.100.1', '127.0.0.1'].map(
    peer => plug(from(peer, all)).remoteIp,
  )
  t.strictSame(ips, ['203.0.113.9', '203.0.113.9', '198.51.100.1', '198.51.100.1', '203.0.113.9'])
})

t.test('without the headers nothing changes', async t => {
  const request = from('127.0.0.1', {})
  t.equal(trusting(['loopback'])(request), request)
})

t.test('only the named headers are read', async t => {
  t.equal(
    seen(trusting(['loopback'], ['x-forwarded-proto'])(from('127.0.0.1', all))),
    '127.0.0.1 https://app.test:443',
  )
  t.equal(
    seen(trusting(['loopback'])(from('127.0.0.1', { forwarded: 'for=203.0.113.9' }))),
    '127.0.0.1 http://app.test:80',
  )
})

// --- x-forwarded-*

const client = (
  list: string | readonly string[],
  trust: readonly string[] = ['loopback', '10.0.0.0/8'],
): string => trusting(trust)(from('127.0.0.1', { 'x-forwarded-for': list })).remoteIp

t.test('the client is the first address from the right that is not trusted', async t => {
  t.equal(client('203.0.113.9'), '203.0.113.9')
  t.equal(client('6.6.6.6, 203.0.113.9, 10.0.0.2'), '203.0.113.9', 'what a client made up stands left of it')
  t.equal(client('127.0.0.1, 203.0.113.9'), '203.0.113.9')
  t.equal(client('10.0.0.1, 10.0.0.2'), '10.0.0.1', 'where all are trusted, the leftmost')
  t.equal(client(['6.6.6.6', '203.0.113.9 , 10.0.0.2']), '203.0.113.9', 'several headers are one list')
  t.equal(client('2001:DB8:0:0::9,10.0.0.2'), '2001:db8::9')
  t.equal(client('::ffff:203.0.113.9'), '203.0.113.9')
})

t.test('an address may have a port, brackets and quotes', async t => {
  for (const one of [
    '203.0.113.9:61598',
    '"203.0.113.9"',
    '"203.0.113.9:80"',
    '203.0.113.9:80, 10.0.0.2:8080',
  ])
    t.equal(client(one), '203.0.113.9', one)
  for (const one of ['[2001:db8::9]', '[2001:db8::9]:443', '"[2001:db8::9]:443"', '"2001:db8::9"'])
    t.equal(client(`6.6.6.6:1, ${one}, 10.0.0.2`), '2001:db8::9', one)
})

t.test('what is no address leaves the address of the peer', async t => {
  for (const bad of [
    '',
    'unknown',
    '203.0.113',
    '0xcb.0.113.9',
    '203.0.113.9, unknown',
    '203.0.113.9, , 10.0.0.2',
    '203.0.113.9:',
    '203.0.113.9:port',
    '203.0.113.9:123456',
    '"203.0.113.9',
    '[2001:db8::9',
    '2001:db8::9]:443',
    '[203.0.113.9]:80:80',
    'fe80::1%eth0',
    '203.0.113.256',
    '203.0.113.256:80',
  ])
    t.equal(client(bad), '127.0.0.1', bad)
  t.equal(client('rubbish, 203.0.113.9'), '203.0.113.9', 'unless it stands left of the client')
})

const url = (headers: ConnOptions['headers'], target?: string): string =>
  seen(trusting(['loopback'])(from('127.0.0.1', headers, target))).slice('127.0.0.1 '.length)

t.test('the scheme takes the default port along', async t => {
  t.equal(url({ 'x-forwarded-proto': 'https' }), 'https://app.test:443')
  t.equal(url({ 'x-forwarded-proto': 'wss' }), 'https://app.test:443')
  t.equal(url({ 'x-forwarded-proto': 'http' }), 'http://app.test:80')
  t.equal(url({ 'x-forwarded-proto': 'http' }, 'https://app.test/'), 'http://app.test:80')
  t.equal(url({ 'x-forwarded-proto': 'https' }, 'http://app.test:4000/'), 'https://app.test:4000')
  t.equal(
    url({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '80' }),
    'https://app.test:80',
    'a port that is named stays',
  )
  for (const proto of ['HTTPS', 'Wss', ' https ', 'http,https'])
    t.equal(url({ 'x-forwarded-proto': proto }), 'https://app.test:443', proto)
  for (const bad of ['https, http', 'https,', 'ftp', '', 'ws', 'https;'])
    t.equal(url({ 'x-forwarded-proto': bad }), 'http://app.test:80', bad)
})

t.test('a host must be one, and may bring its port', async t => {
  t.equal(url({ 'x-forwarded-host': 'Example.com' }), 'http://example.com:80')
  t.equal(url({ 'x-forwarded-host': 'example.com:8080' }), 'http://example.com:8080')
  t.equal(url({ 'x-forwarded-host': '[2001:db8::1]:8080' }), 'http://[2001:db8::1]:8080')
  t.equal(
    url({ 'x-forwarded-host': 'example.com:8080', 'x-forwarded-port': '9090' }),
    'http://example.com:9090',
  )
  t.equal(url({ 'x-forwarded-host': 'a.com:1, b.com' }), 'http://b.com:80')
  for (const bad of [
    '',
    'a b',
    'user@example.com',
    'example.com/path',
    'a.com, <b>',
    'example.com:99999',
    '<script>',
  ])
    t.equal(url({ 'x-forwarded-host': bad }), 'http://app.test:80', bad)
})

t.test('a port must be one', async t => {
  t.equal(url({ 'x-forwarded-port': '65535' }), 'http://app.test:65535')
  for (const bad of ['', '0', '65536', '80x', '-1', '8e1', '8080, x'])
    t.equal(url({ 'x-forwarded-port': bad }), 'http://app.test:80', bad)
})

t.test('the port inside does not stay behind the host outside', async t => {
  const inner = 'http://app.test:4000/'
  t.equal(url({ 'x-forwarded-host': 'example.com' }, inner), 'http://example.com:80')
  t.equal(
    url({ 'x-forwarded-host': 'example.com', 'x-forwarded-proto': 'https' }, inner),
    'https://example.com:443',
  )
  t.equal(
    url({ 'x-forwarded-host': 'example.com:8443', 'x-forwarded-proto': 'https' }, inner),
    'https://example.com:8443',
  )
  t.equal(
    url({ 'x-forwarded-host': 'example.com', 'x-forwarded-port': '8080' }, inner),
    'http://example.com:8080',
  )
  t.equal(url({ 'x-forwarded-host': '<bad>' }, inner), 'http://app.test:4000')
  t.equal(
    seen(
      trusting(
        ['loopback'],
        ['forwarded'],
      )(from('127.0.0.1', { forwarded: 'host=example.com;proto=https' }, inner)),
    ),
    '127.0.0.1 https://example.com:443',
  )
})

t.test('of a list, the item of the proxy that the client spoke to counts', async t => {
  const proxied = (headers: ConnOptions['headers']) =>
    seen(trusting(['loopback', '10.0.0.0/8'])(from('127.0.0.1', headers)))
  const list = {
    'x-forwarded-for': '203.0.113.9, 10.0.0.2',
    'x-forwarded-proto': 'https,http',
    'x-forwarded-host': 'example.com, inner.test:4000',
    'x-forwarded-port': '8443, 4000',
  }
  t.equal(proxied(list), '203.0.113.9 https://example.com:8443')
  t.equal(
    proxied({
      'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2',
      'x-forwarded-proto': 'https, http, https',
      'x-forwarded-host': 'evil.test, example.com, inner.test',
    }),
    '203.0.113.9 http://example.com:80',
    'what a client made up stands left of it',
  )
  t.equal(
    proxied({ 'x-forwarded-for': '203.0.113.9, 10.0.0.3, 10.0.0.2', 'x-forwarded-proto': 'https' }),
    '203.0.113.9 https://app.test:443',
    'a proxy that sets it once speaks for all',
  )
  t.equal(
    proxied({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https,http' }),
    '203.0.113.9 http://app.test:80',
  )
})

t.test('several headers of one name are one list', async t => {
  t.equal(
    url({
      'x-forwarded-proto': ['http', 'https'],
      'x-forwarded-host': ['evil.test', 'a.com'],
      'x-forwarded-port': ['1', '2'],
    }),
    'https://a.com:2',
    'the nearest proxy wrote the last',
  )
})

t.test('other headers are named by what they say', async t => {
  const named = (headers: readonly (ForwardedHeader | NamedHeader)[], given: ConnOptions['headers']) =>
    seen(trusting(['loopback', '10.0.0.0/8'], headers)(from('127.0.0.1', given)))
  const cloudflare = [{ for: 'cf-connecting-ip' }, 'x-forwarded-for', 'x-forwarded-proto'] as const
  t.equal(
    named(cloudflare, {
      'cf-connecting-ip': '2001:db8::9',
      'x-forwarded-for': '1.1.1.1',
      'x-forwarded-proto': 'https',
    }),
    '2001:db8::9 https://app.test:443',
  )
  for (const given of [{}, { 'cf-connecting-ip': 'rubbish' }])
    t.equal(named(cloudflare, { 'x-forwarded-for': '1.1.1.1', ...given }), '1.1.1.1 http://app.test:80')
  const all = [{ for: 'x-real-ip' }, { proto: 'x-scheme' }, { host: 'x-original-host' }, { port: 'x-port' }]
  const said = {
    'x-real-ip': '1.1.1.1:99',
    'x-scheme': 'HTTPS',
    'x-original-host': 'A.com',
    'x-port': '8443',
  }
  t.equal(named(all as never, said), '1.1.1.1 https://a.com:8443')
  t.equal(
    named(['x-forwarded-host', { host: 'x-original-host' }], {
      'x-original-host': 'b.com',
      'x-forwarded-host': 'a.com',
    }),
    '127.0.0.1 http://a.com:80',
    'the first counts',
  )
})

t.test('headers made to be slow are read in one pass', async t => {
  const size = 1_000_000
  for (const unit of [
    ' ',
    '\t',
    ';',
    ',',
    'a',
    'a=',
    'a=a ',
    '"',
    '\\',
    'for="a',
    'a=b;',
    ':',
    '::',
    '1.',
    '[',
    'for="\\',
  ])
    for (const end of ['', '\x7f', 'x'])
      for (const name of [
        'forwarded',
        'x-forwarded-for',
        'x-forwarded-host',
        'x-forwarded-proto',
        'x-forwarded-port',
      ] as const) {
        const header = unit.repeat(size / unit.length) + end
        t.equal(trusting(['loopback'], [name])(from('127.0.0.1', { [name]: header })).remoteIp, '127.0.0.1')
        t.equal(
          trusting(['loopback'], [name])(from('127.0.0.1', { [name]: `for=a${header}` })).remoteIp,
          '127.0.0.1',
        )
      }
})

// --- forwarded

const forwarded = (header: string | readonly string[], trust = ['loopback', '10.0.0.0/8']): string =>
  seen(trusting(trust, ['forwarded'])(from('127.0.0.1', { forwarded: header })))

t.test('the Forwarded header is read as RFC 7239 says', async t => {
  t.equal(forwarded('for=203.0.113.9;proto=https;host=example.com'), '203.0.113.9 https://example.com:443')
  t.equal(forwarded('For="[2001:db8::9]:4711"; Proto=HTTPS; by=10.0.0.2'), '2001:db8::9 https://app.test:443')
  t.equal(forwarded('for="203.0.113.9:_port";host="example.com:8080"'), '203.0.113.9 http://example.com:8080')
  t.equal(
    forwarded('for=6.6.6.6;host=evil.test, for=203.0.113.9;host=example.com, for=10.0.0.2;host=inner'),
    '203.0.113.9 http://example.com:80',
  )
  t.equal(forwarded(['for=6.6.6.6', 'for=203.0.113.9']), '203.0.113.9 http://app.test:80')
  t.equal(forwarded('for=10.0.0.1;proto=https, for=10.0.0.2;proto=http'), '10.0.0.1 https://app.test:443')
})

t.test('where the client hides its address, its proxy is believed all the same', async t => {
  t.equal(forwarded('for=6.6.6.6;proto=http, for=unknown;proto=https'), '127.0.0.1 https://app.test:443')
  t.equal(forwarded('for=_hidden;host=example.com'), '127.0.0.1 http://example.com:80')
  t.equal(forwarded('proto=https'), '127.0.0.1 https://app.test:443')
})

t.test('a malformed Forwarded header changes nothing', async t => {
  for (const bad of [
    '',
    ',',
    'for',
    'for=203.0.113.9;proto',
    'for=203.0.113.9 proto=https',
    'for=203.0.113.9;for=203.0.113.8',
    'for="203.0.113.9',
    'for=203.0.113.9;proto=ht tp',
    'for=[2001:db8::9];proto=https',
  ])
    t.equal(forwarded(bad), '127.0.0.1 http://app.test:80', bad)
})

t.test('options are checked when the plug is built', async t => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, 'rewriteOn: trust must be an array'],
    [{ trust: 'loopback' }, 'rewriteOn: trust must be an array'],
    [{ trust: ['everyone'] }, 'rewriteOn: trust must be an array'],
    [{ trust: ['10.0.0.0/33'] }, 'rewriteOn: trust must be an array'],
    [{ trust: ['::1/129'] }, 'rewriteOn: trust must be an array'],
    [{ trust: ['10.0.0.0/8/9'] }, 'rewriteOn: trust must be an array'],
    [{ trust: ['10/8'] }, 'rewriteOn: trust must be an array'],
    [{ trust: [7] }, 'rewriteOn: trust must be an array'],
    [{ trust: ['constructor'] }, 'rewriteOn: trust must be an array'],
    [{ trust: [], headers: ['x-real-ip'] }, 'rewriteOn: headers must be an array of forwarded'],
    [{ trust: [], headers: ['x-forwarded-fro'] }, 'rewriteOn: headers must be an array of forwarded'],
    [{ trust: [], headers: [{}] }, 'rewriteOn: headers must be an array of forwarded'],
    [{ trust: [], headers: [{ by: 'x-a' }] }, 'rewriteOn: headers must be an array of forwarded'],
    [{ trust: [], headers: [{ for: 'X-A' }] }, 'rewriteOn: headers must be an array of forwarded'],
    [{ trust: [], headers: [{ for: 7 }] }, 'rewriteOn: headers must be an array of forwarded'],
    [
      { trust: [], headers: [{ for: 'x-a', host: 'x-b' }] },
      'rewriteOn: headers must be an array of forwarded',
    ],
    [{ trust: [], header: [] }, 'rewriteOn: unknown option header'],
  ]
  for (const [options, message] of wrong)
    t.throws(() => rewriteOn(options as RewriteOnOptions), { message: new RegExp(`^${message}`) })
})
