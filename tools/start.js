// `npm start`: runs Snippetbox, in development unless NODE_ENV says otherwise, after a build where one is needed.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, isStale } from './build.js'
import { root } from './run.js'

if (isStale()) {
  const { code } = await build({ show: true })
  if (code !== 0) process.exit(code)
}
process.env.NODE_ENV ??= 'development'
const main = join(root, 'dist/examples/snippetbox/main.js')
process.argv[1] = main
await import(pathToFileURL(main).href)
