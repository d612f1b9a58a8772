// The rule `no-fp-ts-folder-import`, by oxlint and by ESLint.
import t, { type Test } from 'tap'
import { saidBy } from '../../support/linters.js'

const lint = (t: Test, sources: readonly string[]) => saidBy(t, 'no-fp-ts-folder-import', sources)

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
  const said = await lint(
    t,
    bad.map(([source]) => source),
  )
  bad.forEach(([source, working], i) => {
    t.equal(said[i]?.length, 1, source)
    t.match(said[i]?.[0], `write '${working}'`, 'and names the form that works')
  })
  const good = [
    "import { pipe } from 'fp-ts/lib/function.js'",
    "import { pipe } from 'plugboard'",
    "import * as t from 'io-ts'",
    "import { PathReporter } from 'io-ts/lib/PathReporter.js'",
    "export const specifier = 'fp-ts/function'",
  ]
  t.strictSame(
    await lint(t, good),
    good.map(() => []),
    'the rest is let be',
  )
})
