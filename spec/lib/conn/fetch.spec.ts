// Fetched fields: those of every conn, written by whoever fetches them, and those that a plug declares itself.
import { inspect } from 'node:util'
import t from 'tap'
import {
  connOf,
  fetchedField,
  fetchedWriter,
  getFetched,
  halt,
  isFetched,
  pipe,
  pipeline,
  putFetched,
  putPrivate,
  putRespHeader,
  sessionWriter,
  text,
  type Conn,
  type FetchedField,
  type WithFetched,
} from '../../../lib/index.js'
import { NotFetchedError } from '../../../lib/fetched.js'
import { conn, run } from '../../../lib/testing/index.js'
import { lint } from '../../../plugs/index.js'

const hint = 'put input({ … }) earlier in the pipeline'
const input = fetchedField('input', hint)
type Untyped = Conn & { readonly input: Record<string, unknown> }

t.test('a declared field says how to get it before it is fetched, and is there afterwards', async t => {
  const before = conn('POST', '/') as Conn as Untyped
  t.throws(() => before.input['body'], new NotFetchedError(`conn.input is not fetched: ${hint}`))
  t.throws(() => 'body' in before.input, NotFetchedError)
  t.equal(isFetched(before.input), false)
  t.equal(getFetched(input)(before), undefined)

  const value = { body: { title: 'Hello' } }
  const after = putFetched(input, value)(before)
  t.equal(after.input.body.title, 'Hello')
  t.equal(after.input, value)
  t.equal(getFetched(input)(after), value)
  t.equal(isFetched(after.input), true)
  t.equal(isFetched(before.input), false, 'the conn before is as it was')
  t.strictSame(after.assigns, {}, 'it is no assign')
  t.strictSame(Object.keys(after), Object.keys(before), 'and no field of the conn itself')

  const show = (c: Conn & WithFetched<typeof input, { readonly body: { readonly title: string } }>) =>
    text(c.input.body.title)(c)
  t.equal(run(pipeline(putFetched(input, value), show))(conn('POST', '/')).respBody, 'Hello')
  const untyped = run((c: Conn) => text(String((c as Untyped).input['body']))(c))(conn('POST', '/'))
  t.equal(untyped.status, 500)
  t.match((untyped.error?.cause as Error | undefined)?.message, `conn.input is not fetched: ${hint}`)
})

t.test('a field is masked where a conn is printed', async t => {
  const c = putFetched(input, { password: 'a secret' })(conn('POST', '/'))
  t.equal((JSON.parse(JSON.stringify(c)) as Record<string, unknown>)['input'], '[MASKED]')
  t.notMatch(inspect(c, { depth: 9 }), /a secret/)
  t.match(inspect(c), /input: '\[MASKED\]'/)
  t.notMatch(inspect(conn('POST', '/')), /input/)
})

/** A conn that is not frozen, as in production. */
const loose = (): Conn => {
  const { method, scheme, host, port, path, segments, scriptName, queryString, reqHeaders } = conn(
    'POST',
    '/',
  )
  const { remoteIp, httpVersion, body, now, signal, endpointUrl, secretKeyBase } = conn('POST', '/')
  const line = { method, scheme, host, port, path, segments, scriptName, queryString, reqHeaders }
  const rest = { remoteIp, httpVersion, body, now, signal, endpointUrl, secretKeyBase }
  return connOf({ ...line, ...rest, entropy: (_, length) => new Uint8Array(length) })
}

t.test('the test kit freezes it, and lint sees where it is changed in place', async t => {
  const c = putFetched(input, { list: [1] })(conn('POST', '/'))
  t.throws(() => (c.input.list as number[]).push(2), TypeError)
  const mutates = lint((given: Conn) => {
    ;(given as Untyped).input['more'] = 1
    return given
  })
  const done = run(pipeline(putFetched(input, { body: 1 }), mutates))(conn('POST', '/'))
  t.equal(done.status, 500)
  const unfrozen = run(pipeline(putFetched(input, { body: 1 }), mutates))(loose())
  t.match((unfrozen.error?.cause as Error | undefined)?.message, /"more" of a value inside the conn/)
})

