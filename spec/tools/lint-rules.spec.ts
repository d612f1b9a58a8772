// The project's two lint rules (tools/lint-rules.js), run by the linter itself over small files.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { node, root } from '../support/command.js'

const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')

/** What the two rules say about each text, as "rule: message", in the order of the lines. */
const lint = async (
  texts: readonly string[],
  plugin = join(root, 'tools/lint-rules.js'),
): Promise<readonly (readonly string[])[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-lint-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules/plugboard'), 'junction')
    texts.forEach((text, i) => writeFileSync(join(folder, `${i}.ts`), text))
    const config = {
      jsPlugins: [plugin],
      categories: { correctness: 'off' },
      rules: { 'plugboard/no-fp-ts-folder-import': 'error', 'plugboard/annotate-linking-functions': 'error' },
    }
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const { stdout, stderr } = await node(
      [oxlint, '-c', 'config.json', '-f', 'json', ...texts.map((_, i) => `${i}.ts`)],
      { cwd: folder },
    )
    const report = JSON.parse(
      stdout || `{"diagnostics":[{"filename":"0.ts","message":${JSON.stringify(stderr)}}]}`,
    ) as {
      readonly diagnostics: readonly {
        readonly filename: string
        readonly code?: string
        readonly message: string
      }[]
    }
    return texts.map((_, i) =>
      report.diagnostics
        .filter(
          ({ filename }) => filename.endsWith(`${i}.ts`) && filename.replace(/^.*[/\\]/, '') === `${i}.ts`,
        )
        .map(({ code = '', message }) => `${code}: ${message}`),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

t.test('fp-ts and io-ts are imported by file', async t => {
  const bad = [
    ["import { pipe } from 'fp-ts/function'", 'fp-ts/lib/function.js'],
    ["import { pipe } from 'fp-ts/lib/function'", 'fp-ts/lib/function.js'],
    ["import { pipe } from 'fp-ts/es6/function'", 'fp-ts/lib/function.js'],
    ["import { pipe } from 'fp-ts/es6/function.js'", 'fp-ts/lib/function.js'],
    ["import type { Either } from 'fp-ts/Either'", 'fp-ts/lib/Either.js'],
    ["import * as E from 'fp-ts/Either'", 'fp-ts/lib/Either.js'],
    ["import { PathReporter } from 'io-ts/PathReporter'", 'io-ts/lib/PathReporter.js'],
    ["export { pipe } from 'fp-ts/function'", 'fp-ts/lib/function.js'],
    ["export * from 'fp-ts/function'", 'fp-ts/lib/function.js'],
    ["export const load = () => import('fp-ts/function')", 'fp-ts/lib/function.js'],
    ["export type E = import('fp-ts/Either').Either<1, 2>", 'fp-ts/lib/Either.js'],
  ] as const
  const said = await lint(bad.map(([text]) => text))
  bad.forEach(([text, working], i) => {
    t.equal(said[i]?.length, 1, text)
    t.match(said[i]?.[0], 'no-fp-ts-folder-import', 'by its rule')
    t.match(said[i]?.[0], `write '${working}'`, 'and names the form that works')
  })
  const good = [
    "import { pipe } from 'fp-ts/lib/function.js'",
    "import { pipe } from 'plugboard'",
    "import * as t from 'io-ts'",
    "import { PathReporter } from 'io-ts/lib/PathReporter.js'",
    "export const text = 'fp-ts/function'",
  ]
  t.strictSame(
    await lint(good),
    good.map(() => []),
    'the rest is let be',
  )
})

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
    const said = await lint([...bad, ...good].map(text => head + text))
    bad.forEach((text, i) => {
      t.equal(said[i]?.length, 1, `${text} (${name})`)
      t.match(said[i]?.[0], /annotate-linking-functions.*TS7022.*Responded/, 'and the annotation is named')
    })
    good.forEach((text, i) => t.strictSame(said[bad.length + i], [], `${text} (${name})`))
  }
  const [handler, declared] = await lint([imported + bad[0], imported + bad[9]])
  t.match(handler, [/annotate the handler: \(conn\): Responded =>/])
  t.match(declared, [/C \| Halted for a plug, or give the const the type Handler<…> or Plug<…>/])
})

t.test('what only looks like a link to a route is let be', async t => {
  const said = await lint([
    "export const show = (app, c) => redirect(app.path('/b'))(c)",
    "const app = makeApp()\nexport const show = c => redirect(app.path('/b'))(c)",
    "import { app } from './web.js'\nexport const show = c => app.paths('/b')(c)",
    "import { app } from './web.js'\nexport const show = c => app['path']('/b')(c)",
    "export const show = c => make().path('/b')(c)",
  ])
  t.strictSame(said, [[], [], [], [], []])
})

t.test('apps load the rules as plugboard/lint', async t => {
  const text = "import { app } from './web.js'\nexport const mail = c => text(app.url(c, '/b'))(c)"
  const [said] = await lint([text], 'plugboard/lint')
  t.match(said, [/annotate-linking-functions.*\(app\.url\)/])
})
