import t from 'tap'
import {
  appendReqHeader,
  conditionsOf,
  currentPath,
  currentUrl,
  origin,
  deleteReqHeader,
  fetchQueryParams,
  getReqHeader,
  isFetched,
  mergeReqHeaders,
  pipe,
  prependReqHeaders,
  putReqHeader,
  requestUrl,
  updateReqHeader,
  type Conn,
} from '../../../lib/index.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import type { QueryOptions } from '../../../lib/http/query.js'
import { conn, run } from '../../../lib/testing/index.js'
import { bytesOf, canonical, cases, toValue } from '../http/vectors.js'

const asked = conn('GET', '/', { headers: { 'X-A': ['1', '2'], 'x-b': '3' } })

t.test('getReqHeader gives every value of a lower-case name, in order', async t => {
  t.strictSame(getReqHeader('x-a')(asked), ['1', '2'])
  t.strictSame(getReqHeader('x-c')(asked), [])
  t.strictSame(getReqHeader('X-A')(asked), [])
})

t.test('request headers are edited as in Plug, on a new conn', async t => {
  const edited = (plug: (conn: Conn) => Conn) => [...plug(asked).reqHeaders].map(pair => pair.join(' '))
  t.strictSame(edited(putReqHeader('x-a', '9')), ['x-a 9', 'x-a 2', 'x-b 3'], 'put replaces the first')
  t.strictSame(edited(putReqHeader('x-c', '9')), ['x-a 1', 'x-a 2', 'x-b 3', 'x-c 9'], 'or appends')
  t.strictSame(edited(appendReqHeader('x-a', '9')), ['x-a 1', 'x-a 2', 'x-b 3', 'x-a 9'])
  t.strictSame(edited(prependReqHeaders({ 'x-c': '8', 'x-b': '9' })), [
    'x-c 8',
    'x-b 9',
    'x-a 1',
    'x-a 2',
    'x-b 3',
  ])
  t.strictSame(edited(mergeReqHeaders([['x-b', '8'], ['x-b', '9'], ['x-c', '7']])), ['x-a 1', 'x-a 2', 'x-b 9', 'x-c 7']) // prettier-ignore
  t.strictSame(edited(updateReqHeader('x-a', '0', value => `${value}!`)), ['x-a 1!', 'x-a 2', 'x-b 3'])
  t.strictSame(edited(updateReqHeader('x-c', '0', value => `${value}!`)), [
    'x-a 1',
    'x-a 2',
    'x-b 3',
    'x-c 0',
  ])
  t.strictSame(edited(deleteReqHeader('x-a')), ['x-a 2', 'x-b 3'], 'delete removes the first')
  t.strictSame(edited(deleteReqHeader('x-c')), ['x-a 1', 'x-a 2', 'x-b 3'])
  t.strictSame(
    edited(conn => conn),
    ['x-a 1', 'x-a 2', 'x-b 3'],
  )
})

t.test('a request header that HTTP forbids is refused, and so is host', async t => {
  const refused = (plug: () => unknown, message: RegExp) =>
    t.match(run(() => plug() as never)(asked).error, { _tag: 'InvalidHeader', status: 500, message })
  refused(() => putReqHeader('X-A', '1'), /lower-case token/)
  refused(() => putReqHeader('x-a', 'a\r\nb'), /line breaks/)
  refused(() => appendReqHeader('x a', '1'), /lower-case token/)
  refused(() => prependReqHeaders({ 'x-a': 'a\0' }), /line breaks/)
  refused(() => mergeReqHeaders({ 'x-a': 'a\n' }), /line breaks/)
  refused(() => updateReqHeader('x-a', '\n', String), /line breaks/)
  refused(() => updateReqHeader('x-a', '', () => '\n')(asked), /line breaks/)
  for (const plug of [
    () => putReqHeader('host', 'a'),
    () => appendReqHeader('host', 'a'),
    () => prependReqHeaders({ host: 'a' }),
    () => mergeReqHeaders({ host: 'a' }),
    () => updateReqHeader('host', 'a', String),
  ])
    refused(plug, /the host is set by rewriting the request/)
})

