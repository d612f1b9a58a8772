/** The command line of the benchmarks: what they take, and the run that comes of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { generator } from './load.js'
import { markdown, page, tableOf, type Measured, type Run } from './report.js'
import type { Effort, Result, Scenario } from './scenario.js'

/** What the command line says. */
export interface Command {
  readonly effort: Effort
  /** Parts of names of contenders; all where there is none. */
  readonly only: readonly string[]
  readonly out: string | undefined
  readonly json: string | undefined
  readonly quick: boolean
  /** Names of scenarios; all where there is none. */
  readonly names: readonly string[]
}

const positive = (name: string, text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`--${name} must be a whole number of 1 or more, and is ${text}`)
}

/** Reads the command line. @throws Error for an option that there is not, or a value that it does not take. */
export const commandOf = (args: readonly string[]): Command => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      out: { type: 'string' },
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  })
  return {
    effort: {
      rounds: positive('rounds', values.rounds ?? (values.quick ? '4' : '8')),
      seconds: positive('seconds', values.seconds),
    },
    only: values.only.split(',').filter(name => name !== ''),
    out: values.out,
    json: values.json,
    quick: values.quick,
    names: positionals,
  }
}

/** Whether a contender is one of those asked for. */
export const wantedBy =
  (only: readonly string[]) =>
  (contender: string): boolean =>
    only.length === 0 || only.some(name => contender.toLowerCase().includes(name.toLowerCase()))

/** The scenarios of these names, all where there is none. @throws Error for a name that there is not. */
export const chosenOf = (scenarios: readonly Scenario[], names: readonly string[]): readonly Scenario[] => {
  for (const name of names)
    if (!scenarios.some(scenario => scenario.name === name))
      throw new Error(`there is no scenario ${name}: there are ${scenarios.map(s => s.name).join(', ')}`)
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name))
}

/** What something gives; where it throws, its sentence is the last of this process. */
export const orSay = <T>(make: () => T): T => {
  try {
    return make()
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause)
    process.exit(1)
  }
}

const root = new URL('../../', import.meta.url)
const compared = [
  'fastify',
  '@fastify/secure-session',
  '@fastify/formbody',
  'hono',
  '@hono/node-server',
  'koa',
  'express',
  'express-session',
  'polka',
  'hyper-ts',
  '@fastify/static',
  'sirv',
  '@fastify/session',
  'connect-redis',
  'redis',
  'elysia',
  'typescript',
]

const versionIn = (file: string): string =>
  (JSON.parse(readFileSync(new URL(file, root), 'utf8')) as { readonly version: string }).version

const printed = (result: Result): string => {
  const { head, rows } = tableOf([result])
  const [contender = '', ...cells] = rows[0] ?? []
  if (result.failure !== undefined) return `  ${contender}\n    ${cells[0] ?? ''}`
  return [`  ${contender}`, ...cells.map((text, i) => `    ${(head[i + 1] ?? '').padEnd(28)}${text}`)].join(
    '\n',
  )
}

/** Runs scenarios, printing each result when it is there. */
export const take = async (scenarios: readonly Scenario[], { effort, only }: Command): Promise<Run> => {
  const measured: Measured[] = []
  for (const scenario of scenarios) {
    const { name, title, goal } = scenario
    console.log(`\n${name}: ${title} (goal: ${goal})`)
    const results = await scenario.run(effort, wantedBy(only), result => console.log(printed(result)))
    measured.push({ name, title, goal, results })
  }
  const names = compared.map(name => [name, versionIn(`node_modules/${name}/package.json`)])
  const processors = cpus()
  return {
    at: new Date().toISOString(),
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    node: process.version,
    load: generator(),
    versions: Object.fromEntries([['plugboard', versionIn('package.json')], ...names]) as Run['versions'],
    ...effort,
    scenarios: measured,
  }
}

/** The contenders that failed, each with its scenario. */
export const failuresOf = ({ scenarios }: Run): readonly string[] =>
  scenarios.flatMap(({ name, results }) =>
    results.flatMap(({ contender, failure }) =>
      failure === undefined ? [] : [`${name}, ${contender}: ${failure}`],
    ),
  )

/** Writes a run into a folder as JSON, Markdown and HTML, and as JSON to a file. */
export const write = (run: Run, out: string | undefined, json: string | undefined): void => {
  const text = `${JSON.stringify(run, null, 2)}\n`
  if (out !== undefined) {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'results.json'), text)
    writeFileSync(join(out, 'results.md'), markdown(run))
    writeFileSync(join(out, 'index.html'), page(run))
    console.log(`\nwritten to ${out}: results.json, results.md, index.html`)
  }
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true })
    writeFileSync(json, text)
  }
}
