/** The connections of a server, and how they end when it stops: requests in flight finish, and nothing else does. */
import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { inFlight } from './in-flight.js'

/** Milliseconds between two looks for connections that have become idle, and until one that never asked is closed. */
const lookAgain = 50
const patience = 500

/** Drains a server. */
export interface Drain {
  /** Whether it has been told to stop. */
  readonly stopping: () => boolean
  /** Stops it; resolves when no connection is left. Told again, it gives the same promise. */
  readonly stop: (drainTimeout: number) => Promise<void>
}

/**
 * Keeps the connections of a server, so that it can be drained.
 *
 * @param secure whether HTTP is spoken inside of TLS, whose sockets then lie within those that were accepted
 */
export const drainOf = (server: HttpServer, secure: boolean): Drain => {
  /** What was accepted, and where HTTP is spoken. */
  const accepted = new Set<Socket>()
  const sockets = secure ? new Set<Socket>() : accepted
  let stopping: Promise<void> | undefined

  const keepIn =
    (set: Set<Socket>) =>
    (socket: Socket): void => {
      set.add(socket)
      socket.on('close', () => set.delete(socket))
    }
  server.on('connection', keepIn(accepted))
  if (secure) server.on('secureConnection', keepIn(sockets))

  /** Closes what is idle. A connection that never asked may be about to: it is given a moment. */
  const closeIdle = (fresh: boolean): void => {
    for (const socket of sockets)
      if (inFlight(socket) === undefined && (fresh || socket.bytesRead > 0)) socket.destroySoon()
  }
  // Node's own would cut off a response that has been handed over and is still on its way.
  server.closeIdleConnections = () => closeIdle(false)

  const stop = (drainTimeout: number): Promise<void> =>
    new Promise(resolve => {
      let looks = 0
      const looking = setInterval(() => closeIdle(++looks * lookAgain >= patience), lookAgain)
      const late = setTimeout(() => {
        for (const socket of accepted) socket.destroy()
      }, drainTimeout)
      server.close(() => {
        clearInterval(looking)
        clearTimeout(late)
        resolve()
      })
    })

  return { stopping: () => stopping !== undefined, stop: drainTimeout => (stopping ??= stop(drainTimeout)) }
}
