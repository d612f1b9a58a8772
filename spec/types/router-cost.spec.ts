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

/** Routes of one list, among them one that links to the last. */
const flatOf = (routes: number, last = ''): string => `import { text, type Responded } from 'plugboard'
import { router, scope } from 'plugboard/router'
export const app = router(
  scope('/', ({ get }) => [
${Array.from({ length: routes }, (_, i) => `    get('/r${i}/:id', c => text(c.params.id)(c)),`).join('\n')}
    get('/', (c): Responded => text(app.path('/r${routes - 1}/:id', { id: 1 }))(c)),
  ]),
)
${last}`

const each = async (check: (compiler: Compiler) => Promise<void>): Promise<void> => {
  for (const compiler of Object.keys(compilers) as Compiler[]) await check(compiler)
}

t.test('checking 1,000 routes costs four times what 250 cost', async t => {
  await each(async compiler => {
    const none = await checkingCost('routes-10', appOf(10), compiler)
    const some = await checkingCost('routes-250', appOf(250), compiler)
    const many = await checkingCost('routes-1000', appOf(1000), compiler)
    for (const { diagnostics } of [none, some, many])
      t.strictSame(diagnostics, [], `${compiler} finds no error`)
    const first = (some.instantiations - none.instantiations) / 240
    const later = (many.instantiations - some.instantiations) / 750
    const numbers = `${none.instantiations}, ${some.instantiations}, ${many.instantiations} instantiations`
    t.ok(later < first * 1.1, `${compiler}: a later route costs what an early one costs (${numbers})`)
    t.ok(later < 450, `${compiler}: ${Math.round(later)} instantiations a route`)
    t.comment(`${compiler}: 1,000 routes checked in ${many.checkTime} s`)
  })
})

t.test('so do routes of one list, and the nearest path is looked for only where one is wrong', async t => {
  await each(async compiler => {
    const some = await checkingCost('list-500', flatOf(500), compiler)
    const many = await checkingCost('list-2000', flatOf(2000), compiler)
    for (const { diagnostics } of [some, many]) t.strictSame(diagnostics, [], `${compiler} finds no error`)
    const later = (many.instantiations - some.instantiations) / 1500
    t.ok(later < 450, `${compiler}: ${Math.round(later)} instantiations a route`)
    // What is no instantiation, such as reading the names of a mapped type, may grow with the square all the same.
    t.ok(
      many.checkTime < 8 * some.checkTime + 1,
      `${compiler}: ${some.checkTime} s for 500, ${many.checkTime} s for 2,000`,
    )
    const wrong = await checkingCost(
      'nearest',
      flatOf(2000, `app.path('/r1999/:slug', { slug: 1 })`),
      compiler,
    )
    t.match(
      wrong.diagnostics[0]?.lines[0],
      `no route has the path '/r1999/:slug': did you mean '/r1999/:id'?`,
    )
    const cost = wrong.instantiations - many.instantiations
    t.ok(cost < 40_000, `${compiler}: ${cost} instantiations for one wrong path among 2,000`)
  })
})

const resourcesOf = (nested: boolean): string => `import { text } from 'plugboard'
import { router, scope } from 'plugboard/router'
const actions = { index: text('x'), show: text('x'), create: text('x') }
export const app = router(
  scope('/', ({ resources }) => [
    ${nested ? `resources('/a', actions, {}, ({ resources }) => [resources('/b', actions)])` : `resources('/a', actions), resources('/b', actions)`},
  ]),
)
`

t.test('nested resources cost about what flat ones do', async t => {
  await each(async compiler => {
    const flat = await checkingCost('resources-flat', resourcesOf(false), compiler)
    const nested = await checkingCost('resources-nested', resourcesOf(true), compiler)
    for (const { diagnostics } of [flat, nested]) t.strictSame(diagnostics, [], `${compiler} finds no error`)
    const more = nested.instantiations - flat.instantiations
    t.ok(more < 20_000, `${compiler}: ${more} instantiations more`)
  })
})
