// `npm run conform`: the conformance suite, on this Node and on others.
//   --node <path>   runs it on this Node instead; may be given several times
//   --write         writes the column of each version that ran into docs/conformance.md
import { parseArgs } from 'node:util'
import { build } from './build.js'
import { run } from './run.js'

const { values } = parseArgs({
  options: { node: { type: 'string', multiple: true }, write: { type: 'boolean' } },
})
const built = process.env.PLUGBOARD_NO_BUILD ? { code: 0 } : await build({ show: true })
if (built.code !== 0) process.exit(built.code)
for (const node of values.node ?? [process.execPath]) {
  const { code } = await run(node, ['dist/spec/conform/main.js', ...(values.write ? ['--write'] : [])], {
    show: true,
  })
  if (code !== 0) process.exitCode = code
}