t.test('fetchQueryParams decodes the query as Plug does', async t => {
  for (const { query, expect } of cases('decode')) {
    const { decoded, raise, message } = expect as Record<string, unknown>
    const raw = bytesOf(query)
    // a byte of 0x80 or more comes percent-encoded: node:http gives the target in Latin-1
    const text = raw
      ? raw.toString('latin1').replace(/[\x80-\xff]/g, c => `%${c.charCodeAt(0).toString(16)}`)
      : String(query)
    const fetched = fetchQueryParams(ConnRecord.request(asked, { queryString: text }))
    if (raise === undefined) {
      t.notOk(fetched.halted)
      t.equal(canonical(fetched.queryParams), canonical(toValue(decoded)), text.slice(0, 60))
      t.equal(canonical(fetched.params), canonical(toValue(decoded)))
    } else t.match(fetched, { halted: true, error: { _tag: 'InvalidQuery', status: 400, message } }, text)
  }
})

t.test('what is there among the params stays over the query', async t => {
  const before = ConnRecord.with(conn('GET', '/?a=query&b=query'), { params: { a: 'path' } })
  const after = fetchQueryParams(before)
  t.equal(canonical(after.queryParams), canonical({ a: 'query', b: 'query' }))
  t.equal(canonical(after.params), canonical({ a: 'path', b: 'query' }))
  t.equal(Object.getPrototypeOf(after.params), null)
})

t.test('parameters named like parts of an object are parameters', async t => {
  const after = fetchQueryParams(conn('GET', '/?__proto__[admin]=1&constructor=2'))
  t.strictSame(Object.keys(after.params), ['__proto__', 'constructor'])
  t.equal(({} as { admin?: unknown }).admin, undefined)
})

t.test('a second fetchQueryParams does nothing', async t => {
  const once = fetchQueryParams(conn('GET', '/?a=1'))
  t.equal(fetchQueryParams(once as Conn), once)
  t.notOk(isFetched(asked.queryParams))
})

t.test('the limits of fetchQueryParams', async t => {
  const at = (query: string, options: QueryOptions): Conn =>
    fetchQueryParams(options)(conn('GET', `/?${query}`))
  t.equal(at('abcd', { length: 4 }).error, undefined)
  t.match(at('abcd', { length: 3 }), { halted: true, error: { _tag: 'InvalidQuery', status: 414 } })
  t.match(at('a[b]=1', { depth: 0 }), { error: { status: 400 } })
  t.match(at('a=1&b=2', { pairs: 1 }), { error: { status: 400 } })
  t.match(at('a=%ff', { validateUtf8: true }), { error: { status: 400 } })
  t.match(at('a=%ff', { validateUtf8: false }), { halted: false, params: { a: '\ufffd' } })
  t.match(fetchQueryParams(conn('GET', `/?${'a'.repeat(1_000_001)}`)), { error: { status: 414 } })
  t.notOk(fetchQueryParams(conn('GET', `/?${'a'.repeat(1_000_000)}`)).halted)
})

t.test('options of fetchQueryParams are checked when the plug is made', async t => {
  for (const [options, message] of [
    [{ length: -1 }, /^fetchQueryParams: length must be/],
    [{ length: '1' }, /^fetchQueryParams: length must be/],
    [{ depth: 1.5 }, /^fetchQueryParams: depth must be/],
    [{ pairs: Number.NaN }, /^fetchQueryParams: pairs must be/],
    [{ validateUtf8: 1 }, /^fetchQueryParams: validateUtf8 must be a boolean/],
    [{ lenght: 1 }, /^fetchQueryParams: unknown option lenght/],
  ] as const)
    t.throws(() => fetchQueryParams(options as never), { name: 'TypeError', message })
})

t.test('requestUrl is the URL that was asked for, with the port unless it is the usual one', async t => {
  for (const url of [
    'http://example.com/',
    'http://example.com:4000/a//b/?c=%20d',
    'https://example.com/',
    'https://example.com:80/',
    'http://example.com:443/',
    'http://[::1]/',
    'https://[::1]:8443/a?b',
  ])
    t.equal(requestUrl(conn('GET', url)), url)
  t.equal(requestUrl(conn('GET', 'https://example.com:443/a?')), 'https://example.com/a')
  const bare = ConnRecord.request(asked, { host: '::1', port: 4000 })
  t.equal(requestUrl(bare), 'http://[::1]:4000/', 'an address without its brackets gets them')
})

