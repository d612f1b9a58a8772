// Finds the code blocks of Markdown files and of `@example`s, and makes a module of each: lines stay where they are, so
// that what a compiler says about the module can be said about the document. docs/contributing.md describes the forms.
import { posix } from 'node:path'
import ts from 'typescript-5'

/** A block of code and what is to be done with it. */
export interface Block {
  /** The document's path from the project's folder. */
  readonly document: string
  /** The document's line, from 1, that the first line of code is. */
  readonly line: number
  readonly code: string
  /** `run`: compiles and runs; `check`: only compiles; `fails`: does not compile, and the message is `message`. */
  readonly kind: 'run' | 'check' | 'fails'
  readonly message?: string
}

/** A module made of a block. */
export interface Module {
  readonly block: Block
  /** Path below the folder of all blocks, ending in .ts. */
  readonly path: string
  readonly text: string
}

/** What is wrong with a document itself, as "place: sentence". */
export type Problem = string

interface Extracted {
  readonly blocks: readonly Block[]
  readonly problems: readonly Problem[]
}

const kinds = new Map<string, Block['kind']>([
  ['', 'run'],
  ['no-run', 'check'],
  ['fails', 'fails'],
])

const unindent = (lines: readonly string[], depth: number): readonly string[] =>
  lines.map(line => (line.slice(0, depth).trim() === '' ? line.slice(depth) : line))

/** The fenced `ts` blocks of a Markdown text; `from` is the line of the document that the text's first line is. */
export const markdownBlocks = (document: string, text: string, from = 1): Extracted => {
  const lines = text.split(/\r?\n/)
  const blocks: Block[] = []
  const problems: Problem[] = []
  for (let i = 0; i < lines.length; i++) {
    const open = /^(\s*)(`{3,})([^`]*)$/.exec(lines[i]!)
    if (!open) continue
    const [, indent = '', fence = '', info = ''] = open
    const end = lines.findIndex((line, at) => at > i && line.trim() === fence)
    const place = `${document}:${from + i}`
    if (end < 0) {
      problems.push(`${place}: this block has no end`)
      break
    }
    const body = unindent(lines.slice(i + 1, end), indent.length)
    const [language = '', ...flags] = info.trim().split(/\s+/)
    const kind = kinds.get(flags.join(' '))
    const last = blocks.at(-1)
    if (/^(typescript|js|javascript|mjs|mts)$/.test(language))
      problems.push(`${place}: write the language as "ts"`)
    else if (language === 'ts') {
      if (kind) blocks.push({ document, line: from + i + 1, code: body.join('\n'), kind })
      else problems.push(`${place}: "${flags.join(' ')}" must be nothing, "no-run" or "fails"`)
    } else if (language === 'text' && last?.kind === 'fails' && last.message === undefined)
      blocks[blocks.length - 1] = { ...last, message: body.join('\n') }
    i = end
  }
  for (const { kind, message, line } of blocks)
    if (kind === 'fails' && !message?.trim())
      problems.push(`${document}:${line}: a block that fails is followed by a "text" block with the message`)
  return { blocks, problems }
}

/** The `@example`s of a source's docstrings, as bare code or in fences. */
export const exampleBlocks = (document: string, text: string): Extracted => {
  const blocks: Block[] = []
  const problems: Problem[] = []
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    const first = text.slice(0, comment.index).split('\n').length
    const lines = comment[0]
      .replace(/\*\/$/, '')
      .split(/\r?\n/)
      .map(line => line.replace(/^\s*\/?\*+ ?/, ''))
    lines.forEach((line, i) => {
      const tag = /^@example\b\s*(.*)$/.exec(line)
      if (!tag) return
      const next = lines.findIndex((other, at) => at > i && /^@[a-z]/i.test(other))
      const body = lines.slice(i + 1, next < 0 ? lines.length : next)
      if (body.some(other => other.startsWith('```'))) {
        const fenced = markdownBlocks(document, body.join('\n'), first + i + 1)
        blocks.push(...fenced.blocks)
        problems.push(...fenced.problems)
        return
      }
      const kind = kinds.get(tag[1] ?? '')
      const code = body.join('\n').trimEnd()
      if (!kind || kind === 'fails')
        problems.push(`${document}:${first + i}: "@example ${tag[1]}" may only add "no-run"`)
      else if (code === '') problems.push(`${document}:${first + i}: this example is empty`)
      else blocks.push({ document, line: first + i + 1, code, kind })
    })
  }
  return { blocks, problems }
}

interface Comment {
  readonly pos: number
  readonly says: 'gives' | 'throws'
  readonly text: string
}

/** The `// =>` or `// throws` comment that belongs to a statement: on its last line, or alone on the next. */
const commentAfter = (code: string, end: number): Comment | undefined => {
  const found = /^;?[ \t]*(?:\r?\n[ \t]*)?\/\/ (=>|throws) (.*)((?:\r?\n[ \t]*\/\/ {3,}.*)*)/.exec(
    code.slice(end),
  )
  if (!found) return undefined
  const [whole, sign, first = '', more = ''] = found
  const text = `${first}\n${more.replaceAll(/^[ \t]*\/\//gm, '')}`.trim()
  return { pos: end + whole.indexOf('//'), says: sign === '=>' ? 'gives' : 'throws', text }
}

