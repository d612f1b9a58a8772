// Compiles everything into dist/. The compiler is incremental; this file adds what it leaves out: outputs whose
// source has gone are deleted (a stale spec must not run), and a deleted output is made again.
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bin, isMain, root, run } from './run.js'

const dist = join(root, 'dist')
const info = join(dist, '.tsbuildinfo')
/** @type {{ include: string[], exclude: string[] }} */
const config = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
const roots = config.include.filter(name => existsSync(join(root, name)))

/**
 * All files below a folder, relative to the project, leaving out what tsconfig.json excludes.
 *
 * @param {string} folder
 * @param {string} base
 * @returns {string[]}
 */
const filesBelow = (folder, base) =>
  existsSync(join(base, folder))
    ? readdirSync(join(base, folder), { withFileTypes: true }).flatMap(entry => {
        const path = `${folder}/${entry.name}`
        if (config.exclude.includes(path)) return []
        return entry.isDirectory() ? filesBelow(path, base) : [path]
      })
    : []

const sources = () => roots.flatMap(name => filesBelow(name, root)).filter(path => /(?<!\.d)\.ts$/.test(path))

/** Deletes outputs without a source; answers whether an output is missing. */
const tidy = () => {
  const expected = new Set(sources().map(path => path.slice(0, -'.ts'.length)))
  const present = new Set()
  for (const path of config.include.flatMap(name => filesBelow(name, dist))) {
    const stem = path.replace(/(\.d\.ts|\.js)(\.map)?$/, '')
    if (stem === path) continue
    if (!expected.has(stem)) rmSync(join(dist, path))
    else if (path.endsWith('.js')) present.add(stem)
  }
  return present.size < expected.size
}

/** Is an output missing or older than a source? (For `npm start`, which should start at once when it can.) */
export const isStale = () => {
  if (!existsSync(info) || tidy()) return true
  const built = statSync(info).mtimeMs
  return [...sources(), 'tsconfig.json', 'package.json'].some(
    path => statSync(join(root, path)).mtimeMs > built,
  )
}

/**
 * Builds. The result's `code` is 0 when every source, spec and example type-checks.
 *
 * @param {{ show?: boolean }} [options]
 */
export const build = (options = {}) => {
  // The compiler trusts its build info and would not write a missing output again.
  if (tidy()) rmSync(info, { force: true })
  const colours = options.show && process.stdout.isTTY ? 'true' : 'false'
  return run(process.execPath, [bin.tsc, '-p', '.', '--pretty', colours], options)
}

if (isMain(import.meta.filename)) {
  if (!existsSync(join(root, bin.tsc))) {
    // After `npm ci --omit=dev` there is no compiler.
    console.log('build: TypeScript is not installed, so nothing was compiled')
  } else process.exitCode = (await build({ show: true })).code
}
