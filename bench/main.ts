/**
 * The benchmark suite: `npm run bench -- S1 S4 --rounds 8 --seconds 1 --only plugboard,fastify --out DIR --json FILE`. Without
 * names it runs all scenarios. With `--quick` it measures Plugboard alone in four of them, writes no files unless it is told
 * to, and its last line is JSON: the ratio of each.
 */
import { chosenOf, commandOf, failuresOf, orSay, take, write } from './command.js'
import { isNamed, missing } from './phoenix.js'
import { scenarios } from './scenarios/index.js'

const command = orSay(() => commandOf(process.argv.slice(2)))
const { quick, names, only, out, json } = command
const wanted = quick
  ? {
      ...command,
      names: names.length === 0 ? ['S1', 'S4', 'S5', 'S7'] : names,
      only: only.length === 0 ? ['Plugboard'] : only,
    }
  : command

const chosen = orSay(() => chosenOf(scenarios, wanted.names))
if (!quick && !isNamed()) console.log(missing)
const run = await take(chosen, wanted)
write(run, out ?? (quick ? undefined : 'bench/results'), json)

const failures = failuresOf(run)
for (const failure of failures) console.error(`FAILED: ${failure}`)
if (quick) {
  const ratios = run.scenarios.flatMap(({ name, results }) => {
    const own = results.find(({ contender }) => contender.startsWith('Plugboard'))
    return own?.ratio === undefined ? [] : [[name, Number(own.ratio.median.toFixed(3))]]
  })
  console.log(JSON.stringify(Object.fromEntries(ratios)))
}
process.exit(failures.length === 0 ? 0 : 1)
