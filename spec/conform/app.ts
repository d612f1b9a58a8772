// The app that the conformance suite asks: it records what it sees, and answers by path with each kind of response.
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { directory } from '../../lib/adapters/node.js'
import {
  deleteRespCookie,
  effect,
  endpoint,
  fetchCookies,
  flow,
  pipe,
  pipeline,
  putRespCookie,
  putRespHeader,
  putStatus,
  redirect,
  resp,
  sendResp,
  stream,
  text,
  type Conn,
  type Endpoint,
  type Responded,
} from '../../lib/index.js'
import { accepts, getFormat, head, parsers, staticFiles } from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'
import type { Seen } from './case.js'

/** The content of `digits.txt`, and when it and the other files changed. */
export const digits = '0123456789abcdef'
export const changed = 'Sun, 06 Nov 1994 08:49:37 GMT'

/** A folder of files, under the system's folder for what is temporary. */
export const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-conform-'))
  mkdirSync(join(folder, 'sub'))
  const write = (name: string, content: string | Uint8Array): void => {
    writeFileSync(join(folder, name), content)
    utimesSync(join(folder, name), Date.parse(changed) / 1000, Date.parse(changed) / 1000)
  }
  write('digits.txt', digits)
  write('empty.txt', '')
  write('page.html', '<p>page</p>')
  write('page.html.gz', gzipSync('<p>page</p>'))
  write('sub/a b.txt', 'in a folder')
  write('large.bin', Buffer.alloc(300_000, 120))
  writeFileSync(join(folder, 'future.txt'), 'future')
  utimesSync(join(folder, 'future.txt'), 4_000_000_000, 4_000_000_000)
  return folder
}

const seenOf = (conn: Conn): Seen => {
  const headers: Record<string, string> = Object.create(null)
  for (const [name, value] of conn.reqHeaders)
    headers[name] = name in headers ? `${headers[name]}|${value}` : value
  const { method, path, segments, queryString: query, scheme, host, port, httpVersion: version } = conn
  return { method, path, segments, query, scheme, host, port, version, headers }
}

const echo = (reads: string[]) => (conn: Conn) =>
  effect.map((bytes: Uint8Array) => {
    reads.push(Buffer.from(bytes).toString('latin1'))
    return resp(200, bytes)(putRespHeader('content-type', 'text/plain')(conn))
  })(conn.body.bytes({ length: 2_000 }))

const slow = (ms: number) => (conn: Conn) => () =>
  new Promise<ReturnType<ReturnType<typeof effect.of<Conn>>>>(resolve =>
    setTimeout(() => resolve(effect.of<Conn>(text('slow')(conn))()), ms),
  )

/** Reads the body, and responds with something else. */
const readAnd = (responds: (conn: Conn) => Conn) => (conn: Conn) =>
  effect.map(() => responds(conn))(conn.body.bytes())

const drip = async function* () {
  yield 'one '
  await new Promise(resolve => setTimeout(resolve, 800))
  yield 'two '
}

const chunks = async function* () {
  yield 'one '
  yield 'two '
  yield 'three'
}

/** A codec's path parameter would answer for a wrong status: here any may be tried. */
const withStatus = (conn: Conn): Conn => sendResp(Number(conn.segments[1]) as 200, 'a body')(conn)

/** Cookies to set, by the second segment. */
const cookies: Readonly<Record<string, (conn: Conn) => Conn>> = {
  plain: putRespCookie('a', 'b'),
  all: putRespCookie('a', 'b', {
    path: '/p',
    domain: 'a.test',
    maxAge: 60,
    secure: true,
    sameSite: 'Strict',
    partitioned: true,
  }),
  lax: putRespCookie('a', 'b', { sameSite: 'Lax' }),
  none: putRespCookie('a', 'b', { sameSite: 'None', secure: true }),
  script: putRespCookie('a', 'b', { httpOnly: false }),
  two: flow(putRespCookie('a', '1'), putRespCookie('b', '2')),
  again: flow(putRespCookie('a', '1'), putRespCookie('a', '2')),
  deleted: deleteRespCookie('a'),
  host: putRespCookie('__Host-a', 'b', { secure: true }),
  secure: putRespCookie('__Secure-a', 'b', { secure: true }),
  empty: putRespCookie('a', ''),
  utf8: putRespCookie('a', 'é'),
  large: putRespCookie('a', 'x'.repeat(5_000)),
  age: putRespCookie('a', 'b', { maxAge: 34_560_000 }),
}

/** Cookies that are wrong, by the second segment: each must throw instead of being sent. */
const wrong: Readonly<Record<string, () => (conn: Conn) => Conn>> = {
  semicolon: () => putRespCookie('a', 'b; Domain=evil.test'),
  newline: () => putRespCookie('a', 'b\r\nX: y'),
  name: () => putRespCookie('a=b', 'c'),
  'name-space': () => putRespCookie('a b', 'c'),
  path: () => putRespCookie('a', 'b', { path: '/; Secure' }),
  domain: () => putRespCookie('a', 'b', { domain: 'a.test; Secure' }),
  nul: () => putRespCookie('a', '\0'),
  'name-empty': () => putRespCookie('', 'c'),
}