t.test('the name of a field is one of its own', async t => {
  t.strictSame(fetchedField('input', hint), input, 'the same declaration may come twice')
  t.throws(
    () => fetchedField('input', 'put something else'),
    new TypeError(`fetchedField: "input" is already declared, with the hint "${hint}"`),
  )
  for (const name of [
    'method',
    'assigns',
    'status',
    'respBody',
    'halted',
    'entropy',
    'then',
    'toJSON',
    'toString',
    'constructor',
  ])
    t.throws(
      () => fetchedField(name, hint),
      new TypeError(`fetchedField: name must not be that of a field of every conn, got "${name}"`),
    )
  for (const name of ['', '__proto__', 'a-b', '1a', 7])
    t.throws(
      () => fetchedField(name as string, hint),
      new TypeError('fetchedField: name must be letters, digits and "_", a letter first'),
    )
  for (const words of ['', undefined])
    t.throws(
      () => fetchedField('other', words as string),
      new TypeError('fetchedField: hint must be a non-empty string'),
    )
})

t.test('what is put is checked', async t => {
  const forged = { name: 'method', hint } as FetchedField
  const other = { name: 'input', hint: 'other words' } as FetchedField
  for (const field of [forged, other, 'session', 'body', undefined, null])
    t.throws(
      () => putFetched(field as FetchedField, {}),
      new TypeError(
        "fetchedWriter: field must be 'cookies', 'flash', 'csrf', 'sessions' or what fetchedField returned",
      ),
    )
  for (const value of ['x', null, undefined, 1])
    t.throws(
      () => putFetched(input, value as unknown as object),
      /^putFetched: the value must be an object, got /,
    )
  t.throws(() => fetchedWriter('flash', 'x' as never), /^fetchedWriter: hook must be a plug/)
  t.throws(() => sessionWriter(''), /^sessionWriter: name must be a non-empty string/)
  t.throws(() => sessionWriter('a', 'x' as never), /^sessionWriter: hook must be a plug/)
})

t.test('fields of every conn are put as the shipped plugs put them', async t => {
  const start = conn('GET', '/')
  const cookies = putFetched(
    'cookies',
    JSON.parse('{"__proto__":"x","theme":"dark"}') as { theme: string },
  )(start)
  t.equal(cookies.cookies.theme, 'dark')
  t.strictSame(Object.keys(cookies.cookies), ['__proto__', 'theme'])
  t.equal((cookies.cookies as Record<string, unknown>)['constructor'], undefined)
  t.equal(putFetched('flash', { info: 'Saved.' })(start).flash['info'], 'Saved.')
  t.equal(putFetched('csrf', { session: 'session', key: 'k', round: 0 })(start).csrf.key, 'k')
  const session = { id: '1', data: { a: 1 }, changes: [], info: undefined }
  const one = putFetched('sessions', { cart: session })(start)
  t.equal(one.sessions.cart.data.a, 1)
  const two = pipe(one, putFetched('sessions', { other: { ...session, id: '2' } }))
  t.strictSame(Object.keys(two.sessions), ['cart', 'other'])
})

t.test('a writer registers its hook with the value, in order', async t => {
  const seen: string[] = []
  const hook = (name: string) => (c: Conn) => {
    seen.push(name)
    return putRespHeader(`x-${name}`, 'yes')(c)
  }
  const field = fetchedWriter(input, hook('input'))
  const flash = fetchedWriter('flash', hook('flash'))
  const session = sessionWriter('cart', hook('cart'))
  const app = pipeline(
    (c: Conn) => field(c, { a: 1 }),
    c => flash(c, {}),
    c => session(c, { id: undefined, data: {}, changes: [], info: undefined }),
    text('hello'),
  )
  const done = run(app)(conn('GET', '/'))
  t.strictSame(seen, ['cart', 'flash', 'input'], 'the last registered runs first')
  t.equal(done.respHeaders.get('x-cart'), 'yes')
  const none = fetchedWriter(input)(conn('GET', '/'), { a: 1 })
  t.strictSame(none.beforeSend, [])
  t.equal(
    sessionWriter('a', halt)(conn('GET', '/'), { id: '1', data: {}, changes: [], info: undefined }).beforeSend
      .length,
    1,
  )
})

t.test('libraries keep their own private data beside it', async t => {
  const c = putPrivate('mine', 1)(putFetched(input, { a: 1 })(conn('GET', '/')))
  t.equal(c.input.a, 1)
  t.equal(c.private['mine'], 1)
})
