import { inspect } from 'node:util'
import t from 'tap'
import { isFetched } from '../../lib/index.js'
import { notFetched } from '../../lib/fetched.js'
import { conn } from '../../lib/testing/index.js'

const hints = {
  cookies: 'put fetchCookies earlier in the pipeline',
  queryParams: 'put fetchQueryParams earlier in the pipeline',
  bodyParams: 'put parsers() earlier in the pipeline',
  flash: 'put fetchFlash (after fetchSession) earlier in the pipeline',
  csrf: 'put protectFromForgery earlier in the pipeline',
} as const

t.test('reading what has not been fetched throws with the hint', async t => {
  const blank = conn('GET', '/')
  for (const [field, hint] of Object.entries(hints)) {
    const value = blank[field as keyof typeof hints] as unknown as Record<string, unknown>
    const expected = { name: 'NotFetchedError', message: `conn.${field} is not fetched: ${hint}` }
    t.throws(() => value['name'], expected)
    t.throws(() => 'name' in value, expected)
    t.throws(() => (value['length'] as number) + 1, expected)
    t.throws(() => `${value}`, 'as text too')
    t.throws(() => {
      value['name'] = 1
    }, TypeError)
    t.equal(value['notFetched'], hint)
    t.notOk(isFetched(value))
  }
})

t.test('it prints, awaits and compares like any value', async t => {
  const value = notFetched('cookies', 'put fetchCookies') as unknown as Record<PropertyKey, unknown>
  t.match(inspect(value), 'put fetchCookies')
  t.match(inspect({ a: [value] }), 'put fetchCookies')
  t.equal(JSON.stringify(value), '{"notFetched":"put fetchCookies"}')
  t.equal(await value, value)
  t.equal(value[Symbol.iterator], undefined)
  t.notOk(Symbol.asyncIterator in value)
  for (const probe of ['toJSON', 'then', 'constructor', 'nodeType', 'asymmetricMatch', '$$typeof'])
    t.equal(value[probe], undefined)
})

t.test('anything else has been fetched', async t => {
  for (const value of [{}, [], Object.create(null) as {}, 'text', 1]) t.ok(isFetched(value))
})
