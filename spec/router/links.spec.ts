import * as fc from 'fast-check'
import t from 'tap'
import { text } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { links, router, scope, type Router } from '../../router/index.js'
import { app } from './links-router.js'
import { numbered, refusedOf, table } from './tables.js'

t.test('a router and handlers that import each other link both ways', async t => {
  t.equal(run(app)(conn('GET', '/posts')).respBody, 'Posts /posts/1')
  t.equal(run(app)(conn('GET', '/posts/a%2Fb')).respBody, '/posts/a%2Fb/files/a/b?page=2#top')
})

type Link = (...link: readonly unknown[]) => string
const link = links() as unknown as Link

t.test('a mistake throws a sentence that names the path and the parameter', async t => {
  const cases: readonly (readonly [args: readonly unknown[], message: string])[] = [
    [['/posts/:id'], 'path "/posts/:id": the parameter "id" must be a string'],
    [['/posts/:id', {}], 'path "/posts/:id": the parameter "id" must be a string'],
    [['/posts/:id', { id: '' }], 'path "/posts/:id": the parameter "id" must be a string'],
    [['/posts', { id: 1 }], 'path "/posts": it has no parameter "id"'],
    [['/f/*path', { path: 'a' }], 'path "/f/*path": the parameter "path" must be a list'],
    [['/posts', {}, 7], 'path: query must be an object, got 7'],
    [['/posts', {}, {}, 7], 'path: fragment must be a string, got 7'],
    [['posts'], 'links: the path must start with "/", got "posts"'],
    [['/posts/:'], 'links: after ":" comes a name'],
    [[undefined], 'links: the path must be a string, got undefined'],
  ]
  for (const [args, message] of cases) t.throws(() => link(...args), new TypeError(message), message)
  t.equal(link('/posts/:id', { id: 7 }), '/posts/7', 'again, the next time')
})

/** What a call comes to: what it returns, or the message of what it throws. */
const outcome = (call: () => string): string => {
  try {
    return call()
  } catch (thrown) {
    return String(thrown)
  }
}

t.test('for the patterns of any router, links makes what the router’s own path makes', async t => {
  const scalar = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<unknown>('a', 'ab', 'a/b', 'é %', 7, 7n, { id: 'x' }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('', '.', '..', undefined, null, ['a']) },
  )
  const list = fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.constantFrom<unknown>('a', 'ab/c', 1), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('a', [''], ['..'], undefined) },
  )
  const value = fc.record({ scalar, list })
  let made = 0
  fc.assert(
    fc.property(
      table,
      fc.array(value, { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      (declared, values, all) => {
        const plain = declared.map(({ method, pattern }) => ({ method, pattern, hosts: [] }))
        const refused = refusedOf(plain)
        const routes = plain.filter((_, i) => !refused.has(i))
        const app = router(
          scope('/', ({ match }) => routes.map(({ method, pattern }) => match(method, pattern, text('ok')))),
        ) as unknown as Router
        const path = app.path as unknown as Link
        return numbered(routes).every(({ pattern, segments }) => {
          const named = segments.flatMap((one, i): readonly (readonly [string, unknown])[] =>
            one.kind === 'literal' ? [] : [[one.name, values[i]?.[one.kind === 'glob' ? 'list' : 'scalar']]],
          )
          const params = Object.fromEntries(named.slice(all ? 0 : 1))
          const wanted = outcome(() => path(pattern, params))
          if (wanted.startsWith('/')) made += 1
          return outcome(() => link(pattern, params)) === wanted
        })
      },
    ),
    { numRuns: 500 },
  )
  t.ok(made > 100, `${made} paths`)
})
