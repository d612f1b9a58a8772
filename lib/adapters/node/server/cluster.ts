/**
 * Serves one port with several processes. The primary forks workers that run the same program, replaces a worker that ends,
 * and drains all of them when it is stopped. Loaded only if `serve` has the option `workers`.
 */
import cluster, { type Worker } from 'node:cluster'
import { createServer, type AddressInfo } from 'node:net'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../../../fp.js'
import type { Settings } from './options.js'
import { reporter } from '../report.js'
import { listenAt, type Address } from './listen.js'
import { reachedAt, serverHandle, type Reached, type Server } from './handle.js'
import { workerError, type ServeError } from './serve-error.js'

/** The end of a worker that was not stopped, as `onError` receives it. */
export interface WorkerExit extends Error {
  readonly pid: number | undefined
  /** Its exit code; null if a signal ended it. */
  readonly exitCode: number | null
  /** The signal that ended it, such as `SIGKILL`; null if it ended by itself. */
  readonly signal: string | null
}

/** The messages of a worker to its primary, and the primary's only message to a worker. */
type Message =
  | { readonly plugboard: 'listening'; readonly at: Reached }
  | { readonly plugboard: 'refused'; readonly error: ServeError }
  | { readonly plugboard: 'stop' }

/** Milliseconds within which a worker must listen. */
const listenTimeout = 60_000
/** Milliseconds after which the end of a worker that listens does not count as a failed start. */
const stableAfter = 5_000
/** After this many failed starts in a row, the server stops. Before each, it waits for 100, 200, … milliseconds, at most this long. */
const maxFailedStarts = 7
const longestWait = 5_000
/** How often the primary looks, a millisecond apart, whether it has passed on all connections before it closes the port. */
const passOnChecks = 100
/** Milliseconds in which a worker must close what the app holds open, after its last request. */
const closeTimeout = 5_000

/** The environment variable with the port that the primary has found, if it had to find a free one. */
const portVariable = 'PLUGBOARD_PORT'

/** A message to a process that has ended may fail. */
const ignore = (): void => {}

const messageOf = (message: unknown): Message | undefined =>
  typeof (message as { readonly plugboard?: unknown } | null)?.plugboard === 'string'
    ? (message as Message)
    : undefined

/** Whether this process is a worker. */
export const isWorker = (): boolean => cluster.isWorker

// --- the worker

const send = (message: Message): void => {
  // the primary may have ended
  if (process.connected) process.send?.(message, undefined, {}, ignore)
}

/**
 * Serves as a worker, once in a process. It stops when its primary says so or has ended. It ends the process when the server has
 * stopped and the app has closed what it holds open.
 *
 * @param listen listens on a port, and returns the server
 */
export const work = async (
  settings: Settings,
  listen: (port: number) => Promise<Either<ServeError, Server>>,
): Promise<Either<ServeError, Server>> => {
  if (claimServer()) return left(secondServer)
  const worker = cluster.worker as Worker
  const started = await listen(settings.port === 0 ? Number(process.env[portVariable] ?? 0) : settings.port)
  // otherwise Node would end the process together with the primary, even with requests in flight
  worker.exitedAfterDisconnect = true
  /** Disconnects from the primary, so that only the app keeps the process running, and ends it after some time. */
  const leave = (): void => {
    if (process.connected) process.disconnect()
    setTimeout(() => process.exit(), closeTimeout).unref()
  }
  if (started._tag === 'Left') {
    send({ plugboard: 'refused', error: started.left })
    leave()
    return started
  }
  const server = started.right
  const stop = (): void => void server.stop()
  process.on('message', message => {
    if (messageOf(message)?.plugboard === 'stop') stop()
  })
  if (process.connected) process.once('disconnect', stop)
  else stop()
  void server.stopped.then(leave)
  send({ plugboard: 'listening', at: { port: server.port, url: server.url } })
  return started
}

// --- the primary

let hasServer = false
/** Claims the only server with workers of this process; returns whether there was one before. */
const claimServer = (): boolean => {
  const before = hasServer
  hasServer = true
  return before
}

const secondServer = workerError(
  'this process already runs a server with workers; only one is allowed at a time',
)

/**
 * Checks that a server can listen, and finds the number of a free port, without keeping it: the workers will listen there. A
 * descriptor is not tried, since that would close it.
 */
const tryPlace = async (settings: Settings): Promise<Either<ServeError, Address>> => {
  if (settings.fd !== undefined) return right(null)
  const server = createServer(socket => socket.destroy())
  const tried = await listenAt(server, settings)
  if (tried._tag === 'Right') await new Promise(closed => server.close(closed))
  return tried
}

const exitOf = (
  worker: Worker,
  exitCode: number | null,
  signal: string | null,
  late: boolean,
): WorkerExit => {
  const { pid } = worker.process
  const how = late
    ? `did not listen within ${listenTimeout / 1000} seconds`
    : signal === null
      ? `ended by itself with exit code ${exitCode}`
      : `was ended by ${signal}`
  return Object.assign(new Error(`worker ${pid} ${how}`), { pid, exitCode, signal })
}

