/** Drains the connections of a server that stops: requests in flight finish, and idle connections close. */
import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { inFlight } from './in-flight.js'

/** Milliseconds between two checks for connections that have become idle. */
const checkInterval = 50
/** Milliseconds after which a connection that has sent nothing is closed. */
const firstRequestTimeout = 500

/** Stops a server. */
export interface Drain {
  /** Whether it is stopping. */
  readonly stopping: () => boolean
  /** Stops the server; resolves when all connections are closed. A second call returns the same promise. */
  readonly stop: (drainTimeout: number) => Promise<void>
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
  let stopping: Promise<void> | undefined

  server.on('connection', accepted.add)
  if (secure) server.on('secureConnection', sockets.add)

  /** Closes idle connections, those without a first request only if `unused` is set: it may be on its way. */
  const closeIdle = (unused: boolean): void => {
    for (const socket of sockets.all())
      if (inFlight(socket) === undefined && (unused || socket.bytesRead > 0)) socket.destroySoon()
  }
  // Node's own would cut off a response that it has taken and not sent yet
  server.closeIdleConnections = () => closeIdle(false)

  const stop = (drainTimeout: number): Promise<void> =>
    new Promise(resolve => {
      let checks = 0
      const interval = setInterval(
        () => closeIdle(++checks * checkInterval >= firstRequestTimeout),
        checkInterval,
      )
      const timer = setTimeout(() => {
        for (const socket of accepted.all()) socket.destroy()
      }, drainTimeout)
      server.close(() => {
        clearInterval(interval)
        clearTimeout(timer)
        resolve()
      })
    })

  return { stopping: () => stopping !== undefined, stop: drainTimeout => (stopping ??= stop(drainTimeout)) }
}
