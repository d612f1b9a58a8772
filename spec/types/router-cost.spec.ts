// What type checking an app of many routes costs: it grows with their number and no faster.
import t from 'tap'
import { checkingCost, compilers, type Compiler } from '../support/typescript.js'

/** An app of some hundred routes: handlers of every kind, ten to a scope, links to them among them. */
const appOf = (routes: number): string => {
  const scopes = Array.from(
    { length: routes / 10 },
    (
      _,
      i,
    ) => `    scope('/things${i}', ${i % 3 === 0 ? 'named, ' : ''}({ get, post, put, patch, delete: remove }) => [
      get('/', text('index')),
      get('/new', c => text(c.method)(c)),
      get('/:id', show),
      get('/:id/edit', c => text(c.params.id + c.assigns.site)(c)),
      post('/', c => redirect('/')(c)),
      put('/:id', show),
      patch('/:id/parts/:n', { n: int }, c => text(c.params.id + c.params.n.toFixed())(c)),
      remove('/:id', (c): Responded => redirect(app.path('/things${i}/:id/edit', { id: c.params.id }))(c)),
      get('/:id/comments/:commentId', c => text(c.params.id + c.params.commentId)(c)),
      get('/files/*path', c => text(c.params.path.join('/'))(c)),
    ]),`,
  )
  return `import { assign, pipeline, putRespHeader, redirect, text, type Conn, type Responded } from 'plugboard'
import { int, router, scope, type Handler } from 'plugboard/router'
const browser = pipeline(assign('site', 'x'), putRespHeader('x-frame-options', 'DENY'))
const named = pipeline(assign('name', 'y'), assign('count', 1))
const show: Handler<Conn, 'id'> = c => text(c.params.id)(c)
export const app = router(
  scope('/', browser, ({ scope }) => [
${scopes.join('\n')}
  ]),
)
`
}

t.test('checking 1,000 routes costs four times what 250 cost', async t => {
  for (const compiler of Object.keys(compilers) as Compiler[]) {
    const none = await checkingCost('routes-10', appOf(10), compiler)
    const some = await checkingCost('routes-250', appOf(250), compiler)
    const many = await checkingCost('routes-1000', appOf(1000), compiler)
    for (const { diagnostics } of [none, some, many])
      t.strictSame(diagnostics, [], `${compiler} finds no error`)
    const first = (some.instantiations - none.instantiations) / 240
    const later = (many.instantiations - some.instantiations) / 750
    const numbers = `${none.instantiations}, ${some.instantiations}, ${many.instantiations} instantiations`
    t.ok(later < first * 1.1, `${compiler}: a later route costs what an early one costs (${numbers})`)
    t.ok(later < 200, `${compiler}: ${Math.round(later)} instantiations a route`)
    t.comment(`${compiler}: 1,000 routes checked in ${many.checkTime} s`)
  }
})
