// What the trie costs: nodes looked at, for tables and paths made to cost much.
import * as fc from 'fast-check'
import t from 'tap'
import type { Matcher } from '../../router/matcher.js'
import { trie, type Counter } from '../../router/trie.js'
import type { Declared } from './naive.js'
import { numbered, requests, table, type Numbered } from './tables.js'

const counted = (routes: readonly Declared[]) => {
  const counter: Counter = { nodes: 0, steps: 0 }
  const matcher: Matcher<Numbered> = trie(numbered(routes), counter)
  return {
    nodes: counter.nodes,
    /** How many nodes are looked at for a path, and what it finds. */
    find: (path: string, method = 'GET', host = 'h') => {
      counter.steps = 0
      const found = matcher.find(method, host, path)
      return { steps: counter.steps, index: typeof found === 'string' ? found : found.route.index }
    },
  }
}
const get = (pattern: string, shapes: Declared['shapes'] = {}): Declared => ({
  method: 'GET',
  pattern,
  hosts: [],
  shapes,
})

/** Every choice between ways to write a segment, so many segments deep, with an end behind. */
const allOf = (ways: readonly string[], depth: number, end = '/end'): readonly Declared[] =>
  Array.from({ length: ways.length ** depth }, (_, n) =>
    get(
      `${Array.from({ length: depth }, (_, i) => {
        const way = ways[Math.floor(n / ways.length ** i) % ways.length] as string
        return `/${way.replace(':', `:p${i}`)}`
      }).join('')}${end}`,
    ),
  )

t.test('a literal or a parameter at each of ten places: a path that fits all and then none', async t => {
  const { nodes, find } = counted(allOf(['a', ':'], 10))
  const path = '/a'.repeat(10)
  const { steps, index } = find(`${path}/x`)
  t.equal(index, 'none')
  t.ok(steps <= nodes, `${steps} steps of ${nodes} nodes`)
  t.ok(nodes < 6 * 1024, 'the table has no more nodes than its routes need')
  t.equal(find(`${path}/end`).index, 0)
})

t.test('prefixes, suffixes, patterns and globs that all fit', async t => {
  const routes = [
    ...allOf(['a', ':', 'a:', ':a'], 5),
    ...allOf(['a', ':'], 5, '/*rest').map(route => ({ ...route, hosts: ['other'] })),
    ...Array.from({ length: 50 }, (_, i) => get('/:a/:b/:c/:d/:e/no', { c: new RegExp(`a{1,${i + 1}}`) })),
  ]
  const { nodes, find } = counted(routes)
  for (const path of [
    '/a/a/a/a/a/x',
    '/a/a/a/a/a',
    '/aa/aa/aa/aa/aa/x',
    '/a%2Fa/aa/a/a/aa/x',
    '//a//a/a/a/a/no/',
  ]) {
    const { steps } = find(path)
    t.ok(steps <= nodes, `${path}: ${steps} steps of ${nodes} nodes`)
  }
})

t.test('/a/:b/a/:c… beside literals: a walk that goes back would double with each segment', async t => {
  const depth = 30
  const path = '/a'.repeat(depth)
  const routes = [
    get(
      `${'/a/:x'.repeat(depth / 2).replace(
        /:x/g,
        (() => {
          let i = 0
          return () => `:p${i++}`
        })(),
      )}/end`,
    ),
    ...Array.from({ length: depth }, (_, i) =>
      get(`${'/a'.repeat(i)}/:p${i}${'/a'.repeat(depth - 1 - i)}/end`),
    ),
    get(`${path}/*rest`),
  ]
  const { nodes, find } = counted(routes)
  const missed = find(`${path.slice(0, -1)}b/x`)
  t.equal(missed.index, 'none')
  t.ok(missed.steps <= nodes, `${missed.steps} steps of ${nodes} nodes`)
  t.equal(find(`${path}/x`).index, routes.length - 1)
})

t.test('however long a path is, the steps are those of the table', async t => {
  const { find } = counted([get('/a/:x/:y'), get('/:x/a/*rest'), get('/a/a/b'), get('/:x')])
  const short = find(`${'/a'.repeat(10)}`).steps
  for (const count of [100, 1000, 10_000]) {
    t.equal(find('/a'.repeat(count)).steps, short, `${count} segments`)
    t.ok(find(`/${'a'.repeat(count)}`).steps <= short, `a segment of ${count}`)
    t.ok(find('/'.repeat(count)).steps <= short, `${count} slashes`)
  }
})

t.test('a table of every size costs one path of literals the same', async t => {
  const stepsAt = (size: number): number =>
    counted(Array.from({ length: size }, (_, i) => get(`/r${i}/x/:id`))).find('/r7/x/1').steps
  t.equal(stepsAt(10), 5)
  t.ok(stepsAt(1000) <= 6)
})

t.test('on any table and any path, no node is looked at twice', async t => {
  fc.assert(
    fc.property(table, requests(12), (routes, asked) => {
      const { nodes, find } = counted(routes)
      return asked.every(({ path, method, host }) => find(path, method, host).steps <= nodes)
    }),
    { numRuns: 1000 },
  )
  t.pass('1,000 tables')
})
