/**
 * Several processes that serve one port. The primary forks workers that run the same program, puts another in the place of
 * one that ends, and drains all of them when it is told to stop. Loaded when `serve` is given `workers`.
 */
import cluster, { type Worker } from 'node:cluster'
import { createServer, type AddressInfo } from 'node:net'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../../fp.js'
import type { Settings } from './options.js'
import { reporter } from './report.js'
import { running, type Server } from './running.js'
import { listenError, workerError, type ServeError } from './serve-error.js'

/** The end of a worker that nobody had told to end, as `onError` is told of it. */
export interface WorkerExit extends Error {
  readonly pid: number | undefined
  /** Its exit code; null if a signal ended it. */
  readonly exitCode: number | null
  /** The signal that ended it, such as `SIGKILL`; null if it ended by itself. */
  readonly signal: string | null
}

/** What a worker tells its primary, and the one thing that it is told. */
type Told =
  | { readonly plugboard: 'listening' }
  | { readonly plugboard: 'refused'; readonly error: ServeError }
  | { readonly plugboard: 'stop' }

/** Milliseconds that a worker may take until it listens. */
const patience = 60_000
/** Milliseconds after which a worker that listens is not one of those that end as soon as they begin. */
const steady = 5_000
/** How many in a row end so before there is no other, and the milliseconds before each: 100, 200, … and at most so many. */
const quickEnds = 7
const longestPause = 5_000
/** Milliseconds that a worker has to close what the app holds, once its requests are over. */
const grace = 5_000

/** The variable that tells workers which port the primary found, where it was to find a free one. */
const portVariable = 'PLUGBOARD_PORT'

/** Nobody waits for a message to one who has gone. */
const ignore = (): void => {}

const told = (message: unknown): Told | undefined =>
  typeof (message as { readonly plugboard?: unknown } | null)?.plugboard === 'string'
    ? (message as Told)
    : undefined

/** Whether this process is a worker. */
export const isWorker = (): boolean => cluster.isWorker

// --- the worker

const tell = (message: Told): void => {
  // without a primary there is nobody to tell
  if (process.connected) process.send?.(message, undefined, {}, ignore)
}

/**
 * Serves as a worker, once in a process: stops when its primary says so or is gone, and ends the process when it has stopped
 * and the app has closed what it holds.
 *
 * @param listen listens on a port, and gives the server
 */
export const work = async (
  settings: Settings,
  listen: (port: number) => Promise<Either<ServeError, Server>>,
): Promise<Either<ServeError, Server>> => {
  if (taken()) return left(secondServer)
  const worker = cluster.worker as Worker
  const started = await listen(settings.port === 0 ? Number(process.env[portVariable] ?? 0) : settings.port)
  // or else Node would end the process when the primary has gone, requests in flight or not
  worker.exitedAfterDisconnect = true
  /** Lets go of the primary, so that nothing but the app keeps the process; and in the end the app does not, either. */
  const leave = (): void => {
    if (process.connected) process.disconnect()
    setTimeout(() => process.exit(), grace).unref()
  }
  if (started._tag === 'Left') {
    tell({ plugboard: 'refused', error: started.left })
    leave()
    return started
  }
  const server = started.right
  const stop = (): void => void server.stop()
  process.on('message', message => {
    if (told(message)?.plugboard === 'stop') stop()
  })
  if (process.connected) process.once('disconnect', stop)
  else stop()
  void server.stopped.then(leave)
  tell({ plugboard: 'listening' })
  return started
}

// --- the primary

let busy = false
/** Takes the only place that a process has; says whether it was taken before. */
const taken = (): boolean => {
  const before = busy
  busy = true
  return before
}

const secondServer = workerError('this process has a server with workers already, and can have one at a time')

/** Finds out whether the port can be had, and which it is, without keeping it: the workers will listen there. */
const tryPort = ({ port, host }: Settings): Promise<Either<ServeError, AddressInfo>> =>
  new Promise(resolve => {
    const server = createServer(socket => socket.destroy())
    server.on('error', cause => resolve(left(listenError(cause, host, port))))
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo
      server.close(() => resolve(right(address)))
    })
  })

