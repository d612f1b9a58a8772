// No assertion of a spec holds for every value.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './support/command.js'
import { emptyPatterns } from './support/empty-patterns.js'

t.test('no pattern matches everything', async t => {
  const files = readdirSync(join(root, 'spec'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.includes('empty-patterns'))
    .sort()
  t.ok(files.length > 100, `${files.length} files`)
  const found = files.flatMap(path =>
    emptyPatterns(`spec/${path}`, readFileSync(join(root, 'spec', path), 'utf8')),
  )
  t.equal(found.join('\n'), '')
})

t.test('it finds what it should', async t => {
  for (const source of [
    't.match(x, {})',
    't.match(x, [])',
    't.has(x, {} as object)',
    't.match(x, { a: 1, b: {} })',
    't.match(x, [{ a: [] }])',
    'const all = {}; t.match(x, all)',
    "for (const [given, seen] of [['a', {}]] as const) t.match(f(given), seen)",
    "const rows = [['a', { b: 1 }], ['b', {}]]; for (const [given, seen] of rows) t.match(f(given), seen)",
  ])
    t.equal(emptyPatterns('a.ts', source).length, 1, source)
  for (const source of [
    't.match(x, { a: 1 })',
    't.match(x, /a/)',
    't.strictSame(x, {})',
    't.match({}, { a: 1 })',
    'for (const [given, seen] of [[{}, { a: 1 }]] as const) t.match(f(given), seen)',
  ])
    t.strictSame(emptyPatterns('a.ts', source), [], source)
})
