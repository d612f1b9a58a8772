// The linter's plugin as apps load it: by oxlint, and by ESLint with a flat configuration.
import t from 'tap'
import plugin from 'plugboard/eslint'
import { byEslint, byOxlint } from '../support/linters.js'

const source = [
  "import { ensure, pipeline, putStatus, text, type Plug } from 'plugboard'",
  "import { pipe } from 'fp-ts/function'",
  "import { app } from './web.js'",
  "export const mail = c => text(app.url(c, '/b'))(c)",
  "export const wide: Plug = text('x')",
  'export const guarded = pipeline(c => (pipe(c) ? c : putStatus(401)(c)), mail)',
  'export const show = function* (c) { ensure(c.ok, {}); return mail(c) }',
].join('\n')
const rules = [
  'no-fp-ts-folder-import',
  'annotate-linking-functions',
  'no-wide-plug',
  'halt-after-response',
  'yield-star',
]

t.test('both linters load the rules as plugboard/eslint', async t => {
  t.strictSame(Object.keys(plugin.rules), rules, 'the rules by their names')
  for (const lint of [byOxlint, byEslint]) {
    const [said = []] = await lint([source])
    t.strictSame(
      said.map(each => each.replace(/:.*/, '')),
      rules,
    )
  }
})

t.test('the old name is gone, and Node says so', async t => {
  const old: string = 'plugboard/lint'
  await t.rejects(import(old), {
    code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
    message: /Package subpath '\.\/lint' is not defined by "exports"/,
  })
})
