/** The app that `soak.ts` loads: each way in which a request can end, with a session in memory and one in a cookie. */
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { serve } from '../lib/adapters/node.js'
import { attempt, endpoint, fail, json, pipeline, plugError, sendFile, stream, text } from '../lib/index.js'
import {
  cookieStore,
  fetchSession,
  memoryStore,
  memoryTable,
  parsers,
  putSession,
  session,
} from '../plugs/index.js'
import { router, scope } from '../router/index.js'
import { ready } from './child.js'

const inMemory = pipeline(
  session({ store: memoryStore(memoryTable({ maxEntries: 1_000 }), { ttl: 3_600 }), key: '_memory' }),
  fetchSession,
)
const inCookie = pipeline(
  session({ store: cookieStore({ signingSalt: 'a salt', encryptionSalt: 'another salt' }), key: '_cookie' }),
  fetchSession,
)
const file = fileURLToPath(import.meta.url)
const chunks = async function* () {
  for (let i = 0; i < 8; i++) yield 'x'.repeat(1_024)
}
const broken = async function* () {
  yield 'half'
  throw new Error('the stream fails')
}

const app = router(
  scope('/', ({ get }) => [
    get('/hello', text('hello')),
    get('/json/:id', c => json({ id: c.params.id, query: c.queryString })(c)),
    get('/late', c =>
      attempt(async () => {
        await new Promise(resolve => setTimeout(resolve, 1))
        return text('late')(c)
      }),
    ),
    get('/stream', c => stream(200, chunks())(c)),
    get('/readable', c => stream(200, Readable.from(['a', 'b', 'c']))(c)),
    get('/broken', c => stream(200, broken())(c)),
    get('/file', sendFile(200, file)),
    get('/missing-file', sendFile(200, `${file}.missing`)),
    get('/fails', c => fail(c, plugError(409, 'Taken', 'that name is taken'))),
    get('/throws', () => {
      throw new Error('a bug')
    }),
  ]),
  scope('/', parsers(), ({ post }) => [post('/form', c => json(c.bodyParams)(c))]),
  scope('/memory', inMemory, ({ get }) => [get('/', c => text('kept')(putSession('at', c.queryString)(c)))]),
  scope('/cookie', inCookie, ({ get }) => [get('/', c => text('kept')(putSession('at', c.queryString)(c)))]),
)

const secretKeyBase =
  'a secret of at least sixty-four bytes, which is public in this file, since it is a test'
const started = await serve(endpoint({ secretKeyBase }, app), {
  port: 0,
  host: '127.0.0.1',
  stopOn: [],
  onError: () => undefined,
})()
if (started._tag === 'Left') throw new Error(started.left.message)
ready(started.right.port)
