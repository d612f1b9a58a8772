// What Plug.Conn answered, held against the functions on a conn. Where Plugboard differs on purpose, the case says so and
// why; every case of the fixture is accounted for.
import { readFileSync } from 'node:fs'
import { isRight } from 'fp-ts/lib/Either.js'
import t, { type Test } from 'tap'
import {
  assign,
  deleteRespCookie,
  fetchCookies,
  fetchQueryParams,
  getReqHeader,
  isFetched,
  mergeRespHeaders,
  pipe,
  prependRespHeaders,
  putRespContentType,
  putRespCookie,
  putRespHeader,
  putStatus,
  registerBeforeSend,
  requestUrl,
  resp,
  sendFile,
  setCookies,
  updateRespHeader,
  type Conn,
} from '../../../lib/index.js'
import * as plugboard from '../../../lib/index.js'
import { conn, run } from '../../../lib/testing/index.js'

interface Case {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string | null
  }
  readonly expect: {
    readonly status?: number
    readonly body?: string
    readonly headers?: readonly (readonly [string, string])[]
    readonly raise?: string
    readonly message?: string
    readonly plug_status?: number
    readonly echo?: { readonly path_info: readonly string[]; readonly request_path: string }
  }
}

const file = new URL('../../../../spec/fixtures/blackbox-conn.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }

const requestOf = ({ method, target, headers, body }: Case['request']): Conn => {
  const grouped: Record<string, string[]> = {}
  for (const [name, value] of headers) (grouped[name] ??= []).push(value)
  return conn(method, target, { headers: grouped, ...(body === null ? {} : { body }) })
}

type App = (conn: Conn) => Conn
const ok: App = resp(200, '')

/** Cases that answer as in Plug: what runs. */
const same: Readonly<Record<string, App>> = {
  'default headers': resp(200, 'ok'),
  'status atom': resp('created', ''),
  'custom int 599': resp(599, 'x'),
  'resp then send': resp(201, 'a'),
  'resp overrides': conn => pipe(conn, resp(201, 'a'), resp(202, 'b')),
  put_resp_header: conn => pipe(conn, putRespHeader('x-a', '1'), ok),
  'header value latin1/utf8': conn => pipe(conn, putRespHeader('x-a', 'é'), ok),
  merge_resp_headers: conn =>
    pipe(
      conn,
      prependRespHeaders([
        ['x', '1'],
        ['x', '1b'],
      ]),
      mergeRespHeaders({ x: '2' }),
      ok,
    ),
  'update_resp_header existing': conn =>
    pipe(
      conn,
      updateRespHeader('cache-control', 'init', value => `${value}; x`),
      ok,
    ),
  'update_resp_header new': conn =>
    pipe(
      conn,
      updateRespHeader('x-new', 'init', value => `${value}; x`),
      ok,
    ),
  put_resp_content_type: conn => pipe(conn, putRespContentType('text/html'), ok),
  'put_resp_content_type no charset': conn => pipe(conn, putRespContentType('image/png', null), ok),
  cookie: conn => pipe(conn, putRespCookie('a', 'b'), ok),
  'cookie twice same name': conn => pipe(conn, putRespCookie('a', '1'), putRespCookie('a', '2'), ok),
  delete_resp_cookie: conn => pipe(conn, deleteRespCookie('a'), ok),
  'cookie on https is secure': conn => pipe(conn, putRespCookie('a', 'b'), ok),
  'delete cookie on https': conn => pipe(conn, deleteRespCookie('a'), ok),
  'fetch_cookies + delete visible': conn => {
    const left = pipe(conn, fetchCookies, deleteRespCookie('a'))
    return resp(200, JSON.stringify(left.cookies))(left)
  },
  'set-cookie header put manually + cookie': conn =>
    pipe(conn, putRespHeader('set-cookie', 'm=1'), putRespCookie('a', 'b'), ok),
  'before_send order (last registered runs first)': conn => {
    const mark = (text: string) =>
      registerBeforeSend(updateRespHeader('x-order', text, value => `${value}${text}`))
    return pipe(conn, mark('1'), mark('2'), ok)
  },
  'before_send changes status': conn => pipe(conn, registerBeforeSend(putStatus(201)), ok),
  'request_url https default port': conn => resp(200, requestUrl(conn))(conn),
  read_body: conn => {
    const read = conn.body.bytes()()
    return resp(200, !(read instanceof Promise) && isRight(read) ? read.right : 'failed')(conn)
  },
  'get_req_header multi': conn => resp(200, JSON.stringify(getReqHeader('x-a')(conn)))(conn),
  'async header order': conn =>
    pipe(conn, putRespHeader('x', '1'), putRespHeader('y', '2'), prependRespHeaders({ z: '3' }), ok),
}

/** Cases where Plug raises a header error: here a failure with the same status, made when the header is put. */
const invalidHeader: Readonly<Record<string, App>> = {
  'upper-case header name (test env check)': conn => putRespHeader('X-A', '1')(conn),
  'header value CR': conn => putRespHeader('x-a', 'a\rb')(conn),
  'header value NUL': conn => putRespHeader('x-a', 'a\0b')(conn),
  'header key with CR': conn => putRespHeader('x\ra', '1')(conn),
  'prepend with LF': conn => prependRespHeaders({ x: '1\n2' })(conn),
  'put_resp_content_type w/ CRLF': conn => putRespContentType('text/html\r\nx: y')(conn),
}

/** Cases that Plugboard answers otherwise: the reason, and what it does instead. */
const otherwise: Readonly<Record<string, readonly [reason: string, holds: (t: Test, one: Case) => void]>> = {
  'unknown atom': [
    'a wrong argument is refused when the plug is built',
    t => t.throws(() => putStatus('nope' as never), { name: 'TypeError', message: /status/ }),
  ],
  'nil body': [
    'a wrong argument is refused when the plug is built',
    t => t.throws(() => resp(200, null as never), { name: 'TypeError', message: /^resp: body must be/ }),
  ],
  'assign non atom': [
    'a wrong argument is refused when the plug is built; keys are strings here',
    t => t.throws(() => assign(1 as never, 1), { name: 'TypeError', message: /^assign: key must be/ }),
  ],
  'cookie CRLF value': [
    'a wrong argument is refused when the plug is built',
    t => t.throws(() => putRespCookie('a', 'b\r\nx: y'), { name: 'TypeError', message: /value of "a"/ }),
  ],
  ...Object.fromEntries(
    ['send twice', 'send_chunked then send_resp', 'chunk without send_chunked', 'before_send after send'].map(
      name => [
        name,
        [
          'nothing is sent before the runner has the final conn, so that a later response replaces an earlier one',
          (t: Test) =>
            t.equal(run(conn => pipe(conn, resp(200, 'a'), resp(201, 'b')))(conn('GET', '/')).respBody, 'b'),
        ],
      ],
    ),
  ),
  'HEAD body dropped by the test adapter': [
    'the conn keeps the body, so that its length can be told; an adapter does not send it',
    (t, { request }) => t.equal(run(resp(200, 'ok'))(requestOf(request)).respBody, 'ok'),
  ],
  'header key with space': [
    'RFC 9110 §5.1 makes a name a token, and node:http would refuse it when it is too late',
    t =>
      t.match(run(conn => putRespHeader('a b', 'v')(conn))(conn('GET', '/')).error, {
        _tag: 'InvalidHeader',
      }),
  ],
  'cookie 4097 overflow': [
    'as in Plug, but when the cookie is put: the response can still be another one',
    t => {
      const value = (size: number) => 'x'.repeat(size - 'a=; path=/; HttpOnly'.length)
      t.equal(run(conn => pipe(conn, putRespCookie('a', value(4096)), ok))(conn('GET', '/')).status, 200)
      const { error } = run(conn => pipe(conn, putRespCookie('a', value(4097)), ok))(conn('GET', '/'))
      t.match(error, { _tag: 'CookieOverflow', status: 500, message: /4097 bytes/ })
    },
  ],
  'send_file offset/length': [
    'the file is data on the conn; an adapter reads it',
    t =>
      t.match(run(sendFile(206, 'digits.txt', 2, 3))(conn('GET', '/')), {
        status: 206,
        respBody: { kind: 'file', file: 'digits.txt', offset: 2, length: 3 },
      }),
  ],
  'send_file missing': [
    'the file is data on the conn; an adapter answers 404 when there is none',
    t => t.equal(run(sendFile(200, 'nope'))(conn('GET', '/')).status, 200),
  ],
  ...Object.fromEntries(
    ['inform 103', 'inform 200'].map(name => [
      name,
      ['interim responses are not data of the final conn', (t: Test) => t.notOk('inform' in plugboard)],
    ]),
  ),
  'before_send returns non conn': [
    'as in Plug an error, which names the hook',
    t => {
      const done = run(conn => pipe(conn, registerBeforeSend((() => 'ok') as never), ok))(conn('GET', '/'))
      t.match(done, { status: 500, error: { _tag: 'Exception' } })
      t.match(done.error?.cause, { message: /must return a conn or an effect, and returned a string/ })
    },
  ],
  'read_body twice': [
    'reading again gives the same bytes, so that a conn stays a value',
    (t, { request }) => {
      const asked = requestOf(request)
      t.same(asked.body.bytes()(), asked.body.bytes()())
    },
  ],
  'path_info split': [
    'fields have other names, and what is not fetched says so by its type',
    (t, { request, expect }) => {
      const asked = requestOf(request)
      t.same(asked.segments, expect.echo?.path_info)
      t.equal(asked.path, expect.echo?.request_path)
      t.notOk(isFetched(asked.queryParams))
      t.notOk(isFetched(asked.bodyParams))
      t.same(
        [asked.host, asked.port, asked.scheme, asked.remoteIp, asked.method],
        ['www.example.com', 80, 'http', '127.0.0.1', 'GET'],
      )
    },
  ],
  'fetch_query_params too long': [
    'a failure with the same status; characters are counted, which are bytes in what a client sends',
    (t, { request, expect }) => {
      const done = run(fetchQueryParams({ length: 3 }))(requestOf(request))
      t.match(done, { status: expect.plug_status, error: { _tag: 'InvalidQuery' } })
      t.equal(done.error?.message, expect.message?.replace('bytes', 'characters'))
    },
  ],
  'fetch_session without plug': [
    'sessions are plugs of their own; on the bare conn there is none to read',
    (t, { request }) => t.same(requestOf(request).sessions, {}),
  ],
}

const split = (headers: readonly (readonly [string, string])[]) => ({
  cookies: headers
    .filter(([name]) => name === 'set-cookie')
    .map(([, value]) => value)
    .sort(),
  others: headers.filter(([name]) => name !== 'set-cookie').map(([name, value]) => [name, value]),
})

t.test('the functions on a conn answer as Plug.Conn does', async t => {
  for (const one of cases) {
    const name = one.name.replace('conn: ', '')
    await t.test(name, async t => {
      const app = same[name]
      const header = invalidHeader[name]
      const other = otherwise[name]
      if (app) {
        const done = run(app)(requestOf(one.request))
        t.equal(done.status, one.expect.status)
        const { respBody: body } = done
        t.equal(typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString(), one.expect.body)
        // Set-Cookie fields come last here and first in Plug: the order of fields of different names says nothing
        const fields = [...done.respHeaders, ...setCookies(done).map(text => ['set-cookie', text] as const)]
        t.same(split(fields), split(one.expect.headers ?? []))
      } else if (header) {
        const done = run(header)(requestOf(one.request))
        t.equal(one.expect.raise, 'Plug.Conn.InvalidHeaderError')
        t.match(done, { status: one.expect.plug_status, error: { _tag: 'InvalidHeader' } })
      } else if (other) {
        const [reason, holds] = other
        t.comment(`differs: ${reason}`)
        holds(t, one)
      } else t.fail(`no answer to ${name}`)
    })
  }
})
