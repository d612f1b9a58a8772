// What can never run is refused when the app starts, and nothing else is: held against the naive matcher, from both sides.
import * as fc from 'fast-check'
import t from 'tap'
import { assign, text } from '../../lib/index.js'
import { int, router, scope, type Codec } from '../../router/index.js'
import type { Matchable } from '../../router/matcher.js'
import { parsePattern, shapeOf, type Segment } from '../../router/pattern.js'
import { covers } from '../../router/unreachable.js'
import { naive, type Declared } from './naive.js'
import { numbered, refusedOf, requests, table, type Numbered } from './tables.js'

const isCovered = (wide: Declared, narrow: Declared): boolean => {
  const [one, other] = numbered([wide, narrow]) as [Numbered, Numbered]
  return covers(one, other)
}
/** The place of the route that is found by trying one after the other; undefined for none. */
const finder = (routes: readonly Declared[]) => {
  const matcher = naive(numbered(routes))
  return (method: string, host: string, path: readonly string[]): number | undefined => {
    const found = matcher.find(method, host, `/${path.map(encodeURIComponent).join('/')}`)
    return typeof found === 'string' ? undefined : found.route.index
  }
}

// --- laws

// Few letters, so that patterns overlap; prefixes and suffixes that are parts of each other.
const literal = fc.constantFrom('a', 'b', 'ab', 'ba', 'aba')
const segment = fc.oneof(
  { weight: 2, arbitrary: literal },
  { weight: 3, arbitrary: fc.constantFrom(':', ':', 'a:', 'ab:', ':a', ':ba', 'a:a', 'ab:a') },
)
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.option(fc.constantFrom('*', '*', 'a*', 'ab*')))
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
    {
      weight: 2,
      arbitrary: fc.constantFrom(['h.'], ['h.x'], ['h.x.'], ['h.x', 'k.'], ['k.', 'h.'], ['k.z']),
    },
  ),
})
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom('h.x', 'h.x.y', 'h.y', 'k.z', 'other'),
  path: fc.array(fc.oneof(literal, fc.constantFrom('c', 'ac', 'ca', 'aca', 'abca', 'cba')), { maxLength: 4 }),
})

t.test('a route that is refused is the answer to no request', async t => {
  fc.assert(
    fc.property(
      fc.array(route, { minLength: 2, maxLength: 15 }),
      fc.array(request, { minLength: 1, maxLength: 40 }),
      (routes, requests) => {
        const refused = refusedOf(routes)
        const find = finder(routes)
        return requests.every(({ method, host, path }) => {
          const found = find(method, host, path)
          return found === undefined || !refused.has(found)
        })
      },
    ),
    { numRuns: 3000 },
  )
  t.pass('3,000 tables')
})

t.test('nor is one among routes whose parameters must look like something', async t => {
  const seen = { refused: 0 }
  fc.assert(
    fc.property(table, requests(30), (routes, asked) => {
      const refused = refusedOf(routes)
      seen.refused += refused.size
      const matcher = naive(numbered(routes))
      return asked.every(({ method, host, path }) => {
        const found = matcher.find(method, host, path)
        return typeof found === 'string' || !refused.has(found.route.index)
      })
    }),
    { numRuns: 2000 },
  )
  t.ok(seen.refused > 500, `${seen.refused} refused`)
})

/** A request of a route that no other route takes unless it takes all of this one's: its free parts are no one's text. */
const witnesses = ({ method, hosts, pattern }: Declared) => {
  const paths = parsePattern(pattern, pattern).reduce<readonly (readonly string[])[]>(
    (paths, segment) =>
      paths.flatMap(path => {
        if (segment.kind === 'literal') return [[...path, segment.text]]
        if (segment.kind === 'param') {
          const { prefix, suffix } = segment
          return [`${prefix}ξ${suffix}`, ...(prefix + suffix === '' ? [] : [prefix + suffix])].map(text => [
            ...path,
            text,
          ])
        }
        const { prefix } = segment
        const some = [
          [...path, `${prefix}ξ`],
          [...path, `${prefix}ξ`, 'ξ', 'ξ', 'ξ', 'ξ'],
        ]
        return prefix === '' ? [path, ...some] : [...some, [...path, prefix]]
      }),
    [[]],
  )
  const names = hosts.length === 0 ? ['ξ'] : hosts.map(host => (host.endsWith('.') ? `${host}ξ` : host))
  return paths.flatMap(path => names.map(host => ({ method: method === '*' ? 'BREW' : method, host, path })))
}

