// Exchanges as Plug on Bandit answers them, byte by byte. Statuses, bodies and whether the connection goes on are held
// against them; headers that each server words in its own way are not.
import t from 'tap'
import { readFileSync } from 'node:fs'
import {
  badRequest,
  fail,
  fetchQueryParams,
  json,
  resp,
  stream,
  text,
  type Conn,
} from '../../../../../lib/index.js'
import { answers, dial, readWhole, rejections, silence, start, type Answer } from '../support.js'
import { map } from 'fp-ts/lib/Either.js'

interface Case {
  readonly name: string
  readonly request: string | { readonly bytes: number; readonly prefix: string }
  readonly response: string
  readonly connection_after: 'open' | 'closed'
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../../../../spec/fixtures/wire.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

/** Cases of other parts, which have specs of their own. */
const elsewhere = /^(static|params json|params bad json)/

/** What differs, and why. */
const differing: Readonly<
  Record<string, { readonly why: string; readonly status?: number; readonly open?: true }>
> = {
  raise: { why: 'an error has a short page, and what failed is not the connection', open: true },
  'raise plug_status 400': {
    why: 'an error has a short page, and what failed is not the connection',
    open: true,
  },
  exit: { why: 'an error has a short page, and what failed is not the connection', open: true },
  'not sent': { why: 'an error has a short page, and what failed is not the connection', open: true },
  'params invalid utf8 query -> 400': {
    why: 'an error has a short page, and what failed is not the connection',
    open: true,
  },
  'raise after send': {
    why: 'nothing is sent before the app has ended: it fails as a whole',
    status: 500,
    open: true,
  },
  'unknown method': { why: 'the parser knows the registered methods only', status: 501 },
  'bare LF': { why: 'CRLF ends a line (RFC 9112 §2.2 lets a server insist)', status: 400 },
  'POST CL list same': { why: 'a list of lengths is refused (RFC 9110 §8.6 allows it)', status: 400 },
  'long header 12k': { why: 'a head may have 16 kB', status: 200 },
  '60 headers': { why: 'the size of a head is bounded, not the number of its headers', status: 200 },
  'header names are lower-cased': { why: 'whitespace around a value is no part of it (RFC 9110 §5.5)' },
}

/** The app that was asked. */
const app = (conn: Conn): unknown => {
  switch (conn.segments[0]) {
    case 'ok':
      return resp(200, 'ok')(conn)
    case 'empty':
      return resp(200, '')(conn)
    case '204':
      return resp(204, 'body')(conn)
    case '304':
      return resp(304, 'body')(conn)
    case 'chunk':
      return stream(200, pieces())(conn)
    case 'unset':
      return resp(200, 'set but not sent')(conn)
    case 'nosend':
      return conn
    case 'raise400':
      return fail(conn, badRequest('bad'))
    case 'raise':
    case 'exit':
    case 'sentraise':
      throw new Error('raised')
    case 'params':
      return fetchQueryParams(conn)
    case 'body':
      return async () =>
        map((read: Conn) => text(`${(read.respBody as Uint8Array).length}:${read.respBody}`)(read))(
          await readWhole()(conn)(),
        )
    case 'info':
      return json({
        headers: [...conn.reqHeaders],
        host: conn.host,
        info: conn.segments,
        method: conn.method,
        path: conn.path,
        port: conn.port,
        proto: `HTTP/${conn.httpVersion}`,
        qs: conn.queryString,
        scheme: conn.scheme,
      })(conn)
    default:
      return resp(404, 'nf')(conn)
  }
}
async function* pieces() {
  yield 'a'
  yield 'bc'
}

const requestOf = ({ request }: Case): string =>
  typeof request === 'string' ? request : `${request.prefix.padEnd(request.bytes - 4, 'a')}\r\n\r\n`

/** The body as it was meant: HTTP/1.0 knows no chunks, which Bandit sends to it all the same. */
const bodyOf = ({ body }: Answer, name: string): string =>
  name === 'chunked http/1.0' ? body.replace(/^1\r\na\r\n2\r\nbc\r\n0\r\n\r\n$/, 'abc') : body

t.test('exchanges are as Plug has them on Bandit', async t => {
  const server = await start(t, app as never)
  const check = async (one: Case): Promise<void> => {
    const { name } = one
    if (elsewhere.test(name)) return
    const request = requestOf(one)
    const methods = [...request.matchAll(/^([A-Z]+) \S+ HTTP/gm)].map(match => match[1] as string)
    const line = await dial(t, server)
    line.send(request)
    await silence(line)
    const closed = line.socket.readableEnded
    const expected = answers(one.response, methods)
    const got = answers(line.text(), methods)
    const differs = differing[name]
    t.same(
      got.map(answer => answer.status),
      differs?.status === undefined ? expected.map(answer => answer.status) : [differs.status],
      `${name}: ${differs?.why ?? 'status'}`,
    )
    if (differs === undefined && expected[0]?.status !== 400)
      t.same(
        got.map(answer => bodyOf(answer, name)).map(parsed),
        expected.map(answer => bodyOf(answer, name)).map(parsed),
        `${name}: body`,
      )
    const open =
      differs?.open ??
      (differs?.status === undefined ? one.connection_after === 'open' : differs.status < 400)
    t.equal(!closed, open, `${name}: the connection is ${open ? 'kept' : 'closed'}`)
    if (name === 'header names are lower-cased')
      t.match(JSON.parse(got[0]?.body as string).headers, [
        ['host', 'x.test'],
        ['x-foo', 'bar'],
        ['x-foo', '2'],
      ])
  }
  await Promise.all(cases.map(check))
  t.same(
    Object.keys(differing).filter(name => !cases.some(one => one.name === name)),
    [],
  )
})

const parsed = (body: string): unknown => (body.startsWith('{') ? JSON.parse(body) : body)

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
