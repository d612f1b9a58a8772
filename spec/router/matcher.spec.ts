// What every matcher does, and that the trie finds what trying the routes in order finds.
import * as fc from 'fast-check'
import t from 'tap'
import type { Matcher } from '../../router/matcher.js'
import { trie } from '../../router/trie.js'
import { naive, type Declared } from './naive.js'
import { answerOf, numbered, requests, table, type Numbered } from './tables.js'

const contract = (name: string, make: (routes: readonly Numbered[]) => Matcher<Numbered>): void => {
  const matcherOf = (routes: readonly Partial<Declared>[]): Matcher<Numbered> =>
    make(numbered(routes.map(route => ({ method: 'GET', pattern: '/', hosts: [], ...route }))))
  /** The place of the route that takes a path, or what is said in its place. */
  const at = (patterns: readonly string[], path: string): number | string => {
    const found = matcherOf(patterns.map(pattern => ({ pattern }))).find('GET', 'h', path)
    return typeof found === 'string' ? found : found.route.index
  }
  /** What the first of the routes captures. */
  const params = (pattern: string, path: string, shapes: Readonly<Record<string, RegExp>> = {}): unknown => {
    const found = matcherOf([{ pattern, shapes }]).find('GET', 'h', path)
    return typeof found === 'string' ? found : { ...found.params }
  }

  t.test(`${name}: the route that was declared first wins`, async t => {
    t.equal(at(['/users/new', '/users/:id'], '/users/new'), 0)
    t.equal(at(['/users/:id', '/users/new'], '/users/new'), 0)
    t.equal(at(['/users/:id/edit', '/users/*rest', '/users/7/show'], '/users/7/show'), 1)
    t.equal(at(['/*rest', '/a'], '/a'), 0)
    t.equal(at(['/a', '/*rest'], '/a'), 0)
    t.equal(at(['/v:n', '/:any'], '/v1'), 0)
    t.equal(at(['/:any', '/v:n'], '/v1'), 0)
    t.equal(at(['/a/:x/c', '/:y/b/c', '/a/b/:z'], '/a/b/c'), 0)
    t.equal(at(['/a/:x/d', '/:y/b/c', '/a/b/:z'], '/a/b/c'), 1)
    t.equal(at(['/same', '/same'], '/same'), 0)
  })

  t.test(`${name}: literals that share their beginning are told apart`, async t => {
    const patterns = ['/users', '/user', '/use', '/users/all', '/us', '/used/:x', '/é']
    for (const [i, path] of ['/users', '/user', '/use', '/users/all', '/us', '/used/7', '/é'].entries())
      t.equal(at(patterns, path), i, path)
    for (const path of ['/u', '/userss', '/used', '/users/al', '/users/allo', '/USERS', '/è'])
      t.equal(at(patterns, path), 'none', path)
  })

  t.test(`${name}: a path must be matched to its end`, async t => {
    t.equal(at(['/a/:b'], '/a'), 'none')
    t.equal(at(['/a/:b'], '/a/b/c'), 'none')
    t.equal(at(['/a'], '/'), 'none')
    t.equal(at(['/'], '/a'), 'none')
    t.equal(at([], '/'), 'none')
  })

  t.test(`${name}: parameters are what stands in their segment`, async t => {
    t.strictSame(params('/:a/x/:b', '/1/x/2'), { a: '1', b: '2' })
    t.strictSame(params('/v:version/@:user.json', '/v2/@ada.json'), { version: '2', user: 'ada' })
    t.strictSame(params('/v:version', '/v'), { version: '' }, 'with a prefix, nothing may be left')
    t.strictSame(params('/v:version/x', '/v/x'), { version: '' })
    t.strictSame(params('/:name.json', '/.json'), { name: '' })
    t.strictSame(Object.keys(params('/:z/:a/:m/*k', '/1/2/3/4') as object), ['z', 'a', 'm', 'k'], 'in order')
    t.strictSame(params('/a', '/a'), {})
  })

  t.test(`${name}: a prefix and a suffix do not overlap`, async t => {
    t.equal(at(['/a-:x-b', '/:rest'], '/a-b'), 1)
    t.equal(at(['/a-:x-b', '/:rest'], '/a--b'), 0)
  })

  t.test(`${name}: what was captured on a branch that leads nowhere is forgotten`, async t => {
    const found = matcherOf([
      { pattern: '/a/:x/:y/end' },
      { pattern: '/:p/b/:q/*rest' },
      { pattern: '/:only/*rest' },
    ])
    const captured = (path: string): unknown => {
      const one = found.find('GET', 'h', path)
      return typeof one === 'string' ? one : [one.route.index, { ...one.params }]
    }
    t.strictSame(captured('/a/b/c/no'), [1, { p: 'a', q: 'c', rest: ['no'] }])
    t.strictSame(captured('/a/c/d/e'), [2, { only: 'a', rest: ['c', 'd', 'e'] }])
    t.strictSame(captured('/a/b/c/end'), [0, { x: 'b', y: 'c' }])
  })

  t.test(
    `${name}: a glob takes what is left, and nothing too; one with a prefix needs a segment`,
    async t => {
      t.strictSame(params('/files/*path', '/files'), { path: [] })
      t.strictSame(params('/files/*path', '/files/a/b/c'), { path: ['a', 'b', 'c'] })
      t.strictSame(params('/*path', '/'), { path: [] })
      t.strictSame(params('/:a/*path', '/x/y'), { a: 'x', path: ['y'] })
      t.equal(params('/files/*path', '/filesystem/a'), 'none')
      t.equal(params('/files/x*path', '/files'), 'none')
      t.strictSame(params('/files/x*path', '/files/xa/b'), { path: ['xa', 'b'] })
      t.strictSame(params('/files/x*path', '/files/x'), { path: ['x'] })
      t.strictSame(params('/files/x*path', '/files/x/y'), { path: ['x', 'y'] })
    },
  )

  t.test(`${name}: a glob without a name captures nothing`, async t => {
    const glob = { kind: 'glob', name: '', prefix: '' } as const
    const literal = { kind: 'literal', text: 'm' } as const
    const matcher = make([{ method: '*', hosts: [], segments: [literal, glob], pattern: '/m/*_', index: 0 }])
    const found = matcher.find('PUT', 'h', '/m/a/b')
    if (typeof found === 'string') return t.fail(found)
    t.strictSame(
      Object.keys(found.params).filter(key => key !== '_'),
      [],
    )
  })

  t.test(`${name}: empty segments do not count, wherever they are`, async t => {
    for (const path of ['/a/7', '/a/7/', '//a/7', '/a//7', '/a///7//', 'a/7']) {
      t.strictSame(params('/a/:id', path), { id: '7' }, path)
      t.strictSame(params('/a/*rest', path), { rest: ['7'] }, path)
      t.equal(at(['/a/7', '/*rest'], path), 0, path)
    }
    for (const path of ['/', '//', '///', '']) t.equal(at(['/', '/*rest'], path), 0, JSON.stringify(path))
    t.strictSame(params('/:any', '*'), { any: '*' }, 'the target of OPTIONS *')
  })

  t.test(`${name}: each segment is decoded by itself, so that an encoded slash never splits one`, async t => {
    t.strictSame(params('/a b/:id', '/a%20b/x%2Fy'), { id: 'x/y' })
    t.strictSame(params('/:a/:b', '/%2F/b%2f'), { a: '/', b: 'b/' })
    t.strictSame(params('/*all', '/%C3%A9/a+b//c%00%2F/'), { all: ['é', 'a+b', 'c\0/'] })
    t.strictSame(params('/a:x.b', '/a%2F%2Eb'), { x: '/' })
    t.strictSame(params('/x*rest', '/x%2Fy/z%25'), { rest: ['x/y', 'z%'] })
    t.equal(at(['/a/b', '/:x'], '/a%2Fb'), 1)
    t.equal(at(['/a/*rest', '/:x'], '/a%2Fb'), 1)
    t.equal(at(['/a/:b', '/a/b/:c'], '/a/b%2Fc'), 0)
    t.equal(at(['/100%', '/:any'], '/100%25'), 0)
    t.equal(at(['/%2F', '/:any'], '/%252F'), 0)
  })

  t.test(`${name}: a path that is not percent-encoded UTF-8 is malformed, whatever the routes`, async t => {
    for (const path of ['/%', '/%zz', '/a/%ff', '/%C3', '/%c0%af', '/a%2', '/%ed%a0%80', '/a//%'])
      for (const patterns of [['/*all'], ['/a'], []]) t.equal(at(patterns, path), 'malformed', path)
  })

  t.test(`${name}: methods are told apart; '*' is any, in its place in the order`, async t => {
    const matcher = matcherOf([
      { method: 'GET', pattern: '/a' },
      { method: '*', pattern: '/:any' },
      { method: 'POST', pattern: '/a' },
      { method: 'POST', pattern: '/b/c' },
      { method: '*', pattern: '/b/:x' },
    ])
    const index = (method: string, path: string): number | string => {
      const found = matcher.find(method, 'h', path)
      return typeof found === 'string' ? found : found.route.index
    }
    t.equal(index('GET', '/a'), 0)
    t.equal(index('POST', '/a'), 1)
    t.equal(index('PUT', '/a'), 1)
    t.equal(index('POST', '/b/c'), 3)
    t.equal(index('GET', '/b/c'), 4)
    t.equal(index('PROPFIND', '/b/c'), 4)
    t.equal(index('PUT', '/x/y'), 'none')
    t.equal(index('*', '/a'), 1, 'a method of this name is one that no route names')
  })

  t.test(`${name}: hosts are exact, or prefixes that end in a dot`, async t => {
    const matcher = matcherOf([
      { pattern: '/x', hosts: ['api.'] },
      { pattern: '/x', hosts: ['a.test', 'b.test'] },
      { pattern: '/x' },
      { pattern: '/x', hosts: ['late.'] },
      { pattern: '/y/*rest', hosts: ['api.'] },
      { pattern: '/y/:id' },
    ])
    const index = (host: string, path = '/x'): number | string => {
      const found = matcher.find('GET', host, path)
      return typeof found === 'string' ? found : found.route.index
    }
    t.equal(index('api.example.com'), 0)
    t.equal(index('api'), 2)
    t.equal(index('b.test'), 1)
    t.equal(index('x.b.test'), 2)
    t.equal(index('late.test'), 2)
    t.equal(index('api.x', '/y/1'), 4)
    t.equal(index('x', '/y/1'), 5)
    t.equal(index('x', '/y/1/2'), 'none')
  })

  t.test(
    `${name}: a pattern must fit the whole text of its parameter, or later routes are tried`,
    async t => {
      const matcher = matcherOf([
        { pattern: '/posts/:id', shapes: { id: /\d+/ } },
        { pattern: '/posts/:id', shapes: { id: /[a-z]/i } },
        { pattern: '/posts/:slug' },
        { pattern: '/x:n.txt', shapes: { n: /a|ab/ } },
        { pattern: '/e:n', shapes: { n: /\d*/ } },
        { pattern: '/all/:n', shapes: { n: /.*/ } },
      ])
      const seen = (path: string): unknown => {
        const found = matcher.find('GET', 'h', path)
        return typeof found === 'string' ? found : [found.route.index, { ...found.params }]
      }
      t.strictSame(seen('/posts/77'), [0, { id: '77' }])
      t.strictSame(seen('/posts/%37/'), [0, { id: '7' }], 'as it is decoded')
      t.strictSame(seen('/posts/Q'), [1, { id: 'Q' }])
      t.strictSame(seen('/posts/7a'), [2, { slug: '7a' }])
      t.strictSame(seen('/posts/7%0A'), [2, { slug: '7\n' }], 'a line feed is text like another')
      t.strictSame(seen('/xab.txt'), [3, { n: 'ab' }], 'every alternative is tried')
      t.equal(seen('/xabc.txt'), 'none')
      t.strictSame(seen('/e'), [4, { n: '' }])
      t.equal(seen('/all/'), 'none', 'an empty segment is none, even for a pattern that fits nothing')
      t.strictSame(seen('/all/a%2Fb'), [5, { n: 'a/b' }])
    },
  )
}

contract('the trie', trie)
contract('trying in order', naive)

t.test('on any table and any path, the trie finds what trying the routes in order finds', async t => {
  let hits = 0
  fc.assert(
    fc.property(table, requests(12), (routes, asked) => {
      const all = numbered(routes)
      const [quick, slow] = [trie(all), naive(all)]
      for (const request of asked) {
        const answer = answerOf(slow, request)
        if (answerOf(quick, request) !== answer) return false
        if (answer.startsWith('[')) hits += 1
      }
      return true
    }),
    { numRuns: 3000 },
  )
  t.ok(hits > 5000, `${hits} of 36,000 requests found a route`)
})
