// Runs the compiled tap specs, a few processes at a time, and reads what they say with tap's own parser.
// `npm run spec` prints one line a file; `npm run spec conn` runs the specs whose path holds "conn".
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { build } from './build.js'
import { isMain, root, seconds } from './run.js'

const limit = 300_000
/** Where the compiled specs are; the runner's own spec points it at others. */
const specs = process.env.PLUGBOARD_SPECS ?? join(root, 'dist/spec')
/** How long each spec took the last time: the longest start first, so that no long one is left alone at the end. */
const times = join(specs, '../.spec-times.json')

/**
 * @typedef {object} SpecResult
 * @property {string} file path below dist/spec
 * @property {number} passed assertions that held
 * @property {string[]} failures each a description, ready to print
 * @property {string[]} skips names and reasons of what was skipped or marked as to do
 * @property {number} ms
 */

/** The compiled specs, as paths below dist/spec. @returns {string[]} */
export const specFiles = () =>
  readdirSync(specs, { recursive: true, encoding: 'utf8' })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.spec.js'))
    .sort()

/** @param {string} text */
const indent = text => text.trimEnd().replaceAll(/^/gm, '    ')

/**
 * One failed assertion with the details that tap gives, the longest last.
 *
 * @param {import('tap-parser').Result} result
 */
const describe = result => {
  const lines = [`  not ok ${result.fullname || result.name}`]
  for (const [key, value] of Object.entries(result.diag || {})) {
    if (value === null || value === undefined || value === '' || key === 'tapCaught') continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    lines.push(
      text.includes('\n') ? `${indent(`${key}:`)}\n${indent(indent(text))}` : indent(`${key}: ${text}`),
    )
  }
  return lines.join('\n')
}

/**
 * Runs one spec in its own process.
 *
 * @param {string} file
 * @param {{ coverage?: string | undefined }} options
 * @returns {Promise<SpecResult>}
 */
const runSpec = (file, options) =>
  new Promise(resolve => {
    const begun = performance.now()
    /** @type {SpecResult} */
    const result = { file, passed: 0, failures: [], skips: [], ms: 0 }
    /** @type {Record<string, string | undefined>} */
    const env = {
      ...process.env,
      TAP_TIMEOUT: String((limit - 10_000) / 1000),
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
    }
    if (options.coverage) env.NODE_V8_COVERAGE = options.coverage
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', '--disable-warning=FailedRequest', join(specs, file)],
      {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )

    /** @param {Parser} parser */
    const listen = parser => {
      parser.on('child', listen)
      parser.on('assert', (/** @type {import('tap-parser').Result} */ one) => {
        // The line that closes a subtest repeats what its own lines said, unless the subtest said nothing.
        if (one.skip || one.todo) {
          const reason = one.skip || one.todo
          result.skips.push(`${one.name}${reason === true ? '' : `: ${reason}`}`)
        } else if (one.closingTestPoint) {
          if (!one.ok && !failedWithin) result.failures.push(describe(one))
          failedWithin = false
        } else if (one.ok) result.passed += 1
        else {
          result.failures.push(describe(one))
          failedWithin = true
        }
      })
    }
    // Has an assertion failed since the last closing line? Then the closing line has nothing to add.
    let failedWithin = false
    let errors = ''
    const parser = new Parser()
    listen(parser)
    child.stdout.pipe(parser)
    child.stderr.on('data', chunk => (errors += chunk))
    const timer = setTimeout(() => child.kill('SIGTERM'), limit)
    const killer = setTimeout(() => child.kill('SIGKILL'), limit + 5_000)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      clearTimeout(killer)
      if (!parser.results) parser.end()
      result.ms = performance.now() - begun
      if (result.failures.length === 0) {
        if (signal) result.failures.push(`  ended by ${signal} after ${seconds(result.ms)}`)
        else if (code !== 0) result.failures.push(`  exit code ${code}`)
        else if (!parser.results?.ok)
          result.failures.push(`  broken TAP: ${JSON.stringify(parser.results?.failures)}`)
        else if (result.passed === 0 && result.skips.length === 0)
          result.failures.push('  no assertion was made')
      }
      if (result.failures.length > 0 && errors.trim())
        result.failures.push(`  standard error:\n${indent(errors)}`)
      resolve(result)
    })
  })

/**
 * Runs specs, as many at once as there are processors.
 *
 * @param {readonly string[]} files
 * @param {{ coverage?: string, each?: (result: SpecResult) => void }} [options] `coverage`: the folder for V8's reports
 * @returns {Promise<SpecResult[]>}
 */
export const runSpecs = async (files, options = {}) => {
  if (options.coverage) {
    rmSync(options.coverage, { recursive: true, force: true })
    mkdirSync(options.coverage, { recursive: true })
  }
  /** @type {Record<string, number>} */
  const known = existsSync(times) ? JSON.parse(readFileSync(times, 'utf8')) : {}
  // Of a spec that has not been run, assume the worst of those that start compilers, servers and browsers.
  const weight = (/** @type {string} */ file) =>
    known[file] ?? (/types|docs|browser|examples/.test(file) ? 1e6 : 0)
  const queue = files.toSorted((a, b) => weight(b) - weight(a))
  /** @type {SpecResult[]} */
  const results = []
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runSpec(file, { coverage: options.coverage })
      known[file] = Math.round(result.ms)
      results.push(result)
      options.each?.(result)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  writeFileSync(times, JSON.stringify(known))
  return results.sort((a, b) => (a.file < b.file ? -1 : 1))
}

/**
 * What the results come to. In CI (the variable CI is set) something skipped has failed: nothing may be left
 * uncovered there.
 *
 * @param {readonly SpecResult[]} results
 */
export const sum = results => {
  const skips = results.flatMap(result => result.skips.map(skip => `${result.file}: ${skip}`))
  return {
    passed: results.reduce((total, result) => total + result.passed, 0),
    failed: results.reduce(
      (total, result) => total + result.failures.filter(f => !f.startsWith('  standard error')).length,
      0,
    ),
    skips,
  }
}

/** @param {SpecResult} result */
export const specLine = result =>
  [
    `${result.failures.length > 0 ? 'not ok' : 'ok'} ${result.file} (${result.passed} assertions, ${seconds(result.ms)})`,
    ...result.failures,
  ].join('\n')

if (isMain(import.meta.filename)) {
  const wanted = process.argv.slice(2)
  const built = process.env.PLUGBOARD_NO_BUILD ? { code: 0 } : await build({ show: true })
  if (built.code !== 0) process.exit(built.code)
  // A name may be given as the source's path, the compiled path or any part of it.
  const parts = wanted.map(name => name.replace(/^(\.\/)?(dist\/)?spec\//, '').replace(/\.ts$/, '.js'))
  const files = specFiles().filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
  if (files.length === 0) {
    console.log(`no spec has ${wanted.join(' or ')} in its path`)
    process.exit(1)
  }
  const results = await runSpecs(files, { each: result => console.log(specLine(result)) })
  const { passed, failed, skips } = sum(results)
  for (const skip of skips) console.log(`SKIPPED: ${skip}`)
  const skippedInCi = process.env.CI ? skips.length : 0
  const skipped = skips.length > skippedInCi ? `, ${skips.length} skipped` : ''
  console.log(`${passed} passed, ${failed + skippedInCi} failed${skipped}`)
  if (failed + skippedInCi > 0) process.exitCode = 1
}
