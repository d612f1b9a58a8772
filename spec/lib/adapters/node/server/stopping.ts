// A program that serves until a signal stops it, for the spec that stops it under load: `node stopping.js WORKERS`.
import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, text, type Conn } from '../../../../../lib/index.js'
import { serve } from '../../../../../lib/adapters/node.js'

const page = text('x'.repeat(500))
const app = (conn: Conn) =>
  conn.path === '/slow' ? attempt(() => sleep(Math.random() * 8).then(() => page(conn))) : page(conn)

const workers = Number(process.argv[2])
const started = await serve(app, { port: 0, host: '127.0.0.1', ...(workers > 0 && { workers }) })()
if (started._tag === 'Left') throw new Error(started.left.message)
if (cluster.isPrimary) console.log(`port ${started.right.port}`)
await started.right.stopped
