// The app of the fault specs, in a process of its own: each way in which a plug can go wrong, and sessions in Redis if it is
// given an address. It tells its parent its port, and what it holds when asked.
import { createClient } from 'redis'
import { serve } from '../../lib/adapters/node.js'
import {
  attempt,
  endpoint,
  effect,
  pipe,
  resp,
  pipeline,
  sendFile,
  stream,
  text,
  type Conn,
} from '../../lib/index.js'
import { fetchSession, getSession, memoryStore, memoryTable, putSession, session } from '../../plugs/index.js'
import { redisStore } from '../../plugs/session/stores/redis.js'
import { router, scope } from '../../router/index.js'

const redis = process.env['FAULTS_REDIS']
const file = process.env['FAULTS_FILE'] ?? process.execPath

const storeOf = async () => {
  if (redis === undefined) return memoryStore(memoryTable(), { ttl: 3_600 })
  const client = createClient({ url: redis }).on('error', () => undefined)
  await client.connect()
  return redisStore(client, { ttl: 3_600, timeout: 1_000 })
}
const sessions = pipeline(session({ store: await storeOf(), key: '_faults' }), fetchSession)

const later = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
const slow = async function* () {
  for (let i = 0; i < 20; i++) {
    yield 'x'.repeat(1_024)
    await later(5)
  }
}
const untyped = (plug: (conn: Conn) => unknown) => plug as (conn: Conn) => ReturnType<ReturnType<typeof text>>

const app = router(
  scope('/', ({ get, post }) => [
    get('/hello', text('hello')),
    get(
      '/throws',
      untyped(() => {
        throw new Error('thrown')
      }),
    ),
    get(
      '/rejects',
      untyped(() => () => Promise.reject(new Error('rejected'))),
    ),
    get(
      '/never',
      untyped(() => () => new Promise(() => undefined)),
    ),
    get(
      '/twice',
      untyped(c => pipe(c, resp(200, 'one'), text('two'))),
    ),
    get(
      '/nothing',
      untyped(() => undefined),
    ),
    get('/late', c =>
      pipe(
        attempt(() => later(50)),
        effect.map(() => text('late')(c)),
      ),
    ),
    get('/stream', c => stream(200, slow())(c)),
    get('/file', sendFile(200, file)),
    post('/body', c =>
      pipe(
        c.body.bytes({ length: 1_000_000 }),
        effect.map(bytes => text(String(bytes.length))(c)),
      ),
    ),
  ]),
  scope('/session', sessions, ({ get }) => [
    get('/put', c => pipe(c, putSession('n', Number(c.queryString)), text(c.queryString))),
    get('/', c => text(String(getSession('n')(c) ?? ''))(c)),
  ]),
)

const secretKeyBase =
  'a secret of at least sixty-four bytes, which is public in this file, since it is a test'
const started = await serve(endpoint({ secretKeyBase }, app), {
  port: Number(process.env['FAULTS_PORT'] ?? 0),
  host: '127.0.0.1',
  deadline: 300,
  drainTimeout: 500,
  onError: () => undefined,
})()
if (started._tag === 'Left') throw new Error(started.left.message)

/** What is open: descriptors where the system says them, and timers. */
process.on('message', () => {
  const resources = process.getActiveResourcesInfo()
  process.send?.({
    sockets: resources.filter(name => name === 'TCPSocketWrap').length,
    timers: resources.filter(name => name === 'Timeout').length,
  })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port: started.right.port })
