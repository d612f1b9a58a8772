// `npm test`: everything that must hold, one line a part, the whole output of a part that fails, and one last line
// "N passed, N failed". In CI (the variable CI is set) a skipped part or spec has failed.
import { build } from './build.js'
import { coverage, raw } from './coverage.js'
import { checkPackage } from './pack.js'
import { bin, runNode, seconds } from './run.js'
import { runSpecs, specFiles, specLine, sum } from './specs.js'

const inCi = Boolean(process.env.CI)
const totals = { passed: 0, failed: 0, skipped: 0 }

/** @param {string} what */
const skip = what => {
  console.log(`SKIPPED: ${what}`)
  if (inCi) totals.failed += 1
  else totals.skipped += 1
}

/**
 * Reports a part.
 *
 * @param {string} name
 * @param {{ ok: boolean, ms: number, output?: string, note?: string }} result
 */
const report = (name, { ok, ms, output = '', note }) => {
  console.log(`${ok ? 'ok' : 'not ok'} ${name} (${seconds(ms)})${note ? `: ${note}` : ''}`)
  if (!ok && output) console.log(output.trimEnd())
}

/** @typedef {() => Promise<{ ok: boolean, output?: string, note?: string, skipped?: string }>} Part */

/**
 * Runs parts at the same time, each of which passes or fails as a whole, and reports them in their order.
 *
 * @param {Record<string, Part>} parts
 * @returns {Promise<string[]>} the names of those that failed
 */
const together = async parts => {
  const results = await Promise.all(
    Object.entries(parts).map(async ([name, part]) => {
      const begun = performance.now()
      return { name, ...(await part()), ms: performance.now() - begun }
    }),
  )
  for (const result of results) {
    if (result.skipped) skip(result.skipped)
    else {
      totals[result.ok ? 'passed' : 'failed'] += 1
      report(result.name, result)
    }
  }
  return results.filter(result => !result.ok).map(result => result.name)
}

/** @param {Promise<import('./run.js').Ran>} ran */
const command = async ran => {
  const { code, output } = await ran
  return { ok: code === 0, output }
}

/** Which part a spec belongs to. @type {readonly (readonly [name: string, files: RegExp])[]} */
const groups = [
  ['arch', /^(architecture|loading)\.spec/],
  ['types', /^types\//],
  ['docs', /^docs\//],
  ['specs', /^/],
]

const specs = async () => {
  const results = await runSpecs(specFiles(), { coverage: raw })
  const left = new Set(results)
  for (const [name, files] of groups) {
    const own = [...left].filter(result => files.test(result.file))
    for (const result of own) left.delete(result)
    const { passed, failed, skips } = sum(own)
    totals.passed += passed
    totals.failed += failed
    // A pattern that finds no spec would pass without having looked at anything.
    if (own.length === 0) totals.failed += 1
    const bad = own.filter(result => result.failures.length > 0)
    const ms = own.reduce((total, result) => total + result.ms, 0)
    const note = `${passed} assertions in ${own.length} ${own.length === 1 ? 'file' : 'files'}`
    report(name, { ok: failed === 0 && own.length > 0, ms, note, output: bad.map(specLine).join('\n') })
    skips.forEach(skip)
  }
}

const unsound = await together({
  format: () => command(runNode(bin.prettier, ['--check', '--cache', '--log-level=warn', '.'])),
  lint: () => command(runNode(bin.oxlint, ['--deny-warnings'])),
  // One run of the compiler is the type check of sources, specs and examples, and the build.
  build: () => command(build()),
  tools: () => command(runNode(bin.tsc, ['-p', 'tools', '--pretty', 'false'])),
})
if (unsound.includes('build')) console.log('The specs did not run: there is no build.')
else {
  await specs()
  await together({
    coverage: async () => {
      const { ok, summary, details } = await coverage()
      return { ok, note: summary, output: details }
    },
    package: checkPackage,
  })
}

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`)
process.exitCode = totals.failed > 0 ? 1 : 0
