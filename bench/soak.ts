/**
 * `npm run soak -- --requests 1000000 --connections 64`: sends mixed requests, some of them broken off or malformed, and compares
 * the memory after garbage collection at the half and at the end. It fails if the second is more than 2 per cent above the
 * first, if a response is not the expected one, or if the process has more descriptors open at the end than at the half.
 */
import { fork } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '64' },
  },
})
const total = Number(options.requests)
const connections = Number(options.connections)

// --- the server

const child = fork(fileURLToPath(new URL('./soak-server.js', import.meta.url)))
const message = <T>(): Promise<T> =>
  new Promise(resolve => child.once('message', value => resolve(value as T)))
const { port } = await message<{ readonly port: number }>()

/** What the server holds once its garbage is collected. */
const held = async (): Promise<{
  readonly heap: number
  readonly rss: number
  readonly descriptors: number
}> => {
  // what was closed a moment ago is given back
  await new Promise(resolve => setTimeout(resolve, 1_500))
  child.send('collected')
  const { heap, memory } = await message<{ readonly heap: number; readonly memory: number }>()
  let descriptors = 0
  try {
    descriptors = readdirSync(`/proc/${child.pid}/fd`).length
  } catch {
    // only Linux says it
  }
  return { heap, rss: memory, descriptors }
}

// --- the requests

interface Asked {
  readonly bytes: string
  /** The status that the response must have; 0 if the connection is to be closed. */
  readonly status: number
  /** After how many milliseconds the client leaves without waiting for the response. */
  readonly leave?: number
}

const get = (target: string, more = ''): string => `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n${more}\r\n`
const form = (body: string): string =>
  `POST /form HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`

/** The requests in turn: most are ordinary. */
const mix: readonly ((i: number) => Asked)[] = [
  () => ({ bytes: get('/hello'), status: 200 }),
  i => ({ bytes: get(`/json/${i}?page=${i % 97}`), status: 200 }),
  i => ({ bytes: form(`name=n${i}&list[]=1&list[]=2&deep[a][b]=c`), status: 200 }),
  i => ({ bytes: get(`/cookie?${i}`), status: 200 }),
  i => ({ bytes: get(`/memory?${i}`), status: 200 }),
  () => ({ bytes: get('/hello', 'accept-encoding: gzip\r\ncookie: a=1; b=2\r\n'), status: 200 }),
  () => ({ bytes: get('/file'), status: 200 }),
  () => ({ bytes: get('/late'), status: 200 }),
  () => ({ bytes: get('/stream'), status: 200 }),
  () => ({ bytes: get('/readable'), status: 200 }),
  i => ({ bytes: get(`/nothing/${i}`), status: 404 }),
  () => ({ bytes: get('/missing-file'), status: 404 }),
  () => ({ bytes: get('/fails'), status: 409 }),
  () => ({ bytes: get('/throws'), status: 500 }),
  () => ({ bytes: form('a[b'.repeat(40)), status: 200 }),
]
/** Now and then, each of these, on a connection of its own. */
const rare: readonly (() => Asked)[] = [
  // aborted after its first chunk, which may be lost
  () => ({ bytes: get('/broken'), status: 0, leave: 2_000 }),
  () => ({ bytes: 'GET / HTTP/1.1\r\nbad header\r\n\r\n', status: 400 }),
  () => ({ bytes: 'GET /hel', status: 0, leave: 1 }),
  () => ({ bytes: get('/late'), status: 0, leave: 0 }),
  () => ({ bytes: get('/stream'), status: 0, leave: 0 }),
  () => ({ bytes: form('x=1').replace('content-length: 3', 'content-length: 30'), status: 0, leave: 1 }),
]
const rareEvery = 500

let sent = 0
const singles: Promise<void>[] = []
let unexpected = 0
const samples: string[] = []
const wrong = (what: string): void => {
  unexpected++
  if (samples.length < 5) samples.push(what)
}

/** Sends one request on a connection of its own. */
const single = ({ bytes, status, leave }: Asked): Promise<void> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    let got = ''
    socket.on('data', data => (got += data.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('connect', () => {
      socket.write(bytes)
      setTimeout(() => socket.destroy(), leave ?? 5_000)
    })
    socket.on('close', () => {
      if (status !== 0 && !got.startsWith(`HTTP/1.1 ${status} `))
        wrong(`${bytes.split('\r\n')[0]}: ${got.slice(0, 40)}`)
      resolve()
    })
  })

/** How many bytes the first response takes, or undefined if it is not whole. */
const responseSize = (text: string): number | undefined => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end).toLowerCase()
  const length = /content-length: (\d+)/.exec(head)?.[1]
  if (length !== undefined) {
    const size = end + 4 + Number(length)
    return text.length >= size ? size : undefined
  }
  const last = text.indexOf('\r\n0\r\n\r\n', end)
  return last < 0 ? undefined : last + 7
}

/** Sends requests one after the other over one connection, until so many have been sent by all. */
const visitor = (until: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let got = ''
    let asked: Asked | undefined
    const next = (): void => {
      if (sent >= until) {
        socket.destroy()
        return resolve()
      }
      const i = sent++
      if (i % rareEvery === 0) singles.push(single((rare[(i / rareEvery) % rare.length] as () => Asked)()))
      asked = (mix[i % mix.length] as (i: number) => Asked)(i)
      socket.write(asked.bytes)
    }
    socket.setNoDelay(true)
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('close', () => (sent >= until ? resolve() : reject(new Error('a connection was closed'))))
    socket.on('data', data => {
      got += data.toString('latin1')
      const size = responseSize(got)
      if (size === undefined) return
      if (asked !== undefined && !got.startsWith(`HTTP/1.1 ${asked.status} `))
        wrong(`${asked.bytes.split('\r\n')[0]}: ${got.slice(0, 40)}`)
      got = got.slice(size)
      next()
    })
  })

const load = async (until: number): Promise<void> => {
  await Promise.all(Array.from({ length: connections }, () => visitor(until)))
  await Promise.all(singles.splice(0))
}

const begun = performance.now()
await load(Math.min(20_000, total / 10))
const first = await held()
await load(total / 2)
const half = await held()
await load(total)
const end = await held()

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2)
const growth = end.heap / half.heap - 1
console.log(
  `${sent} requests in ${Math.round((performance.now() - begun) / 1_000)} s over ${connections} connections`,
)
for (const [when, { heap, rss, descriptors }] of Object.entries({
  'after the warm-up': first,
  'at the half': half,
  'at the end': end,
}))
  console.log(
    `${when.padEnd(18)} ${megabytes(heap)} MB after collection, ${megabytes(rss)} MB resident, ${descriptors} descriptors`,
  )
console.log(`growth of the second half: ${(100 * growth).toFixed(2)} %`)
for (const sample of samples) console.error(`FAILED: ${sample}`)
child.disconnect()
const failed = unexpected > 0 || growth > 0.02 || end.descriptors > half.descriptors
if (failed) console.error(`FAILED: ${unexpected} unexpected responses`)
process.exitCode = failed ? 1 : 0