t.test('a route all of whose requests another takes is covered by it, and no other is', async t => {
  const seen = { covered: 0, free: 0 }
  fc.assert(
    fc.property(route, route, (wide, narrow) => {
      const all = witnesses(narrow).every(({ method, host, path }) => {
        if (finder([narrow])(method, host, path) === undefined)
          throw new Error('it is no request of the route')
        return finder([wide])(method, host, path) !== undefined
      })
      seen[all ? 'covered' : 'free'] += 1
      return isCovered(wide, narrow) === all
    }),
    { numRuns: 20_000 },
  )
  t.ok(seen.covered > 500 && seen.free > 500, JSON.stringify(seen))
})

t.test('a pattern covers itself, and texts that fit it: what else it takes is not known', async t => {
  const param = (pattern: RegExp | undefined, prefix = ''): Segment => ({
    kind: 'param',
    name: 'id',
    prefix,
    suffix: '',
    ...(pattern && { shape: shapeOf(pattern, 'id', 'a route') }),
  })
  const route = (...segments: readonly Segment[]): Matchable => ({ method: 'GET', hosts: [], segments })
  const digits = route(param(/\d+/))
  t.ok(covers(digits, route(param(/\d+/))), 'the same source and flags')
  t.notOk(covers(digits, route(param(/\d+/i))))
  t.notOk(covers(digits, route(param(/\d/))))
  t.notOk(covers(digits, route(param(undefined))))
  t.ok(covers(digits, route({ kind: 'literal', text: '7' })))
  t.notOk(covers(digits, route({ kind: 'literal', text: '7a' })))
  t.ok(covers(route(param(/\d+/, 'v')), route({ kind: 'literal', text: 'v7' })))
  t.notOk(covers(digits, route(param(/\d+/, 'v'))), 'around another part of the text')
  t.ok(covers(route(param(undefined)), digits), 'while a plain parameter covers all of them')
  t.ok(covers(route({ kind: 'glob', name: 'all', prefix: '' }), digits))
})

// --- messages

const ok = text('ok')
const here = String.raw`\((?:file:\/\/)?\/\S+unreachable\.spec\.[jt]s:\d+\)`
/** A message in which `@` stands for a place of this file. */
const saying = (message: string) => ({
  name: 'TypeError',
  message: new RegExp(
    `^${message.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('@', () => here)}$`,
  ),
})

t.test('a route behind one that takes all its requests is refused, with both places', async t => {
  const cases: readonly (readonly [message: string, declaration: () => unknown])[] = [
    [
      'GET /posts/new @: GET /posts/:id @ is declared before it and takes all its requests: declare it before that, or leave it out',
      () => router(scope('/posts', ({ get }) => [get('/:id', ok), get('/new', ok)])),
    ],
    [
      'GET /a/:x/c @: * /a/*rest @ is declared before it and takes all its requests: declare it before that, or leave it out',
      () => router(scope('/a', ({ get, match }) => [match('*', '/*rest', ok), get('/:x/c', ok)])),
    ],
    [
      'GET /v2:x @: GET /v:n @ is declared before it and takes all its requests: declare it before that, or leave it out',
      () => router(scope('/', ({ get }) => [get('/v:n', ok), get('/v2:x', ok)])),
    ],
    [
      'GET /x for api.v1. @: GET /x for api., x.test @ is declared before it and takes all its requests: declare it before that, or leave it out',
      () =>
        router(
          scope({ path: '/', host: ['api.', 'x.test'] }, ({ get }) => [get('/x', ok)]),
          scope({ path: '/', host: 'api.v1.' }, ({ get }) => [get('/x', ok)]),
        ),
    ],
    [
      'GET /n/:id @: it is declared twice, for GET /n/:number @ takes the very same requests: leave one of them out',
      () =>
        router(scope('/n', ({ get }) => [get('/:number', { number: int }, ok), get('/:id' as string, ok)])),
    ],
    [
      'GET /about @: it is declared twice, for GET /about @ takes the very same requests: leave one of them out',
      () => router(scope('/', ({ get }) => [get('/about', ok), get('/about/' as string, ok)])),
    ],
    [
      'PUT /posts/:id @: it is declared twice, for PUT /posts/:id @ takes the very same requests: leave one of them out',
      () =>
        router(
          scope('/', ({ put, resources }) => [
            resources('/posts', { update: ok }),
            put('/posts/:id' as string, ok),
          ]),
        ),
    ],
    [
      'GET /admin/x @: forward /admin @ is declared before it and takes every request under its path: declare it before that',
      () => router(scope('/admin', ({ get, forward }) => [forward('/', ok), get('/x', ok)])),
    ],
    [
      'forward /admin/x @: forward /admin @ is declared before it and takes every request under its path: declare it before that',
      () => router(scope('/', ({ forward }) => [forward('/admin', ok), forward('/admin/x', ok)])),
    ],
    [
      'forward /admin @: * /*all @ is declared before it and takes all its requests: declare it before that, or leave it out',
      () => router(scope('/', ({ match, forward }) => [match('*', '/*all', ok), forward('/admin', ok)])),
    ],
    [
      'fallback in /a @: it can never run, for the fallback in /a @ answers first: leave one of them out',
      () => router(scope('/a', ({ fallback }) => [fallback(ok), fallback(ok)])),
    ],
    [
      'fallback in /a/b for h. @: it can never run, for the fallback in /a/:x @ answers first: leave one of them out',
      () =>
        router(
          scope('/a/:x', ({ fallback }) => [fallback(ok)]),
          scope({ path: '/a/b', host: 'h.' }, ({ fallback }) => [fallback(ok)]),
        ),
    ],
    [
      'fallback in /a/:n @: it can never run, for the fallback in /a/:n @ answers first: leave one of them out',
      () =>
        router(scope({ path: '/a/:n', params: { n: int } }, ({ fallback }) => [fallback(ok), fallback(ok)])),
    ],
  ]
  for (const [message, declaration] of cases) t.throws(declaration, saying(message), message)
})

