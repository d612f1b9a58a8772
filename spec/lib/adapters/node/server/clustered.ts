// A program that serves with workers, for the spec that starts it: `node clustered.js PORT OPTIONS`, the options as JSON.
// Each process says who it is: `primary PORT`, `worker PID`, `failed MESSAGE`, `told MESSAGE`, `stopped`.
import cluster from 'node:cluster'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { attempt, endpoint, text, type Conn } from '../../../../../lib/index.js'
import { serve, telemetryTo, type WorkerExit } from '../../../../../lib/adapters/node.js'

const app = (conn: Conn) => {
  if (conn.path === '/slow') {
    console.log('asked')
    return attempt(() => sleep(400, text('done')(conn)))
  }
  if (conn.path === '/stuck') {
    console.log('asked')
    return attempt(() => new Promise<never>(() => undefined))
  }
  if (conn.path === '/exit') process.exit(3)
  if (conn.path === '/busy') for (console.log('asked'); ;);
  return text(`${conn.scheme} ${process.pid}`)(conn)
}

const [, , port = '0', given = '{}', flag = ''] = process.argv
const options = JSON.parse(given) as object
// one that cannot even begin
if (cluster.isWorker && flag === 'broken') process.exit(4)
// where the file is there when it starts, a worker ends as soon as it listens
const brief = cluster.isWorker && existsSync(flag)
// one that cannot listen: the machine does not have the address
const elsewhere = cluster.isWorker && (flag === 'elsewhere' || existsSync(`${flag}.elsewhere`))
// one that tells when it listens
const telling = endpoint(
  {
    telemetry: telemetryTo(({ name, metadata }) => {
      if (name === 'plugboard.endpoint.init') console.log(`listens ${process.pid} ${metadata.port}`)
    }),
  },
  app,
)
const started = await serve(flag === 'telling' ? telling : app, {
  port: Number(port),
  host: '127.0.0.1',
  workers: 2,
  onError: cause => {
    const { message, exitCode, signal } = cause as WorkerExit
    console.log(`told ${message} (${exitCode}, ${signal})`)
  },
  ...options,
  ...(elsewhere && { host: '203.0.113.1' }),
})()
if (started._tag === 'Left') {
  console.log(`failed ${started.left.code} ${started.left.message}`)
  process.exitCode = 1
} else {
  console.log(cluster.isPrimary ? `primary ${started.right.port}` : `worker ${process.pid}`)
  if (brief) process.exit(5)
  if (flag === 'twice') {
    const second = await serve(app, { port: 0, workers: 2 })()
    console.log(second._tag === 'Left' ? `second ${second.left.message}` : 'second serves')
  }
  await started.right.stopped
  console.log('stopped')
  // an app that does not close what it holds
  if (flag === 'holding' && cluster.isWorker) setInterval(() => undefined, 1_000)
}
