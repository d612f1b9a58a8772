import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import t from 'tap'
import {
  assign,
  attempt,
  isFetched,
  pipeline,
  putRespCookie,
  putRespHeader,
  registerBeforeSend,
  text,
  type Conn,
  type Plug,
  type Session,
} from '../../../lib/index.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import {
  bodyOf,
  brokenBody,
  conn,
  run,
  runAsync,
  testSecretKeyBase,
  type ConnOptions,
} from '../../../lib/testing/index.js'
import { sessionWriter } from '../../../lib/conn/fetch.js'

const withSession = (conn: Conn, name: string, session: never) => sessionWriter(name)(conn, session)

t.test('a path or a URL is the target', async t => {
  for (const [target, expected] of Object.entries({
    '/': { scheme: 'http', host: 'www.example.com', port: 80, path: '/', queryString: '' },
    '/a//%20b/?c=d?e#f': { path: '/a//%20b/', queryString: 'c=d?e', segments: ['a', '%20b'] },
    '//a': { host: 'www.example.com', path: '//a', segments: ['a'] },
    '/?': { path: '/', queryString: '' },
    'http://Example.com': { scheme: 'http', host: 'example.com', port: 80, path: '/' },
    'https://example.com?a=b': { scheme: 'https', port: 443, path: '/', queryString: 'a=b' },
    'HTTPS://example.com:8443/a': { scheme: 'https', port: 8443, path: '/a' },
    'http://[::1]:4000/a/b': { host: '[::1]', port: 4000, path: '/a/b', segments: ['a', 'b'] },
    'http://[2001:DB8::1]/': { host: '[2001:db8::1]', port: 80 },
  }))
    t.match(conn('GET', target), expected, target)
  t.strictSame(conn('GET', '/').segments, [])
  for (const target of [
    '',
    'a',
    'ftp://example.com/',
    'http://',
    'http:///a',
    'http://user@example.com/',
    'http://a:99999/',
    'http://[::x]/',
  ])
    t.throws(
      () => conn('GET', target),
      { name: 'TypeError', message: /^conn: the target must be a path/ },
      target,
    )
})

t.test('the method is in upper case', async t => {
  for (const method of ['get', 'Post', 'PUT', 'delete', 'MKCALENDAR'])
    t.equal(conn(method, '/').method, method.toUpperCase())
})

t.test('what is not said has a default', async t => {
  const blank = conn('GET', '/')
  t.match(blank, {
    remoteIp: '127.0.0.1',
    httpVersion: '1.1',
    now: Date.UTC(2026, 0, 1),
    secretKeyBase: testSecretKeyBase,
  })
  t.strictSame([...blank.reqHeaders], [])
  t.notOk(blank.signal.aborted)
  t.ok(Buffer.byteLength(testSecretKeyBase) >= 64)
  const options: ConnOptions = { remoteIp: '::1', httpVersion: '2.0', now: 7, secretKeyBase: undefined }
  t.match(conn('GET', '/', options), options)
  const { signal } = new AbortController()
  t.equal(conn('GET', '/', { signal }).signal, signal)
})

const bytesOf = (conn: Conn): string => {
  const read = conn.body.bytes()()
  return !(read instanceof Promise) && isRight(read) ? Buffer.from(read.right).toString() : 'failed'
}

t.test('headers, cookies and bodies', async t => {
  const made = conn('POST', '/', {
    headers: { 'X-A': ['1', '2'], accept: 'text/html' },
    cookies: { a: '1', b: '2' },
    form: { user: { name: 'Ada L' }, tags: ['x', 'y'] },
  })
  t.strictSame([...made.reqHeaders], [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['x-a', '1'],
    ['x-a', '2'],
    ['accept', 'text/html'],
    ['cookie', 'a=1; b=2'],
  ]) // prettier-ignore
  t.equal(bytesOf(made), 'user[name]=Ada+L&tags[]=x&tags[]=y')
  const sent = conn('POST', '/', { json: { a: null } })
  t.equal(sent.reqHeaders.get('content-type'), 'application/json')
  t.equal(bytesOf(sent), '{"a":null}')
  t.equal(bytesOf(conn('POST', '/', { json: null })), 'null')
  const raw = conn('POST', '/', { body: 'héllo', headers: { 'content-type': 'text/plain' } })
  t.strictSame([...raw.reqHeaders], [['content-type', 'text/plain']])
  t.equal(bytesOf(raw), 'héllo')
  t.equal(bytesOf(conn('POST', '/', { body: Buffer.from('bytes') })), 'bytes')
  t.equal(bytesOf(conn('GET', '/')), '')
})

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<string[]> => {
  const texts: string[] = []
  for await (const chunk of chunks) texts.push(Buffer.from(chunk).toString())
  return texts
}

t.test('a body is read within its limit, whole or in pieces, as often as one likes', async t => {
  const body = bodyOf(Buffer.from('12345'))
  for (let i = 0; i < 2; i++) {
    t.match(body.bytes({ length: 5 })(), { _tag: 'Right' })
    t.match(body.bytes({ length: 4 })(), {
      _tag: 'Left',
      left: { _tag: 'RequestTooLarge', status: 413, message: /4 bytes/ },
    })
    t.strictSame(await collect(body.chunks()), ['12345'])
    t.strictSame(await collect(body.chunks({ length: 5 })), ['12345'])
    await t.rejects(collect(body.chunks({ length: 4 })), { message: 'the body is larger than 4 bytes' })
  }
  t.strictSame(await collect(bodyOf(new Uint8Array()).chunks()), [], 'an empty body has no piece')
  t.ok(
    isLeft(bodyOf(new Uint8Array(8_000_001)).bytes()() as never),
    'eight million bytes unless said otherwise',
  )
})