const redirects: Readonly<Record<string, string | { readonly external: string }>> = {
  path: '/there?a=b#c',
  escaped: '/a%20b%2Fc',
  external: { external: 'https://b.test/x?y=z' },
  utf8: '/caf\u00e9',
  cjs: '/\u65e5\u672c',
  space: '/a b',
  quote: '/a"b',
  host: { external: 'https://b\u00fccher.test/' },
}

const site = pipeline(
  head,
  router(
    scope('/site', pipeline(accepts(['html', 'json'])), ({ get, post, put, fallback }) => [
      get('/page', conn => text(getFormat(conn) ?? '')(conn)),
      post('/page', text('posted')),
      put('/page', text('put')),
      get('/only-get', text('got')),
      post('/only-post', text('posted')),
      get('/item/:id', conn => text(conn.params.id)(conn)),
      get('/rest/*rest', conn => text(conn.params.rest.join('|'))(conn)),
      fallback(conn => pipe(conn, putStatus(404), text('nothing here')), {
        methodNotAllowed: true,
        automaticOptions: true,
      }),
    ]),
  ),
)

const noFile = (conn: Conn) => sendResp(404, 'no file')(conn)

/** The plugs by the first segment of the path; any other path is `ok`. */
const plugsOf = (folder: string, reads: string[]): Readonly<Record<string, (conn: Conn) => unknown>> => {
  const from = directory(folder)
  return {
    probe: text('probe'),
    echo: echo(reads),
    slow: slow(60),
    slower: slow(600),
    'read-bytes': readAnd(resp(200, Buffer.alloc(40_000, 'x'))),
    'read-unicode': readAnd(text('\u00e9'.repeat(40_000))),
    'read-short': readAnd(text('short')),
    hurry: (conn: Conn) => effect.map(() => text('read')(conn))(conn.body.bytes({ readTimeout: 1_000 })),
    site,
    files: pipeline(staticFiles({ at: '/files', from, etag: () => '"v1"' }), noFile),
    weak: pipeline(staticFiles({ at: '/weak', from, etag: () => 'W/"v1"' }), noFile),
    plain: pipeline(staticFiles({ at: '/plain', from, gzip: true, headers: { 'x-file': 'yes' } }), noFile),
    dated: pipeline(
      staticFiles({ at: '/dated', from, gzip: true, headers: { vary: 'Cookie', expires: changed } }),
      noFile,
    ),
    form: pipeline(parsers(), conn => text(JSON.stringify(conn.bodyParams))(conn)),
    drip: conn => stream(200, drip())(conn),
    stream: conn => stream(200, chunks())(conn),
    streamed: conn => stream(204, chunks())(conn),
    status: withStatus,
    cookies: pipeline(fetchCookies, conn => text(JSON.stringify(conn.cookies))(conn)),
    'set-cookie': conn => text('set')((cookies[conn.segments[1] as string] as (conn: Conn) => Conn)(conn)),
    'set-wrong': conn =>
      text('set')((wrong[conn.segments[1] as string] as () => (conn: Conn) => Conn)()(conn)),
    redirect: conn => redirect(redirects[conn.segments[1] as string] as string)(conn),
    moved: conn => pipe(conn, putStatus(308), redirect('/there')),
    closes: pipeline(putRespHeader('connection', 'close'), text('bye')),
    'own-length': pipeline(putRespHeader('content-length', '3'), text('longer')),
    'own-coding': pipeline(putRespHeader('transfer-encoding', 'chunked'), text('plain')),
    'own-date': pipeline(putRespHeader('date', 'Sun, 06 Nov 1994 08:49:37 GMT'), text('dated')),
    'long-text': text('x'.repeat(40_000)),
    'long-bytes': conn => resp(200, Buffer.alloc(40_000, 'x'))(conn),
    'long-unicode': text('\u00e9'.repeat(40_000)),
    unicode: text('\u65e5\u672c'),
    bytes: conn => resp(200, Uint8Array.of(0, 13, 10, 255))(conn),
    throws: () => {
      throw new Error('a bug')
    },
    split: conn => text('split')(putRespHeader('x-a', 'b\r\nx-c: d')(conn)),
    value: conn => text('value')(putRespHeader('x-a', decodeURIComponent(conn.queryString))(conn)),
  }
}

/** What the app was called with. */
export interface Recorder {
  readonly app: Endpoint
  readonly seen: Seen[]
  /** The bodies that it has read to their end. */
  readonly reads: string[]
}

/**
 * The app with its record. The recording plug is the last one of the endpoint: those before it also run for a request that
 * the adapter rejects.
 */
export const recorder = (folder: string): Recorder => {
  const seen: Seen[] = []
  const reads: string[] = []
  const plugs = plugsOf(folder, reads)
  const answer = (conn: Conn): Responded => {
    const first = conn.segments[0] ?? ''
    if (first !== 'probe') seen.push(seenOf(conn))
    return (Object.hasOwn(plugs, first) ? plugs[first] : text('ok'))?.(conn) as Responded
  }
  return { app: endpoint({}, pipeline(putRespHeader('x-endpoint', 'yes'), answer)), seen, reads }
}
