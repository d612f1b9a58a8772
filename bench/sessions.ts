/**
 * Measures every session store of Plugboard beside those of its peers: `npm run bench:sessions -- read write --only encrypted`.
 * A thousand visitors, each with the session that the contender itself gave, ask in turn. `read` shows a name from the session,
 * `write` also counts a visit, `untouched` has a session that nobody looks at. It takes the options of `main.ts`, and writes
 * files only where `--out` or `--json` say so. A contender whose database is not there fails, and the others go on.
 */
import { commandOf, failuresOf, orSay, take, write } from './command.js'
import { scenarios, without } from './contenders/sessions.js'
import type { Scenario } from './scenario.js'
import { stores } from './scenarios/sessions.js'

const command = orSay(() => commandOf(process.argv.slice(2)))
const unknown = command.names.find(name => !(scenarios as readonly string[]).includes(name))
orSay(() => {
  if (unknown !== undefined) throw new Error(`there is no work ${unknown}: there are ${scenarios.join(', ')}`)
})

const works = scenarios.filter(work => command.names.length === 0 || command.names.includes(work))
const chosen = works.map((work): Scenario => {
  const all = stores(work)
  // A page without a session is what the untouched one is compared with.
  const fits = (contender: string): boolean => contender !== without || work === 'untouched'
  return {
    ...all,
    run: (effort, wanted, report) => all.run(effort, name => wanted(name) && fits(name), report),
  }
})
const run = await take(chosen, command)
write(run, command.out, command.json)
process.exit(failuresOf(run).length === 0 ? 0 : 1)
