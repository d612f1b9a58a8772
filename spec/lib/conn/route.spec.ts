import t from 'tap'
import { pipe, putBodyParams, putPathParams, putQueryParams, putRoute } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'

const route = Object.freeze({ method: 'GET', pattern: '/posts/:id', metadata: {} })

t.test('a route is put with its parameters, decoded ones over the query and the body', async t => {
  const first = pipe(
    conn('POST', '/posts/7'),
    putQueryParams({ id: 'q', page: '2' }),
    putBodyParams({ id: 'b', a: 1 }),
  )
  const c = putRoute(route, { id: '7' }, { id: 7 })(first)
  t.equal(c.route, route)
  t.strictSame({ ...c.pathParams }, { id: '7' })
  t.strictSame({ ...c.params }, { id: 7, page: '2', a: 1 })
  t.strictSame({ ...putRoute(route, { id: '7' })(first).params }, { id: '7', page: '2', a: 1 }, 'as strings')
  t.equal(first.route, undefined, 'the conn before is as it was')
})

t.test('without parameters those that are there stay', async t => {
  const first = putQueryParams({ page: '2' })(conn('GET', '/'))
  const c = putRoute(route)(first)
  t.strictSame({ ...c.params }, { page: '2' })
  t.strictSame({ ...c.pathParams }, {})
  t.equal(putRoute(route)(conn('GET', '/')).route, route)
})

t.test('what a client calls its parameters changes nothing', async t => {
  const query = Object.defineProperty(Object.create(null) as Record<string, string>, '__proto__', {
    value: 'x',
    enumerable: true,
  })
  const c = pipe(conn('GET', '/posts/7'), putQueryParams(query), putRoute(route, { id: '7' }))
  t.strictSame(Object.entries(c.params), [
    ['__proto__', 'x'],
    ['id', '7'],
  ])
  t.equal(Object.getPrototypeOf(c.params), null)
})

t.test('path parameters can be put without a route', async t => {
  const c = pipe(conn('GET', '/de/x'), putQueryParams({ page: '2' }), putPathParams({ locale: 'de' }))
  t.equal(c.route, undefined)
  t.strictSame({ ...c.pathParams }, { locale: 'de' })
  t.strictSame({ ...c.params }, { page: '2', locale: 'de' })
  t.strictSame({ ...putPathParams({ n: '7' }, { n: 7 })(conn('GET', '/')).params }, { n: 7 })
})