/** Where a statement's code ends. A semicolon may stand on the next line, after the comment: `;(a)` begins that line. */
const endOf = (statement: ts.Statement): number =>
  ts.isExpressionStatement(statement)
    ? statement.expression.end
    : ts.isVariableStatement(statement)
      ? statement.declarationList.end
      : statement.end

const isExpression = (text: string): boolean => {
  const source = ts.createSourceFile('x.ts', `(${text}\n)`, ts.ScriptTarget.ES2022) as ts.SourceFile & {
    readonly parseDiagnostics: readonly unknown[]
  }
  return source.parseDiagnostics.length === 0 && source.statements.length === 1
}

/** Turns the comments of a block that state results into checks; no line moves. */
export const withChecks = (
  block: Block,
): { readonly code: string; readonly problems: readonly Problem[] } => {
  const { code, document } = block
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true)
  const lineOf = (pos: number): number => block.line + source.getLineAndCharacterOfPosition(pos).line
  const edits: (readonly [pos: number, text: string])[] = []
  const problems: Problem[] = []
  const used = new Set<number>()
  for (const statement of source.statements) {
    const comment = commentAfter(code, endOf(statement))
    if (!comment) continue
    used.add(comment.pos)
    const place = `${document}:${lineOf(comment.pos)}`
    const where = JSON.stringify(place)
    const given = comment.text.replaceAll(/\s*\n\s*/g, ' ')
    const words = ['left', 'right', 'some', 'none'].filter(
      word => new RegExp(`\\b${word}\\b`).test(given) && !new RegExp(`import[^']*\\b${word}\\b`).test(code),
    )
    const expected = `(${words.length > 0 ? `{ ${words.join(', ')} }` : ''}) => (${given})`
    if (comment.says === 'gives' && !isExpression(given))
      problems.push(`${place}: what follows "// =>" must be an expression`)
    else if (ts.isExpressionStatement(statement)) {
      const { expression } = statement
      const [before, after] =
        comment.says === 'gives'
          ? ['__shows(', `, ${expected}, ${where})`]
          : ['__throws(() => (', `), ${JSON.stringify(given)}, ${where})`]
      edits.push([expression.getStart(source), before], [expression.end, after])
    } else if (comment.says === 'gives' && ts.isVariableStatement(statement)) {
      const names = statement.declarationList.declarations.map(each => each.name)
      if (names.length === 1 && names[0] && ts.isIdentifier(names[0]))
        edits.push([endOf(statement), `; __shows(${names[0].text}, ${expected}, ${where})`])
      else problems.push(`${place}: this comment follows a declaration of one name, or an expression`)
    } else
      problems.push(
        `${place}: this comment follows an expression${comment.says === 'gives' ? ' or a const' : ''}`,
      )
  }
  for (const match of code.matchAll(/\/\/ (=>|throws) /g))
    if (!used.has(match.index))
      problems.push(
        `${document}:${lineOf(match.index)}: "// ${match[1]}" must follow a statement that is in no function or block`,
      )
  let result = code
  for (const [pos, text] of edits.sort((a, b) => b[0] - a[0]))
    result = result.slice(0, pos) + text + result.slice(pos)
  return { code: result, problems }
}

/** `// file: name.ts` as a block's first line names its module, so that others of the document import it. */
const fileName = (code: string): string | undefined =>
  /^\s*\/\/ file: (\S+\.ts)\s*$/m.exec(code.split('\n', 1)[0]!)?.[1]

/**
 * Makes modules of blocks. An example in a docstring may import the file that it stands in and its neighbours
 * (`./date.js`): what it gets are the compiled files.
 */
export const modules = (
  blocks: readonly Block[],
): { readonly modules: readonly Module[]; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = []
  const taken = new Set<string>()
  const made = blocks.map(block => {
    const name = fileName(block.code)
    const path = `${block.document}/${name ?? `line-${block.line}.ts`}`
    if (taken.has(path)) problems.push(`${block.document}:${block.line}: ${name} was given before`)
    taken.add(path)
    const checked = withChecks(block)
    problems.push(...checked.problems)
    const folder = posix.dirname(path)
    const up = posix.relative(folder, '.')
    const code = block.document.endsWith('.ts')
      ? checked.code.replaceAll(/(from\s+|import\()'(\.[^']+)'/g, (_, head: string, specifier: string) => {
          const target = posix.join(posix.dirname(block.document), specifier)
          // dist/docs-blocks is where the blocks are, dist/lib what is compiled.
          return `${head}'${posix.join(up, '..', target)}'`
        })
      : checked.code
    const footer = `\nimport { shows as __shows, throws as __throws } from '${up}/shows.js'\nvoid [__shows, __throws]\n`
    return { block, path, text: code + footer }
  })
  return { modules: made, problems }
}
