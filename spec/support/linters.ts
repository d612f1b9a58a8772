// The rules of `plugboard/eslint` over small files, by both linters that load them: oxlint, and ESLint with a parser of TypeScript.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Linter } from 'eslint'
import { parseSync, visitorKeys } from 'oxc-parser'
import type { Test } from 'tap'
import plugin from 'plugboard/eslint'
import { node, root } from './command.js'

/** What a rule says, and how often: one array for each source, in the order of the lines. */
export type Reports = readonly (readonly string[])[]

/** The severity of each rule of the plugin. */
export const allRules = Object.fromEntries(
  Object.keys(plugin.rules).map(name => [`plugboard/${name}`, 'error'] as const),
)

interface OxlintReport {
  readonly diagnostics: readonly {
    readonly filename: string
    readonly code?: string
    readonly message: string
    readonly labels: readonly { readonly span: { readonly offset: number } }[]
  }[]
}

/** What oxlint says of each source, as "rule: message". */
export const byOxlint = async (sources: readonly string[], from = 'plugboard/eslint'): Promise<Reports> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-lint-'))
  try {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules/plugboard'), 'junction')
    sources.forEach((source, i) => writeFileSync(join(folder, `${i}.ts`), source))
    const config = { jsPlugins: [from], categories: { correctness: 'off' }, rules: allRules }
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    // named one by one: it would follow the link to this project
    const files = sources.map((_, i) => `${i}.ts`)
    const { stdout, stderr } = await node([oxlint, '-c', 'config.json', '-f', 'json', ...files], {
      cwd: folder,
    })
    if (!stdout.startsWith('{')) throw new Error(stdout + stderr)
    const { diagnostics } = JSON.parse(stdout) as OxlintReport
    const offset = (each: OxlintReport['diagnostics'][number]): number => each.labels[0]?.span.offset ?? 0
    return sources.map((_, i) =>
      diagnostics
        .filter(({ filename }) => filename.replace(/^.*[/\\]/, '') === `${i}.ts`)
        .sort((a, b) => offset(a) - offset(b))
        .map(({ code = '', message }) => `${code.replace(/^plugboard\((.*)\)$/, '$1')}: ${message}`),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  range?: readonly [number, number]
  loc?: object
}

/** A parser of TypeScript for ESLint: oxc's tree is that of typescript-eslint. ESLint wants places on it. */
const parser = {
  meta: { name: 'oxc-parser' },
  parseForESLint(source: string) {
    const { program, errors } = parseSync('a.ts', source, { lang: 'ts', astType: 'ts', range: true })
    if (errors[0]) throw new SyntaxError(errors[0].message)
    const lineStarts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]
    const position = (offset: number) => {
      const line = lineStarts.findLastIndex(start => start <= offset)
      return { line: line + 1, column: offset - (lineStarts[line] ?? 0) }
    }
    const keys = visitorKeys as Readonly<Record<string, readonly string[]>>
    const waiting: SyntaxNode[] = [program]
    for (let at = waiting.pop(); at; at = waiting.pop()) {
      at.range = [at.start, at.end]
      at.loc = { start: position(at.start), end: position(at.end) }
      const children = at as unknown as Readonly<Record<string, SyntaxNode | readonly SyntaxNode[] | null>>
      for (const key of keys[at.type] ?? [])
        waiting.push(...[children[key] ?? []].flat().filter(child => child !== null))
    }
    return { ast: Object.assign(program, { tokens: [], comments: [] }), visitorKeys: keys }
  },
}

/** What ESLint says of each source, as "rule: message". */
export const byEslint = (sources: readonly string[]): Promise<Reports> => {
  const linter = new Linter({ configType: 'flat' })
  const config = {
    files: ['**/*.ts'],
    languageOptions: { parser },
    plugins: { plugboard: plugin },
    rules: allRules,
  } as unknown as Linter.Config
  return Promise.resolve(
    sources.map(source =>
      linter
        .verify(source, config, { filename: 'a.ts' })
        .map(({ ruleId, message }) => `${String(ruleId).replace('plugboard/', '')}: ${message}`),
    ),
  )
}

/** What one rule says of the sources, by both linters, which must agree. What is said by none of the rules stays. */
export const saidBy = async (t: Test, rule: string, sources: readonly string[]): Promise<Reports> => {
  const others = Object.keys(plugin.rules).filter(name => name !== rule)
  const ofRule = (reports: Reports): Reports =>
    reports.map(each =>
      each
        .filter(said => !others.some(other => said.startsWith(`${other}: `)))
        .map(said => said.replace(`${rule}: `, '')),
    )
  const [oxlint, eslint] = await Promise.all([byOxlint(sources), byEslint(sources)])
  t.strictSame(ofRule(eslint), ofRule(oxlint), 'ESLint and oxlint say the same')
  return ofRule(oxlint)
}

/** Each source of `bad` must be reported once, with a message that matches; nothing of `good` may be. */
export const checkRule = async (
  t: Test,
  rule: string,
  head: string,
  bad: readonly (readonly [source: string, message: string | RegExp])[],
  good: readonly string[],
): Promise<void> => {
  const said = await saidBy(
    t,
    rule,
    [...bad.map(([source]) => source), ...good].map(each => head + each),
  )
  bad.forEach(([source, message], i) => {
    t.equal(said[i]?.length, 1, source)
    t.match(said[i]?.[0], message, source)
  })
  good.forEach((source, i) => t.strictSame(said[bad.length + i], [], source))
}
