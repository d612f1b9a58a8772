// No file of Snippetbox imports itself, directly or through others, once it is compiled. In such a cycle one module runs
// before the values that it imports exist, and the app may fail at startup although it compiles. Type-only imports may form
// cycles: they are gone at run time.
import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import t from 'tap'
import { root } from '../../support/command.js'

/** Compiled files and the relative imports of each. */
type Imports = Readonly<Record<string, readonly string[]>>

/** What the `import` and `export` statements of a compiled module refer to, and dynamic imports too. */
const importsOf = (file: string, code: string): readonly string[] =>
  [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, specifier = '']) =>
    posix.join(posix.dirname(file), specifier),
  )

/** The first import cycle as a path, such as `a.js → b.js → a.js`. */
const cycleIn = (imports: Imports): string | undefined => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ')
    if (done.has(file)) return undefined
    for (const imported of imports[file] ?? []) {
      const cycle = visit(imported, [...path, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of Object.keys(imports)) {
    const cycle = visit(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

t.test('no compiled file of Snippetbox is part of an import cycle', async t => {
  const folder = join(root, 'dist/examples/snippetbox')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.js'))
  const imports: Imports = Object.fromEntries(
    files.map(file => [file, importsOf(file, readFileSync(join(folder, file), 'utf8'))]),
  )
  t.ok(imports['router.js']?.includes('controllers/snippets.js'), 'imports are found')
  t.ok(imports['controllers/snippets.js']?.includes('links.js'), 'in folders too')
  t.notOk(imports['links.js']?.includes('router.js'), 'links need only the type of the router')
  t.equal(cycleIn(imports), undefined)
})

t.test('a cycle is found, of one file or of many', async t => {
  t.equal(cycleIn({ 'a.js': ['b.js'], 'b.js': ['c.js'], 'c.js': ['b.js'] }), 'b.js → c.js → b.js')
  t.equal(cycleIn({ 'a.js': ['a.js'] }), 'a.js → a.js')
  t.equal(cycleIn({ 'a.js': ['b.js', 'c.js'], 'b.js': ['c.js'], 'c.js': [] }), undefined)
  t.strictSame(importsOf('controllers/a.js', "import { b } from '../b.js'\nexport * from './c.js'"), [
    'b.js',
    'controllers/c.js',
  ])
  t.strictSame(importsOf('a.js', "import './b.js'\nawait import('./c.js')\nimport t from 'tap'"), [
    'b.js',
    'c.js',
  ])
})
