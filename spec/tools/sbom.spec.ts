// What an app installs with the package: permissive licenses, and no script that runs when it is installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { root } from '../support/command.js'

interface Sbom {
  readonly problemsIn: (packages: Readonly<Record<string, object>>) => readonly string[]
}
const { problemsIn } = (await import(pathToFileURL(join(root, 'tools/sbom.js')).href)) as Sbom
const read = (file: string): Record<string, Record<string, object>> =>
  JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, Record<string, object>>

t.test('the packages of an app have permissive licenses and no install script', async t => {
  t.strictSame(problemsIn(read('package-lock.json')['packages'] ?? {}), [])
})

t.test('another license and an install script are reported', async t => {
  t.strictSame(
    problemsIn({
      '': { license: 'GPL-3.0' },
      'node_modules/a': { license: 'GPL-3.0' },
      'node_modules/a/node_modules/b': { hasInstallScript: true },
      'node_modules/c': { license: '(MIT OR GPL-3.0)' },
      'node_modules/d': { license: 'GPL-3.0', dev: true },
    }),
    [
      'a: the license GPL-3.0 is not on the list',
      'b: the license (none) is not on the list',
      'b has an install script',
    ],
  )
})

t.test('the package itself has no install script', async t => {
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    t.notOk(read('package.json')['scripts']?.[name], name)
})
