// Stops a server again and again under about a thousand requests a second. No request that was written on an established
// connection is lost: each gets a whole response. PLUGBOARD_STOPS is the number of stops of each kind; default 2. For many:
// PLUGBOARD_STOPS=50 node dist/spec/lib/adapters/node/server/stops.spec.js
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { until } from '../support.js'

const program = fileURLToPath(new URL('./stopping.js', import.meta.url))
const stops = Number(process.env['PLUGBOARD_STOPS'] ?? 2)
t.setTimeout(0)
const perSecond = 1_000
const connections = 50

/** What became of the requests of a load. */
interface Tally {
  sent: number
  /** Whole responses. */
  whole: number
  lost: number
  over: boolean
  /** What is known of connections with lost requests. */
  readonly traces: string[]
}

const bodySize = 500
const headEnd = '\r\n\r\n'
const request = (): string => `GET ${Math.random() < 0.2 ? '/slow' : '/'} HTTP/1.1\r\nHost: x.test\r\n\r\n`

/**
 * Sends requests on one connection until the server ends it; resolves then, with whether there is a server to connect to.
 *
 * @param burst how many requests are sent before their responses are waited for, at most
 */
const useConnection = (port: number, tally: Tally, burst: number): Promise<boolean> =>
  new Promise(resolve => {
    let pending = 0
    let received = ''
    let served = 0
    let failure = 'closed'
    let isOver = false
    let isEstablished = false
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const send = (): void => {
      if (isOver || tally.over) return void socket.destroy()
      const size = 1 + Math.floor(Math.random() * burst)
      pending += size
      tally.sent += size
      // in one packet, or each in its own
      if (Math.random() < 0.5) for (let i = 0; i < size; i++) socket.write(request())
      else socket.write(Array.from({ length: size }, request).join(''))
    }
    const next = (): void =>
      void setTimeout(send, (Math.random() * 2 * 1000 * connections * (1 + burst)) / 2 / perSecond)
    socket.setEncoding('latin1')
    socket.on('connect', () => {
      isEstablished = true
      send()
    })
    socket.on('data', (chunk: string) => {
      received += chunk
      for (;;) {
        const end = received.indexOf(headEnd)
        if (end < 0 || received.length < end + headEnd.length + bodySize) break
        if (/\r\nconnection: close/i.test(received.slice(0, end))) isOver = true
        received = received.slice(end + headEnd.length + bodySize)
        tally.whole++
        served++
        pending--
        if (pending === 0 && !isOver) next()
      }
    })
    socket.on('end', () => (isOver = true))
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      isOver = true
      failure = cause.code ?? cause.message
    })
    socket.on('close', () => {
      isOver = true
      tally.lost += pending
      if (pending > 0) tally.traces.push(`${failure} with ${pending} pending after ${served}`)
      resolve(isEstablished)
    })
  })

/** Starts a server, loads it, and stops it in the middle. */
const stopOnce = async (workers: number, burst: number) => {
  const child = spawn(process.execPath, [program, String(workers)], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => (said += more))
  await until(() => /port \d+\n/.test(said))
  const port = Number(/port (\d+)/.exec(said)?.[1])
  const tally: Tally = { sent: 0, whole: 0, lost: 0, over: false, traces: [] }
  const client = async (): Promise<void> => {
    while (!tally.over) if (!(await useConnection(port, tally, burst))) return
  }
  const clients = Array.from({ length: connections }, client)
  await sleep(600 + Math.random() * 200)
  const begun = performance.now()
  child.kill('SIGTERM')
  const code = await ended
  const took = performance.now() - begun
  tally.over = true
  await Promise.all(clients)
  return { ...tally, code, took }
}

for (const workers of [0, 2])
  for (const burst of [1, 6]) {
    const name = `${workers || 'no'} workers, ${burst === 1 ? 'one by one' : 'pipelined'}`
    t.test(name, { timeout: 0 }, async t => {
      let [sent, lost, longest, total] = [0, 0, 0, 0]
      const traces: string[] = []
      for (let i = 0; i < stops; i++) {
        const done = await stopOnce(workers, burst)
        if (done.code !== 0) t.fail(`the server ended with ${done.code}`)
        sent += done.sent
        lost += done.lost
        traces.push(...done.traces)
        longest = Math.max(longest, done.took)
        total += done.took
      }
      const times = `${Math.round(total / stops)} ms each, ${Math.round(longest)} ms at most`
      t.comment(`${name}: ${stops} stops, ${sent} requests, ${lost} lost, ${times}`)
      t.equal(lost, 0, traces.join('; '))
    })
  }