/** Stops a worker. One that does not serve yet has nothing to finish, and does not handle messages of the primary. */
const stopWorker = (worker: Worker, ready: boolean): void => {
  if (!ready) worker.process.kill('SIGTERM')
  else {
    worker.process.send({ plugboard: 'stop' }, undefined, {}, ignore)
    // immediately: this process closes the port, and passes on no connection that the worker would drop
    worker.disconnect()
  }
}

/**
 * Continues when this process has passed on to the workers the connections that it has accepted: it would reset those that
 * wait when it closes the port. If it never has none, for the program may hold connections of its own, it continues anyway.
 */
const whenPassedOn = (next: () => void, checks = 1): void => {
  // before the second immediate, Node accepts the connections that the system has accepted
  const look = (): void => {
    if (checks >= passOnChecks || !process.getActiveResourcesInfo().includes('TCPSocketWrap')) next()
    else setTimeout(whenPassedOn, 1, next, checks + 1)
  }
  setImmediate(setImmediate, look)
}

const supervise = (
  settings: Settings,
  workers: number,
  tried: Address,
): Promise<Either<ServeError, Server>> =>
  new Promise(resolve => {
    const report = reporter(settings.onError)
    const env = settings.port === 0 ? { [portVariable]: String((tried as AddressInfo).port) } : {}
    /** All workers that run, and whether each listens. */
    const listens = new Map<Worker, boolean>()
    const pauses = new Set<NodeJS.Timeout>()
    let ended: () => void
    const stopped = new Promise<void>(done => (ended = done))
    let isStopping = false
    let isStarted = false

    const stop = (): Promise<void> => {
      if (isStopping) return stopped
      isStopping = true
      for (const pause of pauses) clearTimeout(pause)
      const late = setTimeout(
        () => {
          for (const worker of listens.keys()) worker.process.kill('SIGKILL')
        },
        Math.min(settings.drainTimeout + closeTimeout, 2_147_483_647),
      )
      void stopped.then(() => {
        clearTimeout(late)
        hasServer = false
      })
      if (listens.size === 0) ended()
      whenPassedOn(() => {
        for (const [worker, ready] of listens) stopWorker(worker, ready)
      })
      return stopped
    }

    const giveUp = (): void => {
      report(
        new Error(`${maxFailedStarts} workers in a row ended right after their start: the server stops`),
        undefined,
      )
      process.exitCode = 1
      void stop()
    }

    /** Before all workers listen, any failure is the reason why the server could not start. */
    const refuse = (reason: ServeError): void => {
      void stop().then(() => resolve(left(reason)))
    }

    const listening = (worker: Worker, at: Reached): void => {
      listens.set(worker, true)
      if (isStarted || isStopping || listens.size < workers || ![...listens.values()].every(Boolean)) return
      isStarted = true
      const reached = tried === null ? at : reachedAt(tried, settings.tls !== undefined)
      resolve(right(serverHandle(reached, settings, stop, stopped)))
    }

    /** Forks a worker; `failedStarts` is how many of its predecessors in a row ended right after their start. */
    const forkWorker = (failedStarts: number): void => {
      const worker = cluster.fork(env)
      let since = Infinity
      let late = false
      let gone = false
      const waiting = setTimeout(() => {
        late = true
        worker.process.kill('SIGKILL')
      }, listenTimeout)
      listens.set(worker, false)

      const left = (exit: WorkerExit): void => {
        if (gone) return
        gone = true
        clearTimeout(waiting)
        listens.delete(worker)
        if (isStopping) {
          if (listens.size === 0) ended()
          return
        }
        if (!isStarted) return refuse(workerError(exit.message))
        report(exit, undefined)
        const failed = performance.now() - since < stableAfter ? failedStarts + 1 : 0
        if (failed >= maxFailedStarts) return giveUp()
        const pause = setTimeout(
          () => {
            pauses.delete(pause)
            forkWorker(failed)
          },
          failed === 0 ? 0 : Math.min(100 * 2 ** (failed - 1), longestWait),
        )
        pauses.add(pause)
      }

      worker.process.on('message', message => {
        const news = messageOf(message)
        if (news?.plugboard === 'listening') {
          clearTimeout(waiting)
          since = performance.now()
          listening(worker, news.at)
        } else if (news?.plugboard === 'refused') {
          if (isStarted) report(new Error(news.error.message), undefined)
          else if (!isStopping) refuse(news.error)
        }
      })
      worker.on('exit', (code: number | null, signal: string | null) =>
        left(exitOf(worker, code, signal, late)),
      )
      worker.on('error', (cause: Error) => {
        // a process that could not be created has no exit
        if (worker.process.pid === undefined)
          left(Object.assign(cause, { pid: undefined, exitCode: null, signal: null }))
        else report(cause, undefined)
      })
    }

    for (let i = 0; i < workers; i++) forkWorker(0)
  })

/** Serves as the primary. Returns the running server when all workers listen, or the reason why one could not. */
export const lead = async (settings: Settings, workers: number): Promise<Either<ServeError, Server>> => {
  if (claimServer()) return left(secondServer)
  const address = await tryPlace(settings)
  if (address._tag === 'Right') return supervise(settings, workers, address.right)
  hasServer = false
  return address
}
