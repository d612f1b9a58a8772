// The functions that change the request half of a conn: what they check, and what stays together whatever they are given.
import * as fc from 'fast-check'
import t from 'tap'
import {
  fetchQueryParams,
  mergeParams,
  pipe,
  putBodyParams,
  putQueryParams,
  putRequest,
  shiftPath,
  splitPath,
  type Conn,
  type RequestParts,
} from '../../../lib/index.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import { conn } from '../../../lib/testing/index.js'

const segment = fc.stringMatching(/^[\w.~%-]{1,6}$/)
const path = fc.array(fc.oneof(segment, fc.constant('')), { maxLength: 6 }).map(list => `/${list.join('/')}`)
const all = ({ scriptName, segments }: Conn): readonly string[] => [...scriptName, ...segments]

/** What plugs see of a request. */
const seen = (c: Conn): unknown => [
  c.method,
  c.scheme,
  c.host,
  c.port,
  c.path,
  c.segments,
  c.scriptName,
  c.queryString,
  c.remoteIp,
]

t.test('the segments follow the path, whatever was replaced before', async t => {
  const parts = fc.record(
    {
      method: fc.constantFrom('GET', 'PUT', 'X-OWN'),
      scheme: fc.constantFrom('http' as const, 'https' as const),
      host: fc.constantFrom('a.test', '[::1]'),
      port: fc.integer({ min: 0, max: 65_535 }),
      path,
      queryString: fc.constantFrom('', 'a=1', 'a=?&b[]=%20'),
      remoteIp: fc.constantFrom('10.0.0.1', '::1', ''),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(path, fc.array(parts, { maxLength: 4 }), (first, list) => {
      let c: Conn = conn('GET', first)
      for (const one of list) {
        const before = c
        c = putRequest(one)(c)
        t.strictSame(all(c), splitPath(c.path))
        for (const name of ['method', 'host', 'path', 'queryString', 'remoteIp'] as const)
          if (c[name] !== (one[name] ?? before[name])) throw new Error(name)
      }
    }),
    { numRuns: 200 },
  )
})

t.test('to put back what is there changes nothing, under a mount too', async t => {
  fc.assert(
    fc.property(path, fc.nat(3), (first, count) => {
      const start = conn('GET', `https://example.com:8443${first}?a=1`)
      const c = shiftPath(Math.min(count, start.segments.length))(start)
      const { method, scheme, host, port, path, queryString, remoteIp } = c
      const again = putRequest({ method, scheme, host, port, path, queryString, remoteIp })(c)
      t.strictSame(seen(again), seen(c))
    }),
  )
  const odd = conn('GET', '/caf\xe9/%zz\\"<>')
  t.equal(putRequest({ path: odd.path })(odd).path, odd.path, 'what an adapter reads, it takes')
})

t.test('under a mount the path keeps its script name', async t => {
  const mounted = shiftPath(2)(conn('GET', '/shop/eu/de/cart'))
  const moved = putRequest({ path: '/shop//eu/cart' })(mounted)
  t.strictSame([moved.path, moved.scriptName, moved.segments], ['/shop//eu/cart', ['shop', 'eu'], ['cart']])
  t.throws(
    () => putRequest({ path: '/cart' })(mounted),
    new TypeError('putRequest: path must be a path that starts with the script name /shop/eu, got "/cart"'),
  )
})

t.test('the default port follows the scheme, and no other does', async t => {
  const port = (target: string, parts: RequestParts): number => putRequest(parts)(conn('GET', target)).port
  t.equal(port('http://a.test/', { scheme: 'https' }), 443)
  t.equal(port('https://a.test/', { scheme: 'http' }), 80)
  t.equal(port('http://a.test:4000/', { scheme: 'https' }), 4000)
  t.equal(port('http://a.test:443/', { scheme: 'https' }), 443)
  t.equal(port('https://a.test/', { scheme: 'https' }), 443)
  t.equal(port('http://a.test/', { scheme: 'https', port: 8443 }), 8443)
  t.equal(port('http://a.test/', { scheme: 'https', port: 80 }), 80)
  const there = putRequest({ scheme: 'https' })(conn('GET', 'http://a.test/'))
  t.equal(putRequest({ scheme: 'http' })(there).port, 80, 'and back')
})

t.test('each part is checked when the plug is made', async t => {
  const refused: readonly (readonly [parts: unknown, message: string])[] = [
    [{ method: 'get' }, 'method must be a method in upper case, got "get"'],
    [{ method: '' }, 'method must be a method in upper case, got ""'],
    [{ scheme: 'ftp' }, "scheme must be 'http' or 'https', got \"ftp\""],
    [{ host: 'a.test:80' }, 'host must be a host without a port, got "a.test:80"'],
    [{ host: 'a.test:' }, 'host must be a host without a port, got "a.test:"'],
    [{ host: '[::1]:80' }, 'host must be a host without a port, got "[::1]:80"'],
    [{ host: '::1' }, 'host must be a host without a port, got "::1"'],
    [{ host: 'user@a.test' }, 'host must be a host without a port, got "user@a.test"'],
    [{ host: '' }, 'host must be a host without a port, got ""'],
    [{ port: 65_536 }, 'port must be an integer from 0 to 65535, got 65536'],
    [{ port: -1 }, 'port must be an integer from 0 to 65535, got -1'],
    [{ port: 1.5 }, 'port must be an integer from 0 to 65535, got 1.5'],
    [{ port: '80' }, 'port must be an integer from 0 to 65535, got "80"'],
    [{ port: null }, 'port must be an integer from 0 to 65535, got null'],
    [{ path: 'a' }, 'path must be a percent-encoded path that starts with "/" and has no query, got "a"'],
    [
      { path: '/a?b' },
      'path must be a percent-encoded path that starts with "/" and has no query, got "/a?b"',
    ],
    [
      { path: '/a b' },
      'path must be a percent-encoded path that starts with "/" and has no query, got "/a b"',
    ],
    [
      { path: '/a\r\nb' },
      'path must be a percent-encoded path that starts with "/" and has no query, got "/a\\r\\nb"',
    ],
    [
      { path: '/\u65e5' },
      'path must be a percent-encoded path that starts with "/" and has no query, got "/\u65e5"',
    ],
    [
      { path: ['a'] },
      'path must be a percent-encoded path that starts with "/" and has no query, got an array',
    ],
    [{ queryString: '?a' }, 'queryString must be a percent-encoded query without "?", got "?a"'],
    [{ queryString: 'a#b' }, 'queryString must be a percent-encoded query without "?", got "a#b"'],
    [{ queryString: {} }, 'queryString must be a percent-encoded query without "?", got an object'],
    [{ remoteIp: '1.2.3' }, 'remoteIp must be an IP address, got "1.2.3"'],
    [{ remoteIp: '1.2.3.256' }, 'remoteIp must be an IP address, got "1.2.3.256"'],
    [{ remoteIp: '1.2.3.4:80' }, 'remoteIp must be an IP address, got "1.2.3.4:80"'],
    ...[
      ':::',
      '::1::',
      '1:2',
      ':',
      '::12345',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::1.2.3',
      '::1.2.3.256',
      '1.2.3.4::',
      '::%',
      '[::1]',
      '::g',
      ':1:2:3:4:5:6:7',
    ].map(remoteIp => [{ remoteIp }, `remoteIp must be an IP address, got "${remoteIp}"`] as const),
    [{ remoteIp: 'localhost' }, 'remoteIp must be an IP address, got "localhost"'],
    [{ remoteIp: () => '' }, 'remoteIp must be an IP address, got a function'],
    [
      { segments: ['a'] },
      'unknown option segments; expected method, scheme, host, port, path, queryString or remoteIp',
    ],
    [
      JSON.parse('{"__proto__":1}'),
      'unknown option __proto__; expected method, scheme, host, port, path, queryString or remoteIp',
    ],
  ]
  for (const [parts, message] of refused)
    t.throws(() => putRequest(parts as RequestParts), new TypeError(`putRequest: ${message}`), message)
  for (const parts of [null, undefined, 'GET', ['GET']])
    t.throws(
      () => putRequest(parts as unknown as RequestParts),
      /^putRequest: options must be an object, got /,
    )

  for (const remoteIp of ['127.0.0.1', '::', '2001:db8::1', '::ffff:1.2.3.4', 'fe80::1%eth0', ''])
    t.equal(putRequest({ remoteIp })(conn('GET', '/')).remoteIp, remoteIp)
  t.equal(putRequest({ host: 'EXAMPLE.com' })(conn('GET', '/')).host, 'example.com', 'as an adapter reads it')
  t.equal(putRequest({ host: '[::1]' })(conn('GET', '/')).host, '[::1]')
})

t.test('a part that is undefined stays as it is, also one that was replaced before', async t => {
  const c = putRequest({ host: 'a.test' })(conn('GET', '/'))
  t.equal(putRequest({ host: undefined, method: 'PUT' })(c).host, 'a.test')
})

t.test(
  'what becomes of the parts afterwards changes nothing; they may be frozen, or without a prototype',
  async t => {
    const parts: { host: string } = Object.assign(Object.create(null), { host: 'a.test' })
    const put = putRequest(parts)
    const c = put(conn('GET', '/'))
    parts.host = 'b.test'
    t.equal(c.host, 'a.test')
    t.equal(put(conn('GET', '/')).host, 'a.test')
    t.equal(putRequest(Object.freeze({ host: 'a.test' }))(conn('GET', '/')).host, 'a.test')
  },
)

t.test('a query is replaced before it is decoded', async t => {
  const put = putRequest({ queryString: 'page=2' })
  const done = fetchQueryParams(put(conn('GET', '/?page=1')))
  t.strictSame({ ...(done as unknown as { queryParams: object }).queryParams }, { page: '2' })
  t.throws(
    () => put(fetchQueryParams(conn('GET', '/?page=1')) as Conn),
    new TypeError('putRequest: queryString must be put before fetchQueryParams or parsers()'),
  )
})

t.test('shiftPath moves segments, and moves them back', async t => {
  fc.assert(
    fc.property(path, fc.nat(6), (first, count) => {
      const c = conn('GET', first)
      if (count > c.segments.length) return
      const there = shiftPath(count)(c)
      t.strictSame(there.scriptName, c.segments.slice(0, count))
      t.strictSame(all(there), all(c))
      t.equal(there.path, c.path)
      t.strictSame(seen(shiftPath(-count)(there)), seen(c))
    }),
  )
  const c = shiftPath(1)(conn('GET', '/a/b/c'))
  for (const [count, got] of [
    [3, '3'],
    [-2, '-2'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ] as const)
    t.throws(
      () => shiftPath(count)(c),
      new TypeError(`shiftPath: count must be from -1 to 2 for this path, got ${got}`),
    )
  t.throws(
    () => shiftPath(-1)(conn('GET', '/a')),
    new TypeError('shiftPath: count must be from 0 to 1 for this path, got -1'),
    'without a script name nothing is moved to the end of the path',
  )
  for (const count of [1.5, Number.NaN, '1', undefined])
    t.throws(() => shiftPath(count as number), /^shiftPath: count must be an integer, got /)
})

/** As a router leaves a conn: parameters of the path, as they were and as a codec has decoded them. */
const routed = (c: Conn, params: Readonly<Record<string, unknown>>): Conn =>
  ConnRecord.route(
    c,
    { method: '*', pattern: '/', metadata: {} },
    Object.fromEntries(Object.keys(params).map(name => [name, String(params[name])])),
    { ...c.params, ...params },
  )

t.test(
  "parameters have Plug's precedence in any order: the path's over the body's over the query's",
  async t => {
    const query = { a: 'query', b: 'query', id: 'query' }
    const body = { b: 'body', c: 'body', id: 'body' }
    const puts: Readonly<Record<string, (c: Conn) => Conn>> = {
      query: putQueryParams(query),
      body: putBodyParams(body),
      path: c => routed(c, { id: 7 }),
    }
    for (const order of [
      ['query', 'body', 'path'],
      ['query', 'path', 'body'],
      ['body', 'query', 'path'],
      ['body', 'path', 'query'],
      ['path', 'query', 'body'],
      ['path', 'body', 'query'],
    ]) {
      const c = order.reduce(
        (made, name) => (puts[name] as (c: Conn) => Conn)(made),
        conn('POST', '/') as Conn,
      )
      t.strictSame({ ...c.params }, { a: 'query', b: 'body', c: 'body', id: 7 }, order.join(', '))
      t.strictSame({ ...(c.queryParams as object) }, query)
      t.strictSame({ ...(c.bodyParams as object) }, body)
    }
  },
)

t.test('a query that was decoded before is replaced, and nothing else', async t => {
  const fetched = fetchQueryParams(conn('POST', '/?page=1&old=1&title=q&id=q')) as Conn
  const c = routed(putBodyParams({ title: 'body', old: '1' })(fetched), { id: 7 })
  const again = putQueryParams({ page: '2', title: 'other' })(c)
  t.strictSame({ ...again.queryParams }, { page: '2', title: 'other' })
  t.strictSame({ ...again.params }, { page: '2', title: 'body', old: '1', id: 7 })
  t.strictSame({ ...c.params }, { page: '1', old: '1', title: 'body', id: 7 }, 'the conn before is as it was')
  const decoded = mergeParams({ page: 1 })(fetched)
  t.equal(putQueryParams({ page: '2' })(decoded).params.page, 1, 'what was put over it stays over it')
})

t.test('a body that was decoded before is replaced, and the query beneath it is seen again', async t => {
  const c = pipe(
    conn('POST', '/'),
    putQueryParams({ title: 'query', page: '1' }),
    putBodyParams({ title: 'first', draft: 'yes' }),
  )
  t.strictSame({ ...putBodyParams({ more: 1 })(c).params }, { title: 'query', page: '1', more: 1 })
  t.strictSame({ ...putBodyParams({})(c).params }, { title: 'query', page: '1' })
})

t.test('any name is a name like another', async t => {
  const hostile = JSON.parse('{"__proto__":"x","constructor":"y","hasOwnProperty":"z"}') as Record<
    string,
    string
  >
  const names = ['__proto__', 'constructor', 'hasOwnProperty']
  for (const made of [
    putQueryParams(hostile)(conn('GET', '/')),
    putBodyParams(hostile)(conn('GET', '/')),
    mergeParams(hostile)(conn('GET', '/')),
    putBodyParams(hostile)(putQueryParams({ a: '1' })(conn('GET', '/'))),
    mergeParams({ a: 1 })(putQueryParams(hostile)(conn('GET', '/'))),
  ]) {
    t.strictSame(
      Object.keys(made.params).filter(name => name !== 'a'),
      names,
    )
    t.equal(Object.getPrototypeOf(made.params), null)
  }
  const { queryParams } = putQueryParams({ a: '1' })(conn('GET', '/'))
  t.equal(
    (queryParams as unknown as Record<string, unknown>)['constructor'],
    undefined,
    'nothing is inherited',
  )
  t.equal('x' in {}, false)
})

t.test('what is given may be frozen or without a prototype, and is checked', async t => {
  const bare = Object.freeze(Object.assign(Object.create(null), { a: '1' }) as { readonly a: string })
  t.equal(putQueryParams(bare)(conn('GET', '/')).queryParams.a, '1')
  t.equal(putBodyParams(bare)(conn('GET', '/')).bodyParams, bare, 'and then it is not copied')
  t.equal(mergeParams(bare)(conn('GET', '/')).params.a, '1')
  const body = { a: 1 }
  const put = putBodyParams(body)
  body.a = 2
  t.equal(put(conn('GET', '/')).bodyParams.a, 1)
  for (const value of [null, undefined, 'a=1', ['a'], 7]) {
    t.throws(
      () => putQueryParams(value as unknown as {}),
      /^putQueryParams: queryParams must be an object, got /,
    )
    t.throws(
      () => putBodyParams(value as unknown as {}),
      /^putBodyParams: bodyParams must be an object, got /,
    )
    t.throws(() => mergeParams(value as unknown as {}), /^mergeParams: params must be an object, got /)
  }
  const none = conn('GET', '/?a=1')
  t.equal(putBodyParams({})(none).params, none.params, 'an empty body leaves the parameters alone')
})

t.test('addresses of IPv6 in all their forms are addresses', async t => {
  for (const remoteIp of [
    '::',
    '::1',
    '1::',
    '2001:db8::9',
    '1:2:3:4:5:6:7:8',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    'FE80::1%eth0',
    'fe80::1%en-0.1',
  ])
    t.equal(putRequest({ remoteIp })(conn('GET', '/')).remoteIp, remoteIp)
})