t.test('what can answer a request stands', async t => {
  const codec: Codec<string> = { decode: int.decode as unknown as Codec<string>['decode'] }
  const tables: readonly (readonly [why: string, declaration: () => unknown])[] = [
    ['a literal before a parameter', () => scope('/', ({ get }) => [get('/new', ok), get('/:id', ok)])],
    ['another method', () => scope('/', ({ get, post }) => [get('/x', ok), post('/x', ok)])],
    ['any method behind one', () => scope('/', ({ get, match }) => [get('/x', ok), match('*', '/x', ok)])],
    [
      'a host behind another, and any host behind both',
      () =>
        scope('/', ({ get, scope }) => [
          scope({ path: '/', host: 'a.' }, ({ get }) => [get('/x', ok)]),
          scope({ path: '/', host: ['a.', 'b.'] }, ({ get }) => [get('/x', ok)]),
          get('/x', ok),
        ]),
    ],
    ['a glob behind a parameter', () => scope('/', ({ get }) => [get('/:id', ok), get('/*rest', ok)])],
    ['a path behind a glob with a prefix', () => scope('/', ({ get }) => [get('/a*x', ok), get('/', ok)])],
    [
      'a route before the mount',
      () => scope('/', ({ get, forward }) => [get('/a/x', ok), forward('/a', ok)]),
    ],
    [
      'fallbacks of other paths and hosts',
      () =>
        scope('/', ({ scope, fallback }) => [
          fallback(ok),
          scope('/a', ({ fallback }) => [fallback(ok)]),
          scope('/a/b', ({ fallback }) => [fallback(ok)]),
          scope({ path: '/b', host: 'h.' }, ({ fallback }) => [fallback(ok)]),
          scope('/b', ({ fallback }) => [fallback(ok)]),
        ]),
    ],
    [
      'a fallback behind one whose codec may refuse',
      () =>
        scope('/', ({ scope }) => [
          scope({ path: '/u/:n', params: { n: int } }, ({ fallback }) => [fallback(ok)]),
          scope({ path: '/u/:n', params: { n: codec } }, ({ fallback }) => [fallback(ok)]),
          scope({ path: '/u/:m', params: { m: int } }, ({ fallback }) => [fallback(ok)]),
          scope({ path: '/u/v:n', params: { n: int } }, ({ fallback }) => [fallback(ok)]),
          scope('/u/:n', ({ fallback }) => [fallback(ok)]),
        ]),
    ],
    ['a scope without routes', () => scope('/', assign('a', 1), () => [])],
  ]
  for (const [why, declaration] of tables) t.doesNotThrow(() => router(declaration() as never), why)
})
