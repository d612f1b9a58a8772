// Compares what a compiler reports about a file with the comments in that file which say what it should report.
//
//     putSession('a', 1)(conn)              // error: put fetchSession before
//     // error: put fetchSession before      (on a line of its own: about the next line)
//     // error 5.9: only what this compiler says
//
// A comment is met when the error's lines, its first line and the explanations under it, hold the text. A comment that
// starts with "error, first line:" looks at the first line alone, which is what an editor shows. Several comments may
// stand before one line; each must be met.
import type { Compiler, Diagnostic } from './typescript.js'

interface Expectation {
  readonly line: number
  readonly firstLine: boolean
  readonly text: string
}

const comment = /\/\/ error(?: (7|5\.9))?(, first line)?: (.+)$/

/** The expectations that a file's comments state for one compiler. Lines count from 1. */
export const expectations = (source: string, compiler: Compiler): readonly Expectation[] => {
  const lines = source.split(/\r?\n/)
  return lines.flatMap((line, i) => {
    const found = comment.exec(line)
    if (!found) return []
    const [, version, firstLine, text = ''] = found
    if (version !== undefined && compiler !== `TypeScript ${version}`) return []
    let at = i
    // A comment alone on its line speaks of the next line of code.
    if (line.trim().startsWith('//')) while (lines[at]?.trim().startsWith('//')) at += 1
    return [{ line: at + 1, firstLine: firstLine !== undefined, text: text.trim() }]
  })
}

/** Everything that differs between what a file's comments state and what the compiler said about it; none when all is well. */
export const differences = (
  source: string,
  compiler: Compiler,
  diagnostics: readonly Diagnostic[],
): readonly string[] => {
  const expected = expectations(source, compiler)
  const unmet = expected.flatMap(({ line, firstLine, text }) => {
    const here = diagnostics.filter(diagnostic => diagnostic.line === line)
    if (here.some(({ lines }) => (firstLine ? lines.slice(0, 1) : lines).some(each => each.includes(text))))
      return []
    const said = here.length === 0 ? 'no error' : here.map(({ lines }) => lines.join('\n    ')).join('\n    ')
    return [`line ${line} should say: ${text}\n  but says:\n    ${said}`]
  })
  const unexpected = diagnostics.flatMap(({ line, code, lines }) =>
    expected.some(each => each.line === line)
      ? []
      : [`line ${line} has no comment about its error TS${code}: ${lines.join('\n    ')}`],
  )
  return [...unmet, ...unexpected]
}