t.test('a broken body fails, and its failure keeps its status', async t => {
  const asked = conn('POST', '/', { body: brokenBody })
  t.match(asked.body.bytes()(), { _tag: 'Left', left: { _tag: 'BadRequest', status: 400 } })
  const reading = (conn: Conn) => attempt(async () => text((await collect(conn.body.chunks())).join())(conn))
  t.match(await runAsync(reading)(asked), { status: 400, error: { _tag: 'BadRequest' } })
  const limited = (conn: Conn) =>
    attempt(async () => text((await collect(conn.body.chunks({ length: 1 }))).join())(conn))
  t.match(await runAsync(limited)(conn('POST', '/', { body: 'xx' })), { status: 413 })
})

t.test('assigns and sessions are there from the start', async t => {
  const made = conn('GET', '/', {
    assigns: { user: { name: 'Ada' } },
    session: { a: 1 },
    sessions: { cart: { b: 2 } },
  })
  t.strictSame(made.assigns, { user: { name: 'Ada' } })
  t.strictSame(made.private, { plugboardTestSessions: { session: { a: 1 }, cart: { b: 2 } } })
  t.strictSame(made.sessions, {}, 'until they are fetched')
  t.notOk(isFetched(made.cookies))
  t.strictSame(conn('GET', '/').private, {})
})

// --- a mutation fails loudly

type Mutable = Record<string, never>
const mutations: Readonly<Record<string, (conn: Conn) => unknown>> = {
  'a field of the conn': conn => ((conn as unknown as Mutable)['status'] = 200 as never),
  'a field of the request': conn => ((conn as unknown as Mutable)['method'] = 'POST' as never),
  'a new field': conn => ((conn as unknown as Mutable)['user'] = 1 as never),
  'a field that is deleted': conn => delete (conn as unknown as Mutable)['status'],
  'an assign': conn => ((conn.assigns as Mutable)['user'] = 1 as never),
  'a nested assign': conn => ((conn.assigns as { user: { name: string } }).user.name = 'Eve'),
  'a list in an assign': conn => (conn.assigns as { user: { roles: string[] } }).user.roles.push('admin'),
  'private data': conn => ((conn.private as Mutable)['x'] = 1 as never),
  segments: conn => (conn.segments as string[]).pop(),
  'script name': conn => (conn.scriptName as string[]).push('x'),
  hooks: conn => (conn.beforeSend as unknown[]).pop(),
  'a response cookie': conn => ((conn.respCookies['a'] as unknown as Mutable)['value'] = 'x' as never),
  'response cookies': conn => delete (conn.respCookies as Mutable)['a'],
  'the params': conn => ((conn.params as Mutable)['id'] = 1 as never),
  'a session': conn => ((conn.sessions as Mutable)['session'] = {} as never),
  'the data of a session': conn => (sessionOf(conn).data as { list: number[] }).list.push(1),
  'the changes of a session': conn => (sessionOf(conn).changes as unknown[]).push(1),
  'what a session is to become': conn => ((sessionOf(conn) as unknown as Mutable)['info'] = 'drop' as never),
  'the data of a session of a class': conn =>
    ((conn.sessions as { lazy: Session }).lazy.data as { a: number[] }).a.pop(),
  'a session of a class': conn => ((conn.sessions as unknown as { lazy: Mutable }).lazy['id'] = 'x' as never),
  'the body': conn => ((conn.body as unknown as Mutable)['bytes'] = 1 as never),
}
const sessionOf = (conn: Conn): Session => (conn.sessions as { readonly session: Session }).session

class LazySession {
  readonly id: string | undefined
  readonly changes = []
  readonly info = undefined
  readonly #data = { a: [1] }
  constructor(id: string) {
    this.id = id
  }
  get data() {
    return this.#data
  }
}

t.test(
  'a plug that mutates what it was given fails, whatever it mutates and however the conn was made',
  async t => {
    const session = { id: 'a', data: { list: [1] }, changes: [], info: undefined }
    const prepared = pipeline(
      assign('user', { name: 'Ada', roles: ['reader'] }),
      putRespCookie('a', 'b'),
      putRespHeader('x-a', '1'),
      registerBeforeSend((conn: Conn) => conn),
      (conn: Conn) =>
        withSession(withSession(conn, 'session', session as never), 'lazy', new LazySession('b') as never),
      (conn: Conn) => ConnRecord.request(conn, { scriptName: ['a'], segments: ['b'] }),
    )
    for (const [name, mutate] of Object.entries(mutations)) {
      const mutating = (conn: Conn) => {
        mutate(conn)
        return text('unnoticed')(conn)
      }
      const done = run(pipeline(prepared as Plug, mutating as Plug))(conn('GET', '/a/b'))
      t.match(done, { status: 500, error: { _tag: 'Exception' } }, name)
      t.ok(done.error?.cause instanceof TypeError)
    }
  },
)

t.test('conns of one request are frozen, each and all', async t => {
  const blank = conn('GET', '/')
  for (const made of [blank, assign('a', [1])(blank), run(text('x'))(blank)]) t.ok(Object.isFrozen(made))
})
