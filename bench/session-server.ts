/** A contender with sessions, in a process of its own: `node dist/bench/session-server.js CONTENDER SCENARIO`. */
import { ready } from './child.js'
import { contenders, type Scenario } from './session-contenders.js'

const [, , contender = '', scenario = 'read'] = process.argv
const begin = contenders[contender]
if (begin === undefined) throw new Error(`there is no contender ${contender}`)
ready(await begin(scenario as Scenario))
