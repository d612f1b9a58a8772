/**
 * `npm run fuzz -- --minutes 2 --only query,router --runs 300000 --seed 7 --keep --json FILE`. Fuzzes each target for its part
 * of the minutes (default 2), and for at least so many runs if they are given. With `--keep` it writes the corpus that it
 * found to `spec/fuzz/corpus`, from which the next run begins. It ends with 1 if a law does not hold, and prints the input.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readCorpus, writeCorpus } from './corpus.js'
import { growsTooFast, search, startCoverage, takesTooMuch, type Report } from './engine.js'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    runs: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})

// before the code that it counts is loaded
const coverage = startCoverage()
const { targets } = await import('./targets/index.js')

const parts = options.only.split(',').filter(part => part !== '')
const chosen = targets.filter(({ name }) => parts.length === 0 || parts.includes(name))
if (chosen.length === 0) {
  console.error(`no target is named ${options.only}; there are ${targets.map(({ name }) => name).join(', ')}`)
  process.exit(1)
}
const milliseconds = (Number(options.minutes) * 60_000) / chosen.length
const seed = Number(options.seed)
console.log(`seed ${seed}, ${Math.round(milliseconds / 1_000)} s for each of ${chosen.length} targets`)

/** Bytes that an input may take for each of its own. */
const multiple = 400

let failed = false
const reports: (Omit<Report, 'corpus'> & { readonly corpus: number })[] = []
for (const target of chosen) {
  const { name } = target
  const end = performance.now() + milliseconds
  const least = Number(options.runs)
  const more = (runs: number): boolean => runs < least || performance.now() < end
  const report = search(target, coverage, { seed, corpus: readCorpus(name), more })
  const { runs, covered, corpus, failure } = report
  console.log(
    `${name.padEnd(12)} ${String(runs).padStart(9)} runs, ${(100 * covered).toFixed(1)} % of its code, corpus ${corpus.length}`,
  )
  reports.push({ ...report, corpus: corpus.length })
  const problems = corpus.flatMap(input => [
    growsTooFast(target, coverage, input) ?? [],
    takesTooMuch(target, input, multiple) ?? [],
  ])
  for (const problem of problems.flat()) console.error(`FAILED: ${problem}`)
  if (failure !== undefined) {
    const { input, cause } = failure
    console.error(`FAILED: ${name} for ${JSON.stringify(input)}`, cause)
  }
  failed ||= failure !== undefined || problems.length > 0
  if (options.keep && failure === undefined) writeCorpus(name, corpus)
}
console.log(`${reports.reduce((sum, { runs }) => sum + runs, 0)} runs in all`)
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ seed, reports }, null, 2)}\n`)
process.exit(failed ? 1 : 0)
