// The comparison of error comments with a compiler's report, on reports made up here.
import t from 'tap'
import { differences, expectations } from './expected-errors.js'
import { parseDiagnostics } from './typescript.js'

const source = `const a: number = 'x' // error: not assignable
// error: second
// error, first line: Argument
f(
`

t.test('a comment speaks of its own line, or of the next one when it stands alone', async t => {
  t.strictSame(
    expectations(source, 'TypeScript 7').map(({ line, text }) => [line, text]),
    [
      [1, 'not assignable'],
      [4, 'second'],
      [4, 'Argument'],
    ],
  )
})

t.test('a comment may be meant for one compiler', async t => {
  const text = 'f() // error 5.9: old words'
  t.equal(expectations(text, 'TypeScript 5.9').length, 1)
  t.equal(expectations(text, 'TypeScript 7').length, 0)
})

const report = `x.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
x.ts(4,1): error TS2345: Argument of type 'A'.
  Types are incompatible.
    This is the second explanation.
error TS18003: No inputs were found.
`

t.test('a report is read with its chains of explanations', async t => {
  t.strictSame(parseDiagnostics(report), [
    { file: 'x.ts', line: 1, code: 2322, lines: ["Type 'string' is not assignable to type 'number'."] },
    {
      file: 'x.ts',
      line: 4,
      code: 2345,
      lines: ["Argument of type 'A'.", '  Types are incompatible.', '    This is the second explanation.'],
    },
    { file: '', line: 0, code: 18003, lines: ['No inputs were found.'] },
  ])
})

t.test('comments that are met leave nothing to say', async t => {
  const diagnostics = parseDiagnostics(report).slice(0, 2)
  t.strictSame(differences(source, 'TypeScript 7', diagnostics), [])
})

t.test('a comment that is not met is reported with what was said instead', async t => {
  const [one] = differences(
    'a() // error: something else',
    'TypeScript 7',
    parseDiagnostics(report).slice(0, 1),
  )
  t.match(one, 'line 1 should say: something else')
  t.match(one, "but says:\n    Type 'string'")
  t.match(differences('a() // error: gone', 'TypeScript 7', []), [/no error/])
})

t.test('the first line alone does not take its words from the explanations', async t => {
  const diagnostics = parseDiagnostics(report).slice(1, 2)
  t.equal(differences('\n\n\nf() // error: second', 'TypeScript 7', diagnostics).length, 0)
  t.equal(differences('\n\n\nf() // error, first line: second', 'TypeScript 7', diagnostics).length, 1)
})

t.test('an error without a comment is reported', async t => {
  t.match(differences('a()', 'TypeScript 7', parseDiagnostics(report).slice(0, 1)), [
    /line 1 has no comment.*TS2322/,
  ])
})
