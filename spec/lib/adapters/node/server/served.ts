// A process that serves, for the spec that sends it signals: `node served.js MILLISECONDS`. It says its port and when it is asked,
// answers after so long, and says when it has stopped.
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, text, type Conn } from '../../../../../lib/index.js'
import { serve } from '../../../../../lib/adapters/node.js'

const app = (conn: Conn) => {
  console.log('asked')
  return attempt(() => sleep(Number(process.argv[2]), text('done')(conn)))
}
const started = await serve(app, { port: 0, host: '127.0.0.1' })()
if (started._tag === 'Left') throw new Error(started.left.message)
console.log(`port ${started.right.port}`)
await started.right.stopped
console.log('stopped')
