// The rule `annotate-linking-functions`, by oxlint and by ESLint.
import t, { type Test } from 'tap'
import { saidBy } from '../../support/linters.js'

const lint = (t: Test, sources: readonly string[]) => saidBy(t, 'annotate-linking-functions', sources)

const imported =
  "import { get, post, resources, pipeline, redirect, app, type Handler, type Plug } from './web.js'\n"
const bound = "const app = router(scope('/', ({ get }) => [get('/', text('x'))]))\n"

t.test('a function that links to a route writes its return type', async t => {
  const bad = [
    "get('/a', c => redirect(app.path('/b'))(c))",
    "routes.post('/a', c => redirect(app.path('/b'))(c))",
    "get('/a', { id: int }, c => redirect(app.path('/b/:id', { id: c.params.id }))(c))",
    "get('/a', function (c) { return redirect(app.path('/b'))(c) })",
    "get('/a', c => pipe(c, d => redirect(app.path('/b'))(d)))",
    "get('/a', pipeline(x, c => redirect(app.path('/b'))(c)))",
    "get('/a', c => html`<a href=${app.path('/b')}>`)",
    "get('/a', c => redirect(app.url(c, '/b'))(c))",
    "resources('/a', { index: c => redirect(app.path('/b'))(c) })",
    "export const show = c => redirect(app.path('/b'))(c)",
    'export const show = (c: Conn) => { return redirect(app.path(`/b`))(c) }',
    "export function show(c) { return redirect(app.path('/b'))(c) }",
    "export const snippets = { show: c => redirect(app.path('/b'))(c) } satisfies Actions",
    "export const signedIn = pipeline(fetchSession, c => redirect(app.path('/b'))(c))",
  ]
  const good = [
    "get('/a', (c): Responded => redirect(app.path('/b'))(c))",
    "get('/a', { id: int }, (c): Responded | Halted => redirect(app.path('/b'))(c))",
    "get('/a', c => pipe(c, (d): Responded => redirect(app.path('/b'))(d)))",
    "resources('/a', { index: (c): Responded => redirect(app.path('/b'))(c) })",
    "export const show: Handler<Browser, 'id'> = c => redirect(app.path('/b'))(c)",
    "export const guard: Plug<Browser> = pipeline(x, c => redirect(app.path('/b'))(c))",
    'export const guard = <C extends Conn>(c: C): C | Halted => redirect(app.path("/b"))(c)',
    "export function show(c): Responded { return redirect(app.path('/b'))(c) }",
    "get('/a', c => redirect('/b')(c))",
    "test('links', t => { t.equal(app.path('/b'), '/b') })",
    "export const link = app.path('/b')",
    "get('/a', c => text(c.path('/b'))(c))",
    "get('/a', c => text(file.path('b'))(c))",
  ]
  for (const [head, name] of [
    [imported, 'imported'],
    [bound, 'bound to router(…)'],
  ] as const) {
    const said = await lint(
      t,
      [...bad, ...good].map(text => head + text),
    )
    bad.forEach((text, i) => {
      t.equal(said[i]?.length, 1, `${text} (${name})`)
      t.match(said[i]?.[0], /TS7022.*Responded/, 'and the annotation is named')
    })
    good.forEach((text, i) => t.strictSame(said[bad.length + i], [], `${text} (${name})`))
  }
  const [handler, declared] = await lint(t, [imported + bad[0], imported + bad[9]])
  t.match(handler, [/annotate the handler: \(conn\): Responded =>/])
  t.match(declared, [/C \| Halted for a plug, or give the const the type Handler<…> or Plug<…>/])
})

t.test('what only looks like a link to a route is let be', async t => {
  const said = await lint(t, [
    "export const show = (app, c) => redirect(app.path('/b'))(c)",
    "const app = makeApp()\nexport const show = c => redirect(app.path('/b'))(c)",
    "import { app } from './web.js'\nexport const show = c => app.paths('/b')(c)",
    "import { app } from './web.js'\nexport const show = c => app['path']('/b')(c)",
    "export const show = c => make().path('/b')(c)",
  ])
  t.strictSame(said, [[], [], [], [], []])
})
