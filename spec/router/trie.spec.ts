import * as fc from 'fast-check'
import t from 'tap'
import { conn, run } from '../../lib/testing/index.js'
import { json, type Conn } from '../../lib/index.js'
import { router, scope } from '../../router/index.js'
import type { Matchable } from '../../router/matcher.js'
import { parsePattern } from '../../router/pattern.js'
import { trie } from '../../router/trie.js'
import { naive, type Declared } from './naive.js'

interface Numbered extends Matchable {
  readonly index: number
}

const matcherOf = (routes: readonly Declared[]) => {
  const matcher = trie<Numbered>()
  routes.forEach(({ method, pattern, hosts }, index) =>
    matcher.add({ method, hosts, segments: parsePattern(pattern, pattern), index }),
  )
  return matcher
}

// Few letters, so that patterns overlap and paths hit them.
const literal = fc.constantFrom('a', 'b', 'ab', 'abb')
const segment = fc.oneof(
  { weight: 3, arbitrary: literal },
  { weight: 2, arbitrary: fc.constantFrom(':', 'a:', ':.b', 'a.:.b') },
)
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.option(fc.constantFrom('*', 'a*', 'ab*')))
  .map(([segments, glob]) =>
    [...segments, ...(glob === null ? [] : [glob])].map((one, i) =>
      one.replace(/[:*]/, sign => `${sign}p${i}`),
    ),
  )
  .map(segments => `/${segments.join('/')}`)
const route: fc.Arbitrary<Declared> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', '*'),
  pattern,
  hosts: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constantFrom(['h.'], ['h.x'], ['h.x', 'k.']) },
  ),
})
const table = fc.array(route, { minLength: 1, maxLength: 25 })
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom('h.x', 'h.y', 'k.z', 'other'),
  path: fc.array(fc.oneof(literal, fc.constantFrom('c', 'ac', 'c.b', 'a.b', 'acb', '.b', 'ab.b')), {
    maxLength: 5,
  }),
})
const requests = fc.array(request, { minLength: 1, maxLength: 12 })

t.test('on any table and any path, the trie finds what trying the routes in order finds', async t => {
  fc.assert(
    fc.property(table, requests, (routes, requests) => {
      const matcher = matcherOf(routes)
      for (const { method, host, path } of requests)
        if (matcher.find(method, host, path)?.index !== naive(routes, method, host, path)?.index) return false
      return true
    }),
    { numRuns: 2000 },
  )
  t.pass('2,000 tables')
})

t.test('and so does a whole router, however the path is written, parameters included', async t => {
  const encoded = fc.infiniteStream(fc.nat(2))
  fc.assert(
    fc.property(table, requests, encoded, (routes, requests, ways) => {
      const app = router(
        ...routes.map(({ method, pattern, hosts }, index) =>
          scope({ path: '/', ...(hosts.length > 0 && { host: hosts }) }, ({ match }) => [
            match(method, pattern, (c: Conn) =>
              json({ index, params: c.params, same: c.params === c.pathParams })(c),
            ),
          ]),
        ),
      )
      for (const { method, host, path } of requests) {
        const written = path.map(text => {
          const way = ways.next().value as number
          return way === 0 ? text : way === 1 ? text.replace('a', '%61') : `/${text}`
        })
        const done = run(app)(conn(method, `http://${host}/${written.join('/')}`))
        const found = naive(routes, method, host, path)
        if (found === undefined) {
          if (done.status !== 404) return false
          continue
        }
        const seen = JSON.parse(String(done.respBody)) as { index: number; params: unknown }
        if (seen.index !== found.index || JSON.stringify(seen.params) !== JSON.stringify(found.params))
          return false
      }
      return true
    }),
    { numRuns: 500 },
  )
  t.pass('500 routers')
})

const indexFor = (patterns: readonly string[], path: string): number | undefined =>
  matcherOf(patterns.map(pattern => ({ method: 'GET', pattern, hosts: [] }))).find(
    'GET',
    'h',
    path.split('/').filter(Boolean),
  )?.index

t.test('the route that was declared first wins', async t => {
  t.equal(indexFor(['/users/new', '/users/:id'], '/users/new'), 0)
  t.equal(indexFor(['/users/:id', '/users/new'], '/users/new'), 0)
  t.equal(indexFor(['/users/:id/edit', '/users/*rest', '/users/7/show'], '/users/7/show'), 1)
  t.equal(indexFor(['/*rest', '/a'], '/a'), 0)
  t.equal(indexFor(['/v:n', '/:any'], '/v1'), 0)
  t.equal(indexFor(['/:any', '/v:n'], '/v1'), 0)
})

t.test('a prefix and a suffix do not overlap', async t => {
  t.equal(indexFor(['/a-:x-b', '/:rest'], '/a-b'), 1)
  t.equal(indexFor(['/a-:x-b', '/:rest'], '/a--b'), 0)
})

t.test('a glob takes what is left, and nothing too; one with a prefix needs a segment', async t => {
  t.equal(indexFor(['/files/*path'], '/files'), 0)
  t.equal(indexFor(['/files/*path'], '/files/a/b/c'), 0)
  t.equal(indexFor(['/files/x*path'], '/files'), undefined)
  t.equal(indexFor(['/files/x*path'], '/files/xa/b'), 0)
})

t.test('a path costs no more than the table has nodes, whatever it is', async t => {
  // Every choice of a literal or a parameter at ten places, and a path that fits all of them but for its end.
  const patterns = Array.from({ length: 1024 }, (_, bits) =>
    Array.from({ length: 10 }, (_, i) => ((bits >> i) & 1 ? `:p${i}` : 'a'))
      .concat('end')
      .join('/'),
  )
  const matcher = matcherOf(patterns.map(pattern => ({ method: 'GET', pattern: `/${pattern}`, hosts: [] })))
  let reads = 0
  const path = new Proxy([...Array<string>(10).fill('a'), 'x'], {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1
      return Reflect.get(target, key) as unknown
    },
  })
  t.equal(matcher.find('GET', 'h', path), undefined)
  t.ok(reads < 2 * 2048, `${reads} reads of segments for 2,047 nodes`)
})
