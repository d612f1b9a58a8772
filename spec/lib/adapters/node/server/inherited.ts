// A process that serves what its options say, for the spec of where a server listens: `node inherited.js OPTIONS`, as JSON. It
// says its URL and when it has stopped.
import cluster from 'node:cluster'
import { text } from '../../../../../lib/index.js'
import { serve, type ServeOptions } from '../../../../../lib/adapters/node.js'

const options = JSON.parse(process.argv[2] as string) as ServeOptions
const started = await serve(conn => text(`hello ${conn.remoteIp}`)(conn), options)()
if (started._tag === 'Left') {
  if (cluster.isPrimary) console.log(started.left.message)
  process.exit(1)
}
if (cluster.isPrimary) console.log(`at ${started.right.url} ${started.right.port}`)
await started.right.stopped
if (cluster.isPrimary) console.log('stopped')
