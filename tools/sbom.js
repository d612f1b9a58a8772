// `npm run sbom`: the software bill of materials of what an app installs with the package, as CycloneDX JSON with licenses.
// It fails for a license that is not on the list, and for a package with an install script.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMain, root, run } from './run.js'

/** Licenses without conditions beyond attribution. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]

/** @typedef {{ version?: string, license?: string, dev?: boolean, devOptional?: boolean, hasInstallScript?: boolean }} Locked */

/**
 * What is wrong with the packages of a lock file that an app installs.
 *
 * @param {Record<string, Locked>} packages
 * @returns {string[]}
 */
export const problemsIn = packages =>
  Object.entries(packages).flatMap(([path, { license, dev, hasInstallScript }]) => {
    if (path === '' || dev) return []
    const name = path.slice(path.lastIndexOf('node_modules/') + 13)
    return [
      ...(license !== undefined &&
      license.split(/ OR /).some(one => permissive.includes(one.replace(/[()]/g, '')))
        ? []
        : [`${name}: the license ${license ?? '(none)'} is not on the list`]),
      ...(hasInstallScript ? [`${name} has an install script`] : []),
    ]
  })

if (isMain(import.meta.filename)) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const problems = problemsIn(packages)
  for (const problem of problems) console.error(problem)
  const { code, output } = await run(
    'npm',
    ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'],
    {},
  )
  console.log(output)
  process.exitCode = problems.length > 0 ? 1 : code
}
