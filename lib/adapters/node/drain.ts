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

/** How many connections are remembered before those that have ended are looked for. */
const fewest = 256

/**
 * The connections that are open, held weakly. Listening for the end of each would cost it 400 bytes for as long as it is open, so
 * those that have ended are found when there is no room left, and there is then room for twice as many as are open.
 */
const openSockets = (): { readonly add: (socket: Socket) => void; readonly all: () => readonly Socket[] } => {
  let held: WeakRef<Socket>[] = []
  let room = fewest
  const isOpen = (ref: WeakRef<Socket>): boolean => ref.deref()?.destroyed === false
  return {
    add: socket => {
      if (held.length >= room) {
        held = held.filter(isOpen)
        room = Math.max(fewest, held.length * 2)
      }
      held.push(new WeakRef(socket))
    },
    all: () => held.filter(isOpen).map(ref => ref.deref() as Socket),
  }
}

/**
 * Keeps the connections of a server, so that it can be drained.
 *
 * @param secure whether HTTP is spoken inside of TLS, whose sockets then lie within those that were accepted
 */
export const drainOf = (server: HttpServer, secure: boolean): Drain => {
  /** What was accepted, and where HTTP is spoken. */
  const accepted = openSockets()
  const sockets = secure ? openSockets() : accepted
  let stopping: Promise<void> | undefined

  server.on('connection', accepted.add)
  if (secure) server.on('secureConnection', sockets.add)

  /** Closes what is idle. A connection that never asked may be about to: it is given a moment. */
  const closeIdle = (fresh: boolean): void => {
    for (const socket of sockets.all())
      if (inFlight(socket) === undefined && (fresh || socket.bytesRead > 0)) socket.destroySoon()
  }
  // Node's own would cut off a response that has been handed over and is still on its way.
  server.closeIdleConnections = () => closeIdle(false)

  const stop = (drainTimeout: number): Promise<void> =>
    new Promise(resolve => {
      let looks = 0
      const looking = setInterval(() => closeIdle(++looks * lookAgain >= patience), lookAgain)
      const late = setTimeout(() => {
        for (const socket of accepted.all()) socket.destroy()
      }, drainTimeout)
      server.close(() => {
        clearInterval(looking)
        clearTimeout(late)
        resolve()
      })
    })

  return { stopping: () => stopping !== undefined, stop: drainTimeout => (stopping ??= stop(drainTimeout)) }
}
