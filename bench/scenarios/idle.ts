/** S13: ten thousand connections that are kept alive and idle, and load beside them. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, measure, start, type Server } from '../harness.js'
import { withServer } from '../over-http.js'
import type { Effort, Result, Scenario } from '../scenario.js'
import { spreadOf } from '../statistics.js'

const contenders = ['Plugboard', 'Fastify', 'node:http'] as const

const many = 10_000
/** What a process has open besides. */
const besides = 200
/** Servers of which the memory is measured, a new one each time, for what was freed is used again. */
const servers = 3
/** Milliseconds for which a server keeps an idle connection: longer than any of this takes. */
const keepAlive = 3_600_000

const request = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

/** How many files a process may open, as the system says; a child may open as many. */
const openFiles = (): number => {
  const report = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } }
  }
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Infinity
}

/** A connection that has had one answer. */
const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('connect', () => socket.write(request))
    socket.once('data', data => {
      const first = data.toString('latin1')
      if (first.startsWith('HTTP/1.1 200')) resolve(socket)
      else reject(new Error(`a connection got ${first}`))
    })
  })

/** Opens so many connections, a hundred at a time. */
const openAll = async (port: number, count: number): Promise<readonly Socket[]> => {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () => open(port))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

const closeAll = (sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.destroy()
}

const stillOpen = (sockets: readonly Socket[]): void => {
  const closed = sockets.filter(socket => socket.closed || socket.readyState !== 'open').length
  if (closed > 0) throw new Error(`${closed} of ${sockets.length} idle connections were closed`)
}

const kilobytes = 2 ** -10
const megabytes = 2 ** -20

const begin = (contender: string) => (): Promise<Server> =>
  start('./server.js', ['hello', contender, String(keepAlive)])

interface Memory {
  /** Kilobytes for each idle connection. */
  readonly each: number
  /** Megabytes that the server takes with all of them: what it had free before them is not counted twice. */
  readonly all: number
}

/**
 * A server's memory. It has been under load before, so that it has what it needs.
 *
 * @param collected whether garbage is collected before memory is read, so that it does not matter how much there happens to be
 */
const memoryOf = async (contender: string, effort: Effort, collected: boolean): Promise<Memory> => {
  const server = await begin(contender)()
  try {
    await measure(contender, server, [{ path: '/' }], { rounds: 1, seconds: effort.seconds })
    const before = await server.usage(collected)
    const sockets = await openAll(server.port, many)
    await sleep(1000)
    const after = await server.usage(collected)
    stillOpen(sockets)
    closeAll(sockets)
    return { each: ((after.rss - before.rss) * kilobytes) / many, all: after.rss * megabytes }
  } finally {
    server.stop()
  }
}

/** What requests cost without idle connections, and then beside them. */
const loaded = async (contender: string, server: Server, effort: Effort): Promise<Result> => {
  const requests = [{ path: '/' }]
  const alone = await measure(contender, server, requests, effort)
  const sockets = await openAll(server.port, many)
  try {
    const beside = await measure(contender, server, requests, effort)
    stillOpen(sockets)
    if (alone.cpu === undefined) return beside
    return { ...beside, figures: { 'CPU without them': { value: alone.cpu, unit: 'µs' } } }
  } finally {
    closeAll(sockets)
  }
}

const measureOne = async (contender: string, effort: Effort, server: Server): Promise<Result> => {
  const { status, body } = await ask(server.port, { path: '/' })
  if (status !== 200 || body !== 'Hello, World!') throw new Error(`it answers ${status} ${body}`)
  if (effort.rounds === 0) {
    const sockets = await openAll(server.port, 10)
    stillOpen(sockets)
    closeAll(sockets)
    return { contender }
  }
  const limit = openFiles()
  if (limit < many + besides)
    throw new Error(`${many} connections need as many open files, and ${limit} are allowed: see ulimit -n`)
  const result = await loaded(contender, server, effort)
  const memory: Memory[] = []
  const held: number[] = []
  for (let i = 0; i < servers; i++) {
    memory.push(await memoryOf(contender, effort, false))
    held.push((await memoryOf(contender, effort, true)).each)
  }
  return {
    ...result,
    figures: {
      'an idle connection': { value: spreadOf(memory.map(({ each }) => each)), unit: 'kB' },
      'without garbage': { value: spreadOf(held), unit: 'kB' },
      'memory with them': { value: spreadOf(memory.map(({ all }) => all)), unit: 'MB' },
      ...result.figures,
    },
  }
}

export const idleConnections: Scenario = {
  name: 'S13',
  title: '10,000 idle connections, and load beside them',
  goal: 'no more memory a connection than Fastify, and no more CPU time a request than without them',
  run: async (effort, wanted, report) => {
    const results: Result[] = []
    for (const contender of contenders.filter(wanted)) {
      const result = await withServer(contender, begin(contender), server =>
        measureOne(contender, effort, server),
      )
      results.push(result)
      report?.(result)
    }
    return results
  },
}
