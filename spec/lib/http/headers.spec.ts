import { inspect } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import {
  appendHeader,
  deleteHeader,
  fromRawHeaders,
  headerList,
  headerPairs,
  headerProblem,
  noHeaders,
  prependHeaders,
  putHeader,
  putHeaders,
  toRawHeaders,
  type HeaderList,
} from '../../../lib/http/headers.js'

type Pairs = readonly (readonly [string, string])[]
const three: Pairs = [
  ['a', '1'],
  ['b', '2'],
  ['a', '3'],
]

t.test('a list keeps fields in order, duplicates too, under lower-case names', async t => {
  const list = headerList([
    ['A', '1'],
    ['b', '2'],
    ['a', '3'],
  ])
  t.same([...list], three)
  t.equal(list.length, 3)
  t.equal(list.get('a'), '1')
  t.equal(list.get('c'), undefined)
  t.same(list.getAll('a'), ['1', '3'])
  t.same(list.getAll('c'), [])
  t.ok(list.has('b'))
  t.notOk(list.has('B'), 'names are compared as they are')
  t.equal(noHeaders.length, 0)
})

t.test('raw headers are names and values in turn', async t => {
  const raw = ['Host', 'example.com', 'X-A', '1']
  const list = fromRawHeaders(raw)
  t.same(
    [...list],
    [
      ['host', 'example.com'],
      ['x-a', '1'],
    ],
  )
  t.same(raw, ['Host', 'example.com', 'X-A', '1'], 'what was given is left alone')
  t.same(toRawHeaders(list), ['host', 'example.com', 'x-a', '1'])
})

t.test('an update gives a new list', async t => {
  const list = headerList(three)
  t.same([...putHeader(list, 'a', '4')], [['a', '4'], three[1], three[2]], 'the first of a name is replaced')
  t.equal(putHeader(list, 'a', '1'), list, 'unless nothing changes')
  t.same([...putHeader(list, 'c', '4')], [...three, ['c', '4']])
  t.same([...appendHeader(list, 'a', '4')], [...three, ['a', '4']])
  t.same([...prependHeaders(list, ['c', '4', 'd', '5'])], [['c', '4'], ['d', '5'], ...three])
  t.same([...deleteHeader(list, 'a')], [three[1], three[2]], 'the first of a name is removed')
  t.equal(deleteHeader(list, 'c'), list)
  t.same(
    [
      ...putHeaders(list, [
        ['b', '4'],
        ['c', '5'],
      ]),
    ],
    [three[0], ['b', '4'], three[2], ['c', '5']],
  )
  t.same([...list], three, 'and leaves the old one as it was')
})

t.test('lists that grew out of one another do not see each other', async t => {
  const base = appendHeader(noHeaders, 'a', '1')
  const left = appendHeader(base, 'b', 'left')
  const right = appendHeader(base, 'b', 'right')
  const more = appendHeader(left, 'c', '3')
  t.same([...base], [['a', '1']])
  t.same(
    [...left],
    [
      ['a', '1'],
      ['b', 'left'],
    ],
  )
  t.same(
    [...right],
    [
      ['a', '1'],
      ['b', 'right'],
    ],
  )
  t.equal(more.length, 3)
  t.equal(base.get('b'), undefined)
  t.notOk(left.has('c'))
  t.same(toRawHeaders(base), ['a', '1'])
})

