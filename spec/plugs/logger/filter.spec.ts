import t from 'tap'
import * as fc from 'fast-check'
import { secretTerms } from '../../../lib/secret-names.js'
import { filterOf } from '../../../plugs/logger/filter.js'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const show = (params: object, terms: readonly string[] = secretTerms): unknown =>
  plain(filterOf(terms).show(params))

t.test('a name is a secret where it holds a term, whatever its case, dashes and underscores', async t => {
  const { isSecret } = filterOf(secretTerms)
  for (const name of [
    'password',
    'Password',
    'user_password',
    'passwordConfirmation',
    '_csrf_token',
    'access-token',
    'API_KEY',
    'apiKey',
    'api-key',
    'client.secret',
    'creditCard',
    'card_number',
  ])
    t.ok(isSecret(name), name)
  for (const name of ['user', 'pass', 'key', 'shipping', 'card', '']) t.notOk(isSecret(name), name)
})

t.test('secrets are blanked out at any depth, whatever they hold', async t => {
  t.strictSame(show({ user: { name: 'Ada', password: { a: 1 }, list: [{ token: ['x'] }, 'y'] } }), {
    user: { name: 'Ada', password: '[FILTERED]', list: [{ token: '[FILTERED]' }, 'y'] },
  })
})

t.test('a text that assigns to a secret is blanked out', async t => {
  t.strictSame(show({ to: '/reset?x=1&reset_token=abc', ok: '/page?x=1&y=2', tail: 'token' }), {
    to: '[FILTERED]',
    ok: '/page?x=1&y=2',
    tail: 'token',
  })
})

t.test('what is shown is short', async t => {
  const long = 'x'.repeat(300)
  t.strictSame(show({ a: long }), { a: `${'x'.repeat(256)}… (300 characters)` })
  t.strictSame(show({ a: Array.from({ length: 52 }, (_, i) => i) }), { a: [...Array(50).keys(), '… 2 more'] })
  const wide = Object.fromEntries(Array.from({ length: 53 }, (_, i) => [`k${i}`, i]))
  const shown = show(wide) as Record<string, unknown>
  t.equal(Object.keys(shown).length, 51)
  t.equal(shown['…'], '3 more')
  t.strictSame(show({ a: { b: { c: { d: { e: { f: 1 } } } } } }), { a: { b: { c: { d: { e: '{…}' } } } } })
  t.strictSame(show({ a: [[[[[[1]]]]]] }), { a: [[[['[…]']]]] })
  t.equal(Object.keys(show({ [long]: 1 }) as object)[0]?.length, 256 + '… (300 characters)'.length)
})

t.test('values that are no data are named by their kind', async t => {
  t.strictSame(show({ at: new Date(0), bytes: new Uint8Array(2), big: 7n, yes: true, none: null }), {
    at: '[object Date]',
    bytes: '[object Uint8Array]',
    big: '7',
    yes: true,
    none: null,
  })
})

t.test('keep shows what is under these names, and nothing else', async t => {
  const { show, isSecret } = filterOf({ keep: ['page', 'filter'] })
  t.strictSame(
    plain(show({ page: '2', filter: { by: 'x', tags: ['a'] }, user: { page: 1, name: 'Ada' }, list: ['x'] })),
    {
      page: '2',
      filter: { by: 'x', tags: ['a'] },
      user: { page: 1, name: '[FILTERED]' },
      list: ['[FILTERED]'],
    },
  )
  t.notOk(isSecret('page'))
  t.ok(isSecret('id'))
})

t.test('__proto__ is a name like any other', async t => {
  const params = JSON.parse('{"__proto__":{"password":"x","a":1}}') as object
  t.equal(JSON.stringify(filterOf(secretTerms).show(params)), '{"__proto__":{"password":"[FILTERED]","a":1}}')
})

t.test('any parameters can be shown, in bounded space', async t => {
  const bounded = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), params => {
    const text = JSON.stringify(filterOf(secretTerms).show(params))
    return typeof text === 'string'
  })
  t.doesNotThrow(() => fc.assert(bounded))
})
