// Packs the package as it would be published and looks at it as its users will: publint and "are the types wrong?" on the
// tarball, then a small app in a folder of its own that installs the tarball with its peers, type-checks against it with
// both compilers, and runs.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from './build.js'
import { bin, isMain, root, run, runNode } from './run.js'

/** @typedef {{ ok: boolean, output: string, skipped?: string }} Check */

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** `plugboard`, `plugboard/plugs` and so on. @type {string[]} */
const entries = Object.keys(manifest.exports)
  .filter(path => path !== './package.json')
  .map(path => path.replace('.', manifest.name))

/**
 * npm, in a folder of its own. What the surrounding `npm test` says about this project must not reach it.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
const npm = (args, cwd) => {
  const own = Object.keys(process.env).filter(name =>
    /^(INIT_CWD$|npm_package_|npm_lifecycle_|npm_config_local_prefix$)/.test(name),
  )
  const env = Object.fromEntries(own.map(name => [name, undefined]))
  const script = process.env.npm_execpath
  return script?.endsWith('.js') ? runNode(script, args, { cwd, env }) : run('npm', args, { cwd, env })
}

/** The version of an installed package: the smoke app asks for the same, which npm's cache holds. @param {string} name */
const installed = name =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version

/** The app: every entry point imported, and a pipeline of a newcomer's. */
const app = `${entries.map((entry, i) => `import * as entry${i} from '${entry}'`).join('\n')}
import { pipe } from 'fp-ts/lib/function.js'
import { assign, pipeline, putStatus, text } from 'plugboard'
import { conn, run } from 'plugboard/testing'

const entries = { ${entries.map((entry, i) => `'${entry}': entry${i}`).join(', ')} }
for (const [name, exported] of Object.entries(entries))
  if (Object.keys(exported).length === 0) throw new Error(name + ' exports nothing')

const hello = pipeline(assign('name', 'Ada'), putStatus(201), text('hello'))
const answer = pipe(conn('GET', '/'), run(hello))
if (answer.status !== 201 || answer.respBody !== 'hello') throw new Error('the pipeline does not answer')
console.log('ok')
`

const commonjs = `${entries.map(entry => `if (Object.keys(require('${entry}')).length === 0) throw new Error('${entry}')`).join('\n')}
console.log('ok')
`

/** Files that a source map of the package speaks of and that the package lacks. @param {string} folder */
const missingSources = folder =>
  readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.map'))
    .flatMap(path => {
      const file = join(folder, 'dist', path)
      /** @type {{ sources: string[] }} */
      const { sources } = JSON.parse(readFileSync(file, 'utf8'))
      return sources
        .filter(source => !existsSync(resolve(dirname(file), source)))
        .map(source => `${path}: ${source}`)
    })

/** A router, as the command lists it. */
const site = `import { text } from 'plugboard'
import { router, scope } from 'plugboard/router'

export const app = router(scope('/', ({ get }) => [get('/hello', text('hello'))]))
`

/**
 * Calls the installed command, as npm has linked it.
 *
 * @param {string} folder
 * @returns {Promise<Check>}
 */
const command = async folder => {
  const written = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...written, plugboard: { router: './site.js' } }),
  )
  writeFileSync(join(folder, 'site.js'), site)
  for (const name of Object.keys(manifest.bin)) {
    const { code, output } = await npm(['exec', '--offline', '--', name, 'routes'], folder)
    if (code !== 0 || output.trim() !== 'GET  /hello  text  site.js:4')
      return { ok: false, output: `${name} routes:\n${output}` }
  }
  return { ok: true, output: '' }
}

/**
 * Installs the tarball into an empty app and uses it.
 *
 * @param {string} tarball
 * @param {string} folder
 * @returns {Promise<Check>}
 */
const smoke = async (tarball, folder) => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  const wanted = [...Object.keys(manifest.peerDependencies), '@types/node'].map(
    name => `${name}@${installed(name)}`,
  )
  const options = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    '--fetch-timeout=30000',
  ]
  const install = await npm(['install', ...options, tarball, ...wanted], folder)
  if (install.code !== 0) {
    // npm blames whatever it could not look up, so the registry is asked for one thing that it surely has
    const asked = await npm(['view', 'fp-ts', 'version', '--prefer-online', '--fetch-retries=0'], folder)
    return asked.code !== 0
      ? {
          ok: true,
          output: '',
          skipped: 'the app installed from the tarball: no npm registry could be reached',
        }
      : { ok: false, output: install.output }
  }
  const lost = missingSources(join(folder, 'node_modules', manifest.name))
  if (lost.length > 0) return { ok: false, output: `sources that the package lacks:\n${lost.join('\n')}` }

  writeFileSync(join(folder, 'app.ts'), app)
  writeFileSync(join(folder, 'app.cjs'), commonjs)
  const compilerOptions = {
    strict: true,
    target: 'ES2022',
    module: 'NodeNext',
    types: ['node'],
    skipLibCheck: false,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  for (const compiler of [bin.tsc5, bin.tsc]) {
    const { code, output } = await runNode(join(root, compiler), ['-p', '.', '--pretty', 'false'], {
      cwd: folder,
    })
    // Declarations of other packages are checked too, but are not this package's to mend.
    const errors = output.split('\n').filter(line => /error TS/.test(line))
    const ours = errors.filter(line => /^(error|app\.ts|node_modules\/plugboard\/)/.test(line))
    if (ours.length > 0 || (code !== 0 && errors.length === 0))
      return { ok: false, output: `${compiler}:\n${output}` }
  }
  const programs = ['app.js']
  // Older versions of Node cannot load modules with require().
  if (/** @type {any} */ (process.features).require_module) programs.push('app.cjs')
  for (const program of programs) {
    const { code, output } = await runNode(program, [], {
      cwd: folder,
      env: { NODE_OPTIONS: '--no-warnings' },
    })
    if (code !== 0 || output.trim() !== 'ok') return { ok: false, output: `${program}:\n${output}` }
  }
  return command(folder)
}

/** Packs and checks; what is built must be up to date. @returns {Promise<Check>} */
export const checkPackage = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugboard-pack-'))
  try {
    const packed = await npm(
      ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder],
      root,
    )
    if (packed.code !== 0) return { ok: false, output: packed.output }
    const tarball = join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '')
    const [publint, attw, smoked] = await Promise.all([
      runNode(bin.publint, ['run', tarball, '--strict']),
      // Only ESM is shipped; that require() of it is not for every Node is stated by "engines".
      runNode(bin.attw, [
        tarball,
        '--profile',
        'esm-only',
        '--ignore-rules',
        'cjs-resolves-to-esm',
        '--no-definitely-typed',
        '--no-emoji',
      ]),
      smoke(tarball, join(folder, 'app')),
    ])
    for (const { code, output } of [publint, attw]) if (code !== 0) return { ok: false, output }
    return smoked
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (isMain(import.meta.filename)) {
  const built = await build({ show: true })
  if (built.code !== 0) process.exit(built.code)
  const { ok, output, skipped } = await checkPackage()
  if (output) console.log(output)
  if (skipped) console.log(`SKIPPED: ${skipped}`)
  console.log(ok ? 'ok' : 'not ok')
  if (!ok || (skipped && process.env.CI)) process.exitCode = 1
}