t.test(
  'a list behaves as a plain array of pairs would, whatever is done to it and in whatever order',
  async t => {
    const name = fc.constantFrom('a', 'b', 'c')
    const value = fc.constantFrom('1', '2')
    type Update = readonly [(list: HeaderList) => HeaderList, (pairs: Pairs) => Pairs]
    const replace = (pairs: Pairs, name: string, value: string): Pairs => {
      const at = pairs.findIndex(pair => pair[0] === name)
      return at < 0 ? [...pairs, [name, value]] : pairs.map((pair, i) => (i === at ? [name, value] : pair))
    }
    const update: fc.Arbitrary<Update> = fc.oneof(
      fc.tuple(name, value).map(([n, v]): Update => [l => putHeader(l, n, v), p => replace(p, n, v)]),
      fc.tuple(name, value).map(([n, v]): Update => [l => appendHeader(l, n, v), p => [...p, [n, v]]]),
      fc.tuple(name, value).map(([n, v]): Update => [l => prependHeaders(l, [n, v]), p => [[n, v], ...p]]),
      name.map((n): Update => [
        l => deleteHeader(l, n),
        p => p.filter((_, i) => i !== p.findIndex(x => x[0] === n)),
      ]),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), update)), steps => {
        const versions: [HeaderList, Pairs][] = [[noHeaders, []]]
        for (const [at, [onList, onPairs]] of steps) {
          const [list, pairs] = versions[at % versions.length] as [HeaderList, Pairs]
          versions.push([onList(list), onPairs(pairs)])
        }
        for (const [list, pairs] of versions)
          if (JSON.stringify([...list]) !== JSON.stringify(pairs) || list.length !== pairs.length)
            return false
        return true
      }),
    )
    t.equal(noHeaders.length, 0)
  },
)

t.test('a list that is printed does not show cookies and credentials', async t => {
  const secrets = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-csrf-token']
  const list = headerList([...secrets.map(name => [name, 'hunter2'] as const), ['accept', 'text/html']])
  for (const shown of [JSON.stringify({ list }), inspect(list), inspect({ list })]) {
    t.notMatch(shown, 'hunter2')
    t.match(shown, 'text/html')
    t.equal(shown.split('[MASKED]').length - 1, secrets.length)
  }
})

t.test('a name is a lower-case token', async t => {
  for (const name of ['a', 'x-frame-options', "!#$%&'*+-.^_`|~09"])
    t.equal(headerProblem(name, ''), undefined, name)
  for (const name of ['', 'A', 'x-A', 'a b', 'a:', 'a\r', 'a\n', 'a\0', 'é', 'a(', 'a\t', 1 as never])
    t.match(headerProblem(name, ''), { _tag: 'InvalidHeader', status: 500, message: /lower-case token/ })
})

t.test('a value is Latin-1 text without control characters other than a tab', async t => {
  for (const value of ['', 'a b', 'a\tb', 'é', '"(),/:;<=>?@[]{}\\', '\xff'])
    t.equal(headerProblem('x', value), undefined, JSON.stringify(value))
  for (const value of ['a\r\nb', '\n', 'a\0', '\x7f', '\x1b[1m', 'ŝ', '😀', undefined as never, 1 as never]) {
    const problem = headerProblem('x', value)
    t.match(problem, { _tag: 'InvalidHeader', message: /the value of header "x"/ }, JSON.stringify(value))
    t.notMatch(problem?.message, /\r|\n|😀/, 'the message does not repeat the value')
  }
})

t.test('fields are given as a record or as pairs, each of which is checked', async t => {
  const seen: unknown[] = []
  const check = (name: string, value: string): void => void seen.push([name, value])
  t.same(headerPairs({ a: '1', b: '2' }, check), [
    ['a', '1'],
    ['b', '2'],
  ])
  t.same(headerPairs(new Map([['c', '3']]), check), [['c', '3']])
  t.same(seen, [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ])
})

t.test('messages print no object and no value', async t => {
  const problem = (name: unknown, value: unknown) => headerProblem(name as string, value as string)?.message
  t.match(problem({ secret: 1 }, ''), /^header name an object must be a lower-case token/)
  t.match(problem([1], ''), /^header name an array must be/)
  t.match(problem(1n, ''), /^header name a bigint must be/)
  t.match(problem('X-A', ''), /^header name "X-A" must be/)
  t.match(
    problem('x-a', { secret: 1 }),
    /^the value of header "x-a" must be a string in Latin-1 .*, got an object$/,
  )
  t.match(problem('x-a', 'secret\n'), /, got a string of 7 characters$/)
})
