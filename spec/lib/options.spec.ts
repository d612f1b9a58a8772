import t from 'tap'
import * as fc from 'fast-check'
import {
  bytes,
  checkOptions,
  checkValue,
  count,
  flag,
  func,
  gone,
  having,
  integer,
  listed,
  milliseconds,
  named,
  object,
  oneOf,
  optionsProblem,
  pattern,
  positiveMilliseconds,
  required,
  seconds,
  shown,
  string,
  strings,
  type Rule,
  type Rules,
} from '../../lib/options.js'

const rules: Rules = {
  name: required(string),
  ttl: seconds,
  secretKeyBase: string,
  mode: oneOf('strict', 'lax', false),
  mood: gone('mood is now mode: write strict for grim'),
}

t.test('options that are known and right pass, and those that are undefined are not there', async t => {
  t.equal(optionsProblem({ name: 'a' }, rules), undefined)
  t.equal(optionsProblem({ name: 'a', ttl: undefined, mode: false }, rules), undefined)
  checkOptions('place', { name: 'a', ttl: 1 }, rules)
})

t.test('a mistake is one sentence: the place, the option, what it must be, what it is', async t => {
  const wrong: readonly (readonly [options: unknown, message: string])[] = [
    [{}, 'session: name must be a non-empty string, got undefined'],
    [{ name: '' }, 'session: name must be a non-empty string, got ""'],
    [{ name: 'a', ttl: '3600' }, 'session: ttl must be a positive integer (seconds), got "3600"'],
    [{ name: 'a', ttl: 0 }, 'session: ttl must be a positive integer (seconds), got 0'],
    [{ name: 'a', ttl: NaN }, 'session: ttl must be a positive integer (seconds), got NaN'],
    [{ name: 'a', mode: 'loose' }, `session: mode must be 'strict', 'lax' or false, got "loose"`],
    [{ name: 'a', mode: null }, `session: mode must be 'strict', 'lax' or false, got null`],
    [{ name: 'a', mood: 'grim' }, 'session: mood is now mode: write strict for grim'],
    [
      { name: 'a', tll: 1 },
      'session: unknown option tll; expected name, ttl, secretKeyBase or mode; did you mean ttl?',
    ],
    [
      { name: 'a', secretkeybase: 'x' },
      'session: unknown option secretkeybase; expected name, ttl, secretKeyBase or mode; did you mean secretKeyBase?',
    ],
    [{ name: 'a', colour: 'x' }, 'session: unknown option colour; expected name, ttl, secretKeyBase or mode'],
    ['a text', 'session: options must be an object, got a string of 6 characters'],
    [null, 'session: options must be an object, got null'],
    [undefined, 'session: options must be an object, got undefined'],
    [['a'], 'session: options must be an object, got an array'],
    [() => 1, 'session: options must be an object, got a function'],
  ]
  for (const [options, message] of wrong)
    t.throws(() => checkOptions('session', options, rules), new TypeError(message))
})

t.test('what names the prototype has are unknown options, and odd names are quoted', async t => {
  t.match(optionsProblem(JSON.parse('{ "__proto__": 1, "name": "a" }'), rules), /^unknown option __proto__;/)
  t.match(optionsProblem({ constructor: 1, name: 'a' }, rules), /^unknown option constructor;/)
  t.match(optionsProblem({ 'a b\n': 1, name: 'a' }, rules), /^unknown option "a b\\n";/)
  t.match(
    optionsProblem({ ['x'.repeat(1000)]: 1 }, rules),
    new RegExp(`^unknown option "${'x'.repeat(64)}";`),
  )
  t.equal(optionsProblem({ a: 1 }, {}), 'unknown option a; no options are expected')
  t.equal(optionsProblem({ a: 1 }, named('only')), 'unknown option a; expected only')
})

t.test('options that an object inherits are checked, too', async t => {
  t.match(optionsProblem(Object.create({ name: 7 }), rules), /^name must be/)
})

