// Turns V8's coverage of the compiled files into statements, branches and lines of the TypeScript sources, and holds
// lib/, plugs/, router/ and cli/ to their limit. V8 reports only the ranges whose counts differ; `ast-v8-to-istanbul` reads
// the syntax tree too, so both arms of every branch count, and lines are lines of code, not of comment.
import { mergeProcessCovs } from '@bcoe/v8-coverage'
import { parse } from 'acorn'
import { convert } from 'ast-v8-to-istanbul'
import coverageLibrary from 'istanbul-lib-coverage'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './build.js'
import { isMain, root } from './run.js'
import { runSpecs, specFiles, specLine } from './specs.js'

/** Per cent of lines, and of branches, that the specs must reach in each of the folders. */
const limit = 97
const folders = ['lib', 'plugs', 'router', 'cli']

/** Where the specs leave V8's reports. */
export const raw = join(root, 'dist/.coverage')

/** The compiled files that count. @returns {string[]} absolute paths */
const compiled = () =>
  folders.flatMap(folder => {
    const base = join(root, 'dist', folder)
    if (!existsSync(base)) return []
    return readdirSync(base, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.js'))
      .map(path => join(base, path))
  })

/** V8's reports of all processes, merged, one a file. */
const merged = () => {
  const wanted = new Set(compiled().map(path => pathToFileURL(path).href))
  const reports = readdirSync(raw).flatMap(name => {
    try {
      /** @type {import('@bcoe/v8-coverage').ProcessCov} */
      const report = JSON.parse(readFileSync(join(raw, name), 'utf8'))
      return [{ result: report.result.filter(script => wanted.has(script.url)) }]
    } catch {
      return [] // A process that was killed while writing leaves half a file.
    }
  })
  const found = new Map(mergeProcessCovs(reports).result.map(script => [script.url, script]))
  return [...wanted].map(url => {
    const path = fileURLToPath(url)
    const code = readFileSync(path, 'utf8')
    // What no spec loads is wholly uncovered, rather than forgotten.
    const nothing = [
      {
        functionName: '',
        isBlockCoverage: false,
        ranges: [{ startOffset: 0, endOffset: code.length, count: 0 }],
      },
    ]
    return { path, code, script: found.get(url) ?? { scriptId: '0', url, functions: nothing } }
  })
}

/** @returns {Promise<import('istanbul-lib-coverage').CoverageMap>} */
const remapped = async () => {
  const map = coverageLibrary.createCoverageMap({})
  for (const { path, code, script } of merged()) {
    const ast = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
    const sourceMap = JSON.parse(readFileSync(`${path}.map`, 'utf8'))
    map.merge(/** @type {never} */ (await convert({ ast, code, sourceMap, coverage: script })))
  }
  return map
}

/** @param {{ covered: number, total: number }} part */
const percent = part => (part.total === 0 ? 100 : (part.covered / part.total) * 100)

/** "3-5, 9" of [3, 4, 5, 9]. @param {readonly number[]} lines */
const ranges = lines => {
  /** @type {[number, number][]} */
  const groups = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last && line <= last[1] + 1) last[1] = line
    else groups.push([line, line])
  }
  return groups.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}

/** The lines on which a branch was never taken. @param {import('istanbul-lib-coverage').FileCoverage} file */
const missedBranches = file =>
  Object.entries(file.data.b)
    .flatMap(([id, counts]) =>
      counts.flatMap((count, i) => {
        const branch = file.data.branchMap[id]
        return count > 0 || !branch ? [] : [branch.locations[i]?.start?.line ?? branch.loc.start.line]
      }),
    )
    .sort((a, b) => a - b)

/**
 * Reads what the specs left and says how much of the sources they reached.
 *
 * @param {(path: string) => boolean} [shown] which sources to list; all by default
 * @returns {Promise<{ ok: boolean, summary: string, details: string }>} `details`: the files that are not wholly covered
 */
export const coverage = async (shown = () => true) => {
  const map = await remapped()
  const empty = () => ({ lines: { covered: 0, total: 0 }, branches: { covered: 0, total: 0 } })
  const totals = Object.fromEntries(folders.map(folder => [folder, empty()]))
  const details = []
  for (const file of map.files().sort()) {
    const path = relative(root, file).replaceAll('\\', '/')
    const coverageOf = map.fileCoverageFor(file)
    const summary = coverageOf.toSummary()
    const total = totals[path.slice(0, path.indexOf('/'))]
    for (const part of /** @type {const} */ (['lines', 'branches'])) {
      if (!total) continue
      total[part].covered += summary[part].covered
      total[part].total += summary[part].total
    }
    const lines = coverageOf.getUncoveredLines().map(Number)
    const branches = missedBranches(coverageOf)
    if (!shown(path) || (lines.length === 0 && branches.length === 0)) continue
    const figures = `${percent(summary.lines).toFixed(1)} % of lines, ${percent(summary.branches).toFixed(1)} % of branches`
    details.push(
      `${path}: ${figures}` +
        (lines.length > 0 ? `\n    lines ${ranges(lines)}` : '') +
        (branches.length > 0 ? `\n    branches at lines ${ranges(branches)}` : ''),
    )
  }
  const parts = Object.entries(totals).map(([folder, { lines, branches }]) => ({
    text: `${folder} ${percent(lines).toFixed(1)}/${percent(branches).toFixed(1)}`,
    ok: percent(lines) >= limit && percent(branches) >= limit,
  }))
  return {
    ok: parts.every(part => part.ok),
    summary: `${parts.map(part => part.text).join(', ')} per cent of lines/branches, at least ${limit} wanted`,
    details: details.join('\n'),
  }
}

if (isMain(import.meta.filename)) {
  const built = await build({ show: true })
  if (built.code !== 0) process.exit(built.code)
  // `npm run coverage conn` runs the specs with "conn" in their path and lists the sources with it in theirs.
  const words = process.argv.slice(2)
  const matches = (/** @type {string} */ path) =>
    words.length === 0 || words.some(word => path.includes(word))
  const results = await runSpecs(specFiles().filter(matches), { coverage: raw })
  for (const result of results) if (result.failures.length > 0) console.log(specLine(result))
  const { ok, summary, details } = await coverage(matches)
  if (details) console.log(details)
  console.log(summary)
  if (!ok || results.some(result => result.failures.length > 0)) process.exitCode = 1
}
