// The core stays small: what counts are lines that are not blank, comment or import. A file that grows is a file that has
// taken on a second idea.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript-5'
import { root } from './support/command.js'

/** The lines of a source that hold code: not blank, not comment, not import and not passed on from another file. */
const codeLines = (text: string): number => {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022, true)
  const lines = new Set<number>()
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) return
    if (node.getChildCount(source) === 0 && node.getWidth(source) > 0)
      for (let line = lineOf(node.getStart(source)); line <= lineOf(node.getEnd()); line++) lines.add(line)
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child)
  }
  visit(source)
  return lines.size
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const count = (paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + codeLines(read(path)), 0)

t.test('lines of code are counted', async t => {
  const text = `/** A. */
import { a } from './a.js'
import {
  b,
} from './b.js'

export type * from './c.js'
// a comment
/* one
   more */
export const c = a // and why
export const d = () => {

  return \`two
lines\`
}
`
  t.equal(codeLines(text), 5)
})

t.test('the interpreter has at most 80 lines and knows no HTTP', async t => {
  t.ok(count(['lib/interpret.ts']) <= 80, `${count(['lib/interpret.ts'])} lines`)
  t.notMatch(read('lib/interpret.ts'), /http|status|header|cookie/i)
})

const record = ['record', 'source', 'rest', 'assigned', 'entries', 'print'].map(name => `lib/conn/${name}.ts`)

t.test('the record is cut into files of one idea', async t => {
  const files = readdirSync(join(root, 'lib/conn')).filter(name => name.endsWith('.ts'))
  for (const file of files) {
    const lines = read(`lib/conn/${file}`).split('\n').length - 1
    t.ok(lines <= 400, `lib/conn/${file} has ${lines} lines`)
  }
})

t.test('conn, record, plug, interpret, run and error have at most 900 lines together', async t => {
  const lines = count([
    'lib/conn.ts',
    ...record,
    ...['plug', 'interpret', 'run', 'error'].map(name => `lib/${name}.ts`),
  ])
  t.ok(lines <= 900, `${lines} lines`)
})