t.test('no secret is shown', async t => {
  const secret = 'hunter2'
  for (const name of [
    'secret',
    'secretKeyBase',
    'clientSecret',
    'password',
    'passphrase',
    'token',
    'csrfToken',
    'signingSalt',
    'salt',
    'key',
    'apiKey',
    'api_key',
    'credentials',
  ]) {
    t.equal(shown(secret, name), 'a string of 7 characters', name)
    t.equal(shown(1234, name), 'a number')
    t.equal(shown(true, name), 'a boolean')
    t.equal(shown([secret], name), 'an array')
  }
  for (const [value, as] of [
    ['x'.repeat(33), 'a string of 33 characters'],
    ['http://ann:pw@host', 'a string of 18 characters'],
    ['4f3c2b1a0d9e8f7a', 'a string of 16 characters'],
    ['x', '"x"'],
    ['a\n', '"a\\n"'],
  ] as const)
    t.equal(shown(value, 'to'), as)
  t.equal(shown(secret), 'a string of 7 characters', 'without a name it is taken to be one')
})

t.test('no message holds a string that is long or whose name says that it is secret', async () => {
  const text = fc.string({ minLength: 33, maxLength: 200 })
  fc.assert(fc.property(text, value => !shown(value, 'anything').includes(value.slice(0, 20))))
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), value => {
      const message = optionsProblem({ secretKeyBase: [value], name: 'a' }, rules) as string
      const bare = 'secretKeyBase must be a non-empty string, got an array'
      return message === bare
    }),
  )
})

t.test('values are shown by what TypeScript calls them', async t => {
  const each: readonly (readonly [unknown, string])[] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [-0.5, '-0.5'],
    [1n, '1'],
    [true, 'true'],
    ['short', '"short"'],
    [[1, 2], 'an array'],
    [{ a: 1 }, 'an object'],
    [new Date(0), 'an object'],
    [() => 1, 'a function'],
    [Symbol('secret'), 'a symbol'],
  ]
  for (const [value, as] of each) t.equal(shown(value, 'x'), as)
})

t.test('rules say what a value must be, and whether it is', async t => {
  const each: readonly (readonly [Rule, string, right: readonly unknown[], wrong: readonly unknown[]])[] = [
    [flag, 'a boolean', [true, false], [1, 'true', null]],
    [count, 'a positive integer', [1, 2 ** 53 - 1], [0, 1.5, -1, '1', Infinity, 2 ** 53]],
    [bytes, 'a non-negative integer (bytes)', [0, 8_000_000], [-1, 0.5, '8mb']],
    [seconds, 'a positive integer (seconds)', [1], [0, '1']],
    [milliseconds, 'a non-negative integer (milliseconds)', [0, 2_147_483_647], [-1, 2_147_483_648]],
    [positiveMilliseconds, 'a positive integer (milliseconds)', [1], [0, 2_147_483_648]],
    [integer(0, 65_535), 'an integer from 0 to 65535', [0, 65_535], [65_536, -1]],
    [integer(2), 'an integer of at least 2', [2], [1]],
    [string, 'a non-empty string', ['a'], ['', 1, null]],
    [strings, 'an array of non-empty strings', [[], ['a']], ['a', [''], [1]]],
    [object, 'an object', [{}, new Map()], [[], null, 'a']],
    [func(), 'a function', [() => 1], [{}]],
    [func('from a to b'), 'a function from a to b', [() => 1], [{}]],
    [oneOf('a', 'b'), "'a' or 'b'", ['a'], ['c', 'A', undefined]],
    [pattern(/^\d+$/, 'digits'), 'digits', ['12'], ['a', 12]],
    [having('a log port', 'write'), 'a log port', [{ write: () => 1 }], [{ write: 1 }, {}, null, () => 1]],
  ]
  for (const [{ must, ok }, words, right, wrong] of each) {
    t.equal(must, words)
    for (const value of right) t.equal(ok(value), true, `${words}: ${String(value)}`)
    for (const value of wrong) t.equal(ok(value), false, `${words}, not ${String(value)}`)
  }
  t.equal(listed(['a']), 'a')
  t.equal(listed(['a', 'b', 'c'], 'and'), 'a, b and c')
})

t.test('a single argument is checked in the same words', async t => {
  checkValue('shiftPath', 'count', 1, count)
  t.throws(
    () => checkValue('shiftPath', 'count', 'one', count),
    new TypeError('shiftPath: count must be a positive integer, got "one"'),
  )
  const by: Rule = { must: value => `even, unlike ${String(value)}`, ok: () => false }
  t.throws(() => checkValue('a', 'n', 3, by), new TypeError('a: n must be even, unlike 3, got 3'))
})
