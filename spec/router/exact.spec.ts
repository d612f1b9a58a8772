import t from 'tap'
import { exactRoutes } from '../../router/exact.js'
import type { Matchable } from '../../router/matcher.js'
import { parsePattern } from '../../router/pattern.js'
import { trie } from '../../router/trie.js'

interface Named extends Matchable {
  readonly name: string
}
const exactOf = (
  ...declared: readonly (readonly [method: string, pattern: string, hosts?: readonly string[]])[]
) => {
  const routes = declared.map(([method, pattern, hosts = []], i): Named => ({
    method,
    hosts,
    segments: parsePattern(pattern, pattern),
    name: `${i}`,
  }))
  const matcher = trie<Named>()
  for (const route of routes) matcher.add(route)
  const exact = exactRoutes(routes, matcher, route => route.segments.every(({ kind }) => kind === 'literal'))
  return (method: string, path: string): string | undefined => exact.get(method)?.get(path)?.name
}

t.test('a path of literals is known beforehand, under the text it is sent as', async t => {
  const find = exactOf(['GET', '/'], ['GET', '/users/new'], ['POST', '/users'])
  t.equal(find('GET', '/'), '0')
  t.equal(find('GET', '/users/new'), '1')
  t.equal(find('POST', '/users'), '2')
  t.equal(find('GET', '/users'), undefined)
  t.equal(find('PUT', '/'), undefined)
})

t.test('not so one that an earlier route with parameters takes', async t => {
  const find = exactOf(['GET', '/users/:id'], ['GET', '/users/new'], ['POST', '/users/new'])
  t.equal(find('GET', '/users/new'), undefined)
  t.equal(find('POST', '/users/new'), '2')
})

t.test('nor one whose answer depends on the host', async t => {
  const find = exactOf(
    ['GET', '/a', ['api.']],
    ['GET', '/a'],
    ['GET', '/b'],
    ['GET', '/b', ['api.']],
    ['GET', '/c', ['api.']],
  )
  t.equal(find('GET', '/a'), undefined)
  t.equal(find('GET', '/b'), '2', 'the host of a later route makes no difference')
  t.equal(find('GET', '/c'), undefined)
})

t.test('nor a literal with a percent sign, which is sent encoded', async t => {
  t.equal(exactOf(['GET', '/100%'])('GET', '/100%'), undefined)
})

t.test('a route for any method answers for every method that the table names', async t => {
  const find = exactOf(['*', '/any'], ['POST', '/other'])
  t.equal(find('POST', '/any'), '0')
  t.equal(find('*', '/any'), undefined)
})
