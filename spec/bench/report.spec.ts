// The report of a run: its Markdown, its page and its charts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { failuresOf, write } from '../../bench/command.js'
import { markdown, markdownTable, page, tableOf, type Run } from '../../bench/report.js'
import type { Result } from '../../bench/scenario.js'
import { spreadOf } from '../../bench/statistics.js'
import { bars } from '../../bench/svg.js'

const results: readonly Result[] = [
  { contender: 'Plugboard', ratio: spreadOf([0.9, 0.8, 1]), p99: spreadOf([12]), retaken: 1 },
  {
    contender: 'Fast & <fine>',
    ratio: spreadOf([0.5]),
    figures: { start: { value: spreadOf([250]), unit: 'ms' } },
  },
]

const runOf = (rows: readonly Result[]): Run => ({
  at: '2026-11-24T12:00:00.000Z',
  cpu: 'A processor',
  cores: 2,
  node: 'v20.0.0',
  load: 'wrk 4.1.0',
  versions: { plugboard: '0.1.0', fastify: '5.0.0' },
  rounds: 8,
  seconds: 1,
  scenarios: [{ name: 'S1', title: 'Hello', goal: 'a ratio of 0.95', results: rows }],
})

t.test('a table has the columns for which there is a measurement', async t => {
  t.equal(
    markdownTable(results),
    [
      '| contender | ratio to bare node:http | p99, ms | start | taken again |',
      '| --- | --- | --- | --- | --- |',
      '| Plugboard | 0.90 (0.80 to 1.00) | 12.0 |  | 1 |',
      '| Fast & <fine> | 0.50 |  | 250 ms |  |',
    ].join('\n'),
  )
})

t.test('a row that failed says why, and is as wide as the others', async t => {
  const { head, rows } = tableOf([...results, { contender: 'Slow', failure: 'status 500 | no' }])
  for (const row of rows) t.equal(row.length, head.length)
  t.equal(rows[2]?.[1], 'FAILED: status 500 | no')
  t.match(markdownTable([{ contender: 'Slow', failure: 'status 500 | no' }]), /FAILED: status 500 \\\| no \|/)
  const failed = runOf([{ contender: 'Slow', failure: 'status 500' }])
  t.same(failuresOf(failed), ['S1, Slow: status 500'])
  t.same(failuresOf(runOf(results)), [])
})

t.test('rows without a measurement are a table of names', async t => {
  t.equal(markdownTable([{ contender: 'Plugboard' }]), '| contender |\n| --- |\n| Plugboard |')
})

t.test('Markdown says when, where and with what', async t => {
  const text = markdown(runOf(results))
  for (const part of [
    '- date: 2026-11-24T12:00:00.000Z',
    '- CPU: A processor, 2 cores',
    '- Node: v20.0.0',
    '- load generator: wrk 4.1.0',
    '- rounds: 8, each of four loads of 1 s',
    '- versions: plugboard 0.1.0, fastify 5.0.0',
    '## S1: Hello\n\nGoal: a ratio of 0.95.\n\n| contender |',
  ])
    t.ok(text.includes(part), part)
})

t.test('the page has a chart of ratios, one of each other figure, and the table', async t => {
  const text = page(runOf(results))
  t.equal(text.match(/<svg /g)?.length, 2)
  t.ok(text.includes('<h3>start, ms</h3>'))
  t.ok(text.includes('<td>Fast &amp; &lt;fine&gt;</td>'), 'what is special in HTML is escaped')
  t.notMatch(text, /<script|https?:/, 'it needs nothing else')
})

t.test('a bar is as long as its median, and its line goes from the least to the most', async t => {
  const svg = bars('Ratios', [
    { label: 'whole', value: { median: 50, min: 25, max: 100 }, own: true },
    { label: 'a < b', value: { median: 100, min: 100, max: 100 }, own: false },
  ])
  const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"[^>]*class="(\w+)"/g)].map(
    ([, width, kind]) => [Number(width), kind],
  )
  t.same(widths[0]?.[0], (widths[1]?.[0] as number) / 2)
  t.same(
    widths.map(([, kind]) => kind),
    ['own', 'other'],
  )
  const [from, to] = (/<path d="M([\d.]+) [\d.]+H([\d.]+)/.exec(svg) ?? []).slice(1).map(Number)
  t.equal((to as number) - (from as number), (widths[1]?.[0] as number) * 0.75)
  t.match(svg, /aria-label="Ratios"/)
  t.match(svg, /a &lt; b/)
})

t.test('a scale reaches what it is asked to hold', async t => {
  const row = { label: 'half', value: { median: 0.5, min: 0.5, max: 0.5 }, own: true }
  const width = (svg: string): number => Number(/<rect [^>]*width="([\d.]+)"/.exec(svg)?.[1])
  t.equal(width(bars('Ratios', [row], 1)), width(bars('Ratios', [row])) / 2)
})

t.test('a chart of nothing is empty', async t => {
  t.equal(bars('Nothing', []).match(/<rect/g), null)
})

t.test('a run is written as JSON, Markdown and a page', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-report-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const run = runOf(results)
  write(run, join(folder, 'deep/out'), join(folder, 'other/run.json'))
  t.same(JSON.parse(readFileSync(join(folder, 'deep/out/results.json'), 'utf8')), run)
  t.same(JSON.parse(readFileSync(join(folder, 'other/run.json'), 'utf8')), run)
  t.equal(readFileSync(join(folder, 'deep/out/results.md'), 'utf8'), markdown(run))
  t.equal(readFileSync(join(folder, 'deep/out/index.html'), 'utf8'), page(run))
  write(run, undefined, undefined)
  t.notOk(existsSync(join(folder, 'undefined')))
})
