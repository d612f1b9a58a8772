/**
 * Drains the connections of a server that stops: requests in flight finish, and idle connections close. A client may have sent
 * a request on an idle connection that has not arrived yet. It would be lost, so that idle connections are given a moment, and
 * as long as requests arrive on some of them, the others are given more.
 */
import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Stopping } from '../request/when-over.js'
import { inFlight } from './in-flight.js'

/** Milliseconds between two checks for connections that have become idle. */
const checkInterval = 50
/** A connection is closed after so many checks (half a second) in which it was idle and no request arrived on any other. */
const quietChecks = 10

/** Stops a server. */
export interface Drain extends Stopping {
  /** Stops the server; resolves when all connections are closed. A second call returns the same promise. */
  readonly stop: (drainTimeout: number) => Promise<void>
}

/** What is known of a connection while the server stops. */
interface Watched {
  readonly bytesRead: number
  /** In how many checks it has been idle. */
  readonly idle: number
}

/** How many connections are held before closed ones are removed. */
const minCapacity = 256

/**
 * The open connections, held weakly. A listener for the end of each would cost 400 bytes a connection. So closed ones are
 * removed when the capacity is reached, which then becomes twice the number of open ones.
 */
const openSockets = (): { readonly add: (socket: Socket) => void; readonly all: () => readonly Socket[] } => {
  let held: WeakRef<Socket>[] = []
  let capacity = minCapacity
  const isOpen = (ref: WeakRef<Socket>): boolean => ref.deref()?.destroyed === false
  return {
    add: socket => {
      if (held.length >= capacity) {
        held = held.filter(isOpen)
        capacity = Math.max(minCapacity, held.length * 2)
      }
      held.push(new WeakRef(socket))
    },
    all: () => held.filter(isOpen).map(ref => ref.deref() as Socket),
  }
}

/**
 * Tracks the connections of a server, so that it can be drained.
 *
 * @param secure whether the server speaks TLS, whose sockets wrap the accepted ones
 */
export const drainOf = (server: HttpServer, secure: boolean): Drain => {
  /** The accepted sockets, and those that carry HTTP. */
  const accepted = openSockets()
  const sockets = secure ? openSockets() : accepted
  const listeners = new Set<() => void>()
  let stopped: Promise<void> | undefined
  let isStopping = false

  server.on('connection', accepted.add)
  if (secure) server.on('secureConnection', sockets.add)
  // Node calls it when the server closes, and would close connections at once
  server.closeIdleConnections = () => undefined

  /** Creates the check that closes the connections that are idle for long enough. */
  const idleCheck = (): (() => void) => {
    let known = new Map<Socket, Watched>()
    let quiet = 0
    return () => {
      quiet++
      const seen = new Map<Socket, Watched>()
      // those that have closed meanwhile are among them
      for (const [socket, { bytesRead }] of known) if (socket.bytesRead !== bytesRead) quiet = 0
      for (const socket of sockets.all()) {
        const { bytesRead } = socket
        const before = known.get(socket)
        const isIdle = before?.bytesRead === bytesRead && inFlight(socket) === undefined
        seen.set(socket, { bytesRead, idle: isIdle ? before.idle + 1 : 0 })
      }
      known = seen
      if (quiet < quietChecks) return
      for (const [socket, { idle }] of seen) if (idle >= quietChecks) socket.destroySoon()
    }
  }

  const stop = (drainTimeout: number): Promise<void> =>
    new Promise(resolve => {
      isStopping = true
      const begin = (): void => {
        server.close(() => {
          clearInterval(interval)
          clearTimeout(timer)
          resolve()
        })
        for (const listener of listeners) listener()
        const check = idleCheck()
        check()
        const interval = setInterval(check, checkInterval)
        const timer = setTimeout(() => {
          for (const socket of accepted.all()) socket.destroy()
        }, drainTimeout)
      }
      // before the second of these, Node accepts the connections that the system has accepted: they would be reset
      setImmediate(setImmediate, begin)
    })

  return {
    stopping: () => isStopping,
    onStop: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop: drainTimeout => (stopped ??= stop(drainTimeout)),
  }
}
