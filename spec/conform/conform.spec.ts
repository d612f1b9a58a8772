// The conformance suite: every rule has its cases, every case holds on this version of Node, and the page says so.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/command.js'
import { cases, topics } from './all.js'
import { deviationOf, known, pending } from './deviations.js'
import { formatPage } from './format.js'
import { cellOf, columnsOf, majorOf, notRun, pageOf, pagePath, withColumn } from './page.js'
import type { Rule } from './rule.js'
import { rules } from './rules.js'
import { nodeMajor, runCases } from './run.js'

const ids = new Set(cases.map(({ id }) => id))

t.test('each rule names cases that exist, or why none does', async t => {
  const wrong = (is: (rule: Rule) => boolean): readonly string[] => rules.filter(is).map(({ id }) => id)
  t.equal(new Set(rules.map(({ id }) => id)).size, rules.length, 'each rule has an id of its own')
  t.strictSame(
    rules.flatMap(rule => rule.cases).filter(id => !ids.has(id)),
    [],
    'its cases exist',
  )
  t.strictSame(
    wrong(({ none, cases }) => (none === undefined) !== cases.length > 0),
    [],
    'it has cases, or says why not',
  )
  t.strictSame(
    wrong(({ cases }) => cases.length > 10),
    [],
    'it has at most 10 cases',
  )
  t.strictSame(
    wrong(({ section }) => !/§\d|decision \d/.test(section)),
    [],
    'it names its section',
  )
})

t.test('each case is one of its rule, with an input of its own', async t => {
  t.ok(cases.length >= 400, `${cases.length} cases`)
  t.equal(ids.size, cases.length, 'each case has an id of its own')
  const byRule = new Map(rules.map(rule => [rule.id, new Set(rule.cases)]))
  t.strictSame(
    cases.filter(({ id, rule }) => byRule.get(rule)?.has(id) !== true).map(({ id }) => id),
    [],
    'its rule names it',
  )
  const inputs = cases.map(({ rule, send, end }) => JSON.stringify([rule, send, end]))
  t.strictSame(
    cases.filter((_, i) => inputs.indexOf(inputs[i]!) < i).map(({ id }) => id),
    [],
    'no other case of its rule sends the same',
  )
})

t.test('each deviation is one of a case, and has a reason', async t => {
  const names = new Set(cases.flatMap(({ id, rule }) => [id, `${rule}/*`]))
  for (const table of [pending, known]) {
    t.strictSame(
      Object.keys(table).filter(name => !names.has(name)),
      [],
    )
    t.ok(Object.values(table).every(given => (typeof given === 'string' ? given : given.reason).length > 10))
  }
  t.strictSame(
    Object.keys(pending).filter(name => name in known),
    [],
    'none is both',
  )
})

const begun = process.cpuUsage()
const outcomes = await runCases(cases)
const { user, system } = process.cpuUsage(begun)
const said = new Map(outcomes.map(({ id, said }, i) => [id, cellOf(cases[i]!, said, nodeMajor)]))
const problemsOf = new Map(outcomes.map(({ id, problems }) => [id, problems]))

for (const [topic, tests] of Object.entries(topics))
  t.test(`${topic}: every case holds, but those that are pending or known`, async t => {
    const failed: string[] = []
    const marked: string[] = []
    for (const test of tests) {
      const problems = problemsOf.get(test.id) ?? ['it did not run']
      const deviation = deviationOf(test, nodeMajor)
      if (deviation === undefined) failed.push(...problems.map(problem => `${test.id}: ${problem}`))
      else if (problems.length === 0) marked.push(`${test.id} is ${deviation.kind}: ${deviation.reason}`)
      else if (deviation.kind === 'pending') t.pass(`PENDING ${test.id}: ${deviation.reason}`)
    }
    t.strictSame(failed, [], `${tests.length} cases`)
    t.strictSame(marked, [], 'what holds is not marked: remove it from deviations.ts')
  })

t.test('the suite takes less than 20 seconds of the processor', async t => {
  t.ok(user + system < 20_000_000, `${Math.round((user + system) / 1000)} ms`)
})

t.test('the page says what came back', async t => {
  const path = join(root, pagePath)
  t.ok(existsSync(path), `${pagePath} exists`)
  const page = readFileSync(path, 'utf8')
  const columns = columnsOf(page)
  const own = columns.find(({ version }) => majorOf(version) === nodeMajor)
  t.ok(own !== undefined, `${pagePath} has a column for Node ${nodeMajor}: run npm run conform -- --write`)
  if (own === undefined) return
  const differs = [...said].filter(([id, cell]) => own.cells.get(id) !== cell)
  t.strictSame(
    differs.map(([id, cell]) => `${id}: ${own.cells.get(id)} on the page, ${cell} here`),
    [],
    `run npm run conform -- --write on Node ${nodeMajor}`,
  )
  for (const { version, cells } of columns)
    t.strictSame(
      [...ids].filter(id => (cells.get(id) ?? notRun) === notRun),
      [],
      `every case ran on Node ${version}: run npm run conform -- --write --node path/to/node${majorOf(version)}`,
    )
  const fresh = await formatPage(pageOf(withColumn(columns, { version: own.version, cells: said })))
  t.ok(fresh === page, `${pagePath} is as npm run conform -- --write writes it`)
})

t.test('a page is read as it was written', async t => {
  const column = (version: string, cell: string) => ({
    version,
    cells: new Map(cases.map(({ id }) => [id, cell])),
  })
  const columns = [column('20.1.0', '200'), column('22.1.0', '400, closed')]
  t.strictSame(columnsOf(pageOf(columns)), columns)
  t.strictSame(
    withColumn(columns, column('20.2.0', '201')).map(({ version }) => version),
    ['20.2.0', '22.1.0'],
  )
})