const exitOf = (
  worker: Worker,
  exitCode: number | null,
  signal: string | null,
  late: boolean,
): WorkerExit => {
  const { pid } = worker.process
  const how = late
    ? `did not listen within ${patience / 1000} seconds`
    : signal === null
      ? `ended by itself with exit code ${exitCode}`
      : `was ended by ${signal}`
  return Object.assign(new Error(`worker ${pid} ${how}`), { pid, exitCode, signal })
}

const supervise = (
  settings: Settings,
  workers: number,
  address: AddressInfo,
): Promise<Either<ServeError, Server>> =>
  new Promise(resolve => {
    const report = reporter(settings.onError)
    const env = settings.port === 0 ? { [portVariable]: String(address.port) } : {}
    /** All workers that live, and whether each listens. */
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
        Math.min(settings.drainTimeout + grace, 2_147_483_647),
      )
      void stopped.then(() => {
        clearTimeout(late)
        busy = false
      })
      if (listens.size === 0) ended()
      for (const [worker, ready] of listens) {
        // one that does not serve yet has nothing to finish, and does not listen to the primary either
        if (ready) worker.process.send({ plugboard: 'stop' }, undefined, {}, ignore)
        else worker.process.kill('SIGTERM')
      }
      return stopped
    }

    const giveUp = (): void => {
      report(
        new Error(
          `workers end as soon as they begin, ${quickEnds} in a row by now: there will be no other, and the server stops`,
        ),
        undefined,
      )
      process.exitCode = 1
      void stop()
    }

    /** Before all listen, whatever goes wrong is why the server could not start. */
    const refuse = (reason: ServeError): void => {
      void stop().then(() => resolve(left(reason)))
    }

    const listening = (worker: Worker): void => {
      listens.set(worker, true)
      if (isStarted || isStopping || listens.size < workers || ![...listens.values()].every(Boolean)) return
      isStarted = true
      resolve(right(running(address, settings, stop, stopped)))
    }

    /** Puts a worker in a place; `ends` says how many ended there in a row as soon as they had begun. */
    const place = (ends: number): void => {
      const worker = cluster.fork(env)
      let since = Infinity
      let late = false
      let gone = false
      const waiting = setTimeout(() => {
        late = true
        worker.process.kill('SIGKILL')
      }, patience)
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
        const quick = performance.now() - since < steady ? ends + 1 : 0
        if (quick >= quickEnds) return giveUp()
        const pause = setTimeout(
          () => {
            pauses.delete(pause)
            place(quick)
          },
          quick === 0 ? 0 : Math.min(100 * 2 ** (quick - 1), longestPause),
        )
        pauses.add(pause)
      }

      worker.process.on('message', message => {
        const news = told(message)
        if (news?.plugboard === 'listening') {
          clearTimeout(waiting)
          since = performance.now()
          listening(worker)
        } else if (news?.plugboard === 'refused') {
          if (isStarted) report(new Error(news.error.message), undefined)
          else if (!isStopping) refuse(news.error)
        }
      })
      worker.on('exit', (code: number | null, signal: string | null) =>
        left(exitOf(worker, code, signal, late)),
      )
      worker.on('error', (cause: Error) => {
        // a process that never came to be has no exit
        if (worker.process.pid === undefined)
          left(Object.assign(cause, { pid: undefined, exitCode: null, signal: null }))
        else report(cause, undefined)
      })
    }

    for (let i = 0; i < workers; i++) place(0)
  })

/** Serves as the primary: the running server once all workers listen, or why one could not. */
export const lead = async (settings: Settings, workers: number): Promise<Either<ServeError, Server>> => {
  if (taken()) return left(secondServer)
  const address = await tryPort(settings)
  if (address._tag === 'Right') return supervise(settings, workers, address.right)
  busy = false
  return address
}
