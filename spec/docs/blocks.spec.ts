// Every code block of the README, the guides and the docstrings compiles, runs, and gives what its comments say.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import plugin from 'plugboard/eslint'
import t from 'tap'
import { node, root } from '../support/command.js'
import { exampleBlocks, markdownBlocks, modules, type Module } from '../support/doc-blocks.js'
import { shownMessage } from '../support/messages.js'
import { compile, projectConfig, writeFiles } from '../support/typescript.js'

const folder = join(root, 'dist/docs-blocks')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const filesBelow = (base: string, ending: string): readonly string[] =>
  existsSync(join(root, base))
    ? readdirSync(join(root, base), { recursive: true, encoding: 'utf8' })
        .map(path => `${base}/${path.replaceAll('\\', '/')}`)
        .filter(path => path.endsWith(ending))
        .sort()
    : []

/** What the rules about imports and links say about the modules, as "path:line message". */
const lint = async (made: readonly Module[]): Promise<readonly string[]> => {
  // Not below dist: the linter leaves out what git ignores.
  const place = mkdtempSync(join(tmpdir(), 'plugboard-blocks-'))
  try {
    const config = {
      jsPlugins: [join(root, 'tools/eslint-plugin.js')],
      categories: { correctness: 'off' },
      rules: Object.fromEntries(Object.keys(plugin.rules).map(name => [`plugboard/${name}`, 'error'])),
    }
    const texts = Object.fromEntries(made.map(({ path, text }) => [path, text]))
    writeFiles(place, { ...texts, 'lint.json': JSON.stringify(config) })
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    const { stdout, stderr } = await node([oxlint, '-c', 'lint.json', '-f', 'json', '.'], { cwd: place })
    if (!stdout.startsWith('{')) return [stdout + stderr]
    const report = JSON.parse(stdout) as {
      readonly diagnostics: readonly {
        readonly filename: string
        readonly message: string
        readonly labels: readonly { readonly span: { readonly line: number } }[]
      }[]
    }
    return report.diagnostics.map(
      ({ filename, message, labels }) => `${filename}:${labels[0]?.span.line ?? 0} ${message}`,
    )
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

t.test('the code blocks of the documents', async t => {
  const markdown = ['README.md', ...filesBelow('docs', '.md')].filter(path => existsSync(join(root, path)))
  const sources = ['lib', 'plugs', 'router'].flatMap(base => filesBelow(base, '.ts'))
  const extracted = [
    ...markdown.map(path => markdownBlocks(path, read(path))),
    ...sources.map(path => exampleBlocks(path, read(path))),
  ]
  const made = modules(extracted.flatMap(({ blocks }) => blocks))
  const problems = [...extracted.flatMap(each => each.problems), ...made.problems]
  t.equal(problems.join('\n'), '', 'the blocks are written as docs/contributing.md says')
  t.not(made.modules.length, 0, 'there are blocks')

  const runnable = made.modules
    .filter(({ block }) => block.kind === 'run')
    .map(({ path }) => path.replace(/\.ts$/, '.js'))
  writeFiles(folder, {
    ...Object.fromEntries(made.modules.map(({ path, text }) => [path, text])),
    'shows.ts': read('spec/support/shows.ts'),
    'run.json': JSON.stringify(runnable),
    'tsconfig.json': projectConfig(folder, {
      outDir: folder,
      noEmit: false,
      declaration: false,
      declarationMap: false,
      sourceMap: true,
      moduleDetection: 'force',
    }),
  })
  const [diagnostics, linted] = await Promise.all([compile(folder), lint(made.modules)])
  const script = join(root, 'dist/spec/support/run-blocks.js')
  const ran = await node(['--enable-source-maps', script, folder, 'run.json'])
  const results = existsSync(join(folder, 'results.json'))
    ? (JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Readonly<Record<string, string>>)
    : {}

  const strange = diagnostics.filter(({ file }) => !made.modules.some(({ path }) => path === file))
  t.strictSame(strange, [], 'the compiler complains about nothing but blocks')

  /** All that is wrong with a module, in words about the document's own lines. */
  const wrongs = ({ block, path }: Module): readonly string[] => {
    const found = diagnostics.filter(({ file }) => file === path)
    const place = (line: number): string => `${block.document}:${block.line + line - 1}`
    const rules = linted.filter(said => said.startsWith(`${path}:`)).map(said => said.slice(path.length + 1))
    const lints = rules.map(said => said.replace(/^\d+/, line => place(Number(line))))
    const errors = found.map(({ line, code, lines }) => `${place(line)} TS${code}: ${lines.join('\n    ')}`)
    if (block.kind === 'fails') {
      if (found.length === 0) return [`${place(1)} compiles, where the document says that it does not`]
      const message = shownMessage(found)
      return block.message === message
        ? []
        : [`the document shows another message (npm run docs:errors writes it) than:\n    ${message}`]
    }
    if (errors.length > 0) return [...errors, ...lints]
    const result =
      block.kind === 'check' ? '' : (results[path.replace(/\.ts$/, '.js')] ?? `did not run: ${ran.stderr}`)
    return [...lints, ...(result ? [result] : [])]
  }
  const done = { run: 'compiles and runs', check: 'compiles', fails: 'does not compile, as it says' }
  for (const module of made.modules) {
    const { document, line, kind } = module.block
    const found = wrongs(module).join('\n')
    if (found === '') t.pass(`${document}:${line} ${done[kind]}`)
    else t.fail(`${document}:${line} ${done[kind]}`, { found, at: null, stack: '', source: '' })
  }
  t.strictSame(
    linted.filter(said => !made.modules.some(({ path }) => said.startsWith(`${path}:`))),
    [],
    'the linter complains about nothing but blocks',
  )
})
