// docs/conformance.md: written from the rules, the cases, and what came back on each version of Node.
import { cases, topics } from './all.js'
import type { Case } from './case.js'
import { deviationOf } from './deviations.js'
import { rules } from './rules.js'

/** What came back on one version of Node, by case, in the words of the page. */
export interface Column {
  /** The version: `22.1.0`. */
  readonly version: string
  readonly cells: ReadonlyMap<string, string>
}

/** Where the page is, from the project's folder. */
export const pagePath = 'docs/conformance.md'

/** The major version of a version. */
export const majorOf = (version: string): number => Number(version.split('.')[0])

/** What the page says of a case that has not run on a version. */
export const notRun = 'not run'

/** What the page says of an outcome: a case that does not hold is marked. */
export const cellOf = (test: Case, said: string, node: number): string => {
  const deviation = deviationOf(test, node)
  return deviation === undefined ? said : `${deviation.kind}: ${said}`
}

/** A text as it stands in a cell of a table. */
const inCell = (text: string): string => text.replaceAll('|', '\\|')

const row = (...cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |`
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n')

/** Reads the columns of a page. */
export const columnsOf = (page: string): readonly Column[] => {
  const columns: { version: string; cells: Map<string, string> }[] = []
  for (const line of page.split('\n')) {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map(cell => cell.trim())
    if (cells[0] === 'Case')
      cells.slice(1).forEach((cell, i) => {
        columns[i] ??= { version: cell.replace('Node ', ''), cells: new Map() }
      })
    const id = /^`([^`]+\/[^`]+)`$/.exec(cells[0] ?? '')?.[1]
    if (id !== undefined) cells.slice(1).forEach((cell, i) => columns[i]?.cells.set(id, cell))
  }
  return columns
}

/** The columns with one more, or with another one of its major version, in order. */
export const withColumn = (columns: readonly Column[], column: Column): readonly Column[] =>
  [...columns.filter(({ version }) => majorOf(version) !== majorOf(column.version)), column].sort(
    (a, b) => majorOf(a.version) - majorOf(b.version),
  )

const deviations = (kind: 'pending' | 'known', columns: readonly Column[]): string => {
  const nodes = columns.map(({ version }) => majorOf(version))
  const rows = cases.flatMap(test => {
    const on = nodes.filter(node => deviationOf(test, node)?.kind === kind)
    const reason = on[0] === undefined ? undefined : deviationOf(test, on[0])?.reason
    const where = on.length === nodes.length ? 'all' : on.join(', ')
    return reason === undefined ? [] : [row(`\`${test.id}\``, where, reason)]
  })
  return rows.length === 0 ? 'None.' : table(['Name', 'Node', 'Reason'], rows)
}

const ruleTable = (): string =>
  table(
    ['Rule', 'Level', 'Section', 'Says', 'Cases'],
    rules.map(({ id, level, section, says, none, cases: own }) =>
      row(`\`${id}\``, level, section, says, none === undefined ? String(own.length) : `none: ${none}`),
    ),
  )

const topicTable = (tests: readonly Case[], columns: readonly Column[]): string =>
  table(
    ['Case', ...columns.map(({ version }) => `Node ${version}`)],
    tests.map(({ id }) => row(`\`${id}\``, ...columns.map(({ cells }) => cells.get(id) ?? notRun))),
  )

/** The page, before it is formatted. */
export const pageOf = (columns: readonly Column[]): string => `# HTTP conformance

What RFC 9110, RFC 9112, RFC 6265bis and RFC 3986 demand of an origin server over HTTP/1.1, and how Plugboard responds, on each version
of Node.js that the suite ran on. \`npm run conform -- --write\` writes this page; do not edit it.

\`\`\`text
npm run conform                                  runs all cases on the Node.js that runs npm
npm run conform -- --node path/to/node           runs them on another one; may be given several times
npm run conform -- --write                       writes the column of each version that ran
\`\`\`

${cases.length} cases hold ${rules.filter(({ none }) => none === undefined).length} rules. Each case sends exact bytes over a socket to \`serve\`, and checks the statuses and number of the
responses, headers, body, whether the connection is closed, and what the app saw: \`spec/conform/cases/\`. All responses are parsed strictly, and
each must have one \`Date\`.

- **must** is a MUST or MUST NOT, **should** a SHOULD or "ought to", **own** what the RFC leaves open and Plugboard promises.
- A cell has the statuses of the responses, separated by commas, interim ones before their final one. \`closed\`: the connection then ends.
- **pending** is a case that fails and is to be mended, **known** one that fails and stays so. Each has its reason below. A case that passes
  although it stands there fails the suite: remove it from \`spec/conform/deviations.ts\`.

Warning: use Node.js 20.19.2 or later, 22, 24 or newer. The parser of Node.js 20 before 20.19.2 is older, and 21 cases fail on it: it takes
two bytes other than CR LF for the end of a chunk, white space before a colon, CR for the end of a head, and targets with tabs and bytes
beyond ASCII. Behind a proxy, a client can smuggle requests with them.

## Pending

${deviations('pending', columns)}

## Known

${deviations('known', columns)}

## Rules

${ruleTable()}
${Object.entries(topics)
  .map(([topic, tests]) => `\n## Cases: ${topic}\n\n${topicTable(tests, columns)}\n`)
  .join('')}`