t.test('currentPath is normalised, with the query or another one', async t => {
  const here = conn('GET', '/a//b/%20c/?page=1')
  t.equal(currentPath(here), '/a/b/%20c?page=1')
  t.equal(currentPath({ page: 2, tags: ['x', 'y'] })(here), '/a/b/%20c?page=2&tags[]=x&tags[]=y')
  t.equal(currentPath({})(here), '/a/b/%20c')
  t.equal(currentPath(conn('GET', '/')), '/')
  const mounted = ConnRecord.request(here, { scriptName: ['a'], segments: ['b'] })
  t.equal(currentPath(mounted), '/a/b?page=1', 'the script name comes first')
})

t.test('currentUrl is currentPath behind the origin', async t => {
  const here = conn('GET', 'https://example.com:8443/a//b?page=1')
  t.equal(currentUrl(here), 'https://example.com:8443/a/b?page=1')
  t.equal(currentUrl({ page: 2 })(here), 'https://example.com:8443/a/b?page=2')
  t.equal(currentUrl({})(conn('GET', 'http://example.com/?a')), 'http://example.com/')
})

t.test('the origin is the endpoint’s url, and without one that of the request', async t => {
  for (const [asked, expected] of [
    ['http://example.com:80/', 'http://example.com'],
    ['https://example.com:443/', 'https://example.com'],
    ['http://example.com:443/', 'http://example.com:443'],
    ['http://[::1]:4000/', 'http://[::1]:4000'],
  ] as const)
    t.equal(origin(conn('GET', asked)), expected)
  const behind = conn('GET', 'http://10.0.0.7:4000//a?b=c', { endpointUrl: 'https://example.com' })
  t.equal(origin(behind), 'https://example.com')
  t.equal(currentUrl(behind), 'https://example.com/a?b=c')
  t.equal(currentUrl({})(behind), 'https://example.com/a')
  t.equal(requestUrl(behind), 'http://10.0.0.7:4000//a?b=c', 'the request stays what it was')
})

t.test('edits of the request lie over each other, however many there are', async t => {
  let many: Conn = asked
  for (let i = 0; i < 50_000; i++) many = ConnRecord.request(many, { remoteIp: String(i) })
  t.equal(many.method, 'GET')
  t.equal(many.remoteIp, '49999')
  const edited = pipe(many, putReqHeader('x-n', '1'), deleteReqHeader('x-a'))
  t.strictSame([...edited.reqHeaders].flat(), ['x-a', '2', 'x-b', '3', 'x-n', '1'])
})

t.test('the current path never leads to another site, whatever a client sent', async t => {
  for (const target of [
    '/\\evil.example',
    '/\\\\evil.example/a',
    '//\\evil.example',
    '/\\/evil.example',
    '/a/..\\..\\b',
  ]) {
    const path = currentPath(conn('GET', target))
    t.notMatch(path, /\\/, target)
    t.equal(new URL(path, 'https://here.example').host, 'here.example', target)
    t.equal(new URL(currentUrl(conn('GET', target))).host, 'www.example.com', target)
  }
  t.equal(currentPath(conn('GET', '/\\evil.example')), '/%5Cevil.example')
  t.equal(currentPath(conn('GET', '/a"b?c="d"')), '/a%22b?c=%22d%22')
  t.equal(currentPath(conn('GET', '/caf%C3%A9?q=%zz')), '/caf%C3%A9?q=%25zz')
  t.equal(currentPath({ page: 2 })(conn('GET', '/\\a')), '/%5Ca?page=2')
})

t.test('the conditions of a request are those of its headers, several of a list joined', async t => {
  const headers = {
    'if-match': ['"a"', '"b"'],
    'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT',
    'if-none-match': '*',
    'if-modified-since': 'Sun, 06 Nov 1994 08:49:38 GMT',
  }
  t.strictSame(conditionsOf(conn('GET', '/', { headers })), {
    ifMatch: '"a", "b"',
    ifUnmodifiedSince: 'Sun, 06 Nov 1994 08:49:37 GMT',
    ifNoneMatch: '*',
    ifModifiedSince: 'Sun, 06 Nov 1994 08:49:38 GMT',
  })
  t.strictSame(Object.values(conditionsOf(conn('GET', '/'))), [undefined, undefined, undefined, undefined])
})
