/** What a run of the suite gives, as a Markdown table for each scenario and as one page of HTML with charts. */
import { htmlEscape } from '../lib/index.js'
import type { Effort, Result, Scenario, Spread } from './scenario.js'
import { words } from './statistics.js'
import { bars } from './svg.js'

/** A scenario with what its contenders took. */
export interface Measured extends Pick<Scenario, 'name' | 'title' | 'goal'> {
  readonly results: readonly Result[]
}

/** A run: where, when and how it was taken, and what it gave. It is the JSON file. */
export interface Run extends Effort {
  readonly at: string
  readonly cpu: string
  readonly cores: number
  readonly node: string
  /** The load generator and its version. */
  readonly load: string
  /** By package. */
  readonly versions: Readonly<Record<string, string>>
  readonly scenarios: readonly Measured[]
}

const columns: readonly (readonly [head: string, key: keyof Result])[] = [
  ['ratio to bare node:http', 'ratio'],
  ['µs CPU a request', 'cpu'],
  ['its floor, µs', 'floor'],
  ['requests a second', 'rate'],
  ['p50, ms', 'p50'],
  ['p99, ms', 'p99'],
  ['memory, MB', 'rss'],
]

/** The names of the other figures of some rows, each once. */
const figuresOf = (results: readonly Result[]): readonly string[] => [
  ...new Set(results.flatMap(({ figures }) => Object.keys(figures ?? {}))),
]

/** A table: its head and its rows, of those columns for which there is a measurement. */
export const tableOf = (
  results: readonly Result[],
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } => {
  const used = columns.filter(([, key]) => results.some(result => result[key] !== undefined))
  const figures = figuresOf(results)
  const counted = results.some(({ retaken }) => retaken !== undefined)
  const head = ['contender', ...used.map(([name]) => name), ...figures, ...(counted ? ['taken again'] : [])]
  const rows = results.map(result => {
    if (result.failure !== undefined) {
      const [first, ...others] = head.slice(1)
      return [
        result.contender,
        `FAILED: ${result.failure}`,
        ...(first === undefined ? [] : others.map(() => '')),
      ]
    }
    const spreads = used.map(([, key]) => {
      const value = result[key] as Spread | undefined
      return value === undefined ? '' : words(value)
    })
    const others = figures.map(name => {
      const figure = result.figures?.[name]
      return figure === undefined
        ? ''
        : `${words(figure.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`
    })
    return [result.contender, ...spreads, ...others, ...(counted ? [String(result.retaken ?? '')] : [])]
  })
  // A table of failures alone has a column for what failed.
  return { head: head.length === 1 && rows.some(row => row.length > 1) ? [...head, 'measured'] : head, rows }
}

const cell = (text: string): string => text.replace(/[|\\]/g, '\\$&').replace(/\s+/g, ' ')

/** The rows as a table of Markdown. */
export const markdownTable = (results: readonly Result[]): string => {
  const { head, rows } = tableOf(results)
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The circumstances of a run, by name. */
const circumstances = (run: Run): readonly (readonly [name: string, value: string])[] => [
  ['date', run.at],
  ['CPU', `${run.cpu}, ${run.cores} cores`],
  ['Node', run.node],
  ['load generator', run.load],
  ['rounds', `${run.rounds}, each of four loads of ${run.seconds} s`],
  [
    'versions',
    Object.entries(run.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ],
]

const note =
  'Median, with the least and the most. The ratio is the CPU time of bare node:http that sends the same bytes and headers, in the same run, over that of the contender: 1 is the floor itself.'

/** A run as Markdown. */
export const markdown = (run: Run): string =>
  [
    '# Benchmarks',
    circumstances(run)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n'),
    note,
    ...run.scenarios.flatMap(({ name, title, goal, results }) => [
      `## ${name}: ${title}`,
      `Goal: ${goal}.`,
      markdownTable(results),
    ]),
    '',
  ].join('\n\n')

/** Charts of a scenario: one of ratios, one of each other figure. */
const charts = ({ title, results }: Measured): string => {
  const chart = (name: string, value: (result: Result) => Spread | undefined, least: number): string => {
    const rows = results.flatMap(result => {
      const spread = value(result)
      const own = result.contender.startsWith('Plugboard')
      return spread === undefined ? [] : [{ label: result.contender, value: spread, own }]
    })
    return rows.length === 0 ? '' : `<h3>${htmlEscape(name)}</h3>${bars(`${title}: ${name}`, rows, least)}`
  }
  return [
    chart('Ratio to bare node:http', ({ ratio }) => ratio, 1),
    ...figuresOf(results).map(name => {
      const unit = results.find(({ figures }) => figures?.[name] !== undefined)?.figures?.[name]?.unit ?? ''
      return chart(
        unit === '' ? name : `${name}, ${unit}`,
        ({ figures }) => figures?.[name]?.value,
        unit === '' ? 1 : 0,
      )
    }),
  ].join('')
}

const htmlTable = (results: readonly Result[]): string => {
  const { head, rows } = tableOf(results)
  const cells = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map(text => `<${tag}>${htmlEscape(text)}</${tag}>`).join('')}</tr>`
  return `<div class="table"><table><thead>${cells('th', head)}</thead><tbody>${rows.map(row => cells('td', row)).join('')}</tbody></table></div>`
}

const style = `
:root { color-scheme: light dark; --own: #2563eb; --other: #94a3b8; --line: #33415580 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem } h3 { font-size: 1rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem } dd { margin: 0 }
svg { width: 100%; max-width: 50rem; font-size: 13px; fill: currentColor }
.own { fill: var(--own) } .other { fill: var(--other) } .range { stroke: currentColor; fill: none }
.table { overflow-x: auto } table { border-collapse: collapse; white-space: nowrap }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line) }
`

/** A run as a page that needs nothing else. */
export const page = (run: Run): string =>
  [
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>Benchmarks of Plugboard</title><style>${style}</style></head><body><h1>Benchmarks of Plugboard</h1><dl>`,
    ...circumstances(run).map(([name, value]) => `<dt>${name}</dt><dd>${htmlEscape(value)}</dd>`),
    `</dl><p>${note}</p>`,
    ...run.scenarios.map(
      measured =>
        `<section id="${measured.name}"><h2>${measured.name}: ${htmlEscape(measured.title)}</h2><p>Goal: ${htmlEscape(measured.goal)}.</p>${charts(measured)}${htmlTable(measured.results)}</section>`,
    ),
    `</body></html>\n`,
  ].join('\n')
