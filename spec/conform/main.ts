// Runs the conformance suite on the Node that runs this file: `npm run conform`. With --write, writes its column of the page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/command.js'
import { cases } from './all.js'
import { deviationOf } from './deviations.js'
import { formatPage } from './format.js'
import { cellOf, columnsOf, pageOf, pagePath, withColumn } from './page.js'
import { nodeMajor, runCases } from './run.js'

const begun = performance.now()
const outcomes = await runCases(cases)
const seconds = ((performance.now() - begun) / 1000).toFixed(1)

const counts = { failed: 0, pending: 0, known: 0 }
for (const [i, { id, said, problems }] of outcomes.entries()) {
  const deviation = deviationOf(cases[i]!, nodeMajor)
  if (deviation !== undefined) counts[deviation.kind] += 1
  if (deviation !== undefined && problems.length > 0) {
    if (deviation.kind === 'pending') console.log(`pending: ${id}: ${deviation.reason} (${said})`)
  } else if (deviation !== undefined || problems.length > 0) {
    counts.failed += 1
    console.log(
      `not ok: ${id}: ${problems.join('; ') || `holds, although it is ${deviation?.kind}`} (${said})`,
    )
  }
}
console.log(
  `Node ${process.versions.node}: ${outcomes.length} cases in ${seconds} s, ${counts.failed} failed, ${counts.pending} pending, ${counts.known} known`,
)
if (counts.failed > 0) process.exitCode = 1

if (process.argv.includes('--write')) {
  const path = join(root, pagePath)
  const before = existsSync(path) ? columnsOf(readFileSync(path, 'utf8')) : []
  const cells = new Map(outcomes.map(({ id, said }, i) => [id, cellOf(cases[i]!, said, nodeMajor)]))
  writeFileSync(path, await formatPage(pageOf(withColumn(before, { version: process.versions.node, cells }))))
  console.log(`${pagePath} is written`)
}
